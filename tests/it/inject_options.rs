//! `devenv inject`: what an option says is done, or refused with the reason; and the Python of a
//! new container is the project's.

use std::fs;

use crate::inject::{FILE, trusting};
use crate::sandbox::Sandbox;

fn project() -> Sandbox {
    let sandbox = trusting();
    sandbox.write("p/devenv.toml", "[env]\nLEVEL = '1'\n");
    sandbox
}

fn file(sandbox: &Sandbox) -> String {
    sandbox.read(&format!("p/{FILE}"))
}

#[test]
fn an_image_that_was_asked_for_is_there_or_refused() {
    let sandbox = project();
    for (before, code, words, after) in [
        ("{ \"name\": \"n\" }\n", 0, "", "\"image\": \"mine\""),
        ("{ \"image\": \"mine\" }\n", 0, "", "\"image\": \"mine\""),
        (
            "{ \"image\": \"theirs\" }\n",
            1,
            "`image`",
            "\"image\": \"theirs\"",
        ),
        (
            "{ \"build\": { \"dockerfile\": \"D\" } }\n",
            2,
            "`build` says",
            "D",
        ),
        ("{ \"dockerFile\": \"D\" }\n", 2, "`dockerFile` says", "D"),
        (
            "{ \"dockerComposeFile\": \"c\", \"service\": \"s\" }\n",
            2,
            "`dockerComposeFile` says",
            "\"c\"",
        ),
        ("", 0, "", "\"image\": \"mine\""),
        ("// later\n", 0, "", "\"image\": \"mine\""),
    ] {
        sandbox.write(&format!("p/{FILE}"), before);
        let said = sandbox.inject("p", &["devcontainer", "--image", "mine"]);
        assert_eq!(said.code, Some(code), "{before}: {said:#?}");
        assert!(
            (said.out.clone() + &said.err).contains(words) && file(&sandbox).contains(after),
            "{before}: {said:#?}"
        );
        if code == 0 {
            // It needs not be said again, and nothing of it drifts.
            sandbox.inject("p", &["devcontainer"]).ok();
            sandbox.inject("p", &["devcontainer", "--check"]).ok();
            assert!(file(&sandbox).contains(after), "{before}");
            let checked = sandbox
                .command(crate::sandbox::DEVENV)
                .args(&["check", "--json"])
                .within("p")
                .run();
            assert!(!checked.out.contains("inject-drift"), "{checked:#?}");
        }
        sandbox.inject("p", &["devcontainer", "--remove"]);
        assert_eq!(file(&sandbox), before);
    }
    sandbox.write(&format!("p/{FILE}"), "{ \"image\": \"theirs\" }\n");
    sandbox
        .inject("p", &["devcontainer", "--image", "mine", "--force"])
        .ok();
    assert!(file(&sandbox).contains("\"image\": \"mine\""));
    sandbox.inject("p", &["devcontainer", "--remove"]).ok();
    assert_eq!(file(&sandbox), "{ \"image\": \"theirs\" }\n");
}

#[test]
fn a_new_container_has_the_python_of_the_project() {
    const OWN: &str = "mcr.microsoft.com/devcontainers/python";
    for (files, image) in [
        (&[][..], "3"),
        (
            &[(".venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.11.7\n")],
            "1-3.11",
        ),
        (
            &[(
                ".venv/pyvenv.cfg",
                "home = /usr/bin\nversion_info = 3.10.4.final.0\n",
            )],
            "1-3.10",
        ),
        (&[(".python-version", "3.13\n")], "1-3.13"),
        (
            &[(
                "pyproject.toml",
                "[project]\nname = 'p'\nrequires-python = '>=3.9,<3.11'\n",
            )],
            "1-3.10",
        ),
        (
            &[(
                "pyproject.toml",
                "[tool.poetry.dependencies]\npython = '^3.13'\n",
            )],
            "1-3.13",
        ),
        (
            &[
                (
                    "pyproject.toml",
                    "[project]\nname = 'p'\nrequires-python = '>=3.9'\n",
                ),
                (".venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.11.7\n"),
            ],
            "1-3.11",
        ),
    ] {
        let sandbox = project();
        files
            .iter()
            .for_each(|(name, text)| drop(sandbox.write(&format!("p/{name}"), text)));
        sandbox.inject("p", &["devcontainer"]).ok();
        assert!(
            file(&sandbox).contains(&format!("\"image\": \"{OWN}:{image}\"")),
            "{files:?}: {}",
            file(&sandbox)
        );
    }
}

#[test]
fn an_option_without_a_meaning_is_refused_for_every_target() {
    let sandbox = project();
    sandbox.write(&format!("p/{FILE}"), "{}\n");
    let options: [(&[&str], &[&str]); 6] = [
        (
            &["--config", "x"],
            &["devcontainer", "jupyter", "compose", "dockerfile"],
        ),
        (&["--all"], &["devcontainer"]),
        (&["--feature"], &["devcontainer"]),
        (&["--image", "x"], &["devcontainer"]),
        (&["--launch"], &["vscode"]),
        (&["--service", "x"], &["compose"]),
    ];
    let targets = [
        "devcontainer",
        "gitignore",
        "vscode",
        "pyright",
        "zed",
        "direnv",
        "jupyter",
        "compose",
        "dockerfile",
        "pre-commit",
    ];
    for target in targets {
        for (option, meant) in options {
            let said = sandbox.inject("p", &[&[target, "--dry-run"], option].concat());
            let is_refused = said.err.contains("means nothing");
            assert_eq!(
                is_refused,
                !meant.contains(&target),
                "{target} {option:?}: {said:#?}"
            );
            let said = sandbox.inject("p", &[&[target, "--remove"], option].concat());
            let has_place =
                !matches!(option[0], "--image" | "--service") && meant.contains(&target);
            assert_eq!(
                said.err.contains("means nothing"),
                !has_place,
                "{target} {option:?}: {said:#?}"
            );
        }
    }
    let said = sandbox.inject("p", &["devcontainer", "--image", ""]);
    assert!(said.fails(2).contains("an image has a name"), "{said:#?}");
    assert_eq!(
        fs::read_to_string(sandbox.path(&format!("p/{FILE}"))).unwrap(),
        "{}\n"
    );
}
