//! Reads manifests and directories for the detection, and notes what was read in which state, so that the result can
//! be remembered for as long as nothing of it changes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::document::{self, Node};
use crate::host::{clock, files, stamp};

/// The state of something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Absent,
    /// It is there; its content was not looked at.
    Present,
    Exactly(Vec<u8>),
}

/// Notes everything that it reads.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    inputs: BTreeMap<PathBuf, State>,
    /// Whether something changed so recently that its state may hide another change.
    unsettled: bool,
}

impl Reader {
    /// Returns what was read; nothing where it is too young to be remembered.
    pub(crate) fn inputs(&self) -> Option<&BTreeMap<PathBuf, State>> {
        (!self.unsettled).then_some(&self.inputs)
    }

    fn note(&mut self, path: &Path) {
        let stamp = stamp::of(path);
        self.unsettled |= stamp.is_some_and(|stamp| stamp.ctime_ns >= clock::now_ns() - clock::TICK_NS);
        let state = stamp.map_or(State::Absent, |stamp| State::Exactly(stamp.identity()));
        self.inputs.insert(path.to_owned(), state);
    }

    /// Reads a file as text.
    pub(crate) fn text(&mut self, path: &Path) -> Option<String> {
        self.note(path);
        files::text(path)
    }

    /// Reads a TOML file; one that can't be parsed is somebody else's to complain about.
    pub(crate) fn toml(&mut self, path: &Path) -> Option<Node> {
        document::parse(path, self.text(path)?).ok()
    }

    /// Returns the names in a directory.
    pub(crate) fn names(&mut self, path: &Path) -> Vec<OsString> {
        self.note(path);
        files::names(path)
    }

    /// Returns whether there is a file.
    pub(crate) fn is_file(&mut self, path: &Path) -> bool {
        let is = stamp::is_file(path);
        let state = if is { State::Present } else { State::Absent };
        self.inputs.entry(path.to_owned()).or_insert(state);
        is
    }
}

/// Returns whether something is still in the state that was noted.
pub(crate) fn is_unchanged(path: &Path, state: &State) -> bool {
    match (stamp::of(path), state) {
        (None, State::Absent) | (Some(_), State::Present) => true,
        (Some(now), State::Exactly(before)) => now.identity() == *before,
        _ => false,
    }
}
