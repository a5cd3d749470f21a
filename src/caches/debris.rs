//! What the tools of the Python world leave in a project: which names are theirs, and what must be
//! in them so that nothing of a person's is taken for it.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::leftovers::{Leftover, Rule};
use crate::host::directory::{Entry, Listing};
use crate::host::{Directory, Kind, files};
use crate::python::{environment, installed};

/// A tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Coverage,
    Jupyter,
    Mypy,
    Package,
    Pyre,
    Pytest,
    Ruff,
    Tox,
}

impl Tool {
    pub const ALL: [Self; 8] = [
        Self::Coverage,
        Self::Jupyter,
        Self::Mypy,
        Self::Package,
        Self::Pyre,
        Self::Pytest,
        Self::Ruff,
        Self::Tox,
    ];

    /// Returns the directories that are this tool's alone, by name.
    fn directories(self) -> &'static [&'static str] {
        match self {
            Self::Coverage | Self::Package => &[],
            Self::Jupyter => &[".ipynb_checkpoints"],
            Self::Mypy => &[".mypy_cache"],
            Self::Pyre => &[".pyre", ".pytype"],
            Self::Pytest => &[".pytest_cache"],
            Self::Ruff => &[".ruff_cache"],
            Self::Tox => &[".tox", ".nox"],
        }
    }
}

/// Finds what some tools left.
#[derive(Clone, Debug)]
pub struct Debris<'a> {
    pub tools: &'a [Tool],
    pub metadata: &'a Metadata,
}

/// Which metadata of distributions is read from the project itself.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// The distributions that `setup.py develop` linked to their sources, in any environment of the
    /// project.
    linked: Vec<String>,
    /// Those that an environment has metadata of its own about.
    installed: Vec<String>,
    /// Directories that can be on `sys.path`, where metadata beside the modules is found.
    roots: Vec<PathBuf>,
}

impl Metadata {
    /// Looks it up.
    pub fn of(project: &Path, site_packages: &[PathBuf], roots: &[PathBuf]) -> Self {
        let below = files::names(project)
            .into_iter()
            .map(|name| project.join(name));
        let others = below
            .filter_map(|path| environment::load(&path))
            .flat_map(|found| found.site_packages);
        let sites: Vec<PathBuf> = site_packages.iter().cloned().chain(others).collect();
        let names: Vec<OsString> = sites.iter().flat_map(|site| files::names(site)).collect();
        let stems = |end: &str| {
            let of =
                |name: &OsString| Some(installed::normalised(name.to_str()?.strip_suffix(end)?));
            names.iter().filter_map(of).collect::<Vec<String>>()
        };
        let installed = site_packages
            .iter()
            .flat_map(|site| installed::distributions(site))
            .map(|found| found.name);
        Self {
            linked: stems(".egg-link"),
            installed: installed.collect(),
            roots: roots.to_vec(),
        }
    }

    fn needs(&self, directory: &Path, name: &str) -> bool {
        let name = installed::normalised(name);
        let is_read =
            self.roots.iter().any(|root| root == directory) && !self.installed.contains(&name);
        is_read || self.linked.contains(&name)
    }
}

impl Rule for Debris<'_> {
    fn pick(&self, directory: &Directory, listing: &Listing) -> Vec<Leftover> {
        let own = listing
            .iter()
            .filter_map(|entry| self.own(directory, entry));
        own.chain(self.built(directory, listing)).collect()
    }
}

impl Debris<'_> {
    fn has(&self, tool: Tool) -> bool {
        self.tools.contains(&tool)
    }

    fn own(&self, directory: &Directory, entry: Entry<'_>) -> Option<Leftover> {
        let by_name = |tool: &&Tool| tool.directories().iter().any(|name| entry.name == *name);
        let is_own = match entry.kind {
            Kind::Directory => {
                self.tools.iter().any(|tool| by_name(&tool))
                    || (self.has(Tool::Coverage) && is_report(directory, entry.name))
                    || (self.has(Tool::Package) && self.is_metadata(directory, entry.name))
            }
            Kind::File => self.has(Tool::Coverage) && is_coverage(directory, entry.name),
            Kind::Link | Kind::Other => false,
        };
        is_own.then(|| Leftover::of(directory, entry.name, entry.kind))
    }

    /// Returns whether a directory is what setuptools writes about a distribution, and nothing
    /// installed needs it.
    fn is_metadata(&self, directory: &Directory, name: &OsStr) -> bool {
        let Some(stem) = name.as_bytes().strip_suffix(b".egg-info") else {
            return false;
        };
        let holds = |file| {
            directory
                .child(name)
                .is_ok_and(|inside| inside.stat(OsStr::new(file)).is_some())
        };
        holds("PKG-INFO")
            && !self
                .metadata
                .needs(&directory.path, &String::from_utf8_lossy(stem))
    }

    /// Returns what setuptools keeps in `build`, beside the file that has it built.
    fn built(&self, directory: &Directory, listing: &Listing) -> Vec<Leftover> {
        let has = |name: &str| listing.iter().any(|entry| entry.name == name);
        let builds = self.has(Tool::Package) && (has("setup.py") || has("pyproject.toml"));
        let Some(inside) = builds
            .then(|| directory.child(OsStr::new("build")).ok())
            .flatten()
        else {
            return Vec::new();
        };
        let mut names = Listing::default();
        if inside.list(&mut names).is_err() {
            return Vec::new();
        }
        // A person's own `lib` has no such neighbour.
        if !names
            .iter()
            .any(|entry| entry.name.as_bytes().starts_with(b"bdist."))
        {
            return Vec::new();
        }
        let is_part = |entry: &Entry<'_>| {
            entry.kind == Kind::Directory && is_part_of_build(entry.name.as_bytes())
        };
        names
            .iter()
            .filter(is_part)
            .map(|entry| Leftover::of(&inside, entry.name, entry.kind))
            .collect()
    }
}

fn is_part_of_build(name: &[u8]) -> bool {
    name == b"lib"
        || [b"lib.".as_slice(), b"temp.", b"bdist.", b"scripts-"]
            .iter()
            .any(|start| name.starts_with(start))
}

/// Returns whether a file is data of coverage: a database, or its report.
fn is_coverage(directory: &Directory, name: &OsStr) -> bool {
    let begins = |bytes: &[u8]| {
        directory
            .head::<16>(name)
            .is_ok_and(|(head, _)| head.starts_with(bytes))
    };
    let is_data = name == ".coverage" || name.as_bytes().starts_with(b".coverage.");
    (is_data && begins(b"SQLite format 3")) || (name == "coverage.xml" && begins(b"<?xml"))
}

fn is_report(directory: &Directory, name: &OsStr) -> bool {
    let holds = |file: &str| {
        directory
            .child(name)
            .is_ok_and(|inside| inside.stat(OsStr::new(file)).is_some())
    };
    name == "htmlcov" && holds("index.html")
}
