//! `devenv why` where an environment holds a copy of the code, made by the real installers and
//! build backends.

use std::fs;

use crate::layouts::{Backend, Layout, Library, SHOP, code};
use crate::sandbox::Sandbox;
use crate::stale::{THEN, set_mtime};
use crate::verdicts::{Case, last, pasted, why, with_installers};

const LIBRARY: Library = Library {
    backend: Backend::Uv,
    layout: Layout::Src,
};
const PRINT: &str = ".venv/bin/python -c 'import adt; print(adt.VALUE)'";

/// A project that depends on a library beside it by its path, which uv installed; then the library
/// is edited.
fn path_dependency(library: Library) -> Sandbox {
    let sandbox = with_installers();
    library.write(&sandbox, "adt", "old");
    sandbox.write("project/pyproject.toml", SHOP);
    sandbox.plain(&["uv", "sync", "-q"]).ok();
    library.edit(&sandbox, "adt", "new");
    sandbox
}

fn installed_copy<'a>() -> Case<'a> {
    Case {
        command: "uv run -q python -c 'import adt; print(adt.VALUE)'",
        target: &["adt"],
        code: "installed-copy",
        evidence: &["site-packages/adt/__init__.py", "adt/src/adt/__init__.py"],
    }
}

#[test]
fn a_path_dependency_of_uv_build() {
    installed_copy().judge_once(&path_dependency(LIBRARY));
}

#[test]
fn a_path_dependency_of_hatchling() {
    let library = Library {
        backend: Backend::Hatchling,
        ..LIBRARY
    };
    Case {
        target: &["../adt/src/adt/__init__.py"],
        ..installed_copy()
    }
    .judge_once(&path_dependency(library));
}

#[test]
fn a_path_dependency_of_setuptools() {
    let library = Library {
        backend: Backend::Setuptools,
        ..LIBRARY
    };
    let target = &["--", "uv", "run", "python", "-m", "adt"];
    Case {
        target,
        command: "uv run -q python -m adt",
        ..installed_copy()
    }
    .judge_once(&path_dependency(library));
}

#[test]
fn a_path_dependency_in_a_flat_layout() {
    let library = Library {
        backend: Backend::Hatchling,
        layout: Layout::Flat,
    };
    let evidence = &["site-packages/adt/__init__.py", "/adt/adt/__init__.py"];
    Case {
        evidence,
        ..installed_copy()
    }
    .judge_once(&path_dependency(library));
}

#[test]
fn a_path_dependency_that_is_one_module() {
    let library = Library {
        backend: Backend::Flit,
        layout: Layout::Single,
    };
    Case {
        evidence: &["site-packages/adt.py", "adt/adt.py"],
        ..installed_copy()
    }
    .judge_once(&path_dependency(library));
}

#[test]
fn a_path_dependency_below_a_namespace() {
    let library = Library {
        backend: Backend::Uv,
        layout: Layout::Namespace,
    };
    let case = Case {
        command: "uv run -q python -c 'import acme.adt; print(acme.adt.VALUE)'",
        target: &["acme.adt"],
        evidence: &[
            "site-packages/acme/adt/__init__.py",
            "src/acme/adt/__init__.py",
        ],
        ..installed_copy()
    };
    case.judge_once(&path_dependency(library));
}

#[test]
fn its_console_script() {
    let case = Case {
        command: ".venv/bin/adt-cli",
        target: &["--", ".venv/bin/adt-cli"],
        ..installed_copy()
    };
    case.judge_once(&path_dependency(LIBRARY));
    let command = "uv run -q adt-cli";
    Case {
        command,
        target: &["--", "uv", "run", "adt-cli"],
        ..installed_copy()
    }
    .judge_once(&path_dependency(LIBRARY));
}

/// A console script is one however it is named.
#[test]
fn its_console_script_by_its_path() {
    let case = Case {
        command: ".venv/bin/adt-cli",
        target: &[".venv/bin/adt-cli"],
        ..installed_copy()
    };
    case.judge_once(&path_dependency(LIBRARY));
}

/// What a package reads is copied with it.
#[test]
fn a_file_that_is_no_module() {
    let sandbox = with_installers();
    LIBRARY.write(&sandbox, "adt", "old");
    sandbox.write("adt/src/adt/data/value.txt", "old\n");
    sandbox.write("project/pyproject.toml", SHOP);
    sandbox.plain(&["uv", "sync", "-q"]).ok();
    why(&sandbox, &["../adt/src/adt/data/value.txt"]).healthy();
    sandbox.write("adt/src/adt/data/value.txt", "new\n");
    sandbox.write("adt/src/adt/data/added.txt", "new\n");
    let case = |name: &'static str| {
        let open = format!(
            "import adt, os; print(open(os.path.dirname(adt.__file__) + '/data/{name}').read())"
        );
        let command = format!(".venv/bin/python -c \"{open}\" 2>&1 || echo old");
        let (target, evidence) = (
            format!("../adt/src/adt/data/{name}"),
            format!("site-packages/adt/data/{name}"),
        );
        let case = Case {
            command: &command,
            target: &[&target],
            evidence: &[&evidence],
            ..installed_copy()
        };
        case.is_old(&sandbox);
        case.diagnosed(&sandbox)
    };
    case("added.txt");
    let answer = case("value.txt");
    assert!(
        answer.json["verdict"]
            .as_str()
            .unwrap()
            .contains("value.txt is read from "),
        "{answer:#?}"
    );
    let print = "print(open(__import__('os').path.dirname(adt.__file__) + '/data/value.txt').read().strip())";
    let case = Case {
        command: &format!(".venv/bin/python -c \"import adt; {print}\""),
        target: &["../adt/src/adt/data/value.txt"],
        evidence: &["site-packages/adt/data/value.txt", "src/adt/data/value.txt"],
        ..installed_copy()
    };
    case.judge_once(&sandbox);
    why(&sandbox, &["../adt/src/adt/data/added.txt"]).healthy();
    let said = sandbox.devenv(&["why", "pyproject.toml"]);
    assert!(
        said.ok()
            .starts_with("pyproject.toml is read by whoever opens it"),
        "{said:#?}"
    );
}

/// The same beside packages that have no source of their own to go by.
#[test]
fn a_file_that_is_no_module_below_a_namespace() {
    let library = Library {
        backend: Backend::Hatchling,
        layout: Layout::Namespace,
    };
    let sandbox = with_installers();
    library.write(&sandbox, "adt", "old");
    sandbox.write("adt/src/acme/value.txt", "old\n");
    sandbox.write("project/pyproject.toml", SHOP);
    sandbox.plain(&["uv", "sync", "-q"]).ok();
    let ask = || why(&sandbox, &["../adt/src/acme/value.txt"]);
    ask().healthy();
    sandbox.write("adt/src/acme/value.txt", "new\n");
    let read = "from importlib.resources import files; print((files('acme') / 'value.txt').read_text().strip())";
    assert_eq!(sandbox.plain(&[".venv/bin/python", "-c", read]).ok(), "old");
    let answer = ask();
    answer
        .shows(
            "installed-copy",
            &["site-packages/acme/value.txt", "src/acme/value.txt"],
        )
        .runs("data", "value.txt");
    sandbox
        .plain(&["sh", "-c", answer.remedy("installed-copy")])
        .ok();
    assert_eq!(sandbox.plain(&[".venv/bin/python", "-c", read]).ok(), "new");
    ask().healthy();
}

/// Of a copy that is as its source is, nothing is found; of another module of the same package
/// neither.
#[test]
fn a_copy_is_no_finding_until_it_differs() {
    let sandbox = path_dependency(LIBRARY);
    sandbox.write("adt/src/adt/other.py", "");
    LIBRARY.edit(&sandbox, "adt", "old");
    why(&sandbox, &["adt"])
        .healthy()
        .runs("source", "site-packages/adt/__init__.py");
    assert_eq!(last(&sandbox.plain(&["sh", "-c", PRINT]).out), "old");
}

/// A module that was added after the copy was made, and one that was deleted.
#[test]
fn modules_that_came_and_went_after_the_copy() {
    let sandbox = path_dependency(LIBRARY);
    LIBRARY.edit(&sandbox, "adt", "old");
    sandbox.write("adt/src/adt/added.py", code("new"));
    let case = Case {
        command: ".venv/bin/python -m adt.added || echo old",
        target: &["../adt/src/adt/added.py"],
        code: "installed-copy",
        evidence: &["adt/src/adt/added.py"],
    };
    case.judge_once(&sandbox);
    let sandbox = with_installers();
    LIBRARY.write(&sandbox, "adt", "old");
    sandbox.write("adt/src/adt/gone.py", code("old"));
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "../adt"])
        .ok();
    fs::remove_file(sandbox.path("adt/src/adt/gone.py")).unwrap();
    let command = ".venv/bin/python -m adt.gone";
    assert_eq!(sandbox.plain(&["sh", "-c", command]).quiet(), "old");
    let answer = why(&sandbox, &["adt.gone"]);
    answer.shows("installed-copy", &["site-packages/adt/gone.py", "adt`"]);
    let after = pasted(
        &sandbox,
        answer.remedy("installed-copy"),
        &format!("{command} || true"),
        &["adt.gone"],
    );
    assert_eq!(
        (after.printed.as_str(), after.answer.codes()),
        ("", vec!["not-found"]),
        "{after:#?}"
    );
}

/// An environment of Python's own, with its pip.
fn with_pip() -> Sandbox {
    let sandbox = with_installers();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    sandbox.plain(&["python3", "-m", "venv", ".venv"]).quiet();
    sandbox
}

#[test]
fn a_copy_that_pip_made() {
    let sandbox = with_pip();
    Library {
        backend: Backend::Flit,
        layout: Layout::Src,
    }
    .write(&sandbox, "adt", "old");
    sandbox
        .plain(&[".venv/bin/pip", "install", "-q", "../adt"])
        .ok();
    LIBRARY.edit(&sandbox, "adt", "new");
    Case {
        command: PRINT,
        ..installed_copy()
    }
    .judge_once(&sandbox);
}

/// The project itself, installed as a copy into its own environment.
#[test]
fn a_copy_of_the_project_itself() {
    let sandbox = with_pip();
    LIBRARY.write(&sandbox, "project", "old");
    sandbox.plain(&[".venv/bin/pip", "install", "-q", "."]).ok();
    LIBRARY.edit(&sandbox, "project", "new");
    let evidence = &[
        "site-packages/adt/__init__.py",
        "project/src/adt/__init__.py",
    ];
    Case {
        command: PRINT,
        target: &["src/adt/__init__.py"],
        evidence,
        ..installed_copy()
    }
    .judge_once(&sandbox);
}

/// `python -m adt` runs what lies in the working directory, and the console script the installed
/// copy.
#[test]
fn one_name_and_two_codes() {
    let sandbox = with_pip();
    let library = Library {
        backend: Backend::Setuptools,
        layout: Layout::Flat,
    };
    library.write(&sandbox, "project", "old");
    sandbox.plain(&[".venv/bin/pip", "install", "-q", "."]).ok();
    fs::remove_dir_all(sandbox.path("project/build")).unwrap();
    library.edit(&sandbox, "project", "new");
    assert_eq!(
        sandbox.plain(&[".venv/bin/python", "-m", "adt"]).quiet(),
        "new"
    );
    let answer = why(&sandbox, &["--", ".venv/bin/python", "-m", "adt"]);
    let runs = answer.healthy().json["runs"]["path"].as_str().unwrap();
    assert!(runs.contains("/project/adt/__"), "{runs}");
    let case = Case {
        command: ".venv/bin/adt-cli",
        target: &["--", ".venv/bin/adt-cli"],
        evidence: &["site-packages/adt/__init__.py", "project/adt/__init__.py"],
        ..installed_copy()
    };
    case.judge_once(&sandbox);
}

/// setuptools copies into `build/lib` what is newer there, so that a file of an older time is never
/// installed.
#[test]
fn a_build_directory_from_which_the_old_code_is_installed_again() {
    let sandbox = with_pip();
    let library = Library {
        backend: Backend::Setuptools,
        layout: Layout::Src,
    };
    library.write(&sandbox, "project", "old");
    let install = [
        ".venv/bin/pip",
        "install",
        "-q",
        "--force-reinstall",
        "--no-deps",
        "--no-cache-dir",
        ".",
    ];
    sandbox.plain(&install).ok();
    library.edit(&sandbox, "project", "new");
    set_mtime(&sandbox.path("project/src/adt/__init__.py"), THEN, 0);
    sandbox.plain(&install).ok();
    let case = Case {
        command: PRINT,
        target: &["adt"],
        code: "build-lib",
        evidence: &["project/build/lib", "src/adt/__init__.py"],
    };
    case.judge_once(&sandbox);
}

/// A deleted module is installed again from there as well.
#[test]
fn a_build_directory_that_still_holds_a_deleted_module() {
    let sandbox = with_pip();
    let library = Library {
        backend: Backend::Setuptools,
        layout: Layout::Src,
    };
    library.write(&sandbox, "project", "old");
    sandbox.write("project/src/adt/gone.py", code("old"));
    sandbox.plain(&[".venv/bin/pip", "install", "-q", "."]).ok();
    fs::remove_file(sandbox.path("project/src/adt/gone.py")).unwrap();
    sandbox
        .plain(&[
            ".venv/bin/pip",
            "install",
            "-q",
            "--force-reinstall",
            "--no-deps",
            ".",
        ])
        .ok();
    let command = ".venv/bin/python -m adt.gone";
    assert_eq!(sandbox.plain(&["sh", "-c", command]).quiet(), "old");
    let answer = why(&sandbox, &["adt.gone"]);
    answer.shows("build-lib", &["project/build/lib", "adt/gone.py"]);
    let after = pasted(
        &sandbox,
        answer.remedy("build-lib"),
        &format!("{command} || true"),
        &["adt.gone"],
    );
    assert_eq!(
        (after.printed.as_str(), after.answer.codes()),
        ("", vec!["not-found"]),
        "{after:#?}"
    );
}
