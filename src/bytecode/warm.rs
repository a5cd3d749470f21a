//! Bytecode made ahead, while somebody waits: every module of some trees whose bytecode is missing,
//! stale, or not of the wished kind, is compiled by the interpreter that will run it, on all cores.
//! What git tracks is left alone.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::fill::compiler::{Compiler, Mode, Outcome, Product};
use super::fill::holder::Holder;
use super::fill::packages;
use super::ledger::{Fact, Ledger};
use super::prefix;
use super::promise::Promise;
use super::seeds;
use super::survey::{Module, Target};
use super::sweep::Failed;
use super::verdict::{self, Judged, Reason, Source, Subject, Verdict};
use crate::git::Asker;
use crate::host::directory::Listing;
use crate::host::{Directory, Kind, Stamp, Tally, Tree, clock, cores, stamp, walk};
use crate::python::names::{self, PYCACHE, Writer};
use crate::python::pyc::HEADER;
use crate::tree::scope::Scope;
use crate::tree::territory::Names;
use crate::tree::tracked::Tracked;

/// What is made, and how.
#[derive(Clone, Copy, Debug)]
pub struct Warm<'a> {
    pub python: &'a Path,
    pub target: &'a Target,
    pub prefix: Option<&'a Path>,
    /// How Python is to check what is made.
    pub mode: Mode,
    /// Whether bytecode of another mode will do, as long as it is that of its source.
    pub lenient: bool,
    /// Whether these are packages: nobody edits them, and links of other environments change their
    /// times.
    pub is_package: bool,
    pub asker: Asker<'a>,
    pub tally: &'a Tally,
}

/// What became of the modules.
#[derive(Debug, Default)]
pub struct Warmed {
    pub made: usize,
    /// How many were as wished.
    pub kept: usize,
    /// Sources that can't be compiled.
    pub uncompilable: Vec<PathBuf>,
    /// Modules whose bytecode can't be written.
    pub failed: Vec<PathBuf>,
    /// Bytecode that git tracks.
    pub tracked: Vec<PathBuf>,
    /// Directories that could not be looked into.
    pub missed: Failed,
    /// That the files which were made are those of their sources.
    pub facts: Vec<Fact>,
}

impl Warmed {
    /// Adds what became of others.
    pub fn and(mut self, other: Self) -> Self {
        self.made += other.made;
        self.kept += other.kept;
        self.uncompilable.extend(other.uncompilable);
        self.failed.extend(other.failed);
        self.tracked.extend(other.tracked);
        self.missed.extend(other.missed);
        self.facts.extend(other.facts);
        self
    }
}

impl Warm<'_> {
    /// Makes what is to be made in a scope.
    pub fn run(&self, scope: &Scope, ledger: &Ledger) -> Warmed {
        let Lacking {
            mut modules,
            kept,
            missed,
        } = self.look(scope, ledger);
        let tracked = Tracked::in_repositories_of(
            modules.iter().filter_map(|module| module.cache.parent()),
            self.asker,
        );
        let spared = modules
            .iter()
            .map(|module| module.cache.clone())
            .filter(|cache| tracked.has(cache))
            .collect();
        modules.retain(|module| !tracked.has(&module.cache));
        self.tally.begin(modules.len());
        let before: Vec<Option<Stamp>> = modules
            .iter()
            .map(|module| stamp::of(&module.source))
            .collect();
        let roots = self.roots(scope);
        let outcomes = self.compiler(&roots).compile(&modules);
        // What is younger than a tick of the clock would not be remembered.
        clock::pause(Duration::from_nanos(2 * clock::TICK_NS.unsigned_abs()));
        let mut out = Warmed {
            kept,
            tracked: spared,
            missed,
            ..Warmed::default()
        };
        for ((module, before), outcome) in modules.into_iter().zip(before).zip(outcomes) {
            match outcome {
                Outcome::Filled => {
                    out.made += 1;
                    out.facts.extend(fact(&module, before));
                }
                Outcome::Uncompilable => {
                    out.facts.extend(
                        before.map(|source| Fact::uncompilable(&source, self.target.magic)),
                    );
                    out.uncompilable.push(module.source);
                }
                Outcome::Unreachable | Outcome::Untried => out.failed.push(module.source),
            }
        }
        out
    }

    /// Returns the directories below which bytecode is written.
    fn roots(&self, scope: &Scope) -> Vec<Tree> {
        match self.prefix {
            Some(prefix) => vec![Tree::through(prefix)],
            None if self.is_package => scope
                .trees
                .iter()
                .map(|tree| Tree::through(&Holder::of(tree).root))
                .collect(),
            None => scope.all_looked_at(),
        }
    }

    fn compiler<'c>(&'c self, roots: &'c [Tree]) -> Compiler<'c> {
        let Self {
            python,
            target,
            mode,
            asker: Asker { env, .. },
            tally,
            ..
        } = *self;
        let (product, in_prefix) = (Product::Code(target.optimize, mode), self.prefix.is_some());
        Compiler {
            python,
            product,
            in_prefix,
            roots,
            env,
            most: cores::count(),
            tally,
        }
    }

    /// Returns the sources without any bytecode, but those that are known not to compile.
    pub fn missing(&self, scope: &Scope, ledger: &Ledger) -> Vec<PathBuf> {
        let magic = self.target.magic;
        let compiles = |source: &PathBuf| {
            stamp::of(source).is_some_and(|s| !ledger.has(Fact::uncompilable(&s, magic)))
        };
        let lacking = self.look(scope, ledger).modules.into_iter();
        lacking
            .filter(|module| stamp::of(&module.cache).is_none())
            .map(|module| module.source)
            .filter(compiles)
            .collect()
    }

    /// Finds the modules whose bytecode is not as wished.
    fn look(&self, scope: &Scope, ledger: &Ledger) -> Lacking {
        let visitors = walk::walk(&scope.trees, || Visitor {
            warm: self,
            scope,
            ledger,
            found: Lacking::default(),
        });
        let mut all = Lacking::default();
        for Visitor { found, .. } in visitors {
            all.modules.extend(found.modules);
            all.missed.extend(found.missed);
            all.kept += found.kept;
        }
        all.modules.sort();
        all.modules.dedup();
        all
    }

    fn accepts(&self, judged: Judged) -> bool {
        match judged.verdict {
            Verdict::Suspect => self.is_package && self.lenient && judged.reason != Reason::Code,
            Verdict::Fresh => self.lenient || self.mode == Mode::Timestamp,
            Verdict::Verified => self.lenient || self.mode == Mode::Checked,
            Verdict::Unchecked => self.mode == Mode::Unchecked && judged.reason == Reason::Plain,
            _ => false,
        }
    }
}

/// Returns the fact that bytecode which was just made is that of a source which is as it was
/// before.
fn fact(module: &Module, before: Option<Stamp>) -> Option<Fact> {
    let now = clock::now_ns();
    let (source, pyc) = (stamp::of(&module.source)?, stamp::of_link(&module.cache)?);
    (Some(source) == before && source.is_calm(now) && pyc.is_calm(now))
        .then(|| Fact::filled(&source, &pyc))
}

/// What lacks bytecode as wished.
#[derive(Default)]
struct Lacking {
    modules: Vec<Module>,
    /// How many do not.
    kept: usize,
    missed: Failed,
}

/// Judges the bytecode of every module.
struct Visitor<'a> {
    warm: &'a Warm<'a>,
    scope: &'a Scope,
    ledger: &'a Ledger,
    found: Lacking,
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        let root = &self.scope.trees[tree];
        let packages = self.scope.holds_packages(tree);
        if !packages && names.is_foreign(directory, root) {
            return Vec::new();
        }
        if self.scope.is_filled(&directory.path) && !names.modules.is_empty() {
            self.modules(directory, &names);
        }
        let own = names.own_directories(self.scope, tree, directory);
        let library = directory.path == *root && packages && packages::is_standard(listing);
        let entered = own
            .iter()
            .map(|entry| entry.name)
            .filter(|name| !library || packages::is_imported(name));
        entered.map(OsStr::to_owned).collect()
    }

    fn miss(&mut self, path: PathBuf, reason: io::ErrorKind) {
        self.found.missed.push((path, reason));
    }
}

impl Visitor<'_> {
    fn modules(&mut self, directory: &Directory, names: &Names<'_>) {
        let cache = match self.warm.prefix {
            Some(prefix) => prefix::mirror(prefix, &directory.path),
            None => directory.path.join(PYCACHE),
        };
        let opened = Directory::open(&cache).ok();
        for module in &names.modules {
            let target = self.warm.target;
            let name = OsString::from(OsStr::from_bytes(&names::cache_name(
                module,
                &target.tag,
                target.optimize,
            )));
            let source = OsString::from(OsStr::from_bytes(&[module, b".py".as_slice()].concat()));
            if directory
                .stat(&source)
                .is_none_or(|stamp| stamp.kind != Kind::File)
            {
                continue;
            }
            let judged = opened
                .as_ref()
                .and_then(|cache| self.judge(cache, &name, directory, &source));
            if judged.is_some_and(|judged| self.warm.accepts(judged)) {
                self.found.kept += 1;
            } else {
                self.found.modules.push(Module {
                    source: directory.path.join(source),
                    cache: cache.join(name),
                });
            }
        }
    }

    fn judge(
        &self,
        cache: &Directory,
        name: &OsStr,
        directory: &Directory,
        source: &OsStr,
    ) -> Option<Judged> {
        let (head, pyc) = cache.head::<HEADER>(name).ok()?;
        let lies = Source {
            file: directory.stat(source),
            name: directory.stat_link(source),
        };
        let subject = Subject {
            head: &head,
            stamp: &pyc,
            writer: Writer::Import,
            magic: Some(self.warm.target.magic),
        };
        let judged = verdict::judge(&subject, lies, || {
            directory.read(source).ok().map(|(bytes, _)| bytes)
        });
        Some(self.ledger.settle(judged, lies, &pyc))
    }
}

/// Notes what a directory of packages holds before its bytecode is made in a prefix of our own, so
/// that it goes with the packages.
pub fn prepare(packages: &Path, prefix: Option<&Path>, promise: &Promise<'_>) {
    if let Some(own) = prefix.filter(|prefix| promise.own_prefix.as_deref() == Some(prefix)) {
        seeds::record(packages, own, promise.memory);
    }
}
