//! The words for a plan: which variables change, from what to what, and where to change that.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};

use serde_json::{Value, json};

use super::{Report, harmless};
use crate::env::secrets::{self, MASK};
use crate::env::{Action, Env, Operation, Patch, list, operation};

/// What is shown of a plan.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    pub operations: &'a [Operation],
    pub before: &'a Env,
    pub after: &'a Env,
}

impl Shown<'_> {
    fn patch(&self) -> Patch {
        Patch::between(
            self.before,
            self.after,
            &operation::list_names(self.operations),
        )
    }

    /// Returns the last word about a variable.
    fn last(&self, name: &OsStr) -> Option<&Operation> {
        self.operations
            .iter()
            .rev()
            .find(|operation| name == OsStr::new(&operation.name))
    }

    /// Returns whether a part of the value of a variable may be a secret: what is put around a
    /// value leaves it there.
    fn is_secret(&self, name: &OsStr) -> bool {
        let of_name = self
            .operations
            .iter()
            .filter(|operation| name == OsStr::new(&operation.name));
        of_name.fold(false, |before, operation| match operation.action {
            Action::Set(_) | Action::Unset => operation.is_secret(),
            Action::Default(_) | Action::Edit(_) => before || operation.is_secret(),
        })
    }

    /// Returns the value that a variable had, as it may be shown: the caller's secrets stay with
    /// the caller.
    fn was(&self, name: &OsStr) -> Option<OsString> {
        let value = self.before.get(name)?;
        Some(if self.is_secret(name) {
            MASK.into()
        } else {
            secrets::shown_value(name, value)
        })
    }

    /// Returns the value that a variable gets, as it may be shown. What a configuration says of it
    /// in so many words is no secret any more.
    fn now(&self, name: &OsStr) -> Option<OsString> {
        let value = self.after.get(name)?;
        let last = self.last(name);
        let is_said = last.is_some_and(|operation| match &operation.action {
            Action::Set(said) | Action::Default(said) => said == value,
            Action::Unset | Action::Edit(_) => false,
        });
        Some(match () {
            () if self.is_secret(name) => MASK.into(),
            () if is_said => value.to_owned(),
            () => secrets::shown_value(name, value),
        })
    }

    /// Returns where each word about a variable was said; of one that no plan touches, that it is
    /// inherited.
    fn origins(&self, report: &Report, name: &OsStr) -> Vec<String> {
        let of_name = self
            .operations
            .iter()
            .filter(|operation| name == OsStr::new(&operation.name));
        let origins: Vec<String> = of_name
            .map(|operation| report.origin(&operation.origin))
            .collect();
        if origins.is_empty() {
            vec!["inherited".to_owned()]
        } else {
            origins
        }
    }

    fn why(&self, report: &Report, name: &OsStr) -> String {
        report
            .out
            .faint(&format!("({})", self.origins(report, name).join("; ")))
    }

    /// Returns the lines of a table of what changes.
    pub fn lines(&self, report: &Report) -> Vec<String> {
        let mut out = Vec::new();
        for (name, change) in &self.patch().0 {
            let why = self.why(report, name);
            let is_list = change.list && !self.is_secret(name);
            let (before, after) = (self.was(name), self.now(name));
            let name = report.out.strong(&shown(name));
            let line = match (&before, &after) {
                (_, None) => format!("  - {name}"),
                (None, Some(after)) => format!("  + {name}={}", shown(after)),
                (Some(before), Some(after)) if is_list => {
                    format!("  ~ {name}: {}", list_change(before, after))
                }
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
    pub fn every_line(&self, report: &Report) -> Vec<String> {
        self.names()
            .into_iter()
            .flat_map(|name| self.both(report, name))
            .collect()
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
        let now = self
            .now(name)
            .map(|now| format!("={}", shown(&now)))
            .unwrap_or_default();
        let line = format!(
            "  {sign} {}{now}  {}",
            report.out.strong(&shown(name)),
            self.why(report, name)
        );
        let was = self
            .was(name)
            .filter(|_| before != after)
            .map(|was| format!("      before: {}", shown(&was)));
        std::iter::once(line).chain(was).collect()
    }

    /// Returns the names of all variables, in order.
    fn names(&self) -> BTreeSet<&OsStr> {
        self.before
            .iter()
            .chain(self.after.iter())
            .map(|(name, _)| name)
            .collect()
    }

    /// Returns what changes, for a program.
    pub fn json(&self, report: &Report) -> Vec<Value> {
        self.patch()
            .0
            .keys()
            .map(|name| self.one_json(report, name))
            .collect()
    }

    /// Returns every variable, for a program.
    pub fn every_json(&self, report: &Report) -> Vec<Value> {
        self.names()
            .into_iter()
            .map(|name| self.one_json(report, name))
            .collect()
    }

    fn one_json(&self, report: &Report, name: &OsStr) -> Value {
        let text = |value: Option<OsString>| {
            value
                .filter(|value| value != MASK)
                .map(|value| value.to_string_lossy().into_owned())
        };
        let (was, now) = (self.was(name), self.now(name));
        let is_secret = [&was, &now]
            .into_iter()
            .flatten()
            .any(|value| value == MASK);
        json!({
            "name": name.to_string_lossy(),
            "before": text(was),
            "after": text(now),
            "secret": is_secret,
            "origins": self.origins(report, name),
        })
    }
}

/// Shows what a list gained and lost; of one that was only put in another order, all.
fn list_change(before: &OsStr, after: &OsStr) -> String {
    let (before, after) = (list::split(before), list::split(after));
    let gained = after
        .iter()
        .filter(|element| !before.contains(element))
        .map(|element| format!("+{}", shown(element)));
    let lost = before
        .iter()
        .filter(|element| !after.contains(element))
        .map(|element| format!("-{}", shown(element)));
    let words: Vec<String> = gained.chain(lost).collect();
    if words.is_empty() {
        shown(&list::join(&after))
    } else {
        words.join(" ")
    }
}

/// Shows a value on one line.
fn shown(value: &OsStr) -> String {
    harmless(&value.to_string_lossy())
}
