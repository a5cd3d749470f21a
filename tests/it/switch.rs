//! The hook's switch: what `on` turns on, what it says that stays off, and who knows of it.

use crate::sandbox::Sandbox;

fn says_on(sandbox: &Sandbox, args: &[&str]) -> String {
    let said = sandbox.devenv(args);
    assert_eq!(said.ok(), "");
    said.err
}

fn knows_of_it(sandbox: &Sandbox, word: &str, cure: &str) {
    let status = sandbox.devenv(&["status"]);
    assert!(status.ok().contains("hook       off"), "{status:#?}");
    assert!(
        sandbox
            .devenv(&["status", "--json"])
            .ok()
            .contains(&format!("\"hook_off\": \"{word}\""))
    );
    let doctor = sandbox.devenv(&["doctor", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&doctor.out).unwrap();
    let all = found["findings"].as_array().unwrap().iter();
    let off = all
        .filter(|finding| finding["code"] == "hook-off")
        .collect::<Vec<_>>();
    assert_eq!(off.len(), 1, "{doctor:#?}");
    assert_eq!(off[0]["remedies"][0]["command"], cure);
    assert_eq!(off[0]["severity"], "note", "somebody wanted it so");
}

fn nobody_speaks_of_it(sandbox: &Sandbox) {
    assert!(!sandbox.devenv(&["status"]).ok().contains("hook "));
    assert!(
        sandbox
            .devenv(&["status", "--json"])
            .ok()
            .contains("\"hook_off\": null")
    );
    assert!(
        !sandbox
            .devenv(&["doctor", "--json"])
            .out
            .contains("hook-off")
    );
}

#[test]
fn what_is_off_here_is_known_and_on_turns_it_on() {
    let sandbox = Sandbox::configured();
    nobody_speaks_of_it(&sandbox);
    says_on(&sandbox, &["off", "--project"]);
    knows_of_it(&sandbox, "project", "devenv on");
    let on = says_on(&sandbox, &["on"]);
    assert!(on.contains("the hook is on everywhere, also in ."), "{on}");
    nobody_speaks_of_it(&sandbox);
    says_on(&sandbox, &["off"]);
    knows_of_it(&sandbox, "everywhere", "devenv on");
    let on = says_on(&sandbox, &["on", "--project"]);
    assert!(on.contains("but stays off everywhere; `devenv on`"), "{on}");
    knows_of_it(&sandbox, "everywhere", "devenv on");
    assert_eq!(
        says_on(&sandbox, &["on"]),
        "devenv: the hook is on everywhere\n"
    );
    nobody_speaks_of_it(&sandbox);
}

#[test]
fn what_stays_off_elsewhere_is_said() {
    let sandbox = Sandbox::configured();
    says_on(&sandbox, &["off", "--project"]);
    let on = sandbox
        .command(crate::sandbox::DEVENV)
        .args(&["on"])
        .within("home")
        .run();
    assert!(
        on.err.contains("it stays off in 1 other project"),
        "{on:#?}"
    );
    knows_of_it(&sandbox, "project", "devenv on");
}

#[test]
fn a_shell_in_which_it_is_off_is_known_too() {
    let mut sandbox = Sandbox::configured();
    sandbox.set("PYDEVENV_DISABLE", "1");
    knows_of_it(&sandbox, "shell", "unset PYDEVENV_DISABLE");
    let on = says_on(&sandbox, &["on"]);
    assert!(
        on.contains("but stays off in this shell, where `PYDEVENV_DISABLE` is set"),
        "{on}"
    );
}
