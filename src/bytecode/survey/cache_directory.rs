//! One directory of bytecode files: each is settled, or a suspect. With the directory of the sources at hand it also
//! says which modules lack bytecode that is known to be theirs.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{Findings, Module, Survey, Suspect};
use crate::bytecode::ledger::{self, Fact};
use crate::host::directory::{Entry, Listing, TEMPORARY};
use crate::host::{Directory, Kind, Stamp};
use crate::python::names::{self, CacheName, Writer};
use crate::python::pyc::{Check, HEADER, Header};

/// A directory of bytecode, and where it belongs.
#[derive(Clone, Copy)]
pub(super) struct CacheDirectory<'a> {
    pub(super) survey: &'a Survey<'a>,
    pub(super) tree: &'a Path,
    pub(super) directory: &'a Directory,
    pub(super) listing: &'a Listing,
    pub(super) source: &'a Path,
}

/// The bytecode that the fill would write for a module, as it is now.
pub(super) struct Cached<'a> {
    module: &'a [u8],
    /// Nothing where it is a suspect.
    stamp: Option<Stamp>,
}

impl<'a> CacheDirectory<'a> {
    /// Judges every file, and returns those that the fill would write.
    pub(super) fn judge(&self, found: &mut Findings) -> Vec<Cached<'a>> {
        let mut cached = Vec::new();
        for entry in self.listing.iter().filter(|entry| matches!(entry.kind, Kind::File | Kind::Link)) {
            if entry.name.as_bytes().ends_with(TEMPORARY.as_bytes()) {
                found.leavings.push(self.directory.path.join(entry.name));
            } else if let Some(name) = names::parse(entry.name.as_bytes()).filter(|n| n.writer != Writer::Other) {
                let stamp = self.settle(entry, name, found);
                if self.is_target(name) {
                    cached.push(Cached { module: name.module, stamp });
                }
            }
        }
        cached.sort_unstable_by_key(|cached| cached.module);
        cached
    }

    fn is_target(&self, name: CacheName<'_>) -> bool {
        let word = name.optimization.map_or(Some(0), |word| match word {
            b"1" => Some(1),
            b"2" => Some(2),
            _ => None,
        });
        let same = |target: &&super::Target| target.tag.as_bytes() == name.tag && word == Some(target.optimize);
        name.writer == Writer::Import && self.survey.target.as_ref().is_some_and(same)
    }

    /// Returns the stamp of a file that Python can't run wrongly; of a suspect, nothing.
    fn settle(&self, entry: Entry<'_>, name: CacheName<'_>, found: &mut Findings) -> Option<Stamp> {
        let link = entry.kind == Kind::Link;
        let stamp = if link { self.directory.stat(entry.name) } else { self.directory.stat_link(entry.name) }?;
        let fact = Fact::settled(&stamp);
        if self.survey.ledger.has(fact) {
            found.facts.push(fact);
            return Some(stamp);
        }
        if !is_settled(self.directory, entry.name) {
            found.suspects.push(self.suspect(entry.name, name));
            return None;
        }
        if ledger::is_calm(&stamp, self.survey.now_ns) {
            found.know(fact, self.survey.ledger);
        }
        Some(stamp)
    }

    fn suspect(&self, file: &OsStr, name: CacheName<'_>) -> Suspect {
        Suspect {
            tree: self.tree.to_owned(),
            directory: self.directory.path.clone(),
            name: file.to_owned(),
            source: self.source.to_owned(),
            armable: name.writer == Writer::Import,
        }
    }
}

/// Returns whether Python checks a file by content, or rejects it.
fn is_settled(directory: &Directory, name: &OsStr) -> bool {
    let head = directory.head::<HEADER>(name).unwrap_or_default();
    Header::parse(&head).is_none_or(|header| matches!(header.check, Check::Content(_) | Check::Invalid))
}

/// The modules of one directory, and their bytecode.
pub(super) struct Modules<'a> {
    pub(super) survey: &'a Survey<'a>,
    pub(super) directory: &'a Directory,
    /// The directory that holds the bytecode, or would.
    pub(super) cache: &'a Path,
    pub(super) cached: Vec<Cached<'a>>,
}

impl Modules<'_> {
    /// Notes the modules whose bytecode is not known to be theirs; `every`: those without any, too.
    pub(super) fn miss(&self, sources: &[&[u8]], every: bool, found: &mut Findings) {
        let Some(target) = self.survey.target else { return };
        for module in sources {
            let index = self.cached.binary_search_by_key(module, |cached| cached.module);
            let Some(cached) = index.map(|i| &self.cached[i]).ok().map_or(every.then_some(None), |c| Some(c.stamp))
            else {
                continue;
            };
            let name = [module, b".py".as_slice()].concat();
            let Some(source) = self.directory.stat(OsStr::from_bytes(&name)) else { continue };
            self.compare(OsStr::from_bytes(&name), &source, cached, target, found);
        }
    }

    fn compare(
        &self,
        name: &OsStr,
        source: &Stamp,
        cached: Option<Stamp>,
        target: &super::Target,
        found: &mut Findings,
    ) {
        let facts = [cached.map(|pyc| Fact::filled(source, &pyc)), Some(Fact::hopeless(source, target.magic))];
        if let Some(fact) = facts.into_iter().flatten().find(|fact| self.survey.ledger.has(*fact)) {
            found.facts.push(fact);
            return;
        }
        found.misses = true;
        if self.survey.list_missing {
            let module = name.as_bytes().strip_suffix(b".py").unwrap_or_default();
            let file = names::cache_name(module, &target.tag, target.optimize);
            let cache = self.cache.join(OsStr::from_bytes(&file));
            found.missing.push(Module { source: self.directory.path.join(name), cache });
        }
    }
}
