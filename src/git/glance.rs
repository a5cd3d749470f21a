//! What the index of a repository shows at one look: whether it can hold what is looked for, and
//! the lock that says that git writes. So git is not asked, which costs a process, where there is
//! nothing to hear.

use std::path::{Path, PathBuf};

use super::{dot_git, index};
use crate::host::{files, stamp};

/// Returns whether the index of a repository can hold a name with this end. It holds paths as they
/// are, but in formats that leave out what paths have in common, or are spread over files.
pub fn may_hold(top: &Path, end: &[u8]) -> bool {
    let Some(index) = index::of(top) else {
        return true;
    };
    match files::read(&index) {
        Ok(None) => false,
        Ok(Some(bytes)) => {
            let holds = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
            let is_plain = matches!(bytes.get(4..8), Some([0, 0, 0, 2 | 3]));
            !is_plain || holds(end) || holds(b"link") || holds(b"sdir")
        }
        Err(_) => true,
    }
}

/// Returns whether the index of a repository can hold anything.
pub fn is_there(top: &Path) -> bool {
    index::of(top).is_none_or(|index| stamp::of(&index).is_some())
}

/// Returns the file that is there as long as git writes to the repository of a directory.
pub fn lock_above(directory: &Path) -> Option<PathBuf> {
    let top = directory.ancestors().find(|above| is_top(above))?;
    let mut lock = index::of(top)?.into_os_string();
    lock.push(".lock");
    Some(lock.into())
}

/// Returns whether a directory is the top of a checkout, by its own word.
pub fn is_top(directory: &Path) -> bool {
    stamp::of_link(&directory.join(dot_git::NAME)).is_some()
}
