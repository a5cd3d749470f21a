//! Broken configurations: each is named with file, line and column, a caret and a hint; nothing
//! runs and nothing is half-written.

use crate::sandbox::Sandbox;

/// Shows that a configuration is refused, with the exact words.
#[track_caller]
fn refused(text: &str, words: &str) {
    refused_by(
        &[
            &["run", "--allow", "--", "touch", "ran"],
            &["allow"],
            &["status"],
        ],
        text,
        words,
    );
}

#[track_caller]
fn refused_by(commands: &[&[&str]], text: &str, words: &str) {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", text);
    let before = sandbox.census("project");
    for command in commands {
        let said = sandbox.devenv(command);
        let project = sandbox.project().display().to_string();
        let err = said.fails(2).replace(&project, "[PROJECT]");
        assert_eq!(
            err,
            words.trim_start_matches('\n').trim_end(),
            "{command:?}"
        );
    }
    assert_eq!(
        sandbox.census("project"),
        before,
        "nothing is run and nothing is written"
    );
    assert!(!sandbox.state().exists(), "nothing is trusted");
}

#[test]
fn bad_toml() {
    refused(
        "[env\nA = 1\n",
        r"
devenv: devenv.toml:1:5: unclosed table, expected `]`
 1 | [env
   |     ^",
    );
}

#[test]
fn an_unknown_key() {
    refused(
        "\n[profiles.dev]\nbytecod = 'none'\n",
        r"
devenv: devenv.toml:3:1: unknown key `bytecod`
 3 | bytecod = 'none'
   | ^^^^^^^
hint: did you mean `bytecode`? known: extends, bytecode, pythonpath, clear, dotenv, env",
    );
}

#[test]
fn an_unknown_value() {
    refused(
        "profiles.dev.bytecode = 'verifed'\n",
        r"
devenv: devenv.toml:1:25: unknown value `verifed`
 1 | profiles.dev.bytecode = 'verifed'
   |                         ^^^^^^^^^
hint: did you mean `verified`? known: verified, checked, none, isolated, cached",
    );
}

#[test]
fn a_wrong_type() {
    refused(
        "sources = 'src'\n",
        r"
devenv: devenv.toml:1:11: expected a list of paths, found text
 1 | sources = 'src'
   |           ^^^^^",
    );
    refused(
        "[env]\nDEBUG = true\n",
        r#"
devenv: devenv.toml:2:9: expected text, found a boolean
 2 | DEBUG = true
   |         ^^^^
hint: write `DEBUG = "1"` or `DEBUG = "true"`"#,
    );
}

#[test]
fn a_circle_of_profiles() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/devenv.toml",
        "[profiles.a]\nextends = 'b'\n[profiles.b]\nextends = 'a'\n",
    );
    let said = sandbox.devenv(&["run", "--allow", "-p", "a", "--", "touch", "ran"]);
    let words = "devenv: devenv.toml:4:11: profiles extend each other in a circle: `a` extends `b` extends `a`";
    assert!(said.fails(2).starts_with(words), "{said:#?}");
    assert!(!sandbox.path("project/ran").exists());
}

#[test]
fn an_unknown_profile() {
    // What a stranger says of profiles is followed by nobody who was not asked.
    refused_by(
        &[&["run", "--allow", "--", "touch", "ran"], &["allow"]],
        "default-profile = 'prd'\n",
        r"
devenv: devenv.toml:1:19: unknown profile `prd`
 1 | default-profile = 'prd'
   |                   ^^^^^
hint: did you mean `prod`? known: dev, prod",
    );
    let sandbox = Sandbox::configured();
    let said = sandbox.devenv(&["run", "--profile", "pord", "--", "true"]);
    assert_eq!(
        said.fails(2),
        "devenv: unknown profile `pord`\nhint: did you mean `prod`? known: dev, prod"
    );
    let said = sandbox
        .command(crate::sandbox::DEVENV)
        .args(&["run", "true"])
        .env("PYDEVENV_PROFILE", "x")
        .run();
    assert!(
        said.fails(2)
            .contains("hint: it comes from PYDEVENV_PROFILE"),
        "{said:#?}"
    );
}

#[test]
fn a_dotenv_file_that_is_missing_or_wrong() {
    refused_by(
        &[&["run", "--allow", "--", "touch", "ran"], &["allow"]],
        "[profiles.dev]\ndotenv = '.env'\n",
        r#"
devenv: devenv.toml:2:10: `[PROJECT]/.env` does not exist
 2 | dotenv = '.env'
   |          ^^^^^^
hint: create it, or make it optional: `{ path = "…", optional = true }`"#,
    );
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", "[profiles.dev]\ndotenv = '.env'\n");
    sandbox.write("project/.env", "GOOD=1\nBAD 2\n");
    let said = sandbox.devenv(&["run", "--allow", "--", "touch", "ran"]);
    let words = "devenv: .env:2:5: expected `=` after a variable's name\nhint: write `NAME=value`";
    assert_eq!(said.fails(2), words);
    assert!(!sandbox.path("project/ran").exists());
}

#[test]
fn names_that_no_shell_could_hold() {
    for (text, words) in [
        ("[env]\n'A-B' = 'x'\n", "`A-B` is no name for a variable"),
        ("[profiles.'a b']\n", "`a b` is no name for a profile"),
        ("[aliases]\n'a;b' = 'x'\n", "`a;b` is no name for an alias"),
        ("[aliases]\na = '\"x'\n", "a quote is never closed"),
        (
            "[env]\nPYTHONDONTWRITEBYTECODE = '1'\n",
            "`PYTHONDONTWRITEBYTECODE` is set by the profile's bytecode policy",
        ),
        ("[env]\nPYDEVENV_X = '1'\n", "`PYDEVENV_X` is devenv's own"),
        (
            "[env]\nPATH = { prepend = ['a:b'] }\n",
            "devenv.toml:2:21: an element can't hold a colon",
        ),
        (
            "[profiles.dev]\npythonpath = ['a:b']\n",
            "devenv.toml:2:15: an element can't hold a colon",
        ),
        (
            "[env]\nA = { default = 'x', prepend = [] }\n",
            "`default` stands alone",
        ),
        (
            "quiet = true\n",
            "`quiet` belongs into your own configuration",
        ),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("project/devenv.toml", text);
        let said = sandbox.devenv(&["allow"]);
        assert!(said.fails(2).contains(words), "{words} in {said:#?}");
    }
}

#[test]
fn the_users_own_file_may_be_newer_than_the_program() {
    let sandbox = Sandbox::configured();
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        "from-the-future = 1\n[env]\nA = 'x'\n",
    );
    let said = sandbox.through(&["sh", "-c", "echo $A"]);
    assert_eq!(said.ok(), "x");
    assert!(
        said.err.contains("warning: ") && said.err.contains("unknown key `from-the-future`"),
        "{said:#?}"
    );
    sandbox.write("home/.config/pydevenv/config.toml", "[env\n");
    assert!(
        sandbox
            .through(&["true"])
            .fails(2)
            .contains("config.toml:1:5")
    );
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/devenv.toml",
        "'\\u001b]0;evil' = 1\n\"\\u001b[31m\" = 1\n",
    );
    let said = sandbox.devenv(&["allow"]);
    said.fails(2);
    assert!(!said.err.contains('\u{1b}'), "{said:#?}");
}

/// A list can't name what lies in a directory with a colon in its name: the rest would be a place
/// of anybody's.
#[test]
fn a_colon_in_the_path_of_a_project_puts_nothing_foreign_on_a_list() {
    let sandbox = Sandbox::new();
    sandbox.write("co:xyzzy/.venv/pyvenv.cfg", "home = /usr/bin\n");
    sandbox.write("co:xyzzy/.env", "\nPYTHONPATH=/abs:lib\n");
    sandbox.write("co:xyzzy/pyproject.toml", "");
    let path = |args: &[&str]| {
        sandbox.devenv_in("co:xyzzy", &[args, &["sh", "-c", "echo $PATH"]].concat())
    };
    let said = path(&["run", "--"]);
    assert!(
        !said.ok().contains("xyzzy") && said.err.contains("can't be put on PATH: it holds a colon"),
        "{said:#?}"
    );
    for (text, place) in [
        ("[env]\nPATH = { prepend = ['bin'] }\n", "devenv.toml:2:21"),
        ("[env]\nPYTHONPATH = '/abs:lib'\n", "devenv.toml:2:14"),
        ("[profiles.dev]\npythonpath = ['lib']\n", "devenv.toml:2:15"),
        ("[profiles.dev]\ndotenv = '.env'\n", ".env:2:1"),
    ] {
        sandbox.write("co:xyzzy/devenv.toml", text);
        let said = path(&["run", "--allow", "--"]);
        assert!(
            said.fails(2)
                .contains(&format!("{place}: an element can't hold a colon")),
            "{said:#?}"
        );
    }
    sandbox.write(
        "co:xyzzy/devenv.toml",
        "[env]\nPATH = { prepend = ['/opt/bin'] }\n",
    );
    assert!(
        path(&["run", "--allow", "--"])
            .ok()
            .starts_with("/opt/bin:")
    );
}
