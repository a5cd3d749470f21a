//! What a shell watches at the prompt: variables, files that must stay as they are, and paths at
//! which nothing may appear. How a file's state is written down depends on what the shell can see
//! without starting a program.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// What a shell sees of a file by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eye {
    /// Whether it is older or newer than another file.
    Stamp { whole_seconds: bool },
    /// When its state was last changed.
    Change { whole_seconds: bool },
    /// When it was last written.
    Write,
    /// What is in it.
    Content,
}

/// What a decision was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    pub cwd: PathBuf,
    pub variables: Vec<(String, Option<OsString>)>,
    pub present: Vec<Present>,
    pub absent: Vec<PathBuf>,
}

impl Watch {
    /// Returns the working directory and the values of the variables in one text, each after a `|`.
    pub(super) fn surroundings(&self) -> Vec<u8> {
        let values = self
            .variables
            .iter()
            .map(|(_, value)| value.as_deref().map(bytes).unwrap_or_default());
        std::iter::once(bytes(&self.cwd))
            .chain(values)
            .collect::<Vec<_>>()
            .join(b"|".as_slice())
    }
}

/// A file and the state in which it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    pub path: PathBuf,
    pub mark: Mark,
}

/// The state of a file, as a shell can compare it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A file that was written at the same time.
    Stamp(PathBuf),
    /// The time at which its state changed, in nanoseconds since 1970.
    Changed(i64),
    /// The time at which it was written, in nanoseconds since 1970.
    Written(i64),
    Content(Vec<u8>),
    /// Nothing but that something is there: a directory, where only what is in a file can be
    /// compared.
    There,
}

/// Returns a path or a value as bytes.
pub(super) fn bytes<T: AsRef<OsStr> + ?Sized>(value: &T) -> &[u8] {
    value.as_ref().as_bytes()
}
