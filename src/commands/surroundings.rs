//! What the commands that edit other tools' files stand on: the facts of a project in a profile, and the consent that an
//! edit of ours keeps. Not a command, and decides nothing of its own.

use std::path::PathBuf;

use anyhow::Result;

use super::ground::Ground;
use crate::env::Snapshot;
use crate::fault::Fault;
use crate::inject::Facts;
use crate::project::consent;
use crate::project::load::{self, Project};
use crate::project::trust::{Standing, worktree};
use crate::report::Report;

/// Returns the facts of a project in a profile; `named`: the command line says which.
pub(crate) fn facts(
    project: &Project,
    profile: &str,
    named: bool,
    ground: &Ground,
    snapshot: &Snapshot,
) -> Result<Facts, Fault> {
    let plan = project.portable_plan(profile)?;
    Ok(Facts {
        root: project.root.clone(),
        resolved: project.resolved.clone(),
        repository: worktree::top(&project.resolved),
        named_profile: named.then(|| profile.to_owned()),
        policy: plan.policy,
        operations: plan.operations,
        dotenv: project.dotenv_files(profile)?,
        home: snapshot.dirs.home.clone(),
        env: ground.env.clone(),
    })
}

/// Allows a trusted project again, where an edit of ours changed one of the files that trust is about.
pub(crate) fn keep_trust(
    project: &Project,
    edited: &[PathBuf],
    ground: &Ground,
    snapshot: &Snapshot,
    report: &Report,
) -> Result<()> {
    if !project.is_configured() || !project.inputs.iter().any(|input| edited.contains(&input.path)) {
        return Ok(());
    }
    let now = load::project_at(&project.root, snapshot, &ground.env, &ground.memory)?;
    match now.filter(|now| matches!(now.standing(snapshot), Standing::Changed(_))) {
        Some(now) => {
            consent::allow(&now, snapshot, None)?;
            crate::report::trust::say_allowed(report, &now.root);
            Ok(())
        }
        None => Ok(()),
    }
}
