//! `devenv why` where there is nothing to run, and where everything runs but slowly.

use crate::layouts::code;
use crate::sandbox::{DEVENV, Sandbox};
use crate::verdicts::{why, with_installers};

#[test]
fn a_name_that_was_mistyped() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/shop/__init__.py", "");
    sandbox.write("project/shop/models.py", code("new"));
    for (asked, meant) in [
        ("shp", "shop"),
        ("shop.modles", "shop.models"),
        ("jsno", "json"),
    ] {
        let said = sandbox.plain(&["python3", "-c", &format!("import {asked}")]);
        assert!(said.fails(1).contains("ModuleNotFoundError"), "{said:#?}");
        let answer = why(&sandbox, &[asked]);
        assert_eq!(answer.codes(), ["not-found"]);
        assert!(
            answer.json["runs"].is_null() && answer.json["takes_effect"] == false,
            "{:#}",
            answer.json
        );
        let finding = answer.finding("not-found").to_string();
        assert!(
            finding.contains(meant),
            "{asked} is not taken for {meant}: {finding}"
        );
        // The cure is the question that was meant.
        let said = sandbox.plain(&["sh", "-c", answer.remedy("not-found")]);
        assert!(
            said.code == Some(0) && said.out.contains(meant.rsplit('.').next().unwrap()),
            "{said:#?}"
        );
    }
}

#[test]
fn names_that_are_like_nothing() {
    let sandbox = Sandbox::configured();
    for asked in ["zqxwvu", "zqxwvu.alpha", "json.zqxwvu", "json.tool.zqxwvu"] {
        let answer = why(&sandbox, &[asked]);
        assert_eq!(answer.codes(), ["not-found"], "{asked}");
    }
    let said = sandbox.devenv(&["why", "nowhere.py"]);
    assert!(
        matches!(said.code, Some(1 | 2)) && (said.err.clone() + &said.out).contains("nowhere.py"),
        "{said:#?}"
    );
}

/// A module of the project that no path leads to.
#[test]
fn a_file_that_no_import_finds() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/deep/down/app.py", code("new"));
    let said = sandbox.plain(&["python3", "-c", "import app"]);
    assert!(said.fails(1).contains("ModuleNotFoundError"));
    let answer = why(&sandbox, &["app"]);
    assert_eq!(answer.codes(), ["not-found"]);
    // As a namespace package of the working directory the file can be imported, and is.
    assert_eq!(
        sandbox.plain(&["python3", "-m", "deep.down.app"]).quiet(),
        "new"
    );
    why(&sandbox, &["deep.down.app"])
        .healthy()
        .runs("source", "deep/down/app.py");
    why(&sandbox, &["deep/down/app.py"]).healthy();
}

/// What is offered can be pasted: a package without a `__main__` is imported, not run.
#[test]
fn a_package_that_nothing_leads_to() {
    let sandbox = Sandbox::configured();
    let manifest = "[project]\nname = 'shop'\nversion = '1'\n";
    sandbox.write("project/pyproject.toml", manifest);
    sandbox.write("project/devenv.toml", "sources = ['lib']\n");
    sandbox.allow();
    sandbox.write("project/lib/shop/__init__.py", "print('it runs')\n");
    for main in [None, Some("project/lib/shop/__main__.py")] {
        main.iter().for_each(|main| drop(sandbox.write(main, "")));
        let answer = why(&sandbox, &["shop"]);
        assert!(
            answer
                .shows("not-found", &["lib/shop/__init__.py"])
                .finding("not-found")["cured_by_run"]
                == true
        );
        assert_eq!(
            sandbox
                .plain(&["sh", "-c", answer.remedy("not-found")])
                .quiet(),
            "it runs"
        );
    }
}

/// With the popular variable, what uv installs is compiled by every run.
#[test]
fn packages_without_bytecode_that_none_is_written_for() {
    let mut sandbox = with_installers();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "jinja2==3.1.6"])
        .ok();
    sandbox.set("PYTHONDONTWRITEBYTECODE", "1");
    let cached = "import jinja2, os; print(os.path.exists(jinja2.__cached__))";
    for _ in 0..2 {
        assert_eq!(
            sandbox.plain(&[".venv/bin/python", "-c", cached]).quiet(),
            "False"
        );
    }
    let answer = why(&sandbox, &["jinja2"]);
    answer.shows("fill-missing", &["site-packages"]);
    assert!(
        answer.json["verdict"]
            .as_str()
            .unwrap()
            .ends_with("/jinja2/__init__.py, as it is now"),
        "{:#}",
        answer.json
    );
    assert_eq!(
        answer.finding("fill-missing")["severity"],
        "warning",
        "it is slow, and right"
    );
    sandbox
        .plain(&["sh", "-c", answer.remedy("fill-missing")])
        .ok();
    assert_eq!(
        sandbox.plain(&[".venv/bin/python", "-c", cached]).quiet(),
        "True"
    );
    why(&sandbox, &["jinja2"]).healthy();
}

/// Words that are no question.
#[test]
fn usage() {
    let sandbox = Sandbox::configured();
    for args in [
        &["why"][..],
        &["why", "--"],
        &["why", "--no-such-flag", "app"],
        &["why", "app", "b"],
    ] {
        let said = sandbox.command(DEVENV).args(args).run();
        assert!(
            said.fails(2).contains("devenv: ") || said.err.contains("Usage"),
            "{args:?}: {said:#?}"
        );
    }
    let said = sandbox.devenv(&["why", "--profile", "nosuch", "app"]);
    assert!(said.fails(2).contains("nosuch"), "{said:#?}");
}

/// A name that hardly any module has is that of a file.
#[test]
fn a_file_that_is_not_there() {
    let sandbox = Sandbox::configured();
    assert!(
        sandbox
            .devenv(&["why", "NOTES.md"])
            .fails(1)
            .contains("NOTES.md` does not exist")
    );
    sandbox.write("project/notes/md.py", "");
    why(&sandbox, &["notes.md"]).healthy();
}

/// A program that only the environment of the project has is run through devenv, where there is
/// consent to run it.
#[test]
fn a_program_that_only_the_environment_has() {
    let sandbox = Sandbox::new();
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    let script = format!(
        "#!{}/.venv/bin/python\nprint('it runs')\n",
        sandbox.project().display()
    );
    let script = sandbox.write("project/.venv/bin/check-it", script);
    sandbox
        .plain(&["chmod", "+x", script.to_str().unwrap()])
        .quiet();
    sandbox.write("project/devenv.toml", "");
    let asked = |name: &str| {
        sandbox
            .devenv(&["why", "--", name, "it's all.py"])
            .fails(2)
            .to_owned()
    };
    assert!(
        asked("check-it").ends_with("devenv: cannot find `check-it`"),
        "no consent, and no word of it"
    );
    sandbox.allow();
    let said = asked("check-it");
    let hint = said
        .strip_prefix("devenv: cannot find `check-it`\nhint: ")
        .unwrap_or_else(|| panic!("{said}"));
    assert_eq!(hint, "devenv run -- check-it \"it's all.py\"");
    assert_eq!(sandbox.plain(&["sh", "-c", hint]).ok(), "it runs");
    assert_eq!(asked("check-them"), "devenv: cannot find `check-them`");
}
