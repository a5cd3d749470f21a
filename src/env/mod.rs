//! Environments as pure values: variables, operations on them, the patch between two of them and
//! its undo, and what a child inherits. No file, clock, process or print here.

pub mod list;
pub mod names;
pub mod operation;
pub mod overlay;
pub mod patch;
mod secret_names;
pub mod secrets;
pub mod session;
pub mod snapshot;
pub mod vars;

pub use operation::{Action, Operation, Origin};
pub use patch::Patch;
pub use snapshot::{Directories, Snapshot};
pub use vars::Env;
