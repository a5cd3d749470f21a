//! What the TAB key adds in real shells: profiles and aliases of a project that is trusted, and
//! nothing of one that is not. What was typed runs a stand-in that notes its arguments; how often
//! devenv was asked is noted there too.

use crate::pty::Terminal;
use crate::sandbox::{DEVENV, Said, Sandbox, tool, wait_or};

const CONFIG: &str = "[profiles.staging-site]\n[aliases]\nzz-tests = 'true'\n";

/// A shell, how it is started, and the words that load the completions as `install.sh` leaves them.
const BASH: (&str, &[&str], &str) = (
    "bash",
    &["bash", "--norc", "--noprofile", "-i"],
    ". ../loaded",
);
const ZSH: (&str, &[&str], &str) = (
    "zsh",
    &["zsh", "-f", "-i"],
    "fpath=(../functions $fpath); autoload -U compinit; compinit -u -D; zstyle ':completion:*' insert-tab false",
);
const FISH: (&str, &[&str], &str) = ("fish", &["fish", "--no-config", "-i"], ". ../loaded");
const NU: &[&str] = &[
    "nu",
    "--no-config-file",
    "--no-history",
    "--execute",
    "source ../loaded",
];

/// What is typed, and what it becomes where the project is trusted.
const TYPED: [(&str, &str); 8] = [
    ("run --profile sta\t", "run --profile staging-site"),
    ("status -p sta\t", "status -p staging-site"),
    (
        "cache warm --profile sta\t",
        "cache warm --profile staging-site",
    ),
    ("profile use sta\t", "profile use staging-site"),
    ("profile show pro\t", "profile show prod"),
    ("run zz-\t", "run zz-tests"),
    (
        "run --profile staging-site -- zz-\t",
        "run --profile staging-site -- zz-tests",
    ),
    ("inject vsc\t", "inject vscode"),
];

/// Makes a project, a stand-in for devenv in front of it on `PATH`, and the completions of a shell.
fn prepared(shell: &str, is_trusted: bool) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", CONFIG);
    if is_trusted {
        sandbox.allow();
    }
    let log = sandbox.path("log").display().to_string();
    let script = format!(
        "#!/bin/sh\necho \"$*\" >>{log}\n[ \"$1\" != __complete ] || exec {DEVENV} \"$@\"\n"
    );
    let stand_in = sandbox.write("bin/devenv", script);
    sandbox
        .plain(&["chmod", "+x", stand_in.to_str().unwrap()])
        .quiet();
    sandbox.write("log", "");
    let text = sandbox
        .command(DEVENV)
        .args(&["completions", shell])
        .run()
        .out;
    sandbox.write("loaded", &text);
    sandbox.write("functions/_devenv", &text);
    let nu = tool("nu").canonicalize().unwrap();
    let path = format!(
        "{}:/usr/bin:/bin:{}",
        sandbox.path("bin").display(),
        nu.parent().unwrap().display()
    );
    sandbox.set("PATH", path);
    sandbox
}

/// A shell with the completions of devenv.
struct Typist<'a> {
    sandbox: &'a Sandbox,
    terminal: Terminal,
}

impl<'a> Typist<'a> {
    fn start(sandbox: &'a Sandbox, start: &[&str], load: &str) -> Self {
        let mut terminal = Terminal::start(sandbox, start);
        terminal.send(&format!("{load}\r"));
        let mut typist = Self { sandbox, terminal };
        typist.types("ready");
        typist
    }

    fn log(&self) -> Vec<String> {
        self.sandbox
            .read("log")
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// Types arguments, and returns what was asked meanwhile, and the arguments that devenv got.
    fn types(&mut self, keys: &str) -> (Vec<String>, String) {
        let before = self.log().len();
        self.terminal.send(&format!("devenv {keys}\r"));
        let ran = |log: &[String]| {
            log[before..]
                .iter()
                .position(|line| !line.starts_with("__complete"))
        };
        let shown = || format!("{keys:?} in {:?}", self.terminal.shown.lock().unwrap());
        wait_or(shown, || ran(&self.log()).is_some());
        let mut log = self.log().split_off(before);
        let end = log.pop().unwrap();
        (log, end.trim_end().to_owned())
    }
}

impl Drop for Typist<'_> {
    fn drop(&mut self) {
        self.terminal.kill();
    }
}

#[test]
fn tab_adds_profiles_and_aliases_by_one_process() {
    for (shell, start, load) in [BASH, ZSH, FISH] {
        let sandbox = prepared(shell, true);
        let mut typist = Typist::start(&sandbox, start, load);
        for (keys, wanted) in TYPED {
            let (asked, got) = typist.types(keys);
            assert_eq!(
                got,
                wanted,
                "{shell}: {:?}",
                typist.terminal.shown.lock().unwrap()
            );
            let is_static = keys.starts_with("inject");
            assert_eq!(
                asked.len(),
                usize::from(!is_static),
                "{shell}: {keys:?} asked {asked:?}"
            );
        }
    }
}

#[test]
fn tab_asks_nobody_for_what_the_scripts_know() {
    for (shell, start, load) in [BASH, ZSH, FISH] {
        let sandbox = prepared(shell, true);
        let mut typist = Typist::start(&sandbox, start, load);
        for (keys, wanted) in [
            ("stat\t", "status"),
            ("run --fre\t", "run --fresh"),
            ("run true zz-\t", "run true zz-"),
        ] {
            assert_eq!(
                typist.types(keys),
                (Vec::new(), wanted.to_owned()),
                "{shell}"
            );
        }
    }
}

#[test]
fn tab_adds_nothing_of_a_project_that_is_not_trusted() {
    for (shell, start, load) in [BASH, ZSH, FISH] {
        let sandbox = prepared(shell, false);
        sandbox.write(
            "home/.config/pydevenv/config.toml",
            "[profiles.users-own]\n",
        );
        let mut typist = Typist::start(&sandbox, start, load);
        for (keys, wanted) in [
            ("run --profile sta\t", "run --profile sta"),
            ("run zz-\t", "run zz-"),
            ("run --profile pro\t", "run --profile prod"),
            ("run --profile use\t", "run --profile users-own"),
        ] {
            assert_eq!(typist.types(keys).1, wanted, "{shell}");
        }
    }
}

/// Whenever zsh learns how to complete, wherever the completion lies, and whether it lies anywhere.
#[test]
fn zsh_completes_whatever_order_its_rc_file_has() {
    let (shell, start, _) = ZSH;
    let hook = format!("eval \"$({DEVENV} hook zsh)\"");
    let (begin, add) = (
        "autoload -U compinit; compinit -u -D",
        "fpath+=(../functions)",
    );
    for order in [
        format!("{begin}; {add}; {hook}"),
        format!("{begin}; {hook}; {add}"),
        format!("{hook}; {add}; {begin}"),
        format!("{begin}; . ../loaded; {hook}"),
        format!(". ../loaded; {begin}; {hook}"),
        format!("{begin}; source <({DEVENV} completions zsh)"),
        format!("{hook}; {begin}"),
        format!("setopt ksharrays nounset; alias -g a=XX; {begin}; {hook}"),
    ] {
        let sandbox = prepared(shell, true);
        let load = format!("zstyle ':completion:*' insert-tab false; {order}");
        let mut typist = Typist::start(&sandbox, start, &load);
        for (keys, wanted) in [
            ("stat\t", "status"),
            ("profile use sta\t", "profile use staging-site"),
        ] {
            let (_, got) = typist.types(keys);
            let shown = typist.terminal.shown.lock().unwrap().clone();
            assert_eq!(got, wanted, "{order}: {shown}");
            assert!(!shown.contains("not found"), "{order}: {shown}");
        }
    }
}

#[test]
fn bash_takes_the_value_of_an_option_for_no_command() {
    let (shell, start, load) = BASH;
    let sandbox = prepared(shell, true);
    let mut typist = Typist::start(&sandbox, start, load);
    assert_eq!(
        typist.types("run --clear=zz-\t"),
        (Vec::new(), "run --clear=zz-".to_owned())
    );
    assert_eq!(
        typist.types("run --clear=stale zz-\t").1,
        "run --clear=stale zz-tests"
    );
}

#[test]
fn nushell_completes_profiles() {
    let sandbox = prepared("nu", true);
    let mut terminal = Terminal::start(&sandbox, NU);
    // What is typed before its prompt is there, it throws away.
    terminal.expect("\u{1b}]133;B");
    let mut typist = Typist {
        sandbox: &sandbox,
        terminal,
    };
    assert_eq!(
        typist.types("status --profile sta\t").1,
        "status --profile staging-site"
    );
}

fn asked(sandbox: &Sandbox, kind: &str) -> Said {
    sandbox.devenv(&["__complete", kind])
}

#[test]
fn what_goes_wrong_is_not_said_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    assert_eq!(
        asked(&sandbox, "profiles").quiet(),
        "dev\nprod",
        "outside of any project"
    );
    sandbox.write("project/devenv.toml", CONFIG);
    for text in [
        CONFIG,
        "[",
        "[aliases]\nx = 'true'\n[profiles.a]\nextends = 'a'\n",
    ] {
        sandbox.write("project/devenv.toml", text);
        let before = sandbox.census("");
        assert_eq!(asked(&sandbox, "profiles").quiet(), "dev\nprod", "{text}");
        assert_eq!(asked(&sandbox, "aliases").quiet(), "");
        assert_eq!(asked(&sandbox, "nosuch").quiet(), "");
        assert_eq!(sandbox.devenv(&["__complete"]).quiet(), "");
        assert_eq!(sandbox.census(""), before);
    }
    sandbox.write("project/devenv.toml", CONFIG);
    sandbox.allow();
    assert_eq!(
        asked(&sandbox, "profiles").quiet(),
        "dev\nprod\nstaging-site"
    );
    assert_eq!(asked(&sandbox, "aliases").quiet(), "zz-tests");
    sandbox.write("project/devenv.toml", format!("{CONFIG}# changed\n"));
    assert_eq!(
        asked(&sandbox, "aliases").quiet(),
        "",
        "a change needs consent"
    );
    sandbox.write("home/.config/pydevenv/config.toml", "[");
    assert_eq!(asked(&sandbox, "profiles").quiet(), "");
}

#[test]
fn the_scripts_of_shells_without_it_ask_nobody() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "nu", "elvish", "pwsh"] {
        let script = sandbox.devenv(&["completions", shell]).out;
        assert!(
            !script.contains("@PROFILES@") && !script.contains("@COMMANDS@"),
            "{shell}"
        );
        assert_eq!(
            script.contains("__complete"),
            !["elvish", "pwsh"].contains(&shell),
            "{shell}"
        );
    }
}
