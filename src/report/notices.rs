//! The words for what happened to bytecode before a run: at most one line for each cause, with what to do. Which
//! notices there are is `bytecode`'s to say.

use std::path::{Path, PathBuf};

use super::{Report, count};
use crate::bytecode::promise::Notice;
use crate::bytecode::survey::Hidden;
use crate::fault::Fault;

/// So many files are named in a command to paste.
const NAMED: usize = 5;

/// Says each notice.
pub(crate) fn say(report: &Report, notices: &[Notice]) {
    notices.iter().for_each(|notice| report.warn(&worded(report, notice)));
}

fn worded(report: &Report, notice: &Notice) -> Fault {
    let (what, hint) = match notice {
        Notice::KeptApart(why) => return because(report, why, "bytecode is kept apart for this run"),
        Notice::NoPlace(why) => return because(report, why, "there is no cache directory to keep bytecode apart in"),
        Notice::Unwritable { path, reason } => {
            (format!("cannot replace `{}` ({reason})", report.path(path)), open(report, path))
        }
        Notice::ReadOnly(path) => {
            (format!("`{}` is read-only", report.path(path)), "set `bytecode = \"isolated\"` in the profile".to_owned())
        }
        Notice::Hidden(Hidden { path, reason: Some(reason) }) => {
            (format!("cannot look at `{}` ({reason})", report.path(path)), "make it readable".to_owned())
        }
        Notice::Hidden(Hidden { path, reason: None }) => {
            (format!("`{}` is a link out of the project", report.path(path)), format!("rm {}", report.quoted(path)))
        }
        Notice::Tracked(paths) => (format!("git tracks {}", listed(report, paths)), untrack(report, paths)),
        Notice::Spared(paths) => {
            (format!("git tracks {}: left as it is", listed(report, paths)), untrack(report, paths))
        }
        Notice::NotRemoved { path, reason } => {
            (format!("cannot remove `{}` ({reason})", report.path(path)), open(report, path))
        }
        Notice::LinkStays(paths) => {
            let is = if paths.len() == 1 { "is a link" } else { "are links" };
            let what = format!("{} {is}: nothing behind is cleared", listed(report, paths));
            (what, format!("rm -- {}", named(report, paths)))
        }
        Notice::Sourceless(paths) => {
            let what = format!("{} would be imported although its source is gone", listed(report, paths));
            (what, format!("rm -- {}", named(report, paths)))
        }
        Notice::LinkOut(link) => {
            let (from, to) = (report.path(&link.link), report.path(&link.target));
            let what = format!("`{from}` leads out of the project, to `{to}`: its bytecode is left as it is");
            (what, format!("add \"{to}\" to `sources` to have its edits run"))
        }
    };
    Fault::new(what).hint(hint)
}

/// Words an obstacle with what follows from it.
fn because(report: &Report, why: &Notice, then: &str) -> Fault {
    let mut fault = worded(report, why);
    fault.what = format!("{}: {then}", fault.what);
    fault
}

/// Says what would let a file be replaced or removed: both change its directory alone.
fn open(report: &Report, path: &Path) -> String {
    format!("make the directory `{}` writable", report.path(path.parent().unwrap_or(path)))
}

fn untrack(report: &Report, paths: &[PathBuf]) -> String {
    format!("git rm --cached -- {}", named(report, paths))
}

fn named(report: &Report, paths: &[PathBuf]) -> String {
    paths.iter().take(NAMED).map(|path| report.quoted(path)).collect::<Vec<_>>().join(" ")
}

/// Names the first path and counts the others.
fn listed(report: &Report, paths: &[PathBuf]) -> String {
    let first = paths.first().map(|path| format!("`{}`", report.path(path))).unwrap_or_default();
    match paths.len().saturating_sub(1) {
        0 => first,
        more => format!("{first} and {}", count(more, "other")),
    }
}
