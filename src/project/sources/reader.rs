//! The only eyes of the detection: everything that is read, listed or looked up for it goes through
//! here, and is noted with the state that it was in, so that the result can be remembered for as
//! long as nothing of it changes. Judges nothing of what it sees.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::host::{clock, files, stamp};
use crate::project::limits;
use crate::values::document::{self, Node, Site};
use crate::values::fault::Fault;
use crate::values::manifest::CONFIGURATION;

/// A pattern with `**` is not followed further down than this.
const DEEPEST: usize = 6;

/// Directories that no pattern with `**` enters.
const PASSED_OVER: [&str; 2] = ["node_modules", "site-packages"];

/// The state of something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Absent,
    /// It is there; its content was not looked at.
    Present,
    Exactly(Vec<u8>),
    /// With its links resolved it is this path; nothing: it leads nowhere.
    LeadsTo(Option<PathBuf>),
}

/// Notes everything that it sees. What it looks at belongs to whoever wrote the manifests, so that
/// there is an end to it: beyond that it sees nothing more, and says so.
#[derive(Debug, Default)]
pub struct Reader {
    inputs: Vec<(PathBuf, State)>,
    known: HashSet<(PathBuf, State)>,
    resolved: HashMap<PathBuf, Option<PathBuf>>,
    /// How many directories were listed for patterns.
    listed: usize,
    /// Why it sees nothing more.
    end: Option<Fault>,
    /// Whether something changed so recently that its state may hide another change.
    unsettled: bool,
}

impl Reader {
    /// Returns what was seen; nothing where it is too young to be remembered.
    pub fn inputs(&self) -> Option<&[(PathBuf, State)]> {
        (!self.unsettled).then_some(&self.inputs)
    }

    /// Returns why it saw no more, where it did not.
    pub fn end(&self) -> Result<(), Fault> {
        self.end.clone().map_or(Ok(()), Err)
    }

    /// Looks at nothing more, for this reason; the first is the one that counts.
    pub fn stop(&mut self, fault: Fault) {
        self.end.get_or_insert(fault);
    }

    fn note(&mut self, path: &Path, state: State) {
        if self.end.is_some() {
            return;
        }
        let input = (path.to_owned(), state);
        if self.known.insert(input.clone()) {
            self.inputs.push(input);
        }
        if self.inputs.len() > limits::LOOKS {
            let what = format!(
                "the search for source roots leads to {}",
                limits::beyond(limits::LOOKS, "files")
            );
            self.stop(
                Fault::new(what).hint(format!("list them as `sources` in `{CONFIGURATION}`")),
            );
        }
    }

    fn note_content(&mut self, path: &Path) {
        let stamp = stamp::of(path);
        self.unsettled |= stamp.is_some_and(|stamp| !stamp.is_calm(clock::now_ns()));
        self.note(
            path,
            stamp.map_or(State::Absent, |stamp| State::Exactly(stamp.identity())),
        );
    }

    /// Reads a file as text.
    pub fn text(&mut self, path: &Path) -> Option<String> {
        if self.end.is_some() {
            return None;
        }
        self.note_content(path);
        files::small_text(path)
    }

    /// Reads a TOML file; one that can't be parsed is somebody else's to complain about.
    pub fn toml(&mut self, path: &Path) -> Option<Node> {
        document::parse(path, self.text(path)?).ok()
    }

    /// Returns the names in a directory.
    pub fn names(&mut self, path: &Path) -> Vec<OsString> {
        if self.end.is_some() {
            return Vec::new();
        }
        self.note_content(path);
        files::names(path)
    }

    /// Returns whether there is a file.
    pub fn is_file(&mut self, path: &Path) -> bool {
        let is = self.end.is_none() && stamp::is_file(path);
        self.note(path, if is { State::Present } else { State::Absent });
        is
    }

    /// Returns whether there is a directory.
    pub fn is_directory(&mut self, path: &Path) -> bool {
        let is = self.end.is_none() && stamp::is_directory(path);
        self.note(path, if is { State::Present } else { State::Absent });
        is
    }

    /// Returns where a path really leads.
    pub fn canonical(&mut self, path: &Path) -> Option<PathBuf> {
        if let Some(resolved) = self.resolved.get(path) {
            return resolved.clone();
        }
        let resolved = if self.end.is_none() {
            files::canonical(path)
        } else {
            None
        };
        self.note(path, State::LeadsTo(resolved.clone()));
        self.resolved.insert(path.to_owned(), resolved.clone());
        resolved
    }

    /// Returns the directories below a root that match a pattern with `*`, `**`, `?` and `[…]`,
    /// each once; none above it.
    pub fn matching(&mut self, root: &Path, pattern: &Node) -> Vec<PathBuf> {
        let mut found = BTreeSet::from([root.to_owned()]);
        let text = pattern.text().unwrap_or_default();
        let mut parts: Vec<&str> = text
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .collect();
        parts.dedup_by(|part, before| *part == "**" && *before == "**");
        for part in parts {
            if self.end.is_some() {
                return Vec::new();
            }
            found = match part {
                ".." => BTreeSet::new(),
                "**" => found
                    .iter()
                    .flat_map(|directory| self.all_below(directory, DEEPEST, &pattern.site))
                    .collect(),
                _ => found
                    .iter()
                    .flat_map(|directory| self.named(directory, part, &pattern.site))
                    .collect(),
            };
        }
        found.into_iter().collect()
    }

    fn named(&mut self, directory: &Path, pattern: &str, site: &Site) -> Vec<PathBuf> {
        if self.end.is_some() {
            return Vec::new();
        }
        self.listed += 1;
        if self.listed > limits::LISTED {
            let what = format!(
                "`members` leads through {}",
                limits::beyond(limits::LISTED, "directories")
            );
            self.stop(site.fault(what));
            return Vec::new();
        }
        let options = glob::MatchOptions {
            require_literal_leading_dot: true,
            ..glob::MatchOptions::new()
        };
        let Ok(pattern) = glob::Pattern::new(pattern) else {
            return Vec::new();
        };
        let names = self.names(directory);
        let matching = names.iter().filter(|name| {
            name.to_str()
                .is_some_and(|name| pattern.matches_with(name, options))
        });
        let paths: Vec<PathBuf> = matching.map(|name| directory.join(name)).collect();
        paths
            .into_iter()
            .filter(|path| self.is_directory(path))
            .collect()
    }

    fn all_below(&mut self, directory: &Path, depth: usize, site: &Site) -> Vec<PathBuf> {
        let mut out = vec![directory.to_owned()];
        if depth > 0 {
            let own = |path: &PathBuf| !PASSED_OVER.iter().any(|name| path.ends_with(name));
            let below: Vec<PathBuf> = self
                .named(directory, "*", site)
                .into_iter()
                .filter(own)
                .collect();
            out.extend(
                below
                    .iter()
                    .flat_map(|directory| self.all_below(directory, depth - 1, site)),
            );
        }
        out
    }
}

/// Returns whether something is still in the state that was noted.
pub fn is_unchanged(path: &Path, state: &State) -> bool {
    match state {
        State::LeadsTo(resolved) => files::canonical(path) == *resolved,
        State::Absent => stamp::of(path).is_none(),
        State::Present => stamp::of(path).is_some(),
        State::Exactly(before) => stamp::of(path).is_some_and(|now| now.identity() == *before),
    }
}

/// Writes a state as bytes.
pub fn encode(state: &State) -> Vec<u8> {
    match state {
        State::Absent => b"absent".to_vec(),
        State::Present => b"present".to_vec(),
        State::Exactly(identity) => [b"=", identity.as_slice()].concat(),
        State::LeadsTo(path) => [
            b">",
            path.as_deref()
                .unwrap_or(Path::new(""))
                .as_os_str()
                .as_bytes(),
        ]
        .concat(),
    }
}

/// Reads a state that `encode` wrote.
pub fn decode(bytes: &[u8]) -> Option<State> {
    match bytes {
        b"absent" => Some(State::Absent),
        b"present" => Some(State::Present),
        [b'=', identity @ ..] => Some(State::Exactly(identity.to_vec())),
        [b'>'] => Some(State::LeadsTo(None)),
        [b'>', path @ ..] => Some(State::LeadsTo(Some(
            Path::new(std::ffi::OsStr::from_bytes(path)).to_owned(),
        ))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_as_they_were_written() {
        let leads = |path: Option<&str>| State::LeadsTo(path.map(PathBuf::from));
        let states = [
            State::Absent,
            State::Present,
            State::Exactly(b"x".to_vec()),
            leads(None),
            leads(Some("/a")),
        ];
        for state in states {
            assert_eq!(decode(&encode(&state)), Some(state));
        }
        assert_eq!(decode(b"?"), None);
    }
}
