//! What to do about bytecode that is wrong: arm it, or remove it where arming is of no use. What
//! git tracks stays, and so does what is imported for want of a source: it may be all there is.

use std::path::PathBuf;

use super::arm;
use super::census::{Found, Group, Place, Pyc};
use super::promise::Promise;
use super::survey::Doubt;
use super::sweep::{Failed, Sweep};
use super::verdict::{Judged, Reason, Verdict};
use crate::host::Tally;
use crate::python::names::Writer;

/// What is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Repair {
    doubts: Vec<Doubt>,
    sweep: Sweep,
}

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    pub armed: usize,
    pub removed: usize,
    /// What git tracks, and stays.
    pub tracked: Vec<PathBuf>,
    pub failed: Failed,
}

/// Returns whether a file is wrong; `strict`: in an image, where nothing is to be compiled again.
pub fn is_wrong(judged: Judged, strict: bool) -> bool {
    judged.is_dangerous() || (strict && matches!(judged.verdict, Verdict::Armed | Verdict::Stale))
}

/// Returns whether a file is of use in development alone.
fn is_armed(judged: Judged) -> bool {
    judged.verdict == Verdict::Armed || judged == Judged::new(Verdict::Stale, Reason::Content)
}

impl Repair {
    /// Decides about everything that was found.
    pub fn of(found: Found, strict: bool) -> Self {
        let is_wrong = |file: &Pyc| {
            file.place == Place::Cache && file.judged.is_some_and(|judged| is_wrong(judged, strict))
        };
        let is_armed = |file: &Pyc| !strict && is_wrong(file) && can_be_armed(file);
        let doubts = found
            .files()
            .filter(|(_, file)| is_armed(file))
            .map(|(group, file)| doubt(group, file))
            .collect();
        Self {
            doubts,
            sweep: Sweep::select(found, |file| is_wrong(file) && !is_armed(file)),
        }
    }
}

/// Returns the removal of what development armed, and nothing else.
pub fn disarmed(found: Found) -> Repair {
    let is_armed = |file: &Pyc| file.place == Place::Cache && file.judged.is_some_and(is_armed);
    Repair {
        doubts: Vec::new(),
        sweep: Sweep::select(found, is_armed),
    }
}

/// Returns whether a header that is checked by content cures a file: not one that has such a
/// header, or no code.
fn can_be_armed(file: &Pyc) -> bool {
    let by_header = |judged: Judged| match judged.verdict {
        Verdict::Suspect => judged.reason != Reason::Code,
        Verdict::Unchecked => true,
        _ => false,
    };
    file.writer == Writer::Import && file.judged.is_some_and(by_header)
}

fn doubt(group: &Group, file: &Pyc) -> Doubt {
    Doubt {
        is_guest: false,
        tree: group.tree.clone(),
        directory: group.directory.clone(),
        name: file.name.clone(),
        source: group.source.clone(),
        armable: true,
    }
}

/// Does it.
pub fn carry_out(repair: Repair, promise: &Promise<'_>) -> Repaired {
    let Repair { doubts, mut sweep } = repair;
    let directories = doubts
        .iter()
        .map(|doubt| doubt.directory.as_path())
        .chain(sweep.directories());
    let tracked = promise.tracked(directories, None);
    let armed = arm::arm(&doubts, &tracked);
    let spared = sweep.spare(&tracked);
    let removed = sweep.apply(false, &Tally::default());
    Repaired {
        armed: armed.armed.len(),
        removed: removed.files + armed.removed.len(),
        tracked: [armed.tracked, spared].concat(),
        failed: [armed.failed, removed.failed].concat(),
    }
}
