//! Caches inside the program that hold what was made before the edit: in a process that still runs,
//! or on disk. A cache that nobody has filled is no fault, and is only named.

use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::facts;
use super::super::finding::{Cause, File, Finding, Held, Remedy};
use super::super::subject::Subject;
use super::processes::{self, Old};
use crate::audit::stored::{self, Kept, Stored};
use crate::audit::{How, Index, Keeper, LIBRARY, Sources};
use crate::host::{files, stamp};

/// Judges the caches over a file that is no module: who reads it may keep it.
pub(super) fn of_data(subject: &Subject, context: &Context<'_>) -> (Vec<Keeper>, Vec<Finding>) {
    let (Some(own), Some(project)) = (&subject.own, context.project) else {
        return (Vec::new(), Vec::new());
    };
    let index = sources(project, context).about_data(own);
    let keepers = index.keepers(own);
    let mut findings = on_disk(&keepers, &facts::written(own), context);
    // What the program writes by itself is no edit of anybody's.
    if !index.writes(own) {
        findings.extend(in_processes(&index, &keepers, subject, context));
    }
    (keepers, findings)
}

/// Judges the processes that were started before an edit, and import what keeps the file.
fn in_processes(
    index: &Index,
    keepers: &[Keeper],
    subject: &Subject,
    context: &Context<'_>,
) -> Vec<Finding> {
    let Some(edited) = subject.own.as_deref().map(facts::edited) else {
        return Vec::new();
    };
    let kept: Vec<&Keeper> = keepers
        .iter()
        .filter(|keeper| keeper.cleared.is_none() && !is_on_disk(keeper))
        .collect();
    if kept.is_empty() {
        return Vec::new();
    }
    let old = processes::older(subject, context, edited.at_ns, processes::Edit::Data).into_iter();
    let finding = |Old {
                       process,
                       entries,
                       is_kernel,
                   }: Old| {
        let fills = |keeper: &Keeper| {
            let by = |entry: &PathBuf| {
                keeper.file == *entry || !keeper.only_as_main && index.reaches(entry, &keeper.file)
            };
            is_kernel || entries.iter().any(by)
        };
        let caches: Vec<Keeper> = kept
            .iter()
            .filter(|keeper| fills(keeper))
            .map(|keeper| (*keeper).clone())
            .collect();
        let remedies = vec![Remedy::Kill { pid: process.pid }];
        let held = Held::Process {
            pid: process.pid,
            command: process.args,
            started_ns: process.started_ns,
        };
        let is_empty = caches.is_empty();
        let cause = Cause::ProgramCache {
            caches,
            edited: edited.clone(),
            held,
        };
        (!is_empty).then_some(Finding {
            cause,
            remedies,
            cured_by_run: false,
        })
    };
    old.filter_map(finding).collect()
}

/// Judges the caches on disk over a module: they outlast every process, and compare the cached
/// function alone.
pub(super) fn of_module(subject: &Subject, context: &Context<'_>) -> Vec<Finding> {
    let sites = &context.stage.search.sites;
    let is_possible = sites
        .iter()
        .any(|site| stamp::is_directory(&site.join(LIBRARY)));
    let own = subject
        .own
        .as_deref()
        .or_else(|| subject.file().filter(|file| !context.is_installed(file)));
    let (Some(own), Some(project), true) = (own, context.project, is_possible) else {
        return Vec::new();
    };
    let Some((edited, _)) = processes::latest(own, subject.package(own)) else {
        return Vec::new();
    };
    let real = files::canonical(&edited).unwrap_or_else(|| edited.clone());
    let keepers = sources(project, context).about_module(&real).keepers(&real);
    on_disk(&keepers, &facts::written(&edited), context)
}

fn sources(project: &Path, context: &Context<'_>) -> Sources {
    let roots: Vec<_> = context.roots.iter().map(|root| root.path.clone()).collect();
    Sources::of(project, &roots)
}

fn is_on_disk(keeper: &Keeper) -> bool {
    matches!(keeper.how, How::Disk { .. })
}

fn on_disk(keepers: &[Keeper], edited: &File, context: &Context<'_>) -> Vec<Finding> {
    let old = keepers
        .iter()
        .filter_map(|keeper| Some((keeper, older(keeper, edited, context)?)));
    old.map(|(keeper, stored)| {
        let remedies = vec![Remedy::RemoveTree {
            path: stored.directory.clone(),
        }];
        let held = Held::Disk(stored);
        let cause = Cause::ProgramCache {
            caches: vec![keeper.clone()],
            edited: edited.clone(),
            held,
        };
        Finding {
            cause,
            remedies,
            cured_by_run: false,
        }
    })
    .collect()
}

/// Returns what is stored for a function and older than an edit; a relative directory is one of the
/// process, which was probably started here.
fn older(keeper: &Keeper, edited: &File, context: &Context<'_>) -> Option<Stored> {
    let How::Disk {
        directories,
        module,
        function,
        text,
    } = &keeper.how
    else {
        return None;
    };
    let kept = Kept {
        module,
        name: function,
        text,
    };
    let home = context.stage.env.get("HOME").map(Path::new);
    let bases = [
        Some(context.stage.cwd.as_path()),
        context.project,
        keeper.file.parent(),
        home,
    ];
    let said = directories.iter().map(|said| said.trim_start_matches("~/"));
    // What is put together of a known beginning and more says only how it ends.
    let inner = said.flat_map(|said| [said, said.trim_start_matches('/')]);
    let places =
        inner.flat_map(|said| bases.into_iter().flatten().map(move |base| base.join(said)));
    places
        .into_iter()
        .find_map(|place| stored::older(&place, kept, edited.at_ns))
}
