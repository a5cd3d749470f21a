//! What the judges know of the place where a question is asked: the project, its modules, its
//! environment, what `devenv run` would do there, and the words by which the user starts the code.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::finding::{Installer, Remedy};
use super::stage::Stage;
use super::subject::OwnRoot;
use crate::bytecode::promise::Promise;
use crate::env::{Env, operation};
use crate::host::files;
use crate::project::Project;
use crate::python::environment::Environment;
use crate::python::imports::Search;
use crate::python::installed::Distribution;
use crate::python::policy::Policy;

/// The place.
#[derive(Debug)]
pub struct Context<'a> {
    pub stage: &'a Stage,
    pub roots: &'a [OwnRoot],
    /// The project's directory.
    pub project: Option<&'a Path>,
    /// The project's own virtual environment.
    pub environment: Option<&'a Environment>,
    /// Whether uv keeps that environment as its lock file says.
    pub is_synced: bool,
    /// What is installed from a directory of this machine.
    pub local: &'a [Distribution],
    pub run: Option<&'a Run<'a>>,
    /// What consent would add to a project that nobody was asked about, where it would add
    /// anything.
    pub consent: Option<&'a Intake>,
    /// How the user would start the code, in words.
    pub words: &'a [OsString],
    /// What was run is a console script.
    pub script: Option<&'a Path>,
    pub user: u32,
    pub pid: u32,
    pub now_ns: i64,
    /// Whether to prove what looks fresh, too.
    pub deep: bool,
}

/// What `devenv run` would do.
#[derive(Debug)]
pub struct Run<'a> {
    pub env: Env,
    pub promise: Promise<'a>,
    /// Whether the question is about that, and not about what happens without it.
    pub is_asked: bool,
}

/// What lies outside a project, and what a run would be given if the user took it in.
#[derive(Debug)]
pub struct Intake {
    pub env: Env,
    /// Links resolved.
    pub roots: Vec<PathBuf>,
}

impl Intake {
    /// Returns it for a project and a profile, by the environment without what it inherited from
    /// us.
    pub fn of(project: &Project, profile: &str, env: &Env) -> Option<Self> {
        let plan = project.plan_with_consent(profile)?;
        let roots = project
            .outside
            .iter()
            .map(|root| root.resolved.clone())
            .collect();
        Some(Self {
            env: operation::apply(&plan.operations, env),
            roots,
        })
    }
}

impl Context<'_> {
    /// Returns whether a directory is made safe by consent.
    pub(super) fn consent_covers(&self, directory: &Path) -> bool {
        let Some(consent) = self.consent else {
            return false;
        };
        let real = files::canonical(directory).unwrap_or_else(|| directory.to_owned());
        consent.roots.iter().any(|root| real.starts_with(root))
    }

    /// Returns where the interpreter would look if `devenv run` had started it.
    pub(super) fn through_run(&self) -> Option<Search> {
        let run = self.run.filter(|run| !run.is_asked)?;
        Some(self.stage.search_with(self.stage.flags, &run.env))
    }

    /// Returns the user's own words through devenv, where there are any.
    pub(super) fn through_devenv(&self) -> Option<Remedy> {
        (!self.words.is_empty()).then(|| Remedy::Run {
            words: self.words.to_vec(),
        })
    }

    /// Returns whether `devenv run` has bytecode in a directory checked by content.
    pub(super) fn run_checks(&self, directory: &Path) -> bool {
        let Some(run) = self.run.filter(|run| run.promise.policy != Policy::Cached) else {
            return false;
        };
        let real = files::canonical(directory).unwrap_or_else(|| directory.to_owned());
        let is_apart = real
            .components()
            .any(|part| part.as_os_str() == "site-packages");
        !is_apart && run.promise.covers(&real)
    }

    /// Returns the distribution that was installed from a directory that holds a file.
    pub(super) fn distribution_of(&self, file: &Path) -> Option<(&Distribution, &Path)> {
        let real = files::canonical(file).unwrap_or_else(|| file.to_owned());
        let local = self
            .local
            .iter()
            .filter_map(|distribution| Some((distribution, distribution.local.as_ref()?)));
        let holds = |directory: &Path| {
            files::canonical(directory).is_some_and(|directory| real.starts_with(directory))
        };
        let holding = local.filter(|(_, local)| holds(&local.directory));
        holding
            .max_by_key(|(_, local)| local.directory.components().count())
            .map(|(distribution, local)| (distribution, local.directory.as_path()))
    }

    /// Returns the tool that installed a distribution, for use again.
    pub(super) fn installer(&self, distribution: &Distribution) -> Installer {
        let is_uv = distribution.is_by("uv");
        let is_own = self.environment.map(|own| own.prefix.as_path()) == self.stage.home();
        Installer {
            is_uv,
            is_synced: is_uv && is_own && self.is_synced,
            python: self.python(),
        }
    }

    /// Returns the interpreter to name in a command.
    pub(super) fn python(&self) -> PathBuf {
        self.stage.python.clone()
    }

    /// Returns whether a path lies among installed packages.
    pub(super) fn is_installed(&self, path: &Path) -> bool {
        let sites = &self.stage.search.sites;
        sites.iter().any(|site| {
            path.starts_with(site)
                || files::canonical(site).is_some_and(|site| path.starts_with(site))
        })
    }
}
