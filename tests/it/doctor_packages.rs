//! `devenv doctor` on what is installed: copies of local directories, packages without bytecode,
//! and other environments that are in the way.

use std::fs;

use crate::layouts::{Backend, Layout, Library, SHOP_OF_SCRIPTS};
use crate::sandbox::{DEVENV, Sandbox};
use crate::visits::{HOOK, Ill, healthy, pasted, visit};

const LIBRARY: Library = Library {
    backend: Backend::Uv,
    layout: Layout::Src,
};

/// A project of uv that depends on a library beside it by its path.
fn path_dependency(profile: &str) -> Sandbox {
    let sandbox = healthy();
    LIBRARY.write(&sandbox, "adt", "old");
    sandbox.write("project/pyproject.toml", SHOP_OF_SCRIPTS);
    sandbox.plain(&["uv", "sync", "-q"]).ok();
    sandbox.write(
        "project/devenv.toml",
        format!("default-profile = '{profile}'\n"),
    );
    sandbox.allow();
    sandbox
}

const PRINT: &[&str] = &[
    "uv",
    "run",
    "-q",
    "python",
    "-c",
    "import adt; print(adt.VALUE)",
];

const COPY: Ill<'_> = Ill {
    code: "path-copy",
    severity: "warning",
    shows: &["`adt` is installed as a copy of", "/adt`"],
};

/// Where no profile leads to the source, the next edit is lost.
#[test]
fn a_path_dependency_that_is_a_copy_as_it_is() {
    let sandbox = path_dependency("prod");
    COPY.is_cured(&sandbox);
    LIBRARY.edit(&sandbox, "adt", "new");
    assert_eq!(sandbox.plain(PRINT).ok(), "new", "the cure does not last");
    visit(&sandbox).healthy();
    let sandbox = path_dependency("dev");
    visit(&sandbox).healthy();
    LIBRARY.edit(&sandbox, "adt", "new");
    assert_eq!(sandbox.through(PRINT).ok(), "new", "what is well is not");
}

#[test]
fn a_path_dependency_that_is_a_copy_and_changed() {
    for profile in ["dev", "prod"] {
        let sandbox = path_dependency(profile);
        LIBRARY.edit(&sandbox, "adt", "new");
        assert_eq!(
            sandbox.plain(PRINT).ok(),
            "old",
            "plain uv is not stale here"
        );
        let shows = &[
            "site-packages/adt/__init__.py",
            "adt/src/adt/__init__.py",
            "sha256",
        ];
        let ill = Ill {
            code: "installed-copy",
            severity: "error",
            shows,
        };
        let visit = ill.is_all(&sandbox);
        let finding = visit.finding(ill.code);
        let claim = finding["cured_by_run"] == true;
        assert_eq!(
            sandbox.through(PRINT).ok() == "new",
            claim,
            "cured_by_run is {claim} in {profile}"
        );
        sandbox.settle();
        for remedy in finding["remedies"].as_array().unwrap() {
            let command = remedy["command"].as_str().unwrap();
            assert!(
                !command.trim_end().ends_with("--"),
                "`{command}` is no command"
            );
        }
        ill.is_cured(&sandbox);
        assert_eq!(sandbox.plain(PRINT).ok(), "new");
    }
}

#[test]
fn a_copy_that_pip_made() {
    let sandbox = healthy();
    fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
    fs::remove_file(sandbox.path("project/uv.lock")).unwrap();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    sandbox.write("project/devenv.toml", "default-profile = 'prod'\n");
    LIBRARY.write(&sandbox, "an adt", "old");
    sandbox.plain(&["python3", "-m", "venv", ".venv"]).quiet();
    sandbox
        .plain(&[".venv/bin/pip", "install", "-q", "../an adt"])
        .ok();
    sandbox.allow();
    let ill = Ill {
        shows: &["`adt` is installed as a copy of", "/an adt`"],
        ..COPY
    };
    ill.is_cured(&sandbox);
}

/// Packages as uv installs them, where no Python may write bytecode.
#[test]
fn packages_without_bytecode() {
    let mut sandbox = healthy();
    LIBRARY.write(&sandbox, "adt", "old");
    for number in 0..40 {
        sandbox.write(&format!("adt/src/adt/mod{number}.py"), "X = 1\n");
    }
    sandbox
        .plain(&["uv", "build", "-q", "--wheel", "-o", "../dist", "../adt"])
        .ok();
    sandbox
        .plain(&[
            "uv",
            "pip",
            "install",
            "-q",
            "../dist/adt-1-py3-none-any.whl",
        ])
        .ok();
    visit(&sandbox).healthy();
    sandbox.set("PYTHONDONTWRITEBYTECODE", "1");
    let ill = Ill {
        code: "fill-missing",
        severity: "warning",
        shows: &["42 modules in ", "site-packages"],
    };
    assert_eq!(
        ill.is_all(&sandbox).finding("fill-missing")["cured_by_run"],
        true
    );
    ill.is_cured(&sandbox);
    // The fill of a run does the same.
    sandbox
        .plain(&["sh", "-c", "find .venv -name __pycache__ -exec rm -rf {} +"])
        .quiet();
    ill.is_all(&sandbox);
    sandbox.through(&["python", "-c", "pass"]).quiet();
    sandbox.settle();
    visit(&sandbox).healthy();
    // So does `--fix`, in the background.
    sandbox
        .plain(&["sh", "-c", "find .venv -name __pycache__ -exec rm -rf {} +"])
        .quiet();
    sandbox.devenv(&["doctor", "--fix"]);
    sandbox.settle();
    visit(&sandbox).healthy();
}

/// In the shell in which it was activated.
#[test]
fn an_environment_of_another_project_that_is_active() {
    let sandbox = healthy();
    sandbox.plain(&["uv", "venv", "-q", "../other"]).ok();
    let script =
        |remedy: &str| format!(". ../other/bin/activate; {remedy}\n{DEVENV} doctor --json");
    let active = |remedy: &str| {
        crate::visits::Visit::of(sandbox.command("bash").args(&["-c", &script(remedy)]).run())
    };
    let visit = active("true");
    assert_eq!(visit.codes(), ["wrong-environment"], "{visit:#?}");
    let finding = visit.finding("wrong-environment");
    let text = format!("{} {}", finding["fact"], finding["evidence"]);
    assert!(
        text.contains("/other`") && text.contains("project/.venv"),
        "{text}"
    );
    active(visit.remedy("wrong-environment", "command")).healthy();
}

#[test]
fn a_variable_by_which_uv_installs_elsewhere() {
    let mut sandbox = healthy();
    sandbox.plain(&["uv", "venv", "-q", "../other"]).ok();
    let other = sandbox.path("other/bin/python");
    sandbox.set("UV_PYTHON", other);
    let shows = &["UV_PYTHON=", "other/bin/python", "project/.venv"];
    Ill {
        code: "wrong-environment",
        severity: "warning",
        shows,
    }
    .is_cured(&sandbox);
}

/// Everything in a path that a shell would take apart.
#[test]
fn a_project_in_a_path_that_needs_quotes() {
    let sandbox = path_dependency("prod");
    let odd = "it's a $HOME \"pro\" `ject`";
    fs::rename(sandbox.path("adt"), sandbox.path("a $dt's")).unwrap();
    fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
    fs::rename(sandbox.project(), sandbox.path(odd)).unwrap();
    fs::create_dir(sandbox.project()).unwrap();
    let manifest = sandbox
        .read(&format!("{odd}/pyproject.toml"))
        .replace("'../adt'", "\"../a $dt's\"");
    sandbox.write(&format!("{odd}/pyproject.toml"), manifest);
    let within = |args: &[&str]| sandbox.command(args[0]).args(&args[1..]).within(odd).run();
    within(&[DEVENV, "allow"]).ok();
    let ask = || crate::visits::Visit::of(within(&[DEVENV, "doctor", "--json"]));
    for code in ["no-environment", "path-copy"] {
        let visit = ask();
        pasted(&sandbox, odd, visit.remedy(code, "command"));
        assert!(!ask().codes().contains(&code), "{visit:#?}");
    }
    fs::remove_file(sandbox.path(odd).join(".gitignore")).unwrap();
    sandbox.write(&format!("{odd}/.venv/.gitignore"), "*\n");
    pasted(&sandbox, odd, ask().remedy("not-ignored", "command")).healthy();
    assert_eq!(sandbox.read("home/.bashrc"), HOOK);
}
