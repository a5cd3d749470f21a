//! What each bytecode policy keeps true, and what `--clear` and `--fresh` do.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::sandbox::{DEVENV, Sandbox, is_root, wait_for};
use crate::stale::{NEW, OLD, PRINT, THEN, module, set_mtime};

/// Longer than a compiler takes from reading a source to writing its bytecode.
const AGE: Duration = Duration::from_millis(2100);

const FLAGS: &str = "
import glob, struct
for path in sorted(glob.glob('**/*.pyc', recursive=True)):
    head = open(path, 'rb').read(16)
    flags = struct.unpack('<I', head[4:8])[0]
    print(path, flags, 'armed' if flags == 3 and head[8:] == bytes(8) else '')
";

/// Returns the bytecode below the project, each with its flags.
fn bytecode(sandbox: &Sandbox) -> String {
    sandbox
        .plain(&["python3", "-I", "-B", "-c", FLAGS])
        .quiet()
        .to_owned()
}

fn tag(sandbox: &Sandbox) -> String {
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import sys; print(sys.implementation.cache_tag)",
        ])
        .quiet()
        .to_owned()
}

#[test]
fn prod_sees_no_variable_of_development_and_keeps_its_bytecode() {
    let mut sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    let show = "import app, os, sys; print(app.VALUE, sys.dont_write_bytecode, sys.pycache_prefix, \
                [k for k in os.environ if k.startswith('PYTHON')])";
    sandbox
        .set("PYTHONDONTWRITEBYTECODE", "1")
        .set("PYTHONPYCACHEPREFIX", "/nowhere");
    let said = sandbox.devenv(&["run", "--profile", "prod", "--", "python3", "-c", show]);
    assert_eq!(said.quiet(), "old False None []");
    assert_eq!(
        bytecode(&sandbox),
        format!("__pycache__/app.{}.pyc 0", tag(&sandbox))
    );
}

#[test]
fn dev_writes_nothing_but_through_the_fill() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    let run = [
        "run",
        "--no-fill",
        "--",
        "python3",
        "-c",
        "import app, sys; print(sys.dont_write_bytecode)",
    ];
    assert_eq!(sandbox.devenv(&run).quiet(), "True");
    assert_eq!(bytecode(&sandbox), "");
    sandbox.through(&PRINT).quiet();
    sandbox.settle();
    assert_eq!(
        bytecode(&sandbox),
        format!("__pycache__/app.{}.pyc 3", tag(&sandbox))
    );
}

#[test]
fn what_python_wrote_is_armed_and_what_it_would_reject_goes() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    sandbox.plain(&PRINT).quiet();
    sandbox.devenv(&["run", "--no-fill", "--", "true"]).quiet();
    assert_eq!(
        bytecode(&sandbox),
        format!("__pycache__/app.{}.pyc 3 armed", tag(&sandbox))
    );
    fs::remove_dir_all(sandbox.path("project/__pycache__")).unwrap();
    sandbox.plain(&PRINT).quiet();
    module(&sandbox, NEW, THEN + 1, 0);
    sandbox.devenv(&["run", "--no-fill", "--", "true"]).quiet();
    assert_eq!(
        bytecode(&sandbox),
        "",
        "Python would have rejected it by its time"
    );
}

#[test]
fn checked_lets_python_write_and_arms_that_before_the_next_run() {
    let sandbox = Sandbox::configured();
    sandbox.write(
        "project/devenv.toml",
        "fill = false\n[profiles.dev]\nbytecode = 'checked'\n",
    );
    sandbox.allow();
    module(&sandbox, OLD, THEN, 0);
    assert_eq!(sandbox.through(&PRINT).quiet(), "old");
    assert_eq!(bytecode(&sandbox).split(' ').nth(1), Some("0"));
    module(&sandbox, NEW, THEN, 0);
    assert_eq!(
        sandbox.plain(&PRINT).quiet(),
        "old",
        "plain Python is not stale here"
    );
    assert_eq!(sandbox.through(&PRINT).quiet(), "new");
    assert_eq!(
        bytecode(&sandbox).split(' ').nth(1),
        Some("3"),
        "what Python rewrites stays checked"
    );
}

#[test]
fn none_leaves_no_bytecode_of_the_project() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/devenv.toml", "[profiles.dev]\nbytecode = 'none'\n");
    sandbox.allow();
    module(&sandbox, OLD, THEN, 0);
    sandbox.plain(&PRINT).quiet();
    module(&sandbox, NEW, THEN, 0);
    assert_eq!(sandbox.through(&PRINT).quiet(), "new");
    sandbox.settle();
    assert!(!sandbox.path("project/__pycache__").exists());
}

#[test]
fn isolated_keeps_bytecode_in_a_tree_of_its_own() {
    let sandbox = Sandbox::configured();
    sandbox.write(
        "project/devenv.toml",
        "[profiles.dev]\nbytecode = 'isolated'\n",
    );
    sandbox.allow();
    module(&sandbox, OLD, THEN, 0);
    let show = "import app, sys, json; print(app.VALUE, app.__cached__, json.__cached__)";
    for run in 0..3 {
        let said = sandbox.through(&["python3", "-c", show]);
        let words: Vec<&str> = said.quiet().split(' ').collect();
        assert_eq!(words[0], "old");
        for cached in &words[1..] {
            assert!(
                cached.starts_with(sandbox.cache().join("pycache").to_str().unwrap()),
                "{cached}"
            );
            assert!(
                run == 0 || Path::new(cached).exists(),
                "{cached} is not filled"
            );
        }
        sandbox.settle();
    }
    module(&sandbox, NEW, THEN, 0);
    assert_eq!(sandbox.through(&PRINT).quiet(), "new");
    assert!(!sandbox.path("project/__pycache__").exists());
}

#[test]
fn clear_removes_all_or_what_is_stale() {
    let sandbox = Sandbox::configured();
    let tag = tag(&sandbox);
    for (name, text) in [("app", OLD), ("fresh", OLD), ("gone", OLD), ("later", OLD)] {
        let path = sandbox.write(&format!("project/{name}.py"), text);
        set_mtime(&path, THEN, 0);
    }
    let prepare = || {
        sandbox.write("project/gone.py", OLD);
        // Bytecode hardly younger than its source is a suspect.
        let source = sandbox.path("project/gone.py");
        wait_for("the sources to age", || {
            fs::metadata(&source)
                .unwrap()
                .modified()
                .unwrap()
                .elapsed()
                .unwrap()
                > AGE
        });
        sandbox
            .plain(&["python3", "-c", "import app, fresh, gone, later"])
            .quiet();
        fs::remove_file(sandbox.path("project/gone.py")).unwrap();
        sandbox.write("project/later.py", "VALUE = 'another'\n");
        sandbox.write("project/__pycache__/keep.txt", "mine");
        module(&sandbox, NEW, THEN, 0);
    };
    let left = || {
        let names = fs::read_dir(sandbox.path("project/__pycache__"))
            .unwrap()
            .flatten();
        let mut names: Vec<String> = names
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    prepare();
    sandbox
        .devenv(&["run", "--profile", "prod", "--clear=stale", "--", "true"])
        .quiet();
    assert_eq!(left(), [format!("fresh.{tag}.pyc"), "keep.txt".to_owned()]);
    prepare();
    sandbox
        .devenv(&["run", "--profile", "prod", "--clear", "--", "true"])
        .quiet();
    assert_eq!(left(), ["keep.txt"]);
    fs::remove_file(sandbox.path("project/__pycache__/keep.txt")).unwrap();
    sandbox.write("project/devenv.toml", "[profiles.prod]\nclear = 'all'\n");
    sandbox.allow();
    sandbox.plain(&["python3", "-c", "import fresh"]).quiet();
    sandbox
        .devenv(&["run", "--profile", "prod", "--", "true"])
        .quiet();
    assert!(!sandbox.path("project/__pycache__").exists());
}

#[test]
fn fresh_reads_and_leaves_nothing() {
    for profile in ["dev", "prod"] {
        let sandbox = Sandbox::configured();
        module(&sandbox, OLD, THEN, 0);
        sandbox.plain(&PRINT).quiet();
        module(&sandbox, NEW, THEN, 0);
        assert_eq!(
            sandbox.plain(&PRINT).quiet(),
            "old",
            "plain Python is not stale here"
        );
        let before = sandbox.census("");
        let run = ["run", "--profile", profile, "--fresh", "--"];
        assert_eq!(sandbox.devenv(&[&run[..], &PRINT].concat()).quiet(), "new");
        assert_eq!(sandbox.census(""), before, "{profile}");
        // An inner run knows the prefix of a fresh one, although nothing was recorded.
        let inner = [
            &run[..],
            &[
                DEVENV,
                "run",
                "--profile",
                "prod",
                "--",
                "sh",
                "-c",
                "env | grep -c ^PYTHON || true",
            ],
        ]
        .concat();
        assert_eq!(sandbox.devenv(&inner).quiet(), "0");
    }
}

/// Twins of one tree: what a Python that never checks hashes prints must not depend on us.
#[test]
fn a_python_that_never_checks_hashes_does_what_it_would_have_done_without_us() {
    type Edit = fn(&Sandbox);
    let states: [(&str, Edit); 4] = [
        ("fresh", |_| {}),
        ("edited within a second", |sandbox| {
            module(sandbox, NEW, THEN, 0);
        }),
        ("edited", |sandbox| module(sandbox, NEW, THEN + 7, 0)),
        ("edited to another size", |sandbox| {
            module(sandbox, "VALUE = 'longer'\n", THEN, 0);
        }),
    ];
    let never = [
        "python3",
        "--check-hash-based-pycs",
        "never",
        "-c",
        PRINT[2],
    ];
    for (name, edit) in states {
        let results = [false, true].map(|armed| {
            let mut sandbox = Sandbox::configured();
            sandbox.set("PYDEVENV_FILL", "0");
            module(&sandbox, OLD, THEN, 0);
            sandbox.plain(&PRINT).quiet();
            edit(&sandbox);
            if armed {
                sandbox.devenv(&["run", "--", "true"]).quiet();
            }
            sandbox.plain(&never).quiet().to_owned()
        });
        assert_eq!(results[0], results[1], "{name}");
    }
}

#[test]
fn a_read_only_tree_falls_back_to_a_prefix_with_one_warning() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    sandbox.plain(&PRINT).quiet();
    module(&sandbox, NEW, THEN, 0);
    let before = sandbox.census("project");
    for _ in 0..3 {
        let said = sandbox.read_only("project", &[&["run", "--"], &PRINT[..]].concat());
        assert_eq!(said.ok(), "new");
        assert_eq!(said.err.matches("warning").count(), 1, "{said:#?}");
        sandbox.settle();
    }
    if is_root() {
        assert_eq!(sandbox.census("project"), before);
    }
}

#[test]
fn bytecode_that_git_tracks_is_left_alone_with_one_warning() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    sandbox.plain(&PRINT).quiet();
    sandbox.plain(&["git", "init", "-q"]).quiet();
    sandbox.plain(&["git", "add", "-f", "__pycache__"]).quiet();
    module(&sandbox, NEW, THEN, 0);
    let before = sandbox.census("project/__pycache__");
    for _ in 0..3 {
        let said = sandbox.through(&PRINT);
        assert_eq!(said.ok(), "new");
        assert!(
            said.err.contains("git tracks") && said.err.matches("warning").count() == 1,
            "{said:#?}"
        );
        sandbox.settle();
    }
    assert_eq!(sandbox.census("project/__pycache__"), before);
    let said = sandbox.devenv(&[&["run", "--clear", "--"], &PRINT[..]].concat());
    assert_eq!(said.ok(), "new");
    assert_eq!(sandbox.census("project/__pycache__"), before);
}

#[test]
fn sourceless_bytecode_is_reported_and_left() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    let compile = "import py_compile; py_compile.compile('app.py', cfile='only.pyc')";
    sandbox.plain(&["python3", "-c", compile]).quiet();
    let said = sandbox.through(&["python3", "-c", "import only; print(only.VALUE)"]);
    assert_eq!(said.ok(), "old");
    assert!(
        said.err
            .contains("`only.pyc` would be imported although its source is gone"),
        "{said:#?}"
    );
    assert!(said.err.contains("hint: rm -- only.pyc"), "{said:#?}");
    sandbox.write("project/data.pyc", "not bytecode at all");
    fs::remove_file(sandbox.path("project/only.pyc")).unwrap();
    sandbox.through(&["true"]).quiet();
}

/// One project is run by many interpreters, at all levels; each reads its own files.
#[test]
fn policies_hold_for_every_interpreter_at_once() {
    let tags = [
        "cpython-37",
        "cpython-38",
        "cpython-310",
        "cpython-313",
        "cpython-315",
        "cpython-316",
        "pypy39",
        "pypy311",
    ];
    for (policy, left) in [
        ("verified", "3 armed"),
        ("checked", "3 armed"),
        ("none", ""),
    ] {
        let sandbox = Sandbox::configured();
        sandbox.write(
            "project/devenv.toml",
            format!("fill = false\n[profiles.dev]\nbytecode = '{policy}'\n"),
        );
        sandbox.allow();
        module(&sandbox, OLD, THEN, 0);
        sandbox.plain(&PRINT).quiet();
        let own = sandbox.path(&format!("project/__pycache__/app.{}.pyc", tag(&sandbox)));
        for name in tags.iter().flat_map(|tag| {
            ["", ".opt-1", ".opt-2", ".opt-jaxtyping0"].map(|level| format!("{tag}{level}"))
        }) {
            fs::copy(&own, own.with_file_name(format!("app.{name}.pyc"))).unwrap();
        }
        sandbox.through(&["true"]).quiet();
        let after = bytecode(&sandbox);
        let expected = if left.is_empty() {
            0
        } else {
            1 + 4 * tags.len()
        };
        assert_eq!(
            after.lines().filter(|line| line.ends_with(left)).count(),
            expected,
            "{policy}: {after}"
        );
    }
}

/// As Apple builds it: bytecode lies in a tree that no variable names.
#[test]
fn an_interpreter_that_presets_a_prefix() {
    let mut sandbox = Sandbox::configured();
    let real = sandbox
        .plain(&["python3", "-c", "import sys; print(sys.executable)"])
        .quiet()
        .to_owned();
    let preset = sandbox.path("preset");
    let script = format!(
        "#!/bin/sh\nexec {real} -X pycache_prefix={} \"$@\"\n",
        preset.display()
    );
    ["python", "python3"]
        .iter()
        .for_each(|name| drop(sandbox.write(&format!("bin/{name}"), &script)));
    sandbox
        .plain(&["chmod", "+x", "../bin/python", "../bin/python3"])
        .quiet();
    for fill in ["0", "1"] {
        sandbox.set("PYDEVENV_FILL", fill);
        module(&sandbox, OLD, THEN, 0);
        assert_eq!(sandbox.plain(&PRINT).quiet(), "old");
        module(&sandbox, NEW, THEN, 0);
        assert_eq!(
            sandbox.plain(&PRINT).quiet(),
            "old",
            "plain Python is not stale here"
        );
        assert_eq!(sandbox.through(&PRINT).quiet(), "new");
        sandbox.settle();
        assert_eq!(sandbox.plain(&PRINT).quiet(), "new");
        assert!(!sandbox.path("project/__pycache__").exists());
        sandbox
            .devenv(&["run", "--profile", "prod", "--clear", "--", "true"])
            .ok();
    }
    sandbox.plain(&PRINT).quiet();
    let find = format!(
        "find {} -path '*project*' -name '*.pyc' | wc -l",
        preset.display()
    );
    assert_eq!(sandbox.plain(&["sh", "-c", &find]).quiet(), "1");
    assert!(
        sandbox
            .devenv(&["cache", "clear"])
            .err
            .contains("removed 1 file")
    );
    assert_eq!(sandbox.plain(&["sh", "-c", &find]).quiet(), "0");
}
