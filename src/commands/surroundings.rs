//! What the commands that edit other tools' files stand on: the facts of a project in a profile,
//! and the consent that an edit of ours keeps. Not a command, and decides nothing of its own.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::ground::Ground;
use crate::env::Snapshot;
use crate::git::{Asker, worktree};
use crate::inject::engine::Look;
use crate::inject::targets::Target;
use crate::inject::{Edit, Facts, Wish};
use crate::project::Project;
use crate::project::consent::{self, Written};
use crate::project::load::{self, Reading};
use crate::project::profile;
use crate::python::policy::Policy;
use crate::report::{Report, trust};
use crate::values::fault::Fault;

/// Returns the facts of a project in a profile; `named`: the command line says which.
pub fn facts(
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
        python: project.python(),
        env: ground.env.clone(),
        user: snapshot.user,
    })
}

/// Allows a trusted project again, where edits of ours changed files that trust is about: only
/// those, and only to what we wrote.
pub fn keep_trust(
    project: &Project,
    edits: &[&Edit],
    ground: &Ground,
    snapshot: &Snapshot,
    report: &Report,
) -> Result<()> {
    if !project.is_configured() || edits.is_empty() {
        return Ok(());
    }
    let Some(now) = load::project_at(
        &project.root,
        snapshot,
        &ground.env,
        &ground.memory,
        Reading::Whole,
    )?
    else {
        return Ok(());
    };
    let written = edits.iter().map(|edit| Written {
        path: &edit.path,
        bytes: edit.after.as_deref(),
    });
    let written: Vec<Written<'_>> = written.collect();
    if consent::keep(project, &now, &written, snapshot)? {
        trust::say_allowed(report, &now.root);
    }
    Ok(())
}

/// Writes the ignore rules that are missing, which need nothing that a configuration says; returns
/// what was edited.
pub fn ignore(
    root: &Path,
    top: Option<PathBuf>,
    asker: Asker<'_>,
    state: Option<&Path>,
) -> Result<Vec<Edit>> {
    let facts = Facts {
        root: root.to_owned(),
        resolved: root.to_owned(),
        repository: top,
        named_profile: None,
        policy: Policy::Verified,
        operations: Vec::new(),
        dotenv: Vec::new(),
        home: None,
        python: None,
        env: asker.env.clone(),
        user: asker.user,
    };
    let proposal = Target::Gitignore.propose(&facts, &Wish::default())?;
    let mut edits = Vec::new();
    for part in &proposal.parts {
        let outcome = Look::at(part, facts.bounds(), state)?.inject(false)?;
        outcome.carry_out(Target::Gitignore.word(), profile::DEV, state)?;
        edits.push(outcome.edit);
    }
    Ok(edits)
}
