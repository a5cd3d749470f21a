//! `devenv run --watch` in a terminal: the command has it as if alone, and whoever had it before
//! gets it back as it was.

use crate::pty::Terminal;
use crate::sandbox::{DEVENV, Sandbox, wait_for};
use crate::watched::{is_alive, project};

/// Says whether it has the terminal, and what it reads from it.
const READER: &str = "
import os, sys, value
print(f'<{os.getpid()}>', 'tty', sys.stdin.isatty(), os.getpgrp() == os.tcgetpgrp(0), value.X, flush=True)
while True:
    print('read', repr(input('more? ')), value.X, flush=True)
";

/// Changes the terminal's modes and reads single keys, as a full-screen program does.
const CURSES: &str = "
import curses, value
def main(screen):
    screen.addstr(2, 2, f'screen-{value.X}')
    screen.refresh()
    while True:
        key = screen.getkey()
        screen.addstr(3, 2, f'key-{key}-{value.X}')
        screen.refresh()
        if key == 'q':
            return
curses.wrapper(main)
";

/// Leaves the terminal in a mode in which nobody could type, and does not end when it is asked to.
const RAW: &str = "
import os, signal, time, tty, value
signal.signal(signal.SIGTERM, signal.SIG_IGN)
tty.setraw(0)
print(f'<{os.getpid()}> raw {value.X}', end='\\r\\n', flush=True)
time.sleep(1000)
";

const WORKER: &str = "
import os, signal, sys, time, value
say = lambda text: os.write(1, f'{text} {value.X}\\n'.encode())
signal.signal(signal.SIGCONT, lambda *_: say('continued'))
try:
    say(f'<{os.getpid()}> works')
    while True:
        time.sleep(0.1)
except KeyboardInterrupt:
    say('caught')
    sys.exit(130)
";

fn shell(sandbox: &Sandbox, args: &[&str]) -> Terminal {
    let mut terminal = Terminal::start(sandbox, args);
    terminal.send("PS1='rea''dy> '\n");
    terminal.expect("ready> ");
    terminal
}

fn bash(sandbox: &Sandbox) -> Terminal {
    shell(sandbox, &["bash", "--norc", "--noprofile", "-i"])
}

/// Waits for a process to say its number and a text.
fn expect_process(terminal: &mut Terminal, text: &str) -> u32 {
    terminal.expect(text);
    let shown = terminal.shown.lock().unwrap();
    let before = shown[..shown.rfind(text).unwrap()]
        .rsplit_once('<')
        .unwrap()
        .1;
    before.split_once('>').unwrap().0.parse().unwrap()
}

/// Interrupts a program that reads: one that is about to read notices it only when it has read
/// something.
fn interrupt(terminal: &mut Terminal) {
    terminal.send("\u{3}");
    terminal.send("\n");
    terminal.expect("KeyboardInterrupt");
}

#[test]
fn a_command_has_the_terminal_and_reads_from_it_after_every_start() {
    let sandbox = project();
    sandbox.write("project/app.py", READER);
    let mut terminal = Terminal::start(
        &sandbox,
        &[DEVENV, "run", "--watch", "--", "python3", "app.py"],
    );
    for value in 1..4 {
        terminal.expect(&format!("tty True True {value}"));
        terminal.expect("more? ");
        terminal.send("a line\n");
        terminal.expect(&format!("read 'a line' {value}"));
        sandbox.write("project/value.py", format!("X = {}\n", value + 1));
        terminal.expect("devenv: restarting: value.py changed");
    }
    terminal.expect("more? ");
    interrupt(&mut terminal);
    assert_eq!(terminal.ends(), 130);
}

#[test]
fn a_full_screen_program_works_and_the_shell_gets_its_terminal_back() {
    let sandbox = project();
    sandbox.write("project/app.py", CURSES);
    let mut terminal = bash(&sandbox);
    terminal.send("stty -g > before\n");
    terminal.expect("ready> ");
    terminal.send(&format!("{DEVENV} run --watch -- python3 app.py\n"));
    terminal.expect("screen-1");
    terminal.send("k");
    terminal.expect("key-k-1");
    sandbox.write("project/value.py", "X = 2\n");
    terminal.expect("devenv: restarting: value.py changed");
    terminal.expect("screen-2");
    terminal.send("q");
    terminal.expect("devenv: the command exited with 0; waiting for a change");
    terminal.send("\u{3}");
    terminal.expect("ready> ");
    terminal.send("echo status: $?; stty -g > after\n");
    terminal.expect("status: 130");
    terminal.expect("ready> ");
    assert_eq!(
        sandbox.read("project/before"),
        sandbox.read("project/after")
    );
    terminal.send("exit\n");
    terminal.ends();
}

#[test]
fn a_command_that_is_killed_leaves_the_terminal_as_it_was() {
    let sandbox = project();
    sandbox.write("project/app.py", RAW);
    let mut terminal = bash(&sandbox);
    terminal.send("stty -g > before\n");
    terminal.expect("ready> ");
    terminal.send(&format!(
        "{DEVENV} run --watch --grace 1 -- python3 app.py; stty -g > after; echo it ended\n"
    ));
    let first = expect_process(&mut terminal, "raw 1");
    sandbox.write("project/value.py", "X = 2\n");
    terminal.expect("devenv: the command did not end within 1 s: killed\r\n");
    terminal.expect("devenv: restarting: value.py changed\r\n");
    assert!(!is_alive(first));
    let second = expect_process(&mut terminal, "raw 2");
    sandbox
        .plain(&["kill", "-KILL", &second.to_string()])
        .quiet();
    terminal.expect("devenv: the command was ended by SIGKILL; waiting for a change\r\n");
    terminal.send("\u{3}");
    terminal.expect("it ended");
    assert_eq!(
        sandbox.read("project/before"),
        sandbox.read("project/after")
    );
    terminal.send("exit\n");
    terminal.ends();
}

/// Returns what the kernel says of a process behind its name: its state, its parent, and so on.
fn fields(process: u32) -> Vec<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .map(|(_, rest)| rest.split(' ').map(ToOwned::to_owned).collect())
        .unwrap_or_default()
}

fn is_stopped(process: u32) -> bool {
    fields(process).first().is_some_and(|state| state == "T")
}

/// Returns the process that started another.
fn parent(process: u32) -> u32 {
    fields(process)[1].parse().unwrap()
}

/// Stops and continues a command from a shell, edits it while it is stopped, and ends it.
fn stops_and_goes_on(start: &[&str]) {
    let sandbox = project();
    sandbox.write("project/app.py", WORKER);
    let mut terminal = shell(&sandbox, start);
    terminal.send(&format!("{DEVENV} run --watch -- python3 app.py\n"));
    let process = expect_process(&mut terminal, "works 1");
    terminal.send("\u{1a}");
    terminal.expect("ready> ");
    assert!(is_stopped(process) && is_stopped(parent(process)));
    terminal.send("fg\n");
    terminal.expect("continued 1");
    terminal.send("\u{1a}");
    terminal.expect("ready> ");
    sandbox.write("project/value.py", "X = 2\n");
    terminal.send("fg\n");
    terminal.expect("devenv: restarting: value.py changed");
    let process = expect_process(&mut terminal, "works 2");
    terminal.send("\u{1a}");
    terminal.expect("ready> ");
    terminal.send("bg\n");
    terminal.expect("continued 2");
    wait_for("the command", || !is_stopped(process));
    terminal.send("\nfg\n");
    terminal.expect("run --watch");
    // bash does not say that it continues what runs already: whoever has the terminal, it ends.
    terminal.send("\u{3}");
    terminal.expect("caught 2");
    terminal.expect("ready> ");
    terminal.send("echo status: $?\n");
    terminal.expect("status: 130");
    assert!(!is_alive(process));
    terminal.send("exit\n");
    terminal.ends();
}

#[test]
fn ctrl_z_and_fg_work_in_bash() {
    stops_and_goes_on(&["bash", "--norc", "--noprofile", "-i"]);
}

#[test]
fn ctrl_z_and_fg_work_in_zsh() {
    stops_and_goes_on(&["zsh", "-f", "-i"]);
}

#[test]
fn a_command_in_the_background_gets_the_terminal_when_it_comes_to_the_front() {
    let sandbox = project();
    sandbox.write("project/app.py", READER);
    let mut terminal = bash(&sandbox);
    terminal.send(&format!("{DEVENV} run --watch -- python3 app.py &\n"));
    let process = expect_process(&mut terminal, "tty True False 1");
    // It reads, and stops for want of the terminal; so does the job.
    wait_for("the stop", || {
        is_stopped(process) && is_stopped(parent(process))
    });
    terminal.send("\n");
    terminal.expect("Stopped");
    terminal.send("fg\n");
    terminal.expect("run --watch");
    terminal.send("a line\n");
    terminal.expect("read 'a line' 1");
    interrupt(&mut terminal);
    terminal.expect("ready> ");
    terminal.send("exit\n");
    terminal.ends();
}

#[test]
fn the_rest_of_a_pipeline_is_not_hurt() {
    let sandbox = project();
    sandbox.write("project/app.py", WORKER);
    let mut terminal = bash(&sandbox);
    terminal.send(&format!(
        "{DEVENV} run --watch -- python3 app.py | tee log\n"
    ));
    terminal.expect("works 1");
    sandbox.write("project/value.py", "X = 2\n");
    terminal.expect("works 2");
    terminal.send("\u{1a}");
    terminal.expect("ready> ");
    terminal.send("fg\n");
    terminal.expect("continued 2");
    terminal.send("\u{3}");
    terminal.expect("caught 2");
    terminal.expect("ready> ");
    // That of the last in the pipeline.
    terminal.send("echo status: $?\n");
    terminal.expect("status: 0");
    let log = sandbox.read("project/log");
    assert!(
        ["works 1", "works 2", "continued 2", "caught 2"]
            .iter()
            .all(|word| log.contains(word)),
        "{log}"
    );
    terminal.send("exit\n");
    terminal.ends();
}

#[test]
fn ctrl_z_stops_nothing_where_nobody_could_go_on() {
    let sandbox = project();
    sandbox.write("project/app.py", WORKER);
    let mut terminal = Terminal::start(
        &sandbox,
        &[DEVENV, "run", "--watch", "--", "python3", "app.py"],
    );
    terminal.expect("works 1");
    terminal.send("\u{1a}");
    terminal.expect("continued 1");
    sandbox.write("project/value.py", "X = 2\n");
    terminal.expect("works 2");
    terminal.send("\u{3}");
    terminal.expect("caught 2");
    assert_eq!(terminal.ends(), 130);
}

#[test]
fn a_shell_that_is_watched_controls_jobs_of_its_own() {
    let sandbox = project();
    let mut terminal = bash(&sandbox);
    terminal.send(&format!(
        "{DEVENV} run --watch --grace 1 -- bash --norc --noprofile -i\n"
    ));
    terminal.send("PS1='inn''er> '\n");
    terminal.expect("inner> ");
    terminal.send("sh -c 'echo re''ads; exec cat'\n");
    terminal.expect("reads\r\n");
    terminal.send("to and fro\n");
    terminal.expect("to and fro\r\nto and fro");
    terminal.send("\u{1a}");
    terminal.expect("Stopped");
    terminal.expect("inner> ");
    sandbox.write("project/value.py", "X = 2\n");
    terminal.expect("devenv: restarting: value.py changed");
    terminal.send("PS1='inn''er> '\n");
    terminal.expect("inner> ");
    terminal.send("exit\n");
    terminal.expect("devenv: the command exited with 0");
    terminal.send("\u{3}");
    terminal.expect("ready> ");
    terminal.send("exit\n");
    terminal.ends();
}
