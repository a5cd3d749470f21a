//! One directory of bytecode files: each is settled, or a doubt. With the directory of the sources
//! at hand it also says which modules lack bytecode that is known to be theirs. Opens only what the
//! ledger does not know.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{Doubt, Module, Seen, Survey, Target};
use crate::bytecode::ledger::Fact;
use crate::bytecode::rewriter::Rewriter;
use crate::bytecode::verdict::{self, Source, Subject, Verdict};
use crate::host::directory::{Entry, Listing, TEMPORARY};
use crate::host::{Directory, Kind, Stamp, Tree, files, stamp};
use crate::python::names::{self, CacheName, Writer};
use crate::python::pyc::{Check, HEADER, Header};

/// A directory of bytecode, and where it belongs.
#[derive(Clone, Copy)]
pub(super) struct CacheDirectory<'a> {
    pub(super) survey: &'a Survey<'a>,
    pub(super) tree: &'a Tree,
    pub(super) directory: &'a Directory,
    pub(super) listing: &'a Listing,
    pub(super) source: &'a Path,
}

/// Bytecode that the fill would write for a module, as it is now.
pub(super) struct Cached<'a> {
    maker: Maker,
    module: &'a [u8],
    /// Nothing where it is a doubt.
    stamp: Option<Stamp>,
}

/// Who makes bytecode of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Maker {
    Python,
    Pytest,
}

/// What a look at a file says.
enum Look {
    /// Python checks it by content, or rejects it: so it was in this state.
    Settled(Stamp),
    /// With its first bytes, where they could be read.
    Doubtful(Vec<u8>),
    /// It is gone, or no file at all.
    Nothing,
}

impl<'a> CacheDirectory<'a> {
    /// Judges every file, and returns those that the fill would write.
    pub(super) fn judge(&self, seen: &mut Seen) -> Vec<Cached<'a>> {
        let mut cached = Vec::new();
        let is_gone = |name: &OsStr| {
            self.survey
                .gone
                .is_some_and(|gone| gone.contains(&self.directory.path.join(name)))
        };
        let files = self
            .listing
            .iter()
            .filter(|entry| matches!(entry.kind, Kind::File | Kind::Link));
        for entry in files.filter(|entry| !is_gone(entry.name)) {
            if entry.name.as_bytes().ends_with(TEMPORARY.as_bytes()) {
                seen.leavings.push(self.directory.path.join(entry.name));
            } else if let Some(name) =
                names::parse(entry.name.as_bytes()).filter(|n| n.writer != Writer::Other)
            {
                let stamp = self.settle(entry, name, seen);
                if let Some(maker) = self.maker(entry.name, name) {
                    cached.push(Cached {
                        maker,
                        module: name.module,
                        stamp,
                    });
                }
            }
        }
        cached.sort_unstable_by_key(|cached| (cached.maker, cached.module));
        cached
    }

    /// Returns who would make a file, where the fill has it made.
    fn maker(&self, file: &OsStr, name: CacheName<'_>) -> Option<Maker> {
        let target = self.survey.target?;
        let own =
            |rewriter: &&Rewriter| file.as_bytes() == rewriter.cache_name(name.module, &target.tag);
        match name.writer {
            Writer::Import => is_target(target, name).then_some(Maker::Python),
            Writer::Pytest => self.survey.rewriter.filter(own).map(|_| Maker::Pytest),
            Writer::Other => None,
        }
    }

    /// Returns the stamp of a file that Python can't run wrongly; of any other, nothing.
    fn settle(&self, entry: Entry<'_>, name: CacheName<'_>, seen: &mut Seen) -> Option<Stamp> {
        let link = entry.kind == Kind::Link;
        let stamp = if link {
            self.directory.stat(entry.name)
        } else {
            self.directory.stat_link(entry.name)
        }?;
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
            Look::Doubtful(head) if self.is_kept_test(&head, name, &stamp) => Some(stamp),
            Look::Doubtful(_) => {
                seen.doubts.push(self.doubt(entry.name, name));
                None
            }
            Look::Nothing => None,
        }
    }

    /// Returns whether a file is one that pytest rewrote after its test last changed, and that may
    /// stay: it can't be armed, and without it the test is rewritten at every run.
    fn is_kept_test(&self, head: &[u8], name: CacheName<'_>, stamp: &Stamp) -> bool {
        if !self.survey.keeps_tests || name.writer != Writer::Pytest {
            return false;
        }
        let path = self.source.join(OsStr::from_bytes(
            &[name.module, b".py".as_slice()].concat(),
        ));
        let subject = Subject {
            head,
            stamp,
            writer: name.writer,
            magic: None,
        };
        let source = Source {
            file: stamp::of(&path),
            name: stamp::of_link(&path),
        };
        verdict::judge(&subject, source, || None).verdict == Verdict::Fresh
    }

    fn doubt(&self, file: &OsStr, name: CacheName<'_>) -> Doubt {
        Doubt {
            tree: self.tree.clone(),
            directory: self.directory.path.clone(),
            name: file.to_owned(),
            source: self.source.to_owned(),
            armable: name.writer == Writer::Import,
            is_guest: self.survey.is_guest,
        }
    }
}

/// Returns whether a file is bytecode of the interpreter and the level that the fill writes.
fn is_target(target: &Target, name: CacheName<'_>) -> bool {
    let level = match name.optimization {
        None => Some(0),
        Some(b"1") => Some(1),
        Some(b"2") => Some(2),
        Some(_) => None,
    };
    target.tag.as_bytes() == name.tag && level == Some(target.optimize)
}

/// Looks at the header of a file. One that can't be read is doubtful: Python may be able to. Early
/// versions of pytest know no flags, and write the time in their place.
fn look(directory: &Directory, name: &OsStr, writer: Writer) -> Look {
    let (head, stamp) = match directory.head::<HEADER>(name) {
        Ok(read) => read,
        Err(error) if files::is_absent(&error) || error.kind() == io::ErrorKind::InvalidInput => {
            return Look::Nothing;
        }
        Err(_) => return Look::Doubtful(Vec::new()),
    };
    match Header::parse(&head).map(|header| header.check) {
        Some(Check::Invalid) if writer == Writer::Pytest => Look::Doubtful(head),
        None | Some(Check::Content(_) | Check::Invalid) => Look::Settled(stamp),
        Some(Check::Time { .. } | Check::Never(_)) => Look::Doubtful(head),
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

/// Bytecode that there should be.
struct Wanted<'a> {
    maker: Maker,
    module: &'a [u8],
    cache: Vec<u8>,
    /// Whether it is missed where there is none at all.
    every: bool,
}

impl Modules<'_> {
    /// Notes the modules whose bytecode is not known to be theirs; `every`: those without any, too.
    /// Of what pytest makes, none may be missing.
    pub(super) fn miss(&self, modules: &[&[u8]], every: bool, seen: &mut Seen) {
        let Some(target) = self.survey.target else {
            return;
        };
        for module in modules {
            let cache = names::cache_name(module, &target.tag, target.optimize);
            self.miss_one(
                &Wanted {
                    maker: Maker::Python,
                    module,
                    cache,
                    every,
                },
                target,
                seen,
            );
            let rewriter = self
                .survey
                .rewriter
                .filter(|rewriter| rewriter.rewrites(&self.directory.path, module));
            if let Some(rewriter) = rewriter {
                let cache = rewriter.cache_name(module, &target.tag);
                self.miss_one(
                    &Wanted {
                        maker: Maker::Pytest,
                        module,
                        cache,
                        every: true,
                    },
                    target,
                    seen,
                );
            }
        }
    }

    fn miss_one(&self, wanted: &Wanted<'_>, target: &Target, seen: &mut Seen) {
        let key = (wanted.maker, wanted.module);
        let cached = match self
            .cached
            .binary_search_by_key(&key, |cached| (cached.maker, cached.module))
        {
            Ok(index) => self.cached[index].stamp,
            Err(_) if wanted.every => None,
            Err(_) => return,
        };
        let name = [wanted.module, b".py".as_slice()].concat();
        let Some(source) = self.directory.stat(OsStr::from_bytes(&name)) else {
            return;
        };
        if let Some(fact) = self.known(&source, cached, target) {
            seen.facts.push(fact);
            return;
        }
        seen.misses = true;
        if self.survey.list_missing {
            let source = self.directory.path.join(OsStr::from_bytes(&name));
            seen.missing.push(Module {
                source,
                cache: self.cache.join(OsStr::from_bytes(&wanted.cache)),
            });
        }
    }

    /// Returns the fact by which nothing is to be done for a module.
    fn known(&self, source: &Stamp, cached: Option<Stamp>, target: &Target) -> Option<Fact> {
        let known = |fact: Fact| self.survey.ledger.has(fact).then_some(fact);
        let unwritable = || known(Fact::unwritable(source, &place_of(self.cache)?));
        let unrewritable = || known(Fact::unrewritable(source, &self.survey.rewriter?.version));
        cached
            .and_then(|pyc| known(Fact::filled(source, &pyc)))
            .or_else(|| known(Fact::uncompilable(source, target.magic)))
            .or_else(unrewritable)
            .or_else(unwritable)
    }
}

/// Returns the stamp of the directory in which bytecode, or the directory for it, would be made.
pub(in crate::bytecode) fn place_of(cache: &Path) -> Option<Stamp> {
    stamp::of(cache).or_else(|| stamp::of(cache.parent()?))
}
