//! Paths as text: what can be said of them without asking a file system. Nothing here looks at one.

use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

/// Returns whether no list variable can name a path: the colon would make it two.
pub fn has_colon(path: &Path) -> bool {
    path.as_os_str().as_bytes().contains(&b':')
}

/// Removes `.` and `..` by the names alone, as the tools do when they write such a path down.
pub fn normalised(path: &Path) -> PathBuf {
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

/// Returns a resolved path as it is reached from a resolved directory.
pub fn relative(path: &Path, from: &Path) -> PathBuf {
    let shared = path
        .components()
        .zip(from.components())
        .take_while(|(one, other)| one == other)
        .count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(path.components().skip(shared)).collect()
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

    #[test]
    fn a_path_is_reached_from_a_directory() {
        for (path, expected) in [
            ("/a/p/src", "src"),
            ("/a/p", ""),
            ("/a/l/x", "../l/x"),
            ("/b", "../../b"),
        ] {
            assert_eq!(
                relative(Path::new(path), Path::new("/a/p")),
                Path::new(expected),
                "{path}"
            );
        }
    }

    #[test]
    fn a_colon_is_found_wherever_it_stands() {
        assert!(
            has_colon(Path::new("/a:b/src"))
                && has_colon(Path::new("a:"))
                && !has_colon(Path::new("/a/src"))
        );
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
