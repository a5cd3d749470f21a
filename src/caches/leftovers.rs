//! Files and directories of a project that are to go, whatever rule picked them: finding, weighing,
//! removing. Never in an environment, a repository's own directory or another project; through no
//! link; to no other file system; and none of which git tracks a file.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use crate::bytecode::sweep::{self, Failed, Removed};
use crate::git::Asker;
use crate::host::directory::Listing;
use crate::host::{Directory, Kind, Tree, files, stamp, tree, walk};
use crate::tree::ignore::Ignored;
use crate::tree::scope::{self, Scope};
use crate::tree::territory::Names;
use crate::tree::tracked::Tracked;
use crate::values::manifest::CONFIGURATION;

/// Picks what goes, by what a directory holds.
pub trait Rule: Sync {
    fn pick(&self, directory: &Directory, listing: &Listing) -> Vec<Leftover>;
}

/// A file, or a directory with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leftover {
    tree: Tree,
    directory: PathBuf,
    name: OsString,
    pub is_directory: bool,
}

impl Leftover {
    /// Returns what has this name in a directory.
    pub fn of(directory: &Directory, name: &OsStr, kind: Kind) -> Self {
        let (directory, name) = (directory.path.clone(), name.to_owned());
        Self {
            tree: Tree::new(Path::new(""), None),
            directory,
            name,
            is_directory: kind == Kind::Directory,
        }
    }

    /// Returns its path.
    pub fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }
}

/// Finds what a rule picks in a scope; returns what could not be looked into, too.
pub fn find(scope: &Scope, rule: &impl Rule, ignored: Option<&Ignored>) -> (Vec<Leftover>, Failed) {
    let trees = scope.all_looked_at();
    let new = || Visitor {
        scope,
        rule,
        ignored,
        trees: &trees,
        found: Vec::new(),
        missed: Vec::new(),
    };
    let (mut all, mut missed) = (Vec::new(), Vec::new());
    for visitor in walk::walk(&scope.trees, new) {
        all.extend(visitor.found);
        missed.extend(visitor.missed);
    }
    all.sort();
    (all, missed)
}

/// Leaves out what git tracks, wholly or in part, and what holds a repository or a project; returns
/// that.
pub fn spare(leftovers: &mut Vec<Leftover>, asker: Asker<'_>) -> Vec<PathBuf> {
    let paths: Vec<PathBuf> = leftovers.iter().map(Leftover::path).collect();
    let tracked = Tracked::of_any_kind(&paths, asker);
    let is_spared = |path: &Path| tracked.has_below(path) || holds_work(path);
    let spared: BTreeSet<PathBuf> = paths.into_iter().filter(|path| is_spared(path)).collect();
    leftovers.retain(|leftover| !spared.contains(&leftover.path()));
    spared.into_iter().collect()
}

/// Returns whether somebody works in a directory, or in one below it.
fn holds_work(directory: &Path) -> bool {
    let is_name = |name: &OsStr| scope::is_of_repository(name) || name == CONFIGURATION;
    let is_work = |_: &Directory, listing: &Listing| {
        listing.iter().any(|entry| is_name(entry.name)) || Names::sort(listing).is_repository()
    };
    let is_directory = stamp::of_link(directory).is_some_and(|stamp| stamp.kind == Kind::Directory);
    is_directory && holds(directory, &is_work)
}

/// Returns whether a directory, or one below it, is such a one.
fn holds(directory: &Path, is_it: &(impl Fn(&Directory, &Listing) -> bool + Sync)) -> bool {
    struct Visitor<'a, F>(&'a F, bool);
    impl<F: Fn(&Directory, &Listing) -> bool + Sync> walk::Visitor for Visitor<'_, F> {
        fn enter(&mut self, _: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
            self.1 = self.1 || (self.0)(directory, listing);
            let below = listing
                .iter()
                .filter(|entry| entry.kind == Kind::Directory && !self.1);
            below.map(|entry| entry.name.to_owned()).collect()
        }
    }
    walk::walk(&[directory.to_owned()], || Visitor(is_it, false))
        .iter()
        .any(|visitor| visitor.1)
}

/// Returns what would go.
pub fn weigh(leftovers: &[Leftover]) -> Removed {
    each(leftovers, false)
}

/// Removes them; with `folders` also the directories that held nothing else, up to the tree.
pub fn remove(leftovers: &[Leftover], folders: bool) -> Removed {
    let mut removed = each(leftovers, true);
    let held: BTreeSet<(&Tree, &Path)> = leftovers
        .iter()
        .map(|leftover| (&leftover.tree, leftover.directory.as_path()))
        .collect();
    // The deepest first, so that what it lies in may be empty then.
    for (tree, directory) in held.into_iter().rev().filter(|_| folders) {
        let below = directory.strip_prefix(&tree.path).unwrap_or(Path::new(""));
        removed.directories += tree
            .open()
            .map_or(0, |tree| sweep::remove_emptied(&tree, below));
    }
    removed
}

fn each(leftovers: &[Leftover], removes: bool) -> Removed {
    leftovers
        .iter()
        .map(|leftover| one(leftover, removes))
        .fold(Removed::default(), Removed::and)
}

fn one(leftover: &Leftover, removes: bool) -> Removed {
    let mut out = Removed::default();
    let below = leftover
        .directory
        .strip_prefix(&leftover.tree.path)
        .unwrap_or(Path::new(""));
    match leftover.tree.open().and_then(|tree| tree.descend(below)) {
        Ok(parent) if leftover.is_directory => whole(&parent, &leftover.name, removes, &mut out),
        Ok(parent) => file(&parent, &leftover.name, removes, &mut out),
        Err(error) if files::is_absent(&error) => {}
        Err(error) if tree::is_swapped(error.kind()) => {
            out.failed.push((leftover.tree.path.clone(), error.kind()));
        }
        Err(error) => out.failed.push((leftover.path(), error.kind())),
    }
    out
}

/// Weighs or removes a directory with all that is in it, on one file system.
fn whole(parent: &Directory, name: &OsStr, removes: bool, out: &mut Removed) {
    let mut listing = Listing::default();
    let opened = parent
        .child(name)
        .and_then(|inside| inside.list(&mut listing).map(|()| inside));
    let inside = match opened {
        Ok(inside) if inside.stamp().map(|s| s.dev) == parent.stamp().map(|s| s.dev) => inside,
        Ok(_) => return,
        Err(error) if files::is_absent(&error) => return,
        Err(error) => return out.failed.push((parent.path.join(name), error.kind())),
    };
    for entry in listing.iter() {
        if entry.kind == Kind::Directory {
            whole(&inside, entry.name, removes, out);
        } else {
            file(&inside, entry.name, removes, out);
        }
    }
    match if removes {
        parent.remove_directory(name)
    } else {
        Ok(())
    } {
        Ok(()) => out.directories += 1,
        Err(error) if files::is_absent(&error) => {}
        Err(error) => out.failed.push((inside.path, error.kind())),
    }
}

fn file(parent: &Directory, name: &OsStr, removes: bool, out: &mut Removed) {
    let bytes = parent.stat_link(name).map_or(0, |stamp| stamp.size);
    match if removes { parent.remove(name) } else { Ok(()) } {
        Ok(()) => {
            out.files += 1;
            out.bytes += bytes;
        }
        Err(error) if files::is_absent(&error) => {}
        Err(error) => out.failed.push((parent.path.join(name), error.kind())),
    }
}

struct Visitor<'a, R> {
    scope: &'a Scope,
    rule: &'a R,
    ignored: Option<&'a Ignored>,
    trees: &'a [Tree],
    found: Vec<Leftover>,
    missed: Failed,
}

impl<R: Rule> walk::Visitor for Visitor<'_, R> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        let root = &self.trees[tree].path;
        let is_kept = || {
            directory.path == *root && self.ignored.is_some_and(|ignored| ignored.keeps_tree(root))
        };
        // Not even a tree that was named, or that keeps its worktrees in itself.
        if is_kept()
            || names.is_repository()
            || names.is_foreign(directory, root)
            || directory.stamp().map(|stamp| stamp.dev) != self.trees[tree].id.map(|(dev, _)| dev)
        {
            return Vec::new();
        }
        let mut picked = self.rule.pick(directory, listing);
        picked.retain(|leftover| !self.is_kept(root, leftover));
        picked
            .iter_mut()
            .for_each(|leftover| leftover.tree.clone_from(&self.trees[tree]));
        let own = picked
            .iter()
            .filter(|leftover| leftover.directory == directory.path);
        let gone: BTreeSet<OsString> = own.map(|leftover| leftover.name.clone()).collect();
        self.found.extend(picked);
        let kept = self.ignored.map_or(Vec::new(), |ignored| {
            ignored.among(root, &directory.path, listing)
        });
        let names = names.own_directories(self.scope, tree, directory);
        let entered = names
            .iter()
            .map(|entry| entry.name)
            .filter(|name| !gone.contains(*name));
        entered
            .filter(|name| !kept.contains(name))
            .map(OsStr::to_owned)
            .collect()
    }

    fn miss(&mut self, path: PathBuf, reason: io::ErrorKind) {
        self.missed.push((path, reason));
    }
}

impl<R> Visitor<'_, R> {
    /// Returns whether a person keeps something, what it lies in, or a part of it.
    fn is_kept(&self, tree: &Path, leftover: &Leftover) -> bool {
        let path = leftover.path();
        let is_kept = |ignored: &Ignored| {
            let has = |directory: &Directory, listing: &Listing| {
                listing
                    .iter()
                    .any(|entry| ignored.has(tree, &directory.path.join(entry.name)))
            };
            ignored.covers(tree, &path) || leftover.is_directory && holds(&path, &has)
        };
        self.ignored.is_some_and(is_kept)
    }
}
