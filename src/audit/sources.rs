//! Finds the sources of a project and reads them, by the same rules as everything that walks its
//! modules. Tests are left out: what they keep ends with them.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use memchr::memmem::Finder;

use super::facts::Source;
use super::index::Index;
use super::keepers::LIBRARY;
use super::parse;
use crate::host::directory::Listing;
use crate::host::{Directory, cores, files, walk};
use crate::tree::scope::Scope;
use crate::tree::territory::Names;

/// A source of more bytes was written by a program, and keeps nothing.
const MOST_BYTES: usize = 500_000;

/// Below so many sources a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 24;

/// So often is looked for who names a module that names a module that matters: as often as calls
/// are followed, and for who clears a cache.
const MOST_ROUNDS: usize = 6;

/// Where more modules than this are new at once, nearly everything has to do with them.
const MOST_NEW: usize = 8;

/// Where the sources of a project lie.
#[derive(Debug)]
pub struct Sources(Scope);

/// A source as it was found.
struct Text {
    path: PathBuf,
    name: String,
    is_package: bool,
    bytes: Vec<u8>,
}

impl Sources {
    /// Returns those below these roots, and of the project that they belong to.
    pub fn of(project: &Path, roots: &[PathBuf]) -> Self {
        let both: Vec<(PathBuf, PathBuf)> = roots
            .iter()
            .map(|root| (root.clone(), real(root)))
            .collect();
        Self(Scope::new(&real(project), &both))
    }

    /// Reads what may have to do with a file that is no module: the sources that could name it, and
    /// who names those.
    pub fn about_data(&self, file: &Path) -> Index {
        let text = |part: Option<&OsStr>| {
            part.map(|part| part.as_bytes().to_vec())
                .unwrap_or_default()
        };
        let (name, end) = (
            text(file.file_name()),
            [b".", text(file.extension()).as_slice()].concat(),
        );
        let words = [name.as_slice(), &end, b"dotenv"].map(Finder::new);
        index(self.texts(), |text| {
            words.iter().any(|word| word.find(&text.bytes).is_some())
        })
    }

    /// Reads what may have to do with an edited source in a project that keeps results on disk;
    /// nothing in any other.
    pub fn about_module(&self, file: &Path) -> Index {
        let library = Finder::new(LIBRARY);
        let keeps = |text: &Text| library.find(&text.bytes).is_some();
        let texts = self.texts();
        if texts.iter().any(keeps) {
            index(texts, |text| keeps(text) || text.path == file)
        } else {
            Index::default()
        }
    }

    /// Looks at every source, with several threads.
    fn texts(&self) -> Vec<Text> {
        let visitors = walk::walk(&self.0.trees, || Visitor {
            sources: self,
            seen: Vec::new(),
        });
        let mut texts: Vec<Text> = visitors
            .into_iter()
            .flat_map(|visitor| visitor.seen)
            .collect();
        texts.sort_by(|a, b| a.path.cmp(&b.path));
        texts.dedup_by(|a, b| a.path == b.path);
        texts
    }

    /// Returns the dotted name of a source below the nearest root, and whether it is a package's.
    fn name(&self, path: &Path) -> Option<(String, bool)> {
        let roots = self
            .0
            .filled
            .iter()
            .chain(&self.0.trees)
            .filter(|root| path.starts_with(root));
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

/// Parses those that matter, and those that name them, which is all that parsing could connect with
/// them.
fn index(texts: Vec<Text>, matters: impl Fn(&Text) -> bool) -> Index {
    let (mut new, mut rest): (Vec<Text>, Vec<Text>) = texts.into_iter().partition(matters);
    let mut chosen = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let names: BTreeSet<&str> = new
            .iter()
            .filter_map(|text| text.name.rsplit('.').next())
            .filter(|name| !name.is_empty())
            .collect();
        let are_many = names.len() > MOST_NEW;
        let finders: Vec<Finder<'_>> = names.into_iter().map(Finder::new).collect();
        let names_one = |text: &Text| {
            finders
                .iter()
                .any(|finder| finder.find(&text.bytes).is_some())
        };
        let (next, others) = rest
            .into_iter()
            .partition(|text| are_many || names_one(text));
        drop(finders);
        chosen.append(&mut new);
        (new, rest) = (next, others);
    }
    chosen.append(&mut new);
    Index::new(cores::spread(&chosen, WORTH_A_THREAD, parsed))
}

fn parsed(text: &Text) -> Source {
    // What is not text in UTF-8 has the names that matter all the same.
    let content = String::from_utf8_lossy(&text.bytes).into_owned();
    let source = parse::read(&text.name, text.is_package, &content);
    Source {
        path: text.path.clone(),
        text: content,
        ..source
    }
}

struct Visitor<'a> {
    sources: &'a Sources,
    seen: Vec<Text>,
}

impl Visitor<'_> {
    fn read(&self, directory: &Directory, module: &[u8]) -> Option<Text> {
        let file = OsString::from(OsStr::from_bytes(&[module, b".py".as_slice()].concat()));
        let bytes = directory
            .read(&file)
            .ok()
            .map(|(bytes, _)| bytes)
            .filter(|bytes| bytes.len() <= MOST_BYTES)?;
        let path = directory.path.join(file);
        let (name, is_package) = self.sources.name(&path)?;
        Some(Text {
            path,
            name,
            is_package,
            bytes,
        })
    }
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        let scope = &self.sources.0;
        if names.is_foreign(directory, &scope.trees[tree]) {
            return Vec::new();
        }
        for module in names.modules.iter().filter(|module| !is_test(module)) {
            let text = self.read(directory, module);
            self.seen.extend(text);
        }
        let own = names.own_directories(scope, tree, directory).into_iter();
        own.map(|entry| entry.name.to_owned())
            .filter(|name| name != "tests" && name != "test")
            .collect()
    }
}

fn is_test(module: &[u8]) -> bool {
    module == b"conftest" || module.starts_with(b"test_") || module.ends_with(b"_test")
}
