//! The machine: files, directories, processes, locks, the clock. The only module that may touch them, and one that
//! decides nothing: where an `if` is about what should happen, it belongs to a layer above.

pub(crate) mod clock;
pub(crate) mod cores;
pub(crate) mod directory;
pub(crate) mod ears;
pub(crate) mod files;
pub(crate) mod job;
pub(crate) mod kin;
pub(crate) mod lock;
pub(crate) mod machine;
pub(crate) mod memory;
pub(crate) mod mounts;
pub(crate) mod output;
pub(crate) mod processes;
pub(crate) mod programs;
pub(crate) mod random;
pub(crate) mod signals;
pub(crate) mod spawn;
pub(crate) mod stamp;
pub(crate) mod tally;
pub(crate) mod terminal;
pub(crate) mod tree;
pub(crate) mod vigil;
pub(crate) mod walk;

pub(crate) use directory::Directory;
pub(crate) use memory::Memory;
pub(crate) use stamp::{Kind, Stamp};
pub(crate) use tally::Tally;
pub(crate) use tree::Tree;
