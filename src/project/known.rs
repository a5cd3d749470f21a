//! What is known of a project once it was read: configuration, environment, source roots, and what
//! follows from them for a profile. Looks at no file of the project.

use std::path::PathBuf;

use super::config::{Config, PythonPath};
use super::dotenv;
use super::elsewhere::Elsewhere;
use super::files::Input;
use super::find::Kind;
use super::manifests::Manifests;
use super::plan::{self, DotenvFiles, Plan};
use super::profile;
use super::select::{self, Choice};
use super::sources::{Placement, Root};
use super::trust::record::Record;
use super::venv::Venv;
use crate::env::{Env, Snapshot};
use crate::host::files as disk;
use crate::python::environment::Environment;
use crate::python::interpreter::Interpreter;
use crate::python::specifiers;
use crate::values::fault::Fault;

/// A project, implicit or configured.
#[derive(Debug)]
pub struct Project {
    /// As the user spells it.
    pub root: PathBuf,
    /// With its links resolved.
    pub resolved: PathBuf,
    pub kind: Kind,
    pub config: Config,
    pub venv: Option<Venv>,
    pub environment: Option<Environment>,
    pub roots: Vec<Root>,
    /// What was detected, and is not taken in: the user was not asked about it, or lists other
    /// roots.
    pub outside: Vec<Root>,
    /// The environment that there should be, or was, and is not.
    pub missing: Option<PathBuf>,
    pub dotenv: DotenvFiles,
    /// The files that trust is about.
    pub inputs: Vec<Input>,
    /// The file that makes the environment one. The user is not asked about it, as a command makes
    /// it; nor must it be somebody else's.
    pub(super) marker: Option<Input>,
    /// The directories that a plan of any profile takes programs or modules from.
    pub(super) reached: Vec<PathBuf>,
    pub(super) elsewhere: Vec<Elsewhere>,
    /// What must be consented to of an environment that came with the checkout.
    pub brought: Vec<Input>,
    pub digest: String,
    /// What the user had decided about it when it was read.
    pub(super) record: Option<Record>,
    pub warnings: Vec<Fault>,
    /// Where bytecode is kept apart.
    pub(super) cache: Option<PathBuf>,
}

impl Project {
    /// Returns what of the code that is imported was not taken in, and so has no edits that run: in
    /// a project that nobody configured all that lies outside, else what was copied from there.
    pub fn left_out(&self) -> Vec<&Root> {
        let is_copied = |root: &&Root| root.placement == Placement::Copied;
        self.outside
            .iter()
            .filter(|root| !self.is_configured() || is_copied(root))
            .collect()
    }

    /// Returns whether there is a configuration to trust.
    pub fn is_configured(&self) -> bool {
        matches!(self.kind, Kind::Configured)
    }

    /// Returns what is to be said of dotenv files that other readers take for more than they say.
    pub fn literal(&self) -> Vec<Fault> {
        let files = self
            .dotenv
            .iter()
            .filter_map(|(path, bytes)| Some((path, bytes.as_ref()?)));
        files
            .filter_map(|(path, bytes)| dotenv::literal(path, &dotenv::parse(path, bytes).ok()?))
            .collect()
    }

    /// Returns which profile is meant.
    pub fn choice(
        &self,
        flag: Option<&str>,
        snapshot: &Snapshot,
        env: &Env,
    ) -> Result<Choice, Fault> {
        let remembered = select::remembered(&self.resolved, snapshot.dirs.state.as_deref());
        select::choose(flag, env, remembered, &self.config)
    }

    /// Returns the plan of a profile.
    pub fn plan(&self, profile: &str) -> Result<Plan, Fault> {
        let own_prefix = self.own_prefix(profile);
        let profile = profile::resolve(profile, &self.config)?;
        let found = plan::Found {
            roots: &self.roots,
            venv: self.venv.as_ref(),
            dotenv: &self.dotenv,
            own_prefix: own_prefix.as_deref(),
        };
        plan::plan(&profile, &found)
    }

    /// Returns the version of the project's Python as its files say it: its environment, what pins
    /// it, or its manifest.
    pub fn python(&self) -> Option<String> {
        let of_environment = || self.environment.as_ref()?.version.clone();
        let pinned = || {
            specifiers::minor(
                disk::text(&self.root.join(".python-version"))?
                    .lines()
                    .next()?,
            )
        };
        let mut manifests = Manifests::default();
        let mut asked = || {
            let manifest = manifests.get(&self.root)?.node.as_ref()?;
            let of_poetry = || manifest.at(["tool", "poetry", "dependencies", "python"]);
            specifiers::allowed(
                manifest
                    .at(["project", "requires-python"])
                    .or_else(of_poetry)?
                    .text()?,
            )
        };
        of_environment().or_else(pinned).or_else(&mut asked)
    }

    /// Returns what the plan of a profile would be with the consent that an implicit project lacks,
    /// where it lacks any.
    pub fn plan_with_consent(&self, profile: &str) -> Option<Plan> {
        let lacks = !self.is_configured() && !self.outside.is_empty();
        let profile = profile::resolve(profile, &self.config)
            .ok()
            .filter(|_| lacks)?;
        let roots = [&self.roots[..], &self.outside].concat();
        let found = plan::Found {
            roots: &roots,
            venv: self.venv.as_ref(),
            dotenv: &self.dotenv,
            own_prefix: None,
        };
        plan::plan(&profile, &found).ok()
    }

    /// Returns the plan of a profile for another place: without the directories that only this
    /// machine has.
    pub fn portable_plan(&self, profile: &str) -> Result<Plan, Fault> {
        let profile = profile::resolve(profile, &self.config)?;
        plan::plan(
            &profile,
            &plan::Found {
                roots: &self.roots,
                venv: None,
                dotenv: &self.dotenv,
                own_prefix: None,
            },
        )
    }

    /// Returns the dotenv files that a profile reads, in their order.
    pub fn dotenv_files(&self, profile: &str) -> Result<Vec<PathBuf>, Fault> {
        let profile = profile::resolve(profile, &self.config)?;
        let is_there = |path: &PathBuf| self.dotenv.get(path).is_some_and(Option::is_some);
        let named = profile.steps.iter().filter_map(|step| match step {
            profile::Step::Read(file) => Some(file.path.clone()),
            profile::Step::Do(_) => None,
        });
        Ok(named.filter(is_there).collect())
    }

    /// Returns where the bytecode of a profile is kept apart: named for a person, and unmistakable.
    pub fn own_prefix(&self, profile: &str) -> Option<PathBuf> {
        let name = self
            .resolved
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let key = &select::key(&self.resolved)[..8];
        Some(
            self.cache
                .as_ref()?
                .join("pycache")
                .join(format!("{name}-{key}"))
                .join(profile),
        )
    }

    /// Returns where modules of the project's own lie beside its tree, each as spelled and with its
    /// links resolved: its source roots, and what the profile lists.
    pub fn own_roots(&self, profile: &str) -> Vec<(PathBuf, PathBuf)> {
        let listed =
            match profile::resolve(profile, &self.config).map(|profile| profile.pythonpath.0) {
                Ok(PythonPath::Listed(paths)) => paths,
                _ => Vec::new(),
            };
        let resolved = |path: PathBuf| (path.clone(), disk::canonical(&path).unwrap_or(path));
        let roots = self
            .roots
            .iter()
            .map(|root| (root.path.clone(), root.resolved.clone()));
        roots.chain(listed.into_iter().map(resolved)).collect()
    }

    /// Returns the directories of packages that an interpreter imports from in this project.
    pub fn site_packages(&self, interpreter: Option<&Interpreter>) -> Vec<PathBuf> {
        let own = self
            .environment
            .as_ref()
            .map(|environment| environment.site_packages.clone());
        let base = interpreter
            .map(|interpreter| interpreter.site_packages.clone())
            .unwrap_or_default();
        let with_base = self
            .environment
            .as_ref()
            .is_none_or(|environment| environment.system);
        [
            own.unwrap_or_default(),
            if with_base { base } else { Vec::new() },
        ]
        .concat()
    }
}
