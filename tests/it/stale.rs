//! Every way to run old code. Each is first made real with plain Python, which must print the old
//! value, so that no test passes by accident; then it must be gone under `devenv run`, again and
//! again, and for the modules that were armed also without devenv.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::sandbox::{DEVENV, Sandbox};

pub const OLD: &str = "VALUE = 'old'\n";
pub const NEW: &str = "VALUE = 'new'\n";
pub const PRINT: [&str; 3] = ["python3", "-c", "import app; print(app.VALUE)"];

/// Some second of the past.
pub const THEN: u64 = 1_700_000_000;

pub fn set_mtime(path: &Path, seconds: u64, nanos: u32) {
    let time: SystemTime = UNIX_EPOCH + Duration::new(seconds, nanos);
    fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(time)
        .unwrap();
}

/// Writes a module as if at a certain time, in the sandbox's project.
pub fn module(sandbox: &Sandbox, text: &str, seconds: u64, nanos: u32) {
    let path = sandbox.write("project/app.py", text);
    set_mtime(&path, seconds, nanos);
}

/// Shows that plain Python runs old code, and that devenv does not: with and without the fill, and
/// in every later run.
pub fn cured(prepare: impl Fn(&Sandbox)) {
    for fill in ["1", "0"] {
        let mut sandbox = Sandbox::configured();
        sandbox.set("PYDEVENV_FILL", fill);
        prepare(&sandbox);
        assert_eq!(
            sandbox.plain(&PRINT).quiet(),
            "old",
            "plain Python is not stale here"
        );
        for run in 1..=3 {
            assert_eq!(
                sandbox.through(&PRINT).quiet(),
                "new",
                "run {run}, fill {fill}"
            );
            sandbox.settle();
        }
        assert_eq!(
            sandbox.plain(&PRINT).quiet(),
            "new",
            "without devenv, fill {fill}"
        );
    }
}

/// Runs the module once, so that Python keeps its bytecode.
pub fn run_once(sandbox: &Sandbox) {
    assert_eq!(sandbox.plain(&PRINT).quiet(), "old");
}

#[test]
fn an_edit_within_the_same_second() {
    cured(|sandbox| {
        module(sandbox, OLD, THEN, 100_000_000);
        run_once(sandbox);
        module(sandbox, NEW, THEN, 900_000_000);
    });
}

#[test]
fn a_file_copied_with_its_time() {
    cured(|sandbox| {
        module(sandbox, OLD, THEN, 0);
        run_once(sandbox);
        let other = sandbox.write("other.py", NEW);
        set_mtime(&other, THEN, 0);
        sandbox
            .plain(&["cp", "-p", "../other.py", "app.py"])
            .quiet();
    });
}

#[test]
fn a_file_unpacked_with_its_time() {
    cured(|sandbox| {
        module(sandbox, OLD, THEN, 0);
        run_once(sandbox);
        let other = sandbox.write("packed/app.py", NEW);
        set_mtime(&other, THEN, 0);
        sandbox
            .plain(&["tar", "cf", "../app.tar", "-C", "../packed", "app.py"])
            .quiet();
        sandbox.plain(&["tar", "xf", "../app.tar"]).quiet();
    });
}

#[test]
fn a_checkout_with_a_restored_time() {
    cured(|sandbox| {
        let git = |args: &[&str]| {
            sandbox
                .plain(&[&["git", "-c", "user.name=x", "-c", "user.email=x@x"], args].concat())
                .ok();
        };
        git(&["init", "-q"]);
        for (text, name, time) in [(OLD, "old", THEN), (NEW, "new", THEN + 9)] {
            // git would miss the edit for the same reason as Python, if the time were the same.
            module(sandbox, text, time, 0);
            git(&["add", "app.py"]);
            git(&["commit", "-qm", name]);
            git(&["tag", name]);
        }
        git(&["checkout", "-q", "old"]);
        set_mtime(&sandbox.path("project/app.py"), THEN, 0);
        run_once(sandbox);
        git(&["checkout", "-q", "new"]);
        set_mtime(&sandbox.path("project/app.py"), THEN, 0);
    });
}

#[test]
fn bytecode_that_is_never_checked() {
    cured(|sandbox| {
        module(sandbox, OLD, THEN, 0);
        let compile = "import py_compile as c; c.compile('app.py', invalidation_mode=c.PycInvalidationMode.UNCHECKED_HASH)";
        sandbox.plain(&["python3", "-c", compile]).quiet();
        module(sandbox, NEW, THEN + 5, 0);
    });
}

#[test]
fn times_that_differ_by_a_wrapped_counter() {
    cured(|sandbox| {
        module(sandbox, OLD, THEN, 0);
        run_once(sandbox);
        module(sandbox, NEW, THEN + (1 << 32), 0);
    });
}

#[test]
fn a_tree_where_every_time_is_the_same() {
    cured(|sandbox| {
        module(sandbox, OLD, 315_532_800, 0);
        run_once(sandbox);
        module(sandbox, NEW, 315_532_800, 0);
    });
}

#[test]
fn a_module_created_after_the_first_run() {
    let sandbox = Sandbox::configured();
    assert_eq!(
        sandbox
            .through(&["python3", "-c", "print('first')"])
            .quiet(),
        "first"
    );
    sandbox.settle();
    for (round, text, value) in [
        (0, OLD, "old"),
        (1, NEW, "new"),
        (2, OLD, "old"),
        (3, NEW, "new"),
    ] {
        module(&sandbox, text, THEN, round);
        assert_eq!(sandbox.through(&PRINT).quiet(), value);
        sandbox.settle();
        assert_eq!(sandbox.through(&PRINT).quiet(), value);
    }
    // The same for one that plain Python was the first to run.
    for (text, name) in [(OLD, "old"), (NEW, "new")] {
        let path = sandbox.write("project/later.py", text);
        set_mtime(&path, THEN, 0);
        let print = ["python3", "-c", "import later; print(later.VALUE)"];
        assert_eq!(
            sandbox.plain(&print).quiet(),
            "old",
            "plain Python is not stale here"
        );
        assert_eq!(sandbox.through(&print).quiet(), name);
        sandbox.settle();
        sandbox.plain(&["rm", "-r", "__pycache__"]).quiet();
        if name == "old" {
            sandbox.plain(&print).quiet();
        }
    }
}

#[test]
fn two_projects_that_share_a_module_name() {
    let sandbox = Sandbox::new();
    for project in ["old", "new"] {
        sandbox.write(&format!("{project}/devenv.toml"), "");
        sandbox.write(
            &format!("{project}/pyproject.toml"),
            format!("[project]\nname = '{project}'\n"),
        );
        let path = sandbox.write(
            &format!("{project}/src/app.py"),
            format!("VALUE = '{project}'\n"),
        );
        set_mtime(&path, THEN, 0);
        sandbox
            .command(DEVENV)
            .args(&["allow"])
            .within(project)
            .run()
            .ok();
    }
    let run =
        |project: &str, args: &[&str]| sandbox.command(DEVENV).args(args).within(project).run();
    let go = format!("cd {} && exec", sandbox.path("new").display());
    for _ in 0..2 {
        for project in ["old", "new"] {
            assert_eq!(
                run(project, &[&["run", "--"], &PRINT[..]].concat()).quiet(),
                project
            );
        }
        sandbox.settle();
        // A shell that was set up for the one and went to the other.
        let plain = run(
            "old",
            &[
                "run",
                "--",
                "sh",
                "-c",
                &format!("{go} python3 -c '{}'", PRINT[2]),
            ],
        );
        assert_eq!(plain.quiet(), "old", "plain Python is not stale here");
        let through = run(
            "old",
            &[
                "run",
                "--",
                "sh",
                "-c",
                &format!("{go} {DEVENV} run -- python3 -c '{}'", PRINT[2]),
            ],
        );
        assert_eq!(through.quiet(), "new");
    }
}

#[test]
fn a_source_root_behind_a_link_that_is_retargeted() {
    for fallback in [false, true] {
        let sandbox = Sandbox::new();
        for (version, text) in [("v1", OLD), ("v2", NEW)] {
            let path = sandbox.write(&format!("project/{version}/app.py"), text);
            set_mtime(&path, THEN, 0);
        }
        let link = sandbox.path("project/src");
        let policy = if fallback { "isolated" } else { "verified" };
        sandbox.write(
            "project/devenv.toml",
            format!("sources = ['src']\n[profiles.dev]\nbytecode = '{policy}'\n"),
        );
        for (target, value) in [("v1", "old"), ("v2", "new"), ("v1", "old")] {
            let _ = fs::remove_file(&link);
            symlink(target, &link).unwrap();
            sandbox.allow();
            for _ in 0..2 {
                assert_eq!(sandbox.through(&PRINT).quiet(), value, "{policy}, {target}");
                sandbox.settle();
            }
        }
    }
}

/// Shows the same hazard below a bytecode prefix, where plain Python keys its files by path alone.
#[test]
fn a_retargeted_link_below_a_prefix_of_the_caller() {
    let mut sandbox = Sandbox::configured();
    let prefix = sandbox.path("prefix");
    sandbox
        .set("PYTHONPYCACHEPREFIX", &prefix)
        .set("PYTHONPATH", "link");
    for (version, text) in [("v1", OLD), ("v2", NEW)] {
        let path = sandbox.write(&format!("elsewhere/{version}/app.py"), text);
        set_mtime(&path, THEN, 0);
    }
    let link = sandbox.path("project/link");
    symlink("../elsewhere/v1", &link).unwrap();
    run_once(&sandbox);
    fs::remove_file(&link).unwrap();
    symlink("../elsewhere/v2", &link).unwrap();
    assert_eq!(
        sandbox.plain(&PRINT).quiet(),
        "old",
        "plain Python is not stale here"
    );
    assert_eq!(sandbox.through(&PRINT).ok(), "new");
}

#[test]
fn a_module_edited_while_the_fill_is_running() {
    let sandbox = Sandbox::configured();
    for number in 0..400 {
        sandbox.write(
            &format!("project/m{number}.py"),
            format!("VALUE = 'old'\nLIST = {:?}\n", vec![number; 50]),
        );
    }
    let print = "import m0, m399, app; print(m0.VALUE, m399.VALUE, app.VALUE)";
    module(&sandbox, OLD, THEN, 0);
    assert_eq!(
        sandbox.through(&["python3", "-c", print]).quiet(),
        "old old old"
    );
    for round in 0..20 {
        let value = format!("{round:03}");
        for name in ["m0", "m399", "app"] {
            let path = sandbox.write(
                &format!("project/{name}.py"),
                format!("VALUE = '{value}'\n"),
            );
            set_mtime(&path, THEN, 0);
        }
        let expected = format!("{value} {value} {value}");
        assert_eq!(
            sandbox.through(&["python3", "-c", print]).quiet(),
            expected,
            "round {round}"
        );
    }
    sandbox.settle();
    assert_eq!(
        sandbox.plain(&["python3", "-c", print]).quiet(),
        "019 019 019"
    );
}

/// Python names the bytecode of a script without an ending after both at once.
#[test]
fn a_script_without_an_ending() {
    let sandbox = Sandbox::configured();
    let load = "import importlib.machinery as m, importlib.util as u; l = m.SourceFileLoader('tool', 'tool'); \
                t = u.module_from_spec(u.spec_from_loader('tool', l)); l.exec_module(t); print(t.VALUE)";
    let run = ["python3", "-c", load];
    for (text, prints) in [(OLD, "old"), (NEW, "old")] {
        set_mtime(&sandbox.write("project/tool", text), THEN, 0);
        assert_eq!(
            sandbox.plain(&run).quiet(),
            prints,
            "plain Python is not stale here"
        );
    }
    assert!(
        sandbox
            .devenv(&["cache", "verify"])
            .fails(1)
            .contains("--deep")
    );
    assert_eq!(sandbox.through(&run).quiet(), "new");
    sandbox.devenv(&["cache", "verify"]).ok();
}
