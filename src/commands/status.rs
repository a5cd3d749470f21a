//! `devenv status`: the project, its trust, its profile and its plan, as a command started here
//! would get them. Of an untrusted project it evaluates nothing.

use anyhow::Result;

use super::ground::Ground;
use crate::cli::Status;
use crate::env::{Snapshot, operation};
use crate::hook::trace::Trace;
use crate::host::{Memory, clock};
use crate::project::inherited;
use crate::project::switch;
use crate::project::trust::Standing;
use crate::report::status::{Facts, Judged};
use crate::report::{Report, hook, status};

/// Runs the command.
pub fn run(args: &Status, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    if args.hook {
        let trace = Trace::recall(
            &snapshot.parent.to_string(),
            &Memory::new(snapshot.dirs.cache.as_deref()),
        );
        hook::print_status(report, trace.as_ref(), clock::now_ns(), args.json)?;
        return Ok(0);
    }
    let ground = Ground::at(&snapshot.cwd, snapshot, report, true)?;
    let Some(project) = &ground.project else {
        let facts = Facts {
            project: None,
            standing: Standing::Trusted,
            off: None,
            judged: None,
        };
        status::print(report, &facts, args.json)?;
        return Ok(0);
    };
    let standing = project.standing(snapshot);
    let mut judged = None;
    if matches!(standing, Standing::Trusted) {
        project
            .literal()
            .iter()
            .for_each(|fault| report.warn(fault));
        let choice = project.choice(args.profile.as_deref(), snapshot, &ground.env)?;
        let plan = project.plan(&choice.name)?;
        let after = operation::apply(&plan.operations, &ground.env);
        let interpreter =
            ground.interpreter(project, &after, &snapshot.cwd, project.is_configured());
        let overridden = inherited::overridden(&snapshot.env, snapshot.dirs.state.as_deref());
        let before = ground.env.clone();
        judged = Some(Judged {
            choice,
            plan,
            before,
            after,
            interpreter,
            overridden,
        });
    }
    let off = switch::read(
        Some(&project.resolved),
        snapshot.dirs.state.as_deref(),
        &snapshot.env,
    )
    .off;
    status::print(
        report,
        &Facts {
            project: Some(project),
            standing,
            off,
            judged,
        },
        args.json,
    )?;
    Ok(0)
}
