//! The words of `devenv cache info`, for people and for programs.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::clear::size;
use super::{Report, count};
use crate::bytecode::census::{Found, Place, Pyc};
use crate::python::policy::Policy;

/// pytest needs about so many seconds to rewrite a megabyte of tests.
const SECONDS_FOR_A_MEGABYTE: u64 = 10;

/// What is known.
#[derive(Debug)]
pub struct Facts<'a> {
    pub project: &'a Path,
    /// Nothing where the project's configuration does not count.
    pub policy: Option<Policy>,
    /// What lies where: in the trees, or below a prefix.
    pub places: &'a [(Option<&'a Path>, Found)],
    pub tests: Option<Tests>,
}

/// Tests that are rewritten at every run.
#[derive(Debug)]
pub struct Tests {
    pub version: String,
    pub files: usize,
    pub bytes: u64,
}

impl Tests {
    fn seconds(&self) -> u64 {
        (self.bytes * SECONDS_FOR_A_MEGABYTE).div_ceil(1_000_000)
    }
}

/// Prints it.
pub fn print(report: &Report, facts: &Facts<'_>, as_json: bool) -> Result<()> {
    if as_json {
        report.json(&json(facts))
    } else {
        report.print(&text(report, facts))
    }
}

fn weight(found: &Found) -> (usize, u64) {
    found.files().fold((0, 0), |(files, bytes), (_, file)| {
        (files + 1, bytes + file.bytes)
    })
}

fn orphans(facts: &Facts<'_>) -> usize {
    let is_orphan = |file: &Pyc| file.place == Place::Alone;
    facts
        .places
        .iter()
        .flat_map(|(_, found)| found.files())
        .filter(|(_, file)| is_orphan(file))
        .count()
}

fn text(report: &Report, facts: &Facts<'_>) -> String {
    let mut rows = Vec::new();
    for (place, found) in facts.places {
        let (files, bytes) = weight(found);
        let place = place.map_or_else(|| "in the tree".to_owned(), |prefix| report.path(prefix));
        rows.push((
            "bytecode",
            format!("{}, {}, {place}", count(files, "file"), size(bytes)),
        ));
    }
    rows.extend(
        facts
            .policy
            .map(|policy| ("policy", policy.word().to_owned())),
    );
    let number = orphans(facts);
    if number > 0 {
        let what = format!(
            "{} without a source, which would be imported: `devenv cache clear --orphans`",
            count(number, "file")
        );
        rows.push(("orphans", what));
    }
    if let Some(tests) = &facts.tests {
        let Tests {
            version,
            files,
            bytes,
        } = tests;
        let cost = format!("about {} s", tests.seconds());
        let what = format!(
            "{version} rewrites {} ({}) anew at every run, {cost}",
            count(*files, "test file"),
            size(*bytes)
        );
        rows.push(("pytest", what));
        rows.push((
            "",
            "`bytecode = \"checked\"` in the profile, or pytest 9.2, keeps them".to_owned(),
        ));
    }
    let rows = rows
        .into_iter()
        .map(|(name, text)| format!("{} {text}\n", report.out.strong(&format!("{name:<10}"))));
    rows.collect()
}

fn json(facts: &Facts<'_>) -> Value {
    let place = |(place, found): &(Option<&Path>, Found)| {
        let (files, bytes) = weight(found);
        json!({ "prefix": place.map(Path::to_string_lossy), "files": files, "bytes": bytes })
    };
    let tests = |tests: &Tests| json!({ "version": tests.version, "files": tests.files, "bytes": tests.bytes, "seconds": tests.seconds() });
    json!({
        "schema": 1,
        "project": facts.project.to_string_lossy(),
        "policy": facts.policy.map(Policy::word),
        "bytecode": facts.places.iter().map(place).collect::<Vec<_>>(),
        "orphans": orphans(facts),
        "pytest": facts.tests.as_ref().map(tests),
    })
}
