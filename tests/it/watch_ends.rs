//! How `devenv run --watch` ends a command: all of its group, politely, then firmly, whatever it
//! does about it.

use crate::sandbox::{DEVENV, wait_for};
use crate::watched::{APP, Watched, is_alive, project};

/// Does not end when it is asked to.
const STUBBORN: &str = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n";

#[test]
fn one_that_does_not_end_is_killed() {
    let sandbox = project();
    sandbox.write("project/app.py", format!("{STUBBORN}{APP}"));
    let mut watched = Watched::start(&sandbox, &["--grace", "1", "--", "python3", "app.py"]);
    let first = watched.expect_process("value 1");
    sandbox.write("project/value.py", "X = 2\n");
    watched.expect("devenv: the command did not end within 1 s: killed\n");
    watched.expect("devenv: restarting: value.py changed\n");
    assert!(!is_alive(first));
    let second = watched.expect_process("value 2");
    watched.end(second);
}

#[test]
fn grandchildren_end_with_it_be_they_as_stubborn() {
    let sandbox = project();
    sandbox.write("project/polite.py", format!("import signal\n{APP}"));
    sandbox.write("project/stubborn.py", format!("{STUBBORN}{APP}"));
    let script = "python3 polite.py & sleep 0.2; (python3 stubborn.py &) ; wait";
    let mut watched = Watched::start(&sandbox, &["--grace", "1", "--", "sh", "-c", script]);
    let first = [
        watched.expect_process("value 1"),
        watched.expect_process("value 1"),
    ];
    sandbox.write("project/value.py", "X = 2\n");
    watched.expect("devenv: restarting: value.py changed\n");
    assert!(first.iter().all(|process| !is_alive(*process)));
    let second = [
        watched.expect_process("value 2"),
        watched.expect_process("value 2"),
    ];
    watched.signal("TERM");
    assert_eq!(watched.ends().0, Some(143));
    assert!(second.iter().all(|process| !is_alive(*process)));
}

#[test]
fn what_a_command_left_behind_ends_before_the_next_one_starts() {
    let sandbox = project();
    let mut watched = Watched::start(&sandbox, &["--", "sh", "-c", "python3 app.py & exit 4"]);
    watched.expect("devenv: the command exited with 4; waiting for a change\n");
    // What was said before the end of the shell, or after it.
    wait_for("the child", || watched.said().contains("value 1"));
    let first = watched
        .said()
        .split_once('<')
        .unwrap()
        .1
        .split_once('>')
        .unwrap()
        .0
        .parse()
        .unwrap();
    assert!(is_alive(first));
    sandbox.write("project/value.py", "X = 2\n");
    watched.expect("devenv: restarting: value.py changed\n");
    assert!(!is_alive(first));
    let second = watched.expect_process("value 2");
    watched.end(second);
}

#[test]
fn every_signal_that_ends_us_ends_the_command() {
    for (name, status) in [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let sandbox = project();
        let mut watched = Watched::app(&sandbox);
        let process = watched.expect_process("value 1");
        watched.signal(name);
        let (code, said) = watched.ends();
        assert_eq!(code, Some(status), "{said}");
        assert!(
            !is_alive(process) && said.contains("KeyboardInterrupt") == (name == "INT"),
            "{said}"
        );
    }
}

#[test]
fn who_is_impatient_need_not_wait() {
    let sandbox = project();
    sandbox.write("project/app.py", format!("{STUBBORN}{APP}"));
    let mut watched = Watched::start(&sandbox, &["--grace", "3600", "--", "python3", "app.py"]);
    let process = watched.expect_process("value 1");
    watched.signal("TERM");
    watched.signal("TERM");
    // Two signals that are sent at once are one.
    while is_alive(process) {
        watched.signal("TERM");
    }
    assert_eq!(watched.ends().0, Some(143));
}

#[test]
fn a_signal_that_the_caller_ignores_stays_ignored() {
    let sandbox = project();
    let by = ["sh", "-c", "trap '' HUP; exec \"$@\"", "sh", DEVENV];
    let mut watched = Watched::start_by(&sandbox, &by, &["--", "python3", "app.py"]);
    watched.expect("value 1\n");
    watched.signal("HUP");
    sandbox.write("project/value.py", "X = 2\n");
    let process = watched.expect_process("value 2");
    watched.end(process);
}

#[test]
fn an_end_that_nobody_may_see_is_noticed() {
    let sandbox = project();
    let ignores = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])";
    let mut watched = Watched::start_by(
        &sandbox,
        &["python3", "-c", ignores, DEVENV],
        &["--", "true"],
    );
    watched.expect("devenv: the command ended; waiting for a change\n");
    watched.signal("INT");
    assert_eq!(watched.ends().0, Some(130));
}

#[test]
fn the_command_suffers_signals_as_in_any_run() {
    let sandbox = project();
    let command = ["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"];
    let plain = sandbox.through(&command).quiet().to_owned();
    let mut watched = Watched::start(&sandbox, &[&["--"], &command[..]].concat());
    watched.expect(&plain);
    watched.expect("exited with 0");
    watched.signal("INT");
    assert_eq!(watched.ends().0, Some(130));
}
