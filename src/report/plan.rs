//! The words for a plan: which variables change, from what to what, and where to change that.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use serde_json::{Value, json};

use super::{Report, count, harmless};
use crate::bytecode::preview::Preview;
use crate::env::patch::Change;
use crate::env::{Env, Operation, Patch, list, operation};
use crate::project::config::Clear;
use crate::project::plan::Plan;

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

    /// Returns where each word about a variable was said.
    fn origins(&self, report: &Report, name: &OsStr) -> Vec<String> {
        let of_name = self.operations.iter().filter(|operation| name == OsStr::new(&operation.name));
        of_name.map(|operation| report.origin(&operation.origin)).collect()
    }

    /// Returns the lines of a table.
    pub(crate) fn lines(&self, report: &Report) -> Vec<String> {
        let mut out = Vec::new();
        for (name, change) in &self.patch().0 {
            let why = self.origins(report, name).join("; ");
            let is_secret = self.is_secret(name);
            let name = report.out.strong(&shown(name));
            let line = match (&change.before, &change.after) {
                (_, None) => format!("  - {name}"),
                (before, _) if is_secret => format!("  {} {name}=…", if before.is_some() { '~' } else { '+' }),
                (None, Some(after)) => format!("  + {name}={}", shown(after)),
                (Some(before), Some(after)) if change.list => format!("  ~ {name}: {}", list_change(before, after)),
                (Some(_), Some(after)) => format!("  ~ {name}={}", shown(after)),
            };
            out.push(format!("{line}  {}", report.out.faint(&format!("({why})"))));
        }
        if out.is_empty() {
            out.push("  nothing changes".to_owned());
        }
        out
    }

    /// Returns the same for a program.
    pub(crate) fn json(&self, report: &Report) -> Vec<Value> {
        let text = |value: &Option<OsString>| value.as_ref().map(|value| value.to_string_lossy().into_owned());
        let one = |(name, change): (&OsString, &Change)| {
            json!({
                "name": name.to_string_lossy(),
                "before": text(&change.before),
                "after": if self.is_secret(name) { None } else { text(&change.after) },
                "secret": self.is_secret(name),
                "origins": self.origins(report, name),
            })
        };
        self.patch().0.iter().map(one).collect()
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

/// What `run --dry-run` shows beside the variables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) project: Option<&'a Path>,
    pub(crate) command: &'a [OsString],
    /// What would be done to bytecode; nothing where none is looked at.
    pub(crate) preview: Option<&'a Preview>,
}

impl Run<'_> {
    /// Returns the lines for a person.
    pub(crate) fn text(&self, shown: &Shown<'_>, report: &Report) -> String {
        let words: Vec<String> = self.command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let command = shlex::try_join(words.iter().map(String::as_str)).unwrap_or_default();
        let project = self.project.map_or_else(|| "none".to_owned(), |root| harmless(&root.to_string_lossy()));
        let bytecode = match self.preview {
            Some(done) => format!("{}, {} to make harmless", self.plan.policy.word(), count(done.touched, "file")),
            None => "left as it is".to_owned(),
        };
        let head = [("project", project), ("profile", self.plan.profile.clone()), ("bytecode", bytecode)];
        let clear = self.cleared().map(|number| format!("{}, {}", self.plan.clear.word(), count(number, "file")));
        let head = head.into_iter().chain(clear.map(|clear| ("clear", clear)));
        let rows = head.chain([("command", harmless(&command)), ("variables", String::new())]);
        let rows = rows.map(|(name, text)| format!("{} {text}", report.out.strong(&format!("{name:<10}"))));
        rows.chain(shown.lines(report)).map(|line| line.trim_end().to_owned() + "\n").collect()
    }

    /// Returns how many files would be cleared, where any are.
    fn cleared(&self) -> Option<usize> {
        self.preview.filter(|_| self.plan.clear != Clear::Never).map(|done| done.cleared)
    }

    /// Returns the same for a program.
    pub(crate) fn json(&self, shown: &Shown<'_>, report: &Report) -> Value {
        json!({
            "schema": 1,
            "project": self.project,
            "profile": self.plan.profile,
            "bytecode": self.preview.map(|done| json!({ "policy": self.plan.policy.word(), "files": done.touched })),
            "clear": self.plan.clear.word(),
            "cleared": self.cleared(),
            "command": self.command.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>(),
            "variables": shown.json(report),
        })
    }
}
