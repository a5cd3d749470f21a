//! What can be found in a directory that has no configuration yet, for whoever is about to write
//! one. Nothing is trusted or acted on here.

use std::path::Path;

use super::find;
use super::manifests::Manifests;
use super::sources::reader::Reader;
use super::sources::{Root, Search};
use super::venv::{self, Venv, Wish};
use crate::env::{Env, Snapshot};
use crate::python::environment;
use crate::values::fault::Fault;

/// What can be found in a directory that has no configuration yet.
#[derive(Debug)]
pub struct Discovery {
    pub venv: Option<Venv>,
    pub roots: Vec<Root>,
}

impl Discovery {
    /// Looks.
    pub fn at(root: &Path, snapshot: &Snapshot, env: &Env) -> Result<Self, Fault> {
        let above = find::search_path(root, snapshot.dirs.home.as_deref());
        let venv = venv::find(&above, &Wish::Detect, env, &mut Manifests::default());
        let environment = venv.as_ref().and_then(|venv| environment::load(&venv.path));
        let search = Search {
            project: root,
            environment: environment.as_ref(),
        };
        Ok(Self {
            roots: search.run(&mut Reader::default())?,
            venv,
        })
    }
}
