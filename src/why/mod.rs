//! Why an edit does not take effect. From what was asked (a file, a module, a console script, a
//! command line) to the file that an import really loads, and from there to findings with their
//! cures.
//!
//! Facts are read, and nothing of a project is executed: the interpreter is started with `-I -S`
//! alone. What is found is a value; the words are `report`'s.

pub mod context;
pub mod doctor;
mod facts;
pub mod finding;
pub mod judge;
pub mod line;
pub mod script;
pub mod stage;
pub mod subject;
pub mod target;
mod uv;
