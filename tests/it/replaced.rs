//! Another user of the machine who can't write a file of yours, but could put another thing in the
//! place of one: the directories above a project, links that lead to it, caches, the directories of
//! `PATH`, and places for temporary files.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};
use std::path::Path;

use crate::sandbox::{DEVENV, Sandbox, is_root};

const THEIRS: &str = "it belongs to user 1234";
const OPEN: &str = "everyone may write it";

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A trusted project two directories below the sandbox, or one without a configuration.
fn nested(is_configured: bool) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("up/mid/it/pyproject.toml", "[project]\nname = 'it'\n");
    if is_configured {
        sandbox.write("up/mid/it/devenv.toml", "");
        within(&sandbox, "up/mid/it", &["allow"]).ok();
    }
    within(&sandbox, "up/mid/it", &["run", "--", "true"]).ok();
    sandbox
}

fn within(sandbox: &Sandbox, place: &str, args: &[&str]) -> crate::sandbox::Said {
    sandbox.command(DEVENV).args(args).within(place).run()
}

#[test]
fn who_may_rename_a_directory_above_decides_what_the_project_is() {
    for is_configured in [true, false] {
        let sandbox = nested(is_configured);
        symlink(sandbox.path("up/mid"), sandbox.path("way")).unwrap();
        for above in ["up", "up/mid"] {
            for place in ["up/mid/it", "way/it"] {
                mode(&sandbox.path(above), 0o777);
                let said = within(&sandbox, place, &["run", "--", "true"]);
                let words = format!("{above}` can't be trusted: {OPEN}");
                assert!(
                    said.fails(2).contains(&words),
                    "{is_configured} {above} {place}: {said:#?}"
                );
                for kept in [0o1777, 0o755] {
                    mode(&sandbox.path(above), kept);
                    within(&sandbox, place, &["run", "--", "true"]).ok();
                }
            }
        }
        if is_root() {
            chown(sandbox.path("up"), Some(1234), None).unwrap();
            let said = within(&sandbox, "up/mid/it", &["run", "--", "true"]);
            assert!(said.fails(2).contains(THEIRS), "{said:#?}");
            if is_configured {
                within(&sandbox, "up/mid/it", &["allow", "--owner", "1234"]).ok();
                within(&sandbox, "up/mid/it", &["run", "--", "true"]).ok();
            }
        }
    }
}

/// Where the link may be turned, or means another directory in another process, the directory is
/// called by its own name.
#[test]
fn a_link_that_may_be_turned_spells_no_path() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
    fs::create_dir_all(sandbox.path("project/.venv/bin")).unwrap();
    sandbox.allow();
    fs::create_dir(sandbox.path("around")).unwrap();
    symlink(sandbox.project(), sandbox.path("around/link")).unwrap();
    let first = |spelled: &Path| {
        let run = sandbox
            .command(DEVENV)
            .args(&["run", "--", "sh", "-c", "echo \"${PATH%%:*}\""]);
        run.env("PWD", spelled).run().ok().trim_end().to_owned()
    };
    let (own, link) = (
        sandbox.project().join(".venv/bin"),
        sandbox.path("around/link"),
    );
    assert_eq!(
        first(&link),
        link.join(".venv/bin").to_str().unwrap(),
        "a link of the user's stays as it is spelled"
    );
    assert_eq!(first(Path::new("/proc/self/cwd")), own.to_str().unwrap());
    mode(&sandbox.path("around"), 0o777);
    assert_eq!(first(&link), own.to_str().unwrap());
    mode(&sandbox.path("around"), 0o1777);
    if is_root() {
        lchown(&link, Some(1234), None).unwrap();
        assert_eq!(first(&link), own.to_str().unwrap());
        let turn = ["__turn", "bash", "5.2", "1", "", link.to_str().unwrap()];
        let said = sandbox.devenv(&turn);
        assert!(
            said.ok().contains(own.to_str().unwrap()) && !said.out.contains("around/link/.venv"),
            "{said:#?}"
        );
    }
}

/// What lies there would run, or be believed.
#[test]
fn a_cache_or_a_state_that_others_can_change_is_none() {
    let text = "venv = false\n[profiles.dev]\nbytecode = 'isolated'\n";
    for (variable, what) in [("XDG_CACHE_HOME", "cache"), ("XDG_STATE_HOME", "state")] {
        let mut sandbox = Sandbox::new();
        sandbox.write("project/devenv.toml", text);
        sandbox.set(variable, sandbox.path("xdg/own"));
        sandbox.allow();
        let look = [
            "run",
            "--no-fill",
            "--",
            "python3",
            "-c",
            "import sys; print(sys.pycache_prefix)",
        ];
        assert!(!sandbox.devenv(&look).ok().is_empty());
        let first = if what == "cache" {
            "xdg/own/pydevenv/pycache"
        } else {
            "xdg/own/pydevenv/trust"
        };
        for place in ["xdg", "xdg/own", "xdg/own/pydevenv", first] {
            let is_none = |why: &str| {
                let said = sandbox.devenv(&look);
                let words = format!(
                    "there is no {what}: `{}` is not safe, {why}",
                    sandbox.path(place).display()
                );
                assert_eq!(said.err.matches(&words).count(), 1, "{place}: {said:#?}");
                assert!(!said.out.contains("xdg"), "no prefix lies there: {said:#?}");
                let turn = sandbox.devenv(&[
                    "__turn",
                    "bash",
                    "5.2",
                    "1",
                    "",
                    sandbox.project().to_str().unwrap(),
                ]);
                assert_eq!(turn.err.matches(&words).count(), 1, "{turn:#?}");
            };
            mode(&sandbox.path(place), 0o777);
            is_none(OPEN);
            mode(&sandbox.path(place), 0o700);
            if is_root() {
                chown(sandbox.path(place), Some(1234), None).unwrap();
                is_none(THEIRS);
                chown(sandbox.path(place), Some(0), None).unwrap();
            }
            assert!(!sandbox.devenv(&look).ok().is_empty(), "{place}");
        }
    }
}

/// In a container the home directory may belong to the user outside.
#[test]
fn the_owner_of_the_home_directory_is_believed() {
    let sandbox = Sandbox::configured();
    mode(&sandbox.path("home"), 0o777);
    if is_root() {
        for place in ["home", "home/.cache", "home/.local"] {
            let _ = chown(sandbox.path(place), Some(1234), None);
        }
    }
    sandbox.devenv(&["status"]).quiet();
}

#[test]
fn what_a_plan_takes_programs_and_modules_from_is_nobody_elses() {
    let listed = |path: &str| format!("[profiles.odd.env]\nPATH = {{ prepend = ['{path}'] }}\n");
    for (text, place) in [
        (String::new(), "project/.venv/bin"),
        (String::new(), "project/.venv"),
        (String::new(), "project/src"),
        (listed("../tools/bin"), "tools/bin"),
        (listed("../tools/bin"), "tools"),
        (
            "[profiles.odd]\npythonpath = ['../lib/it']\n".to_owned(),
            "lib/it",
        ),
    ] {
        for is_configured in [true, false] {
            if !is_configured && !text.is_empty() {
                continue;
            }
            let sandbox = Sandbox::new();
            for directory in ["project/.venv/bin", "project/src/it", "tools/bin", "lib/it"] {
                fs::create_dir_all(sandbox.path(directory)).unwrap();
            }
            sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
            sandbox.write("project/src/it/__init__.py", "");
            sandbox.write("project/pyproject.toml", "[project]\nname = 'it'\n");
            if is_configured {
                sandbox.write("project/devenv.toml", &text);
                sandbox.allow();
            }
            sandbox.through(&["true"]).ok();
            let refused = |why: &str| {
                let said = sandbox.through(&["true"]);
                let words = format!("{place}` can't be trusted: {why}");
                assert!(
                    said.fails(2).contains(&words),
                    "{place} {is_configured}: {said:#?}"
                );
                assert!(
                    !is_configured || sandbox.devenv(&["allow"]).fails(2).contains(&words),
                    "{place}"
                );
            };
            mode(&sandbox.path(place), 0o777);
            refused(OPEN);
            mode(&sandbox.path(place), 0o755);
            sandbox.through(&["true"]).ok();
            if is_root() {
                chown(sandbox.path(place), Some(1234), None).unwrap();
                refused(THEIRS);
            }
        }
    }
}

#[test]
fn a_source_root_that_is_linked_to_somebody_elses_is_refused() {
    if !is_root() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/devenv.toml",
        "[profiles.dev]\npythonpath = ['src']\n",
    );
    sandbox.write("theirs/mod.py", "");
    symlink(sandbox.path("theirs"), sandbox.path("project/src")).unwrap();
    sandbox.allow();
    chown(sandbox.path("theirs"), Some(1234), None).unwrap();
    assert!(sandbox.through(&["true"]).fails(2).contains(THEIRS));
}

#[test]
fn a_place_for_temporary_files_where_others_can_put_another_is_not_taken() {
    let mut sandbox = Sandbox::configured();
    for (name, place) in [("TMPDIR", "tmp"), ("XDG_RUNTIME_DIR", "runtime")] {
        fs::create_dir(sandbox.path(place)).unwrap();
        sandbox.set(name, sandbox.path(place));
    }
    let look = [
        "run",
        "--fresh",
        "--",
        "python3",
        "-c",
        "import sys; print(sys.pycache_prefix)",
    ];
    let taken = |place: &str| {
        sandbox
            .devenv(&look)
            .quiet()
            .starts_with(sandbox.path(place).to_str().unwrap())
    };
    assert!(taken("runtime"));
    mode(&sandbox.path("runtime"), 0o777);
    assert!(taken("tmp"));
    mode(&sandbox.path("tmp"), 0o777);
    assert!(!taken("tmp") && !taken("runtime"));
    let said = sandbox.devenv(&["demo"]);
    assert!(
        said.fails(2).contains(&format!("tmp` is not safe: {OPEN}")),
        "{said:#?}"
    );
    mode(&sandbox.path("tmp"), 0o1777);
    assert!(taken("tmp"));
}
