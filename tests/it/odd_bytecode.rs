//! Bytecode in odd states and odd places. As for every way to run old code, plain Python must run
//! it first where it can.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::Duration;

use crate::sandbox::Sandbox;
use crate::stale::{NEW, OLD, PRINT, THEN, cured, module, run_once, set_mtime};

/// Returns the one file of bytecode that Python kept.
fn kept(sandbox: &Sandbox) -> PathBuf {
    let mut files = fs::read_dir(sandbox.path("project/__pycache__")).unwrap();
    let only = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    only
}

#[test]
fn bytecode_that_was_cut_short_when_it_was_looked_at() {
    cured(|sandbox| {
        module(sandbox, OLD, THEN, 0);
        run_once(sandbox);
        let pyc = kept(sandbox);
        let whole = fs::read(&pyc).unwrap();
        for length in [0, 10] {
            fs::write(&pyc, &whole[..length]).unwrap();
            // Young facts are not remembered.
            std::thread::sleep(Duration::from_millis(25));
            assert_eq!(sandbox.through(&PRINT).quiet(), "old");
            sandbox.settle();
        }
        fs::write(&pyc, &whole).unwrap();
        module(sandbox, NEW, THEN, 0);
    });
}

/// The memory of a process stands for any file that can be opened and not read, whoever runs the
/// test.
#[test]
fn bytecode_that_cannot_be_read_is_not_believed() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    run_once(&sandbox);
    let pyc = kept(&sandbox);
    fs::remove_file(&pyc).unwrap();
    symlink("/proc/self/mem", &pyc).unwrap();
    for _ in 0..2 {
        let said = sandbox.through(&["python3", "-c", "import app; print(app.__cached__)"]);
        assert!(
            said.ok().starts_with(sandbox.cache().to_str().unwrap()),
            "{said:#?}"
        );
        assert!(
            said.err.contains("bytecode is kept apart") && said.err.matches("warning").count() == 1,
            "{said:#?}"
        );
        sandbox.settle();
    }
    assert!(pyc.is_symlink());
}

#[test]
fn bytecode_with_a_flag_that_means_nothing() {
    cured(|sandbox| {
        module(sandbox, OLD, THEN, 0);
        run_once(sandbox);
        let pyc = kept(sandbox);
        let mut bytes = fs::read(&pyc).unwrap();
        bytes[4] = 2;
        fs::write(&pyc, bytes).unwrap();
        module(sandbox, NEW, THEN, 0);
    });
}

#[test]
fn a_directory_of_bytecode_that_is_a_link_into_the_project() {
    cured(|sandbox| {
        module(sandbox, OLD, THEN, 0);
        fs::create_dir_all(sandbox.path("project/var/bytecode")).unwrap();
        symlink("var/bytecode", sandbox.path("project/__pycache__")).unwrap();
        run_once(sandbox);
        module(sandbox, NEW, THEN, 0);
    });
}

#[test]
fn a_directory_of_bytecode_that_is_a_link_out_of_the_project() {
    for policy in ["verified", "none"] {
        let sandbox = Sandbox::new();
        sandbox.write(
            "project/devenv.toml",
            format!("[profiles.dev]\nbytecode = '{policy}'\n"),
        );
        sandbox.allow();
        module(&sandbox, OLD, THEN, 0);
        fs::create_dir_all(sandbox.path("outside")).unwrap();
        symlink("../outside", sandbox.path("project/__pycache__")).unwrap();
        run_once(&sandbox);
        module(&sandbox, NEW, THEN, 0);
        assert_eq!(
            sandbox.plain(&PRINT).quiet(),
            "old",
            "plain Python is not stale here"
        );
        let before = sandbox.census("outside");
        for _ in 0..2 {
            assert_eq!(sandbox.through(&PRINT).ok(), "new", "{policy}");
            sandbox.settle();
        }
        assert_eq!(sandbox.census("outside"), before, "{policy}");
    }
}

/// A sweep follows no link, and must not promise that nothing lies behind one.
#[test]
fn links_in_the_way_of_a_profile_without_bytecode() {
    let file = |sandbox: &Sandbox| {
        run_once(sandbox);
        let pyc = kept(sandbox);
        fs::rename(&pyc, sandbox.path("project/module.bin")).unwrap();
        symlink("../module.bin", &pyc).unwrap();
    };
    let directory = |sandbox: &Sandbox| {
        fs::create_dir_all(sandbox.path("project/var/bytecode")).unwrap();
        symlink("var/bytecode", sandbox.path("project/__pycache__")).unwrap();
        run_once(sandbox);
    };
    for link in [file, directory] {
        let sandbox = Sandbox::new();
        sandbox.write("project/devenv.toml", "[profiles.dev]\nbytecode = 'none'\n");
        sandbox.allow();
        module(&sandbox, OLD, THEN, 0);
        link(&sandbox);
        module(&sandbox, NEW, THEN, 0);
        assert_eq!(
            sandbox.plain(&PRINT).quiet(),
            "old",
            "plain Python is not stale here"
        );
        for _ in 0..2 {
            assert_eq!(sandbox.through(&PRINT).quiet(), "new");
            sandbox.settle();
        }
    }
}

#[test]
fn a_module_in_a_hidden_directory() {
    let sandbox = Sandbox::configured();
    let hidden = |text: &str| set_mtime(&sandbox.write("project/.tools/app.py", text), THEN, 0);
    let print = [
        "python3",
        "-c",
        &format!("import sys; sys.path.insert(0, '.tools'); {}", PRINT[2]),
    ];
    hidden(OLD);
    assert_eq!(sandbox.plain(&print).quiet(), "old");
    hidden(NEW);
    assert_eq!(
        sandbox.plain(&print).quiet(),
        "old",
        "plain Python is not stale here"
    );
    for _ in 0..2 {
        assert_eq!(sandbox.through(&print).quiet(), "new");
        sandbox.settle();
    }
    assert_eq!(sandbox.plain(&print).quiet(), "new");
}

#[test]
fn a_module_that_is_named_after_pytest() {
    let sandbox = Sandbox::configured();
    let module =
        |text: &str| set_mtime(&sandbox.write("project/my-pytest-plugin.py", text), THEN, 0);
    let print = [
        "python3",
        "-c",
        "import importlib as i; print(i.import_module('my-pytest-plugin').VALUE)",
    ];
    module(OLD);
    assert_eq!(sandbox.plain(&print).quiet(), "old");
    module(NEW);
    assert_eq!(
        sandbox.plain(&print).quiet(),
        "old",
        "plain Python is not stale here"
    );
    assert_eq!(sandbox.through(&print).quiet(), "new");
}

/// pytest believes its files by time and size, in headers of its own: with no flags in the early
/// versions, and under another ending where Python optimises.
#[test]
fn rewritten_tests_go_whatever_version_of_pytest_wrote_them() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    run_once(&sandbox);
    let pyc = kept(&sandbox);
    let tag = pyc.file_stem().unwrap().to_string_lossy().into_owned();
    let whole = fs::read(&pyc).unwrap();
    let early = [&whole[..4], &whole[8..]].concat();
    let files = [
        ("8.4.1.pyc", &whole),
        ("8.4.1.pyo", &whole),
        ("5.4.3.pyc", &early),
        ("5.4.3.pyo", &early),
    ];
    let paths = files.map(|(end, bytes)| {
        let path = pyc.with_file_name(format!("{tag}-pytest-{end}"));
        fs::write(&path, bytes).unwrap();
        path
    });
    sandbox.through(&["true"]).quiet();
    let left: Vec<&PathBuf> = paths.iter().filter(|path| path.exists()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn sourceless_bytecode_that_is_a_link_is_reported_and_left() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    let compile = "import py_compile; py_compile.compile('app.py', cfile='kept.bin')";
    sandbox.plain(&["python3", "-c", compile]).quiet();
    for name in ["only.pyc", "app.pyc"] {
        symlink("kept.bin", sandbox.path("project").join(name)).unwrap();
    }
    let said = sandbox.devenv(&[
        "run",
        "--clear",
        "--",
        "python3",
        "-c",
        "import only; print(only.VALUE)",
    ]);
    assert_eq!(said.ok(), "old");
    assert!(
        said.err
            .contains("`only.pyc` would be imported although its source is gone"),
        "{said:#?}"
    );
    assert!(said.err.matches("warning").count() == 1, "{said:#?}");
    assert!(
        ["only.pyc", "app.pyc"]
            .iter()
            .all(|name| sandbox.path("project").join(name).is_symlink())
    );
}

#[test]
fn clearing_says_what_it_leaves_behind_a_link() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    fs::create_dir_all(sandbox.path("project/var/bytecode")).unwrap();
    symlink("var/bytecode", sandbox.path("project/__pycache__")).unwrap();
    sandbox
        .devenv(&["run", "--profile", "prod", "--clear", "--", "true"])
        .quiet();
    run_once(&sandbox);
    let said = sandbox.devenv(&["run", "--profile", "prod", "--clear", "--", "true"]);
    assert_eq!(said.ok(), "");
    let words = "devenv: warning: `__pycache__` is a link: nothing behind is cleared\nhint: rm -- __pycache__\n";
    assert_eq!(said.err, words);
    kept(&sandbox);
}
