//! `devenv run`: undo what was inherited, apply the plan as it is on disk now, keep the promise about bytecode, and
//! become the command.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::ground::{self, Ground, Stage};
use crate::bytecode::fill::start;
use crate::bytecode::promise::Promise;
use crate::bytecode::sweep::Extent;
use crate::cli::{ClearWhat, Run};
use crate::env::session::VARIABLE;
use crate::env::{Action, Env, Operation, Origin, Patch, Snapshot, operation};
use crate::fault::Fault;
use crate::host::programs::{self, Found};
use crate::host::spawn::Program;
use crate::project::config::Clear;
use crate::project::load::{self, Project};
use crate::project::plan::Plan;
use crate::project::{consent, inherited};
use crate::python::policy::{DONT_WRITE, NOWHERE, PREFIX};
use crate::report::{Report, notices, plan};

const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Makes tools compile although Python may not write.
const UV_COMPILE: &str = "UV_COMPILE_BYTECODE";

/// Turns the fill off for one call.
const FILL_VARIABLE: &str = "PYDEVENV_FILL";

/// Runs the command.
pub(crate) fn run(args: &Run, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = Ground::at(&snapshot.cwd, snapshot, report, !args.fresh && !args.dry_run)?;
    let start = Start { args, snapshot, report, ground: &ground };
    match &ground.project {
        Some(project) => start.inside(project),
        None => start.outside(),
    }
}

/// Everything that the start of a command depends on.
struct Start<'a> {
    args: &'a Run,
    snapshot: &'a Snapshot,
    report: &'a Report,
    ground: &'a Ground,
}

impl Start<'_> {
    fn outside(&self) -> Result<u8> {
        if self.args.clear.is_some() {
            return Err(Fault::new("no project here to clear").hint("devenv init").into());
        }
        self.report.warn(&Fault::new("no project here").hint("devenv init"));
        let plan = load::plan_outside(self.args.profile.as_deref(), self.snapshot, &self.ground.env)?;
        let plan = self.adjusted(plan);
        let env = operation::apply(&plan.operations, &self.ground.env);
        if self.args.dry_run {
            return self.show(&plan, None, &env, &self.args.command, 0);
        }
        self.become_command(&plan, env, &self.args.command)
    }

    fn inside(&self, project: &Project) -> Result<u8> {
        if !self.args.allow || self.args.dry_run {
            ground::require_trust(project, self.snapshot, self.report)?;
        }
        let profile = project.choice(self.args.profile.as_deref(), self.snapshot, &self.ground.env)?.name;
        let mut plan = self.adjusted(project.plan(&profile)?);
        if self.args.allow && !self.args.dry_run {
            consent::allow(project, self.snapshot, None)?;
        }
        let command = self.expanded(project);
        let mut env = operation::apply(&plan.operations, &self.ground.env);
        let mut touched = 0;
        if !self.args.fresh {
            let stage = Stage::set(self.ground, project, &plan, &env, self.snapshot, self.fills());
            let promise = stage.promise(&env, self.snapshot, &self.ground.memory);
            if self.args.dry_run {
                touched = promise.preview();
            } else {
                self.clear(&promise, &plan)?;
                let added = self.keep(&promise);
                env = operation::apply(&added, &env);
                plan.operations.extend(added);
            }
        }
        if self.args.dry_run {
            return self.show(&plan, Some(project), &env, &command, touched);
        }
        self.become_command(&plan, env, &command)
    }

    fn fills(&self) -> bool {
        !self.args.no_fill && self.snapshot.env.get(FILL_VARIABLE).is_none_or(|value| value != "0")
    }

    /// Returns the plan with what `--fresh` adds to it.
    fn adjusted(&self, mut plan: Plan) -> Plan {
        if self.args.fresh {
            let origin = || Origin::rule("--fresh");
            let set = |name, value: &str| Operation::new(name, Action::Set(value.into()), origin());
            plan.operations.extend([set(PREFIX, NOWHERE), set(DONT_WRITE, "1")]);
            plan.operations.push(Operation::new(UV_COMPILE, Action::Unset, origin()));
        }
        plan
    }

    /// Returns the command with an alias of the project in its place, expanded once.
    fn expanded(&self, project: &Project) -> Vec<OsString> {
        let (first, rest) = self.args.command.split_first().expect("clap demands a command");
        let alias = first.to_str().and_then(|name| project.config.aliases.get(name));
        let words = alias.map_or_else(|| vec![first.clone()], |alias| alias.words.iter().map(OsString::from).collect());
        words.into_iter().chain(rest.iter().cloned()).collect()
    }

    fn clear(&self, promise: &Promise<'_>, plan: &Plan) -> Result<()> {
        let extent = match (self.args.clear, plan.clear) {
            (Some(ClearWhat::All), _) | (None, Clear::All) => Extent::All,
            (Some(ClearWhat::Stale), _) | (None, Clear::Stale) => Extent::Stale,
            (None, Clear::Never) => return Ok(()),
        };
        let (swept, _tracked) = promise.sweep(promise.prefix, extent);
        match swept.failed.first() {
            Some((path, reason)) => Err(Fault::new(format!("cannot remove `{}`: {reason}", path.display())).into()),
            None => Ok(()),
        }
    }

    /// Keeps the promise, and returns what that takes of the environment.
    fn keep(&self, promise: &Promise<'_>) -> Vec<Operation> {
        let kept = promise.keep();
        notices::say(self.report, &kept.notices);
        if let Some((request, key)) = kept.fill {
            start::start(&request, &key, &self.snapshot.exe, &self.snapshot.env, &self.ground.memory);
        }
        let origin = || Origin::rule("bytecode is kept apart");
        let set = |prefix: PathBuf| Operation::new(PREFIX, Action::Set(prefix.into()), origin());
        kept.fallback.map(set).into_iter().collect()
    }

    fn show(
        &self,
        plan: &Plan,
        project: Option<&Project>,
        after: &Env,
        command: &[OsString],
        touched: usize,
    ) -> Result<u8> {
        let shown = plan::Shown { operations: &plan.operations, before: &self.ground.env, after };
        let run = plan::Run { plan, project: project.map(|project| project.root.as_path()), command, touched };
        if self.args.json {
            self.report.json(&run.json(&shown, self.report))?;
        } else {
            self.report.print(&run.text(&shown, self.report))?;
        }
        Ok(0)
    }

    /// Records what was changed, and becomes the command. Returns only where that is impossible.
    fn become_command(&self, plan: &Plan, mut env: Env, command: &[OsString]) -> Result<u8> {
        let program = match programs::find(&command[0], env.get("PATH"), &self.snapshot.cwd) {
            Found::Program(path) => path,
            Found::NotExecutable(path) => return Err(not_executable(&path.display().to_string())),
            Found::Missing => return Err(not_found(&command[0])),
        };
        let patch = Patch::between(&self.ground.env, &env, &operation::list_names(&plan.operations));
        if !self.args.fresh && !patch.0.is_empty() {
            let session = inherited::record(&patch, &plan.profile, self.snapshot.dirs.state.as_deref());
            env.put(VARIABLE, session.map(|session| session.value()));
        }
        let vars: Vec<(&OsStr, &OsStr)> = env.iter().collect();
        let error = Program { path: &program, name: &command[0], args: &command[1..], env: vars }.exec();
        let exit = if crate::host::files::is_absent(&error) { NOT_FOUND } else { NOT_EXECUTABLE };
        let fault = Fault::new(format!("cannot run `{}`", program.display())).exit(exit);
        Err(error).context(fault)
    }
}

fn not_executable(path: &str) -> anyhow::Error {
    Fault::new(format!("cannot run `{path}`: it is no executable file")).exit(NOT_EXECUTABLE).into()
}

fn not_found(name: &OsStr) -> anyhow::Error {
    Fault::new(format!("cannot find `{}`", name.to_string_lossy()))
        .hint("is it on PATH, or an alias of the project? `devenv status` shows both")
        .exit(NOT_FOUND)
        .into()
}
