//! The words for what was compiled from another source than the one that is there.

use super::super::super::span;
use super::super::Worded;
use super::Words;
use crate::bytecode::verdict::{Judged, Reason, Verdict};
use crate::why::finding::Cause;

impl Words<'_> {
    /// Says what is wrong with compiled code.
    pub(super) fn old(&self, cause: &Cause) -> Worded {
        match cause {
            Cause::OldBytecode {
                pyc,
                source,
                judged,
            } => {
                let (compiled, from) = (self.path(&pyc.path), self.path(&source.path));
                let fact = match judged.verdict {
                    Verdict::Unchecked => {
                        format!("Python runs {compiled}, and never compares it with {from}")
                    }
                    _ => format!(
                        "Python runs {compiled}, which was not compiled from {from} as it is now"
                    ),
                };
                let dates = [self.dated("compiled", pyc), self.dated("edited", source)];
                Worded {
                    fact,
                    evidence: proof(*judged).into_iter().chain(dates).collect(),
                }
            }
            Cause::SourcelessBytecode { pyc, own } => {
                let fact = format!(
                    "{} is imported although there is no source beside it",
                    self.path(&pyc.path)
                );
                let own = own
                    .iter()
                    .map(|own| format!("the source of this name: {}", self.report.path(own)));
                Worded {
                    fact,
                    evidence: own.chain([self.dated("compiled", pyc)]).collect(),
                }
            }
            Cause::Extension { extension, source } => {
                let (built, from) = (self.path(&extension.path), self.path(&source.path));
                let fact = format!(
                    "{built} is imported in place of {from}, and was built before its last edit"
                );
                Worded {
                    fact,
                    evidence: vec![self.dated("built", extension), self.dated("edited", source)],
                }
            }
            _ => Worded::default(),
        }
    }
}

fn proof(judged: Judged) -> Option<String> {
    match judged.reason {
        Reason::Code => Some("proven: compiling the source gives other code".to_owned()),
        Reason::Content => {
            Some("proven: the hash in its header is that of another source".to_owned())
        }
        Reason::Changed(after) if after > 0 => Some(format!(
            "the source changed {} after this was written",
            span(after)
        )),
        _ => None,
    }
}
