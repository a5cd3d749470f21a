//! Tests that pytest rewrites: made ahead where its version checks them by content, kept by itself
//! under `checked`, and never old.

use std::path::Path;

use serde_json::Value;

use crate::sandbox::{DEVENV, Said, Sandbox};
use crate::stale::{THEN, set_mtime};
use crate::uv::with_uv;

/// A project with an environment that holds this pytest, and with so many files of tests.
fn with_pytest(version: &str, configuration: &str, files: usize) -> Sandbox {
    let sandbox = with_uv();
    sandbox.write("project/devenv.toml", configuration);
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'app'\nversion = '1'\n",
    );
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", &format!("pytest=={version}")])
        .ok();
    (0..files).for_each(|number| write(&sandbox, number, 1));
    sandbox.write("project/tests/conftest.py", "import pytest\n");
    sandbox.allow();
    sandbox
}

/// Writes a file of tests that pass for this value; every one has the same size and time.
fn write(sandbox: &Sandbox, number: usize, value: u32) {
    let text = format!("def test_it():\n    assert {value} == 1\n");
    set_mtime(
        &sandbox.write(&format!("project/tests/test_{number}.py"), text),
        THEN,
        0,
    );
}

/// Returns the names of what pytest would read instead of the tests.
fn rewritten(sandbox: &Sandbox) -> Vec<String> {
    let find = "find . -name '*-pytest-*.pyc' -path './tests/*' | sort";
    sandbox
        .plain(&["sh", "-c", find])
        .quiet()
        .lines()
        .map(|line| line.rsplit('/').next().unwrap().to_owned())
        .collect()
}

fn pytest(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox.through(&[&["pytest", "-q", "-p", "no:cacheprovider"], args].concat())
}

#[test]
fn tests_are_rewritten_ahead_by_the_environments_own_pytest() {
    let sandbox = with_pytest("9.2.0", "", 5);
    sandbox.through(&["true"]).ok();
    sandbox.settle();
    let made = rewritten(&sandbox);
    assert_eq!(made.len(), 6, "{made:?}");
    // pytest takes them: with a trace of what it does, it rewrites nothing.
    let before = sandbox.census("project/tests");
    let said = pytest(&sandbox, &["--debug=../trace", "--collect-only"]);
    said.ok();
    let trace = sandbox.read("trace");
    // The trace begins after the first `conftest.py`.
    let said = ["found cached rewritten pyc", "rewriting PosixPath"]
        .map(|words| trace.matches(words).count());
    assert_eq!(said, [5, 0]);
    assert_eq!(before, sandbox.census("project/tests"));
    // It says what it would have said.
    write(&sandbox, 3, 2);
    assert!(
        pytest(&sandbox, &[]).out.contains("assert 2 == 1"),
        "an edit runs at once"
    );
    sandbox.settle();
    let second = pytest(&sandbox, &[]);
    assert!(
        second.fails(1).is_empty() && second.out.contains("assert 2 == 1"),
        "and after the fill: {second:#?}"
    );
    write(&sandbox, 3, 1);
    pytest(&sandbox, &[]).ok();
    sandbox.devenv(&["cache", "verify"]).ok();
}

#[test]
fn nothing_of_the_project_runs_while_its_tests_are_rewritten() {
    let sandbox = with_pytest("9.2.0", "", 1);
    for file in [
        "tests/conftest.py",
        "tests/test_0.py",
        "tests/__init__.py",
        "conftest.py",
        "_pytest.py",
        "pytest.py",
    ] {
        sandbox.write(
            &format!("project/{file}"),
            "open('/proc/self/cwd/../../ran', 'w')\nopen('ran', 'w')\n",
        );
    }
    sandbox.through(&["true"]).ok();
    sandbox.settle();
    assert!(rewritten(&sandbox).len() >= 2);
    assert!(
        !sandbox.path("project/ran").exists()
            && !sandbox.path("ran").exists()
            && !Path::new("/ran").exists()
    );
}

#[test]
fn settings_say_which_files_are_tests_and_whether_they_can_be_made_ahead() {
    let sandbox = with_pytest("9.2.0", "", 2);
    sandbox.write(
        "project/pytest.ini",
        "[pytest]\npython_files = check_*.py\n",
    );
    sandbox.write("project/tests/check_a.py", "def test_it():\n    assert 1\n");
    sandbox.through(&["true"]).ok();
    sandbox.settle();
    assert_eq!(
        rewritten(&sandbox)
            .iter()
            .map(|name| &name[..5])
            .collect::<Vec<_>>(),
        ["check", "conft"]
    );
    sandbox
        .plain(&["sh", "-c", "rm -r tests/__pycache__"])
        .quiet();
    sandbox.write(
        "project/pytest.ini",
        "[pytest]\nenable_assertion_pass_hook = true\n",
    );
    sandbox.through(&["true"]).ok();
    sandbox.settle();
    assert!(
        rewritten(&sandbox).is_empty(),
        "they would be rewritten in another way"
    );
}

#[test]
fn a_pytest_that_does_not_work_is_asked_once() {
    let sandbox = with_pytest("9.2.0", "", 2);
    let broken = sandbox.plain(&[
        "sh",
        "-c",
        "ls .venv/lib/python3*/site-packages/_pytest/assertion/rewrite.py",
    ]);
    // A link into uv's cache.
    std::fs::remove_file(sandbox.path(&format!("project/{}", broken.quiet()))).unwrap();
    sandbox.write(
        &format!("project/{}", broken.quiet()),
        "raise RuntimeError('broken')\n",
    );
    for _ in 0..3 {
        sandbox.through(&["true"]).ok();
        sandbox.settle();
    }
    assert!(rewritten(&sandbox).is_empty());
    let traced = sandbox.command("strace").args(&[
        "-f",
        "-e",
        "trace=execve",
        "-o",
        "../trace",
        DEVENV,
        "run",
        "--",
        "true",
    ]);
    traced.run().ok();
    assert!(
        !sandbox.read("trace").contains("__fill"),
        "{}",
        sandbox.read("trace")
    );
}

#[test]
fn without_consent_no_pytest_is_imported() {
    let sandbox = with_pytest("9.2.0", "", 2);
    std::fs::remove_file(sandbox.path("project/devenv.toml")).unwrap();
    sandbox.through(&["true"]).ok();
    sandbox.settle();
    assert!(rewritten(&sandbox).is_empty());
}

#[test]
fn an_older_pytest_keeps_its_files_under_checked_and_an_edit_still_runs() {
    let sandbox = with_pytest("8.4.2", "[profiles.dev]\nbytecode = 'checked'\n", 3);
    // Files that are older than their compilation by more than any compiler needs are kept from run
    // to run.
    std::thread::sleep(std::time::Duration::from_millis(2200));
    pytest(&sandbox, &[]).ok();
    sandbox.settle();
    assert_eq!(rewritten(&sandbox).len(), 4);
    let state = || {
        let all = sandbox.census("project/tests/__pycache__");
        all.into_iter()
            .filter(|(path, _)| path.to_string_lossy().contains("-pytest-"))
            .collect::<Vec<_>>()
    };
    let before = state();
    pytest(&sandbox, &[]).ok();
    assert_eq!(before, state(), "nothing was rewritten again");
    write(&sandbox, 1, 2);
    let said = pytest(&sandbox, &[]);
    assert!(
        said.fails(1).is_empty() && said.out.contains("assert 2 == 1"),
        "{said:#?}"
    );
    assert_eq!(
        before.iter().filter(|file| state().contains(file)).count(),
        3,
        "and the others are kept"
    );
    write(&sandbox, 1, 1);
    pytest(&sandbox, &[]).ok();
}

#[test]
fn what_an_older_pytest_costs_is_said() {
    let sandbox = with_pytest("8.4.2", "", 3);
    let said = sandbox.devenv(&["cache", "info"]);
    assert!(
        said.quiet()
            .contains("pytest     8.4.2 rewrites 4 test files ("),
        "{said:#?}"
    );
    assert!(
        said.out.contains("`bytecode = \"checked\"` in the profile"),
        "{said:#?}"
    );
    let json: Value =
        serde_json::from_str(sandbox.devenv(&["cache", "info", "--json"]).quiet()).unwrap();
    assert_eq!(
        (json["pytest"]["files"].as_u64(), json["policy"].as_str()),
        (Some(4), Some("verified"))
    );
    sandbox.write(
        "project/devenv.toml",
        "[profiles.dev]\nbytecode = 'checked'\n",
    );
    sandbox.allow();
    assert!(
        !sandbox
            .devenv(&["cache", "info"])
            .quiet()
            .contains("pytest")
    );
}

/// Only who may start a fill looks for pytest and its settings: nothing of that is on the hook's
/// path.
#[test]
fn entering_a_project_reads_nothing_about_pytest() {
    let sandbox = with_pytest("9.2.0", "", 1);
    let project = sandbox.project().display().to_string();
    let turn = [
        "-o", "../trace", DEVENV, "__turn", "bash", "5.2", "1", "", &project,
    ];
    sandbox.command("strace").args(&turn).run().ok();
    let trace = sandbox.read("trace");
    assert!(
        trace.contains("devenv.toml")
            && !trace.contains("_pytest/")
            && !trace.contains("pytest.ini"),
        "{trace}"
    );
}
