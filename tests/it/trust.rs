//! Consent: nothing of a project is acted on before the user allowed its exact content.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};

use crate::sandbox::{DEVENV, Sandbox, is_root};
use crate::stale::{OLD, PRINT, THEN, module};

#[test]
fn content_is_trusted_and_any_change_of_it_is_not() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/devenv.toml",
        "[profiles.dev]\ndotenv = [{ path = '.env', optional = true }]\n",
    );
    let refused = sandbox.through(&["true"]);
    assert!(
        refused.fails(2).contains("project is not trusted: ."),
        "{refused:#?}"
    );
    assert!(refused.err.contains("`devenv allow`"));
    sandbox.allow();
    sandbox.through(&["true"]).quiet();
    assert_eq!(
        sandbox.devenv(&["allow"]).ok(),
        "  nothing changed since it was allowed"
    );
    sandbox.write("project/.env", "A=1\n");
    assert!(
        sandbox
            .through(&["true"])
            .fails(2)
            .contains("changed since you trusted it")
    );
    assert!(
        sandbox
            .devenv(&["allow", "--dry-run"])
            .ok()
            .contains("+ profile dev: sets A from .env")
    );
    sandbox.through(&["true"]).fails(2);
    sandbox.allow();
    sandbox.through(&["true"]).quiet();
    sandbox.write("project/.env", "A=2\n");
    let shown = sandbox.devenv(&["allow"]);
    assert!(
        shown.ok().contains("- profile dev: sets A")
            && shown.ok().contains("+ profile dev: sets A"),
        "{shown:#?}"
    );
    assert!(
        !shown.out.contains('2') || !shown.out.contains("A=2"),
        "a dotenv value is not shown"
    );
    sandbox.write("project/devenv.local.toml", "[env]\nB = 'x'\n");
    sandbox.through(&["true"]).fails(2);
}

#[test]
fn an_untrusted_file_has_no_say_not_even_about_the_profile() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/devenv.toml",
        "default-profile = 'evil'\n[profiles.evil]\nenv = { EVIL = '1' }\n",
    );
    let said = sandbox.devenv(&["status"]);
    assert!(
        said.quiet().contains("not trusted") && !said.out.contains("evil"),
        "{said:#?}"
    );
    for command in [
        &["profile", "list"][..],
        &["profile", "show"],
        &["run", "-n", "--", "true"],
    ] {
        sandbox.devenv(command).fails(2);
    }
    assert_eq!(
        sandbox
            .devenv(&["run", "--allow", "--", "sh", "-c", "echo $EVIL"])
            .quiet(),
        "1"
    );
}

#[test]
fn a_denied_project_stays_denied_until_it_is_allowed() {
    let sandbox = Sandbox::configured();
    sandbox.devenv(&["deny"]).ok();
    assert!(sandbox.through(&["true"]).fails(2).contains("denied"));
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = [{:?}]\n", sandbox.root),
    );
    sandbox.through(&["true"]).fails(2);
    sandbox.allow();
    sandbox.through(&["true"]).quiet();
}

#[test]
fn only_our_table_of_a_manifest_counts() {
    let sandbox = Sandbox::new();
    let manifest = |dependency: &str, value: &str| {
        let text = format!(
            "[project]\nname = 'x'\ndependencies = [{dependency}]\n[tool.devenv.env]\nA = '{value}'\n"
        );
        sandbox.write("project/pyproject.toml", text);
    };
    manifest("", "1");
    sandbox.allow();
    manifest("'six'", "1");
    sandbox.through(&["true"]).quiet();
    manifest("'six'", "2");
    sandbox.through(&["true"]).fails(2);
}

#[test]
fn a_source_root_from_outside_the_repository_needs_consent() {
    let sandbox = Sandbox::new();
    let manifest = |sources: &str| {
        sandbox.write(
            "project/pyproject.toml",
            format!("[project]\nname = 'x'\n[tool.devenv]\n[tool.uv.sources]\n{sources}"),
        );
    };
    for lib in ["lib", "project/own"] {
        sandbox.write(
            &format!("{lib}/pyproject.toml"),
            "[project]\nname = 'lib'\n",
        );
        sandbox.write(&format!("{lib}/src/lib/__init__.py"), "");
    }
    manifest("");
    sandbox.allow();
    manifest("own = { path = 'own' }\n");
    sandbox.allow();
    sandbox.through(&["true"]).quiet();
    manifest("lib = { path = '../lib' }\n");
    sandbox.through(&["true"]).fails(2);
}

#[test]
fn trees_of_the_users_own_configuration_are_trusted_by_component() {
    let sandbox = Sandbox::new();
    for project in ["work/shop", "workshop"] {
        sandbox.write(&format!("{project}/devenv.toml"), "");
    }
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = [{:?}]\n", sandbox.path("work")),
    );
    sandbox
        .devenv_in("work/shop", &["run", "--", "true"])
        .quiet();
    sandbox
        .devenv_in("workshop", &["run", "--", "true"])
        .fails(2);
    sandbox.write("workshop/devenv.toml", "trusted = ['/']\n");
    let said = sandbox.devenv_in("workshop", &["run", "--", "true"]);
    assert!(
        said.fails(2)
            .contains("`trusted` belongs into your own configuration"),
        "{said:#?}"
    );
}

#[test]
fn files_that_others_may_write_are_refused() {
    let sandbox = Sandbox::configured();
    let mode = |path: &str, mode| {
        fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("project/devenv.toml", 0o666);
    assert!(
        sandbox
            .through(&["true"])
            .fails(2)
            .contains("everyone may write it")
    );
    assert!(
        sandbox
            .devenv(&["allow"])
            .fails(2)
            .contains("everyone may write it")
    );
    mode("project/devenv.toml", 0o664);
    sandbox.through(&["true"]).quiet();
    mode("project/devenv.toml", 0o644);
    mode("project", 0o777);
    sandbox.through(&["true"]).fails(2);
    mode("project", 0o1777);
    sandbox.through(&["true"]).quiet();
    mode("project", 0o755);
    if is_root() {
        chown(sandbox.path("project/devenv.toml"), Some(1234), Some(1234)).unwrap();
        let said = sandbox.through(&["true"]);
        assert!(
            said.fails(2).contains("devenv allow --owner 1234"),
            "{said:#?}"
        );
        sandbox.devenv(&["allow", "--owner", "1234"]).ok();
        sandbox.through(&["true"]).quiet();
        mode("project/devenv.toml", 0o664);
        assert!(
            sandbox
                .through(&["true"])
                .fails(2)
                .contains("another group may write it")
        );
    }
}

#[test]
fn decisions_are_listed_and_those_about_nothing_are_pruned() {
    let sandbox = Sandbox::configured();
    sandbox.write("other/devenv.toml", "");
    sandbox.devenv(&["deny", "../other"]).ok();
    let listed = |sandbox: &Sandbox| sandbox.devenv(&["allow", "--list"]).quiet().to_owned();
    let (project, other) = (sandbox.project(), sandbox.path("other"));
    assert_eq!(
        listed(&sandbox),
        format!(
            "denied   {}\nallowed  {}",
            other.display(),
            project.display()
        )
    );
    fs::remove_dir_all(&other).unwrap();
    assert!(listed(&sandbox).contains("(gone)"));
    sandbox.devenv(&["allow", "--prune"]).ok();
    assert_eq!(listed(&sandbox), format!("allowed  {}", project.display()));
}

#[test]
fn a_path_can_be_a_file_of_the_project_and_must_exist() {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", "");
    sandbox
        .command(DEVENV)
        .args(&["allow", "project/devenv.toml"])
        .within("")
        .run()
        .ok();
    sandbox.through(&["true"]).quiet();
    assert!(
        sandbox
            .devenv(&["allow", "nosuch"])
            .fails(2)
            .contains("`nosuch` does not exist")
    );
}

/// Nobody was asked about a project without a configuration: opening somebody's checkout must start
/// nothing in it.
#[test]
fn an_interpreter_of_a_project_that_nobody_was_asked_about_is_not_started() {
    let mut sandbox = Sandbox::new();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'x'\n[tool.uv]\n",
    );
    sandbox.write("project/app.py", "");
    sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
    let trap = sandbox.write(
        "project/trap",
        format!("#!/bin/sh\ntouch {}\n", sandbox.path("sprung").display()),
    );
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    for directory in ["project/.venv/bin", "project/tools"] {
        fs::create_dir_all(sandbox.path(directory)).unwrap();
        for name in ["python", "python3"] {
            symlink(&trap, sandbox.path(directory).join(name)).unwrap();
        }
    }
    let path = format!("{}:/usr/bin:/bin", sandbox.path("project/tools").display());
    sandbox.set("PATH", path);
    for round in ["found", "on PATH"] {
        for args in [
            &["run", "--", "true"][..],
            &["run", "-n", "--", "true"],
            &["run", "--clear", "--", "true"],
            &["status"],
        ] {
            sandbox.devenv(args).ok();
            sandbox.settle();
            assert!(!sandbox.path("sprung").exists(), "{round}: {args:?}");
        }
        if round == "found" {
            fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
            sandbox.write("project/pyproject.toml", "[project]\nname = 'x'\n");
        }
    }
    sandbox.write("project/devenv.toml", "");
    sandbox.allow();
    sandbox.devenv(&["run", "--", "true"]).ok();
    assert!(
        !sandbox.path("sprung").exists(),
        "a script of the tree on PATH is no part of what was consented to"
    );
    sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
    fs::create_dir_all(sandbox.path("project/.venv/bin")).unwrap();
    symlink(&trap, sandbox.path("project/.venv/bin/python")).unwrap();
    sandbox.allow();
    sandbox.devenv(&["run", "--", "true"]).ok();
    assert!(
        sandbox.path("sprung").exists(),
        "with consent an environment is asked what it is"
    );
}

/// The programs that devenv starts for itself come from the caller's `PATH`, without what the
/// project adds to it.
#[test]
fn git_is_the_callers_and_never_one_that_a_project_brings() {
    for configuration in [None, Some("[env]\nPATH = { prepend = ['.venv/bin'] }\n")] {
        let sandbox = Sandbox::new();
        sandbox.write("project/pyproject.toml", "[project]\nname = 'x'\n");
        sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
        let sprung = sandbox.path("sprung");
        let trap = format!(
            "#!/bin/sh\ntouch {}\nexec /usr/bin/git \"$@\"\n",
            sprung.display()
        );
        let trap = sandbox.write("project/.venv/bin/git", trap);
        fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
        if let Some(text) = configuration {
            sandbox.write("project/devenv.toml", text);
            sandbox.allow();
        }
        module(&sandbox, OLD, THEN, 0);
        sandbox.plain(&PRINT).quiet();
        sandbox.plain(&["git", "init", "-q"]).quiet();
        sandbox.plain(&["git", "add", "-f", "__pycache__"]).quiet();
        for args in [
            &["run", "--", "true"][..],
            &["run", "--clear", "--", "true"],
            &["run", "-n", "--", "true"],
        ] {
            assert_eq!(sandbox.devenv(args).code, Some(0), "{args:?}");
            assert!(!sprung.exists(), "{args:?}");
        }
        let said = sandbox.through(&["git", "--version"]);
        assert!(
            said.ok().contains("git") && sprung.exists(),
            "the command's own `PATH` has it in front"
        );
    }
}

/// What a link leads to is nowhere in the configuration, and yet it decides what every Python
/// program imports.
#[test]
fn what_a_checkout_brings_in_through_a_link_needs_consent() {
    let sandbox = Sandbox::new();
    let lead = |name: &str, to: &str| {
        let _ = fs::remove_file(sandbox.path("project").join(name));
        symlink(to, sandbox.path("project").join(name)).unwrap();
    };
    for file in [
        "project/own/x",
        "elsewhere/pyvenv.cfg",
        "project/real/pyvenv.cfg",
        "evil/pyvenv.cfg",
    ] {
        sandbox.write(file, "");
    }
    let text = "[profiles.dev]\npythonpath = ['vendor']\n[env]\nPATH = { prepend = ['bin'] }\n";
    sandbox.write("project/devenv.toml", text);
    ["vendor", "bin", ".venv"]
        .iter()
        .for_each(|name| lead(name, "own"));
    sandbox.allow();
    for name in ["vendor", "bin", ".venv"] {
        lead(name, "real");
        sandbox.through(&["true"]).quiet();
        for to in ["../elsewhere", "../evil"] {
            lead(name, to);
            assert!(
                sandbox
                    .through(&["true"])
                    .fails(2)
                    .contains("changed since you trusted it"),
                "{name} to {to}"
            );
            let line = format!(
                "+ {name} leads to {}",
                sandbox.project().join(to).canonicalize().unwrap().display()
            );
            assert!(
                sandbox.devenv(&["allow", "--dry-run"]).ok().contains(&line),
                "{line}"
            );
            sandbox.allow();
            sandbox.through(&["true"]).quiet();
        }
        lead(name, "own");
        sandbox.allow();
    }
}

/// The first command in a new checkout makes the environment: nobody is asked again for that.
#[test]
fn an_environment_in_the_tree_needs_no_consent_but_must_not_be_open_to_others() {
    for configuration in ["devenv.toml", "pyproject.toml"] {
        let sandbox = Sandbox::new();
        sandbox.write(&format!("project/{configuration}"), "");
        if configuration == "devenv.toml" {
            sandbox.allow();
        }
        sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
        sandbox.through(&["true"]).quiet();
        for (path, mode, shut) in [
            ("project/.venv/pyvenv.cfg", 0o666, 0o644),
            ("project/.venv", 0o777, 0o755),
        ] {
            let set = |mode| {
                fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(mode)).unwrap();
            };
            set(mode);
            let said = sandbox.through(&["true"]);
            assert!(
                said.fails(2)
                    .contains("can't be trusted: everyone may write it"),
                "{configuration}: {said:#?}"
            );
            set(shut);
        }
        sandbox.through(&["true"]).quiet();
    }
}
