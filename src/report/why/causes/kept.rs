//! The words for caches inside the program.

use super::super::super::{Report, count, harmless, span};
use super::super::Worded;
use super::Words;
use crate::audit::{How, Keeper};
use crate::why::finding::{File, Held};

/// More caches than this are counted.
const MOST_SHOWN: usize = 5;

impl Words<'_> {
    /// Says what a cache still holds.
    pub(super) fn kept(&self, caches: &[Keeper], edited: &File, held: &Held) -> Worded {
        let lines = caches
            .iter()
            .take(MOST_SHOWN)
            .map(|cache| format!("kept by {}", keeper(self.report, cache)));
        let rest = caches.len().saturating_sub(MOST_SHOWN);
        let rest = (rest > 0).then(|| format!("and by {rest} more"));
        let file = self.path(&edited.path);
        let (fact, last) = match held {
            Held::Process {
                pid,
                command,
                started_ns,
            } => {
                let words: Vec<String> = command
                    .iter()
                    .map(|word| word.to_string_lossy().into_owned())
                    .collect();
                let started = format!(
                    "started {} ago: {}",
                    span(self.now_ns - started_ns),
                    harmless(&words.join(" "))
                );
                (
                    format!(
                        "process {pid} was started before the last edit of {file}, and may keep what it read"
                    ),
                    started,
                )
            }
            Held::Disk(stored) => {
                let results = count(stored.old, "result");
                let what = format!(
                    "joblib gives again what it stored before the last edit of {file}: {results}"
                );
                let age = span((self.now_ns - stored.newest_ns).max(0));
                (
                    what,
                    format!("stored {age} ago: {}", self.report.path(&stored.directory)),
                )
            }
        };
        Worded {
            fact,
            evidence: lines
                .chain(rest)
                .chain([last, self.dated("edited", edited)])
                .collect(),
        }
    }
}

/// Says which cache it is.
pub(in super::super) fn keeper(report: &Report, keeper: &Keeper) -> String {
    let place = format!("{}:{}", report.path(&keeper.file), keeper.line);
    let until = match &keeper.cleared {
        Some(by) => format!(
            "until `{}` clears it ({}:{})",
            harmless(&by.name),
            report.path(&by.file),
            by.line
        ),
        None if matches!(keeper.how, How::Disk { .. }) => "until it is removed".to_owned(),
        None => "as long as the process lives".to_owned(),
    };
    format!(
        "`{}`, {place}: {}, {until}",
        harmless(&keeper.name),
        harmless(&how(keeper))
    )
}

/// Names the way in which something is kept.
pub(in super::super) fn how(keeper: &Keeper) -> String {
    match &keeper.how {
        How::Decorator(origin) => origin.clone(),
        How::Variable(name) => format!("global {name}"),
        How::Import => "read at import".to_owned(),
        How::Disk { .. } => "joblib.Memory".to_owned(),
    }
}
