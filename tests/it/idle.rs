//! An idle prompt starts nothing: no process and no program, counted by the kernel.

use std::fs;
use std::path::Path;

use crate::sandbox::{DEVENV, Sandbox};
use crate::shells::{BASH, Dialect, FISH, Shell, ZSH};

const CALLS: &str = "trace=clone,clone3,fork,vfork";
const PROMPTS: usize = 20;

/// Counts what the shell itself starts while a number of empty lines is entered: beside that, one
/// program that tells when they are through.
fn started(shell: &mut Shell<'_>, trace: &Path, prompts: usize) -> usize {
    shell.env();
    let before = calls(trace);
    shell.terminal.send(&"\r".repeat(prompts));
    shell.env();
    calls(trace) - before - 1
}

/// Returns how many processes the first one that was traced has made.
fn calls(trace: &Path) -> usize {
    let text = fs::read_to_string(trace).unwrap();
    let shell = text.split(' ').next().unwrap();
    let own = text
        .lines()
        .filter(|line| line.split(' ').next() == Some(shell));
    let makes = |line: &&str| {
        ["clone(", "clone3(", "fork("]
            .iter()
            .any(|call| line.contains(call))
    };
    // fish highlights and suggests in threads.
    own.filter(|line| makes(line) && !line.contains("CLONE_THREAD"))
        .count()
}

fn starts_nothing(dialect: Dialect) {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0");
    sandbox.write(
        "project/devenv.toml",
        "[env]\nLEVEL = 'one'\n[aliases]\ngreet = 'true'\n",
    );
    sandbox.write("project/a/b/c/d/e/file", "");
    sandbox.allow();
    let trace = sandbox.path("trace");
    let traced = [
        "strace",
        "-f",
        "-qq",
        "-e",
        CALLS,
        "-o",
        trace.to_str().unwrap(),
    ];
    let mut shell = Shell::start_by(&sandbox, dialect, &[&traced[..], dialect.start].concat());
    if dialect.name == "fish" {
        // Its own prompt asks for the state of a repository.
        shell.line("function fish_prompt; echo '> '; end; function fish_title; end");
    }
    for place in ["home", "project", "project/a/b/c/d/e", "home"] {
        shell.line(&format!("cd {}", sandbox.path(place).display()));
        shell.rest();
        assert_eq!(
            started(&mut shell, &trace, PROMPTS),
            0,
            "{} in {place}",
            dialect.name
        );
    }
    // Proof that a prompt that has to ask is seen.
    shell.line(&format!("cd {}", sandbox.path("project").display()));
    shell.rest();
    let before = calls(&trace);
    sandbox
        .command(DEVENV)
        .args(&["profile", "use", "prod"])
        .run()
        .ok();
    shell.env();
    shell.env();
    assert!(calls(&trace) - before > 2);
}

#[test]
fn bash_starts_nothing_at_an_idle_prompt() {
    starts_nothing(BASH);
}

#[test]
fn zsh_starts_nothing_at_an_idle_prompt() {
    starts_nothing(ZSH);
}

#[test]
fn fish_starts_nothing_at_an_idle_prompt() {
    starts_nothing(FISH);
}
