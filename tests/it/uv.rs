//! Projects of the real uv: path dependencies that it installs as copies, environments that it
//! makes, and packages that it installs without bytecode.

use std::fs;
use std::path::PathBuf;

use crate::layouts::SHOP;
use crate::sandbox::{DEVENV, Sandbox, tool};

/// A sandbox in which `uv` is on `PATH` and uses a cache of the tests' own.
pub fn with_uv() -> Sandbox {
    let mut sandbox = Sandbox::new();
    std::os::unix::fs::symlink(tool("uv"), sandbox.path("bin/uv")).unwrap();
    let cache = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/tools/uv-cache");
    sandbox
        .set("UV_CACHE_DIR", cache)
        .set("UV_PYTHON_DOWNLOADS", "never");
    sandbox
}

const BACKEND: &str = "[build-system]\nrequires = ['uv_build']\nbuild-backend = 'uv_build'\n";

/// Writes a project that depends on a library beside it by its path.
fn with_path_dependency(sandbox: &Sandbox, extra: &str) {
    sandbox.write("project/pyproject.toml", format!("{SHOP}{extra}"));
    let library = "[project]\nname = 'adt'\nversion = '1'\nrequires-python = '>=3.8'\n";
    sandbox.write("adt/pyproject.toml", format!("{library}{BACKEND}"));
    sandbox.write("adt/src/adt/__init__.py", "VALUE = 'old'\n");
}

const PRINT: [&str; 5] = ["uv", "run", "python", "-c", "import adt; print(adt.VALUE)"];

#[test]
fn a_path_dependency_that_uv_installed_as_a_copy() {
    let sandbox = with_uv();
    with_path_dependency(&sandbox, "");
    sandbox.write("project/devenv.toml", "");
    sandbox.allow();
    // On a fresh clone the first run makes the environment, and the second needs no new consent.
    let first = sandbox.through(&PRINT);
    assert_eq!(first.ok(), "old");
    assert!(
        !first.err.contains("VIRTUAL_ENV") && !first.err.contains("devenv:"),
        "{first:#?}"
    );
    assert!(sandbox.path("project/.venv/pyvenv.cfg").exists());
    sandbox.write("adt/src/adt/__init__.py", "VALUE = 'new'\n");
    assert_eq!(
        sandbox.plain(&PRINT).ok(),
        "old",
        "plain uv is not stale here"
    );
    for _ in 0..3 {
        let said = sandbox.through(&PRINT);
        assert_eq!(said.ok(), "new");
        assert!(
            !said.err.contains("VIRTUAL_ENV") && !said.err.contains("devenv:"),
            "{said:#?}"
        );
        assert_eq!(
            sandbox.through(&["python", "-c", PRINT[4]]).ok(),
            "new",
            "the project's own interpreter"
        );
        sandbox.settle();
    }
    let status = sandbox.devenv(&["status"]);
    assert!(
        status
            .quiet()
            .contains("../adt/src  on PYTHONPATH: installed as a copy")
            || status
                .out
                .contains("adt/src  on PYTHONPATH: installed as a copy"),
        "{status:#?}"
    );
    // An editable install needs no help.
    let manifest = sandbox
        .read("project/pyproject.toml")
        .replace("path = '../adt'", "path = '../adt', editable = true");
    sandbox.write("project/pyproject.toml", manifest);
    sandbox.through(&["uv", "sync"]).ok();
    let status = sandbox.devenv(&["status"]);
    assert!(
        status
            .quiet()
            .contains("not on PYTHONPATH: installed as editable"),
        "{status:#?}"
    );
    sandbox.write("adt/src/adt/__init__.py", "VALUE = 'abc'\n");
    assert_eq!(sandbox.through(&PRINT).ok(), "abc");
}

#[test]
fn a_dependency_of_the_environment_alone_is_found_too() {
    let sandbox = with_uv();
    with_path_dependency(&sandbox, "");
    let manifest = sandbox
        .read("project/pyproject.toml")
        .replace("dependencies = ['adt']", "dependencies = []");
    sandbox.write(
        "project/pyproject.toml",
        manifest.split("[tool.uv.sources]").next().unwrap(),
    );
    sandbox.write("project/devenv.toml", "");
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "--python", ".venv", "../adt"])
        .ok();
    sandbox.allow();
    sandbox.write("adt/src/adt/__init__.py", "VALUE = 'new'\n");
    assert_eq!(
        sandbox.plain(&[".venv/bin/python", "-c", PRINT[4]]).ok(),
        "old",
        "the copy is not stale here"
    );
    assert_eq!(sandbox.through(&["python", "-c", PRINT[4]]).ok(), "new");
    assert!(
        sandbox
            .devenv(&["status"])
            .quiet()
            .contains("`adt` in the environment")
    );
}

#[test]
fn adding_a_dependency_needs_no_new_consent() {
    let sandbox = with_uv();
    with_path_dependency(&sandbox, "[tool.devenv]\n");
    sandbox.allow();
    sandbox.through(&["uv", "sync", "-q"]).ok();
    sandbox.write(
        "local/pyproject.toml",
        format!("[project]\nname = 'local'\nversion = '1'\n{BACKEND}"),
    );
    sandbox.write(
        "project/inner/pyproject.toml",
        format!("[project]\nname = 'inner'\nversion = '1'\n{BACKEND}"),
    );
    sandbox.write("project/inner/src/inner/__init__.py", "");
    sandbox.through(&["uv", "add", "-q", "./inner"]).ok();
    assert!(sandbox.read("project/pyproject.toml").contains("inner"));
    sandbox
        .through(&["python", "-c", "import inner, adt"])
        .quiet();
}

#[test]
fn a_linked_project_and_another_directory_for_the_environment_give_no_warning() {
    let sandbox = with_uv();
    with_path_dependency(&sandbox, "");
    std::os::unix::fs::symlink("project", sandbox.path("link")).unwrap();
    let run = |directory: &str| {
        let said = sandbox
            .command(DEVENV)
            .args(&["run", "--allow", "--"])
            .args(&PRINT)
            .within(directory)
            .run();
        assert!(
            said.ok() == "old" && !said.err.contains("VIRTUAL_ENV"),
            "{said:#?}"
        );
    };
    sandbox.write("project/devenv.toml", "");
    run("project");
    run("link");
    sandbox.write("project/devenv.toml", "venv = 'elsewhere'\n");
    run("project");
    assert!(sandbox.path("project/elsewhere/pyvenv.cfg").exists());
    run("link");
}

#[test]
fn packages_import_from_bytecode_once_the_fill_is_done() {
    let sandbox = with_uv();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\nrequires-python = '>=3.10'\n",
    );
    sandbox.write("project/devenv.toml", "");
    sandbox.allow();
    sandbox.through(&["uv", "add", "-q", "django==5.2.8"]).ok();
    sandbox.settle();
    let code = "import django.db.models, sys, os; \
                m = [m for m in list(sys.modules.values()) if getattr(getattr(m, '__spec__', None), 'cached', None)]; \
                print(len(m) > 100, [m.__name__ for m in m if not os.path.exists(m.__spec__.cached)])";
    let bytecode = || {
        let find = "find .venv/lib -name '*.pyc' | wc -l";
        sandbox
            .plain(&["sh", "-c", find])
            .quiet()
            .parse::<usize>()
            .unwrap()
    };
    sandbox.through(&["python", "-c", "import django"]).quiet();
    sandbox.settle();
    assert!(bytecode() > 500, "{}", bytecode());
    assert_eq!(sandbox.through(&["python", "-c", code]).quiet(), "True []");
    // Third-party files are links into uv's cache; only bytecode was added, and it is checked by
    // content.
    let flags = "find .venv/lib -name '*.pyc' | head -n 200 | while read -r f; do od -An -tu4 -j4 -N4 \"$f\"; done | sort -u";
    assert_eq!(sandbox.plain(&["sh", "-c", flags]).quiet().trim(), "3");
    // Somebody clears it: the next runs make it anew.
    sandbox
        .plain(&["sh", "-c", "find .venv -name __pycache__ -exec rm -rf {} +"])
        .quiet();
    sandbox.through(&["python", "-c", "pass"]).quiet();
    sandbox.settle();
    assert!(bytecode() > 500);
}

#[test]
fn a_prefix_is_seeded_with_the_packages_and_loses_what_is_installed_anew() {
    let sandbox = with_uv();
    with_path_dependency(&sandbox, "");
    sandbox.write(
        "project/devenv.toml",
        "[profiles.dev]\nbytecode = 'isolated'\n",
    );
    sandbox.allow();
    sandbox
        .plain(&["uv", "sync", "-q", "--compile-bytecode"])
        .ok();
    let show = [
        "python",
        "-c",
        "import os, json, adt; print(os.path.exists(adt.__cached__), os.path.exists(json.__cached__))",
    ];
    sandbox.through(&show).quiet();
    sandbox.settle();
    assert_eq!(sandbox.through(&show).quiet(), "True True");
    // A new version whose files have the times and sizes of the old one.
    let site = fs::read_dir(sandbox.path("project/.venv/lib"))
        .unwrap()
        .flatten()
        .next()
        .unwrap()
        .path()
        .join("site-packages");
    let installed = site.join("adt/__init__.py");
    let time = fs::metadata(&installed).unwrap().modified().unwrap();
    fs::remove_file(&installed).unwrap();
    fs::write(&installed, "VALUE = 'NEW'\n").unwrap();
    fs::File::options()
        .write(true)
        .open(&installed)
        .unwrap()
        .set_modified(time)
        .unwrap();
    let info = site.join("adt-1.dist-info");
    fs::rename(&info, site.join("away")).unwrap();
    fs::rename(site.join("away"), &info).unwrap();
    let print = [
        "python",
        "-c",
        "import sys; sys.path[:] = [p for p in sys.path if 'adt/src' not in p]; import adt; print(adt.VALUE)",
    ];
    assert_eq!(sandbox.through(&print).quiet(), "NEW");
}
