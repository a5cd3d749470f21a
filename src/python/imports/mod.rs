//! How an interpreter finds a module: along which directories, in which order, by which of the
//! files that could be it. The rules are Python's own, followed without executing anything: what
//! can't be followed is said.

mod archive;
mod hooks;
mod pth;
mod resolve;
mod search;

pub use archive::{bytecode_beside, crc_of, has_bytecode};
pub use hooks::Rule;
pub use pth::{Manner, added_paths};
pub use resolve::{Found, Kind, Module, Via, is_same};
pub use search::{Because, Search, Start};
