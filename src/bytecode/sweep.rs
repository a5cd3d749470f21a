//! Which bytecode of a scope goes, as a list of files, and its removal. What counts as bytecode is
//! the census's to say; bytecode that would be imported for want of a source goes only where that
//! was asked for. Removal reaches each file through held directories and no link; it decides
//! nothing.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::census::{Census, Depth, Found, Group, Place, Pyc};
use super::ledger::Ledger;
use crate::host::{Directory, Tally, Tree, cores, tree};
use crate::python::names::{PYCACHE, Writer};
use crate::tree::scope::Scope;
use crate::tree::tracked::Tracked;

/// Below so many directories for each, a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 16;

/// How much of the bytecode goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What is not fresh, armed or verified.
    Stale,
    All,
    /// What would be imported although its source is gone.
    Orphans,
}

impl Extent {
    /// Returns how closely files must be looked at.
    pub fn depth(self) -> Depth {
        if self == Self::Stale {
            Depth::Verdicts
        } else {
            Depth::Names
        }
    }

    /// Returns whether a file goes.
    pub fn takes(self, file: &Pyc) -> bool {
        match (self, file.place) {
            (Self::Orphans, place) => place == Place::Alone,
            _ if file.is_link => false,
            (Self::All, place) => place != Place::Alone,
            (Self::Stale, place) => {
                place == Place::Cache && file.judged.is_some_and(|judged| judged.verdict.is_stale())
            }
        }
    }
}

/// The files to remove, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    pub groups: Vec<Group>,
    /// Directories of bytecode that are links, behind which nothing is removed.
    pub links: Vec<PathBuf>,
    /// Directories of other file systems, which are not entered.
    pub mounts: Vec<PathBuf>,
    /// Directories that could not be looked into.
    pub missed: Failed,
}

/// What could not be reached or removed.
pub type Failed = Vec<(PathBuf, io::ErrorKind)>;

/// What was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    pub files: usize,
    pub directories: usize,
    pub bytes: u64,
    pub failed: Failed,
}

impl Removed {
    /// Adds what else was removed.
    pub fn and(mut self, other: Self) -> Self {
        self.files += other.files;
        self.directories += other.directories;
        self.bytes += other.bytes;
        self.failed.extend(other.failed);
        self
    }
}

impl Sweep {
    /// Lists the bytecode of a scope; with a prefix in force, that in the prefix.
    pub fn of(scope: &Scope, prefix: Option<&Path>, extent: Extent) -> Self {
        let (depth, tally) = (extent.depth(), &Tally::default());
        // A part of the project may be mounted: what the command imports from there is the
        // project's too.
        let (ledger, crosses) = (&Ledger::default(), true);
        let census = Census {
            scope,
            prefix,
            depth,
            crosses,
            target: None,
            ledger,
            ignored: None,
            tally,
        };
        Self::select(census.take(), |file| extent.takes(file))
    }

    /// Lists those files of a census that a rule takes.
    pub fn select(found: Found, takes: impl Fn(&Pyc) -> bool) -> Self {
        let Found {
            mut groups,
            links,
            mounts,
            missed,
        } = found;
        groups
            .iter_mut()
            .for_each(|group| group.files.retain(&takes));
        groups.retain(|group| !group.files.is_empty());
        Self {
            groups,
            links,
            mounts,
            missed,
        }
    }

    /// Yields the directories that hold the files.
    pub fn directories(&self) -> impl Iterator<Item = &Path> {
        self.groups.iter().map(|group| group.directory.as_path())
    }

    /// Yields the paths of the files.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.groups
            .iter()
            .flat_map(|group| group.files.iter().map(|file| group.path(file)))
    }

    /// Returns how many files there are.
    pub fn len(&self) -> usize {
        self.groups.iter().map(|group| group.files.len()).sum()
    }

    /// Returns how many bytes they hold.
    pub fn bytes(&self) -> u64 {
        self.groups
            .iter()
            .flat_map(|group| &group.files)
            .map(|file| file.bytes)
            .sum()
    }

    /// Leaves out what git tracks, and returns it.
    pub fn spare(&mut self, tracked: &Tracked) -> Vec<PathBuf> {
        if tracked.is_empty() {
            return Vec::new();
        }
        let spared: Vec<PathBuf> = self.paths().filter(|path| tracked.has(path)).collect();
        for group in &mut self.groups {
            let directory = group.directory.clone();
            group
                .files
                .retain(|file| !tracked.has(&directory.join(&file.name)));
        }
        self.groups.retain(|group| !group.files.is_empty());
        spared
    }

    /// Removes the files, and the directories that are then empty: those of bytecode, and with
    /// `folders` what held nothing else.
    pub fn apply(&self, folders: bool, tally: &Tally) -> Removed {
        let mut trees: BTreeMap<&Tree, io::Result<Directory>> = BTreeMap::new();
        for group in &self.groups {
            trees
                .entry(&group.tree)
                .or_insert_with(|| group.tree.open());
        }
        let remove = |group: &Group| remove_together(group, &trees[&group.tree], folders, tally);
        let done = cores::spread(&self.groups, WORTH_A_THREAD, remove);
        done.into_iter().fold(Removed::default(), Removed::and)
    }
}

/// A directory that is held open, and the one that it is in, unless it is the tree.
struct Held {
    directory: Directory,
    parent: Option<Directory>,
}

impl Held {
    /// Opens a directory below a tree, through no link.
    fn open(tree: &Directory, below: &Path) -> io::Result<Self> {
        match (below.parent(), below.file_name()) {
            (Some(parent), Some(name)) => {
                let parent = tree.descend(parent)?;
                Ok(Self {
                    directory: parent.child(name)?,
                    parent: Some(parent),
                })
            }
            _ => Ok(Self {
                directory: tree.descend(below)?,
                parent: None,
            }),
        }
    }

    /// Removes the directory itself, where it is empty.
    fn remove_itself(&self) -> bool {
        let name = self.directory.path.file_name();
        self.parent
            .as_ref()
            .zip(name)
            .is_some_and(|(parent, name)| parent.remove_directory(name).is_ok())
    }
}

fn remove_together(
    group: &Group,
    tree: &io::Result<Directory>,
    folders: bool,
    tally: &Tally,
) -> Removed {
    let mut out = Removed::default();
    let below = group
        .directory
        .strip_prefix(&group.tree.path)
        .unwrap_or(Path::new(""));
    if let Some(reason) = tree
        .as_ref()
        .err()
        .map(io::Error::kind)
        .filter(|reason| tree::is_swapped(*reason))
    {
        out.failed.push((group.tree.path.clone(), reason));
        return out;
    }
    let held = tree
        .as_ref()
        .map_err(|error| error.kind().into())
        .and_then(|tree| Held::open(tree, below));
    for file in &group.files {
        let done = held.as_ref().map_err(io::Error::kind).and_then(|held| {
            held.directory
                .remove(&file.name)
                .map_err(|error| error.kind())
        });
        match done {
            Ok(()) => {
                out.files += 1;
                out.bytes += file.bytes;
            }
            Err(io::ErrorKind::NotFound) => {}
            Err(reason) => out.failed.push((group.path(file), reason)),
        }
    }
    tally.add(group.files.len());
    let is_cache = below.file_name().is_some_and(|name| name == PYCACHE);
    out.directories = match tree {
        Ok(tree) if folders => remove_emptied(tree, below),
        _ => usize::from(is_cache && held.is_ok_and(|held| held.remove_itself())),
    };
    out
}

/// Removes a directory and those above it, as long as they are empty, up to the tree, which stays;
/// returns how many.
pub fn remove_emptied(tree: &Directory, below: &Path) -> usize {
    let above = below
        .ancestors()
        .take_while(|above| !above.as_os_str().is_empty());
    above
        .take_while(|above| Held::open(tree, above).is_ok_and(|held| held.remove_itself()))
        .count()
}

/// Returns whether a file is one that pytest rewrote.
pub fn is_of_tests(file: &Pyc) -> bool {
    file.writer == Writer::Pytest
}
