//! Finds the sources of a project and reads them, by the same rules as everything that walks its modules. Tests are left
//! out: what they keep ends with them.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use memchr::memmem::Finder;

use super::facts::Source;
use super::index::Index;
use super::parse;
use crate::bytecode::scope::Scope;
use crate::bytecode::territory::Names;
use crate::host::directory::Listing;
use crate::host::{Directory, files, walk};

/// A source of more bytes was written by a program, and keeps nothing.
const MOST_BYTES: usize = 500_000;

/// The sources of a project.
#[derive(Debug)]
pub(crate) struct Sources(Scope);

impl Sources {
    /// Returns those below these roots, and of the project that they belong to.
    pub(crate) fn of(project: &Path, roots: &[PathBuf]) -> Self {
        let both: Vec<(PathBuf, PathBuf)> = roots.iter().map(|root| (root.clone(), real(root))).collect();
        Self(Scope::new(&real(project), &both))
    }

    /// Returns whether any of them holds a word. It costs a third of reading what they say.
    pub(crate) fn hold(&self, word: &str) -> bool {
        let finder = Finder::new(word);
        !self.each(|_, bytes| finder.find(bytes).map(drop)).is_empty()
    }

    /// Reads them.
    pub(crate) fn read(&self) -> Index {
        let mut sources = self.each(|path, bytes| {
            let (name, is_package) = self.name(&path)?;
            // What is not text in UTF-8 has the names that matter all the same.
            let text = String::from_utf8_lossy(bytes);
            Some(Source { path, ..parse::read(&name, is_package, &text) })
        });
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        sources.dedup_by(|a, b| a.path == b.path);
        Index::new(sources)
    }

    /// Looks at every source, with several threads.
    fn each<T: Send>(&self, look: impl Fn(PathBuf, &[u8]) -> Option<T> + Sync) -> Vec<T> {
        let (scope, look) = (&self.0, &look);
        let visitors = walk::walk(&scope.trees, || Visitor { scope, look, seen: Vec::new() });
        visitors.into_iter().flat_map(|visitor| visitor.seen).collect()
    }

    /// Returns the dotted name of a source below the nearest root, and whether it is a package's.
    fn name(&self, path: &Path) -> Option<(String, bool)> {
        let roots = self.0.filled.iter().chain(&self.0.trees).filter(|root| path.starts_with(root));
        let root = roots.max_by_key(|root| root.components().count())?;
        let inner = path.strip_prefix(root).ok()?.with_extension("");
        let mut parts: Vec<&str> = inner.iter().map(OsStr::to_str).collect::<Option<_>>()?;
        let is_package = parts.last() == Some(&"__init__");
        parts.truncate(parts.len() - usize::from(is_package));
        Some((parts.join("."), is_package))
    }
}

fn real(path: &Path) -> PathBuf {
    files::canonical(path).unwrap_or_else(|| path.to_owned())
}

struct Visitor<'a, T, F> {
    scope: &'a Scope,
    look: &'a F,
    seen: Vec<T>,
}

impl<T: Send, F: Fn(PathBuf, &[u8]) -> Option<T> + Sync> walk::Visitor for Visitor<'_, T, F> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        if names.is_foreign(directory, &self.scope.trees[tree]) {
            return Vec::new();
        }
        for module in names.modules.iter().filter(|module| !is_test(module)) {
            let path = directory.path.join(OsStr::from_bytes(&[module, b".py".as_slice()].concat()));
            let bytes = files::read(&path).ok().flatten().filter(|bytes| bytes.len() <= MOST_BYTES);
            self.seen.extend(bytes.and_then(|bytes| (self.look)(path, &bytes)));
        }
        let own = names.own_directories(self.scope, tree, directory).into_iter();
        own.map(|entry| entry.name.to_owned()).filter(|name| name != "tests" && name != "test").collect()
    }
}

fn is_test(module: &[u8]) -> bool {
    module == b"conftest" || module.starts_with(b"test_") || module.ends_with(b"_test")
}
