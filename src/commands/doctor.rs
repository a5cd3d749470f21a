//! `devenv doctor`: the whole project and set-up, check by check. Changes nothing but what `--fix`
//! may.

use std::ffi::OsString;

use anyhow::Result;

use super::belief::{believed_environment, believed_roots};
use super::drift;
use super::ground::{self, Ground};
use super::surroundings;
use crate::cli::Doctor;
use crate::env::{Snapshot, operation};
use crate::fault::Fault;
use crate::git::answers::Ignorer;
use crate::git::{Asker, worktree};
use crate::hook::trace::Trace;
use crate::host::{Memory, clock, stamp};
use crate::inject::targets::gitignore;
use crate::manifest::LOCAL;
use crate::project::Project;
use crate::project::load::Reading;
use crate::project::modules;
use crate::project::plan::{Plan, absolute};
use crate::project::switch::{self, Off};
use crate::project::trust::Standing;
use crate::project::venv::Venv;
use crate::python::environment;
use crate::python::launch;
use crate::python::locate;
use crate::python::policy::Policy;
use crate::python::startable::Caution;
use crate::report::Report;
use crate::report::doctor::{self as words, Failure, Shown};
use crate::why::context::{Context, Intake, Run};
use crate::why::doctor::complaint::{Complaint, NOT_IGNORED};
use crate::why::doctor::shell::Shells;
use crate::why::doctor::{self, Check, Topic};
use crate::why::finding::{Finding, Remedy};
use crate::why::stage::{Setting, Stage};
use crate::why::subject::own_roots;

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

fn of_project(ground: &Ground, snapshot: &Snapshot) -> Vec<Check> {
    let home = snapshot.dirs.home.as_deref();
    let Some(project) = &ground.project else {
        let none = Check {
            topic: Topic::Project,
            about: String::new(),
            findings: complain(Complaint::NoProject),
        };
        return vec![
            none,
            doctor::variables(&ground.env, None, Policy::Verified, home),
        ];
    };
    let (plan, findings) = match project.standing(snapshot) {
        Standing::Trusted => match planned(project, ground, snapshot) {
            Ok(plan) => (Some(plan), outside(project)),
            Err(fault) => (None, broken(&fault.into())),
        },
        Standing::Refused(fault) => (None, broken(&fault.into())),
        _ => {
            let remedies = vec![consent(project)];
            (
                None,
                vec![Finding {
                    remedies,
                    ..Finding::of_complaint(Complaint::NotTrusted {
                        root: project.root.clone(),
                    })
                }],
            )
        }
    };
    let about = project.root.to_string_lossy().into_owned();
    let mut checks = vec![Check {
        topic: Topic::Project,
        about,
        findings,
    }];
    let is_trusted = plan.is_some();
    checks.extend(of_interpreter(project, ground, snapshot, plan));
    checks.push(doctor::surroundings(
        &project.root,
        around(project, ground, snapshot, is_trusted),
    ));
    checks
}

/// Complains of what is imported from outside a project, where nobody was asked about that.
fn outside(project: &Project) -> Vec<Finding> {
    let paths: Vec<_> = project
        .outside
        .iter()
        .map(|root| root.path.clone())
        .collect();
    if project.is_configured() || paths.is_empty() {
        Vec::new()
    } else {
        complain(Complaint::Outside { paths })
    }
}

/// Checks what needs an interpreter, and what follows from a plan, which only a trusted project
/// has.
fn of_interpreter(
    project: &Project,
    ground: &Ground,
    snapshot: &Snapshot,
    plan: Option<Plan>,
) -> Vec<Check> {
    let home = snapshot.dirs.home.as_deref();
    let policy = plan.as_ref().map_or(Policy::Verified, |plan| plan.policy);
    let through_run = plan.as_ref().map(|plan| {
        let env = operation::apply(&plan.operations, &ground.env);
        operation::apply(absolute(&env, &snapshot.cwd).as_slice(), &env)
    });
    let mut checks = vec![doctor::variables(
        &ground.env,
        through_run.as_ref(),
        policy,
        home,
    )];
    let stage = match stage(project, ground, snapshot) {
        Ok(stage) => stage,
        Err(findings) => {
            checks.push(Check {
                topic: Topic::Interpreter,
                about: String::new(),
                findings,
            });
            return checks;
        }
    };
    let about = format!(
        "{} (Python {})",
        stage.python.display(),
        stage.interpreter.version
    );
    checks.push(Check {
        topic: Topic::Interpreter,
        about,
        findings: Vec::new(),
    });
    let local = modules::local(&stage.search.sites);
    let own = believed_roots(project, plan.is_some());
    let roots = own_roots(own.chain(modules::of_distributions(&local)));
    let environment = believed_environment(project, snapshot);
    let consented = plan.as_ref().map(|plan| plan.profile.clone());
    let run = plan.map(|plan| {
        let env = operation::apply(&plan.operations, &ground.env);
        let interpreter = Some(stage.interpreter.clone());
        let promise = ground.promise_for(interpreter, project, &plan, &env, snapshot, true);
        Run {
            env,
            promise,
            is_asked: false,
        }
    });
    let is_synced = project
        .venv
        .as_ref()
        .is_some_and(|venv| stamp::is_file(&venv.path.with_file_name("uv.lock")));
    let consent = consented.and_then(|profile| Intake::of(project, &profile, &ground.env));
    let context = Context {
        consent: consent.as_ref(),
        stage: &stage,
        roots: &roots,
        project: Some(&project.resolved),
        environment: environment.as_ref(),
        is_synced,
        local: &local,
        run: run.as_ref(),
        words: &[],
        script: None,
        user: snapshot.user.uid,
        pid: snapshot.parent,
        now_ns: clock::now_ns(),
        deep: false,
    };
    checks.push(doctor::packages(&context));
    checks.push(match &run {
        Some(run) => doctor::bytecode(&run.promise, run.promise.policy != Policy::Cached),
        None => doctor::bytecode(
            &ground.bare_promise(&project.resolved, Some(stage.interpreter.clone()), snapshot),
            false,
        ),
    });
    checks
}

/// Sets up the stage of the project's own interpreter, or says why there is none.
fn stage(project: &Project, ground: &Ground, snapshot: &Snapshot) -> Result<Stage, Vec<Finding>> {
    let cured = |complaint, remedies| {
        vec![Finding {
            remedies,
            ..Finding::of_complaint(complaint)
        }]
    };
    let believed = believed_environment(project, snapshot);
    let venv = project
        .venv
        .as_ref()
        .filter(|_| matches!(project.standing(snapshot), Standing::Trusted));
    if let Some(venv) = venv.filter(|venv| !environment::is_environment(&venv.path)) {
        // What is something else is not made an environment: its owner may need it.
        let is_taken = !venv.is_uv && stamp::of_link(&venv.path).is_some();
        let remedies = if is_taken {
            Vec::new()
        } else {
            vec![make(venv, false)]
        };
        return Err(cured(
            Complaint::NoEnvironment {
                path: venv.path.clone(),
                is_taken,
            },
            remedies,
        ));
    }
    let prefix = believed
        .as_ref()
        .map(|environment| environment.prefix.as_path());
    // The first one on `PATH` does not stand in for that of an environment, which may be gone.
    let own = prefix.map(|prefix| prefix.join("bin/python"));
    let python = locate::python(prefix, &ground.env, &snapshot.cwd);
    let python = python
        .filter(|python| prefix.is_none_or(|prefix| python.starts_with(prefix)))
        .or(own);
    let silent = |fault: String, remedies| cured(Complaint::NoInterpreter { fault }, remedies);
    let python =
        python.ok_or_else(|| silent("there is no Python on PATH".to_owned(), Vec::new()))?;
    let caution = &ground.caution(snapshot);
    let is_consented = project.is_consented(snapshot);
    let is_gone = stamp::of(&python).is_none();
    let remedies = || match venv {
        Some(venv) if is_gone => vec![make(venv, true)],
        Some(venv) if venv.is_uv && is_consented => {
            vec![Remedy::Replace {
                path: venv.path.clone(),
                then: sync(venv),
            }]
        }
        _ if !is_consented => vec![consent(project)],
        _ => Vec::new(),
    };
    let (env, cwd, memory) = (ground.env.clone(), snapshot.cwd.clone(), &ground.memory);
    let launch = launch::read(&["-m".into(), "x".into()]);
    Stage::of(Setting {
        python,
        launch,
        env,
        cwd,
        memory,
        caution,
    })
    .map_err(|fault| silent(fault.what, remedies()))
}

/// Returns how an environment is made, or one that is of no use any more made anew.
fn make(venv: &Venv, anew: bool) -> Remedy {
    if venv.is_uv {
        Remedy::Do { words: sync(venv) }
    } else {
        Remedy::MakeEnvironment {
            path: venv.path.clone(),
            anew,
        }
    }
}

/// Returns how uv fills an environment.
fn sync(venv: &Venv) -> Vec<OsString> {
    let words: &[&str] = if venv.tell_uv {
        &["devenv", "run", "--", "uv", "sync"]
    } else {
        &["uv", "sync"]
    };
    words.iter().map(Into::into).collect()
}

/// Returns how a project comes to be trusted, which needs something to consent to.
fn consent(project: &Project) -> Remedy {
    let word = if project.is_configured() {
        "allow"
    } else {
        "init"
    };
    Remedy::Do {
        words: vec!["devenv".into(), word.into()],
    }
}
