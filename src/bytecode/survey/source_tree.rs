//! One directory of sources: what in it is a module, which directories below are entered, and its
//! bytecode. Follows no link to another directory, and says so where modules lie behind one.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;

use super::cache_directory::{CacheDirectory, Cached, Modules};
use super::{Hidden, Seen, Survey, link_out};
use crate::bytecode::ledger::Fact;
use crate::bytecode::prefix;
use crate::host::directory::{Entry, Listing};
use crate::host::{Directory, Kind, Stamp, Tree, files, walk};
use crate::python::names::PYCACHE;
use crate::python::pyc::{HEADER, Header};
use crate::tree::territory::{self, Names};
use crate::values::manifest::MANIFEST;

/// A directory with so many names, and none that matters, is read only when it changes.
const MANY: usize = 64;

/// Collects what one thread sees.
pub(super) struct Visitor<'a> {
    survey: &'a Survey<'a>,
    /// What holds the bytecode of each tree: the tree, or its part below the prefix.
    holders: &'a [Tree],
    cache: Listing,
    pub(super) seen: Seen,
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        let root = &self.survey.scope.trees[tree];
        let is_root = directory.path == *root;
        let is_environment =
            names.is_environment(directory) && !self.survey.scope.holds_packages(tree);
        if !is_root && is_environment {
            return Vec::new();
        }
        if !is_root && names.is_repository() {
            return Vec::new();
        }
        if !is_root && self.is_project(directory, &names) {
            let is_imported = territory::is_importable(root, &directory.path);
            self.seen
                .nested
                .extend(is_imported.then(|| directory.path.clone()));
            return Vec::new();
        }
        self.sourceless(directory, &names);
        self.bytecode(&self.holders[tree], directory, &names);
        if !self.survey.is_guest {
            self.links(directory, &names.links);
        }
        if names.is_barren() && listing.len() >= MANY {
            self.remember_barren(directory);
        }
        self.below(tree, directory, &names)
    }

    /// A directory that we can't list, Python can't list either, and imports nothing from it.
    fn miss(&mut self, path: PathBuf, reason: io::ErrorKind) {
        if reason != io::ErrorKind::PermissionDenied {
            self.seen.hidden.push(Hidden {
                path,
                reason: Some(reason),
            });
        }
    }
}

impl<'a> Visitor<'a> {
    pub(super) fn new(survey: &'a Survey<'a>, holders: &'a [Tree]) -> Self {
        Self {
            survey,
            holders,
            cache: Listing::default(),
            seen: Seen::default(),
        }
    }

    /// Returns whether a directory is another project's.
    fn is_project(&mut self, directory: &Directory, names: &Names<'_>) -> bool {
        names.configuration || (names.manifest && self.has_own_table(directory))
    }

    fn has_own_table(&mut self, directory: &Directory) -> bool {
        let Some(stamp) = directory.stat(OsStr::new(MANIFEST)) else {
            return false;
        };
        let fact = Fact::foreign_manifest(&stamp);
        let verdict = if self.survey.ledger.has(fact) {
            Some(false)
        } else {
            territory::has_own_table(directory)
        };
        if verdict == Some(false) {
            self.learn(fact, &stamp);
        }
        verdict == Some(true)
    }

    /// Notes a fact about a file in this state, where another write could not go unnoticed.
    fn learn(&mut self, fact: Fact, state: &Stamp) {
        if state.is_calm(self.survey.now_ns) {
            self.seen.know(fact, self.survey.ledger);
        }
    }

    fn bytecode(&mut self, tree: &Tree, directory: &Directory, names: &Names<'_>) {
        let every = self.survey.target.is_some() && self.survey.scope.is_filled(&directory.path);
        let mut listing = std::mem::take(&mut self.cache);
        match self.survey.prefix {
            None if names.has_cache => {
                let cache = directory.child(OsStr::new(PYCACHE));
                self.cached(tree, directory, names, cache, &mut listing, every);
            }
            None if names.cache_is_link => self.linked_cache(directory, names, &mut listing),
            Some(prefix) if !names.modules.is_empty() => {
                let cache = Directory::open(&prefix::mirror(prefix, &directory.path));
                self.cached(tree, directory, names, cache, &mut listing, every);
            }
            _ if every || self.survey.rewriter.is_some() => {
                self.missing(directory, names, Vec::new(), every);
            }
            _ => {}
        }
        self.cache = listing;
    }

    fn cached(
        &mut self,
        tree: &Tree,
        directory: &Directory,
        names: &Names<'_>,
        cache: io::Result<Directory>,
        listing: &mut Listing,
        every: bool,
    ) {
        let cache = match cache.and_then(|cache| cache.list(listing).map(|()| cache)) {
            Ok(cache) => cache,
            Err(error) if files::is_absent(&error) => {
                return self.missing(directory, names, Vec::new(), every);
            }
            // Python opens files in it by name, which takes less than listing it.
            Err(error) => return self.hide(directory, names, Some(error.kind())),
        };
        let (survey, source) = (self.survey, directory.path.as_path());
        let cached = CacheDirectory {
            survey,
            tree,
            directory: &cache,
            listing,
            source,
        }
        .judge(&mut self.seen);
        self.missing(directory, names, cached, every);
    }

    fn hide(&mut self, directory: &Directory, names: &Names<'_>, reason: Option<io::ErrorKind>) {
        if !names.modules.is_empty() {
            self.seen.hidden.push(Hidden {
                path: directory.path.join(PYCACHE),
                reason,
            });
        }
    }

    /// Judges bytecode behind a link where that leads into the scope; where it leads elsewhere, it
    /// is out of reach. Nothing is missed there: the fill writes through no link.
    fn linked_cache(&mut self, directory: &Directory, names: &Names<'_>, listing: &mut Listing) {
        let Some(target) = files::canonical(&directory.path.join(PYCACHE)) else {
            return;
        };
        let opened = Directory::open(&target).and_then(|cache| cache.list(listing).map(|()| cache));
        match (self.survey.scope.tree_of(&target), opened) {
            (Some(tree), Ok(cache)) => {
                let (survey, source) = (self.survey, directory.path.as_path());
                let tree = &survey.scope.looked_at(&tree);
                let cache = CacheDirectory {
                    survey,
                    tree,
                    directory: &cache,
                    listing,
                    source,
                };
                drop(cache.judge(&mut self.seen));
            }
            (None, _) => self.hide(directory, names, None),
            (_, Err(error)) => self.hide(directory, names, Some(error.kind())),
        }
    }

    fn missing(
        &mut self,
        directory: &Directory,
        names: &Names<'_>,
        cached: Vec<Cached<'_>>,
        every: bool,
    ) {
        let path = match self.survey.prefix {
            Some(prefix) => prefix::mirror(prefix, &directory.path),
            None => directory.path.join(PYCACHE),
        };
        let modules = Modules {
            survey: self.survey,
            directory,
            cache: &path,
            cached,
        };
        modules.miss(&names.modules, every, &mut self.seen);
    }

    /// Notes bytecode that would be imported although its source is gone.
    fn sourceless(&mut self, directory: &Directory, names: &Names<'_>) {
        for name in names
            .loose
            .iter()
            .filter(|name| names.is_imported(directory, name) == Some(true))
        {
            if directory
                .head::<HEADER>(name)
                .is_ok_and(|(head, _)| Header::parse(&head).is_some())
            {
                self.seen.sourceless.push(directory.path.join(name));
            }
        }
    }

    /// Notes links to directories of modules that no walk comes to, and that are not followed.
    fn links(&mut self, directory: &Directory, links: &[&OsStr]) {
        for name in links {
            let (Some(link), Some(target)) = (directory.stat_link(name), directory.stat(name))
            else {
                continue;
            };
            let fact = Fact::judged_link(&link, &target);
            if target.kind != Kind::Directory {
                continue;
            }
            if self.survey.ledger.has(fact) {
                self.seen.facts.push(fact);
                continue;
            }
            let out = link_out::judge(&directory.path.join(name), self.survey);
            if out.is_none() || self.survey.is_heard {
                let younger = if link.ctime_ns > target.ctime_ns {
                    &link
                } else {
                    &target
                };
                self.learn(fact, younger);
            }
            self.seen.links_out.extend(out);
        }
    }

    fn remember_barren(&mut self, directory: &Directory) {
        if let Some(stamp) = directory.stamp() {
            self.learn(Fact::perhaps_barren(stamp.ino), &stamp);
            self.learn(Fact::barren(&stamp), &stamp);
        }
    }

    /// Returns the directories to enter.
    fn below(&mut self, tree: usize, directory: &Directory, names: &Names<'_>) -> Vec<OsString> {
        let own = names
            .own_directories(self.survey.scope, tree, directory)
            .into_iter();
        own.filter(|entry| !self.is_known_barren(directory, *entry))
            .map(|entry| entry.name.to_owned())
            .collect()
    }

    fn is_known_barren(&mut self, directory: &Directory, entry: Entry<'_>) -> bool {
        let perhaps = Fact::perhaps_barren(entry.ino);
        if !self.survey.ledger.has(perhaps) {
            return false;
        }
        let fact = directory
            .stat_link(entry.name)
            .map(|stamp| Fact::barren(&stamp));
        let known = fact.filter(|fact| self.survey.ledger.has(*fact));
        known
            .into_iter()
            .for_each(|fact| self.seen.facts.extend([perhaps, fact]));
        known.is_some()
    }
}
