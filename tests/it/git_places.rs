//! Whose repository it is, and where what git says leads: another user's is not asked, a checkout
//! that leads elsewhere is not written, and nothing is written through a link.

use std::fs;
use std::os::unix::fs::symlink;

use crate::sandbox::{DEVENV, Run, Said, Sandbox, is_root};

/// Makes a sandbox with a repository that tracks bytecode, in which nothing is ignored.
fn repository() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0");
    for (name, value) in [("NAME", "me"), ("EMAIL", "me@x")] {
        sandbox
            .set(&format!("GIT_AUTHOR_{name}"), value)
            .set(&format!("GIT_COMMITTER_{name}"), value);
    }
    sandbox.write("project/devenv.toml", "");
    sandbox.write("project/app.py", "X = 1\n");
    sandbox
        .plain(&["python3", "-m", "compileall", "-q", "."])
        .quiet();
    sandbox.shell("git init -q -b main . && git add -fA && git commit -qm x");
    sandbox.allow();
    sandbox
}

impl Sandbox {
    #[track_caller]
    fn shell(&self, script: &str) -> String {
        self.plain(&["/bin/sh", "-ec", script]).ok().to_owned()
    }

    fn tracked(&self) -> String {
        self.shell("git ls-files '*.pyc'")
    }

    fn hook_in(&self, directory: &str) -> Said {
        self.command(DEVENV)
            .args(&["inject", "pre-commit"])
            .within(directory)
            .run()
    }

    fn fixed_in(&self, directory: &str) -> Said {
        self.command(DEVENV)
            .args(&["check", "--fix"])
            .within(directory)
            .run()
    }
}

/// A repository of user 1234 around a project of the user's own.
fn foreign(sandbox: &Sandbox, user: &str) {
    let mark = sandbox.path("ran").display().to_string();
    sandbox.write("trap", format!("#!/bin/sh\n: > {mark}\n"));
    sandbox.shell(
        "chmod +x ../trap
        git config core.fsmonitor $PWD/../trap
        git config core.hooksPath $PWD/../hooks
        mkdir ../hooks
        ln -s $PWD/../trap ../hooks/post-index-change
        mkdir mine
        mv devenv.toml app.py __pycache__ mine
        git add -A
        git commit -qm y
        rm -f ../ran",
    );
    sandbox.shell(&format!(
        "chown -R {user} .. && chown -R 1234 .git && chmod -R go+rX .."
    ));
}

#[test]
fn the_repository_of_another_user_is_not_asked_and_counts_as_tracked() {
    if !is_root() {
        return;
    }
    for user in ["0", "65534"] {
        let sandbox = repository();
        foreign(&sandbox, user);
        let run = |args: &[&str], env: &[(&str, &str)]| {
            let head = [
                &format!("--reuid={user}"),
                &format!("--regid={user}"),
                "--clear-groups",
                DEVENV,
            ];
            let command = sandbox
                .command("setpriv")
                .args(&head)
                .args(args)
                .within("project/mine");
            env.iter()
                .fold(command, |command: Run<'_>, (name, value)| {
                    command.env(name, value)
                })
                .run()
        };
        run(&["allow"], &[]).ok();
        let before = sandbox.census("project/mine");
        let said = run(&["run", "--", "true"], &[]);
        assert!(
            said.ok().is_empty() && said.err.contains("git tracks"),
            "{said:#?}"
        );
        run(&["run", "--clear", "--", "true"], &[]).ok();
        run(&["cache", "clear", "--yes"], &[]).ok();
        run(&["cache", "clear", "--erase", "**/*.py", "--yes"], &[]).ok();
        run(&["doctor"], &[]);
        assert_eq!(before, sandbox.census("project/mine"), "{user}");
        let index = sandbox.census("project/.git");
        for args in [&["check"][..], &["check", "--staged"]] {
            assert!(
                run(args, &[])
                    .err
                    .contains("belongs to user 1234: git is not asked"),
                "{args:?}"
            );
        }
        run(&["check", "--fix"], &[]);
        assert!(
            run(&["inject", "pre-commit"], &[])
                .fails(2)
                .contains("belongs to user 1234")
        );
        assert_eq!(index, sandbox.census("project/.git"), "{user}");
        // Who became root is asked for, as git does it; and what the user told git is safe.
        let known = |env: &[(&str, &str)]| run(&["check"], env).out.contains("tracked-bytecode");
        assert_eq!(known(&[("SUDO_UID", "1234")]), user == "0");
        sandbox.shell("git config --global safe.directory $PWD && chmod -R go+rX ../home");
        assert!(known(&[]), "{user}");
        assert!(!sandbox.path("ran").exists(), "{user}");
    }
}

#[test]
fn where_the_checkout_is_no_configuration_says() {
    let sandbox = repository();
    sandbox.write("victim/.gitignore", "mine\n");
    sandbox.write("victim/app.pyc", "x");
    for configuration in ["devenv.toml", "none"] {
        sandbox.shell("git config core.worktree ../../victim; rm -f .gitignore");
        sandbox.shell("GIT_WORK_TREE=. git add -f __pycache__");
        let _ = fs::rename(
            sandbox.path("project/devenv.toml"),
            sandbox.path("project").join(configuration),
        );
        let before = sandbox.census("victim");
        let said = sandbox.devenv(&["check"]);
        assert!(
            said.code == Some(1) && said.out.contains("__pycache__/app."),
            "{said:#?}"
        );
        sandbox.devenv(&["check", "--fix"]).ok();
        sandbox.devenv(&["inject", "gitignore"]);
        sandbox.devenv(&["doctor", "--fix"]);
        assert_eq!(before, sandbox.census("victim"));
    }
    sandbox.shell("git config --unset core.worktree");
    assert_eq!(sandbox.tracked(), "");
    assert!(sandbox.read("project/.gitignore").contains("__pycache__/"));
}

#[test]
fn nothing_is_written_through_a_linked_gitignore() {
    let sandbox = repository();
    sandbox.write("victim", "mine\n");
    sandbox.write("project/own", "mine\n");
    for target in ["../victim", "own", "../made"] {
        let _ = fs::remove_file(sandbox.path("project/.gitignore"));
        symlink(target, sandbox.path("project/.gitignore")).unwrap();
        let said = sandbox.devenv(&["inject", "gitignore"]);
        assert!(
            said.fails(2)
                .contains(".gitignore` is a link, which git does not follow"),
            "{said:#?}"
        );
        let said = sandbox.devenv(&["check", "--fix"]);
        assert!(said.fails(1).contains("is a link"), "{said:#?}");
        sandbox.devenv(&["doctor", "--fix"]);
        assert_eq!(
            sandbox.read("victim") + &sandbox.read("project/own"),
            "mine\nmine\n",
            "{target}"
        );
        assert!(!sandbox.path("made").exists());
    }
    assert_eq!(sandbox.tracked(), "", "what else was to be cured is");
}

#[test]
fn a_checkout_that_leads_to_what_does_not_lead_back_is_not_written() {
    let sandbox = repository();
    let claims: [&dyn Fn(); 3] = [
        &|| drop(sandbox.write("fake/.git", "gitdir: ../project/.git\n")),
        &|| symlink("../project/.git", sandbox.path("fake/.git")).unwrap(),
        &|| {
            sandbox.shell("git init -q ../fake && cp .git/index ../fake/.git/index");
            drop(sandbox.write(
                "fake/.git/commondir",
                sandbox.path("project/.git").to_str().unwrap(),
            ));
        },
    ];
    for (number, claim) in claims.iter().enumerate() {
        let _ = fs::remove_dir_all(sandbox.path("fake"));
        sandbox.write("fake/devenv.toml", "");
        sandbox
            .command(DEVENV)
            .args(&["allow"])
            .within("fake")
            .run()
            .ok();
        claim();
        let before = sandbox.census("project/.git");
        let said = sandbox.hook_in("fake");
        assert!(
            said.fails(2).contains("which does not lead back"),
            "{number}: {said:#?}"
        );
        let said = sandbox.fixed_in("fake");
        assert!(
            said.fails(1).contains("which does not lead back"),
            "{number}: {said:#?}"
        );
        assert_eq!(before, sandbox.census("project/.git"), "{number}");
    }
}

#[test]
fn submodules_worktrees_and_what_is_kept_apart_are_written() {
    let sandbox = repository();
    sandbox.shell(
        "git worktree add -q ../tree
        git -c protocol.file.allow=always submodule --quiet add $PWD/../tree sub
        git init -q --separate-git-dir=$PWD/../apart ../kept
        cp -a app.py __pycache__ devenv.toml ../kept
        cd ../kept
        git add -f .",
    );
    let listed = |directory: &str| {
        sandbox
            .command("git")
            .args(&["ls-files", "*.pyc"])
            .within(directory)
            .run()
            .ok()
            .to_owned()
    };
    assert!(
        sandbox
            .fixed_in("kept")
            .fails(1)
            .contains("names its checkout: `core.worktree`")
    );
    sandbox
        .command("sh")
        .args(&["-c", "git config core.worktree \"$PWD\""])
        .within("kept")
        .run()
        .ok();
    for (directory, hooks) in [
        ("tree", "project/.git"),
        ("project/sub", "project/.git/modules/sub"),
        ("kept", "apart"),
    ] {
        sandbox
            .command(DEVENV)
            .args(&["allow"])
            .within(directory)
            .run()
            .ok();
        assert_ne!(listed(directory), "", "{directory}");
        let said = sandbox.fixed_in(directory);
        assert!(
            said.ok().is_empty() && said.err.contains("took 1 file out of the index"),
            "{directory}: {said:#?}"
        );
        assert_eq!(listed(directory), "", "{directory}");
        sandbox.hook_in(directory).ok();
        assert!(
            sandbox.path(&format!("{hooks}/hooks/pre-commit")).exists(),
            "{directory}"
        );
    }
    assert_ne!(sandbox.tracked(), "", "that of the checkout is another");
}

#[test]
fn every_form_of_an_index_is_read_and_written() {
    for form in [
        "git update-index --index-version 4",
        "git update-index --split-index; : > more; git add more",
        "git sparse-checkout set --cone --sparse-index near __pycache__ 2>/dev/null",
        "rm -rf .git; git init -q --object-format=sha256 .; git add -fA; git commit -qm x",
        "git config extensions.worktreeConfig true; git config --worktree core.bare false",
        "git config index.skipHash true; git update-index --force-write-index",
    ] {
        let sandbox = repository();
        sandbox.shell("mkdir -p near far; : > near/a.txt; : > far/b.txt; git add -f near far; git commit -qm more");
        sandbox.shell(form);
        let before = sandbox.shell("git ls-files");
        assert!(before.contains(".pyc"), "{form}");
        let said = sandbox.devenv(&["run", "--", "true"]);
        assert!(
            said.ok().is_empty() && said.err.contains("git tracks"),
            "{form}: {said:#?}"
        );
        let said = sandbox.devenv(&["check", "--fix"]);
        assert!(
            said.ok().is_empty() && said.err.contains("took 1 file out of the index"),
            "{form}: {said:#?}"
        );
        let rest: Vec<&str> = before
            .lines()
            .filter(|line| !line.ends_with(".pyc"))
            .collect();
        assert_eq!(
            sandbox
                .shell("git fsck 2>&1 >/dev/null | grep -v notice || :; git ls-files")
                .lines()
                .collect::<Vec<_>>(),
            rest,
            "{form}"
        );
    }
}

#[test]
fn an_index_that_is_a_link_is_not_written() {
    let sandbox = repository();
    sandbox.shell("mv .git/index ../index; ln -s ../../index .git/index");
    let before = fs::read(sandbox.path("index")).unwrap();
    assert!(
        sandbox
            .fixed_in("project")
            .fails(1)
            .contains("is no regular file")
    );
    assert_eq!(before, fs::read(sandbox.path("index")).unwrap());
}

#[test]
fn a_hook_is_written_through_no_link_and_nowhere_else() {
    let sandbox = repository();
    sandbox.write("victim/pre-commit", "#!/bin/sh\n");
    sandbox.write("project/scripts/pre-commit", "#!/bin/sh\n");
    sandbox.shell("chmod +x ../victim/pre-commit scripts/pre-commit; cp -a .git ../spare");
    let (out, link) = (
        "leads out of",
        "is a link, and nothing is written through one",
    );
    for (form, words) in [
        ("rm -r .git/hooks; ln -s ../../victim .git/hooks", out),
        ("rm -r .git/hooks; ln -s ../scripts .git/hooks", link),
        (
            "ln -s ../../../victim/pre-commit .git/hooks/pre-commit",
            out,
        ),
        ("ln -s ../../scripts/pre-commit .git/hooks/pre-commit", link),
        ("git config core.hooksPath ../victim", out),
        ("git config core.hooksPath $PWD/../victim", out),
        ("ln -s ../victim out; git config core.hooksPath out", out),
        ("ln -s scripts in; git config core.hooksPath in", link),
        (
            "printf '[core]\\nhooksPath = ../victim\\n' > more; git config include.path ../more",
            out,
        ),
    ] {
        sandbox.shell(form);
        let before = [sandbox.census("victim"), sandbox.census("project/scripts")];
        for args in [
            &["inject", "pre-commit"][..],
            &["inject", "pre-commit", "--force"],
        ] {
            let said = sandbox.devenv(args);
            assert!(said.fails(2).contains(words), "{form}: {said:#?}");
        }
        assert_eq!(
            before,
            [sandbox.census("victim"), sandbox.census("project/scripts")],
            "{form}"
        );
        sandbox.shell("rm -rf .git in out; cp -a ../spare .git");
    }
    // The same directory by its own name.
    sandbox.shell("git config core.hooksPath scripts");
    sandbox.hook_in("project").ok();
    assert!(
        sandbox
            .read("project/scripts/pre-commit")
            .contains("devenv check --staged")
    );
}

/// At rest nothing of the index is asked: it is looked at first.
#[test]
fn git_is_not_started_where_the_index_names_no_bytecode() {
    let sandbox = repository();
    sandbox.shell("git rm -qrf --cached __pycache__; command -v git > ../real");
    let real = sandbox.read("real").trim().to_owned();
    let counter = sandbox.write(
        "bin/git",
        format!(
            "#!/bin/sh\necho >> {}\nexec {real} \"$@\"\n",
            sandbox.path("calls").display()
        ),
    );
    sandbox
        .plain(&["chmod", "+x", counter.to_str().unwrap()])
        .quiet();
    let calls = || {
        fs::read_to_string(sandbox.path("calls"))
            .unwrap_or_default()
            .len()
    };
    let project = sandbox.project();
    for args in [
        &["run", "--", "true"][..],
        &["run", "--clear", "--", "true"],
        &["__turn", "zsh", "5.9", "1", "", project.to_str().unwrap()],
    ] {
        sandbox.devenv(args).ok();
        assert_eq!(calls(), 0, "{args:?}");
    }
    sandbox.devenv(&["check"]);
    assert!(
        calls() <= 5,
        "what is tracked, what is ignored, and for each profile where the hooks lie"
    );
}

/// Pipes, devices and files beyond all measure where git reads small ones: it would take the
/// machine's memory, or wait.
#[test]
fn git_is_not_asked_about_a_repository_that_would_cost_it_much() {
    let sandbox = repository();
    sandbox.shell("cp -a .git ../spare");
    let mut forms: Vec<String> = vec!["ln -sf /dev/zero .git/commondir".to_owned()];
    for name in [
        "HEAD",
        "config",
        "commondir",
        "index",
        "info/exclude",
        "info/attributes",
        "refs/heads/main",
    ] {
        forms.push(format!("rm -f .git/{name}; mkfifo .git/{name}"));
        forms.push(format!(
            "rm -f .git/{name} ../pipe; mkfifo ../pipe; ln -s $PWD/../pipe .git/{name}"
        ));
    }
    for name in [
        ".gitignore",
        ".git/info/exclude",
        ".git/config",
        ".git/HEAD",
    ] {
        forms.push(format!("truncate -s 3G {name}"));
    }
    forms.push("mkfifo .gitignore".to_owned());
    forms.push("ln -sf /proc/kmsg .git/info/exclude".to_owned());
    for form in forms {
        sandbox.shell(&form);
        // Git's whole patience is never needed: what is asked in five commands would take fifty
        // seconds.
        for args in [
            &["run", "--", "true"][..],
            &["cache", "clear", "--yes"],
            &["doctor"],
            &["check"],
        ] {
            let said = sandbox
                .command("timeout")
                .args(&["8", DEVENV])
                .args(args)
                .run();
            assert_ne!(said.code, Some(124), "{form} {args:?}: {said:#?}");
        }
        let pyc = fs::read_dir(sandbox.path("project/__pycache__"))
            .unwrap()
            .count();
        assert_eq!(pyc, 1, "{form}: it counts as tracked");
        let said = sandbox.devenv(&["check"]);
        assert!(said.err.contains("git is not asked"), "{form}: {said:#?}");
        sandbox.shell("rm -rf .git .gitignore; cp -a ../spare .git");
    }
    // What git itself follows, and what holds nothing.
    sandbox.shell(
        "mv .git/config ../config; ln -s ../../config .git/config
        ln -sf /dev/null .git/info/exclude",
    );
    assert!(!sandbox.devenv(&["check"]).err.contains("git is not asked"));
}

/// A configuration may name files that nobody looks at before git does.
#[test]
fn a_repository_that_does_not_answer_is_asked_once() {
    let sandbox = repository();
    sandbox.shell("mkfifo ../pipe; git config include.path $PWD/../pipe");
    let said = sandbox
        .command("timeout")
        .args(&["19", DEVENV, "check"])
        .run();
    assert_ne!(said.code, Some(124), "{said:#?}");
}
