//! Cures as words of the shell that asks: each is printed to a real one, pasted into it, and seen
//! to cure.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::layouts::{Backend, Layout, Library, code};
use crate::sandbox::{DEVENV, Said, Sandbox, tool};
use crate::verdicts::with_installers;

/// Shells that read commands in ways of their own, how each is given one, and how it ends a line.
fn shells() -> Vec<(&'static str, Vec<String>)> {
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    let own = |name: &str| tool(name).to_str().unwrap().to_owned();
    vec![
        ("fish", words(&["fish", "--no-config", "-c"])),
        ("tcsh", words(&["tcsh", "-f", "-c"])),
        ("elvish", words(&["elvish", "-norc", "-c"])),
        ("nu", words(&[&own("nu"), "-n", "-c"])),
        ("xonsh", words(&[&own("xonsh"), "--no-rc", "-c"])),
        ("zsh", words(&["zsh", "-f", "-c"])),
        ("dash", words(&["dash", "-c"])),
    ]
}

/// Has a shell run lines.
fn run(sandbox: &Sandbox, shell: &[String], lines: &str) -> Said {
    sandbox
        .command(&shell[0])
        .args(&shell[1..])
        .args(&[lines])
        .run()
}

/// Asks from a shell, as its child, and returns the answer.
#[track_caller]
fn asked(sandbox: &Sandbox, shell: &[String], question: &str) -> Value {
    asked_of(DEVENV, sandbox, shell, question)
}

#[track_caller]
fn asked_of(devenv: &str, sandbox: &Sandbox, shell: &[String], question: &str) -> Value {
    // What a shell makes of a child that fails does not matter here.
    let said = run(sandbox, shell, &format!("{devenv} {question} --json"));
    serde_json::from_str(&said.out).unwrap_or_else(|why| panic!("{why}: {said:#?}"))
}

#[track_caller]
fn cure(answer: &Value, code: &str) -> String {
    let findings = answer["findings"].as_array().unwrap();
    let finding = findings
        .iter()
        .find(|finding| finding["code"] == code)
        .unwrap_or_else(|| panic!("{answer:#}"));
    finding["remedies"][0]["command"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer:#}"))
        .to_owned()
}

/// Prints what a program gets of a variable.
fn show(name: &str) -> String {
    format!("python3 -c 'import os; print(os.environ.get(\"{name}\"))'")
}

#[test]
fn a_variable_is_taken_away() {
    for (name, shell) in shells() {
        let mut sandbox = Sandbox::configured();
        sandbox
            .set("PYTHONDONTWRITEBYTECODE", "0")
            .set("SHELL", "/bin/bash");
        let cure = cure(&asked(&sandbox, &shell, "doctor"), "variable");
        let said = run(
            &sandbox,
            &shell,
            &format!("{cure}\n{}", show("PYTHONDONTWRITEBYTECODE")),
        );
        assert_eq!(said.ok(), "None", "{name}: `{cure}`: {said:#?}");
    }
}

/// A name with which every shell could do something. Of `$` in lists of directories xonsh makes
/// what it names, whoever set them.
const ODD: &str = "it's a \"b\" `x` \\ #! (1) é";

#[test]
fn a_directory_is_put_in_front_of_the_modules() {
    for (name, shell) in shells() {
        let mut sandbox = Sandbox::new();
        sandbox.write("older/app.py", code("old"));
        let own = sandbox.write(&format!("{ODD}/src/app.py"), code("new"));
        sandbox.write(
            &format!("{ODD}/pyproject.toml"),
            "[project]\nname = 'app'\nversion = '1'\n",
        );
        let path = [sandbox.path("older").as_path(), own.parent().unwrap()]
            .map(|path| path.display().to_string());
        sandbox.set("PYTHONPATH", path.join(":"));
        let within = |lines: &str| {
            sandbox
                .command(&shell[0])
                .args(&shell[1..])
                .args(&[lines])
                .within(ODD)
                .run()
        };
        let answer = within(&format!("{DEVENV} why src/app.py --json"));
        let cure = cure(&serde_json::from_str(&answer.out).unwrap(), "shadowed");
        let said = within(&format!("{cure}\npython3 -m app"));
        assert_eq!(said.ok(), "new", "{name}: `{cure}`: {said:#?}");
    }
}

#[test]
fn a_directory_is_put_in_front_of_the_programs() {
    for (name, shell) in shells() {
        let mut sandbox = Sandbox::configured();
        let ours = sandbox
            .write(&format!("{ODD}/devenv"), "")
            .into_os_string()
            .into_string()
            .unwrap();
        // Another program copies it: what we had open, a test beside this one could still hold.
        sandbox.plain(&["cp", DEVENV, &ours]).quiet();
        let other = sandbox.write("other/devenv", "#!/bin/sh\necho another\n");
        sandbox
            .plain(&["chmod", "+x", &ours, other.to_str().unwrap()])
            .quiet();
        symlink(ours, sandbox.path("asked")).unwrap();
        sandbox.set(
            "PATH",
            format!("{}:/usr/bin:/bin", other.parent().unwrap().display()),
        );
        let cure = cure(
            &asked_of("../asked", &sandbox, &shell, "doctor"),
            "other-devenv",
        );
        let said = run(&sandbox, &shell, &format!("{cure}\ndevenv --version"));
        assert!(
            said.ok().contains("(pydevenv)"),
            "{name}: `{cure}`: {said:#?}"
        );
    }
}

#[test]
fn a_file_is_removed() {
    for (name, shell) in shells() {
        let mut sandbox = Sandbox::configured();
        let source = sandbox.write(&format!("project/{ODD}/app.py"), code("old"));
        let compiled = source.with_extension("pyc");
        let script = "import py_compile, sys; py_compile.compile(sys.argv[1], sys.argv[2])";
        sandbox
            .plain(&[
                "python3",
                "-c",
                script,
                source.to_str().unwrap(),
                compiled.to_str().unwrap(),
            ])
            .quiet();
        fs::remove_file(&source).unwrap();
        sandbox.set("PYTHONPATH", source.parent().unwrap());
        let cure = cure(&asked(&sandbox, &shell, "why app"), "sourceless-bytecode");
        run(&sandbox, &shell, &cure).ok();
        assert!(!compiled.exists(), "{name}: `{cure}`");
    }
}

#[test]
fn a_command_is_run_another_way() {
    for (name, shell) in shells() {
        let sandbox = Sandbox::new();
        sandbox.write(
            "project/pyproject.toml",
            "[project]\nname = 'shop'\nversion = '1'\n",
        );
        sandbox.write("project/devenv.toml", "sources = ['lib']\n");
        sandbox.write("project/lib/shop/__init__.py", "print('it runs')\n");
        sandbox.allow();
        let cure = cure(&asked(&sandbox, &shell, "why shop"), "not-found");
        assert_eq!(
            run(&sandbox, &shell, &cure).ok(),
            "it runs",
            "{name}: `{cure}`"
        );
    }
}

/// Two commands in a row, of which the second begins with a quoted word: to nushell that is a
/// value.
#[test]
fn a_package_is_installed_again() {
    let sandbox = with_installers();
    let library = Library {
        backend: Backend::Setuptools,
        layout: Layout::Src,
    };
    library.write(&sandbox, "project", "old");
    sandbox.write("project/src/adt/gone.py", code("old"));
    sandbox
        .plain(&["python3", "-m", "venv", "it's .venv"])
        .quiet();
    sandbox
        .plain(&["it's .venv/bin/python", "-m", "pip", "install", "-q", "."])
        .ok();
    fs::remove_file(sandbox.path("project/src/adt/gone.py")).unwrap();
    sandbox
        .plain(&[
            "it's .venv/bin/python",
            "-m",
            "pip",
            "install",
            "-q",
            "--force-reinstall",
            ".",
        ])
        .ok();
    let own = [
        "why",
        "--json",
        "--python",
        "it's .venv/bin/python",
        "adt.gone",
    ];
    let said = sandbox.command(DEVENV).args(&own).env("SHELL", "nu").run();
    let cure = cure(&serde_json::from_str(&said.out).unwrap(), "build-lib");
    let (_, shell) = shells()
        .into_iter()
        .find(|(name, _)| *name == "nu")
        .unwrap();
    run(&sandbox, &shell, &cure).ok();
    let said = sandbox.devenv(&own);
    assert!(
        said.code == Some(1) && said.out.contains("\"not-found\""),
        "`{cure}`: {said:#?}"
    );
}

/// An editor starts us, not a shell: the one that the user logs in with is meant.
#[test]
fn the_login_shell_is_meant_where_no_shell_asks() {
    let mut sandbox = Sandbox::configured();
    sandbox.set("PYTHONDONTWRITEBYTECODE", "0");
    for (shell, words) in [
        ("/usr/bin/fish", "set -e "),
        ("/bin/tcsh", "unsetenv "),
        ("/bin/zsh", "unset "),
    ] {
        sandbox.set("SHELL", shell);
        let said = sandbox.devenv(&["doctor"]);
        assert!(
            said.out
                .contains(&format!("cure: {words}PYTHONDONTWRITEBYTECODE\n")),
            "{said:#?}"
        );
    }
}
