//! What `.git` in a checkout leads to: it is the directory, or a file that names it. Read from
//! files; whether that can be believed is for others to say.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::host::{files, stamp};

/// The name in each checkout.
pub(super) const NAME: &str = ".git";

/// Such a file is one path; a longer one is none, and not read.
const LONGEST: u64 = 16 * 1024;

/// Returns the directory that `.git` of a checkout is or names, as it is spelled there.
pub(super) fn directory(top: &Path) -> Option<PathBuf> {
    let git = top.join(NAME);
    if stamp::is_directory(&git) {
        return Some(git);
    }
    named(&git, b"gitdir:").map(|path| top.join(path))
}

/// Returns the path that one of git's files holds behind a word.
pub(super) fn named(file: &Path, word: &[u8]) -> Option<PathBuf> {
    stamp::of(file).filter(|stamp| stamp.size <= LONGEST)?;
    path(files::read(file).ok()??.strip_prefix(word)?)
}

/// Reads a line that is a path.
pub(super) fn path(line: &[u8]) -> Option<PathBuf> {
    let path = line.trim_ascii();
    (!path.is_empty()).then(|| PathBuf::from(OsStr::from_bytes(path)))
}
