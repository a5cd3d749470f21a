//! Caches inside the program that hold what was made before the edit: in a process that still runs, or on disk. A cache
//! that nobody has filled is no fault, and is only named.

use std::path::Path;

use super::super::context::Context;
use super::super::facts;
use super::super::finding::{Cause, File, Finding, Held, Remedy};
use super::super::subject::Subject;
use super::processes;
use crate::audit::stored::{self, Stored};
use crate::audit::{How, Keeper, LIBRARY, Sources};
use crate::host::{files, stamp};

/// Judges the caches over a file that is no module: who reads it may keep it.
pub(super) fn of_data(subject: &Subject, context: &Context<'_>) -> (Vec<Keeper>, Vec<Finding>) {
    let (Some(own), Some(project)) = (&subject.own, context.project) else { return (Vec::new(), Vec::new()) };
    let keepers = sources(project, context).about_data(own).keepers(own);
    let edited = facts::edited(own);
    let mut findings = on_disk(&keepers, &edited, context);
    let in_memory: Vec<Keeper> =
        keepers.iter().filter(|keeper| keeper.cleared.is_none() && !is_on_disk(keeper)).cloned().collect();
    if !in_memory.is_empty() {
        let old = processes::older(subject, context, edited.at_ns, processes::Edit::Data);
        findings.extend(old.into_iter().map(|process| {
            let remedies = vec![Remedy::Kill { pid: process.pid }];
            let (pid, command, started_ns) = (process.pid, process.args, process.started_ns);
            let held = Held::Process { pid, command, started_ns };
            let cause = Cause::ProgramCache { caches: in_memory.clone(), edited: edited.clone(), held };
            Finding { cause, remedies, cured_by_run: false }
        }));
    }
    (keepers, findings)
}

/// Judges the caches on disk over a module: they outlast every process, and compare the cached function alone.
pub(super) fn of_module(subject: &Subject, context: &Context<'_>) -> Vec<Finding> {
    let sites = &context.stage.search.sites;
    let is_possible = sites.iter().any(|site| stamp::is_directory(&site.join(LIBRARY)));
    let own = subject.own.as_deref().or_else(|| subject.file().filter(|file| !context.is_installed(file)));
    let (Some(own), Some(project), true) = (own, context.project, is_possible) else { return Vec::new() };
    let Some((edited, _)) = processes::latest(own, subject.package(own)) else { return Vec::new() };
    let real = files::canonical(&edited).unwrap_or_else(|| edited.clone());
    let keepers = sources(project, context).about_module(&real).keepers(&real);
    on_disk(&keepers, &facts::edited(&edited), context)
}

fn sources(project: &Path, context: &Context<'_>) -> Sources {
    let roots: Vec<_> = context.roots.iter().map(|root| root.path.clone()).collect();
    Sources::of(project, &roots)
}

fn is_on_disk(keeper: &Keeper) -> bool {
    matches!(keeper.how, How::Disk { .. })
}

fn on_disk(keepers: &[Keeper], edited: &File, context: &Context<'_>) -> Vec<Finding> {
    let old = keepers.iter().filter_map(|keeper| Some((keeper, older(keeper, edited, context)?)));
    old.map(|(keeper, stored)| {
        let remedies = vec![Remedy::RemoveTree { path: stored.directory.clone() }];
        let held = Held::Disk(stored);
        let cause = Cause::ProgramCache { caches: vec![keeper.clone()], edited: edited.clone(), held };
        Finding { cause, remedies, cured_by_run: false }
    })
    .collect()
}

/// Returns what is stored for a function and older than an edit; a relative directory is one of the process, which was
/// probably started here.
fn older(keeper: &Keeper, edited: &File, context: &Context<'_>) -> Option<Stored> {
    let How::Disk { directories, function, text } = &keeper.how else { return None };
    let bases = [Some(context.stage.cwd.as_path()), context.project, keeper.file.parent()];
    let places = bases.into_iter().flatten().flat_map(|base| directories.iter().map(move |said| base.join(said)));
    places.into_iter().find_map(|place| stored::older(&place, function, text, edited.at_ns))
}
