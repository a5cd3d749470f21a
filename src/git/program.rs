//! Which git is started, and where that looks for programs: along the `PATH` of before any project,
//! in no directory that is named by a relative path, and in none that lies in a repository or a
//! project around the place that is asked about. The home directory and the root of the file system
//! are neither: users keep their own there.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::dot_git;
use crate::env::Env;
use crate::host::programs::{self, Found};
use crate::host::{files, stamp};
use crate::values::manifest::{CONFIGURATION, MANIFEST};

/// Whose programs are not the user's: the trees around a directory, links resolved.
pub(super) struct Outside {
    trees: Vec<PathBuf>,
}

impl Outside {
    /// Looks for the trees around directories, the outermost of each.
    pub(super) fn of(directories: &[&Path], home: Option<&OsStr>) -> Self {
        let marks = [dot_git::NAME, CONFIGURATION, MANIFEST];
        let home = home.and_then(|home| files::canonical(Path::new(home)));
        let is_the_users = |path: &Path| path.parent().is_none() || Some(path) == home.as_deref();
        let is_marked = |path: &Path| {
            marks
                .iter()
                .any(|mark| stamp::of_link(&path.join(mark)).is_some())
        };
        let is_tree = |path: &&Path| is_marked(path) && !is_the_users(path);
        let resolved = directories
            .iter()
            .filter_map(|directory| files::canonical(directory));
        let around = |path: PathBuf| path.ancestors().filter(is_tree).last().map(Path::to_owned);
        Self {
            trees: resolved.filter_map(around).collect(),
        }
    }

    /// Returns whether a path is absolute, and leads out of the trees.
    fn has(&self, path: &Path) -> bool {
        let is_in = |path: &Path| self.trees.iter().any(|tree| path.starts_with(tree));
        path.is_absolute()
            && !is_in(path)
            && files::canonical(path).is_some_and(|path| !is_in(&path))
    }

    /// Returns the directories of a list variable that lie outside.
    pub(super) fn part_of(&self, list: &OsStr) -> OsString {
        let all = list.as_bytes().split(|&byte| byte == b':');
        let kept: Vec<&[u8]> = all
            .filter(|path| self.has(Path::new(OsStr::from_bytes(path))))
            .collect();
        OsStr::from_bytes(&kept.join(&b':')).to_owned()
    }

    /// Returns the first git that lies outside.
    pub(super) fn git(&self, env: &Env) -> Option<PathBuf> {
        let path = self.part_of(env.get("PATH")?);
        let directories = path
            .as_bytes()
            .split(|&byte| byte == b':')
            .map(OsStr::from_bytes);
        let found = directories.filter_map(|directory| {
            match programs::find(OsStr::new("git"), Some(directory), Path::new("/")) {
                Found::Program(git) => Some(git),
                Found::NotExecutable(_) | Found::Missing => None,
            }
        });
        found.into_iter().find(|git| self.has(git))
    }
}
