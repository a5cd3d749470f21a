//! What kinds of files lie where the program is written: a stray download is none of them.

use std::fs;
use std::path::Path;

use super::code::{all_files, top};

/// A directory, and the endings of what may lie in it.
const KINDS: [(&str, &[&str]); 2] = [
    ("src", &["rs", "py"]),
    (
        "shell",
        &["bash", "elv", "fish", "nu", "ps1", "tcsh", "xsh", "zsh"],
    ),
];

#[test]
fn only_sources_lie_among_the_sources() {
    for (directory, endings) in KINDS {
        let found = all_files(&top().join(directory));
        assert!(!found.is_empty(), "{directory}");
        for path in found {
            let is_known = path
                .extension()
                .is_some_and(|found| endings.iter().any(|ending| found == *ending));
            assert!(is_known && is_text(&path), "{}", path.display());
        }
    }
}

fn is_text(path: &Path) -> bool {
    let bytes = fs::read(path).unwrap();
    !bytes.contains(&0) && str::from_utf8(&bytes).is_ok()
}
