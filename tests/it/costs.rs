//! What a stranger's files cost. Before consent a configuration is read and nothing that it says is
//! looked for, whatever it says; after it there is an end to everything, with the place where it
//! says too much.

use std::fmt::Write;
use std::fs;
use std::fs::File;

use crate::sandbox::{DEVENV, Said, Sandbox};
use crate::stale::{OLD, PRINT, THEN, module, run_once};

/// What is enough for any honest file, and little: address space, most of which is never used, and
/// seconds of a processor.
const LIMITS: [&str; 3] = ["--as=500000000", "--cpu=20", "--"];

const MANIFEST: &str = "[project]\nname = 'p'\nversion = '1'\n";

fn limited(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox
        .command("prlimit")
        .args(&LIMITS)
        .args(&[DEVENV])
        .args(args)
        .run()
}

/// Asks as a shell at its prompt does.
fn turn(sandbox: &Sandbox) -> Said {
    let project = sandbox.project().display().to_string();
    limited(sandbox, &["__turn", "bash", "5.2", "1", "", &project])
}

/// Returns how often the system is asked for a file while a shell enters the project.
fn looks(sandbox: &Sandbox) -> usize {
    let (trace, project) = (
        sandbox.path("trace"),
        sandbox.project().display().to_string(),
    );
    let head = [
        "-f",
        "-qq",
        "-e",
        "trace=%file,getdents64",
        "-o",
        trace.to_str().unwrap(),
    ];
    sandbox
        .command("strace")
        .args(&head)
        .args(&[DEVENV, "__turn", "bash", "5.2", "1", "", &project])
        .run()
        .ok();
    let text = fs::read_to_string(trace).unwrap();
    text.lines()
        .filter(|line| !line.contains("ENOENT") || line.contains(&project))
        .count()
}

fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(", ")
}

fn chain(length: usize) -> String {
    let mut text = String::new();
    for number in 0..length {
        write!(text, "[profiles.p{number}]\nextends = 'p{}'\n", number + 1).unwrap();
    }
    text + &format!("[profiles.p{length}]\n")
}

fn variables(count: usize) -> String {
    let mut text = "[env]\n".to_owned();
    (0..count).for_each(|number| writeln!(text, "V{number} = 'x'").unwrap());
    text
}

/// Configurations that say a lot, and what of it is too much; nothing where it is not.
fn talkative() -> Vec<(&'static str, String, Option<&'static str>)> {
    let paths = |count| list(count, |number| format!("'lib/{number}'"));
    let table = |count, line: fn(usize) -> String| (0..count).map(line).collect::<String>();
    vec![
        (
            "a chain",
            chain(150),
            Some("more than 16 profiles extend each other in a row"),
        ),
        (
            "profiles",
            table(201, |n| format!("[profiles.p{n}]\n")),
            Some("more than 200 profiles"),
        ),
        ("a long chain", chain(2_000), Some("more than 200 profiles")),
        (
            "a circle",
            chain(14) + "extends = 'p0'\n",
            Some("in a circle"),
        ),
        (
            "sources",
            format!("sources = [{}]\n", paths(501)),
            Some("more than 500 sources"),
        ),
        (
            "many sources",
            format!("sources = [{}]\n", paths(20_000)),
            Some("more than 500 sources"),
        ),
        (
            "paths",
            format!("[env.PATH]\nprepend = [{}]\n", paths(2_001)),
            Some("more than 2,000 paths in lists"),
        ),
        (
            "missing sources",
            format!("sources = [{}]\n", paths(300)),
            None,
        ),
        (
            "variables",
            variables(2_001),
            Some("more than 2,000 variables"),
        ),
        (
            "aliases",
            "[aliases]\n".to_owned() + &table(1_001, |n| format!("a{n} = 'x'\n")),
            Some("more than 1,000 aliases"),
        ),
        ("an environment", "venv = 'some/where'\n".to_owned(), None),
    ]
}

#[test]
fn before_consent_nothing_is_looked_for_whatever_is_said() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/pyproject.toml",
        format!("{MANIFEST}[tool.uv.workspace]\nmembers = ['**/**/*', 'a/**']\n"),
    );
    (0..40).for_each(|number| {
        drop(sandbox.write(&format!("project/a/{number}/b/pyproject.toml"), MANIFEST));
    });
    sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
    sandbox.write("project/devenv.toml", "");
    let silent = looks(&sandbox);
    for (what, text, _) in talkative() {
        sandbox.write("project/devenv.toml", text);
        let said = turn(&sandbox);
        assert!(
            said.code == Some(0) && said.err.lines().count() <= 3 && said.err.len() < 1_000,
            "{what}: {said:#?}"
        );
        // A busy machine has a call interrupted and made again.
        let seen = looks(&sandbox);
        assert!(
            seen <= silent + silent / 4,
            "{what}: {seen} looks, {silent} for an empty file"
        );
        limited(&sandbox, &["run", "--", "true"]).fails(2);
        assert_eq!(
            limited(&sandbox, &["__complete", "aliases"]).out,
            "",
            "{what}"
        );
    }
}

#[test]
fn after_it_too_much_is_refused_at_its_place() {
    for (what, text, beyond) in talkative() {
        let sandbox = Sandbox::new();
        sandbox.write("project/devenv.toml", text);
        let said = limited(&sandbox, &["allow"]);
        let Some(beyond) = beyond else {
            assert_eq!(said.code, Some(0), "{what}: {said:#?}");
            continue;
        };
        assert!(said.fails(2).contains(beyond), "{what}: {said:#?}");
        assert!(
            said.err.contains("devenv.toml:") && said.err.lines().count() <= 8,
            "{what}: {said:#?}"
        );
        assert!(said.err.len() < 2_000, "{what}: {} bytes", said.err.len());
    }
}

#[test]
fn what_is_still_allowed_works() {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", chain(15) + &variables(1_999));
    limited(&sandbox, &["allow"]).ok();
    assert_eq!(
        limited(
            &sandbox,
            &["run", "-p", "p0", "--", "sh", "-c", "echo $V1998"]
        )
        .ok(),
        "x"
    );
    limited(&sandbox, &["profile", "list"]).ok();
}

#[test]
fn missing_sources_are_one_line() {
    let sandbox = Sandbox::new();
    let paths = list(300, |number| format!("'lib/{number}'"));
    sandbox.write("project/devenv.toml", format!("sources = [{paths}]\n"));
    limited(&sandbox, &["allow"]).ok();
    let said = turn(&sandbox);
    assert!(
        said.err
            .contains("lib/0` does not exist, and 299 more of `sources`"),
        "{said:#?}"
    );
    assert_eq!(
        said.err
            .lines()
            .filter(|line| line.contains("does not exist"))
            .count(),
        1,
        "{said:#?}"
    );
}

/// Files that are no configuration, or too large to be one.
#[test]
fn what_no_person_wrote_is_not_read() {
    let large = format!("[env]\nA = '{}'\n", "x".repeat(1 << 20));
    let deep = |open: &str, close: &str| {
        format!("x = {}{}\n", open.repeat(200_000), close.repeat(200_000))
    };
    let dotted = format!("x{} = 1\n", ".x".repeat(250_000));
    let headers = format!("[x{}]\n", ".x".repeat(250_000));
    for (name, text) in [
        ("devenv.toml", large.clone()),
        ("devenv.local.toml", large.clone()),
        (
            "pyproject.toml",
            format!(
                "[tool.devenv]\n{}",
                large.replace("[env]", "[tool.devenv.env]")
            ),
        ),
        ("devenv.toml", deep("[", "]")),
        ("devenv.toml", deep("{x = ", "}")),
        ("devenv.toml", dotted.clone()),
        ("devenv.toml", headers.clone()),
        (
            "pyproject.toml",
            format!("{MANIFEST}[tool.devenv]\n[tool]\n{dotted}"),
        ),
        ("pyproject.toml", format!("# devenv\n{headers}")),
    ] {
        let sandbox = Sandbox::new();
        if name != "pyproject.toml" {
            sandbox.write("project/devenv.toml", "");
        }
        sandbox.write(&format!("project/{name}"), &text);
        let said = turn(&sandbox);
        assert!(
            said.code == Some(0) && said.err.len() < 1_000,
            "{name} {}: {said:#?}",
            &text[..20]
        );
        let said = limited(&sandbox, &["allow"]);
        assert!(
            said.code == Some(2) && said.err.len() < 2_000,
            "{name} {}: {said:#?}",
            &text[..20]
        );
    }
}

#[test]
fn dotenv_files_have_an_end_too() {
    let sandbox = Sandbox::new();
    let one = |text: &str| format!("[profiles.dev]\ndotenv = {text}\n");
    let many = format!(
        "[{}]",
        list(101, |number| format!(
            "{{ path = '{number}', optional = true }}"
        ))
    );
    let large = format!("A='{}'\n", "x".repeat(300_000));
    (0..4).for_each(|number| drop(sandbox.write(&format!("project/large/{number}"), &large)));
    sandbox.write("project/lines", "A=1\n".repeat(200_000));
    let all = format!("[{}]", list(4, |number| format!("'large/{number}'")));
    for (text, words) in [
        (many.as_str(), "more than 100 dotenv files"),
        (&all, "bytes in dotenv files"),
        ("'/dev/zero'", "no regular file"),
        ("'lines'", "more than 2000 variables"),
    ] {
        sandbox.write("project/devenv.toml", one(text));
        assert!(turn(&sandbox).err.len() < 1_000, "{text}");
        let said = limited(&sandbox, &["allow"]);
        assert!(said.fails(2).contains(words), "{text}: {said:#?}");
    }
}

/// A manifest changes without a question, so that what it names has an end after consent as well.
#[test]
fn the_search_for_members_has_an_end() {
    let sandbox = Sandbox::new();
    let workspace =
        |members: &str| format!("{MANIFEST}[tool.uv.workspace]\nmembers = [{members}]\n");
    sandbox.write("project/devenv.toml", "");
    sandbox.allow();
    (0..10_100).for_each(|number| {
        fs::create_dir_all(sandbox.path(&format!("project/d/{number}"))).unwrap();
    });
    sandbox.write("project/pyproject.toml", workspace("'**'"));
    let said = limited(&sandbox, &["run", "--no-fill", "--", "true"]);
    assert!(
        said.fails(2)
            .contains("leads through more than 10,000 directories"),
        "{said:#?}"
    );
    assert!(said.err.contains("pyproject.toml:5:12"), "{said:#?}");
    assert!(turn(&sandbox).err.lines().count() == 1);
    (0..2_001).for_each(|number| {
        drop(sandbox.write(&format!("project/m/{number}/pyproject.toml"), MANIFEST));
    });
    sandbox.write("project/pyproject.toml", workspace("'m/*'"));
    let said = limited(&sandbox, &["run", "--no-fill", "--", "true"]);
    assert!(
        said.fails(2).contains("more than 2,000 workspace members"),
        "{said:#?}"
    );
    sandbox.write(
        "project/pyproject.toml",
        workspace(&list(501, |number| format!("'m/{number}'"))),
    );
    let said = limited(&sandbox, &["run", "--no-fill", "--", "true"]);
    assert!(
        said.fails(2).contains("more than 500 patterns"),
        "{said:#?}"
    );
    sandbox.write("project/pyproject.toml", workspace("'m/1*'"));
    limited(&sandbox, &["run", "--no-fill", "--", "true"]).ok();
}

/// The bytecode of the module, made so large that nobody would read it, without taking any room.
fn swollen(sandbox: &Sandbox, flags: u8) -> std::path::PathBuf {
    module(sandbox, OLD, THEN, 0);
    run_once(sandbox);
    let pyc = fs::read_dir(sandbox.path("project/__pycache__"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bytes = fs::read(&pyc).unwrap();
    bytes[4] = flags;
    if flags == 3 {
        bytes[8..16].fill(0);
    }
    fs::write(&pyc, bytes).unwrap();
    File::options()
        .write(true)
        .open(&pyc)
        .unwrap()
        .set_len(2 << 30)
        .unwrap();
    pyc
}

#[test]
fn bytecode_that_is_too_large_is_removed_or_left_and_never_read() {
    // By time, unchecked; by content it needs nothing.
    for (flags, stays) in [(0, false), (1, false), (3, true)] {
        for command in [&["run", "--no-fill", "--", "true"][..], &["cache", "arm"]] {
            let sandbox = Sandbox::configured();
            let pyc = swollen(&sandbox, flags);
            let said = limited(&sandbox, command);
            assert_eq!(said.code, Some(0), "{flags} {command:?}: {said:#?}");
            assert_eq!(pyc.exists(), stays, "{flags} {command:?}");
            assert_eq!(
                fs::metadata(&pyc).map_or(2 << 30, |meta| meta.len()),
                2 << 30
            );
            limited(&sandbox, &["cache", "verify"]);
        }
    }
    let sandbox = Sandbox::configured();
    swollen(&sandbox, 0);
    assert_eq!(sandbox.through(&PRINT).ok(), "old");
}

#[test]
fn a_source_that_is_too_large_is_not_hashed_nor_compiled() {
    let sandbox = Sandbox::configured();
    let pyc = swollen(&sandbox, 3);
    fs::remove_file(&pyc).unwrap();
    File::options()
        .write(true)
        .open(sandbox.path("project/app.py"))
        .unwrap()
        .set_len(2 << 30)
        .unwrap();
    let said = limited(&sandbox, &["cache", "warm"]);
    assert!(said.code == Some(1) || said.code == Some(0), "{said:#?}");
    assert!(!pyc.exists());
}

#[test]
fn a_pattern_of_members_costs_no_more_the_longer_it_is() {
    let sandbox = Sandbox::new();
    for name in
        (0..7_000).map(|number| format!("project/d/{}/{}/{number}", number % 7, number % 70))
    {
        fs::create_dir_all(sandbox.path(&name)).unwrap();
    }
    sandbox.write("project/app.py", "");
    for pattern in [
        "**/".repeat(40) + "x",
        "**/*/".repeat(40) + "x",
        "**/d/**/".repeat(40),
        "*/../".repeat(20_000),
    ] {
        let members = format!("{MANIFEST}[tool.uv.workspace]\nmembers = ['{pattern}']\n");
        sandbox.write("project/pyproject.toml", members);
        let said = limited(&sandbox, &["status"]);
        assert!(
            said.code.is_some_and(|code| code <= 2),
            "{}: {said:#?}",
            &pattern[..8]
        );
    }
}

/// Each key of two letters is a table of its own.
#[test]
fn a_manifest_of_many_tables_is_not_read() {
    let tables: String = (0..45_000)
        .map(|number| format!("[a.b{number}.c.d.e.f]\n"))
        .collect();
    let sandbox = Sandbox::new();
    sandbox.write("project/pyproject.toml", format!("{MANIFEST}{tables}"));
    let tight = |args: &[&str]| {
        let limits = ["--as=200000000", "--cpu=20", "--", DEVENV];
        sandbox.command("prlimit").args(&limits).args(args).run()
    };
    assert!(
        tight(&["status"]).code.is_some_and(|code| code <= 2),
        "{:#?}",
        tight(&["status"])
    );
    sandbox.write("project/devenv.toml", "");
    tight(&["allow"]).ok();
    sandbox.write("project/devenv.toml", tables);
    let said = tight(&["allow"]);
    assert!(
        said.fails(2)
            .contains("more than 30000 tables, keys and values"),
        "{said:#?}"
    );
    assert!(said.err.contains("devenv.toml:"), "{said:#?}");
}

#[test]
fn what_is_imported_has_an_end() {
    let sandbox = Sandbox::new();
    for (from, file, text, words) in [
        (
            "dotenv",
            ".env",
            "A=1\n".repeat(60_000),
            "more than 2000 variables",
        ),
        (
            "dotenv",
            ".env",
            "A 1\n".repeat(60_000),
            "more than 2000 variables",
        ),
        ("dotenv", ".env", "A='\n".repeat(1_999), "nothing is taken"),
        (
            "direnv",
            ".envrc",
            "PATH_add x\n".repeat(60_000),
            "more than 5,000 words",
        ),
        (
            "direnv",
            ".envrc",
            format!("export{}\n", " A=1".repeat(60_000)),
            "more than 5,000 words",
        ),
        (
            "direnv",
            ".envrc",
            "x; ".repeat(60_000),
            "more than 5,000 words",
        ),
        (
            "mise",
            "mise.toml",
            (0..20_000).map(|n| format!("a{n} = 1\n")).collect(),
            "more than 2,000 keys",
        ),
        (
            "dotenv",
            ".env",
            "A=1\n".repeat(300_000),
            "it is larger than 1 MiB",
        ),
    ] {
        sandbox.write(&format!("project/{file}"), text);
        let said = limited(&sandbox, &["import", from]);
        assert!(
            said.code.is_some_and(|code| code == 1 || code == 2),
            "{from} {words}: {} bytes",
            said.err.len()
        );
        assert!(
            said.err.contains(words),
            "{from} {words}: {} bytes",
            said.err.len()
        );
    }
}
