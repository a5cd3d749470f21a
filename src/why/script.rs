//! Console scripts, read as data: which interpreter their first line names, how it is started, and
//! which modules they import.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::subject::{OwnRoot, own_source};
use crate::host::files;
use crate::python::launch::{self, Launch};

/// A program that is a Python script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    pub path: PathBuf,
    /// What the first line names: a path, or a name to look for along `PATH`.
    pub python: PathBuf,
    /// How the interpreter is started by it.
    pub launch: Launch,
    /// The modules that it imports, in order; the last one is what an installer's script is for.
    pub imports: Vec<String>,
}

impl Script {
    /// Returns the module that the script is about: the project's own that it imports, or the last
    /// one, as installers write it.
    pub(super) fn entry(&self, roots: &[OwnRoot]) -> Option<String> {
        let own = self
            .imports
            .iter()
            .rev()
            .find(|name| own_source(name, roots).is_some());
        own.or(self.imports.last()).cloned()
    }
}

/// Returns whether a program's name is that of an interpreter.
pub fn is_python(name: &OsStr) -> bool {
    let name = name.as_bytes();
    let rest = name
        .strip_prefix(b"python")
        .or_else(|| name.strip_prefix(b"pypy"));
    rest.is_some_and(|rest| {
        rest.iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b't'))
    })
}

/// Reads a script; a program of another kind is nothing.
pub fn read(path: &Path) -> Option<Script> {
    if !files::starts_with(path, b"#!") {
        return None;
    }
    let bytes = files::read(path).ok()??;
    let text = String::from_utf8_lossy(&bytes);
    let words = interpreter(&text)?;
    let (python, args) = words.split_first()?;
    let args: Vec<OsString> = args
        .iter()
        .cloned()
        .chain([path.as_os_str().to_owned()])
        .collect();
    Some(Script {
        path: path.to_owned(),
        python: python.into(),
        launch: launch::read(&args),
        imports: imports(&text),
    })
}

/// Returns the words that start the interpreter, from the first line, or from the second where
/// installers had to put them there because they are too long for a first line.
fn interpreter(text: &str) -> Option<Vec<OsString>> {
    let mut lines = text.lines();
    let first: Vec<&str> = lines
        .next()?
        .strip_prefix("#!")?
        .split_ascii_whitespace()
        .collect();
    let words = match first.as_slice() {
        [program, rest @ ..] if program.ends_with("/env") => rest
            .iter()
            .skip_while(|word| word.starts_with('-') || word.contains('='))
            .map(OsString::from)
            .collect(),
        [program] if program.ends_with("/sh") => {
            let line = lines
                .next()?
                .trim_start_matches('\'')
                .trim_start_matches("exec")
                .trim_start_matches('\'')
                .trim();
            let words = shlex::split(line)?
                .into_iter()
                .take_while(|word| word != "$0");
            words.map(OsString::from).collect()
        }
        words => words.iter().map(OsString::from).collect::<Vec<_>>(),
    };
    words
        .first()
        .and_then(|python| Path::new(python).file_name())
        .is_some_and(is_python)
        .then_some(words)
}

/// Returns the modules that a text imports, in order: of a script those at the beginning of a line.
pub(super) fn imports(text: &str) -> Vec<String> {
    let from = |line: &str| {
        Some(
            line.strip_prefix("from ")?
                .split_once(" import ")?
                .0
                .trim()
                .to_owned(),
        )
    };
    let plain = |line: &str| {
        Some(
            line.strip_prefix("import ")?
                .split([',', ' ', ';'])
                .next()?
                .to_owned(),
        )
    };
    let statements = text.lines().flat_map(|line| line.split("; "));
    statements
        .filter_map(|line| from(line).or_else(|| plain(line)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Option<Vec<String>> {
        Some(
            interpreter(text)?
                .into_iter()
                .map(|word| word.to_string_lossy().into_owned())
                .collect(),
        )
    }

    #[test]
    fn the_interpreter_is_named_by_the_first_line() {
        let some = |words: &[&str]| {
            Some(
                words
                    .iter()
                    .map(|&word| word.to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        for (text, expected) in [
            ("#!/p/.venv/bin/python\nx", some(&["/p/.venv/bin/python"])),
            (
                "#!/usr/bin/python3.11 -I\n",
                some(&["/usr/bin/python3.11", "-I"]),
            ),
            ("#!/usr/bin/env python3\n", some(&["python3"])),
            ("#!/usr/bin/env -S python3 -E\n", some(&["python3", "-E"])),
            (
                "#!/bin/sh\n'''exec' '/a b/bin/python' \"$0\" \"$@\"\n' '''\n",
                some(&["/a b/bin/python"]),
            ),
            ("#!/bin/sh\necho\n", None),
            ("#!/usr/bin/perl\n", None),
            ("print(1)\n", None),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn what_a_script_imports_is_read_in_order() {
        let text = "import re, sys\nfrom adt.cli import main\nif __name__ == '__main__':\n    import os\n    main()\n";
        assert_eq!(imports(text), ["re", "adt.cli"]);
        assert_eq!(imports("import adt; print(adt.VALUE)"), ["adt"]);
        assert!(imports("print(1)\n").is_empty());
    }

    #[test]
    fn interpreters_are_known_by_their_names() {
        for (name, is) in [
            ("python", true),
            ("python3.13t", true),
            ("pypy3", true),
            ("python-config", false),
            ("py", false),
        ] {
            assert_eq!(is_python(OsStr::new(name)), is, "{name}");
        }
    }
}
