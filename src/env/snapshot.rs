//! Everything that a command may know of its surroundings, taken once by `main` and handed down as
//! a value. No other module asks the machine who or where we are.

use std::ffi::OsString;
use std::path::PathBuf;

use super::vars::Env;
use crate::values::fault::Fault;
use crate::values::user::User;

/// Our own directories, and the user's home. Nothing where the user has no home.
#[derive(Clone, Debug, Default)]
pub struct Directories {
    pub home: Option<PathBuf>,
    pub config: Option<PathBuf>,
    pub cache: Option<PathBuf>,
    pub state: Option<PathBuf>,
    /// Why there is no cache or no state, where somebody else could change what is there.
    pub refused: Vec<Fault>,
}

/// What `main` saw when the program started.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub args: Vec<OsString>,
    pub env: Env,
    /// The working directory as the user spells it, links and all.
    pub cwd: PathBuf,
    /// This program, to start it again.
    pub exe: PathBuf,
    pub dirs: Directories,
    pub user: User,
    /// The process that started this one: the shell, where a person typed the command.
    pub parent: u32,
    /// Whether we are process 1, which inherits every orphan.
    pub first_process: bool,
}
