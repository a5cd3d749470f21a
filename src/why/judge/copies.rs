//! Packages of the project that are installed as copies, and differ from their sources by now.

use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::facts;
use super::super::finding::{Cause, Finding, Installer, Pair, Remedy};
use super::super::subject::Subject;
use super::shadows::is_cured;
use crate::document;
use crate::host::{files, stamp};
use crate::manifest::MANIFEST;
use crate::python::imports::{Kind, is_same};
use crate::python::installed::{self, Distribution};

/// So many files of a package are compared.
const MOST: usize = 5_000;

/// An installed file, and its source where that is still there.
type Paths = (PathBuf, Option<PathBuf>);

/// Judges an installed file, or all of an installed package.
pub(super) fn judge(subject: &Subject, context: &Context<'_>) -> Option<Finding> {
    let module = subject.found.module().filter(|module| module.kind == Kind::Source)?;
    let installed = module.file.as_deref().filter(|file| context.is_installed(file))?;
    let own = subject.own.as_deref();
    if own.is_some_and(|own| is_same(own, installed)) {
        return None;
    }
    let pairs: Vec<Paths> = pairs(subject, installed, own).into_iter().filter(differ).collect();
    if pairs.is_empty() {
        return None;
    }
    let (copied, directory) = origin(subject, installed, own, context)?;
    let is_there = own.is_some() && pairs.iter().any(|(_, source)| source.is_some());
    let named = subject.name.as_deref().zip(own).filter(|_| is_there);
    let cured_by_run = named.is_some_and(|(name, own)| is_cured(name, own, context));
    let copy = Copy { copied: &copied, directory: &directory, pairs: &pairs, cured_by_run };
    Some(copy.finding(context))
}

fn pairs(subject: &Subject, installed: &Path, own: Option<&Path>) -> Vec<Paths> {
    let packages = own.and_then(|own| subject.package(installed).zip(subject.package(own)));
    match packages {
        Some((installed, source)) => below(installed, source),
        None => vec![(installed.to_owned(), own.map(Path::to_owned))],
    }
}

/// Returns the distribution that a file was installed with, and the directory of its sources.
fn origin(
    subject: &Subject,
    installed: &Path,
    own: Option<&Path>,
    context: &Context<'_>,
) -> Option<(Distribution, PathBuf)> {
    let Some(own) = own else { return deleted(subject, context) };
    if let Some((distribution, directory)) = context.distribution_of(own) {
        return Some((distribution.clone(), directory.to_owned()));
    }
    let site = context.stage.search.sites.iter().find(|site| installed.starts_with(site))?;
    let distribution = installed::owner(site, installed.strip_prefix(site).ok()?)?;
    let is_project =
        |directory: &&Path| ["pyproject.toml", "setup.py"].iter().any(|name| stamp::is_file(&directory.join(name)));
    Some((distribution, own.ancestors().find(is_project)?.to_owned()))
}

/// Returns the distribution that a module without a source was installed from: the module was deleted since.
fn deleted(subject: &Subject, context: &Context<'_>) -> Option<(Distribution, PathBuf)> {
    let name = subject.name.as_deref().filter(|name| name.contains('.'))?;
    let top = name.split('.').next()?;
    let roots = context.roots.iter().map(|root| root.path.join(top));
    let package = roots.into_iter().find(|package| stamp::is_directory(package))?;
    let (distribution, directory) = context.distribution_of(&package)?;
    let is_copy = distribution.local.as_ref().is_some_and(|local| !local.editable);
    is_copy.then(|| (distribution.clone(), directory.to_owned()))
}

/// A copy that differs from its source.
struct Copy<'a> {
    copied: &'a Distribution,
    directory: &'a Path,
    pairs: &'a [Paths],
    cured_by_run: bool,
}

impl Copy<'_> {
    fn finding(&self, context: &Context<'_>) -> Finding {
        let built = self.built(context);
        let into = context.installer(self.copied);
        let (distribution, directory) = (self.copied.name.clone(), self.directory.to_owned());
        let mut remedies = vec![editable(&into, &directory)];
        remedies.extend(into.is_uv.then(|| Remedy::CacheKeys { directory: directory.clone() }));
        remedies.extend(self.cured_by_run.then(|| Remedy::Run { words: context.words.to_vec() }));
        let (name, without) = (distribution.clone(), built.clone());
        remedies.push(Remedy::Reinstall { into, distribution: name, directory: directory.clone(), without });
        let evidence = |path: &PathBuf| facts::digested(facts::edited(path));
        let pair = |(installed, source): &Paths| Pair {
            installed: evidence(installed),
            source: source.as_ref().map(evidence),
        };
        let pairs = self.pairs.iter().map(pair).collect();
        let cause = Cause::Copy { distribution, directory, built, pairs };
        Finding { cause, remedies, cured_by_run: self.cured_by_run }
    }

    /// Returns the directory from which setuptools would install the old code again: it copies a file there only where
    /// the source is younger by a whole second.
    fn built(&self, context: &Context<'_>) -> Option<PathBuf> {
        let library = self.directory.join("build/lib");
        uses_setuptools(self.directory).then_some(())?;
        let is_kept = |(installed, source): &Paths| {
            let site = context.stage.search.sites.iter().find_map(|site| installed.strip_prefix(site).ok())?;
            let kept = library.join(site);
            let kept_stamp = stamp::of(&kept)?;
            let Some(source) = source else { return Some(()) };
            let is_old = files::read(&kept).ok()? != files::read(source).ok()?;
            (is_old && stamp::of(source)?.mtime <= kept_stamp.mtime).then_some(())
        };
        self.pairs.iter().any(|pair| is_kept(pair).is_some()).then_some(library)
    }
}

fn editable(into: &Installer, directory: &Path) -> Remedy {
    let (into, directory) = (into.clone(), directory.to_owned());
    if into.is_synced {
        Remedy::AddEditable { directory }
    } else {
        Remedy::InstallEditable { into, directory, mode: None }
    }
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
                out.extend(stamp::is_file(&installed).then_some((installed, Some(source))));
            } else if !inner.to_string_lossy().contains('.') && stamp::is_directory(&source) {
                waiting.push(inner);
            }
        }
    }
    out.sort();
    out
}

/// Returns whether an installed file is not what its source is.
fn differ((installed, source): &Paths) -> bool {
    let Some(source) = source else { return true };
    let both = files::read(source).ok().flatten().zip(files::read(installed).ok().flatten());
    both.is_some_and(|(source, installed)| source != installed)
}

/// Returns whether a project is built by setuptools, as it is where nothing else is said.
fn uses_setuptools(directory: &Path) -> bool {
    let manifest =
        files::text(&directory.join(MANIFEST)).and_then(|text| document::parse(Path::new(MANIFEST), text).ok());
    let backend = manifest.as_ref().and_then(|manifest| manifest.at(["build-system", "build-backend"])?.text());
    backend.is_none_or(|backend| backend.starts_with("setuptools"))
}
