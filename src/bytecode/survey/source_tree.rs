//! One directory of sources: what in it is a module, which directories below are entered, and its bytecode.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::cache_directory::{CacheDirectory, Cached, Modules};
use super::{Findings, LinkOut, Survey};
use crate::bytecode::ledger::{self, Fact};
use crate::bytecode::territory::{self, MANIFEST, Names};
use crate::bytecode::{prefix, scope};
use crate::host::directory::{Entry, Listing};
use crate::host::{Directory, files, walk};
use crate::python::names::PYCACHE;
use crate::python::pyc::{HEADER, Header};

/// A directory with so many names, and none that matters, is read only when it changes.
const MANY: usize = 64;

/// Collects what one thread finds.
pub(super) struct Visitor<'a> {
    survey: &'a Survey<'a>,
    cache: Listing,
    pub(super) found: Findings,
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        let root = &self.survey.scope.trees[tree];
        let is_root = directory.path == *root;
        if !is_root && (names.environment || self.is_project(directory, &names)) {
            return Vec::new();
        }
        self.found.modules += names.modules.len();
        self.sourceless(directory, &names);
        self.bytecode(root, directory, &names);
        self.links(directory, &names.links);
        if names.is_barren() && listing.len() >= MANY {
            self.remember_barren(directory);
        }
        self.below(directory, &names)
    }
}

impl<'a> Visitor<'a> {
    pub(super) fn new(survey: &'a Survey<'a>) -> Self {
        Self { survey, cache: Listing::default(), found: Findings::default() }
    }

    /// Returns whether a directory is another project's.
    fn is_project(&mut self, directory: &Directory, names: &Names<'_>) -> bool {
        names.configuration || (names.manifest && self.has_own_table(directory))
    }

    fn has_own_table(&mut self, directory: &Directory) -> bool {
        let Some(stamp) = directory.stat(OsStr::new(MANIFEST)) else { return false };
        let fact = Fact::foreign_manifest(&stamp);
        if !self.survey.ledger.has(fact) && territory::has_own_table(directory) {
            return true;
        }
        if ledger::is_calm(&stamp, self.survey.now_ns) {
            self.found.know(fact, self.survey.ledger);
        }
        false
    }

    fn bytecode(&mut self, tree: &Path, directory: &Directory, names: &Names<'_>) {
        let every = self.survey.target.is_some() && self.survey.scope.is_filled(&directory.path);
        let mut listing = std::mem::take(&mut self.cache);
        match self.survey.prefix {
            None if names.has_cache => {
                let cache = directory.child(OsStr::new(PYCACHE));
                self.cached(tree, directory, names, cache.ok(), &mut listing, every);
            }
            Some(prefix) if !names.modules.is_empty() => {
                let cache = Directory::open(&prefix::mirror(prefix, &directory.path));
                self.cached(&prefix::mirror(prefix, tree), directory, names, cache.ok(), &mut listing, every);
            }
            _ if every => self.missing(directory, names, Vec::new(), every),
            _ => {}
        }
        self.cache = listing;
    }

    fn cached(
        &mut self,
        tree: &Path,
        directory: &Directory,
        names: &Names<'_>,
        cache: Option<Directory>,
        listing: &mut Listing,
        every: bool,
    ) {
        let Some(cache) = cache.filter(|cache| cache.list(listing).is_ok()) else {
            return self.missing(directory, names, Vec::new(), every);
        };
        let (survey, source) = (self.survey, directory.path.as_path());
        let cached = CacheDirectory { survey, tree, directory: &cache, listing, source }.judge(&mut self.found);
        self.missing(directory, names, cached, every);
    }

    fn missing(&mut self, directory: &Directory, names: &Names<'_>, cached: Vec<Cached<'_>>, every: bool) {
        let path = match self.survey.prefix {
            Some(prefix) => prefix::mirror(prefix, &directory.path),
            None => directory.path.join(PYCACHE),
        };
        let modules = Modules { survey: self.survey, directory, cache: &path, cached };
        modules.miss(&names.modules, every, &mut self.found);
    }

    /// Notes bytecode that would be imported although its source is gone.
    fn sourceless(&mut self, directory: &Directory, names: &Names<'_>) {
        for name in names.loose.iter().filter(|name| names.is_sourceless(name)) {
            if directory.head::<HEADER>(name).is_ok_and(|head| Header::parse(&head).is_some()) {
                self.found.sourceless.push(directory.path.join(name));
            }
        }
    }

    /// Notes links to directories of modules outside the scope, which are not followed.
    fn links(&mut self, directory: &Directory, links: &[&OsStr]) {
        for name in links {
            let Some(link) = directory.stat_link(name) else { continue };
            let fact = Fact::told(&link);
            if !self.survey.ledger.has(fact) {
                self.found.links_out.extend(self.link_out(&directory.path.join(name)));
            }
            if ledger::is_calm(&link, self.survey.now_ns) {
                self.found.know(fact, self.survey.ledger);
            }
        }
    }

    fn link_out(&self, link: &Path) -> Option<LinkOut> {
        let target: PathBuf = files::canonical(link)?;
        let inside = target.components().any(|part| scope::is_passed_over(part.as_os_str()));
        if inside || self.survey.scope.contains(&target) {
            return None;
        }
        let has_modules = files::names(&target).iter().any(|name| name.as_bytes().ends_with(b".py"));
        has_modules.then(|| LinkOut { link: link.to_owned(), target })
    }

    fn remember_barren(&mut self, directory: &Directory) {
        if let Some(stamp) = directory.stamp().filter(|stamp| ledger::is_calm(stamp, self.survey.now_ns)) {
            self.found.know(Fact::perhaps_barren(stamp.ino), self.survey.ledger);
            self.found.know(Fact::barren(&stamp), self.survey.ledger);
        }
    }

    /// Returns the directories to enter.
    fn below(&mut self, directory: &Directory, names: &Names<'_>) -> Vec<OsString> {
        let own = names.own_directories(self.survey.scope, directory).into_iter();
        own.filter(|entry| !self.is_known_barren(directory, *entry)).map(|entry| entry.name.to_owned()).collect()
    }

    fn is_known_barren(&mut self, directory: &Directory, entry: Entry<'_>) -> bool {
        let perhaps = Fact::perhaps_barren(entry.ino);
        if !self.survey.ledger.has(perhaps) {
            return false;
        }
        let fact = directory.stat_link(entry.name).map(|stamp| Fact::barren(&stamp));
        let known = fact.filter(|fact| self.survey.ledger.has(*fact));
        known.into_iter().for_each(|fact| self.found.facts.extend([perhaps, fact]));
        known.is_some()
    }
}
