//! Third-party packages and the standard library: what of their bytecode is missing. Only added to,
//! never changed: most installers compile them, uv does not, and images of containers leave both
//! out. What was filled is remembered under the state of the directory, with a few files whose
//! absence shows that somebody cleared them.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::bytecode::prefix;
use crate::bytecode::survey::{Module, Target};
use crate::host::directory::Listing;
use crate::host::{Directory, Kind, Memory, stamp, walk};
use crate::python::names::{self, PYCACHE};
use crate::values::digest;
use crate::values::fields;

const FORMAT: &str = "pydevenv packages 1";
const KIND: &str = "packages";

/// So many files stand for all of them.
const SAMPLES: usize = 4;

/// Parts of the standard library that programs do not import, and what is not part of it.
const NOT_STANDARD: [&str; 7] = [
    "site-packages",
    "dist-packages",
    "test",
    "idlelib",
    "lib2to3",
    "turtledemo",
    "lib-dynload",
];

/// The module that shows that a directory is a standard library.
const LANDMARK: &str = "os.py";

/// Returns whether a directory is a standard library.
pub fn is_standard(listing: &Listing) -> bool {
    listing.iter().any(|entry| entry.name == LANDMARK)
}

/// Returns whether programs import from a part of the standard library of this name.
pub fn is_imported(name: &OsStr) -> bool {
    !NOT_STANDARD.iter().any(|part| name == *part)
}

/// Which bytecode of packages is meant: of which interpreter, and where it lies.
#[derive(Clone, Copy, Debug)]
pub struct Shelf<'a> {
    pub target: &'a Target,
    pub prefix: Option<&'a Path>,
    pub memory: &'a Memory,
}

/// What a directory of packages lacks.
#[derive(Debug, Default)]
pub struct Gaps {
    /// Modules to compile.
    pub modules: Vec<Module>,
    /// Bytecode in the tree that only has to be linked into the prefix.
    pub links: Vec<Module>,
    /// Bytecode that is there.
    pub present: Vec<PathBuf>,
}

impl Shelf<'_> {
    /// Returns the directories, of those given, in which something may be missing.
    pub fn lacking(&self, directories: &[PathBuf]) -> Vec<PathBuf> {
        directories
            .iter()
            .filter(|directory| !self.is_full(directory))
            .cloned()
            .collect()
    }

    fn is_full(&self, directory: &Path) -> bool {
        let Some(now) = stamp::of(directory) else {
            return true;
        };
        let file = self
            .memory
            .recall(KIND, &self.key(directory))
            .unwrap_or_default();
        let fields = fields::split(FORMAT, &file).unwrap_or_default();
        let Some((identity, samples)) = fields.split_first() else {
            return false;
        };
        let is_there = |path: &&[u8]| stamp::is_file(Path::new(OsStr::from_bytes(path)));
        *identity == now.identity() && samples.iter().all(is_there)
    }

    /// Remembers that a directory, in the state that it had before the fill, lacks nothing.
    pub fn remember_full(&self, directory: &Path, state: &[u8], present: &[PathBuf]) {
        let step = (present.len() / SAMPLES).max(1);
        let samples = present
            .iter()
            .step_by(step)
            .take(SAMPLES)
            .map(|path| path.as_os_str().as_bytes());
        let file = fields::join(FORMAT, std::iter::once(state).chain(samples));
        self.memory.keep(KIND, &self.key(directory), &file);
    }

    fn key(&self, directory: &Path) -> String {
        let prefix = self.prefix.unwrap_or(Path::new("")).as_os_str().as_bytes();
        let target = [self.target.tag.as_bytes(), &[self.target.optimize]].concat();
        digest::key([directory.as_os_str().as_bytes(), &target, prefix])
    }

    /// Returns what a directory lacks.
    pub fn gaps(&self, directory: &Path) -> Gaps {
        let new = || Visitor {
            shelf: *self,
            root: directory,
            found: Gaps::default(),
            cache: Listing::default(),
        };
        let mut all = Gaps::default();
        for visitor in walk::walk(&[directory.to_owned()], new) {
            all.modules.extend(visitor.found.modules);
            all.links.extend(visitor.found.links);
            all.present.extend(visitor.found.present);
        }
        all.modules.sort();
        all.present.sort();
        all
    }
}

struct Visitor<'a> {
    shelf: Shelf<'a>,
    root: &'a Path,
    found: Gaps,
    cache: Listing,
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, _: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let own = directory.path.join(PYCACHE);
        let in_tree = self.names(&own);
        let mirror = self
            .shelf
            .prefix
            .map(|prefix| prefix::mirror(prefix, &directory.path));
        let in_prefix = mirror.as_ref().map(|mirror| self.names(mirror));
        for entry in listing.iter().filter(|entry| entry.kind == Kind::File) {
            let Some(module) = entry.name.as_bytes().strip_suffix(b".py") else {
                continue;
            };
            let name =
                names::cache_name(module, &self.shelf.target.tag, self.shelf.target.optimize);
            let cache = mirror
                .as_ref()
                .unwrap_or(&own)
                .join(OsStr::from_bytes(&name));
            match (in_tree.contains(&name), &in_prefix) {
                (true, None) => self.found.present.push(cache),
                (_, Some(names)) if names.contains(&name) => self.found.present.push(cache),
                (true, Some(_)) => {
                    let source = own.join(OsStr::from_bytes(&name));
                    self.found.links.push(Module { source, cache });
                }
                (false, _) => self.found.modules.push(Module {
                    source: directory.path.join(entry.name),
                    cache,
                }),
            }
        }
        let library = directory.path == self.root && is_standard(listing);
        let is_entered = |name: &OsStr| name != PYCACHE && (!library || is_imported(name));
        let below = listing
            .iter()
            .filter(|entry| entry.kind == Kind::Directory && is_entered(entry.name));
        below.map(|entry| entry.name.to_owned()).collect()
    }
}

impl Visitor<'_> {
    /// Returns the names of the files in a directory, which may not exist.
    fn names(&mut self, directory: &Path) -> Vec<Vec<u8>> {
        let Ok(()) =
            Directory::open(directory).and_then(|directory| directory.list(&mut self.cache))
        else {
            return Vec::new();
        };
        self.cache
            .iter()
            .map(|entry| entry.name.as_bytes().to_vec())
            .collect()
    }
}
