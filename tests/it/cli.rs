//! The command line as a whole: its help, completions and manual pages say the same, and are
//! committed as they are.

use std::fs;
use std::path::Path;

use crate::sandbox::{DEVENV, Sandbox};

const SHELLS: [(&str, &str); 6] = [
    ("bash", "devenv.bash"),
    ("zsh", "_devenv"),
    ("fish", "devenv.fish"),
    ("nu", "devenv.nu"),
    ("elvish", "devenv.elv"),
    ("pwsh", "_devenv.ps1"),
];

fn in_tree(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn committed_completions_are_those_of_the_program() {
    let sandbox = Sandbox::new();
    for (shell, file) in SHELLS {
        let script = sandbox.devenv(&["completions", shell]);
        assert!(script.code == Some(0) && script.err.is_empty());
        let path = in_tree("completions").join(file);
        if std::env::var_os("PYDEVENV_BLESS").is_some() {
            fs::write(&path, &script.out).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == script.out,
            "{file} is old: PYDEVENV_BLESS=1 cargo test committed_completions"
        );
    }
    assert!(
        sandbox
            .devenv(&["completions", "nosuch"])
            .fails(2)
            .contains("possible values")
    );
}

/// Packages bring the pages as they are in the tree.
#[test]
fn committed_manual_pages_are_those_of_the_program() {
    let sandbox = Sandbox::new();
    let made = sandbox.path("man");
    sandbox
        .devenv(&["man", "--out-dir", made.to_str().unwrap()])
        .quiet();
    let committed = in_tree("man").canonicalize().unwrap();
    if std::env::var_os("PYDEVENV_BLESS").is_some() {
        fs::remove_dir_all(&committed).unwrap();
        sandbox
            .devenv(&["man", "--out-dir", committed.to_str().unwrap()])
            .quiet();
    }
    let difference = sandbox.plain(&[
        "diff",
        "-r",
        committed.to_str().unwrap(),
        made.to_str().unwrap(),
    ]);
    assert_eq!(
        difference.out, "",
        "the pages are old: PYDEVENV_BLESS=1 cargo test committed_manual_pages"
    );
}

#[test]
fn completions_load_and_complete_a_command_after_the_dashes() {
    let sandbox = Sandbox::new();
    let script = "source <(\"$0\" completions bash); COMP_WORDS=(devenv run -- ls); COMP_CWORD=3; _devenv devenv ls --; \
                  printf '%s\\n' \"${COMPREPLY[@]}\" | grep -c -- --profile";
    assert_eq!(
        sandbox
            .command("bash")
            .args(&["-c", script, DEVENV])
            .run()
            .out
            .trim(),
        "0"
    );
    let script = "source <(\"$0\" completions bash); COMP_WORDS=(devenv prof); COMP_CWORD=1; _devenv devenv prof devenv; \
                  printf '%s\\n' \"${COMPREPLY[@]}\"";
    assert_eq!(
        sandbox
            .command("bash")
            .args(&["-c", script, DEVENV])
            .run()
            .quiet(),
        "profile"
    );
}

/// Returns the help of a command and of those below it.
fn help(sandbox: &Sandbox, words: &[&str]) -> String {
    let said = sandbox.devenv(&[words, &["--help"]].concat());
    let mut text = format!("=== devenv {}\n{}\n", words.join(" "), said.quiet());
    let listed = said.out.split("Commands:\n").nth(1).unwrap_or_default();
    let names = listed
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next());
    for name in names.filter(|name| *name != "help") {
        text += &help(sandbox, &[words, &[name]].concat());
    }
    text
}

#[test]
fn the_whole_help_is_in_the_snapshot() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!("help", help(&sandbox, &[]));
}

#[test]
fn every_command_has_a_manual_page() {
    let sandbox = Sandbox::new();
    sandbox.devenv(&["man", "--out-dir", "../man"]).quiet();
    let mut names: Vec<String> = fs::read_dir(sandbox.path("man"))
        .unwrap()
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(
        names.contains(&"devenv.1".to_owned()) && names.contains(&"devenv-run.1".to_owned()),
        "{names:?}"
    );
    for name in &names {
        let page = sandbox.read(&format!("man/{name}"));
        assert!(
            page.contains(".TH DEVENV") && page.contains(".SH SYNOPSIS"),
            "{name}"
        );
    }
    assert_eq!(
        sandbox.devenv(&["man", "run"]).quiet(),
        sandbox.read("man/devenv-run.1").trim_end()
    );
    assert!(
        sandbox
            .devenv(&["man", "rnu"])
            .fails(2)
            .contains("did you mean `run`?")
    );
}

#[test]
fn mistakes_are_named_and_the_nearest_word_is_offered() {
    let sandbox = Sandbox::new();
    let said = sandbox.devenv(&["statsu"]);
    assert!(
        said.fails(2)
            .starts_with("devenv: unrecognized subcommand 'statsu'")
            && said.err.contains("'status'"),
        "{said:#?}"
    );
    assert!(sandbox.devenv(&["--version"]).quiet().contains("pydevenv"));
    sandbox.devenv(&["__fill", "work", "../../etc"]).fails(2);
    sandbox.devenv(&[]).fails(2);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = Sandbox::new();
    let script = format!("{DEVENV} completions bash | head -n 1; echo ${{PIPESTATUS[0]}}");
    let said = sandbox.plain(&["bash", "-c", &script]);
    assert!(said.quiet().ends_with('0'), "{said:#?}");
}
