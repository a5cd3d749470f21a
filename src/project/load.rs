//! A project with everything that is known of it, read once: configuration, environment, source roots, and how it
//! stands with the user. Nothing is acted on here.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::brought;
use super::config::{Config, PythonPath};
use super::decode;
use super::dotenv;
use super::elsewhere::{self, Elsewhere};
use super::files::{self, Files, Input};
use super::find::{self, Found, Kind};
use super::limits;
use super::manifests::Manifests;
use super::outside;
use super::plan::{self, DotenvFiles, Plan};
use super::profile;
use super::select::{self, Choice};
use super::sources::{Placement, Root, Search, remembered};
use super::trust::ownership::{self, Owned};
use super::trust::record::{self, Decision, Record};
use super::trust::{self, Content, Standing, digest, meaning, salt};
use super::venv::{self, Venv, Wish};
use crate::env::{Env, Snapshot, User};
use crate::fault::Fault;
use crate::host::{Memory, files as disk, stamp};
use crate::python::environment::{self, Environment};
use crate::python::interpreter::Interpreter;
use crate::python::specifiers;

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
    /// What was detected, and is not taken in: the user was not asked about it, or lists other roots.
    pub(crate) outside: Vec<Root>,
    /// The environment that there should be, or was, and is not.
    pub(crate) missing: Option<PathBuf>,
    pub(crate) dotenv: DotenvFiles,
    /// The files that trust is about.
    pub(crate) inputs: Vec<Input>,
    /// The file that makes the environment one. The user is not asked about it, as a command makes it; nor must it be
    /// somebody else's.
    marker: Option<Input>,
    /// The directories that a plan of any profile takes programs or modules from.
    reached: Vec<PathBuf>,
    elsewhere: Vec<Elsewhere>,
    /// What must be consented to of an environment that came with the checkout.
    pub(crate) brought: Vec<Input>,
    pub(crate) digest: String,
    /// What the user had decided about it when it was read.
    record: Option<Record>,
    pub(crate) warnings: Vec<Fault>,
    /// Where bytecode is kept apart.
    cache: Option<PathBuf>,
}

/// When what a configuration leads to is looked for: environment, source roots, profiles that extend each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Once the user consented to the files that say it. Until then a stranger wrote them, and nothing that they say may
    /// cost anything.
    OnceTrusted,
    /// At once: a person asks what it says.
    Whole,
}

/// Finds the project of a directory and reads it. `env` is the environment without what it inherited from us.
pub(crate) fn project_at(
    start: &Path,
    snapshot: &Snapshot,
    env: &Env,
    memory: &Memory,
    reading: Reading,
) -> Result<Option<Project>> {
    let mut manifests = Manifests::default();
    let found = find::find(start, snapshot.dirs.home.as_deref(), &mut manifests);
    found.map(|found| project_of(found, snapshot, env, &mut manifests, memory, reading)).transpose()
}

/// Reads a project that was found.
pub(crate) fn project_of(
    found: Found,
    snapshot: &Snapshot,
    env: &Env,
    manifests: &mut Manifests,
    memory: &Memory,
    reading: Reading,
) -> Result<Project> {
    let above = found.above.clone();
    let mut project = Project::of_files(found, snapshot)?;
    let (state, trees) = (snapshot.dirs.state.as_deref(), &project.config.trusted);
    let is_known = || {
        let record = project.record.as_ref();
        trust::may_be_trusted(&project.resolved, &project.digest, record, trees, state)
    };
    if reading == Reading::Whole || !project.is_configured() || is_known() {
        project.look_further(&above, snapshot, env, manifests, memory)?;
    }
    Ok(project)
}

/// Returns a word about the listed sources that are no directories: the first by its name.
fn absent_sources(config: &Config) -> Option<Fault> {
    let listed = config.sources.iter().flatten();
    let absent: Vec<_> = listed.filter(|path| !stamp::is_directory(&path.value)).collect();
    let first = absent.first()?;
    let what = if stamp::of(&first.value).is_some() { "is not a directory" } else { "does not exist" };
    let others = match absent.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more of `sources`"),
    };
    Some(first.site.fault(format!("`{}` {what}{others}", first.value.display())))
}

/// Reads the dotenv files of all profiles, so that trust does not depend on the chosen one. What they hold is parsed
/// only for a plan. Those that the user's own file alone names are nothing that they must be asked about.
pub(super) fn read_dotenv(config: &Config, user: Option<&Path>) -> Result<(DotenvFiles, Vec<Input>)> {
    let (mut out, mut inputs, mut bytes) = (DotenvFiles::new(), Vec::<Input>::new(), 0);
    for file in config.profiles.values().flat_map(|profile| profile.dotenv.iter().flatten()) {
        let is_users = Some(file.site.source.file.as_path()) == user;
        let is_new = !out.contains_key(&file.path);
        if is_new || (!is_users && !inputs.iter().any(|input| input.path == file.path)) {
            let input = Input::read(&file.path)?;
            bytes += input.content.as_ref().map_or(0, Vec::len);
            limits::check(bytes, limits::DOTENV_BYTES, "bytes in dotenv files", &file.site)?;
            out.insert(file.path.clone(), input.content.clone());
            inputs.extend((!is_users).then_some(input));
        }
    }
    Ok((out, inputs))
}

impl Project {
    /// Reads the files that trust is about, and nothing that they lead to. An implicit project has nothing to consent to,
    /// but the files that make it one must not be somebody else's.
    fn of_files(found: Found, snapshot: &Snapshot) -> Result<Self> {
        let Found { root, kind, .. } = found;
        let own = matches!(kind, Kind::Configured).then_some(root.as_path());
        let Files { tree, mut inputs, user_file, mut warnings } = files::load(own, snapshot.dirs.config.as_deref())?;
        let mut config = decode::decode(&tree, user_file.as_deref(), snapshot.dirs.home.as_deref())?;
        warnings.append(&mut config.warnings);
        let (dotenv, read) = read_dotenv(&config, user_file.as_deref())?;
        inputs.extend(read);
        let digest = digest::of_files(&root, &inputs);
        if let Kind::Implicit(marker) = &kind {
            inputs = vec![Input::of_stamp(&root.join(marker))];
        }
        let resolved = disk::canonical(&root).unwrap_or_else(|| root.clone());
        Ok(Self {
            record: record::find(&resolved, snapshot.dirs.state.as_deref()),
            resolved,
            root,
            kind,
            config,
            venv: None,
            environment: None,
            roots: Vec::new(),
            outside: Vec::new(),
            missing: None,
            dotenv,
            inputs,
            marker: None,
            reached: Vec::new(),
            elsewhere: Vec::new(),
            brought: Vec::new(),
            digest,
            warnings,
            cache: snapshot.dirs.cache.clone(),
        })
    }

    /// Looks for all that the files lead to.
    fn look_further(
        &mut self,
        above: &[PathBuf],
        snapshot: &Snapshot,
        env: &Env,
        manifests: &mut Manifests,
        memory: &Memory,
    ) -> Result<(), Fault> {
        profile::check(&self.config)?;
        self.venv = venv::find(above, &self.config.venv, env, manifests);
        self.environment = self.venv.as_ref().and_then(|venv| environment::load(&venv.path));
        let search = Search { project: &self.root, environment: self.environment.as_ref() };
        let key = select::key(&self.resolved);
        let detected = remembered::detect(&search, &key, memory)?;
        let is_configured = self.is_configured();
        (self.roots, self.outside) = outside::divide(detected, &self.config, is_configured, &self.resolved, manifests);
        self.missing = self.missing_environment(&key, memory);
        self.warnings.extend(absent_sources(&self.config));
        self.warnings.extend(self.venv.as_ref().and_then(Venv::warning));
        // All that was detected: an installation decides which of it is imported, and needs no consent of its own.
        let roots = [&self.roots[..], &self.outside].concat();
        self.elsewhere = elsewhere::of(&self.resolved, &roots, &self.config, self.venv.as_ref());
        self.brought = self.bring(snapshot, memory);
        let digest = digest::whole(&self.digest, &self.elsewhere);
        let digest = digest::with_roots(digest, &self.resolved, &self.roots, &self.elsewhere);
        self.digest = digest::with_environment(digest, &self.resolved, &self.brought);
        let environment = self.environment.as_ref();
        self.marker = environment.map(|environment| Input::of_stamp(&environment.prefix.join(environment::MARKER)));
        let (roots, venv) = (&self.roots[..], self.venv.as_ref());
        let found = plan::Found { roots, venv, dotenv: &self.dotenv, own_prefix: None };
        self.reached = plan::reached(&self.config, &found);
        Ok(())
    }

    /// Looks at where the environment came from; of an implicit project nobody could be asked about it.
    fn bring(&self, snapshot: &Snapshot, memory: &Memory) -> Vec<Input> {
        let Some(venv) = self.venv.as_ref().filter(|_| self.is_configured() || self.record.is_some()) else {
            return Vec::new();
        };
        let home = self.environment.as_ref().and_then(|environment| environment.home.as_deref());
        brought::of_project(&venv.path, home, &self.resolved, snapshot, memory)
    }

    /// Returns the environment that there should be, or was, and is not.
    fn missing_environment(&self, key: &str, memory: &Memory) -> Option<PathBuf> {
        match &self.venv {
            Some(venv) => self.environment.is_none().then(|| venv.path.clone()),
            None if self.config.venv == Wish::Detect => remembered::lost_environment(key, memory),
            None => None,
        }
    }

    /// Returns what of the code that is imported was not taken in, and so has no edits that run: in a project that nobody
    /// configured all that lies outside, else what was copied from there.
    pub(crate) fn left_out(&self) -> Vec<&Root> {
        let is_copied = |root: &&Root| root.placement == Placement::Copied;
        self.outside.iter().filter(|root| !self.is_configured() || is_copied(root)).collect()
    }

    /// Returns whether there is a configuration to trust.
    pub(crate) fn is_configured(&self) -> bool {
        matches!(self.kind, Kind::Configured)
    }

    /// Returns how the project stands with the user.
    pub(crate) fn standing(&self, snapshot: &Snapshot) -> Standing {
        if !self.is_configured() {
            let owned = self.check_ownership(snapshot.user, None);
            return owned.map_or_else(Standing::Refused, |()| self.standing_without_configuration());
        }
        let owned = Owned { inputs: &self.owned(), reached: &self.reached };
        let content = Content { root: &self.resolved, spelled: &self.root, owned, digest: &self.digest };
        let state = snapshot.dirs.state.as_deref();
        trust::judge(content, self.record.as_ref(), &self.config.trusted, snapshot.user, state)
    }

    /// Returns how a project stands that has no configuration: as what the user decided when it had one, which a branch
    /// can't undo by removing that.
    fn standing_without_configuration(&self) -> Standing {
        match &self.record {
            Some(Record { decision: Decision::Deny, .. }) => Standing::Denied,
            Some(record) if !self.brought.is_empty() && !self.has_allowed_environment(record) => {
                let what = "the configuration that you trusted is gone, and the environment came with the checkout";
                Standing::Refused(Fault::new(what).hint("bring it back, or `devenv allow` to do without"))
            }
            _ => Standing::Trusted,
        }
    }

    fn has_allowed_environment(&self, record: &Record) -> bool {
        digest::has_environment(&record.digest, &self.resolved, &self.brought)
    }

    /// Returns whether the user consented to what the configuration says; of an implicit project nobody was asked.
    pub(crate) fn is_consented(&self, snapshot: &Snapshot) -> bool {
        self.is_configured() && matches!(self.standing(snapshot), Standing::Trusted)
    }

    /// Returns a fault where somebody else could change what the project is.
    pub(crate) fn check_ownership(&self, user: User, owner: Option<u32>) -> Result<(), Fault> {
        let owned = Owned { inputs: &self.owned(), reached: &self.reached };
        ownership::check(&self.root, owned, user, owner)
    }

    /// Returns the files that nobody else may write.
    fn owned(&self) -> Vec<&Input> {
        self.inputs.iter().chain(&self.marker).collect()
    }

    /// Returns the directories that are taken in and nobody here wrote: what lies outside of the repository, and an
    /// environment that came with it.
    pub(crate) fn taken_in(&self) -> Vec<PathBuf> {
        let outside = self.elsewhere.iter().map(|found| &found.resolved);
        outside.chain(self.brought.first().map(|tree| &tree.path)).cloned().collect()
    }

    /// Returns what the configuration means, line by line. `keep`: whether it is for a record, so that what it takes to
    /// compare it is kept too.
    pub(crate) fn meaning(&self, state_dir: Option<&Path>, keep: bool) -> Vec<String> {
        let Self { root, config, roots, outside, venv, dotenv, elsewhere, brought, .. } = self;
        let salt = salt::of(state_dir, keep);
        let venv = venv.as_ref();
        let salt = &salt;
        meaning::lines(&meaning::Subject { root, config, roots, outside, venv, dotenv, elsewhere, brought, salt })
    }

    /// Returns what is to be said of dotenv files that other readers take for more than they say.
    pub(crate) fn literal(&self) -> Vec<Fault> {
        let files = self.dotenv.iter().filter_map(|(path, bytes)| Some((path, bytes.as_ref()?)));
        files.filter_map(|(path, bytes)| dotenv::literal(path, &dotenv::parse(path, bytes).ok()?)).collect()
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

    /// Returns what the plan of a profile would be with the consent that an implicit project lacks, where it lacks any.
    pub(crate) fn plan_with_consent(&self, profile: &str) -> Option<Plan> {
        let lacks = !self.is_configured() && !self.outside.is_empty();
        let profile = profile::resolve(profile, &self.config).ok().filter(|_| lacks)?;
        let roots = [&self.roots[..], &self.outside].concat();
        let found = plan::Found { roots: &roots, venv: self.venv.as_ref(), dotenv: &self.dotenv, own_prefix: None };
        plan::plan(&profile, &found).ok()
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
