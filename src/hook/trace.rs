//! What the last turn of a shell was decided from, for a person who asks why the hook did what it
//! did. Nothing is decided by it.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use super::watch::Look;
use crate::host::{Memory, Stamp, files, stamp};
use crate::values::fields;

const FORMAT: &str = "pydevenv turn 1";
const KIND: &str = "turns";

/// The traces of so many shells are kept.
const MOST: usize = 200;

/// The last turn of a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub started_ns: i64,
    pub cwd: PathBuf,
    /// What was decided, in words.
    pub decided: String,
    /// Whether the shell watches what was seen; else its next prompt asks again.
    pub watched: bool,
    /// Each path with its state; nothing: there was none.
    pub seen: Vec<(PathBuf, Option<Vec<u8>>)>,
}

/// How an input stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    Unchanged,
    Absent,
    Changed,
    Appeared,
    Gone,
}

impl Trace {
    /// Returns the trace of a turn.
    pub fn of(look: &Look, cwd: PathBuf, decided: String, watched: bool) -> Self {
        let state = |(path, stamp): &(PathBuf, Option<Stamp>)| {
            (path.clone(), stamp.as_ref().map(Stamp::identity))
        };
        Self {
            started_ns: look.started_ns,
            cwd,
            decided,
            watched,
            seen: look.seen.iter().map(state).collect(),
        }
    }

    /// Keeps the trace for a shell.
    pub fn keep(&self, shell: &str, memory: &Memory) {
        if shell.bytes().all(|byte| byte.is_ascii_digit()) && !shell.is_empty() {
            if !memory.has(KIND, shell) {
                prune(memory);
            }
            memory.note(KIND, shell, &self.encode());
        }
    }

    /// Returns the trace of a shell.
    pub fn recall(shell: &str, memory: &Memory) -> Option<Self> {
        Self::decode(&memory.recall(KIND, shell)?)
    }

    /// Returns how each input stands now.
    pub fn now(&self) -> Vec<(&PathBuf, Now)> {
        let one = |(path, before): &'_ (PathBuf, Option<Vec<u8>>)| {
            let now = stamp::of(path).map(|stamp| stamp.identity());
            match (before, now) {
                (None, None) => Now::Absent,
                (None, Some(_)) => Now::Appeared,
                (Some(_), None) => Now::Gone,
                (Some(before), Some(now)) if *before == now => Now::Unchanged,
                (Some(_), Some(_)) => Now::Changed,
            }
        };
        self.seen
            .iter()
            .map(|input| (&input.0, one(input)))
            .collect()
    }

    fn encode(&self) -> Vec<u8> {
        let watched: &[u8] = if self.watched { b"watched" } else { b"" };
        let started = self.started_ns.to_string();
        let mut parts: Vec<&[u8]> = vec![
            started.as_bytes(),
            self.cwd.as_os_str().as_bytes(),
            self.decided.as_bytes(),
            watched,
        ];
        for (path, state) in &self.seen {
            parts.extend([
                path.as_os_str().as_bytes(),
                state.as_deref().unwrap_or_default(),
            ]);
        }
        fields::join(FORMAT, parts)
    }

    fn decode(file: &[u8]) -> Option<Self> {
        let path = |bytes: &[u8]| PathBuf::from(OsString::from_vec(bytes.to_vec()));
        let parts = fields::split(FORMAT, file)?;
        let [started, cwd, decided, watched, seen @ ..] = parts.as_slice() else {
            return None;
        };
        let state = |bytes: &[u8]| (!bytes.is_empty()).then(|| bytes.to_vec());
        Some(Self {
            started_ns: std::str::from_utf8(started).ok()?.parse().ok()?,
            cwd: path(cwd),
            decided: String::from_utf8_lossy(decided).into_owned(),
            watched: !watched.is_empty(),
            seen: seen
                .chunks_exact(2)
                .map(|pair| (path(pair[0]), state(pair[1])))
                .collect(),
        })
    }
}

fn prune(memory: &Memory) {
    let Some(directory) = memory.path(KIND, "") else {
        return;
    };
    let names = files::names(&directory);
    if names.len() > MOST {
        names
            .iter()
            .for_each(|name| drop(files::remove(&directory.join(name))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_is_the_inverse_of_encoding() {
        let seen = vec![
            (PathBuf::from("/a"), None),
            (PathBuf::from("/b\n"), Some(b"12".to_vec())),
        ];
        let trace = Trace {
            started_ns: 5,
            cwd: "/p".into(),
            decided: "dev".into(),
            watched: true,
            seen,
        };
        assert_eq!(Trace::decode(&trace.encode()), Some(trace));
        assert_eq!(Trace::decode(b"other"), None);
    }
}
