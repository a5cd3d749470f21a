//! The `pyproject.toml` of a directory, read once for all the rules of the search. Keeps nothing
//! beyond one call.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::host::files;
use crate::values::document::{self, Node};
use crate::values::manifest::{self, MANIFEST};

/// A manifest that was read.
#[derive(Debug)]
pub struct Manifest {
    /// Nothing where it can't be parsed.
    pub node: Option<Node>,
    pub is_configuration: bool,
}

/// The manifests that were read so far.
#[derive(Debug, Default)]
pub struct Manifests(BTreeMap<PathBuf, Option<Manifest>>);

impl Manifests {
    /// Returns the manifest in a directory, where there is one.
    pub fn get(&mut self, directory: &Path) -> Option<&Manifest> {
        if !self.0.contains_key(directory) {
            self.0
                .insert(directory.to_owned(), read(&directory.join(MANIFEST)));
        }
        self.0.get(directory).and_then(Option::as_ref)
    }

    /// Returns the table at a path of keys in the manifest of a directory.
    pub fn at<const N: usize>(&mut self, directory: &Path, keys: [&str; N]) -> Option<&Node> {
        self.get(directory)?.node.as_ref()?.at(keys)
    }
}

fn read(path: &Path) -> Option<Manifest> {
    let bytes = match files::read_small(path) {
        // As one that can't be parsed and mentions our table: the mistake is shown, and no other
        // project is chosen.
        Err(error) if files::is_too_large(&error) => {
            return Some(Manifest {
                node: None,
                is_configuration: true,
            });
        }
        read => read.ok()??.0,
    };
    let text = String::from_utf8(bytes).ok()?;
    let is_configuration = manifest::is_configuration(path, &text);
    Some(Manifest {
        node: document::parse(path, text).ok(),
        is_configuration,
    })
}
