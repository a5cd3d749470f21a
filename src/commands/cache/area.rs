//! What an action on caches is about: the trees that are meant, by the project and by what was
//! named, and the places where their bytecode lies. Of a project without consent it is the
//! project's own tree.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::bytecode::census::{Census, Depth, Found};
use crate::bytecode::ledger::Ledger;
use crate::bytecode::promise::Promise;
use crate::commands::ground::{self, Ground};
use crate::env::{Snapshot, operation};
use crate::host::{Kind, Tally, files, machine, stamp};
use crate::project::Project;
use crate::project::trust::Standing;
use crate::python::names::{self, PYCACHE};
use crate::report::Report;
use crate::tree::ignore::Ignored;
use crate::tree::scope::Scope;
use crate::values::fault::Fault;
use crate::values::paths;

/// What an action is about.
#[derive(Debug)]
pub(super) struct Area<'a> {
    pub(super) promise: Promise<'a>,
    /// Whether the project's configuration counts.
    pub(super) is_trusted: bool,
    /// Of what is meant, what no project of the user's holds.
    pub(super) outside: Option<PathBuf>,
}

/// How a census is taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    pub(super) depth: Depth,
    /// Whether other file systems are looked at too.
    pub(super) crosses: bool,
    pub(super) ignored: Option<&'a Ignored>,
}

impl<'a> Look<'a> {
    /// A look at everything, wherever it lies, after which nothing is removed.
    pub(super) fn everywhere(depth: Depth) -> Self {
        Self {
            depth,
            crosses: true,
            ignored: None,
        }
    }

    /// A look at what may be removed.
    pub(super) fn near(depth: Depth, ignored: Option<&'a Ignored>) -> Self {
        Self {
            depth,
            crosses: false,
            ignored,
        }
    }
}

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) paths: &'a [PathBuf],
    pub(super) profile: Option<&'a str>,
}

/// Returns the ground of what was named, or of the working directory.
pub(super) fn ground(paths: &[PathBuf], snapshot: &Snapshot, report: &Report) -> Result<Ground> {
    Ground::of(paths.first().map(PathBuf::as_path), snapshot, report)
}

impl<'a> Area<'a> {
    /// Finds out what is meant.
    pub(super) fn of(
        ground: &'a Ground,
        asked: Asked<'_>,
        snapshot: &Snapshot,
        report: &Report,
    ) -> Result<Self> {
        let named = asked
            .paths
            .iter()
            .map(|path| named(path, snapshot, report))
            .collect::<Result<Vec<_>>>()?
            .concat();
        let project = ground.project.as_ref();
        if project.is_none() && named.is_empty() {
            return Err(Fault::new("no project here")
                .hint("name a directory, or `devenv init`")
                .into());
        }
        // The project was found by the name of the working directory: somebody may have given that
        // to another one since.
        let is_around =
            |cwd: PathBuf| project.is_none_or(|project| cwd.starts_with(&project.resolved));
        if named.is_empty() && !machine::held_directory().is_some_and(is_around) {
            return Err(Fault::new(
                "the working directory is not the directory that was looked at",
            )
            .into());
        }
        let mut area = match project {
            Some(project) if matches!(project.standing(snapshot), Standing::Trusted) => {
                Self::trusted(ground, project, asked.profile, snapshot)?
            }
            Some(project) => {
                if asked.profile.is_some() {
                    ground::require_trust(project, snapshot, report)?;
                }
                report.say(&format!(
                    "`{}` is not trusted: only its own tree counts",
                    report.path(&project.root)
                ));
                Self::bare(ground, &project.resolved, snapshot)
            }
            None => Self::bare(ground, &named[0].0, snapshot),
        };
        let home = snapshot.dirs.home.as_deref().and_then(files::canonical);
        let is_wide = |tree: &Path| tree == Path::new("/") || Some(tree) == home.as_deref();
        if named.is_empty() {
            area.outside = Some(area.promise.project.clone()).filter(|project| is_wide(project));
            return Ok(area);
        }
        let is_own = |tree: &Path| {
            area.promise
                .scope
                .trees
                .iter()
                .any(|own| tree.starts_with(own))
        };
        let is_inside = |tree: &Path| project.is_some() && is_own(tree) && !is_wide(tree);
        area.outside = named
            .iter()
            .map(|(tree, _)| tree)
            .find(|tree| !is_inside(tree))
            .cloned();
        let top = project.map_or(Path::new("/"), |project| &project.resolved);
        area.promise.scope = Scope::of_named(named, top);
        Ok(area)
    }

    fn trusted(
        ground: &'a Ground,
        project: &Project,
        profile: Option<&str>,
        snapshot: &Snapshot,
    ) -> Result<Self> {
        let plan = project.plan(&project.choice(profile, snapshot, &ground.env)?.name)?;
        let env = operation::apply(&plan.operations, &ground.env);
        let promise = ground.promise(project, &plan, &env, snapshot, true);
        Ok(Self {
            promise,
            is_trusted: true,
            outside: None,
        })
    }

    /// Returns what holds for a tree by built-in rules alone.
    fn bare(ground: &'a Ground, tree: &Path, snapshot: &Snapshot) -> Self {
        Self {
            promise: ground.bare_promise(tree, None, snapshot),
            is_trusted: false,
            outside: None,
        }
    }

    /// Returns every place where bytecode of these trees may lie: nothing stands for the trees
    /// themselves.
    pub(super) fn places(&self) -> Vec<Option<&Path>> {
        let own = self
            .promise
            .own_prefix
            .as_deref()
            .filter(|own| stamp::is_directory(own));
        let prefix = self
            .promise
            .prefix
            .as_deref()
            .filter(|prefix| Some(*prefix) != own);
        [Some(None), prefix.map(Some), own.map(Some)]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Takes a census of every place.
    pub(super) fn census(&self, look: Look<'_>, tally: &Tally) -> Found {
        let mut all = Found::default();
        self.places()
            .into_iter()
            .for_each(|prefix| all.absorb(self.census_of(prefix, look, tally)));
        all
    }

    /// Takes a census of one place.
    pub(super) fn census_of(&self, prefix: Option<&Path>, look: Look<'_>, tally: &Tally) -> Found {
        let Look {
            depth,
            crosses,
            ignored,
        } = look;
        let (scope, target) = (self.promise.scope_for(prefix), self.promise.known_target());
        let ledger = match depth {
            Depth::Names => Ledger::default(),
            Depth::Verdicts => self.promise.ledger(prefix, &scope.trees),
        };
        let (scope, target, ledger) = (&scope, target.as_ref(), &ledger);
        Census {
            scope,
            prefix,
            depth,
            crosses,
            target,
            ledger,
            ignored,
            tally,
        }
        .take()
    }
}

/// What was named: trees, or single modules in them.
type Named = Vec<(PathBuf, Option<OsString>)>;

/// Returns the tree that a path of the command line means, and the modules in it, where it means
/// some.
fn named(path: &Path, snapshot: &Snapshot, report: &Report) -> Result<Named> {
    let whole = paths::normalised(&snapshot.cwd.join(path));
    let fault = |what: &str| Fault::new(format!("`{}` {what}", report.path(&whole)));
    let kind = stamp::of(&whole)
        .ok_or_else(|| fault("does not exist"))?
        .kind;
    let is_cache = whole.file_name().is_some_and(|name| name == PYCACHE);
    let (tree, modules) = match kind {
        Kind::Directory if is_cache => (whole.parent().unwrap_or(&whole), kept_in(&whole)),
        Kind::Directory => (whole.as_path(), vec![None]),
        _ => module_of(&whole)
            .map(|(tree, module)| (tree, vec![Some(module)]))
            .ok_or_else(|| fault("is no module"))?,
    };
    let resolved = files::canonical(tree).ok_or_else(|| fault("does not exist"))?;
    Ok(modules
        .into_iter()
        .map(|module| (resolved.clone(), module))
        .collect())
}

/// Returns the modules whose bytecode lies in a directory of it.
fn kept_in(cache: &Path) -> Vec<Option<OsString>> {
    let module =
        |name: &OsString| Some(OsStr::from_bytes(names::parse(name.as_bytes())?.module).to_owned());
    files::names(cache)
        .iter()
        .filter_map(module)
        .map(Some)
        .collect()
}

/// Returns the directory and the name of the module that a file is the source or the bytecode of.
fn module_of(file: &Path) -> Option<(&Path, OsString)> {
    let (directory, name) = (file.parent()?, file.file_name()?.as_bytes());
    let module = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
    if directory.file_name().is_some_and(|name| name == PYCACHE) {
        return Some((directory.parent()?, module(names::parse(name)?.module)));
    }
    let stem = name
        .strip_suffix(b".py")
        .or_else(|| name.strip_suffix(b".pyc"))?;
    Some((directory, module(stem)))
}
