//! List variables such as `PATH`: how they are split, joined, and changed element by element.
//! Decides nothing about which variables are lists; `operation` and `patch` say so.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// Splits a list; an empty value is a list without elements.
pub fn split(value: &OsStr) -> Vec<OsString> {
    if value.is_empty() {
        return Vec::new();
    }
    value
        .as_bytes()
        .split(|&b| b == b':')
        .map(|part| OsStr::from_bytes(part).to_owned())
        .collect()
}

/// Joins elements to a list.
pub fn join(elements: &[OsString]) -> OsString {
    let parts: Vec<&[u8]> = elements.iter().map(|e| e.as_bytes()).collect();
    OsString::from_vec(parts.join(&b':'))
}

/// What to do with the elements of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListEdit {
    pub prepend: Vec<OsString>,
    pub append: Vec<OsString>,
    pub remove: Vec<Unwanted>,
}

/// What is taken out of a list: one directory, or every one that a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwanted {
    /// As it is shown.
    pub text: OsString,
    pattern: Option<Pattern>,
}

impl Unwanted {
    /// Reads an absolute path; its end, below `base`, may be a pattern. Says why it is none, where
    /// it looks like one.
    pub fn below(base: &Path, path: &Path) -> Result<Self, &'static str> {
        let text = path.as_os_str().to_owned();
        let end = path.strip_prefix(base).unwrap_or(path);
        if !end
            .as_os_str()
            .as_bytes()
            .iter()
            .any(|byte| b"*?[".contains(byte))
        {
            return Ok(Self::from(text));
        }
        let front = if end == path {
            String::new()
        } else {
            Pattern::escape(&base.to_string_lossy()) + "/"
        };
        let pattern = Pattern::new(&(front + &end.to_string_lossy())).map_err(|error| error.msg)?;
        Ok(Self {
            text,
            pattern: Some(pattern),
        })
    }

    /// Returns whether an element is meant. Slashes that change nothing are none, and what a
    /// pattern is written as is meant by it, too.
    fn means(&self, element: &OsStr) -> bool {
        let path = Path::new(element);
        let plain = || path.components().collect::<PathBuf>();
        let matches = |pattern: &Pattern| pattern.matches_with(&plain().to_string_lossy(), OPTIONS);
        *element == self.text
            || path == Path::new(&self.text)
            || self.pattern.as_ref().is_some_and(matches)
    }
}

impl From<OsString> for Unwanted {
    fn from(text: OsString) -> Self {
        Self {
            text,
            pattern: None,
        }
    }
}

impl ListEdit {
    /// Returns the list after the edit. Doing it twice is the same as doing it once.
    pub fn apply(&self, current: &[OsString]) -> Vec<OsString> {
        let is_unwanted = |e: &OsString| self.remove.iter().any(|unwanted| unwanted.means(e));
        let moved =
            |e: &OsString| self.prepend.contains(e) || self.append.contains(e) || is_unwanted(e);
        let mut out: Vec<OsString> = Vec::new();
        push_new(&mut out, &self.prepend);
        out.extend(current.iter().filter(|e| !moved(e)).cloned());
        let tail: Vec<OsString> = self
            .append
            .iter()
            .filter(|e| !self.prepend.contains(e))
            .cloned()
            .collect();
        push_new(&mut out, &tail);
        out
    }
}

/// Keeps the first of equal elements and drops empty ones: an empty element of `PYTHONPATH` means
/// the working directory.
pub fn without_empty_and_twins(elements: Vec<OsString>) -> Vec<OsString> {
    let mut out = Vec::new();
    push_new(
        &mut out,
        &elements
            .into_iter()
            .filter(|e| !e.is_empty())
            .collect::<Vec<_>>(),
    );
    out
}

fn push_new(out: &mut Vec<OsString>, elements: &[OsString]) {
    for element in elements {
        if !out.contains(element) {
            out.push(element.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(text: &str) -> Vec<OsString> {
        split(OsStr::new(text))
    }

    #[test]
    fn an_edit_moves_what_is_there_and_keeps_the_rest_in_order() {
        let edit = ListEdit {
            prepend: list("b:x"),
            append: list("y"),
            remove: unwanted(list("c")),
        };
        let once = edit.apply(&list("a:b:c:d:y"));
        assert_eq!(join(&once), "b:x:a:d:y");
        assert_eq!(edit.apply(&once), once);
    }

    fn unwanted(elements: Vec<OsString>) -> Vec<Unwanted> {
        elements.into_iter().map(Unwanted::from).collect()
    }

    #[test]
    fn what_is_removed_is_a_directory_however_its_slashes_are_or_all_that_a_pattern_matches() {
        let before =
            "/home/foo:/home/foo/bin:/home/foo/x/bin/:/home/foobar:/home/a1/bin:/home/a[1]/bin";
        for (base, path, after) in [
            (
                "/p",
                "/home/foo/*",
                "/home/foo:/home/foo/x/bin/:/home/foobar:/home/a1/bin:/home/a[1]/bin",
            ),
            (
                "/p",
                "/home/foo/**",
                "/home/foo:/home/foobar:/home/a1/bin:/home/a[1]/bin",
            ),
            (
                "/p",
                "/home/foo*",
                "/home/foo/bin:/home/foo/x/bin/:/home/a1/bin:/home/a[1]/bin",
            ),
            (
                "/p",
                "/home/*/*/bin",
                "/home/foo:/home/foo/bin:/home/foobar:/home/a1/bin:/home/a[1]/bin",
            ),
            (
                "/p",
                "/home/foo/x/bin",
                "/home/foo:/home/foo/bin:/home/foobar:/home/a1/bin:/home/a[1]/bin",
            ),
            (
                "/home/a[1]",
                "/home/a[1]/b*",
                "/home/foo:/home/foo/bin:/home/foo/x/bin/:/home/foobar:/home/a1/bin",
            ),
            (
                "/home/a[1]",
                "/home/a[1]/bin",
                "/home/foo:/home/foo/bin:/home/foo/x/bin/:/home/foobar:/home/a1/bin",
            ),
            (
                "/p",
                "/home/a[1]/bin",
                "/home/foo:/home/foo/bin:/home/foo/x/bin/:/home/foobar",
            ),
        ] {
            let remove = vec![Unwanted::below(Path::new(base), Path::new(path)).unwrap()];
            let edit = ListEdit {
                remove,
                ..ListEdit::default()
            };
            assert_eq!(
                join(&edit.apply(&list(before))).to_str(),
                Some(after),
                "{path}"
            );
        }
        assert!(Unwanted::below(Path::new("/p"), Path::new("/p/a[")).is_err());
    }

    #[test]
    fn splitting_and_joining_are_inverse() {
        for text in ["", "a", "a:b", ":a", "a:", "a::b", ":"] {
            assert_eq!(join(&list(text)), text);
        }
    }

    #[test]
    fn python_lists_have_no_empty_element_and_no_twins() {
        assert_eq!(join(&without_empty_and_twins(list(":a::b:a:"))), "a:b");
    }

    fn elements() -> impl Strategy<Value = Vec<OsString>> {
        proptest::collection::vec("[abcd]".prop_map(OsString::from), 0..6)
    }

    proptest! {
        #[test]
        fn any_value_is_joined_as_it_was_split(value in proptest::collection::vec(b'8'..b'>', 0..8)) {
            let value = OsString::from_vec(value);
            prop_assert_eq!(join(&split(&value)), value);
        }

        #[test]
        fn an_edit_is_done_once_however_often(
            prepend in elements(), append in elements(), remove in elements(), current in elements(),
        ) {
            let edit = ListEdit { prepend, append, remove: unwanted(remove) };
            let once = edit.apply(&current);
            prop_assert_eq!(edit.apply(&once), once);
        }

        #[test]
        fn an_edit_keeps_what_it_does_not_name_and_drops_what_it_removes(
            prepend in elements(), append in elements(), remove in elements(), current in elements(),
        ) {
            let edit = ListEdit { prepend, append, remove: unwanted(remove) };
            let after = edit.apply(&current);
            let added = |e: &&OsString| edit.prepend.contains(e) || edit.append.contains(e);
            let named = |e: &&OsString| added(e) || edit.remove.iter().any(|unwanted| unwanted.means(e));
            let rest = |list: &[OsString]| list.iter().filter(|e| !named(e)).cloned().collect::<Vec<_>>();
            prop_assert_eq!(rest(&after), rest(&current));
            prop_assert!(!after.iter().any(|e| edit.remove.iter().any(|unwanted| unwanted.means(e)) && !added(&e)));
            prop_assert!(edit.prepend.iter().chain(&edit.append).all(|e| after.contains(e)));
        }
    }
}
