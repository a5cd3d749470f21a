//! A few values in Python's own notation: dictionaries of strings, as `repr` writes them. Only
//! literals are read; what would have to be evaluated is nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Returns what is assigned to a name at the start of a line, and all that follows.
pub(super) fn value_of<'s>(source: &'s str, name: &str) -> Option<&'s str> {
    let is_assigned = |line: &&str| {
        line.starts_with(name) && line[name.len()..].trim_start().starts_with([':', '='])
    };
    let line = source.lines().find(is_assigned)?;
    Some(&line[line.find('{')?..])
}

/// Reads a dictionary of names to paths.
pub(super) fn paths(text: &str) -> Option<BTreeMap<String, PathBuf>> {
    leading_paths(text).map(|(names, _)| names)
}

/// Reads a dictionary of names to paths; returns what follows it, too.
pub(super) fn leading_paths(text: &str) -> Option<(BTreeMap<String, PathBuf>, &str)> {
    dictionary(text, |text| {
        string(text).map(|(path, rest)| (PathBuf::from(path), rest))
    })
}

/// Reads a dictionary of names to lists of paths.
pub(super) fn lists(text: &str) -> Option<BTreeMap<String, Vec<PathBuf>>> {
    dictionary(text, list).map(|(names, _)| names)
}

/// Returns every string in a text.
pub(super) fn strings(mut text: &str) -> Vec<String> {
    let mut out = Vec::new();
    while let Some(at) = text.find(['\'', '"']) {
        let Some((value, rest)) = string(&text[at..]) else {
            break;
        };
        out.push(value);
        text = rest;
    }
    out
}

fn dictionary<V>(
    text: &str,
    value: impl Fn(&str) -> Option<(V, &str)>,
) -> Option<(BTreeMap<String, V>, &str)> {
    let mut rest = text.strip_prefix('{')?.trim_start();
    let mut out = BTreeMap::new();
    while !rest.starts_with('}') {
        let (key, after) = string(rest)?;
        let (item, after) = value(after.trim_start().strip_prefix(':')?.trim_start())?;
        out.insert(key, item);
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    Some((out, &rest[1..]))
}

fn list(text: &str) -> Option<(Vec<PathBuf>, &str)> {
    let mut rest = text.strip_prefix('[')?.trim_start();
    let mut out = Vec::new();
    while !rest.starts_with(']') {
        let (item, after) = string(rest)?;
        out.push(PathBuf::from(item));
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    Some((out, &rest[1..]))
}

/// Reads a string as `repr` writes it; returns it, and what follows.
fn string(text: &str) -> Option<(String, &str)> {
    let quote = text
        .chars()
        .next()
        .filter(|quote| matches!(quote, '\'' | '"'))?;
    let (mut out, mut escaped) = (String::new(), false);
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => {
                out.push(unescaped(letter)?);
                escaped = false;
            }
            '\\' => escaped = true,
            _ if letter == quote => return Some((out, &text[at + letter.len_utf8()..])),
            _ => out.push(letter),
        }
    }
    None
}

/// Returns what a letter after a backslash stands for. A character by its number makes too odd a
/// path to be guessed at.
fn unescaped(letter: char) -> Option<char> {
    match letter {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        '\\' | '\'' | '"' => Some(letter),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mapping_is_read_as_python_writes_it() {
        let source = "import sys\nMAPPING: dict[str, str] = {'a': '/p/a', \"b'c\": '/p/\\'b\\\\c'}\nNAMESPACES = {}\n";
        let mapping = paths(value_of(source, "MAPPING").unwrap()).unwrap();
        assert_eq!(mapping["a"], Path::new("/p/a"));
        assert_eq!(mapping["b'c"], Path::new("/p/'b\\c"));
        assert!(
            lists(value_of(source, "NAMESPACES").unwrap())
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            lists("{'n': ['/a', '/b']}").unwrap()["n"],
            [Path::new("/a"), Path::new("/b")]
        );
        assert!(paths("{f(): 1}").is_none());
        assert_eq!(strings("{'a'}, '/b', [\"c\"], False)"), ["a", "/b", "c"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[{}\\[\\]'\":,a\\\\ ]{0,30}") {
            let _ = (paths(&text), lists(&text), strings(&text));
        }
    }
}
