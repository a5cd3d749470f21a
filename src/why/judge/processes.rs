//! Processes that were started before the edit and have this project's code: what they imported, they keep.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::facts;
use super::super::finding::{Cause, File, Finding, Remedy};
use super::super::script;
use super::super::subject::Subject;
use crate::host::processes::{self, Process};
use crate::host::{files, stamp};

/// What keeps code alive for an editor.
const KERNELS: [&[u8]; 4] = [b"ipykernel", b"ipykernel_launcher", b"debugpy", b"xpython"];

/// Words of processes that restart what they run by themselves.
const RELOADERS: [&[u8]; 3] = [b"--reload", b"runserver", b"--debug"];

/// So many files of a package are looked at for the latest edit.
const MOST: usize = 5_000;

/// Judges the user's processes by the source that was edited last.
pub(super) fn judge(subject: &Subject, context: &Context<'_>) -> Vec<Finding> {
    let own = subject.own.as_deref().or_else(|| subject.file().filter(|file| !context.is_installed(file)));
    let Some((edited, edited_ns)) = own.and_then(|own| latest(own, subject.package(own))) else { return Vec::new() };
    let edited = facts::edited(&edited);
    let all = processes::of_user(context.user);
    let own_line = ancestors(context.pid, &all);
    let seen = Seen { subject, context };
    let old = all.iter().filter(|process| process.started_ns < edited_ns && !own_line.contains(&process.pid));
    old.filter_map(|process| seen.finding(process, &edited)).collect()
}

/// Returns the file of a module, or of its package, that was changed last, and when.
fn latest(own: &Path, package: Option<&Path>) -> Option<(PathBuf, i64)> {
    let at = |path: &Path| stamp::of(path).map(|stamp| (path.to_owned(), stamp.ctime_ns));
    let (mut best, mut count) = (at(own)?, 0);
    let mut waiting: Vec<PathBuf> = package.map(Path::to_owned).into_iter().collect();
    while let Some(directory) = waiting.pop().filter(|_| count < MOST) {
        for path in files::names(&directory).into_iter().map(|name| directory.join(name)) {
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

/// Returns a process and everything above it: none of them can be the old one.
fn ancestors(pid: u32, all: &[Process]) -> Vec<u32> {
    let mut out = vec![pid];
    while let Some(parent) =
        out.last().and_then(|last| all.iter().find(|process| process.pid == *last)).map(|process| process.parent)
    {
        if out.contains(&parent) {
            break;
        }
        out.push(parent);
    }
    out
}

struct Seen<'a> {
    subject: &'a Subject,
    context: &'a Context<'a>,
}

impl Seen<'_> {
    fn finding(&self, process: &Process, edited: &File) -> Option<Finding> {
        let args = &process.args;
        let is_python = args.iter().take(2).any(|arg| Path::new(arg).file_name().is_some_and(script::is_python));
        let reloads = args.iter().any(|arg| RELOADERS.iter().any(|word| arg.as_bytes() == *word));
        if !is_python || reloads || !self.is_ours(process) {
            return None;
        }
        let is_kernel = args.iter().any(is_kernel);
        if !is_kernel && !args.iter().any(|arg| self.names(arg, process)) {
            return None;
        }
        let watch = (!is_kernel).then(|| Remedy::Watch { words: args.clone() });
        let remedies = [Remedy::Kill { pid: process.pid }].into_iter().chain(watch).collect();
        let (pid, command, started_ns, edited) = (process.pid, args.clone(), process.started_ns, edited.clone());
        let cause = Cause::OldProcess { pid, command, started_ns, edited, is_kernel };
        Some(Finding { cause, remedies, cured_by_run: false })
    }

    /// Returns whether a process has to do with the project: by where it was started, or by what it was started as.
    fn is_ours(&self, process: &Process) -> bool {
        let places = [self.context.project, self.context.environment.map(|own| own.prefix.as_path())];
        let inside = |path: &Path| {
            places.iter().flatten().any(|place| {
                path.starts_with(place) || files::canonical(place).is_some_and(|place| path.starts_with(place))
            })
        };
        process.cwd.as_deref().is_none_or(inside) || process.args.iter().take(2).any(|arg| inside(Path::new(arg)))
    }

    /// Returns whether an argument names the module, a package above it, or its file.
    fn names(&self, arg: &OsStr, process: &Process) -> bool {
        let text = arg.to_string_lossy();
        let top = self.subject.name.as_deref().and_then(|name| name.split('.').next());
        let is_name = top.is_some_and(|top| words(&text).any(|word| word == top));
        let path = process.cwd.as_deref().unwrap_or(Path::new("/")).join(arg);
        let is_file = || self.subject.own.as_deref().is_some_and(|own| text.ends_with(".py") && same(&path, own));
        is_name || is_file()
    }
}

fn same(a: &Path, b: &Path) -> bool {
    files::canonical(a).is_some_and(|a| files::canonical(b).is_some_and(|b| a == b))
}

/// Yields what could be names of modules in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

fn is_kernel(arg: &OsString) -> bool {
    let name = Path::new(arg).file_stem().unwrap_or(arg).as_bytes();
    KERNELS.contains(&name)
}
