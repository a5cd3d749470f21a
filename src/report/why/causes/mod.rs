//! What is wrong, in words: the fact, and the evidence for it. One file for each kind of cause.

mod copies;
mod kept;
mod machine;
mod old;
mod places;
mod setup;

pub(super) use kept::{how, keeper};

use std::path::Path;

use super::super::{Report, span};
use super::Worded;
use crate::why::finding::{Cause, File, Held, Pair};

/// Says what follows from the gravest cause, at the end of the answer.
pub(super) fn in_short(report: &Report, cause: &Cause) -> String {
    let first = |pairs: &[Pair]| {
        pairs
            .first()
            .map(|pair| pair.source.clone())
            .filter(|source| !source.digest.is_empty())
    };
    match cause {
        Cause::OldBytecode { .. } => " from bytecode of another source".to_owned(),
        Cause::Copy { pairs, .. } => match first(pairs) {
            Some(source) => format!(
                ", a copy of {} made before your last edit",
                report.path(&source.path)
            ),
            None => ", a copy of a module that is gone".to_owned(),
        },
        Cause::SourcelessBytecode { .. } => ", bytecode without a source".to_owned(),
        Cause::Extension { source, .. } => format!(
            ", built before your last edit of {}",
            report.path(&source.path)
        ),
        Cause::WrongEnvironment {
            environment: Some(environment),
            ..
        } => {
            format!(", of the environment {}", report.path(environment))
        }
        Cause::WrongEnvironment { .. } => ", outside of the project's environment".to_owned(),
        Cause::FinderShadowed { own, .. }
        | Cause::Shadowed { own, .. }
        | Cause::PythonpathIgnored { own, .. }
        | Cause::ZipOrFrozen { own, .. } => format!(", not {}", report.path(&own.path)),
        Cause::ProgramCache {
            held: Held::Disk(_),
            ..
        } => ", and what was computed before your last edit is kept".to_owned(),
        Cause::HidesStandard { .. } => ", in the place of the standard library's".to_owned(),
        _ => String::new(),
    }
}

/// Says a cause.
pub(super) fn worded(report: &Report, cause: &Cause, now_ns: i64) -> Worded {
    let words = Words { report, now_ns };
    match cause {
        Cause::OldBytecode { .. } | Cause::SourcelessBytecode { .. } | Cause::Extension { .. } => {
            words.old(cause)
        }
        Cause::Copy { .. } | Cause::StrictEditable { .. } => words.copied(cause),
        Cause::SetUp(complaint) => words.set_up(complaint),
        Cause::OldProcess { .. } | Cause::FillMissing { .. } | Cause::Clock { .. } => {
            words.machine(cause)
        }
        Cause::ProgramCache {
            caches,
            edited,
            held,
        } => words.kept(caches, edited, held),
        _ => words.place(cause),
    }
}

/// How causes are said.
#[derive(Clone, Copy, Debug)]
struct Words<'a> {
    report: &'a Report,
    now_ns: i64,
}

impl Words<'_> {
    fn path(&self, path: &Path) -> String {
        format!("`{}`", self.report.path(path))
    }

    /// Says when something was done to a file.
    fn dated(&self, verb: &str, file: &File) -> String {
        format!(
            "{verb} {} ago: {}",
            span((self.now_ns - file.at_ns).max(0)),
            self.report.path(&file.path)
        )
    }
}
