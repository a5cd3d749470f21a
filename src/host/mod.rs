//! The machine: files, directories, processes, locks, the clock. The only module that may touch
//! them, and one that decides nothing: where an `if` is about what should happen, it belongs to a
//! layer above.

pub mod alone;
pub mod clock;
pub mod cores;
pub mod directory;
pub mod ears;
pub mod files;
pub mod job;
pub mod kin;
pub mod lock;
pub mod machine;
pub mod memory;
pub mod mounts;
pub mod output;
pub mod processes;
pub mod programs;
pub mod random;
pub mod signals;
pub mod spawn;
pub mod stamp;
pub mod tally;
pub mod terminal;
pub mod tree;
pub mod vigil;
pub mod walk;

pub use directory::Directory;
pub use memory::Memory;
pub use stamp::{Kind, Stamp};
pub use tally::Tally;
pub use tree::Tree;
