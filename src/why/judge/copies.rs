//! Packages of the project that are installed as copies, and differ from their sources by now.

use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::facts;
use super::super::finding::{Built, Cause, Finding, Installer, Pair, Remedy};
use super::super::subject::Subject;
use super::listed;
use super::pairs::{Paths, differ};
use super::reach::{by_consent, is_cured};
use super::shadows;
use crate::host::{files, stamp};
use crate::python::imports::{Kind, is_same};
use crate::python::installed::{self, Distribution};
use crate::values::document;
use crate::values::manifest::{MANIFEST, MARKERS};

/// So many files of a package are compared.
const MOST: usize = 5_000;

/// Judges an installed file, or all of an installed package.
pub(super) fn judge(subject: &Subject, context: &Context<'_>) -> Option<Finding> {
    let module = subject
        .found
        .module()
        .filter(|module| module.kind == Kind::Source)?;
    let installed = module
        .file
        .as_deref()
        .filter(|file| context.is_installed(file))?;
    let Some(own) = subject.own.as_deref() else {
        return deleted(subject, installed, context);
    };
    if is_same(own, installed) {
        return None;
    }
    let packages = subject.package(installed).zip(subject.package(own));
    let pairs = packages.map_or_else(
        || vec![(installed.to_owned(), own.to_owned())],
        |(copy, source)| below(copy, source),
    );
    // A module that a copy does not have is not found; a file that is no module has to be missed
    // here.
    let is_missed = |pair: &Paths| subject.data.is_some() && !stamp::is_file(&pair.0);
    let pairs: Vec<Paths> = pairs
        .into_iter()
        .filter(|pair| differ(pair) || is_missed(pair))
        .collect();
    if pairs.is_empty() {
        // What is imported after the first module may be another one that came with it.
        let came = context.script.and_then(|_| origin(installed, own, context));
        return came.and_then(|(copied, directory)| of_distribution(&copied, &directory, context));
    }
    let Some((copied, directory)) = origin(installed, own, context) else {
        // Nobody says where it came from: it is a module of that name, and no more.
        return Some(shadows::by_place(
            subject.name.as_deref()?,
            own,
            module,
            context,
        ));
    };
    let named = subject.name.as_deref().map(|name| (name, own));
    let named = named.or(subject
        .holder()
        .map(|(name, source)| (name.as_str(), source.as_path())));
    Some(
        Copy {
            copied: &copied,
            directory: &directory,
            pairs: &pairs,
            reached: named,
        }
        .finding(context),
    )
}

/// Returns the distribution that a file was installed with, and the directory of its sources.
fn origin(installed: &Path, own: &Path, context: &Context<'_>) -> Option<(Distribution, PathBuf)> {
    if let Some((distribution, directory)) = context.distribution_of(own) {
        return Some((distribution.clone(), directory.to_owned()));
    }
    let site = context
        .stage
        .search
        .sites
        .iter()
        .find(|site| installed.starts_with(site))?;
    let distribution = installed::owner(site, installed.strip_prefix(site).ok()?)?;
    let is_project = |directory: &&Path| {
        MARKERS
            .iter()
            .any(|name| stamp::is_file(&directory.join(name)))
    };
    Some((distribution, own.ancestors().find(is_project)?.to_owned()))
}

/// Judges an installed module whose source was deleted since.
fn deleted(subject: &Subject, installed: &Path, context: &Context<'_>) -> Option<Finding> {
    let name = subject.name.as_deref().filter(|name| name.contains('.'))?;
    let inner = PathBuf::from(name.replace('.', "/"));
    let root = context.roots.iter().find(|root| {
        stamp::is_directory(&root.path.join(inner.iter().next().unwrap_or_default()))
    })?;
    let source = root.path.join(inner.parent()?).join(installed.file_name()?);
    let (copied, directory) = context.distribution_of(
        source
            .ancestors()
            .find(|above| stamp::is_directory(above))?,
    )?;
    let is_copy = copied.local.as_ref().is_some_and(|local| !local.editable);
    let pairs = [(installed.to_owned(), source)];
    is_copy.then(|| {
        Copy {
            copied,
            directory,
            pairs: &pairs,
            reached: None,
        }
        .finding(context)
    })
}

/// Judges a module that a copy does not have, because it was written after that.
pub(super) fn missed(name: &str, own: &Path, context: &Context<'_>) -> Option<Finding> {
    let (copied, directory) = context.distribution_of(own)?;
    let is_copy = copied.local.as_ref().is_some_and(|local| !local.editable);
    let (parent, _) = name.rsplit_once('.').filter(|_| is_copy)?;
    let found = context.stage.search.find(parent);
    let place = found
        .module()?
        .below
        .as_ref()?
        .iter()
        .find(|place| context.is_installed(place))?;
    let pairs = [(place.join(own.file_name()?), own.to_owned())];
    Some(
        Copy {
            copied,
            directory,
            pairs: &pairs,
            reached: Some((name, own)),
        }
        .finding(context),
    )
}

/// A copy that differs from its source.
struct Copy<'a> {
    copied: &'a Distribution,
    directory: &'a Path,
    pairs: &'a [Paths],
    /// The module by which it is seen whose code runs, and its source.
    reached: Option<(&'a str, &'a Path)>,
}

impl Copy<'_> {
    fn finding(&self, context: &Context<'_>) -> Finding {
        let built = self.built(context);
        let into = context.installer(self.copied);
        let (distribution, directory) = (self.copied.name.clone(), self.directory.to_owned());
        let cured_by_run = self
            .reached
            .is_some_and(|(name, source)| is_cured(name, source, context));
        let consent = self
            .reached
            .and_then(|(name, source)| by_consent(name, source, context));
        // What starts the code need not be what reads a file that is no module.
        let is_code = self
            .pairs
            .first()
            .is_some_and(|(_, source)| source.extension().is_some_and(|end| end == "py"));
        let (first, later) = if is_code {
            (consent, None)
        } else {
            (None, consent)
        };
        let mut remedies: Vec<Remedy> = first
            .into_iter()
            .chain([editable(&into, &directory)])
            .collect();
        remedies.extend(into.is_uv.then(|| Remedy::CacheKeys {
            directory: directory.clone(),
        }));
        remedies.extend(context.through_devenv().filter(|_| cured_by_run).or(later));
        let (name, without) = (
            distribution.clone(),
            built.as_ref().map(|built| built.directory.clone()),
        );
        remedies.push(Remedy::Reinstall {
            into,
            distribution: name,
            directory: directory.clone(),
            without,
        });
        let evidence = |path: &PathBuf| facts::digested(facts::edited(path));
        let pair = |(installed, source): &Paths| Pair {
            installed: evidence(installed),
            source: evidence(source),
        };
        let pairs = self.pairs.iter().map(pair).collect();
        let cause = Cause::Copy {
            distribution,
            directory,
            built,
            pairs,
        };
        Finding {
            cause,
            remedies,
            cured_by_run,
        }
    }

    /// Returns the directory from which setuptools would install the old code again: it copies a
    /// file there only where the source is younger by a whole second.
    fn built(&self, context: &Context<'_>) -> Option<Built> {
        let library = self.directory.join("build/lib");
        uses_setuptools(self.directory).then_some(())?;
        let is_kept = |(installed, source): &Paths| {
            let site = context
                .stage
                .search
                .sites
                .iter()
                .find_map(|site| installed.strip_prefix(site).ok())?;
            let kept = library.join(site);
            let kept_stamp = stamp::of(&kept)?;
            let is_old = files::read(&kept).ok()? != files::read(source).ok()?;
            let is_younger = stamp::of(source).is_some_and(|stamp| stamp.mtime > kept_stamp.mtime);
            (is_old && !is_younger).then_some(kept)
        };
        let kept = self.pairs.iter().find_map(is_kept)?;
        Some(Built {
            directory: library,
            file: facts::digested(facts::written(&kept)),
        })
    }
}

pub(in crate::why) fn editable(into: &Installer, directory: &Path) -> Remedy {
    let (into, directory) = (into.clone(), directory.to_owned());
    if into.is_synced {
        Remedy::AddEditable { directory }
    } else {
        Remedy::InstallEditable {
            into,
            directory,
            mode: None,
        }
    }
}

/// Judges everything that was installed from a directory.
pub(in crate::why) fn of_distribution(
    copied: &Distribution,
    directory: &Path,
    context: &Context<'_>,
) -> Option<Finding> {
    let site = copied.info.parent()?;
    let inside = |root: &&Path| {
        files::canonical(directory).is_some_and(|directory| root.starts_with(directory))
    };
    let roots: Vec<&Path> = context
        .roots
        .iter()
        .map(|root| root.path.as_path())
        .filter(inside)
        .collect();
    let pairs = listed::edited(copied, &roots);
    let reached = pairs.first().and_then(|pair| module_of(pair, site));
    let reached = reached
        .as_ref()
        .map(|(name, source)| (name.as_str(), source.as_path()));
    (!pairs.is_empty()).then(|| {
        Copy {
            copied,
            directory,
            pairs: &pairs,
            reached,
        }
        .finding(context)
    })
}

/// Returns the module that a file is, or the package that reads it, with its source.
fn module_of((installed, source): &Paths, site: &Path) -> Option<(String, PathBuf)> {
    let own = |path: &Path| path.with_file_name("__init__.py");
    let is_module = source.extension().is_some_and(|end| end == "py");
    let mut above = installed
        .ancestors()
        .zip(source.ancestors())
        .take_while(|(installed, _)| *installed != site);
    let (installed, source) = if is_module {
        (installed.clone(), source.clone())
    } else {
        let (installed, source) = above.find(|(_, source)| stamp::is_file(&own(source)))?;
        (own(installed), own(source))
    };
    Some((
        module_name(installed.strip_prefix(site).ok()?.to_str()?),
        source,
    ))
}

/// Returns the dotted name of a file among packages.
fn module_name(inner: &str) -> String {
    inner
        .trim_end_matches(".py")
        .trim_end_matches("/__init__")
        .replace('/', ".")
}

/// Returns the modules of a package with their sources.
fn below(installed: &Path, source: &Path) -> Vec<Paths> {
    let mut out = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(inner) = waiting.pop().filter(|_| out.len() < MOST) {
        for name in files::names(&source.join(&inner)) {
            let inner = inner.join(&name);
            let (installed, source) = (installed.join(&inner), source.join(&inner));
            if inner.extension().is_some_and(|end| end == "py") {
                out.extend(stamp::is_file(&installed).then_some((installed, source)));
            } else if !inner.to_string_lossy().contains('.') && stamp::is_directory(&source) {
                waiting.push(inner);
            }
        }
    }
    out.sort();
    out
}

/// Returns whether a project is built by setuptools, as it is where nothing else is said.
fn uses_setuptools(directory: &Path) -> bool {
    let manifest = files::text(&directory.join(MANIFEST))
        .and_then(|text| document::parse(Path::new(MANIFEST), text).ok());
    let backend = manifest
        .as_ref()
        .and_then(|manifest| manifest.at(["build-system", "build-backend"])?.text());
    backend.is_none_or(|backend| backend.starts_with("setuptools"))
}
