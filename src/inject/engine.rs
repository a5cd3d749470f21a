//! The engine: from a file's bytes, what it should hold and what we remember of it, to an edit. It
//! also says what an edit that takes everything out again is. Nothing is written here but by
//! `carry_out`, which does what was decided.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::block;
use super::edit::Edit;
use super::jsonc::{Document, Manner, Problem, Step, line_end};
use super::proposal::{Content, Part, Placed, Placing};
use super::record::{self, Record};
use super::settings::{Kept, Put, Reconciled, Setting, Subject};
use super::targets;
use super::text::Text;
use crate::host::{files, stamp};
use crate::values::fault::Fault;

/// What becomes of one file.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub edit: Edit,
    pub kept: Vec<Kept>,
    pub puts: Vec<Put>,
    known: Option<Record>,
    /// The file without what is ours, as far as that can be told.
    base: Option<Vec<u8>>,
}

/// What is to become of a file's bytes.
#[derive(Debug, Default)]
struct Change {
    after: Option<Vec<u8>>,
    kept: Vec<Kept>,
    puts: Vec<Put>,
}

impl Change {
    fn to(after: Option<Vec<u8>>) -> Self {
        Self {
            after,
            ..Self::default()
        }
    }
}

/// A file to look at: where it really is, what is in it, what we remember of it.
#[derive(Debug)]
pub struct Look<'a> {
    part: &'a Part,
    path: PathBuf,
    current: Option<Vec<u8>>,
    known: Option<Record>,
}

impl<'a> Look<'a> {
    /// Looks at the file of a part; one that a link leads out of the bounds to is not ours to
    /// touch.
    pub fn at(part: &'a Part, bounds: &Path, state_dir: Option<&Path>) -> Result<Self> {
        let path = resolved(&part.path);
        if !part.anywhere && !path.starts_with(bounds) {
            let what = format!(
                "`{}` leads out of `{}`",
                part.path.display(),
                bounds.display()
            );
            return Err(Fault::new(what).hint("name a file inside of it").into());
        }
        Ok(Self {
            part,
            current: files::read(&path)?,
            known: record::find(&path, state_dir),
            path,
        })
    }

    /// Returns whether something of ours is, or was, put there.
    pub fn is_in_use(&self) -> bool {
        let Some(bytes) = self.current.as_deref() else {
            return self.known.is_some();
        };
        let Ok(text) = Text::of(bytes, &self.path) else {
            return self.known.is_some();
        };
        let holds = match &self.part.content {
            // Half of the keys, or more: one alone may be anybody's.
            Content::Settings { wanted, manner, .. } => Document::parse(text.body, *manner)
                .is_ok_and(|document| {
                    let is_there =
                        |setting: &&Setting| matches!(document.find(&setting.path), Ok(Some(_)));
                    let there = wanted.iter().filter(is_there).count();
                    there > 0 && 2 * there >= wanted.len()
                }),
            Content::Block(_) => targets::has_block(text.body, &self.path),
            Content::Whole { bytes, .. } => bytes == text.body.as_bytes(),
        };
        self.known.is_some() || holds
    }

    /// Returns the profile that was put there last, where we know.
    pub fn profile(&self) -> Option<&str> {
        self.known.as_ref().map(|record| record.profile.as_str())
    }

    fn is_as_we_left_it(&self) -> Option<&Record> {
        let bytes = self.current.as_deref()?;
        self.known
            .as_ref()
            .filter(|record| record.after == record::digest_of(bytes))
    }

    fn is_blank(&self) -> bool {
        self.current
            .as_deref()
            .is_none_or(|bytes| bytes.trim_ascii().is_empty())
    }

    fn text(&self) -> Result<Text<'_>, Fault> {
        Text::of(self.current.as_deref().unwrap_or_default(), &self.path)
    }

    /// Returns the edit that puts in what is wanted.
    pub fn inject(&self, force: bool) -> Result<Outcome, Fault> {
        let change = match &self.part.content {
            Content::Settings {
                wanted,
                manner,
                new_file,
            } => self.with_settings(wanted, *manner, new_file, force)?,
            Content::Block(placing) => self.with_block(placing)?,
            Content::Whole {
                bytes, instead_of, ..
            } => self.whole(bytes, instead_of.as_deref(), force),
        };
        let base = match (&self.known, self.is_as_we_left_it()) {
            (_, Some(record)) => record.before.clone(),
            (Some(_), None) => self.without()?,
            (None, None) => self.current.clone(),
        };
        let Change { after, kept, puts } = change;
        Ok(Outcome {
            edit: self.edit(after),
            kept,
            puts,
            known: self.known.clone(),
            base,
        })
    }

    fn edit(&self, after: Option<Vec<u8>>) -> Edit {
        let executable = matches!(
            self.part.content,
            Content::Whole {
                executable: true,
                ..
            }
        );
        Edit {
            path: self.path.clone(),
            before: self.current.clone(),
            after,
            executable,
        }
    }

    fn with_settings(
        &self,
        wanted: &[Setting],
        manner: Manner,
        new_file: &str,
        force: bool,
    ) -> Result<Change, Fault> {
        let text = self.text()?;
        let ours = self
            .known
            .as_ref()
            .map(|record| record.puts.clone())
            .unwrap_or_default();
        if self.is_blank() && wanted.is_empty() {
            return Ok(Change::to(self.current.clone()));
        }
        let fault = |problem: Problem| problem.fault(&self.path, text.body);
        let body = if self.is_blank() { "" } else { text.body };
        let has_value = Document::parse(body, manner).map_err(fault)?.has_value();
        let begun = if has_value {
            body.to_owned()
        } else {
            begun(body, new_file)
        };
        let subject = Subject {
            file: &self.path,
            text: &begun,
            manner,
        };
        let Reconciled {
            text: after,
            kept,
            puts,
        } = subject.reconcile(wanted, &ours, force)?;
        Ok(Change {
            after: Some(text.with(&after)),
            kept,
            puts,
        })
    }

    fn with_block(&self, placing: &Placing) -> Result<Change, Fault> {
        let text = self.text()?;
        let found = block::find(text.body, &self.path)?;
        let taken = found.as_ref().map(|block| block.removed(text.body));
        let (base, stood) =
            taken.map_or((text.body.to_owned(), None), |(base, at)| (base, Some(at)));
        let Placed {
            offset,
            indent,
            lines,
            kept,
        } = placing.place(&base, &self.path, stood)?;
        let is_same =
            found.is_some_and(|block| block.lines.iter().eq(lines.iter().map(|line| line.trim())));
        let after = if is_same && !lines.is_empty() {
            self.current.clone()
        } else if lines.is_empty() {
            self.current.as_ref().map(|_| text.with(&base))
        } else {
            let offset = stood.filter(|_| placing.may_move()).unwrap_or(offset);
            Some(text.with(&block::insert(&base, offset, &indent, &lines)))
        };
        Ok(Change {
            kept,
            ..Change::to(after)
        })
    }

    fn whole(&self, bytes: &[u8], instead_of: Option<&[u8]>, force: bool) -> Change {
        let current = self.current.as_deref();
        let yields = current.is_none_or(|current| current == bytes || Some(current) == instead_of);
        if yields || self.is_as_we_left_it().is_some() || force {
            return Change::to(Some(bytes.to_vec()));
        }
        let [what, found, wanted] = ["the file", "another's", "ours"].map(str::to_owned);
        let kept = Kept {
            what,
            found,
            wanted,
            line: 1,
            column: 1,
            yields: true,
        };
        Change {
            kept: vec![kept],
            ..Change::to(self.current.clone())
        }
    }

    /// Returns the edit that takes out what we put: all of it, byte for byte, where the file is as
    /// we left it.
    pub fn retract(&self) -> Result<Outcome, Fault> {
        let after = match self.is_as_we_left_it() {
            Some(record) => record.before.clone(),
            None => self.without()?,
        };
        let known = self.known.clone();
        Ok(Outcome {
            edit: self.edit(after),
            kept: Vec::new(),
            puts: Vec::new(),
            known,
            base: None,
        })
    }

    /// Returns the file without what is ours, told by what was put, or else by what is wanted.
    fn without(&self) -> Result<Option<Vec<u8>>, Fault> {
        let Some(current) = &self.current else {
            return Ok(None);
        };
        match &self.part.content {
            Content::Settings { wanted, manner, .. } => {
                let text = self.text()?;
                if self.is_blank() {
                    return Ok(Some(current.clone()));
                }
                let subject = Subject {
                    file: &self.path,
                    text: text.body,
                    manner: *manner,
                };
                let puts = self.known.as_ref().map(|record| record.puts.clone());
                let by_value = || {
                    wanted
                        .iter()
                        .map(|s| Put {
                            setting: s.clone(),
                            instead_of: None,
                        })
                        .collect()
                };
                let rest = subject
                    .retract(&puts.unwrap_or_else(by_value), |path| !self.was_there(path))?;
                Ok(Some(text.with(&rest)))
            }
            Content::Block(_) => {
                let text = self.text()?;
                let Some(block) = block::find(text.body, &self.path)? else {
                    return Ok(Some(current.clone()));
                };
                let rest = block.removed(text.body).0;
                Ok(Some(text.with(&rest)).filter(|rest| !rest.is_empty()))
            }
            Content::Whole {
                bytes, instead_of, ..
            } if current == bytes => Ok(instead_of.clone()),
            Content::Whole { .. } => Ok(Some(current.clone())),
        }
    }

    /// Returns whether an object stood in the file before we came, where we know.
    fn was_there(&self, path: &[Step]) -> bool {
        let Content::Settings { manner, .. } = &self.part.content else {
            return false;
        };
        let before = self
            .known
            .as_ref()
            .and_then(|record| record.before.as_deref());
        let Some(text) = before.and_then(|bytes| Text::of(bytes, &self.path).ok()) else {
            return false;
        };
        Document::parse(text.body, *manner)
            .is_ok_and(|document| matches!(document.find(path), Ok(Some(_))))
    }
}

/// Returns where a file is, or would be made, through the links that lead there.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let existing = path
        .ancestors()
        .find_map(|above| Some((above, files::canonical(above)?)));
    match existing {
        Some((above, resolved)) => match path.strip_prefix(above) {
            Ok(below) if !below.as_os_str().is_empty() => resolved.join(below),
            _ => resolved,
        },
        None => path.to_owned(),
    }
}

/// Returns a file that is begun below what is there: comments.
fn begun(above: &str, new_file: &str) -> String {
    let newline = line_end(above);
    let gap = if above.is_empty() || above.ends_with('\n') {
        ""
    } else {
        newline
    };
    format!("{above}{gap}{}", new_file.replace('\n', newline))
}

impl Outcome {
    /// Returns whether the file is not as it should be.
    pub fn is_drift(&self) -> bool {
        self.edit.is_needed() || !self.kept.is_empty()
    }

    /// Makes the edit, and remembers how to take it back.
    pub fn carry_out(&self, target: &str, profile: &str, state_dir: Option<&Path>) -> Result<()> {
        if let Some(record) = self
            .record(target, profile)
            .filter(|_| self.edit.is_needed())
        {
            self.edit.apply()?;
            record::write(&record, state_dir);
        }
        Ok(())
    }

    /// Returns what to remember of the edit, as long as it is not made.
    fn record(&self, target: &str, profile: &str) -> Option<Record> {
        let mut made = self
            .known
            .as_ref()
            .map(|record| record.made.clone())
            .unwrap_or_default();
        made.extend(self.edit.missing_directories());
        Some(Record {
            path: self.edit.path.clone(),
            target: target.to_owned(),
            profile: profile.to_owned(),
            after: record::digest_of(self.edit.after.as_deref()?),
            before: self.base.clone(),
            puts: self.puts.clone(),
            made,
        })
    }

    /// Takes everything out, with the directories that were made for it.
    pub fn take_back(&self, state_dir: Option<&Path>) -> Result<()> {
        if self.edit.is_needed() {
            self.edit.apply()?;
        }
        record::forget(&self.edit.path, state_dir);
        let made = self
            .known
            .iter()
            .flat_map(|record| record.made.iter().rev());
        made.filter(|path| stamp::is_directory(path))
            .for_each(|path| files::remove_empty(path));
        Ok(())
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
