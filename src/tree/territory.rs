//! What a directory of the project holds, by name alone, and which directories in it are the
//! project's own too. Shared by everything that walks a scope, so that all of them agree on where
//! the project ends.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::scope::{self, Scope};
use crate::host::directory::{Entry, Listing};
use crate::host::{Directory, Kind, files, stamp};
use crate::python::environment;
use crate::python::names::{self, PYCACHE};
use crate::values::manifest::{self, CONFIGURATION, MANIFEST};

/// The names of a directory, sorted by what they are.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one name")]
pub struct Names<'a> {
    pub directories: Vec<Entry<'a>>,
    pub links: Vec<&'a OsStr>,
    /// Without `.py`; in order where there are loose files.
    pub modules: Vec<&'a [u8]>,
    /// Bytecode beside the sources, which Python imports where the source is gone.
    pub loose: Vec<&'a OsStr>,
    pub has_cache: bool,
    /// Whether the directory of bytecode is a link.
    pub cache_is_link: bool,
    /// Whether the directory belongs to an environment, not to the project.
    pub environment: bool,
    /// Whether there is what says which branch a repository is on.
    head: bool,
    pub configuration: bool,
    pub manifest: bool,
}

impl<'a> Names<'a> {
    pub fn sort(listing: &'a Listing) -> Self {
        let mut names = Self::default();
        for entry in listing.iter() {
            names.environment |= scope::marks_environment(entry.name);
            names.head |= entry.name == "HEAD";
            match entry.kind {
                Kind::Directory if entry.name == PYCACHE => names.has_cache = true,
                Kind::Link if entry.name == PYCACHE => names.cache_is_link = true,
                Kind::Directory => names.directories.push(entry),
                Kind::Link if !is_file_of_python(entry.name) => names.links.push(entry.name),
                Kind::File | Kind::Link => names.file(entry.name),
                Kind::Other => {}
            }
        }
        if !names.loose.is_empty() {
            names.modules.sort_unstable();
        }
        names
    }

    fn file(&mut self, name: &'a OsStr) {
        match name.as_bytes() {
            bytes if bytes == CONFIGURATION.as_bytes() => self.configuration = true,
            bytes if bytes == MANIFEST.as_bytes() => self.manifest = true,
            bytes => match bytes.strip_suffix(b".py") {
                Some(module) => self.modules.push(module),
                None if has_suffix(name, b".pyc") => self.loose.push(name),
                None => {}
            },
        }
    }

    /// Returns whether a directory is another project's, a repository's own or an environment, and
    /// not the tree that was asked for.
    pub fn is_foreign(&self, directory: &Directory, tree: &Path) -> bool {
        directory.path != *tree
            && (self.is_environment(directory)
                || self.is_project(directory)
                || self.is_repository())
    }

    /// Returns whether a directory is where git keeps a repository, whatever its name
    /// (gitrepository-layout(5)).
    pub fn is_repository(&self) -> bool {
        let has = |name: &str| self.directories.iter().any(|entry| entry.name == name);
        self.head && has("objects") && has("refs")
    }

    /// Returns whether a configuration makes a directory a project of its own.
    pub fn is_project(&self, directory: &Directory) -> bool {
        self.configuration || (self.manifest && has_own_table(directory) == Some(true))
    }

    /// Returns whether a directory is an environment, be it one that early versions of virtualenv
    /// made, without a marker.
    pub fn is_environment(&self, directory: &Directory) -> bool {
        let has = |name: &str| self.directories.iter().any(|entry| entry.name == name);
        let holds = |path: &str| directory.stat(OsStr::new(path)).is_some();
        self.environment || (has("bin") && has("lib") && holds("bin/activate_this.py"))
    }

    /// Returns whether nothing here concerns Python.
    pub fn is_barren(&self) -> bool {
        let lists = self.directories.is_empty() && self.links.is_empty() && self.modules.is_empty();
        lists && self.loose.is_empty() && !self.has_cache && !self.cache_is_link
    }

    /// Returns whether a loose file would be imported for want of a source; nothing where no module
    /// has such a name. A package goes before it, and a source that is a link to nowhere is none.
    pub fn is_imported(&self, directory: &Directory, loose: &OsStr) -> Option<bool> {
        let module = module_of(loose);
        let is_file = |end: &[u8]| {
            let stamp = directory.stat(OsStr::from_bytes(&[module, end].concat()));
            stamp.is_some_and(|stamp| stamp.kind == Kind::File)
        };
        let has_source = self.modules.binary_search(&module).is_ok() && is_file(b".py");
        let is_hidden = has_source || is_file(b"/__init__.py");
        (is_hidden || !module.contains(&b'.')).then_some(!is_hidden)
    }

    /// Yields the directories that may hold modules of the project, as far as their names tell.
    pub fn own_directories(
        &self,
        scope: &Scope,
        tree: usize,
        directory: &Directory,
    ) -> Vec<Entry<'a>> {
        let trees: Vec<OsString> = scope
            .trees_in(&directory.path)
            .map(OsStr::to_owned)
            .collect();
        let own = |entry: &&Entry<'a>| {
            scope.enters(tree, entry.name) && !trees.iter().any(|t| t == entry.name)
        };
        self.directories.iter().filter(own).copied().collect()
    }
}

/// Returns whether the manifest in a directory makes it a project of its own; nothing where it
/// can't be read.
pub fn has_own_table(directory: &Directory) -> Option<bool> {
    if directory
        .stat(OsStr::new(MANIFEST))
        .is_some_and(|stamp| files::is_beyond_small(&stamp))
    {
        return Some(true);
    }
    let (bytes, _) = directory.read(OsStr::new(MANIFEST)).ok()?;
    Some(manifest::is_configuration(
        &directory.path.join(MANIFEST),
        &String::from_utf8_lossy(&bytes),
    ))
}

/// Returns the directories below a prefix, of those in one that mirrors `source`, that mirror the
/// project's own.
pub fn mirrored_directories(
    scope: &Scope,
    tree: usize,
    source: &Path,
    names: &Names<'_>,
) -> Vec<OsString> {
    let trees: Vec<&OsStr> = scope.trees_in(source).collect();
    let candidates = names.directories.iter().map(|entry| entry.name);
    let own = candidates.filter(|name| scope.enters(tree, name) && !trees.contains(name));
    own.filter(|name| scope.holds_packages(tree) || !is_foreign(&source.join(name)))
        .map(OsStr::to_owned)
        .collect()
}

/// Returns whether a directory is an environment, or another project.
pub fn is_foreign(directory: &Path) -> bool {
    let is_configured = || stamp::is_file(&directory.join(CONFIGURATION));
    let has_table = || {
        Directory::open(directory).is_ok_and(|directory| has_own_table(&directory) == Some(true))
    };
    environment::is_environment(directory) || is_configured() || has_table()
}

/// Returns whether a directory is another project whose modules can be imported from a tree.
pub fn is_guest(tree: &Path, directory: &Path) -> bool {
    is_importable(tree, directory)
        && is_foreign(directory)
        && !environment::is_environment(directory)
}

/// Returns whether a directory below a tree can be a package, by the names on the way to it.
pub fn is_importable(tree: &Path, directory: &Path) -> bool {
    let way = directory.strip_prefix(tree).ok();
    way.is_some_and(|way| way.iter().all(|name| names::is_identifier(name.as_bytes())))
}

/// Returns whether Python would open what has this name: no package has a dot in it.
fn is_file_of_python(name: &OsStr) -> bool {
    has_suffix(name, b".py") || has_suffix(name, b".pyc")
}

fn has_suffix(name: &OsStr, suffix: &[u8]) -> bool {
    name.as_bytes().ends_with(suffix)
}

/// Returns the name of the module that a loose file would be.
pub fn module_of(loose: &OsStr) -> &[u8] {
    loose.as_bytes().strip_suffix(b".pyc").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn holding(names: &'static [&'static str]) -> Names<'static> {
        let entry = |name: &&'static str| Entry {
            name: OsStr::new(*name),
            kind: Kind::Directory,
            ino: 1,
        };
        Names {
            directories: names.iter().map(entry).collect(),
            ..Names::default()
        }
    }

    #[test]
    fn bytecode_without_a_source_counts_where_it_could_be_a_module() {
        let root = Directory::open(Path::new("/")).unwrap();
        let is_imported = |name: &str| Names::default().is_imported(&root, OsStr::new(name));
        assert_eq!(is_imported("gone.pyc"), Some(true));
        assert_eq!(
            is_imported("gone.cpython-311.pyc"),
            None,
            "no module has a dot in its name"
        );
    }

    #[test]
    fn a_walk_leaves_out_what_is_passed_over_and_what_is_a_tree_of_its_own() {
        let names = holding(&["src", "site-packages", ".hidden", "node_modules", "lib"]);
        let root = PathBuf::from("/");
        let scope = Scope::of_trees(vec![root.clone(), "/lib".into()], Vec::new());
        let own = names.own_directories(&scope, 0, &Directory::open(&root).unwrap());
        assert_eq!(
            own.iter().map(|entry| entry.name).collect::<Vec<_>>(),
            ["src", ".hidden"]
        );
        assert_eq!(
            mirrored_directories(&scope, 0, &root, &names),
            ["src", ".hidden"]
        );
    }

    #[test]
    fn a_directory_is_barren_where_not_even_its_bytecode_is_a_link() {
        assert!(
            Names {
                configuration: true,
                ..Names::default()
            }
            .is_barren()
        );
        assert!(
            !Names {
                cache_is_link: true,
                ..Names::default()
            }
            .is_barren()
        );
        assert!(!holding(&["src"]).is_barren());
    }
}
