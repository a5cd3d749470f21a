//! Edits of files that are not ours: what a target wants there, and the one engine that puts it in,
//! sees whether it is still there, and takes it out again. A target describes, from facts, what
//! each file should hold; the engine turns that and the file's bytes into an `Edit`, a plain value;
//! `host` writes it. Which project, profile and trust there is was decided before.

pub mod block;
pub mod diff;
pub mod edit;
pub mod engine;
pub mod jsonc;
pub mod portable;
pub mod proposal;
pub mod record;
pub mod settings;
pub mod targets;
pub mod text;

pub use edit::Edit;
pub use proposal::{Facts, Proposal, Wish};
