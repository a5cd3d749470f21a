//! Judges what keeps an edit from taking effect: one file for each kind of cause. Each takes facts
//! and returns findings; none touches anything.

mod clock;
mod compiled;
pub(super) mod copies;
pub(super) mod fill;
mod kept;
mod listed;
mod lost;
mod pairs;
mod processes;
mod reach;
mod shadows;
pub(super) mod strays;

use super::context::Context;
use super::finding::Finding;
use super::subject::Subject;
use crate::audit::Keeper;
use crate::bytecode::verdict::Judged;
use std::path::PathBuf;

/// What the judges say.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// The gravest first.
    pub findings: Vec<Finding>,
    /// The bytecode that would be read, and what Python would do with it.
    pub bytecode: Vec<(PathBuf, Judged)>,
    /// The caches inside the program that would keep what is read from the file.
    pub keepers: Vec<Keeper>,
}

/// Asks every judge.
pub fn judge(subject: &Subject, context: &Context<'_>) -> Verdicts {
    let mut findings = strays::judge(subject, context);
    if subject.data.is_some() {
        let (keepers, kept) = kept::of_data(subject, context);
        findings.extend(copies::judge(subject, context).into_iter().chain(kept));
        return Verdicts {
            findings,
            bytecode: Vec::new(),
            keepers,
        };
    }
    let found = shadows::ignored(subject, context)
        .or_else(|| lost::judge(subject, context))
        .or_else(|| shadows::judge(subject, context));
    findings.extend(
        found
            .into_iter()
            .chain(copies::judge(subject, context))
            .chain(shadows::zipped(subject)),
    );
    let (bytecode, compiled) = compiled::judge(subject, context);
    findings.extend(compiled);
    findings.extend(processes::judge(subject, context));
    findings.extend(kept::of_module(subject, context));
    findings.extend(clock::judge(subject, context, &bytecode));
    findings.extend(fill::judge(context));
    findings.sort_by_key(|finding| finding.cause.severity());
    Verdicts {
        findings,
        bytecode,
        keepers: Vec::new(),
    }
}
