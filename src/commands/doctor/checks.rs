//! The checks of a project: its environment, its interpreter, and what they import.

use super::{around, broken, complain, planned};
use std::ffi::OsString;

use anyhow::Result;

use crate::commands::belief::{believed_environment, believed_roots};
use crate::commands::ground::Ground;
use crate::env::{Snapshot, operation};
use crate::host::{clock, stamp};
use crate::project::Project;
use crate::project::modules;
use crate::project::plan::{Plan, absolute};
use crate::project::trust::Standing;
use crate::project::venv::Venv;
use crate::python::environment;
use crate::python::launch;
use crate::python::locate;
use crate::python::policy::Policy;
use crate::why::context::{Context, Intake, Run};
use crate::why::doctor::complaint::Complaint;
use crate::why::doctor::{self, Check, Topic};
use crate::why::finding::{Finding, Remedy};
use crate::why::stage::{Setting, Stage};
use crate::why::subject::own_roots;

pub(super) fn of_project(ground: &Ground, snapshot: &Snapshot) -> Vec<Check> {
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
