//! Empty files that were written at the time that their name says. A shell that can only ask which
//! of two files is newer learns from them whether a file was touched. They never change, so that
//! two shells can't hide a change from each other; one that was removed makes a shell ask once.

use std::path::{Path, PathBuf};

use crate::host::{files, stamp};

/// When there are more, all of them go.
const MOST: usize = 2000;

/// Returns the stamp of a time, made where it is missing; nothing where it can't be.
pub fn at(mtime_ns: i64, state_dir: Option<&Path>) -> Option<PathBuf> {
    let directory = state_dir?.join("stamps");
    let path = directory.join(mtime_ns.to_string());
    if !is_right(&path, mtime_ns) {
        prune(&directory);
        files::write_dated(&path, mtime_ns).ok()?;
    }
    is_right(&path, mtime_ns).then_some(path)
}

fn is_right(path: &Path, mtime_ns: i64) -> bool {
    stamp::of(path).is_some_and(|stamp| stamp.mtime_ns == mtime_ns)
}

fn prune(directory: &Path) {
    let names = files::names(directory);
    if names.len() > MOST {
        names
            .iter()
            .for_each(|name| drop(files::remove(&directory.join(name))));
    }
}
