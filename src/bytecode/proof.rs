//! Proof of what the file system can only suggest: the interpreter of a file compiles its source
//! again, and both are compared by structure. Only files that Python would run are proven, and none
//! that an import hook rewrote: what those should hold, their hook alone knows.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::census::{Found, Group, Place, Pyc};
use super::errand::{Answer, Errand};
use super::verdict::{Judged, Reason, Verdict};
use crate::env::Env;
use crate::host::{Tally, cores};
use crate::python::names::{self, Writer};

const PROGRAM: &str = include_str!("proof.py");

/// What a proof needs besides the files.
#[derive(Debug)]
pub struct Prover<'a> {
    /// The interpreters that can be asked, by the tags of their bytecode.
    pub interpreters: &'a BTreeMap<String, PathBuf>,
    pub env: &'a Env,
    /// Whether somebody waits who did not ask for a proof of everything.
    pub hurry: bool,
    pub tally: &'a Tally,
}

/// Returns the tag of a file that can be proven.
pub fn tag(group: &Group, file: &Pyc) -> Option<String> {
    question(group, file).map(|(tag, _)| tag)
}

/// Returns the tags of the files that could be proven.
pub fn tags(found: &Found) -> Vec<String> {
    let mut tags: Vec<String> = found
        .files()
        .filter_map(|(group, file)| tag(group, file))
        .collect();
    tags.sort();
    tags.dedup();
    tags
}

impl Prover<'_> {
    /// Proves what can be proven, and puts that in the place of what was only suggested; returns of
    /// how many files an interpreter said nothing.
    pub fn prove(&self, found: &mut Found) -> usize {
        let mut questions: BTreeMap<String, Vec<Question>> = BTreeMap::new();
        for (number, group) in found.groups.iter().enumerate() {
            for (index, file) in group.files.iter().enumerate() {
                if let Some((tag, text)) = question(group, file) {
                    questions.entry(tag).or_default().push(Question {
                        group: number,
                        file: index,
                        text,
                    });
                }
            }
        }
        questions.retain(|tag, _| self.interpreters.contains_key(tag));
        self.tally.begin(questions.values().map(Vec::len).sum());
        let mut untried = 0;
        for (tag, questions) in questions {
            let texts: Vec<Vec<u8>> = questions
                .iter()
                .map(|question| question.text.clone())
                .collect();
            let answers = self.errand(&self.interpreters[&tag]).run(&texts);
            for (question, answer) in questions.iter().zip(answers) {
                let judged = &mut found.groups[question.group].files[question.file].judged;
                *judged = judged.map(|judged| proven(judged, &answer));
                untried += usize::from(answer == Answer::Untried);
            }
        }
        untried
    }

    fn errand<'p>(&'p self, python: &'p Path) -> Errand<'p> {
        let (
            most,
            &Self {
                env, hurry, tally, ..
            },
        ) = (cores::count(), self);
        Errand {
            python,
            program: PROGRAM,
            args: &[],
            env,
            most,
            hurry,
            tally,
        }
    }
}

/// A file to prove, by its place in what was found.
struct Question {
    group: usize,
    file: usize,
    text: Vec<u8>,
}

/// Returns what to ask about a file, and the tag of whom to ask.
fn question(group: &Group, file: &Pyc) -> Option<(String, Vec<u8>)> {
    let is_believed = file.judged.is_some_and(Judged::is_believed);
    (is_believed && file.place == Place::Cache && file.writer == Writer::Import).then_some(())?;
    let name = names::parse(file.name.as_bytes())?;
    let level = match name.optimization {
        None => "0",
        Some(b"1") => "1",
        Some(b"2") => "2",
        Some(_) => return None,
    };
    let source = group.source.join(OsString::from(OsStr::from_bytes(
        &[name.module, b".py".as_slice()].concat(),
    )));
    let (source, cache) = (source.into_os_string(), group.path(file).into_os_string());
    let text = [
        source.as_bytes(),
        b"\0",
        cache.as_bytes(),
        b"\0",
        level.as_bytes(),
        b"\0",
    ]
    .concat();
    Some((String::from_utf8_lossy(name.tag).into_owned(), text))
}

/// Returns the verdict after a proof.
fn proven(judged: Judged, answer: &Answer) -> Judged {
    let verdict = match judged.verdict {
        Verdict::Suspect => Verdict::Fresh,
        other => other,
    };
    match answer {
        Answer::Said(line) if line == "same" => Judged::new(verdict, Reason::Proven),
        Answer::Said(line) if line == "other" && verdict == Verdict::Unchecked => {
            Judged::new(verdict, Reason::Code)
        }
        Answer::Said(line) if line == "other" => Judged::new(Verdict::Suspect, Reason::Code),
        Answer::Said(line) if line == "unreadable" => {
            Judged::new(Verdict::Corrupt, Reason::Unreadable)
        }
        Answer::Fatal => Judged::new(Verdict::Corrupt, Reason::Unreadable),
        Answer::Said(_) | Answer::Untried => judged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(verdict: Verdict, line: &str) -> Judged {
        proven(
            Judged::new(verdict, Reason::Plain),
            &Answer::Said(line.to_owned()),
        )
    }

    #[test]
    fn a_proof_takes_the_place_of_a_suspicion() {
        assert_eq!(
            after(Verdict::Suspect, "same"),
            Judged::new(Verdict::Fresh, Reason::Proven)
        );
        assert_eq!(
            after(Verdict::Suspect, "other"),
            Judged::new(Verdict::Suspect, Reason::Code)
        );
        assert_eq!(
            after(Verdict::Fresh, "other"),
            Judged::new(Verdict::Suspect, Reason::Code)
        );
        assert!(after(Verdict::Unchecked, "other").is_dangerous());
        assert!(!after(Verdict::Unchecked, "same").is_dangerous());
        assert_eq!(
            after(Verdict::Verified, "unreadable").verdict,
            Verdict::Corrupt
        );
        assert_eq!(
            after(Verdict::Suspect, "unreachable").verdict,
            Verdict::Suspect
        );
    }
}
