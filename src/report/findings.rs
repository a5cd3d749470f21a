//! Findings, as every command says them: to a person with what shows each and what to paste, to a
//! program with the same in fields. Whoever found it chose the words.

use serde_json::{Value, json};

use super::{Report, harmless};
use crate::values::finding::{Finding, Severity};

/// So many pieces of evidence are named.
const NAMED: usize = 10;

/// Says a finding to a person.
pub(super) fn text(report: &Report, finding: &Finding) -> String {
    let code = match finding.severity {
        Severity::Error => report.out.bad(finding.code),
        Severity::Warning => report.out.strong(finding.code),
        Severity::Note => report.out.faint(finding.code),
    };
    let mut out = format!("\n{code}: {}\n", harmless(&finding.fact));
    out += &finding
        .evidence
        .iter()
        .take(NAMED)
        .map(|one| format!("  {}\n", harmless(one)))
        .collect::<String>();
    let more = finding.evidence.len().saturating_sub(NAMED);
    out += &if more > 0 {
        format!("  and {more} more\n")
    } else {
        String::new()
    };
    for (number, remedy) in finding.remedies.iter().enumerate() {
        let label = if number == 0 { "cure:" } else { "or:  " };
        let command = report.out.good(&harmless(&remedy.command));
        let text = harmless(&remedy.text);
        let said = if remedy.command.is_empty() {
            text
        } else {
            format!("{command}  {}", report.out.faint(&text))
        };
        out += &format!("  {label} {}\n", said.trim_end());
    }
    out + if finding.cured_by_run {
        "  `devenv run` cures it\n"
    } else {
        ""
    }
}

/// Says it to a program.
pub(super) fn json(finding: &Finding) -> Value {
    let remedies: Vec<Value> = finding
        .remedies
        .iter()
        .map(|one| json!({ "command": one.command, "text": one.text }))
        .collect();
    json!({
        "code": finding.code,
        "severity": finding.severity.word(),
        "fact": finding.fact,
        "evidence": finding.evidence,
        "remedies": remedies,
        "cured_by_run": finding.cured_by_run,
    })
}

/// Returns whether a finding is more than a note.
pub fn is_wrong(finding: &Finding) -> bool {
    finding.severity != Severity::Note
}
