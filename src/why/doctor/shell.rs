//! The hook in the user's shell, and the programs that are called `devenv`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::finding::{Cause, Finding, Remedy};
use super::complaint::Complaint;
use crate::env::Env;
use crate::host::spawn::{self, Program};
use crate::host::{Memory, files, stamp};
use crate::project::switch::{DISABLE, Off};
use crate::python::imports::is_same;
use crate::python::startable::{Caution, bare};
use crate::shell::Shell;

/// A program that does not say its version within this time says nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// Hooks of other tools, by what their lines hold, and the tools.
const OTHERS: [(&str, &str); 3] = [
    ("direnv hook", "direnv"),
    ("mise activate", "mise"),
    ("shadowenv init", "shadowenv"),
];

/// Files that make a directory a project of the other tool of our name.
const OTHER_PROJECT: [&str; 2] = ["devenv.nix", "devenv.yaml"];

/// What is known of the shell.
#[derive(Debug)]
pub struct Shells<'a> {
    pub env: &'a Env,
    pub home: Option<&'a Path>,
    /// This program.
    pub exe: &'a Path,
    /// Whether the hook of this very shell has run.
    pub is_hooked: bool,
    /// What keeps the hook off here.
    pub off: Option<Off>,
    /// How careful to be with programs that only have our name.
    pub caution: &'a Caution,
    pub memory: &'a Memory,
}

impl Shells<'_> {
    /// Judges the hook: that it is loaded, and after those of other tools.
    pub(super) fn hook(&self) -> Option<Finding> {
        let shell = self
            .env
            .filled("SHELL")
            .and_then(OsStr::to_str)
            .and_then(Shell::named)?;
        let file = self.start_up(shell)?;
        let text = files::text(&file).unwrap_or_default();
        let line_of = |word: &str| {
            let holds = |line: &str| !line.trim_start().starts_with('#') && line.contains(word);
            text.lines().position(holds).map(|number| number + 1)
        };
        let Some(line) = line_of("devenv hook") else {
            if self.is_hooked {
                return None;
            }
            let remedies = vec![Remedy::Load {
                shell: shell.name(),
                file: file.clone(),
            }];
            let cause = Cause::SetUp(Complaint::NoHook {
                shell: shell.name(),
                file,
            });
            return Some(Finding {
                cause,
                remedies,
                cured_by_run: false,
            });
        };
        let others = OTHERS
            .iter()
            .filter_map(|(word, tool)| Some((*tool, line_of(word)?)));
        let (other, other_line) = others
            .max_by_key(|(_, other)| *other)
            .filter(|(_, other)| *other > line)?;
        let remedies = vec![Remedy::MoveLine {
            file: file.clone(),
            line,
            below: other_line,
        }];
        let cause = Cause::SetUp(Complaint::HookOrder {
            file,
            line,
            other,
            other_line,
        });
        Some(Finding {
            cause,
            remedies,
            cured_by_run: false,
        })
    }

    /// Judges the hook's switch, which somebody may have forgotten.
    pub(super) fn switch(&self) -> Option<Finding> {
        let off = self.off?;
        let remedy = match off {
            Off::Shell => Remedy::Unset { name: DISABLE },
            Off::Everywhere | Off::Project => Remedy::Do {
                words: vec!["devenv".into(), "on".into()],
            },
        };
        let cause = Cause::SetUp(Complaint::HookOff { off });
        Some(Finding {
            cause,
            remedies: vec![remedy],
            cured_by_run: false,
        })
    }

    /// Returns the file in which a shell's hook is loaded.
    fn start_up(&self, shell: Shell) -> Option<PathBuf> {
        let home = |below: &str| Some(self.home?.join(below));
        let moved = |name: &str, usual: &str| {
            self.env
                .filled(name)
                .map(PathBuf::from)
                .or_else(|| home(usual))
        };
        match shell.name() {
            "bash" => home(".bashrc"),
            "zsh" => Some(moved("ZDOTDIR", "")?.join(".zshrc")),
            "fish" => Some(moved("XDG_CONFIG_HOME", ".config")?.join("fish/config.fish")),
            "tcsh" => home(".tcshrc"),
            "xonsh" => home(".xonshrc"),
            "elvish" => Some(moved("XDG_CONFIG_HOME", ".config")?.join("elvish/rc.elv")),
            _ => None,
        }
    }

    /// Judges the programs of our name along `PATH`.
    pub(super) fn tools(&self, cwd: &Path) -> Vec<Finding> {
        let path = self.env.get("PATH").unwrap_or_default().as_bytes();
        let directories = path
            .split(|&byte| byte == b':')
            .filter(|part| !part.is_empty())
            .map(OsStr::from_bytes);
        let mut seen: Vec<PathBuf> = Vec::new();
        let mut out = Vec::new();
        for path in directories
            .map(|directory| cwd.join(directory).join("devenv"))
            .filter(|path| stamp::is_file(path))
        {
            if !files::is_executable(&path) || seen.iter().any(|known| is_same(known, &path)) {
                continue;
            }
            if !is_same(&path, self.exe) && !self.is_ours(&path) {
                let is_first = seen.is_empty();
                let ours = self
                    .exe
                    .parent()
                    .filter(|_| is_first && self.exe.ends_with("devenv"));
                let remedies = ours.map(|ours| Remedy::FrontPath {
                    directory: ours.to_owned(),
                });
                let cause = Cause::SetUp(Complaint::OtherTool {
                    path: path.clone(),
                    is_first,
                });
                out.push(Finding {
                    cause,
                    remedies: remedies.into_iter().collect(),
                    cured_by_run: false,
                });
            }
            seen.push(path);
        }
        out
    }

    /// Returns whether a program says that it is of our kind.
    fn is_ours(&self, path: &Path) -> bool {
        let Some(resolved) =
            files::canonical(path).filter(|real| self.caution.against(real).is_none())
        else {
            return false;
        };
        let args = [OsString::from("--version")];
        let program = Program::new(&resolved, &args, bare(self.env));
        let ask = || spawn::hear(&program, Path::new("/"), PATIENCE).ok();
        let identity = stamp::of(path)
            .map(|stamp| stamp.identity())
            .unwrap_or_default();
        let said = self.memory.unless_silent(&identity, ask);
        said.is_some_and(|said| String::from_utf8_lossy(&said.out).contains("(pydevenv)"))
    }
}

/// Judges whether a directory is a project of the other tool, too.
pub(super) fn other_project(root: &Path) -> Option<Finding> {
    let file = OTHER_PROJECT
        .iter()
        .map(|name| root.join(name))
        .find(|file| stamp::is_file(file))?;
    let cause = Cause::SetUp(Complaint::OtherProject { file });
    Some(Finding {
        cause,
        remedies: Vec::new(),
        cured_by_run: false,
    })
}
