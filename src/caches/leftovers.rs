//! Files and directories of a project that are to go, whatever rule picked them: finding, weighing, removing. Never in
//! an environment, a repository's own directory or another project; through no link; to no other file system; and none
//! of which git tracks a file.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::bytecode::scope::Scope;
use crate::bytecode::sweep::Removed;
use crate::bytecode::territory::Names;
use crate::bytecode::tracked::Tracked;
use crate::env::Env;
use crate::host::directory::Listing;
use crate::host::{Directory, Kind, files, stamp, walk};

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

/// Finds what a rule picks in a scope.
pub(crate) fn find(scope: &Scope, rule: &impl Rule, ignored: &[OsString]) -> Vec<Leftover> {
    let devices: Vec<Option<u64>> = scope.trees.iter().map(|tree| stamp::of(tree).map(|stamp| stamp.dev)).collect();
    let new = || Visitor { scope, rule, ignored, devices: &devices, found: Vec::new() };
    let mut all: Vec<Leftover> = walk::walk(&scope.trees, new).into_iter().flat_map(|visitor| visitor.found).collect();
    all.sort();
    all
}

/// Leaves out what git tracks, wholly or in part, and returns that.
pub(crate) fn spare(leftovers: &mut Vec<Leftover>, env: &Env) -> Vec<PathBuf> {
    let paths: Vec<PathBuf> = leftovers.iter().map(Leftover::path).collect();
    let tracked = Tracked::of_any_kind(&paths, env);
    leftovers.retain(|leftover| !tracked.has_below(&leftover.path()));
    paths.into_iter().filter(|path| tracked.has_below(path)).collect()
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
}

impl<R: Rule> walk::Visitor for Visitor<'_, R> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        let root = &self.scope.trees[tree];
        if names.is_foreign(directory, root) || directory.stamp().map(|stamp| stamp.dev) != self.devices[tree] {
            return Vec::new();
        }
        let mut picked = self.rule.pick(directory, listing);
        picked.iter_mut().for_each(|leftover| leftover.tree.clone_from(root));
        let is_picked = |name: &OsStr| picked.iter().any(|p| p.directory == directory.path && p.name == name);
        let own = names.own_directories(self.scope, directory);
        let entered = own.iter().map(|entry| entry.name);
        let entered = entered.filter(|name| !is_picked(name) && !self.ignored.iter().any(|ignored| ignored == name));
        let entered = entered.map(OsStr::to_owned).collect();
        self.found.extend(picked);
        entered
    }
}
