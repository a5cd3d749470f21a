//! What is known of Python itself: the `.pyc` format, interpreters, environments, installed
//! distributions. Facts only; what to do about them is decided in `project` and `bytecode`. Nothing
//! of a project is ever executed.

pub mod environment;
pub mod imports;
pub mod installed;
pub mod interpreter;
pub mod launch;
pub mod library;
pub mod locate;
pub mod magic;
pub mod names;
pub mod policy;
pub mod pyc;
pub mod pytest;
pub mod specifiers;
pub mod startable;
pub mod stdlib;
