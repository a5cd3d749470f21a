//! One directory of bytecode files: each is settled, or a doubt. With the directory of the sources at hand it also
//! says which modules lack bytecode that is known to be theirs. Opens only what the ledger does not know.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{Doubt, Module, Seen, Survey, Target};
use crate::bytecode::ledger::Fact;
use crate::host::directory::{Entry, Listing, TEMPORARY};
use crate::host::{Directory, Kind, Stamp, files, stamp};
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
    /// Nothing where it is a doubt.
    stamp: Option<Stamp>,
}

/// What a look at a file says.
enum Look {
    /// Python checks it by content, or rejects it: so it was in this state.
    Settled(Stamp),
    Doubtful,
    /// It is gone, or no file at all.
    Nothing,
}

impl<'a> CacheDirectory<'a> {
    /// Judges every file, and returns those that the fill would write.
    pub(super) fn judge(&self, seen: &mut Seen) -> Vec<Cached<'a>> {
        let mut cached = Vec::new();
        for entry in self.listing.iter().filter(|entry| matches!(entry.kind, Kind::File | Kind::Link)) {
            if entry.name.as_bytes().ends_with(TEMPORARY.as_bytes()) {
                seen.leavings.push(self.directory.path.join(entry.name));
            } else if let Some(name) = names::parse(entry.name.as_bytes()).filter(|n| n.writer != Writer::Other) {
                let stamp = self.settle(entry, name, seen);
                if self.is_target(name) {
                    cached.push(Cached { module: name.module, stamp });
                }
            }
        }
        cached.sort_unstable_by_key(|cached| cached.module);
        cached
    }

    fn is_target(&self, name: CacheName<'_>) -> bool {
        let level = match name.optimization {
            None => Some(0),
            Some(b"1") => Some(1),
            Some(b"2") => Some(2),
            Some(_) => None,
        };
        let same = |target: &Target| target.tag.as_bytes() == name.tag && level == Some(target.optimize);
        name.writer == Writer::Import && self.survey.target.is_some_and(same)
    }

    /// Returns the stamp of a file that Python can't run wrongly; of any other, nothing.
    fn settle(&self, entry: Entry<'_>, name: CacheName<'_>, seen: &mut Seen) -> Option<Stamp> {
        let link = entry.kind == Kind::Link;
        let stamp = if link { self.directory.stat(entry.name) } else { self.directory.stat_link(entry.name) }?;
        let fact = Fact::settled(&stamp);
        if self.survey.ledger.has(fact) {
            seen.facts.push(fact);
            return Some(stamp);
        }
        match look(self.directory, entry.name, name.writer) {
            Look::Settled(stamp) => {
                if stamp.is_calm(self.survey.now_ns) {
                    seen.know(Fact::settled(&stamp), self.survey.ledger);
                }
                Some(stamp)
            }
            Look::Doubtful => {
                seen.doubts.push(self.doubt(entry.name, name));
                None
            }
            Look::Nothing => None,
        }
    }

    fn doubt(&self, file: &OsStr, name: CacheName<'_>) -> Doubt {
        Doubt {
            tree: self.tree.to_owned(),
            directory: self.directory.path.clone(),
            name: file.to_owned(),
            source: self.source.to_owned(),
            armable: name.writer == Writer::Import,
        }
    }
}

/// Looks at the header of a file. One that can't be read is doubtful: Python may be able to. Early versions of pytest
/// know no flags, and write the time in their place.
fn look(directory: &Directory, name: &OsStr, writer: Writer) -> Look {
    let (head, stamp) = match directory.head::<HEADER>(name) {
        Ok(read) => read,
        Err(error) if files::is_absent(&error) || error.kind() == io::ErrorKind::InvalidInput => return Look::Nothing,
        Err(_) => return Look::Doubtful,
    };
    match Header::parse(&head).map(|header| header.check) {
        Some(Check::Invalid) if writer == Writer::Pytest => Look::Doubtful,
        None | Some(Check::Content(_) | Check::Invalid) => Look::Settled(stamp),
        Some(Check::Time { .. } | Check::Never(_)) => Look::Doubtful,
    }
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
    pub(super) fn miss(&self, modules: &[&[u8]], every: bool, seen: &mut Seen) {
        let Some(target) = self.survey.target else { return };
        for module in modules {
            let cached = match self.cached.binary_search_by_key(module, |cached| cached.module) {
                Ok(index) => self.cached[index].stamp,
                Err(_) if every => None,
                Err(_) => continue,
            };
            let name = [module, b".py".as_slice()].concat();
            let Some(source) = self.directory.stat(OsStr::from_bytes(&name)) else { continue };
            match self.known(&source, cached, target) {
                Some(fact) => seen.facts.push(fact),
                None => self.note(module, target, seen),
            }
        }
    }

    /// Returns the fact by which nothing is to be done for a module.
    fn known(&self, source: &Stamp, cached: Option<Stamp>, target: &Target) -> Option<Fact> {
        let known = |fact: Fact| self.survey.ledger.has(fact).then_some(fact);
        let unwritable = || known(Fact::unwritable(source, &place_of(self.cache)?));
        cached
            .and_then(|pyc| known(Fact::filled(source, &pyc)))
            .or_else(|| known(Fact::uncompilable(source, target.magic)))
            .or_else(unwritable)
    }

    fn note(&self, module: &[u8], target: &Target, seen: &mut Seen) {
        seen.misses = true;
        if self.survey.list_missing {
            let source = self.directory.path.join(OsStr::from_bytes(&[module, b".py"].concat()));
            let name = names::cache_name(module, &target.tag, target.optimize);
            seen.missing.push(Module { source, cache: self.cache.join(OsStr::from_bytes(&name)) });
        }
    }
}

/// Returns the stamp of the directory in which bytecode, or the directory for it, would be made.
pub(in crate::bytecode) fn place_of(cache: &Path) -> Option<Stamp> {
    stamp::of(cache).or_else(|| stamp::of(cache.parent()?))
}
