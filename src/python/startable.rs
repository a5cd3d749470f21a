//! Which interpreter may be started to say what it is. Asking runs nothing of theirs: a program
//! that a repository brought, that somebody else can change, or that only chooses another one, is
//! not started by a command that nobody consented to. The files speak instead. What is started is
//! never the path that a repository wrote, but the file that it leads to. Looks at files, and
//! starts nothing.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::environment;
use crate::env::Env;
use crate::host::alone::Whose;
use crate::host::{files, stamp};
use crate::values::manifest::{CONFIGURATION, MARKERS};
use crate::values::paths::normalised;
use crate::values::user::User;

/// How the names of interpreters begin; what follows is a version, and the letters of a build.
const FAMILIES: [&str; 3] = ["python", "pypy", "graalpy"];

/// Variables by which the system finds the libraries of a program. An interpreter may have been
/// built so that it does not start without.
const LOADER: [&str; 4] = [
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "DYLD_FRAMEWORK_PATH",
];

/// An interpreter that may be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Startable {
    /// What is started: the file that the spelled path leads to; of a shim the path as spelled, by
    /// which it chooses.
    pub path: PathBuf,
    /// The file.
    pub resolved: PathBuf,
    /// Whether it only starts an interpreter that it chooses.
    pub is_shim: bool,
}

/// Why an interpreter is not started unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is nothing at the path.
    Gone,
    /// It lies in a tree that nobody consented to.
    Brought(PathBuf),
    /// Its name, or what lies around it, is not that of an interpreter.
    Odd(PathBuf),
    /// It chooses another one by what lies in the working directory.
    Shim(PathBuf),
    /// This file or directory belongs to somebody else, or somebody else may write it.
    Open(PathBuf),
}

/// What the user consented to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    #[default]
    Nothing,
    /// A project, with this environment.
    Project(Option<PathBuf>),
    /// The very interpreter: the user named it.
    Named,
}

/// How careful to be: where a question is asked, by whom, and what they consented to.
#[derive(Clone, Debug)]
pub struct Caution {
    /// Links resolved.
    places: Vec<PathBuf>,
    home: Option<PathBuf>,
    user: User,
    consent: Consent,
}

impl Caution {
    /// Returns the caution for a question about a project, links resolved, if there is one, and
    /// these directories.
    pub fn around(
        project: Option<&Path>,
        others: &[&Path],
        home: Option<&Path>,
        user: User,
    ) -> Self {
        let places = project.map(Path::to_owned).into_iter().collect();
        let mut caution = Self {
            places,
            home: home.map(Path::to_owned),
            user,
            consent: Consent::Nothing,
        };
        others.iter().for_each(|place| caution.add(place));
        caution
    }

    /// Returns the same caution where another place is asked about, too: that of a program which
    /// was named by its path.
    pub fn and_around(&self, place: &Path) -> Self {
        let mut caution = self.clone();
        caution.add(place);
        caution
    }

    fn add(&mut self, place: &Path) {
        // Mostly it is the one that is known: to go along a path costs a call for each part of it.
        if !self.places.iter().any(|known| known == place) {
            self.places.extend(files::canonical(place));
        }
    }

    /// Returns the same caution about a place that the user consented to.
    pub fn with(&self, consent: Consent) -> Self {
        Self {
            consent,
            ..self.clone()
        }
    }

    /// Returns the interpreter that a path leads to, where it may be started.
    pub fn startable(&self, python: &Path) -> Result<Startable, Unfit> {
        self.startable_at(python, files::canonical(python).ok_or(Unfit::Gone)?)
    }

    /// As `startable`, of a path that is known to lead to this file.
    pub fn startable_at(&self, python: &Path, resolved: PathBuf) -> Result<Startable, Unfit> {
        if self.is_agreed(python, &resolved) {
            let is_shim = is_shim(&resolved);
            let path = if is_shim {
                python.to_owned()
            } else {
                resolved.clone()
            };
            return Ok(Startable {
                path,
                resolved,
                is_shim,
            });
        }
        let sound = |resolved: PathBuf| Startable {
            path: resolved.clone(),
            resolved,
            is_shim: false,
        };
        if climbs(python) {
            return Err(Unfit::Brought(resolved));
        }
        match self.check(&resolved) {
            Ok(()) => Ok(sound(resolved)),
            Err(unfit) => self.original(python, &resolved).map(sound).ok_or(unfit),
        }
    }

    /// Returns why a program must not be started unasked, if anything stands against it.
    pub fn against(&self, resolved: &Path) -> Option<Unfit> {
        if self.holds(resolved) {
            return Some(Unfit::Brought(resolved.to_owned()));
        }
        resolved
            .ancestors()
            .find(|path| self.is_open(path))
            .map(|path| Unfit::Open(path.to_owned()))
    }

    /// Returns whether a path lies in a repository or a project around one of the places, be it the
    /// outermost. The home directory and the root of the file system are neither: users keep their
    /// own there.
    pub fn holds(&self, resolved: &Path) -> bool {
        let is_below_root = |above: &&Path| above.parent().is_some();
        let mut shared = resolved
            .ancestors()
            .filter(is_below_root)
            .filter(|above| self.is_around(above));
        shared.any(|above| is_somebodys(above) && !self.is_home(above))
    }

    fn is_around(&self, directory: &Path) -> bool {
        self.places.iter().any(|place| place.starts_with(directory))
    }

    fn is_home(&self, directory: &Path) -> bool {
        self.home
            .as_ref()
            .and_then(|home| files::canonical(home))
            .as_deref()
            == Some(directory)
    }

    /// Returns the interpreter that an environment was made from, where its own is a copy of it.
    fn original(&self, python: &Path, resolved: &Path) -> Option<PathBuf> {
        let prefix = python.parent()?.parent()?;
        let is_copy =
            resolved.starts_with(files::canonical(prefix)?) && files::is_executable(resolved);
        let all = environment::originals(prefix)
            .into_iter()
            .filter(|_| is_copy && !is_shim(resolved));
        all.filter_map(|original| files::canonical(&original))
            .find(|resolved| self.check(resolved).is_ok())
    }

    /// Returns whether the user consented to what a path starts. A trusted project's environment is
    /// a part of what was trusted, by its bytes; a program on `PATH` is the user's own, unless a
    /// repository brought it.
    fn is_agreed(&self, python: &Path, resolved: &Path) -> bool {
        match &self.consent {
            Consent::Nothing => false,
            Consent::Named => true,
            Consent::Project(environment) => {
                environment
                    .as_ref()
                    .is_some_and(|prefix| python.starts_with(prefix))
                    || !self.holds(resolved)
            }
        }
    }

    fn check(&self, resolved: &Path) -> Result<(), Unfit> {
        if let Some(unfit) = self.against(resolved) {
            return Err(unfit);
        }
        if is_interpreter(resolved) {
            return Ok(());
        }
        let file = resolved.to_owned();
        Err(if is_family(resolved) && is_shim(resolved) {
            Unfit::Shim(file)
        } else {
            Unfit::Odd(file)
        })
    }

    /// Returns whether somebody else than the user and root could put another file in the place of
    /// a path.
    fn is_open(&self, path: &Path) -> bool {
        let whose = Whose {
            user: self.user,
            allowed: None,
        };
        stamp::of_link(path).is_none_or(|stamp| whose.against(path, &stamp).is_some())
    }
}

/// Returns whether a file is an interpreter, by its name and by what lies around it.
pub fn is_interpreter(resolved: &Path) -> bool {
    is_named(resolved) && has_library(resolved) && !is_shim(resolved)
}

/// Returns the variables that a program gets which is only asked something.
pub fn bare(env: &Env) -> Vec<(&OsStr, &OsStr)> {
    env.iter()
        .filter(|(name, _)| LOADER.iter().any(|kept| *name == *kept))
        .collect()
}

/// Returns whether a link leads from an environment to something beside it by a relative path, as
/// in what was packed together: tools that make an environment write where the interpreter is. An
/// archive can't know where it is unpacked.
fn climbs(python: &Path) -> bool {
    let Some((bin, prefix)) = python.parent().and_then(|bin| Some((bin, bin.parent()?))) else {
        return false;
    };
    let leaves = |path: &Path, inside: &Path| {
        files::canonical(path)
            .zip(files::canonical(inside))
            .is_some_and(|(path, inside)| !path.starts_with(inside))
    };
    let is_relative =
        |link: &Path| files::target_of(link).is_some_and(|target| target.is_relative());
    if is_relative(bin) && leaves(bin, prefix) {
        return true;
    }
    let mut here = python.to_owned();
    // As many as the kernel follows.
    for _ in 0..40 {
        let Some(target) = files::target_of(&here) else {
            return false;
        };
        let next = normalised(&here.parent().unwrap_or(prefix).join(&target));
        match (next.starts_with(prefix), target.is_relative()) {
            (true, _) => here = next,
            (false, is_relative) => return is_relative,
        }
    }
    true
}

/// Returns whether a directory is the top of a repository or of a project.
fn is_somebodys(directory: &Path) -> bool {
    let markers = MARKERS.into_iter().chain([CONFIGURATION]);
    stamp::of_link(&directory.join(".git")).is_some()
        || markers
            .into_iter()
            .any(|name| stamp::is_file(&directory.join(name)))
}

/// Returns whether a file only starts an interpreter, so that another may be started next time:
/// version managers put scripts, or links to themselves, in its place.
fn is_shim(resolved: &Path) -> bool {
    !is_family(resolved) || files::starts_with(resolved, b"#!")
}

fn is_family(resolved: &Path) -> bool {
    let name = resolved.file_name().unwrap_or_default().as_bytes();
    FAMILIES
        .iter()
        .any(|family| name.starts_with(family.as_bytes()))
}

/// Returns whether a file has the name of an interpreter: `python3.13t`, and not `python3-config`.
fn is_named(resolved: &Path) -> bool {
    version_in(resolved).is_some()
}

/// Returns the version in the name of an interpreter, which may be empty.
fn version_in(resolved: &Path) -> Option<&str> {
    let name = resolved.file_name()?.to_str()?;
    let rest = FAMILIES
        .iter()
        .find_map(|family| name.strip_prefix(family))?;
    let version = rest.trim_end_matches(['d', 'm', 't', 'u']);
    version
        .chars()
        .all(|c| c.is_ascii_digit() || c == '.')
        .then_some(version)
}

/// Returns whether the standard library lies where an interpreter looks for it: in `lib/pythonX.Y`
/// of a directory above (`getpath.py` calls `os.py` there its landmark).
fn has_library(resolved: &Path) -> bool {
    let version = version_in(resolved).unwrap_or_default();
    let is_its = |name: &str| {
        let rest = FAMILIES.iter().find_map(|family| name.strip_prefix(family));
        rest.is_some_and(|rest| {
            rest.starts_with(version) && rest.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    let libraries = resolved
        .ancestors()
        .skip(2)
        .flat_map(|above| ["lib", "lib64"].map(|name| above.join(name)));
    libraries.into_iter().any(|library| {
        let named =
            [format!("python{version}"), format!("pypy{version}")].map(|name| library.join(name));
        let at_once = version.contains('.')
            && named
                .iter()
                .any(|directory| stamp::is_file(&directory.join("os.py")));
        at_once
            || files::names(&library).iter().any(|name| {
                name.to_str().is_some_and(is_its)
                    && stamp::is_file(&library.join(name).join("os.py"))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interpreter_is_known_by_its_name() {
        let version = |name: &str| version_in(&Path::new("/usr/bin").join(name)).map(str::to_owned);
        for (name, expected) in [
            ("python", ""),
            ("python3", "3"),
            ("python3.13t", "3.13"),
            ("pypy3.11", "3.11"),
        ] {
            assert_eq!(version(name).as_deref(), Some(expected), "{name}");
        }
        for name in [
            "prove",
            "python3-config",
            "python3.11-gdb.py",
            "pythonic",
            "npx",
            "python.sh",
        ] {
            assert_eq!(version(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_only_asked_gets_no_variable_but_the_loaders() {
        let env: Env = [
            ("LD_LIBRARY_PATH".into(), "/l".into()),
            ("LD_PRELOAD".into(), "x".into()),
        ]
        .into_iter()
        .collect();
        assert_eq!(
            bare(&env),
            [(OsStr::new("LD_LIBRARY_PATH"), OsStr::new("/l"))]
        );
    }
}
