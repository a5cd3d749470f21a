//! `devenv cache clear`: what tools leave behind, what a pattern names, and what git tracks.

use std::fs;

use crate::clear::{files, json, project};
use crate::pty::Terminal;
use crate::sandbox::{DEVENV, Sandbox};

#[test]
fn debris_is_named_tool_by_tool() {
    let sandbox = project();
    let data = b"SQLite format 3\0and more".as_slice();
    for (file, text) in [
        (".pytest_cache/v/x", "".as_bytes()),
        (".mypy_cache/3.11/a.json", b""),
        (".ruff_cache/0.1/x", b""),
        (".tox/py311/pyvenv.cfg", b""),
        (".nox/x", b""),
        ("sub/.ipynb_checkpoints/a.ipynb", b""),
        (".coverage", data),
        (".coverage.host.12.ab", data),
        ("htmlcov/index.html", b""),
        ("coverage.xml", b"<?xml version='1.0'?>"),
        ("setup.py", b""),
        ("build/lib/pkg/a.py", b""),
        ("build/bdist.linux-x86_64/x", b""),
        ("sub/app.egg-info/PKG-INFO", b""),
    ] {
        sandbox.write(&format!("project/{file}"), text);
    }
    // What only looks like it.
    let own = [
        "build/mine.txt",
        "mine.egg-info/words",
        ".coveragerc",
        ".coverage.py",
        "docs/htmlcov/mine.txt",
        "docs/build/lib/a.py",
    ];
    own.iter()
        .for_each(|file| drop(sandbox.write(&format!("project/{file}"), "mine")));
    sandbox.write("project/.venv/pyvenv.cfg", "");
    sandbox.write("project/.venv/.mypy_cache/x", "");
    let before = files(&sandbox);
    assert_eq!(
        json(&sandbox, &["--debris", "mypy", "--dry-run"])["paths"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    json(&sandbox, &["--debris", "mypy,pytest"]);
    assert_eq!(before.len() - files(&sandbox).len(), 2, "and no bytecode");
    json(&sandbox, &["--debris", "all"]);
    let left = files(&sandbox);
    assert!(
        own.iter().all(|file| left.iter().any(|l| l == file)),
        "{left:?}"
    );
    let gone = [
        "coverage.",
        "tox",
        "nox",
        "bdist",
        "app.egg-info",
        "ipynb",
        "ruff",
    ];
    let is_left = |word: &str| {
        left.iter()
            .any(|file| file.contains(word) && !own.contains(&file.as_str()))
    };
    assert!(!gone.iter().any(|word| is_left(word)), "{left:?}");
    assert!(
        left.contains(&".venv/.mypy_cache/x".to_owned()) && left.contains(&"setup.py".to_owned())
    );
    assert!(
        sandbox
            .devenv(&["cache", "clear", "--debris", "spam"])
            .fails(2)
            .contains("possible values")
    );
}

#[test]
fn metadata_that_an_old_editable_install_needs_stays() {
    let sandbox = project();
    sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
    sandbox.write(
        "project/.venv/lib/python3.11/site-packages/My-App.egg-link",
        "",
    );
    sandbox.write("project/my_app.egg-info/PKG-INFO", "");
    sandbox.write("project/other.egg-info/PKG-INFO", "");
    json(&sandbox, &["--debris", "package"]);
    assert!(
        sandbox.path("project/my_app.egg-info").exists()
            && !sandbox.path("project/other.egg-info").exists()
    );
}

#[test]
fn a_pattern_is_asked_about_first() {
    let sandbox = project();
    for file in [
        "a.log",
        "logs/b.log",
        "logs/deep/c.log",
        "logs/keep.txt",
        ".venv/d.log",
        "node_modules/e.log",
    ] {
        sandbox.write(&format!("project/{file}"), "");
    }
    sandbox.write("project/.venv/pyvenv.cfg", "");
    let said = sandbox.devenv(&["cache", "clear", "--erase", "**/*.log"]);
    assert!(
        said.fails(2)
            .contains("a pattern names 3 files, and nobody can be asked"),
        "{said:#?}"
    );
    assert_eq!(
        json(&sandbox, &["--erase", "*.log", "--dry-run"])["paths"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for (answer, is_left) in [("n\r", true), ("\r", true), ("y\r", false)] {
        let mut terminal = Terminal::start(
            &sandbox,
            &[DEVENV, "cache", "clear", "--erase", "logs/**/*.log"],
        );
        terminal.expect("remove 2 files? [y/N] ");
        terminal.send(answer);
        assert_eq!(terminal.ends(), u32::from(is_left));
        assert_eq!(sandbox.path("project/logs/deep/c.log").exists(), is_left);
    }
    json(&sandbox, &["--erase", "a.log", "--yes"]);
    assert_eq!(
        files(&sandbox)
            .iter()
            .filter(|file| file.ends_with("log"))
            .count(),
        2
    );
    assert!(
        sandbox
            .devenv(&["cache", "clear", "--erase", "a[", "--yes"])
            .fails(2)
            .contains("`a[` is no pattern")
    );
}

#[test]
fn somebodys_work_inside_what_a_tool_left_stays() {
    let sandbox = project();
    for directory in [".tox/py/src/lib", ".nox/x"] {
        fs::create_dir_all(sandbox.path(&format!("project/{directory}"))).unwrap();
    }
    sandbox
        .plain(&["git", "init", "-q", ".tox/py/src/lib"])
        .quiet();
    sandbox.write("project/.tox/py/src/lib/work.py", "");
    json(&sandbox, &["--debris", "tox"]);
    assert!(
        sandbox.path("project/.tox/py/src/lib/work.py").exists()
            && !sandbox.path("project/.nox").exists()
    );
    fs::create_dir_all(sandbox.path("project/.nox/x")).unwrap();
    json(&sandbox, &["--debris", "tox", "--ignore", ".nox"]);
    assert!(sandbox.path("project/.nox/x").exists());
}

#[test]
fn metadata_that_only_the_sources_have_stays() {
    let sandbox = project();
    sandbox.write("project/devenv.toml", "sources = ['src']\n");
    sandbox.write(
        "project/src/shop.egg-info/PKG-INFO",
        "Name: shop\nVersion: 3\n",
    );
    sandbox.allow();
    json(&sandbox, &["--debris", "package"]);
    assert!(sandbox.path("project/src/shop.egg-info").exists());
    sandbox.write("project/build/lib/notes.txt", "mine");
    sandbox.write("project/setup.py", "");
    json(&sandbox, &["--debris", "package"]);
    assert!(sandbox.path("project/build/lib/notes.txt").exists());
}

#[test]
fn patterns_and_tools_reach_no_source_root_elsewhere() {
    let sandbox = project();
    sandbox.write("project/devenv.toml", "sources = ['../lib/src', '.']\n");
    sandbox.write("lib/src/.mypy_cache/x", "");
    sandbox.write("lib/src/a.log", "");
    sandbox.allow();
    for args in [&["--erase", "*.log", "--yes"][..], &["--debris", "all"]] {
        assert_eq!(json(&sandbox, args)["files"], 0);
    }
}

#[test]
fn what_a_worktree_tracks_is_not_known_without_its_repository() {
    let sandbox = project();
    sandbox.write("project/a.log", "work");
    let git = |args: &[&str]| {
        sandbox
            .plain(&[&["git", "-c", "user.name=x", "-c", "user.email=x@x"], args].concat())
            .ok()
            .to_owned()
    };
    git(&["init", "-q"]);
    git(&["add", "-fA"]);
    git(&["commit", "-qm", "all"]);
    git(&["worktree", "add", "-q", "../tree"]);
    let within = |args: &[&str]| sandbox.command(DEVENV).args(args).within("tree").run();
    within(&["allow"]).ok();
    let before = sandbox.census("tree");
    within(&["cache", "clear", "--erase", "**/.*", "--yes"]).ok();
    assert_eq!(before, sandbox.census("tree"), "its `.git` is a file");
    fs::rename(sandbox.path("project/.git"), sandbox.path("project/away")).unwrap();
    within(&["cache", "clear"]).ok();
    within(&["cache", "clear", "--erase", "*.log", "--yes"]).ok();
    assert_eq!(before, sandbox.census("tree"));
}

#[test]
fn a_stray_repository_hides_nothing_from_the_one_around_it() {
    let sandbox = project();
    sandbox.plain(&["git", "init", "-q"]).quiet();
    sandbox.plain(&["git", "add", "-fA"]).quiet();
    fs::create_dir(sandbox.path("project/pkg/.git")).unwrap();
    let before = sandbox.census("project");
    assert_eq!(json(&sandbox, &[])["files"], 0);
    assert_eq!(before, sandbox.census("project"));
}

#[test]
fn what_git_tracks_stays() {
    let sandbox = project();
    sandbox.write("project/.mypy_cache/kept", "");
    sandbox.write("project/a.log", "");
    sandbox.plain(&["git", "init", "-q"]).quiet();
    sandbox
        .plain(&[
            "sh",
            "-c",
            "git add -f __pycache__/app*.pyc only.pyc .mypy_cache a.log",
        ])
        .quiet();
    let done = json(&sandbox, &[]);
    assert_eq!(
        (
            done["files"].as_u64(),
            done["tracked"].as_array().unwrap().len()
        ),
        (Some(3), 1)
    );
    for args in [
        &["--orphans"][..],
        &["--debris", "mypy"],
        &["--erase", "*.log", "--yes"],
    ] {
        let done = json(&sandbox, args);
        assert_eq!(
            (
                done["files"].as_u64(),
                done["tracked"].as_array().unwrap().len()
            ),
            (Some(0), 1),
            "{args:?}"
        );
    }
    assert!(
        sandbox
            .devenv(&["cache", "clear"])
            .err
            .contains("git tracks `__pycache__/app.")
    );
}

/// Where repositories lie that are not called `.git`, and a file in each.
const REPOSITORIES: [&str; 11] = [
    ".bare/config",
    "bare.git/config",
    "deep/down/bare/objects/x.log",
    ".jj/x.log",
    ".bzr/x.log",
    ".sl/x.log",
    "_darcs/x.log",
    ".pijul/x.log",
    ".fossil",
    ".fslckout",
    "_FOSSIL_",
];

#[test]
fn no_repository_is_hurt_whatever_it_is_called() {
    let sandbox = Sandbox::configured();
    for file in REPOSITORIES.into_iter().chain([".git"]) {
        sandbox.write(&format!("project/{file}"), "gitdir: ./.bare\n");
    }
    for bare in [
        ".bare",
        "bare.git",
        "deep/down/bare",
        ".tox/py/bare",
        "build/lib/bare",
        ".mypy_cache",
    ] {
        sandbox.write(&format!("project/{bare}/HEAD"), "ref: refs/heads/main\n");
        sandbox.write(&format!("project/{bare}/refs/heads/main"), "");
        sandbox.write(&format!("project/{bare}/objects/.mypy_cache/x"), "");
        sandbox.write(
            &format!("project/{bare}/refs/__pycache__/x.cpython-311.pyc"),
            "data",
        );
    }
    sandbox.write("project/build/bdist.x/y", "");
    sandbox.write("project/setup.py", "");
    sandbox.write("project/.ruff_cache/.jj/x", "");
    let before = sandbox.census("project");
    let keep = ["devenv.toml", "setup.py", "bdist.x"]
        .map(|name| ["--ignore", name])
        .concat();
    for args in [
        &[&["--erase", "**/*", "--yes", "--folders"][..], &keep].concat()[..],
        &[],
    ] {
        sandbox.devenv(&[&["cache", "clear"], args].concat());
        assert_eq!(sandbox.census("project"), before, "{args:?}");
    }
    sandbox.devenv(&["cache", "clear", "--debris", "all"]);
    let left = sandbox.census("project");
    let lost: Vec<_> = before
        .keys()
        .filter(|path| !left.contains_key(*path))
        .collect();
    assert!(
        !lost.is_empty()
            && lost
                .iter()
                .all(|path| path.to_str().unwrap().contains("bdist.x")),
        "{lost:?}"
    );
    sandbox.write("project/free.log", "");
    sandbox
        .devenv(&["cache", "clear", "--erase", "**/*.log", "--yes"])
        .quiet_words("removed 1 file, ");
    let inside = sandbox
        .command(DEVENV)
        .args(&["cache", "clear", "--erase", "**/*", "--yes", "bare.git"]);
    inside.within("project").run();
    assert!(
        sandbox.path("project/bare.git/HEAD").exists(),
        "not even where it is named"
    );
}
