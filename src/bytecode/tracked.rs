//! Which bytecode files git tracks. They are part of somebody's work, so they are reported and never changed. Looked up
//! only when something would be changed: in the index of each repository, and where that names bytecode, by git itself,
//! with no hook of the repository running. What can't be known counts as tracked.

use std::collections::{BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::ops::Bound;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::env::Env;
use crate::git::index;
use crate::host::programs::{self, Found};
use crate::host::spawn::{self, Program};
use crate::host::{files, stamp};
use crate::python::names::PYCACHE;

/// A repository that takes longer to list its bytecode is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The monitor is a program that the repository's own configuration names; ownership is checked by our trust.
const ARGS: [&str; 7] = ["-c", "core.fsmonitor=false", "-c", "safe.directory=*", "ls-files", "-z", "--"];

/// What of a repository is listed: bytecode.
const BYTECODE: [&str; 2] = ["*.pyc", "*.pyo"];

/// What is tracked, and where that is not known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tracked {
    files: BTreeSet<PathBuf>,
    unknown: Vec<PathBuf>,
}

impl Tracked {
    /// Looks up the bytecode in the repositories of directories.
    pub(crate) fn in_repositories_of<'a>(directories: impl Iterator<Item = &'a Path>, env: &Env) -> Self {
        let repositories = repositories(directories);
        Self::list(repositories.into_iter().filter(|repository| may_track_bytecode(repository)), &BYTECODE, env)
    }

    /// Looks up every file in the repositories of paths.
    pub(crate) fn of_any_kind(paths: &[PathBuf], env: &Env) -> Self {
        let repositories = repositories(paths.iter().filter_map(|path| path.parent())).into_iter();
        let may_track = |repository: &PathBuf| index::of(repository).is_none_or(|index| stamp::of(&index).is_some());
        Self::list(repositories.filter(may_track), &[], env)
    }

    fn list(repositories: impl Iterator<Item = PathBuf>, patterns: &[&str], env: &Env) -> Self {
        let mut out = Self::default();
        for repository in repositories {
            match listed(&repository, patterns, env) {
                Some(files) => out.files.extend(files),
                None => out.unknown.push(repository),
            }
        }
        out
    }

    /// Returns whether there is nothing to leave alone.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.unknown.is_empty()
    }

    /// Returns whether a file must be left alone.
    pub(crate) fn has(&self, path: &Path) -> bool {
        self.files.contains(path) || self.unknown.iter().any(|repository| path.starts_with(repository))
    }

    /// Returns whether a path, or anything below it, must be left alone.
    pub(crate) fn has_below(&self, path: &Path) -> bool {
        let mut after = self.files.range::<Path, _>((Bound::Included(path), Bound::Unbounded));
        self.has(path) || after.next().is_some_and(|file| file.starts_with(path))
    }
}

/// Returns the repositories that directories lie in, be they submodules: what one inside another does not track, that
/// one may.
fn repositories<'a>(directories: impl Iterator<Item = &'a Path>) -> BTreeSet<PathBuf> {
    // By its bytes: paths are compared part by part, which costs more than looking.
    let mut seen: HashMap<&OsStr, bool> = HashMap::new();
    for directory in directories {
        for above in directory.ancestors() {
            if seen.contains_key(above.as_os_str()) {
                break;
            }
            let is_cache = above.file_name().is_some_and(|name| name == PYCACHE);
            seen.insert(above.as_os_str(), !is_cache && stamp::of_link(&above.join(".git")).is_some());
        }
    }
    seen.into_iter().filter(|(_, is_one)| *is_one).map(|(path, _)| PathBuf::from(path)).collect()
}

/// Returns the file that is there as long as git writes to the repository of a directory.
pub(crate) fn lock_above(directory: &Path) -> Option<PathBuf> {
    let repository = directory.ancestors().find(|above| stamp::of_link(&above.join(".git")).is_some())?;
    let mut lock = index::of(repository)?.into_os_string();
    lock.push(".lock");
    Some(lock.into())
}

/// Returns whether the index of a repository can hold bytecode. It holds paths as they are, but in formats that leave
/// out what paths have in common, or are spread over files.
fn may_track_bytecode(repository: &Path) -> bool {
    let Some(index) = index::of(repository) else { return true };
    match files::read(&index) {
        Ok(None) => false,
        Ok(Some(bytes)) => {
            let holds = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
            let is_plain = matches!(bytes.get(4..8), Some([0, 0, 0, 2 | 3]));
            !is_plain || holds(b".pyc") || holds(b"link") || holds(b"sdir")
        }
        Err(_) => true,
    }
}

/// Returns the files of these patterns that git says it tracks; nothing where it can't be asked.
fn listed(repository: &Path, patterns: &[&str], env: &Env) -> Option<Vec<PathBuf>> {
    let Found::Program(git) = programs::find(OsStr::new("git"), env.get("PATH"), Path::new("/")) else { return None };
    let foreign = |(name, _): &(&OsStr, &OsStr)| !name.as_bytes().starts_with(b"GIT_");
    let args: Vec<OsString> = ARGS.iter().chain(patterns).map(OsString::from).collect();
    let program = Program::new(&git, &args, env.iter().filter(foreign).collect());
    let said = spawn::hear(&program, repository, PATIENCE).ok().filter(|said| said.status.success())?;
    let names = said.out.split(|&b| b == 0).filter(|name| !name.is_empty());
    Some(names.map(|name| repository.join(OsStr::from_bytes(name))).collect())
}
