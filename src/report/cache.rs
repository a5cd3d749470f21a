//! The words of `devenv cache warm` and `arm`: what was made, what was left alone and why.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::json;

use super::{Report, count, notices};
use crate::bytecode::arm::Armed;
use crate::bytecode::promise::Notice;
use crate::bytecode::warm::Warmed;
use crate::values::fault::Fault;

/// So many sources are named that can't be compiled.
const NAMED: usize = 5;

/// What was compiled.
#[derive(Debug)]
pub struct Heated<'a> {
    pub own: &'a Warmed,
    pub packages: &'a Warmed,
    /// Whether packages were asked for.
    pub with_packages: bool,
    /// How many files went that nothing here would compile again.
    pub removed: usize,
}

impl Heated<'_> {
    /// Returns whether something is not as it was to be.
    pub fn failed(&self) -> bool {
        let is_whole =
            |w: &Warmed| w.failed.is_empty() && w.tracked.is_empty() && w.missed.is_empty();
        ![self.own, self.packages].into_iter().all(is_whole)
    }
}

/// Prints what was compiled.
pub fn print_warmed(report: &Report, heated: &Heated<'_>, as_json: bool) -> Result<()> {
    let part = |warmed: &Warmed| {
        json!({
            "compiled": warmed.made,
            "kept": warmed.kept,
            "uncompilable": texts(&warmed.uncompilable),
            "failed": texts(&warmed.failed),
            "tracked": texts(&warmed.tracked),
            "missed": warmed.missed.iter().map(|(path, _)| path.to_string_lossy()).collect::<Vec<_>>(),
        })
    };
    if as_json {
        let packages = heated.with_packages.then(|| part(heated.packages));
        let value = json!({ "schema": 1, "project": part(heated.own), "packages": packages, "removed": heated.removed });
        report.json(&value)?;
    }
    report.say(&format!("project: {}", worded(heated.own)));
    if heated.with_packages {
        report.say(&format!("packages: {}", worded(heated.packages)));
    }
    if heated.removed > 0 {
        report.say(&format!(
            "removed {} that only development needs",
            count(heated.removed, "file")
        ));
    }
    heated
        .own
        .uncompilable
        .iter()
        .take(NAMED)
        .for_each(|source| {
            report.warn(&Fault::new(format!(
                "`{}` does not compile",
                report.path(source)
            )));
        });
    for source in heated
        .own
        .failed
        .iter()
        .chain(&heated.packages.failed)
        .take(NAMED)
    {
        report.warn(&Fault::new(format!(
            "cannot write the bytecode of `{}`",
            report.path(source)
        )));
    }
    for (path, reason) in heated.own.missed.iter().chain(&heated.packages.missed) {
        report.warn(&Fault::new(format!(
            "cannot look into `{}` ({reason})",
            report.path(path)
        )));
    }
    let tracked = [heated.own.tracked.clone(), heated.packages.tracked.clone()].concat();
    notices::say(
        report,
        &(!tracked.is_empty())
            .then_some(Notice::Spared(tracked))
            .into_iter()
            .collect::<Vec<_>>(),
    );
    Ok(())
}

fn worded(warmed: &Warmed) -> String {
    let mut out = format!(
        "compiled {}, {} up to date",
        count(warmed.made, "module"),
        warmed.kept
    );
    let others = [
        ("do not compile", warmed.uncompilable.len()),
        ("could not be written", warmed.failed.len()),
    ];
    for (what, number) in others.into_iter().filter(|(_, number)| *number > 0) {
        out += &format!(", {number} {what}");
    }
    out
}

/// Prints what was armed.
pub fn print_armed(report: &Report, done: &Armed, is_dry: bool, as_json: bool) -> Result<()> {
    if as_json {
        let failed = done
            .failed
            .iter()
            .map(|(path, reason)| json!({ "path": path.to_string_lossy(), "reason": reason.to_string() }));
        report.json(&json!({
            "schema": 1,
            "dry_run": is_dry,
            "armed": done.armed.len(),
            "removed": done.removed.len(),
            "tracked": texts(&done.tracked),
            "failed": failed.collect::<Vec<_>>(),
        }))?;
    }
    let did = if is_dry { "would arm" } else { "armed" };
    let removed = if done.removed.is_empty() {
        String::new()
    } else {
        format!(", {} removed", done.removed.len())
    };
    report.say(&format!(
        "{did} {}{removed}",
        count(done.armed.len(), "file")
    ));
    notices::say_failed(report, "replace", &done.failed);
    let tracked = (!done.tracked.is_empty()).then(|| Notice::Tracked(done.tracked.clone()));
    notices::say(report, &tracked.into_iter().collect::<Vec<_>>());
    Ok(())
}

fn texts(paths: &[PathBuf]) -> Vec<String> {
    paths
        .iter()
        .map(|path| path.to_string_lossy().into_owned())
        .collect()
}
