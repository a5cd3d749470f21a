//! `devenv init`: writes a short configuration from what it finds, says what it found and where,
//! and trusts it.

use anyhow::Result;

use super::founding;
use super::ground::Ground;
use crate::cli::Init;
use crate::env::Snapshot;
use crate::project::discovery::Discovery;
use crate::report::{Report, init};

/// Runs the command.
pub fn run(args: &Init, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = Ground::at(&snapshot.cwd, snapshot, report, true)?;
    founding::require_none(&ground, report)?;
    let root = ground
        .project
        .as_ref()
        .map_or_else(|| snapshot.cwd.clone(), |project| project.root.clone());
    let found = Discovery::at(&root, snapshot, &ground.env)?;
    let text = init::file(&root, &found);
    init::say(report, &found);
    if args.dry_run {
        report.print(&text)?;
        return Ok(0);
    }
    founding::write(&root, &text, snapshot, &ground, report)?;
    Ok(0)
}
