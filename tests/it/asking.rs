//! Asking runs nothing of theirs: every command that needs no consent, in every way in which a
//! repository, an archive or another user can put a program where an interpreter is looked for.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::sandbox::{DEVENV, Sandbox, is_root, python};
use crate::stale::{OLD, THEN, module};

/// Commands that act on nothing that a project says, or that only show what they would do.
const QUESTIONS: [&[&str]; 22] = [
    &["why", "app"],
    &["why", "app.py", "--deep"],
    &["why", "--", "python", "-m", "app"],
    &["why", "--", ".venv/bin/python", "app.py"],
    &["why", "--", "uv", "run", "python", "-m", "app"],
    &["doctor"],
    &["doctor", "--fix"],
    &["cache", "verify"],
    &["cache", "verify", "--deep"],
    &["cache", "info"],
    &["cache", "arm"],
    &["cache", "arm", "-n"],
    &["cache", "warm"],
    &["cache", "clear", "-n"],
    &["cache", "clear", "--stale"],
    &["export", "bash"],
    &["run", "--dry-run", "--", "true"],
    &["run", "--explain", "--", "true"],
    &["status"],
    &["check"],
    &["allow", "--dry-run"],
    &["inject", "vscode", "--dry-run"],
];

/// How a program comes to lie where an interpreter is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A link to a program of the system that reads a file of the repository: Perl's `prove`.
    Prove,
    /// A script in the environment itself.
    Script,
    /// A link to a script elsewhere in the repository, of which the project is a sub-directory.
    Above,
    /// A real interpreter in the environment, with a standard library of its own.
    Copy,
    /// A real interpreter elsewhere in the repository.
    Elsewhere,
    /// A copy of the system's interpreter, whose `home` leads into the repository.
    Home,
    /// A real interpreter in a directory that everybody may write.
    Open,
    /// A real interpreter that belongs to another user.
    Foreign,
    /// A script of the user's on `PATH` that starts what a file of the repository says: a version
    /// manager.
    Shim,
    /// A directory of `PATH` that is relative to where one stands.
    Relative,
    /// A real interpreter beside the project, in an archive whose top nothing marks.
    Beside,
    /// The same through a link to the directory of programs.
    BesideBin,
}

const WAYS: [Way; 12] = [
    Way::Prove,
    Way::Script,
    Way::Above,
    Way::Copy,
    Way::Elsewhere,
    Way::Home,
    Way::Open,
    Way::Foreign,
    Way::Shim,
    Way::Relative,
    Way::Beside,
    Way::BesideBin,
];

/// What is planted leaves this file.
pub fn marker(sandbox: &Sandbox) -> PathBuf {
    sandbox.path("ran")
}

pub fn executable(sandbox: &Sandbox, path: &str, text: impl AsRef<[u8]>) {
    let path = sandbox.write(path, text);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

pub fn script(sandbox: &Sandbox) -> String {
    format!("#!/bin/sh\ntouch '{}'\n", marker(sandbox).display())
}

/// Puts an interpreter below a directory, whose standard library leaves the marker when it is
/// imported from.
fn interpreter(sandbox: &Sandbox, directory: &str) -> PathBuf {
    let original = python();
    let name = original.file_name().unwrap();
    let library = original.parent().unwrap().with_file_name("lib");
    for entry in fs::read_dir(&library)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_file())
    {
        sandbox.write(
            &format!("{directory}/lib/{}", entry.file_name().display()),
            fs::read(entry.path()).unwrap(),
        );
    }
    let own = format!("{directory}/lib/{}", name.display());
    fs::create_dir_all(sandbox.path(&own)).unwrap();
    for entry in fs::read_dir(library.join(name))
        .unwrap()
        .flatten()
        .filter(|entry| entry.file_name() != "encodings")
    {
        symlink(entry.path(), sandbox.path(&own).join(entry.file_name())).unwrap();
    }
    // What every interpreter imports first, and none holds in its binary. Nothing else can be
    // imported there.
    let ran = marker(sandbox).display().to_string();
    let trap =
        format!("import posix\nposix.close(posix.open({ran:?}, posix.O_CREAT | posix.O_WRONLY))\n");
    sandbox.write(&format!("{own}/encodings/__init__.py"), &trap);
    let program = format!("{directory}/bin/{}", name.display());
    executable(sandbox, &program, fs::read(&original).unwrap());
    sandbox.path(&program)
}

fn link(sandbox: &Sandbox, to: impl AsRef<Path>) {
    fs::create_dir_all(sandbox.path("project/.venv/bin")).unwrap();
    symlink(to, sandbox.path("project/.venv/bin/python")).unwrap();
}

/// Makes an environment of an interpreter.
fn lead(sandbox: &Sandbox, program: &Path) {
    sandbox.write(
        "project/.venv/pyvenv.cfg",
        format!("home = {}\n", program.parent().unwrap().display()),
    );
    link(sandbox, program);
}

pub fn plant(way: Way, sandbox: &mut Sandbox) {
    sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
    let text = script(sandbox);
    match way {
        Way::Prove => {
            executable(sandbox, "project/evil", text);
            sandbox.write("project/.proverc", "--exec ./evil\n");
            link(sandbox, "/usr/bin/prove");
        }
        Way::Script => executable(sandbox, "project/.venv/bin/python", text),
        Way::Above => {
            executable(sandbox, "tools/python3", text);
            sandbox.plain(&["git", "init", "-q", ".."]).quiet();
            link(sandbox, "../../../tools/python3");
        }
        Way::Shim => {
            fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
            executable(sandbox, "project/evil", text);
            sandbox.write("project/.tool-versions", "./evil\n");
            executable(
                sandbox,
                "bin/python",
                "#!/bin/sh\n[ -e .tool-versions ] && exec $(cat .tool-versions)\n",
            );
        }
        Way::Relative => {
            fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
            for name in ["python", "python3", "python3.11", "devenv", "git"] {
                executable(sandbox, &format!("project/here/{name}"), &text);
            }
            let path = format!(
                "here:{}",
                sandbox.env[std::ffi::OsStr::new("PATH")].to_str().unwrap()
            );
            sandbox.set("PATH", path);
        }
        _ => plant_interpreter(way, sandbox),
    }
}

/// Plants a real interpreter with a library that leaves the marker.
fn plant_interpreter(way: Way, sandbox: &Sandbox) {
    match way {
        Way::Copy => {
            let program = interpreter(sandbox, "project/.venv");
            lead(sandbox, &program);
        }
        Way::Elsewhere => {
            sandbox.plain(&["git", "init", "-q", ".."]).quiet();
            let program = interpreter(sandbox, "tools");
            lead(sandbox, &program);
        }
        Way::Home => {
            let program = interpreter(sandbox, "project/tools");
            let home = program.parent().unwrap().display().to_string();
            sandbox.write(
                "project/.venv/pyvenv.cfg",
                format!("home = {home}\nversion = 3.11.0\n"),
            );
            executable(
                sandbox,
                "project/.venv/bin/python",
                fs::read(python()).unwrap(),
            );
        }
        Way::Open => {
            let program = interpreter(sandbox, "open");
            fs::set_permissions(sandbox.path("open/bin"), fs::Permissions::from_mode(0o777))
                .unwrap();
            lead(sandbox, &program);
        }
        Way::Foreign => {
            let program = interpreter(sandbox, "foreign");
            sandbox
                .plain(&["chown", "65534", program.to_str().unwrap()])
                .ok();
            lead(sandbox, &program);
        }
        Way::Beside => {
            let program = interpreter(sandbox, "beside");
            lead(sandbox, &program);
            fs::remove_file(sandbox.path("project/.venv/bin/python")).unwrap();
            link(
                sandbox,
                Path::new("../../../beside/bin").join(program.file_name().unwrap()),
            );
        }
        Way::BesideBin => {
            let program = interpreter(sandbox, "beside");
            symlink(
                program.file_name().unwrap(),
                program.with_file_name("python"),
            )
            .unwrap();
            symlink("../../beside/bin", sandbox.path("project/.venv/bin")).unwrap();
        }
        _ => unreachable!("{way:?} is no interpreter"),
    }
}

/// A project that nobody consented to.
pub fn project(standing: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0");
    module(&sandbox, OLD, THEN, 0);
    sandbox.plain(&["python3", "-c", "import app"]).quiet();
    sandbox.write("project/sub/mod.py", OLD);
    match standing {
        "implicit" => drop(sandbox.write(
            "project/pyproject.toml",
            "[project]\nname = 'app'\nversion = '1'\n",
        )),
        _ => drop(sandbox.write("project/devenv.toml", "sources = ['.']\n")),
    }
    if standing == "denied" {
        sandbox.devenv(&["deny"]).ok();
    }
    sandbox
}

fn ask_everything(way: Way, standing: &str) {
    let mut sandbox = project(standing);
    plant(way, &mut sandbox);
    for question in QUESTIONS {
        let said = sandbox.devenv(question);
        assert!(
            !said.err.contains("panicked"),
            "{way:?} {question:?} {said:#?}"
        );
        assert!(
            !marker(&sandbox).exists(),
            "{way:?}, {standing}: {question:?} started it"
        );
    }
    sandbox.settle();
    assert!(!marker(&sandbox).exists(), "{way:?}, {standing}");
}

#[test]
fn asking_starts_nothing_that_was_brought() {
    std::thread::scope(|scope| {
        for way in WAYS
            .into_iter()
            .filter(|&way| way != Way::Foreign || is_root())
        {
            scope.spawn(move || {
                ["unknown", "denied", "implicit"].map(|standing| ask_everything(way, standing))
            });
        }
    });
}

/// What is planted would do harm: otherwise the test above shows nothing.
#[test]
fn what_is_planted_runs_where_the_user_starts_it() {
    for way in [Way::Script, Way::Copy, Way::Elsewhere, Way::Open] {
        let mut sandbox = project("unknown");
        plant(way, &mut sandbox);
        sandbox
            .command(sandbox.path("project/.venv/bin/python"))
            .args(&["-I", "-S", "-c", ""])
            .run();
        assert!(marker(&sandbox).exists(), "{way:?}");
    }
}

/// What is safe to start is started, also where nobody consented: by where it leads, with nothing
/// of the caller's.
#[test]
fn an_interpreter_of_the_systems_still_answers() {
    for link_mode in ["--symlinks", "--copies"] {
        let sandbox = project("unknown");
        sandbox
            .plain(&["python3", "-m", "venv", "--without-pip", link_mode, ".venv"])
            .quiet();
        let said = sandbox.devenv(&["why", "app"]);
        assert!(said.ok().contains("Python 3."), "{link_mode}: {said:#?}");
    }
}

/// A question that names a program by its path is asked from anywhere.
#[test]
fn a_line_that_names_what_a_repository_brought_starts_nothing() {
    let mut sandbox = project("unknown");
    plant(Way::Elsewhere, &mut sandbox);
    let own = sandbox
        .path("project/.venv/bin/python")
        .display()
        .to_string();
    let tool = sandbox.path("project/.venv/bin/tool").display().to_string();
    executable(
        &sandbox,
        "project/.venv/bin/tool",
        format!("#!{own}\nimport app\n"),
    );
    let program = fs::canonicalize(&own).unwrap().display().to_string();
    for line in [
        &[own.as_str(), "x.py"][..],
        &[&tool],
        &[&program, "-m", "app"],
        &["env", "A=1", &tool],
    ] {
        let said = sandbox
            .command(DEVENV)
            .args(&["why", "--"])
            .args(line)
            .within("home")
            .run();
        assert!(
            said.err.contains("is not started") && !marker(&sandbox).exists(),
            "{line:?}: {said:#?}"
        );
    }
}
