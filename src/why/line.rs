//! A command line, followed to the interpreter that it starts: through `env`, `uv run`, `devenv
//! run`, aliases, and console scripts on `PATH`. What can't be followed is an error that says where
//! to ask instead.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::script::{self, Script};
use super::uv;
use crate::env::Env;
use crate::host::programs::{self, Found};
use crate::python::launch::{self, Launch};
use crate::shell::Tongue;
use crate::values::fault::Fault;

/// Commands that choose an environment by rules of their own.
const CHOOSERS: [&str; 9] = [
    "uvx", "pipx", "poetry", "pdm", "hatch", "pixi", "pipenv", "rye", "conda",
];

/// So many commands may stand in front of the interpreter.
const DEEPEST: usize = 8;

/// What is known of the place where the command line would be typed.
pub struct Desk<'a> {
    pub cwd: &'a Path,
    /// The environment that `uv run` would use here.
    pub uv: Option<PathBuf>,
    /// What `devenv run` would give a command, with a profile of this name.
    pub through_run: &'a dyn Fn(Option<&str>) -> Result<Env, Fault>,
    /// The words of an alias.
    pub alias: &'a dyn Fn(&str) -> Option<Vec<OsString>>,
    /// How the line would be written.
    pub tongue: Tongue,
}

/// Where a command line ends.
#[derive(Debug)]
pub struct Line {
    pub python: PathBuf,
    pub launch: Launch,
    pub env: Env,
    /// The console script that is run.
    pub script: Option<Script>,
    /// The arguments of what is run.
    pub rest: Vec<OsString>,
}

/// A command on the way.
struct Step {
    words: Vec<OsString>,
    env: Env,
}

impl Desk<'_> {
    /// Follows a command line.
    pub fn follow(&self, words: &[OsString], env: &Env) -> Result<Line, Fault> {
        let mut step = Step {
            words: words.to_vec(),
            env: env.clone(),
        };
        for _ in 0..DEEPEST {
            match self.next(&step)? {
                Ok(next) => step = next,
                Err(line) => return Ok(line),
            }
        }
        Err(Fault::new(
            "too many commands stand in front of the interpreter",
        ))
    }

    /// Takes one command off, or comes to the end.
    fn next(&self, step: &Step) -> Result<Result<Step, Line>, Fault> {
        let (first, rest) = step
            .words
            .split_first()
            .ok_or_else(|| Fault::new("no command is left to follow"))?;
        let name = Path::new(first).file_name().unwrap_or(first);
        match name.to_str().unwrap_or_default() {
            "env" => return Ok(Ok(without_env(rest, step.env.clone()))),
            "devenv" => return self.through_devenv(rest).map(Ok),
            "uv" => return self.through_uv(rest, &step.env).map(Ok),
            known if CHOOSERS.contains(&known) => return Err(chooses(known, rest)),
            _ => {}
        }
        if let Some(alias) = first.to_str().and_then(|name| (self.alias)(name)) {
            let words = alias.into_iter().chain(rest.iter().cloned()).collect();
            return Ok(Ok(Step {
                words,
                env: (self.through_run)(None)?,
            }));
        }
        self.end(first, rest, &step.env).map(Err)
    }

    fn through_devenv(&self, words: &[OsString]) -> Result<Step, Fault> {
        let not_run = || Fault::new("of devenv's commands only `run` starts a program");
        let rest = words
            .strip_prefix([OsString::from("run")].as_slice())
            .ok_or_else(not_run)?;
        let mut profile = None;
        let mut rest = rest.iter();
        let mut command = Vec::new();
        while let Some(word) = rest.next() {
            match word.to_str().unwrap_or_default() {
                "--" => command.extend(rest.by_ref().cloned()),
                "-p" | "--profile" => profile = rest.next().and_then(|name| name.to_str()),
                "--color" | "--grace" => drop(rest.next()),
                long if long.starts_with("--profile=") => profile = long.strip_prefix("--profile="),
                flag if flag.starts_with('-') => {}
                _ => command.extend([word.clone()].into_iter().chain(rest.by_ref().cloned())),
            }
        }
        Ok(Step {
            words: command,
            env: (self.through_run)(profile)?,
        })
    }

    fn through_uv(&self, words: &[OsString], env: &Env) -> Result<Step, Fault> {
        let run = uv::read(words)?;
        let venv = self
            .uv
            .as_ref()
            .ok_or_else(|| Fault::new("`uv run` finds no environment here").hint("uv sync"))?;
        let mut env = env.clone();
        let bin = venv.join("bin");
        let path = [
            bin.as_os_str().as_bytes(),
            b":",
            env.get("PATH").unwrap_or_default().as_bytes(),
        ]
        .concat();
        env.put("PATH", Some(OsStr::from_bytes(&path).to_owned()));
        env.put("VIRTUAL_ENV", Some(venv.clone().into()));
        let is_script = |word: &OsString| word.as_bytes().ends_with(b".py");
        let python = || OsString::from(bin.join("python"));
        let words = match run.command.first() {
            _ if run.is_module => [vec![python(), "-m".into()], run.command].concat(),
            Some(first) if is_script(first) => [vec![python()], run.command].concat(),
            _ => run.command,
        };
        Ok(Step { words, env })
    }

    /// Finds the program, which is an interpreter or a script of one.
    fn end(&self, first: &OsStr, rest: &[OsString], env: &Env) -> Result<Line, Fault> {
        let path = match programs::find(first, env.get("PATH"), self.cwd) {
            Found::Program(path) => path,
            Found::NotExecutable(path) => {
                return Err(Fault::new(format!(
                    "`{}` can't be executed",
                    path.display()
                )));
            }
            Found::Missing => return Err(self.missing(first, rest)),
        };
        if path.file_name().is_some_and(script::is_python) {
            let launch = launch::read(rest);
            let rest = rest[launch.words..].to_vec();
            return Ok(Line {
                python: path,
                launch,
                env: env.clone(),
                script: None,
                rest,
            });
        }
        let script = script::read(&path).ok_or_else(|| {
            Fault::new(format!("`{}` is no Python program", path.display()))
                .hint("name what it starts: `devenv why -- python -m …`")
        })?;
        let python = self.python_of(&script, env)?;
        Ok(Line {
            python,
            launch: script.launch.clone(),
            env: env.clone(),
            script: Some(script),
            rest: rest.to_vec(),
        })
    }

    /// Says that a program is not on `PATH`, and how the project's own is run.
    fn missing(&self, first: &OsStr, rest: &[OsString]) -> Fault {
        let fault = Fault::new(format!("cannot find `{}`", first.to_string_lossy()));
        let finds = |env: Env| {
            matches!(
                programs::find(first, env.get("PATH"), self.cwd),
                Found::Program(_)
            )
        };
        if !(self.through_run)(None).is_ok_and(finds) {
            return fault;
        }
        let words = std::iter::once(first).chain(rest.iter().map(OsString::as_os_str));
        fault.hint(format!(
            "devenv run -- {}",
            words
                .map(|word| self.tongue.word(word))
                .collect::<Vec<_>>()
                .join(" ")
        ))
    }

    /// Returns the interpreter that a script names.
    pub fn python_of(&self, script: &Script, env: &Env) -> Result<PathBuf, Fault> {
        if let Found::Program(python) =
            programs::find(script.python.as_os_str(), env.get("PATH"), self.cwd)
        {
            Ok(python)
        } else {
            let what = format!(
                "`{}` names the interpreter `{}`",
                script.path.display(),
                script.python.display()
            );
            Err(Fault::new(what + ", which is gone")
                .hint("install the script again")
                .exit(1))
        }
    }
}

/// Takes `env` and what it sets off.
fn without_env(words: &[OsString], mut env: Env) -> Step {
    let mut rest = words.iter();
    while let Some(word) = rest.clone().next() {
        match word.as_bytes() {
            b"-i" | b"-" | b"--ignore-environment" => env = Env::default(),
            b"-u" | b"--unset" => {
                rest.next();
                rest.clone()
                    .next()
                    .into_iter()
                    .for_each(|name| env.put(name, None));
            }
            b"--" => {}
            bytes if bytes.contains(&b'=') && !bytes.starts_with(b"-") => {
                let at = bytes
                    .iter()
                    .position(|&byte| byte == b'=')
                    .unwrap_or_default();
                env.put(
                    OsStr::from_bytes(&bytes[..at]),
                    Some(OsStr::from_bytes(&bytes[at + 1..]).to_owned()),
                );
            }
            _ => break,
        }
        rest.next();
    }
    Step {
        words: rest.cloned().collect(),
        env,
    }
}

fn chooses(name: &str, rest: &[OsString]) -> Fault {
    let run = if matches!(name, "uvx" | "pipx") {
        ""
    } else {
        " run"
    };
    let words: Vec<_> = rest
        .iter()
        .skip_while(|word| *word == "run")
        .map(|word| word.to_string_lossy())
        .collect();
    let hint = format!(
        "ask inside of it: `{name}{run} devenv why -- {}`",
        words.join(" ")
    );
    let fault = Fault::new(format!(
        "`{name}` chooses an environment by rules of its own"
    ));
    if run.is_empty() {
        fault
    } else {
        fault.hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn env_is_taken_off_with_what_it_sets() {
        let env: Env = [("A".into(), "1".into()), ("B".into(), "2".into())]
            .into_iter()
            .collect();
        let step = without_env(&os(&["-u", "A", "C=x=y", "python", "D=1"]), env.clone());
        assert_eq!(step.words, os(&["python", "D=1"]));
        assert_eq!(
            (step.env.get("A"), step.env.get("C")),
            (None, Some(OsStr::new("x=y")))
        );
        assert_eq!(without_env(&os(&["-i", "python"]), env).env, Env::default());
    }

    #[test]
    fn what_chooses_for_itself_is_not_followed() {
        let fault = chooses("poetry", &os(&["run", "python", "-m", "app"]));
        assert_eq!(
            fault.hints,
            ["ask inside of it: `poetry run devenv why -- python -m app`"]
        );
    }
}
