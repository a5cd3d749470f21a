//! Makes suspects harmless: each is armed, or removed where it can't be. A file that Python would reject by its time
//! is removed rather than armed: an armed one would run under `--check-hash-based-pycs never`, which rejected it
//! before us. What git tracks is left alone and reported.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::survey::Suspect;
use crate::host::{Directory, cores, files, stamp};
use crate::python::names;
use crate::python::pyc::{self, Check, Header};

/// What became of the suspects.
#[derive(Debug, Default)]
pub(crate) struct Armed {
    pub(crate) armed: usize,
    /// The sources whose bytecode was removed.
    pub(crate) sources: Vec<PathBuf>,
    /// Files that git tracks.
    pub(crate) tracked: Vec<PathBuf>,
    /// Files that could not be replaced, with the reason.
    pub(crate) failed: Vec<(PathBuf, io::ErrorKind)>,
}

/// Below so many directories for each, a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 16;

/// Arms or removes every suspect that git does not track. The suspects of a directory stand together.
pub(crate) fn arm(suspects: &[Suspect], tracked: &BTreeSet<PathBuf>) -> Armed {
    let groups: Vec<&[Suspect]> = suspects.chunk_by(|a, b| a.directory == b.directory).collect();
    let done = cores::spread(&groups, WORTH_A_THREAD, |group| arm_together(group, tracked));
    done.into_iter().fold(Armed::default(), Armed::and)
}

fn arm_together(group: &[Suspect], tracked: &BTreeSet<PathBuf>) -> Armed {
    let mut out = Armed::default();
    let directory = open(&group[0]);
    for suspect in group {
        let path = suspect.path();
        match &directory {
            _ if tracked.contains(&path) => out.tracked.push(path),
            Ok(directory) => out.note(suspect, disarm(directory, suspect)),
            Err(error) => out.note(suspect, Err(error.kind().into())),
        }
    }
    out
}

/// Opens the directory of a suspect, through no link below its tree.
fn open(suspect: &Suspect) -> io::Result<Directory> {
    let below = suspect.directory.strip_prefix(&suspect.tree).map_err(|_| io::ErrorKind::InvalidInput)?;
    Directory::open(&suspect.tree)?.descend(below)
}

/// What was done to one file.
enum Done {
    Armed,
    Removed,
    Nothing,
}

fn disarm(directory: &Directory, suspect: &Suspect) -> io::Result<Done> {
    let (bytes, stamp) = directory.read(&suspect.name)?;
    let Some(header) = Header::parse(&bytes) else { return Ok(Done::Nothing) };
    if matches!(header.check, Check::Content(_) | Check::Invalid) {
        return Ok(Done::Nothing);
    }
    let rejected = matches!(header.check, Check::Time { .. }) && is_rejected(&header, suspect);
    match pyc::armed(&bytes).filter(|_| suspect.armable && !rejected) {
        Some(armed) => directory.replace(&suspect.name, &armed, &stamp).map(|()| Done::Armed),
        None => directory.remove(&suspect.name).map(|()| Done::Removed),
    }
}

/// Returns whether Python would notice by itself that the source changed.
fn is_rejected(header: &Header, suspect: &Suspect) -> bool {
    let source = source_of(suspect).and_then(|source| stamp::of(&source));
    source.is_some_and(|source| !header.matches_time(source.mtime, source.size))
}

/// Returns the path of the source that a suspect is the bytecode of, where its name says so.
fn source_of(suspect: &Suspect) -> Option<PathBuf> {
    let module = names::parse(suspect.name.as_bytes())?.module;
    let mut name = OsString::from(OsStr::from_bytes(module));
    name.push(".py");
    Some(suspect.source.join(name))
}

impl Armed {
    fn and(mut self, other: Self) -> Self {
        self.armed += other.armed;
        self.sources.extend(other.sources);
        self.tracked.extend(other.tracked);
        self.failed.extend(other.failed);
        self
    }

    fn note(&mut self, suspect: &Suspect, done: io::Result<Done>) {
        match done {
            Ok(Done::Armed) => self.armed += 1,
            Ok(Done::Removed) => self.sources.extend(source_of(suspect)),
            Ok(Done::Nothing) => {}
            Err(error) if files::is_absent(&error) => {}
            Err(error) => self.failed.push((suspect.path(), error.kind())),
        }
    }
}
