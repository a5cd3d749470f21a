//! `devenv demo` shows what really happens, and says so when nothing is wrong.

use crate::sandbox::Sandbox;

#[test]
fn it_shows_old_code_twice_and_new_code_under_devenv() {
    let sandbox = Sandbox::new();
    let before = sandbox.census("");
    let said = sandbox.devenv(&["demo"]);
    let lines: Vec<Vec<&str>> = said
        .quiet()
        .lines()
        .filter(|l| l.contains(" prints "))
        .map(|l| l.split(" prints ").collect())
        .collect();
    let printed: Vec<&str> = lines.iter().map(|line| line[1]).collect();
    assert_eq!(
        printed,
        ["old", "old", "new", "old", "old", "new"],
        "{}",
        said.out
    );
    assert!(
        said.out
            .contains("devenv run -- python3               ran the edited code in 2 of 2 cases")
    );
    assert!(
        said.out
            .contains("Next, in a project of yours: devenv init")
    );
    assert_eq!(sandbox.census(""), before, "it leaves nothing");
}

#[test]
fn a_python_that_is_never_stale_changes_what_is_printed() {
    let sandbox = Sandbox::new();
    let real = crate::sandbox::python().display().to_string();
    // An interpreter that never finds bytecode: what it prints is always the edited code of the
    // module at hand.
    let wrapper = format!("#!/bin/sh\nexec {real} -X pycache_prefix=/dev/null/x \"$@\"\n");
    let path = sandbox.write("bin/python3", wrapper);
    sandbox
        .plain(&["chmod", "+x", path.to_str().unwrap()])
        .quiet();
    let said = sandbox.devenv(&["demo"]);
    let first = said
        .ok()
        .lines()
        .find(|line| line.contains(" prints "))
        .unwrap()
        .to_owned();
    assert!(
        first.starts_with("  python3") && first.ends_with("prints new"),
        "{}",
        said.out
    );
}

#[test]
fn without_python_it_says_so() {
    let mut sandbox = Sandbox::new();
    sandbox.set("PATH", sandbox.path("nowhere"));
    assert_eq!(
        sandbox.devenv(&["demo"]).fails(2),
        "devenv: cannot find `python3`\nhint: install Python, or put it on PATH"
    );
}
