//! Shells whose user set everything that breaks careless scripts: the shell lives, and only what is
//! ours changes.

use std::collections::BTreeSet;

use crate::sandbox::{Sandbox, wait_for};
use crate::shells::{BASH, Dialect, ELVISH, FISH, NU, Shell, TCSH, XONSH, ZSH};

fn project() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0");
    let config = "[env]\nLEVEL = 'one'\nFIXED = 'ours'\n[aliases]\ngreet = 'true'\n";
    sandbox.write("project/devenv.toml", config);
    sandbox.allow();
    sandbox
}

/// Enters and leaves a project after these lines.
fn survives(dialect: Dialect, lines: &[&str]) {
    let sandbox = project();
    let mut shell = Shell::bare(&sandbox, dialect, dialect.start);
    lines.iter().for_each(|line| shell.line(line));
    shell.load();
    shell.line(&format!("cd {}", sandbox.path("project").display()));
    shell.comes_to("LEVEL", Some("one"));
    shell.idles();
    shell.line(&format!("cd {}", sandbox.path("home").display()));
    shell.comes_to("LEVEL", None);
    shell.idles();
    assert!(
        !shell.shown().contains("__pydevenv_hook:") && !shell.shown().contains("syntax error"),
        "{}",
        shell.shown()
    );
}

/// Has the shell write words into a file, and returns them.
fn said(shell: &mut Shell<'_>, line: &str) -> String {
    let file = shell.sandbox.path("said");
    let _ = std::fs::remove_file(&file);
    shell.line(&format!("{line} > {0}.new; mv {0}.new {0}", file.display()));
    wait_for("the words", || file.exists());
    std::fs::read_to_string(file).unwrap().trim().to_owned()
}

#[test]
fn bash_lives_with_every_option() {
    survives(BASH, &["set -euo pipefail"]);
    survives(BASH, &["set -x"]);
    survives(BASH, &["set -o noclobber", "IFS=/", "set -f"]);
    survives(BASH, &["set -o posix"]);
    survives(BASH, &["set -a"]);
    survives(BASH, &["readonly FIXED=mine"]);
}

#[test]
fn bash_lives_with_hostile_aliases() {
    let aliases = "alias local=false builtin=false return=false export=false unset=false set=false";
    survives(BASH, &[aliases]);
}

#[test]
fn bash_keeps_every_form_of_its_prompt_command() {
    for form in [
        "'touch ../ran;'",
        "'touch ../ran; '",
        "(true 'touch ../ran')",
        "('touch ../ran;' true)",
        "$'true\\ntouch ../ran'",
    ] {
        let sandbox = project();
        let mut shell = Shell::bare(&sandbox, BASH, BASH.start);
        shell.line(&format!("PROMPT_COMMAND={form}"));
        shell.load();
        shell.load();
        shell.line(&format!("cd {}", sandbox.path("project").display()));
        shell.comes_to("LEVEL", Some("one"));
        assert!(sandbox.path("ran").exists(), "{form}");
        assert_eq!(
            said(&mut shell, "declare -p PROMPT_COMMAND")
                .matches("__pydevenv_hook")
                .count(),
            1
        );
        assert!(!shell.shown().contains("syntax error"), "{}", shell.shown());
    }
}

#[test]
fn zsh_lives_with_every_option() {
    survives(
        ZSH,
        &["setopt ksharrays nounset shwordsplit noglob posixaliases"],
    );
    survives(ZSH, &["setopt xtrace"]);
    survives(
        ZSH,
        &[
            "setopt noclobber globsubst rcexpandparam extendedglob nullglob errreturn warncreateglobal",
        ],
    );
    survives(ZSH, &["emulate sh"]);
    survives(ZSH, &["emulate ksh"]);
    survives(ZSH, &["IFS=/"]);
    survives(ZSH, &["readonly FIXED=mine"]);
    survives(
        ZSH,
        &[
            "alias local=false builtin=false return=false typeset=false export=false",
            "alias -g a=XX",
        ],
    );
}

#[test]
fn fish_lives_with_hostile_functions() {
    survives(FISH, &["set -g fish_trace 0", "set -g IFS /"]);
    survives(
        FISH,
        &[
            "function source2; end",
            "set -U fish_greeting ''",
            "alias ls false",
        ],
    );
}

fn status_is_untouched(dialect: Dialect, status: &str) {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, dialect);
    shell.rest();
    shell.line("sh -c 'exit 7'");
    assert_eq!(said(&mut shell, status), "7");
    // Also where the prompt in between had to ask.
    shell.line(&format!(
        "cd {}; sh -c 'exit 7'",
        sandbox.path("project").display()
    ));
    assert_eq!(said(&mut shell, status), "7");
    shell.comes_to("LEVEL", Some("one"));
}

#[test]
fn the_status_of_the_last_command_is_untouched() {
    status_is_untouched(BASH, "echo $?");
    status_is_untouched(ZSH, "echo $?");
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, BASH);
    shell.line(&format!(
        "cd {}; true | false | sh -c 'exit 5'",
        sandbox.path("project").display()
    ));
    assert_eq!(said(&mut shell, "echo ${PIPESTATUS[*]}"), "0 1 5");
    let mut shell = Shell::start(&sandbox, ZSH);
    shell.line(&format!(
        "cd {}; true | false | sh -c 'exit 5'",
        sandbox.path("project").display()
    ));
    assert_eq!(said(&mut shell, "echo $pipestatus"), "0 1 5");
}

/// Returns the names of everything that a shell has set.
fn names(shell: &mut Shell<'_>) -> BTreeSet<String> {
    let command = if shell.dialect.name == "zsh" {
        "typeset + | sed 's/.* //'; functions +"
    } else {
        "compgen -v; compgen -A function; compgen -a"
    };
    said(shell, &format!("{{ {command}; }}"))
        .lines()
        .map(str::to_owned)
        .collect()
}

fn only_ours_is_set(dialect: Dialect) {
    let sandbox = project();
    let mut shell = Shell::bare(&sandbox, dialect, dialect.start);
    shell.line(&format!("cd {}", sandbox.path("home").display()));
    shell.line("sh -c 'exit 0'");
    let before = names(&mut shell);
    shell.load();
    shell.line(&format!("cd {}", sandbox.path("project").display()));
    shell.comes_to("LEVEL", Some("one"));
    let new: Vec<String> = names(&mut shell).difference(&before).cloned().collect();
    let known = [
        "LEVEL",
        "FIXED",
        "PYTHONDONTWRITEBYTECODE",
        "PYDEVENV_SESSION",
        "PROMPT_COMMAND",
        "greet",
        "OLDPWD",
        "_",
    ];
    let known = |name: &String| known.contains(&name.as_str()) || name.starts_with("__pydevenv");
    let hooks = |name: &String| name == "precmd_functions" || name == "chpwd_functions";
    let foreign: Vec<&String> = new
        .iter()
        .filter(|name| !known(name) && !hooks(name))
        .collect();
    assert!(
        foreign.is_empty() && !new.is_empty(),
        "{}: {foreign:?}",
        dialect.name
    );
}

#[test]
fn only_what_is_ours_is_set() {
    only_ours_is_set(BASH);
    only_ours_is_set(ZSH);
}

/// A turn that is interrupted is taken again.
fn survives_ctrl_c(dialect: Dialect) {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, dialect);
    // Long enough to be interrupted, the first time.
    let counted = sandbox.read("bin/counted");
    sandbox.write("slow", "");
    let slow = counted.replace(
        "exec",
        "[ -e ../slow ] || { touch ../slow; sleep 10; }\nexec",
    );
    sandbox.write("bin/counted", slow);
    for (place, level) in [("project", Some("one")), ("home", None)] {
        // A turn of an earlier prompt would be the one that is interrupted, and what was typed
        // after it be lost.
        shell.rest();
        let _ = std::fs::remove_file(sandbox.path("slow"));
        shell.line(&format!("cd {}", sandbox.path(place).display()));
        wait_for("the turn", || sandbox.path("slow").exists());
        shell.terminal.send("\u{3}");
        shell.comes_to("LEVEL", level);
    }
}

#[test]
fn an_interrupted_turn_is_taken_again() {
    survives_ctrl_c(BASH);
    survives_ctrl_c(ZSH);
    survives_ctrl_c(FISH);
    survives_ctrl_c(ELVISH);
    survives_ctrl_c(NU);
    survives_ctrl_c(XONSH);
}

/// tcsh takes a `precmd` away when the key comes at the wrong moment, which is one time in ten.
#[test]
fn tcsh_gets_its_hook_back_after_an_interrupted_turn() {
    for _ in 0..12 {
        survives_ctrl_c(TCSH);
    }
}

#[test]
fn a_shell_that_reads_no_prompt_is_left_alone() {
    let sandbox = project();
    for (shell, load) in [
        ("bash", "eval \"$(devenv hook bash)\""),
        ("zsh", "eval \"$(devenv hook zsh)\""),
        ("fish", "devenv hook fish | source"),
    ] {
        let script = format!("{load}; cd {}; env", sandbox.path("project").display());
        let said = sandbox.command(shell).args(&["-c", &script]).run();
        assert!(!said.quiet().contains("LEVEL="), "{said:#?}");
    }
}

#[test]
fn without_the_program_the_hook_is_silent() {
    for dialect in [BASH, ZSH, FISH] {
        let sandbox = project();
        let mut shell = Shell::start(&sandbox, dialect);
        shell.rest();
        std::fs::remove_file(sandbox.path("bin/counted")).unwrap();
        let shown = shell.shown().len();
        shell.env();
        shell.line(&format!("cd {}", sandbox.path("project").display()));
        shell.env();
        let new = shell.shown()[shown..].to_owned();
        assert!(
            !new.contains("counted") && !new.contains("pydevenv_"),
            "{}: {new}",
            dialect.name
        );
    }
}

#[test]
fn a_change_of_directory_counts_before_the_next_prompt_where_the_shell_can_tell() {
    for dialect in [ZSH, FISH] {
        let sandbox = project();
        let mut shell = Shell::start(&sandbox, dialect);
        shell.rest();
        let line = format!(
            "cd {}; and env | grep LEVEL",
            sandbox.path("project").display()
        );
        let line = if dialect.name == "zsh" {
            line.replace("; and", " &&")
        } else {
            line
        };
        assert_eq!(said(&mut shell, &line), "LEVEL=one");
        // What a subshell prints is somebody's data.
        if dialect.name == "zsh" {
            assert_eq!(
                said(&mut shell, "echo \"[$(cd ..; cd project; echo data)]\""),
                "[data]"
            );
        }
    }
}
