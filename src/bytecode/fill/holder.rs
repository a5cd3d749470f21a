//! Where packages lie: an environment or an interpreter, reached through whatever links lead there,
//! and the way down from there, on which no link is followed. Says whether bytecode may be written
//! there; writes none.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::host::{Directory, Stamp, Tree, files, stamp};
use crate::tree::scope;
use crate::values::user::User;

/// So far below an environment lie its packages (`lib/python3.11/site-packages`), and so far its
/// library.
const DEPTH_OF_PACKAGES: usize = 3;
const DEPTH_OF_LIBRARY: usize = 2;

const GROUP_WRITES: u32 = 0o020;
const EVERYONE_WRITES: u32 = 0o002;

/// A directory of packages, or a standard library, by what holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    pub root: PathBuf,
    below: PathBuf,
}

impl Holder {
    /// Returns what holds a directory, by its path alone: what its files say could change
    /// meanwhile.
    pub fn of(directory: &Path) -> Self {
        let is_packages = directory.file_name().is_some_and(scope::holds_packages);
        let depth = if is_packages {
            DEPTH_OF_PACKAGES
        } else {
            DEPTH_OF_LIBRARY
        };
        let root = directory
            .ancestors()
            .take(depth + 1)
            .last()
            .unwrap_or(directory);
        let below = directory
            .strip_prefix(root)
            .unwrap_or(Path::new(""))
            .to_owned();
        Self {
            root: root.to_owned(),
            below,
        }
    }

    /// Returns whether every directory from the environment down is the user's, written by nobody
    /// else, and no link.
    pub fn is_of(&self, user: User) -> bool {
        self.tree_of(user).is_some()
    }

    /// Returns the environment as it is now, where it is the user's.
    pub(super) fn tree_of(&self, user: User) -> Option<Tree> {
        let held = self.held().ok()?;
        let is_open = |directory: &Directory, stamp: &Stamp| {
            is_open(stamp, user) && files::keeps_modes(&directory.path)
        };
        let is_theirs = |directory: &Directory| {
            directory
                .stamp()
                .is_some_and(|stamp| stamp.uid == user.uid && !is_open(directory, &stamp))
        };
        held.iter()
            .all(is_theirs)
            .then(|| Tree::new(&self.root, held[0].stamp()))
    }

    /// Opens the environment and every directory on the way down.
    fn held(&self) -> io::Result<Vec<Directory>> {
        let mut held = vec![Directory::open(&self.root)?];
        for name in &self.below {
            let child = held[held.len() - 1].child(name)?;
            held.push(child);
        }
        Ok(held)
    }
}

/// Returns whether somebody else may write a file or a directory; the user's own group is theirs.
pub(super) fn is_open(stamp: &Stamp, user: User) -> bool {
    stamp.mode & EVERYONE_WRITES != 0 || stamp.mode & GROUP_WRITES != 0 && stamp.gid != user.gid
}

/// The file by which a system says that its package manager owns an interpreter (PEP 668).
const MANAGED: &str = "EXTERNALLY-MANAGED";

/// Returns whether a directory seems to be this user's to add bytecode to, as far as two looks
/// tell: it is theirs, and not the system's although they are root.
pub fn seems_ours(directory: &Path, stdlib: &Path, user: User) -> bool {
    let is_systems = || {
        user.uid == 0 && directory == stdlib && stamp::is_file(&stdlib.join(OsStr::new(MANAGED)))
    };
    let owned = stamp::of(directory).is_some_and(|stamp| stamp.uid == user.uid);
    owned && files::is_writable(directory) && !is_systems()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Kind;

    #[test]
    fn what_holds_packages_is_told_by_their_path() {
        let of = |path: &str| Holder::of(Path::new(path)).root;
        assert_eq!(
            of("/p/.venv/lib/python3.11/site-packages"),
            Path::new("/p/.venv")
        );
        assert_eq!(of("/usr/lib/python3/dist-packages"), Path::new("/usr"));
        assert_eq!(of("/opt/py/lib/python3.11"), Path::new("/opt/py"));
        assert_eq!(of("/site-packages"), Path::new("/"));
    }

    #[test]
    fn a_directory_that_others_may_write_is_open() {
        let me = User {
            uid: 1000,
            gid: 1000,
        };
        let open = |mode, gid| {
            let times = (0, 0, 0);
            let (mtime, mtime_ns, ctime_ns) = times;
            let kind = Kind::Directory;
            is_open(
                &Stamp {
                    kind,
                    dev: 1,
                    ino: 1,
                    size: 0,
                    mtime,
                    mtime_ns,
                    ctime_ns,
                    mode,
                    uid: 1000,
                    gid,
                },
                me,
            )
        };
        assert!(
            !open(0o755, 7) && !open(0o775, 1000),
            "the user's own group is theirs"
        );
        assert!(open(0o775, 7) && open(0o777, 1000) && open(0o1777, 1000));
    }
}
