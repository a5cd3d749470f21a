//! `devenv why` beside servers, real ones: those that restart by themselves after an edit are not
//! told to be old, and those that only look so are.

use std::cell::Cell;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::sandbox::{Sandbox, wait_or};
use crate::stale::{NEW, OLD, THEN, set_mtime};
use crate::verdicts::why;

/// A program for each server, which says the value of a module when it is imported.
const FLASK: &str =
    "import flask, main\nprint('value', main.VALUE, flush=True)\napp = flask.Flask(__name__)\n";
const UVICORN: &str =
    "import main\nprint('value', main.VALUE, flush=True)\nasync def app(*a): pass\n";
const DJANGO: &str = "
import sys, main
from django.conf import settings
from django.core.management import execute_from_command_line
print('value', main.VALUE, flush=True)
settings.configure(ROOT_URLCONF='urls', DEBUG=True, ALLOWED_HOSTS=['*'])
execute_from_command_line(sys.argv)
";
/// A program whose own flag it is.
const OWN: &str =
    "import time, main\nprint('value', main.VALUE, flush=True)\nwhile True: time.sleep(0.1)\n";

/// A server with all that it started, killed at the end.
struct Server {
    child: Child,
    log: std::path::PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill")
            .args(["-s", "KILL", "--", &group])
            .status();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a server, and waits until it has imported.
    fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        let python = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/target/tools/servers/bin/python"
        );
        assert!(
            fs::exists(python).unwrap(),
            "the servers are missing: run tests/run"
        );
        let log = sandbox.path("log");
        let file = File::create(&log).unwrap();
        let mut run = sandbox.command(python).args(args);
        let command = run
            .command
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file);
        let server = Self {
            child: command.process_group(0).spawn().unwrap(),
            log,
        };
        wait_or(|| server.said(), || server.said().contains("value old\n"));
        server
    }

    /// Edits until the server has the new value: what is edited before it first looks was always so
    /// to it.
    fn notices(&self, edit: impl Fn()) {
        let last = Cell::new(None::<Instant>);
        let condition = || {
            if last
                .get()
                .is_none_or(|last| last.elapsed() > Duration::from_secs(2))
            {
                edit();
                last.set(Some(Instant::now()));
            }
            self.said().contains("value new\n")
        };
        wait_or(|| self.said(), condition);
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

/// Makes a project with a module `main`: a name that processes have in their command lines for
/// reasons of their own.
fn project(program: &str) -> Sandbox {
    let sandbox = Sandbox::configured();
    set_mtime(&sandbox.write("project/main.py", OLD), THEN, 0);
    sandbox.write("project/web.py", program);
    sandbox.write("project/urls.py", "urlpatterns = []\n");
    sandbox
}

#[track_caller]
fn restarts(program: &str, args: &[&str]) {
    let sandbox = project(program);
    let server = Server::start(&sandbox, args);
    why(&sandbox, &["main"]).healthy();
    server.notices(|| drop(sandbox.write("project/main.py", NEW)));
    why(&sandbox, &["main"]).healthy();
}

#[track_caller]
fn stays(program: &str, args: &[&str]) {
    let sandbox = project(program);
    let server = Server::start(&sandbox, args);
    sandbox.write("project/web.py", format!("{program}\n"));
    why(&sandbox, &["web"]).shows("old-process", &[&server.child.id().to_string(), "web"]);
}

#[test]
fn flask() {
    restarts(
        FLASK,
        &[
            "-m", "flask", "--app", "web", "run", "--debug", "--port", "0",
        ],
    );
    stays(
        FLASK,
        &["-m", "flask", "--app", "web:app", "run", "--port", "0"],
    );
    stays(
        FLASK,
        &[
            "-m",
            "flask",
            "--app",
            "web",
            "run",
            "--debug",
            "--no-reload",
            "--port",
            "0",
        ],
    );
}

#[test]
fn uvicorn() {
    restarts(
        UVICORN,
        &["-m", "uvicorn", "web:app", "--reload", "--port", "0"],
    );
    stays(UVICORN, &["-m", "uvicorn", "web:app", "--port", "0"]);
}

#[test]
fn django() {
    restarts(DJANGO, &["web.py", "runserver", "127.0.0.1:0"]);
    stays(
        DJANGO,
        &["web.py", "runserver", "127.0.0.1:0", "--noreload"],
    );
}

/// Who looks for edited modules looks at no other file.
#[test]
fn a_file_that_a_reloader_does_not_look_at() {
    let sandbox = project(UVICORN);
    sandbox.write("project/main.py", "VALUE = open('value.txt').read()\n");
    sandbox.write("project/value.txt", "old");
    let server = Server::start(
        &sandbox,
        &["-m", "uvicorn", "web:app", "--reload", "--port", "0"],
    );
    why(&sandbox, &["value.txt"]).healthy();
    sandbox.write("project/value.txt", "new");
    why(&sandbox, &["value.txt"]).shows(
        "program-cache",
        &[&server.child.id().to_string(), "`VALUE`", "main.py:1:"],
    );
    server.notices(|| drop(sandbox.write("project/web.py", UVICORN)));
    why(&sandbox, &["value.txt"]).healthy();
}

/// What `--debug` means is the program's own affair.
#[test]
fn a_program_of_the_projects_own() {
    stays(OWN, &["web.py", "--debug"]);
    stays(OWN, &["-m", "web", "--debug"]);
}
