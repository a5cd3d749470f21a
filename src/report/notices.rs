//! The words for what happened to bytecode before a run: at most one line for each cause, with what to do.

use std::path::Path;

use super::{Report, count};
use crate::bytecode::promise::Notice;
use crate::fault::Fault;

/// Says each notice.
pub(crate) fn say(report: &Report, notices: &[Notice]) {
    notices.iter().for_each(|notice| report.warn(&worded(report, notice)));
}

fn worded(report: &Report, notice: &Notice) -> Fault {
    match notice {
        Notice::Unwritable { path, reason } => {
            let what =
                format!("cannot replace `{}` ({reason}): bytecode is kept apart for this run", report.path(path));
            Fault::new(what).hint("make it writable, or set `bytecode = \"isolated\"` in the profile")
        }
        Notice::ReadOnly(path) => {
            let what = format!("`{}` is read-only: bytecode is kept apart for this run", report.path(path));
            Fault::new(what).hint("set `bytecode = \"isolated\"` in the profile")
        }
        Notice::Tracked(paths) => {
            let what = format!("git tracks {}: bytecode is kept apart for this run", listed(report, paths));
            Fault::new(what).hint("git rm --cached -r and add `__pycache__/` to .gitignore")
        }
        Notice::NoPlace => Fault::new("there is no cache directory to keep bytecode in: old code may run")
            .hint("set HOME or XDG_CACHE_HOME"),
        Notice::Sourceless(paths) => {
            let what = format!("{} would be imported although its source is gone", listed(report, paths));
            Fault::new(what).hint(format!(
                "rm {}",
                paths.iter().take(5).map(|path| report.path(path)).collect::<Vec<_>>().join(" ")
            ))
        }
        Notice::LinkOut(link) => {
            let (from, to) = (report.path(&link.link), report.path(&link.target));
            Fault::new(format!("`{from}` leads out of the project, to `{to}`: its bytecode is left as it is"))
                .hint(format!("add \"{to}\" to `sources` to have its edits run"))
        }
        Notice::NotRemoved { path, reason } => {
            Fault::new(format!("cannot remove `{}` ({reason}): bytecode is kept apart for this run", report.path(path)))
        }
    }
}

/// Names the first path and counts the others.
fn listed(report: &Report, paths: &[impl AsRef<Path>]) -> String {
    let first = format!("`{}`", report.path(paths[0].as_ref()));
    match paths.len() - 1 {
        0 => first,
        more => format!("{first} and {}", count(more, "other file")),
    }
}
