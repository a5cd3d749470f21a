//! A directory that was looked at, by its path and by what it was then. Whoever may write what it
//! lies in can put another one, or a link, in its place: it is opened again only while it is the
//! one that was looked at.

use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::directory::Directory;
use super::stamp::{self, Kind, Stamp};

/// The file system of a directory, and its number there.
pub type Id = (u64, u64);

/// A path, and the directory that it led to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tree {
    pub path: PathBuf,
    /// Nothing where there was no directory.
    pub id: Option<Id>,
}

impl Tree {
    /// Looks at a directory by a path without links.
    pub fn at(path: &Path) -> Self {
        Self::new(path, stamp::of_link(path))
    }

    /// Looks at a directory, through whatever links lead there.
    pub fn through(path: &Path) -> Self {
        Self::new(path, stamp::of(path))
    }

    /// Returns a path with what was seen there.
    pub fn new(path: &Path, seen: Option<Stamp>) -> Self {
        let seen = seen.filter(|stamp| stamp.kind == Kind::Directory);
        Self {
            path: path.to_owned(),
            id: seen.map(|stamp| (stamp.dev, stamp.ino)),
        }
    }

    /// Opens the directory that was looked at; another one in its place is an error.
    pub fn open(&self) -> io::Result<Directory> {
        let opened = Directory::open(&self.path)?;
        let is_it = Self::new(&self.path, opened.stamp()).id == self.id;
        if is_it && self.id.is_some() {
            Ok(opened)
        } else {
            Err(Errno::STALE.into())
        }
    }
}

/// Returns whether an error says that another directory is in the place of the one that was looked
/// at.
pub fn is_swapped(reason: io::ErrorKind) -> bool {
    reason == io::Error::from(Errno::STALE).kind()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_directory_when_it_is_looked_at_is_not_opened_later() {
        let nothing = Tree::new(Path::new("/"), None);
        assert!(is_swapped(nothing.open().unwrap_err().kind()));
        assert!(Tree::at(Path::new("/")).open().is_ok());
    }
}
