//! Shells as languages: how each writes down a value, a change of its environment, an alias, and
//! the one function that says at the prompt whether anything changed. Text in, text out: no file,
//! clock or process here, and nothing is decided about what a shell gets.

mod bash;
pub mod complete;
mod elvish;
mod fish;
mod nu;
mod paste;
mod posix;
mod pwsh;
mod tcsh;
mod watch;
mod xonsh;
mod zsh;

use std::ffi::{OsStr, OsString};
use std::path::Path;

pub use paste::Tongue;
pub use watch::{Eye, Mark, Present, Watch};

/// What the scripts hold in place of our program's path.
const TOKEN: &str = "@DEVENV@";

/// Words that end a shell's own language where they are aliases.
#[rustfmt::skip]
const RESERVED: [&str; 78] = [
    "alias", "and", "beepcmd", "begin", "bg", "break", "breaksw", "builtin", "case", "cd", "command", "continue",
    "coproc", "cwdcmd", "declare", "def", "devenv", "do", "done", "elif", "else", "end", "endif", "endsw", "esac",
    "eval", "exec", "exit", "export", "fc", "fg", "fi", "for", "foreach", "function", "goto", "hash", "helpcommand",
    "if", "in", "jobcmd", "jobs", "let", "local", "nocorrect", "not", "onintr", "or", "periodic", "popd", "postcmd",
    "precmd", "printf", "pushd", "readonly", "repeat", "return", "select", "set", "setenv", "shift", "source", "switch",
    "test", "then", "time", "times", "trap", "type", "typeset", "ulimit", "umask", "unalias", "unset", "unsetenv",
    "until", "wait", "while",
];

/// What some shells are called, too.
const OTHER_NAMES: [(&str, &str); 2] = [("nushell", "nu"), ("powershell", "pwsh")];

/// A shell that we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    Tcsh,
    Xonsh,
    Elvish,
    Nu,
    Pwsh,
}

impl Shell {
    /// Every shell.
    pub const ALL: [Self; 8] = [
        Self::Bash,
        Self::Zsh,
        Self::Fish,
        Self::Nu,
        Self::Elvish,
        Self::Xonsh,
        Self::Tcsh,
        Self::Pwsh,
    ];

    /// Returns the shell of a word: a name, a path, or the name that a login shell has.
    pub fn named(word: &str) -> Option<Self> {
        let name = Path::new(word).file_name()?.to_str()?;
        let name = name.strip_prefix('-').unwrap_or(name);
        let name = OTHER_NAMES
            .iter()
            .find(|(other, _)| *other == name)
            .map_or(name, |(_, name)| name);
        Self::ALL.into_iter().find(|shell| shell.name() == name)
    }

    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Tcsh => "tcsh",
            Self::Xonsh => "xonsh",
            Self::Elvish => "elvish",
            Self::Nu => "nu",
            Self::Pwsh => "pwsh",
        }
    }

    fn dialect(self) -> &'static dyn Dialect {
        match self {
            Self::Bash => &bash::Bash,
            Self::Zsh => &zsh::Zsh,
            Self::Fish => &fish::Fish,
            Self::Tcsh => &tcsh::Tcsh,
            Self::Xonsh => &xonsh::Xonsh,
            Self::Elvish => &elvish::Elvish,
            Self::Nu => &nu::Nu,
            Self::Pwsh => &pwsh::Pwsh,
        }
    }

    /// Returns whether a word means something to the shell, or to others, so that no alias may take
    /// it.
    pub fn reserves(self, word: &str) -> bool {
        RESERVED.contains(&word) || self.dialect().reserves(word)
    }

    /// Returns how a shell of this version sees that a file changed.
    pub fn eye(self, version: &str) -> Eye {
        self.dialect().eye(version)
    }

    /// Returns whether the shell can give a variable a value, or take it away, beside those that
    /// are there.
    pub fn holds<'n>(
        self,
        name: &str,
        value: Option<&OsStr>,
        mut others: impl Iterator<Item = &'n OsStr>,
    ) -> bool {
        let is_other = |other: &str| other != name && self.dialect().is_same(name, other);
        let is_taken = others.any(|other| other.to_str().is_some_and(is_other));
        !is_taken && value.is_none_or(|value| self.dialect().holds(name, posix::bytes(value)))
    }

    /// Returns the text that a shell evaluates when it starts; nothing where it can't hold the
    /// program's path, which it has to be able to find as it does what lies along `PATH`.
    pub fn script(self, program: &Path) -> Option<Vec<u8>> {
        let dialect = self.dialect();
        if !dialect.holds("PATH", posix::bytes(program)) {
            return None;
        }
        let (before, after) = dialect
            .script()
            .split_once(dialect.token())
            .expect("every script holds the token");
        let quoted = dialect.quote(posix::bytes(program));
        Some(dialect.whole([before.as_bytes(), &quoted, after.as_bytes()].concat()))
    }

    /// Returns the text of a turn.
    pub fn turn(self, turn: &Turn) -> Vec<u8> {
        self.dialect().whole(self.dialect().turn(turn))
    }

    /// Returns the text that changes variables and does nothing else.
    pub fn exports(self, changes: &[Change]) -> Vec<u8> {
        self.dialect().whole(self.dialect().exports(changes))
    }
}

/// A variable and what becomes of it; nothing: it is unset.
pub type Change = (String, Option<OsString>);

/// Everything that a shell is told in one turn.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    pub changes: Vec<Change>,
    pub aliases: Aliases,
    /// What the shell keeps for us and gives back the next time: printable, without quotes and
    /// spaces.
    pub state: String,
    /// The record of what was changed, where no file can hold it.
    pub record: String,
    /// What to watch; nothing: every prompt asks.
    pub watch: Option<Watch>,
}

/// Commands that exist while the shell is in a project.
#[derive(Clone, Debug, Default)]
pub struct Aliases {
    pub gone: Vec<String>,
    pub new: Vec<String>,
    /// The program that runs them.
    pub program: Vec<u8>,
}

/// The language of a shell. What is committed last is the check: a turn that is interrupted is
/// taken again.
trait Dialect {
    fn script(&self) -> &'static str;

    /// What stands for our program's path, with what it takes to make a word of it where it stands.
    fn token(&self) -> &'static str {
        TOKEN
    }

    fn eye(&self, version: &str) -> Eye;
    fn quote(&self, value: &[u8]) -> Vec<u8>;
    fn set(&self, name: &str, value: &[u8]) -> Vec<u8>;
    fn unset(&self, name: &str) -> Vec<u8>;
    /// Defines an alias, and keeps the user's own of that name.
    fn alias(&self, name: &str, program: &[u8]) -> Vec<u8>;
    /// Removes an alias that is still ours, and brings the user's own back.
    fn unalias(&self, name: &str) -> Vec<u8>;
    /// Sets a variable that no child inherits.
    fn keep(&self, name: &str, value: &str) -> Vec<u8>;
    fn check(&self, watch: Option<&Watch>) -> Vec<u8>;

    fn holds(&self, _name: &str, _value: &[u8]) -> bool {
        true
    }

    /// Returns whether two names are one variable there.
    fn is_same(&self, name: &str, other: &str) -> bool {
        name == other
    }

    /// Makes of lines what the shell can be given.
    fn whole(&self, lines: Vec<u8>) -> Vec<u8> {
        lines
    }

    /// Returns whether an alias of this name would be none, beside the names that no shell can
    /// give.
    fn reserves(&self, _name: &str) -> bool {
        false
    }

    fn exports(&self, changes: &[Change]) -> Vec<u8> {
        let one = |(name, value): &Change| match value {
            Some(value) => self.set(name, posix::bytes(value)),
            None => self.unset(name),
        };
        changes.iter().flat_map(one).collect()
    }

    fn turn(&self, turn: &Turn) -> Vec<u8> {
        let Aliases { gone, new, program } = &turn.aliases;
        let gone = gone.iter().flat_map(|name| self.unalias(name));
        let new = new.iter().flat_map(|name| self.alias(name, program));
        let kept = [
            self.keep("record", &turn.record),
            self.keep("state", &turn.state),
        ]
        .concat();
        let check = self.check(turn.watch.as_ref());
        self.exports(&turn.changes)
            .into_iter()
            .chain(gone)
            .chain(new)
            .chain(kept)
            .chain(check)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_are_known_by_name_path_and_login_name() {
        for (word, shell) in [
            ("zsh", Shell::Zsh),
            ("/usr/bin/bash", Shell::Bash),
            ("-zsh", Shell::Zsh),
            ("powershell", Shell::Pwsh),
        ] {
            assert_eq!(Shell::named(word), Some(shell));
        }
        assert_eq!((Shell::named("sh"), Shell::named("")), (None, None));
    }

    #[test]
    fn every_script_holds_the_token_once() {
        for shell in Shell::ALL {
            assert_eq!(
                shell
                    .dialect()
                    .script()
                    .matches(shell.dialect().token())
                    .count(),
                1,
                "{}",
                shell.name()
            );
        }
    }
}
