//! A command that `devenv run --watch` starts again and again, without a terminal: what it and
//! devenv have said so far, in order.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use crate::sandbox::{DEVENV, Sandbox, wait_or};

/// A program that says its process, and the number in a module, then waits.
pub const APP: &str = "
import os, time, value
print(f'<{os.getpid()}> value {value.X}', flush=True)
while True:
    # A signal that comes just before a long sleep would be noticed after it.
    time.sleep(0.1)
";

pub struct Watched<'a> {
    sandbox: &'a Sandbox,
    child: Child,
    log: PathBuf,
    /// How much was waited for already.
    read: usize,
}

/// Makes a trusted project with a module and a program that imports it, where nothing is filled.
pub fn project() -> Sandbox {
    let mut sandbox = Sandbox::configured();
    sandbox.set("PYDEVENV_FILL", "0");
    sandbox.write("project/app.py", APP);
    sandbox.write("project/value.py", "X = 1\n");
    sandbox
}

impl<'a> Watched<'a> {
    /// Starts watching; the arguments are those of `devenv run`.
    pub fn start(sandbox: &'a Sandbox, args: &[&str]) -> Self {
        Self::start_by(sandbox, &[DEVENV], args)
    }

    /// Starts watching through another program.
    pub fn start_by(sandbox: &'a Sandbox, by: &[&str], args: &[&str]) -> Self {
        let log = sandbox.path("log");
        let file = File::create(&log).unwrap();
        // In a session of its own no terminal controls it, wherever the tests run; and what they
        // were told to ignore, as by `nohup`, is not ignored by it.
        let signals = ["--wait", "env", "--default-signal=HUP,INT,QUIT"];
        let mut run = sandbox
            .command("setsid")
            .args(&signals)
            .args(by)
            .args(&["run", "--watch"])
            .args(args);
        run.command
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file);
        Self {
            sandbox,
            child: run.command.spawn().unwrap(),
            log,
            read: 0,
        }
    }

    /// Starts the program of `project`.
    pub fn app(sandbox: &'a Sandbox) -> Self {
        Self::start(sandbox, &["--", "python3", "app.py"])
    }

    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Waits for a text after the one that was last waited for; returns what was said before it.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> String {
        let rest = || self.said()[self.read..].to_owned();
        wait_or(
            || format!("{text:?} in {:?}", self.said()),
            || rest().contains(text),
        );
        let before = rest()[..rest().find(text).unwrap()].to_owned();
        self.read += before.len() + text.len();
        before
    }

    /// Waits for a process to say its number and a text.
    #[track_caller]
    pub fn expect_process(&mut self, text: &str) -> u32 {
        let before = self.expect(&format!("> {text}\n"));
        before.rsplit_once('<').unwrap().1.parse().unwrap()
    }

    /// Returns how often the command was started again.
    pub fn restarts(&self) -> usize {
        self.said().matches("devenv: restarting:").count()
    }

    /// Returns the process of devenv: the one that `setsid` became, or its child.
    pub fn process(&self) -> u32 {
        let own = self.child.id();
        let children =
            fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
        let is_setsid = fs::read_to_string(format!("/proc/{own}/comm"))
            .is_ok_and(|name| name.trim() == "setsid");
        if is_setsid {
            children.trim().parse().unwrap()
        } else {
            own
        }
    }

    pub fn signal(&self, name: &str) {
        self.sandbox
            .plain(&["kill", "-s", name, &self.process().to_string()])
            .quiet();
    }

    /// Returns how devenv ended.
    pub fn ends(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().unwrap();
        assert_eq!(status.signal(), None);
        (status.code(), self.said())
    }

    /// Ends devenv, and sees that it leaves no process.
    pub fn end(self, process: u32) {
        self.signal("TERM");
        assert_eq!(self.ends().0, Some(143));
        assert!(!is_alive(process), "{process}");
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self
                .sandbox
                .command("kill")
                .args(&["-TERM", &self.process().to_string()])
                .run();
        }
    }
}

/// Returns whether a process runs.
pub fn is_alive(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}
