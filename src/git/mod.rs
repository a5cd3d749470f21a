//! What git says, asked so that no hook or setting of the repository runs and nothing is fetched:
//! one call in one place, about a repository that is the user's, with a git that does not lie in
//! it. What is in files, files say.

pub mod answers;
mod ask;
mod costly;
mod dot_git;
pub mod glance;
pub mod index;
mod program;
mod repository;
mod unlist;
pub mod worktree;

pub use ask::Asker;
pub use repository::Repository;
