//! `devenv run --fresh`: no bytecode that is there is read, programs that compile by themselves
//! work, and when the run is over nothing is left, wherever the program was told to write and
//! however it ended.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sandbox::{DEVENV, Sandbox, wait_for};
use crate::stale::{NEW, OLD, PRINT, THEN, module};
use crate::uv::with_uv;

const PREFIX: &str = "import sys; print(sys.pycache_prefix)";

/// A sandbox with directories for what lives no longer than a run or a session.
fn sandbox() -> Sandbox {
    furnished(Sandbox::configured())
}

fn furnished(mut sandbox: Sandbox) -> Sandbox {
    for (name, place) in [("TMPDIR", "tmp"), ("XDG_RUNTIME_DIR", "runtime")] {
        let path = sandbox.path(place);
        fs::create_dir(&path).unwrap();
        sandbox.set(name, path);
    }
    sandbox
}

fn names(directory: &Path) -> Vec<PathBuf> {
    fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

fn wait_until_gone(sandbox: &Sandbox) {
    let places = ["tmp", "runtime"].map(|place| sandbox.path(place));
    wait_for("the directory of the run to go", || {
        places.iter().all(|place| names(place).is_empty())
    });
}

#[test]
fn programs_that_compile_by_themselves_work_and_leave_nothing() {
    let sandbox = sandbox();
    module(&sandbox, OLD, THEN, 0);
    sandbox.plain(&PRINT).quiet();
    module(&sandbox, NEW, THEN, 0);
    assert_eq!(
        sandbox.plain(&PRINT).quiet(),
        "old",
        "plain Python is not stale here"
    );
    let before = sandbox.census("");
    let own = "import app, importlib.util as u, os, py_compile; p = py_compile.compile('app.py', doraise=True); \
               print(app.VALUE, os.path.exists(p), p == u.cache_from_source(os.path.abspath('app.py')))";
    for (command, expected) in [
        (&["python3", "-m", "compileall", "-q", "."][..], ""),
        (
            &[
                "python3",
                "-m",
                "compileall",
                "-q",
                "-f",
                "--invalidation-mode",
                "checked-hash",
                ".",
            ],
            "",
        ),
        (&["python3", "-c", own], "new True True"),
        (&PRINT, "new"),
        (
            &[
                "sh",
                "-c",
                "python3 -m compileall -q . & wait; exec python3 -c 'import app; print(app.VALUE)'",
            ],
            "new",
        ),
    ] {
        for place in ["runtime", "tmp"] {
            let run = sandbox
                .command(DEVENV)
                .args(&["run", "--fresh", "--"])
                .args(command);
            let run = if place == "tmp" {
                run.env("XDG_RUNTIME_DIR", "")
            } else {
                run
            };
            assert_eq!(run.run().quiet(), expected, "{command:?} {place}");
            wait_until_gone(&sandbox);
            assert_eq!(sandbox.census(""), before, "{command:?} {place}");
        }
    }
}

#[test]
fn installers_work() {
    let sandbox = sandbox();
    sandbox
        .plain(&["python3", "-I", "-m", "venv", "../tools"])
        .quiet();
    let wheel = sandbox.path("greeting-1-py3-none-any.whl");
    let make = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w'); \
                z.writestr('greeting.py', 'V = 1'); z.writestr('greeting-1.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: greeting\\nVersion: 1\\n'); \
                z.writestr('greeting-1.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'); \
                z.writestr('greeting-1.dist-info/RECORD', 'greeting.py,,\\ngreeting-1.dist-info/METADATA,,\\ngreeting-1.dist-info/WHEEL,,\\ngreeting-1.dist-info/RECORD,,\\n')";
    sandbox
        .plain(&["python3", "-c", make, wheel.to_str().unwrap()])
        .quiet();
    let python = sandbox.path("tools/bin/python").display().to_string();
    let install = [
        "-m",
        "pip",
        "install",
        "-q",
        "--no-index",
        "--disable-pip-version-check",
        wheel.to_str().unwrap(),
    ];
    let said = sandbox
        .command(DEVENV)
        .args(&["run", "--fresh", "--", &python])
        .args(&install)
        .run();
    assert_eq!(said.code, Some(0), "{said:#?}");
    let left = sandbox
        .census("tools/lib")
        .into_keys()
        .filter(|path| path.to_string_lossy().contains("greeting"));
    let left: Vec<PathBuf> = left.collect();
    assert!(
        left.iter().any(|path| path.ends_with("greeting.py")),
        "{left:?}"
    );
    assert!(
        left.iter()
            .all(|path| path.extension().is_none_or(|end| end != "pyc")),
        "{left:?}"
    );
    wait_until_gone(&sandbox);
}

#[test]
fn uv_and_pytest_work() {
    let sandbox = furnished(with_uv());
    sandbox.write("project/devenv.toml", "");
    sandbox.write(
        "project/tests/test_it.py",
        "def test_it():\n    assert 1 == 1\n",
    );
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "pytest==9.2.0"])
        .ok();
    sandbox.allow();
    for command in [
        &["pytest", "-q"][..],
        &["uv", "run", "--no-project", "pytest", "-q"],
    ] {
        let said = sandbox.devenv(
            &[
                &["run", "--fresh", "--"],
                command,
                &["-p", "no:cacheprovider"],
            ]
            .concat(),
        );
        assert!(said.ok().contains("1 passed"), "{command:?}: {said:#?}");
        wait_until_gone(&sandbox);
        assert!(
            !sandbox.path("project/tests/__pycache__").exists(),
            "{command:?}"
        );
    }
}

/// Who could make the directory could say what runs.
#[test]
fn the_place_is_the_users_alone_and_the_prefix_is_not_there() {
    let sandbox = sandbox();
    let look = "import os, sys; p = sys.pycache_prefix; d = os.stat(os.path.dirname(p)); \
                print(os.path.exists(p), oct(d.st_mode & 0o777), d.st_uid == os.getuid(), sys.dont_write_bytecode)";
    assert_eq!(
        sandbox
            .devenv(&["run", "--fresh", "--", "python3", "-c", look])
            .quiet(),
        "False 0o700 True True"
    );
    let run = ["run", "--fresh", "--", "python3", "-c", PREFIX];
    let (one, other) = (
        sandbox.devenv(&run).quiet().to_owned(),
        sandbox.devenv(&run).quiet().to_owned(),
    );
    assert!(
        one != other && one.starts_with(sandbox.path("runtime").to_str().unwrap()),
        "{one} {other}"
    );
    // Everybody reads command lines.
    let lines = "import glob, sys; d = sys.pycache_prefix.split('/')[-2]; \
                 print(any(d in open(f, errors='replace').read() for f in glob.glob('/proc/[0-9]*/cmdline') if __import__('os').path.exists(f)))";
    assert_eq!(
        sandbox
            .devenv(&["run", "--fresh", "--", "python3", "-c", lines])
            .quiet(),
        "False"
    );
    wait_until_gone(&sandbox);
}

#[test]
fn nothing_is_left_however_the_run_ends() {
    let sandbox = sandbox();
    module(&sandbox, OLD, THEN, 0);
    let compile = "python3 -m compileall -q .";
    for script in [
        format!("{compile}; exit 3"),
        format!("{compile}; kill -9 $$"),
        // Somebody stays behind and compiles once more, after the run.
        format!("( sleep 1; {compile} ) & exit 0"),
        format!("exec {DEVENV} run --fresh -- {compile}"),
    ] {
        sandbox.devenv(&["run", "--fresh", "--", "sh", "-c", &script]);
        wait_until_gone(&sandbox);
    }
    sandbox
        .devenv(&["run", "--fresh", "--", "no-such-program"])
        .fails(127);
    sandbox
        .devenv(&["run", "--fresh", "--explain", "--", "true"])
        .ok();
    assert!(names(&sandbox.path("runtime")).is_empty());
}

/// Process 1 would inherit whoever stays behind.
#[test]
fn the_first_process_leaves_nobody_behind() {
    if !crate::sandbox::is_root() {
        eprintln!("not run: only root may start a first process");
        assert!(std::env::var_os("CI").is_none());
        return;
    }
    let sandbox = sandbox();
    let count =
        "import os, sys; print(sum(n.isdigit() for n in os.listdir('/proc')), sys.pycache_prefix)";
    let head = [
        "--pid",
        "--mount-proc",
        "--fork",
        "--kill-child",
        DEVENV,
        "run",
        "--fresh",
        "--",
        "python3",
        "-c",
        count,
    ];
    let said = sandbox.command("unshare").args(&head).run();
    let (number, prefix) = said.quiet().split_once(' ').unwrap();
    assert!(
        number == "1" && prefix.starts_with("/dev/shm/"),
        "{said:#?}"
    );
    fs::remove_dir(Path::new(prefix).parent().unwrap()).unwrap();
}
