//! What the user named: a command line, a file, a console script or a module, told apart by what is
//! there.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::line::{Desk, Line};
use super::script::{self, Script};
use super::stage::{Setting, Stage};
use super::subject::{OwnRoot, Subject};
use crate::env::Env;
use crate::host::programs::{self, Found};
use crate::host::{Kind, Memory, files, stamp};
use crate::python::imports::Via;
use crate::python::launch::{Launch, Runs, read};
use crate::python::startable::Caution;
use crate::values::fault::Fault;
use crate::values::paths;

/// The ends of names that hardly any module has.
const FILES: [&str; 7] = [".md", ".toml", ".txt", ".yaml", ".yml", ".cfg", ".ipynb"];

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// One word.
    Word(&'a OsStr),
    /// A whole command line.
    Line(&'a [OsString]),
}

/// What was named, and on which stage.
#[derive(Debug)]
pub struct Target {
    pub stage: Stage,
    pub subject: Subject,
    pub script: Option<PathBuf>,
    /// How the user would start it.
    pub words: Vec<OsString>,
}

impl Target {
    /// Refuses a file that is no module, lies in no package and not in the project: nobody is known
    /// to read it.
    pub fn require_reader(&self, project: Option<&Path>) -> Result<(), Fault> {
        let (Some(data), Some(own)) = (&self.subject.data, &self.subject.own) else {
            return Ok(());
        };
        let real = files::canonical(own).unwrap_or_else(|| own.clone());
        let is_read =
            data.holder.is_some() || project.is_some_and(|project| real.starts_with(project));
        if is_read { Ok(()) } else { Err(no_module(own)) }
    }
}

/// Where it is looked for.
pub struct Place<'a> {
    pub desk: Desk<'a>,
    pub env: &'a Env,
    pub roots: &'a [OwnRoot],
    /// The interpreter that is meant where nothing says another.
    pub python: Option<PathBuf>,
    pub memory: &'a Memory,
    /// How careful to be with the interpreter.
    pub caution: &'a Caution,
}

impl Place<'_> {
    /// Finds what was named.
    pub fn find(&self, asked: Asked<'_>) -> Result<Target, Fault> {
        match asked {
            Asked::Line(words) => self.line(words),
            Asked::Word(word) if is_path(word, self.desk.cwd) => self.file(word),
            Asked::Word(word) => self.name(word),
        }
    }

    fn line(&self, words: &[OsString]) -> Result<Target, Fault> {
        let line = self.desk.follow(words, self.env)?;
        let stage = self.stage(line.python.clone(), line.launch.clone(), line.env.clone())?;
        let subject = self.run_by(&line, &stage)?;
        Ok(Target {
            stage,
            subject,
            script: line.script.map(|script| script.path),
            words: words.to_vec(),
        })
    }

    /// Returns what a command line runs; of pytest the test that it is given.
    fn run_by(&self, line: &Line, stage: &Stage) -> Result<Subject, Fault> {
        let module = match (&line.script, &line.launch.runs) {
            (Some(script), _) => script.entry(self.roots),
            (None, Runs::Module(name)) => Some(text_of(name)?.to_owned()),
            (None, Runs::Code(code)) => script::imports(text_of(code)?).into_iter().next_back(),
            (None, _) => None,
        };
        if module
            .as_deref()
            .is_some_and(|name| name.split('.').next() == Some("pytest"))
        {
            let files = line.rest.iter().map(|arg| {
                arg.to_string_lossy()
                    .split("::")
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            });
            let test = files
                .map(|file| self.desk.cwd.join(file))
                .find(|file| is_python(file) && stamp::is_file(file));
            if let Some(test) = test {
                return Ok(Subject::of_file(&test, stage, self.roots));
            }
        }
        match (module, &line.launch.runs) {
            // What was edited was not named: it may be anywhere in the package.
            (Some(name), runs) => {
                let is_run = line.script.is_none() && matches!(runs, Runs::Module(_));
                Ok(Subject {
                    is_whole: true,
                    ..self.main_of(&name, stage, is_run)
                })
            }
            (None, Runs::Script(path)) => {
                let path = self.desk.cwd.join(path);
                let file = if stamp::is_directory(&path) {
                    path.join("__main__.py")
                } else {
                    path
                };
                if stamp::is_file(&file) {
                    Ok(Subject::script(&file))
                } else {
                    Err(absent(&file))
                }
            }
            (None, _) => Err(Fault::new("the command runs text, not a module")
                .hint("name the module: `devenv why MODULE`")),
        }
    }

    /// Returns the module that a name stands for: a package that is run, for its `__main__`.
    fn main_of(&self, name: &str, stage: &Stage, is_run: bool) -> Subject {
        let subject = Subject::of_name(name, stage, self.roots);
        let is_package = subject
            .found
            .module()
            .is_some_and(|module| module.below.is_some());
        let main = (is_run && is_package)
            .then(|| Subject::of_name(&format!("{name}.__main__"), stage, self.roots));
        main.filter(|main| main.found.module().is_some())
            .unwrap_or(subject)
    }

    fn file(&self, word: &OsStr) -> Result<Target, Fault> {
        let file = paths::normalised(&self.desk.cwd.join(word));
        let kind = stamp::of(&file).ok_or_else(|| absent(&file))?.kind;
        let file = if kind == Kind::Directory {
            file.join("__init__.py")
        } else {
            file
        };
        if !matches!(kind, Kind::File | Kind::Directory) {
            return Err(Fault::new(format!(
                "`{}` is no regular file",
                file.display()
            )));
        }
        if !stamp::is_file(&file) {
            return Err(Fault::new(format!(
                "`{}` is a directory without a module",
                file.parent().unwrap_or(&file).display()
            )));
        }
        if let Some(script) = script::read(&file).filter(|_| !is_python(&file)) {
            return self.of_script(&script, word);
        }
        let stage = self.plain_stage()?;
        let may_be_module = ["py", "pyi", "pyx", "pyc", "so"]
            .iter()
            .any(|end| file.extension() == Some(OsStr::new(end)));
        let mut subject = if may_be_module {
            Subject::of_file(&file, &stage, self.roots)
        } else {
            let itself = || Subject::read(&file, file.clone(), Via::Interpreter, None);
            Subject::of_data(&file, &stage, self.roots).unwrap_or_else(itself)
        };
        subject.is_whole = kind == Kind::Directory;
        let words = match subject
            .name
            .as_ref()
            .or(subject.holder().map(|(name, _)| name))
        {
            Some(name) => self.start_of(name, &stage),
            None => vec!["python".into(), word.to_owned()],
        };
        Ok(Target {
            stage,
            subject,
            script: None,
            words,
        })
    }

    /// Finds a console script, or else a module.
    fn name(&self, word: &OsStr) -> Result<Target, Fault> {
        let name = text_of(word)?;
        if name.is_empty() {
            return Err(Fault::new("nothing was named"));
        }
        let script = self.script(word);
        let is_entry = |script: &Script| {
            script
                .entry(self.roots)
                .is_some_and(|entry| entry.split('.').next() == Some(name))
        };
        if let Some(script) = script.as_ref().filter(|script| is_entry(script)) {
            return self.of_script(script, word);
        }
        let is_name = name.split('.').all(is_identifier);
        let stage = self.plain_stage()?;
        let subject = Subject::of_name(name, &stage, self.roots);
        // A file without an end: `VERSION`.
        if subject.found.module().is_none()
            && script.is_none()
            && stamp::is_file(&self.desk.cwd.join(word))
        {
            return self.file(word);
        }
        if subject.found.module().is_none() && FILES.iter().any(|end| name.ends_with(end)) {
            return Err(absent(&self.desk.cwd.join(word)));
        }
        match script {
            Some(script) if subject.found.module().is_none() || !is_name => {
                self.of_script(&script, word)
            }
            _ if is_name => Ok(Target {
                words: self.start_of(name, &stage),
                stage,
                subject,
                script: None,
            }),
            _ => Err(Fault::new(format!("`{name}` is no file, no module and no program")).exit(1)),
        }
    }

    fn of_script(&self, script: &Script, word: &OsStr) -> Result<Target, Fault> {
        let python = self.desk.python_of(script, self.env)?;
        let stage = self.stage(python, script.launch.clone(), self.env.clone())?;
        let subject = match &script.entry(self.roots) {
            Some(entry) => Subject {
                is_whole: true,
                ..Subject::of_name(entry, &stage, self.roots)
            },
            None => Subject::script(&script.path),
        };
        Ok(Target {
            stage,
            subject,
            script: Some(script.path.clone()),
            words: vec![word.to_owned()],
        })
    }

    /// Returns the console script of a name along `PATH`.
    fn script(&self, word: &OsStr) -> Option<Script> {
        match programs::find(word, self.env.get("PATH"), self.desk.cwd) {
            Found::Program(path) => script::read(&path),
            Found::NotExecutable(_) | Found::Missing => None,
        }
    }

    /// Returns how a module is started; a package without a `__main__` can only be imported.
    fn start_of(&self, name: &str, stage: &Stage) -> Vec<OsString> {
        let python = self
            .python
            .clone()
            .map_or_else(|| "python".into(), PathBuf::into_os_string);
        let subject = Subject::of_name(name, stage, self.roots);
        let is_package = subject
            .own
            .as_ref()
            .is_some_and(|own| own.ends_with("__init__.py"));
        let main = subject
            .own
            .as_ref()
            .map(|own| own.with_file_name("__main__.py"));
        if is_package && !main.is_some_and(|main| stamp::is_file(&main)) {
            return vec![python, "-c".into(), format!("import {name}").into()];
        }
        vec![python, "-m".into(), name.into()]
    }

    fn plain_stage(&self) -> Result<Stage, Fault> {
        let none = || {
            Fault::new("there is no Python here")
                .hint("name one: `--python EXE`")
                .exit(1)
        };
        let python = self.python.clone().ok_or_else(none)?;
        self.stage(
            python,
            Launch {
                runs: Runs::Module(OsString::new()),
                ..read(&[])
            },
            self.env.clone(),
        )
    }

    fn stage(&self, python: PathBuf, launch: Launch, env: Env) -> Result<Stage, Fault> {
        let (cwd, memory) = (self.desk.cwd.to_owned(), self.memory);
        let caution = self.caution_about(&python);
        Stage::of(Setting {
            python,
            launch,
            env,
            cwd,
            memory,
            caution: &caution,
        })
    }

    /// Returns how careful to be with an interpreter: one that is named by its path, on the line or
    /// by a script, may lie in a repository that is not around here.
    fn caution_about(&self, python: &Path) -> Caution {
        let directory = python.parent().unwrap_or(python);
        let path = self.env.get("PATH").unwrap_or_default().as_bytes();
        let is_on_path = path
            .split(|&byte| byte == b':')
            .any(|part| part == directory.as_os_str().as_bytes());
        if is_on_path {
            self.caution.clone()
        } else {
            self.caution.and_around(directory)
        }
    }
}

fn is_path(word: &OsStr, cwd: &Path) -> bool {
    let bytes = word.as_bytes();
    let has_end = bytes.contains(&b'.') && stamp::is_file(&cwd.join(word));
    bytes.contains(&b'/') || bytes.ends_with(b".py") || bytes == b"." || has_end
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "py")
}

fn is_identifier(part: &str) -> bool {
    !part.is_empty()
        && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !part.starts_with(|c: char| c.is_ascii_digit())
}

fn text_of(word: &OsStr) -> Result<&str, Fault> {
    word.to_str()
        .ok_or_else(|| Fault::new("a name of a module is text"))
}

fn no_module(file: &Path) -> Fault {
    Fault::new(format!(
        "`{}` is no module, and lies in no package",
        file.display()
    ))
    .exit(1)
}

fn absent(file: &Path) -> Fault {
    Fault::new(format!("`{}` does not exist", file.display())).exit(1)
}
