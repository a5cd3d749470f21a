//! The caches inside a Python program, read from its sources: which function or variable keeps what
//! it once read from a file, how it keeps it, and who lets go of it again. Nothing is executed, and
//! nothing is judged: whether a kept value is old depends on who runs, which is not to be seen
//! here.

mod facts;
mod index;
mod keepers;
mod links;
mod parse;
mod reach;
mod sources;
mod spelled;
pub mod stored;

pub use index::Index;
pub use keepers::LIBRARY;
pub use reach::{How, Keeper};
pub use sources::Sources;

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
