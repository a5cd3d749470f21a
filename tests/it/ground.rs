//! What devenv stands on: no plan, record or session moves the directories in which it looks for
//! the user's consent.

use crate::sandbox::{DEVENV, Sandbox};

const GROUND: [&str; 8] = [
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_DIRS",
    "PYDEVENV_SESSION",
    "PYDEVENV_DISABLE",
    "__pydevenv_record",
];

#[test]
fn a_plan_that_would_move_it_is_refused_with_its_line() {
    let sandbox = Sandbox::configured();
    for name in GROUND {
        let why = if name.contains("pydevenv") || name.contains("PYDEVENV") {
            "is devenv's own"
        } else {
            "says where devenv's own files lie"
        };
        let forms = [
            "'x'",
            "1",
            "false",
            "{ default = 'x' }",
            "{ prepend = ['x'] }",
            "{ remove = ['x'] }",
        ];
        for form in forms {
            for (text, place) in [
                (format!("[env]\n{name} = {form}\n"), "devenv.toml:2:1"),
                (
                    format!("[profiles.own.env]\nA = '1'\n{name} = {form}\n"),
                    "devenv.toml:3:1",
                ),
            ] {
                sandbox.write("project/devenv.toml", &text);
                let said = sandbox.devenv(&["allow"]);
                assert!(
                    said.fails(2).contains(&format!("{place}: `{name}` {why}")),
                    "{text}: {said:#?}"
                );
            }
        }
        sandbox.write("project/devenv.toml", "[profiles.dev]\ndotenv = '.env'\n");
        sandbox.write("project/.env", format!("A=1\n{name}=/x\n"));
        for args in [&["allow"][..], &["run", "--allow", "--", "true"]] {
            let said = sandbox.devenv(args);
            assert!(
                said.fails(2).contains(&format!(".env:2:1: `{name}` {why}")),
                "{said:#?}"
            );
        }
        std::fs::remove_file(sandbox.path("project/.env")).unwrap();
        sandbox.write("project/devenv.toml", "");
        sandbox.allow();
        let own = sandbox.write(
            "home/.config/pydevenv/config.toml",
            format!("[env]\n{name} = 'x'\n"),
        );
        assert!(
            sandbox
                .through(&["true"])
                .fails(2)
                .contains(&format!("config.toml:2:1: `{name}` {why}"))
        );
        std::fs::remove_file(own).unwrap();
    }
    sandbox.through(&["true"]).quiet();
}

#[test]
fn what_another_tool_says_of_it_is_left() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/.envrc",
        "export A=1\nexport HOME=/x\nexport XDG_STATE_HOME=/x\n",
    );
    let said = sandbox.devenv(&["import", "direnv"]);
    assert!(
        said.err
            .contains("not taken: .envrc:2: it says where devenv's own files lie"),
        "{said:#?}"
    );
    assert!(
        said.err.contains("not taken: .envrc:3: ") && !said.out.contains("HOME"),
        "{said:#?}"
    );
    sandbox.through(&["true"]).ok();
    let sandbox = Sandbox::new();
    sandbox.write("project/.env", "A=1\nHOME=/x\n");
    let said = sandbox.devenv(&["import", "dotenv"]);
    // A file that can't be read whole is not read, and a committed configuration gets no value of
    // it.
    let is_named = said.err.contains("not taken: .env:2: ");
    assert!(
        is_named && !said.out.contains("HOME") && !said.out.contains("A = "),
        "{said:#?}"
    );
    sandbox.through(&["true"]).ok();
}

/// A run inside a run finds the consent and the choices of the first, wherever the caller keeps
/// them.
#[test]
fn a_run_inside_a_run_stands_where_the_first_did() {
    let mut sandbox = Sandbox::new();
    for (name, path) in [
        ("XDG_STATE_HOME", "s"),
        ("XDG_CONFIG_HOME", "c"),
        ("XDG_CACHE_HOME", "k"),
    ] {
        let path = sandbox.path(path);
        sandbox.set(name, path);
    }
    sandbox.write("project/devenv.toml", "[profiles.own.env]\nA = 'own'\n");
    sandbox.allow();
    sandbox.devenv(&["profile", "use", "own"]).ok();
    let inner = [
        "devenv",
        "run",
        "--",
        "devenv",
        "run",
        "--",
        "printenv",
        "A",
        "XDG_STATE_HOME",
    ];
    assert_eq!(
        sandbox.through(&inner).ok(),
        format!("own\n{}", sandbox.path("s").display())
    );
}

/// Returns a record that says what was done to a variable, as a shell without a place for files
/// would keep it.
fn record(name: &str, before: &str) -> String {
    let text = format!("pydevenv record 1\0GOOD\0scalar\0-\0=mine\0{name}\0scalar\0={before}\0-\0");
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_record_of_names_that_no_plan_may_set_is_dropped_whole() {
    let mut sandbox = Sandbox::configured();
    sandbox.write(
        "evil/pydevenv/config.toml",
        format!(
            "trusted = ['/']\n[env]\nEVIL = '{}'\n",
            sandbox.root.display()
        ),
    );
    sandbox.write("project/devenv.toml", "[env]\nCHANGED = '1'\n");
    sandbox.set("GOOD", "mine");
    let evil = sandbox.path("evil").display().to_string();
    for name in [
        "XDG_CONFIG_HOME",
        "HOME",
        "PYDEVENV_PROFILE",
        "A B",
        "A;touch ran;B",
        "$(touch ran)",
        "A\ntouch ran\n",
    ] {
        let with = |args: &[&str]| {
            sandbox
                .command(DEVENV)
                .args(args)
                .env("PYDEVENV_RECORD", record(name, &evil))
                .run()
        };
        let said = with(&["run", "--", "true"]);
        assert!(
            said.fails(2)
                .contains("project changed since you trusted it"),
            "{name:?}: {said:#?}"
        );
        assert_eq!(
            said.err
                .matches("cannot undo what an outer devenv set")
                .count(),
            1,
            "{name:?}: {said:#?}"
        );
        let home = with(&["run", "-n", "--", "true"]);
        home.fails(2);
        for shell in [
            "bash", "zsh", "fish", "tcsh", "xonsh", "elvish", "nu", "pwsh",
        ] {
            let cwd = sandbox.project().display().to_string();
            let turn = with(&["__turn", shell, "5.9", "1", "", &cwd]);
            assert!(
                !turn.out.contains("touch") && !turn.out.contains(&evil),
                "{shell} {name:?}: {turn:#?}"
            );
            let hex: String = "touch".bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!turn.out.contains(&hex), "{shell} {name:?}: {turn:#?}");
        }
    }
    // What is no record at all is not handed back to a shell either.
    let said = sandbox
        .command(DEVENV)
        .args(&["__turn", "bash", "5.2", "1", "", "/"])
        .env("PYDEVENV_RECORD", "';touch ran;'");
    assert!(!said.run().out.contains("touch"));
    assert!(!sandbox.path("project/ran").exists());
}

#[test]
fn names_that_run_code_are_taken_and_named() {
    let sandbox = Sandbox::new();
    sandbox.write("project/.env", "BASH_ENV=./x\nPLAIN=1\n");
    let text = "[env]\nLD_PRELOAD = './x.so'\nGIT_SSH_COMMAND = { default = './x' }\nLOG = '1'\n[profiles.dev]\ndotenv = '.env'\n";
    sandbox.write("project/devenv.toml", text);
    let shown = sandbox.devenv(&["allow"]);
    let named = |name: &str| {
        shown
            .out
            .lines()
            .any(|line| line.contains(name) && line.ends_with(", which makes programs run code"))
    };
    assert!(
        ["LD_PRELOAD", "GIT_SSH_COMMAND", "BASH_ENV"]
            .into_iter()
            .all(named),
        "{shown:#?}"
    );
    assert!(!named("LOG") && !named("PLAIN"), "{shown:#?}");
}
