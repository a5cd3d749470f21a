//! `devenv run --watch` without a terminal: what starts the command again, when, and what becomes
//! of the old one.

use std::fs::{self, File, FileTimes};
use std::time::{Duration, SystemTime};

use crate::sandbox::{DEVENV, Sandbox, wait_for};
use crate::watched::{APP, Watched, is_alive, project};

/// Writes a file as an editor does: beside, then in its place.
fn save(sandbox: &Sandbox, path: &str, text: &str) {
    let beside = sandbox.write(&format!("{path}.tmp"), text);
    fs::rename(beside, sandbox.path(path)).unwrap();
}

#[test]
fn every_edit_runs_be_it_of_the_same_time_and_size() {
    let sandbox = project();
    sandbox.write("project/devenv.toml", "profiles.dev.bytecode = 'checked'\n");
    sandbox.allow();
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let write = |value: usize| {
        let file = sandbox.write("project/next", format!("X = {value}\n"));
        File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_times(FileTimes::new().set_modified(time))
            .unwrap();
        fs::rename(file, sandbox.path("project/value.py")).unwrap();
    };
    write(1);
    let mut watched = Watched::app(&sandbox);
    watched.expect("value 1\n");
    let cached = || {
        fs::read_dir(sandbox.path("project/__pycache__"))
            .unwrap()
            .count()
    };
    for value in 2..7 {
        assert_eq!(cached(), 1, "Python wrote what it would believe");
        write(value);
        watched.expect("devenv: restarting: value.py changed\n");
        watched.expect(&format!("value {value}\n"));
    }
    let last = watched.said();
    watched.signal("INT");
    assert_eq!(watched.ends().0, Some(130), "{last}");
}

#[test]
fn edits_run_in_the_default_profile_beside_its_fill() {
    let mut sandbox = project();
    sandbox.set("PYDEVENV_FILL", "1");
    let mut watched = Watched::app(&sandbox);
    for value in 1..6 {
        watched.expect(&format!("value {value}\n"));
        save(
            &sandbox,
            "project/value.py",
            &format!("X = {}\n", value + 1),
        );
    }
    let process = watched.expect_process("value 6");
    sandbox.settle();
    assert_eq!(
        watched.restarts(),
        5,
        "what the fill writes starts nothing: {}",
        watched.said()
    );
    watched.end(process);
}

#[test]
fn a_burst_of_writes_is_one_start() {
    let sandbox = project();
    let mut watched = Watched::app(&sandbox);
    watched.expect("value 1\n");
    // However slow the machine is, devenv sees none of it before the end.
    watched.signal("STOP");
    (0..200)
        .for_each(|index| drop(sandbox.write(&format!("project/many/m{index:03}.py"), "x = 1\n")));
    watched.signal("CONT");
    watched.expect("devenv: restarting: many/m000.py is new and 199 others\n");
    watched.expect("value 1\n");
    sandbox.write("project/value.py", "X = 2\n");
    let process = watched.expect_process("value 2");
    assert_eq!(watched.restarts(), 2, "{}", watched.said());
    watched.end(process);
}

#[test]
fn a_checkout_of_many_files_is_one_start() {
    let sandbox = project();
    let git = |args: &[&str]| {
        let own = [
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@x",
            "-c",
            "init.defaultBranch=main",
        ];
        sandbox.plain(&[&["git"], &own[..], args].concat()).ok();
    };
    git(&["init", "-q"]);
    for (branch, value) in [("one", 1), ("two", 2)] {
        git(&["checkout", "-q", "-B", branch]);
        (0..200).for_each(|index| {
            drop(sandbox.write(
                &format!("project/many/m{index:03}.py"),
                format!("x = {value}\n"),
            ));
        });
        sandbox.write("project/value.py", format!("X = {value}\n"));
        git(&["add", "."]);
        git(&["commit", "-q", "-m", branch]);
    }
    let mut watched = Watched::app(&sandbox);
    watched.expect("value 2\n");
    git(&["checkout", "-q", "one"]);
    watched.expect("devenv: restarting: many/m000.py changed and 200 others\n");
    let process = watched.expect_process("value 1");
    assert_eq!(watched.restarts(), 1, "{}", watched.said());
    watched.end(process);
}

#[test]
fn what_is_new_gone_or_renamed_is_seen_wherever_it_is() {
    let sandbox = project();
    let mut watched = Watched::app(&sandbox);
    watched.expect("value 1\n");
    sandbox.write("project/a/b/c/new.py", "");
    watched.expect("devenv: restarting: a/b/c/new.py is new\n");
    watched.expect("value 1\n");
    sandbox.write("project/a/b/c/new.py", "x = 1\n");
    watched.expect("devenv: restarting: a/b/c/new.py changed\n");
    watched.expect("value 1\n");
    fs::rename(sandbox.path("project/a"), sandbox.path("project/z")).unwrap();
    watched.expect("devenv: restarting: a/b/c/new.py is gone and 1 other\n");
    watched.expect("value 1\n");
    fs::remove_file(sandbox.path("project/z/b/c/new.py")).unwrap();
    watched.expect("devenv: restarting: z/b/c/new.py is gone\n");
    let process = watched.expect_process("value 1");
    watched.end(process);
}

#[test]
fn what_is_not_the_projects_own_starts_nothing() {
    let sandbox = project();
    sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
    sandbox.write("project/other/devenv.toml", "");
    let mut watched = Watched::app(&sandbox);
    watched.expect("value 1\n");
    watched.signal("STOP");
    for path in [
        ".venv/lib/x.py",
        "node_modules/x.py",
        ".git/x.py",
        "other/x.py",
        "notes.txt",
        "__pycache__/x.py",
    ] {
        sandbox.write(&format!("project/{path}"), "x = 1\n");
    }
    std::os::unix::fs::symlink("me@host.1", sandbox.path("project/.#app.py")).unwrap();
    sandbox.write("project/value.py", "X = 2\n");
    watched.signal("CONT");
    watched.expect("devenv: restarting: value.py changed\n");
    let process = watched.expect_process("value 2");
    sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/local/bin\n");
    watched.expect("devenv: restarting: .venv/pyvenv.cfg changed\n");
    assert!(!is_alive(process));
    let process = watched.expect_process("value 2");
    watched.end(process);
}

#[test]
fn source_roots_outside_and_files_behind_links_are_watched() {
    let sandbox = project();
    fs::remove_file(sandbox.path("project/value.py")).unwrap();
    sandbox.write("lib/value.py", "X = 1\n");
    sandbox.write("far/real.py", "");
    sandbox.write("far/env", "A=1\n");
    for (from, to) in [("../far/real.py", "linked.py"), ("../far/env", ".env")] {
        std::os::unix::fs::symlink(from, sandbox.path("project").join(to)).unwrap();
    }
    sandbox.write(
        "project/devenv.toml",
        "sources = ['../lib']\nprofiles.dev.dotenv = '.env'\n",
    );
    sandbox.allow();
    let mut watched = Watched::app(&sandbox);
    watched.expect("value 1\n");
    sandbox.write("lib/value.py", "X = 2\n");
    watched.expect(&format!(
        "devenv: restarting: {} changed\n",
        sandbox.path("lib/value.py").display()
    ));
    watched.expect("value 2\n");
    sandbox.write("far/real.py", "x = 1\n");
    watched.expect("devenv: restarting: linked.py changed\n");
    watched.expect("value 2\n");
    sandbox.write("far/env", "A=2\n");
    watched.expect("devenv: project changed since you trusted it");
    sandbox.allow();
    watched.expect("devenv: restarting: your consent, or your choice of a profile, changed\n");
    let process = watched.expect_process("value 2");
    watched.end(process);
}

#[test]
fn a_script_without_a_suffix_is_watched_where_the_command_names_it() {
    let sandbox = project();
    sandbox.write("project/bin/tool", APP);
    let mut watched = Watched::start(
        &sandbox,
        &["--", "env", "PYTHONPATH=.", "python3", "bin/tool"],
    );
    watched.expect("value 1\n");
    sandbox.write("project/bin/tool", APP.replace("value {", "worth {"));
    watched.expect("devenv: restarting: bin/tool changed\n");
    let process = watched.expect_process("worth 1");
    watched.end(process);
}

#[test]
fn a_configuration_that_cannot_be_acted_on_changes_nothing_and_is_said_once() {
    let sandbox = project();
    sandbox.write(
        "project/app.py",
        APP.replace("value {value.X}", "{value.X}-{os.environ.get(\"LEVEL\")}"),
    );
    let mut watched = Watched::app(&sandbox);
    let first = watched.expect_process("1-None");
    sandbox.write("project/devenv.toml", "env.LEVEL = 'new'\n");
    watched.expect("devenv: project changed since you trusted it");
    assert!(
        is_alive(first) && watched.restarts() == 0,
        "{}",
        watched.said()
    );
    sandbox.write("project/value.py", "X = 2\n");
    watched.expect("2-None\n");
    sandbox.write("project/devenv.toml", "env.LEVEL =\n");
    watched.expect("devenv: devenv.toml:1:");
    sandbox.write("project/value.py", "X = 3\n");
    watched.expect("3-None\n");
    assert_eq!(watched.said().matches("since you trusted it").count(), 1);
    assert_eq!(watched.said().matches("devenv: devenv.toml:1:").count(), 1);
    sandbox.write("project/devenv.toml", "env.LEVEL = 'good'\n");
    watched.expect("devenv: project changed since you trusted it");
    sandbox.allow();
    let process = watched.expect_process("3-good");
    sandbox.write("project/devenv.toml", "");
    watched.expect("devenv: project changed since you trusted it");
    watched.end(process);
}

#[test]
fn a_command_that_ends_is_started_by_the_next_change() {
    let sandbox = project();
    sandbox.write("project/app.py", "raise SystemExit(3)\n");
    let mut watched = Watched::app(&sandbox);
    watched.expect("devenv: the command exited with 3; waiting for a change\n");
    sandbox.write("project/app.py", "import os\nos.kill(os.getpid(), 9)\n");
    watched.expect("devenv: restarting: app.py changed\n");
    watched.expect("devenv: the command was ended by SIGKILL; waiting for a change\n");
    sandbox.write("project/app.py", APP);
    let process = watched.expect_process("value 1");
    watched.end(process);
}

#[test]
fn what_waits_for_a_change_ends_too() {
    let sandbox = project();
    let mut watched = Watched::start(&sandbox, &["--", "true"]);
    watched.expect("devenv: the command exited with 0; waiting for a change\n");
    watched.signal("HUP");
    assert_eq!(watched.ends().0, Some(129));
}

#[test]
fn what_cannot_be_started_is_said_as_ever() {
    let sandbox = project();
    let run = |args: &[&str]| sandbox.devenv(&[&["run", "--watch"], args].concat());
    assert!(
        run(&["--", "nosuch"])
            .fails(127)
            .contains("cannot find `nosuch`")
    );
    run(&["--", "./app.py"]).fails(126);
    run(&["--dry-run", "--", "true"]).fails(2);
    run(&["--explain", "--", "true"]).fails(2);
    sandbox
        .devenv(&["run", "--grace", "1", "--", "true"])
        .fails(2);
    let outside = sandbox
        .command(DEVENV)
        .args(&["run", "--watch", "--", "true"])
        .within("home")
        .run();
    assert_eq!(
        outside.fails(2),
        "devenv: no project here to watch\nhint: devenv init"
    );
    sandbox.write("project/devenv.toml", "env.A = '1'\n");
    assert!(run(&["--", "true"]).fails(2).contains("devenv allow"));
}

#[test]
fn trust_and_clearing_are_for_the_first_start_alone() {
    let sandbox = project();
    let code = "import glob, os, time\nprint('cached', len(glob.glob('__pycache__/value*')), flush=True)\nimport value\n\
                print('LEVEL', os.environ['LEVEL'], flush=True)\ntime.sleep(1000)\n";
    sandbox.write("project/app.py", code);
    sandbox.write(
        "project/devenv.toml",
        "env.LEVEL = '1'\nprofiles.dev.bytecode = 'checked'\n",
    );
    sandbox.plain(&["python3", "-c", "import value"]).quiet();
    let mut watched = Watched::start(&sandbox, &["--allow", "--clear", "--", "python3", "app.py"]);
    watched.expect("cached 0\nLEVEL 1\n");
    sandbox.write("project/new.py", "");
    watched.expect("cached 1\nLEVEL 1\n");
    sandbox.write(
        "project/devenv.toml",
        "env.LEVEL = '2'\nprofiles.dev.bytecode = 'checked'\n",
    );
    watched.expect("devenv: project changed since you trusted it");
    sandbox.write("project/newer.py", "");
    watched.expect("cached 1\nLEVEL 1\n");
    watched.signal("TERM");
    assert_eq!(watched.ends().0, Some(143));
}

#[test]
fn where_nobody_tells_of_changes_they_are_looked_for() {
    let sandbox = project();
    // A limit of the kernel's own, for a user of its own.
    let script = "echo 0 >/proc/sys/user/max_inotify_watches && exec \"$@\"";
    let by = [
        "unshare",
        "--user",
        "--map-root-user",
        "sh",
        "-c",
        script,
        "sh",
        DEVENV,
    ];
    let mut watched = Watched::start_by(&sandbox, &by, &["--", "python3", "app.py"]);
    watched.expect("devenv: warning: cannot be told of changes");
    watched.expect("value 1\n");
    for value in 2..4 {
        save(&sandbox, "project/value.py", &format!("X = {value}\n"));
        watched.expect("devenv: restarting: value.py changed\n");
        watched.expect(&format!("value {value}\n"));
    }
    sandbox.write("project/sub/new.py", "");
    watched.expect("devenv: restarting: sub/new.py is new\n");
    let process = watched.expect_process("value 3");
    assert_eq!(watched.said().matches("cannot be told").count(), 1);
    sandbox
        .plain(&["kill", &watched.process().to_string()])
        .quiet();
    wait_for("the end", || !is_alive(process));
    assert_eq!(watched.ends().0, Some(143));
}
