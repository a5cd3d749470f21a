//! The shape of the program: which module may use which, how long a file may be, and that each says what it is for.

use std::fs;
use std::path::{Path, PathBuf};

/// What each room of the program may use. Those at the top are values and pure functions that every room shares.
const ARROWS: [(&str, &[&str]); 26] = [
    ("digest", &[]),
    ("fault", &[]),
    ("fields", &[]),
    ("finding", &[]),
    ("paths", &[]),
    ("document", &["fault"]),
    ("manifest", &["document", "fault"]),
    ("host", &[]),
    ("env", &[]),
    ("shell", &[]),
    ("alone", &["host", "env"]),
    ("cli", &["shell", "export"]),
    ("python", &["host", "env", "alone"]),
    ("git", &["host", "env", "alone"]),
    ("export", &["env", "python"]),
    ("bytecode", &["host", "env", "shell", "python", "git"]),
    ("caches", &["host", "env", "python", "git", "bytecode"]),
    ("project", &["host", "env", "alone", "shell", "python", "git"]),
    ("hook", &["host", "env", "shell"]),
    ("watch", &["host", "bytecode"]),
    ("audit", &["host", "bytecode"]),
    ("why", &["host", "env", "shell", "python", "git", "bytecode", "project", "audit"]),
    ("inject", &["host", "env", "python", "git"]),
    (
        "report",
        &[
            "host", "env", "shell", "python", "git", "bytecode", "caches", "project", "hook", "watch", "audit", "why",
            "export", "inject", "cli",
        ],
    ),
    (
        "commands",
        &[
            "host", "env", "alone", "shell", "python", "git", "bytecode", "caches", "project", "hook", "watch",
            "audit", "why", "export", "inject", "cli", "report",
        ],
    ),
    ("main", &["host", "env", "alone", "commands"]),
];

/// The rooms that every other one may use.
const SHARED: [&str; 7] = ["digest", "document", "fault", "fields", "finding", "manifest", "paths"];

/// Modules of `commands` that are no commands, so that commands may share them.
const SHARED_BY_COMMANDS: [&str; 11] =
    ["Asked", "area", "belief", "drift", "founding", "ground", "memory", "once", "settle", "start", "surroundings"];

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;

fn sources() -> Vec<(PathBuf, String)> {
    let out = files("src");
    assert!(out.len() > 50);
    out
}

fn files(directory: &str) -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(directory), &mut out);
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

/// What a person reads goes through one door, and what a program reads is made for it alone.
#[test]
fn words_go_through_one_door() {
    let data = [
        "commands/complete.rs",
        "commands/turn/mod.rs",
        "commands/hook.rs",
        "commands/export.rs",
        "commands/prompt.rs",
    ];
    for (path, text) in sources().iter().filter(|(path, _)| !path.ends_with("report/mod.rs") && room(path) != "host") {
        let words = body(text).contains("output::err(");
        let is_data = data.iter().any(|name| path.ends_with(name)) || !body(text).contains("output::out(");
        assert!(!words && is_data, "{}", path.display());
    }
}

/// The lints know the standard library alone.
#[test]
fn system_calls_are_made_by_the_host_alone() {
    for (path, text) in sources().iter().filter(|(path, _)| room(path) != "host") {
        for word in ["rustix::", "libc::", " nix::", "allow(clippy::disallowed", "expect(unsafe_code"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
    let opened = sources().into_iter().filter(|(_, text)| text.contains("clippy::disallowed_methods"));
    assert_eq!(opened.map(|(path, _)| room(&path)).collect::<Vec<_>>(), ["main"]);
}

/// What git may not read, run or fetch is said once.
#[test]
fn git_is_started_in_one_place() {
    let asks = |(path, text): &(PathBuf, String)| {
        let body = body(text);
        (room(path) == "git" && body.contains("spawn")) || body.contains("new(\"git\")")
    };
    let found: Vec<PathBuf> = sources().into_iter().filter(asks).map(|(path, _)| path).collect();
    let names: Vec<_> = found.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["ask.rs", "program.rs"], "the call, and the search for the program");
    assert!(found.iter().all(|path| room(path) == "git"));
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in sources().into_iter().chain(files("tests")) {
        assert!(text.starts_with("//! "), "{} opens without saying what it is for", path.display());
    }
}

/// What stands below the tests would be measured by no other test here.
#[test]
fn tests_are_the_end_of_a_file() {
    for (path, text) in sources() {
        let tests = text.strip_prefix(body(&text)).unwrap();
        let outer: Vec<&str> = tests.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')).collect();
        let is_end = match outer[..] {
            [] => true,
            ["#[cfg(test)]", module, "}"] => module.ends_with("mod tests {"),
            ["#[cfg(test)]", path, "mod tests;"] => path.starts_with("#[path"),
            _ => false,
        };
        assert!(is_end, "{}: {outer:?}", path.display());
    }
}

#[test]
fn files_and_functions_are_short() {
    for (path, text) in sources() {
        check_lengths(&path, body(&text));
    }
    files("tests").iter().for_each(|(path, text)| check_lengths(path, text));
}

#[track_caller]
fn check_lengths(path: &Path, text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() <= LONGEST_FILE, "{} has {} lines", path.display(), lines.len());
    for (start, line) in lines.iter().enumerate().filter(|(_, line)| is_function(line)) {
        let indent = &line[..line.len() - line.trim_start().len()];
        let closes = |l: &&str| l.strip_prefix(indent).is_some_and(|l| l == "}" || !l.starts_with(' ') && is_whole(l));
        let length = 1 + lines[start..].iter().position(closes).expect("a function ends");
        assert!(length <= LONGEST_FUNCTION, "{}:{}: {length} lines", path.display(), start + 1);
    }
}

/// Returns whether a line ends a function that has no line for its end.
fn is_whole(line: &str) -> bool {
    line.ends_with(';') || (is_function(line) && line.ends_with('}'))
}

fn is_function(line: &str) -> bool {
    let Some((before, _)) = line.trim_start().split_once("fn ") else { return false };
    let words = before.strip_prefix("pub(").and_then(|rest| rest.split_once(')')).map_or(before, |(_, rest)| rest);
    words.split_whitespace().all(|word| ["pub", "const", "async", "unsafe"].contains(&word))
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
