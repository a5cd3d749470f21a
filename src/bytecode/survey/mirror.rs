//! The tree below a bytecode prefix: every file in it is bytecode, wherever its source is now. Judged here so that a
//! directory that was reached through a link, or is gone, is judged too.

use std::ffi::OsString;
use std::path::Path;

use super::cache_directory::CacheDirectory;
use super::{Findings, Survey};
use crate::bytecode::prefix;
use crate::host::directory::Listing;
use crate::host::walk;
use crate::host::{Directory, Kind};

/// Collects what one thread finds.
pub(super) struct Visitor<'a> {
    survey: &'a Survey<'a>,
    prefix: &'a Path,
    pub(super) found: Findings,
}

impl<'a> Visitor<'a> {
    pub(super) fn new(survey: &'a Survey<'a>, prefix: &'a Path) -> Self {
        Self { survey, prefix, found: Findings::default() }
    }
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let root = prefix::mirror(self.prefix, &self.survey.scope.trees[tree]);
        let source = prefix::mirrored(self.prefix, &directory.path).unwrap_or_default();
        let cache = CacheDirectory { survey: self.survey, tree: &root, directory, listing, source: &source };
        drop(cache.judge(&mut self.found));
        listing.iter().filter(|entry| entry.kind == Kind::Directory).map(|entry| entry.name.to_owned()).collect()
    }
}
