//! What commands stand on: the environment without what it inherited from us, the project, and what may be
//! remembered. Not a command.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::bytecode::promise::Promise;
use crate::bytecode::scope::Scope;
use crate::env::{Env, Snapshot};
use crate::fault::Fault;
use crate::host::{Kind, Memory, files, stamp};
use crate::project::config::PythonPath;
use crate::project::inherited;
use crate::project::load::{self, Project};
use crate::project::plan::Plan;
use crate::project::profile;
use crate::project::select;
use crate::python::interpreter::{self, Interpreter};
use crate::python::locate;
use crate::python::policy::{PREFIX, Policy};
use crate::report::{Report, trust};

/// The ground of a command.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) env: Env,
    pub(crate) project: Option<Project>,
    pub(crate) memory: Memory,
}

impl Ground {
    /// Reads the project of a directory. `trace`: whether anything may be remembered.
    pub(crate) fn at(start: &Path, snapshot: &Snapshot, report: &Report, trace: bool) -> Result<Self> {
        let memory = Memory::new(snapshot.dirs.cache.as_deref());
        let memory = if trace { memory } else { memory.closed() };
        let base = inherited::undo(&snapshot.env, snapshot.dirs.state.as_deref());
        if let Some(why) = base.lost {
            report.warn(&Fault::new(format!("cannot undo what an outer devenv set: {why}")));
        }
        let project = load::project_at(start, snapshot, &base.env, &memory)?;
        for fault in project.iter().flat_map(|project| project.warnings.iter().chain(&project.config.warnings)) {
            report.warn(fault);
        }
        Ok(Self { env: base.env, project, memory })
    }

    /// Reads the project of a path of the command line: a directory, or a file in one.
    pub(crate) fn of(path: Option<&Path>, snapshot: &Snapshot, report: &Report) -> Result<Self> {
        let path = files::normalised(&snapshot.cwd.join(path.unwrap_or(Path::new(""))));
        let Some(stamp) = stamp::of(&path) else {
            return Err(Fault::new(format!("`{}` does not exist", report.path(&path))).into());
        };
        let start = if stamp.kind == Kind::Directory { Some(path.as_path()) } else { path.parent() };
        Self::at(start.unwrap_or(&path), snapshot, report, true)
    }

    /// Returns the project, or says that there is none.
    pub(crate) fn needed(&self) -> Result<&Project> {
        let none = || Fault::new("no project here").hint("devenv init");
        Ok(self.project.as_ref().ok_or_else(none)?)
    }
}

/// Fails where the user does not trust a project.
pub(crate) fn require_trust(project: &Project, snapshot: &Snapshot, report: &Report) -> Result<()> {
    match trust::refusal(report, &project.standing(snapshot), &project.root) {
        Some(fault) => Err(fault.into()),
        None => Ok(()),
    }
}

/// What has to be known to keep a profile's promise about bytecode.
#[derive(Debug)]
pub(crate) struct Stage {
    policy: Policy,
    project: PathBuf,
    scope: Scope,
    prefix: Option<PathBuf>,
    own_prefix: Option<PathBuf>,
    pub(crate) interpreter: Option<Interpreter>,
    optimize: u8,
    site_packages: Vec<PathBuf>,
    fill: bool,
}

impl Stage {
    /// Gathers it for a plan whose environment is `env`.
    pub(crate) fn set(
        ground: &Ground,
        project: &Project,
        plan: &Plan,
        env: &Env,
        snapshot: &Snapshot,
        fill: bool,
    ) -> Self {
        let venv = project.venv.as_ref();
        let is_coming = venv.is_some() && project.environment.is_none();
        let python = locate::python(venv.map(|venv| venv.path.as_path()), env, &snapshot.cwd).filter(|_| !is_coming);
        let interpreter =
            python.and_then(|python| interpreter::known(&python, &ground.env, &snapshot.cwd, &ground.memory));
        let preset = interpreter.as_ref().and_then(|interpreter| interpreter.preset_prefix.clone());
        let prefix = env.filled(PREFIX).map(|prefix| snapshot.cwd.join(prefix)).or(preset);
        Self {
            policy: plan.policy,
            project: project.resolved.clone(),
            scope: scope(project, &plan.profile),
            prefix,
            own_prefix: own_prefix(project, &plan.profile, snapshot),
            site_packages: site_packages(project, interpreter.as_ref()),
            optimize: interpreter::optimization(env),
            interpreter,
            fill: fill && project.config.fill.unwrap_or(true) && !snapshot.first_process,
        }
    }

    /// Returns the promise to keep.
    pub(crate) fn promise<'a>(&'a self, env: &'a Env, snapshot: &Snapshot, memory: &'a Memory) -> Promise<'a> {
        Promise {
            policy: self.policy,
            project: &self.project,
            scope: &self.scope,
            prefix: self.prefix.as_deref(),
            own_prefix: self.own_prefix.as_deref(),
            interpreter: self.interpreter.as_ref(),
            optimize: self.optimize,
            site_packages: &self.site_packages,
            fill: self.fill,
            env,
            user: snapshot.user,
            memory,
        }
    }
}

/// Returns where the project's own modules lie: its tree, its source roots, and what the profile lists.
fn scope(project: &Project, profile: &str) -> Scope {
    let roots = project.roots.iter().map(|root| (root.path.clone(), root.resolved.clone()));
    let listed = match profile::resolve(profile, &project.config).map(|profile| profile.pythonpath.0) {
        Ok(PythonPath::Listed(paths)) => paths,
        _ => Vec::new(),
    };
    let resolved = |path: PathBuf| (path.clone(), files::canonical(&path).unwrap_or(path));
    Scope::new(&project.resolved, &roots.chain(listed.into_iter().map(resolved)).collect::<Vec<_>>())
}

/// Returns where the bytecode of a profile is kept apart: named for a person, and unmistakable.
fn own_prefix(project: &Project, profile: &str, snapshot: &Snapshot) -> Option<PathBuf> {
    let name = project.resolved.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let key = &select::key(&project.resolved)[..8];
    let cache = snapshot.dirs.cache.as_ref()?;
    Some(cache.join("pycache").join(format!("{name}-{key}")).join(profile))
}

fn site_packages(project: &Project, interpreter: Option<&Interpreter>) -> Vec<PathBuf> {
    let own = project.environment.as_ref().map(|environment| environment.site_packages.clone());
    let base = interpreter.map(|interpreter| interpreter.site_packages.clone()).unwrap_or_default();
    let with_base = project.environment.as_ref().is_none_or(|environment| environment.system);
    [own.unwrap_or_default(), if with_base { base } else { Vec::new() }].concat()
}
