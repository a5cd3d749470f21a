//! Where an interpreter looks for modules, in which order, and why each place is there: `sys.path`
//! as `site` would make it, and what editable installs hook in, all read as data.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::archive::Archive;
use super::hooks::{self, Declared, Hook};
use super::pth::{self, Line};
use crate::env::Env;
use crate::host::stamp;
use crate::python::environment::Environment;
use crate::python::interpreter::Interpreter;
use crate::python::launch::{First, Flags};
use crate::python::library::Library;
use crate::values::paths;

/// Why a place is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// The directory that the command is started in.
    WorkingDirectory,
    /// The directory of the script.
    Script,
    Pythonpath,
    Library,
    UserSite,
    Packages,
    /// A line of this file names it.
    Pth(PathBuf),
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: PathBuf,
    pub because: Because,
}

/// Everything that decides where a module is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    pub entries: Vec<Entry>,
    pub(super) builtins: BTreeSet<String>,
    pub(super) frozen: BTreeSet<String>,
    /// The ends of the names of extension modules, in the order in which they are tried.
    pub extensions: Vec<String>,
    pub hooks: Vec<Hook>,
    /// Packages that are made before anything is searched for, in the order in which they are.
    pub(super) declared: Vec<Declared>,
    pub(super) archives: Vec<Archive>,
    /// The directories of packages that count.
    pub sites: Vec<PathBuf>,
    /// Lines of `.pth` files that are executed and that we can't follow, with their files.
    pub unknown: Vec<(PathBuf, String)>,
}

/// How an interpreter is started.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    pub interpreter: &'a Interpreter,
    pub library: &'a Library,
    /// The virtual environment that it belongs to.
    pub environment: Option<&'a Environment>,
    pub env: &'a Env,
    /// With its links resolved, as the interpreter has it.
    pub cwd: &'a Path,
    pub first: &'a First,
    pub flags: Flags,
}

impl Start<'_> {
    /// Returns where it looks.
    pub fn search(&self) -> Search {
        let library = self.library;
        let mut search = Search {
            builtins: library.builtins.iter().cloned().collect(),
            frozen: library.frozen.iter().cloned().collect(),
            extensions: library.extensions.clone(),
            ..Search::default()
        };
        if let Some(value) = self.variable("PYTHONPATH") {
            let elements = value.as_bytes().split(|&byte| byte == b':');
            // An empty element is the working directory.
            let is_here = |element: &[u8]| element.is_empty() || element == b".";
            let path = |element| {
                if is_here(element) {
                    self.cwd.to_owned()
                } else {
                    self.cwd.join(OsStr::from_bytes(element))
                }
            };
            let paths = elements.map(path);
            paths.for_each(|path| self.add(&mut search, path, Because::Pythonpath));
        }
        library
            .paths
            .iter()
            .for_each(|path| self.add(&mut search, path.clone(), Because::Library));
        if !self.flags.no_site {
            self.sites(&mut search);
        }
        self.first(&mut search);
        let of = |entry: &Entry| Archive::of(&entry.path, library.implies_directories());
        search.archives = search
            .entries
            .iter()
            .filter(|entry| !stamp::is_directory(&entry.path))
            .filter_map(of)
            .collect();
        search
    }

    /// Adds a place that is there before `site` runs, which then makes each whole and leaves out
    /// what comes again.
    fn add(&self, search: &mut Search, path: PathBuf, because: Because) {
        if self.flags.no_site {
            search.entries.push(Entry { path, because });
        } else {
            search.add(&path, because);
        }
    }

    /// Returns a variable that the interpreter reads, and that is not empty.
    fn variable(&self, name: &str) -> Option<&OsStr> {
        self.env
            .filled(name)
            .filter(|_| !self.flags.ignores_environment())
    }

    fn first(&self, search: &mut Search) {
        let is_safe = self.flags.safe_path
            || (self.library.knows_safe_path() && self.variable("PYTHONSAFEPATH").is_some());
        if self.flags.isolated || is_safe {
            return;
        }
        match self.first {
            First::WorkingDirectory => search.put_first(self.cwd, Because::WorkingDirectory),
            First::Script(directory) => search.put_first(directory, Because::Script),
        }
    }

    /// Adds the directories of packages: the environment's, the user's own, the interpreter's.
    fn sites(&self, search: &mut Search) {
        let own = self
            .environment
            .map(|environment| environment.site_packages.as_slice())
            .unwrap_or_default();
        own.iter()
            .for_each(|site| self.site(search, site, &Because::Packages));
        if self
            .environment
            .is_some_and(|environment| !environment.system)
        {
            return;
        }
        let is_off = self.flags.isolated
            || self.flags.no_user_site
            || self.variable("PYTHONNOUSERSITE").is_some();
        if let Some(user) = self.user_site().filter(|_| !is_off) {
            self.site(search, &user, &Because::UserSite);
        }
        self.interpreter
            .site_packages
            .iter()
            .for_each(|site| self.site(search, site, &Because::Packages));
    }

    fn user_site(&self) -> Option<PathBuf> {
        // `site` reads this one itself, whatever the flags say.
        let base = self.env.filled("PYTHONUSERBASE").map(PathBuf::from);
        let base = base.or_else(|| Some(PathBuf::from(self.env.filled("HOME")?).join(".local")))?;
        Some(self.cwd.join(base).join(&self.library.user_site))
    }

    fn site(&self, search: &mut Search, site: &Path, because: &Because) {
        if !stamp::is_directory(site) || search.sites.iter().any(|known| known == site) {
            return;
        }
        search.sites.push(site.to_owned());
        search.add(site, because.clone());
        for line in pth::lines(site, self.library.reads_pth()) {
            match line {
                Line::Path { file, path } if pth::exists(&path) => {
                    search.add(&path, Because::Pth(file));
                }
                Line::Path { .. } => {}
                Line::Code { file, text } => search.read_code(file, text, site),
            }
        }
    }
}

impl Search {
    /// Reads a line that is executed, as far as it is known.
    fn read_code(&mut self, file: PathBuf, text: String, site: &Path) {
        if let Some(hook) = hooks::load(&text, site) {
            self.hooks.push(hook);
        } else if let Some(declared) = hooks::declared(&text, &file, site) {
            self.declared.push(declared);
        } else if !pth::is_known(&text) {
            self.unknown.push((file, text));
        }
    }

    /// Puts a place in front, which may be there again.
    fn put_first(&mut self, path: &Path, because: Because) {
        self.entries.insert(
            0,
            Entry {
                path: paths::normalised(path),
                because,
            },
        );
    }

    /// Adds a place, unless it is there already: the first one counts.
    fn add(&mut self, path: &Path, because: Because) {
        let path = paths::normalised(path);
        if !self.entries.iter().any(|entry| entry.path == path) {
            self.entries.push(Entry { path, because });
        }
    }
}
