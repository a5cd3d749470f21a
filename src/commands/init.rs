//! `devenv init`: writes a short configuration from what it finds, says what it found and where, and trusts it.

use std::path::Path;

use anyhow::Result;

use super::ground::Ground;
use crate::cli::Init;
use crate::env::Snapshot;
use crate::fault::Fault;
use crate::host::files;
use crate::manifest::CONFIGURATION;
use crate::project::consent;
use crate::project::load::{self, Discovery};
use crate::project::trust::Standing;
use crate::report::{Report, init};

/// Runs the command.
pub(crate) fn run(args: &Init, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = Ground::at(&snapshot.cwd, snapshot, report, true)?;
    if let Some(project) = ground.project.as_ref().filter(|project| project.is_configured()) {
        let file = project.inputs.first().map(|input| report.path(&input.path)).unwrap_or_default();
        return Err(Fault::new(format!("this is a project already: {file}")).hint("devenv status").into());
    }
    let root = ground.project.as_ref().map_or_else(|| snapshot.cwd.clone(), |project| project.root.clone());
    let found = Discovery::at(&root, snapshot, &ground.env);
    let text = init::file(&root, &found);
    init::say(report, &found);
    if args.dry_run {
        report.print(&text)?;
        return Ok(0);
    }
    let path = root.join(CONFIGURATION);
    files::write_new(&path, text.as_bytes())
        .map_err(|error| Fault::new(format!("cannot write `{}`: {error}", report.path(&path))))?;
    init::say_written(report, &path);
    trust(&root, snapshot, &ground, report)?;
    Ok(0)
}

fn trust(root: &Path, snapshot: &Snapshot, ground: &Ground, report: &Report) -> Result<()> {
    let Some(project) = load::project_at(root, snapshot, &ground.env, &ground.memory)? else { return Ok(()) };
    if matches!(project.standing(snapshot), Standing::Denied) {
        init::say_denied(report);
        return Ok(());
    }
    consent::allow(&project, snapshot, None)?;
    init::say_trusted(report);
    Ok(())
}
