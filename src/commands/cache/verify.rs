//! `devenv cache verify`: a verdict for every bytecode file, proof where that is asked for, and repair.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;

use super::area::{self, Area, Asked};
use crate::bytecode::census::{Depth, Found};
use crate::bytecode::proof::{self, Prover};
use crate::bytecode::repair::{self, Repair};
use crate::cli::cache::Verify;
use crate::env::Snapshot;
use crate::host::Tally;
use crate::python::interpreter;
use crate::python::locate;
use crate::python::policy::Policy;
use crate::report::Report;
use crate::report::verify::{self, Shown};

/// Runs the command.
pub(super) fn run(args: &Verify, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = area::ground(&args.paths, snapshot, report)?;
    let asked = Asked { paths: &args.paths, profile: args.profile.as_deref() };
    let area = Area::of(&ground, asked, snapshot, report)?;
    let look = Look { args, area: &area, snapshot, report };
    let strict = area.is_trusted && area.promise.policy == Policy::Cached;
    let (mut found, mut unproven) = look.judge();
    let mut repaired = None;
    if args.repair {
        let repair = Repair::of(&found, strict);
        repaired = Some(report.watch("repairing", &Tally::default(), || repair::carry_out(&repair, &area.promise)));
        (found, unproven) = look.judge();
    }
    let shown = Shown { found: &found, strict, all: args.all, unproven: &unproven, repaired: repaired.as_ref() };
    verify::print(report, &shown, args.json)?;
    Ok(u8::from(shown.is_wrong()))
}

/// What a look at the files needs.
struct Look<'a> {
    args: &'a Verify,
    area: &'a Area<'a>,
    snapshot: &'a Snapshot,
    report: &'a Report,
}

impl Look<'_> {
    /// Judges every file; returns the tags of those that could not be proven, too.
    fn judge(&self) -> (Found, Vec<String>) {
        let tally = Tally::default();
        let mut found = self.report.watch("judging", &tally, || self.area.census(Depth::Verdicts, &[], &tally));
        if !self.args.deep {
            return (found, Vec::new());
        }
        let tags = proof::tags(&found);
        let interpreters: BTreeMap<String, PathBuf> =
            tags.iter().filter_map(|tag| Some((tag.clone(), self.interpreter(tag)?))).collect();
        let prover = Prover { interpreters: &interpreters, env: self.area.promise.env, tally: &tally };
        self.report.watch("proving", &tally, || prover.prove(&mut found));
        (found, tags.into_iter().filter(|tag| !interpreters.contains_key(tag)).collect())
    }

    /// Returns an interpreter that writes bytecode with this tag: the project's own, or one on `PATH`.
    fn interpreter(&self, tag: &str) -> Option<PathBuf> {
        let promise = &self.area.promise;
        if let Some(own) = promise.interpreter.as_ref().filter(|own| own.tag == tag) {
            return Some(own.exe.clone());
        }
        let cwd = &self.snapshot.cwd;
        let path = locate::by_tag(tag, promise.env, cwd)?;
        let known = interpreter::known(&path, promise.env, cwd, promise.memory)?;
        (known.tag == tag).then_some(known.exe)
    }
}
