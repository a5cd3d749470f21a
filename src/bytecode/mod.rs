//! The project's bytecode: what is there, what of it Python would believe too easily, and how it is
//! armed, removed or filled. Works on a scope that it is given; which scope and which policy is
//! decided in `project`.

pub mod apart;
pub mod arm;
pub mod census;
mod errand;
pub mod fill;
pub mod guests;
pub mod ledger;
pub mod prefix;
pub mod preview;
pub mod promise;
pub mod proof;
pub mod repair;
pub mod rewriter;
mod seeds;
mod spellings;
pub mod survey;
pub mod sweep;
pub mod verdict;
pub mod warm;
