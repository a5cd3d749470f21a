//! Caches of a project that are no bytecode: what tools leave in its tree. Works on a scope that it
//! is given.

pub mod debris;
pub mod erase;
pub mod leftovers;
