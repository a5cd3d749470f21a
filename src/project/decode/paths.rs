//! Paths and lists of them: relative to the file that says them, and counted.

use std::path::{Path, PathBuf};

use super::Decoder;
use super::scalars::{mismatch, text};
use super::variables::{COLON, two};
use crate::project::config::Sited;
use crate::project::limits;
use crate::values::document::Node;
use crate::values::fault::Fault;
use crate::values::paths::{has_colon, normalised};

impl Decoder<'_> {
    /// Returns the elements of a list variable, which can't hold a colon.
    pub(super) fn elements(&mut self, node: &Node) -> Result<Vec<PathBuf>, Fault> {
        let paths = self.sited_paths(node)?;
        match paths.iter().find(|path| has_colon(&path.value)) {
            Some(path) => Err(path.site.fault(COLON).hint(two(&path.value))),
            None => Ok(paths.into_iter().map(|path| path.value).collect()),
        }
    }

    pub(super) fn sited_paths(&mut self, node: &Node) -> Result<Vec<Sited<PathBuf>>, Fault> {
        let items = node
            .list()
            .ok_or_else(|| mismatch(node, "a list of paths"))?;
        self.paths += items.len();
        limits::check(self.paths, limits::PATHS, "paths in lists", &node.site)?;
        let sited = |item: &Node| {
            Ok(Sited {
                value: self.path(item)?,
                site: item.site.clone(),
            })
        };
        items.iter().map(sited).collect()
    }

    pub(super) fn paths(&mut self, node: &Node) -> Result<Vec<PathBuf>, Fault> {
        Ok(self
            .sited_paths(node)?
            .into_iter()
            .map(|path| path.value)
            .collect())
    }

    /// Returns a path, absolute.
    pub(super) fn path(&self, node: &Node) -> Result<PathBuf, Fault> {
        let path = text(node)?;
        if path.is_empty() || path.contains('\0') {
            return Err(node.site.fault("a path can't be empty or hold a NUL"));
        }
        if let Some(below) = path.strip_prefix('~') {
            let home = self
                .home
                .filter(|_| below.is_empty() || below.starts_with('/'));
            let home =
                home.ok_or_else(|| node.site.fault("cannot tell whose home directory this is"))?;
            return Ok(normalised(&home.join(below.trim_start_matches('/'))));
        }
        let base = node.site.source.file.parent().unwrap_or(Path::new("/"));
        Ok(normalised(&base.join(path)))
    }
}
