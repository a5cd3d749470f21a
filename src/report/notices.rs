//! The words for what happened to bytecode before a run: at most one line for each cause, with what
//! to do. Which notices there are is `bytecode`'s to say.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::{Report, count};
use crate::bytecode::guests::Unkept;
use crate::bytecode::promise::Notice;
use crate::bytecode::survey::Hidden;
use crate::host::tree;
use crate::project::sources::Root;
use crate::project::venv::Venv;
use crate::python::policy::PREFIX;
use crate::values::fault::Fault;

/// So many files are named in a command to paste.
const NAMED: usize = 5;

/// Says each notice.
pub fn say(report: &Report, notices: &[Notice]) {
    notices
        .iter()
        .for_each(|notice| report.warn(&worded(report, notice)));
}

/// Says what could not be done; of a tree that is another one by now, once.
pub(super) fn say_failed(report: &Report, to_do: &str, failed: &[(PathBuf, io::ErrorKind)]) {
    let mut said = BTreeSet::new();
    for (path, reason) in failed {
        if !tree::is_swapped(*reason) {
            report.warn(&Fault::new(format!(
                "cannot {to_do} `{}` ({reason})",
                report.path(path)
            )));
        } else if said.insert(path) {
            report.warn(&swapped(report, path));
        }
    }
}

fn swapped(report: &Report, tree: &Path) -> Fault {
    let what = format!(
        "`{}` is not the directory that was looked at: nothing in it is touched",
        report.path(tree)
    );
    Fault::new(what).hint("see who may write the directory that it is in")
}

/// Words a notice.
pub fn worded(report: &Report, notice: &Notice) -> Fault {
    let (what, hint) = match notice {
        Notice::Unwritable { path, reason } | Notice::NotRemoved { path, reason }
            if tree::is_swapped(*reason) =>
        {
            return swapped(report, path);
        }
        Notice::KeptApart(why) => {
            return because(report, why, "bytecode is kept apart for this run");
        }
        Notice::NoPlace(why) => {
            return because(
                report,
                why,
                "there is no cache directory to keep bytecode apart in",
            );
        }
        Notice::Unwritable { path, reason } => (
            format!("cannot replace `{}` ({reason})", report.path(path)),
            open(report, path),
        ),
        Notice::ReadOnly(path) => (
            format!("`{}` is read-only", report.path(path)),
            "set `bytecode = \"isolated\"` in the profile".to_owned(),
        ),
        Notice::Hidden(Hidden {
            path,
            reason: Some(reason),
        }) => (
            format!("cannot look at `{}` ({reason})", report.path(path)),
            "make it readable".to_owned(),
        ),
        Notice::Hidden(Hidden { path, reason: None }) => (
            format!("`{}` is a link out of the project", report.path(path)),
            format!("rm {}", report.quoted(path)),
        ),
        Notice::Tracked(paths) => (
            format!("git tracks {}", listed(report, paths)),
            untrack(report, paths),
        ),
        Notice::Spared(paths) => (
            format!("git tracks {}: left as it is", listed(report, paths)),
            untrack(report, paths),
        ),
        Notice::NotRemoved { path, reason } => (
            format!("cannot remove `{}` ({reason})", report.path(path)),
            open(report, path),
        ),
        Notice::LinkStays(paths) => {
            let is = if paths.len() == 1 {
                "is a link"
            } else {
                "are links"
            };
            let what = format!("{} {is}: nothing behind is cleared", listed(report, paths));
            (what, format!("rm -- {}", named(report, paths)))
        }
        Notice::Sourceless(paths) => {
            let what = format!(
                "{} would be imported although its source is gone",
                listed(report, paths)
            );
            (what, format!("rm -- {}", named(report, paths)))
        }
        Notice::Unkept { path, why } => unkept(report, path, *why),
        Notice::LinkOut(link) => {
            let (from, to) = (report.path(&link.link), report.path(&link.target));
            let what = format!(
                "`{from}` leads out of the project, to `{to}`: its bytecode is left as it is"
            );
            (
                what,
                format!("add \"{to}\" to `sources` to have its edits run"),
            )
        }
    };
    Fault::new(what).hint(hint)
}

/// Words why edits of what `PYTHONPATH` names besides the project may not run.
fn unkept(report: &Report, path: &Path, why: Unkept) -> (String, String) {
    let (what, hint) = match why {
        Unkept::Foreign => (
            "is another user's, and its bytecode is left as it is",
            fresh(),
        ),
        Unkept::Wide => (
            "is too wide, and its bytecode is left as it is",
            "name the directory of the modules alone".to_owned(),
        ),
        Unkept::Archive => (
            "holds bytecode, which Python checks by time alone",
            format!("zip -d {} '*.pyc'", report.quoted(path)),
        ),
    };
    (
        format!("`{}` on PYTHONPATH {what}", report.path(path)),
        hint,
    )
}

/// Words that a relative prefix of the caller's is another one in every working directory.
pub fn relative_prefix(report: &Report, now: &Path) -> Fault {
    let what = format!(
        "`{PREFIX}` is relative: commands get `{}`",
        report.path(now)
    );
    Fault::new(what).hint(report.tongue.set(PREFIX, now.as_os_str()))
}

/// Words that the environment of the project is not there.
pub fn no_environment(
    report: &Report,
    missing: &Path,
    python: Option<&Path>,
    venv: Option<&Venv>,
) -> Fault {
    let instead = match python {
        Some(python) => format!("`{}` runs instead", report.path(python)),
        None => "there is no other Python".to_owned(),
    };
    let fault = Fault::new(format!(
        "the environment `{}` is missing: {instead}",
        report.path(missing)
    ));
    match venv {
        Some(venv) if venv.is_uv && venv.tell_uv => fault.hint("devenv run -- uv sync"),
        Some(venv) if venv.is_uv => fault.hint("uv sync"),
        _ => fault.hint(format!("python3 -m venv {}", report.argument(missing))),
    }
}

/// Words that code outside the project is imported as it was, because nobody was asked about it or
/// it is not listed.
pub fn outside(report: &Report, roots: &[&Root], is_configured: bool) -> Option<Fault> {
    let paths: Vec<PathBuf> = roots.iter().map(|root| root.path.clone()).collect();
    let first = paths.first()?;
    let verb = if paths.len() == 1 { "lies" } else { "lie" };
    let listed = listed(report, &paths);
    Some(if is_configured {
        let is = if paths.len() == 1 {
            "is installed as a copy"
        } else {
            "are installed as copies"
        };
        let what = format!("{listed} {is}, and not among `sources`: edits do not run");
        Fault::new(what).hint(format!("add \"{}\" to `sources`", report.path(first)))
    } else {
        let what = format!("{listed} {verb} outside the project: edits run only with your consent");
        Fault::new(what).hint("devenv init")
    })
}

/// Says how a run reads no bytecode at all.
fn fresh() -> String {
    "`devenv run --fresh -- …` reads none".to_owned()
}

/// Words an obstacle with what follows from it.
fn because(report: &Report, why: &Notice, then: &str) -> Fault {
    let mut fault = worded(report, why);
    fault.what = format!("{}: {then}", fault.what);
    fault
}

/// Says what would let a file be replaced or removed: both change its directory alone.
fn open(report: &Report, path: &Path) -> String {
    format!(
        "make the directory `{}` writable",
        report.path(path.parent().unwrap_or(path))
    )
}

fn untrack(report: &Report, paths: &[PathBuf]) -> String {
    format!("git rm --cached -- {}", named(report, paths))
}

fn named(report: &Report, paths: &[PathBuf]) -> String {
    paths
        .iter()
        .take(NAMED)
        .map(|path| report.quoted(path))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Names the first path and counts the others.
fn listed(report: &Report, paths: &[PathBuf]) -> String {
    let first = paths
        .first()
        .map(|path| format!("`{}`", report.path(path)))
        .unwrap_or_default();
    match paths.len().saturating_sub(1) {
        0 => first,
        more => format!("{first} and {}", count(more, "other")),
    }
}
