//! A project with everything that is known of it, read once: configuration, environment, source roots, and how it
//! stands with the user. Nothing is acted on here.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::brought::{self, Suspect};
use super::config::{Config, PythonPath};
use super::decode;
use super::elsewhere::{self, Elsewhere};
use super::files::{self, Files, Input};
use super::find::{self, Found, Kind};
use super::manifests::Manifests;
use super::plan::{self, DotenvFiles, Plan};
use super::profile;
use super::select::{self, Choice};
use super::sources::reader::Reader;
use super::sources::{Root, Search, remembered};
use super::trust::{self, Content, Standing, digest, meaning, ownership};
use super::venv::{self, Venv, Wish};
use crate::env::{Env, Snapshot};
use crate::fault::Fault;
use crate::git::worktree;
use crate::host::{Memory, files as disk, stamp};
use crate::python::environment::{self, Environment};
use crate::python::interpreter::Interpreter;
use crate::python::specifiers;
use crate::python::startable::Caution;

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
    /// The files that trust is about.
    pub(crate) inputs: Vec<Input>,
    /// The file that makes the environment one. The user is not asked about it, as a command makes it; nor must it be
    /// somebody else's.
    marker: Option<Input>,
    elsewhere: Vec<Elsewhere>,
    /// What must be consented to of an environment that came with the checkout.
    pub(crate) brought: Vec<Input>,
    pub(crate) digest: String,
    pub(crate) warnings: Vec<Fault>,
    /// Where bytecode is kept apart.
    cache: Option<PathBuf>,
}

/// Finds the project of a directory and reads it. `env` is the environment without what it inherited from us.
pub(crate) fn project_at(start: &Path, snapshot: &Snapshot, env: &Env, memory: &Memory) -> Result<Option<Project>> {
    let mut manifests = Manifests::default();
    let found = find::find(start, snapshot.dirs.home.as_deref(), &mut manifests);
    found.map(|found| project_of(found, snapshot, env, &mut manifests, memory)).transpose()
}

/// Reads a project that was found.
pub(crate) fn project_of(
    found: Found,
    snapshot: &Snapshot,
    env: &Env,
    manifests: &mut Manifests,
    memory: &Memory,
) -> Result<Project> {
    let Found { root, kind, above } = found;
    let home = snapshot.dirs.home.as_deref();
    let own = matches!(kind, Kind::Configured).then_some(root.as_path());
    let Files { tree, inputs, user_file, mut warnings } = files::load(own, snapshot.dirs.config.as_deref())?;
    let mut config = decode::decode(&tree, user_file.as_deref(), home)?;
    profile::check(&config)?;
    warnings.append(&mut config.warnings);
    let resolved = disk::canonical(&root).unwrap_or_else(|| root.clone());
    let venv = venv::find(&above, &config.venv, env, manifests);
    let environment = venv.as_ref().and_then(|venv| environment::load(&venv.path));
    let search = Search { project: &root, environment: environment.as_ref(), inside_only: own.is_none() };
    let roots = roots(&search, &config, &select::key(&resolved), memory);
    warnings.extend(absent_sources(&config));
    warnings.extend(venv.as_ref().and_then(Venv::warning));
    let cache = snapshot.dirs.cache.clone();
    let mut project = Project {
        root,
        resolved,
        kind,
        config,
        venv,
        environment,
        roots,
        inputs,
        warnings,
        cache,
        dotenv: DotenvFiles::new(),
        marker: None,
        elsewhere: Vec::new(),
        brought: Vec::new(),
        digest: String::new(),
    };
    project.brought = project.bring(snapshot, memory);
    project.read_inputs(user_file.as_deref())?;
    Ok(project)
}

fn absent_sources(config: &Config) -> Vec<Fault> {
    let listed = config.sources.iter().flatten();
    let absent = listed.filter(|path| !stamp::is_directory(&path.value));
    let what = |path: &Path| if stamp::of(path).is_some() { "is not a directory" } else { "does not exist" };
    absent.map(|path| path.site.fault(format!("`{}` {}", path.value.display(), what(&path.value)))).collect()
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

/// Reads the dotenv files of all profiles, so that trust does not depend on the chosen one. What they hold is parsed
/// only for a plan. Those that the user's own file alone names are nothing that they must be asked about.
fn read_dotenv(config: &Config, user: Option<&Path>) -> Result<(DotenvFiles, Vec<Input>)> {
    let (mut out, mut inputs) = (DotenvFiles::new(), Vec::<Input>::new());
    for file in config.profiles.values().flat_map(|profile| profile.dotenv.iter().flatten()) {
        let is_users = Some(file.site.source.file.as_path()) == user;
        let is_new = !out.contains_key(&file.path);
        if is_new || (!is_users && !inputs.iter().any(|input| input.path == file.path)) {
            let input = Input::read(&file.path)?;
            out.insert(file.path.clone(), input.content.clone());
            inputs.extend((!is_users).then_some(input));
        }
    }
    Ok((out, inputs))
}

impl Project {
    /// Reads what is left of what trust is about. An implicit project has nothing to consent to, but the files that make
    /// it one must not be somebody else's.
    fn read_inputs(&mut self, user: Option<&Path>) -> Result<()> {
        let (dotenv, inputs) = read_dotenv(&self.config, user)?;
        self.dotenv = dotenv;
        self.inputs.extend(inputs);
        self.elsewhere = elsewhere::of(&self.resolved, &self.roots, &self.config, self.venv.as_ref());
        let digest = digest::digest(&self.root, &self.inputs, &self.elsewhere);
        self.digest = digest::with_environment(digest, &self.root, &self.brought);
        if let Kind::Implicit(marker) = &self.kind {
            self.inputs = vec![Input::of_stamp(&self.root.join(marker))];
        }
        let environment = self.environment.as_ref();
        self.marker = environment.map(|environment| Input::of_stamp(&environment.prefix.join(environment::MARKER)));
        Ok(())
    }

    /// Looks at where the environment came from; of an implicit project nobody could be asked about it.
    fn bring(&self, snapshot: &Snapshot, memory: &Memory) -> Vec<Input> {
        let Some(venv) = self.venv.as_ref().filter(|_| self.is_configured()) else { return Vec::new() };
        let caution = Caution::around(&[&snapshot.cwd, &self.resolved], snapshot.dirs.home.as_deref(), snapshot.user);
        let repository = worktree::top(&self.resolved).unwrap_or_else(|| self.resolved.clone());
        let home = self.environment.as_ref().and_then(|environment| environment.home.as_deref());
        brought::inputs(&Suspect { prefix: &venv.path, home, repository: &repository }, &caution, memory)
    }

    /// Returns whether there is a configuration to trust.
    pub(crate) fn is_configured(&self) -> bool {
        matches!(self.kind, Kind::Configured)
    }

    /// Returns how the project stands with the user.
    pub(crate) fn standing(&self, snapshot: &Snapshot) -> Standing {
        if !self.is_configured() {
            let owned = ownership::check(&self.owned(), snapshot.user, None);
            return owned.map_or_else(Standing::Refused, |()| Standing::Trusted);
        }
        let content = Content { root: &self.resolved, owned: &self.owned(), digest: &self.digest };
        trust::judge(content, &self.config.trusted, snapshot.user, snapshot.dirs.state.as_deref())
    }

    /// Returns whether the user consented to what the configuration says; of an implicit project nobody was asked.
    pub(crate) fn is_consented(&self, snapshot: &Snapshot) -> bool {
        self.is_configured() && matches!(self.standing(snapshot), Standing::Trusted)
    }

    /// Returns the files that nobody else may write.
    pub(crate) fn owned(&self) -> Vec<&Input> {
        self.inputs.iter().chain(&self.marker).collect()
    }

    /// Returns what the configuration means, line by line.
    pub(crate) fn meaning(&self) -> Vec<String> {
        let Self { root, config, roots, venv, dotenv, elsewhere, brought, .. } = self;
        meaning::lines(&meaning::Subject { root, config, roots, venv: venv.as_ref(), dotenv, elsewhere, brought })
    }

    /// Returns which profile is meant.
    pub(crate) fn choice(&self, flag: Option<&str>, snapshot: &Snapshot, env: &Env) -> Result<Choice, Fault> {
        let remembered = select::remembered(&self.resolved, snapshot.dirs.state.as_deref());
        select::choose(flag, env, remembered, &self.config)
    }

    /// Returns the plan of a profile.
    pub(crate) fn plan(&self, profile: &str) -> Result<Plan, Fault> {
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

    /// Returns the version of the project's Python as its files say it: its environment, what pins it, or its manifest.
    pub(crate) fn python(&self) -> Option<String> {
        let of_environment = || self.environment.as_ref()?.version.clone();
        let pinned = || specifiers::minor(disk::text(&self.root.join(".python-version"))?.lines().next()?);
        let mut manifests = Manifests::default();
        let mut asked = || {
            let manifest = manifests.get(&self.root)?.node.as_ref()?;
            let of_poetry = || manifest.at(["tool", "poetry", "dependencies", "python"]);
            specifiers::allowed(manifest.at(["project", "requires-python"]).or_else(of_poetry)?.text()?)
        };
        of_environment().or_else(pinned).or_else(&mut asked)
    }

    /// Returns the plan of a profile for another place: without the directories that only this machine has.
    pub(crate) fn portable_plan(&self, profile: &str) -> Result<Plan, Fault> {
        let profile = profile::resolve(profile, &self.config)?;
        plan::plan(&profile, &plan::Found { roots: &self.roots, venv: None, dotenv: &self.dotenv, own_prefix: None })
    }

    /// Returns the dotenv files that a profile reads, in their order.
    pub(crate) fn dotenv_files(&self, profile: &str) -> Result<Vec<PathBuf>, Fault> {
        let profile = profile::resolve(profile, &self.config)?;
        let is_there = |path: &PathBuf| self.dotenv.get(path).is_some_and(Option::is_some);
        let named = profile.steps.iter().filter_map(|step| match step {
            profile::Step::Read(file) => Some(file.path.clone()),
            profile::Step::Do(_) => None,
        });
        Ok(named.filter(is_there).collect())
    }

    /// Returns where the bytecode of a profile is kept apart: named for a person, and unmistakable.
    pub(crate) fn own_prefix(&self, profile: &str) -> Option<PathBuf> {
        let name = self.resolved.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let key = &select::key(&self.resolved)[..8];
        Some(self.cache.as_ref()?.join("pycache").join(format!("{name}-{key}")).join(profile))
    }

    /// Returns where modules of the project's own lie beside its tree, each as spelled and with its links resolved: its
    /// source roots, and what the profile lists.
    pub(crate) fn own_roots(&self, profile: &str) -> Vec<(PathBuf, PathBuf)> {
        let listed = match profile::resolve(profile, &self.config).map(|profile| profile.pythonpath.0) {
            Ok(PythonPath::Listed(paths)) => paths,
            _ => Vec::new(),
        };
        let resolved = |path: PathBuf| (path.clone(), disk::canonical(&path).unwrap_or(path));
        let roots = self.roots.iter().map(|root| (root.path.clone(), root.resolved.clone()));
        roots.chain(listed.into_iter().map(resolved)).collect()
    }

    /// Returns the directories of packages that an interpreter imports from in this project.
    pub(crate) fn site_packages(&self, interpreter: Option<&Interpreter>) -> Vec<PathBuf> {
        let own = self.environment.as_ref().map(|environment| environment.site_packages.clone());
        let base = interpreter.map(|interpreter| interpreter.site_packages.clone()).unwrap_or_default();
        let with_base = self.environment.as_ref().is_none_or(|environment| environment.system);
        [own.unwrap_or_default(), if with_base { base } else { Vec::new() }].concat()
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

/// What holds outside any project: the user's own configuration.
#[derive(Debug)]
pub(crate) struct Outside {
    pub(crate) config: Config,
    dotenv: DotenvFiles,
}

impl Outside {
    /// Reads it.
    pub(crate) fn load(snapshot: &Snapshot) -> Result<Self> {
        let Files { tree, user_file, .. } = files::load(None, snapshot.dirs.config.as_deref())?;
        let config = decode::decode(&tree, user_file.as_deref(), snapshot.dirs.home.as_deref())?;
        profile::check(&config)?;
        let (dotenv, _) = read_dotenv(&config, user_file.as_deref())?;
        Ok(Self { config, dotenv })
    }

    /// Returns the plan of a profile.
    pub(crate) fn plan(&self, flag: Option<&str>, env: &Env) -> Result<Plan, Fault> {
        let choice = select::choose(flag, env, None, &self.config)?;
        plan::outside(&profile::resolve(&choice.name, &self.config)?, &self.dotenv)
    }
}
