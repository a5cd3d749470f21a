//! `devenv run` in a terminal: Ctrl-C, job control and the terminal itself are the command's own.

use crate::pty::Terminal;
use crate::sandbox::{DEVENV, Sandbox};

const CATCH: &str = "
import os, sys, time
try:
    print('tty', sys.stdin.isatty(), sys.stdout.isatty(), os.getpgrp() == os.tcgetpgrp(0), flush=True)
    time.sleep(1000)
except KeyboardInterrupt:
    print('caught', flush=True)
    sys.exit(42)
";

const JOB: &str = "
import os, signal, time
signal.signal(signal.SIGCONT, lambda *_: os.write(1, b'continued\\n'))
os.write(1, b'started\\n')
while True:
    time.sleep(1000)
";

#[test]
fn ctrl_c_reaches_the_command_alone() {
    let sandbox = Sandbox::configured();
    let mut terminal = Terminal::start(&sandbox, &[DEVENV, "run", "--", "python3", "-c", CATCH]);
    terminal.expect("tty True True True");
    terminal.send("\u{3}");
    terminal.expect("caught");
    assert_eq!(terminal.ends(), 42);
}

#[test]
fn a_shell_controls_the_command_as_a_job_of_its_own() {
    let sandbox = Sandbox::configured();
    let mut terminal = Terminal::start(&sandbox, &["bash", "--norc", "--noprofile", "-i"]);
    terminal.send("PS1='rea''dy> '\n");
    terminal.expect("ready> ");
    sandbox.write("project/job.py", JOB);
    terminal.send(&format!("{DEVENV} run -- python3 job.py\n"));
    terminal.expect("started");
    terminal.send("\u{1a}");
    terminal.expect("Stopped");
    terminal.expect("ready> ");
    terminal.send("fg\n");
    terminal.expect("continued");
    terminal.send("\u{3}");
    terminal.expect("KeyboardInterrupt");
    terminal.expect("ready> ");
    terminal.send("echo status: $?\n");
    terminal.expect("status: 130");
    terminal.send("exit 3\n");
    assert_eq!(terminal.ends(), 3);
}

#[test]
fn words_are_coloured_for_a_terminal_alone() {
    let sandbox = Sandbox::configured();
    let mut terminal = Terminal::start(&sandbox, &[DEVENV, "run", "--", "nosuch"]);
    assert_eq!(terminal.ends(), 127);
    terminal.expect("\u{1b}[1m\u{1b}[31mdevenv:");
    let mut terminal = Terminal::start(
        &sandbox,
        &["env", "NO_COLOR=1", DEVENV, "run", "--", "nosuch"],
    );
    assert_eq!(terminal.ends(), 127);
    terminal.expect("devenv: cannot find `nosuch`");
    assert!(!terminal.shown.lock().unwrap().contains('\u{1b}'));
    assert!(!sandbox.through(&["nosuch"]).err.contains('\u{1b}'));
    assert!(
        sandbox
            .devenv(&["--color", "always", "run", "--", "nosuch"])
            .err
            .contains('\u{1b}')
    );
}
