//! Environments as pure values: variables, operations on them, the patch between two of them and its undo, and what
//! a child inherits. No file, clock, process or print here.

pub(crate) mod list;
pub(crate) mod names;
pub(crate) mod operation;
pub(crate) mod overlay;
pub(crate) mod patch;
mod secret_names;
pub(crate) mod secrets;
pub(crate) mod session;
pub(crate) mod snapshot;
pub(crate) mod vars;

pub(crate) use operation::{Action, Operation, Origin};
pub(crate) use patch::Patch;
pub(crate) use snapshot::{Directories, Snapshot, User};
pub(crate) use vars::Env;
