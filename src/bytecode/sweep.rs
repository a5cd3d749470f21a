//! Which bytecode of a scope goes, as a list of paths with reasons, and its removal. Only what is bytecode is listed:
//! in `__pycache__` a regular file of such a name, anywhere else by its header too, and never one that would be
//! imported for want of a source. Removal reaches each file through held directories and no link.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::prefix;
use super::scope::Scope;
use super::territory::{self, Names};
use super::verdict;
use crate::host::directory::Listing;
use crate::host::{Directory, Kind, files, walk};
use crate::python::names::{self, PYCACHE, Writer};
use crate::python::pyc::{HEADER, Header};

/// How much of the bytecode goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What is not fresh, armed or verified.
    Stale,
    All,
}

/// One file to remove.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Item {
    tree: PathBuf,
    directory: PathBuf,
    name: OsString,
    pub(crate) size: u64,
}

impl Item {
    /// Returns the path of the file.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }
}

/// The files to remove, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sweep {
    pub(crate) items: Vec<Item>,
}

/// What was removed.
#[derive(Debug, Default)]
pub(crate) struct Swept {
    pub(crate) files: usize,
    pub(crate) directories: usize,
    pub(crate) bytes: u64,
    pub(crate) failed: Vec<(PathBuf, io::ErrorKind)>,
}

impl Sweep {
    /// Lists the bytecode of a scope; with a prefix in force, that in the prefix.
    pub(crate) fn of(scope: &Scope, prefix: Option<&Path>, extent: Extent) -> Self {
        let roots: Vec<PathBuf> = match prefix {
            Some(prefix) => scope.trees.iter().map(|tree| prefix::mirror(prefix, tree)).collect(),
            None => scope.trees.clone(),
        };
        let new = || Visitor { scope, roots: &roots, prefix, extent, cache: Listing::default(), items: Vec::new() };
        let mut items: Vec<Item> = walk::walk(&roots, new).into_iter().flat_map(|visitor| visitor.items).collect();
        items.sort();
        items.dedup();
        Self { items }
    }

    /// Leaves out what git tracks, and returns it.
    pub(crate) fn spare(&mut self, tracked: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
        let paths = self.items.iter().map(Item::path).filter(|path| tracked.contains(path)).collect();
        self.items.retain(|item| !tracked.contains(&item.path()));
        paths
    }

    /// Removes the files, and the directories that are then empty.
    pub(crate) fn apply(&self) -> Swept {
        let mut out = Swept::default();
        for group in self.items.chunk_by(|a, b| a.directory == b.directory) {
            let below = group[0].directory.strip_prefix(&group[0].tree).unwrap_or(Path::new(""));
            let opened = Directory::open(&group[0].tree).and_then(|tree| tree.descend(below));
            match &opened {
                Ok(directory) => group.iter().for_each(|item| out.remove(directory, item)),
                Err(error) => out.failed.extend(group.iter().map(|item| (item.path(), error.kind()))),
            }
            out.directories += usize::from(remove_if_empty(&group[0].tree, below));
        }
        out
    }
}

/// Removes a directory of bytecode where nothing is left in it.
fn remove_if_empty(tree: &Path, below: &Path) -> bool {
    let (Some(name), Some(parent)) = (below.file_name(), below.parent()) else { return false };
    let parent = Directory::open(tree).and_then(|tree| tree.descend(parent));
    name == PYCACHE && parent.and_then(|parent| parent.remove_directory(name)).is_ok()
}

impl Swept {
    fn remove(&mut self, directory: &Directory, item: &Item) {
        match directory.remove(&item.name) {
            Ok(()) => {
                self.files += 1;
                self.bytes += item.size;
            }
            Err(error) if files::is_absent(&error) => {}
            Err(error) => self.failed.push((item.path(), error.kind())),
        }
    }
}

struct Visitor<'a> {
    scope: &'a Scope,
    roots: &'a [PathBuf],
    prefix: Option<&'a Path>,
    extent: Extent,
    cache: Listing,
    items: Vec<Item>,
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        if let Some(prefix) = self.prefix {
            let source = prefix::mirrored(prefix, &directory.path).unwrap_or_default();
            self.cache_files(tree, directory, listing, &source);
            return names.directories.iter().map(|entry| entry.name.to_owned()).collect();
        }
        let other = names.configuration || (names.manifest && territory::has_own_table(directory));
        if directory.path != self.roots[tree] && (names.environment || other) {
            return Vec::new();
        }
        self.loose_files(tree, directory, &names);
        if names.has_cache {
            self.pycache(tree, directory);
        }
        names.own_directories(self.scope, directory).iter().map(|entry| entry.name.to_owned()).collect()
    }
}

impl Visitor<'_> {
    fn pycache(&mut self, tree: usize, parent: &Directory) {
        let mut listing = std::mem::take(&mut self.cache);
        let opened = parent.child(OsStr::new(PYCACHE));
        if let Ok(directory) = opened.and_then(|directory| directory.list(&mut listing).map(|()| directory)) {
            self.cache_files(tree, &directory, &listing, &parent.path);
        }
        self.cache = listing;
    }

    fn cache_files(&mut self, tree: usize, directory: &Directory, listing: &Listing, source: &Path) {
        for entry in listing.iter().filter(|entry| entry.kind == Kind::File) {
            let Some(name) = names::parse(entry.name.as_bytes()) else { continue };
            let source = source.join(OsStr::from_bytes(&[name.module, b".py"].concat()));
            let goes = match self.extent {
                Extent::All => true,
                Extent::Stale => name.writer != Writer::Other && !is_sound(directory, entry.name, &source),
            };
            if goes {
                self.push(tree, directory, entry.name);
            }
        }
    }

    /// Lists bytecode beside its source, which Python never reads.
    fn loose_files(&mut self, tree: usize, directory: &Directory, names: &Names<'_>) {
        for name in names.loose.iter().filter(|name| names.has_source(name)) {
            let is_bytecode = directory.head::<HEADER>(name).is_ok_and(|head| Header::parse(&head).is_some());
            if self.extent == Extent::All && is_bytecode {
                self.push(tree, directory, name);
            }
        }
    }

    fn push(&mut self, tree: usize, directory: &Directory, name: &OsStr) {
        let size = directory.stat_link(name).map_or(0, |stamp| stamp.size);
        let (tree, directory) = (self.roots[tree].clone(), directory.path.clone());
        self.items.push(Item { tree, directory, name: name.to_owned(), size });
    }
}

fn is_sound(directory: &Directory, name: &OsStr, source: &Path) -> bool {
    let (Ok(head), Some(pyc)) = (directory.head::<HEADER>(name), directory.stat_link(name)) else { return true };
    let stamp = crate::host::stamp::of(source);
    let verdict = verdict::judge(&head, &pyc, stamp.as_ref(), || files::read(source).ok().flatten());
    verdict.is_sound()
}
