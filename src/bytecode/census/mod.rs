//! What bytecode there is in a scope: every file, by directory, with its size, and, where asked,
//! what Python would do with it. Looks and touches nothing; which of the files go, or matter to a
//! person, is for others to select.

mod visitor;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::ledger::Ledger;
use super::prefix;
use super::survey::Target;
use super::verdict::Judged;
use crate::host::{Tally, Tree, walk};
use crate::python::names::Writer;
use crate::tree::ignore::Ignored;
use crate::tree::scope::Scope;
use visitor::Visitor;

/// What to look at, and how closely.
#[derive(Clone, Copy, Debug)]
pub struct Census<'a> {
    pub scope: &'a Scope,
    /// The tree that holds the bytecode instead of `__pycache__`.
    pub prefix: Option<&'a Path>,
    pub depth: Depth,
    /// Whether other file systems are entered.
    pub crosses: bool,
    /// The interpreter whose own magic number is known.
    pub target: Option<&'a Target>,
    /// What was proven before.
    pub ledger: &'a Ledger,
    /// What is passed over, because a person said so.
    pub ignored: Option<&'a Ignored>,
    /// Counts the files as they are seen.
    pub tally: &'a Tally,
}

/// How closely files are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// By their names, and no further than telling that they are bytecode.
    Names,
    /// By their headers and sources.
    Verdicts,
}

/// Where a file lies, and so what reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where bytecode is looked for.
    Cache,
    /// Beside its source, where Python does not look.
    Beside,
    /// Where its source would be: it is imported.
    Alone,
}

/// One bytecode file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pyc {
    pub name: OsString,
    pub bytes: u64,
    pub place: Place,
    pub writer: Writer,
    /// Whether it is a link to a file.
    pub is_link: bool,
    /// What Python would do with it, where that was asked.
    pub judged: Option<Judged>,
}

/// The bytecode files of one directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The tree that it was found in; below it no link is followed.
    pub tree: Tree,
    pub directory: PathBuf,
    /// The directory of the sources.
    pub source: PathBuf,
    pub files: Vec<Pyc>,
}

/// What there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// In the order of their paths, files in that of their names.
    pub groups: Vec<Group>,
    /// Directories of bytecode that are links, behind which nothing was looked at.
    pub links: Vec<PathBuf>,
    /// Directories of other file systems, where they were not entered.
    pub mounts: Vec<PathBuf>,
    /// What could not be looked at.
    pub missed: Vec<(PathBuf, io::ErrorKind)>,
}

impl Census<'_> {
    /// Looks, below the prefix or in the trees. With a prefix in force Python still imports
    /// bytecode that stands for a missing source from the trees: whoever wants both asks twice.
    pub fn take(&self) -> Found {
        let Some(prefix) = self.prefix else {
            return self.walk(&self.scope.trees, &self.scope.all_looked_at(), None);
        };
        let mirrors: Vec<PathBuf> = self
            .scope
            .trees
            .iter()
            .map(|tree| prefix::mirror(prefix, tree))
            .collect();
        let trees: Vec<Tree> = mirrors.iter().map(|path| Tree::through(path)).collect();
        self.walk(&mirrors, &trees, Some(prefix))
    }

    fn walk(&self, roots: &[PathBuf], trees: &[Tree], prefix: Option<&Path>) -> Found {
        let mut all = Found::default();
        for visitor in walk::walk(roots, || Visitor::new(self, trees, prefix)) {
            all.absorb(visitor.found);
        }
        all.groups
            .sort_unstable_by(|a, b| a.directory.cmp(&b.directory));
        all.links.sort();
        all.mounts.sort();
        all.missed.sort();
        all
    }
}

impl Group {
    /// Returns the path of one of the files.
    pub fn path(&self, file: &Pyc) -> PathBuf {
        self.directory.join(&file.name)
    }
}

impl Found {
    /// Adds what was found in another place.
    pub fn absorb(&mut self, other: Self) {
        self.groups.extend(other.groups);
        self.links.extend(other.links);
        self.mounts.extend(other.mounts);
        self.missed.extend(other.missed);
    }

    /// Yields every file with its group.
    pub fn files(&self) -> impl Iterator<Item = (&Group, &Pyc)> {
        self.groups
            .iter()
            .flat_map(|group| group.files.iter().map(move |file| (group, file)))
    }
}
