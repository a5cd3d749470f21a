//! `devenv export`: what a command would get here, as text for a shell to evaluate: for scripts, and for other tools that
//! keep an environment per directory.

use std::ffi::OsStr;

use anyhow::Result;

use super::ground::{self, Ground};
use crate::cli::Export;
use crate::env::{Env, Patch, Snapshot, operation};
use crate::fault::Fault;
use crate::hook::decide;
use crate::host::output;
use crate::project::inherited;
use crate::project::load::Project;
use crate::project::plan::{self, Plan};
use crate::report::Report;
use crate::shell::{Change, Shell};

/// Runs the command.
pub(crate) fn run(args: &Export, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = Ground::at(&snapshot.cwd, snapshot, report, true)?;
    let env = if let Some(project) = &ground.project {
        planned(args, project, &ground, snapshot, report)?
    } else {
        report.warn(&ground::no_project());
        ground.env.clone()
    };
    let changes = decide::changes(&snapshot.env, &env).into_iter().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        is_held(args.shell, report, &name, value.as_deref()).then_some((name, value))
    });
    output::out(&args.shell.exports(&changes.collect::<Vec<Change>>()))?;
    Ok(0)
}

fn is_held(shell: Shell, report: &Report, name: &str, value: Option<&OsStr>) -> bool {
    let held = value.is_none_or(|value| shell.holds(name, value.as_encoded_bytes()));
    if !held {
        report.warn(&Fault::new(format!("{} can't hold the value of `{name}`", shell.name())));
    }
    held
}

fn planned(args: &Export, project: &Project, ground: &Ground, snapshot: &Snapshot, report: &Report) -> Result<Env> {
    ground::require_trust(project, snapshot, report)?;
    let profile = project.choice(args.profile.as_deref(), snapshot, &ground.env)?.name;
    let mut plan = project.plan(&profile)?;
    let env = operation::apply(&plan.operations, &ground.env);
    let kept = ground.promise(project, &plan, &env, snapshot, true).keep();
    ground::follow_up(&kept, &ground.memory, snapshot, report);
    plan.operations.extend(kept.prefix.map(plan::apart));
    Ok(recorded(&plan, &ground.env, snapshot))
}

/// Returns the environment of a plan, with what it takes to undo it.
fn recorded(plan: &Plan, base: &Env, snapshot: &Snapshot) -> Env {
    let mut env = operation::apply(&plan.operations, base);
    let patch = Patch::between(base, &env, &operation::list_names(&plan.operations));
    inherited::sign(&mut env, &patch, &plan.profile, snapshot.dirs.state.as_deref());
    env
}
