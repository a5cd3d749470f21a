//! A project with everything that is known of it, read once: configuration, environment, source roots, and how it
//! stands with the user. Nothing is acted on here.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::config::Config;
use super::decode;
use super::dotenv;
use super::files::{self, Files, Input};
use super::find::{self, Found, Kind};
use super::manifests::Manifests;
use super::plan::{self, DotenvFiles, Plan};
use super::profile;
use super::select::{self, Choice};
use super::sources::reader::Reader;
use super::sources::{Root, Search, remembered};
use super::trust::{self, Content, Standing, digest, meaning, worktree};
use super::venv::{self, Venv, Wish};
use crate::env::{Env, Snapshot};
use crate::fault::Fault;
use crate::host::{Memory, files as disk};
use crate::python::environment::{self, Environment};

/// A project, implicit or configured.
#[derive(Debug)]
pub(crate) struct Project {
    /// As the user spells it.
    pub(crate) root: PathBuf,
    /// With its links resolved.
    pub(crate) resolved: PathBuf,
    pub(crate) kind: Kind,
    pub(crate) config: Config,
    pub(crate) venv: Option<Venv>,
    pub(crate) environment: Option<Environment>,
    pub(crate) roots: Vec<Root>,
    pub(crate) dotenv: DotenvFiles,
    /// Everything that trust is about.
    pub(crate) inputs: Vec<Input>,
    pub(crate) digest: String,
    pub(crate) warnings: Vec<Fault>,
}

/// Finds the project of a directory and reads it. `env` is the environment without what it inherited from us.
pub(crate) fn project_at(start: &Path, snapshot: &Snapshot, env: &Env, memory: &Memory) -> Result<Option<Project>> {
    let home = snapshot.dirs.home.as_deref();
    let mut manifests = Manifests::default();
    let Some(Found { root, kind, above }) = find::find(start, home, &mut manifests) else { return Ok(None) };
    let own = matches!(kind, Kind::Configured).then_some(root.as_path());
    let Files { tree, mut inputs, user_file, warnings } = files::load(own, snapshot.dirs.config.as_deref())?;
    let config = decode::decode(&tree, user_file.as_deref(), home)?;
    profile::check(&config)?;
    let resolved = disk::canonical(&root).unwrap_or_else(|| root.clone());
    let venv = venv::find(&above, &config.venv, env, &mut manifests);
    let environment = venv.as_ref().and_then(|venv| environment::load(&venv.path));
    let inside_only = own.is_none();
    let search = Search { project: &root, environment: environment.as_ref(), inside_only };
    let roots = roots(&search, &config, &select::key(&resolved), memory);
    let dotenv = read_dotenv(&config, user_file.as_deref(), &mut inputs)?;
    let digest = digest::digest(&root, &inputs, &outside(&resolved, &config, &roots));
    Ok(Some(Project { root, resolved, kind, config, venv, environment, roots, dotenv, inputs, digest, warnings }))
}

fn roots(search: &Search<'_>, config: &Config, key: &str, memory: &Memory) -> Vec<Root> {
    match &config.sources {
        Some(listed) => {
            let why = |place: crate::fault::Place| format!("`sources`, line {}", place.line);
            listed.iter().map(|path| Root::listed(path.value.clone(), why(path.site.place()))).collect()
        }
        None => remembered::detect(search, key, memory),
    }
}

/// Reads the dotenv files of all profiles, so that trust does not depend on the chosen one. The user's own files are
/// nothing that they must be asked about.
fn read_dotenv(config: &Config, user: Option<&Path>, inputs: &mut Vec<Input>) -> Result<DotenvFiles> {
    let mut out = DotenvFiles::new();
    for file in config.profiles.values().flat_map(|profile| profile.dotenv.iter().flatten()) {
        if out.contains_key(&file.path) {
            continue;
        }
        let input = Input::read(&file.path)?;
        dotenv::parse(&file.path, input.content.as_deref().unwrap_or_default())?;
        out.insert(file.path.clone(), input.content.clone());
        if Some(file.site.source.file.as_path()) != user {
            inputs.push(input);
        }
    }
    Ok(out)
}

/// Returns the detected roots outside the repository: what a checkout brings in from elsewhere.
fn outside(resolved: &Path, config: &Config, roots: &[Root]) -> Vec<PathBuf> {
    let repository = worktree::top(resolved).unwrap_or_else(|| resolved.to_owned());
    let detected = roots.iter().filter(|_| config.sources.is_none()).map(|root| &root.resolved);
    detected.filter(|path| !path.starts_with(&repository)).cloned().collect()
}

impl Project {
    /// Returns whether there is a configuration to trust.
    pub(crate) fn is_configured(&self) -> bool {
        matches!(self.kind, Kind::Configured)
    }

    /// Returns how the project stands with the user. An implicit one has nothing to trust.
    pub(crate) fn standing(&self, snapshot: &Snapshot) -> Standing {
        if !self.is_configured() {
            return Standing::Trusted;
        }
        let content = Content { root: &self.resolved, inputs: &self.inputs, digest: &self.digest };
        trust::judge(content, &self.config.trusted, snapshot.user, snapshot.dirs.state.as_deref())
    }

    /// Returns what the configuration means, line by line.
    pub(crate) fn meaning(&self) -> Vec<String> {
        let Self { root, config, roots, venv, dotenv, .. } = self;
        meaning::lines(&meaning::Subject { root, config, roots, venv: venv.as_ref(), dotenv })
    }

    /// Returns which profile is meant.
    pub(crate) fn choice(&self, flag: Option<&str>, snapshot: &Snapshot, env: &Env) -> Result<Choice, Fault> {
        let remembered = select::remembered(&self.resolved, snapshot.dirs.state.as_deref());
        select::choose(flag, env, remembered, &self.config)
    }

    /// Returns the plan of a profile.
    pub(crate) fn plan(&self, profile: &str) -> Result<Plan, Fault> {
        let profile = profile::resolve(profile, &self.config)?;
        plan::plan(&profile, &self.roots, self.venv.as_ref(), &self.dotenv)
    }
}

/// What can be found in a directory that has no configuration yet.
#[derive(Debug)]
pub(crate) struct Discovery {
    pub(crate) venv: Option<Venv>,
    pub(crate) roots: Vec<Root>,
}

impl Discovery {
    /// Looks.
    pub(crate) fn at(root: &Path, snapshot: &Snapshot, env: &Env) -> Self {
        let above = find::search_path(root, snapshot.dirs.home.as_deref());
        let venv = venv::find(&above, &Wish::Detect, env, &mut Manifests::default());
        let environment = venv.as_ref().and_then(|venv| environment::load(&venv.path));
        let search = Search { project: root, environment: environment.as_ref(), inside_only: false };
        Self { roots: search.run(&mut Reader::default()), venv }
    }
}

/// Returns the plan outside any project: what the user's own configuration says.
pub(crate) fn plan_outside(flag: Option<&str>, snapshot: &Snapshot, env: &Env) -> Result<Plan> {
    let Files { tree, user_file, .. } = files::load(None, snapshot.dirs.config.as_deref())?;
    let config = decode::decode(&tree, user_file.as_deref(), snapshot.dirs.home.as_deref())?;
    let dotenv = read_dotenv(&config, user_file.as_deref(), &mut Vec::new())?;
    let choice = select::choose(flag, env, None, &config)?;
    Ok(plan::outside(&profile::resolve(&choice.name, &config)?, &dotenv)?)
}
