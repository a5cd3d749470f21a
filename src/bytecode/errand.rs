//! Gives an interpreter a list of things to do and hears one line about each. It is started with
//! `-I -S -B`, so that nothing of a project is executed. An item that kills the interpreter does
//! not stop the others. What the lines mean is the caller's.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use crate::env::Env;
use crate::host::spawn::{self, Answers, Program};
use crate::host::{Tally, cores};
use crate::python::startable::bare;

/// Below so many items for each, a second interpreter costs more to start than it brings.
const WORTH_A_PROCESS: usize = 24;

/// An interpreter that works on one item for longer than this is taken to hang.
const PATIENCE: Duration = Duration::from_mins(1);

/// The same where somebody waits, who has waited for other things already.
const SHORT_PATIENCE: Duration = Duration::from_secs(3);

/// A program in Python that answers every item of its input with a line.
#[derive(Clone, Copy, Debug)]
pub struct Errand<'a> {
    pub python: &'a Path,
    pub program: &'a str,
    pub args: &'a [OsString],
    pub env: &'a Env,
    /// How many interpreters may work side by side.
    pub most: usize,
    /// Whether somebody waits: an interpreter that hangs is not given another chance.
    pub hurry: bool,
    /// Counts the answers.
    pub tally: &'a Tally,
}

/// What was heard about an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Said(String),
    /// The interpreter died of it, twice.
    Fatal,
    /// The interpreter does not work.
    Untried,
}

impl Errand<'_> {
    /// Has every item done; returns an answer for each, in order.
    pub fn run(&self, items: &[Vec<u8>]) -> Vec<Answer> {
        let number = (items.len() / WORTH_A_PROCESS).clamp(1, self.most.max(1));
        // Dealt out by turns: neighbours in a tree are alike in size.
        let shares: Vec<Vec<&[u8]>> = (0..number)
            .map(|first| {
                items
                    .iter()
                    .skip(first)
                    .step_by(number)
                    .map(Vec::as_slice)
                    .collect()
            })
            .collect();
        let mut answers: Vec<_> = cores::spread(&shares, 1, |share| self.share(share).into_iter());
        (0..items.len())
            .map(|index| answers[index % number].next().unwrap_or(Answer::Untried))
            .collect()
    }

    fn share(&self, items: &[&[u8]]) -> Vec<Answer> {
        let mut answers = Vec::new();
        while answers.len() < items.len() {
            let rest = &items[answers.len()..];
            let said = self.attempt(rest);
            let ended_at = said.lines.len();
            answers.extend(said.lines.into_iter().map(Answer::Said));
            if said.hangs && self.hurry {
                break;
            }
            if ended_at < rest.len() {
                match self.attempt(&rest[ended_at..=ended_at]).lines.pop() {
                    Some(line) => answers.push(Answer::Said(line)),
                    None if self.works() => answers.push(Answer::Fatal),
                    None => break,
                }
            }
        }
        answers.resize(items.len(), Answer::Untried);
        answers
    }

    /// Returns whether the interpreter can be started at all.
    fn works(&self) -> bool {
        let args = ["-I", "-S", "-c", "print('works')"].map(OsString::from);
        !spawn::converse(&self.command(&args), b"", self.patience(), || {})
            .lines
            .is_empty()
    }

    /// Returns the answers up to the item at which the interpreter ended.
    fn attempt(&self, items: &[&[u8]]) -> Answers {
        let head = ["-I", "-S", "-B", "-c", self.program].map(OsString::from);
        let args: Vec<OsString> = head.iter().chain(self.args).cloned().collect();
        let mut answers = spawn::converse(
            &self.command(&args),
            &items.concat(),
            self.patience(),
            || self.tally.add(1),
        );
        answers.lines.truncate(items.len());
        answers
    }

    fn patience(&self) -> Duration {
        if self.hurry { SHORT_PATIENCE } else { PATIENCE }
    }

    fn command<'p>(&'p self, args: &'p [OsString]) -> Program<'p> {
        Program::new(self.python, args, bare(self.env))
    }
}
