//! What commands stand on: the environment without what it inherited from us, the project, what may
//! be remembered, and the promise that a plan makes. Not a command, and decides nothing of its own.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::once;
use crate::bytecode::fill::start;
use crate::bytecode::guests::{Caller, Guests};
use crate::bytecode::promise::{Kept, Promise};
use crate::bytecode::rewriter::Rewriter;
use crate::env::{Env, Snapshot};
use crate::git::index::{self, Below};
use crate::git::worktree;
use crate::host::{Kind, Memory, stamp};
use crate::project::Project;
use crate::project::inherited;
use crate::project::load::{self, Reading};
use crate::project::plan::Plan;
use crate::python::interpreter::{self, Interpreter};
use crate::python::locate;
use crate::python::policy::{PREFIX, Policy};
use crate::python::pytest;
use crate::python::startable::{self, Caution, Consent, Startable, Unfit};
use crate::report::{Report, notices, trust};
use crate::tree::scope::Scope;
use crate::values::fault::Fault;
use crate::values::paths;

/// The ground of a command.
#[derive(Debug)]
pub struct Ground {
    pub env: Env,
    pub project: Option<Project>,
    pub memory: Memory,
    /// How careful to be with what could be started to ask it something.
    caution: Caution,
}

impl Ground {
    /// Reads the project of a directory, and what its configuration leads to where the user
    /// consented to that. `trace`: whether anything may be remembered.
    pub fn at(start: &Path, snapshot: &Snapshot, report: &Report, trace: bool) -> Result<Self> {
        Self::read(start, snapshot, report, trace, Reading::OnceTrusted)
    }

    /// As `at`, of all that it leads to where a person asks for that.
    pub fn read(
        start: &Path,
        snapshot: &Snapshot,
        report: &Report,
        trace: bool,
        reading: Reading,
    ) -> Result<Self> {
        let memory = Memory::new(snapshot.dirs.cache.as_deref());
        Self::with(
            if trace { memory } else { memory.closed() },
            start,
            snapshot,
            report,
            reading,
        )
    }

    /// As `read`, by what a process remembers already.
    pub fn with(
        memory: Memory,
        start: &Path,
        snapshot: &Snapshot,
        report: &Report,
        reading: Reading,
    ) -> Result<Self> {
        let base = inherited::undo(&snapshot.env, snapshot.dirs.state.as_deref());
        if let Some(why) = base.lost {
            report.warn(&Fault::new(format!(
                "cannot undo what an outer devenv set: {why}"
            )));
        }
        let project = load::project_at(start, snapshot, &base.env, &memory, reading)?;
        project
            .iter()
            .flat_map(|project| &project.warnings)
            .for_each(|fault| report.warn(fault));
        Ok(Self {
            caution: caution(start, project.as_ref(), snapshot),
            env: base.env,
            project,
            memory,
        })
    }

    /// Returns the ground of a project that was read already.
    pub fn of_hook(env: Env, memory: Memory, snapshot: &Snapshot) -> Self {
        Self {
            caution: caution(&snapshot.cwd, None, snapshot),
            env,
            project: None,
            memory,
        }
    }

    /// Reads the project of a path of the command line.
    pub fn of(path: Option<&Path>, snapshot: &Snapshot, report: &Report) -> Result<Self> {
        Self::at(
            &directory_of(path, snapshot, report)?,
            snapshot,
            report,
            true,
        )
    }

    /// Returns the project, or says that there is none.
    pub fn needed(&self) -> Result<&Project> {
        Ok(self.project.as_ref().ok_or_else(no_project)?)
    }

    /// Returns how careful to be here. A project that is trusted was consented to with its
    /// environment.
    pub fn caution(&self, snapshot: &Snapshot) -> Caution {
        let trusted = self
            .project
            .as_ref()
            .filter(|project| project.is_consented(snapshot));
        trusted.map_or_else(
            || self.caution.clone(),
            |project| self.caution.with(consent_to(project)),
        )
    }

    /// Returns the interpreter that a command of a project will use, which its user trusts where it
    /// is configured. One that must not be started is not known, and without `ask` none is started.
    pub fn interpreter(
        &self,
        project: &Project,
        env: &Env,
        cwd: &Path,
        ask: bool,
    ) -> Option<Interpreter> {
        let venv = project.venv.as_ref();
        let is_coming = venv.is_some() && project.environment.is_none();
        let python = locate::python(venv.map(|venv| venv.path.as_path()), env, cwd)
            .filter(|_| !is_coming)?;
        let python = self.fit(&python, project)?;
        if ask {
            interpreter::known(&python, &self.env, cwd, &self.memory)
        } else {
            interpreter::remembered(&python, &self.env, cwd, &self.memory)
        }
    }

    /// Returns an interpreter that may be started for a project. Beside what was consented to that
    /// is one on the user's `PATH` that lies in the tree as pixi and conda put it there: git does
    /// not track it.
    fn fit(&self, python: &Path, project: &Project) -> Option<Startable> {
        if !project.is_configured() {
            return self.caution.startable(python).ok();
        }
        match self.caution.with(consent_to(project)).startable(python) {
            Ok(fit) => Some(fit),
            Err(Unfit::Brought(file))
                if startable::is_interpreter(&file) && is_untracked(&file) =>
            {
                self.caution.with(Consent::Named).startable(python).ok()
            }
            Err(_) => None,
        }
    }

    /// Returns what a plan promises about bytecode, where its environment is `env`.
    pub fn promise<'a>(
        &'a self,
        project: &Project,
        plan: &Plan,
        env: &Env,
        snapshot: &Snapshot,
        fill: bool,
    ) -> Promise<'a> {
        let interpreter = self.interpreter(project, env, &snapshot.cwd, true);
        self.promise_for(interpreter, project, plan, env, snapshot, fill)
    }

    /// Returns what a plan promises about the bytecode of this interpreter.
    pub fn promise_for<'a>(
        &'a self,
        interpreter: Option<Interpreter>,
        project: &Project,
        plan: &Plan,
        env: &Env,
        snapshot: &Snapshot,
        fill: bool,
    ) -> Promise<'a> {
        let preset = interpreter
            .as_ref()
            .and_then(|interpreter| interpreter.preset_prefix.clone());
        let site_packages = project.site_packages(interpreter.as_ref());
        let optimize = interpreter::optimization(env);
        let fill = fill && may_fill(project, snapshot);
        // pytest is imported to make its files: only where the user trusts what they run, and not
        // under another level.
        let rewrites =
            fill && plan.policy.forbids_writing() && project.is_configured() && optimize == 0;
        let version = rewrites.then(|| pytest::version(&site_packages)).flatten();
        let rewriter =
            version.and_then(|version| Rewriter::of(version, &project.root, env, &site_packages));
        let scope = Scope::new(&project.resolved, &project.own_roots(&plan.profile));
        let caller = Caller {
            env,
            cwd: &snapshot.cwd,
            user: snapshot.user,
            home: snapshot.dirs.home.as_deref(),
            memory: &self.memory,
        };
        Promise {
            policy: plan.policy,
            project: project.resolved.clone(),
            guests: Guests::of(caller, &scope),
            scope,
            prefix: env
                .filled(PREFIX)
                .map(|prefix| snapshot.cwd.join(prefix))
                .or(preset),
            own_prefix: project.own_prefix(&plan.profile),
            rewriter,
            site_packages,
            optimize,
            interpreter,
            fill,
            user: snapshot.user,
            env: &self.env,
            memory: &self.memory,
        }
    }

    /// Returns what holds for a tree by built-in rules alone, where nobody consented to more.
    pub fn bare_promise<'a>(
        &'a self,
        tree: &Path,
        interpreter: Option<Interpreter>,
        snapshot: &Snapshot,
    ) -> Promise<'a> {
        Promise {
            policy: Policy::Verified,
            project: tree.to_owned(),
            scope: Scope::new(tree, &[]),
            guests: Guests::default(),
            prefix: self
                .env
                .filled(PREFIX)
                .map(|prefix| snapshot.cwd.join(prefix)),
            own_prefix: None,
            interpreter,
            optimize: interpreter::optimization(&self.env),
            site_packages: Vec::new(),
            fill: false,
            rewriter: None,
            user: snapshot.user,
            env: &self.env,
            memory: &self.memory,
        }
    }
}

fn caution(start: &Path, project: Option<&Project>, snapshot: &Snapshot) -> Caution {
    let root = project.map(|project| project.resolved.as_path());
    Caution::around(
        root,
        &[&snapshot.cwd, start],
        snapshot.dirs.home.as_deref(),
        snapshot.user,
    )
}

fn is_untracked(file: &Path) -> bool {
    let directory = file.parent().unwrap_or(file);
    let Some(top) = worktree::top(directory) else {
        return true;
    };
    directory
        .strip_prefix(&top)
        .is_ok_and(|below| index::below(&top, below) == Below::Nothing)
}

fn consent_to(project: &Project) -> Consent {
    Consent::Project(project.venv.as_ref().map(|venv| venv.path.clone()))
}

/// Turns the fill off for one call.
const FILL_VARIABLE: &str = "PYDEVENV_FILL";

/// Returns whether a detached process may be left behind: process 1 would inherit it.
fn may_fill(project: &Project, snapshot: &Snapshot) -> bool {
    let is_off = snapshot
        .env
        .get(FILL_VARIABLE)
        .is_some_and(|value| value == "0");
    project.config.fill.unwrap_or(true) && !is_off && !snapshot.first_process
}

/// Returns the directory of a path of the command line: a directory, or that of a file.
pub fn directory_of(path: Option<&Path>, snapshot: &Snapshot, report: &Report) -> Result<PathBuf> {
    let path = paths::normalised(&snapshot.cwd.join(path.unwrap_or(Path::new(""))));
    match stamp::of(&path) {
        None => Err(Fault::new(format!("`{}` does not exist", report.path(&path))).into()),
        Some(stamp) if stamp.kind == Kind::Directory => Ok(path),
        Some(_) => Ok(path.parent().unwrap_or(&path).to_owned()),
    }
}

/// Returns the fault of a command that needs a project.
pub fn no_project() -> Fault {
    Fault::new("no project here").hint("devenv init")
}

/// Fails where the user does not trust a project.
pub fn require_trust(project: &Project, snapshot: &Snapshot, report: &Report) -> Result<()> {
    match trust::refusal(report, &project.standing(snapshot), &project.root) {
        Some(fault) => Err(fault.into()),
        None => Ok(()),
    }
}

/// Says what happened when a promise was kept, and starts what is left to do.
pub fn follow_up(kept: &Kept, memory: &Memory, snapshot: &Snapshot, report: &Report) {
    notices::say(report, &kept.notices);
    let once: Vec<Fault> = kept
        .once
        .iter()
        .map(|notice| notices::worded(report, notice))
        .collect();
    once::say(report, &once, memory, snapshot);
    go_on(kept, memory, snapshot);
}

/// Starts what is left to do, without a word.
pub fn go_on(kept: &Kept, memory: &Memory, snapshot: &Snapshot) {
    if let Some((request, key)) = &kept.fill {
        start::start(request, key, &snapshot.exe, &snapshot.env, memory);
    }
}
