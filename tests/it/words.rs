//! Aliases of a project that are named like what some shell, or the hook itself, is made of: each
//! is a command while the shell is in the project, or is named in one line; the shell and the hook
//! go on as before.

use std::fs;

use crate::sandbox::{Sandbox, wait_or};
use crate::shells::{BASH, Dialect, ELVISH, FISH, NU, Shell, TCSH, XONSH, ZSH};

/// Keywords, builtins, and commands that hooks call, of every shell.
#[rustfmt::skip]
const WORDS: [&str; 216] = [
    // What POSIX shells, bash and zsh know.
    "alias", "autoload", "bg", "bind", "break", "builtin", "caller", "case", "cd", "command", "compdef", "compgen",
    "complete", "compopt", "continue", "coproc", "declare", "dirs", "disown", "do", "done", "echo", "elif", "else",
    "emulate", "enable", "end", "esac", "eval", "exec", "exit", "export", "false", "fc", "fg", "fi", "float", "for",
    "foreach", "function", "getopts", "hash", "help", "history", "if", "in", "integer", "jobs", "kill", "let", "limit",
    "local", "logout", "mapfile", "nocorrect", "noglob", "popd", "print", "printf", "private", "pushd", "pwd", "r",
    "read", "readonly", "repeat", "return", "select", "set", "setopt", "shift", "shopt", "source", "suspend", "test",
    "then", "time", "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unfunction", "unset",
    "until", "wait", "whence", "where", "which", "while", "zmodload", "zstat", "stat",
    // fish.
    "abbr", "and", "argparse", "begin", "block", "commandline", "contains", "count", "emit", "fish_prompt",
    "fish_title", "functions", "math", "not", "or", "path", "random", "set_color", "status", "string", "switch",
    // tcsh.
    "alloc", "beepcmd", "breaksw", "chdir", "cwdcmd", "default", "endif", "endsw", "filetest", "glob", "goto",
    "jobcmd", "ls-F", "nice", "nohup", "onintr", "periodic", "postcmd", "precmd", "printenv", "rehash", "setenv",
    "shell", "unsetenv",
    // nushell.
    "any", "append", "catch", "const", "decode", "def", "describe", "each", "extern", "flatten", "from", "get", "hide",
    "hide-env", "is-empty", "is-not-empty", "load-env", "loop", "match", "module", "mut", "open", "overlay", "plugin",
    "scope", "str", "to", "try", "use", "with-env", "null",
    // elvish.
    "coalesce", "del", "edit", "eq", "external", "fail", "fn", "has-key", "has-value", "nil", "nop", "not-eq",
    "pragma", "put", "slurp", "tmp", "var", "with",
    // xonsh and Python.
    "aliases", "as", "assert", "async", "await", "class", "import", "is", "lambda", "None", "pass", "raise", "xonfig",
    "yield", "elseif", "e", "l", "nul", "devenv",
    // Numbers and dates.
    "1", "0x10", "1kb", "2to3", "2026-01-01", "inf", "nan",
];

fn project() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0").set("SHELL", "/bin/sh");
    let noted = sandbox.write("bin/noted", "#!/bin/sh\n: > \"../notes/$1\"\n");
    sandbox
        .plain(&["chmod", "+x", noted.to_str().unwrap()])
        .quiet();
    fs::create_dir(sandbox.path("notes")).unwrap();
    let aliases: String = WORDS
        .into_iter()
        .map(|word| format!("'{word}' = 'noted {word}'\n"))
        .collect();
    let config =
        format!("[env]\nLEVEL = 'one'\n[profiles.dev]\nbytecode = 'cached'\n[aliases]\n{aliases}");
    sandbox.write("project/devenv.toml", config);
    sandbox.allow();
    sandbox
}

fn survives_every_word(dialect: Dialect) {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, dialect);
    shell.idles();
    let (home, project) = (sandbox.path("home"), sandbox.project());
    let mut refused = Vec::new();
    for round in 0..2 {
        shell.line(&format!("cd {}", project.display()));
        shell.comes_to("LEVEL", Some("one"));
        shell.idles();
        if round == 0 {
            refused = calls_each(&mut shell);
        }
        shell.line(&format!("cd {}", home.display()));
        shell.comes_to("LEVEL", None);
        shell.idles();
    }
    let shown = shell.shown();
    for word in &refused {
        let said = shown.lines().filter(|line| names(line, word)).count();
        assert_eq!(
            said, 1,
            "{}: `{word}` is no command, and that is said {said} times",
            dialect.name
        );
    }
    assert!(refused.len() < WORDS.len(), "{}", dialect.name);
}

/// Calls each alias; returns those that the hook said to be none.
fn calls_each(shell: &mut Shell<'_>) -> Vec<&'static str> {
    let shown = shell.shown();
    let (refused, given): (Vec<_>, Vec<_>) = WORDS
        .into_iter()
        .partition(|word| shown.lines().any(|line| names(line, word)));
    for word in given {
        let note = shell.sandbox.path("notes").join(word);
        // A word alone may be the name of a value.
        shell.line(&format!("{word} x"));
        wait_or(
            || format!("`{word}` in {}, {}", shell.dialect.name, tail(shell)),
            || note.exists(),
        );
    }
    refused
}

/// Returns whether a line says that an alias is no command.
fn names(line: &str, word: &str) -> bool {
    line.contains("devenv:") && line.contains("word") && line.contains(&format!("`{word}`"))
}

fn tail(shell: &Shell<'_>) -> String {
    shell
        .shown()
        .lines()
        .rev()
        .take(8)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn bash_survives_every_word() {
    survives_every_word(BASH);
}

#[test]
fn zsh_survives_every_word() {
    survives_every_word(ZSH);
}

#[test]
fn fish_survives_every_word() {
    survives_every_word(FISH);
}

#[test]
fn nushell_survives_every_word() {
    survives_every_word(NU);
}

#[test]
fn elvish_survives_every_word() {
    survives_every_word(ELVISH);
}

#[test]
fn xonsh_survives_every_word() {
    survives_every_word(XONSH);
}

#[test]
fn tcsh_survives_every_word() {
    survives_every_word(TCSH);
}
