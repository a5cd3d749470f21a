//! Where bytecode lies when `PYTHONPYCACHEPREFIX` is set: `PREFIX/DIRECTORY/NAME.TAG.pyc`, with no
//! `__pycache__`.

use std::path::{Path, PathBuf};

/// Returns the directory that holds the bytecode of a directory's modules.
pub fn mirror(prefix: &Path, directory: &Path) -> PathBuf {
    prefix.join(directory.strip_prefix("/").unwrap_or(directory))
}

/// Returns the directory whose bytecode a directory below the prefix holds.
pub fn mirrored(prefix: &Path, directory: &Path) -> Option<PathBuf> {
    directory
        .strip_prefix(prefix)
        .ok()
        .map(|rest| Path::new("/").join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_and_its_mirror_lead_to_each_other() {
        let (prefix, directory) = (Path::new("/p"), Path::new("/a/b"));
        assert_eq!(mirror(prefix, directory), Path::new("/p/a/b"));
        assert_eq!(
            mirrored(prefix, &mirror(prefix, directory)).as_deref(),
            Some(directory)
        );
        assert_eq!(mirrored(prefix, Path::new("/x")), None);
    }
}
