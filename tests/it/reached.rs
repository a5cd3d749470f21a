//! Old code that lies where the interpreter imports from, and not where the project's own modules
//! are known to be: each way is first made real with plain Python, which must print the old value;
//! then a run prints the new one.

use std::os::unix::fs::symlink;
use std::path::Path;

use crate::sandbox::{DEVENV, Said, Sandbox};
use crate::stale::{NEW, OLD, THEN, set_mtime};
use crate::verdicts::why;

const PRINT: &str = "import app; print(app.VALUE)";

/// Writes a module, with the time that hides an edit.
fn write(sandbox: &Sandbox, path: &str, text: &str) {
    set_mtime(&sandbox.write(path, text), THEN, 0);
}

/// Runs something once with old code, edits that, and shows that plain Python goes on with the old
/// code.
#[track_caller]
fn stale(sandbox: &Sandbox, module: &str, run: impl Fn() -> Said) {
    write(sandbox, module, OLD);
    assert_eq!(run().quiet(), "old");
    write(sandbox, module, NEW);
    assert_eq!(run().quiet(), "old", "plain Python is not stale here");
}

/// Makes an environment into which a library beside the project is installed as editable, in the
/// way of a `.pth` file.
fn editable(sandbox: &Sandbox) {
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    let site = sandbox.plain(&[
        ".venv/bin/python",
        "-c",
        "import sysconfig; print(sysconfig.get_path('purelib'))",
    ]);
    let site = Path::new(site.quiet()).to_owned();
    let info = site.join("lib-1.dist-info");
    std::fs::create_dir_all(&info).unwrap();
    let library = sandbox.path("lib");
    let url = format!(
        "{{\"url\": \"file://{}\", \"dir_info\": {{\"editable\": true}}}}",
        library.display()
    );
    std::fs::write(info.join("direct_url.json"), url).unwrap();
    std::fs::write(
        site.join("lib.pth"),
        format!("{}\n", library.join("src").display()),
    )
    .unwrap();
    sandbox.write(
        "lib/pyproject.toml",
        "[project]\nname = 'lib'\nversion = '1'\n",
    );
}

#[test]
fn an_editable_install_beside_the_listed_sources() {
    let sandbox = Sandbox::new();
    editable(&sandbox);
    sandbox.write("project/devenv.toml", "sources = ['src']\n");
    sandbox.write("project/src/own.py", "");
    stale(&sandbox, "lib/src/app.py", || {
        sandbox.plain(&[".venv/bin/python", "-c", PRINT])
    });
    sandbox.allow();
    assert_eq!(sandbox.through(&["python", "-c", PRINT]).quiet(), "new");
    assert_eq!(
        sandbox.plain(&[".venv/bin/python", "-c", PRINT]).quiet(),
        "new",
        "without devenv"
    );
}

#[test]
fn a_nested_project_that_is_imported_from_above() {
    for init in [false, true] {
        let sandbox = Sandbox::configured();
        sandbox.write("project/sub/devenv.toml", "");
        if init {
            sandbox.write("project/sub/__init__.py", "");
        }
        let print = ["python3", "-c", "import sub.app; print(sub.app.VALUE)"];
        stale(&sandbox, "project/sub/app.py", || sandbox.plain(&print));
        assert_eq!(sandbox.through(&print).quiet(), "new", "{init}");
    }
}

#[test]
fn a_prefix_on_the_command_line() {
    let sandbox = Sandbox::configured();
    let prefix = sandbox.path("prefix");
    let option = format!("pycache_prefix={}", prefix.display());
    for print in [
        &["python3", "-X", &option, "-c", PRINT][..],
        &[
            "python3",
            "-I",
            "-X",
            &option,
            "-c",
            "import sys; sys.path[:0] = ['.']; import app; print(app.VALUE)",
        ],
        &["env", "A=b", "python3", "-X", &option, "-c", PRINT],
        &["python3", "-X", "pycache_prefix=prefix", "-c", PRINT],
    ] {
        let _ = std::fs::remove_dir_all(&prefix);
        stale(&sandbox, "project/app.py", || sandbox.plain(print));
        assert_eq!(sandbox.through(print).quiet(), "new", "{print:?}");
        assert_eq!(
            sandbox.plain(print).quiet(),
            "new",
            "{print:?}, without devenv"
        );
    }
}

/// `-E` and `-I` have Python read the bytecode beside the sources, whatever prefix is set.
#[test]
fn a_prefix_that_the_command_ignores() {
    let sandbox = Sandbox::configured();
    let print = ["python3", "-E", "-c", PRINT];
    stale(&sandbox, "project/app.py", || sandbox.plain(&print));
    let said = sandbox.command(DEVENV).args(&["run", "--"]).args(&print);
    assert_eq!(
        said.env("PYTHONPYCACHEPREFIX", sandbox.path("prefix"))
            .run()
            .quiet(),
        "new"
    );
    let empty = ["python3", "-X", "pycache_prefix=", "-c", PRINT];
    std::fs::remove_dir_all(sandbox.path("project/__pycache__")).unwrap();
    stale(&sandbox, "project/app.py", || sandbox.plain(&empty));
    let said = sandbox.command(DEVENV).args(&["run", "--"]).args(&empty);
    assert_eq!(
        said.env("PYTHONPYCACHEPREFIX", sandbox.path("prefix"))
            .run()
            .quiet(),
        "new"
    );
}

#[test]
fn a_relative_prefix_and_another_directory() {
    let mut sandbox = Sandbox::configured();
    sandbox.set("PYTHONPYCACHEPREFIX", "kept");
    std::fs::create_dir(sandbox.path("project/sub")).unwrap();
    let print = [
        "sh",
        "-c",
        &format!("cd sub && PYTHONPATH=.. python3 -c '{PRINT}'"),
    ];
    stale(&sandbox, "project/app.py", || sandbox.plain(&print));
    let said = sandbox.through(&print);
    assert_eq!(said.ok(), "new");
    assert!(
        said.err.contains("`PYTHONPYCACHEPREFIX` is relative"),
        "{said:#?}"
    );
    assert_eq!(sandbox.through(&print).quiet(), "new", "it is said once");
}

#[test]
fn a_prefix_and_names_that_lead_through_links() {
    let mut sandbox = Sandbox::configured();
    sandbox.set("PYDEVENV_FILL", "0");
    symlink(sandbox.project(), sandbox.path("alias")).unwrap();
    std::fs::create_dir_all(sandbox.path("elsewhere/prefix")).unwrap();
    symlink(sandbox.path("elsewhere/prefix"), sandbox.path("prefix")).unwrap();
    sandbox.write("project/main.py", "import app\nprint(app.VALUE)\n");
    sandbox.set("PYTHONPYCACHEPREFIX", sandbox.path("prefix"));
    for main in
        ["project/main.py", "alias/main.py"].map(|main| sandbox.path(main).display().to_string())
    {
        for cwd in ["project", "alias"] {
            let print = ["python3", &main];
            let _ = std::fs::remove_dir_all(sandbox.path("elsewhere/prefix"));
            std::fs::create_dir_all(sandbox.path("elsewhere/prefix")).unwrap();
            stale(&sandbox, "project/app.py", || sandbox.plain(&print));
            let said = sandbox
                .command(DEVENV)
                .args(&["run", "--"])
                .args(&print)
                .within(cwd)
                .run();
            assert_eq!(said.quiet(), "new", "{main} from {cwd}");
        }
    }
}

#[test]
fn a_path_of_the_callers() {
    let mut sandbox = Sandbox::configured();
    sandbox.set("PYTHONPATH", sandbox.path("lib"));
    let print = ["python3", "-c", PRINT];
    stale(&sandbox, "lib/app.py", || sandbox.plain(&print));
    assert_eq!(sandbox.through(&print).quiet(), "new");
    // What is there is made harmless, and not removed.
    write(&sandbox, "lib/app.py", NEW);
    sandbox.devenv(&["run", "--clear", "--", "true"]).quiet();
    assert!(
        std::fs::read_dir(sandbox.path("lib/__pycache__"))
            .unwrap()
            .next()
            .is_some()
    );
}

/// A prefix holds bytecode by the names that modules were reached by.
#[test]
fn a_prefix_and_another_name_on_the_path() {
    for (name, at) in [("alias", "project"), ("lib-alias", "lib")] {
        let mut sandbox = Sandbox::configured();
        std::fs::create_dir_all(sandbox.path("lib")).unwrap();
        symlink(sandbox.path(at), sandbox.path(name)).unwrap();
        let (prefix, path) = (sandbox.path("prefix"), sandbox.path(name));
        sandbox
            .set("PYTHONPYCACHEPREFIX", prefix)
            .set("PYTHONPATH", path);
        // The working directory, by its own name, is not searched.
        let print = [
            "python3",
            "-c",
            &format!("import sys; sys.path.pop(0); {PRINT}"),
        ];
        stale(&sandbox, &format!("{at}/app.py"), || sandbox.plain(&print));
        assert_eq!(sandbox.through(&print).quiet(), "new", "{name}");
        sandbox.settle();
        assert_eq!(sandbox.through(&print).quiet(), "new", "{name}");
    }
}

#[test]
fn a_path_of_the_callers_that_can_not_be_kept() {
    let mut sandbox = Sandbox::configured();
    sandbox.write("lib/app.py", OLD);
    sandbox
        .plain(&["python3", "-m", "compileall", "-q", "-b", "../lib"])
        .quiet();
    let pack = "import zipfile\nwith zipfile.ZipFile('../lib.zip', 'w') as z:\n    for name in ['app.py', 'app.pyc']: z.write('../lib/' + name, name)\n";
    sandbox.plain(&["python3", "-c", pack]).quiet();
    sandbox.set("PYTHONPATH", sandbox.path("lib.zip"));
    let said = sandbox.through(&["python3", "-c", PRINT]);
    let words =
        "/lib.zip` on PYTHONPATH holds bytecode, which Python checks by time alone\nhint: zip -d ";
    assert!(
        said.ok() == "old" && said.err.contains(words) && said.err.contains("'*.pyc'"),
        "{said:#?}"
    );
    sandbox.through(&["true"]).quiet();
    let answer = why(&sandbox, &["app"]);
    answer.shows("zip-or-frozen", &["lib.zip/app.pyc"]);
    let remedy = answer.remedy("zip-or-frozen");
    assert!(
        remedy.starts_with("zip -d ") && remedy.ends_with(" app.pyc"),
        "{answer:#?}"
    );
    let home = sandbox.path("home");
    sandbox.set("PYTHONPATH", &home);
    let said = sandbox.through(&["true"]);
    assert!(said.err.contains("on PYTHONPATH is too wide"), "{said:#?}");
}

/// Runs something through devenv and returns the bytecode that it says it would make harmless.
#[test]
fn what_is_shown_of_a_run_is_what_it_does() {
    let sandbox = Sandbox::configured();
    let option = format!("pycache_prefix={}", sandbox.path("prefix").display());
    let print = ["python3", "-X", &option, "-c", PRINT];
    stale(&sandbox, "project/app.py", || sandbox.plain(&print));
    let said = sandbox.devenv(&[&["run", "--explain", "--json", "--"], &print[..]].concat());
    let shown: serde_json::Value = serde_json::from_str(said.quiet()).unwrap();
    assert!(
        shown["bytecode"]["armed"].to_string().contains("/prefix/"),
        "{shown:#}"
    );
    assert_eq!(sandbox.plain(&print).quiet(), "old", "nothing was touched");
}
