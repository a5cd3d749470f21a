//! Files as evidence: when something was done to each, and what it holds.

use std::path::Path;

use super::finding::File;
use crate::host::{files, stamp};
use crate::values::digest;

/// Returns a file with the time at which it was written, as its times say.
pub(super) fn written(path: &Path) -> File {
    let at_ns = stamp::of_link(path).map_or(0, |stamp| stamp.mtime_ns);
    File {
        path: path.to_owned(),
        at_ns,
        digest: String::new(),
    }
}

/// Returns a file with the time of its last change, which nobody can set.
pub(super) fn edited(path: &Path) -> File {
    let at_ns = stamp::of(path).map_or(0, |stamp| stamp.ctime_ns);
    File {
        path: path.to_owned(),
        at_ns,
        digest: String::new(),
    }
}

/// Returns a file of which the path alone matters.
pub(super) fn named(path: &Path) -> File {
    File {
        path: path.to_owned(),
        at_ns: 0,
        digest: String::new(),
    }
}

/// Returns the same with the digest of its content.
pub(super) fn digested(file: File) -> File {
    let bytes = files::read(&file.path).ok().flatten();
    File {
        digest: bytes.map(|bytes| digest::plain(&bytes)).unwrap_or_default(),
        ..file
    }
}
