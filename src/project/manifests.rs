//! The `pyproject.toml` of a directory, read and parsed once however many rules ask for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::document::{self, Node};
use crate::host::files;

/// The file that every tool shares, and that may hold our table.
pub(crate) const MANIFEST: &str = "pyproject.toml";

/// A manifest that was read.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// Nothing where it can't be parsed.
    pub(crate) node: Option<Node>,
    /// Whether its text mentions our table.
    pub(crate) mentions_us: bool,
}

/// The manifests that were read so far.
#[derive(Debug, Default)]
pub(crate) struct Manifests(BTreeMap<PathBuf, Option<Manifest>>);

impl Manifests {
    /// Returns the manifest in a directory, where there is one.
    pub(crate) fn get(&mut self, directory: &Path) -> Option<&Manifest> {
        if !self.0.contains_key(directory) {
            self.0.insert(directory.to_owned(), read(&directory.join(MANIFEST)));
        }
        self.0.get(directory).and_then(Option::as_ref)
    }

    /// Returns the table at a path of keys in the manifest of a directory.
    pub(crate) fn at<const N: usize>(&mut self, directory: &Path, keys: [&str; N]) -> Option<&Node> {
        self.get(directory)?.node.as_ref()?.at(keys)
    }
}

fn read(path: &Path) -> Option<Manifest> {
    let text = files::text(path)?;
    let mentions_us = text.contains("[tool.devenv");
    Some(Manifest { node: document::parse(path, text).ok(), mentions_us })
}
