//! Variables of a project that are named like what a shell says of itself or computes with, or that
//! the user declared to be something else than text: none runs code, takes away what is the
//! shell's, or keeps the others from being set.

use std::fs;

use crate::sandbox::{Sandbox, wait_for};
use crate::shells::{BASH, Dialect, ELVISH, FISH, NU, Shell, TCSH, XONSH, ZSH};

/// What a shell that computes with a value runs.
const CODE: &str = "x[$(touch ../HACKED)0]";

/// What some shell makes something of.
#[rustfmt::skip]
const SPECIAL: [&str; 65] = [
    "BASHPID", "BASH_ARGV0", "BASH_CMDS", "BASH_VERSINFO", "CMD_DURATION_MS", "COMP_CWORD", "CONFIG", "CURRENT_FILE",
    "DIRSTACK", "EGID", "ENV_CONVERSIONS", "EPOCHREALTIME", "EPOCHSECONDS", "ERRNO", "EUID", "FILE_PWD", "FUNCNAME", "GID",
    "GROUPS", "HISTCMD", "HISTSIZE", "LAST_EXIT_CODE", "LINENO", "NU_VERSION", "PIPESTATUS", "PPID", "RANDOM",
    "SECONDS", "SRANDOM", "TTYIDLE", "UID", "USERNAME", "XONSH_SUBPROC_OUTPUT_FORMAT", "XONSH_VERSION", "aliases", "argv",
    "builtins", "cdpath", "chpwd_functions", "commands", "config", "cwd", "dirstack", "fish_pid", "fpath", "functions",
    "history", "home", "jobstates", "manpath", "modules", "noglob", "options", "parameters", "path", "pipestatus",
    "precmd_functions", "prompt", "psvar", "signals", "status", "term", "user", "userdirs", "version",
];

fn project(config: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0").set("SHELL", "/bin/sh");
    sandbox.write(
        "project/devenv.toml",
        format!("[aliases]\ngreet = 'true'\n[env]\n{config}"),
    );
    sandbox.allow();
    sandbox
}

fn lives_with_special_names(dialect: Dialect) {
    let names: String = SPECIAL.map(|name| format!("{name} = '{CODE}'\n")).concat();
    let sandbox = project(&format!("AAA = 'one'\n{names}zzz = 'one'\n"));
    let mut shell = Shell::start(&sandbox, dialect);
    let path = shell.get("PATH");
    for _ in 0..2 {
        shell.line(&format!("cd {}", sandbox.path("project").display()));
        shell.comes_to("zzz", Some("one"));
        shell.comes_to("AAA", Some("one"));
        assert_eq!(shell.get("PATH"), path, "{}", shell.words());
        shell.idles();
        shell.line(&format!("cd {}", sandbox.path("home").display()));
        shell.comes_to("zzz", None);
        shell.comes_to("AAA", None);
        let left: Vec<_> = shell
            .env()
            .into_iter()
            .filter(|(_, value)| value == CODE)
            .collect();
        assert!(left.is_empty(), "{}: {left:?}", dialect.name);
        assert_eq!(shell.get("PATH"), path, "{}", shell.words());
        shell.idles();
    }
    assert!(!sandbox.path("HACKED").exists());
}

#[test]
fn bash_lives_with_special_names() {
    lives_with_special_names(BASH);
}

#[test]
fn zsh_lives_with_special_names() {
    lives_with_special_names(ZSH);
}

#[test]
fn fish_lives_with_special_names() {
    lives_with_special_names(FISH);
}

#[test]
fn tcsh_lives_with_special_names() {
    lives_with_special_names(TCSH);
}

#[test]
fn xonsh_lives_with_special_names() {
    lives_with_special_names(XONSH);
}

#[test]
fn elvish_lives_with_special_names() {
    lives_with_special_names(ELVISH);
}

#[test]
fn nu_lives_with_special_names() {
    lives_with_special_names(NU);
}

/// Goes into a project whose variables the user declared before.
fn sets_what_is_declared(dialect: Dialect, declarations: &[&str], names: &[&str]) {
    let settings: String = names
        .iter()
        .map(|name| format!("{name} = '{CODE}'\n"))
        .collect();
    let sandbox = project(&format!(
        "AAA = 'one'\nCLUE = '{CODE}'\nFIXED = 'ours'\nREFERS = 'CLUE'\n{settings}zzz = 'one'\n"
    ));
    let mut shell = Shell::start(&sandbox, dialect);
    declarations.iter().for_each(|line| shell.line(line));
    shell.line("readonly FIXED=mine");
    shell.line(&format!("cd {}", sandbox.path("project").display()));
    shell.comes_to("zzz", Some("one"));
    shell.comes_to("REFERS", Some("CLUE"));
    names
        .iter()
        .for_each(|name| shell.comes_to(name, Some(CODE)));
    assert_eq!(shell.get("FIXED"), None);
    shell.idles();
    shell.line(&format!("cd {}", sandbox.path("home").display()));
    shell.comes_to("zzz", None);
    names.iter().for_each(|name| shell.comes_to(name, None));
    assert_eq!(shell.get("FIXED"), None);

    let script = format!(
        "{}\nreadonly FIXED=mine\neval \"$(devenv export {})\"\nenv",
        declarations.join("\n"),
        dialect.name
    );
    let said = sandbox.command(dialect.name).args(&["-c", &script]).run();
    assert!(
        said.out.contains("zzz=one") && !said.out.contains("FIXED="),
        "{said:#?}"
    );
    names.iter().for_each(|name| {
        assert!(
            said.out.contains(&format!("\n{name}={CODE}")),
            "{name}: {said:#?}"
        );
    });
    assert!(!sandbox.path("HACKED").exists());
}

#[test]
fn bash_sets_what_the_user_declared_to_be_no_text() {
    let declarations = [
        "declare -i PORT=1 REFERS",
        "declare -a LIST=(1 2); declare -A TABLE",
        "declare -u UPPER; declare -n REF",
    ];
    sets_what_is_declared(
        BASH,
        &declarations,
        &["PORT", "LIST", "TABLE", "UPPER", "REF"],
    );
}

#[test]
fn zsh_sets_what_the_user_declared_to_be_no_text() {
    let declarations = [
        "typeset -i PORT=1 REFERS",
        "typeset -a LIST=(1 2); typeset -A TABLE",
        "typeset -u UPPER; typeset -F FLOAT",
    ];
    sets_what_is_declared(
        ZSH,
        &declarations,
        &["PORT", "LIST", "TABLE", "UPPER", "FLOAT"],
    );
}

#[test]
fn bash_shows_nothing_with_keywords() {
    let mut sandbox = project("zzz = 'one'\n");
    sandbox.set("API", "hunter2");
    let mut shell = Shell::start(&sandbox, BASH);
    shell.line("set -k");
    for (place, value) in [("project", Some("one")), ("home", None)] {
        shell.line(&format!("cd {}", sandbox.path(place).display()));
        shell.comes_to("zzz", value);
        shell.idles();
    }
    let shown = shell.shown();
    assert!(
        !shown.contains("hunter2") && !shown.contains("numeric argument"),
        "{shown}"
    );
}

/// What differs by case alone is one variable to nushell.
#[test]
fn nu_keeps_the_users_value_of_a_name_in_another_case() {
    let mut sandbox = project(
        "http_proxy = 'ours'\npath = 'ours'\nOther = 'first'\nother = 'second'\nzzz = 'one'\n",
    );
    sandbox.set("HTTP_PROXY", "theirs");
    let mut shell = Shell::start(&sandbox, NU);
    let path = shell.get("PATH");
    for (place, value) in [("project", Some("one")), ("home", None)] {
        shell.line(&format!("cd {}", sandbox.path(place).display()));
        shell.comes_to("zzz", value);
        shell.comes_to("HTTP_PROXY", Some("theirs"));
        shell.comes_to("Other", value.map(|_| "first"));
        assert_eq!(shell.get("PATH"), path);
    }
    wait_for("the words", || {
        shell
            .words()
            .contains("nu can't hold the value of `http_proxy`")
    });
}

#[test]
fn what_a_shell_says_of_itself_is_refused_when_read() {
    for name in ["PWD", "OLDPWD", "SHLVL", "_"] {
        let sandbox = Sandbox::new();
        sandbox.write("project/devenv.toml", format!("[env]\n{name} = 'a'\n"));
        let said = sandbox.devenv(&["check"]);
        assert!(
            said.out.contains(&format!(
                "devenv.toml:2:1: `{name}` is what a shell says of itself"
            )),
            "{said:#?}"
        );
        fs::write(
            sandbox.path("project/devenv.toml"),
            "[profiles.dev]\ndotenv = '.env'\n",
        )
        .unwrap();
        sandbox.write("project/.env", format!("A=1\n{name}=a\n"));
        let said = sandbox.devenv(&["allow"]);
        assert!(
            said.err.contains(&format!(
                ".env:2:1: `{name}` is what a shell says of itself"
            )),
            "{said:#?}"
        );
    }
}
