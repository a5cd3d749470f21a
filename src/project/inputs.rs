//! Every path on which a decision about a directory hangs, whether there is something at it or not: a shell that sees
//! all of them unchanged need not ask again.

use std::path::{Path, PathBuf};

use super::files;
use super::find::{self, Found};
use super::load::Project;
use super::trust::{record, worktree};
use super::venv::Wish;
use super::{select, switch};
use crate::env::Snapshot;
use crate::host::{files as disk, stamp};
use crate::manifest::{CONFIGURATION, LOCAL, MANIFEST};
use crate::python::environment::MARKER;

/// What marks the top of a repository, where the search stops.
const REPOSITORY: &str = ".git";

/// Returns what decides which project a directory belongs to, and how that stands with the user.
pub(crate) fn of_search(start: &Path, found: Option<&Found>, snapshot: &Snapshot) -> Vec<PathBuf> {
    let (state, dirs) = (snapshot.dirs.state.as_deref(), &snapshot.dirs);
    let searched = find::search_path(start, dirs.home.as_deref());
    let own = found.map(|found| found.root.as_path());
    let mut out: Vec<PathBuf> = Vec::new();
    for directory in &searched {
        out.extend([CONFIGURATION, MANIFEST].map(|name| directory.join(name)));
        if Some(directory.as_path()) == own {
            break;
        }
        // One that appears ends the search earlier. One that is there changes with every command of git.
        out.extend(Some(directory.join(REPOSITORY)).filter(|path| stamp::of_link(path).is_none()));
    }
    out.extend(files::user_file(dirs.config.as_deref()));
    out.extend(switch::path(None, state));
    if let Some(root) = own {
        let resolved = disk::canonical(root).unwrap_or_else(|| root.to_owned());
        out.push(root.join(LOCAL));
        out.extend([record::path(&resolved, state), select::path(&resolved, state)].into_iter().flatten());
        out.extend(switch::path(Some(&resolved), state));
        // A consent to the same content in another worktree of the repository counts here too.
        let twins = worktree::linked(&resolved).and_then(|_| record::directory(state));
        out.extend(twins);
    }
    out
}

/// Returns what else the plan of a project was read from.
pub(crate) fn of_plan(project: &Project) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = project.dotenv.keys().cloned().collect();
    out.extend(project.venv.iter().map(|venv| venv.path.join(MARKER)));
    if project.config.venv == Wish::Detect {
        out.extend([".venv", "venv"].map(|name| project.root.join(name).join(MARKER)));
    }
    out.extend(project.environment.iter().flat_map(|environment| environment.site_packages.clone()));
    out.extend(project.roots.iter().filter(|root| root.path != project.root).map(|root| root.path.join(MANIFEST)));
    out
}
