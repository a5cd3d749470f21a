//! Which bytecode of a scope goes, as a list of paths, and its removal. Only what is bytecode is listed: in `__pycache__`
//! a regular file of such a name, anywhere else, below a prefix too, by its header as well, and never one that would be
//! imported for want of a source. Removal reaches each file through held directories and no link; it decides nothing.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::prefix;
use super::scope::Scope;
use super::territory::{self, Names};
use super::tracked::Tracked;
use super::verdict;
use crate::host::directory::Listing;
use crate::host::{Directory, Kind, cores, files, stamp, walk};
use crate::python::names::{self, PYCACHE, Writer};
use crate::python::pyc::{HEADER, Header};

/// Below so many directories for each, a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 16;

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
    /// Directories of bytecode that are links, behind which nothing is removed.
    pub(crate) links: Vec<PathBuf>,
}

/// What could not be removed.
pub(crate) type Failed = Vec<(PathBuf, io::ErrorKind)>;

impl Sweep {
    /// Lists the bytecode of a scope; with a prefix in force, that in the prefix.
    pub(crate) fn of(scope: &Scope, prefix: Option<&Path>, extent: Extent) -> Self {
        let roots: Vec<PathBuf> = match prefix {
            Some(prefix) => scope.trees.iter().map(|tree| prefix::mirror(prefix, tree)).collect(),
            None => scope.trees.clone(),
        };
        let new =
            || Visitor { scope, roots: &roots, prefix, extent, cache: Listing::default(), found: Self::default() };
        let mut all = Self::default();
        for visitor in walk::walk(&roots, new) {
            all.items.extend(visitor.found.items);
            all.links.extend(visitor.found.links);
        }
        all.items.sort();
        all.links.sort();
        all
    }

    /// Yields the directories that hold the files.
    pub(crate) fn directories(&self) -> impl Iterator<Item = &Path> {
        self.items.iter().map(|item| item.directory.as_path())
    }

    /// Leaves out what git tracks, and returns it.
    pub(crate) fn spare(&mut self, tracked: &Tracked) -> Vec<PathBuf> {
        let (spared, items) = std::mem::take(&mut self.items).into_iter().partition(|item| tracked.has(&item.path()));
        self.items = items;
        let spared: Vec<Item> = spared;
        spared.iter().map(Item::path).collect()
    }

    /// Removes the files, and the directories that are then empty; returns what could not be removed.
    pub(crate) fn apply(&self) -> Failed {
        let groups: Vec<&[Item]> = self.items.chunk_by(|a, b| a.directory == b.directory).collect();
        cores::spread(&groups, WORTH_A_THREAD, |group| remove_together(group)).concat()
    }
}

fn remove_together(group: &[Item]) -> Failed {
    let below = group[0].directory.strip_prefix(&group[0].tree).unwrap_or(Path::new(""));
    let opened = Directory::open(&group[0].tree).and_then(|tree| tree.descend(below));
    let remove = |item: &Item| match &opened {
        Ok(directory) => directory.remove(&item.name).map_err(|error| error.kind()),
        Err(error) => Err(error.kind()),
    };
    let results = group.iter().map(|item| (item.path(), remove(item)));
    let failed = results.filter_map(|(path, result)| Some((path, result.err()?)));
    let failed = failed.filter(|(_, reason)| *reason != io::ErrorKind::NotFound).collect();
    remove_if_empty(&group[0].tree, below);
    failed
}

/// Removes a directory of bytecode where nothing is left in it.
fn remove_if_empty(tree: &Path, below: &Path) {
    let (Some(name), Some(parent)) = (below.file_name(), below.parent()) else { return };
    let parent = Directory::open(tree).and_then(|tree| tree.descend(parent));
    if name == PYCACHE {
        let _ = parent.and_then(|parent| parent.remove_directory(name));
    }
}

struct Visitor<'a> {
    scope: &'a Scope,
    roots: &'a [PathBuf],
    prefix: Option<&'a Path>,
    extent: Extent,
    cache: Listing,
    found: Sweep,
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        if let Some(prefix) = self.prefix {
            let source = prefix::mirrored(prefix, &directory.path).unwrap_or_default();
            self.cache_files(tree, directory, listing, &source);
            return territory::mirrored_directories(self.scope, &source, &names);
        }
        let other = names.configuration || (names.manifest && territory::has_own_table(directory) == Some(true));
        if directory.path != self.roots[tree] && (names.environment || other) {
            return Vec::new();
        }
        self.loose_files(tree, directory, &names);
        if names.has_cache {
            self.pycache(tree, directory);
        }
        let link = directory.path.join(PYCACHE);
        if names.cache_is_link && holds_bytecode(&link) {
            self.found.links.push(link);
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
            // In `__pycache__` the name is enough; whoever chose a prefix may keep other things below it.
            if goes && (self.prefix.is_none() || has_header(directory, entry.name)) {
                self.push(tree, directory, entry.name);
            }
        }
    }

    /// Lists bytecode beside its source, which Python never reads.
    fn loose_files(&mut self, tree: usize, directory: &Directory, names: &Names<'_>) {
        let is_file = |name: &OsStr| directory.stat_link(name).is_some_and(|stamp| stamp.kind == Kind::File);
        for name in names.loose.iter().filter(|name| names.has_source(name) && is_file(name)) {
            if self.extent == Extent::All && has_header(directory, name) {
                self.push(tree, directory, name);
            }
        }
    }

    fn push(&mut self, tree: usize, directory: &Directory, name: &OsStr) {
        let (tree, directory) = (self.roots[tree].clone(), directory.path.clone());
        self.found.items.push(Item { tree, directory, name: name.to_owned() });
    }
}

fn holds_bytecode(cache: &Path) -> bool {
    files::names(cache).iter().any(|name| names::parse(name.as_bytes()).is_some())
}

fn has_header(directory: &Directory, name: &OsStr) -> bool {
    directory.head::<HEADER>(name).is_ok_and(|(head, _)| Header::parse(&head).is_some())
}

fn is_sound(directory: &Directory, name: &OsStr, source: &Path) -> bool {
    let Ok((head, pyc)) = directory.head::<HEADER>(name) else { return true };
    let stamps = (stamp::of(source), stamp::of_link(source));
    verdict::judge(&head, &pyc, stamps, || files::read(source).ok().flatten()).is_sound()
}
