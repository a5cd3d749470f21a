//! `devenv run`: undo what was inherited, apply the plan as it is on disk now, keep the promise about bytecode, and
//! become the command.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::ground::{self, Ground};
use crate::bytecode::preview::Preview;
use crate::bytecode::promise::{Notice, Promise};
use crate::bytecode::sweep::Extent;
use crate::cli::{ClearWhat, Run};
use crate::env::{Action, Env, Operation, Origin, Patch, Snapshot, operation};
use crate::fault::Fault;
use crate::host::programs::{self, Found};
use crate::host::spawn::Program;
use crate::project::config::{Clear, Config};
use crate::project::load::{Outside, Project};
use crate::project::plan::{Plan, apart};
use crate::project::{consent, inherited};
use crate::python::policy::{DONT_WRITE, NOWHERE, PREFIX};
use crate::report::{Report, notices, plan, trust};

const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Makes tools compile although Python may not write.
const UV_COMPILE: &str = "UV_COMPILE_BYTECODE";

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
        self.report.warn(&ground::no_project());
        let outside = Outside::load(self.snapshot)?;
        outside.config.warnings.iter().for_each(|fault| self.report.warn(fault));
        let plan = self.adjusted(outside.plan(self.args.profile.as_deref(), &self.ground.env)?);
        let command = self.expanded(&outside.config);
        let env = operation::apply(&plan.operations, &self.ground.env);
        if self.args.dry_run {
            return self.show(&plan, None, &env, &command, None);
        }
        let program = self.program(&command[0], &env)?;
        self.become_command(&program, &plan, env, &command)
    }

    fn inside(&self, project: &Project) -> Result<u8> {
        let allows = self.args.allow && !self.args.dry_run && project.is_configured();
        if !allows {
            ground::require_trust(project, self.snapshot, self.report)?;
        }
        let profile = project.choice(self.args.profile.as_deref(), self.snapshot, &self.ground.env)?.name;
        let mut plan = self.adjusted(project.plan(&profile)?);
        if allows {
            trust::say_change(self.report, &project.standing(self.snapshot), &project.meaning());
            consent::allow(project, self.snapshot, None)?;
        }
        let command = self.expanded(&project.config);
        let mut env = operation::apply(&plan.operations, &self.ground.env);
        if self.args.dry_run {
            let preview = (!self.args.fresh).then(|| self.promise(project, &plan, &env).preview(extent(plan.clear)));
            let prefix = preview.as_ref().and_then(|preview| preview.prefix.clone());
            add(prefix, &mut plan, &mut env);
            return self.show(&plan, Some(project), &env, &command, preview.as_ref());
        }
        // What can't be started must not have cleared anything.
        let program = self.program(&command[0], &env)?;
        if !self.args.fresh {
            let prefix = self.keep(&self.promise(project, &plan, &env), &plan);
            add(prefix, &mut plan, &mut env);
        }
        self.become_command(&program, &plan, env, &command)
    }

    fn promise<'p>(&'p self, project: &Project, plan: &Plan, env: &Env) -> Promise<'p> {
        self.ground.promise(project, plan, env, self.snapshot, !self.args.no_fill)
    }

    /// Returns the plan with what the command line says besides the profile.
    fn adjusted(&self, mut plan: Plan) -> Plan {
        match self.args.clear {
            Some(ClearWhat::All) => plan.clear = Clear::All,
            Some(ClearWhat::Stale) => plan.clear = Clear::Stale,
            None => {}
        }
        if self.args.fresh {
            plan.clear = Clear::Never;
            let origin = || Origin::rule("--fresh");
            let set = |name, value: &str| Operation::new(name, Action::Set(value.into()), origin());
            plan.operations.extend([set(PREFIX, NOWHERE), set(DONT_WRITE, "1")]);
            plan.operations.push(Operation::new(UV_COMPILE, Action::Unset, origin()));
        }
        plan
    }

    /// Returns the command with an alias in its place, expanded once.
    fn expanded(&self, config: &Config) -> Vec<OsString> {
        let (first, rest) = self.args.command.split_first().expect("clap demands a command");
        let alias = first.to_str().and_then(|name| config.aliases.get(name));
        let words = alias.map_or_else(|| vec![first.clone()], |alias| alias.words.iter().map(OsString::from).collect());
        words.into_iter().chain(rest.iter().cloned()).collect()
    }

    /// Clears what is to be cleared, keeps the promise, and returns the prefix that the command must be given.
    fn keep(&self, promise: &Promise<'_>, plan: &Plan) -> Option<PathBuf> {
        let cleared: Vec<Notice> = extent(plan.clear).map(|extent| promise.clear(extent)).unwrap_or_default();
        notices::say(self.report, &cleared);
        let kept = promise.keep();
        ground::follow_up(&kept, &self.ground.memory, self.snapshot, self.report);
        kept.prefix
    }

    fn show(
        &self,
        plan: &Plan,
        project: Option<&Project>,
        after: &Env,
        command: &[OsString],
        preview: Option<&Preview>,
    ) -> Result<u8> {
        let shown = plan::Shown { operations: &plan.operations, before: &self.ground.env, after };
        let run = plan::Run { plan, project: project.map(|project| project.root.as_path()), command, preview };
        if self.args.json {
            self.report.json(&run.json(&shown, self.report))?;
        } else {
            self.report.print(&run.text(&shown, self.report))?;
        }
        Ok(0)
    }

    /// Returns the program that a word of the command line stands for.
    fn program(&self, name: &OsStr, env: &Env) -> Result<PathBuf> {
        let is_value = name.to_str().is_some_and(|name| Clear::parse(name).is_some());
        match programs::find(name, env.get("PATH"), &self.snapshot.cwd) {
            Found::Program(path) => Ok(path),
            Found::NotExecutable(path) => Err(not_executable(&path.display().to_string())),
            Found::Missing if self.args.clear.is_some() && is_value => Err(not_a_value(name)),
            Found::Missing => Err(not_found(name)),
        }
    }

    /// Records what was changed, and becomes the command. Returns only where that is impossible.
    fn become_command(&self, program: &Path, plan: &Plan, mut env: Env, command: &[OsString]) -> Result<u8> {
        let patch = Patch::between(&self.ground.env, &env, &operation::list_names(&plan.operations));
        if !self.args.fresh && !patch.0.is_empty() {
            inherited::sign(&mut env, &patch, &plan.profile, self.snapshot.dirs.state.as_deref());
        }
        let vars: Vec<(&OsStr, &OsStr)> = env.iter().collect();
        let error = Program { path: program, name: &command[0], args: &command[1..], env: vars }.exec();
        let exit = if crate::host::files::is_absent(&error) { NOT_FOUND } else { NOT_EXECUTABLE };
        let fault = Fault::new(format!("cannot run `{}`", program.display())).exit(exit);
        Err(error).context(fault)
    }
}

/// Adds to a plan that its bytecode is kept apart, where that is not what it says already.
fn add(prefix: Option<PathBuf>, plan: &mut Plan, env: &mut Env) {
    let Some(prefix) = prefix.filter(|prefix| env.get(PREFIX) != Some(prefix.as_os_str())) else { return };
    let set = apart(prefix);
    *env = operation::apply(std::slice::from_ref(&set), env);
    plan.operations.push(set);
}

/// Returns how much is cleared.
fn extent(clear: Clear) -> Option<Extent> {
    match clear {
        Clear::Never => None,
        Clear::Stale => Some(Extent::Stale),
        Clear::All => Some(Extent::All),
    }
}

fn not_executable(path: &str) -> anyhow::Error {
    Fault::new(format!("cannot run `{path}`: it is no executable file")).exit(NOT_EXECUTABLE).into()
}

/// Words what follows where a value was meant for the option in front of it.
fn not_a_value(name: &OsStr) -> anyhow::Error {
    let name = name.to_string_lossy();
    Fault::new(format!("cannot find `{name}`")).hint(format!("write `--clear={name}`")).exit(NOT_FOUND).into()
}

fn not_found(name: &OsStr) -> anyhow::Error {
    Fault::new(format!("cannot find `{}`", name.to_string_lossy()))
        .hint("is it on PATH, or an alias of the project? `devenv status` shows both")
        .exit(NOT_FOUND)
        .into()
}
