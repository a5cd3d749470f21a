//! The words of `devenv check`: each finding with what shows it and what cures it.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Report, count, harmless};
use crate::finding::{Finding, Severity};

/// So many pieces of evidence are named.
const NAMED: usize = 10;

/// Prints findings.
pub(crate) fn print(report: &Report, findings: &[Finding], as_json: bool) -> Result<()> {
    if as_json {
        let findings: Vec<Value> = findings.iter().map(json).collect();
        return report.json(&json!({ "schema": 1, "findings": findings }));
    }
    report.print(&findings.iter().map(|finding| text(report, finding)).collect::<String>())
}

/// Says what was put right.
pub(crate) fn say_fixed(report: &Report, fixed: &[String]) {
    fixed.iter().for_each(|words| report.say(words));
}

/// Says that nothing was found.
pub(crate) fn say_clean(report: &Report) {
    report.say("nothing found");
}

/// Says what is not looked at without consent.
pub(crate) fn say_untrusted(report: &Report, project: &std::path::Path) {
    let project = report.path(project);
    report.say(&format!(
        "`{project}` is not trusted: what its configuration says, and what was injected, is not checked"
    ));
}

/// Returns whether a finding fails the check.
pub(crate) fn fails(finding: &Finding) -> bool {
    finding.severity != Severity::Note
}

fn text(report: &Report, finding: &Finding) -> String {
    let word = match finding.severity {
        Severity::Note => finding.severity.word().to_owned(),
        _ => report.out.bad(finding.severity.word()),
    };
    let mut out = format!("{word} {}: {}\n", finding.code, harmless(&finding.fact));
    out += &finding.evidence.iter().take(NAMED).map(|one| format!("  {}\n", harmless(one))).collect::<String>();
    if finding.evidence.len() > NAMED {
        out += &format!("  and {} more\n", finding.evidence.len() - NAMED);
    }
    for remedy in &finding.remedies {
        out += &format!("  {} {}  {}\n", report.out.good("hint:"), harmless(&remedy.command), remedy.text);
    }
    out
}

fn json(finding: &Finding) -> Value {
    let remedies: Vec<Value> =
        finding.remedies.iter().map(|one| json!({ "command": one.command, "text": one.text })).collect();
    json!({
        "code": finding.code,
        "severity": finding.severity.word(),
        "fact": finding.fact,
        "evidence": finding.evidence,
        "remedies": remedies,
        "cured_by_run": finding.cured_by_run,
    })
}

/// Words that files were taken out of the index.
pub(crate) fn untracked(number: usize) -> String {
    format!("took {} out of the index; what is on the disk stays", count(number, "file"))
}

/// Words that a target was injected.
pub(crate) fn injected(report: &Report, target: &str, path: &std::path::Path) -> String {
    format!("{target}: put right {}", report.path(path))
}
