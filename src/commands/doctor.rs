//! `devenv doctor`: the whole project and set-up, check by check. Changes nothing but what `--fix` may.

use anyhow::Result;

use super::belief::{believed_environment, believed_roots};
use super::drift;
use super::ground::{self, Ground};
use super::surroundings;
use crate::cli::Doctor;
use crate::env::{Snapshot, operation};
use crate::fault::Fault;
use crate::hook::trace::Trace;
use crate::host::{Memory, clock, stamp};
use crate::inject::target::gitignore;
use crate::project::load::Project;
use crate::project::modules;
use crate::project::trust::{Standing, worktree};
use crate::python::environment;
use crate::python::launch;
use crate::python::locate;
use crate::python::policy::Policy;
use crate::report::Report;
use crate::report::doctor::{self as words, Shown};
use crate::why::context::{Context, Run};
use crate::why::doctor::complaint::Complaint;
use crate::why::doctor::shell::Shells;
use crate::why::doctor::{self, Check, Topic};
use crate::why::finding::Finding;
use crate::why::stage::{Setting, Stage};
use crate::why::subject::own_roots;

/// Runs the command.
pub(crate) fn run(args: &Doctor, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let mut checks = examine(snapshot, report);
    let mut fixed = Vec::new();
    if args.fix {
        let before = checks;
        mend(snapshot, report)?;
        checks = examine(snapshot, report);
        let codes: Vec<&str> = checks.iter().flat_map(|check| &check.findings).map(|left| left.cause.code()).collect();
        let all = before.into_iter().flat_map(|check| check.findings);
        fixed = all.filter(|finding| !codes.contains(&finding.cause.code())).collect();
    }
    let shown = Shown { checks, fixed, now_ns: clock::now_ns() };
    words::print(report, &shown, args.json)?;
    Ok(u8::from(shown.is_ill()))
}

/// Cures what needs no question: writes ignore rules; of a trusted project arms the bytecode, and starts what is left to
/// compile, as before a run.
fn mend(snapshot: &Snapshot, report: &Report) -> Result<()> {
    let Ok(ground) = Ground::at(&snapshot.cwd, snapshot, report, true) else { return Ok(()) };
    let Some(project) = ground.project.as_ref() else { return Ok(()) };
    let top = worktree::top(&project.resolved);
    if top.is_some() && !gitignore::missing_in(&project.resolved, &ground.env).is_empty() {
        surroundings::ignore(&project.resolved, top, &ground.env, snapshot.dirs.state.as_deref())?;
    }
    if matches!(project.standing(snapshot), Standing::Trusted) {
        let plan = project.plan(&project.choice(None, snapshot, &ground.env)?.name)?;
        let env = operation::apply(&plan.operations, &ground.env);
        let kept = ground.promise(project, &plan, &env, snapshot, true).keep();
        ground::follow_up(&kept, &ground.memory, snapshot, report);
    }
    Ok(())
}

/// Returns what is wrong in the files of other tools.
fn around(project: &Project, ground: &Ground, snapshot: &Snapshot, is_trusted: bool) -> Vec<Complaint> {
    let mut out = Vec::new();
    if worktree::top(&project.resolved).is_some() {
        let lines = gitignore::missing_in(&project.resolved, &ground.env);
        let file = project.root.join(".gitignore");
        out.extend((!lines.is_empty()).then_some(Complaint::NotIgnored { file, lines }));
    }
    let drifts = if is_trusted { drift::find(project, ground, snapshot).unwrap_or_default() } else { Vec::new() };
    out.extend(drifts.into_iter().map(|drift| Complaint::Drift {
        path: drift.outcome.edit.path,
        target: drift.target.word(),
        profile: drift.profile,
    }));
    out
}

/// Makes every check.
fn examine(snapshot: &Snapshot, report: &Report) -> Vec<Check> {
    let memory = Memory::new(snapshot.dirs.cache.as_deref());
    let is_hooked = Trace::recall(&snapshot.parent.to_string(), &memory).is_some();
    let home = snapshot.dirs.home.as_deref();
    let shells = Shells { env: &snapshot.env, home, exe: &snapshot.exe, is_hooked };
    let mut checks = match Ground::at(&snapshot.cwd, snapshot, report, true) {
        Ok(ground) => of_project(&ground, snapshot),
        Err(error) => vec![broken(&error)],
    };
    checks.extend(doctor::shell(&shells, &snapshot.cwd));
    checks
}

fn complain(complaint: Complaint) -> Vec<Finding> {
    vec![Finding::of_complaint(complaint)]
}

/// Returns the check of a configuration that can't be read.
fn broken(error: &anyhow::Error) -> Check {
    let fault = error.downcast_ref::<Fault>();
    let place = fault.and_then(|fault| fault.spot.as_ref()).map(|spot| &spot.place);
    let place = place.map(|place| format!("{}:{}:{}: ", place.file.display(), place.line, place.column));
    let complaint = Complaint::Configuration {
        fault: place.unwrap_or_default() + &error.to_string(),
        hint: fault.and_then(|fault| fault.hints.first().cloned()),
    };
    Check { topic: Topic::Project, about: String::new(), findings: complain(complaint) }
}

fn of_project(ground: &Ground, snapshot: &Snapshot) -> Vec<Check> {
    let home = snapshot.dirs.home.as_deref();
    let Some(project) = &ground.project else {
        let none = Check { topic: Topic::Project, about: String::new(), findings: complain(Complaint::NoProject) };
        return vec![none, doctor::variables(&ground.env, Policy::Verified, home)];
    };
    let is_trusted = matches!(project.standing(snapshot), Standing::Trusted);
    let mut findings = Vec::new();
    if !is_trusted {
        findings = complain(Complaint::NotTrusted { root: project.root.clone() });
    }
    let about = project.root.to_string_lossy().into_owned();
    let mut checks = vec![Check { topic: Topic::Project, about, findings }];
    checks.extend(of_interpreter(project, ground, snapshot, is_trusted));
    checks.push(doctor::surroundings(&project.root, around(project, ground, snapshot, is_trusted)));
    checks
}

/// Checks what needs an interpreter, and what follows from a plan.
fn of_interpreter(project: &Project, ground: &Ground, snapshot: &Snapshot, is_trusted: bool) -> Vec<Check> {
    let home = snapshot.dirs.home.as_deref();
    let choice = project.choice(None, snapshot, &ground.env).ok().filter(|_| is_trusted);
    let plan = choice.and_then(|choice| project.plan(&choice.name).ok());
    let policy = plan.as_ref().map_or(Policy::Verified, |plan| plan.policy);
    let mut checks = vec![doctor::variables(&ground.env, policy, home)];
    let stage = match stage(project, ground, snapshot, is_trusted) {
        Ok(stage) => stage,
        Err(findings) => {
            checks.push(Check { topic: Topic::Interpreter, about: String::new(), findings });
            return checks;
        }
    };
    let about = format!("{} (Python {})", stage.python.display(), stage.interpreter.version);
    checks.push(Check { topic: Topic::Interpreter, about, findings: Vec::new() });
    let local = modules::local(&stage.search.sites);
    let roots = own_roots(believed_roots(project, is_trusted).chain(modules::of_distributions(&local)));
    let run = plan.map(|plan| {
        let env = operation::apply(&plan.operations, &ground.env);
        let interpreter = Some(stage.interpreter.clone());
        let promise = ground.promise_for(interpreter, project, &plan, &env, snapshot, true);
        Run { env, promise, is_asked: false }
    });
    let environment = believed_environment(project, snapshot);
    let is_synced = project.venv.as_ref().is_some_and(|venv| stamp::is_file(&venv.path.with_file_name("uv.lock")));
    let context = Context {
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
    checks.extend(run.as_ref().map(|run| doctor::bytecode(&run.promise)));
    checks
}

/// Sets up the stage of the project's own interpreter, or says why there is none.
fn stage(project: &Project, ground: &Ground, snapshot: &Snapshot, is_trusted: bool) -> Result<Stage, Vec<Finding>> {
    let planned = project.venv.as_ref().filter(|venv| is_trusted && !environment::is_environment(&venv.path));
    if let Some(venv) = planned {
        let is_uv = stamp::is_file(&venv.path.with_file_name("uv.lock"));
        return Err(complain(Complaint::NoEnvironment { path: venv.path.clone(), is_uv }));
    }
    let believed = believed_environment(project, snapshot);
    let prefix = believed.as_ref().map(|environment| environment.prefix.as_path());
    let silent = |fault: String| complain(Complaint::NoInterpreter { fault });
    let python = locate::python(prefix, &ground.env, &snapshot.cwd);
    let python = python.ok_or_else(|| silent("there is no Python on PATH".to_owned()))?;
    let barred = (!(is_trusted && project.is_configured())).then_some(project.resolved.as_path());
    let (env, cwd, memory) = (ground.env.clone(), snapshot.cwd.clone(), &ground.memory);
    let launch = launch::read(&["-m".into(), "x".into()]);
    Stage::of(Setting { python, launch, env, cwd, memory, barred }).map_err(|fault| silent(fault.what))
}
