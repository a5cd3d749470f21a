//! Which files of a project are ours to look at, and which of them to change: where its modules lie, whose tree is
//! whose, what a person has us pass over, and what git tracks.

pub mod ignore;
pub mod scope;
pub mod territory;
pub mod tracked;
