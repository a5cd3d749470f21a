//! Places in a JSON file: the steps that lead to a value, the lines and their indentation, and what
//! is wrong where.

use std::path::Path;

use crate::values::fault::{Excerpt, Fault, Place};

/// A step from a value to one inside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Key(String),
    Index(usize),
}

impl Step {
    pub fn key(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

/// Words a path.
pub fn shown(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Key(key) if out.is_empty() => out.push_str(key),
            Step::Key(key) => out.push_str(&format!(".{key}")),
            Step::Index(index) => out.push_str(&format!("[{index}]")),
        }
    }
    out
}

/// What is wrong with a piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    start: usize,
    end: usize,
    what: String,
}

impl Problem {
    pub fn new(start: usize, end: usize, what: impl Into<String>) -> Self {
        Self {
            start,
            end,
            what: what.into(),
        }
    }

    /// Returns the fault of a file that has this text.
    pub fn fault(&self, file: &Path, text: &str) -> Fault {
        let start = self.start.min(text.len());
        let place = place(file, text, start);
        let line = text
            .lines()
            .nth(place.line - 1)
            .unwrap_or_default()
            .to_owned();
        let piece = text
            .get(start..self.end.min(text.len()))
            .unwrap_or_default();
        let width = piece
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            .max(1);
        Fault::new(self.what.clone()).at(place, Some(Excerpt { text: line, width }))
    }
}

/// Returns the place of an offset, counted from 1 in characters.
pub fn place(file: &Path, text: &str, offset: usize) -> Place {
    let before = &text[..offset];
    let line_start = line_start(text, offset);
    Place {
        file: file.to_owned(),
        line: before.matches('\n').count() + 1,
        column: text[line_start..offset].chars().count() + 1,
    }
}

/// Returns where the line of an offset begins.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |at| at + 1)
}

/// Returns the blanks that the line of an offset begins with.
pub(super) fn indentation(text: &str, offset: usize) -> &str {
    let line = &text[line_start(text, offset)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Returns whether nothing but blanks stands in front of an offset on its line.
pub(super) fn is_first_on_line(text: &str, offset: usize) -> bool {
    text[line_start(text, offset)..offset]
        .trim_matches([' ', '\t'])
        .is_empty()
}

/// Returns how a text ends its lines.
pub fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}
