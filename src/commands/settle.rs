//! The detached process that keeps a promise about bytecode after a shell entered a project: it
//! arms what Python would believe too easily and starts the fill. Not part of the command line:
//! only a turn of the hook starts it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::ground::{self, Ground};
use crate::env::{Env, Snapshot, operation};
use crate::host::spawn;
use crate::project::trust::Standing;
use crate::report::Report;

/// The hidden command.
const COMMAND: &str = "__settle";

/// The step of it that only leaves the caller.
const BEGIN: &str = "begin";

/// The step of it that does the work.
const WORK: &str = "work";

/// Starts the process, and waits for nothing. `env` is what the shell has, without what is ours.
pub fn leave(root: &Path, profile: &str, snapshot: &Snapshot, env: &Env) {
    let args = [
        OsStr::new(COMMAND),
        OsStr::new(BEGIN),
        root.as_os_str(),
        OsStr::new(profile),
    ];
    let _ = spawn::leave(&snapshot.exe, &args, &env.iter().collect::<Vec<_>>());
}

/// Runs one step, where the arguments ask for it; returns the exit status.
pub fn run(snapshot: &Snapshot) -> Option<u8> {
    let [_, command, step, root, profile] = snapshot.args.as_slice() else {
        return None;
    };
    if command != COMMAND {
        return None;
    }
    if step == BEGIN {
        let args = [OsStr::new(COMMAND), OsStr::new(WORK), root, profile];
        let _ = spawn::detach_further(
            &snapshot.exe,
            &args,
            &snapshot.env.iter().collect::<Vec<_>>(),
        );
    } else {
        let snapshot = Snapshot {
            cwd: PathBuf::from(root),
            ..snapshot.clone()
        };
        let _ = work(&snapshot, profile.to_str()?);
    }
    Some(0)
}

fn work(snapshot: &Snapshot, profile: &str) -> Result<()> {
    spawn::lower_priority();
    let report = Report::plain(&snapshot.env);
    let ground = Ground::at(&snapshot.cwd, snapshot, &report, true)?;
    let project = ground.needed()?;
    if matches!(project.standing(snapshot), Standing::Trusted) {
        let plan = project.plan(profile)?;
        let env = operation::apply(&plan.operations, &ground.env);
        let kept = ground.promise(project, &plan, &env, snapshot, true).keep();
        ground::follow_up(&kept, &ground.memory, snapshot, &report);
    }
    Ok(())
}
