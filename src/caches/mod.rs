//! Caches of a project that are no bytecode: what tools leave in its tree. Works on a scope that it is given.

pub(crate) mod debris;
pub(crate) mod erase;
pub(crate) mod leftovers;
