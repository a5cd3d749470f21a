//! `devenv allow`: shows what the configuration means, or what changed in that, writes the consent
//! down, and makes the project's bytecode harmless, as the consent allows.

use anyhow::Result;

use super::ground::{self, Ground};
use crate::cli::Allow;
use crate::env::{Snapshot, operation};
use crate::host::stamp;
use crate::project::Project;
use crate::project::consent;
use crate::project::load::Reading;
use crate::project::plan::Plan;
use crate::project::trust::Standing;
use crate::project::trust::record::{self, Decision};
use crate::report::{Report, trust};
use crate::values::fault::Fault;

/// Runs the command.
pub fn run(args: &Allow, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let state = snapshot.dirs.state.as_deref();
    if args.list {
        report.print(&trust::list(&record::all(state), stamp::is_directory))?;
        return Ok(0);
    }
    if args.prune {
        return prune(snapshot, report);
    }
    if args.owner.is_some() && snapshot.user.uid != 0 {
        return Err(Fault::new("only root may accept files of another user").into());
    }
    let ground = Ground::read(
        &ground::directory_of(args.path.as_deref(), snapshot, report)?,
        snapshot,
        report,
        true,
        Reading::Whole,
    )?;
    let project = ground.needed()?;
    if !project.is_configured() && args.dry_run {
        consent::allow(project, snapshot, None)?;
    } else if !project.is_configured() {
        consent::release(project, snapshot)?;
        trust::say_allowed(report, &project.root);
        return Ok(0);
    }
    // What can't be planned can't be meant.
    let plan = project.plan(&project.choice(None, snapshot, &ground.env)?.name)?;
    let (known, now) = (
        before(project, snapshot),
        project.meaning(snapshot.dirs.state.as_deref(), !args.dry_run),
    );
    project
        .literal()
        .iter()
        .for_each(|fault| report.warn(fault));
    let meaning = || trust::meaning(report, known.as_deref(), &now);
    report.print(&if is_allowed(project, snapshot) {
        trust::unchanged().to_owned()
    } else {
        meaning()
    })?;
    if !args.dry_run {
        consent::allow(project, snapshot, args.owner)?;
        keep(&ground, project, &plan, snapshot, report);
        trust::say_allowed(report, &project.root);
    }
    Ok(0)
}

/// Returns whether this very content was allowed.
fn is_allowed(project: &Project, snapshot: &Snapshot) -> bool {
    let record = record::find(&project.resolved, snapshot.dirs.state.as_deref());
    record
        .is_some_and(|record| record.decision == Decision::Allow && record.digest == project.digest)
}

/// Returns what the configuration meant when it was last allowed.
fn before(project: &Project, snapshot: &Snapshot) -> Option<Vec<String>> {
    match project.standing(snapshot) {
        Standing::Changed(before) => Some(before),
        Standing::Trusted => record::find(&project.resolved, snapshot.dirs.state.as_deref())
            .map(|record| record.meaning),
        _ => None,
    }
}

fn keep(ground: &Ground, project: &Project, plan: &Plan, snapshot: &Snapshot, report: &Report) {
    let env = operation::apply(&plan.operations, &ground.env);
    let kept = ground.promise(project, plan, &env, snapshot, true).keep();
    ground::follow_up(&kept, &ground.memory, snapshot, report);
}

fn prune(snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let state = snapshot.dirs.state.as_deref();
    let gone: Vec<_> = record::all(state)
        .into_iter()
        .filter(|record| !stamp::is_directory(&record.root))
        .collect();
    gone.iter()
        .try_for_each(|record| record::forget(record, state))?;
    trust::say_pruned(report, gone.len());
    Ok(0)
}
