//! Times that can't be relied on: of the future, in whole seconds, of another machine. They matter
//! where bytecode is checked by them.

use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::facts;
use super::super::finding::{Cause, Clock, Finding, Remedy};
use super::super::subject::Subject;
use crate::bytecode::verdict::{Judged, Verdict};
use crate::host::{mounts, stamp};

const SECOND_NS: i64 = 1_000_000_000;

/// Clocks of two machines may differ by this much without anybody being wrong.
const SLACK_NS: i64 = 5 * SECOND_NS;

fn keeps_whole_seconds(path: &Path) -> bool {
    stamp::of(path)
        .is_some_and(|stamp| stamp.mtime_ns % SECOND_NS == 0 && stamp.ctime_ns % SECOND_NS == 0)
}

/// Judges the times of the source.
pub(super) fn judge(
    subject: &Subject,
    context: &Context<'_>,
    bytecode: &[(PathBuf, Judged)],
) -> Option<Finding> {
    let file = subject.own.as_deref().or_else(|| subject.file())?;
    let times = stamp::of(file)?;
    let ahead = times.mtime_ns - context.now_ns;
    let is_by_time = |judged: &Judged| matches!(judged.verdict, Verdict::Fresh | Verdict::Stale);
    let by_time = bytecode
        .iter()
        .filter(|(_, judged)| is_by_time(judged) && !context.is_installed(file));
    let pyc = by_time.map(|(pyc, _)| pyc.as_path()).next();
    let by_time = pyc.is_some();
    // One file may have been given such a time; that the directory and the bytecode have one too is
    // no accident.
    let is_whole = || {
        [Some(file), file.parent(), pyc]
            .into_iter()
            .flatten()
            .all(keeps_whole_seconds)
    };
    let what = match () {
        () if ahead > SLACK_NS => Clock::Future(ahead),
        () if by_time && mounts::is_remote(file) => Clock::Remote,
        () if by_time && is_whole() => Clock::WholeSeconds,
        () => return None,
    };
    let cured_by_run = context.run_checks(file.parent()?) && !matches!(what, Clock::Future(_));
    let path = file.to_owned();
    let remedy = if matches!(what, Clock::Future(_)) {
        Remedy::Touch { path }
    } else {
        Remedy::Arm { path }
    };
    Some(Finding {
        cause: Cause::Clock {
            file: facts::edited(file),
            what,
        },
        remedies: vec![remedy],
        cured_by_run,
    })
}
