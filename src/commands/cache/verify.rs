//! `devenv cache verify`: a verdict for every bytecode file, proof where that is asked for, and
//! repair.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;

use super::area::{self, Area, Asked, Look};
use crate::bytecode::census::{Depth, Found};
use crate::bytecode::fill::compiler::Mode;
use crate::bytecode::proof::{self, Prover};
use crate::bytecode::repair::{self, Repair};
use crate::bytecode::warm::Warm;
use crate::cli::cache::Verify;
use crate::env::Snapshot;
use crate::host::Tally;
use crate::python::interpreter;
use crate::python::locate;
use crate::python::policy::Policy;
use crate::python::startable::Caution;
use crate::report::Report;
use crate::report::verify::{self, Shown};

/// Runs the command.
pub(super) fn run(args: &Verify, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = area::ground(&args.paths, snapshot, report)?;
    let asked = Asked {
        paths: &args.paths,
        profile: args.profile.as_deref(),
    };
    let area = Area::of(&ground, asked, snapshot, report)?;
    let strict = area.is_trusted && area.promise.policy == Policy::Cached;
    let task = Task {
        args,
        area: &area,
        strict,
        caution: ground.caution(snapshot),
        snapshot,
        report,
    };
    let repaired = args.repair.then(|| {
        let (found, _) = task.judge(Look::near(Depth::Verdicts, None));
        repair::carry_out(Repair::of(found, strict), &area.promise)
    });
    let (found, unproven) = task.judge(Look::everywhere(Depth::Verdicts));
    let missing = if strict && args.paths.is_empty() {
        task.missing()
    } else {
        Vec::new()
    };
    let (found, missing, unproven) = (&found, missing.as_slice(), unproven.as_slice());
    let shown = Shown {
        found,
        strict,
        all: args.all,
        missing,
        unproven,
        repaired: repaired.as_ref(),
    };
    verify::print(report, &shown, args.json)?;
    Ok(u8::from(shown.is_wrong()))
}

/// What judging needs.
struct Task<'a> {
    args: &'a Verify,
    area: &'a Area<'a>,
    strict: bool,
    caution: Caution,
    snapshot: &'a Snapshot,
    report: &'a Report,
}

impl Task<'_> {
    /// Judges the files that a look comes to; returns the tags of those that could not be proven,
    /// too.
    fn judge(&self, look: Look<'_>) -> (Found, Vec<String>) {
        let tally = Tally::default();
        let mut found = self
            .report
            .watch("judging", &tally, || self.area.census(look, &tally));
        // In an image nothing may go that is only suspected.
        let proves = self.args.deep || self.args.repair && self.strict;
        if !proves {
            return (found, Vec::new());
        }
        let tags = proof::tags(&found);
        let interpreters: BTreeMap<String, PathBuf> = tags
            .iter()
            .filter_map(|tag| Some((tag.clone(), self.interpreter(tag)?)))
            .collect();
        let prover = Prover {
            interpreters: &interpreters,
            env: self.area.promise.env,
            hurry: false,
            tally: &tally,
        };
        self.report
            .watch("proving", &tally, || prover.prove(&mut found));
        (
            found,
            tags.into_iter()
                .filter(|tag| !interpreters.contains_key(tag))
                .collect(),
        )
    }

    /// Returns the modules that would have to be compiled.
    fn missing(&self) -> Vec<PathBuf> {
        let promise = &self.area.promise;
        let (Some(interpreter), Some(target)) = (&promise.interpreter, promise.known_target())
        else {
            return Vec::new();
        };
        let (prefix, tally) = (promise.prefix.as_deref(), Tally::default());
        let scope = promise.scope_for(prefix);
        let ledger = promise.ledger(prefix, &scope.trees);
        let (python, asker) = (interpreter.exe.as_path(), promise.asker());
        let (mode, lenient, is_package) = (Mode::Timestamp, true, false);
        let warm = Warm {
            python,
            target: &target,
            prefix,
            mode,
            lenient,
            is_package,
            asker,
            tally: &tally,
        };
        warm.missing(&scope, &ledger)
    }

    /// Returns an interpreter that writes bytecode with this tag: the project's own, or one on
    /// `PATH`.
    fn interpreter(&self, tag: &str) -> Option<PathBuf> {
        let promise = &self.area.promise;
        if let Some(own) = promise.interpreter.as_ref().filter(|own| own.tag == tag) {
            return Some(own.exe.clone());
        }
        let cwd = &self.snapshot.cwd;
        let path = locate::by_tag(tag, promise.env, cwd)?;
        let path = self.caution.startable(&path).ok()?;
        let known = interpreter::known(&path, promise.env, cwd, promise.memory)?;
        (known.tag == tag).then_some(known.exe)
    }
}
