//! pytest as a second compiler: it keeps its rewritten tests in bytecode of their own, and from 9.2
//! on checks them by content, so that they can be made ahead like any module's. Which tests, and by
//! which pytest; how, is `fill`'s.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::env::Env;
use crate::host::directory::Listing;
use crate::host::{Directory, walk};
use crate::python::names;
use crate::python::pytest::{Settings, Tests, Version};
use crate::tree::scope::Scope;
use crate::tree::territory::Names;

/// A pytest whose files can be made ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewriter {
    pub version: String,
    pub tests: Tests,
    /// Where it is imported from.
    pub site_packages: Vec<PathBuf>,
}

impl Rewriter {
    /// Returns the rewriter of a project, if this version checks by content and its settings are
    /// the usual ones.
    pub fn of(
        version: Version,
        project: &Path,
        env: &Env,
        site_packages: &[PathBuf],
    ) -> Option<Self> {
        let settings = version
            .checks_content()
            .then(|| Settings::read(project, env))?;
        let (tests, version, site_packages) = (settings.tests, version.0, site_packages.to_vec());
        (!settings.otherwise).then_some(Self {
            version,
            tests,
            site_packages,
        })
    }

    /// Returns whether it rewrites a module.
    pub fn rewrites(&self, directory: &Path, module: &[u8]) -> bool {
        std::str::from_utf8(module)
            .is_ok_and(|module| self.tests.has(directory, &format!("{module}.py")))
    }

    /// Returns the name of what it makes of a module.
    pub fn cache_name(&self, module: &[u8], tag: &str) -> Vec<u8> {
        names::pytest_name(module, tag, &self.version)
    }
}

/// Returns how many files of a scope pytest rewrites, and how many bytes they have.
pub fn weigh(scope: &Scope, tests: &Tests) -> (usize, u64) {
    let visitors = walk::walk(&scope.trees, || Visitor {
        scope,
        tests,
        files: 0,
        bytes: 0,
    });
    visitors.iter().fold((0, 0), |(files, bytes), visitor| {
        (files + visitor.files, bytes + visitor.bytes)
    })
}

struct Visitor<'a> {
    scope: &'a Scope,
    tests: &'a Tests,
    files: usize,
    bytes: u64,
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        if names.is_foreign(directory, &self.scope.trees[tree]) {
            return Vec::new();
        }
        let tests = listing
            .iter()
            .filter_map(|entry| entry.name.to_str())
            .filter(|name| name.ends_with(".py"));
        for name in tests.filter(|name| self.tests.has(&directory.path, name)) {
            self.files += 1;
            self.bytes += directory
                .stat(OsStr::new(name))
                .map_or(0, |stamp| stamp.size);
        }
        names
            .own_directories(self.scope, tree, directory)
            .iter()
            .map(|entry| entry.name.to_owned())
            .collect()
    }
}
