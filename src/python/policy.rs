//! The bytecode policies of a profile and the variables that go with them. What is done to files is
//! decided in `bytecode`.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::env::{Action, Operation, Origin};

/// Stops Python from writing bytecode. Set to `1` or unset, never to `0`: `CPython` reads `0` as
/// off, `PyPy` as on.
pub const DONT_WRITE: &str = "PYTHONDONTWRITEBYTECODE";

/// Moves every `__pycache__` to a tree of its own.
pub const PREFIX: &str = "PYTHONPYCACHEPREFIX";

/// How the names of directories begin that hold the prefix of a run with `--fresh` and nothing
/// else. What follows can't be guessed.
pub const FRESH: &str = "pydevenv-fresh-";

/// The prefix of such a run where no directory can be made: below something that is none, nothing
/// can be read or written.
pub const NOWHERE: &str = "/dev/null/pydevenv";

/// Returns whether a prefix is that of a run with `--fresh`.
pub fn is_fresh(prefix: &OsStr) -> bool {
    let directory = Path::new(prefix).parent().and_then(Path::file_name);
    prefix == NOWHERE
        || directory.is_some_and(|name| name.as_encoded_bytes().starts_with(FRESH.as_bytes()))
}

/// How a profile treats the bytecode of the project's own modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Python never writes; every existing file is checked by content.
    Verified,
    /// As `Verified`, but Python may write; what it wrote is armed before the next run.
    Checked,
    /// No bytecode of the project exists when a run starts.
    None,
    /// As `Verified`, in a tree of its own.
    Isolated,
    /// Python's own behaviour.
    Cached,
}

impl Policy {
    pub const ALL: [Self; 5] = [
        Self::Verified,
        Self::Checked,
        Self::None,
        Self::Isolated,
        Self::Cached,
    ];

    /// Returns the word for it in configuration and messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Checked => "checked",
            Self::None => "none",
            Self::Isolated => "isolated",
            Self::Cached => "cached",
        }
    }

    /// Returns the policy of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.word() == word)
    }

    /// Returns whether bytecode is kept that Python itself may not write.
    pub fn forbids_writing(self) -> bool {
        matches!(self, Self::Verified | Self::Isolated)
    }

    /// Returns whether pytest may not keep what it rewrites.
    pub fn forbids_pytest(self) -> bool {
        self.forbids_writing() || self == Self::None
    }

    /// Returns what the policy does to the environment. `Isolated` also needs a prefix, which
    /// depends on the project.
    pub fn operations(self, origin: &Origin) -> Vec<Operation> {
        let on = || Action::Set(OsString::from("1"));
        let operation = |name, action| Operation::new(name, action, origin.clone());
        match self {
            Self::Verified | Self::None | Self::Isolated => vec![operation(DONT_WRITE, on())],
            Self::Checked => vec![operation(DONT_WRITE, Action::Unset)],
            Self::Cached => vec![
                operation(DONT_WRITE, Action::Unset),
                operation(PREFIX, Action::Unset),
            ],
        }
    }
}
