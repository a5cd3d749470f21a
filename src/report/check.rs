//! The words of `devenv check`: each finding with what shows it and what cures it.

use anyhow::Result;
use serde_json::{Value, json};

use super::findings::{json as json_of, text};
use super::{Report, count};
use crate::values::finding::Finding;

/// Prints findings.
pub fn print(report: &Report, findings: &[Finding], as_json: bool) -> Result<()> {
    if as_json {
        let findings: Vec<Value> = findings.iter().map(json_of).collect();
        return report.json(&json!({ "schema": 1, "findings": findings }));
    }
    report.print(
        &findings
            .iter()
            .map(|finding| text(report, finding))
            .collect::<String>(),
    )
}

/// Says what was put right.
pub fn say_fixed(report: &Report, fixed: &[String]) {
    fixed.iter().for_each(|words| report.say(words));
}

/// Says that nothing was found.
pub fn say_clean(report: &Report) {
    report.say("nothing found");
}

/// Says what is not looked at without consent.
pub fn say_untrusted(report: &Report, project: &std::path::Path) {
    let project = report.path(project);
    report.say(&format!(
        "`{project}` is not trusted: what its configuration says, and what was injected, is not checked"
    ));
}

/// Words that files were taken out of the index.
pub fn untracked(number: usize) -> String {
    format!(
        "took {} out of the index; what is on the disk stays",
        count(number, "file")
    )
}

/// Words that a target was injected.
pub fn injected(report: &Report, target: &str, path: &std::path::Path) -> String {
    format!("{target}: put right {}", report.path(path))
}
