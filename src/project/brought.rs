//! An environment that came with a checkout. What the user's own tools make is not asked about: git
//! does not track it, and its interpreter leads out of the repository, to one that is fit to be
//! started. Any other environment below the repository is an input of the plan like a
//! configuration: its `bin` would be first on `PATH`.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::files::Input;
use super::trust;
use super::trust::record::{self, Record};
use crate::env::Snapshot;
use crate::git::index::{self, Below};
use crate::git::worktree;
use crate::host::{Memory, clock, files, stamp};
use crate::python::environment::{self, MARKER};
use crate::python::startable::Caution;
use crate::values::digest;
use crate::values::paths::normalised;

/// The names by which the interpreter of an environment is called.
const PROGRAMS: [&str; 2] = ["python", "python3"];

/// The kind of what is remembered of interpreters' bytes.
const KIND: &str = "bytes";

/// The kind of what is remembered of an index in which nothing is tracked below an environment, and
/// the size from which on it is worth it: each prompt that asks would read the whole.
const UNTRACKED: &str = "untracked";
const LARGE: u64 = 64 * 1024;

/// An environment whose origin is asked for. It need not be whole: its `bin` is on `PATH` before
/// its tool made it.
#[derive(Clone, Copy, Debug)]
struct Suspect<'a> {
    prefix: &'a Path,
    /// The directory of the interpreter that it says to be made from.
    home: Option<&'a Path>,
    /// Links resolved.
    repository: &'a Path,
}

/// Returns what must be consented to of an environment; nothing where the user's own tools made it.
fn inputs(suspect: &Suspect<'_>, caution: &Caution, memory: &Memory) -> Vec<Input> {
    let Some(prefix) = files::canonical(suspect.prefix) else {
        return Vec::new();
    };
    // One that lies elsewhere is the user's, or is consented to by where it is.
    let Ok(relative) = prefix.strip_prefix(suspect.repository) else {
        return Vec::new();
    };
    let tracked = origin(&prefix, suspect.repository, relative, memory);
    let programs = PROGRAMS.map(|name| prefix.join("bin").join(name));
    let is_own = || has_own_home(suspect, caution) && are_own(&programs, caution, memory);
    if tracked == Below::Nothing && is_own() {
        return Vec::new();
    }
    let content = match tracked {
        Below::Nothing => None,
        Below::Something(entries) => Some(entries),
        Below::Unknown => Some(b"unknown".to_vec()),
    };
    let marker = prefix.join(MARKER);
    let marker = Input {
        content: files::read(&marker).ok().flatten(),
        stamp: stamp::of_link(&marker),
        path: marker,
    };
    let tree = Input {
        stamp: stamp::of_link(&prefix),
        path: prefix,
        content,
    };
    let programs = programs
        .into_iter()
        .map(|program| of_program(program, suspect.repository, memory));
    [tree, marker].into_iter().chain(programs).collect()
}

/// Returns what must be consented to of the environment at this path in a project, links resolved.
pub fn of_project(
    prefix: &Path,
    home: Option<&Path>,
    project: &Path,
    snapshot: &Snapshot,
    memory: &Memory,
) -> Vec<Input> {
    let caution = Caution::around(
        Some(project),
        &[&snapshot.cwd],
        snapshot.dirs.home.as_deref(),
        snapshot.user,
    );
    let repository = worktree::top(project).unwrap_or_else(|| project.to_owned());
    inputs(
        &Suspect {
            prefix,
            home,
            repository: &repository,
        },
        &caution,
        memory,
    )
}

/// Returns whether an environment that is in use came with the checkout meanwhile: nobody consented
/// to it as it is. What is kept until a person decides does not keep that.
pub fn is_uninvited(prefix: &Path, project: &Path, snapshot: &Snapshot, memory: &Memory) -> bool {
    let environment = environment::load(prefix);
    let home = environment
        .as_ref()
        .and_then(|environment| environment.home.as_deref());
    let inputs = of_project(prefix, home, project, snapshot, memory);
    let record = record::find(project, snapshot.dirs.state.as_deref());
    let is_allowed =
        |record: Record| trust::digest::has_environment(&record.digest, project, &inputs);
    !inputs.is_empty() && !record.is_some_and(is_allowed)
}

/// Returns what git tracks of an environment: in the repository of the project, and in the one that
/// the environment lies in, as in a submodule, whose content need not be what the outer one names.
fn origin(prefix: &Path, repository: &Path, relative: &Path, memory: &Memory) -> Below {
    let outer = tracked(repository, relative, memory);
    let inner = worktree::top(prefix).filter(|top| top != repository);
    match inner {
        _ if outer != Below::Nothing => outer,
        None => outer,
        // Whoever makes an environment makes no repository of it.
        Some(top) if top == prefix => Below::Unknown,
        Some(top) => prefix
            .strip_prefix(&top)
            .map_or(Below::Unknown, |relative| tracked(&top, relative, memory)),
    }
}

/// Returns what git tracks below an environment.
fn tracked(repository: &Path, relative: &Path, memory: &Memory) -> Below {
    let index = index::of(repository)
        .and_then(|index| stamp::of(&index))
        .filter(|index| index.size > LARGE);
    let Some(index) = index else {
        return index::below(repository, relative);
    };
    let key = digest::key([
        repository.as_os_str().as_bytes(),
        relative.as_os_str().as_bytes(),
    ]);
    if memory
        .recall(UNTRACKED, &key)
        .is_some_and(|identity| identity == index.identity())
    {
        return Below::Nothing;
    }
    let found = index::below(repository, relative);
    if found == Below::Nothing && index.is_calm(clock::now_ns()) {
        memory.keep(UNTRACKED, &key, &index.identity());
    }
    found
}

/// Returns whether the standard library of an environment is not brought either: `getpath.py` looks
/// for it around the directory that the environment names as its home, which is relative to the
/// working directory where it is relative.
fn has_own_home(suspect: &Suspect<'_>, caution: &Caution) -> bool {
    let Some(home) = suspect.home else {
        return true;
    };
    let real = files::canonical(home).unwrap_or_else(|| normalised(home));
    home.is_absolute() && !caution.holds(&real)
}

/// Returns whether programs are what the user's own tools put there: nothing, or an interpreter
/// that may be started, or a copy of one.
fn are_own(programs: &[PathBuf], caution: &Caution, memory: &Memory) -> bool {
    // One name is mostly a link to the other, and to go along a path costs a call for each part of
    // it.
    let is_other = |program: &&PathBuf| {
        files::target_of(program).is_some_and(|target| {
            programs
                .iter()
                .any(|other| other.file_name() == Some(target.as_os_str()))
        })
    };
    programs
        .iter()
        .filter(|program| !is_other(program))
        .all(|program| {
            let Some(file) = files::canonical(program) else {
                return true;
            };
            match caution.startable_at(program, file.clone()) {
                Ok(fit) if fit.resolved == file => true,
                Ok(fit) => bytes_of(&file, memory) == bytes_of(&fit.resolved, memory),
                Err(_) => false,
            }
        })
}

/// Returns a program with where it leads and what it is there. In a copy of the repository it leads
/// to the same place in it.
fn of_program(program: PathBuf, repository: &Path, memory: &Memory) -> Input {
    let content = files::canonical(&program).map(|file| {
        let place = file.strip_prefix(repository).unwrap_or(&file);
        [
            place.as_os_str().as_bytes(),
            b"\0",
            bytes_of(&file, memory).as_bytes(),
        ]
        .concat()
    });
    Input {
        stamp: stamp::of_link(&program),
        path: program,
        content,
    }
}

/// Returns the digest of a file, which is remembered as long as the file is as it was: an
/// interpreter is large. Of one that can't be read it is that of its state.
fn bytes_of(file: &Path, memory: &Memory) -> String {
    let identity = stamp::of(file)
        .map(|stamp| stamp.identity())
        .unwrap_or_default();
    let key = digest::key([file.as_os_str().as_bytes()]);
    let kept = memory.recall(KIND, &key);
    let remembered = kept
        .as_deref()
        .and_then(|kept| kept.strip_prefix(identity.as_slice()));
    if let Some(digest) = remembered.and_then(|digest| std::str::from_utf8(digest).ok()) {
        return digest.to_owned();
    }
    let bytes = files::read(file).ok().flatten();
    let digest = digest::of([bytes.as_deref().unwrap_or(&identity)]);
    memory.keep(
        KIND,
        &key,
        &[identity.as_slice(), digest.as_bytes()].concat(),
    );
    digest
}
