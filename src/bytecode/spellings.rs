//! Under which names a prefix holds bytecode of a tree. Python puts it there by the name that a
//! module was reached by, and a tree has as many names as links lead to it. Found by what lies in
//! the prefix; nothing is judged here.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::prefix;
use crate::host::{files, stamp};
use crate::tree::scope;

/// So many directories of a prefix are looked into: a tree that has more names than these can hold
/// is nobody's.
const MOST: usize = 2_000;

/// Returns the names below a prefix that lead to one of the trees, other than those of the trees
/// themselves. A directory that holds bytecode itself, and is none of theirs, is a package of
/// somebody else, and what lies below it as well.
pub(super) fn of(prefix: &Path, trees: &[PathBuf]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut waiting = vec![prefix.to_owned()];
    let mut looked = 0;
    while let Some(directory) = waiting.pop().filter(|_| looked < MOST) {
        looked += 1;
        let Some(spelled) = prefix::mirrored(prefix, &directory) else {
            continue;
        };
        let real = files::canonical(&spelled);
        if trees.contains(&spelled) {
            continue;
        }
        if real
            .as_deref()
            .is_some_and(|real| trees.iter().any(|tree| real.starts_with(tree)))
        {
            out.push(spelled);
            continue;
        }
        let names = files::names(&directory);
        let is_above = real
            .as_deref()
            .is_some_and(|real| trees.iter().any(|tree| tree.starts_with(real)));
        if is_above || !names.iter().any(|name| name.as_bytes().ends_with(b".pyc")) {
            let below = names
                .into_iter()
                .filter(|name| !scope::is_passed_over(name))
                .map(|name| directory.join(name));
            waiting.extend(below.filter(|path| stamp::is_directory(path)));
        }
    }
    out.sort();
    out
}
