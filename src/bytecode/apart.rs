//! Which prefix it took to keep a promise the last time, so that a shell can be told of it without
//! looking at the trees. Whether it is still right is seen when the promise is kept again, in the
//! background.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::host::Memory;
use crate::values::fields;

const FORMAT: &str = "pydevenv apart 1";
const KIND: &str = "apart";

/// Where bytecode of the project's own had to lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// Where Python puts it.
    InTree,
    /// In a prefix of our own.
    Apart(PathBuf),
}

impl Where {
    /// Returns the prefix that a command must be given.
    pub fn prefix(self) -> Option<PathBuf> {
        match self {
            Self::InTree => None,
            Self::Apart(prefix) => Some(prefix),
        }
    }
}

/// Where it is remembered for one project, policy and prefix of the caller's.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    pub(super) memory: &'a Memory,
    pub(super) key: String,
}

impl Place<'_> {
    /// Returns the file, whose change a shell can watch.
    pub fn path(&self) -> Option<PathBuf> {
        self.memory.path(KIND, &self.key)
    }

    /// Returns where it lay; nothing where the promise was never kept.
    pub fn recall(&self) -> Option<Where> {
        let file = self.memory.recall(KIND, &self.key)?;
        let prefix = *fields::split(FORMAT, &file)?.first()?;
        let apart = || Where::Apart(PathBuf::from(OsString::from_vec(prefix.to_vec())));
        Some(if prefix.is_empty() {
            Where::InTree
        } else {
            apart()
        })
    }

    pub(super) fn remember(&self, prefix: Option<&Path>) {
        let now = prefix.map_or(Where::InTree, |prefix| Where::Apart(prefix.to_owned()));
        if self.recall() != Some(now) {
            let field = prefix.unwrap_or(Path::new("")).as_os_str().as_bytes();
            self.memory
                .keep(KIND, &self.key, &fields::join(FORMAT, [field]));
        }
    }
}
