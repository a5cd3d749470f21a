//! When a command is started again: what the sources and inputs of a project look like, when a
//! change of them has come to rest, and what becomes of the command then. Decides and carries out;
//! what a plan is, and which words are said, is for others.

mod ending;
pub mod look;
pub mod machine;
pub mod settle;
pub mod stage;
pub mod watcher;
