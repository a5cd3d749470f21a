//! `devenv why` where the code on disk is right, and a process still runs what it imported before.

use crate::sandbox::{Sandbox, wait_for};
use crate::served::Server;
use crate::stale::{NEW, OLD, THEN, module};
use crate::verdicts::why;

/// A process that says the value of `app` whenever it is asked.
const SERVER: &str = "import sys, app\nfor line in sys.stdin: print(app.VALUE, flush=True)\n";

fn project() -> Sandbox {
    let sandbox = Sandbox::configured();
    // Of another time than the edit, which bytecode would hide otherwise.
    module(&sandbox, OLD, THEN, 0);
    sandbox.write("project/server.py", SERVER);
    sandbox
}

#[test]
fn a_process_that_was_started_before_the_edit() {
    let sandbox = project();
    let mut server = Server::start(&sandbox, "project", &["python3", "server.py"], "old");
    why(&sandbox, &["app"]).healthy();
    sandbox.write("project/app.py", NEW);
    assert_eq!(server.says(), "old");
    for target in [&["app"][..], &["app.py"]] {
        why(&sandbox, target).shows("old-process", &[&server.id(), "server.py"]);
    }
    let answer = why(&sandbox, &["app"]);
    assert_eq!(answer.finding("old-process")["cured_by_run"], false);
    let remedy = answer.remedy("old-process");
    assert!(remedy.contains(&server.id()), "{remedy}");
    sandbox.plain(&["sh", "-c", remedy]).ok();
    server.0.wait().unwrap();
    why(&sandbox, &["app"]).healthy();
    let _later = Server::start(&sandbox, "project", &["python3", "server.py"], "new");
    why(&sandbox, &["app"]).healthy();
}

#[test]
fn a_process_of_a_module_and_one_elsewhere() {
    let sandbox = project();
    let server = Server::start(&sandbox, "project", &["python3", "-m", "server"], "old");
    // One that has nothing to do with the project.
    sandbox.write("elsewhere/app.py", OLD);
    sandbox.write("elsewhere/server.py", SERVER);
    let other = Server::start(&sandbox, "elsewhere", &["python3", "server.py"], "old");
    sandbox.write("project/app.py", NEW);
    let answer = why(&sandbox, &["app"]);
    answer.shows("old-process", &[&server.id()]);
    let evidence = answer.json["findings"].to_string();
    assert!(!evidence.contains(&other.id()), "{:#}", answer.json);
}

/// A notebook: starts a kernel where it is, has a cell executed for each line that it reads, and
/// restarts it when asked.
const NOTEBOOK: &str = "
import sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel()
cell = 'import os, app; print(os.getpid() if {} else app.VALUE)'
for line in sys.stdin:
    if line == 'restart\\n':
        client.stop_channels()
        manager.restart_kernel(now=True)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
    show = lambda said: said['msg_type'] == 'stream' and print(said['content']['text'].strip(), flush=True)
    client.execute_interactive(cell.format(line == 'pid\\n'), timeout=60, output_hook=show)
client.stop_channels()
manager.shutdown_kernel(now=True)
";

/// Returns the interpreter of the environment that holds a kernel.
fn jupyter() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/target/tools/jupyter/bin/python"
    );
    assert!(
        std::path::Path::new(path).exists(),
        "the kernel is missing: run tests/run"
    );
    path.to_owned()
}

#[test]
fn a_kernel_of_a_notebook() {
    let sandbox = project();
    sandbox.write("notebook.py", NOTEBOOK);
    let mut notebook = Server::start(&sandbox, "project", &[&jupyter(), "../notebook.py"], "old");
    let kernel = notebook.answers("pid");
    why(&sandbox, &["app"]).healthy();
    sandbox.write("project/app.py", NEW);
    assert_eq!(notebook.says(), "old");
    let answer = why(&sandbox, &["app"]);
    answer.shows("old-kernel", &[&kernel, "ipykernel_launcher"]);
    assert_eq!(
        answer.codes(),
        ["old-kernel"],
        "the notebook itself imported nothing: {:#}",
        answer.json
    );
    sandbox
        .plain(&["sh", "-c", answer.remedy("old-kernel")])
        .ok();
    assert_eq!(notebook.answers("restart"), "new");
    assert_ne!(notebook.answers("pid"), kernel);
    why(&sandbox, &["app"]).healthy();
    // At its end it takes the kernel along.
    drop(notebook.0.stdin.take());
    notebook.0.wait().unwrap();
}

#[test]
fn a_program_in_a_debugger() {
    let sandbox = project();
    let start = [
        &jupyter(),
        "-m",
        "debugpy",
        "--listen",
        "127.0.0.1:0",
        "server.py",
    ];
    let mut server = Server::start(&sandbox, "project", &start, "old");
    sandbox.write("project/app.py", NEW);
    assert_eq!(server.says(), "old");
    let answer = why(&sandbox, &["app"]);
    answer.shows("old-kernel", &[&server.id(), "debugpy", "server.py"]);
    assert_eq!(
        answer.codes(),
        ["old-kernel"],
        "the debugger's own process imported nothing: {:#}",
        answer.json
    );
    sandbox
        .plain(&["sh", "-c", answer.remedy("old-kernel")])
        .ok();
    server.0.wait().unwrap();
    why(&sandbox, &["app"]).healthy();
}

/// What a line of code imports is in it as well.
#[test]
fn a_process_of_a_line_of_code() {
    let sandbox = project();
    let code = "import app, sys\nfor line in sys.stdin: print(app.VALUE, flush=True)";
    let server = Server::start(&sandbox, "project", &["python3", "-c", code], "old");
    sandbox.write("project/app.py", NEW);
    why(&sandbox, &["app"]).shows("old-process", &[&server.id()]);
}

/// A process that is gone, or not yet reaped, runs nothing.
#[test]
fn a_process_that_has_ended() {
    let sandbox = project();
    let mut server = Server::start(&sandbox, "project", &["python3", "server.py"], "old");
    sandbox.write("project/app.py", NEW);
    server.0.kill().unwrap();
    let state = format!("/proc/{}/stat", server.id());
    wait_for("its end", || {
        std::fs::read_to_string(&state).is_ok_and(|text| text.contains(") Z "))
    });
    why(&sandbox, &["app"]).healthy();
}
