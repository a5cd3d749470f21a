//! Asking runs nothing of theirs: every command that needs no consent, in every way in which a repository, an archive or
//! another user can put a program where an interpreter is looked for.

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
enum Way {
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
    /// A script of the user's on `PATH` that starts what a file of the repository says: a version manager.
    Shim,
    /// A directory of `PATH` that is relative to where one stands.
    Relative,
}

const WAYS: [Way; 10] = [
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
];

/// What is planted leaves this file.
fn marker(sandbox: &Sandbox) -> PathBuf {
    sandbox.path("ran")
}

fn executable(sandbox: &Sandbox, path: &str, text: impl AsRef<[u8]>) {
    let path = sandbox.write(path, text);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn script(sandbox: &Sandbox) -> String {
    format!("#!/bin/sh\ntouch '{}'\n", marker(sandbox).display())
}

/// Puts an interpreter below a directory, whose standard library leaves the marker when it is imported from.
fn interpreter(sandbox: &Sandbox, directory: &str) -> PathBuf {
    let original = python();
    let name = original.file_name().unwrap();
    let library = original.parent().unwrap().with_file_name("lib");
    for entry in fs::read_dir(&library).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        sandbox.write(&format!("{directory}/lib/{}", entry.file_name().display()), fs::read(entry.path()).unwrap());
    }
    let own = format!("{directory}/lib/{}", name.display());
    fs::create_dir_all(sandbox.path(&own)).unwrap();
    for entry in fs::read_dir(library.join(name)).unwrap().flatten().filter(|entry| entry.file_name() != "encodings") {
        symlink(entry.path(), sandbox.path(&own).join(entry.file_name())).unwrap();
    }
    // What every interpreter imports first, and none holds in its binary. Nothing else can be imported there.
    let ran = marker(sandbox).display().to_string();
    let trap = format!("import posix\nposix.close(posix.open({ran:?}, posix.O_CREAT | posix.O_WRONLY))\n");
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
    sandbox.write("project/.venv/pyvenv.cfg", format!("home = {}\n", program.parent().unwrap().display()));
    link(sandbox, program);
}

fn plant(way: Way, sandbox: &mut Sandbox) {
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
            sandbox.write("project/.venv/pyvenv.cfg", format!("home = {home}\nversion = 3.11.0\n"));
            executable(sandbox, "project/.venv/bin/python", fs::read(python()).unwrap());
        }
        Way::Open => {
            let program = interpreter(sandbox, "open");
            fs::set_permissions(sandbox.path("open/bin"), fs::Permissions::from_mode(0o777)).unwrap();
            lead(sandbox, &program);
        }
        Way::Foreign => {
            let program = interpreter(sandbox, "foreign");
            sandbox.plain(&["chown", "65534", program.to_str().unwrap()]).ok();
            lead(sandbox, &program);
        }
        Way::Shim => {
            fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
            executable(sandbox, "project/evil", text);
            sandbox.write("project/.tool-versions", "./evil\n");
            executable(sandbox, "bin/python", "#!/bin/sh\n[ -e .tool-versions ] && exec $(cat .tool-versions)\n");
        }
        Way::Relative => {
            fs::remove_dir_all(sandbox.path("project/.venv")).unwrap();
            for name in ["python", "python3", "python3.11", "devenv", "git"] {
                executable(sandbox, &format!("project/here/{name}"), &text);
            }
            let path = format!("here:{}", sandbox.env[std::ffi::OsStr::new("PATH")].to_str().unwrap());
            sandbox.set("PATH", path);
        }
    }
}

/// A project that nobody consented to.
fn project(standing: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0");
    module(&sandbox, OLD, THEN, 0);
    sandbox.plain(&["python3", "-c", "import app"]).quiet();
    sandbox.write("project/sub/mod.py", OLD);
    match standing {
        "implicit" => drop(sandbox.write("project/pyproject.toml", "[project]\nname = 'app'\nversion = '1'\n")),
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
        assert!(!said.err.contains("panicked"), "{way:?} {question:?} {said:#?}");
        assert!(!marker(&sandbox).exists(), "{way:?}, {standing}: {question:?} started it");
    }
    sandbox.settle();
    assert!(!marker(&sandbox).exists(), "{way:?}, {standing}");
}

#[test]
fn asking_starts_nothing_that_was_brought() {
    std::thread::scope(|scope| {
        for way in WAYS.into_iter().filter(|&way| way != Way::Foreign || is_root()) {
            scope.spawn(move || ["unknown", "denied", "implicit"].map(|standing| ask_everything(way, standing)));
        }
    });
}

/// What is planted would do harm: otherwise the test above shows nothing.
#[test]
fn what_is_planted_runs_where_the_user_starts_it() {
    for way in [Way::Script, Way::Copy, Way::Elsewhere, Way::Open] {
        let mut sandbox = project("unknown");
        plant(way, &mut sandbox);
        sandbox.command(sandbox.path("project/.venv/bin/python")).args(&["-I", "-S", "-c", ""]).run();
        assert!(marker(&sandbox).exists(), "{way:?}");
    }
}

/// What is safe to start is started, also where nobody consented: by where it leads, with nothing of the caller's.
#[test]
fn an_interpreter_of_the_systems_still_answers() {
    for link_mode in ["--symlinks", "--copies"] {
        let sandbox = project("unknown");
        sandbox.plain(&["python3", "-m", "venv", "--without-pip", link_mode, ".venv"]).quiet();
        let said = sandbox.devenv(&["why", "app"]);
        assert!(said.ok().contains("Python 3."), "{link_mode}: {said:#?}");
    }
}

/// A trusted project's environment that the user's own tools make needs no consent; one that comes with a branch does.
#[test]
fn an_environment_that_comes_with_a_branch_waits_for_consent() {
    let own = |sandbox: &Sandbox, mode: &str| {
        sandbox.plain(&["python3", "-m", "venv", "--without-pip", mode, ".venv"]).quiet();
    };
    for mode in ["--symlinks", "--copies"] {
        let sandbox = Sandbox::configured();
        own(&sandbox, mode);
        sandbox.through(&["true"]).quiet();
    }
    for tracked in [".venv/bin/tool", ".venv/bin/python", ".venv/pyvenv.cfg"] {
        let sandbox = Sandbox::configured();
        sandbox.plain(&["git", "init", "-q"]).quiet();
        own(&sandbox, "--symlinks");
        executable(&sandbox, "project/.venv/bin/tool", "#!/bin/sh\n");
        sandbox.through(&["true"]).quiet();
        sandbox.plain(&["git", "add", "-f", tracked]).quiet();
        let said = sandbox.through(&["tool"]);
        assert!(said.fails(2).contains("project changed since you trusted it"), "{tracked}: {said:#?}");
        let meaning = sandbox.devenv(&["allow", "--dry-run"]);
        assert!(meaning.ok().contains("came with the checkout"), "{meaning:#?}");
        sandbox.allow();
        sandbox.through(&["tool"]).quiet();
        executable(&sandbox, "project/.venv/bin/tool", "#!/bin/sh\ntrue\n");
        sandbox.plain(&["git", "add", "-f", ".venv/bin/tool"]).quiet();
        sandbox.through(&["tool"]).fails(2);
    }
}

/// The same where git is asked of nothing: an archive that was unpacked over a trusted project.
#[test]
fn an_environment_that_leads_nowhere_safe_waits_for_consent() {
    for way in [Way::Prove, Way::Script, Way::Copy, Way::Home, Way::Open] {
        let mut sandbox = Sandbox::configured();
        sandbox.set("PYDEVENV_FILL", "0");
        plant(way, &mut sandbox);
        let said = sandbox.through(&["true"]);
        assert!(said.fails(2).contains("project changed since you trusted it"), "{way:?}: {said:#?}");
        assert!(!marker(&sandbox).exists(), "{way:?}");
        sandbox.allow();
        sandbox.through(&["true"]).ok();
        // By the bytes of where it leads.
        if way == Way::Script {
            executable(&sandbox, "project/.venv/bin/python", "#!/bin/sh\n");
            sandbox.through(&["true"]).fails(2);
        }
    }
}

/// Every format in which git keeps its index.
#[test]
fn what_git_tracks_is_found_in_every_form_of_its_index() {
    for (form, command) in [
        ("2", &["update-index", "--index-version", "2"][..]),
        ("3", &["add", "-N", "-f", "later.py"]),
        ("4", &["update-index", "--index-version", "4"]),
        ("split", &["update-index", "--split-index"]),
        ("sha256", &["status"]),
        ("worktree", &["worktree", "add", "-q", "../tree"]),
        ("large", &["add", "many"]),
    ] {
        let sandbox = Sandbox::new();
        let place = if form == "worktree" { "tree" } else { "project" };
        let git = |args: &[&str], place: &str| {
            let who = ["-c", "user.name=x", "-c", "user.email=x@y"];
            sandbox.command("git").args(&who).args(args).within(place).run().ok();
        };
        let devenv = |args: &[&str]| sandbox.command(DEVENV).args(args).within(place).env("PYDEVENV_FILL", "0").run();
        git(
            &["init", "-q", if form == "sha256" { "--object-format=sha256" } else { "--object-format=sha1" }],
            "project",
        );
        for name in [".vent/x", "z", "later.py", "devenv.toml"] {
            sandbox.write(&format!("project/{name}"), "");
        }
        (0..900).filter(|_| form == "large").for_each(|number| {
            sandbox.write(&format!("project/many/{number}"), "");
        });
        git(&["add", "-f", ".vent/x", "z", "devenv.toml"], "project");
        git(&["commit", "-qm", "x"], "project");
        git(command, "project");
        for name in ["pyvenv.cfg", "a"] {
            sandbox.write(&format!("{place}/.venv/{name}"), "home = /usr/bin\n");
        }
        devenv(&["allow"]).ok();
        // Also once it is remembered that there is nothing.
        for _ in 0..3 {
            devenv(&["run", "--", "true"]).quiet();
        }
        git(&["add", "-f", ".venv/a"], place);
        let said = devenv(&["run", "--", "true"]);
        assert!(said.fails(2).contains("changed since"), "{form}: {said:#?}");
    }
}
