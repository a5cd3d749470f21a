//! `devenv run` in a terminal: Ctrl-C, job control and the terminal itself are the command's own.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::sandbox::{DEVENV, Sandbox, wait_or};

/// A program in a pseudo-terminal, and everything that it has shown so far.
struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    input: Box<dyn Write + Send>,
    shown: Arc<Mutex<String>>,
    /// How much of it was waited for already.
    read: usize,
}

impl Terminal {
    fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows: 24, cols: 200, ..PtySize::default() }).unwrap();
        let mut command = CommandBuilder::new(args[0]);
        command.args(&args[1..]);
        command.env_clear();
        sandbox.env.iter().for_each(|(name, value)| command.env(name, value));
        command.env("TERM", "xterm");
        command.cwd(sandbox.project());
        let child = pair.slave.spawn_command(command).unwrap();
        let shown = Arc::new(Mutex::new(String::new()));
        let (mut reader, sink) = (pair.master.try_clone_reader().unwrap(), Arc::clone(&shown));
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length) = reader.read(&mut buffer) {
                if length == 0 {
                    break;
                }
                sink.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..length]));
            }
        });
        let input = pair.master.take_writer().unwrap();
        // The master must outlive the reader; the terminal is closed with the process.
        std::mem::forget(pair.master);
        Self { child, input, shown, read: 0 }
    }

    fn send(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    /// Waits for a text after the one that was last waited for.
    fn expect(&mut self, text: &str) {
        let rest = || self.shown.lock().unwrap()[self.read..].to_owned();
        wait_or(|| format!("{text:?} in {:?}", rest()), || rest().contains(text));
        self.read += rest().find(text).unwrap() + text.len();
    }

    fn ends(&mut self) -> u32 {
        self.child.wait().unwrap().exit_code()
    }
}

const CATCH: &str = "
import os, sys, time
print('tty', sys.stdin.isatty(), sys.stdout.isatty(), os.getpgrp() == os.tcgetpgrp(0), flush=True)
try:
    time.sleep(1000)
except KeyboardInterrupt:
    print('caught', flush=True)
    sys.exit(42)
";

const JOB: &str = "
import signal, time
signal.signal(signal.SIGCONT, lambda *_: print('continued', flush=True))
print('started', flush=True)
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
    let mut terminal = Terminal::start(&sandbox, &["env", "NO_COLOR=1", DEVENV, "run", "--", "nosuch"]);
    assert_eq!(terminal.ends(), 127);
    terminal.expect("devenv: cannot find `nosuch`");
    assert!(!terminal.shown.lock().unwrap().contains('\u{1b}'));
    assert!(!sandbox.through(&["nosuch"]).err.contains('\u{1b}'));
    assert!(sandbox.devenv(&["--color", "always", "run", "--", "nosuch"]).err.contains('\u{1b}'));
}
