//! What is known of Python itself: the `.pyc` format, interpreters, environments, installed distributions. Facts
//! only; what to do about them is decided in `project` and `bytecode`. Nothing of a project is ever executed.

pub(crate) mod environment;
pub(crate) mod imports;
pub(crate) mod installed;
pub(crate) mod interpreter;
pub(crate) mod launch;
pub(crate) mod library;
pub(crate) mod locate;
pub(crate) mod magic;
pub(crate) mod names;
pub(crate) mod policy;
pub(crate) mod pyc;
pub(crate) mod pytest;
pub(crate) mod specifiers;
pub(crate) mod startable;
pub(crate) mod stdlib;
