//! `devenv deny`: nothing acts on the project's configuration any more.

use anyhow::Result;

use super::ground::Ground;
use crate::cli::Deny;
use crate::env::Snapshot;
use crate::project::consent;
use crate::report::Report;

/// Runs the command.
pub(crate) fn run(args: &Deny, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = Ground::of(args.path.as_deref(), snapshot, report)?;
    let project = ground.needed()?;
    consent::deny(project, snapshot)?;
    report.say(&format!("denied {}", report.path(&project.root)));
    Ok(0)
}
