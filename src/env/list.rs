//! List variables such as `PATH`: how they are split, joined, and changed element by element. Decides nothing about
//! which variables are lists; `operation` and `patch` say so.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Splits a list; an empty value is a list without elements.
pub(crate) fn split(value: &OsStr) -> Vec<OsString> {
    if value.is_empty() {
        return Vec::new();
    }
    value.as_bytes().split(|&b| b == b':').map(|part| OsStr::from_bytes(part).to_owned()).collect()
}

/// Joins elements to a list.
pub(crate) fn join(elements: &[OsString]) -> OsString {
    let parts: Vec<&[u8]> = elements.iter().map(|e| e.as_bytes()).collect();
    OsString::from_vec(parts.join(&b':'))
}

/// What to do with the elements of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListEdit {
    pub(crate) prepend: Vec<OsString>,
    pub(crate) append: Vec<OsString>,
    pub(crate) remove: Vec<OsString>,
}

impl ListEdit {
    /// Returns the list after the edit. Doing it twice is the same as doing it once.
    pub(crate) fn apply(&self, current: &[OsString]) -> Vec<OsString> {
        let moved = |e: &OsString| self.prepend.contains(e) || self.append.contains(e) || self.remove.contains(e);
        let mut out: Vec<OsString> = Vec::new();
        push_new(&mut out, &self.prepend);
        out.extend(current.iter().filter(|e| !moved(e)).cloned());
        let tail: Vec<OsString> = self.append.iter().filter(|e| !self.prepend.contains(e)).cloned().collect();
        push_new(&mut out, &tail);
        out
    }
}

/// Keeps the first of equal elements and drops empty ones: an empty element of `PYTHONPATH` means the working
/// directory.
pub(crate) fn without_empty_and_twins(elements: Vec<OsString>) -> Vec<OsString> {
    let mut out = Vec::new();
    push_new(&mut out, &elements.into_iter().filter(|e| !e.is_empty()).collect::<Vec<_>>());
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
        let edit = ListEdit { prepend: list("b:x"), append: list("y"), remove: list("c") };
        let once = edit.apply(&list("a:b:c:d:y"));
        assert_eq!(join(&once), "b:x:a:d:y");
        assert_eq!(edit.apply(&once), once);
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
            let edit = ListEdit { prepend, append, remove };
            let once = edit.apply(&current);
            prop_assert_eq!(edit.apply(&once), once);
        }

        #[test]
        fn an_edit_keeps_what_it_does_not_name_and_drops_what_it_removes(
            prepend in elements(), append in elements(), remove in elements(), current in elements(),
        ) {
            let edit = ListEdit { prepend, append, remove };
            let after = edit.apply(&current);
            let added = |e: &&OsString| edit.prepend.contains(e) || edit.append.contains(e);
            let named = |e: &&OsString| added(e) || edit.remove.contains(e);
            let rest = |list: &[OsString]| list.iter().filter(|e| !named(e)).cloned().collect::<Vec<_>>();
            prop_assert_eq!(rest(&after), rest(&current));
            prop_assert!(!after.iter().any(|e| edit.remove.contains(e) && !added(&e)));
            prop_assert!(edit.prepend.iter().chain(&edit.append).all(|e| after.contains(e)));
        }
    }
}
