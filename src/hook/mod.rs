//! What a shell at its prompt is given: from the environment that it has, the project that it
//! stands in and the little that it keeps for us, to a new environment and everything that must be
//! watched from now on. How that is written in the language of a shell is `shell`'s.

pub mod decide;
pub mod stamps;
pub mod state;
pub mod trace;
pub mod watch;
