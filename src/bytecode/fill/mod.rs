//! The fill: bytecode that is checked by content, made ahead through the project's own interpreter
//! by a detached process, so that a run in development imports as fast as one in production. A run
//! is right without it. It can be killed at any moment: every file appears whole, through a rename,
//! and carries the hash of what was compiled.

pub mod compiler;
pub mod holder;
pub mod packages;
pub mod request;
pub mod start;
pub mod work;

pub use request::Request;
