//! `devenv why` where another module of the same name is found first.

use std::fs;

use crate::layouts::{Backend, Layout, Library};
use crate::sandbox::{Sandbox, python};
use crate::stale::{NEW, OLD, THEN, set_mtime};
use crate::verdicts::{Case, pasted, why, with_installers};

#[test]
fn an_earlier_element_of_pythonpath() {
    let mut sandbox = Sandbox::new();
    sandbox.write("older/app.py", OLD);
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'app'\nversion = '1'\n",
    );
    sandbox.write("project/src/app.py", NEW);
    let path = format!(
        "{}:{}",
        sandbox.path("older").display(),
        sandbox.path("project/src").display()
    );
    sandbox.set("PYTHONPATH", path);
    let case = Case {
        command: "python3 -c 'import app; print(app.VALUE)'",
        target: &["src/app.py"],
        code: "shadowed",
        evidence: &["older/app.py", "project/src/app.py"],
    };
    let answer = case.diagnosed(&sandbox);
    assert_eq!(answer.json["runs"]["because"], "pythonpath");
    assert!(
        answer.json["runs"]["entry"]
            .as_str()
            .unwrap()
            .ends_with("/older"),
        "{:#}",
        answer.json
    );
    let shadows = answer.json["shadows"].as_array().unwrap();
    assert!(
        shadows
            .iter()
            .any(|path| path.as_str().unwrap().ends_with("src/app.py")),
        "{:#}",
        answer.json
    );
    case.judge_once(&sandbox);
}

/// Asked by name, it says which file runs and which are hidden by it.
#[test]
fn the_working_directory_before_an_installed_package() {
    let mut sandbox = Sandbox::new();
    sandbox.write("project/app.py", OLD);
    sandbox.write("elsewhere/app.py", NEW);
    sandbox.set("PYTHONPATH", sandbox.path("elsewhere"));
    let answer = why(&sandbox, &["app"]);
    answer.runs("source", "project/app.py");
    assert_eq!(answer.json["runs"]["because"], "working-directory");
    let shadows = answer.json["shadows"].as_array().unwrap();
    assert!(
        shadows
            .iter()
            .any(|path| path.as_str().unwrap().ends_with("elsewhere/app.py")),
        "{:#}",
        answer.json
    );
    // A script elsewhere searches its own directory first, and `-P` none.
    sandbox.write("elsewhere/main.py", "import app\nprint(app.VALUE)\n");
    assert_eq!(
        sandbox.plain(&["python3", "../elsewhere/main.py"]).quiet(),
        "new"
    );
    why(&sandbox, &["--", "python3", "../elsewhere/main.py"]).healthy();
    assert_eq!(
        sandbox
            .plain(&["python3", "-P", "-c", "import app; print(app.VALUE)"])
            .quiet(),
        "new"
    );
    why(&sandbox, &["--", "python3", "-P", "-m", "app"]).runs("source", "elsewhere/app.py");
}

/// A directory of the working directory, left from another time, before an editable install.
#[test]
fn a_directory_before_an_editable_install() {
    let sandbox = with_installers();
    LIBRARY.write(&sandbox, "adt", "old");
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    sandbox.write("project/adt/__init__.py", OLD);
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "-e", "../adt"])
        .ok();
    LIBRARY.edit(&sandbox, "adt", "new");
    assert_eq!(sandbox.plain(&[".venv/bin/adt-cli"]).quiet(), "new");
    why(&sandbox, &["--", ".venv/bin/adt-cli"]).healthy();
    let case = Case {
        command: ".venv/bin/python -c 'import adt; print(adt.VALUE)'",
        target: &["../adt/src/adt/__init__.py"],
        code: "shadowed",
        evidence: &["project/adt/__init__.py", "adt/src/adt/__init__.py"],
    };
    case.judge_once(&sandbox);
}

/// The classic: a script that is called like a module of the standard library.
#[test]
fn a_project_file_that_hides_the_standard_library() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/random.py", "VALUE = 1\n");
    let command = "python3 -c 'import random; random.randint(1, 2); print(\"new\")' || echo old";
    let case = Case {
        command,
        target: &["random"],
        code: "shadowed",
        evidence: &["project/random.py", "lib/python3."],
    };
    case.is_old(&sandbox);
    let answer = why(&sandbox, case.target);
    answer
        .shows(case.code, case.evidence)
        .runs("source", "project/random.py");
    let after = pasted(&sandbox, answer.remedy(case.code), command, case.target);
    assert_eq!(after.printed, "new\n");
    assert!(!after.answer.codes().contains(&"shadowed"), "{after:#?}");
}

/// What the interpreter holds in its own binary is found before any file.
#[test]
fn project_files_that_lose_to_the_interpreters_own() {
    let sandbox = Sandbox::configured();
    for (name, kind) in [("time", "builtin"), ("zipimport", "frozen")] {
        sandbox.write(&format!("project/{name}.py"), NEW);
        let print = format!("import {name}; print(hasattr({name}, 'VALUE'))");
        assert_eq!(sandbox.plain(&["python3", "-c", &print]).quiet(), "False");
        let file = format!("{name}.py");
        for target in [name, &file] {
            let answer = why(&sandbox, &[target]);
            answer.shows("zip-or-frozen", &[&format!("project/{file}")]);
            assert_eq!(answer.json["runs"]["kind"], kind, "{:#}", answer.json);
            assert!(answer.json["takes_effect"] == false, "{:#}", answer.json);
            assert_eq!(answer.finding("zip-or-frozen")["cured_by_run"], false);
        }
    }
}

#[test]
fn an_old_copy_in_a_zip_file() {
    let mut sandbox = Sandbox::new();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'app'\nversion = '1'\n",
    );
    sandbox.write("project/src/app.py", OLD);
    let pack = "import zipfile; zipfile.ZipFile('../app.zip', 'w', zipfile.ZIP_DEFLATED).write('src/app.py', 'app.py')";
    sandbox.plain(&["python3", "-c", pack]).quiet();
    sandbox.write("project/src/app.py", NEW);
    let path = format!(
        "{}:{}",
        sandbox.path("app.zip").display(),
        sandbox.path("project/src").display()
    );
    sandbox.set("PYTHONPATH", path);
    let case = Case {
        command: "python3 -c 'import app; print(app.VALUE)'",
        target: &["src/app.py"],
        code: "zip-or-frozen",
        evidence: &["app.zip", "project/src/app.py"],
    };
    let answer = case.diagnosed(&sandbox);
    answer.runs("zip", "app.zip/app.py");
    assert!(
        answer.json["runs"]["entry"]
            .as_str()
            .unwrap()
            .ends_with("/app.zip"),
        "{:#}",
        answer.json
    );
    case.judge_once(&sandbox);
}

/// A real extension module, built from C by setuptools beside the source that it was made from.
fn with_extension() -> Sandbox {
    let mut sandbox = with_installers();
    sandbox.write("project/app.py", OLD);
    let source = "#include <Python.h>\n\
        static int fill(PyObject *m) { return PyModule_AddStringConstant(m, \"VALUE\", \"old\"); }\n\
        static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};\n\
        static PyModuleDef def = {PyModuleDef_HEAD_INIT, \"app\", NULL, 0, NULL, slots, NULL, NULL, NULL};\n\
        PyMODINIT_FUNC PyInit_app(void) { return PyModuleDef_Init(&def); }\n";
    sandbox.write("project/app.c", source);
    sandbox.write(
        "project/setup.py",
        "from setuptools import Extension, setup\nsetup(name='app', version='1', \
                                       py_modules=[], ext_modules=[Extension('app', ['app.c'])])\n",
    );
    // The headers of the interpreter that the tests' own is a copy of.
    let print = "import sysconfig; print(sysconfig.get_config_var('CONFINCLUDEPY'))";
    let headers = format!("-I{}", sandbox.plain(&["python3", "-c", print]).quiet());
    sandbox.set("CFLAGS", headers);
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "setuptools==80.9.0"])
        .ok();
    sandbox
        .plain(&[
            ".venv/bin/python",
            "setup.py",
            "-q",
            "build_ext",
            "--inplace",
        ])
        .ok();
    for entry in fs::read_dir(sandbox.project()).unwrap().flatten() {
        if entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "so")
        {
            set_mtime(&entry.path(), THEN, 0);
        }
    }
    fs::remove_dir_all(sandbox.path("project/build")).unwrap();
    sandbox.write("project/app.py", NEW);
    sandbox
}

#[test]
fn an_extension_beside_the_source() {
    let case = Case {
        command: ".venv/bin/python -c 'import app; print(app.VALUE)'",
        target: &["app"],
        code: "extension-shadows-source",
        evidence: &["project/app.cpython-", ".so", "project/app.py"],
    };
    let sandbox = with_extension();
    let answer = case.diagnosed(&sandbox);
    assert_eq!(answer.json["runs"]["kind"], "extension");
    assert!(python().exists());
    case.judge_once(&sandbox);
}

const LIBRARY: Library = Library {
    backend: Backend::Uv,
    layout: Layout::Src,
};

/// A copy in the environment, and `PYTHONPATH` that leads to the source.
fn with_a_way_around_a_copy() -> Sandbox {
    let mut sandbox = with_installers();
    LIBRARY.write(&sandbox, "project", "old");
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox.plain(&["uv", "pip", "install", "-q", "."]).ok();
    LIBRARY.edit(&sandbox, "project", "new");
    let source = sandbox.path("project/src");
    sandbox.set("PYTHONPATH", source);
    sandbox
}

/// A file that Python could import under its name, and does not, is not run because it is named.
#[test]
fn files_that_another_module_of_their_name_hides() {
    let mut sandbox = Sandbox::new();
    sandbox.write("project/app.py", OLD);
    sandbox.write("elsewhere/app.py", NEW);
    sandbox.set("PYTHONPATH", sandbox.path("elsewhere"));
    let answer = why(&sandbox, &["../elsewhere/app.py"]);
    answer.shows("shadowed", &["project/app.py", "elsewhere/app.py"]);
    let sandbox = with_extension();
    why(&sandbox, &["app.py"]).shows(
        "extension-shadows-source",
        &["project/app.cpython-", "project/app.py"],
    );
}

/// Options by which Python does not read `PYTHONPATH`: the installed copy is found instead.
#[test]
fn options_that_ignore_pythonpath() {
    for option in ["-I", "-E"] {
        let sandbox = with_a_way_around_a_copy();
        let with = [".venv/bin/python", option, "-m", "adt"];
        assert_eq!(sandbox.plain(&with).quiet(), "old");
        assert_eq!(
            sandbox.plain(&[".venv/bin/python", "-m", "adt"]).quiet(),
            "new"
        );
        why(&sandbox, &["adt"])
            .healthy()
            .runs("source", "project/src/adt/__init__.py");
        let answer = why(&sandbox, &["--", ".venv/bin/python", option, "-m", "adt"]);
        answer.shows("pythonpath-ignored", &[option, "project/src/adt"]);
        assert!(
            answer.finding("pythonpath-ignored")["cured_by_run"] == false,
            "{:#}",
            answer.json
        );
        assert_eq!(sandbox.through(&with).out.trim(), "old");
        // The cure is the same command without the option.
        let said = sandbox.plain(&["sh", "-c", answer.remedy("pythonpath-ignored")]);
        assert_eq!(said.ok(), "new");
    }
}

/// A console script whose first line says so.
#[test]
fn a_script_whose_first_line_ignores_pythonpath() {
    let sandbox = with_a_way_around_a_copy();
    assert_eq!(sandbox.plain(&[".venv/bin/adt-cli"]).quiet(), "new");
    why(&sandbox, &["--", ".venv/bin/adt-cli"]).healthy();
    let script = sandbox
        .read("project/.venv/bin/adt-cli")
        .replacen("/python\n", "/python -E\n", 1);
    sandbox.write("project/.venv/bin/adt-cli", script);
    assert_eq!(sandbox.plain(&[".venv/bin/adt-cli"]).quiet(), "old");
    why(&sandbox, &["--", ".venv/bin/adt-cli"]).shows(
        "pythonpath-ignored",
        &["-E", "bin/adt-cli", "project/src/adt"],
    );
}

/// A command that is given its text imports what the text says.
#[test]
fn the_text_of_a_command() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/app.py", NEW);
    let answer = why(
        &sandbox,
        &[
            "--",
            "python3",
            "-c",
            "import sys; import app; print(app.VALUE)",
        ],
    );
    answer.healthy().runs("source", "project/app.py");
    assert!(
        sandbox
            .devenv(&["why", "--", "python3", "-c", "print(1)"])
            .fails(2)
            .contains("devenv why MODULE")
    );
}
