//! `devenv cache arm`: has Python check existing bytecode by content, as a run does before its
//! command.

use anyhow::Result;

use super::area::{self, Area, Asked};
use crate::bytecode::arm::Armed;
use crate::cli::cache::Arm;
use crate::env::Snapshot;
use crate::report::Report;
use crate::report::cache as words;

/// Runs the command.
pub(super) fn run(args: &Arm, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = area::ground(&args.paths, snapshot, report)?;
    let area = Area::of(
        &ground,
        Asked {
            paths: &args.paths,
            profile: None,
        },
        snapshot,
        report,
    )?;
    let each = area
        .places()
        .into_iter()
        .map(|prefix| area.promise.arm(prefix, args.dry_run));
    let done = each.fold(Armed::default(), Armed::and);
    words::print_armed(report, &done, args.dry_run, args.json)?;
    Ok(u8::from(
        !done.failed.is_empty() || !done.tracked.is_empty(),
    ))
}
