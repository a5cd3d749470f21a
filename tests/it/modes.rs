//! Modes and owners of what is written in the place of another file: nothing that runs as somebody
//! else, nothing that others may write, and bytecode that nobody reads who may not read its source.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use crate::sandbox::{DEVENV, Sandbox, is_root};
use crate::stale::{OLD, PRINT, THEN, module};

const NOBODY: u32 = 65_534;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

/// Returns the only bytecode of the project.
fn kept(sandbox: &Sandbox) -> std::path::PathBuf {
    fs::read_dir(sandbox.path("project/__pycache__"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path()
}

#[test]
fn what_is_armed_may_be_used_by_nobody_who_may_not_read_its_source() {
    for pyc_mode in [
        0o4777, 0o2755, 0o1777, 0o666, 0o664, 0o640, 0o600, 0o444, 0o755,
    ] {
        for source_mode in [0o644, 0o666, 0o640, 0o600, 0o444] {
            let sandbox = Sandbox::configured();
            module(&sandbox, OLD, THEN, 0);
            sandbox.plain(&PRINT).quiet();
            let pyc = kept(&sandbox);
            set_mode(&pyc, pyc_mode);
            set_mode(&sandbox.path("project/app.py"), source_mode);
            let before = fs::read(&pyc).unwrap();
            sandbox.devenv(&["run", "--no-fill", "--", "true"]).ok();
            assert_ne!(fs::read(&pyc).unwrap(), before, "it is armed");
            assert_eq!(
                mode(&pyc),
                pyc_mode & (source_mode | 0o200) & 0o644,
                "{pyc_mode:o} {source_mode:o}"
            );
        }
    }
}

#[test]
fn what_is_made_has_the_mode_that_python_gives_it_and_others_never_write_it() {
    for (source_mode, expected) in [
        (0o644, 0o644),
        (0o666, 0o644),
        (0o600, 0o600),
        (0o440, 0o640),
        (0o755, 0o644),
    ] {
        for command in ["run -- true", "cache warm", "cache warm --mode timestamp"] {
            let sandbox = Sandbox::configured();
            module(&sandbox, OLD, THEN, 0);
            set_mode(&sandbox.path("project/app.py"), source_mode);
            sandbox
                .plain(&["sh", "-c", &format!("umask 0; {DEVENV} {command}")])
                .ok();
            sandbox.settle();
            assert_eq!(mode(&kept(&sandbox)), expected, "{source_mode:o} {command}");
        }
    }
}

/// Root arms a file of the user's, which stays theirs; a user arms a file of somebody else's, which
/// becomes their own.
#[test]
fn nothing_that_was_somebody_elses_runs_as_the_user() {
    if !is_root() {
        eprintln!("not run: only root can give files away");
        assert!(std::env::var_os("CI").is_none());
        return;
    }
    for as_nobody in [false, true] {
        let sandbox = Sandbox::configured();
        module(&sandbox, OLD, THEN, 0);
        sandbox.plain(&PRINT).quiet();
        let pyc = kept(&sandbox);
        if as_nobody {
            sandbox.plain(&["chown", "-R", "65534:65534", ".."]).quiet();
            set_mode(&sandbox.root, 0o755);
        }
        chown(&pyc, Some(1234), Some(1234)).unwrap();
        set_mode(&pyc, 0o6774);
        let run = ["run", "--no-fill", "--", "true"];
        if as_nobody {
            let head = ["--reuid=65534", "--regid=65534", "--clear-groups", DEVENV];
            sandbox.command("setpriv").args(&head).args(&run).run().ok();
        } else {
            sandbox.devenv(&run).ok();
        }
        let meta = fs::metadata(&pyc).unwrap();
        let owner = if as_nobody { NOBODY } else { 1234 };
        assert_eq!(
            (meta.uid(), meta.mode() & 0o7777),
            (owner, 0o644),
            "{as_nobody}"
        );
    }
}

/// A group that can't be given has no rights of its own.
#[test]
fn a_group_that_is_not_the_users_is_not_taken_for_theirs() {
    if !is_root() {
        eprintln!("not run: only root can give files away");
        assert!(std::env::var_os("CI").is_none());
        return;
    }
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    sandbox.plain(&PRINT).quiet();
    let pyc = kept(&sandbox);
    sandbox.plain(&["chown", "-R", "65534:65534", ".."]).quiet();
    set_mode(&sandbox.root, 0o755);
    chown(&pyc, Some(NOBODY), Some(1234)).unwrap();
    set_mode(&pyc, 0o640);
    let head = [
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        DEVENV,
        "run",
        "--no-fill",
        "--",
        "true",
    ];
    sandbox.command("setpriv").args(&head).run().ok();
    let meta = fs::metadata(&pyc).unwrap();
    assert_eq!((meta.gid(), meta.mode() & 0o7777), (NOBODY, 0o600));
}

#[test]
fn a_file_of_the_users_keeps_its_mode_but_for_what_runs_as_somebody_else() {
    let sandbox = Sandbox::configured();
    let file = sandbox.write("project/.gitignore", "x\n");
    set_mode(&file, 0o6664);
    sandbox.devenv(&["inject", "gitignore"]).ok();
    assert!(sandbox.read("project/.gitignore").len() > 2);
    assert_eq!(mode(&file), 0o664);
}
