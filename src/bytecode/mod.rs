//! The project's bytecode: what is there, what of it Python would believe too easily, and how it is armed, removed
//! or filled. Works on a scope that it is given; which scope and which policy is decided in `project`.

pub(crate) mod apart;
pub(crate) mod arm;
pub(crate) mod census;
mod errand;
pub(crate) mod fill;
pub(crate) mod guests;
pub(crate) mod ignore;
pub(crate) mod ledger;
pub(crate) mod prefix;
pub(crate) mod preview;
pub(crate) mod promise;
pub(crate) mod proof;
pub(crate) mod repair;
pub(crate) mod rewriter;
pub(crate) mod scope;
mod seeds;
mod spellings;
pub(crate) mod survey;
pub(crate) mod sweep;
pub(crate) mod territory;
pub(crate) mod tracked;
pub(crate) mod verdict;
pub(crate) mod warm;
