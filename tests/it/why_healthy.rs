//! Set-ups in which every edit takes effect, or nothing was edited: `devenv why` finds nothing in
//! any of them, and names the file that the import really loads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::layouts::{Backend, Layout, Library, code};
use crate::sandbox::Sandbox;
use crate::verdicts::{why, with_installers};

/// How a library comes into the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// `uv sync`, of the project itself.
    Sync,
    UvEditable,
    UvCopy,
    PipEditable,
    PipCopy,
}

impl Way {
    fn is_copy(self) -> bool {
        matches!(self, Self::UvCopy | Self::PipCopy)
    }

    fn install(self, sandbox: &Sandbox) {
        let commands: &[&[&str]] = match self {
            Self::Sync => &[&["uv", "sync", "-q"]],
            Self::UvEditable => &[
                &["uv", "venv", "-q"],
                &["uv", "pip", "install", "-q", "-e", "."],
            ],
            Self::UvCopy => &[&["uv", "venv", "-q"], &["uv", "pip", "install", "-q", "."]],
            Self::PipEditable => &[PIP_VENV, &["target-pip", "install", "-q", "-e", "."]],
            Self::PipCopy => &[PIP_VENV, &["target-pip", "install", "-q", "."]],
        };
        for command in commands {
            if let ["target-pip", rest @ ..] = command {
                // The pip of the tests, which installs into an environment that has none.
                let pip = crate::sandbox::tool("pip");
                sandbox
                    .command(pip)
                    .args(&["--python", ".venv/bin/python"])
                    .args(rest)
                    .run()
                    .ok();
            } else {
                sandbox.plain(command).ok();
            }
        }
    }
}

const PIP_VENV: &[&str] = &["python3", "-m", "venv", "--without-pip", ".venv"];

/// Every backend in every layout that it can build, each by two or three ways, so that every pair
/// is there.
const SETUPS: [(Backend, Layout, Way); 30] = {
    use Backend::{Flit, Hatchling, Setuptools, Uv};
    use Layout::{Flat, Namespace, Single, Src};
    use Way::{PipCopy, PipEditable, Sync, UvCopy, UvEditable};
    [
        (Uv, Src, Sync),
        (Uv, Src, UvEditable),
        (Uv, Src, PipCopy),
        (Uv, Flat, Sync),
        (Uv, Flat, UvCopy),
        (Uv, Namespace, UvEditable),
        (Uv, Namespace, PipEditable),
        (Hatchling, Src, Sync),
        (Hatchling, Src, PipEditable),
        (Hatchling, Flat, UvEditable),
        (Hatchling, Flat, PipCopy),
        (Hatchling, Single, UvEditable),
        (Hatchling, Single, UvCopy),
        (Hatchling, Namespace, Sync),
        (Hatchling, Namespace, UvCopy),
        (Setuptools, Src, Sync),
        (Setuptools, Src, PipEditable),
        (Setuptools, Src, UvCopy),
        (Setuptools, Flat, Sync),
        (Setuptools, Flat, PipEditable),
        (Setuptools, Flat, PipCopy),
        (Setuptools, Single, UvEditable),
        (Setuptools, Single, UvCopy),
        (Setuptools, Namespace, UvEditable),
        (Setuptools, Namespace, PipCopy),
        (Flit, Src, UvEditable),
        (Flit, Src, PipEditable),
        (Flit, Flat, UvCopy),
        (Flit, Single, Sync),
        (Flit, Namespace, UvEditable),
    ]
};

/// Asks in every way, about a library in the project's directory that is installed in its
/// environment.
fn check(sandbox: &Sandbox, library: Library, expected: &str) {
    let module = library.module();
    let print = format!("import {module} as m; print(m.VALUE, m.__file__)");
    let printed = sandbox.plain(&[".venv/bin/python", "-c", &print]);
    let (value, file) = printed.quiet().split_once(' ').unwrap();
    assert_eq!(value, expected);
    assert_eq!(sandbox.plain(&[".venv/bin/adt-cli"]).quiet(), expected);
    let ask = |target: &[&str]| {
        let answer = why(sandbox, target);
        answer.healthy();
        answer.json["runs"]["path"].as_str().unwrap().to_owned()
    };
    assert_eq!(ask(&[module]), file);
    ask(&[".venv/bin/adt-cli"]);
    ask(&["--", ".venv/bin/adt-cli"]);
    ask(&["--", "uv", "run", "adt-cli"]);
    ask(&[library.file()]);
}

fn check_setup(backend: Backend, layout: Layout, way: Way) {
    let (sandbox, library) = (with_installers(), Library { backend, layout });
    library.write(&sandbox, "project", "old");
    way.install(&sandbox);
    if way.is_copy() {
        check(&sandbox, library, "old");
    } else {
        check(&sandbox, library, "old");
        library.edit(&sandbox, "project", "newer");
        check(&sandbox, library, "newer");
    }
}

#[test]
fn every_layout_by_every_backend_and_installer() {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(&(backend, layout, way)) =
                    SETUPS.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    if std::panic::catch_unwind(|| check_setup(backend, layout, way)).is_err() {
                        wrong.lock().unwrap().push((backend, layout, way));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn members_of_a_workspace() {
    let sandbox = with_installers();
    let root = "[project]\nname = 'shop'\nversion = '1'\nrequires-python = '>=3.8'\ndependencies = ['adt']\n\
                [tool.uv.sources]\nadt = { workspace = true }\n[tool.uv.workspace]\nmembers = ['packages/*']\n";
    sandbox.write("project/pyproject.toml", root);
    let library = Library {
        backend: Backend::Uv,
        layout: Layout::Src,
    };
    library.write(&sandbox, "project/packages/adt", "old");
    sandbox.plain(&["uv", "sync", "-q"]).ok();
    library.edit(&sandbox, "project/packages/adt", "newer");
    assert_eq!(sandbox.plain(&["uv", "run", "-q", "adt-cli"]).ok(), "newer");
    for target in [
        &["adt"][..],
        &["packages/adt/src/adt/__init__.py"],
        &["--", ".venv/bin/adt-cli"],
        &["--", "uv", "run", "adt-cli"],
    ] {
        why(&sandbox, target)
            .healthy()
            .runs("source", "packages/adt/src/adt/__init__.py");
    }
    // The same asked inside of the member.
    let said = sandbox
        .command(crate::sandbox::DEVENV)
        .args(&["why", "src/adt/__init__.py"])
        .within("project/packages/adt");
    assert!(said.run().quiet().contains("src/adt/__init__.py"));
}

#[test]
fn scripts_without_a_manifest() {
    let sandbox = Sandbox::new();
    sandbox.write("project/part.py", "VALUE = 'old'\n");
    let script = sandbox.write("project/tool.py", "import part\nprint(part.VALUE)\n");
    let run = ["python3", "tool.py"];
    assert_eq!(sandbox.plain(&run).quiet(), "old");
    sandbox.write("project/part.py", "VALUE = 'newer'\n");
    assert_eq!(sandbox.plain(&run).quiet(), "newer");
    for target in [&["part"][..], &["part.py"]] {
        why(&sandbox, target)
            .healthy()
            .runs("source", "project/part.py");
    }
    for target in [
        &["tool.py"][..],
        &["--", "python3", "tool.py"],
        &[script.to_str().unwrap()],
    ] {
        why(&sandbox, target)
            .healthy()
            .runs("source", "project/tool.py");
    }
}

#[test]
fn what_is_not_the_projects_own() {
    let sandbox = with_installers();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'shop'\nversion = '1'\n",
    );
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "packaging==25.0"])
        .ok();
    why(&sandbox, &["packaging.version"])
        .healthy()
        .runs("source", "site-packages/packaging/version.py");
    why(&sandbox, &["json.decoder"])
        .healthy()
        .runs("source", "json/decoder.py");
    for (name, kind) in [("sys", "builtin"), ("zipimport", "frozen")] {
        let answer = why(&sandbox, &[name]);
        assert_eq!(answer.healthy().json["runs"]["kind"], kind);
    }
    sandbox.write("project/shop.py", code("new"));
    let answer = why(&sandbox, &["shop"]);
    assert_eq!(
        answer.healthy().json["runs"]["because"],
        "working-directory"
    );
    assert_eq!(
        answer.json["runs"]["entry"],
        sandbox.project().to_str().unwrap()
    );
}
