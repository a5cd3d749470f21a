//! The words of `devenv cache verify`: every verdict that needs attention with its reason, then how
//! many there are of each. Both forms come from the same facts.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::{Report, SECOND_NS, count, notices, span};
use crate::bytecode::census::{Found, Group, Pyc};
use crate::bytecode::promise::Notice;
use crate::bytecode::repair::{self, Repaired};
use crate::bytecode::verdict::{Judged, Reason, Verdict};
use crate::values::fault::Fault;

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    pub found: &'a Found,
    /// Whether what would be compiled again is wrong too.
    pub strict: bool,
    /// Whether every file is named.
    pub all: bool,
    /// Modules without any bytecode, where there should be some.
    pub missing: &'a [PathBuf],
    /// The tags of files that no interpreter here could prove.
    pub unproven: &'a [String],
    pub repaired: Option<&'a Repaired>,
}

/// Prints it.
pub fn print(report: &Report, shown: &Shown<'_>, as_json: bool) -> Result<()> {
    if as_json {
        report.json(&shown.json())?;
    } else {
        report.print(&shown.text(report))?;
    }
    shown.say(report);
    Ok(())
}

impl Shown<'_> {
    /// Returns whether something is wrong, or could not be looked at.
    pub fn is_wrong(&self) -> bool {
        let unknown = !self.found.missed.is_empty() || !self.found.links.is_empty();
        unknown
            || !self.missing.is_empty()
            || self
                .judged()
                .any(|(_, _, judged)| self.needs_attention(judged))
    }

    fn judged(&self) -> impl Iterator<Item = (&Group, &Pyc, Judged)> {
        self.found
            .files()
            .filter_map(|(group, file)| Some((group, file, file.judged?)))
    }

    fn needs_attention(&self, judged: Judged) -> bool {
        repair::is_wrong(judged, self.strict)
    }

    fn named(&self) -> impl Iterator<Item = (&Group, &Pyc, Judged)> {
        self.judged()
            .filter(|(_, _, judged)| self.all || self.needs_attention(*judged))
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.judged()
            .filter(|(_, _, judged)| judged.verdict == verdict)
            .count()
    }

    fn text(&self, report: &Report) -> String {
        let mut out = String::new();
        for (group, file, judged) in self.named() {
            let path = report.path(&group.path(file));
            let word = format!("{:<9}", judged.verdict.word());
            let word = if self.needs_attention(judged) {
                report.out.bad(&word)
            } else {
                word
            };
            let why = worded(judged);
            let why = if why.is_empty() {
                why
            } else {
                format!("  {}", report.out.faint(&why))
            };
            out += &format!("{word} {path}{why}\n");
        }
        for module in self.missing {
            out += &format!("{} {}\n", report.out.bad("missing  "), report.path(module));
        }
        let counts = Verdict::ALL.map(|verdict| (verdict, self.count(verdict)));
        let words: Vec<String> = counts
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(verdict, n)| format!("{n} {}", verdict.word()))
            .collect();
        let total = count(self.judged().count(), "bytecode file");
        out + &if words.is_empty() {
            format!("{total}\n")
        } else {
            format!("{total}: {}\n", words.join(", "))
        }
    }

    fn json(&self) -> Value {
        let counts: Map<String, Value> = Verdict::ALL
            .iter()
            .map(|verdict| (verdict.word().to_owned(), self.count(*verdict).into()))
            .collect();
        let file = |(group, file, judged): (&Group, &Pyc, Judged)| {
            json!({
                "path": group.path(file).to_string_lossy(),
                "verdict": judged.verdict.word(),
                "reason": Some(worded(judged)).filter(|why| !why.is_empty()),
                "wrong": self.needs_attention(judged),
            })
        };
        let failed = |path: &Path, reason: std::io::ErrorKind| json!({ "path": path.to_string_lossy(), "reason": reason.to_string() });
        let repaired = |done: &Repaired| {
            let failed: Vec<Value> = done
                .failed
                .iter()
                .map(|(path, reason)| failed(path, *reason))
                .collect();
            json!({ "armed": done.armed, "removed": done.removed, "failed": failed })
        };
        json!({
            "schema": 1,
            "counts": counts,
            "files": self.named().map(file).collect::<Vec<_>>(),
            "missing": self.missing.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
            "unproven": self.unproven,
            "links": self.found.links.iter().map(|link| link.to_string_lossy()).collect::<Vec<_>>(),
            "missed": self.found.missed.iter().map(|(path, reason)| failed(path, *reason)).collect::<Vec<_>>(),
            "repaired": self.repaired.map(repaired),
        })
    }

    /// Says what was done, what could not be, and what to do next.
    fn say(&self, report: &Report) {
        if let Some(done) = self.repaired {
            report.say(&format!(
                "armed {}, removed {}",
                count(done.armed, "file"),
                done.removed
            ));
        }
        self.repaired
            .iter()
            .for_each(|done| notices::say_failed(report, "repair", &done.failed));
        let tracked = self
            .repaired
            .map(|done| done.tracked.clone())
            .filter(|tracked| !tracked.is_empty());
        notices::say(
            report,
            &tracked.map(Notice::Spared).into_iter().collect::<Vec<_>>(),
        );
        for (path, reason) in &self.found.missed {
            report.warn(&Fault::new(format!(
                "cannot look at `{}` ({reason})",
                report.path(path)
            )));
        }
        if !self.unproven.is_empty() {
            let what = format!(
                "no interpreter here proves files of {}",
                self.unproven.join(", ")
            );
            report.warn(&Fault::new(what));
        }
        for link in &self.found.links {
            report.warn(&Fault::new(format!(
                "`{}` is a link: nothing behind it was judged",
                report.path(link)
            )));
        }
        if let Some(remedy) = self.remedy() {
            report.say(remedy);
        }
    }

    fn remedy(&self) -> Option<&'static str> {
        let wrong = || {
            self.judged()
                .filter(|(_, _, judged)| self.needs_attention(*judged))
        };
        let is_orphan = |judged: Judged| judged.verdict == Verdict::Orphan;
        let is_open =
            |judged: Judged| judged.verdict == Verdict::Suspect && judged.reason != Reason::Code;
        if self.strict && (wrong().next().is_some() || !self.missing.is_empty()) {
            return Some("`devenv cache warm` with the same profile makes them anew");
        }
        if wrong().next().is_none() {
            None
        } else if wrong().all(|(_, _, judged)| is_orphan(judged)) {
            Some("`devenv cache clear --orphans` removes what has no source")
        } else if self.repaired.is_some() {
            None
        } else if wrong().any(|(_, _, judged)| is_open(judged)) {
            Some("`--deep` proves which of them is old; `--repair` has Python check them all")
        } else {
            Some("`--repair` arms or removes them")
        }
    }
}

/// Words a reason.
fn worded(judged: Judged) -> String {
    match (judged.verdict, judged.reason) {
        (Verdict::Orphan, _) => "imported although its source is gone".to_owned(),
        (Verdict::Leftover, _) => "nothing reads it".to_owned(),
        (Verdict::Unchecked, Reason::Plain | Reason::Proven) => {
            "never checked; it is that of its source".to_owned()
        }
        (Verdict::Unchecked, _) => "never checked, and the source is another".to_owned(),
        (_, Reason::Plain) => String::new(),
        (_, Reason::Time(seconds)) if seconds > 0 => {
            format!("the source is {} younger", span(seconds * SECOND_NS))
        }
        (_, Reason::Time(seconds)) => format!("the source is {} older", span(-seconds * SECOND_NS)),
        (_, Reason::Size(bytes)) if bytes > 0 => format!("the source is {bytes} bytes longer"),
        (_, Reason::Size(bytes)) => format!("the source is {} bytes shorter", -bytes),
        (_, Reason::Changed(after)) if after > 0 => {
            format!("source changed {} after this was written", span(after))
        }
        (_, Reason::Changed(_)) => "source changed while this may have been compiled".to_owned(),
        (_, Reason::Content) => "the source is another".to_owned(),
        (_, Reason::Short) => "it ends too early".to_owned(),
        (_, Reason::Flags) => "no Python knows its flags".to_owned(),
        (_, Reason::Code) => "proven: the source compiles to other code".to_owned(),
        (_, Reason::Unreadable) => "it holds no code that can be read".to_owned(),
        (_, Reason::Proven) => "proven".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_short_and_say_how_much() {
        let suspect = |ns| worded(Judged::new(Verdict::Suspect, Reason::Changed(ns)));
        assert_eq!(
            suspect(3 * SECOND_NS),
            "source changed 3 s after this was written"
        );
        assert_eq!(
            suspect(300_000_000),
            "source changed 300 ms after this was written"
        );
        assert_eq!(
            suspect(-1),
            "source changed while this may have been compiled"
        );
        let stale = |seconds| worded(Judged::new(Verdict::Stale, Reason::Time(seconds)));
        assert_eq!(
            (stale(-600), stale(200_000)),
            (
                "the source is 10 min older".into(),
                "the source is 2 days younger".into()
            )
        );
    }
}
