//! The shape of the program: which module may use which, what each says it is for, and what stands
//! nowhere.

mod code;
mod crates;
mod kinds;
mod shape;

use code::{Code, files, sources};

/// What each room of the program may use besides `values`: only what stands above it here.
const ARROWS: [(&str, &[&str]); 20] = [
    ("values", &[]),
    ("host", &[]),
    ("env", &[]),
    ("shell", &[]),
    ("python", &["host", "env"]),
    ("git", &["host", "env"]),
    ("tree", &["host", "python", "git"]),
    ("export", &["env", "python"]),
    ("hook", &["host", "env", "shell"]),
    ("project", &["host", "env", "python", "git"]),
    ("bytecode", &["host", "env", "python", "git", "tree"]),
    ("watch", &["host", "tree"]),
    ("caches", &["host", "python", "git", "tree", "bytecode"]),
    ("audit", &["host", "tree"]),
    ("inject", &["host", "env", "python", "git"]),
    (
        "why",
        &[
            "host", "env", "shell", "python", "tree", "project", "bytecode", "audit",
        ],
    ),
    ("cli", &["shell", "export"]),
    (
        "report",
        &[
            "host", "env", "shell", "python", "export", "hook", "project", "bytecode", "watch",
            "audit", "inject", "why", "cli",
        ],
    ),
    (
        "commands",
        &[
            "host", "env", "shell", "python", "git", "tree", "export", "hook", "project",
            "bytecode", "watch", "caches", "inject", "why", "cli", "report",
        ],
    ),
    ("main", &["host", "env", "commands"]),
];

/// Modules of `commands` that are no commands, so that commands may share them.
const SHARED_BY_COMMANDS: [&str; 11] = [
    "Asked",
    "area",
    "belief",
    "drift",
    "founding",
    "ground",
    "memory",
    "once",
    "settle",
    "start",
    "surroundings",
];

/// Returns the text before the file's tests.
fn body(text: &str) -> &str {
    text.split("\n#[cfg(test)]").next().unwrap()
}

#[test]
fn arrows_point_down() {
    let mut wrong = Vec::new();
    for code in sources() {
        let room = code.room();
        let (_, allowed) = ARROWS
            .iter()
            .find(|(name, _)| *name == room)
            .unwrap_or_else(|| panic!("{room} has no row"));
        let used = code
            .paths()
            .into_iter()
            .filter(|path| path[0] == "crate")
            .map(|path| path[1].clone());
        for name in used
            .filter(|name| name != room && name != "values" && !allowed.contains(&name.as_str()))
        {
            wrong.push(format!("{}: {room} uses {name}", code.shown()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_room_uses_one_that_stands_below_it() {
    for (number, (room, used)) in ARROWS.iter().enumerate() {
        let above: Vec<&str> = ARROWS[..number].iter().map(|(name, _)| *name).collect();
        assert!(used.iter().all(|name| above.contains(name)), "{room}");
    }
}

#[test]
fn commands_do_not_use_each_other() {
    let mut wrong = Vec::new();
    for code in sources()
        .iter()
        .filter(|code| code.room() == "commands" && code.module.len() > 1)
    {
        let used = code
            .paths()
            .into_iter()
            .filter(|path| path.starts_with(&["crate".into(), "commands".into()]));
        for name in used.filter_map(|path| path.get(2).cloned()) {
            if name != code.module[1] && !SHARED_BY_COMMANDS.contains(&name.as_str()) {
                wrong.push(format!("{}: {name}", code.shown()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Then its file says what a path in it means. Those of the host are about systems, and name
/// nothing above.
#[test]
fn every_module_is_a_file_and_has_one_name() {
    for code in sources().iter().filter(|code| code.room() != "host") {
        let is_within =
            |item: &syn::Item| matches!(item, syn::Item::Mod(module) if module.content.is_some());
        assert!(!code.syntax.items.iter().any(is_within), "{}", code.shown());
        let text = body(&code.text);
        for word in ["crate as ", "super as ", "extern crate"] {
            assert!(!text.contains(word), "{}: {word}", code.shown());
        }
    }
}

/// The detection of source roots is remembered by what it saw, so it must see through one pair of
/// eyes.
#[test]
fn the_detection_of_sources_looks_through_its_reader_alone() {
    let eyes = ["host::files", "host::stamp", "files::", "stamp::"];
    for Code { path, text, .. } in sources()
        .iter()
        .filter(|code| code.shown().contains("project/sources/"))
    {
        let allowed = path.ends_with("reader.rs")
            || path.ends_with("remembered.rs")
            || path.ends_with("sources/mod.rs");
        assert!(
            allowed || !eyes.iter().any(|eye| body(text).contains(eye)),
            "{}",
            path.display()
        );
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
    for code in sources()
        .iter()
        .filter(|code| !code.path.ends_with("report/mod.rs") && code.room() != "host")
    {
        let Code { path, text, .. } = code;
        let words = body(text).contains("output::err(");
        let is_data =
            data.iter().any(|name| path.ends_with(name)) || !body(text).contains("output::out(");
        assert!(!words && is_data, "{}", path.display());
    }
}

/// The lints know the standard library alone.
#[test]
fn system_calls_are_made_by_the_host_alone() {
    for Code { path, text, .. } in sources().iter().filter(|code| code.room() != "host") {
        for word in ["libc::", "allow(clippy::disallowed", "expect(unsafe_code"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
    let opened = sources()
        .into_iter()
        .filter(|code| code.text.contains("clippy::disallowed_methods"));
    assert_eq!(
        opened
            .map(|code| code.room().to_owned())
            .collect::<Vec<_>>(),
        ["main"]
    );
}

/// What git may not read, run or fetch is said once.
#[test]
fn git_is_started_in_one_place() {
    let asks = |code: &Code| {
        let body = body(&code.text);
        (code.room() == "git" && body.contains("spawn")) || body.contains("new(\"git\")")
    };
    let mut found: Vec<String> = sources()
        .iter()
        .filter(|code| asks(code))
        .map(Code::shown)
        .collect();
    found.sort();
    assert_eq!(
        found,
        ["src/git/ask.rs", "src/git/program.rs"],
        "the call, and the search for the program"
    );
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in ["src", "tests"].into_iter().flat_map(files) {
        assert!(
            text.starts_with("//! "),
            "{} opens without saying what it is for",
            path.display()
        );
    }
}

/// What stands below the tests would be measured by no other test here.
#[test]
fn tests_are_the_end_of_a_file() {
    for Code { path, text, .. } in sources() {
        let tests = text.strip_prefix(body(&text)).unwrap();
        let outer: Vec<&str> = tests
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with(' '))
            .collect();
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
fn nothing_unfinished_stands_in_the_sources() {
    let words = [
        "to".to_owned() + "do!",
        "unimple".to_owned() + "mented!",
        "FIX".to_owned() + "ME",
        "TO".to_owned() + "DO",
    ];
    for Code { path, text, .. } in sources() {
        for word in &words {
            assert!(!text.contains(word.as_str()), "{}: {word}", path.display());
        }
    }
}
