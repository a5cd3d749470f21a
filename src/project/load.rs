//! Reads a project: first the files that trust is about, then, where their user consented, all that
//! they lead to. Nothing is acted on here.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::brought;
use super::config::Config;
use super::decode;
use super::elsewhere;
use super::files::{self, Files, Input};
use super::find::{self, Found, Kind};
use super::known::Project;
use super::limits;
use super::manifests::Manifests;
use super::outside;
use super::plan::{self, DotenvFiles};
use super::profile;
use super::select;
use super::sources::{Search, remembered};
use super::trust::{self, digest, record};
use super::venv::{self, Venv, Wish};
use crate::env::{Env, Snapshot};
use crate::host::{Memory, files as disk, stamp};
use crate::python::environment;
use crate::values::fault::Fault;

/// When what a configuration leads to is looked for: environment, source roots, profiles that
/// extend each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Once the user consented to the files that say it. Until then a stranger wrote them, and
    /// nothing that they say may cost anything.
    OnceTrusted,
    /// At once: a person asks what it says.
    Whole,
}

/// Finds the project of a directory and reads it. `env` is the environment without what it
/// inherited from us.
pub fn project_at(
    start: &Path,
    snapshot: &Snapshot,
    env: &Env,
    memory: &Memory,
    reading: Reading,
) -> Result<Option<Project>> {
    let mut manifests = Manifests::default();
    let found = find::find(start, snapshot.dirs.home.as_deref(), &mut manifests);
    found
        .map(|found| project_of(found, snapshot, env, &mut manifests, memory, reading))
        .transpose()
}

/// Reads a project that was found.
pub fn project_of(
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
    let absent: Vec<_> = listed
        .filter(|path| !stamp::is_directory(&path.value))
        .collect();
    let first = absent.first()?;
    let what = if stamp::of(&first.value).is_some() {
        "is not a directory"
    } else {
        "does not exist"
    };
    let others = match absent.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more of `sources`"),
    };
    Some(
        first
            .site
            .fault(format!("`{}` {what}{others}", first.value.display())),
    )
}

/// Reads the dotenv files of all profiles, so that trust does not depend on the chosen one. What
/// they hold is parsed only for a plan. Those that the user's own file alone names are nothing that
/// they must be asked about.
pub(super) fn read_dotenv(
    config: &Config,
    user: Option<&Path>,
) -> Result<(DotenvFiles, Vec<Input>)> {
    let (mut out, mut inputs, mut bytes) = (DotenvFiles::new(), Vec::<Input>::new(), 0);
    for file in config
        .profiles
        .values()
        .flat_map(|profile| profile.dotenv.iter().flatten())
    {
        let is_users = Some(file.site.source.file.as_path()) == user;
        let is_new = !out.contains_key(&file.path);
        if is_new || (!is_users && !inputs.iter().any(|input| input.path == file.path)) {
            let input = Input::read(&file.path)?;
            bytes += input.content.as_ref().map_or(0, Vec::len);
            limits::check(
                bytes,
                limits::DOTENV_BYTES,
                "bytes in dotenv files",
                &file.site,
            )?;
            out.insert(file.path.clone(), input.content.clone());
            inputs.extend((!is_users).then_some(input));
        }
    }
    Ok((out, inputs))
}

impl Project {
    /// Reads the files that trust is about, and nothing that they lead to. An implicit project has
    /// nothing to consent to, but the files that make it one must not be somebody else's.
    fn of_files(found: Found, snapshot: &Snapshot) -> Result<Self> {
        let Found { root, kind, .. } = found;
        let own = matches!(kind, Kind::Configured).then_some(root.as_path());
        let Files {
            tree,
            mut inputs,
            user_file,
            mut warnings,
        } = files::load(own, snapshot.dirs.config.as_deref())?;
        let mut config =
            decode::decode(&tree, user_file.as_deref(), snapshot.dirs.home.as_deref())?;
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
        self.environment = self
            .venv
            .as_ref()
            .and_then(|venv| environment::load(&venv.path));
        let search = Search {
            project: &self.root,
            environment: self.environment.as_ref(),
        };
        let key = select::key(&self.resolved);
        let detected = remembered::detect(&search, &key, memory)?;
        let is_configured = self.is_configured();
        (self.roots, self.outside) = outside::divide(
            detected,
            &self.config,
            is_configured,
            &self.resolved,
            manifests,
        );
        self.missing = self.missing_environment(&key, memory);
        self.warnings.extend(absent_sources(&self.config));
        self.warnings
            .extend(self.venv.as_ref().and_then(Venv::warning));
        // All that was detected: an installation decides which of it is imported, and needs no
        // consent of its own.
        let roots = [&self.roots[..], &self.outside].concat();
        self.elsewhere = elsewhere::of(&self.resolved, &roots, &self.config, self.venv.as_ref());
        self.brought = self.bring(snapshot, memory);
        let digest = digest::whole(&self.digest, &self.elsewhere);
        let digest = digest::with_roots(digest, &self.resolved, &self.roots, &self.elsewhere);
        self.digest = digest::with_environment(digest, &self.resolved, &self.brought);
        let environment = self.environment.as_ref();
        self.marker = environment
            .map(|environment| Input::of_stamp(&environment.prefix.join(environment::MARKER)));
        let (roots, venv) = (&self.roots[..], self.venv.as_ref());
        let found = plan::Found {
            roots,
            venv,
            dotenv: &self.dotenv,
            own_prefix: None,
        };
        self.reached = plan::reached(&self.config, &found);
        Ok(())
    }

    /// Looks at where the environment came from; of an implicit project nobody could be asked about
    /// it.
    fn bring(&self, snapshot: &Snapshot, memory: &Memory) -> Vec<Input> {
        let Some(venv) = self
            .venv
            .as_ref()
            .filter(|_| self.is_configured() || self.record.is_some())
        else {
            return Vec::new();
        };
        let home = self
            .environment
            .as_ref()
            .and_then(|environment| environment.home.as_deref());
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
}
