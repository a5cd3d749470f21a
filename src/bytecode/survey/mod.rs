//! Looks at the bytecode of a scope and changes nothing: which files Python would believe too
//! easily, which modules have none that is known to be theirs, what else a person should hear of.
//! One walk, mostly one `stat` a file: what the ledger knows is not opened.

mod cache_directory;
mod link_out;
mod mirror;
mod source_tree;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

pub(in crate::bytecode) use cache_directory::place_of;

use super::ledger::{Fact, Ledger};
use super::prefix;
use super::rewriter::Rewriter;
use crate::host::{Tree, clock, walk};
use crate::tree::scope::Scope;

/// The bytecode that the fill writes: of which interpreter, at which level of optimisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub tag: String,
    pub magic: [u8; 4],
    pub optimize: u8,
}

/// What to look at, and what for.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own"
)]
pub struct Survey<'a> {
    pub scope: &'a Scope,
    pub ledger: &'a Ledger,
    /// The bytecode to miss; nothing: none is missed.
    pub target: Option<&'a Target>,
    /// The pytest whose files are missed too.
    pub rewriter: Option<&'a Rewriter>,
    /// Whether what pytest keeps by time is no doubt, where nothing says that the test changed
    /// since.
    pub keeps_tests: bool,
    /// The tree that holds the bytecode instead of `__pycache__`.
    pub prefix: Option<&'a Path>,
    /// Files that count as gone already.
    pub gone: Option<&'a BTreeSet<PathBuf>>,
    /// Whether missing modules are listed, not only noticed.
    pub list_missing: bool,
    /// Whether a person will hear what is found.
    pub is_heard: bool,
    /// Trees of others that the interpreter imports from, to be looked at with the projects below
    /// that it can; nothing: neither is.
    pub guests: Option<&'a [PathBuf]>,
    /// Whether these trees are such guests.
    pub is_guest: bool,
    pub now_ns: i64,
}

/// A file that Python would believe too easily.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// The tree that it was found in, resolved; below it no link is followed.
    pub tree: Tree,
    /// The directory that holds it.
    pub directory: PathBuf,
    pub name: OsString,
    /// The directory of its source.
    pub source: PathBuf,
    /// Whether it can be armed; if not, it is removed.
    pub armable: bool,
    /// Whether it is another project's, where nothing goes that Python would reject.
    pub is_guest: bool,
}

impl Doubt {
    /// Returns the path of the file.
    pub fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }
}

/// A module without bytecode that is known to be its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Module {
    pub source: PathBuf,
    pub cache: PathBuf,
}

/// A link to a directory of Python modules that no walk of the scope comes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkOut {
    pub link: PathBuf,
    pub target: PathBuf,
}

/// A directory whose bytecode could not be looked at, although Python may read it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hidden {
    pub path: PathBuf,
    /// The error; nothing where it is a link that leads out of the project.
    pub reason: Option<io::ErrorKind>,
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Seen {
    pub doubts: Vec<Doubt>,
    pub hidden: Vec<Hidden>,
    pub missing: Vec<Module>,
    pub misses: bool,
    pub sourceless: Vec<PathBuf>,
    pub links_out: Vec<LinkOut>,
    /// Projects below whose modules can be imported from here.
    nested: Vec<PathBuf>,
    /// Unfinished files of a fill that was killed.
    pub leavings: Vec<PathBuf>,
    pub facts: Vec<Fact>,
    /// Whether there is a fact that the ledger did not have.
    pub learned: bool,
}

impl Seen {
    /// Yields the directories of the doubts.
    pub fn directories(&self) -> impl Iterator<Item = &Path> {
        self.doubts.iter().map(|doubt| doubt.directory.as_path())
    }

    fn absorb(&mut self, other: Self) {
        self.doubts.extend(other.doubts);
        self.hidden.extend(other.hidden);
        self.missing.extend(other.missing);
        self.sourceless.extend(other.sourceless);
        self.links_out.extend(other.links_out);
        self.nested.extend(other.nested);
        self.leavings.extend(other.leavings);
        self.facts.extend(other.facts);
        self.misses |= other.misses;
        self.learned |= other.learned;
    }

    /// Puts everything in order. Below a prefix a file can be seen twice: with its source and
    /// without.
    fn sort(&mut self) {
        self.doubts.sort();
        self.doubts
            .dedup_by(|a, b| a.directory == b.directory && a.name == b.name);
        self.hidden.sort();
        self.missing.sort();
        self.missing.dedup();
        self.sourceless.sort();
        self.links_out.sort();
        self.leavings.sort();
        self.leavings.dedup();
    }

    /// Notes a fact, new or known.
    fn know(&mut self, fact: Fact, ledger: &Ledger) {
        self.learned |= !ledger.has(fact);
        self.facts.push(fact);
    }
}

impl<'a> Survey<'a> {
    /// Returns a survey of a scope as it is now.
    pub fn of(scope: &'a Scope, ledger: &'a Ledger) -> Self {
        let now_ns = clock::now_ns();
        let (keeps_tests, list_missing, is_heard) = (false, false, false);
        let (target, rewriter, prefix, gone, guests) = (None, None, None, None, None);
        Self {
            scope,
            ledger,
            target,
            rewriter,
            keeps_tests,
            prefix,
            gone,
            list_missing,
            is_heard,
            guests,
            is_guest: false,
            now_ns,
        }
    }

    /// Looks.
    pub fn run(&self) -> Seen {
        let mut all = self.walked();
        let mut waiting = std::mem::take(&mut all.nested);
        waiting.extend(self.guests.into_iter().flatten().cloned());
        while self.guests.is_some() && !waiting.is_empty() {
            let scope = Scope::of_trees(std::mem::take(&mut waiting), Vec::new());
            let own: Survey<'_> = *self;
            let guests = Survey {
                scope: &scope,
                target: None,
                rewriter: None,
                is_guest: true,
                ..own
            };
            let mut seen = guests.walked();
            waiting = std::mem::take(&mut seen.nested);
            all.absorb(seen);
        }
        all.sort();
        all
    }

    /// Looks at the trees of the scope.
    fn walked(&self) -> Seen {
        let mut all = Seen::default();
        let mirror = |tree: &PathBuf| {
            self.prefix
                .map(|prefix| Tree::through(&prefix::mirror(prefix, tree)))
        };
        let mirrors: Option<Vec<Tree>> = self.scope.trees.iter().map(mirror).collect();
        let trees = mirrors.unwrap_or_else(|| self.scope.all_looked_at());
        let visitors = walk::walk(&self.scope.trees, || {
            source_tree::Visitor::new(self, &trees)
        });
        visitors
            .into_iter()
            .for_each(|visitor| all.absorb(visitor.seen));
        if let Some(prefix) = self.prefix {
            let mirrors: Vec<PathBuf> = trees.iter().map(|tree| tree.path.clone()).collect();
            let visitors = walk::walk(&mirrors, || mirror::Visitor::new(self, prefix, &trees));
            visitors
                .into_iter()
                .for_each(|visitor| all.absorb(visitor.seen));
        }
        all
    }
}
