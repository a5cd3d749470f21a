//! Every path on which a decision about a directory hangs, whether there is something at it or not:
//! a shell that sees all of them unchanged need not ask again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::files;
use super::find;
use super::known::Project;
use super::trust::record;
use super::venv::Wish;
use super::{select, switch};
use crate::env::Snapshot;
use crate::git::worktree;
use crate::host::{files as disk, stamp};
use crate::python::environment::MARKER;
use crate::values::manifest::{CONFIGURATION, LOCAL, MANIFEST};

/// What marks the top of a repository, where the search stops.
const REPOSITORY: &str = ".git";

/// Returns what decides which project a directory belongs to, nearest first.
pub fn of_search(start: &Path, snapshot: &Snapshot) -> Vec<PathBuf> {
    let (home, state) = (
        snapshot.dirs.home.as_deref(),
        snapshot.dirs.state.as_deref(),
    );
    let mut out: Vec<PathBuf> = Vec::new();
    for directory in find::search_path(start, home) {
        out.extend([CONFIGURATION, MANIFEST].map(|name| directory.join(name)));
        // One that appears ends the search earlier. One that is there changes with every command of
        // git.
        out.extend(Some(directory.join(REPOSITORY)).filter(|path| stamp::of_link(path).is_none()));
    }
    out.extend(files::user_file(snapshot.dirs.config.as_deref()));
    out.extend(switch::path(None, state));
    out
}

/// Returns what decides how a project stands with the user.
pub fn of_standing(root: &Path, snapshot: &Snapshot) -> Vec<PathBuf> {
    let state = snapshot.dirs.state.as_deref();
    let resolved = disk::canonical(root).unwrap_or_else(|| root.to_owned());
    let mut out = [CONFIGURATION, MANIFEST, LOCAL]
        .map(|name| root.join(name))
        .to_vec();
    out.extend(
        [
            record::path(&resolved, state),
            select::path(&resolved, state),
        ]
        .into_iter()
        .flatten(),
    );
    out.extend(switch::path(Some(&resolved), state));
    // A consent to the same content in another worktree of the repository counts here too.
    out.extend(worktree::linked(&resolved).and_then(|_| record::directory(state)));
    out
}

/// Returns whether a path of the search has no say where the project begins at this root: it lies
/// above it.
pub fn is_above(path: &Path, root: &Path) -> bool {
    let directory = path.parent().unwrap_or(path);
    (directory != root && root.starts_with(directory)) || path == root.join(REPOSITORY)
}

/// Returns what else the plan of a project was read from.
pub fn of_plan(project: &Project) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = project.dotenv.keys().cloned().collect();
    // Its programs are first on `PATH`: one that appears may have come with a branch.
    out.extend(
        project
            .venv
            .iter()
            .flat_map(|venv| [MARKER, "bin"].map(|name| venv.path.join(name))),
    );
    if project.config.venv == Wish::Detect {
        out.extend([".venv", "venv"].map(|name| project.root.join(name).join(MARKER)));
    }
    out.extend(
        project
            .environment
            .iter()
            .flat_map(|environment| environment.site_packages.clone()),
    );
    out.extend(
        project
            .roots
            .iter()
            .filter(|root| root.path != project.root)
            .map(|root| root.path.join(MANIFEST)),
    );
    out
}

/// The files that a run was decided from.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    pub files: BTreeSet<PathBuf>,
    /// Those of them that hold what the user consented to or chose.
    pub choices: BTreeSet<PathBuf>,
}

/// Returns what a run in a project was decided from: files alone, as what else lies in a directory
/// changes by itself. The hook's switch has no say.
pub fn of_run(project: &Project, start: &Path, snapshot: &Snapshot) -> Inputs {
    let state = snapshot.dirs.state.as_deref();
    let search = of_search(start, snapshot)
        .into_iter()
        .filter(|path| !is_above(path, &project.root));
    let plan = of_plan(project)
        .into_iter()
        .filter(|path| !stamp::is_directory(path));
    let switches = [
        switch::path(None, state),
        switch::path(Some(&project.resolved), state),
    ];
    let all = search
        .chain(of_standing(&project.root, snapshot))
        .chain(plan);
    let files: BTreeSet<PathBuf> = all
        .filter(|path| !switches.iter().flatten().any(|switch| switch == path))
        .collect();
    let choices = files
        .iter()
        .filter(|path| state.is_some_and(|state| path.starts_with(state)))
        .cloned()
        .collect();
    Inputs { files, choices }
}
