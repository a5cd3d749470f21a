//! The stage on which an import happens: an interpreter, how it is started, its variables, and
//! where it therefore looks. The interpreter is asked about itself at most once, with `-I -S`;
//! nothing of a project is executed.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::env::Env;
use crate::host::{Memory, files, stamp};
use crate::python::environment::{self, Environment};
use crate::python::imports::{Search, Start};
use crate::python::interpreter::{self, Interpreter};
use crate::python::launch::{self, First, Flags, Launch, Runs};
use crate::python::library::Library;
use crate::python::startable::{Caution, Unfit};
use crate::values::fault::Fault;

/// The status of a question that has no answer.
const NO_ANSWER: u8 = 1;

/// What helps where nobody consented to start an interpreter.
const NAME_IT: &str = "name the one that you mean: `--python EXE`";

/// An interpreter that is about to import.
#[derive(Debug)]
pub struct Stage {
    /// As the user spells it.
    pub python: PathBuf,
    pub interpreter: Interpreter,
    library: Library,
    pub environment: Option<Environment>,
    pub flags: Flags,
    first: First,
    pub env: Env,
    pub cwd: PathBuf,
    pub search: Search,
    /// The value of `-X pycache_prefix`.
    prefix: Option<OsString>,
}

/// What a stage is set up from.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    pub python: PathBuf,
    pub launch: Launch,
    pub env: Env,
    pub cwd: PathBuf,
    pub memory: &'a Memory,
    /// How careful to be with it.
    pub caution: &'a Caution,
}

impl Stage {
    /// Sets it up.
    pub fn of(setting: Setting<'_>) -> Result<Self, Fault> {
        let Setting {
            python,
            launch,
            env,
            cwd,
            memory,
            caution,
        } = setting;
        let startable = caution
            .startable(&python)
            .map_err(|unfit| unstarted(&python, &unfit))?;
        let known = interpreter::known(&startable, &env, &cwd, memory);
        let both = known
            .and_then(|known| Library::known(&known, &env, memory).map(|library| (known, library)));
        let (interpreter, library) = both.ok_or_else(|| silent(&python))?;
        let cwd = files::canonical(&cwd).unwrap_or(cwd);
        let first = first(&launch.runs, &cwd);
        let environment = environment_of(&python);
        let search = Search::default();
        let stage = Self {
            python,
            interpreter,
            library,
            environment,
            flags: launch.flags,
            first,
            env,
            cwd,
            search,
            prefix: launch.prefix,
        };
        Ok(Self {
            search: stage.search_with(stage.flags, &stage.env),
            ..stage
        })
    }

    /// Returns where the interpreter would look with other flags and variables.
    pub fn search_with(&self, flags: Flags, env: &Env) -> Search {
        let Self {
            interpreter,
            library,
            environment,
            first,
            cwd,
            ..
        } = self;
        Start {
            interpreter,
            library,
            environment: environment.as_ref(),
            env,
            cwd,
            first,
            flags,
        }
        .search()
    }

    /// Returns a variable that the interpreter reads, and that is not empty.
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.env
            .filled(name)
            .filter(|_| !self.flags.ignores_environment())
    }

    /// Returns the tree that holds bytecode instead of `__pycache__`.
    pub fn prefix(&self) -> Option<PathBuf> {
        let preset = self.interpreter.preset_prefix.as_deref();
        launch::prefix(
            self.prefix.as_deref(),
            self.flags,
            &self.env,
            &self.cwd,
            preset,
        )
    }

    /// Returns the level of optimisation that bytecode is read of.
    pub fn optimization(&self) -> u8 {
        let said = if self.flags.ignores_environment() {
            0
        } else {
            interpreter::optimization(&self.env)
        };
        said.max(self.flags.optimize)
    }

    /// Returns the virtual environment that the interpreter belongs to.
    pub fn home(&self) -> Option<&Path> {
        self.environment
            .as_ref()
            .map(|environment| environment.prefix.as_path())
    }
}

/// Returns what is first on `sys.path`: of a script its directory, with a link to the script
/// followed.
fn first(runs: &Runs, cwd: &Path) -> First {
    let Runs::Script(script) = runs else {
        return First::WorkingDirectory;
    };
    let script = cwd.join(script);
    if stamp::is_directory(&script) {
        return First::Script(script);
    }
    let real = files::canonical(&script).unwrap_or(script);
    First::Script(real.parent().unwrap_or(&real).to_owned())
}

/// Returns the virtual environment that the program of an interpreter lies in.
pub(super) fn environment_of(python: &Path) -> Option<Environment> {
    python
        .ancestors()
        .skip(1)
        .take(2)
        .find_map(environment::load)
}

/// Says why an interpreter is not asked.
fn unstarted(python: &Path, unfit: &Unfit) -> Fault {
    let shown = python.display();
    let (why, hint) = match unfit {
        Unfit::Gone => return silent(python),
        Unfit::Brought(_) => (
            "lies in a project that is not trusted".to_owned(),
            "`devenv allow`, or `devenv init` where nothing is configured",
        ),
        Unfit::Odd(file) => (
            format!(
                "leads to `{}`, which does not look like a Python",
                file.display()
            ),
            NAME_IT,
        ),
        Unfit::Shim(file) => (
            format!("leads to `{}`, which chooses another", file.display()),
            NAME_IT,
        ),
        Unfit::Open(file) => (
            format!("is not safe: others may change `{}`", file.display()),
            NAME_IT,
        ),
    };
    Fault::new(format!("`{shown}` {why}, and is not started"))
        .hint(hint)
        .exit(NO_ANSWER)
}

/// Says why an interpreter says nothing.
fn silent(python: &Path) -> Fault {
    let is_dangling = stamp::of_link(python).is_some() && stamp::of(python).is_none();
    let shown = python.display();
    let fault = match stamp::of(python).map(|stamp| stamp.kind) {
        None if is_dangling => {
            Fault::new(format!("`{shown}` leads to an interpreter that is gone"))
                .hint("make the environment anew: `uv sync`, or `python3 -m venv`")
        }
        None => Fault::new(format!("there is no interpreter `{shown}`")),
        Some(_) if !files::is_executable(python) => {
            Fault::new(format!("`{shown}` can't be executed"))
        }
        Some(_) => Fault::new(format!(
            "`{shown}` was started, and did not answer as a Python does"
        ))
        .hint(format!("{shown} -I -S -c pass")),
    };
    fault.exit(NO_ANSWER)
}
