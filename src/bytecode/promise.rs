//! Keeps a profile's promise about bytecode before a command runs: looks, makes harmless what Python would believe
//! too easily, falls back to a prefix of our own where that is impossible, and says what the fill has to do.
//!
//! It neither starts the fill nor prints: the caller does, from the value that it returns.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::arm::{self, Armed};
use super::fill::packages::{Shelf, is_ours};
use super::fill::{Request, request};
use super::ledger::Ledger;
use super::scope::Scope;
use super::survey::{Findings, LinkOut, Survey, Target};
use super::sweep::{Extent, Sweep, Swept};
use super::{seeds, tracked};
use crate::env::{Env, User};
use crate::host::{Memory, files};
use crate::python::interpreter::Interpreter;
use crate::python::policy::Policy;

/// What the promise is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Promise<'a> {
    pub(crate) policy: Policy,
    pub(crate) project: &'a Path,
    pub(crate) scope: &'a Scope,
    /// The prefix that is in force already: the caller's, or one that the interpreter presets.
    pub(crate) prefix: Option<&'a Path>,
    /// The prefix of our own, to fall back to; nothing where the user has no cache directory.
    pub(crate) own_prefix: Option<&'a Path>,
    /// The interpreter that the command will use, where it is known.
    pub(crate) interpreter: Option<&'a Interpreter>,
    pub(crate) optimize: u8,
    /// The directories of packages that the interpreter imports from.
    pub(crate) site_packages: &'a [PathBuf],
    pub(crate) fill: bool,
    pub(crate) env: &'a Env,
    pub(crate) user: User,
    pub(crate) memory: &'a Memory,
}

/// What a person should hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// Bytecode that could not be replaced; a prefix of our own is used.
    Unwritable {
        path: PathBuf,
        reason: io::ErrorKind,
    },
    /// A directory that can't be written; a prefix of our own is used.
    ReadOnly(PathBuf),
    /// Bytecode that git tracks; a prefix of our own is used.
    Tracked(Vec<PathBuf>),
    /// As the three above, but the user has no cache directory to put a prefix in.
    NoPlace,
    /// Bytecode that is imported although its source is gone.
    Sourceless(Vec<PathBuf>),
    LinkOut(LinkOut),
    /// Bytecode that could not be removed.
    NotRemoved {
        path: PathBuf,
        reason: io::ErrorKind,
    },
}

/// What was done, and what is left to do.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// The prefix that the command must be given.
    pub(crate) fallback: Option<PathBuf>,
    pub(crate) notices: Vec<Notice>,
    /// The fill to start, with its key.
    pub(crate) fill: Option<(Request, String)>,
}

impl Promise<'_> {
    /// Keeps the promise.
    pub(crate) fn keep(&self) -> Kept {
        match self.policy {
            Policy::Cached => Kept::default(),
            Policy::None => self.remove_all(),
            Policy::Verified | Policy::Checked => self.verify(),
            Policy::Isolated => self.isolate(Kept::default()),
        }
    }

    /// Returns how many files would be armed or removed, without touching any.
    pub(crate) fn preview(&self) -> usize {
        match self.policy {
            Policy::Cached => 0,
            Policy::None => Sweep::of(self.scope, self.prefix, Extent::All).items.len(),
            Policy::Verified | Policy::Checked => self.suspects(self.prefix),
            Policy::Isolated => self.own_prefix.map_or(0, |own| self.suspects(Some(own))),
        }
    }

    fn suspects(&self, prefix: Option<&Path>) -> usize {
        let ledger = self.ledger(&request::key(self.project, prefix));
        let scope = self.scope_for(prefix);
        Survey { prefix, ..Survey::of(&scope, &ledger) }.run().suspects.len()
    }

    fn scope_for(&self, prefix: Option<&Path>) -> Scope {
        if prefix.is_some() { self.scope.as_spelled() } else { self.scope.clone() }
    }

    fn remove_all(&self) -> Kept {
        let (swept, spared) = self.sweep(self.prefix, Extent::All);
        let mut kept = Kept::default();
        kept.notices.extend(swept.failed.into_iter().take(1).map(|(path, reason)| Notice::NotRemoved { path, reason }));
        kept.fill = self.request(&Findings::default(), Armed::default(), self.prefix, &Scope::default());
        if spared.is_empty() && kept.notices.is_empty() {
            return kept;
        }
        if !spared.is_empty() {
            kept.notices.push(Notice::Tracked(spared));
        }
        // A prefix without the project's part has none of its bytecode either, and nothing fills that part.
        let Some(own) = self.own_prefix else { return with(kept, Notice::NoPlace) };
        self.sweep(Some(own), Extent::All);
        kept.fill = self.request(&Findings::default(), Armed::default(), Some(own), &Scope::default());
        Kept { fallback: Some(own.to_owned()), ..kept }
    }

    /// Removes bytecode of the scope that git does not track; returns what is tracked, too.
    pub(crate) fn sweep(&self, prefix: Option<&Path>, extent: Extent) -> (Swept, Vec<PathBuf>) {
        let scope = self.scope_for(prefix);
        let mut sweep = Sweep::of(&scope, prefix, extent);
        let tracked = if sweep.items.is_empty() || prefix.is_some() { BTreeSet::new() } else { self.tracked() };
        let spared = sweep.spare(&tracked);
        (sweep.apply(), spared)
    }

    fn tracked(&self) -> BTreeSet<PathBuf> {
        tracked::bytecode(&self.scope.trees, self.env)
    }

    fn verify(&self) -> Kept {
        let (found, armed) = self.settle(self.prefix);
        let mut kept = Kept::default();
        kept.notices.extend((!found.sourceless.is_empty()).then(|| Notice::Sourceless(found.sourceless.clone())));
        kept.notices.extend(found.links_out.iter().cloned().map(Notice::LinkOut));
        if let Some(notice) = self.obstacle(&armed) {
            return self.isolate(with(kept, notice));
        }
        kept.fill = self.request(&found, armed, self.prefix, &self.scope_for(self.prefix));
        kept
    }

    /// Returns why the trees can't be kept as the policy wants them.
    fn obstacle(&self, armed: &Armed) -> Option<Notice> {
        if let Some((path, reason)) = armed.failed.first() {
            return Some(Notice::Unwritable { path: path.clone(), reason: *reason });
        }
        if !armed.tracked.is_empty() {
            return Some(Notice::Tracked(armed.tracked.clone()));
        }
        let wants_to_write = self.prefix.is_none() && self.policy == Policy::Verified && self.fill;
        let closed = self.scope.filled.iter().find(|root| wants_to_write && !files::is_writable(root));
        closed.cloned().map(Notice::ReadOnly)
    }

    fn isolate(&self, mut kept: Kept) -> Kept {
        let Some(own) = self.own_prefix else { return with(kept, Notice::NoPlace) };
        self.site_packages.iter().for_each(|site| seeds::drop_changed(site, own, self.memory));
        let (found, armed) = self.settle(Some(own));
        kept.fill = self.request(&found, armed, Some(own), &self.scope_for(Some(own)));
        Kept { fallback: Some(own.to_owned()), ..kept }
    }

    /// Surveys the scope, and makes every suspect harmless.
    fn settle(&self, prefix: Option<&Path>) -> (Findings, Armed) {
        let key = request::key(self.project, prefix);
        let ledger = self.ledger(&key);
        let target = self.target();
        let scope = self.scope_for(prefix);
        let survey = Survey { target: target.as_ref(), prefix, ..Survey::of(&scope, &ledger) };
        let mut found = survey.run();
        let tracked = if found.suspects.is_empty() || prefix.is_some() { BTreeSet::new() } else { self.tracked() };
        let armed = arm::arm(&found.suspects, &tracked);
        if found.learned {
            Ledger::keep(self.memory, &key, std::mem::take(&mut found.facts));
        }
        (found, armed)
    }

    /// Returns what was proven before. On file systems that keep no modes, inodes and times of change are made up.
    fn ledger(&self, key: &str) -> Ledger {
        let keeps = self.scope.trees.iter().all(|tree| files::keeps_modes(tree));
        if keeps { Ledger::recall(self.memory, key) } else { Ledger::default() }
    }

    /// Returns the bytecode that the fill makes, where it is to make any.
    fn target(&self) -> Option<Target> {
        let interpreter = self.interpreter.filter(|_| self.fill && self.memory.writes())?;
        Some(Target { tag: interpreter.tag.clone(), magic: interpreter.magic, optimize: self.optimize })
    }

    /// Returns what the fill has to do, if anything.
    fn request(
        &self,
        found: &Findings,
        armed: Armed,
        prefix: Option<&Path>,
        scope: &Scope,
    ) -> Option<(Request, String)> {
        let (target, interpreter) = (self.target()?, self.interpreter?);
        let ours = |directory: &&PathBuf| prefix.is_some() || is_ours(directory, self.user);
        let all = self.site_packages.iter().chain([&interpreter.stdlib]);
        let directories: Vec<PathBuf> = all.filter(ours).cloned().collect();
        let packages = Shelf { target: &target, prefix, memory: self.memory }.lacking(&directories);
        let asked = found.misses || !armed.sources.is_empty() || !packages.is_empty() || armed.armed > 0;
        let request = Request {
            python: interpreter.exe.clone(),
            target,
            prefix: prefix.map(Path::to_owned),
            scope: scope.clone(),
            sources: armed.sources,
            packages,
        };
        asked.then(|| (request, request::key(self.project, prefix)))
    }
}

fn with(mut kept: Kept, notice: Notice) -> Kept {
    kept.notices.push(notice);
    kept
}
