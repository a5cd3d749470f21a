//! `devenv deny`: nothing acts on the project's configuration any more, even where it can't be
//! read.

use anyhow::Result;

use super::ground;
use crate::cli::Deny;
use crate::env::Snapshot;
use crate::project::consent;
use crate::project::find::{self, Kind};
use crate::project::manifests::Manifests;
use crate::report::{Report, trust};
use crate::values::fault::Fault;

/// Runs the command.
pub fn run(args: &Deny, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let start = ground::directory_of(args.path.as_deref(), snapshot, report)?;
    let found = find::find(
        &start,
        snapshot.dirs.home.as_deref(),
        &mut Manifests::default(),
    );
    let found = found.ok_or_else(ground::no_project)?;
    if found.kind != Kind::Configured {
        let what = format!(
            "`{}` has no configuration to deny",
            report.path(&found.root)
        );
        return Err(Fault::new(what).into());
    }
    consent::deny(&found.root, snapshot)?;
    trust::say_denied(report, &found.root);
    Ok(0)
}
