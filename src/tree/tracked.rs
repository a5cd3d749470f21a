//! Which files git tracks. They are part of somebody's work, so they are reported and never
//! changed. Looked up only when something would be changed: in the index of each repository, and
//! where that may name them, by git itself. What can't be known counts as tracked, and so does what
//! is in a repository of somebody else's.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use crate::git::{Asker, Repository, glance};
use crate::python::names::PYCACHE;

/// What of a repository is listed: bytecode.
const BYTECODE: [&str; 2] = ["*.pyc", "*.pyo"];

/// What is tracked, and where that is not known.
#[derive(Clone, Debug, Default)]
pub struct Tracked {
    files: BTreeSet<PathBuf>,
    unknown: Vec<PathBuf>,
}

impl Tracked {
    /// Looks up the bytecode in the repositories of directories.
    pub fn in_repositories_of<'a>(
        directories: impl Iterator<Item = &'a Path>,
        asker: Asker<'_>,
    ) -> Self {
        let repositories = repositories(directories).into_iter();
        Self::list(
            repositories.filter(|top| glance::may_hold(top, b".pyc")),
            &BYTECODE,
            asker,
        )
    }

    /// Looks up every file in the repositories of paths.
    pub fn of_any_kind(paths: &[PathBuf], asker: Asker<'_>) -> Self {
        let repositories = repositories(paths.iter().filter_map(|path| path.parent())).into_iter();
        Self::list(repositories.filter(|top| glance::is_there(top)), &[], asker)
    }

    fn list(
        repositories: impl Iterator<Item = PathBuf>,
        patterns: &[&str],
        asker: Asker<'_>,
    ) -> Self {
        let mut out = Self::default();
        for top in repositories {
            match Repository::of(&top).and_then(|repository| repository.tracked(patterns, asker)) {
                Some(files) => out
                    .files
                    .extend(files.into_iter().map(|file| top.join(file))),
                None => out.unknown.push(top),
            }
        }
        out
    }

    /// Returns whether there is nothing to leave alone.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.unknown.is_empty()
    }

    /// Returns whether a file must be left alone.
    pub fn has(&self, path: &Path) -> bool {
        self.files.contains(path)
            || self
                .unknown
                .iter()
                .any(|repository| path.starts_with(repository))
    }

    /// Returns whether a path, or anything below it, must be left alone.
    pub fn has_below(&self, path: &Path) -> bool {
        let mut after = self
            .files
            .range::<Path, _>((Bound::Included(path), Bound::Unbounded));
        self.has(path) || after.next().is_some_and(|file| file.starts_with(path))
    }
}

/// Returns the repositories that directories lie in, be they submodules: what one inside another
/// does not track, that one may.
fn repositories<'a>(directories: impl Iterator<Item = &'a Path>) -> BTreeSet<PathBuf> {
    // By its bytes: paths are compared part by part, which costs more than looking.
    let mut seen: HashMap<&OsStr, bool> = HashMap::new();
    for directory in directories {
        for above in directory.ancestors() {
            if seen.contains_key(above.as_os_str()) {
                break;
            }
            let is_cache = above.file_name().is_some_and(|name| name == PYCACHE);
            seen.insert(above.as_os_str(), !is_cache && glance::is_top(above));
        }
    }
    seen.into_iter()
        .filter(|(_, is_one)| *is_one)
        .map(|(path, _)| PathBuf::from(path))
        .collect()
}
