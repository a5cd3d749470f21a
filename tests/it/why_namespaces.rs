//! `devenv why` beside namespace packages that a line of a `.pth` file makes, as setuptools wrote
//! them before 81: what it answers is what the interpreter itself says.

use std::collections::BTreeSet;
use std::fs;

use crate::sandbox::Sandbox;
use crate::verdicts::{why, with_installers};

/// The line of setuptools before 31.
const EARLY: &str = "import sys, types, os;p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('zope',));\
                     ie = os.path.exists(os.path.join(p,'__init__.py'));\
                     m = not ie and sys.modules.setdefault('zope', types.ModuleType('zope'));\
                     mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)\n";

/// Prints the file of a module, or the directories of a package without one; nothing where there is
/// none.
const SAY: &str = "import importlib, sys\ntry: m = importlib.import_module(sys.argv[1])\nexcept ImportError: m = None\n\
                   f = getattr(m, '__file__', None)\nprint(*([f] if f else getattr(m, '__path__', [])), sep='\\n')";

/// Returns the directory of packages of a new environment.
fn environment(sandbox: &Sandbox) -> String {
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    let packages = sandbox
        .plain(&["sh", "-c", "echo .venv/lib/*/site-packages"])
        .quiet()
        .to_owned();
    format!("project/{packages}")
}

/// Compares what is answered with what the interpreter says.
#[track_caller]
fn agrees(sandbox: &Sandbox, case: &str) {
    for name in ["zope", "zope.event", "zope.here", "zope.nowhere"] {
        let said = sandbox.plain(&[".venv/bin/python", "-B", "-c", SAY, name]);
        let truth: BTreeSet<&str> = said.ok().lines().filter(|line| !line.is_empty()).collect();
        let answer = why(sandbox, &[name]);
        let runs = &answer.json["runs"];
        let portions = runs["portions"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|path| path.as_str());
        let answered: BTreeSet<&str> = runs["path"].as_str().into_iter().chain(portions).collect();
        assert_eq!(answered, truth, "{case}: {name}: {:#}", answer.json);
        assert_eq!(
            answer.json["not_followed"].as_array().unwrap().len(),
            0,
            "{case}: {:#}",
            answer.json
        );
    }
}

/// Compares with each other thing of that name that the working directory can hold.
fn agrees_beside_others(sandbox: &Sandbox, packages: &str) {
    agrees(sandbox, "alone");
    sandbox.write("project/zope/here/__init__.py", "");
    agrees(sandbox, "beside a directory without code");
    sandbox.write("project/zope/__init__.py", "");
    agrees(sandbox, "behind a package");
    fs::remove_dir_all(sandbox.path("project/zope")).unwrap();
    sandbox.write("project/zope.py", "");
    agrees(sandbox, "behind a module");
    sandbox.write(&format!("{packages}/zope/__init__.py"), "");
    agrees(sandbox, "with code of its own");
}

#[test]
fn packages_of_today() {
    let sandbox = with_installers();
    let packages = environment(&sandbox);
    sandbox
        .plain(&[
            "uv",
            "pip",
            "install",
            "-q",
            "--no-deps",
            "zope.event==5.1",
            "zope.deferredimport==5.0",
        ])
        .ok();
    let names = fs::read_dir(sandbox.path(&packages))
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name());
    assert_eq!(
        names
            .filter(|name| name.to_string_lossy().ends_with("nspkg.pth"))
            .count(),
        2
    );
    agrees_beside_others(&sandbox, &packages);
}

#[test]
fn a_package_of_long_ago() {
    let sandbox = with_installers();
    let packages = environment(&sandbox);
    sandbox.write(&format!("{packages}/zope.event-4.2-py3.5-nspkg.pth"), EARLY);
    sandbox.write(&format!("{packages}/zope/event/__init__.py"), "");
    agrees_beside_others(&sandbox, &packages);
}
