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

#[test]
fn a_kernel_of_a_notebook() {
    let mut sandbox = project();
    sandbox.write("kernels/ipykernel_launcher.py", SERVER);
    sandbox.set("PYTHONPATH", sandbox.path("kernels"));
    let start = ["python3", "-m", "ipykernel_launcher", "-f", "/home/a/kernel-1.json"];
    let mut server = Server::start(&sandbox, "project", &start, "old");
    sandbox.write("project/app.py", NEW);
    assert_eq!(server.says(), "old");
    let answer = why(&sandbox, &["app"]);
    answer.shows("old-kernel", &[&server.id(), "ipykernel_launcher"]);
    assert!(!answer.codes().contains(&"old-process"), "said twice: {:#}", answer.json);
}

/// A process that is gone, or not yet reaped, runs nothing.
#[test]
fn a_process_that_has_ended() {
    let sandbox = project();
    let mut server = Server::start(&sandbox, "project", &["python3", "server.py"], "old");
    sandbox.write("project/app.py", NEW);
    server.0.kill().unwrap();
    let state = format!("/proc/{}/stat", server.id());
    wait_for("its end", || std::fs::read_to_string(&state).is_ok_and(|text| text.contains(") Z ")));
    why(&sandbox, &["app"]).healthy();
}
