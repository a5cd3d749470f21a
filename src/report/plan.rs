//! The words for a plan: which variables change, from what to what, and where to change that.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use serde_json::{Value, json};

use super::{Report, harmless};
use crate::env::{Env, Operation, Patch, list, operation};

/// What is shown of a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) operations: &'a [Operation],
    pub(crate) before: &'a Env,
    pub(crate) after: &'a Env,
}

impl Shown<'_> {
    fn patch(&self) -> Patch {
        Patch::between(self.before, self.after, &operation::list_names(self.operations))
    }

    /// Returns whether the value of a variable may be a secret.
    fn is_secret(&self, name: &OsStr) -> bool {
        let mut of_name = self.operations.iter().rev().filter(|operation| name == OsStr::new(&operation.name));
        of_name.next().is_some_and(Operation::is_secret)
    }

    /// Returns where each word about a variable was said; of one that no plan touches, that it is inherited.
    fn origins(&self, report: &Report, name: &OsStr) -> Vec<String> {
        let of_name = self.operations.iter().filter(|operation| name == OsStr::new(&operation.name));
        let origins: Vec<String> = of_name.map(|operation| report.origin(&operation.origin)).collect();
        if origins.is_empty() { vec!["inherited".to_owned()] } else { origins }
    }

    fn why(&self, report: &Report, name: &OsStr) -> String {
        report.out.faint(&format!("({})", self.origins(report, name).join("; ")))
    }

    /// Returns the lines of a table of what changes.
    pub(crate) fn lines(&self, report: &Report) -> Vec<String> {
        let mut out = Vec::new();
        for (name, change) in &self.patch().0 {
            let (why, is_secret) = (self.why(report, name), self.is_secret(name));
            let name = report.out.strong(&shown(name));
            let line = match (&change.before, &change.after) {
                (_, None) => format!("  - {name}"),
                (before, _) if is_secret => format!("  {} {name}=…", if before.is_some() { '~' } else { '+' }),
                (None, Some(after)) => format!("  + {name}={}", shown(after)),
                (Some(before), Some(after)) if change.list => format!("  ~ {name}: {}", list_change(before, after)),
                (Some(_), Some(after)) => format!("  ~ {name}={}", shown(after)),
            };
            out.push(format!("{line}  {why}"));
        }
        if out.is_empty() {
            out.push("  nothing changes".to_owned());
        }
        out
    }

    /// Returns the lines of a table of every variable, each with the value that it had.
    pub(crate) fn every_line(&self, report: &Report) -> Vec<String> {
        self.names().into_iter().flat_map(|name| self.both(report, name)).collect()
    }

    /// Returns what becomes of one variable, and below it what it was.
    fn both(&self, report: &Report, name: &OsStr) -> Vec<String> {
        let (before, after) = (self.before.get(name), self.after.get(name));
        let sign = match (before, after) {
            (_, None) => '-',
            (None, _) => '+',
            (Some(before), Some(after)) => {
                if before == after {
                    ' '
                } else {
                    '~'
                }
            }
        };
        let value = |value: &OsStr| if self.is_secret(name) { "…".to_owned() } else { shown(value) };
        let now = after.map(|after| format!("={}", value(after))).unwrap_or_default();
        let line = format!("  {sign} {}{now}  {}", report.out.strong(&shown(name)), self.why(report, name));
        let was = before.filter(|_| before != after).map(|before| format!("      before: {}", value(before)));
        std::iter::once(line).chain(was).collect()
    }

    /// Returns the names of all variables, in order.
    fn names(&self) -> BTreeSet<&OsStr> {
        self.before.iter().chain(self.after.iter()).map(|(name, _)| name).collect()
    }

    /// Returns what changes, for a program.
    pub(crate) fn json(&self, report: &Report) -> Vec<Value> {
        self.patch().0.keys().map(|name| self.one_json(report, name)).collect()
    }

    /// Returns every variable, for a program.
    pub(crate) fn every_json(&self, report: &Report) -> Vec<Value> {
        self.names().into_iter().map(|name| self.one_json(report, name)).collect()
    }

    fn one_json(&self, report: &Report, name: &OsStr) -> Value {
        let text = |value: Option<&OsStr>| value.map(|value| value.to_string_lossy().into_owned());
        let (before, after, is_secret) = (self.before.get(name), self.after.get(name), self.is_secret(name));
        // The same secret may have been there before.
        let was = if is_secret && before == after { None } else { text(before) };
        json!({
            "name": name.to_string_lossy(),
            "before": was,
            "after": if is_secret { None } else { text(after) },
            "secret": is_secret,
            "origins": self.origins(report, name),
        })
    }
}

/// Shows what a list gained and lost; of one that was only put in another order, all.
fn list_change(before: &OsStr, after: &OsStr) -> String {
    let (before, after) = (list::split(before), list::split(after));
    let gained = after.iter().filter(|element| !before.contains(element)).map(|element| format!("+{}", shown(element)));
    let lost = before.iter().filter(|element| !after.contains(element)).map(|element| format!("-{}", shown(element)));
    let words: Vec<String> = gained.chain(lost).collect();
    if words.is_empty() { shown(&list::join(&after)) } else { words.join(" ") }
}

/// Shows a value on one line.
fn shown(value: &OsStr) -> String {
    harmless(&value.to_string_lossy())
}
