//! Why an edit does not take effect. From what was asked (a file, a module, a console script, a command line) to the
//! file that an import really loads, and from there to findings with their cures.
//!
//! Facts are read, and nothing of a project is executed: the interpreter is started with `-I -S` alone. What is found is
//! a value; the words are `report`'s.

pub(crate) mod context;
pub(crate) mod doctor;
mod facts;
pub(crate) mod finding;
pub(crate) mod judge;
pub(crate) mod line;
pub(crate) mod script;
pub(crate) mod stage;
pub(crate) mod subject;
pub(crate) mod target;
mod uv;
