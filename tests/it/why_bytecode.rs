//! `devenv why` where Python believes bytecode that it should not.

use std::fs;

use crate::sandbox::{DEVENV, Sandbox};
use crate::stale::{NEW, OLD, THEN, module, run_once, set_mtime};
use crate::verdicts::{Case, last, pasted, why};

const PRINT: &str = "python3 -c 'import app; print(app.VALUE)'";

fn stale<'a>() -> Case<'a> {
    Case {
        command: PRINT,
        target: &["app"],
        code: "stale-bytecode",
        evidence: &["__pycache__/app.cpython-", "app.py"],
    }
}

fn edited_within_the_second() -> Sandbox {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 100_000_000);
    run_once(&sandbox);
    module(&sandbox, NEW, THEN, 900_000_000);
    sandbox
}

#[test]
fn an_edit_within_the_same_second() {
    stale().judge(edited_within_the_second);
}

/// A module, its file by a relative and an absolute path, and command lines that import it are one
/// question.
#[test]
fn every_way_to_ask() {
    let sandbox = edited_within_the_second();
    sandbox.write("project/main.py", "import app\nprint(app.VALUE)\n");
    let absolute = sandbox.path("project/app.py");
    for target in [
        &["app"][..],
        &["app.py"],
        &["./app.py"],
        &[absolute.to_str().unwrap()],
        &["--", "python3", "-m", "app"],
    ] {
        let answer = why(&sandbox, target);
        answer
            .shows("stale-bytecode", &["app.cpython-"])
            .runs("source", "project/app.py");
        assert!(
            answer.json["module"] == "app",
            "{target:?}: {:#}",
            answer.json
        );
    }
    why(&sandbox, &["main.py"]).healthy();
    // From another directory, by the path alone.
    let said = sandbox
        .command(crate::sandbox::DEVENV)
        .args(&["why", "../project/app.py"])
        .within("home")
        .run();
    assert!(
        said.fails(1).is_empty() && said.out.contains("app.cpython-"),
        "{said:#?}"
    );
}

/// What `devenv run` would cure depends on the profile; asked about the profile, that is what is
/// judged.
#[test]
fn what_is_cured_under_each_policy() {
    for policy in ["verified", "checked", "none", "isolated", "cached"] {
        let sandbox = edited_within_the_second();
        sandbox.write(
            "project/devenv.toml",
            format!("default-profile = 'mine'\n[profiles.mine]\nbytecode = '{policy}'\n"),
        );
        sandbox.allow();
        module(&sandbox, NEW, THEN, 900_000_000);
        // Allowing armed or removed it: the bytecode is made stale once more.
        let _ = fs::remove_dir_all(sandbox.path("project/__pycache__"));
        module(&sandbox, OLD, THEN, 0);
        run_once(&sandbox);
        module(&sandbox, NEW, THEN, 900_000_000);
        let claim = why(&sandbox, &["app"]).finding("stale-bytecode")["cured_by_run"] == true;
        let through = why(&sandbox, &["--profile", "mine", "app"]);
        assert_eq!(
            through.codes().is_empty(),
            claim,
            "{policy}: {:#}",
            through.json
        );
        let said = sandbox.through(&["sh", "-c", PRINT]);
        assert_eq!(last(&said.out) == "new", claim, "{policy}: {said:#?}");
        assert_eq!(claim, policy != "cached", "{policy}");
    }
}

#[test]
fn a_file_copied_with_its_time() {
    stale().judge(|| {
        let sandbox = Sandbox::configured();
        module(&sandbox, OLD, THEN, 0);
        run_once(&sandbox);
        set_mtime(&sandbox.write("other.py", NEW), THEN, 0);
        sandbox
            .plain(&["cp", "-p", "../other.py", "app.py"])
            .quiet();
        sandbox
    });
}

#[test]
fn a_project_without_a_configuration() {
    stale().judge(|| {
        let sandbox = Sandbox::new();
        sandbox.write(
            "project/pyproject.toml",
            "[project]\nname = 'app'\nversion = '1'\n",
        );
        module(&sandbox, OLD, THEN, 0);
        run_once(&sandbox);
        module(&sandbox, NEW, THEN, 0);
        sandbox
    });
}

/// The popular variable stops Python from writing, not from reading.
#[test]
fn bytecode_that_is_read_although_none_is_written() {
    stale().judge(|| {
        let mut sandbox = edited_within_the_second();
        sandbox.set("PYTHONDONTWRITEBYTECODE", "1");
        sandbox
    });
}

#[test]
fn the_code_of_a_package() {
    let command = "python3 -c 'import shop; print(shop.VALUE)'";
    let case = Case {
        command,
        target: &["shop"],
        evidence: &["shop/__pycache__/__init__.cpython-"],
        ..stale()
    };
    let prepare = || {
        let sandbox = Sandbox::configured();
        set_mtime(&sandbox.write("project/shop/__init__.py", OLD), THEN, 0);
        assert_eq!(sandbox.plain(&["sh", "-c", command]).quiet(), "old");
        set_mtime(&sandbox.write("project/shop/__init__.py", NEW), THEN, 0);
        sandbox
    };
    case.judge(prepare);
    Case {
        target: &["shop/__init__.py"],
        ..case
    }
    .judge(prepare);
}

#[test]
fn bytecode_below_a_prefix_of_the_caller() {
    let prepare = || {
        let mut sandbox = Sandbox::configured();
        let prefix = sandbox.path("prefix");
        sandbox.set("PYTHONPYCACHEPREFIX", prefix);
        module(&sandbox, OLD, THEN, 0);
        run_once(&sandbox);
        assert!(!sandbox.path("project/__pycache__").exists());
        module(&sandbox, NEW, THEN, 0);
        sandbox
    };
    Case {
        evidence: &["/prefix/", "project/app.cpython-"],
        ..stale()
    }
    .judge(prepare);
    let sandbox = prepare();
    // Without the variable, the same edit runs.
    assert!(
        why(
            &sandbox,
            &[
                "--",
                "env",
                "-u",
                "PYTHONPYCACHEPREFIX",
                "python3",
                "-m",
                "app"
            ]
        )
        .codes()
        .is_empty()
    );
    assert!(
        why(&sandbox, &["--", "python3", "-I", "-m", "app"])
            .codes()
            .iter()
            .all(|code| *code != "stale-bytecode")
    );
}

#[test]
fn bytecode_of_the_level_that_is_read() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    let optimized = ["python3", "-O", "-c", "import app; print(app.VALUE)"];
    assert_eq!(sandbox.plain(&optimized).quiet(), "old");
    module(&sandbox, NEW, THEN, 0);
    assert_eq!(sandbox.plain(&optimized).quiet(), "old");
    why(&sandbox, &["app"]).healthy();
    let answer = why(&sandbox, &["--", "python3", "-O", "-m", "app"]);
    answer.shows("stale-bytecode", &[".opt-1.pyc"]);
}

#[test]
fn bytecode_that_is_never_checked() {
    let case = Case {
        code: "unchecked-bytecode",
        ..stale()
    };
    case.judge(|| {
        let sandbox = Sandbox::configured();
        module(&sandbox, OLD, THEN, 0);
        let compile =
            "import py_compile as c; c.compile('app.py', invalidation_mode=c.PycInvalidationMode.UNCHECKED_HASH)";
        sandbox.plain(&["python3", "-c", compile]).quiet();
        module(&sandbox, NEW, THEN + 5, 0);
        sandbox
    });
}

/// Makes bytecode beside the source, as it lies where somebody ships none.
fn compile_beside(sandbox: &Sandbox, source: &str) {
    let script = format!("import py_compile as c; c.compile('{source}', '{source}c')");
    sandbox.plain(&["python3", "-c", &script]).quiet();
}

#[test]
fn bytecode_without_a_source_hides_a_moved_module() {
    let case = Case {
        command: "PYTHONPATH=.:src python3 -c 'import app; print(app.VALUE)'",
        target: &["--", "env", "PYTHONPATH=.:src", "python3", "-m", "app"],
        code: "sourceless-bytecode",
        evidence: &["project/app.pyc"],
    };
    case.judge(|| {
        let sandbox = Sandbox::configured();
        module(&sandbox, OLD, THEN, 0);
        compile_beside(&sandbox, "app.py");
        fs::remove_file(sandbox.path("project/app.py")).unwrap();
        sandbox.write("project/src/app.py", NEW);
        sandbox
    });
}

#[test]
fn a_deleted_module_that_still_runs() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    compile_beside(&sandbox, "app.py");
    fs::remove_file(sandbox.path("project/app.py")).unwrap();
    assert_eq!(sandbox.plain(&["sh", "-c", PRINT]).quiet(), "old");
    let answer = why(&sandbox, &["app"]);
    answer
        .shows("sourceless-bytecode", &["project/app.pyc"])
        .runs("bytecode", "project/app.pyc");
    assert_eq!(answer.finding("sourceless-bytecode")["cured_by_run"], false);
    assert_eq!(
        last(&sandbox.through(&["sh", "-c", PRINT]).out),
        "old",
        "and still under devenv"
    );
    let after = pasted(
        &sandbox,
        answer.remedy("sourceless-bytecode"),
        &format!("{PRINT} || true"),
        &["app"],
    );
    assert_eq!(after.printed, "");
    assert!(
        after.answer.said.err.contains("No module named 'app'"),
        "{after:#?}"
    );
    assert_eq!(after.answer.codes(), ["not-found"]);
}

/// Bytecode that Python would notice by itself is no cause.
#[test]
fn an_edit_that_python_notices() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    run_once(&sandbox);
    module(&sandbox, NEW, THEN + 5, 0);
    why(&sandbox, &["app"])
        .healthy()
        .runs("source", "project/app.py");
    why(&sandbox, &["--deep", "app"]).healthy();
    assert_eq!(sandbox.plain(&["sh", "-c", PRINT]).quiet(), "new");
    why(&sandbox, &["app"]).healthy();
}

/// A copied tree looks as if every file had changed after its bytecode; only a compiler can tell.
#[test]
fn a_copied_tree_is_proved_with_deep() {
    let sandbox = Sandbox::configured();
    module(&sandbox, NEW, THEN, 0);
    assert_eq!(sandbox.plain(&["sh", "-c", PRINT]).quiet(), "new");
    sandbox
        .plain(&["sh", "-c", "cp -a app.py other.py && mv other.py app.py"])
        .quiet();
    assert_eq!(sandbox.plain(&["sh", "-c", PRINT]).quiet(), "new");
    why(&sandbox, &["--deep", "app"]).healthy();
    let stale = edited_within_the_second();
    why(&stale, &["--deep", "app"]).shows("stale-bytecode", &["app.cpython-"]);
}

#[test]
fn a_file_of_the_future() {
    let sandbox = Sandbox::configured();
    module(&sandbox, NEW, 4_000_000_000, 0);
    let answer = why(&sandbox, &["app"]);
    answer.shows("clock", &["project/app.py"]);
    assert_eq!(
        answer.finding("clock")["severity"],
        "warning",
        "Python compares times for equality alone"
    );
    assert_eq!(sandbox.plain(&["sh", "-c", PRINT]).quiet(), "new");
    let after = pasted(&sandbox, answer.remedy("clock"), PRINT, &["app"]);
    assert_eq!(after.printed, "new\n");
    after.answer.healthy();
}

/// On a file system that keeps whole seconds nothing tells two edits within one apart.
#[test]
fn a_file_system_with_a_slow_clock() {
    let mut sandbox = Sandbox::new();
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = ['{}']\n", sandbox.root.display()),
    );
    sandbox.set("PYDEVENV_FILL", "0");
    let (image, project) = (
        sandbox.path("image").display().to_string(),
        sandbox.project().display().to_string(),
    );
    let mount = format!(
        "{{ truncate -s 8M {image} && PATH=$PATH:/usr/sbin:/sbin mkfs.ext2 -q -I 128 {image} && mount -o loop {image} {project}; }} >/dev/null 2>&1 \
         || exit 77; cd {project} && touch devenv.toml && echo \"VALUE = 'old'\" >app.py && python3 -c 'import app' && "
    );
    let said = |rest: &str| {
        let script = format!("{mount}{rest}");
        sandbox
            .command("unshare")
            .args(&["--mount", "sh", "-c", &script])
            .run()
    };
    let asked = said(&format!(
        "{DEVENV} why app; {DEVENV} run -- true; {DEVENV} why app"
    ));
    if asked.code == Some(77) {
        eprintln!("not run: no file system of another kind can be mounted here");
        return;
    }
    assert!(
        asked
            .out
            .contains("clock: `app.py`'s file system keeps whole seconds"),
        "{asked:#?}"
    );
    assert!(
        asked.out.contains("cure: devenv cache arm ./app.py")
            && asked.out.contains("`devenv run` cures it")
    );
    // A run armed it: what is checked by content needs no clock.
    assert_eq!(
        (asked.out.matches("clock:").count(), asked.code),
        (1, Some(0)),
        "{asked:#?}"
    );
}

/// On a file system of another machine its clock gives the times. The other machine is this one,
/// asked as sshfs asks.
#[test]
fn a_file_system_of_another_machine() {
    let mut sandbox = Sandbox::new();
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = ['{}']\n", sandbox.root.display()),
    );
    sandbox.set("PYDEVENV_FILL", "0");
    let ssh = sandbox.write("ssh", "#!/bin/sh\nexec /usr/lib/openssh/sftp-server\n");
    let served = sandbox.path("served");
    std::fs::create_dir(&served).unwrap();
    let [ssh, served, project] =
        [ssh, served, sandbox.project()].map(|path| path.display().to_string());
    // Elsewhere, because a shell looks at its working directory when it starts: nobody serves it
    // yet.
    let script = format!(
        "cd / && timeout 60 sshfs -o ssh_command='sh {ssh}' other:{served} {project} 2>/dev/null || exit 77; trap 'cd /; umount {project}' EXIT; cd {project} \
         && touch devenv.toml && echo \"VALUE = 'old'\" >app.py && python3 -c 'import app' \
         && {{ {DEVENV} why app; {DEVENV} run -- true; {DEVENV} why app; }}"
    );
    let asked = sandbox
        .command("unshare")
        .args(&["--mount", "sh", "-c", &script])
        .run();
    if asked.code == Some(77) || asked.err.contains("unshare failed") {
        eprintln!("not run: no file system of another machine can be mounted here");
        return;
    }
    assert!(
        asked
            .out
            .contains("clock: `app.py` lies on another machine, whose clock gives its times"),
        "{asked:#?}"
    );
    assert!(
        asked.out.contains("cure: devenv cache arm ./app.py")
            && asked.out.contains("`devenv run` cures it")
    );
    assert_eq!(
        (asked.out.matches("clock:").count(), asked.code),
        (1, Some(0)),
        "{asked:#?}"
    );
}
