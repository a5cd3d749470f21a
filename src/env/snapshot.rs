//! Everything that a command may know of its surroundings, taken once by `main` and handed down as a value. No
//! other module asks the machine who or where we are.

use std::ffi::OsString;
use std::path::PathBuf;

use super::vars::Env;
use crate::fault::Fault;

/// Our own directories, and the user's home. Nothing where the user has no home.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directories {
    pub(crate) home: Option<PathBuf>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) cache: Option<PathBuf>,
    pub(crate) state: Option<PathBuf>,
    /// Why there is no cache or no state, where somebody else could change what is there.
    pub(crate) refused: Vec<Fault>,
}

/// Who runs the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// What `main` saw when the program started.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) args: Vec<OsString>,
    pub(crate) env: Env,
    /// The working directory as the user spells it, links and all.
    pub(crate) cwd: PathBuf,
    /// This program, to start it again.
    pub(crate) exe: PathBuf,
    pub(crate) dirs: Directories,
    pub(crate) user: User,
    /// The process that started this one: the shell, where a person typed the command.
    pub(crate) parent: u32,
    /// Whether we are process 1, which inherits every orphan.
    pub(crate) first_process: bool,
}
