//! `devenv cache warm` and `arm`: what is compiled ahead, in which form, and that a production
//! image has nothing left to compile.

use std::fs;

use serde_json::Value;

use crate::pty::Terminal;
use crate::sandbox::{DEVENV, Sandbox};
use crate::stale::{NEW, OLD, THEN, module, set_mtime};

const FLAGS: &str = "
import glob, struct
for path in sorted(glob.glob('**/*.pyc', recursive=True)):
    head = open(path, 'rb').read(16)
    print(path.split('/')[-1].split('.', 1)[0], struct.unpack('<I', head[4:8])[0], head[8:] == bytes(8))
";

/// Returns the flags of all bytecode below the project, and whether it is armed.
fn flags(sandbox: &Sandbox) -> String {
    sandbox
        .plain(&["python3", "-I", "-B", "-c", FLAGS])
        .quiet()
        .replace('\n', ", ")
}

fn project() -> Sandbox {
    let sandbox = Sandbox::configured();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'app'\nversion = '1'\n",
    );
    for name in ["__init__", "a", "b"] {
        set_mtime(
            &sandbox.write(&format!("project/src/app/{name}.py"), OLD),
            THEN,
            0,
        );
    }
    sandbox.allow();
    sandbox
}

fn warm(sandbox: &Sandbox, args: &[&str]) -> Value {
    let said = sandbox.devenv(&[&["cache", "warm", "--json"], args].concat());
    serde_json::from_str(said.ok()).unwrap()
}

fn compiled(value: &Value) -> (u64, u64) {
    (
        value["project"]["compiled"].as_u64().unwrap(),
        value["project"]["kept"].as_u64().unwrap(),
    )
}

#[test]
fn each_mode_is_what_python_knows_it_as_and_nothing_is_compiled_twice() {
    for (mode, number) in [("timestamp", 0), ("checked", 3), ("unchecked", 1)] {
        let sandbox = project();
        assert_eq!(compiled(&warm(&sandbox, &["--mode", mode])), (3, 0));
        assert_eq!(
            flags(&sandbox),
            format!("__init__ {number} False, a {number} False, b {number} False")
        );
        assert_eq!(compiled(&warm(&sandbox, &["--mode", mode])), (0, 3));
        set_mtime(&sandbox.write("project/src/app/a.py", NEW), THEN, 0);
        assert_eq!(
            compiled(&warm(&sandbox, &["--mode", mode])),
            (1, 2),
            "an edit that no time tells, {mode}"
        );
        let run = "import app.a; print(app.a.VALUE)";
        assert_eq!(
            sandbox
                .command("python3")
                .args(&["-B", "-c", run])
                .env("PYTHONPATH", "src")
                .run()
                .quiet(),
            "new"
        );
        sandbox.devenv(&["cache", "verify", "--deep"]).ok();
    }
}

#[test]
fn development_is_warmed_by_content_and_production_by_time() {
    let sandbox = project();
    warm(&sandbox, &[]);
    assert_eq!(flags(&sandbox), "__init__ 3 False, a 3 False, b 3 False");
    sandbox.devenv(&["cache", "clear"]).ok();
    warm(&sandbox, &["--profile", "prod"]);
    assert_eq!(flags(&sandbox), "__init__ 0 False, a 0 False, b 0 False");
    // What was just compiled is that of its source, however young both are.
    assert_eq!(
        sandbox.devenv(&["cache", "verify"]).quiet(),
        "3 bytecode files: 3 fresh"
    );
}

#[test]
fn nothing_armed_reaches_an_image() {
    let sandbox = project();
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import sys; sys.path[:0] = ['src']; import app.a, app.b",
        ])
        .quiet();
    sandbox
        .plain(&[
            "python3",
            "-O",
            "-c",
            "import sys; sys.path[:0] = ['src']; import app.a",
        ])
        .quiet();
    sandbox
        .devenv(&["cache", "arm"])
        .quiet_words("armed 5 files");
    let said = sandbox.devenv(&["cache", "verify", "--profile", "prod"]);
    assert!(
        said.fails(1)
            .contains("`devenv cache warm` with the same profile makes them anew"),
        "{said:#?}"
    );
    assert_eq!(said.out.matches("armed     ").count(), 5);
    sandbox.devenv(&["cache", "verify"]).ok();
    let done = warm(&sandbox, &["--profile", "prod"]);
    assert_eq!(
        (compiled(&done), done["removed"].as_u64()),
        ((3, 0), Some(2)),
        "and the other level is removed"
    );
    sandbox
        .devenv(&["cache", "verify", "--profile", "prod"])
        .ok();
    let before = sandbox.census("project/src");
    let run = [
        "run",
        "--profile",
        "prod",
        "--",
        "python3",
        "-c",
        "import sys; sys.path[:0] = ['src']; import app.a, app.b",
    ];
    sandbox.devenv(&run).quiet();
    assert_eq!(
        before,
        sandbox.census("project/src"),
        "nothing was left to compile"
    );
    // The repair of an image removes, and does not arm.
    sandbox.devenv(&["cache", "arm"]).ok();
    let said = sandbox.devenv(&["cache", "verify", "--profile", "prod", "--repair"]);
    assert!(
        said.fails(1).contains("removed 3") && said.out.matches("missing   ").count() == 3,
        "{said:#?}"
    );
    assert_eq!(flags(&sandbox), "");
}

/// What passes needs nothing to be compiled.
#[test]
fn an_image_that_is_proven_has_everything() {
    let sandbox = project();
    sandbox.write("project/src/app/broken.py", "def f(:\n");
    sandbox
        .devenv(&["cache", "verify", "--profile", "prod"])
        .fails(1);
    warm(&sandbox, &["--profile", "prod"]);
    sandbox
        .devenv(&["cache", "verify", "--profile", "prod"])
        .ok();
    set_mtime(&sandbox.path("project/src/app/a.py"), THEN + 9, 0);
    let said = sandbox.devenv(&["cache", "verify", "--profile", "prod"]);
    assert!(
        said.fails(1).contains("devenv cache warm")
            && said.out.contains("stale     src/app/__pycache__/a."),
        "{said:#?}"
    );
}

/// What only another interpreter needs is live, and stays.
#[test]
fn what_is_not_armed_stays_beside_an_image() {
    let sandbox = project();
    sandbox
        .plain(&[
            "python3",
            "-O",
            "-c",
            "import sys; sys.path[:0] = ['src']; import app.a",
        ])
        .quiet();
    assert_eq!(
        warm(&sandbox, &["--profile", "prod"])["removed"].as_u64(),
        Some(0)
    );
    assert_eq!(
        sandbox
            .plain(&["sh", "-c", "find . -name '*.opt-1.pyc' | wc -l"])
            .quiet(),
        "2"
    );
}

#[test]
fn it_warms_the_place_that_the_next_run_reads() {
    let sandbox = project();
    sandbox.plain(&["git", "init", "-q"]).quiet();
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import sys; sys.path[:0] = ['src']; import app.a",
        ])
        .quiet();
    sandbox.plain(&["git", "add", "-f", "src"]).quiet();
    warm(&sandbox, &[]);
    let run = [
        "run",
        "--",
        "python3",
        "-c",
        "import app.b; print(app.b.__cached__, __import__('os').path.exists(app.b.__cached__))",
    ];
    let said = sandbox.devenv(&run);
    assert!(
        said.ok().contains("/pycache/") && said.out.trim().ends_with("True"),
        "{said:#?}"
    );
}

#[test]
fn a_profile_decides_the_level_and_the_place() {
    let sandbox = project();
    let profiles = "[profiles.fast]\nextends = 'prod'\nenv = { PYTHONOPTIMIZE = '2' }\n[profiles.apart]\nbytecode = 'isolated'\n";
    sandbox.write("project/devenv.toml", profiles);
    sandbox.allow();
    warm(&sandbox, &["--profile", "fast"]);
    let names = sandbox.plain(&["sh", "-c", "find . -name '*.pyc'"]);
    assert_eq!(names.quiet().matches("opt-2.pyc").count(), 3);
    sandbox.devenv(&["cache", "clear"]).ok();
    let done = warm(&sandbox, &["--profile", "apart"]);
    assert_eq!(compiled(&done), (3, 0));
    assert_eq!(flags(&sandbox), "");
    let find = format!(
        "find {}/pycache -path '*src/app*' -name '*.pyc' | wc -l",
        sandbox.cache().display()
    );
    assert_eq!(sandbox.plain(&["sh", "-c", &find]).quiet(), "3");
}

#[test]
fn packages_are_compiled_where_that_is_asked() {
    let sandbox = project();
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    let lib = sandbox
        .plain(&["sh", "-c", "ls -d .venv/lib/python3*/site-packages"])
        .quiet()
        .to_owned();
    for name in ["one", "two"] {
        sandbox.write(&format!("project/{lib}/{name}.py"), OLD);
    }
    sandbox.write(&format!("project/{lib}/py2.py"), "print 'old'\n");
    assert!(warm(&sandbox, &["--profile", "prod"])["packages"].is_null());
    let done = warm(&sandbox, &["--profile", "prod", "--packages"]);
    let rejected = done["packages"]["uncompilable"].as_array().unwrap();
    assert!(
        rejected
            .iter()
            .any(|path| path.as_str().unwrap().ends_with("/py2.py")),
        "{rejected:?}"
    );
    assert!(
        sandbox
            .path(&format!("project/{lib}/__pycache__"))
            .read_dir()
            .unwrap()
            .count()
            == 2
    );
    let done = warm(&sandbox, &["--profile", "prod", "--packages"]);
    assert_eq!(done["packages"]["compiled"].as_u64(), Some(0));
}

#[test]
fn what_does_not_compile_is_named_and_stops_nothing() {
    let sandbox = project();
    sandbox.write("project/src/app/broken.py", "def f(:\n");
    let said = sandbox.devenv(&["cache", "warm"]);
    assert!(said.ok().is_empty());
    assert!(
        said.err
            .contains("compiled 3 modules, 0 up to date, 1 do not compile"),
        "{said:#?}"
    );
    assert!(
        said.err.contains("`src/app/broken.py` does not compile"),
        "{said:#?}"
    );
}

#[test]
fn what_cannot_be_written_or_is_tracked_is_said() {
    let sandbox = project();
    let said = sandbox.read_only("project/src", &["cache", "warm", "--profile", "prod"]);
    assert!(
        said.fails(1).contains("3 could not be written"),
        "{said:#?}"
    );
    let sandbox = project();
    warm(&sandbox, &["--mode", "unchecked"]);
    sandbox.plain(&["git", "init", "-q"]).quiet();
    sandbox
        .plain(&["sh", "-c", "git add -f src/app/__pycache__/a.*"])
        .quiet();
    let before = sandbox.census("project/src/app/__pycache__");
    for args in [&["warm", "--profile", "prod"][..], &["arm"]] {
        let said = sandbox.devenv(&[&["cache"], args].concat());
        assert!(
            said.fails(1).contains("git tracks `src/app/__pycache__/a."),
            "{args:?} {said:#?}"
        );
    }
    let after = sandbox.census("project/src/app/__pycache__");
    let kept = before
        .iter()
        .filter(|(path, state)| after.get(*path) == Some(state))
        .count();
    assert_eq!(kept, 2, "the file, and the directory itself");
}

#[test]
fn it_needs_a_project_consent_and_an_interpreter() {
    let sandbox = Sandbox::new();
    assert!(
        sandbox
            .devenv(&["cache", "warm"])
            .fails(2)
            .contains("no project here")
    );
    sandbox.write("project/devenv.toml", "");
    module(&sandbox, OLD, THEN, 0);
    assert!(
        sandbox
            .devenv(&["cache", "warm"])
            .fails(2)
            .contains("devenv allow")
    );
    sandbox.write("project/devenv.toml", "venv = 'env'\n");
    sandbox.allow();
    assert!(
        sandbox
            .devenv(&["cache", "warm"])
            .fails(2)
            .contains("no interpreter here")
    );
}

#[test]
fn arming_works_by_path_and_without_consent() {
    let sandbox = project();
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import sys; sys.path[:0] = ['src']; import app.a, app.b",
        ])
        .quiet();
    let dry = sandbox.devenv(&["cache", "arm", "--dry-run"]);
    assert!(
        dry.ok().is_empty() && dry.err.contains("would arm 3 files"),
        "{dry:#?}"
    );
    let one = sandbox.devenv(&["cache", "arm", "src/app/a.py", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(one.ok()).unwrap()["armed"], 1);
    assert_eq!(flags(&sandbox), "__init__ 0 False, a 3 True, b 0 False");
    sandbox.devenv(&["deny"]).ok();
    sandbox
        .devenv(&["cache", "arm"])
        .quiet_words("armed 2 files");
    fs::remove_file(sandbox.path("project/src/app/b.py")).unwrap();
    sandbox
        .devenv(&["cache", "arm"])
        .quiet_words("armed 0 files");
}

#[test]
fn work_that_takes_long_is_shown_to_a_terminal() {
    let sandbox = project();
    let heavy: String = (0..600)
        .map(|n| format!("def f{n}(a, b={n}):\n    return [x for x in (a, b) if x]\n"))
        .collect();
    (0..120).for_each(|n| drop(sandbox.write(&format!("project/src/app/m{n}.py"), &heavy)));
    let mut terminal = Terminal::start(&sandbox, &[DEVENV, "cache", "warm"]);
    terminal.expect("compiling");
    terminal.expect("/123");
    terminal.expect("compiled 123 modules");
    assert_eq!(terminal.ends(), 0);
}
