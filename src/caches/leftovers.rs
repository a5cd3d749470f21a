//! Files and directories of a project that are to go, whatever rule picked them: finding, weighing, removing. Never in
//! an environment, a repository's own directory or another project; through no link; to no other file system; and none
//! of which git tracks a file.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use crate::bytecode::scope::Scope;
use crate::bytecode::sweep::{Failed, Removed};
use crate::bytecode::territory::Names;
use crate::bytecode::tracked::Tracked;
use crate::env::Env;
use crate::host::directory::Listing;
use crate::host::{Directory, Kind, files, stamp, walk};
use crate::manifest::CONFIGURATION;

/// What makes a directory a repository's, and must never go.
pub(super) const REPOSITORY: &str = ".git";

/// Picks what goes, by what a directory holds.
pub(crate) trait Rule: Sync {
    fn pick(&self, directory: &Directory, listing: &Listing) -> Vec<Leftover>;
}

/// A file, or a directory with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leftover {
    tree: PathBuf,
    directory: PathBuf,
    name: OsString,
    pub(crate) is_directory: bool,
}

impl Leftover {
    /// Returns what has this name in a directory.
    pub(crate) fn of(directory: &Directory, name: &OsStr, kind: Kind) -> Self {
        let (directory, name) = (directory.path.clone(), name.to_owned());
        Self { tree: PathBuf::new(), directory, name, is_directory: kind == Kind::Directory }
    }

    /// Returns its path.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }
}

/// Finds what a rule picks in a scope; returns what could not be looked into, too.
pub(crate) fn find(scope: &Scope, rule: &impl Rule, ignored: &[OsString]) -> (Vec<Leftover>, Failed) {
    let devices: Vec<Option<u64>> = scope.trees.iter().map(|tree| stamp::of(tree).map(|stamp| stamp.dev)).collect();
    let new = || Visitor { scope, rule, ignored, devices: &devices, found: Vec::new(), missed: Vec::new() };
    let (mut all, mut missed) = (Vec::new(), Vec::new());
    for visitor in walk::walk(&scope.trees, new) {
        all.extend(visitor.found);
        missed.extend(visitor.missed);
    }
    all.sort();
    (all, missed)
}

/// Leaves out what git tracks, wholly or in part, and what holds a repository or a project; returns that.
pub(crate) fn spare(leftovers: &mut Vec<Leftover>, env: &Env) -> Vec<PathBuf> {
    let paths: Vec<PathBuf> = leftovers.iter().map(Leftover::path).collect();
    let tracked = Tracked::of_any_kind(&paths, env);
    let is_spared = |path: &Path| tracked.has_below(path) || holds_work(path);
    let spared: BTreeSet<PathBuf> = paths.into_iter().filter(|path| is_spared(path)).collect();
    leftovers.retain(|leftover| !spared.contains(&leftover.path()));
    spared.into_iter().collect()
}

/// Returns whether somebody works in a directory, or in one below it.
fn holds_work(directory: &Path) -> bool {
    struct Visitor(bool);
    impl walk::Visitor for Visitor {
        fn enter(&mut self, _: usize, _: &Directory, listing: &Listing) -> Vec<OsString> {
            self.0 |= listing.iter().any(|entry| entry.name == REPOSITORY || entry.name == CONFIGURATION);
            let below = listing.iter().filter(|entry| entry.kind == Kind::Directory && !self.0);
            below.map(|entry| entry.name.to_owned()).collect()
        }
    }
    let is_directory = stamp::of_link(directory).is_some_and(|stamp| stamp.kind == Kind::Directory);
    is_directory && walk::walk(&[directory.to_owned()], || Visitor(false)).iter().any(|visitor| visitor.0)
}

/// Returns what would go.
pub(crate) fn weigh(leftovers: &[Leftover]) -> Removed {
    each(leftovers, false)
}

/// Removes them.
pub(crate) fn remove(leftovers: &[Leftover]) -> Removed {
    each(leftovers, true)
}

fn each(leftovers: &[Leftover], removes: bool) -> Removed {
    leftovers.iter().map(|leftover| one(leftover, removes)).fold(Removed::default(), Removed::and)
}

fn one(leftover: &Leftover, removes: bool) -> Removed {
    let mut out = Removed::default();
    let below = leftover.directory.strip_prefix(&leftover.tree).unwrap_or(Path::new(""));
    match Directory::open(&leftover.tree).and_then(|tree| tree.descend(below)) {
        Ok(parent) if leftover.is_directory => whole(&parent, &leftover.name, removes, &mut out),
        Ok(parent) => file(&parent, &leftover.name, removes, &mut out),
        Err(error) if files::is_absent(&error) => {}
        Err(error) => out.failed.push((leftover.path(), error.kind())),
    }
    out
}

/// Weighs or removes a directory with all that is in it, on one file system.
fn whole(parent: &Directory, name: &OsStr, removes: bool, out: &mut Removed) {
    let mut listing = Listing::default();
    let opened = parent.child(name).and_then(|inside| inside.list(&mut listing).map(|()| inside));
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
    match if removes { parent.remove_directory(name) } else { Ok(()) } {
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
    ignored: &'a [OsString],
    devices: &'a [Option<u64>],
    found: Vec<Leftover>,
    missed: Failed,
}

impl<R: Rule> walk::Visitor for Visitor<'_, R> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        let root = &self.scope.trees[tree];
        if names.is_foreign(directory, root) || directory.stamp().map(|stamp| stamp.dev) != self.devices[tree] {
            return Vec::new();
        }
        let mut picked = self.rule.pick(directory, listing);
        picked.retain(|leftover| !self.is_ignored(leftover));
        picked.iter_mut().for_each(|leftover| leftover.tree.clone_from(root));
        let own = picked.iter().filter(|leftover| leftover.directory == directory.path);
        let gone: BTreeSet<OsString> = own.map(|leftover| leftover.name.clone()).collect();
        self.found.extend(picked);
        let names = names.own_directories(self.scope, tree, directory);
        let entered = names.iter().map(|entry| entry.name).filter(|name| !gone.contains(*name));
        entered.filter(|name| !self.ignored.iter().any(|ignored| ignored == name)).map(OsStr::to_owned).collect()
    }

    fn miss(&mut self, path: PathBuf, reason: io::ErrorKind) {
        self.missed.push((path, reason));
    }
}

impl<R> Visitor<'_, R> {
    /// Returns whether something, or the directory that it lies in, has a name that is passed over.
    fn is_ignored(&self, leftover: &Leftover) -> bool {
        let parent = leftover.directory.file_name().filter(|_| leftover.directory != leftover.tree);
        let mut names = [Some(leftover.name.as_os_str()), parent].into_iter().flatten();
        names.any(|name| self.ignored.iter().any(|ignored| ignored == name))
    }
}
