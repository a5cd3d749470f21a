//! The shape of the program: which module may use which, how long a file may be, and that each says what it is for.

use std::fs;
use std::path::{Path, PathBuf};

/// What each room of the program may use. Those at the top are values and pure functions that every room shares.
const ARROWS: [(&str, &[&str]); 16] = [
    ("digest", &[]),
    ("fault", &[]),
    ("fields", &[]),
    ("paths", &[]),
    ("document", &["fault"]),
    ("manifest", &["document", "fault"]),
    ("host", &[]),
    ("env", &[]),
    ("shell", &[]),
    ("cli", &[]),
    ("python", &["host", "env"]),
    ("bytecode", &["host", "env", "shell", "python"]),
    ("project", &["host", "env", "shell", "python"]),
    ("report", &["host", "env", "shell", "python", "bytecode", "project", "cli"]),
    ("commands", &["host", "env", "shell", "python", "bytecode", "project", "cli", "report"]),
    ("main", &["host", "env", "commands"]),
];

/// The rooms that every other one may use.
const SHARED: [&str; 6] = ["digest", "document", "fault", "fields", "manifest", "paths"];

/// Modules of `commands` that are no commands, so that commands may share them.
const SHARED_BY_COMMANDS: [&str; 2] = ["ground", "memory"];

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;

fn sources() -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut out);
    assert!(out.len() > 50);
    out
}

fn collect(directory: &Path, out: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push((path.clone(), fs::read_to_string(&path).unwrap()));
        }
    }
}

fn room(path: &Path) -> String {
    let below = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Returns the text before the file's tests.
fn body(text: &str) -> &str {
    text.split("\n#[cfg(test)]").next().unwrap()
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap()
}

#[test]
fn arrows_point_down() {
    let mut wrong = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !path.ends_with("patch_tests.rs")) {
        let room = room(path);
        let (_, allowed) = ARROWS.iter().find(|(name, _)| *name == room).unwrap_or_else(|| panic!("{room} has no row"));
        let shared = |name: &&str| {
            name.is_empty() || **name == room || (SHARED.contains(name) && !SHARED.contains(&room.as_str()))
        };
        let used = body(text).split("crate::").skip(1).map(first_word);
        for name in used.filter(|name| !shared(name) && !allowed.contains(name)) {
            wrong.push(format!("{}: {room} uses {name}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn commands_do_not_use_each_other() {
    for (path, text) in sources().iter().filter(|(path, _)| room(path) == "commands" && !path.ends_with("mod.rs")) {
        for line in body(text).lines().filter(|line| line.trim_start().starts_with("use super::")) {
            let name = first_word(line.trim_start().trim_start_matches("use super::"));
            assert!(SHARED_BY_COMMANDS.contains(&name), "{}: {line}", path.display());
        }
    }
}

/// The detection of source roots is remembered by what it saw, so it must see through one pair of eyes.
#[test]
fn the_detection_of_sources_looks_through_its_reader_alone() {
    let eyes = ["host::files", "host::stamp", "files::", "stamp::"];
    for (path, text) in sources().iter().filter(|(path, _)| path.display().to_string().contains("project/sources/")) {
        let allowed =
            path.ends_with("reader.rs") || path.ends_with("remembered.rs") || path.ends_with("sources/mod.rs");
        assert!(allowed || !eyes.iter().any(|eye| body(text).contains(eye)), "{}", path.display());
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{} opens without saying what it is for", path.display());
    }
}

#[test]
fn files_and_functions_are_short() {
    for (path, text) in sources() {
        let lines: Vec<&str> = body(&text).lines().collect();
        assert!(lines.len() <= LONGEST_FILE, "{} has {} lines", path.display(), lines.len());
        for (start, line) in lines.iter().enumerate().filter(|(_, line)| is_function(line)) {
            let indent = line.len() - line.trim_start().len();
            let end = lines[start..].iter().position(|l| l.trim_end() == format!("{}}}", " ".repeat(indent)));
            let length = end.unwrap_or_default();
            assert!(length <= LONGEST_FUNCTION, "{}:{}: {length} lines", path.display(), start + 1);
        }
    }
}

fn is_function(line: &str) -> bool {
    let line = line.trim_start();
    let words = ["fn ", "pub(crate) fn ", "pub(super) fn ", "const fn ", "pub(crate) const fn "];
    words.iter().any(|start| line.starts_with(start))
}

#[test]
fn nothing_unfinished_stands_in_the_sources() {
    let words =
        ["to".to_owned() + "do!", "unimple".to_owned() + "mented!", "FIX".to_owned() + "ME", "TO".to_owned() + "DO"];
    for (path, text) in sources() {
        for word in &words {
            assert!(!text.contains(word.as_str()), "{}: {word}", path.display());
        }
    }
}
