//! Whether what a source says of a path stands for a file. Only the end of a path is said in most
//! sources: it is enough, and of a pattern its directory must be said, too.

use std::collections::BTreeSet;
use std::path::Path;

/// Returns whether one of the texts names a file.
pub(super) fn names(texts: &BTreeSet<&str>, file: &Path) -> bool {
    let directory = file
        .parent()
        .and_then(Path::file_name)
        .and_then(|name| name.to_str());
    let in_directory = || {
        texts
            .iter()
            .any(|text| text.split('/').any(|part| Some(part) == directory))
    };
    texts.iter().any(|text| {
        let parts = end_of(text);
        let Some((last, above)) = parts.split_last() else {
            return false;
        };
        let said: Vec<&str> = above
            .iter()
            .rev()
            .take_while(|part| !part.contains('*'))
            .copied()
            .collect();
        let is_below = is_below(file, &said);
        if last.contains('*') {
            is_like(last, file) && is_below && (!said.is_empty() || in_directory())
        } else {
            is_below && file.file_name().and_then(|name| name.to_str()) == Some(*last)
        }
    })
}

/// Returns the parts of a path that are said of where it ends: what follows the last way up.
fn end_of(text: &str) -> Vec<&str> {
    let is_path = !text.contains('\n') && !text.ends_with('/');
    let parts: Vec<&str> = text
        .split('/')
        .filter(|part| is_path && !part.is_empty() && *part != ".")
        .collect();
    let start = parts
        .iter()
        .rposition(|part| *part == "..")
        .map_or(0, |at| at + 1);
    parts[start..].to_vec()
}

/// Returns whether a file lies in directories of these names, the nearest first.
fn is_below(file: &Path, names: &[&str]) -> bool {
    let mut above = file
        .ancestors()
        .skip(1)
        .map(|above| above.file_name().and_then(|name| name.to_str()));
    names
        .iter()
        .all(|name| above.next().flatten() == Some(name))
}

/// Returns whether a pattern with an end of its own stands for a file.
fn is_like(pattern: &str, file: &Path) -> bool {
    let has_end = pattern
        .rsplit_once('.')
        .is_some_and(|(_, end)| !end.is_empty() && !end.contains('*'));
    let name = file.file_name().and_then(|name| name.to_str());
    let is_match = |name| glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches(name));
    has_end && name.is_some_and(is_match)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_path_is_enough_and_a_pattern_needs_its_directory() {
        let file = Path::new("/p/src/app/prompts/system.md");
        let named = |texts: &[&str]| names(&texts.iter().copied().collect(), file);
        for yes in [
            "system.md",
            "./prompts/system.md",
            "/system.md",
            "*/system.md",
            "../prompts/system.md",
        ] {
            assert!(named(&[yes]), "{yes}");
        }
        for no in [
            "",
            "/",
            "prompts/",
            "a/system.md",
            "*.md",
            "prompts",
            "other/*.md",
            "*",
            "*/*",
            "x\nsystem.md",
        ] {
            assert!(!named(&[no]), "{no}");
        }
        assert!(
            named(&["prompts/*.md"]) && named(&["*.md", "/prompts"]) && !named(&["*.md", "other"])
        );
    }
}
