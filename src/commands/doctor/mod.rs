//! `devenv doctor`: the whole project and set-up, check by check. Changes nothing but what `--fix`
//! may.

mod checks;

use anyhow::Result;
use checks::of_project;

use crate::cli::Doctor;
use crate::commands::drift;
use crate::commands::ground::{self, Ground};
use crate::commands::surroundings;
use crate::env::{Snapshot, operation};
use crate::git::answers::Ignorer;
use crate::git::{Asker, worktree};
use crate::hook::trace::Trace;
use crate::host::{Memory, clock, stamp};
use crate::inject::targets::gitignore;
use crate::project::Project;
use crate::project::load::Reading;
use crate::project::plan::Plan;
use crate::project::switch::{self, Off};
use crate::project::trust::Standing;
use crate::python::startable::Caution;
use crate::report::Report;
use crate::report::doctor::{self as words, Failure, Shown};
use crate::values::fault::Fault;
use crate::values::manifest::LOCAL;
use crate::why::doctor::complaint::{Complaint, NOT_IGNORED};
use crate::why::doctor::shell::Shells;
use crate::why::doctor::{self, Check, Topic};
use crate::why::finding::Finding;

/// Runs the command.
pub fn run(args: &Doctor, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let memory = Memory::new(snapshot.dirs.cache.as_deref());
    let mut checks = examine(&memory, snapshot, report);
    let (mut fixed, mut failed) = (Vec::new(), Vec::new());
    if args.fix {
        let before = checks;
        failed = mend(&memory, snapshot, report);
        checks = examine(&memory, snapshot, report);
        fixed = before
            .into_iter()
            .flat_map(|check| check.findings)
            .collect();
        let left = checks.iter().flat_map(|check| &check.findings);
        // Each that is left stands for one that was there, the very same or one of its kind.
        left.for_each(|left| {
            let of_kind = |one: &Finding| one.cause.code() == left.cause.code();
            let same = fixed
                .iter()
                .position(|one| one == left)
                .or(fixed.iter().position(of_kind));
            same.into_iter().for_each(|place| drop(fixed.remove(place)));
        });
    }
    let shown = Shown {
        checks,
        fixed,
        failed,
        now_ns: clock::now_ns(),
    };
    words::print(report, &shown, args.json)?;
    Ok(u8::from(shown.is_ill()))
}

/// Cures what needs no question: writes ignore rules; of a trusted project arms the bytecode, and
/// starts what is left to compile, as before a run. One that fails keeps no other from being tried:
/// it is returned with the reason.
fn mend(memory: &Memory, snapshot: &Snapshot, report: &Report) -> Vec<Failure> {
    let Ok(ground) = Ground::with(
        memory.clone(),
        &snapshot.cwd,
        snapshot,
        report,
        Reading::Whole,
    ) else {
        return Vec::new();
    };
    let Some(project) = ground.project.as_ref() else {
        return Vec::new();
    };
    let mut failed = Vec::new();
    let top = worktree::top(&project.resolved);
    if top.is_some() && !unignored(project, &ground, snapshot).is_empty() {
        let asker = Asker {
            env: &ground.env,
            user: snapshot.user,
        };
        let done = surroundings::ignore(
            &project.resolved,
            top,
            asker,
            snapshot.dirs.state.as_deref(),
        );
        failed.extend(done.err().map(|reason| Failure {
            code: NOT_IGNORED,
            reason,
        }));
    }
    // A plan that can't be made is a finding of its own.
    let plan = matches!(project.standing(snapshot), Standing::Trusted)
        .then(|| planned(project, &ground, snapshot));
    if let Some(Ok(plan)) = plan {
        let env = operation::apply(&plan.operations, &ground.env);
        let kept = ground.promise(project, &plan, &env, snapshot, true).keep();
        // What stood in the way is found by the next examination.
        ground::go_on(&kept, &ground.memory, snapshot);
    }
    failed
}

/// Returns the ignore rules that are missing for what is there, or is there with every run.
fn unignored(project: &Project, ground: &Ground, snapshot: &Snapshot) -> Vec<&'static str> {
    let asker = Asker {
        env: &ground.env,
        user: snapshot.user,
    };
    let missing = gitignore::missing_in(&project.resolved, asker, Ignorer::Anyone).into_iter();
    missing
        .filter(|line| *line != LOCAL || stamp::is_file(&project.root.join(LOCAL)))
        .collect()
}

/// Returns what is wrong in the files of other tools.
fn around(
    project: &Project,
    ground: &Ground,
    snapshot: &Snapshot,
    is_trusted: bool,
) -> Vec<Complaint> {
    let mut out = Vec::new();
    if worktree::top(&project.resolved).is_some() {
        let lines = unignored(project, ground, snapshot);
        let file = project.root.join(".gitignore");
        out.extend((!lines.is_empty()).then_some(Complaint::NotIgnored { file, lines }));
    }
    let drifts = if is_trusted {
        drift::find(project, ground, snapshot).unwrap_or_default()
    } else {
        Vec::new()
    };
    out.extend(drifts.into_iter().map(|drift| Complaint::Drift {
        path: drift.outcome.edit.path,
        target: drift.target.word(),
        profile: drift.profile,
    }));
    out
}

/// Returns what the project means for a command of today.
fn planned(project: &Project, ground: &Ground, snapshot: &Snapshot) -> Result<Plan, Fault> {
    project.plan(&project.choice(None, snapshot, &ground.env)?.name)
}

/// Returns what keeps the hook off here.
fn off(project: Option<&Project>, snapshot: &Snapshot) -> Option<Off> {
    let root = project
        .filter(|project| project.is_configured())
        .map(|project| project.resolved.as_path());
    switch::read(root, snapshot.dirs.state.as_deref(), &snapshot.env).off
}

/// Makes every check.
fn examine(memory: &Memory, snapshot: &Snapshot, report: &Report) -> Vec<Check> {
    let is_hooked = Trace::recall(&snapshot.parent.to_string(), memory).is_some();
    let home = snapshot.dirs.home.as_deref();
    let (mut checks, caution, off) = match Ground::with(
        memory.clone(),
        &snapshot.cwd,
        snapshot,
        report,
        Reading::Whole,
    ) {
        Ok(ground) => (
            of_project(&ground, snapshot),
            ground.caution(snapshot),
            off(ground.project.as_ref(), snapshot),
        ),
        Err(error) => {
            let check = Check {
                topic: Topic::Project,
                about: String::new(),
                findings: broken(&error),
            };
            (
                vec![check],
                Caution::around(None, &[&snapshot.cwd], home, snapshot.user),
                off(None, snapshot),
            )
        }
    };
    let shells = Shells {
        env: &snapshot.env,
        home,
        exe: &snapshot.exe,
        is_hooked,
        off,
        caution: &caution,
        memory,
    };
    checks.extend(doctor::shell(&shells, &snapshot.cwd));
    checks
}

fn complain(complaint: Complaint) -> Vec<Finding> {
    vec![Finding::of_complaint(complaint)]
}

/// Complains of a configuration that can't be read, or not be acted on.
fn broken(error: &anyhow::Error) -> Vec<Finding> {
    let fault = error.downcast_ref::<Fault>();
    let place = fault
        .and_then(|fault| fault.spot.as_ref())
        .map(|spot| &spot.place);
    let place =
        place.map(|place| format!("{}:{}:{}: ", place.file.display(), place.line, place.column));
    let complaint = Complaint::Configuration {
        fault: place.unwrap_or_default() + &error.to_string(),
        hint: fault.and_then(|fault| fault.hints.first().cloned()),
    };
    complain(complaint)
}
