//! `devenv cache clear`: what goes, what stays, and what is asked first.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use serde_json::Value;

use crate::sandbox::{DEVENV, Sandbox};
use crate::stale::{NEW, OLD, THEN, set_mtime};

fn tag(sandbox: &Sandbox) -> String {
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import sys; print(sys.implementation.cache_tag)",
        ])
        .quiet()
        .to_owned()
}

/// Returns the files below the project, sorted, without the configuration.
pub fn files(sandbox: &Sandbox) -> Vec<String> {
    let find = "find . -type f ! -name devenv.toml ! -path './.git/*' | sort";
    sandbox
        .plain(&["sh", "-c", find])
        .quiet()
        .lines()
        .map(|line| line[2..].to_owned())
        .collect()
}

/// A project with a package, its bytecode, what pytest rewrote, and bytecode without a source.
pub fn project() -> Sandbox {
    let sandbox = Sandbox::configured();
    for file in ["app.py", "pkg/__init__.py", "pkg/old.py", "only.py"] {
        set_mtime(&sandbox.write(&format!("project/{file}"), OLD), THEN, 0);
    }
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import app, pkg.old, py_compile as c; c.compile('only.py', cfile='only.pyc')",
        ])
        .quiet();
    fs::remove_file(sandbox.path("project/only.py")).unwrap();
    let tag = tag(&sandbox);
    let pyc = fs::read(sandbox.path(&format!("project/__pycache__/app.{tag}.pyc"))).unwrap();
    sandbox.write(
        &format!("project/__pycache__/test_app.{tag}-pytest-8.4.2.pyc"),
        pyc,
    );
    sandbox
}

pub fn json(sandbox: &Sandbox, args: &[&str]) -> Value {
    let said = sandbox.devenv(&[&["cache", "clear", "--json"], args].concat());
    serde_json::from_str(said.ok()).unwrap()
}

#[test]
fn everything_goes_but_what_would_be_imported() {
    let sandbox = project();
    let all = files(&sandbox);
    let dry = sandbox.devenv(&["cache", "clear", "--dry-run"]);
    assert_eq!(dry.out.lines().count(), 4, "{dry:#?}");
    assert_eq!(files(&sandbox), all);
    let said = sandbox.devenv(&["cache", "clear"]);
    assert!(
        said.ok().is_empty() && said.err.contains("removed 4 files and 2 directories, "),
        "{said:#?}"
    );
    assert!(
        said.err.contains("1 file without a source stay"),
        "{said:#?}"
    );
    assert_eq!(
        files(&sandbox),
        ["app.py", "only.pyc", "pkg/__init__.py", "pkg/old.py"]
    );
    assert!(
        sandbox
            .devenv(&["cache", "clear", "bytecode"])
            .err
            .contains("removed 0 files, 0 B")
    );
    sandbox
        .devenv(&["cache", "clear", "--orphans"])
        .quiet_words("removed 1 file, ");
    assert_eq!(files(&sandbox), ["app.py", "pkg/__init__.py", "pkg/old.py"]);
}

#[test]
fn the_same_is_said_to_programs() {
    let sandbox = project();
    let dry = json(&sandbox, &["--dry-run"]);
    let done = json(&sandbox, &[]);
    assert_eq!(
        (&dry["files"], &dry["bytes"], &dry["paths"]),
        (&done["files"], &done["bytes"], &done["paths"])
    );
    assert_eq!(
        (
            done["schema"].as_u64(),
            done["files"].as_u64(),
            done["directories"].as_u64()
        ),
        (Some(1), Some(4), Some(2))
    );
    assert_eq!(
        (
            done["orphans"].as_u64(),
            done["failed"].as_array().unwrap().len()
        ),
        (Some(1), 0)
    );
}

#[test]
fn only_what_is_stale_goes_where_that_is_asked() {
    let sandbox = project();
    sandbox.devenv(&["cache", "arm"]).ok();
    set_mtime(&sandbox.write("project/app.py", NEW), THEN + 5, 0);
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import py_compile as c; c.compile('pkg/old.py')",
        ])
        .quiet();
    set_mtime(&sandbox.write("project/pkg/old.py", NEW), THEN + 5, 0);
    let done = json(&sandbox, &["--stale"]);
    let names: Vec<&str> = done["paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|path| path.as_str().unwrap())
        .collect();
    assert!(
        names.len() == 1 && names[0].contains("pkg/__pycache__/old."),
        "what is armed does no harm: {names:?}"
    );
}

#[test]
fn what_pytest_rewrote_can_go_alone() {
    let sandbox = project();
    assert_eq!(json(&sandbox, &["--tests"])["files"], 1);
    assert!(!files(&sandbox).iter().any(|file| file.contains("pytest")));
    assert_eq!(json(&sandbox, &["pkg"])["files"], 2);
    assert_eq!(json(&sandbox, &["--ignore", "pkg"])["files"], 1);
}

#[test]
fn directories_that_held_nothing_else_go_with_folders() {
    let sandbox = project();
    for file in ["gone/deep/__init__.py", "gone/deep/a.py", "kept/a.py"] {
        sandbox.write(&format!("project/{file}"), OLD);
    }
    sandbox
        .plain(&["python3", "-c", "import gone.deep.a, kept.a"])
        .quiet();
    sandbox.write("project/kept/words.txt", "");
    sandbox
        .plain(&["sh", "-c", "rm gone/deep/*.py kept/*.py"])
        .quiet();
    // A namespace package that only its bytecode keeps alive.
    sandbox
        .plain(&["python3", "-c", "import gone.deep"])
        .quiet();
    sandbox.devenv(&["cache", "clear"]).ok();
    assert!(sandbox.path("project/gone/deep").exists());
    sandbox.plain(&["python3", "-c", "import app"]).quiet();
    sandbox.write(
        &format!("project/gone/deep/__pycache__/a.{}.pyc", tag(&sandbox)),
        "",
    );
    sandbox.devenv(&["cache", "clear", "--folders"]).ok();
    assert!(
        !sandbox.path("project/gone").exists() && sandbox.path("project/kept/words.txt").exists()
    );
    assert!(sandbox.project().exists());
}

#[test]
fn outside_a_project_nothing_goes_without_consent() {
    let sandbox = project();
    let away = sandbox.write("away/app.py", OLD);
    sandbox
        .command("python3")
        .args(&["-c", "import app"])
        .within("away")
        .run()
        .quiet();
    let cache = sandbox.path("away/__pycache__");
    let there = away.parent().unwrap().to_str().unwrap();
    let home = sandbox.path("home").display().to_string();
    for path in [there, "/", home.as_str()] {
        assert!(
            sandbox
                .devenv(&["cache", "clear", path])
                .fails(2)
                .contains("is no project of its own"),
            "{path}"
        );
    }
    sandbox.devenv(&["cache", "clear", "--dry-run", there]).ok();
    assert!(cache.exists());
    assert_eq!(json(&sandbox, &["--yes", there])["files"], 1);
    assert!(!cache.exists());
    // A project in the home directory does not make all of the home its own to clear.
    sandbox.write("home/devenv.toml", "");
    assert!(
        sandbox
            .devenv(&["cache", "clear", &home])
            .fails(2)
            .contains("is no project of its own")
    );
}

#[test]
fn packages_are_cleared_where_they_are_named() {
    let sandbox = project();
    sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
    let site = "project/.venv/lib/python3.11/site-packages";
    sandbox.write(&format!("{site}/lib.py"), OLD);
    sandbox.write(&format!("{site}/__pycache__/lib.{}.pyc", tag(&sandbox)), "");
    json(&sandbox, &[]);
    assert!(sandbox.path(&format!("{site}/__pycache__")).exists());
    assert_eq!(json(&sandbox, &[".venv"])["files"], 1);
}

#[test]
fn odd_names_and_loops_of_links_do_no_harm() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let sandbox = project();
    let tag = tag(&sandbox);
    let cache = sandbox.path("project/__pycache__");
    let long = 255 - format!(".{tag}.pyc").len();
    for stem in [
        b"\xff\xfe".to_vec(),
        b"new\nline".to_vec(),
        b"- -rf *".to_vec(),
        vec![b'x'; long],
    ] {
        fs::write(
            cache.join(OsString::from_vec(
                [&stem, format!(".{tag}.pyc").as_bytes()].concat(),
            )),
            "",
        )
        .unwrap();
    }
    let odd = sandbox
        .project()
        .join(OsString::from_vec(b"d\xff\n".to_vec()));
    fs::create_dir_all(odd.join("__pycache__")).unwrap();
    fs::write(odd.join("__pycache__").join(format!("a.{tag}.pyc")), "").unwrap();
    symlink(".", sandbox.path("project/loop")).unwrap();
    symlink("..", sandbox.path("project/pkg/up")).unwrap();
    let outside = sandbox.write(&format!("outside/__pycache__/a.{tag}.pyc"), "");
    symlink("../outside", sandbox.path("project/out")).unwrap();
    symlink("../outside/__pycache__", sandbox.path("project/pkg/sub")).unwrap();
    let shown = sandbox.devenv(&["cache", "clear", "--dry-run"]);
    assert_eq!(shown.ok().lines().count(), 9, "{shown:#?}");
    assert_eq!(json(&sandbox, &[])["files"], 9);
    assert!(outside.exists());
    assert!(sandbox.path("project/loop").exists() && !cache.exists());
}

#[test]
fn what_lies_on_another_file_system_stays() {
    let sandbox = project();
    if !crate::sandbox::is_root() {
        eprintln!("not run: only root may mount");
        assert!(std::env::var_os("CI").is_none());
        return;
    }
    let tag = tag(&sandbox);
    fs::create_dir(sandbox.path("project/mounted")).unwrap();
    let script = format!(
        "mount -t tmpfs tmpfs mounted && mkdir mounted/__pycache__ && : > mounted/a.py && : > mounted/__pycache__/a.{tag}.pyc && \
         {DEVENV} cache clear && {{ {DEVENV} cache verify --repair >/dev/null; echo $?; }} && ls mounted/__pycache__"
    );
    let said = sandbox
        .command("unshare")
        .args(&["--mount", "sh", "-c", &script])
        .run();
    // It is judged, and found corrupt, and stays.
    assert_eq!(said.ok(), format!("1\na.{tag}.pyc"));
    assert!(said.err.contains("removed 4 files"), "{said:#?}");
    assert!(
        said.err
            .contains("`mounted` is another file system: nothing there is removed"),
        "{said:#?}"
    );
}

#[test]
fn what_may_not_be_removed_is_named_and_the_rest_is_done() {
    let sandbox = project();
    let said = sandbox.read_only("project/pkg", &["cache", "clear"]);
    assert!(
        said.fails(1).contains("removed 2 files and 1 directory"),
        "{said:#?}"
    );
    assert!(
        said.err.contains("cannot remove `pkg/__pycache__/")
            && said.err.matches("cannot remove").count() == 2,
        "{said:#?}"
    );
}

#[test]
fn a_directory_that_cannot_be_read_is_named() {
    let sandbox = project();
    let pkg: PathBuf = sandbox.path("project/pkg");
    sandbox
        .plain(&["chmod", "0", pkg.to_str().unwrap()])
        .quiet();
    let args = ["cache", "clear"];
    let said = if crate::sandbox::is_root() {
        // Root reads everything: as somebody else, to whom all of this belongs.
        sandbox.plain(&["chown", "-R", "65534:65534", ".."]).quiet();
        sandbox
            .plain(&["chmod", "a+x", sandbox.root.to_str().unwrap()])
            .quiet();
        let drop = ["--reuid=65534", "--regid=65534", "--clear-groups", DEVENV];
        sandbox.command("setpriv").args(&drop).args(&args).run()
    } else {
        sandbox.devenv(&args)
    };
    assert!(
        said.fails(1).contains("cannot look into `pkg`"),
        "{said:#?}"
    );
    assert!(said.err.contains("removed 2 files"), "{said:#?}");
    sandbox
        .plain(&["chmod", "755", pkg.to_str().unwrap()])
        .quiet();
}

#[test]
fn environments_stay_whatever_else_is_named() {
    let sandbox = project();
    let tag = tag(&sandbox);
    for (file, text) in [
        ("ve/pyvenv.cfg", "home = /usr/bin\n"),
        ("old/bin/activate_this.py", ""),
        ("old/lib/python3.8/os.py", ""),
        ("other/devenv.toml", ""),
        ("../pyvenv.cfg", "home = /usr/bin\n"),
    ] {
        sandbox.write(&format!("project/{file}"), text);
    }
    for place in ["ve", "old/lib/python3.8", "other"] {
        sandbox.write(&format!("project/{place}/__pycache__/m.{tag}.pyc"), "");
    }
    // The project itself lies in an environment, as what pip checks out does.
    let all = json(&sandbox, &["--dry-run", "."]);
    assert_eq!(all["paths"].as_array().unwrap().len(), 4, "{all:#}");
    let both = json(&sandbox, &["--dry-run", ".", "ve"]);
    assert_eq!(both["paths"].as_array().unwrap().len(), 5, "{both:#}");
}

#[test]
fn a_single_module_below_a_prefix_is_one() {
    let mut sandbox = Sandbox::configured();
    for file in ["shop/__init__.py", "shop/sub/__init__.py"] {
        sandbox.write(&format!("project/{file}"), "");
    }
    sandbox.set("PYTHONPYCACHEPREFIX", sandbox.path("prefix"));
    sandbox.plain(&["python3", "-c", "import shop.sub"]).quiet();
    assert_eq!(
        json(&sandbox, &["--dry-run", "shop/__init__.py"])["paths"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn bytecode_beside_a_link_to_nowhere_may_be_all_there_is() {
    let sandbox = project();
    symlink("nowhere", sandbox.path("project/only.py")).unwrap();
    json(&sandbox, &[]);
    assert!(sandbox.path("project/only.pyc").exists());
    assert!(
        sandbox
            .devenv(&["cache", "verify"])
            .fails(1)
            .contains("--orphans")
    );
    // A package of the name goes before it.
    sandbox.write("project/only/__init__.py", "");
    sandbox.devenv(&["cache", "verify"]).ok();
}
