//! What git says of a repository, and what its files say without it. Nothing of the repository runs, and nothing is
//! fetched.

pub(crate) mod index;
