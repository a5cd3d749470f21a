//! What every room may use: values and pure functions on them. Asks neither the machine nor another room.

pub mod digest;
pub mod document;
pub mod fault;
pub mod fields;
pub mod finding;
pub mod manifest;
pub mod paths;
pub mod user;
