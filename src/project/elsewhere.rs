//! What a checkout brings in from outside the repository, by itself or through a link. A link can
//! be led elsewhere without a word in any configuration, so where each leads is part of what is
//! trusted.

use std::path::{Path, PathBuf};

use super::config::{Config, PythonPath};
use super::sources::Root;
use super::venv::Venv;
use crate::env::Action;
use crate::git::worktree;
use crate::host::files;

/// A directory as spelled, and where that leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    pub spelled: PathBuf,
    pub resolved: PathBuf,
}

/// Returns what lies outside the repository of a project: of the source roots all, and of the other
/// directories that its commands run or import from those that are spelled as if they lay inside.
/// What is spelled outside is in the configuration, or in the user's own environment.
pub fn of(project: &Path, roots: &[Root], config: &Config, venv: Option<&Venv>) -> Vec<Elsewhere> {
    let repository = worktree::top(project).unwrap_or_else(|| project.to_owned());
    let roots = roots.iter().map(|root| Elsewhere {
        spelled: root.path.clone(),
        resolved: root.resolved.clone(),
    });
    let others = listed(config)
        .into_iter()
        .chain(venv.map(|venv| venv.path.as_path()));
    let others = others.filter_map(|path| {
        Some(Elsewhere {
            spelled: path.to_owned(),
            resolved: files::canonical(path)?,
        })
    });
    let is_outside = |found: &Elsewhere| !found.resolved.starts_with(&repository);
    let others = others
        .filter(is_outside)
        .filter(|found| passes(&found.spelled, &repository));
    let mut out: Vec<Elsewhere> = roots.filter(is_outside).chain(others).collect();
    out.sort_by(|a, b| (&a.resolved, &a.spelled).cmp(&(&b.resolved, &b.spelled)));
    out.dedup_by(|a, b| a.resolved == b.resolved);
    out
}

/// Returns whether the way along a path comes through a directory.
fn passes(path: &Path, directory: &Path) -> bool {
    path.ancestors()
        .filter_map(files::canonical)
        .any(|above| above.starts_with(directory))
}

/// Yields the directories that any profile puts on a list.
fn listed(config: &Config) -> Vec<&Path> {
    let profiles = config.profiles.values();
    let python = profiles
        .clone()
        .filter_map(|profile| profile.pythonpath.as_ref())
        .flat_map(|sited| match &sited.value {
            PythonPath::Listed(paths) => paths.as_slice(),
            PythonPath::Sources | PythonPath::Inherit => &[],
        });
    let variables = config
        .env
        .iter()
        .chain(profiles.flat_map(|profile| &profile.env));
    let lists = variables.filter_map(|variable| match &variable.action {
        Action::Edit(edit) => Some(edit.prepend.iter().chain(&edit.append)),
        Action::Set(_) | Action::Default(_) | Action::Unset => None,
    });
    python
        .map(PathBuf::as_path)
        .chain(lists.flatten().map(Path::new))
        .collect()
}
