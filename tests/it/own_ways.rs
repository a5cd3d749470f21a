//! What only one shell has, and what the hook must leave as it is there.

use std::fs;

use crate::hook::{cd, project};
use crate::sandbox::DEVENV;
use crate::shells::{Shell, TCSH, XONSH};

#[test]
fn tcsh_keeps_its_events_and_status() {
    keeps_its("periodic", "unset tperiod");
    // Every so many minutes is too seldom for us.
    keeps_its("precmd", "set tperiod = 30");
}

fn keeps_its(event: &str, setting: &str) {
    let sandbox = project();
    let mine = sandbox.path("mine");
    let mut shell = Shell::bare(&sandbox, TCSH, TCSH.start);
    shell.line(setting);
    shell.line(&format!(
        "alias {event} 'echo \"a  prompt\" >> {}'",
        mine.display()
    ));
    shell.load();
    shell.load();
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    shell.line("sh -c 'exit 7'");
    shell.after(&format!(
        "echo $status > {}",
        sandbox.path("status").display()
    ));
    assert_eq!(sandbox.read("status"), "7\n");
    assert!(sandbox.read("mine").lines().all(|line| line == "a  prompt"));
    shell.after(&format!(
        "alias {event} > {}",
        sandbox.path("event").display()
    ));
    let expected = format!(
        "__pydevenv_hook; echo \"a  prompt\" >> {}\n",
        mine.display()
    );
    assert_eq!(sandbox.read("event"), expected);
    // Without our program, nothing is said and nothing breaks.
    shell.rest();
    fs::remove_file(sandbox.path("bin/counted")).unwrap();
    let before = shell.shown().len();
    shell.after(&cd(&sandbox, "home"));
    shell.env();
    let said = shell.shown()[before..].to_owned();
    assert!(
        !said.contains("removed") && !said.contains("ommand not found"),
        "{said}"
    );
    let script = format!("eval \"`{DEVENV} hook tcsh`\"; alias {event}");
    assert_eq!(sandbox.plain(&["tcsh", "-f", "-c", &script]).quiet(), "");
}

#[test]
fn xonsh_keeps_its_status_and_goes_on_without_us() {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, XONSH);
    shell.load();
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    shell.line("sh -c 'exit 7'");
    shell.after(&format!(
        "echo $LAST_RETURN_CODE > {}",
        sandbox.path("status").display()
    ));
    assert_eq!(sandbox.read("status"), "7\n");
    shell.rest();
    fs::remove_file(sandbox.path("bin/counted")).unwrap();
    shell.after(&cd(&sandbox, "home"));
    assert_eq!(shell.get("LEVEL").as_deref(), Some("one"));
    assert!(!shell.shown().contains("Traceback"), "{}", shell.shown());
    let script = format!("execx($({DEVENV} hook xonsh))");
    assert_eq!(
        sandbox
            .plain(&[XONSH.start[3], "--no-rc", "-c", &script])
            .quiet(),
        ""
    );
}
