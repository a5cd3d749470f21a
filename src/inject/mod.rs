//! Edits of files that are not ours: what a target wants there, and the one engine that puts it in, sees whether it is
//! still there, and takes it out again. A target describes, from facts, what each file should hold; the engine turns
//! that and the file's bytes into an `Edit`, a plain value; `host` writes it. Which project, profile and trust there is
//! was decided before.

pub(crate) mod block;
pub(crate) mod diff;
pub(crate) mod edit;
pub(crate) mod engine;
pub(crate) mod jsonc;
pub(crate) mod portable;
pub(crate) mod proposal;
pub(crate) mod record;
pub(crate) mod settings;
pub(crate) mod targets;
pub(crate) mod text;

pub(crate) use edit::Edit;
pub(crate) use proposal::{Facts, Proposal, Wish};
