//! The bytecode that the interpreter would read of a module and of the packages above it: whether
//! it is that of the source that is there. What is only suspected is proven first.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::doctor::complaint::Complaint;
use super::super::facts;
use super::super::finding::{Cause, Finding, Remedy};
use super::super::subject::Subject;
use crate::bytecode::census::{Census, Depth, Found, Group};
use crate::bytecode::ledger::Ledger;
use crate::bytecode::proof::Prover;
use crate::bytecode::verdict::{Judged, Reason, Verdict};
use crate::host::{Tally, files};
use crate::python::imports::Kind;
use crate::python::names::{self, Writer};
use crate::tree::scope::Scope;

/// Judges the bytecode that counts; returns it all, too.
pub(super) fn judge(
    subject: &Subject,
    context: &Context<'_>,
) -> (Vec<(PathBuf, Judged)>, Vec<Finding>) {
    let sourceless = sourceless(subject, context);
    let named = named(subject, context);
    let mut found = census(&named, context);
    prove(&mut found, subject, context);
    let mut all = Vec::new();
    let linked = found
        .links
        .iter()
        .filter_map(|link| linked(link, &named, context));
    let mut findings: Vec<Finding> = sourceless.into_iter().chain(linked).collect();
    for (group, file) in found.files() {
        let Some(judged) = file.judged.filter(|_| counts(&file.name, context)) else {
            continue;
        };
        let stem = names::parse(file.name.as_bytes())
            .map(|name| [name.module, b".py"].concat())
            .unwrap_or_default();
        let source = group.source.join(std::ffi::OsStr::from_bytes(&stem));
        if is_proven(judged, file.writer == Writer::Pytest) {
            findings.extend(finding(group.path(file), source, judged, context));
        }
        all.push((group.path(file), judged));
    }
    (all, findings)
}

/// Returns the modules whose bytecode counts, by their directories: what is imported, and the
/// packages above it.
fn named(subject: &Subject, context: &Context<'_>) -> Vec<(PathBuf, Option<OsString>)> {
    let mut out = Vec::new();
    let mut add = |file: &Path, whole: bool| {
        let Some(directory) = file.parent() else {
            return;
        };
        // In a prefix bytecode lies under the name by which the module is reached.
        let directory = if context.stage.prefix().is_some() {
            Some(directory.to_owned())
        } else {
            files::canonical(directory)
        };
        let stem = file.file_stem().map(OsString::from);
        out.extend(directory.map(|directory| (directory, stem.filter(|_| !whole))));
    };
    let above = subject.name.as_deref().map(packages).unwrap_or_default();
    for name in above {
        let module = context.stage.search.find(name).module().cloned();
        module
            .filter(|module| module.kind == Kind::Source)
            .and_then(|module| module.file)
            .iter()
            .for_each(|file| add(file, false));
    }
    let module = subject
        .found
        .module()
        .filter(|module| module.kind == Kind::Source);
    if let Some(file) = module.and_then(|module| module.file.as_deref()) {
        match subject.package(file) {
            Some(package) => add(&package.join("__init__.py"), true),
            None => add(file, false),
        }
    }
    out
}

/// Returns the names of the packages above a module.
fn packages(name: &str) -> Vec<&str> {
    name.match_indices('.').map(|(at, _)| &name[..at]).collect()
}

fn census(named: &[(PathBuf, Option<OsString>)], context: &Context<'_>) -> Found {
    if named.is_empty() {
        return Found::default();
    }
    let scope = Scope::of_named(named.to_vec(), context.project.unwrap_or(Path::new("/")));
    let (prefix, tally) = (context.stage.prefix(), Tally::default());
    let (ledger, crosses, depth) = (&Ledger::default(), true, Depth::Verdicts);
    let target = context.run.and_then(|run| run.promise.known_target());
    let target = target
        .as_ref()
        .filter(|target| target.tag == context.stage.interpreter.tag);
    Census {
        scope: &scope,
        prefix: prefix.as_deref(),
        depth,
        crosses,
        target,
        ledger,
        ignored: None,
        tally: &tally,
    }
    .take()
}

/// Proves what is suspected; asked to, what looks fresh, too.
fn prove(found: &mut Found, subject: &Subject, context: &Context<'_>) {
    let is_open = |judged: Judged| {
        judged.verdict == Verdict::Suspect
            || (judged.verdict == Verdict::Unchecked && judged.is_dangerous())
    };
    // A link into an installer's cache makes every package look changed: only what was asked for by
    // its path is proven.
    let is_asked = subject.own.is_some() && subject.runs_own();
    let may_be_edited = |group: &Group| is_asked || !context.is_installed(&group.source);
    let wanted = |group: &Group, judged: Option<Judged>| {
        judged.is_some_and(|judged| context.deep || is_open(judged) && may_be_edited(group))
    };
    for group in &mut found.groups {
        group.files.retain(|file| counts(&file.name, context));
    }
    let paths: BTreeSet<PathBuf> = found
        .files()
        .filter(|(group, file)| wanted(group, file.judged))
        .map(|(group, file)| group.path(file))
        .collect();
    if paths.is_empty() {
        return;
    }
    let mut asked = found.clone();
    for group in &mut asked.groups {
        let directory = group.directory.clone();
        group
            .files
            .retain(|file| paths.contains(&directory.join(&file.name)));
    }
    let interpreter = &context.stage.interpreter;
    let interpreters = BTreeMap::from([(interpreter.tag.clone(), interpreter.exe.clone())]);
    let (env, hurry, tally) = (&context.stage.env, !context.deep, &Tally::default());
    Prover {
        interpreters: &interpreters,
        env,
        hurry,
        tally,
    }
    .prove(&mut asked);
    let proven: BTreeMap<PathBuf, Option<Judged>> = asked
        .files()
        .map(|(group, file)| (group.path(file), file.judged))
        .collect();
    for group in &mut found.groups {
        for file in &mut group.files {
            file.judged = proven
                .get(&group.directory.join(&file.name))
                .copied()
                .unwrap_or(file.judged);
        }
    }
}

/// Returns whether the interpreter, or pytest in it, reads a file of this name.
fn counts(name: &std::ffi::OsStr, context: &Context<'_>) -> bool {
    let Some(parsed) = names::parse(name.as_bytes()) else {
        return false;
    };
    let level = context.stage.optimization();
    let optimized = if level == 0 {
        None
    } else {
        Some(level.to_string())
    };
    let is_read = parsed.optimization == optimized.as_deref().map(str::as_bytes)
        || parsed.writer == Writer::Pytest;
    parsed.tag == context.stage.interpreter.tag.as_bytes() && is_read
}

/// Returns whether a file is known to be old. What pytest rewrote can't be compiled again to
/// compare: there it is enough that the source was written later.
fn is_proven(judged: Judged, is_tests: bool) -> bool {
    match (judged.verdict, judged.reason) {
        (Verdict::Suspect, Reason::Code) => true,
        (Verdict::Suspect, Reason::Changed(after)) => is_tests && after > 0,
        (Verdict::Unchecked, _) => judged.is_dangerous(),
        _ => false,
    }
}

fn finding(
    pyc: PathBuf,
    source: PathBuf,
    judged: Judged,
    context: &Context<'_>,
) -> Option<Finding> {
    let directory = source.parent()?;
    let cured_by_run = context.run_checks(directory);
    let is_run = context.run.is_some_and(|run| run.is_asked);
    if is_run && cured_by_run {
        return None;
    }
    let cause = Cause::OldBytecode {
        pyc: facts::written(&pyc),
        source: facts::edited(&source),
        judged,
    };
    let consent = context.consent_covers(directory).then(|| Remedy::TakeIn {
        words: context.words.to_vec(),
    });
    let arm = cured_by_run.then_some(Remedy::Arm { path: source });
    let remedies = consent
        .into_iter()
        .chain(arm)
        .chain([Remedy::Remove { path: pyc }])
        .collect();
    Some(Finding {
        cause,
        remedies,
        cured_by_run,
    })
}

/// Says that the bytecode of what is asked for lies behind a link, where none of it is judged.
fn linked(
    link: &Path,
    named: &[(PathBuf, Option<OsString>)],
    context: &Context<'_>,
) -> Option<Finding> {
    let directory = link.parent()?;
    let is_named = |module: &[u8]| {
        named.iter().any(|(at, stem)| match stem {
            Some(stem) => at == directory && stem.as_bytes() == module,
            None => directory.starts_with(at),
        })
    };
    let names = files::names(link);
    let mut read = names
        .iter()
        .filter(|name| counts(name, context))
        .filter_map(|name| names::parse(name.as_bytes()));
    let cured_by_run = context.run_checks(directory);
    let is_run = context.run.is_some_and(|run| run.is_asked);
    let is_open = read.any(|name| is_named(name.module)) && !(is_run && cured_by_run);
    is_open.then(|| Finding {
        cause: Cause::SetUp(Complaint::Linked {
            paths: vec![link.to_owned()],
        }),
        remedies: vec![Remedy::Remove {
            path: link.to_owned(),
        }],
        cured_by_run,
    })
}

/// Judges a module that is only bytecode: among packages somebody may mean it so.
fn sourceless(subject: &Subject, context: &Context<'_>) -> Option<Finding> {
    let module = subject
        .found
        .module()
        .filter(|module| module.kind == Kind::Bytecode)?;
    let pyc = module.file.clone()?;
    if subject.own.is_none() && context.is_installed(&pyc) {
        return None;
    }
    let cause = Cause::SourcelessBytecode {
        pyc: facts::written(&pyc),
        own: subject.own.clone(),
    };
    let remedies = vec![Remedy::Remove { path: pyc }];
    Some(Finding {
        cause,
        remedies,
        cured_by_run: false,
    })
}
