//! Processes that were started before the edit and have this project's code: what they imported,
//! they keep.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::facts;
use super::super::finding::{Cause, File, Finding, Remedy};
use super::super::script;
use super::super::subject::{Subject, own_source, source_at};
use crate::env::secrets;
use crate::host::processes::{self, Process};
use crate::host::{files, kin, stamp};
use crate::python::launch::{self, Runs};

/// Every interpreter has one of these in its command line.
const PYTHONS: [&[u8]; 2] = [b"python", b"pypy"];

/// What keeps code alive for an editor.
const KERNELS: [&[u8]; 4] = [b"ipykernel", b"ipykernel_launcher", b"debugpy", b"xpython"];

/// Words by which a program restarts what it runs, and words that take that back.
const RELOADERS: [&str; 2] = ["--reload", "runserver"];
const STAYERS: [&str; 2] = ["--no-reload", "--noreload"];

/// The programs whose `--debug` means that, too: everyone else may mean anything by it.
const RELOAD_TO_DEBUG: [&str; 1] = ["flask"];

/// What is in the command line of a process that only minds what others share, and imports nothing.
const MINDERS: [&str; 2] = [
    "resource_tracker import main",
    "semaphore_tracker import main",
];

/// What is in the command line of a process that multiprocessing starts to work for another.
const SPAWNED: &str = "spawn_main(";

/// The start of a process is known to a tick of the system, and no interpreter imports anything so
/// soon after it.
const SLACK_NS: i64 = 11_000_000;

/// So many files of a package are looked at for the latest edit.
const MOST: usize = 5_000;

/// What was edited: a module, which reloaders look at, or a file that they do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    Module,
    Data,
}

/// A process that was started before an edit.
#[derive(Clone, Debug)]
pub(super) struct Old {
    pub(super) process: Process,
    /// The project's sources that it was started with, as far as its command line says.
    pub(super) entries: Vec<PathBuf>,
    pub(super) is_kernel: bool,
}

impl Old {
    /// Returns it with a command line that may be shown: others' secrets stand in it.
    fn shown(&self) -> Self {
        let args = secrets::shown_words(&self.process.args);
        Self {
            process: Process {
                args,
                ..self.process.clone()
            },
            ..self.clone()
        }
    }
}

/// Judges the user's processes by the source that was edited last.
pub(super) fn judge(subject: &Subject, context: &Context<'_>) -> Vec<Finding> {
    let own = subject
        .own
        .as_deref()
        .or_else(|| subject.file().filter(|file| !context.is_installed(file)));
    let Some((edited, edited_ns)) = own.and_then(|own| latest(own, subject.package(own))) else {
        return Vec::new();
    };
    let edited = facts::edited(&edited);
    let old = older(subject, context, edited_ns, Edit::Module);
    old.into_iter()
        .map(|old| finding(old, edited.clone()))
        .collect()
}

/// Returns the processes that have this project's code and were started before an edit. Of one that
/// others work for, which can be started anew while it goes on, it counts whether they are old.
pub(super) fn older(
    subject: &Subject,
    context: &Context<'_>,
    edited_ns: i64,
    edit: Edit,
) -> Vec<Old> {
    let all = processes::of_user(context.user, &PYTHONS);
    // None of those that started this question can be the old one.
    let own_line = kin::line_of(context.pid);
    let top = subject
        .name
        .as_deref()
        .and_then(|name| name.split('.').next());
    let seen = Seen {
        subject,
        context,
        top,
    };
    let is_old = |process: &Process| process.started_ns + SLACK_NS < edited_ns;
    let parents: BTreeMap<u32, u32> = all
        .iter()
        .filter_map(|process| Some((process.pid, kin::parent_of(process.pid)?)))
        .collect();
    // Such a process ends with the one that it works for; any other child may go on.
    let works_for = |process: &Process, by: &Process| {
        let is_worker = process.args == by.args || process.args.iter().any(is_spawned);
        is_worker && parents.get(&process.pid) == Some(&by.pid)
    };
    let counts = |process: &Process| {
        let mut workers = all
            .iter()
            .filter(|worker| works_for(worker, process))
            .peekable();
        let reloads = after_python(process).is_some_and(reloads);
        if workers.peek().is_none() {
            !reloads
        } else {
            (!reloads || edit == Edit::Data) && workers.any(is_old)
        }
    };
    let old = all
        .iter()
        .filter(|process| is_old(process) && !own_line.contains(&process.pid) && counts(process));
    let found: Vec<Old> = old.filter_map(|process| seen.old(process)).collect();
    let is_worker = |old: &Old| found.iter().any(|by| works_for(&old.process, &by.process));
    found
        .iter()
        .filter(|old| !is_worker(old))
        .map(Old::shown)
        .collect()
}

/// Returns the arguments that follow the name of an interpreter.
fn after_python(process: &Process) -> Option<&[OsString]> {
    let is_python = |arg: &OsString| Path::new(arg).file_name().is_some_and(script::is_python);
    let python = process.args.iter().take(2).position(is_python)?;
    Some(&process.args[python + 1..])
}

fn finding(old: Old, edited: File) -> Finding {
    let Old {
        process:
            Process {
                pid,
                args,
                started_ns,
                ..
            },
        is_kernel,
        ..
    } = old;
    let watch = (!is_kernel).then(|| Remedy::Watch {
        words: args.clone(),
    });
    let remedies = [Remedy::Kill { pid }].into_iter().chain(watch).collect();
    let cause = Cause::OldProcess {
        pid,
        command: args,
        started_ns,
        edited,
        is_kernel,
    };
    Finding {
        cause,
        remedies,
        cured_by_run: false,
    }
}

/// Returns the file of a module, or of its package, that was changed last, and when.
pub(super) fn latest(own: &Path, package: Option<&Path>) -> Option<(PathBuf, i64)> {
    let at = |path: &Path| stamp::of(path).map(|stamp| (path.to_owned(), stamp.ctime_ns));
    let (mut best, mut count) = (at(own)?, 0);
    let mut waiting: Vec<PathBuf> = package.map(Path::to_owned).into_iter().collect();
    while let Some(directory) = waiting.pop().filter(|_| count < MOST) {
        for path in files::names(&directory)
            .into_iter()
            .map(|name| directory.join(name))
        {
            count += 1;
            if path.extension().is_some_and(|end| end == "py") {
                best = at(&path).filter(|found| found.1 > best.1).unwrap_or(best);
            } else if path.extension().is_none() && stamp::is_directory(&path) {
                waiting.push(path);
            }
        }
    }
    Some(best)
}

struct Seen<'a> {
    subject: &'a Subject,
    context: &'a Context<'a>,
    top: Option<&'a str>,
}

impl Seen<'_> {
    /// Returns a process that has this project's code.
    fn old(&self, process: &Process) -> Option<Old> {
        let rest = after_python(process)?;
        let is_kernel = process.args.iter().any(is_kernel);
        let started = self
            .code_of(process, rest)
            .filter(|file| self.is_inside(file));
        let named = || rest.iter().filter_map(|arg| self.module(process, arg));
        let is_named = || is_kernel || rest.iter().any(|arg| self.names(process, arg));
        (started.is_some() || self.is_ours(process) && is_named()).then(|| {
            let entries = started.iter().cloned().chain(named());
            let entries = entries
                .map(|file| files::canonical(&file).unwrap_or(file))
                .collect();
            Old {
                process: process.clone(),
                entries,
                is_kernel,
            }
        })
    }

    /// Returns the file that an interpreter was started with.
    fn code_of(&self, process: &Process, args: &[OsString]) -> Option<PathBuf> {
        let cwd = process.cwd.as_deref().unwrap_or(Path::new("/"));
        match launch::read(args).runs {
            Runs::Module(name) => {
                let name = name.to_str()?.to_owned();
                let beside = source_at(&cwd.join(name.replace('.', "/")));
                beside.or_else(|| self.context.stage.search.find(&name).module()?.file.clone())
            }
            Runs::Script(path) => {
                let path = cwd.join(path);
                let entry = || {
                    own_source(
                        &script::read(&path)?.entry(self.context.roots)?,
                        self.context.roots,
                    )
                };
                entry().or(Some(path))
            }
            Runs::Code(code) => {
                let beside = |name: &str| source_at(&cwd.join(name.replace('.', "/")));
                let own =
                    |name: &String| own_source(name, self.context.roots).or_else(|| beside(name));
                script::imports(code.to_str()?).iter().find_map(own)
            }
            Runs::Text => None,
        }
    }

    /// Returns whether a file is the project's own, and not of an environment in it.
    fn is_inside(&self, file: &Path) -> bool {
        let real = files::canonical(file).unwrap_or_else(|| file.to_owned());
        let roots = self.context.roots.iter().map(|root| root.path.as_path());
        let places = roots
            .chain(self.context.project)
            .chain(self.subject.own.as_deref().and_then(Path::parent));
        let is_below =
            |place: &Path| files::canonical(place).is_some_and(|place| real.starts_with(place));
        let home = self.context.environment.map(|own| own.prefix.as_path());
        places.into_iter().any(is_below)
            && !self.context.is_installed(&real)
            && !home.is_some_and(is_below)
    }

    /// Returns whether a process was started in the project, or by its interpreter.
    fn is_ours(&self, process: &Process) -> bool {
        let starts = process.args.first().map(|arg| Path::new(arg).to_owned());
        let home = self.context.environment.map(|own| own.prefix.as_path());
        let is_its = starts.is_some_and(|path| home.is_some_and(|home| path.starts_with(home)));
        is_its
            || process
                .cwd
                .as_deref()
                .is_some_and(|cwd| self.is_inside(&cwd.join("x")))
    }

    /// Returns whether an argument names the package, or is a module of the project that may import
    /// it: `web:app`.
    fn names(&self, process: &Process, arg: &OsStr) -> bool {
        let text = arg.to_string_lossy();
        let holds_top = || words(&text).any(|word| self.top == Some(word));
        !is_minder(arg) && (holds_top() || self.module(process, arg).is_some())
    }

    /// Returns the project's source of a module that an argument names.
    fn module(&self, process: &Process, arg: &OsStr) -> Option<PathBuf> {
        let text = arg.to_string_lossy();
        let name = text.split(':').next().filter(|name| !name.is_empty())?;
        let is_name = words(name).collect::<Vec<_>>().join(".") == name;
        let beside = |place: &Path| {
            source_at(&place.join(name.replace('.', "/"))).filter(|file| self.is_inside(file))
        };
        let places = || {
            self.context
                .project
                .into_iter()
                .chain(process.cwd.as_deref())
        };
        is_name
            .then(|| own_source(name, self.context.roots).or_else(|| places().find_map(beside)))?
    }
}

/// Returns whether an interpreter with these arguments restarts what it runs by itself.
fn reloads(args: &[OsString]) -> bool {
    let has = |words: &[&str]| args.iter().any(|arg| words.iter().any(|word| arg == word));
    let program = match launch::read(args).runs {
        Runs::Module(name) => Some(name),
        Runs::Script(path) => path.file_stem().map(OsStr::to_owned),
        Runs::Code(_) | Runs::Text => None,
    };
    let debugs = || {
        program.is_some_and(|name| RELOAD_TO_DEBUG.iter().any(|known| name == *known))
            && has(&["--debug"])
    };
    !has(&STAYERS) && (has(&RELOADERS) || debugs())
}

fn is_spawned(arg: &OsString) -> bool {
    arg.to_string_lossy().contains(SPAWNED)
}

fn is_minder(arg: impl AsRef<OsStr>) -> bool {
    let text = arg.as_ref().to_string_lossy();
    MINDERS.iter().any(|minder| text.contains(minder))
}

/// Yields what could be names of modules in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

fn is_kernel(arg: &OsString) -> bool {
    let name = Path::new(arg).file_stem().unwrap_or(arg).as_bytes();
    KERNELS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_restarts_by_itself_is_known_by_its_words() {
        for (line, expected) in [
            ("-m uvicorn web:app --reload", true),
            ("/x/bin/uvicorn web:app", false),
            ("/x/bin/flask --app web run --debug", true),
            ("-m flask --app web --debug run", true),
            ("-m flask --app web run --debug --no-reload", false),
            ("-m flask --app web run", false),
            ("manage.py runserver", true),
            ("manage.py runserver --noreload", false),
            ("server.py --debug", false),
            ("-m server --debug", false),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(reloads(&words), expected, "{line}");
        }
    }
}
