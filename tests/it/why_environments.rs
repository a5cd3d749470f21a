//! `devenv why` where the command that is typed belongs to another environment than the project's.

use crate::layouts::{Backend, Layout, Library};
use crate::sandbox::Sandbox;
use crate::verdicts::{Case, pasted, why, with_installers};

const LIBRARY: Library = Library {
    backend: Backend::Uv,
    layout: Layout::Src,
};

/// A project whose own environment has the library as editable.
fn editable() -> Sandbox {
    let sandbox = with_installers();
    LIBRARY.write(&sandbox, "project", "old");
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "-e", "."])
        .ok();
    sandbox
}

/// Makes another environment that holds a copy.
fn with_another(sandbox: &Sandbox) {
    sandbox.plain(&["uv", "venv", "-q", "../other"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "--python", "../other", "."])
        .ok();
}

/// Edits the library, which runs in the project's own environment.
fn edit(sandbox: &Sandbox) {
    LIBRARY.edit(sandbox, "project", "new");
    assert_eq!(sandbox.plain(&[".venv/bin/adt-cli"]).quiet(), "new");
}

/// Puts a directory in front of `PATH`.
fn front(sandbox: &mut Sandbox, directory: &str) {
    let path = sandbox.env[std::ffi::OsStr::new("PATH")]
        .to_str()
        .unwrap()
        .to_owned();
    let directory = sandbox.path(directory);
    sandbox.set("PATH", format!("{}:{path}", directory.display()));
}

#[test]
fn a_console_script_that_uv_installed_as_a_tool() {
    let mut sandbox = editable();
    let (tools, bin) = (sandbox.path("tools"), sandbox.path("toolbin"));
    sandbox
        .set("UV_TOOL_DIR", tools)
        .set("UV_TOOL_BIN_DIR", bin);
    front(&mut sandbox, "toolbin");
    sandbox.plain(&["uv", "tool", "install", "-q", "."]).ok();
    edit(&sandbox);
    let case = Case {
        command: "adt-cli",
        target: &["adt-cli"],
        code: "wrong-environment",
        evidence: &["toolbin/adt-cli", "tools/adt", "project/.venv"],
    };
    case.diagnosed(&sandbox)
        .runs("source", "site-packages/adt/__init__.py");
    case.judge_once(&sandbox);
}

#[test]
fn a_console_script_of_another_environment() {
    let mut sandbox = editable();
    with_another(&sandbox);
    front(&mut sandbox, "other/bin");
    edit(&sandbox);
    let case = Case {
        command: "adt-cli",
        target: &["--", "adt-cli"],
        code: "wrong-environment",
        evidence: &["other/bin/adt-cli", "project/.venv"],
    };
    case.judge_once(&sandbox);
}

#[test]
fn an_environment_of_another_project_that_is_active() {
    let mut sandbox = editable();
    with_another(&sandbox);
    let other = sandbox.path("other");
    sandbox.set("VIRTUAL_ENV", other);
    front(&mut sandbox, "other/bin");
    edit(&sandbox);
    let case = Case {
        command: "python -m adt",
        target: &["--", "python", "-m", "adt"],
        code: "wrong-environment",
        evidence: &["other/bin/python", "project/.venv"],
    };
    case.judge_once(&sandbox);
    // uv takes the project's own, whatever is active.
    assert_eq!(
        sandbox
            .plain(&["uv", "run", "-q", "--no-sync", "python", "-m", "adt"])
            .ok(),
        "new"
    );
    let answer = why(&sandbox, &["--", "uv", "run", "python", "-m", "adt"]);
    let runs = answer.json["runs"]["path"].as_str().unwrap();
    assert!(runs.contains("/project/src/adt/__"), "{runs}");
}

/// `uv pip install` put the new code where the variable says, and not where the project looks.
#[test]
fn a_variable_that_leads_uv_elsewhere() {
    let mut sandbox = with_installers();
    LIBRARY.write(&sandbox, "adt", "old");
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox.plain(&["uv", "venv", "-q", "../other"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "../adt"])
        .ok();
    LIBRARY.edit(&sandbox, "adt", "new");
    let python = sandbox.path("other/bin/python");
    sandbox.set("UV_PYTHON", &python);
    sandbox
        .plain(&["uv", "pip", "install", "-q", "--reinstall", "../adt"])
        .ok();
    assert_eq!(
        sandbox.plain(&["../other/bin/python", "-m", "adt"]).quiet(),
        "new"
    );
    let command = ".venv/bin/python -m adt";
    assert_eq!(sandbox.plain(&["sh", "-c", command]).quiet(), "old");
    let answer = why(&sandbox, &["adt"]);
    answer.shows("wrong-environment", &["UV_PYTHON", "other/bin/python"]);
    answer.shows("installed-copy", &["site-packages/adt/__init__.py"]);
    let after = pasted(
        &sandbox,
        answer.remedy("wrong-environment"),
        command,
        &["adt"],
    );
    assert!(
        !after.answer.codes().contains(&"wrong-environment"),
        "{after:#?}"
    );
    // With both remedies, in one shell, the new code runs.
    let both = format!(
        "{}\n{}",
        answer.remedy("wrong-environment"),
        after.answer.remedy("installed-copy")
    );
    let after = pasted(&sandbox, &both, command, &["adt"]);
    assert!(
        after.said.ends_with("new\n"),
        "the cure runs it through devenv: {after:#?}"
    );
}

/// Which interpreter is asked: the one that is named, the project's own, or the first on `PATH`.
#[test]
fn the_interpreter_that_is_asked() {
    let sandbox = editable();
    with_another(&sandbox);
    edit(&sandbox);
    let interpreter = |target: &[&str]| {
        let answer = why(&sandbox, target);
        answer.json["interpreter"]
            .as_str()
            .unwrap_or_else(|| panic!("{:#}", answer.json))
            .to_owned()
    };
    assert!(interpreter(&["adt"]).ends_with("project/.venv/bin/python"));
    let other = sandbox.path("other/bin/python");
    assert_eq!(
        interpreter(&["--python", other.to_str().unwrap(), "adt"]),
        other.to_str().unwrap()
    );
    why(&sandbox, &["--python", "../other/bin/python", "adt"])
        .shows("installed-copy", &["other/lib"]);
    let asked = interpreter(&["--", "uv", "run", "python", "-m", "adt"]);
    assert!(asked.ends_with("project/.venv/bin/python"), "{asked}");
    let plain = Sandbox::new();
    plain.write("project/app.py", "");
    let answer = why(&plain, &["app"]);
    let first = plain
        .plain(&["sh", "-c", "command -v python3"])
        .quiet()
        .to_owned();
    let asked = answer.json["interpreter"].as_str().unwrap();
    assert_eq!(
        std::path::Path::new(asked).parent(),
        std::path::Path::new(&first).parent()
    );
}
