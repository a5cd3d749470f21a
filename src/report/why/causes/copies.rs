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
            Cause::Copy { distribution, directory, built, pairs } => {
                let (name, from) = (harmless(distribution), self.path(directory));
                let fact = match built {
                    None => format!("`{name}` was installed as a copy of {from}, which has changed since"),
                    Some(built) => {
                        let built = self.path(built);
                        format!("`{name}` is a copy of {from}, and installing it again copies the old {built}")
                    }
                };
                Worded { fact, evidence: self.pairs(pairs) }
            }
            Cause::StrictEditable { distribution, own, links } => {
                let (name, own) = (harmless(distribution), self.path(own));
                let fact = format!("`{name}` was installed file by file, before {own} was there");
                Worded { fact, evidence: vec![format!("the files it has: {}", self.report.path(links))] }
            }
            _ => Worded::default(),
        }
    }

    fn pairs(&self, pairs: &[Pair]) -> Vec<String> {
        let mut out = Vec::new();
        for Pair { installed, source } in pairs.iter().take(NAMED) {
            out.push(format!("installed: {}", self.digested(installed)));
            match source {
                Some(source) => {
                    out.push(format!("source:    {}", self.digested(source)));
                    out.push(self.dated("edited", source));
                }
                None => out.push("its source is gone".to_owned()),
            }
        }
        let more = pairs.len().saturating_sub(NAMED);
        out.extend((more > 0).then(|| format!("and {}", count(more, "other file"))));
        out
    }

    /// Names a file with the beginning of its digest, as `sha256sum` has it.
    fn digested(&self, file: &File) -> String {
        let digest = file.digest.get(..ENOUGH).map(|digest| format!("  sha256 {digest}…")).unwrap_or_default();
        format!("{}{digest}", self.report.path(&file.path))
    }
}
