//! Real shells with the hook, in a pseudo-terminal. What a shell has is read from what its children
//! inherit, not from the screen; how often it asked devenv is counted by a program in devenv's
//! place.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::pty::Terminal;
use crate::sandbox::{DEVENV, Sandbox, tool, wait_for, wait_or};

/// Runs each scenario in each shell.
macro_rules! in_every_shell {
    ($($scenario:ident),* $(,)?) => {
        mod bash { $(#[test] fn $scenario() { super::$scenario(crate::shells::BASH); })* }
        mod zsh { $(#[test] fn $scenario() { super::$scenario(crate::shells::ZSH); })* }
        mod fish { $(#[test] fn $scenario() { super::$scenario(crate::shells::FISH); })* }
        mod tcsh { $(#[test] fn $scenario() { super::$scenario(crate::shells::TCSH); })* }
        mod xonsh { $(#[test] fn $scenario() { super::$scenario(crate::shells::XONSH); })* }
        mod elvish { $(#[test] fn $scenario() { super::$scenario(crate::shells::ELVISH); })* }
        mod nu { $(#[test] fn $scenario() { super::$scenario(crate::shells::NU); })* }
    };
}
pub(crate) use in_every_shell;

/// How to talk to a shell.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    pub name: &'static str,
    pub start: &'static [&'static str],
    /// Loads the hook from a file.
    pub load: fn(&str) -> String,
    pub set: fn(&str, &str) -> String,
    pub unset: fn(&str) -> String,
    pub alias: fn(&str, &str) -> String,
    /// Evaluates a file, and prints what a child inherits then.
    pub evaluate: fn(&str) -> Vec<String>,
    /// Goes to the directory that the working directory really is.
    pub resolve: &'static str,
    /// Whether the shell can hold a value.
    pub holds: fn(&[u8]) -> bool,
    pub renamed: Renamed,
    /// Whether it loses what is typed before it reads a line.
    pub loses_type_ahead: bool,
}

/// What a shell does whose directory is renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renamed {
    /// It keeps a path at which there is nothing.
    Stays,
    /// It asks the system where it is.
    Follows,
    /// It starts no program until it is told to go elsewhere.
    Waits,
}

/// What a line editor says when it begins to read a line.
const READS: &str = "\x1b[?2004h";

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub const BASH: Dialect = Dialect {
    name: "bash",
    start: &["bash", "--norc", "--noprofile", "-i"],
    load: |file| format!("eval \"$(cat {file})\""),
    set: |name, value| format!("export {name}='{value}'"),
    unset: |name| format!("unset {name}"),
    alias: |name, value| format!("alias {name}='{value}'"),
    resolve: "cd \"$(pwd -P)\"",
    evaluate: |file| {
        words(&[
            "bash",
            "--norc",
            "-c",
            &format!("eval \"$(cat {file})\"; exec env -0"),
        ])
    },
    holds: |_| true,
    renamed: Renamed::Stays,
    loses_type_ahead: false,
};

pub const ZSH: Dialect = Dialect {
    name: "zsh",
    start: &["zsh", "-f", "-i"],
    evaluate: |file| {
        words(&[
            "zsh",
            "-f",
            "-c",
            &format!("eval \"$(<{file})\"; exec env -0"),
        ])
    },
    ..BASH
};

pub const FISH: Dialect = Dialect {
    name: "fish",
    start: &["fish", "--no-config", "-i"],
    load: |file| format!("source {file}"),
    set: |name, value| format!("set -gx {name} '{value}'"),
    unset: |name| format!("set -e {name}"),
    alias: |name, value| format!("function {name}; {value} $argv; end"),
    resolve: "cd (realpath . | string collect)",
    evaluate: |file| {
        words(&[
            "fish",
            "--no-config",
            "-c",
            &format!("source {file}; exec env -0"),
        ])
    },
    ..BASH
};

pub const TCSH: Dialect = Dialect {
    name: "tcsh",
    start: &["tcsh", "-f", "-i"],
    load: |file| format!("eval \"`cat {file}`\""),
    set: |name, value| format!("setenv {name} '{value}'"),
    unset: |name| format!("unsetenv {name}"),
    alias: |name, value| format!("alias {name} '{value}'"),
    resolve: "set symlinks=chase; cd \"$cwd\"",
    evaluate: |file| words(&["tcsh", "-f", "-c", &format!("source {file}; exec env -0")]),
    ..BASH
};

/// Asks its terminal nothing. Lines that are typed ahead are pasted text to it, between which there
/// is no prompt.
pub const XONSH: Dialect = Dialect {
    name: "xonsh",
    start: &[
        "env",
        "TERM=dumb",
        "SSH_TTY=none",
        concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/bin/xonsh"),
        "--no-rc",
        "--shell-type=readline",
        "-DPROMPT=$",
        "-DXONSH_HISTORY_BACKEND=dummy",
    ],
    load: |file| format!("execx(open('{file}').read())"),
    set: |name, value| format!("${name} = '{value}'"),
    unset: |name| format!("del ${name}"),
    alias: |name, value| format!("aliases['{name}'] = '{value}'"),
    resolve: "cd @(__import__('os').path.realpath('.'))",
    evaluate: |file| {
        words(&[
            concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/bin/xonsh"),
            "--no-rc",
            "-c",
            &format!("execx(open('{file}').read())\nenv -0"),
        ])
    },
    holds: |_| true,
    renamed: Renamed::Follows,
    loses_type_ahead: true,
};

pub const ELVISH: Dialect = Dialect {
    name: "elvish",
    start: &["elvish", "-norc"],
    load: |file| format!("eval (slurp < {file})"),
    set: |name, value| format!("set-env {name} '{value}'"),
    unset: |name| format!("unset-env {name}"),
    alias: |name, value| format!("fn {name} {{|@a| {value} }}"),
    resolve: "cd (path:eval-symlinks .)",
    evaluate: |file| {
        words(&[
            "elvish",
            "-norc",
            "-c",
            &format!("eval (slurp < {file}); exec env -0"),
        ])
    },
    holds: |_| true,
    renamed: Renamed::Follows,
    loses_type_ahead: false,
};

pub const NU: Dialect = Dialect {
    name: "nu",
    start: &["nu", "-n"],
    load: |file| format!("source {file}"),
    set: |name, value| {
        let list = if name == "PATH" {
            " | split row ':'"
        } else {
            ""
        };
        format!("$env.{name} = ('{value}'{list})")
    },
    unset: |name| format!("hide-env {name}"),
    alias: |name, value| format!("def --wrapped {name} [...a] {{ ^sh -c '{value}' }}"),
    resolve: "cd (pwd -P)",
    evaluate: |file| {
        words(&[
            tool("nu").to_str().unwrap(),
            "-n",
            "-c",
            &format!("source {file}; ^env -0"),
        ])
    },
    holds: |value| std::str::from_utf8(value).is_ok(),
    renamed: Renamed::Waits,
    loses_type_ahead: true,
};

/// An interactive shell.
pub struct Shell<'a> {
    pub sandbox: &'a Sandbox,
    pub dialect: Dialect,
    pub terminal: Terminal,
    number: usize,
    /// How much was shown when the last line was sent.
    sent: usize,
}

/// Writes what a child inherits into a file.
const DUMP: &str = "#!/bin/sh\n/usr/bin/env -0 > \"$1.new\" && mv \"$1.new\" \"$1\"\n";

impl<'a> Shell<'a> {
    /// Starts a shell with the hook, in the sandbox's home.
    pub fn start(sandbox: &'a Sandbox, dialect: Dialect) -> Self {
        Self::start_by(sandbox, dialect, dialect.start)
    }

    /// Starts a shell with the hook by another command.
    pub fn start_by(sandbox: &'a Sandbox, dialect: Dialect, command: &[&str]) -> Self {
        let mut shell = Self::bare(sandbox, dialect, command);
        shell.load();
        shell
    }

    /// Starts a shell without the hook.
    pub fn bare(sandbox: &'a Sandbox, dialect: Dialect, command: &[&str]) -> Self {
        program(sandbox, "dump", DUMP);
        let count = format!(
            "#!/bin/sh\necho >> {}/turns\nexec {DEVENV} \"$@\"\n",
            sandbox.root.display()
        );
        program(sandbox, "counted", &count);
        if dialect.name == "nu" && !sandbox.path("bin/nu").exists() {
            symlink(tool("nu"), sandbox.path("bin/nu")).unwrap();
        }
        fs::create_dir_all(sandbox.path("dumps")).unwrap();
        let terminal = Terminal::start_in(sandbox, command, &sandbox.path("home"));
        let mut shell = Self {
            sandbox,
            dialect,
            terminal,
            number: fs::read_dir(sandbox.path("dumps")).unwrap().count(),
            sent: 0,
        };
        // What is typed before the shell reads lines may be lost.
        shell.env();
        shell
    }

    /// Loads the hook.
    pub fn load(&mut self) {
        let script = self
            .sandbox
            .devenv(&["hook", self.dialect.name])
            .quiet()
            .to_owned()
            + "\n";
        let counted = script.replace(DEVENV, self.sandbox.path("bin/counted").to_str().unwrap());
        assert_ne!(script, counted);
        let file = self.sandbox.write("hook", counted);
        self.line(&(self.dialect.load)(file.to_str().unwrap()));
    }

    /// Has the shell run a line.
    pub fn line(&mut self, line: &str) {
        let shown = &self.terminal.shown;
        if self.dialect.loses_type_ahead {
            wait_for(READS, || shown.lock().unwrap()[self.sent..].contains(READS));
        }
        self.sent = shown.lock().unwrap().len();
        self.terminal.send(&format!("{line}\r"));
    }

    /// Has the shell run a line to its end; returns what its children inherit then.
    pub fn after(&mut self, line: &str) -> BTreeMap<OsString, OsString> {
        self.line(line);
        self.env()
    }

    /// Returns what a child inherits.
    pub fn env(&mut self) -> BTreeMap<OsString, OsString> {
        self.number += 1;
        let file = self.sandbox.path("dumps").join(self.number.to_string());
        self.line(&format!("dump {}", file.display()));
        let shown = || {
            self.terminal
                .shown
                .lock()
                .unwrap()
                .lines()
                .rev()
                .take(8)
                .collect::<Vec<_>>()
                .join("\n")
        };
        wait_or(
            || format!("{} after (last line first) {}", file.display(), shown()),
            || file.exists(),
        );
        let dump = fs::read(&file).unwrap();
        let pairs = dump.split(|&byte| byte == 0).filter_map(|pair| {
            let at = pair.iter().position(|&byte| byte == b'=')?;
            Some((
                OsString::from_vec(pair[..at].to_vec()),
                OsString::from_vec(pair[at + 1..].to_vec()),
            ))
        });
        pairs.collect()
    }

    /// Returns a variable that a child inherits.
    pub fn get(&mut self, name: &str) -> Option<String> {
        text(&self.env(), name)
    }

    /// Returns how often the hook asked devenv.
    pub fn turns(&self) -> usize {
        fs::read(self.sandbox.path("turns")).map_or(0, |turns| turns.len())
    }

    /// Waits until no prompt asks any more: what was just written is asked about until it is old
    /// enough.
    pub fn rest(&mut self) -> usize {
        let mut before = usize::MAX;
        for _ in 0..200 {
            self.env();
            self.env();
            if self.turns() == before {
                return before;
            }
            before = self.turns();
        }
        panic!("{} asks at every prompt", self.dialect.name);
    }

    /// Asserts that no prompt asks.
    #[track_caller]
    pub fn idles(&mut self) {
        let turns = self.rest();
        for _ in 0..5 {
            self.env();
        }
        assert_eq!(
            self.turns(),
            turns,
            "{} asks at an idle prompt",
            self.dialect.name
        );
    }

    /// Waits until a variable has a value.
    #[track_caller]
    pub fn comes_to(&mut self, name: &str, value: Option<&str>) {
        let mut last = None;
        for _ in 0..50 {
            last = self.get(name);
            if last.as_deref() == value {
                return;
            }
        }
        panic!(
            "{}: {name} is {last:?}, not {value:?}\n{}",
            self.dialect.name,
            self.words()
        );
    }

    /// Returns what devenv said.
    pub fn words(&self) -> String {
        self.shown()
            .lines()
            .filter(|line| line.contains("devenv:"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Returns everything that was shown.
    pub fn shown(&self) -> String {
        self.terminal.shown.lock().unwrap().clone()
    }
}

impl Drop for Shell<'_> {
    fn drop(&mut self) {
        self.terminal.kill();
        // What a turn left behind must not write into a directory that is being removed.
        let root = self.sandbox.root.as_os_str().as_bytes().to_vec();
        if !std::thread::panicking() {
            wait_for("the background", || !is_running(b"__settle", &root));
        }
    }
}

fn is_running(word: &[u8], root: &[u8]) -> bool {
    let has = |line: &[u8], word: &[u8]| line.windows(word.len()).any(|window| window == word);
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .any(|l| has(&l, word) && has(&l, root))
}

/// Returns a variable as text.
pub fn text(env: &BTreeMap<OsString, OsString>, name: &str) -> Option<String> {
    env.get(OsStr::new(name))
        .map(|value| value.to_string_lossy().into_owned())
}

fn program(sandbox: &Sandbox, name: &str, text: &str) {
    let path = sandbox.path("bin").join(name);
    if !path.exists() {
        sandbox.write(&format!("bin/{name}"), text);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
