//! Packages that every run compiles anew, because they have no bytecode and Python may not write
//! any.

use super::super::context::Context;
use super::super::finding::{Cause, Finding, Remedy};
use crate::bytecode::fill::packages::Shelf;
use crate::python::policy::DONT_WRITE;

/// Fewer modules than these cost nobody anything.
const WORTH_A_WORD: usize = 10;

/// Judges the directories of packages.
pub(in crate::why) fn judge(context: &Context<'_>) -> Option<Finding> {
    let run = context.run?;
    let writes = context
        .stage
        .variable(DONT_WRITE)
        .is_none_or(|value| value == "0");
    if writes {
        return None;
    }
    let target = run.promise.known_target()?;
    let prefix = context.stage.prefix();
    let shelf = Shelf {
        target: &target,
        prefix: prefix.as_deref(),
        memory: run.promise.memory,
    };
    let lacking = shelf.lacking(&context.stage.search.sites);
    let gaps = lacking
        .into_iter()
        .map(|place| (shelf.gaps(&place).modules.len(), place));
    let (modules, place) = gaps
        .max_by_key(|(modules, _)| *modules)
        .filter(|(modules, _)| *modules >= WORTH_A_WORD)?;
    let cured_by_run = run.promise.fill && run.promise.policy.forbids_writing();
    Some(Finding {
        cause: Cause::FillMissing { modules, place },
        remedies: vec![Remedy::Warm],
        cured_by_run,
    })
}
