//! The words for trust: why a project is not acted on, what allowing it means, and the list of
//! decisions.

use std::path::Path;

use super::{Report, count, harmless};
use crate::project::trust::Standing;
use crate::project::trust::record::{Decision, Record};
use crate::values::fault::Fault;

/// Words why a project can't be acted on; nothing where it can.
pub fn refusal(report: &Report, standing: &Standing, root: &Path) -> Option<Fault> {
    let (project, allow) = (report.path(root), allow(report, root));
    Some(match standing {
        Standing::Trusted => return None,
        Standing::Unknown => Fault::new(format!("project is not trusted: {project}"))
            .hint(format!("read its configuration, then `{allow}`")),
        Standing::Changed(_) => {
            Fault::new(format!("project changed since you trusted it: {project}")).hint(format!(
                "`{allow} --dry-run` shows what changed, `{allow}` accepts it"
            ))
        }
        Standing::Denied => Fault::new(format!("project is denied: {project}"))
            .hint(format!("to change your mind: `{allow}`")),
        Standing::Refused(fault) => fault.clone(),
    })
}

/// Words the command that allows a project.
pub(super) fn allow(report: &Report, root: &Path) -> String {
    let quoted = report.quoted(root);
    if quoted == "." {
        "devenv allow".to_owned()
    } else {
        format!("devenv allow {quoted}")
    }
}

/// Says what `run --allow` accepts, where that is another meaning than the one that was allowed.
pub fn say_change(report: &Report, standing: &Standing, now: &[String]) {
    if let Standing::Changed(before) = standing {
        report.say("allowing what changed:");
        report.words(&meaning(report, Some(before), now));
    }
}

/// Says that a project is allowed.
pub fn say_allowed(report: &Report, root: &Path) {
    report.say(&format!("allowed {}", report.path(root)));
}

/// Says that a project is denied.
pub fn say_denied(report: &Report, root: &Path) {
    report.say(&format!("denied {}", report.path(root)));
}

/// Says how many decisions were forgotten.
pub fn say_pruned(report: &Report, number: usize) {
    report.say(&format!("forgot {}", count(number, "decision")));
}

/// Words the meaning of a configuration, or how it differs from what it was.
pub fn meaning(report: &Report, before: Option<&[String]>, now: &[String]) -> String {
    let harmless = |line: &String| harmless(line);
    let Some(before) = before else {
        return now
            .iter()
            .map(|line| format!("  {}\n", harmless(line)))
            .collect();
    };
    let gone = before
        .iter()
        .filter(|line| !now.contains(line))
        .map(|line| format!("- {}", harmless(line)));
    let new = now
        .iter()
        .filter(|line| !before.contains(line))
        .map(|line| format!("+ {}", harmless(line)));
    let mut lines: Vec<String> = gone.map(|line| report.out.bad(&line)).collect();
    lines.extend(new.map(|line| report.out.good(&line)));
    if lines.is_empty() {
        lines.push("  the same as before; only its wording changed".to_owned());
    }
    lines.join("\n") + "\n"
}

/// Words that there is nothing new to a configuration.
pub fn unchanged() -> &'static str {
    "  nothing changed since it was allowed\n"
}

/// Words the list of decisions.
pub fn list(records: &[Record], exists: impl Fn(&Path) -> bool) -> String {
    let line = |record: &Record| {
        let decision = if record.decision == Decision::Allow {
            "allowed"
        } else {
            "denied "
        };
        let gone = if exists(&record.root) { "" } else { "  (gone)" };
        format!(
            "{decision}  {}{gone}\n",
            harmless(&record.root.to_string_lossy())
        )
    };
    records.iter().map(line).collect()
}
