//! A module that is not found: what it probably was meant to be, or why the project's own is out of
//! reach.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::facts;
use super::super::finding::{Cause, Finding, Remedy};
use super::super::subject::Subject;
use super::reach::root_of;
use crate::host::files;
use crate::python::imports::{Because, Found, Kind, Rule};
use crate::values::fault;

/// Judges a name that leads nowhere.
pub(super) fn judge(subject: &Subject, context: &Context<'_>) -> Option<Finding> {
    let Found::Missing { name, parent } = &subject.found else {
        return None;
    };
    if let Some(own) = &subject.own {
        let top = name.split('.').next().unwrap_or(name);
        let is_namespace = parent
            .as_ref()
            .is_some_and(|parent| parent.kind == Kind::Namespace);
        if let Some(finding) = super::copies::missed(name, own, context) {
            return Some(finding);
        }
        return Some(
            if is_namespace
                && context
                    .stage
                    .search
                    .hooks
                    .iter()
                    .any(|hook| hook.names.contains_key(top))
            {
                super::shadows::by_finder(subject, own, context)?
            } else {
                unreached(name, own, context)
            },
        );
    }
    let near = near(name, context);
    let remedies = near
        .iter()
        .map(|name| Remedy::Ask { name: name.clone() })
        .collect();
    let name = subject.name.clone().unwrap_or_else(|| name.clone());
    let places = match parent {
        Some(parent) => parent.below.clone().unwrap_or_default(),
        None => context
            .stage
            .search
            .entries
            .iter()
            .map(|entry| entry.path.clone())
            .collect(),
    };
    Some(Finding {
        cause: Cause::NotFound {
            name,
            own: None,
            near,
            places,
        },
        remedies,
        cured_by_run: false,
    })
}

/// Judges a module of the project that no entry of `sys.path` leads to.
fn unreached(name: &str, own: &Path, context: &Context<'_>) -> Finding {
    let distribution = context.distribution_of(own);
    let local = distribution.and_then(|(distribution, _)| distribution.local.as_ref());
    if let Some(((distribution, directory), links)) = distribution.zip(links(context))
        && local.is_some_and(|local| local.editable)
    {
        let into = context.installer(distribution);
        let (own, distribution) = (facts::edited(own), distribution.name.clone());
        let remedies = vec![Remedy::InstallEditable {
            into,
            directory: directory.to_owned(),
            mode: Some("strict"),
        }];
        return Finding {
            cause: Cause::StrictEditable {
                distribution,
                own,
                links,
            },
            remedies,
            cured_by_run: false,
        };
    }
    let cured_by_run = context
        .through_run()
        .is_some_and(|search| search.find(name).module().is_some());
    let mut remedies = Vec::new();
    if let Some((distribution, directory)) = distribution {
        let into = context.installer(distribution);
        remedies.push(Remedy::InstallEditable {
            into,
            directory: directory.to_owned(),
            mode: None,
        });
    }
    remedies.extend(cured_by_run.then(|| Remedy::Run {
        words: context.words.to_vec(),
    }));
    remedies.extend(root_of(name, own).map(|root| Remedy::Front {
        root,
        rest: OsString::new(),
    }));
    let (name, own) = (name.to_owned(), Some(facts::edited(own)));
    let cause = Cause::NotFound {
        name,
        own,
        near: Vec::new(),
        places: Vec::new(),
    };
    Finding {
        cause,
        remedies,
        cured_by_run,
    }
}

/// Returns the directory of links that setuptools made for an editable install in strict mode.
fn links(context: &Context<'_>) -> Option<PathBuf> {
    let is_strict = |path: &Path| {
        path.parent().is_some_and(|above| above.ends_with("build")) && named(path, "__editable__")
    };
    let entries = context
        .stage
        .search
        .entries
        .iter()
        .filter(|entry| matches!(entry.because, Because::Pth(_)));
    entries
        .map(|entry| entry.path.clone())
        .find(|path| is_strict(path))
        .or_else(|| {
            let behind = context
                .stage
                .search
                .hooks
                .iter()
                .filter(|hook| hook.rule == Rule::Behind);
            let mut targets = behind.flat_map(|hook| hook.names.values());
            targets
                .find_map(|path| path.ancestors().find(|above| is_strict(above)))
                .map(Path::to_owned)
        })
}

fn named(path: &Path, start: &str) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(start.as_bytes()))
}

/// Returns the names that are most like one that is not found.
fn near(name: &str, context: &Context<'_>) -> Vec<String> {
    let (parent, last) = name
        .rsplit_once('.')
        .map_or((None, name), |(parent, last)| (Some(parent), last));
    let search = &context.stage.search;
    let places: Vec<PathBuf> = match parent {
        Some(parent) => search
            .find(parent)
            .module()
            .and_then(|module| module.below.clone())
            .unwrap_or_default(),
        None => search
            .entries
            .iter()
            .map(|entry| entry.path.clone())
            .chain(context.roots.iter().map(|root| root.path.clone()))
            .collect(),
    };
    let names = places.iter().flat_map(|place| files::names(place));
    let modules: Vec<String> = names.filter_map(|name| module(name.to_str()?)).collect();
    let known: Vec<&str> = modules.iter().map(String::as_str).collect();
    let whole =
        |near: &str| parent.map_or_else(|| near.to_owned(), |parent| format!("{parent}.{near}"));
    fault::nearest(last, &known)
        .map(whole)
        .into_iter()
        .collect()
}

/// Returns the name of the module that an entry of a directory may be.
fn module(name: &str) -> Option<String> {
    let stem = name
        .split('.')
        .next()
        .filter(|stem| !stem.is_empty() && !stem.starts_with("__"))?;
    let end = &name[stem.len()..];
    (end.is_empty() || end == ".py" || end.ends_with(".so")).then(|| stem.to_owned())
}
