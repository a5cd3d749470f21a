//! The hook before a commit, in real repositories, beside the tools that people leave them to: a
//! commit with bytecode is stopped, every other hook goes on running, and what was there comes
//! back.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::inject::clients;
use crate::sandbox::{Said, Sandbox, tool};

const HOOK: &str = "project/.git/hooks/pre-commit";

/// Makes a repository with one commit, and bytecode that is not in it.
pub fn repository() -> Sandbox {
    let mut sandbox = Sandbox::new();
    for (name, value) in [("NAME", "me"), ("EMAIL", "me@x")] {
        sandbox
            .set(&format!("GIT_AUTHOR_{name}"), value)
            .set(&format!("GIT_COMMITTER_{name}"), value);
    }
    sandbox.write("project/devenv.toml", "");
    sandbox.allow();
    sandbox.git(&["init", "-q", "-b", "main"]).ok();
    sandbox.devenv(&["inject", "gitignore"]).ok();
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-q", "-m", "first"]).ok();
    sandbox
}

impl Sandbox {
    pub fn git(&self, args: &[&str]) -> Said {
        self.plain(&[&["git"], args].concat())
    }

    fn hook(&self, args: &[&str]) -> Said {
        self.devenv(&[&["inject", "pre-commit"], args].concat())
    }

    fn script(&self, path: &str, text: &str, mode: u32) {
        let path = self.write(path, text);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Sees that a commit with bytecode is stopped, and one without is not.
    #[track_caller]
    pub fn guards(&self, directory: &str) {
        let git = |args: &[&str]| self.command("git").args(args).within(directory).run();
        self.write(&format!("{directory}/x.pyc"), "x");
        git(&["add", "-f", "x.pyc"]).ok();
        let said = git(&["commit", "-q", "-m", "bytecode"]);
        let words = format!("{}{}", said.out, said.err);
        assert!(
            said.code != Some(0) && words.contains("tracked-bytecode"),
            "{said:#?}"
        );
        git(&["rm", "-q", "-f", "--cached", "x.pyc"]).ok();
        fs::remove_file(self.path(&format!("{directory}/x.pyc"))).unwrap();
        git(&["commit", "-q", "--allow-empty", "-m", "none"]).ok();
    }
}

#[test]
fn a_hook_of_its_own_is_made_and_removed() {
    let sandbox = repository();
    let hooks = sandbox.census("project/.git/hooks");
    sandbox.hook(&[]).ok();
    sandbox.guards("project");
    assert!(sandbox.hook(&[]).ok().is_empty() && sandbox.hook(&["--check"]).code == Some(0));
    let without = sandbox
        .command("git")
        .args(&["commit", "--allow-empty", "-qm", "x"])
        .env("PATH", "/usr/bin:/bin")
        .run();
    without.ok();
    sandbox.hook(&["--remove"]).ok();
    assert_eq!(
        sandbox
            .census("project/.git/hooks")
            .keys()
            .collect::<Vec<_>>(),
        hooks.keys().collect::<Vec<_>>()
    );
}

#[test]
fn the_hook_of_a_shell_gets_our_line_and_goes_on() {
    let sandbox = repository();
    let own = "#!/usr/bin/env bash\nset -euo pipefail\necho ran >> ran\nexit ${OWN:-0}\n";
    sandbox.script(HOOK, own, 0o750);
    sandbox.hook(&[]).ok();
    sandbox.guards("project");
    assert_eq!(sandbox.read("project/ran"), "ran\n");
    let said = sandbox
        .command("git")
        .args(&["commit", "--allow-empty", "-qm", "x"])
        .env("OWN", "3")
        .run();
    assert_ne!(said.code, Some(0));
    sandbox.hook(&["--remove"]).ok();
    assert_eq!(sandbox.read(HOOK), own);
    assert_eq!(
        fs::metadata(sandbox.path(HOOK))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o750
    );
}

#[test]
fn the_hook_of_another_language_is_called_by_ours() {
    let mut sandbox = repository();
    let own = "#!/usr/bin/env python3\nimport os, sys\nopen('ran', 'a').write('ran ')\nsys.exit(int(os.environ.get('OWN', 0)))\n";
    sandbox.script(HOOK, own, 0o755);
    sandbox.hook(&[]).ok();
    assert!(sandbox.hook(&[]).ok().is_empty(), "twice is once");
    sandbox.hook(&["--check"]).ok();
    sandbox.guards("project");
    assert_eq!(sandbox.read("project/ran"), "ran ");
    let said = sandbox
        .command("git")
        .args(&["commit", "--allow-empty", "-qm", "x"])
        .env("OWN", "3")
        .run();
    assert_ne!(said.code, Some(0));
    // Where nobody remembers, the hook that ours calls says what was there.
    for state in ["home/.local/state", "elsewhere"] {
        sandbox.set("XDG_STATE_HOME", sandbox.path(state));
        sandbox.allow();
        sandbox.hook(&["--remove"]).ok();
        assert_eq!(sandbox.read(HOOK), own);
        assert!(!sandbox.path(&format!("{HOOK}.pydevenv-orig")).exists());
        assert_eq!(
            fs::metadata(sandbox.path(HOOK))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o755
        );
        sandbox.hook(&[]).ok();
    }
}

#[test]
fn a_hook_that_git_passes_over_is_not_ours_to_wake() {
    let sandbox = repository();
    sandbox.script(HOOK, "#!/bin/sh\nrm -rf build\n", 0o644);
    assert!(
        sandbox
            .hook(&[])
            .fails(2)
            .contains("can't be executed, so that git passes over it")
    );
    assert_eq!(sandbox.read(HOOK), "#!/bin/sh\nrm -rf build\n");
}

#[test]
fn a_worktree_and_a_path_of_the_repositorys_own_are_gits_to_name() {
    let sandbox = repository();
    sandbox.git(&["worktree", "add", "-q", "../tree"]).ok();
    sandbox
        .command(crate::sandbox::DEVENV)
        .args(&["inject", "pre-commit"])
        .within("tree")
        .run()
        .ok();
    assert!(
        sandbox.path(HOOK).exists(),
        "git keeps the hooks of all worktrees in one place"
    );
    sandbox.guards("tree");
    sandbox.hook(&["--remove"]).ok();
    assert!(!sandbox.path(HOOK).exists());
    sandbox.git(&["config", "core.hooksPath", ".githooks"]).ok();
    sandbox.hook(&[]).ok();
    assert!(sandbox.path("project/.githooks/pre-commit").exists() && !sandbox.path(HOOK).exists());
    sandbox.guards("project");
    sandbox.hook(&["--remove"]).ok();
    assert!(!sandbox.path("project/.githooks").exists());
    sandbox.git(&["config", "--unset", "core.hooksPath"]).ok();
    sandbox
        .git(&["config", "--global", "core.hooksPath", "/hooks"])
        .ok();
    assert!(
        sandbox
            .hook(&[])
            .fails(2)
            .contains("`core.hooksPath` is `/hooks` for all of your repositories")
    );
}

#[test]
fn the_framework_runs_what_it_was_told_to_add() {
    let sandbox = repository();
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let framework = tool("pre-commit");
    sandbox
        .command(&framework)
        .args(&["validate-manifest", manifest.to_str().unwrap()])
        .run()
        .ok();
    sandbox.write("project/.pre-commit-config.yaml", "repos:\n");
    let said = sandbox.hook(&[]);
    assert!(
        said.fails(1)
            .contains("`.pre-commit-config.yaml` decides what runs before a commit"),
        "{said:#?}"
    );
    assert!(!sandbox.path(HOOK).exists());
    sandbox.write(
        "project/.pre-commit-config.yaml",
        format!("repos:\n{}", said.out),
    );
    sandbox.command(&framework).args(&["install"]).run().ok();
    sandbox.git(&["add", "."]).ok();
    sandbox.guards("project");
    sandbox.hook(&[]).ok();
    sandbox.hook(&["--check"]).ok();
}

#[test]
fn lefthook_runs_what_it_was_told_to_add() {
    let mut sandbox = repository();
    let lefthook = clients().join(".bin");
    let path = sandbox
        .env
        .get(std::ffi::OsStr::new("PATH"))
        .unwrap()
        .to_string_lossy()
        .into_owned();
    sandbox.set("PATH", format!("{}:{path}", lefthook.display()));
    sandbox.write("project/lefthook.yml", "");
    let said = sandbox.hook(&[]);
    assert!(
        said.fails(1).contains("`lefthook.yml` decides"),
        "{said:#?}"
    );
    sandbox.write("project/lefthook.yml", &said.out);
    sandbox.plain(&["lefthook", "install"]).ok();
    sandbox.git(&["add", "."]).ok();
    sandbox.guards("project");
    sandbox.hook(&["--check"]).ok();
}

#[test]
fn huskys_own_script_is_edited_only_when_that_is_asked_for() {
    let sandbox = repository();
    sandbox.write("project/package.json", "{}\n");
    sandbox.command(clients().join(".bin/husky")).run().ok();
    let own = "echo ran >> ran\n";
    sandbox.write("project/.husky/pre-commit", own);
    let said = sandbox.hook(&[]);
    assert!(
        said.fails(1).contains("`.husky/pre-commit` decides")
            && said.out.contains("devenv check --staged"),
        "{said:#?}"
    );
    assert_eq!(sandbox.read("project/.husky/pre-commit"), own);
    sandbox.hook(&["--force"]).ok();
    sandbox.guards("project");
    assert_eq!(sandbox.read("project/ran"), "ran\n");
    sandbox.hook(&["--check"]).ok();
    sandbox.hook(&["--remove"]).ok();
    assert_eq!(sandbox.read("project/.husky/pre-commit"), own);
}
