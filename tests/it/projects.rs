//! Where a project begins, what is found in it, and what follows outside of any.

use std::fs;
use std::os::unix::fs::symlink;

use crate::sandbox::{DEVENV, Said, Sandbox};

const SHOW: [&str; 4] = ["run", "--", "sh", "-c"];

impl Sandbox {
    /// Runs devenv in a directory of the sandbox.
    pub fn devenv_in(&self, directory: &str, args: &[&str]) -> Said {
        self.command(DEVENV).args(args).within(directory).run()
    }

    /// Returns a variable as a command sees it that is run in a directory.
    #[track_caller]
    fn variable(&self, directory: &str, name: &str) -> String {
        let script = format!("printf %s \"${{{name}-unset}}\"");
        self.devenv_in(directory, &[&SHOW[..], &[&script]].concat())
            .ok()
            .to_owned()
    }

    fn project_of(&self, directory: &str) -> String {
        let said = self.devenv_in(directory, &["status"]);
        said.out.lines().next().unwrap().to_owned()
    }
}

#[test]
fn outside_any_project_only_the_users_own_configuration_counts() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        "[env]\nMINE = 'yes'\n[profiles.dev]\nenv = { DEV = '1' }\n",
    );
    let said = sandbox.devenv(&[
        "run",
        "--",
        "sh",
        "-c",
        "echo $MINE $DEV ${PYTHONDONTWRITEBYTECODE-unset}",
    ]);
    assert_eq!(said.ok(), "yes 1 unset");
    assert_eq!(
        said.err,
        "devenv: warning: no project here\nhint: devenv init\n"
    );
    assert!(
        sandbox
            .devenv(&["run", "--clear", "--", "true"])
            .fails(2)
            .contains("hint: devenv init")
    );
    assert!(
        sandbox
            .devenv(&["allow"])
            .fails(2)
            .contains("no project here")
    );
    assert!(sandbox.devenv(&["status"]).quiet().contains("none here"));
}

#[test]
fn an_implicit_project_works_with_what_lies_inside_it() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'app'\n[tool.uv.sources]\nlib = { path = '../lib' }\n",
    );
    sandbox.write("project/src/app/__init__.py", "");
    sandbox.write("lib/pyproject.toml", "[project]\nname = 'lib'\n");
    sandbox.write("lib/src/lib/__init__.py", "");
    assert_eq!(
        sandbox.variable("project/src/app", "PYTHONPATH"),
        sandbox.path("project/src").display().to_string()
    );
    assert_eq!(sandbox.variable("project", "PYTHONDONTWRITEBYTECODE"), "1");
    assert!(
        sandbox
            .devenv(&["allow"])
            .fails(2)
            .contains("no configuration to trust")
    );
    sandbox.write("project/devenv.toml", "");
    sandbox.devenv(&["run", "--", "true"]).fails(2);
    sandbox.allow();
    let both = format!(
        "{}:{}",
        sandbox.path("project/src").display(),
        sandbox.path("lib/src").display()
    );
    assert_eq!(sandbox.variable("project", "PYTHONPATH"), both);
}

#[test]
fn a_configured_root_wins_over_a_nearer_implicit_one() {
    let sandbox = Sandbox::configured();
    for package in ["one", "two"] {
        sandbox.write(
            &format!("project/packages/{package}/pyproject.toml"),
            format!("[project]\nname = '{package}'\n"),
        );
        sandbox.write(
            &format!("project/packages/{package}/src/{package}/__init__.py"),
            "",
        );
    }
    assert_eq!(
        sandbox.project_of("project/packages/one/src"),
        format!("project    {} (devenv.toml)", sandbox.project().display())
    );
    sandbox.write(
        "project/packages/two/pyproject.toml",
        "[project]\nname = 'two'\n[tool.devenv]\n",
    );
    let two = sandbox.project_of("project/packages/two");
    assert_eq!(
        two,
        format!(
            "project    {} (pyproject.toml)",
            sandbox.path("project/packages/two").display()
        )
    );
}

/// A shell keeps the path by which it came, and above a link lies another place.
#[test]
fn a_project_is_found_from_a_link_into_the_midst_of_it() {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", "[env]\nA = 'found'\n");
    sandbox.write("project/src/deep/x.py", "");
    sandbox.allow();
    symlink("project/src/deep", sandbox.path("link")).unwrap();
    assert_eq!(sandbox.variable("link", "A"), "found");
    sandbox.write("devenv.toml", "");
    assert_eq!(
        sandbox.devenv_in("link", &["run", "--", "true"]).code,
        Some(2),
        "what is spelled comes first"
    );
}

#[test]
fn the_search_stops_at_git_and_at_home() {
    let sandbox = Sandbox::new();
    sandbox.write("devenv.toml", "");
    fs::create_dir_all(sandbox.path("project/sub")).unwrap();
    fs::create_dir_all(sandbox.path("home/sub")).unwrap();
    assert!(
        sandbox
            .project_of("project/sub")
            .contains(&sandbox.root.display().to_string())
    );
    assert!(sandbox.project_of("home/sub").contains("none here"));
    sandbox.write("project/.git", "gitdir: elsewhere\n");
    assert!(sandbox.project_of("project/sub").contains("none here"));
    sandbox.write("project/devenv.toml", "");
    assert!(
        sandbox
            .project_of("project/sub")
            .contains(&sandbox.project().display().to_string())
    );
    sandbox.write("home/pyproject.toml", "[project]\nname = 'stray'\n");
    assert!(
        sandbox.project_of("home/sub").contains("none here"),
        "a stray manifest at home is no project"
    );
    sandbox.write("home/devenv.toml", "");
    assert!(
        sandbox
            .project_of("home/sub")
            .contains(&sandbox.path("home").display().to_string())
    );
}

#[test]
fn a_member_of_a_uv_workspace_is_in_the_workspaces_project() {
    let sandbox = Sandbox::new();
    let root = "[project]\nname = 'root'\n[tool.uv.workspace]\nmembers = ['packages/*']\nexclude = ['packages/old']\n";
    sandbox.write("project/pyproject.toml", root);
    for member in ["one", "two", "old"] {
        sandbox.write(
            &format!("project/packages/{member}/pyproject.toml"),
            format!("[project]\nname = '{member}'\n"),
        );
        sandbox.write(
            &format!("project/packages/{member}/src/{member}/__init__.py"),
            "",
        );
    }
    let in_root = format!(
        "project    {} (pyproject.toml, nothing configured)",
        sandbox.project().display()
    );
    assert_eq!(sandbox.project_of("project/packages/one"), in_root);
    assert!(
        sandbox
            .project_of("project/packages/old")
            .contains("packages/old")
    );
    let path = |member: &str| {
        sandbox
            .path(&format!("project/packages/{member}/src"))
            .display()
            .to_string()
    };
    assert_eq!(
        sandbox.variable("project/packages/one", "PYTHONPATH"),
        format!("{}:{}", path("one"), path("two"))
    );
    let venv = sandbox.path("project/.venv").display().to_string();
    assert_eq!(
        sandbox.variable("project/packages/two", "VIRTUAL_ENV"),
        venv
    );
}

#[test]
fn a_git_worktree_is_trusted_with_its_checkout() {
    let sandbox = Sandbox::configured();
    let git = |args: &[&str]| {
        sandbox
            .plain(&[&["git", "-c", "user.name=x", "-c", "user.email=x@x"], args].concat())
            .ok();
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "x"]);
    git(&["worktree", "add", "-q", "../linked"]);
    sandbox.devenv_in("linked", &["run", "--", "true"]).quiet();
    sandbox.write("linked/devenv.toml", "[env]\nA = '1'\n");
    sandbox.devenv_in("linked", &["run", "--", "true"]).fails(2);
    // A directory that only claims to be a worktree is none.
    let claimed = sandbox.read("linked/.git");
    sandbox.write("fake/.git", claimed);
    sandbox.write("fake/devenv.toml", "");
    sandbox.devenv_in("fake", &["run", "--", "true"]).fails(2);
    fs::create_dir_all(sandbox.path("copy")).unwrap();
    fs::copy(
        sandbox.path("project/devenv.toml"),
        sandbox.path("copy/devenv.toml"),
    )
    .unwrap();
    assert!(
        sandbox
            .devenv_in("copy", &["run", "--", "true"])
            .fails(2)
            .contains("not trusted")
    );
}

/// Whoever writes a `.git` file can write all that it leads to, but not what lies in the repository
/// that it claims.
#[test]
fn a_worktree_that_the_repository_does_not_know_is_not_trusted() {
    let sandbox = Sandbox::configured();
    sandbox.plain(&["git", "init", "-q"]).quiet();
    let common = sandbox.path("project/.git").display().to_string();
    let back = sandbox.path("fake/.git").display().to_string();
    let own = |place: &str| {
        for (name, text) in [
            ("commondir", &common),
            ("gitdir", &back),
            ("HEAD", &"ref: refs/heads/x".to_owned()),
        ] {
            sandbox.write(&format!("{place}/{name}"), text);
        }
    };
    sandbox.write("fake/devenv.toml", "");
    for place in [
        "fake/own",
        "fake/worktrees/x",
        "fake/.git/worktrees/x",
        "project/.git/other/x",
    ] {
        let _ = fs::remove_dir_all(sandbox.path("fake/.git"));
        let _ = fs::remove_file(sandbox.path("fake/.git"));
        own(place);
        if !place.contains(".git/w") {
            sandbox.write(
                "fake/.git",
                format!("gitdir: {}\n", sandbox.path(place).display()),
            );
        }
        sandbox.devenv_in("fake", &["run", "--", "true"]).fails(2);
    }
    // A link to what another worktree has is not what the repository knows.
    let git = |args: &[&str]| {
        sandbox
            .plain(&[&["git", "-c", "user.name=x", "-c", "user.email=x@x"], args].concat())
            .ok()
            .to_owned()
    };
    git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    git(&["worktree", "add", "-q", "../linked"]);
    sandbox.write("linked/devenv.toml", "");
    sandbox.devenv_in("linked", &["run", "--", "true"]).quiet();
    fs::remove_file(sandbox.path("fake/.git")).unwrap();
    std::os::unix::fs::symlink("../linked/.git", sandbox.path("fake/.git")).unwrap();
    sandbox.devenv_in("fake", &["run", "--", "true"]).fails(2);
    fs::remove_file(sandbox.path("fake/.git")).unwrap();
    // A link in the way to what the repository knows is none of it either.
    sandbox.write("fake/.git", format!("gitdir: {common}/worktrees/x\n"));
    std::os::unix::fs::symlink(
        sandbox.path("fake/own"),
        sandbox.path("project/.git/worktrees/x"),
    )
    .unwrap();
    sandbox.devenv_in("fake", &["run", "--", "true"]).fails(2);
}

#[test]
fn files_merge_and_the_local_one_lies_on_top() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        "[env]\nA = 'user'\nB = 'user'\nC = 'user'\n",
    );
    sandbox.write(
        "project/devenv.toml",
        "[env]\nB = 'project'\nC = 'project'\n[profiles.dev]\nenv = { D = 'dev' }\n",
    );
    sandbox.write(
        "project/devenv.local.toml",
        "[env]\nC = 'local'\n[profiles.dev.env]\nE = 'local'\n",
    );
    sandbox.allow();
    let said = sandbox.devenv(&["run", "--", "sh", "-c", "echo $A $B $C $D $E"]);
    assert_eq!(said.quiet(), "user project local dev local");
    sandbox.write(
        "project/pyproject.toml",
        "[tool.devenv]\ndefault-profile = 'prod'\n",
    );
    let said = sandbox.devenv(&["run", "--", "true"]);
    assert!(
        said.ok().is_empty() && said.err.contains("`[tool.devenv]` in"),
        "{said:#?}"
    );
}

#[test]
fn the_profile_is_chosen_by_flag_variable_checkout_and_configuration() {
    let mut sandbox = Sandbox::new();
    let profiles: String = ["a", "b", "c", "d"]
        .map(|p| format!("[profiles.{p}]\nenv = {{ WHO = '{p}' }}\n"))
        .concat();
    sandbox.write(
        "project/devenv.toml",
        format!("default-profile = 'a'\n{profiles}"),
    );
    sandbox.allow();
    assert_eq!(sandbox.variable("project", "WHO"), "a");
    let before = sandbox.census("project");
    sandbox.devenv(&["profile", "use", "b"]).ok();
    assert_eq!(
        sandbox.census("project"),
        before,
        "the choice is kept outside the tree"
    );
    assert_eq!(sandbox.variable("project", "WHO"), "b");
    sandbox.set("PYDEVENV_PROFILE", "c");
    assert_eq!(sandbox.variable("project", "WHO"), "c");
    let said = sandbox.devenv(&["run", "--profile", "d", "--", "sh", "-c", "echo $WHO"]);
    assert_eq!(said.quiet(), "d");
    sandbox.set("PYDEVENV_PROFILE", "");
    sandbox.devenv(&["profile", "use", "--unset"]).ok();
    assert_eq!(sandbox.variable("project", "WHO"), "a");
    assert!(
        sandbox
            .devenv(&["profile", "use", "nosuch"])
            .fails(2)
            .contains("unknown profile `nosuch`")
    );
    assert!(sandbox.devenv(&["profile", "list"]).quiet().contains("* a"));
    assert!(
        sandbox
            .devenv(&["profile", "show", "d"])
            .quiet()
            .contains("WHO=d")
    );
}

#[test]
fn profiles_extend_each_other_and_lists_are_edited() {
    let sandbox = Sandbox::new();
    let text = "[env]\nP = 'all'\nLIST = { append = ['/all'] }\n\
                [profiles.dev]\nenv = { P = 'dev', LIST = { prepend = ['dev'] } }\n\
                [profiles.ci]\nextends = 'dev'\nbytecode = 'cached'\nenv = { LIST = { prepend = ['/ci'], remove = ['/gone'] } }\n";
    sandbox.write("project/devenv.toml", text);
    sandbox.allow();
    let script = "echo $P $LIST ${PYTHONDONTWRITEBYTECODE-unset}";
    let run = sandbox
        .command(DEVENV)
        .args(&["run", "-p", "ci", "--", "sh", "-c", script])
        .env("LIST", "/gone:/mine");
    assert_eq!(
        run.run().quiet(),
        format!(
            "dev /ci:{}/dev:/mine:/all unset",
            sandbox.project().display()
        )
    );
}

#[test]
fn the_virtual_environment_is_part_of_the_plan() {
    let mut sandbox = Sandbox::configured();
    sandbox
        .set("PYTHONHOME", "/wrong")
        .set("VIRTUAL_ENV", "/theirs");
    assert_eq!(sandbox.variable("project", "VIRTUAL_ENV"), "/theirs");
    sandbox.env.remove(std::ffi::OsStr::new("PYTHONHOME"));
    for name in ["venv", ".venv"] {
        sandbox
            .plain(&["python3", "-m", "venv", "--without-pip", name])
            .quiet();
        let venv = sandbox.path(&format!("project/{name}"));
        assert_eq!(
            sandbox.variable("project", "VIRTUAL_ENV"),
            venv.display().to_string()
        );
        let prefix = sandbox.through(&["python", "-c", "import sys; print(sys.prefix)"]);
        assert_eq!(prefix.quiet(), venv.display().to_string());
    }
    sandbox.set("PYTHONHOME", "/wrong");
    assert_eq!(sandbox.variable("project", "PYTHONHOME"), "unset");
    sandbox.write("project/devenv.toml", "venv = false\n");
    sandbox.allow();
    assert_eq!(sandbox.variable("project", "VIRTUAL_ENV"), "/theirs");
    sandbox.write("project/devenv.toml", "venv = 'other/env'\n");
    sandbox.allow();
    assert_eq!(
        sandbox.variable("project", "VIRTUAL_ENV"),
        sandbox.path("project/other/env").display().to_string()
    );
    assert_eq!(
        sandbox.variable("project", "UV_PROJECT_ENVIRONMENT"),
        "unset"
    );
    sandbox.write("project/uv.lock", "");
    let env = sandbox.path("project/other/env").display().to_string();
    assert_eq!(sandbox.variable("project", "UV_PROJECT_ENVIRONMENT"), env);
}

#[test]
fn a_root_that_would_hide_the_standard_library_stays_off_the_path() {
    let sandbox = Sandbox::new();
    sandbox.write("project/pyproject.toml", "[project]\nname = 'app'\n");
    sandbox.write("project/src/app.py", "");
    sandbox.write("project/src/types.py", "");
    assert_eq!(sandbox.variable("project", "PYTHONPATH"), "unset");
    assert!(
        sandbox
            .devenv(&["status"])
            .quiet()
            .contains("holds `types`, a name of the standard library")
    );
    sandbox.write("project/devenv.toml", "sources = ['src']\n");
    sandbox.allow();
    assert_eq!(
        sandbox.variable("project", "PYTHONPATH"),
        sandbox.path("project/src").display().to_string()
    );
}

#[test]
fn a_change_of_the_layout_is_noticed_although_roots_are_remembered() {
    let sandbox = Sandbox::new();
    sandbox.write("project/pyproject.toml", "[project]\nname = 'app'\n");
    sandbox.write("project/app/__init__.py", "");
    for _ in 0..2 {
        assert_eq!(
            sandbox.variable("project", "PYTHONPATH"),
            "unset",
            "a flat layout stays off the path"
        );
    }
    sandbox.write("project/src/app/__init__.py", "");
    assert_eq!(
        sandbox.variable("project", "PYTHONPATH"),
        sandbox.path("project/src").display().to_string()
    );
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'app'\n[tool.pdm.build]\npackage-dir = 'lib'\n",
    );
    sandbox.write("project/lib/app/__init__.py", "");
    assert_eq!(
        sandbox.variable("project", "PYTHONPATH"),
        sandbox.path("project/lib").display().to_string()
    );
    fs::remove_dir_all(sandbox.path("project/lib")).unwrap();
    assert_eq!(sandbox.variable("project", "PYTHONPATH"), "unset");
}

#[test]
fn a_directory_counts_as_a_source_root_where_modules_can_be_imported_from_it() {
    let sandbox = Sandbox::configured();
    let src = sandbox.path("project/src").display().to_string();
    for (file, expected) in [
        ("src/parser/grammar/tables.py", "unset"), // somebody's data, two directories down
        ("src/main.rs", "unset"),
        ("src/space/part/__init__.py", src.as_str()),
        ("src/space/module.py", src.as_str()),
        ("src/module.py", src.as_str()),
    ] {
        let _ = fs::remove_dir_all(&src);
        sandbox.write(&format!("project/{file}"), "");
        // A root that is new on `PYTHONPATH` is asked about.
        sandbox.allow();
        assert_eq!(
            sandbox.variable("project", "PYTHONPATH"),
            expected,
            "{file}"
        );
    }
}

#[test]
fn a_project_reached_through_a_link_is_the_same_project() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/src/app.py", "VALUE = 'one'\n");
    sandbox.allow();
    symlink("project", sandbox.path("link")).unwrap();
    assert_eq!(
        sandbox.variable("link", "PYTHONPATH"),
        sandbox.path("link/src").display().to_string()
    );
    let said = sandbox.devenv_in(
        "link",
        &["run", "--", "python3", "-c", "import app; print(app.VALUE)"],
    );
    assert_eq!(said.quiet(), "one");
}

#[test]
fn init_writes_what_it_finds() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'app'\n[tool.uv.sources]\nlib = { path = '../lib' }\n",
    );
    sandbox.write("project/src/app/__init__.py", "");
    sandbox.write("lib/pyproject.toml", "[project]\nname = 'lib'\n");
    sandbox.write("lib/src/lib/__init__.py", "");
    let said = sandbox.devenv_in("project/src", &["init", "--dry-run"]);
    assert!(
        said.ok().contains("# sources = [\"src\", \"../lib/src\"]"),
        "{said:#?}"
    );
    assert!(said.err.contains("uv source `lib`"), "{said:#?}");
    assert!(!sandbox.path("project/devenv.toml").exists());
    let written = said.out.clone();
    let said = sandbox.devenv_in("project/src", &["init"]);
    assert!(
        said.err.contains("not trusted yet: it also takes in"),
        "{said:#?}"
    );
    assert_eq!(sandbox.read("project/devenv.toml"), written);
    sandbox.through(&["true"]).fails(2);
    sandbox.allow();
    sandbox.through(&["true"]).quiet();
    assert!(
        sandbox
            .devenv(&["init"])
            .fails(2)
            .contains("is a project already")
    );
    assert_eq!(sandbox.read("project/devenv.toml"), written);
    fs::remove_file(sandbox.path("project/devenv.toml")).unwrap();
    sandbox.write("project/devenv.toml", "");
    sandbox.devenv(&["deny"]).ok();
    fs::remove_file(sandbox.path("project/devenv.toml")).unwrap();
    assert!(sandbox.devenv(&["init"]).err.contains("stays denied"));
    sandbox.through(&["true"]).fails(2);
}

#[test]
fn a_source_root_that_is_not_there_is_named_and_stops_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", "sources = ['src', 'nosuch']\n");
    sandbox.write("project/src/app.py", "VALUE = 'here'\n");
    sandbox.allow();
    let said = sandbox.through(&["python3", "-c", "import app; print(app.VALUE)"]);
    assert_eq!(said.ok(), "here");
    assert!(
        said.err.starts_with("devenv: warning: devenv.toml:1:19: "),
        "{said:#?}"
    );
    assert!(
        said.err.contains("nosuch` does not exist") && said.err.matches("warning").count() == 1,
        "{said:#?}"
    );
    sandbox.write("project/nosuch", "an archive, say");
    assert!(
        sandbox
            .through(&["true"])
            .err
            .contains("nosuch` is not a directory")
    );
}

#[test]
fn a_workspace_has_no_members_above_it() {
    let sandbox = Sandbox::new();
    let patterns = "['packages/*', '../lib', 'packages/../../lib', 'packages/one/../../../*']";
    sandbox.write(
        "project/pyproject.toml",
        format!("[tool.uv.workspace]\nmembers = {patterns}\n[tool.devenv]\n"),
    );
    for member in ["project/packages/one", "lib"] {
        sandbox.write(
            &format!("{member}/pyproject.toml"),
            "[project]\nname = 'member'\n",
        );
        sandbox.write(&format!("{member}/src/member/__init__.py"), "");
    }
    sandbox.allow();
    let one = sandbox
        .path("project/packages/one/src")
        .display()
        .to_string();
    assert_eq!(sandbox.variable("project", "PYTHONPATH"), one);
}
