//! What the commands that edit other tools' files stand on: the facts of a project in a profile, and the consent that an
//! edit of ours keeps. Not a command, and decides nothing of its own.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::ground::Ground;
use crate::env::Snapshot;
use crate::fault::Fault;
use crate::git::{Asker, worktree};
use crate::host::files;
use crate::inject::engine::Look;
use crate::inject::targets::Target;
use crate::inject::{Edit, Facts, Wish};
use crate::project::files::Input;
use crate::project::load::{self, Project, Reading};
use crate::project::trust::Standing;
use crate::project::{consent, profile};
use crate::python::policy::Policy;
use crate::report::{Report, trust};

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
        python: project.python(),
        env: ground.env.clone(),
        user: snapshot.user,
    })
}

/// Allows a trusted project again, where edits of ours changed files that trust is about: only those, and only to what
/// we wrote.
pub(crate) fn keep_trust(
    project: &Project,
    edits: &[&Edit],
    ground: &Ground,
    snapshot: &Snapshot,
    report: &Report,
) -> Result<()> {
    let edit_of = |input: &Input| edits.iter().find(|edit| edit.path == place(&input.path));
    if !project.is_configured() || !project.inputs.iter().any(|input| edit_of(input).is_some()) {
        return Ok(());
    }
    let Some(now) = load::project_at(&project.root, snapshot, &ground.env, &ground.memory, Reading::Whole)? else {
        return Ok(());
    };
    let before = |input: &Input| project.inputs.iter().find(|known| known.path == input.path);
    let is_known = |input: &Input| match edit_of(input) {
        Some(edit) => edit.after == input.content,
        None => before(input).is_some_and(|before| before.content == input.content),
    };
    if matches!(now.standing(snapshot), Standing::Changed(_)) && now.inputs.iter().all(is_known) {
        consent::allow(&now, snapshot, None)?;
        trust::say_allowed(report, &now.root);
    }
    Ok(())
}

/// Returns where a file is, through the links that lead to its directory.
fn place(path: &Path) -> PathBuf {
    let parent = path.parent().and_then(files::canonical).zip(path.file_name());
    files::canonical(path).or(parent.map(|(parent, name)| parent.join(name))).unwrap_or_else(|| path.to_owned())
}

/// Writes the ignore rules that are missing, which need nothing that a configuration says; returns what was edited.
pub(crate) fn ignore(root: &Path, top: Option<PathBuf>, asker: Asker<'_>, state: Option<&Path>) -> Result<Vec<Edit>> {
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
