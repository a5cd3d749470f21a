//! The words of `devenv doctor`: every check with what it looked at, then what is wrong, what was
//! cured, and how many of each there are. Both forms come from the same facts.

use anyhow::Result;
use serde_json::{Value, json};

use super::findings;
use super::why::said;
use super::{Report, count, harmless};
use crate::values::finding::Severity;
use crate::why::doctor::Check;
use crate::why::finding::Finding;

/// What is shown.
#[derive(Debug)]
pub struct Shown {
    pub checks: Vec<Check>,
    /// What was cured.
    pub fixed: Vec<Finding>,
    /// What was to be cured, and could not be.
    pub failed: Vec<Failure>,
    pub now_ns: i64,
}

/// A cure that failed.
#[derive(Debug)]
pub struct Failure {
    pub code: &'static str,
    pub reason: anyhow::Error,
}

/// How many findings are listed: what is wrong, and what is only a note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Numbers {
    wrong: usize,
    notes: usize,
}

impl Numbers {
    fn of(severities: impl Iterator<Item = Severity>) -> Self {
        severities.fold(
            Self::default(),
            |Self { wrong, notes }, severity| match severity {
                Severity::Note => Self {
                    wrong,
                    notes: notes + 1,
                },
                Severity::Warning | Severity::Error => Self {
                    wrong: wrong + 1,
                    notes,
                },
            },
        )
    }

    /// Words them so that the number is that of what a person sees above.
    fn words(self) -> String {
        match (self.wrong, self.notes) {
            (0, 0) => "all is well".to_owned(),
            (0, notes) => format!("{}, and all is well", count(notes, "note")),
            (wrong, 0) => count(wrong, "finding"),
            (wrong, 1) => format!("{}, one of them a note", count(wrong + 1, "finding")),
            (wrong, notes) => format!("{}, {notes} of them notes", count(wrong + notes, "finding")),
        }
    }
}

/// Prints it.
pub fn print(report: &Report, shown: &Shown, as_json: bool) -> Result<()> {
    if as_json {
        report.json(&shown.json(report))
    } else {
        report.print(&shown.text(report))
    }
}

impl Shown {
    /// Returns whether something is wrong.
    pub fn is_ill(&self) -> bool {
        self.findings().any(is_ill) || !self.failed.is_empty()
    }

    fn numbers(&self) -> Numbers {
        Numbers::of(self.findings().map(|finding| finding.cause.severity()))
    }

    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.checks.iter().flat_map(|check| &check.findings)
    }

    fn text(&self, report: &Report) -> String {
        let mut out = String::new();
        for check in &self.checks {
            let wrong = check
                .findings
                .iter()
                .filter(|finding| is_ill(finding))
                .count();
            let mark = if wrong == 0 {
                report.out.good("ok   ")
            } else {
                report.out.bad("wrong")
            };
            out += format!(
                "{mark}  {:<12} {}",
                check.topic.word(),
                report.out.faint(&harmless(&check.about))
            )
            .trim_end();
            out.push('\n');
        }
        out += &self
            .findings()
            .map(|one| findings::text(report, &said(report, report, one, self.now_ns)))
            .collect::<String>();
        let cured = self
            .fixed
            .iter()
            .map(|finding| format!("\ncured: {}\n", finding.cause.code()));
        out += &cured.collect::<String>();
        let failed = self.failed.iter().map(|one| {
            format!(
                "\nnot cured: {}: {}\n",
                one.code,
                harmless(&format!("{:#}", one.reason))
            )
        });
        out += &failed.collect::<String>();
        out + &format!("\n{}\n", self.numbers().words())
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
            "failed": self.failed.iter().map(|one| json!({ "code": one.code, "reason": format!("{:#}", one.reason) })).collect::<Vec<_>>(),
        })
    }
}

/// Returns whether a finding is more than a note.
fn is_ill(finding: &Finding) -> bool {
    finding.cause.severity() != Severity::Note
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_number_is_that_of_what_is_listed(errors in 0..4usize, warnings in 0..4usize, notes in 0..4usize) {
            let kinds = [(Severity::Error, errors), (Severity::Warning, warnings), (Severity::Note, notes)];
            let all = kinds.into_iter().flat_map(|(severity, number)| std::iter::repeat_n(severity, number));
            let words = Numbers::of(all).words();
            let said = words.split(' ').find_map(|word| word.parse::<usize>().ok()).unwrap_or_default();
            prop_assert_eq!(said, errors + warnings + notes, "{}", words);
            prop_assert_eq!(words.ends_with("all is well"), errors + warnings == 0);
        }
    }
}
