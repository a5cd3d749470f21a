//! Files that a person names by a pattern: those of a project whose path in it matches.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::leftovers::{Leftover, Rule};
use crate::host::directory::Listing;
use crate::host::{Directory, Kind};
use crate::tree::scope;
use crate::values::fault::Fault;

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// Finds what matches.
#[derive(Debug)]
pub struct Erase<'a> {
    patterns: Vec<Pattern>,
    trees: &'a [PathBuf],
}

impl<'a> Erase<'a> {
    /// Reads the patterns.
    pub fn new(patterns: &[String], trees: &'a [PathBuf]) -> Result<Self, Fault> {
        let read = |text: &String| {
            Pattern::new(text)
                .map_err(|error| Fault::new(format!("`{text}` is no pattern: {}", error.msg)))
        };
        Ok(Self {
            patterns: patterns.iter().map(read).collect::<Result<_, _>>()?,
            trees,
        })
    }

    fn matches(&self, directory: &Path, name: &OsStr) -> bool {
        let path = directory.join(name);
        let mut below = self
            .trees
            .iter()
            .filter_map(|tree| path.strip_prefix(tree).ok());
        below.any(|path| {
            self.patterns
                .iter()
                .any(|pattern| pattern.matches_path_with(path, OPTIONS))
        })
    }
}

impl Rule for Erase<'_> {
    fn pick(&self, directory: &Directory, listing: &Listing) -> Vec<Leftover> {
        // Of a worktree, `.git` is a file.
        let files = listing
            .iter()
            .filter(|entry| !scope::is_of_repository(entry.name));
        let files = files.filter(|entry| matches!(entry.kind, Kind::File | Kind::Link));
        let own = files.filter(|entry| self.matches(&directory.path, entry.name));
        own.map(|entry| Leftover::of(directory, entry.name, entry.kind))
            .collect()
    }
}
