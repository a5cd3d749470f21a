//! Projects: where one begins, what its configuration says, which profile is meant, where its
//! sources lie, whether the user trusts it, and the plan that follows. Reads files through `host`,
//! and writes only its own state.

pub mod brought;
pub mod config;
pub mod consent;
pub mod decode;
pub mod discovery;
pub mod dotenv;
pub mod elsewhere;
pub mod files;
pub mod find;
pub mod import;
pub mod inherited;
pub mod inputs;
mod keys;
mod known;
pub mod limits;
pub mod load;
pub mod manifests;
pub mod modules;
pub mod no_project;
mod outside;
pub mod plan;
pub mod profile;
pub mod schema;
pub mod select;
pub mod sources;
mod standing;
pub mod switch;
pub mod trust;
pub mod venv;

pub use known::Project;
