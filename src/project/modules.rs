//! Where the modules of other projects of this machine lie, from which something is installed.

use std::path::PathBuf;

use super::sources::layout;
use super::sources::local::LocalProject;
use super::sources::reader::Reader;
use crate::python::installed::{self, Distribution};
use crate::values::manifest::MANIFEST;

/// Returns what was installed into directories of packages from directories of this machine.
pub fn local(sites: &[PathBuf]) -> Vec<Distribution> {
    let all = sites.iter().flat_map(|site| installed::distributions(site));
    all.filter(|distribution| distribution.local.is_some())
        .collect()
}

/// Returns the source roots of what was installed from local directories.
pub fn of_distributions(local: &[Distribution]) -> Vec<PathBuf> {
    let mut reader = Reader::default();
    let directories = local
        .iter()
        .filter_map(|distribution| distribution.local.as_ref())
        .map(|local| &local.directory);
    directories
        .flat_map(|directory| {
            let manifest = reader.toml(&directory.join(MANIFEST));
            let project = LocalProject {
                directory: directory.clone(),
                why: String::new(),
                manifest,
            };
            layout::roots(&project, &mut reader)
                .into_iter()
                .map(|(path, _)| path)
                .collect::<Vec<_>>()
        })
        .collect()
}
