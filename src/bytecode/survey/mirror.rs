//! The tree below a bytecode prefix: every file in it is bytecode, wherever its source is now.
//! Judged here so that a directory that was reached through a link, or is gone, is judged too. The
//! parts of packages, and of other projects, are not the project's and not entered.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::cache_directory::CacheDirectory;
use super::{Hidden, Seen, Survey};
use crate::bytecode::prefix;
use crate::host::directory::Listing;
use crate::host::{Directory, Tree, walk};
use crate::tree::territory::{self, Names};

/// Collects what one thread sees.
pub(super) struct Visitor<'a> {
    survey: &'a Survey<'a>,
    prefix: &'a Path,
    /// The parts of the trees below the prefix.
    trees: &'a [Tree],
    pub(super) seen: Seen,
}

impl<'a> Visitor<'a> {
    pub(super) fn new(survey: &'a Survey<'a>, prefix: &'a Path, trees: &'a [Tree]) -> Self {
        Self {
            survey,
            prefix,
            trees,
            seen: Seen::default(),
        }
    }
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let source = prefix::mirrored(self.prefix, &directory.path).unwrap_or_default();
        let cache = CacheDirectory {
            survey: self.survey,
            tree: &self.trees[tree],
            directory,
            listing,
            source: &source,
        };
        drop(cache.judge(&mut self.seen));
        territory::mirrored_directories(self.survey.scope, tree, &source, &Names::sort(listing))
    }

    fn miss(&mut self, path: PathBuf, reason: io::ErrorKind) {
        self.seen.hidden.push(Hidden {
            path,
            reason: Some(reason),
        });
    }
}
