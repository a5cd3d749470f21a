//! `devenv run`: undo what was inherited, apply the plan as it is on disk now, keep the promise about bytecode, and
//! become the command; or say what that would be.

mod start;

use anyhow::{Context, Result};

use super::ground::Ground;
use crate::cli::Run;
use crate::env::Snapshot;
use crate::fault::Fault;
use crate::host::files;
use crate::report::Report;
use crate::report::plan::Shown;
use crate::report::run::{self as words, Detail};
use start::{NOT_EXECUTABLE, NOT_FOUND, Prepared, Start};

/// Runs the command.
pub(crate) fn run(args: &Run, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let shows = args.dry_run || args.explain;
    let ground = Ground::at(&snapshot.cwd, snapshot, report, !args.fresh && !shows)?;
    let start = Start { args, snapshot, report, ground: &ground };
    let mut ready = start.prepare()?;
    if shows {
        return show(&start, ready);
    }
    // What can't be started must not have cleared anything.
    let program = start.program(&ready)?;
    start.keep(&mut ready);
    start.sign(&mut ready);
    let error = ready.program(&program).exec();
    let exit = if files::is_absent(&error) { NOT_FOUND } else { NOT_EXECUTABLE };
    let fault = Fault::new(format!("cannot run `{}`", program.display())).exit(exit);
    Err(error).context(fault)
}

/// Shows what would be done, and does nothing.
fn show(start: &Start<'_>, mut ready: Prepared) -> Result<u8> {
    let Start { args, report, ground, .. } = start;
    let preview = start.preview(&mut ready);
    if args.explain {
        start.foresee_signature(&mut ready);
    }
    let Prepared { plan, env: after, command } = &ready;
    let run = words::Run {
        detail: if args.explain { Detail::Everything } else { Detail::Changes },
        plan,
        project: ground.project.as_ref().map(|project| project.root.as_path()),
        command,
        variables: Shown { operations: &plan.operations, before: &ground.env, after },
        preview: preview.as_ref(),
    };
    if args.json {
        report.json(&run.json(report))?;
    } else {
        report.print(&run.text(report))?;
    }
    Ok(0)
}
