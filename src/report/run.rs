//! The words for what a run would do, in two amounts of detail: `--dry-run` says what changes,
//! `--explain` says all.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::plan::Shown;
use super::{Report, count, harmless};
use crate::bytecode::preview::Preview;
use crate::project::config::Clear;
use crate::project::plan::Plan;

/// So many files of a list are named to a person.
const NAMED: usize = 10;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What changes, and numbers of files.
    Changes,
    /// Every variable, and the files.
    Everything,
}

/// What is shown of a run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    pub detail: Detail,
    pub plan: &'a Plan,
    pub project: Option<&'a Path>,
    pub command: &'a [OsString],
    pub variables: Shown<'a>,
    /// What would be done to bytecode; nothing where none is looked at.
    pub preview: Option<&'a Preview>,
}

impl Run<'_> {
    /// Returns the lines for a person.
    pub fn text(&self, report: &Report) -> String {
        let words: Vec<String> = self
            .command
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let command = shlex::try_join(words.iter().map(String::as_str)).unwrap_or_default();
        let project = self.project.map_or_else(
            || "none".to_owned(),
            |root| harmless(&root.to_string_lossy()),
        );
        let bytecode = match self.preview {
            Some(done) => format!(
                "{}, {} to make harmless",
                self.plan.policy.word(),
                count(done.touched(), "file")
            ),
            None => "left as it is".to_owned(),
        };
        let head = [
            ("project", project),
            ("profile", self.plan.profile.clone()),
            ("bytecode", bytecode),
        ];
        let clear = self
            .cleared()
            .map(|gone| format!("{}, {}", self.plan.clear.word(), count(gone.len(), "file")));
        let rows = head
            .into_iter()
            .chain(self.files(report))
            .chain(clear.map(|clear| ("clear", clear)));
        let rows = rows.chain(
            self.cleared()
                .into_iter()
                .flat_map(|gone| self.listed(report, "", gone)),
        );
        let rows = rows.chain([
            ("command", harmless(&command)),
            ("variables", String::new()),
        ]);
        let rows = rows
            .map(|(name, text)| format!("{} {text}", report.out.strong(&format!("{name:<10}"))));
        let variables = match self.detail {
            Detail::Changes => self.variables.lines(report),
            Detail::Everything => self.variables.every_line(report),
        };
        rows.chain(variables)
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect()
    }

    /// Returns the rows that name what is made harmless, and say what follows.
    fn files(&self, report: &Report) -> Vec<(&'static str, String)> {
        let Some(done) = self.preview.filter(|_| self.detail == Detail::Everything) else {
            return Vec::new();
        };
        let mut rows = self.listed(report, "  arm", &done.armed);
        rows.extend(self.listed(report, "  remove", &done.removed));
        rows.extend(
            done.prefix
                .as_ref()
                .map(|prefix| ("  apart", report.path(prefix))),
        );
        rows.push((
            "  fill",
            if done.fills {
                "would be started"
            } else {
                "has nothing to do"
            }
            .to_owned(),
        ));
        rows
    }

    /// Returns rows that name the first files of a list, where files are named.
    fn listed(
        &self,
        report: &Report,
        name: &'static str,
        files: &BTreeSet<PathBuf>,
    ) -> Vec<(&'static str, String)> {
        if self.detail == Detail::Changes {
            return Vec::new();
        }
        let named = files.iter().take(NAMED).map(|path| report.path(path));
        let more = files.len().saturating_sub(NAMED);
        let rest = (more > 0).then(|| format!("and {more} more"));
        let names = std::iter::once(name).chain(std::iter::repeat(""));
        names.zip(named.chain(rest)).collect()
    }

    /// Returns the files that would be cleared, where any are.
    fn cleared(&self) -> Option<&BTreeSet<PathBuf>> {
        self.preview
            .filter(|_| self.plan.clear != Clear::Never)
            .map(|done| &done.cleared)
    }

    /// Returns the same for a program.
    pub fn json(&self, report: &Report) -> Value {
        let variables = match self.detail {
            Detail::Changes => self.variables.json(report),
            Detail::Everything => self.variables.every_json(report),
        };
        let mut value = json!({
            "schema": 1,
            "project": self.project.map(Path::to_string_lossy),
            "profile": self.plan.profile,
            "bytecode": self.preview.map(|done| self.bytecode_json(done)),
            "clear": self.plan.clear.word(),
            "cleared": self.cleared().map(BTreeSet::len),
            "command": self.command.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>(),
            "variables": variables,
        });
        if self.detail == Detail::Everything {
            value["cleared_files"] = json!(self.cleared().map(texts));
        }
        value
    }

    fn bytecode_json(&self, done: &Preview) -> Value {
        let mut value = json!({ "policy": self.plan.policy.word(), "files": done.touched() });
        if self.detail == Detail::Everything {
            value["armed"] = json!(texts(&done.armed));
            value["removed"] = json!(texts(&done.removed));
            value["prefix"] = json!(done.prefix.as_ref().map(|prefix| prefix.to_string_lossy()));
            value["fill"] = json!(done.fills);
        }
        value
    }
}

fn texts(paths: &BTreeSet<PathBuf>) -> Vec<String> {
    paths
        .iter()
        .map(|path| path.to_string_lossy().into_owned())
        .collect()
}
