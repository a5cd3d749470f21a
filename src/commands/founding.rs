//! How a directory becomes a project: a configuration is written where there is none, and trusted
//! as far as we wrote it. Not a command; what is written is decided by those that use it.

use std::path::Path;

use anyhow::Result;

use super::ground::Ground;
use crate::env::Snapshot;
use crate::host::files;
use crate::project::consent::{self, Written};
use crate::project::load::{self, Reading};
use crate::project::trust::Standing;
use crate::report::{Report, init};
use crate::values::fault::Fault;
use crate::values::manifest::CONFIGURATION;

/// Fails where there is a configuration already.
pub(super) fn require_none(ground: &Ground, report: &Report) -> Result<()> {
    let Some(project) = ground
        .project
        .as_ref()
        .filter(|project| project.is_configured())
    else {
        return Ok(());
    };
    let file = project
        .inputs
        .first()
        .map(|input| report.path(&input.path))
        .unwrap_or_default();
    Err(Fault::new(format!("this is a project already: {file}"))
        .hint("devenv status")
        .into())
}

/// Writes the configuration of a project that has none, and trusts it unless the user denied it, or
/// something else lies there that they must be asked about.
pub(super) fn write(
    root: &Path,
    text: &str,
    snapshot: &Snapshot,
    ground: &Ground,
    report: &Report,
) -> Result<()> {
    let path = root.join(CONFIGURATION);
    files::write_new(&path, text.as_bytes())
        .map_err(|error| Fault::new(format!("cannot write `{}`: {error}", report.path(&path))))?;
    init::say_written(report, &path);
    trust(
        &Written {
            path: &path,
            bytes: Some(text.as_bytes()),
        },
        snapshot,
        ground,
        report,
    )
}

fn trust(
    written: &Written<'_>,
    snapshot: &Snapshot,
    ground: &Ground,
    report: &Report,
) -> Result<()> {
    let root = written.path.parent().unwrap_or(Path::new("/"));
    let Some(project) =
        load::project_at(root, snapshot, &ground.env, &ground.memory, Reading::Whole)?
    else {
        return Ok(());
    };
    if matches!(project.standing(snapshot), Standing::Denied) {
        init::say_denied(report);
        return Ok(());
    }
    let found = consent::allow_founded(&project, *written, snapshot)?;
    if found.is_empty() {
        init::say_trusted(report);
    } else {
        project
            .literal()
            .iter()
            .for_each(|fault| report.warn(fault));
        let meaning = project.meaning(snapshot.dirs.state.as_deref(), false);
        init::say_found(report, &project.root, &found, &meaning);
    }
    Ok(())
}
