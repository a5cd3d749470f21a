//! The words of `devenv doctor`: every check with what it looked at, then what is wrong, what was cured, and how many of
//! each there are. Both forms come from the same facts.

use anyhow::Result;
use serde_json::{Value, json};

use super::findings;
use super::why::said;
use super::{Report, count, harmless};
use crate::finding::Severity;
use crate::why::doctor::Check;
use crate::why::finding::Finding;

/// What is shown.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) checks: Vec<Check>,
    /// What was cured.
    pub(crate) fixed: Vec<Finding>,
    pub(crate) now_ns: i64,
}

/// Prints it.
pub(crate) fn print(report: &Report, shown: &Shown, as_json: bool) -> Result<()> {
    if as_json { report.json(&shown.json(report)) } else { report.print(&shown.text(report)) }
}

impl Shown {
    /// Returns whether something is wrong.
    pub(crate) fn is_ill(&self) -> bool {
        self.findings().any(is_ill)
    }

    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.checks.iter().flat_map(|check| &check.findings)
    }

    fn text(&self, report: &Report) -> String {
        let mut out = String::new();
        for check in &self.checks {
            let wrong = check.findings.iter().filter(|finding| is_ill(finding)).count();
            let mark = if wrong == 0 { report.out.good("ok   ") } else { report.out.bad("wrong") };
            out +=
                format!("{mark}  {:<12} {}", check.topic.word(), report.out.faint(&harmless(&check.about))).trim_end();
            out.push('\n');
        }
        out += &self
            .findings()
            .map(|one| findings::text(report, &said(report, report, one, self.now_ns)))
            .collect::<String>();
        let cured = self.fixed.iter().map(|finding| format!("\ncured: {}\n", finding.cause.code()));
        out += &cured.collect::<String>();
        let wrong = self.findings().filter(|finding| is_ill(finding)).count();
        out + &if wrong == 0 { "\nall is well\n".to_owned() } else { format!("\n{}\n", count(wrong, "finding")) }
    }

    fn json(&self, report: &Report) -> Value {
        let whole = report.with_whole_paths();
        let json = |one: &Finding| findings::json(&said(&whole, report, one, self.now_ns));
        let check = |check: &Check| {
            json!({
                "topic": check.topic.word(),
                "about": check.about,
                "ok": !check.findings.iter().any(is_ill),
            })
        };
        json!({
            "schema": 1,
            "ok": !self.is_ill(),
            "checks": self.checks.iter().map(check).collect::<Vec<_>>(),
            "findings": self.findings().map(json).collect::<Vec<_>>(),
            "fixed": self.fixed.iter().map(|finding| finding.cause.code()).collect::<Vec<_>>(),
        })
    }
}

/// Returns whether a finding is more than a note.
fn is_ill(finding: &Finding) -> bool {
    finding.cause.severity() != Severity::Note
}
