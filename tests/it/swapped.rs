//! Somebody who may write the directory that a project is in swaps the project itself for a link to
//! another directory of the user's, after devenv looked and before it acts. Nothing is removed or
//! made there, and it is said.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};

use crate::noise::Noise;
use crate::pty::Terminal;
use crate::sandbox::{DEVENV, Sandbox};

const SAID: &str = "is not the directory that was looked at";

/// A project, and a directory of the same names elsewhere with a link that leads there.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::configured();
    let tag = sandbox
        .plain(&[
            "python3",
            "-c",
            "import sys; print(sys.implementation.cache_tag)",
        ])
        .quiet()
        .to_owned();
    for place in ["project", "outside"] {
        fill(&sandbox, place, &tag);
        sandbox.write(&format!("{place}/new/fresh.py"), "V = 1\n");
    }
    symlink(sandbox.path("outside"), sandbox.path("trap")).unwrap();
    sandbox
}

/// Writes what would be removed or armed.
fn fill(sandbox: &Sandbox, place: &str, tag: &str) {
    let unchecked = [&[0xa7, 0x0d, 0x0d, 0x0a, 1, 0, 0, 0][..], &[9; 40]].concat();
    for package in 0..6 {
        sandbox.write(&format!("{place}/p{package}/m.py"), "V = 1\n");
        sandbox.write(
            &format!("{place}/p{package}/__pycache__/m.{tag}.pyc"),
            &unchecked,
        );
        sandbox.write(&format!("{place}/p{package}/a.log"), "");
        sandbox.write(&format!("{place}/p{package}/.mypy_cache/x"), "");
    }
}

fn swap(sandbox: &Sandbox) {
    renameat_with(
        CWD,
        sandbox.path("project"),
        CWD,
        sandbox.path("trap"),
        RenameFlags::EXCHANGE,
    )
    .unwrap();
}

#[test]
fn what_a_question_was_about_is_what_goes_and_nothing_in_its_place() {
    let sandbox = sandbox();
    let (outside, before) = (sandbox.census("outside"), sandbox.census("project"));
    let mut terminal =
        Terminal::start(&sandbox, &[DEVENV, "cache", "clear", "--erase", "**/*.log"]);
    terminal.expect("[y/N]");
    swap(&sandbox);
    terminal.send("y\r");
    terminal.expect(SAID);
    assert_eq!(terminal.ends(), 1);
    assert_eq!(terminal.shown.lock().unwrap().matches(SAID).count(), 1);
    swap(&sandbox);
    assert_eq!(
        (sandbox.census("outside"), sandbox.census("project")),
        (outside, before)
    );
}

/// Returns the lock of the fill, which is named by the key that its request has.
fn lock(sandbox: &Sandbox) -> PathBuf {
    let find = [
        "find",
        sandbox.root.to_str().unwrap(),
        "-path",
        "*/fills/*.lock",
    ];
    PathBuf::from(sandbox.plain(&find).quiet())
}

#[test]
fn a_fill_makes_nothing_where_its_request_did_not_mean() {
    let sandbox = sandbox();
    sandbox.devenv(&["run", "--", "true"]).ok();
    sandbox.settle();
    let lock = lock(&sandbox);
    let key = lock.file_stem().unwrap().to_str().unwrap();
    let ask = || {
        let held = fs::File::open(&lock).unwrap();
        flock(&held, FlockOperation::LockExclusive).unwrap();
        sandbox.devenv(&["cache", "clear"]).ok();
        sandbox.devenv(&["run", "--", "true"]).ok();
        assert!(lock.with_extension("").exists(), "no request was left");
    };
    let made = || {
        fs::read_dir(sandbox.path("project/new/__pycache__")).is_ok_and(|found| found.count() == 1)
    };
    let work = || {
        drop(
            sandbox
                .command(DEVENV)
                .args(&["__fill", "work", key])
                .within("outside")
                .run(),
        );
    };
    ask();
    let outside = sandbox.census("outside");
    swap(&sandbox);
    work();
    swap(&sandbox);
    assert_eq!(sandbox.census("outside"), outside);
    assert!(!made());
    ask();
    work();
    assert!(made(), "the same fill makes it where nobody swaps anything");
}

/// What removes, replaces or makes files.
const JOBS: [&[&str]; 6] = [
    &["clear"],
    &["clear", "--debris", "mypy", "--folders"],
    &["clear", "--erase", "**/*.log", "--yes", "--folders"],
    &["arm"],
    &["verify", "--repair"],
    &["warm"],
];

#[test]
fn nothing_is_removed_or_made_elsewhere_at_whatever_moment_it_is_swapped() {
    let sandbox = sandbox();
    let tag = sandbox
        .plain(&[
            "python3",
            "-c",
            "import sys; print(sys.implementation.cache_tag)",
        ])
        .quiet()
        .to_owned();
    let (outside, mut noise, mut swapped) = (sandbox.census("outside"), Noise::new(), 0);
    for round in 0..120 {
        fill(&sandbox, "project", &tag);
        let mut command = Command::new(DEVENV);
        command
            .env_clear()
            .envs(&sandbox.env)
            .current_dir(sandbox.project())
            .process_group(0);
        command
            .arg("cache")
            .args(JOBS[round % JOBS.len()])
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let child = command.stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(
            u64::try_from(noise.below(40_000)).unwrap(),
        ));
        swap(&sandbox);
        let said = child.wait_with_output().unwrap();
        swapped += usize::from(String::from_utf8_lossy(&said.stderr).contains(SAID));
        swap(&sandbox);
        assert_eq!(
            sandbox.census("outside"),
            outside,
            "{:?}",
            JOBS[round % JOBS.len()]
        );
    }
    eprintln!("seen {swapped} times");
}
