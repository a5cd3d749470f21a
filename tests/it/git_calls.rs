//! Every command that asks git, in repositories of which each setting and file that makes git run
//! something names a program that leaves a mark. Git itself leaves the mark, so that the traps are
//! known to work; no command of ours does.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::sandbox::{DEVENV, Sandbox};

/// Something that makes git run a program. In each text `@` is the program, and `%` the directory
/// of the marks.
struct Plant {
    name: &'static str,
    /// Lines of the repository's configuration: a key, a space, a value.
    config: &'static [&'static str],
    /// Files of the checkout.
    files: &'static [(&'static str, &'static str)],
    env: &'static [(&'static str, &'static str)],
    /// What is done to the repository at the end.
    twist: &'static str,
    /// Scripts, each of which springs the trap.
    proofs: &'static [&'static str],
}

const PLAIN: Plant = Plant {
    name: "",
    config: &[],
    files: &[],
    env: &[],
    twist: "",
    proofs: &[],
};

/// Takes away what HEAD holds, so that git wants to fetch it.
const HOLE: &str = "rm -f .git/objects/$(git rev-parse HEAD^{tree} | sed 's|..|&/|')";

/// The same of a directory that the index names as a whole.
const SPARSE_HOLE: &str = "git sparse-checkout set --cone --sparse-index near
    rm -f .git/objects/$(git rev-parse HEAD:.mypy_cache | sed 's|..|&/|')";

const PROMISED: [&str; 4] = [
    "core.repositoryFormatVersion 1",
    "extensions.partialClone origin",
    "remote.origin.promisor true",
    "remote.origin.partialCloneFilter blob:none",
];

const PLANTS: [Plant; 14] = [
    Plant {
        name: "hooks",
        config: &["hook.evil.command @", "hook.evil.event post-index-change"],
        twist: "for n in post-index-change pre-commit post-checkout reference-transaction fsmonitor-watchman \
                post-commit pre-auto-gc sendemail-validate; do ln -sf @ .git/hooks/$n; done",
        proofs: &["git rm -qf --cached staged.pyc"],
        ..PLAIN
    },
    Plant {
        name: "hooks-path",
        config: &["core.hooksPath traps"],
        twist: "mkdir traps; ln -s @ traps/post-index-change; ln -s @ traps/reference-transaction",
        proofs: &["git rm -qf --cached staged.pyc"],
        ..PLAIN
    },
    Plant {
        name: "monitor",
        config: &["core.fsmonitor @"],
        proofs: &["git status"],
        ..PLAIN
    },
    Plant {
        name: "clean",
        config: &[
            "filter.evil.clean @",
            "filter.evil.smudge @",
            "filter.evil.required true",
        ],
        files: &[(".gitattributes", "* filter=evil\n")],
        proofs: &["git status"],
        ..PLAIN
    },
    Plant {
        name: "process",
        config: &["filter.evil.process @"],
        files: &[(".gitattributes", "* filter=evil\n")],
        proofs: &["git status"],
        ..PLAIN
    },
    Plant {
        name: "differ",
        config: &[
            "diff.evil.command @",
            "diff.evil.textconv @",
            "diff.external @",
        ],
        files: &[(".gitattributes", "a.txt diff=evil\n")],
        proofs: &[
            "git diff a.txt",
            "git diff --no-ext-diff a.txt",
            "git diff a.log",
        ],
        ..PLAIN
    },
    Plant {
        name: "programs",
        config: &[
            "core.pager @",
            "pager.ls-files @",
            "pager.diff @",
            "pager.config @",
            "core.editor @",
            "sequence.editor @",
            "core.sshCommand @",
            "core.askPass @",
            "core.gitProxy @",
            "core.alternateRefsCommand @",
            "credential.helper @",
            "gpg.program @",
            "gpg.ssh.program @",
            "log.showSignature true",
            "alias.ls-files !@",
            "alias.config !@",
            "alias.diff !@",
            "alias.check-ignore !@",
            "alias.update-index !@",
            "alias.rev-parse !@",
            "alias.own !@",
        ],
        proofs: &[
            "script -qec 'git diff' /dev/null",
            "git commit --allow-empty",
            "git fetch ssh://x/y",
            "printf 'protocol=https\\nhost=x\\n\\n' | git credential fill",
            "git commit -S --allow-empty -m x",
            "git own",
        ],
        ..PLAIN
    },
    Plant {
        name: "ext",
        config: &[
            PROMISED[0],
            PROMISED[1],
            PROMISED[2],
            PROMISED[3],
            "remote.origin.url ext::@",
            "protocol.allow always",
        ],
        twist: HOLE,
        proofs: &["git diff --cached"],
        ..PLAIN
    },
    Plant {
        name: "uploadpack",
        config: &[
            PROMISED[0],
            PROMISED[1],
            PROMISED[2],
            PROMISED[3],
            "remote.origin.url .",
            "remote.origin.uploadpack @",
        ],
        twist: HOLE,
        proofs: &["git diff --cached"],
        ..PLAIN
    },
    Plant {
        name: "sparse",
        config: &[
            PROMISED[0],
            PROMISED[1],
            PROMISED[2],
            PROMISED[3],
            "remote.origin.url .",
            "remote.origin.uploadpack @",
        ],
        twist: SPARSE_HOLE,
        proofs: &["git ls-files"],
        ..PLAIN
    },
    Plant {
        name: "include",
        config: &["include.path ../more"],
        files: &[(
            "more",
            "[core]\n\tfsmonitor = @\n\thooksPath = traps\n[filter \"evil\"]\n\tclean = @\n",
        )],
        twist: "mkdir traps; ln -s @ traps/post-index-change; echo '* filter=evil' > .git/info/attributes",
        proofs: &["git status"],
        ..PLAIN
    },
    Plant {
        name: "variables",
        env: &[
            ("GIT_EXTERNAL_DIFF", "@"),
            ("GIT_PAGER", "@"),
            ("GIT_EDITOR", "@"),
            ("GIT_SSH_COMMAND", "@"),
            ("GIT_ASKPASS", "@"),
            ("GIT_PROXY_COMMAND", "@"),
            ("GIT_CONFIG_COUNT", "2"),
            ("GIT_CONFIG_KEY_0", "core.fsmonitor"),
            ("GIT_CONFIG_VALUE_0", "@"),
            ("GIT_CONFIG_KEY_1", "safe.directory"),
            ("GIT_CONFIG_VALUE_1", "*"),
            ("GIT_TRACE", "%/trace"),
            ("GIT_TRACE2_EVENT", "%/event"),
            ("GIT_ALLOW_PROTOCOL", "ext:file"),
            ("GIT_NO_LAZY_FETCH", "0"),
        ],
        proofs: &["git status"],
        ..PLAIN
    },
    Plant {
        name: "program",
        env: &[("PATH", "&/bin:bin:$")],
        twist: "mkdir bin; ln -s @ bin/git; ln -s @ bin/git-remote-none",
        proofs: &["git --version"],
        ..PLAIN
    },
    Plant {
        name: "linked-program",
        env: &[("PATH", "&/../path:$")],
        twist: "mkdir bin; ln -s @ bin/git; ln -s project/bin ../path",
        proofs: &["git --version"],
        ..PLAIN
    },
];

/// Every command that can lead to git, those that change the index at the end.
const COMMANDS: [&[&str]; 33] = [
    &["__turn", "zsh", "5.9", "1", ""],
    &["run", "--", "true"],
    &["run", "--clear", "--", "true"],
    &["run", "--clear=stale", "--", "true"],
    &["run", "-n", "--", "true"],
    &["run", "--explain", "--", "true"],
    &["run", "--profile", "none", "--", "true"],
    &["cache", "info"],
    &["cache", "verify"],
    &["cache", "verify", "--repair"],
    &["cache", "arm", "-n"],
    &["cache", "arm"],
    &["cache", "warm", "--packages"],
    &["cache", "clear", "-n"],
    &["cache", "clear", "--stale"],
    &["cache", "clear", "--yes"],
    &["cache", "clear", "--debris", "all"],
    &["cache", "clear", "--erase", "**/*.log", "--yes"],
    &["status"],
    &["export", "json"],
    &["why", "app"],
    &["doctor"],
    &["check"],
    &["check", "--staged"],
    &["inject", "gitignore", "--check"],
    &["inject", "pre-commit", "--check"],
    &["inject", "pre-commit"],
    &["inject", "pre-commit", "--remove"],
    &["init"],
    &["check", "--staged", "--fix"],
    &["check", "--fix"],
    &["inject", "gitignore", "--remove"],
    &["doctor", "--fix"],
];

struct Trap {
    sandbox: Sandbox,
    program: PathBuf,
    marks: PathBuf,
}

impl Trap {
    /// Makes a repository that tracks bytecode, with what is not committed yet and what changed
    /// since, and plants in it.
    fn with(plant: &Plant) -> Self {
        let mut sandbox = Sandbox::new();
        sandbox
            .set("PYDEVENV_FILL", "0")
            .set("GIT_TERMINAL_PROMPT", "0");
        for (name, value) in [("NAME", "me"), ("EMAIL", "me@x")] {
            sandbox
                .set(&format!("GIT_AUTHOR_{name}"), value)
                .set(&format!("GIT_COMMITTER_{name}"), value);
        }
        let marks = sandbox.path("ran");
        fs::create_dir(&marks).unwrap();
        let text = format!("#!/bin/sh\n: > {}/$$\n", marks.display());
        let program = sandbox.write("project/trap", text);
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        for (path, text) in [
            ("devenv.toml", "[profiles.none]\nbytecode = 'none'\n"),
            ("app.py", "X = 1\n"),
            ("near/a.py", "A = 1\n"),
            ("far/b.py", "B = 1\n"),
            ("a.txt", "one\n"),
            ("a.log", "one\n"),
            ("only.pyc", "x"),
            (".mypy_cache/a", "x"),
            (".gitignore", "*.tmp\n"),
        ] {
            sandbox.write(&format!("project/{path}"), text);
        }
        sandbox
            .plain(&["python3", "-m", "compileall", "-q", "."])
            .quiet();
        let trap = Self {
            sandbox,
            program,
            marks,
        };
        trap.shell("git init -q -b main; git add -fA; git commit -qm x; : > staged.pyc; git add -f staged.pyc");
        trap.sandbox.allow();
        for (path, text) in plant.files {
            trap.sandbox
                .write(&format!("project/{path}"), trap.filled(text));
        }
        // Of the size that the index knows, so that git must look into it, through filters.
        trap.shell(
            "sleep 0.01; echo two > a.txt; echo two > a.log; echo x > b.log; touch */*.pyc */*/*.pyc only.pyc app.py",
        );
        for (key, value) in plant.config.iter().filter_map(|line| line.split_once(' ')) {
            let value = trap.filled(value);
            trap.sandbox
                .plain(&["git", "config", "--local", "--add", key, &value])
                .ok();
        }
        trap.shell(&trap.filled(plant.twist));
        trap.forget();
        trap
    }

    fn filled(&self, text: &str) -> String {
        let path = self.sandbox.env[std::ffi::OsStr::new("PATH")]
            .to_str()
            .unwrap();
        let project = self.sandbox.project().display().to_string();
        let text = text
            .replace('@', self.program.to_str().unwrap())
            .replace('%', self.marks.to_str().unwrap());
        if text.contains(":$") {
            text.replace('&', &project).replace('$', path)
        } else {
            text
        }
    }

    fn shell(&self, script: &str) {
        self.sandbox.plain(&["/bin/sh", "-c", script]);
    }

    fn sprung(&self) -> bool {
        fs::read_dir(&self.marks).unwrap().next().is_some()
    }

    fn forget(&self) {
        fs::remove_dir_all(&self.marks).unwrap();
        fs::create_dir(&self.marks).unwrap();
    }

    fn run(&self, program: &str, args: &[&str], plant: &Plant) -> crate::sandbox::Said {
        let command = self.sandbox.command(program).args(args);
        plant
            .env
            .iter()
            .fold(command, |command, (name, value)| {
                command.env(name, self.filled(value))
            })
            .run()
    }
}

fn tried(plant: &Plant) {
    let proof = Trap::with(plant);
    for script in plant.proofs {
        proof.run("/bin/sh", &["-c", script], plant);
        assert!(
            proof.sprung(),
            "{}: git springs no trap by `{script}`",
            plant.name
        );
        proof.forget();
    }
    let trap = Trap::with(plant);
    let project = trap.sandbox.project();
    let mut sprung = Vec::new();
    for command in COMMANDS {
        let turn = [project.to_str().unwrap()];
        let args = [
            command,
            if command[0] == "__turn" {
                &turn[..]
            } else {
                &[]
            },
        ]
        .concat();
        let said = trap.run(DEVENV, &args, plant);
        assert!(
            matches!(said.code, Some(0..=2)) && !said.err.contains("unexpected argument"),
            "{command:?}: {said:#?}"
        );
        if trap.sprung() {
            sprung.push(command.join(" "));
            trap.forget();
        }
    }
    assert!(sprung.is_empty(), "{}: {sprung:#?}", plant.name);
}

#[test]
fn nothing_that_a_repository_names_is_run() {
    let tries = |plants: &'static [Plant]| move || plants.iter().for_each(tried);
    let halves = PLANTS.split_at(PLANTS.len() / 2);
    let other = std::thread::spawn(tries(halves.1));
    tries(halves.0)();
    other.join().unwrap();
}
