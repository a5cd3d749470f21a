//! The words for packages that are installed as copies.

use super::super::super::{count, harmless};
use super::super::Worded;
use super::Words;
use crate::why::finding::{Cause, File, Pair};

/// So many files are named.
const NAMED: usize = 3;

/// So much of a digest tells two files apart.
const ENOUGH: usize = 12;

impl Words<'_> {
    /// Says what is wrong with what is installed.
    pub(super) fn copied(&self, cause: &Cause) -> Worded {
        match cause {
            Cause::Copy {
                distribution,
                directory,
                built,
                pairs,
            } => {
                let (name, from) = (harmless(distribution), self.path(directory));
                let fact = match built {
                    None => format!(
                        "`{name}` was installed as a copy of {from}, which has changed since"
                    ),
                    Some(built) => {
                        let built = self.path(&built.directory);
                        format!(
                            "`{name}` is a copy of {from}, and installing it again copies the old {built}"
                        )
                    }
                };
                let kept = built.iter().map(|built| self.digested("kept", &built.file));
                Worded {
                    fact,
                    evidence: self.pairs(pairs).into_iter().chain(kept).collect(),
                }
            }
            Cause::StrictEditable {
                distribution,
                own,
                links,
            } => {
                let (name, file) = (harmless(distribution), self.path(&own.path));
                let fact = format!("`{name}` was installed file by file, before {file} was there");
                let links = format!("the files it has: {}", self.report.path(links));
                Worded {
                    fact,
                    evidence: vec![links, self.dated("edited", own)],
                }
            }
            _ => Worded::default(),
        }
    }

    fn pairs(&self, pairs: &[Pair]) -> Vec<String> {
        let mut out = Vec::new();
        for Pair { installed, source } in pairs.iter().take(NAMED) {
            out.extend([
                self.digested("installed", installed),
                self.digested("source", source),
            ]);
            out.extend((!source.digest.is_empty()).then(|| self.dated("edited", source)));
        }
        let more = pairs.len().saturating_sub(NAMED);
        out.extend((more > 0).then(|| format!("and {}", count(more, "other file"))));
        out
    }

    /// Names a file with the beginning of its digest, as `sha256sum` has it.
    fn digested(&self, what: &str, file: &File) -> String {
        let digest = file
            .digest
            .get(..ENOUGH)
            .map(|digest| format!("sha256 {digest}…"));
        let label = format!("{what}:");
        format!(
            "{label:<10} {}  {}",
            self.report.path(&file.path),
            digest.as_deref().unwrap_or("not there")
        )
    }
}
