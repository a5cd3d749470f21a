//! `devenv doctor` executes nothing of what it looks at, changes only what `--fix` says, and
//! answers whatever it is given. One fixed set-up holds both forms of its answer, and that of
//! `devenv why`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;

use crate::layouts::{Backend, Layout, Library, SHOP};
use crate::sandbox::{DEVENV, Said, Sandbox, python};
use crate::stale::{NEW, OLD, PRINT, THEN, module, run_once};
use crate::visits::{HOOK, Visit, bare, healthy, visit};
use crate::why_safety::{Traps, bounded, damaged, rogues};

fn answered(sandbox: &Sandbox, args: &[&str]) -> Said {
    bounded(sandbox, "doctor", args)
}

#[test]
fn nothing_is_executed_and_nothing_is_written() {
    let traps = Traps::new();
    traps.sandbox.plain(&["git", "init", "-q"]).quiet();
    // A project says by a relative path what it is called.
    let own = traps.sandbox.write(
        "project/bin/devenv",
        format!("#!/bin/sh\ntouch {}\n", traps.ran.join("devenv").display()),
    );
    traps
        .sandbox
        .plain(&["chmod", "+x", own.to_str().unwrap()])
        .quiet();
    for config in ["", "sources = ['.', 'pkg']\n[env]\nPYTHONPATH = 'x'\n"] {
        traps.sandbox.write("project/devenv.toml", config);
        let before = traps.sandbox.census("project");
        for flags in [&[][..], &["--json"]] {
            let said = traps.sandbox.command(DEVENV).args(&["doctor"]).args(flags);
            let path = format!(
                "bin:{}",
                traps.sandbox.env[OsStr::new("PATH")].to_str().unwrap()
            );
            said.env("PATH", path).run();
            assert_eq!(traps.sprung(), [] as [&str; 0], "{flags:?}");
        }
        assert_eq!(before, traps.sandbox.census("project"));
    }
}

/// A project that is trusted is looked at, not run.
#[test]
fn nothing_of_a_trusted_project_is_executed() {
    let traps = Traps::new();
    traps.sandbox.write("project/devenv.toml", "");
    traps.sandbox.allow();
    for flags in [&[][..], &["--json"], &["--fix"]] {
        answered(&traps.sandbox, flags);
        traps.sandbox.settle();
        assert_eq!(traps.sprung(), [] as [&str; 0], "{flags:?}");
    }
}

/// Every illness that `--fix` may cure, beside those that it may not.
#[test]
fn fix_cures_what_it_says_and_touches_nothing_else() {
    let mut sandbox = healthy();
    sandbox
        .set("PYDEVENV_FILL", "0")
        .set("PYTHONPYCACHEPREFIX", "")
        .set("UV_COMPILE_BYTECODE", "1");
    module(&sandbox, OLD, THEN, 0);
    run_once(&sandbox);
    module(&sandbox, NEW, THEN, 0);
    sandbox.write("project/gone.py", OLD);
    sandbox
        .plain(&["python3", "-m", "compileall", "-q", "-b", "gone.py"])
        .quiet();
    fs::remove_file(sandbox.path("project/gone.py")).unwrap();
    sandbox.write("project/.gitignore", ".venv/\n");
    sandbox.write(
        "home/.bashrc",
        format!("{HOOK}eval \"$(direnv hook bash)\"\n"),
    );
    let ill = [
        "variable",
        "sourceless-bytecode",
        "stale-bytecode",
        "not-ignored",
        "hook-order",
    ];
    assert_eq!(visit(&sandbox).codes(), ill);
    let (before, home) = (sandbox.census("project"), sandbox.census("home/.bashrc"));
    let fixed = Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"]));
    assert_eq!(
        fixed.fixed(),
        ["stale-bytecode", "not-ignored"],
        "{fixed:#?}"
    );
    assert_eq!(
        fixed.codes(),
        ["variable", "sourceless-bytecode", "hook-order"]
    );
    assert_eq!(sandbox.plain(&PRINT).quiet(), "new");
    let rules = sandbox.read("project/.gitignore");
    assert!(
        rules.starts_with(".venv/\n") && rules.contains("\n__pycache__/\n*.py[co]\n"),
        "{rules}"
    );
    let after = sandbox.census("project");
    let changed = after
        .iter()
        .filter(|(path, state)| before.get(*path) != Some(*state))
        .map(|(path, _)| path);
    let changed: Vec<String> = changed
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert!(
        changed.len() == 2 && changed[0] == ".gitignore" && changed[1].starts_with("app.cpython-"),
        "{changed:?}"
    );
    assert_eq!(
        (before.len(), home),
        (after.len(), sandbox.census("home/.bashrc"))
    );
    // Once more changes nothing, and claims nothing.
    let again = Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"]));
    assert_eq!((again.fixed(), again.codes()), (vec![], fixed.codes()));
    assert_eq!(after, sandbox.census("project"));
    let said = sandbox.devenv(&["doctor", "--fix"]);
    assert!(!said.out.contains("cured:"), "{said:#?}");
}

#[test]
fn fix_says_to_a_person_what_it_cured() {
    let sandbox = healthy();
    fs::remove_file(sandbox.path("project/.gitignore")).unwrap();
    let said = sandbox.devenv(&["doctor", "--fix"]);
    assert!(
        said.ok().ends_with("\ncured: not-ignored\n\nall is well"),
        "{said:#?}"
    );
}

/// Nothing is written through a link, or where it can't be.
#[test]
fn ignore_rules_that_can_not_be_written() {
    let sandbox = healthy();
    let file = sandbox.path("project/.gitignore");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let said = answered(&sandbox, &["--fix"]);
    assert!(said.code != Some(0), "{said:#?}");
    answered(&sandbox, &["--json"]);
    fs::remove_dir(&file).unwrap();
    symlink("/nowhere/ignore", &file).unwrap();
    answered(&sandbox, &["--fix"]);
}

/// A cure that fails keeps neither the others from being done nor the report from being printed.
#[test]
fn a_cure_that_fails_is_named_and_the_others_are_done() {
    let mut sandbox = healthy();
    sandbox.set("PYDEVENV_FILL", "0");
    module(&sandbox, OLD, THEN, 0);
    run_once(&sandbox);
    module(&sandbox, NEW, THEN, 0);
    fs::remove_file(sandbox.path("project/.gitignore")).unwrap();
    symlink("/nowhere/ignore", sandbox.path("project/.gitignore")).unwrap();
    let said = sandbox.devenv(&["doctor", "--fix"]);
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""), "{said:#?}");
    for words in [
        "wrong  surroundings",
        "ok     bytecode",
        "cured: stale-bytecode",
        "not cured: not-ignored: ",
        "1 finding\n",
    ] {
        assert!(said.out.contains(words), "{words}: {said:#?}");
    }
    assert_eq!(sandbox.plain(&PRINT).quiet(), "new");
    let said = Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"]));
    assert_eq!(said.json["failed"][0]["code"], "not-ignored", "{said:#?}");
}

#[test]
fn interpreters_that_are_none() {
    let sandbox = healthy();
    fs::remove_file(sandbox.path("project/uv.lock")).unwrap();
    for rogue in rogues(&sandbox) {
        for name in ["python", "python3"] {
            let own = sandbox.path("project/.venv/bin").join(name);
            let _ = fs::remove_file(&own);
            symlink(sandbox.project().join(&rogue), &own).unwrap();
        }
        // Unasked, nothing of the kind would be started.
        sandbox.allow();
        let said = answered(&sandbox, &["--fix"]);
        assert!(
            said.code == Some(1) && said.out.contains("no-interpreter"),
            "{rogue}: {said:#?}"
        );
    }
}

/// What would be read for ever, or is not what its name says.
#[test]
fn odd_files_in_every_place() {
    let sandbox = healthy();
    let packages = sandbox
        .plain(&["sh", "-c", "echo project/.venv/lib/*/site-packages"])
        .out;
    let packages = packages
        .trim()
        .strip_prefix("project/")
        .unwrap_or_default()
        .to_owned();
    let files = [
        "project/.gitignore".to_owned(),
        "project/devenv.nix".to_owned(),
        "project/__pycache__/app.cpython-311.pyc".to_owned(),
        "project/gone.pyc".to_owned(),
        "home/.bashrc".to_owned(),
        "home/.profile".to_owned(),
        "bin/devenv".to_owned(),
        format!("project/{packages}/x.pth"),
        format!("project/{packages}/x-1.dist-info/direct_url.json"),
        "project/devenv.toml".to_owned(),
        "project/pyproject.toml".to_owned(),
    ];
    for file in files {
        let path = sandbox.write(&file, "");
        let deep = "(".repeat(300_000);
        let texts = [&b"\xff\xfe\0\x1b[31m\r"[..], deep.as_bytes(), b"\n"];
        for text in texts {
            fs::write(&path, text).unwrap();
            answered(&sandbox, &[]);
        }
        for target in ["/dev/zero", "/nowhere", "."] {
            fs::remove_file(&path).unwrap();
            symlink(target, &path).unwrap();
            answered(&sandbox, &["--json"]);
        }
        fs::remove_file(&path).unwrap();
        sandbox.plain(&["mkfifo", path.to_str().unwrap()]).quiet();
        answered(&sandbox, &["--fix"]);
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn metadata_that_is_damaged() {
    let sandbox = bare();
    LIBRARY.write(&sandbox, "adt", "old");
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "../adt"])
        .ok();
    sandbox.allow();
    let info = sandbox
        .plain(&["sh", "-c", "echo .venv/lib/*/site-packages/adt-1.dist-info"])
        .quiet()
        .to_owned();
    for name in ["RECORD", "direct_url.json", "METADATA", "INSTALLER"] {
        let path = sandbox.project().join(&info).join(name);
        let whole = fs::read(&path).ok();
        for text in damaged() {
            fs::write(&path, text).unwrap();
            answered(&sandbox, &["--json"]);
        }
        fs::remove_file(&path).unwrap();
        answered(&sandbox, &[]);
        whole
            .into_iter()
            .for_each(|text| fs::write(&path, text).unwrap());
    }
}

/// Names that would look like words of ours, or move the cursor.
#[test]
fn names_that_would_speak_to_a_terminal() {
    let mut sandbox = healthy();
    let odd = "a\u{1b}[31m\nall is well";
    sandbox.write(&format!("project/{odd}/gone.py"), OLD);
    sandbox
        .plain(&["python3", "-m", "compileall", "-q", "-b", odd])
        .ok();
    fs::remove_file(sandbox.path("project").join(odd).join("gone.py")).unwrap();
    sandbox.set("PYTHONPYCACHEPREFIX", format!("x{odd}"));
    let said = answered(&sandbox, &[]);
    assert!(
        said.code == Some(1) && !said.out.lines().any(|line| line == "all is well"),
        "{said:#?}"
    );
}

const LIBRARY: Library = Library {
    backend: Backend::Uv,
    layout: Layout::Src,
};

/// The fixed set-up: a path dependency that uv installed as a copy, and that was edited.
fn fixed() -> Sandbox {
    let sandbox = bare();
    LIBRARY.write(&sandbox, "adt", "old");
    sandbox.write("project/pyproject.toml", SHOP);
    sandbox.plain(&["uv", "sync", "-q"]).ok();
    LIBRARY.edit(&sandbox, "adt", "new");
    sandbox
}

/// Returns an answer without what differs between machines and moments.
fn normalised(sandbox: &Sandbox, text: &str) -> String {
    let command = ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"];
    let version = sandbox
        .command(python())
        .args(&command)
        .run()
        .quiet()
        .to_owned();
    let text = text
        .replace(sandbox.root.to_str().unwrap(), "[ROOT]")
        .replace(DEVENV, "[DEVENV]")
        .replace(&format!("ython{version}"), "ython[VERSION]")
        .replace(&format!("Python {version}"), "Python [VERSION]");
    let times = |line: &str| match (line.find("edited "), line.find(" ago: ")) {
        (Some(start), Some(end)) => {
            format!("{}[TIME]{}", &line[..start + "edited ".len()], &line[end..])
        }
        _ => line.to_owned(),
    };
    text.lines().map(times).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_answer_to_why_is_in_the_snapshot() {
    let sandbox = fixed();
    sandbox.allow();
    let said = sandbox.devenv(&["why", "--json", "adt"]);
    assert_eq!(said.code, Some(1));
    insta::assert_snapshot!("why", normalised(&sandbox, &said.out));
}

#[test]
fn the_answer_of_doctor_is_in_the_snapshot() {
    let mut sandbox = fixed();
    sandbox
        .set("SHELL", "/bin/zsh")
        .set("PYTHONDONTWRITEBYTECODE", "0");
    fs::remove_file(sandbox.path("project/.gitignore")).unwrap();
    sandbox.write("project/devenv.nix", "{ }\n");
    let said = sandbox.devenv(&["doctor", "--json"]);
    assert_eq!(said.code, Some(1));
    insta::assert_snapshot!("doctor", normalised(&sandbox, &said.out));
}
