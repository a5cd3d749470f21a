//! Interpreters that never answer: each is asked once by a command, whatever the command does with
//! the silence, and leaves no process behind.

use std::fs;
use std::os::unix::fs::symlink;

use crate::sandbox::{DEVENV, Said, Sandbox, python, wait_for};
use crate::stale::{OLD, THEN};
use crate::visits::healthy;

const COMMANDS: [&[&str]; 6] = [
    &["doctor"],
    &["doctor", "--fix"],
    &["doctor", "--fix", "--json"],
    &["why", "app"],
    &["why", "--profile", "dev", "app"],
    &["run", "--", "true"],
];

/// Hangs with a child of its own, and says which processes these are.
const HANGS: &str = "sleep 600 & echo $$ $! >>\"$LOG\"; wait";

/// Puts a script in the place of the project's interpreter.
fn replace(sandbox: &Sandbox, script: &str) {
    let log = sandbox.path("python-rogue.starts");
    let script = sandbox.write(
        "python-rogue",
        format!("#!/bin/sh\nLOG='{}'\n{script}\n", log.display()),
    );
    sandbox
        .plain(&["chmod", "+x", script.to_str().unwrap()])
        .quiet();
    for name in ["python", "python3"] {
        let own = sandbox.path("project/.venv/bin").join(name);
        let _ = fs::remove_file(&own);
        symlink(&script, &own).unwrap();
    }
    // Unasked, nothing of the kind would be started.
    sandbox.allow();
    let _ = fs::remove_file(log);
}

/// Runs a command that starts a hanging program once, and waits until nothing of that program is
/// left.
#[track_caller]
fn asks_once(sandbox: &Sandbox, args: &[&str]) -> Said {
    let said = sandbox
        .command(DEVENV)
        .args(args)
        .env("PYDEVENV_FILL", "0")
        .run();
    let starts = sandbox.read("python-rogue.starts");
    assert_eq!(starts.lines().count(), 1, "{args:?}: {said:#?}");
    let lives = |pid: &str| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| !rest.is_empty() && !rest.starts_with(" Z"))
    };
    wait_for("the end of what hung", || {
        !starts.split_ascii_whitespace().any(lives)
    });
    fs::remove_file(sandbox.path("python-rogue.starts")).unwrap();
    said
}

#[test]
fn an_interpreter_that_hangs() {
    let sandbox = healthy();
    replace(&sandbox, HANGS);
    for args in COMMANDS {
        let said = asks_once(&sandbox, args);
        let is_told = (said.out + &said.err).contains("did not answer as a Python does");
        assert_eq!(is_told, args[0] != "run", "{args:?}");
    }
}

/// What it is it says; what it imports it does not.
#[test]
fn an_interpreter_that_hangs_at_the_second_question() {
    let sandbox = healthy();
    let own = sandbox.path("python-rogue");
    let answer = format!(
        "{0} \"$@\" | sed 's|{0}|{1}|g'",
        python().display(),
        own.display()
    );
    replace(
        &sandbox,
        &format!("case \"$4\" in *_imp*) {HANGS};; *) {answer};; esac"),
    );
    for args in COMMANDS.iter().filter(|args| args[0] != "run") {
        let said = asks_once(&sandbox, args);
        assert!(
            said.code == Some(1) && (said.out + &said.err).contains("did not answer"),
            "{args:?}"
        );
    }
}

/// One that said everything when it was asked before, and hangs when it is to prove something.
#[test]
fn an_interpreter_that_hangs_at_a_proof() {
    let sandbox = healthy();
    let own = sandbox.path("python-rogue");
    let answer = format!(
        "{0} \"$@\" | sed 's|{0}|{1}|g'",
        python().display(),
        own.display()
    );
    replace(
        &sandbox,
        &format!("case \"$3\" in -B) {HANGS};; *) {answer};; esac"),
    );
    let write = || crate::stale::set_mtime(&sandbox.write("project/app.py", OLD), THEN, 0);
    write();
    sandbox
        .plain(&["python3", "-m", "compileall", "-q", "app.py"])
        .quiet();
    write();
    // What git tracks is not armed, so that `--fix` has it before it twice.
    sandbox.plain(&["git", "add", "-f", "__pycache__"]).quiet();
    for args in COMMANDS.iter().filter(|args| args[0] != "run") {
        let said = asks_once(&sandbox, args);
        let is_told = said
            .out
            .contains("1 more bytecode file looks old, and is not proven");
        assert_eq!(is_told, args[0] == "doctor", "{args:?}: {said:#?}");
    }
}

/// One that answers at once, with nonsense that looks like an answer, is no other case.
#[test]
fn an_interpreter_that_answers_nonsense() {
    let sandbox = healthy();
    replace(&sandbox, "echo $$ >>\"$LOG\"; printf 'x\\0y\\0'");
    COMMANDS
        .iter()
        .for_each(|args| drop(asks_once(&sandbox, args)));
}
