//! What is imported from outside a project that nobody configured: it takes the user's consent to
//! have its edits run, and every command that could mislead says so.

use std::fs;

use crate::layouts::{Backend, Layout, Library, SHOP};
use crate::sandbox::{DEVENV, Sandbox};
use crate::stale::{NEW, OLD, THEN, set_mtime};
use crate::verdicts::{why, with_installers};

const LIBRARY: Library = Library {
    backend: Backend::Uv,
    layout: Layout::Src,
};
const PRINT: [&str; 5] = ["uv", "run", "python", "-c", "import adt; print(adt.VALUE)"];
const SAID: &str =
    "/adt/src` lies outside the project: edits run only with your consent\nhint: devenv init";

fn with_copy() -> Sandbox {
    let sandbox = with_installers();
    LIBRARY.write(&sandbox, "adt", "old");
    sandbox.write("project/pyproject.toml", SHOP);
    sandbox.plain(&["uv", "sync", "-q"]).ok();
    LIBRARY.edit(&sandbox, "adt", "new");
    sandbox
}

#[test]
fn a_run_says_what_consent_would_add_once_in_a_shell() {
    let sandbox = with_copy();
    let said = sandbox.through(&PRINT);
    assert_eq!(
        (said.ok(), said.err.matches(SAID).count()),
        ("old", 1),
        "{said:#?}"
    );
    assert!(
        !sandbox.through(&PRINT).err.contains("outside"),
        "it is said once"
    );
    let twice = format!("{DEVENV} run -- true; {DEVENV} run -- true");
    let said = sandbox.plain(&["sh", "-c", &twice]);
    assert_eq!(
        said.err.matches(SAID).count(),
        1,
        "another shell is told, once: {said:#?}"
    );
    assert!(
        sandbox.devenv(&["init"]).err.contains("devenv allow"),
        "what lies outside is asked about"
    );
    sandbox.allow();
    let said = sandbox.plain(&[
        "sh",
        "-c",
        &format!("{DEVENV} run -- {}; true", shlex::try_join(PRINT).unwrap()),
    ]);
    assert!(
        said.ok() == "new" && !said.err.contains("outside"),
        "{said:#?}"
    );
}

#[test]
fn status_why_and_doctor_list_it_and_offer_consent_first() {
    let sandbox = with_copy();
    let status = sandbox.devenv(&["status"]);
    assert!(
        status
            .quiet()
            .contains("/adt/src  `devenv init` takes it in: installed as a copy"),
        "{status:#?}"
    );
    let answer = why(&sandbox, &["adt"]);
    assert!(
        answer
            .remedy("installed-copy")
            .starts_with("devenv init && devenv allow && devenv run -- "),
        "{answer:#?}"
    );
    let said = sandbox.devenv(&["doctor", "--json"]);
    let doctor: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let text = doctor.to_string();
    assert!(
        text.contains("\"code\":\"outside\"") && text.contains("\"code\":\"installed-copy\""),
        "{doctor:#}"
    );
    let said = sandbox.devenv(&["doctor"]);
    assert!(
        said.out
            .contains("lies outside the project: its edits run only with your consent"),
        "{said:#?}"
    );
}

/// It runs where it lies, and its bytecode is nobody's to touch.
#[test]
fn an_editable_install_is_said_too_and_left_alone() {
    let sandbox = with_installers();
    LIBRARY.write(&sandbox, "adt", "old");
    sandbox.write(
        "project/pyproject.toml",
        SHOP.replace("../adt'", "../adt', editable = true"),
    );
    sandbox.plain(&["uv", "sync", "-q"]).ok();
    let file = sandbox.path("adt/src/adt/__init__.py");
    set_mtime(&file, THEN, 0);
    sandbox
        .plain(&[".venv/bin/python", "-c", "import adt"])
        .quiet();
    let before = sandbox.census("adt");
    assert!(sandbox.through(&["true"]).err.contains(SAID));
    assert_eq!(sandbox.census("adt"), before);
}

#[test]
fn a_copy_that_the_listed_sources_leave_out() {
    let sandbox = with_copy();
    sandbox.write("project/devenv.toml", "sources = ['src']\n");
    fs::create_dir(sandbox.path("project/src")).unwrap();
    sandbox.allow();
    let said = sandbox.through(&["true"]);
    let words = "/adt/src` is installed as a copy, and not among `sources`: edits do not run";
    assert!(
        said.err.contains(words) && said.err.contains("/adt/src\" to `sources`"),
        "{said:#?}"
    );
    assert!(
        sandbox
            .devenv(&["status"])
            .quiet()
            .contains("/adt/src  not among `sources`: installed as a copy")
    );
    sandbox.write("project/devenv.toml", "sources = ['src', '../adt/src']\n");
    sandbox.allow();
    assert_eq!(sandbox.through(&PRINT).ok(), "new");
}

/// What is imported is taken in by consent, like what is detected where nothing is listed.
#[test]
fn an_editable_install_beside_the_listed_sources_takes_consent() {
    let sandbox = with_installers();
    LIBRARY.write(&sandbox, "adt", "old");
    sandbox.write(
        "project/pyproject.toml",
        SHOP.replace("../adt'", "../adt', editable = true"),
    );
    sandbox.write("project/devenv.toml", "sources = ['src']\n");
    fs::create_dir(sandbox.path("project/src")).unwrap();
    sandbox.allow();
    sandbox.through(&["uv", "sync", "-q"]).ok();
    sandbox.through(&["true"]).quiet();
    sandbox.plain(&["rm", "-r", ".venv"]).quiet();
    sandbox.write(
        "project/pyproject.toml",
        SHOP.replace("'adt'", "")
            .split("[tool.uv.sources]")
            .next()
            .unwrap(),
    );
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox.allow();
    sandbox.through(&["true"]).quiet();
    sandbox
        .plain(&[
            "uv", "pip", "install", "-q", "--python", ".venv", "-e", "../adt",
        ])
        .ok();
    let refused = sandbox.through(&["true"]);
    assert!(refused.fails(2).contains("changed"), "{refused:#?}");
    let said = sandbox.devenv(&["allow"]);
    assert!(
        said.out.contains("+ source root") && said.out.contains("adt/src"),
        "{said:#?}"
    );
    sandbox.settle();
    let print = [
        ".venv/bin/python",
        "-c",
        "import adt.late; print(adt.late.VALUE)",
    ];
    let late = |text: &str| set_mtime(&sandbox.write("adt/src/adt/late.py", text), THEN, 0);
    late(OLD);
    assert_eq!(sandbox.plain(&print).quiet(), "old");
    late(NEW);
    assert_eq!(
        sandbox.plain(&print).quiet(),
        "old",
        "plain Python is not stale here"
    );
    assert_eq!(sandbox.through(&print).quiet(), "new");
}
