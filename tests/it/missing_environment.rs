//! An environment that a project should have, or had, and that is not there: another Python runs in
//! its place, and a run says so once in a shell.

use std::fs;

use crate::sandbox::{DEVENV, Said, Sandbox};
use crate::uv::with_uv;

const SAID: &str = "the environment `.venv` is missing: `";

fn with_environment() -> Sandbox {
    let sandbox = Sandbox::configured();
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    sandbox
}

/// Runs a command through devenv in a shell of its own.
fn through(sandbox: &Sandbox, command: &str) -> Said {
    sandbox.plain(&["sh", "-c", &format!("{DEVENV} run -- {command}; exit $?")])
}

#[test]
fn one_that_was_deleted() {
    for (configuration, kept) in [
        ("", true),
        ("venv = '.venv'\n", true),
        ("venv = false\n", false),
    ] {
        let sandbox = with_environment();
        sandbox.write("project/devenv.toml", configuration);
        sandbox.allow();
        through(&sandbox, "python -c pass").quiet();
        fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
        for _ in 0..2 {
            let said = through(&sandbox, "python -c pass");
            assert_eq!(said.err.contains(SAID), kept, "{configuration}: {said:#?}");
            assert_eq!(
                said.err.contains("hint: python3 -m venv ./.venv"),
                kept,
                "{configuration}: {said:#?}"
            );
        }
        let status = sandbox.devenv(&["status"]);
        assert_eq!(status.quiet().contains("missing"), kept, "{status:#?}");
        let twice = format!("{DEVENV} run -- python -c pass; {DEVENV} run -- python -c pass");
        let said = sandbox.plain(&["sh", "-c", &twice]);
        assert_eq!(
            said.err.matches(SAID).count(),
            usize::from(kept),
            "{said:#?}"
        );
        through(&sandbox, "python3 -m venv --without-pip .venv").quiet();
        through(&sandbox, "python -c pass").quiet();
    }
}

#[test]
fn one_that_uv_will_make() {
    let sandbox = with_uv();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n[tool.uv]\npackage = false\n",
    );
    let said = through(&sandbox, "python -c pass");
    assert!(
        said.err.contains(SAID) && said.err.contains("hint: uv sync"),
        "{said:#?}"
    );
    through(&sandbox, "uv --version").ok();
    assert!(
        !through(&sandbox, "uv run -q python -c pass")
            .err
            .contains("missing")
    );
    through(&sandbox, "python -c pass").quiet();
}

#[test]
fn one_that_nobody_ever_made_is_not_missed() {
    let sandbox = Sandbox::configured();
    through(&sandbox, "python -c pass").quiet();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    through(&sandbox, "python -c pass").quiet();
    assert!(!sandbox.devenv(&["status"]).quiet().contains("missing"));
}
