//! `devenv doctor` on what surrounds the code: the configuration, the environment, the interpreter,
//! the shell and the programs of our name.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::sandbox::{DEVENV, Sandbox, python, tool};
use crate::visits::{HOOK, Ill, Visit, bare, healthy, pasted, visit};

#[test]
fn a_healthy_project() {
    let sandbox = healthy();
    visit(&sandbox).healthy();
    let said = sandbox.devenv(&["doctor"]);
    assert!(said.quiet().ends_with("\n\nall is well"), "{said:#?}");
    let topics = [
        "project",
        "variables",
        "interpreter",
        "packages",
        "bytecode",
        "surroundings",
        "shell",
        "tools",
    ];
    let shown: Vec<&str> = said
        .out
        .lines()
        .take_while(|line| !line.is_empty())
        .collect();
    let expected: Vec<String> = topics
        .iter()
        .map(|topic| format!("ok     {topic:<12} "))
        .collect();
    assert_eq!(shown.len(), expected.len(), "{said:#?}");
    shown
        .iter()
        .zip(&expected)
        .for_each(|(line, start)| assert!(line.starts_with(start), "{line}"));
}

/// After days of work: runs, tests and edits leave nothing to complain of.
#[test]
fn a_healthy_project_that_was_used() {
    let sandbox = healthy();
    for value in ["old", "new", "abc"] {
        sandbox.write("project/app.py", format!("VALUE = '{value}'\n"));
        sandbox.through(&["python", "-c", "import app"]).quiet();
        sandbox
            .plain(&["uv", "run", "-q", "python", "-c", "import app"])
            .ok();
        sandbox.settle();
        visit(&sandbox).healthy();
    }
    sandbox.write("project/sub/deep/x.py", "");
    Visit::of(
        sandbox
            .command(DEVENV)
            .args(&["doctor", "--json"])
            .within("project/sub/deep")
            .run(),
    )
    .healthy();
}

#[test]
fn a_directory_without_a_project() {
    let sandbox = bare();
    let of_home = |args: &[&str]| sandbox.command(DEVENV).args(args).within("home").run();
    let visit = Visit::of(of_home(&["doctor", "--json"]));
    assert_eq!(
        (visit.codes(), visit.said.code),
        (vec!["no-project"], Some(0))
    );
    assert_eq!(visit.finding("no-project")["severity"], "note");
    assert!(
        of_home(&["doctor"])
            .quiet()
            .contains("no-project: no project here")
    );
    let after = pasted(&sandbox, "home", visit.remedy("no-project", "command"));
    assert!(!after.codes().contains(&"no-project"), "{after:#?}");
}

#[test]
fn a_project_that_is_not_trusted_changed_or_denied() {
    let sandbox = bare();
    sandbox.plain(&["uv", "sync", "-q"]).ok();
    let ill = Ill {
        code: "not-trusted",
        severity: "warning",
        shows: &["/project` is not trusted"],
    };
    ill.is_cured(&sandbox);
    sandbox.write("project/devenv.toml", "[env]\nLEVEL = 'two'\n");
    ill.is_cured(&sandbox);
    sandbox.devenv(&["deny"]).ok();
    ill.is_cured(&sandbox);
}

/// One that `allow` would refuse.
#[test]
fn a_configuration_that_everyone_may_write() {
    let sandbox = healthy();
    sandbox.plain(&["chmod", "o+w", "devenv.toml"]).quiet();
    let shows = &[
        "devenv.toml` can't be trusted: everyone may write it",
        "hint: chmod go-w ",
    ];
    let visit = Ill {
        code: "configuration",
        severity: "error",
        shows,
    }
    .is_all(&sandbox);
    let hint = visit.finding("configuration")["evidence"][0]
        .as_str()
        .unwrap();
    pasted(&sandbox, "project", hint.strip_prefix("hint: ").unwrap()).healthy();
}

#[test]
fn a_configuration_that_says_nothing_sound() {
    for (text, place, hint) in [
        ("x = [\n", "devenv.toml:", ""),
        (
            "defalt-profile = 'x'\n",
            "devenv.toml:1:1: unknown key `defalt-profile`",
            "did you mean `default-profile`",
        ),
        ("default-profile = 'nope'\n", "nope", ""),
        (
            "[profiles.dev]\nbytecode = 'verifed'\n",
            "devenv.toml:2:",
            "verified",
        ),
    ] {
        let sandbox = healthy();
        sandbox.write("project/devenv.toml", text);
        let ill = Ill {
            code: "configuration",
            severity: "error",
            shows: &[place, hint],
        };
        ill.is_all(&sandbox);
        let fixed = Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"]));
        assert_eq!(
            (fixed.codes(), fixed.fixed()),
            (vec!["configuration"], vec![]),
            "{fixed:#?}"
        );
    }
}

/// What is found only when a profile is chosen and its plan is made.
#[test]
fn a_profile_that_does_not_exist_and_a_dotenv_file_that_is_gone() {
    let mut sandbox = healthy();
    sandbox.set("PYDEVENV_PROFILE", "nope");
    let ill = Ill {
        code: "configuration",
        severity: "error",
        shows: &["nope"],
    };
    ill.is_all(&sandbox);
    assert_eq!(
        Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"])).codes(),
        ["configuration"]
    );
    sandbox.env.remove(std::ffi::OsStr::new("PYDEVENV_PROFILE"));
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        "[profiles.dev]\ndotenv = ['~/mine.env']\n",
    );
    Ill {
        shows: &[
            "config.toml:2:11: ",
            "home/mine.env` does not exist",
            "hint: create it",
        ],
        ..ill
    }
    .is_all(&sandbox);
}

#[test]
fn an_environment_that_is_not_there() {
    let sandbox = healthy();
    fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
    let ill = Ill {
        code: "no-environment",
        severity: "warning",
        shows: &["project/.venv"],
    };
    ill.is_cured(&sandbox);
    // Before the first lock, too, and wherever it is wanted.
    fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
    fs::remove_file(sandbox.path("project/uv.lock")).unwrap();
    ill.is_cured(&sandbox);
    assert!(sandbox.path("project/uv.lock").exists());
    sandbox.write("project/devenv.toml", "venv = 'else where'\n");
    sandbox.allow();
    Ill {
        shows: &["project/else where"],
        ..ill
    }
    .is_cured(&sandbox);
}

#[test]
fn an_environment_that_is_not_there_without_uv() {
    let sandbox = healthy();
    fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
    fs::remove_file(sandbox.path("project/uv.lock")).unwrap();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    sandbox.write("project/devenv.toml", "venv = 'env'\n");
    sandbox.write("project/sub/x.py", "");
    sandbox.allow();
    let from = |args: &[&str]| {
        sandbox
            .command(DEVENV)
            .args(args)
            .within("project/sub")
            .run()
    };
    let visit = Visit::of(from(&["doctor", "--json"]));
    pasted(
        &sandbox,
        "project/sub",
        visit.remedy("no-environment", "command"),
    )
    .healthy();
    assert!(sandbox.path("project/env/pyvenv.cfg").exists());
}

/// A prefix of another tool's is left alone, whatever the configuration calls it.
#[test]
fn an_environment_that_is_none() {
    let sandbox = healthy();
    sandbox.write("project/env/conda-meta/history", "");
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    fs::remove_file(sandbox.path("project/uv.lock")).unwrap();
    sandbox.write("project/devenv.toml", "venv = 'env'\n");
    sandbox.allow();
    let ill = Ill {
        code: "no-environment",
        severity: "warning",
        shows: &["project/env` is no virtual environment"],
    };
    assert!(
        ill.is_all(&sandbox).finding(ill.code)["remedies"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

/// An interpreter in the tree of a project that nobody was asked about is not started, and never
/// thrown away.
#[test]
fn an_interpreter_of_a_project_without_a_configuration() {
    let sandbox = healthy();
    fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
    ["uv.lock", "devenv.toml"]
        .iter()
        .for_each(|name| fs::remove_file(sandbox.project().join(name)).unwrap());
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    let own = sandbox.path("project/.venv/bin/python");
    fs::remove_file(&own).unwrap();
    sandbox.write("project/.venv/bin/python", "#!/bin/sh\ntouch ran\n");
    sandbox
        .plain(&["chmod", "+x", own.to_str().unwrap()])
        .quiet();
    let said = sandbox.devenv(&["doctor", "--fix"]);
    assert!(
        said.code == Some(1) && said.out.contains("not trusted, and is not started"),
        "{said:#?}"
    );
    assert!(own.exists() && !sandbox.path("project/ran").exists());
}

/// Links the programs of an environment to an interpreter that is gone, as after an upgrade of the
/// machine.
fn kill(sandbox: &Sandbox) {
    let bin = sandbox.path("project/.venv/bin");
    for name in ["python", "python3"] {
        let _ = fs::remove_file(bin.join(name));
        symlink("/nowhere/python3", bin.join(name)).unwrap();
    }
}

#[test]
fn an_environment_whose_interpreter_is_gone() {
    let sandbox = healthy();
    kill(&sandbox);
    let ill = Ill {
        code: "no-interpreter",
        severity: "error",
        shows: &["project/.venv/bin/python", "is gone"],
    };
    ill.is_cured(&sandbox);
}

/// uv does not sync an environment whose interpreter it can't ask.
#[test]
fn an_environment_whose_interpreter_answers_nonsense() {
    let nonsense = |sandbox: &Sandbox, directory: &str| {
        let script = sandbox.write("nonsense", "#!/bin/sh\necho nonsense\n");
        sandbox
            .plain(&["chmod", "+x", script.to_str().unwrap()])
            .quiet();
        for name in ["python", "python3"] {
            let own = sandbox.path(directory).join("bin").join(name);
            fs::remove_file(&own).unwrap();
            symlink(&script, own).unwrap();
        }
        // Unasked, nothing of the kind would be started.
        sandbox.allow();
    };
    let said = "bin/python` was started, and did not answer as a Python does";
    let ill = Ill {
        code: "no-interpreter",
        severity: "error",
        shows: &[said],
    };
    let sandbox = healthy();
    nonsense(&sandbox, "project/.venv");
    ill.is_cured(&sandbox);
    // In a directory that uv has to be told of.
    sandbox.write("project/devenv.toml", "venv = 'my env'\n");
    sandbox.allow();
    sandbox.plain(&["uv", "venv", "-q", "my env"]).quiet();
    nonsense(&sandbox, "project/my env");
    ill.is_cured(&sandbox);
}

#[test]
fn an_environment_of_python_itself_whose_interpreter_is_gone() {
    let sandbox = healthy();
    fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
    fs::remove_file(sandbox.path("project/uv.lock")).unwrap();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    sandbox.allow();
    visit(&sandbox).healthy();
    kill(&sandbox);
    Ill {
        code: "no-interpreter",
        severity: "error",
        shows: &["is gone"],
    }
    .is_cured(&sandbox);
}

#[test]
fn no_interpreter_at_all() {
    let mut sandbox = Sandbox::new();
    sandbox.write("project/setup.cfg", "");
    sandbox.write("home/.bashrc", HOOK);
    sandbox
        .set("SHELL", "/bin/bash")
        .set("PATH", Path::new(DEVENV).parent().unwrap());
    let visit = visit(&sandbox);
    assert_eq!(visit.codes(), ["no-interpreter"], "{visit:#?}");
    assert!(
        visit.finding("no-interpreter")["fact"]
            .as_str()
            .unwrap()
            .contains("no Python on PATH")
    );
}

#[test]
fn a_shell_that_does_not_load_the_hook() {
    let files = [
        ("bash", ".bashrc"),
        ("zsh", ".zshrc"),
        ("fish", ".config/fish/config.fish"),
        ("tcsh", ".tcshrc"),
        ("xonsh", ".xonshrc"),
        ("elvish", ".config/elvish/rc.elv"),
    ];
    let mut sandbox = healthy();
    fs::remove_file(sandbox.path("home/.bashrc")).unwrap();
    for (shell, file) in files {
        sandbox.set("SHELL", format!("/usr/bin/{shell}"));
        let ill = Ill {
            code: "no-hook",
            severity: "note",
            shows: &[file, shell],
        };
        let visit = ill.is_all(&sandbox);
        // A comment is no line that loads it.
        let words = visit.remedy("no-hook", "text");
        let line = words
            .trim_start_matches("add `")
            .rsplit_once("` to ")
            .unwrap()
            .0;
        let line = line.trim_matches('`');
        sandbox.write(&format!("home/{file}"), format!("# {line}\n"));
        ill.is_all(&sandbox);
        sandbox.write(&format!("home/{file}"), format!("# mine\n{line}\n"));
        crate::visits::visit(&sandbox).healthy();
    }
    sandbox.env.remove(std::ffi::OsStr::new("SHELL"));
    visit(&sandbox).healthy();
    sandbox.set("SHELL", "/bin/strange");
    visit(&sandbox).healthy();
}

/// Start-up files lie elsewhere for whoever says so.
#[test]
fn a_hook_in_a_moved_start_up_file() {
    let mut sandbox = healthy();
    sandbox.write("home/dots/.zshrc", "eval \"$(devenv hook zsh)\"\n");
    sandbox.write("home/xdg/fish/config.fish", "devenv hook fish | source\n");
    let (dots, xdg) = (sandbox.path("home/dots"), sandbox.path("home/xdg"));
    sandbox.set("SHELL", "/bin/zsh").set("ZDOTDIR", dots);
    visit(&sandbox).healthy();
    sandbox
        .set("SHELL", "/usr/bin/fish")
        .set("XDG_CONFIG_HOME", xdg);
    let visit = visit(&sandbox);
    assert!(!visit.codes().contains(&"no-hook"), "{visit:#?}");
}

/// A shell that has had a turn of the hook has it, wherever it was loaded.
#[test]
fn a_hook_that_was_loaded_from_elsewhere() {
    let sandbox = healthy();
    fs::remove_file(sandbox.path("home/.bashrc")).unwrap();
    sandbox.write("mine.bash", HOOK);
    let script =
        format!("source ../mine.bash; __pydevenv_hook; {DEVENV} doctor --json 2>../said; exit $?");
    let visit = Visit::of(
        sandbox
            .command("bash")
            .args(&["--norc", "-i", "-c", &script])
            .run(),
    );
    assert!(visit.codes().is_empty(), "{visit:#?}");
}

#[test]
fn a_hook_before_that_of_another_tool() {
    for (other, line) in [
        ("direnv", "eval \"$(direnv hook bash)\""),
        ("mise", "eval \"$(mise activate bash)\""),
        ("shadowenv", "eval \"$(shadowenv init bash)\""),
    ] {
        let sandbox = healthy();
        sandbox.write(
            "home/.bashrc",
            format!("# mine\n{HOOK}alias ll='ls -l'\n{line}\n"),
        );
        let ill = Ill {
            code: "hook-order",
            severity: "warning",
            shows: &[other, ".bashrc:2", ".bashrc:4"],
        };
        let visit = ill.is_all(&sandbox);
        let words = visit.remedy("hook-order", "text");
        assert!(
            words.contains("move line 2 of") && words.ends_with("below line 4"),
            "{words}"
        );
        sandbox.write(
            "home/.bashrc",
            format!("# mine\nalias ll='ls -l'\n{line}\n{HOOK}"),
        );
        crate::visits::visit(&sandbox).healthy();
    }
}

/// One move is enough.
#[test]
fn a_hook_before_those_of_two_other_tools() {
    let sandbox = healthy();
    sandbox.write(
        "home/.bashrc",
        format!("{HOOK}eval \"$(direnv hook bash)\"\neval \"$(mise activate bash)\"\n"),
    );
    let ill = Ill {
        code: "hook-order",
        severity: "warning",
        shows: &["mise", ".bashrc:1", ".bashrc:3"],
    };
    assert!(
        ill.is_all(&sandbox)
            .remedy("hook-order", "text")
            .ends_with("below line 3")
    );
}

fn foreign(sandbox: &Sandbox, text: &str) {
    let path = sandbox.write("foreign/devenv", text);
    sandbox
        .plain(&["chmod", "+x", path.to_str().unwrap()])
        .quiet();
}

fn path_with(sandbox: &mut Sandbox, directories: &[&Path]) {
    let own = [tool("uv"), python()].map(|path| path.parent().unwrap().to_owned());
    let all = directories
        .iter()
        .copied()
        .chain(own.iter().map(AsRef::as_ref));
    let all: Vec<String> = all.map(|path| path.display().to_string()).collect();
    sandbox.set("PATH", format!("{}:/usr/bin:/bin", all.join(":")));
}

#[test]
fn another_program_of_our_name() {
    let mut sandbox = healthy();
    foreign(&sandbox, "#!/bin/sh\necho 'devenv 1.8.2 (x86_64-linux)'\n");
    let (other, ours) = (sandbox.path("foreign"), Path::new(DEVENV).parent().unwrap());
    path_with(&mut sandbox, &[&other, ours]);
    let first = Ill {
        code: "other-devenv",
        severity: "error",
        shows: &["foreign/devenv", "another program"],
    };
    first.is_all(&sandbox);
    // What we are no longer first for is a note.
    let visit = pasted(
        &sandbox,
        "project",
        first.is_all(&sandbox).remedy("other-devenv", "command"),
    );
    assert_eq!(
        (visit.codes(), visit.said.code),
        (vec!["other-devenv"], Some(0)),
        "{visit:#?}"
    );
    path_with(&mut sandbox, &[ours, &other]);
    Ill {
        severity: "note",
        ..first
    }
    .is_all(&sandbox);
    // One of ours is no stranger, wherever it lies, and neither is a link to this one.
    let script = format!("#!/bin/sh\nexec {DEVENV} \"$@\"\n");
    foreign(&sandbox, &script);
    path_with(&mut sandbox, &[&other, ours]);
    crate::visits::visit(&sandbox).healthy();
    // One that never answers does not hold us up.
    foreign(&sandbox, "#!/bin/sh\nexec sleep 600\n");
    path_with(&mut sandbox, &[ours, &other]);
    Ill {
        severity: "note",
        ..first
    }
    .is_all(&sandbox);
}

#[test]
fn a_project_of_the_other_tool() {
    let sandbox = healthy();
    for name in ["devenv.nix", "devenv.yaml"] {
        let file = sandbox.write(&format!("project/{name}"), "{ }");
        Ill {
            code: "other-devenv",
            severity: "note",
            shows: &[name],
        }
        .is_all(&sandbox);
        fs::remove_file(file).unwrap();
    }
}
