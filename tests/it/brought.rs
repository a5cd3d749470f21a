//! An environment that came with a checkout, by a branch, a submodule or an archive: it waits for
//! consent, in a run and at a prompt, where the last plan stays otherwise.

use std::fs;

use crate::asking::{Way, executable, marker, plant, script};
use crate::sandbox::{DEVENV, Sandbox};
use crate::shells::{BASH, Dialect, FISH, Shell, ZSH};

/// A trusted project's environment that the user's own tools make needs no consent; one that comes
/// with a branch does.
#[test]
fn an_environment_that_comes_with_a_branch_waits_for_consent() {
    let own = |sandbox: &Sandbox, mode: &str| {
        sandbox
            .plain(&["python3", "-m", "venv", "--without-pip", mode, ".venv"])
            .quiet();
    };
    for mode in ["--symlinks", "--copies"] {
        let sandbox = Sandbox::configured();
        own(&sandbox, mode);
        sandbox.through(&["true"]).quiet();
    }
    for tracked in [".venv/bin/tool", ".venv/bin/python", ".venv/pyvenv.cfg"] {
        let sandbox = Sandbox::configured();
        sandbox.plain(&["git", "init", "-q"]).quiet();
        own(&sandbox, "--symlinks");
        executable(&sandbox, "project/.venv/bin/tool", "#!/bin/sh\n");
        sandbox.through(&["true"]).quiet();
        sandbox.plain(&["git", "add", "-f", tracked]).quiet();
        let said = sandbox.through(&["tool"]);
        assert!(
            said.fails(2)
                .contains("project changed since you trusted it"),
            "{tracked}: {said:#?}"
        );
        let meaning = sandbox.devenv(&["allow", "--dry-run"]);
        assert!(
            meaning.ok().contains("came with the checkout"),
            "{meaning:#?}"
        );
        sandbox.allow();
        sandbox.through(&["tool"]).quiet();
        executable(&sandbox, "project/.venv/bin/tool", "#!/bin/sh\ntrue\n");
        sandbox
            .plain(&["git", "add", "-f", ".venv/bin/tool"])
            .quiet();
        sandbox.through(&["tool"]).fails(2);
    }
}

/// The same where git is asked of nothing: an archive that was unpacked over a trusted project.
#[test]
fn an_environment_that_leads_nowhere_safe_waits_for_consent() {
    for way in [
        Way::Prove,
        Way::Script,
        Way::Copy,
        Way::Home,
        Way::Open,
        Way::Beside,
    ] {
        let mut sandbox = Sandbox::configured();
        sandbox.set("PYDEVENV_FILL", "0");
        plant(way, &mut sandbox);
        let said = sandbox.through(&["true"]);
        assert!(
            said.fails(2)
                .contains("project changed since you trusted it"),
            "{way:?}: {said:#?}"
        );
        assert!(!marker(&sandbox).exists(), "{way:?}");
        sandbox.allow();
        sandbox.through(&["true"]).ok();
        // By the bytes of where it leads.
        if way == Way::Script {
            executable(&sandbox, "project/.venv/bin/python", "#!/bin/sh\n");
            sandbox.through(&["true"]).fails(2);
        }
    }
}

/// A submodule is one entry of the index, whatever lies in it, and may be at another commit than it
/// says.
#[test]
fn an_environment_in_a_submodule_waits_for_consent() {
    for (module, venv) in [(".venv", ".venv"), ("vendor", "vendor/env")] {
        let sandbox = Sandbox::new();
        let git = |args: &[&str]| {
            let who = [
                "-c",
                "user.name=x",
                "-c",
                "user.email=x@y",
                "-c",
                "protocol.file.allow=always",
            ];
            sandbox.command("git").args(&who).args(args).run().ok();
        };
        sandbox.write("project/devenv.toml", format!("venv = '{venv}'\n"));
        git(&["init", "-q"]);
        sandbox.allow();
        sandbox.write("other/pyvenv.cfg", "home = /usr/bin\n");
        sandbox.write("other/env/pyvenv.cfg", "home = /usr/bin\n");
        executable(&sandbox, "other/bin/true", script(&sandbox));
        executable(&sandbox, "other/env/bin/true", script(&sandbox));
        for words in ["init -q", "add .", "commit -qm x"] {
            git(&[
                &["-C", "../other"],
                &words.split(' ').collect::<Vec<_>>()[..],
            ]
            .concat());
        }
        git(&["submodule", "add", "-q", "../other", module]);
        let said = sandbox.through(&["true"]);
        assert!(
            said.fails(2).contains("changed since"),
            "{module}: {said:#?}"
        );
        git(&["rm", "-q", "--cached", module]);
        let said = sandbox.through(&["true"]);
        assert!(
            said.fails(2).contains("changed since") && !marker(&sandbox).exists(),
            "{module}: {said:#?}"
        );
    }
}

/// What the user decided is not undone by a branch that has no configuration.
#[test]
fn a_branch_without_a_configuration_undoes_no_decision() {
    for decision in ["allow", "deny"] {
        let sandbox = Sandbox::configured();
        sandbox.devenv(&[decision]).ok();
        sandbox.plain(&["git", "init", "-q"]).quiet();
        fs::remove_file(sandbox.path("project/devenv.toml")).unwrap();
        sandbox.write(
            "project/pyproject.toml",
            "[project]\nname = 'app'\nversion = '1'\n",
        );
        sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
        executable(&sandbox, "project/.venv/bin/true", script(&sandbox));
        sandbox.plain(&["git", "add", "-f", ".venv"]).quiet();
        sandbox.through(&["true"]).fails(2);
        assert!(!marker(&sandbox).exists(), "{decision}");
        sandbox.allow();
        sandbox.through(&["true"]).ok();
        assert!(
            marker(&sandbox).exists(),
            "{decision}: the user may do without"
        );
    }
}

/// Every format in which git keeps its index.
#[test]
fn what_git_tracks_is_found_in_every_form_of_its_index() {
    for (form, command) in [
        ("2", &["update-index", "--index-version", "2"][..]),
        ("3", &["add", "-N", "-f", "later.py"]),
        ("4", &["update-index", "--index-version", "4"]),
        ("split", &["update-index", "--split-index"]),
        ("sha256", &["status"]),
        ("worktree", &["worktree", "add", "-q", "../tree"]),
        ("large", &["add", "many"]),
    ] {
        let sandbox = Sandbox::new();
        let place = if form == "worktree" {
            "tree"
        } else {
            "project"
        };
        let git = |args: &[&str], place: &str| {
            let who = ["-c", "user.name=x", "-c", "user.email=x@y"];
            sandbox
                .command("git")
                .args(&who)
                .args(args)
                .within(place)
                .run()
                .ok();
        };
        let devenv = |args: &[&str]| {
            sandbox
                .command(DEVENV)
                .args(args)
                .within(place)
                .env("PYDEVENV_FILL", "0")
                .run()
        };
        git(
            &[
                "init",
                "-q",
                if form == "sha256" {
                    "--object-format=sha256"
                } else {
                    "--object-format=sha1"
                },
            ],
            "project",
        );
        for name in [".vent/x", "z", "later.py", "devenv.toml"] {
            sandbox.write(&format!("project/{name}"), "");
        }
        (0..900).filter(|_| form == "large").for_each(|number| {
            sandbox.write(&format!("project/many/{number}"), "");
        });
        git(&["add", "-f", ".vent/x", "z", "devenv.toml"], "project");
        git(&["commit", "-qm", "x"], "project");
        git(command, "project");
        for name in ["pyvenv.cfg", "a"] {
            sandbox.write(&format!("{place}/.venv/{name}"), "home = /usr/bin\n");
        }
        devenv(&["allow"]).ok();
        // Also once it is remembered that there is nothing.
        for _ in 0..3 {
            devenv(&["run", "--", "true"]).quiet();
        }
        git(&["add", "-f", ".venv/a"], place);
        let said = devenv(&["run", "--", "true"]);
        assert!(said.fails(2).contains("changed since"), "{form}: {said:#?}");
    }
}

/// The last plan of a project that changed stays in a shell, but not with what a branch put in
/// front of `PATH`.
fn leaves_an_environment_that_came(dialect: Dialect) {
    for config in ["", "[env]\nA = '1'\n", "broken ["] {
        let sandbox = Sandbox::new();
        sandbox.write("project/devenv.toml", "");
        sandbox.plain(&["git", "init", "-q"]).quiet();
        sandbox
            .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
            .quiet();
        sandbox.allow();
        let mut shell = Shell::start(&sandbox, dialect);
        shell.line(&format!("cd {}", sandbox.project().display()));
        shell.comes_to(
            "VIRTUAL_ENV",
            Some(sandbox.path("project/.venv").to_str().unwrap()),
        );
        executable(&sandbox, "project/.venv/bin/ls", script(&sandbox));
        sandbox.plain(&["git", "add", "-f", ".venv/bin/ls"]).quiet();
        sandbox.write("project/devenv.toml", config);
        shell.comes_to("VIRTUAL_ENV", None);
        shell.line("ls");
        assert!(!marker(&sandbox).exists(), "{config}");
    }
}

#[test]
fn bash_leaves_an_environment_that_came_with_a_branch() {
    leaves_an_environment_that_came(BASH);
}

#[test]
fn zsh_leaves_an_environment_that_came_with_a_branch() {
    leaves_an_environment_that_came(ZSH);
}

#[test]
fn fish_leaves_an_environment_that_came_with_a_branch() {
    leaves_an_environment_that_came(FISH);
}
