//! What the detached process does: find what is missing, prove what can be proven by its hash, compile the rest, and
//! remember it all, so that the next run finds nothing to do.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use super::Request;
use super::compiler::{Compiler, Outcome};
use super::packages::{Gaps, Shelf};
use crate::bytecode::ledger::{self, Fact, Ledger};
use crate::bytecode::survey::{Findings, Module, Survey, Target};
use crate::bytecode::{prefix, seeds};
use crate::env::Env;
use crate::host::{Directory, Memory, Stamp, clock, files, lock, spawn, stamp};
use crate::python::names::{self, PYCACHE};
use crate::python::pyc::{self, Check, Header};

/// Does what was asked for under this key, unless another process is at it.
pub(crate) fn work(key: &str, env: &Env, memory: &Memory) {
    let Some(path) = Request::lock(memory, key) else { return };
    let Ok(Some(held)) = lock::try_take(&path) else { return };
    if let Some(request) = Request::find(memory, key) {
        spawn::lower_priority();
        Fill { request: &request, env, memory, key }.run();
        Request::forget(memory, key);
    }
    drop(held);
}

struct Fill<'a> {
    request: &'a Request,
    env: &'a Env,
    memory: &'a Memory,
    key: &'a str,
}

/// A module and the state of its source before anything was read.
struct Pending {
    module: Module,
    source: Stamp,
}

impl Fill<'_> {
    fn run(&self) {
        let ledger = Ledger::recall(self.memory, self.key);
        let found = self.survey(&ledger);
        found.leavings.iter().for_each(|path| drop(files::remove(path)));
        let (proven, pending) = self.prove(self.modules(&found));
        let facts = self.compile(pending);
        Ledger::keep(self.memory, self.key, [found.facts, proven, facts].concat());
        self.request.packages.iter().for_each(|directory| self.packages(directory));
    }

    fn survey(&self, ledger: &Ledger) -> Findings {
        let mut survey = Survey::of(&self.request.scope, ledger);
        survey.target = Some(&self.request.target);
        survey.prefix = self.request.prefix.as_deref();
        survey.list_missing = true;
        survey.run()
    }

    /// Returns the modules that lack bytecode, with those that lost theirs when it could not be armed.
    fn modules(&self, found: &Findings) -> Vec<Module> {
        let mut modules = found.missing.clone();
        let lost = self.request.sources.iter().filter(|source| !modules.iter().any(|m| m.source == **source));
        let lost: Vec<Module> = lost.filter_map(|source| self.module_of(source)).collect();
        modules.extend(lost);
        modules
    }

    fn module_of(&self, source: &Path) -> Option<Module> {
        let module = source.file_name()?.as_bytes().strip_suffix(b".py")?;
        let Target { tag, optimize, .. } = &self.request.target;
        let directory = match &self.request.prefix {
            Some(prefix) => prefix::mirror(prefix, source.parent()?),
            None => source.parent()?.join(PYCACHE),
        };
        let cache = directory.join(OsStr::from_bytes(&names::cache_name(module, tag, *optimize)));
        Some(Module { source: source.to_owned(), cache })
    }

    /// Returns facts about the modules whose bytecode has the hash of their source, and the other modules.
    fn prove(&self, modules: Vec<Module>) -> (Vec<Fact>, Vec<Pending>) {
        let (mut facts, mut pending) = (Vec::new(), Vec::new());
        for module in modules {
            let Some(source) = stamp::of(&module.source) else { continue };
            match proof(&module, &source) {
                Some(fact) => facts.push(fact),
                None => pending.push(Pending { module, source }),
            }
        }
        (facts, pending)
    }

    fn compile(&self, pending: Vec<Pending>) -> Vec<Fact> {
        let (modules, sources): (Vec<Module>, Vec<Stamp>) = pending.into_iter().map(|p| (p.module, p.source)).unzip();
        let outcomes = self.compiler().compile(&modules);
        // What is younger than a tick of the clock would not be remembered.
        clock::pause(Duration::from_nanos(2 * clock::TICK_NS.unsigned_abs()));
        let results = modules.iter().zip(&sources).zip(outcomes);
        results.flat_map(|((module, source), outcome)| self.learned(module, source, outcome)).collect()
    }

    fn learned(&self, module: &Module, source: &Stamp, outcome: Outcome) -> Vec<Fact> {
        let now = clock::now_ns();
        let unchanged = stamp::of(&module.source).as_ref() == Some(source) && ledger::is_calm(source, now);
        match outcome {
            Outcome::Filled => match stamp::of_link(&module.cache).filter(|pyc| ledger::is_calm(pyc, now)) {
                Some(pyc) if unchanged => vec![Fact::settled(&pyc), Fact::filled(source, &pyc)],
                _ => Vec::new(),
            },
            Outcome::Uncompilable if unchanged => vec![Fact::hopeless(source, self.request.target.magic)],
            Outcome::Unreachable if unchanged && is_closed(&module.cache) => {
                vec![Fact::hopeless(source, self.request.target.magic)]
            }
            Outcome::Uncompilable | Outcome::Unreachable => Vec::new(),
        }
    }

    fn compiler(&self) -> Compiler<'_> {
        let Request { python, target, prefix, .. } = self.request;
        Compiler { python, optimize: target.optimize, in_prefix: prefix.is_some(), env: self.env }
    }

    fn packages(&self, directory: &Path) {
        let prefix = self.request.prefix.as_deref();
        let shelf = Shelf { target: &self.request.target, prefix, memory: self.memory };
        let Some(before) = stamp::of(directory) else { return };
        let Gaps { modules, links, mut present } = shelf.gaps(directory);
        let (links, _): (Vec<Module>, Vec<Module>) = links.into_iter().partition(|link| seed(link).is_some());
        let outcomes = self.compiler().compile(&modules);
        let made = modules.into_iter().zip(outcomes).filter(|(_, outcome)| *outcome == Outcome::Filled);
        present.extend(made.map(|(module, _)| module.cache).chain(links.into_iter().map(|link| link.cache)));
        present.sort();
        shelf.remember_full(directory, &before.identity(), &present);
        if let Some(prefix) = prefix {
            seeds::record(directory, prefix, self.memory);
        }
    }
}

/// Returns whether bytecode can't be written where it belongs, or its directory can't be made.
fn is_closed(cache: &Path) -> bool {
    let mut above = cache.ancestors().skip(1).take(2).filter(|directory| stamp::is_directory(directory));
    above.next().is_some_and(|directory| !files::is_writable(directory))
}

/// Returns the fact that a module's bytecode is its own, where its hash proves it.
fn proof(module: &Module, source: &Stamp) -> Option<Fact> {
    let now = clock::now_ns();
    let pyc = stamp::of_link(&module.cache).filter(|pyc| ledger::is_calm(pyc, now))?;
    let header = Header::parse(&files::read(&module.cache).ok()??)?;
    let bytes = files::read(&module.source).ok()??;
    let same = header.check == Check::Content(pyc::source_hash(header.magic, &bytes));
    let unchanged = stamp::of(&module.source).as_ref() == Some(source) && ledger::is_calm(source, now);
    (same && unchanged).then(|| Fact::filled(source, &pyc))
}

/// Gives bytecode of a package a second name in the prefix. Python replaces such files by renames, so that neither
/// name is ever written through.
fn seed(link: &Module) -> Option<()> {
    let (from, to) = (link.source.parent()?, link.cache.parent()?);
    files::make_directories(to).ok()?;
    let (from, to) = (Directory::open(from).ok()?, Directory::open(to).ok()?);
    to.link_from(&from, link.source.file_name()?, link.cache.file_name()?).ok()
}
