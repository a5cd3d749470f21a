//! Makes files harmless that Python would believe too easily: each is armed, or removed where it
//! can't be. A file that Python would reject by its time is removed rather than armed: an armed one
//! would run under `--check-hash-based-pycs never`, which rejected it before us. What git tracks is
//! left alone; which files are in doubt is the survey's to say.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::survey::Doubt;
use crate::host::{Directory, Stamp, cores, files, stamp, tree};
use crate::python::names;
use crate::python::pyc::{self, Check, HEADER, Header};
use crate::tree::tracked::Tracked;

/// What became of the doubts.
#[derive(Debug, Default)]
pub struct Armed {
    pub armed: Vec<PathBuf>,
    pub removed: Vec<PathBuf>,
    /// The sources whose bytecode was removed.
    pub sources: Vec<PathBuf>,
    /// Files that git tracks.
    pub tracked: Vec<PathBuf>,
    /// Files that could not be replaced, with the reason.
    pub failed: Vec<(PathBuf, io::ErrorKind)>,
}

/// Below so many directories for each, a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 16;

/// Arms or removes every doubt that git does not track. The doubts of a directory stand together.
pub fn arm(doubts: &[Doubt], tracked: &Tracked) -> Armed {
    each(doubts, tracked, carry_out)
}

/// Returns what arming would do, without touching any file.
pub fn foresee(doubts: &[Doubt], tracked: &Tracked) -> Armed {
    each(doubts, tracked, |directory, _, _| {
        if files::is_writable(&directory.path) {
            Ok(())
        } else {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    })
}

/// What happens to a file of a directory for which a deed was decided.
type Act = fn(&Directory, &OsStr, &Deed) -> io::Result<()>;

fn each(doubts: &[Doubt], tracked: &Tracked, act: Act) -> Armed {
    let groups: Vec<&[Doubt]> = doubts.chunk_by(|a, b| a.directory == b.directory).collect();
    let done = cores::spread(&groups, WORTH_A_THREAD, |group| {
        together(group, tracked, act)
    });
    done.into_iter().fold(Armed::default(), Armed::and)
}

fn together(group: &[Doubt], tracked: &Tracked, act: Act) -> Armed {
    let mut out = Armed::default();
    let directory = open(&group[0]);
    if let Some(reason) = directory
        .as_ref()
        .err()
        .map(io::Error::kind)
        .filter(|reason| tree::is_swapped(*reason))
    {
        out.failed.push((group[0].tree.path.clone(), reason));
        return out;
    }
    for doubt in group {
        let path = doubt.path();
        match &directory {
            _ if tracked.has(&path) => out.tracked.push(path),
            Ok(directory) => out.note(doubt, make_harmless(directory, doubt, act)),
            Err(error) => out.note(doubt, Err(error.kind().into())),
        }
    }
    out
}

/// Opens the directory of a doubt, through no link below its tree.
fn open(doubt: &Doubt) -> io::Result<Directory> {
    let below = doubt
        .directory
        .strip_prefix(&doubt.tree.path)
        .map_err(|_| io::ErrorKind::InvalidInput)?;
    doubt.tree.open()?.descend(below)
}

/// What is done to one file.
enum Deed {
    Arm(Vec<u8>, Stamp),
    Remove,
    Nothing,
}

fn make_harmless(directory: &Directory, doubt: &Doubt, act: Act) -> io::Result<Deed> {
    let deed = decide(directory, doubt)?;
    if !matches!(deed, Deed::Nothing) {
        act(directory, &doubt.name, &deed)?;
    }
    Ok(deed)
}

fn carry_out(directory: &Directory, name: &OsStr, deed: &Deed) -> io::Result<()> {
    match deed {
        Deed::Arm(bytes, like) => directory.replace(name, bytes, like),
        Deed::Remove => directory.remove(name),
        Deed::Nothing => Ok(()),
    }
}

fn decide(directory: &Directory, doubt: &Doubt) -> io::Result<Deed> {
    let (bytes, stamp) = read(directory, &doubt.name)?;
    let Some(header) = Header::parse(&bytes) else {
        return Ok(Deed::Nothing);
    };
    let is_harmless = match header.check {
        Check::Content(_) => true,
        // Whoever rewrites on import may know no flags.
        Check::Invalid => doubt.armable,
        Check::Time { .. } | Check::Never(_) => false,
    };
    if is_harmless {
        return Ok(Deed::Nothing);
    }
    let source = source_of(doubt).and_then(|source| stamp::of(&source));
    let rejected =
        matches!(header.check, Check::Time { .. }) && is_rejected(&header, source.as_ref());
    if rejected && doubt.is_guest {
        return Ok(Deed::Nothing);
    }
    let is_whole = stamp.size <= files::LARGEST;
    let armed = pyc::armed(&bytes).filter(|_| doubt.armable && !rejected && is_whole);
    Ok(armed.map_or(Deed::Remove, |armed| {
        Deed::Arm(armed, narrowed(stamp, source.as_ref()))
    }))
}

/// Reads a file; of one that is larger than any module's, no more than its header.
fn read(directory: &Directory, name: &OsStr) -> io::Result<(Vec<u8>, Stamp)> {
    match directory.read(name) {
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => directory.head::<HEADER>(name),
        other => other,
    }
}

/// Returns whether Python would notice by itself that the source changed.
fn is_rejected(header: &Header, source: Option<&Stamp>) -> bool {
    source.is_some_and(|source| !header.matches_time(source.mtime, source.size))
}

/// Returns the owner and the mode of what is armed: those that the file had, but nothing that
/// others could use.
fn narrowed(pyc: Stamp, source: Option<&Stamp>) -> Stamp {
    let most = source.map_or(pyc::OWNER_WRITES_ALONE, |source| {
        pyc::permissions(source.mode)
    });
    Stamp {
        mode: pyc.mode & most,
        ..pyc
    }
}

/// Returns the path of the source that a doubt is the bytecode of, where its name says so.
fn source_of(doubt: &Doubt) -> Option<PathBuf> {
    let module = names::parse(doubt.name.as_bytes())?.module;
    let mut name = OsString::from(OsStr::from_bytes(module));
    name.push(".py");
    Some(doubt.source.join(name))
}

impl Armed {
    /// Adds what became of others.
    pub fn and(mut self, other: Self) -> Self {
        self.armed.extend(other.armed);
        self.removed.extend(other.removed);
        self.sources.extend(other.sources);
        self.tracked.extend(other.tracked);
        self.failed.extend(other.failed);
        self
    }

    /// Returns how many files were made harmless.
    pub fn number(&self) -> usize {
        self.armed.len() + self.removed.len()
    }

    fn note(&mut self, doubt: &Doubt, done: io::Result<Deed>) {
        match done {
            Ok(Deed::Arm(..)) => self.armed.push(doubt.path()),
            Ok(Deed::Remove) => {
                self.removed.push(doubt.path());
                self.sources.extend(source_of(doubt));
            }
            Ok(Deed::Nothing) => {}
            Err(error) if files::is_absent(&error) => {}
            Err(error) => self.failed.push((doubt.path(), error.kind())),
        }
    }
}
