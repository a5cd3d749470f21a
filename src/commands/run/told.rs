//! What a run has to say that concerns the shell, and not this command alone: that the environment
//! of the project is not there, that a relative prefix was made absolute, and what is imported from
//! outside the project. Facts; the words are `report`'s, and that each is said once is for others
//! to see to.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::start::{Prepared, Start};
use crate::host::programs::{self, Found};
use crate::host::stamp;
use crate::project::Project;
use crate::python::environment;
use crate::python::launch::{self, Runs};
use crate::python::policy::PREFIX;
use crate::report::notices;
use crate::values::fault::Fault;
use crate::why::script;

/// Programs that make the environment which they use, by themselves.
const MAKERS: [&str; 11] = [
    "uv",
    "uvx",
    "virtualenv",
    "venv",
    "poetry",
    "pdm",
    "hatch",
    "pixi",
    "tox",
    "nox",
    "conda",
];

/// What the name of every interpreter that people type holds.
const PYTHON: &[u8] = b"py";

impl Start<'_> {
    /// Returns what there is to say.
    pub(super) fn told(&self, ready: &Prepared) -> Vec<Fault> {
        let Some(project) = &self.ground.project else {
            return Vec::new();
        };
        let relative = self
            .ground
            .env
            .filled(PREFIX)
            .filter(|prefix| !Path::new(prefix).is_absolute());
        let now = ready
            .env
            .get(PREFIX)
            .map(Path::new)
            .filter(|_| relative.is_some());
        let mut out: Vec<Fault> = now
            .map(|now| notices::relative_prefix(self.report, now))
            .into_iter()
            .collect();
        out.extend(self.missing(project, ready));
        out.extend(notices::outside(
            self.report,
            &project.left_out(),
            project.is_configured(),
        ));
        out
    }

    /// Says that the environment of the project is not there, and which Python there is instead.
    fn missing(&self, project: &Project, ready: &Prepared) -> Option<Fault> {
        let missing = project
            .missing
            .as_deref()
            .filter(|_| !makes_environment(&ready.command))?;
        let program = self.program(ready).ok()?;
        if !starts_python(&program, &ready.command) {
            return None;
        }
        let python = ["python", "python3"].into_iter().find_map(|name| {
            match programs::find(OsStr::new(name), ready.env.get("PATH"), &self.snapshot.cwd) {
                Found::Program(path) => Some(path),
                Found::NotExecutable(_) | Found::Missing => None,
            }
        });
        // Who activated another one knows which Python runs, where nothing plans one.
        let is_chosen = project.venv.is_none() && python.as_deref().is_some_and(is_of_environment);
        (!is_chosen).then(|| {
            notices::no_environment(
                self.report,
                missing,
                python.as_deref(),
                project.venv.as_ref(),
            )
        })
    }
}

/// Returns whether a command makes the environment that is missing, or may.
fn makes_environment(command: &[OsString]) -> bool {
    let Some((program, rest)) = command.split_first() else {
        return false;
    };
    let name = Path::new(program).file_name().unwrap_or(program);
    let is_maker = |name: &OsStr| MAKERS.iter().any(|maker| name == *maker);
    is_maker(name)
        || (script::is_python(name)
            && matches!(launch::read(rest).runs, Runs::Module(name) if is_maker(&name)))
}

/// Returns whether a command starts a Python, as far as it says: an interpreter, a script of one,
/// or words that name one.
fn starts_python(program: &Path, command: &[OsString]) -> bool {
    let names_one = |word: &OsString| {
        word.as_bytes()
            .windows(PYTHON.len())
            .any(|part| part == PYTHON)
    };
    command.iter().any(names_one) || script::read(program).is_some()
}

/// Returns whether an interpreter belongs to an environment.
fn is_of_environment(python: &Path) -> bool {
    let prefix: Option<PathBuf> = python.ancestors().nth(2).map(Path::to_owned);
    prefix.is_some_and(|prefix| {
        environment::is_environment(&prefix) || stamp::is_directory(&prefix.join("conda-meta"))
    })
}
