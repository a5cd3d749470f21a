//! The words for what the machine does: processes, clocks, compilers.

use super::super::super::{count, harmless, span};
use super::super::Worded;
use super::Words;
use crate::why::finding::{Cause, Clock};

/// A module takes about so long to compile.
const COMPILE_NS: i64 = 2_800_000;

impl Words<'_> {
    /// Says what is wrong around the code.
    pub(super) fn machine(&self, cause: &Cause) -> Worded {
        match cause {
            Cause::OldProcess {
                pid,
                command,
                started_ns,
                edited,
                is_kernel,
            } => {
                let words: Vec<String> = command
                    .iter()
                    .map(|word| word.to_string_lossy().into_owned())
                    .collect();
                let (what, file) = (
                    if *is_kernel {
                        "kernel or debugger"
                    } else {
                        "process"
                    },
                    self.path(&edited.path),
                );
                let fact = format!(
                    "{what} {pid} was started before the last edit of {file}, and keeps what it imported"
                );
                let started = format!(
                    "started {} ago: {}",
                    span(self.now_ns - started_ns),
                    harmless(&words.join(" "))
                );
                Worded {
                    fact,
                    evidence: vec![started, self.dated("edited", edited)],
                }
            }
            Cause::FillMissing { modules, place } => {
                let cost = i64::try_from(*modules)
                    .unwrap_or(i64::MAX)
                    .saturating_mul(COMPILE_NS);
                let (modules, place) = (count(*modules, "module"), self.path(place));
                let fact = format!(
                    "Python may not write bytecode, and {modules} in {place} have none: every run compiles those that it imports"
                );
                Worded {
                    fact,
                    evidence: vec![format!("all of them take about {}", span(cost))],
                }
            }
            Cause::Clock { file, what } => {
                let evidence = vec![self.dated("changed", file)];
                let file = self.path(&file.path);
                let fact = match what {
                    Clock::Future(ns) => {
                        format!(
                            "{file} was written {} from now: tools that compare times pass over edits",
                            span(*ns)
                        )
                    }
                    Clock::WholeSeconds => {
                        format!(
                            "{file}'s file system keeps whole seconds: two edits within one look the same"
                        )
                    }
                    Clock::Remote => {
                        format!("{file} lies on another machine, whose clock gives its times")
                    }
                };
                Worded { fact, evidence }
            }
            _ => Worded::default(),
        }
    }
}
