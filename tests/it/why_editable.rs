//! `devenv why` over the four kinds of editable install that setuptools makes: which of them miss
//! an edit, and which are well.

use std::fs;

use crate::layouts::{Backend, Layout, Library, code};
use crate::sandbox::{DEVENV, Sandbox};
use crate::verdicts::{Case, last, why, with_installers};

const LIBRARY: Library = Library {
    backend: Backend::Setuptools,
    layout: Layout::Flat,
};

/// Installs a library of setuptools from a directory as editable, in one of its modes.
fn editable(sandbox: &Sandbox, library: Library, directory: &str, mode: &[&str]) {
    library.write(sandbox, directory, "old");
    sandbox.write("project/devenv.toml", "");
    sandbox.allow();
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    let directory = sandbox.path(directory);
    sandbox
        .plain(
            &[
                &[
                    "uv",
                    "pip",
                    "install",
                    "-q",
                    "-e",
                    directory.to_str().unwrap(),
                ],
                mode,
            ]
            .concat(),
        )
        .ok();
}

const STRICT: [&str; 2] = ["--config-settings", "editable_mode=strict"];
const COMPAT: [&str; 2] = ["--config-settings", "editable_mode=compat"];

#[test]
fn a_strict_install_misses_a_new_module() {
    let sandbox = with_installers();
    editable(&sandbox, LIBRARY, "adt", &STRICT);
    sandbox.write("adt/adt/added.py", code("new"));
    let case = Case {
        command: ".venv/bin/python -m adt.added || echo old",
        target: &["adt.added"],
        code: "strict-editable-misses-module",
        evidence: &["adt/adt/added.py"],
    };
    case.judge_once(&sandbox);
    // The modules that were there are links, and edits of them run.
    let sandbox = with_installers();
    editable(&sandbox, LIBRARY, "adt", &STRICT);
    LIBRARY.edit(&sandbox, "adt", "new");
    assert_eq!(
        sandbox.plain(&[".venv/bin/python", "-m", "adt"]).quiet(),
        "new"
    );
    why(&sandbox, &["adt"]).healthy();
    why(&sandbox, &["../adt/adt/__init__.py"]).healthy();
}

/// The finder is asked last: a directory of that name on the way is taken for a namespace package.
#[test]
fn a_directory_of_the_same_name_hides_a_finder() {
    let sandbox = with_installers();
    editable(&sandbox, LIBRARY, "project/adt", &[]);
    LIBRARY.edit(&sandbox, "project/adt", "new");
    let print = "import adt; print(adt.VALUE)";
    let elsewhere = sandbox
        .command(sandbox.path("project/.venv/bin/python"))
        .args(&["-c", print])
        .within("home")
        .run();
    assert_eq!(elsewhere.quiet(), "new", "the install itself is well");
    let command = format!(".venv/bin/python -c '{print}' || echo old");
    let case = Case {
        command: &command,
        target: &["adt"],
        code: "finder-shadowed",
        evidence: &["project/adt", "project/adt/adt/__init__.py", "__editable__"],
    };
    let answer = case.diagnosed(&sandbox);
    assert_eq!(answer.json["runs"]["kind"], "namespace");
    let portions = answer.json["runs"]["portions"].as_array().unwrap();
    assert!(
        portions[0].as_str().unwrap().ends_with("project/adt"),
        "{:#}",
        answer.json
    );
    case.judge_once(&sandbox);
}

/// What was seen in a working directory that hides it is not there in another.
#[test]
fn a_finder_that_nothing_hides() {
    let sandbox = with_installers();
    editable(&sandbox, LIBRARY, "adt", &[]);
    LIBRARY.edit(&sandbox, "adt", "new");
    assert_eq!(
        sandbox.plain(&[".venv/bin/python", "-m", "adt"]).quiet(),
        "new"
    );
    for target in [
        &["adt"][..],
        &["../adt/adt/__init__.py"],
        &["--", ".venv/bin/adt-cli"],
    ] {
        why(&sandbox, target)
            .healthy()
            .runs("source", "/adt/adt/__init__.py");
    }
    // A module that came later is found by the finder too.
    sandbox.write("adt/adt/added.py", code("new"));
    assert_eq!(
        sandbox
            .plain(&[".venv/bin/python", "-m", "adt.added"])
            .quiet(),
        "new"
    );
    why(&sandbox, &["adt.added"])
        .healthy()
        .runs("source", "/adt/adt/added.py");
}

#[test]
fn editable_installs_by_a_path_file() {
    for (layout, mode) in [
        (Layout::Src, &[][..]),
        (Layout::Flat, &COMPAT),
        (Layout::Src, &COMPAT),
    ] {
        let (sandbox, library) = (with_installers(), Library { layout, ..LIBRARY });
        editable(&sandbox, library, "adt", mode);
        library.edit(&sandbox, "adt", "new");
        assert_eq!(
            sandbox.plain(&[".venv/bin/python", "-m", "adt"]).quiet(),
            "new"
        );
        why(&sandbox, &["adt"])
            .healthy()
            .runs("source", &format!("/adt/{}", library.file()));
    }
}

/// The directory of an editable install that was moved or deleted.
#[test]
fn an_editable_install_of_a_directory_that_was_moved() {
    let sandbox = with_installers();
    editable(
        &sandbox,
        Library {
            layout: Layout::Src,
            ..LIBRARY
        },
        "adt",
        &[],
    );
    fs::rename(sandbox.path("adt"), sandbox.path("moved")).unwrap();
    sandbox
        .plain(&[".venv/bin/python", "-c", "import adt"])
        .fails(1);
    let answer = why(&sandbox, &["adt"]);
    assert_eq!(answer.codes(), ["not-found"]);
    let said = sandbox
        .command(DEVENV)
        .args(&["why", "../moved/src/adt/__init__.py"])
        .run();
    assert_ne!(said.code, Some(0), "an edit of it runs nowhere: {said:#?}");
}

/// Another checkout of the same package was installed as editable: the one at hand does not run.
#[test]
fn an_editable_install_of_another_checkout() {
    let sandbox = with_installers();
    let library = Library {
        layout: Layout::Src,
        ..LIBRARY
    };
    editable(&sandbox, library, "other", &[]);
    library.write(&sandbox, "project", "new");
    let command = ".venv/bin/python -m adt";
    assert_eq!(sandbox.plain(&["sh", "-c", command]).quiet(), "old");
    let answer = why(&sandbox, &["src/adt/__init__.py"]);
    assert!(answer.json["takes_effect"] == false, "{:#}", answer.json);
    answer.shows("shadowed", &["other/src", "project/src/adt/__init__.py"]);
}

/// Makes an environment with these tools, and installs the library `adt` into it as editable with
/// them.
fn editable_by(tools: &[&str], build: &str, files: &[(&str, &str)]) -> Sandbox {
    let sandbox = with_installers();
    let head =
        "[project]\nname = 'adt'\nversion = '1'\nrequires-python = '>=3.8'\n[build-system]\n";
    sandbox.write("adt/pyproject.toml", format!("{head}{build}"));
    files
        .iter()
        .for_each(|(file, text)| drop(sandbox.write(&format!("adt/{file}"), text)));
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&[&["uv", "pip", "install", "-q"], tools].concat())
        .ok();
    let path = format!(
        "{}:/usr/local/bin:/usr/bin:/bin",
        sandbox.path("project/.venv/bin").display()
    );
    let install = [
        "pip",
        "install",
        "-q",
        "--no-build-isolation",
        "-e",
        "../adt",
    ];
    sandbox
        .command(crate::sandbox::tool("uv"))
        .args(&install)
        .env("PATH", path)
        .run()
        .ok();
    sandbox
}

/// Runs what was edited, and nothing is found.
#[track_caller]
fn is_well(sandbox: &Sandbox, finder: &str) {
    sandbox.write("adt/src/adt/__init__.py", "VALUE = 'new'\n");
    let print = [
        ".venv/bin/python",
        "-c",
        "import adt, adt.sub; print(adt.VALUE)",
    ];
    assert_eq!(last(&sandbox.plain(&print).out), "new");
    for target in ["adt", "../adt/src/adt/__init__.py"] {
        why(sandbox, &[target])
            .healthy()
            .runs("source", "adt/src/adt/__init__.py");
    }
    let answer = why(sandbox, &["adt.sub"]);
    answer.healthy().runs("source", "adt/src/adt/sub.py");
    assert!(
        answer.json["not_followed"].as_array().unwrap().is_empty(),
        "{answer:#?}"
    );
    let site = sandbox
        .plain(&["sh", "-c", "echo .venv/lib/*/site-packages"])
        .quiet()
        .to_owned();
    assert!(
        sandbox.project().join(site).join(finder).exists(),
        "no `{finder}`: the test is of another version"
    );
}

#[test]
fn an_install_of_scikit_build_core() {
    let build = "requires = ['scikit-build-core']\nbuild-backend = 'scikit_build_core.build'\n\
                 [tool.scikit-build]\nwheel.cmake = false\nwheel.packages = ['src/adt']\n";
    let files = [
        ("src/adt/__init__.py", "VALUE = 'old'\n"),
        ("src/adt/sub.py", ""),
    ];
    let sandbox = editable_by(&["scikit-build-core==1.1.2"], build, &files);
    is_well(&sandbox, "_editable_skbc_adt.py");
}

#[test]
fn an_install_of_meson() {
    let plan = "project('adt', version: '1')\npy = import('python').find_installation(pure: true)\n\
                py.install_sources('src/adt/__init__.py', 'src/adt/sub.py', subdir: 'adt')\n";
    let build = "requires = ['meson-python']\nbuild-backend = 'mesonpy'\n";
    let files = [
        ("src/adt/__init__.py", "VALUE = 'old'\n"),
        ("src/adt/sub.py", ""),
        ("meson.build", plan),
    ];
    let tools = ["meson-python==0.22.1", "meson==1.12.1", "ninja"];
    let sandbox = editable_by(&tools, build, &files);
    is_well(&sandbox, "_adt_editable_loader.py");
}
