//! Which directories hold modules of the project's own. Never inside a virtual environment,
//! `site-packages`, `node_modules`, a version control directory, or another project's tree, unless
//! it is listed as a source root.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::host::Tree;
use crate::host::tree::Id;
use crate::python::environment;

/// Directories that never hold modules of the project's own, by name.
const PASSED_OVER: [&str; 10] = [
    "node_modules",
    "site-packages",
    "dist-packages",
    "__pypackages__",
    "__pycache__",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
];

/// What version control keeps its own in, or knows a working copy by: directories, and files of
/// some.
const OF_REPOSITORIES: [&str; 11] = [
    ".git",
    ".hg",
    ".svn",
    ".jj",
    ".bzr",
    ".sl",
    "_darcs",
    ".pijul",
    ".fossil",
    ".fslckout",
    "_FOSSIL_",
];

/// Those directories that installers put packages into.
const PACKAGES: [&str; 3] = ["site-packages", "dist-packages", "__pypackages__"];

/// Returns whether a directory of this name is passed over, but where packages were asked for.
pub fn is_passed_over(name: &OsStr) -> bool {
    PASSED_OVER.iter().any(|known| name == *known) || is_of_repository(name)
}

/// Returns whether a file or directory of this name is what version control keeps.
pub fn is_of_repository(name: &OsStr) -> bool {
    OF_REPOSITORIES.iter().any(|known| name == *known)
}

/// Returns whether installers put packages into directories of this name.
pub fn holds_packages(name: &OsStr) -> bool {
    PACKAGES.iter().any(|known| name == *known)
}

/// Returns whether a file of this name says that the directory it is in belongs to an environment.
pub fn marks_environment(name: &OsStr) -> bool {
    name == environment::MARKER || name == "conda-meta"
}

/// The trees that hold the project's own modules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The project's directory and its source roots, links resolved, none twice.
    pub trees: Vec<PathBuf>,
    /// The trees whose every module is filled.
    pub filled: Vec<PathBuf>,
    /// Source roots under the names that `sys.path` has for them, where those lead through links.
    spelled: Vec<PathBuf>,
    /// Of some of the trees, in their order, the modules that alone are meant.
    modules: Vec<Option<BTreeSet<OsString>>>,
    /// Of each tree, whether environments and directories of packages in it are entered, because
    /// they were asked for.
    packages: Vec<bool>,
    /// What each tree was when the scope was made.
    looked: BTreeMap<PathBuf, Id>,
}

impl Scope {
    /// Returns the scope of a project with these source roots, each as spelled and with its links
    /// resolved; without any, the project itself is filled.
    pub fn new(project: &Path, sources: &[(PathBuf, PathBuf)]) -> Self {
        let mut scope = Self {
            trees: vec![project.to_owned()],
            ..Self::default()
        };
        for (spelled, resolved) in sources {
            push_new(&mut scope.trees, resolved);
            push_new(&mut scope.filled, resolved);
            if spelled != resolved {
                push_new(&mut scope.spelled, spelled);
            }
        }
        if sources.is_empty() {
            scope.filled.push(project.to_owned());
        }
        scope.look()
    }

    /// Returns a scope of exactly these trees.
    pub fn of_trees(trees: Vec<PathBuf>, filled: Vec<PathBuf>) -> Self {
        Self {
            trees,
            filled,
            ..Self::default()
        }
        .look()
    }

    /// Returns a scope of trees that were looked at before.
    pub fn of_looked(trees: Vec<Tree>, filled: Vec<PathBuf>) -> Self {
        let looked = trees
            .iter()
            .filter_map(|tree| Some((tree.path.clone(), tree.id?)))
            .collect();
        Self {
            trees: trees.into_iter().map(|tree| tree.path).collect(),
            filled,
            looked,
            ..Self::default()
        }
    }

    fn look(mut self) -> Self {
        let trees = self.trees.iter().map(|path| Tree::at(path));
        self.looked = trees
            .filter_map(|tree| Some((tree.path, tree.id?)))
            .collect();
        self
    }

    /// Returns a tree as it was when the scope was made.
    pub fn looked_at(&self, path: &Path) -> Tree {
        Tree {
            path: path.to_owned(),
            id: self.looked.get(path).copied(),
        }
    }

    /// Returns the trees as they were when the scope was made.
    pub fn all_looked_at(&self) -> Vec<Tree> {
        self.trees.iter().map(|path| self.looked_at(path)).collect()
    }

    /// Returns a scope of what was asked for by name: whole trees, or single modules in a
    /// directory. An environment is entered where it is what was asked for, or lies above that and
    /// below the project.
    pub fn of_named(named: Vec<(PathBuf, Option<OsString>)>, project: &Path) -> Self {
        let is_package = |path: &Path| {
            let mut above = path.ancestors().take_while(|above| *above != project);
            above.any(|above| {
                above.file_name().is_some_and(holds_packages) || environment::is_environment(above)
            })
        };
        let mut asked: BTreeMap<PathBuf, Option<BTreeSet<OsString>>> = BTreeMap::new();
        for (tree, module) in named {
            let modules = asked.entry(tree).or_insert_with(|| Some(BTreeSet::new()));
            match (modules.as_mut(), module) {
                (Some(modules), Some(module)) => drop(modules.insert(module)),
                // The whole directory, whatever else of it was named.
                _ => *modules = None,
            }
        }
        let packages = asked.keys().map(|path| is_package(path)).collect();
        let (trees, modules): (Vec<PathBuf>, Vec<_>) = asked.into_iter().unzip();
        Self {
            filled: trees.clone(),
            trees,
            modules,
            packages,
            ..Self::default()
        }
        .look()
    }

    /// Returns the modules that alone are meant of a tree; nothing where all are.
    pub fn modules_of(&self, tree: usize) -> Option<&BTreeSet<OsString>> {
        self.modules.get(tree)?.as_ref()
    }

    /// Returns whether this is what somebody named, and not the project.
    pub fn is_named(&self) -> bool {
        !self.modules.is_empty()
    }

    /// Returns whether single modules are meant.
    pub fn has_modules(&self) -> bool {
        self.modules.iter().any(Option::is_some)
    }

    /// Returns whether bytecode of a module is meant, by the tree that it was found in and the
    /// directory of its source.
    pub fn means(&self, tree: &Path, source: &Path, module: &[u8]) -> bool {
        let mut asked = self
            .trees
            .iter()
            .enumerate()
            .filter(|(_, own)| *own == tree);
        let module = OsStr::from_bytes(module);
        asked.any(|(index, _)| {
            self.modules_of(index)
                .is_none_or(|own| own.contains(module) && source == tree)
        })
    }

    /// Returns whether a tree was asked for that holds packages.
    pub fn holds_packages(&self, tree: usize) -> bool {
        self.packages.get(tree).is_some_and(|holds| *holds)
    }

    /// Returns whether a directory of this name is entered in a tree.
    pub fn enters(&self, tree: usize, name: &OsStr) -> bool {
        !is_passed_over(name) || (self.holds_packages(tree) && holds_packages(name))
    }

    /// Returns the scope for a bytecode prefix, where a module's bytecode lies under the name by
    /// which the module is reached.
    pub fn as_spelled(&self) -> Self {
        let both = |paths: &[PathBuf]| [paths, &self.spelled].concat();
        Self {
            trees: both(&self.trees),
            filled: both(&self.filled),
            spelled: Vec::new(),
            ..self.clone()
        }
    }

    /// Returns the scope with more names of its trees, under which nothing is filled.
    pub fn also_as(mut self, spelled: &[PathBuf]) -> Self {
        spelled
            .iter()
            .for_each(|path| push_new(&mut self.trees, path));
        self
    }

    /// Returns the names in a directory that are trees of their own, and so are walked for
    /// themselves.
    pub fn trees_in<'a>(&'a self, directory: &'a Path) -> impl Iterator<Item = &'a OsStr> {
        let inside = self
            .trees
            .iter()
            .filter(move |tree| tree.parent() == Some(directory));
        inside.filter_map(|tree| tree.file_name())
    }

    /// Returns whether every module in a directory is filled.
    pub fn is_filled(&self, directory: &Path) -> bool {
        self.filled.iter().any(|root| directory.starts_with(root))
    }

    /// Returns the tree that a path, links resolved, lies in.
    pub fn tree_of(&self, path: &Path) -> Option<PathBuf> {
        self.trees
            .iter()
            .find(|tree| path.starts_with(tree))
            .cloned()
    }
}

fn push_new(paths: &mut Vec<PathBuf>, path: &Path) {
    if !paths.iter().any(|known| known == path) {
        paths.push(path.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(sources: &[(&str, &str)]) -> Scope {
        let sources: Vec<_> = sources
            .iter()
            .map(|(a, b)| (PathBuf::from(a), PathBuf::from(b)))
            .collect();
        Scope::new(Path::new("/p"), &sources)
    }

    fn paths(paths: &[&str]) -> Vec<PathBuf> {
        paths.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn without_source_roots_the_project_itself_is_filled() {
        assert_eq!(scope(&[]).filled, paths(&["/p"]));
        assert_eq!(scope(&[("/p/src", "/p/src")]).filled, paths(&["/p/src"]));
        assert!(!scope(&[("/p/src", "/p/src")]).is_filled(Path::new("/p")));
    }

    #[test]
    fn a_root_with_two_names_is_one_tree_and_keeps_the_name_that_a_prefix_goes_by() {
        let scope = scope(&[("/p/link", "/real"), ("/p/other", "/real"), ("/p", "/p")]);
        assert_eq!(
            (&scope.trees, &scope.filled),
            (&paths(&["/p", "/real"]), &paths(&["/real", "/p"]))
        );
        let spelled = scope.as_spelled();
        assert_eq!(
            spelled.trees,
            paths(&["/p", "/real", "/p/link", "/p/other"])
        );
        assert_eq!(
            spelled.filled,
            paths(&["/real", "/p", "/p/link", "/p/other"])
        );
    }

    #[test]
    fn a_tree_below_a_directory_is_walked_for_itself_from_there_alone() {
        let scope = scope(&[("/p/a/b", "/p/a/b"), ("/p/c", "/p/c")]);
        let names = |directory: &str| {
            scope
                .trees_in(Path::new(directory))
                .map(OsStr::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (names("/p"), names("/p/a")),
            (vec!["c".into()], vec!["b".into()])
        );
    }

    #[test]
    fn a_path_lies_in_a_tree_by_whole_names() {
        let scope = scope(&[("/lib", "/lib")]);
        assert_eq!(scope.tree_of(Path::new("/lib/x")), Some("/lib".into()));
        assert_eq!(scope.tree_of(Path::new("/library/x")), None);
    }
}
