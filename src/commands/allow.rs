//! `devenv allow`: shows what the configuration means, or what changed in that, and writes the consent down.

use anyhow::Result;

use super::ground::Ground;
use crate::cli::Allow;
use crate::env::Snapshot;
use crate::fault::Fault;
use crate::host::stamp;
use crate::project::consent;
use crate::project::load::Project;
use crate::project::trust::{Standing, record};
use crate::report::{Report, count, trust};

/// Runs the command.
pub(crate) fn run(args: &Allow, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let state = snapshot.dirs.state.as_deref();
    if args.list {
        report.print(&trust::list(&record::all(state), stamp::is_directory))?;
        return Ok(0);
    }
    if args.prune {
        return prune(snapshot, report);
    }
    let ground = Ground::of(args.path.as_deref(), snapshot, report)?;
    let project = ground.needed()?;
    if args.owner.is_some() && snapshot.user.uid != 0 {
        return Err(Fault::new("only root may accept files of another user").into());
    }
    if project.is_configured() {
        // What could not be planned can't be meant.
        project.plan(&project.choice(None, snapshot, &ground.env)?.name)?;
        show(project, snapshot, report)?;
    }
    if !args.dry_run {
        consent::allow(project, snapshot, args.owner)?;
        report.say(&format!("allowed {}", report.path(&project.root)));
    }
    Ok(0)
}

fn show(project: &Project, snapshot: &Snapshot, report: &Report) -> Result<()> {
    let before = match project.standing(snapshot) {
        Standing::Changed(before) => Some(before),
        Standing::Trusted => {
            record::find(&project.resolved, snapshot.dirs.state.as_deref()).map(|record| record.meaning)
        }
        _ => None,
    };
    report.print(&trust::meaning(report, before.as_deref(), &project.meaning()))
}

fn prune(snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let state = snapshot.dirs.state.as_deref();
    let gone: Vec<_> = record::all(state).into_iter().filter(|record| !stamp::is_directory(&record.root)).collect();
    gone.iter().try_for_each(|record| record::forget(record, state))?;
    report.say(&format!("forgot {}", count(gone.len(), "decision")));
    Ok(0)
}
