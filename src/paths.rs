//! Paths as text: what can be said of them without asking a file system. Nothing here looks at one.

use std::path::{Component, Path, PathBuf};

/// Removes `.` and `..` by the names alone, as the tools do when they write such a path down.
pub(crate) fn normalised(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dots_are_removed_by_name() {
        for (path, expected) in [("/a/./b/../c/", "/a/c"), ("/../a", "/a"), ("/a/..", "/")] {
            assert_eq!(normalised(Path::new(path)), Path::new(expected), "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_normalised_path_has_no_dots_and_stays_as_it_is(path in "/([a.]{0,3}/?){0,6}") {
            let once = normalised(Path::new(&path));
            let is_plain = |part: Component<'_>| matches!(part, Component::RootDir | Component::Normal(_));
            prop_assert!(once.is_absolute() && once.components().all(is_plain), "{:?}", once);
            prop_assert_eq!(normalised(&once), once);
        }
    }
}
