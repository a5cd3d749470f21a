//! The project's tree: local dependencies that are installed as copies, bytecode without a source
//! or of another one, and what git tracks.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::finding::{Cause, Finding, Remedy};
use super::super::judge::copies;
use super::complaint::Complaint;
use crate::bytecode::census::{Census, Depth, Found, Place, Pyc};
use crate::bytecode::promise::Promise;
use crate::bytecode::proof::{self, Prover};
use crate::bytecode::verdict::{Judged, Reason, Verdict};
use crate::env::{Env, list};
use crate::host::{Tally, files, stamp};
use crate::tree::tracked::Tracked;

/// So many files are proven: on two cores they take half a second, on one a second.
const MOST_PROVEN: usize = 500;

/// More files are not named one by one in a command.
const MOST_NAMED: usize = 5;

/// Judges every distribution that was copied from a directory of this machine.
pub(super) fn copied(context: &Context<'_>) -> Vec<Finding> {
    let copied = context
        .local
        .iter()
        .filter(|one| one.local.as_ref().is_some_and(|local| !local.editable));
    copied
        .filter_map(|distribution| {
            let directory = distribution.local.as_ref()?.directory.clone();
            copies::of_distribution(distribution, &directory, context).or_else(|| {
                let consent = context.consent_covers(&directory) || roots_in(context, &directory);
                let consent = consent.then(|| Remedy::TakeIn { words: Vec::new() });
                let editable = copies::editable(&context.installer(distribution), &directory);
                let remedies = consent.into_iter().chain([editable]).collect();
                let cured_by_run = context.run.is_some_and(|run| covers(&run.env, &directory));
                let name = distribution.name.clone();
                let cause = Cause::SetUp(Complaint::PathCopy {
                    distribution: name,
                    directory,
                });
                Some(Finding {
                    cause,
                    remedies,
                    cured_by_run,
                })
                .filter(|_| !cured_by_run)
            })
        })
        .collect()
}

/// Returns whether consent would take in what lies in a directory.
fn roots_in(context: &Context<'_>, directory: &Path) -> bool {
    let real = files::canonical(directory);
    context.consent.is_some_and(|consent| {
        consent
            .roots
            .iter()
            .any(|root| real.as_ref().is_some_and(|real| root.starts_with(real)))
    })
}

/// Returns whether an environment leads Python to a directory before it looks among packages.
fn covers(env: &Env, directory: &Path) -> bool {
    let value = env.get("PYTHONPATH").unwrap_or_default();
    list::split(value)
        .iter()
        .any(|element| Path::new(element).starts_with(directory))
}

/// Judges the bytecode of the project's tree, below the prefix that is in force, or in
/// `__pycache__`.
pub(super) fn bytecode(promise: &Promise<'_>, is_kept: bool) -> Vec<Finding> {
    let prefix = promise.prefix.as_deref();
    let mut found = census(promise, None);
    if prefix.is_some() {
        found.absorb(census(promise, prefix));
    }
    let all = paths(&found, |_| true);
    let directories = found.groups.iter().map(|group| group.directory.as_path());
    let tracked = Tracked::in_repositories_of(directories, promise.asker());
    let tracked: Vec<PathBuf> = all
        .into_iter()
        .filter(|path| !tracked.is_empty() && tracked.has(path))
        .collect();
    let unproven = prove(&mut found, promise);
    let orphans = ["devenv", "cache", "clear", "--orphans"];
    let alone = paths(&found, |file| file.place == Place::Alone);
    let is_old = |file: &Pyc| file.place == Place::Cache && file.judged.is_some_and(is_old);
    let old = paths(&found, is_old);
    let untrack = untrack(&tracked, &promise.project);
    let each = [
        (
            Complaint::Sourceless {
                paths: alone.clone(),
            },
            words(&orphans),
            alone.is_empty(),
            false,
        ),
        (
            Complaint::Old { paths: old.clone() },
            words(&["devenv", "cache", "arm"]),
            old.is_empty(),
            is_kept,
        ),
        (
            Complaint::Tracked {
                paths: tracked.clone(),
            },
            untrack,
            tracked.is_empty(),
            false,
        ),
    ];
    let ill = each.into_iter().filter(|(_, _, is_well, _)| !is_well);
    let findings = ill.map(|(complaint, words, _, cured_by_run)| Finding {
        cause: Cause::SetUp(complaint),
        remedies: vec![Remedy::Do { words }],
        cured_by_run,
    });
    findings
        .chain(linked(&found.links, is_kept))
        .chain(left(unproven, promise))
        .collect()
}

/// Complains of directories of bytecode that are links, with what removes each.
fn linked(paths: &[PathBuf], cured_by_run: bool) -> Option<Finding> {
    let remedies = paths
        .iter()
        .take(MOST_NAMED)
        .map(|path| Remedy::Remove { path: path.clone() })
        .collect();
    let cause = Cause::SetUp(Complaint::Linked {
        paths: paths.to_vec(),
    });
    (!paths.is_empty()).then_some(Finding {
        cause,
        remedies,
        cured_by_run,
    })
}

/// Notes how much was not proven, with what does prove it, and what makes a proof needless.
fn left(number: usize, promise: &Promise<'_>) -> Option<Finding> {
    let prove = Remedy::Do {
        words: words(&["devenv", "cache", "verify", "--deep"]),
    };
    let remedies = vec![
        prove,
        Remedy::Arm {
            path: promise.project.clone(),
        },
    ];
    let cause = Cause::SetUp(Complaint::Unproven { number });
    (number > 0).then_some(Finding {
        cause,
        remedies,
        cured_by_run: false,
    })
}

/// Returns the command that takes files out of a repository: by their names where those can be
/// read, else by a pattern below the project.
fn untrack(tracked: &[PathBuf], project: &Path) -> Vec<OsString> {
    let project = project.as_os_str().to_owned();
    if tracked.len() > MOST_NAMED {
        let head = words(&["git", "-C"]).into_iter().chain([project]);
        return head
            .chain(words(&["rm", "-q", "--cached", "--", "*.py[co]"]))
            .collect();
    }
    let head = words(&["git", "rm", "-q", "--cached", "--"]).into_iter();
    head.chain(tracked.iter().map(|path| path.clone().into_os_string()))
        .collect()
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn census(promise: &Promise<'_>, prefix: Option<&Path>) -> Found {
    let scope = promise.scope_for(prefix);
    let (target, ledger) = (promise.known_target(), promise.ledger(prefix, &scope.trees));
    let (scope, target, ledger, tally) = (&scope, target.as_ref(), &ledger, &Tally::default());
    let (depth, crosses, ignored) = (Depth::Verdicts, false, None);
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

/// Proves what is suspected, or the first of it; returns how much is left. What is not proven stays
/// a suspicion, which is no complaint.
fn prove(found: &mut Found, promise: &Promise<'_>) -> usize {
    let Some(interpreter) = &promise.interpreter else {
        return 0;
    };
    let mut suspects = 0;
    for group in &mut found.groups {
        let mut files = std::mem::take(&mut group.files);
        files.retain(|file| {
            let is_suspect =
                file.place == Place::Cache && file.judged.is_some_and(Judged::is_dangerous);
            let is_provable =
                is_suspect && proof::tag(group, file).is_some_and(|tag| tag == interpreter.tag);
            suspects += usize::from(is_provable);
            is_suspect && (!is_provable || suspects <= MOST_PROVEN) || file.place == Place::Alone
        });
        group.files = files;
    }
    if suspects == 0 {
        return 0;
    }
    let interpreters = BTreeMap::from([(interpreter.tag.clone(), interpreter.exe.clone())]);
    let prover = Prover {
        interpreters: &interpreters,
        env: promise.env,
        hurry: true,
        tally: &Tally::default(),
    };
    let asked = suspects.min(MOST_PROVEN);
    let whom = stamp::of(&interpreter.exe)
        .map(|stamp| stamp.identity())
        .unwrap_or_default();
    let proven = promise.memory.unless_silent(&whom, || {
        Some(asked.saturating_sub(prover.prove(found))).filter(|proven| *proven > 0)
    });
    suspects - proven.unwrap_or_default()
}

/// Returns whether a file is known not to be that of its source.
fn is_old(judged: Judged) -> bool {
    judged.is_dangerous() && (judged.verdict != Verdict::Suspect || judged.reason == Reason::Code)
}

fn paths(found: &Found, wanted: impl Fn(&Pyc) -> bool) -> Vec<PathBuf> {
    found
        .files()
        .filter(|(_, file)| wanted(file))
        .map(|(group, file)| group.path(file))
        .collect()
}
