//! `devenv demo`: in a temporary directory, with the `python3` that it finds, runs old code the two
//! ways that bite most, beside the two usual remedies. Everything that it prints was printed by a
//! real run.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::env::{Env, Snapshot};
use crate::host::alone;
use crate::host::programs::{self, Found};
use crate::host::spawn::{self, Program};
use crate::host::{clock, files, stamp};
use crate::report::Report;
use crate::report::demo::{self, Case, Way};
use crate::values::fault::Fault;

/// A run that takes longer is hanging.
const PATIENCE: Duration = Duration::from_mins(1);

/// So often is the edit within one second tried.
const TRIES: usize = 6;

const OLD: &str = "TEXT = 'old'\n";
const NEW: &str = "TEXT = 'new'\n";
const PROGRAM: &str = "import greeting; print(greeting.TEXT)";

/// Runs the command.
pub fn run(snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let env = clean(&snapshot.env);
    let Found::Program(python) =
        programs::find(OsStr::new("python3"), env.get("PATH"), &snapshot.cwd)
    else {
        return Err(Fault::new("cannot find `python3`")
            .hint("install Python, or put it on PATH")
            .into());
    };
    let scratch =
        alone::scratch_directory(snapshot.user).context("cannot make a temporary directory")?;
    let stage = Stage {
        python: &python,
        scratch: &scratch,
        exe: &snapshot.exe,
        env,
    };
    let shown = stage.play(report);
    let _ = files::remove_tree(&scratch);
    shown.map(|()| 0)
}

/// Returns the environment without anything that would change what Python does.
fn clean(env: &Env) -> Env {
    let ours = |name: &OsStr| {
        let name = name.to_string_lossy();
        let foreign = ["VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "CONDA_PREFIX"];
        name.starts_with("PYTHON")
            || name.starts_with("PYDEVENV_")
            || foreign.contains(&name.as_ref())
    };
    env.iter()
        .filter(|(name, _)| !ours(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

struct Stage<'a> {
    python: &'a Path,
    scratch: &'a Path,
    exe: &'a Path,
    env: Env,
}

impl Stage<'_> {
    fn play(&self, report: &Report) -> Result<()> {
        report.print(&demo::opening(report, self.python))?;
        let edited = Way::ALL.map(|way| self.edit_within_a_second(way));
        let edited = Case::new("a module, run, then edited within the same second", edited)?;
        report.print(&demo::case(report, &edited))?;
        let copied = Way::ALL.map(|way| self.edit_of_a_copy(way));
        let copied = Case::new("a module, installed as a copy, then edited", copied)?;
        report.print(&demo::case(report, &copied))?;
        report.print(&demo::closing(report, &[edited, copied]))
    }

    /// Writes a module, runs it with plain Python, edits it without changing its size, and runs it
    /// one of the ways.
    fn edit_within_a_second(&self, way: Way) -> Result<String> {
        for attempt in 0..TRIES {
            let project = self.project(&format!("edited-{}-{attempt}", way.word()))?;
            let module = project.join("greeting.py");
            wait_for_a_young_second();
            files::write(&module, OLD.as_bytes())?;
            let before = stamp::of(&module).map(|stamp| stamp.mtime);
            self.say(Way::Plain, self.python, &project)?;
            files::write(&module, NEW.as_bytes())?;
            if stamp::of(&module).map(|stamp| stamp.mtime) == before {
                return self.say(way, self.python, &project);
            }
        }
        Err(
            Fault::new("this machine is too slow to run Python and edit a file within one second")
                .into(),
        )
    }

    /// Installs a module into an environment as a copy, as `uv sync` does with a path dependency,
    /// edits the source, and runs it one of the ways.
    fn edit_of_a_copy(&self, way: Way) -> Result<String> {
        let project = self.project(&format!("copied-{}", way.word()))?;
        let venv = project.join(".venv");
        let args = ["-m", "venv", "--without-pip"].map(OsString::from);
        self.hear(
            self.python,
            &[args.to_vec(), vec![venv.clone().into()]].concat(),
            &self.env,
            &project,
        )?;
        let python = venv.join("bin").join("python");
        let source = project.join("src").join("greeting.py");
        files::write(&source, OLD.as_bytes())?;
        let site = self.hear(
            &python,
            &words(&[
                "-c",
                "import sysconfig; print(sysconfig.get_path('purelib'))",
            ]),
            &self.env,
            &project,
        )?;
        install(&project, Path::new(&site))?;
        files::write(&source, NEW.as_bytes())?;
        self.say(way, &python, &project)
    }

    /// Makes a project that devenv knows.
    fn project(&self, name: &str) -> Result<PathBuf> {
        let project = self.scratch.join(name);
        files::write(&project.join("devenv.toml"), b"")?;
        files::write(
            &project.join("pyproject.toml"),
            b"[project]\nname = \"greeting\"\nversion = \"1\"\n",
        )?;
        Ok(project)
    }

    /// Runs the module one of the ways, and returns what it prints.
    fn say(&self, way: Way, python: &Path, project: &Path) -> Result<String> {
        let mut env = self.env.clone();
        let mut program = python;
        let mut args = words(&["-c", PROGRAM]);
        match way {
            Way::Plain => {}
            Way::NoWriting => env.put("PYTHONDONTWRITEBYTECODE", Some("1".into())),
            Way::Devenv => {
                program = self.exe;
                args = [
                    words(&["run", "--allow", "--no-fill", "--", "python3"]),
                    args,
                ]
                .concat();
                for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
                    env.put(name, Some(self.scratch.join(name).into()));
                }
            }
        }
        self.hear(program, &args, &env, project)
    }

    fn hear(&self, program: &Path, args: &[OsString], env: &Env, cwd: &Path) -> Result<String> {
        let said = spawn::hear(
            &Program::new(program, args, env.iter().collect()),
            cwd,
            PATIENCE,
        )
        .with_context(|| format!("cannot run `{}`", program.display()))?;
        if said.status.success() {
            return Ok(String::from_utf8_lossy(&said.out).trim().to_owned());
        }
        let words = String::from_utf8_lossy(&said.err).into_owned();
        let last = words.lines().last().unwrap_or_default();
        Err(Fault::new(format!("`{}` failed: {last}", program.display())).into())
    }
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// Waits until little of the current second is gone.
fn wait_for_a_young_second() {
    while clock::now_ns().rem_euclid(1_000_000_000) > 100_000_000 {
        clock::pause(Duration::from_millis(10));
    }
}

/// Does what an installer does with a local directory that is not editable.
fn install(project: &Path, site: &Path) -> Result<()> {
    let info = site.join("greeting-1.dist-info");
    files::write(&site.join("greeting.py"), OLD.as_bytes())?;
    files::write(
        &info.join("METADATA"),
        b"Metadata-Version: 2.1\nName: greeting\nVersion: 1\n",
    )?;
    files::write(
        &info.join("RECORD"),
        b"greeting.py,,\ngreeting-1.dist-info/METADATA,,\n",
    )?;
    let url = format!(
        "{{\"url\": \"file://{}\", \"dir_info\": {{\"editable\": false}}}}",
        project.display()
    );
    files::write(&info.join("direct_url.json"), url.as_bytes())
}
