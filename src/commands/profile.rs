//! `devenv profile`: list the profiles, show what one does, choose one for this checkout.

use anyhow::Result;

use super::ground::{self, Ground};
use crate::cli::ProfileAction;
use crate::env::{Snapshot, operation};
use crate::project::Project;
use crate::project::{profile, select};
use crate::report::{Report, profiles};

/// Runs the command.
pub fn run(action: &ProfileAction, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = Ground::at(&snapshot.cwd, snapshot, report, true)?;
    let project = ground.needed()?;
    match action {
        ProfileAction::List { json } => list(project, &ground, snapshot, report, *json)?,
        ProfileAction::Show { name, json } => {
            show(project, &ground, name.as_deref(), snapshot, report, *json)?;
        }
        ProfileAction::Use { name, .. } => choose(project, name.as_deref(), snapshot, report)?,
    }
    Ok(0)
}

fn list(
    project: &Project,
    ground: &Ground,
    snapshot: &Snapshot,
    report: &Report,
    json: bool,
) -> Result<()> {
    ground::require_trust(project, snapshot, report)?;
    let choice = project.choice(None, snapshot, &ground.env)?;
    let names = profile::names(&project.config);
    let resolved: Result<Vec<_>, _> = names
        .into_iter()
        .map(|name| profile::resolve(name, &project.config))
        .collect();
    profiles::list(report, &resolved?, &choice, json)
}

fn show(
    project: &Project,
    ground: &Ground,
    name: Option<&str>,
    snapshot: &Snapshot,
    report: &Report,
    json: bool,
) -> Result<()> {
    ground::require_trust(project, snapshot, report)?;
    let name = project.choice(name, snapshot, &ground.env)?.name;
    let resolved = profile::resolve(&name, &project.config)?;
    let plan = project.plan(&name)?;
    let after = operation::apply(&plan.operations, &ground.env);
    profiles::show(report, &resolved, &plan, (&ground.env, &after), json)
}

fn choose(
    project: &Project,
    name: Option<&str>,
    snapshot: &Snapshot,
    report: &Report,
) -> Result<()> {
    if let Some(name) = name {
        profile::resolve(name, &project.config)?;
    }
    select::remember(&project.resolved, name, snapshot.dirs.state.as_deref())?;
    profiles::say_chosen(report, name);
    Ok(())
}
