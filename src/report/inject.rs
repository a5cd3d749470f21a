//! The words of `devenv inject`: the change as a diff, what stays and why, what is left to do by
//! hand. Both forms come from the same facts.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::{Report, harmless};
use crate::inject::diff::{self, Line};
use crate::inject::engine::Outcome;
use crate::inject::settings::Kept;
use crate::inject::{Edit, Proposal};
use crate::values::fault::{Fault, Place};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Inject,
    Check,
    Remove,
    DryRun,
}

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    pub target: &'static str,
    pub profile: &'a str,
    pub mode: Mode,
    pub proposal: &'a Proposal,
    pub outcomes: &'a [Outcome],
}

/// Prints the change.
pub fn print(report: &Report, shown: &Shown<'_>, as_json: bool) -> Result<()> {
    if as_json {
        return report.json(&shown.json());
    }
    let diffs = shown
        .edits()
        .map(|edit| text(report, edit))
        .collect::<String>();
    let by_hand = shown
        .proposal
        .by_hand
        .iter()
        .map(|by_hand| by_hand.text.as_str())
        .filter(|text| !text.is_empty());
    let by_hand = by_hand
        .map(|text| format!("{}\n", text.trim_end()))
        .collect::<String>();
    report.print(
        &(diffs
            + if shown.mode == Mode::Remove {
                ""
            } else {
                &by_hand
            }),
    )
}

/// Says what was, or would be, done.
pub fn say(report: &Report, shown: &Shown<'_>) {
    let is_there = |edit: &Edit| edit.before.is_some() || edit.after.is_some();
    for outcome in shown
        .outcomes
        .iter()
        .filter(|outcome| is_there(&outcome.edit))
    {
        let path = report.path(&outcome.edit.path);
        let did = match (shown.mode, change(&outcome.edit)) {
            (_, None) => "nothing to change in".to_owned(),
            (Mode::Inject | Mode::Remove, Some(change)) => change.to_owned(),
            (Mode::DryRun, Some(change)) => format!("would have {change}"),
            (Mode::Check, Some(_)) => "not as it should be:".to_owned(),
        };
        report.say(&format!("{did} {path}"));
        outcome
            .kept
            .iter()
            .for_each(|kept| report.warn(&kept_fault(kept, &outcome.edit.path)));
    }
    if shown.mode == Mode::Remove {
        return;
    }
    for left_out in &shown.proposal.left_out {
        report.say(&format!("left out `{}`: {}", left_out.name, left_out.why));
    }
    shown
        .proposal
        .by_hand
        .iter()
        .for_each(|by_hand| report.warn(&Fault::new(by_hand.why.clone())));
    shown
        .proposal
        .notes
        .iter()
        .for_each(|note| report.say(note));
}

fn kept_fault(kept: &Kept, file: &Path) -> Fault {
    let place = Place {
        file: file.to_owned(),
        line: kept.line,
        column: kept.column,
    };
    let fault = Fault::new(format!(
        "`{}` is {}, not {}",
        kept.what, kept.found, kept.wanted
    ))
    .at(place, None);
    if kept.yields {
        fault.hint("`--force` replaces it")
    } else {
        fault.hint("change it by hand")
    }
}

/// Returns the word for a change; nothing where there is none.
fn change(edit: &Edit) -> Option<&'static str> {
    match (&edit.before, &edit.after) {
        (before, after) if before == after => None,
        (None, _) => Some("made"),
        (_, None) => Some("removed"),
        _ => Some("changed"),
    }
}

/// Words an edit as a diff.
fn text(report: &Report, edit: &Edit) -> String {
    let name = |side: &str, content: &Option<Vec<u8>>| match content {
        Some(_) => format!("{side}/{}", report.path(&edit.path)),
        None => "/dev/null".to_owned(),
    };
    let (old, new) = (content(edit.before.as_ref()), content(edit.after.as_ref()));
    let mut out = format!(
        "--- {}\n+++ {}\n",
        name("a", &edit.before),
        name("b", &edit.after)
    );
    for line in diff::lines(&old, &new) {
        let whole = |mark: char, line: &str| {
            let end = if line.ends_with('\n') {
                ""
            } else {
                "\n\\ No newline at end of file"
            };
            format!("{mark}{}{end}", harmless(line.trim_end_matches('\n')))
        };
        let line = match line {
            Line::Group { before, after } => {
                format!("@@ -{},{} +{},{} @@", before.0, before.1, after.0, after.1)
            }
            Line::Same(line) => whole(' ', line),
            Line::Gone(line) => report.out.bad(&whole('-', line)),
            Line::New(line) => report.out.good(&whole('+', line)),
        };
        out += &format!("{line}\n");
    }
    out
}

fn content(bytes: Option<&Vec<u8>>) -> String {
    String::from_utf8_lossy(bytes.map(Vec::as_slice).unwrap_or_default()).into_owned()
}

impl<'a> Shown<'a> {
    fn edits(&self) -> impl Iterator<Item = &'a Edit> {
        self.outcomes
            .iter()
            .map(|outcome| &outcome.edit)
            .filter(|edit| edit.is_needed())
    }

    /// Returns whether something is not, or would not be, as the user wants it.
    pub fn is_wrong(&self) -> bool {
        let is_short = !self.proposal.by_hand.is_empty()
            || self.outcomes.iter().any(|one| !one.kept.is_empty());
        match self.mode {
            Mode::Remove => false,
            Mode::Inject | Mode::DryRun => is_short,
            Mode::Check => is_short || self.outcomes.iter().any(Outcome::is_drift),
        }
    }

    fn json(&self) -> Value {
        let file = |outcome: &Outcome| {
            let edit = &outcome.edit;
            let kept = outcome.kept.iter().map(|kept| {
                json!({ "what": kept.what, "found": kept.found, "wanted": kept.wanted,
                        "line": kept.line, "column": kept.column, "force": kept.yields })
            });
            json!({
                "path": edit.path.to_string_lossy(),
                "change": change(edit),
                "before": edit.before.as_ref().map(|bytes| content(Some(bytes))),
                "after": edit.after.as_ref().map(|bytes| content(Some(bytes))),
                "kept": kept.collect::<Vec<_>>(),
            })
        };
        let proposal = self.proposal;
        let left_out = proposal
            .left_out
            .iter()
            .map(|one| json!({ "name": one.name, "why": one.why }));
        let by_hand = proposal
            .by_hand
            .iter()
            .map(|one| json!({ "why": one.why, "text": one.text }));
        json!({
            "schema": 1,
            "target": self.target,
            "profile": self.profile,
            "written": matches!(self.mode, Mode::Inject | Mode::Remove),
            "files": self.outcomes.iter().map(file).collect::<Vec<_>>(),
            "left_out": left_out.collect::<Vec<_>>(),
            "by_hand": by_hand.collect::<Vec<_>>(),
            "notes": proposal.notes,
        })
    }
}
