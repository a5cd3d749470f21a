//! Projects: where one begins, what its configuration says, which profile is meant, where its sources lie, whether
//! the user trusts it, and the plan that follows. Reads files through `host`, and writes only its own state.

pub(crate) mod brought;
pub(crate) mod config;
pub(crate) mod consent;
pub(crate) mod decode;
pub(crate) mod discovery;
pub(crate) mod dotenv;
pub(crate) mod elsewhere;
pub(crate) mod files;
pub(crate) mod find;
pub(crate) mod import;
pub(crate) mod inherited;
pub(crate) mod inputs;
mod keys;
mod known;
pub(crate) mod limits;
pub(crate) mod load;
pub(crate) mod manifests;
pub(crate) mod modules;
pub(crate) mod no_project;
mod outside;
pub(crate) mod plan;
pub(crate) mod profile;
pub(crate) mod schema;
pub(crate) mod select;
pub(crate) mod sources;
mod standing;
pub(crate) mod switch;
pub(crate) mod trust;
pub(crate) mod venv;

pub(crate) use known::Project;
