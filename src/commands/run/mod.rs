//! `devenv run`: undo what was inherited, apply the plan as it is on disk now, keep the promise
//! about bytecode, and become the command; or say what that would be.

mod again;
pub(super) mod fresh;
mod reads;
mod start;
mod told;
mod watch;

use std::path::Path;

use anyhow::Result;

use super::ground::Ground;
use crate::cli::Run;
use crate::env::Snapshot;
use crate::host::spawn::Program;
use crate::host::{signals, terminal};
use crate::report::Report;
use crate::report::plan::Shown;
use crate::report::run::{self as words, Detail};
use crate::watch::stage;
use start::{Prepared, Start};

/// Runs the command.
pub fn run(args: &Run, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    if args.watch {
        return watch::run(args, snapshot, report);
    }
    let shows = args.dry_run || args.explain;
    let ground = Ground::read(
        &snapshot.cwd,
        snapshot,
        report,
        !args.fresh && !shows,
        start::reading(args),
    )?;
    let fresh = args.fresh.then(|| fresh::prefix(snapshot));
    let start = Start {
        args,
        snapshot,
        report,
        ground: &ground,
        fresh: fresh.as_deref(),
    };
    let mut ready = start.prepare()?;
    if shows {
        return show(&start, ready);
    }
    // What can't be started must not have cleared anything, nor made any.
    let program = start.program(&ready)?;
    if let Some(prefix) = &fresh {
        fresh::make(prefix, snapshot);
    }
    start.keep(&mut ready);
    start.sign(&mut ready);
    let error = ready.program(&program).exec();
    Err(start::cannot_run(&program, error))
}

/// Becomes a command in a process that `watch` started, where the arguments ask for it.
pub fn become_command(snapshot: &Snapshot) -> Option<u8> {
    let [_, command, place, path, name, args @ ..] = snapshot.args.as_slice() else {
        return None;
    };
    if command != stage::COMMAND {
        return None;
    }
    if place == stage::WITH_TERMINAL {
        terminal::claim();
    }
    signals::release();
    let path = Path::new(path);
    let error = Program {
        path,
        name,
        args,
        env: snapshot.env.iter().collect(),
    }
    .exec();
    Some(Report::plain(&snapshot.env).error(&start::cannot_run(path, error)))
}

/// Shows what would be done, and does nothing.
fn show(start: &Start<'_>, mut ready: Prepared) -> Result<u8> {
    let Start {
        args,
        report,
        ground,
        ..
    } = start;
    let preview = start.preview(&mut ready);
    if args.explain {
        start.foresee_signature(&mut ready);
    }
    let Prepared {
        plan,
        env: after,
        command,
    } = &ready;
    let run = words::Run {
        detail: if args.explain {
            Detail::Everything
        } else {
            Detail::Changes
        },
        plan,
        project: ground
            .project
            .as_ref()
            .map(|project| project.root.as_path()),
        command,
        variables: Shown {
            operations: &plan.operations,
            before: &ground.env,
            after,
        },
        preview: preview.as_ref(),
    };
    if args.json {
        report.json(&run.json(report))?;
    } else {
        report.print(&run.text(report))?;
    }
    Ok(0)
}
