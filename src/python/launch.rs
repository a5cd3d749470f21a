//! How the command line of an interpreter starts it: what it runs, and which of its ways it gives
//! up. Reads words alone.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::policy::PREFIX;
use crate::env::Env;

/// What the command line turns off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one flag")]
pub struct Flags {
    /// `-I`.
    pub isolated: bool,
    /// `-E`.
    pub no_environment: bool,
    /// `-P`.
    pub safe_path: bool,
    /// `-s`.
    pub no_user_site: bool,
    /// `-S`.
    pub no_site: bool,
    /// `-O`, as often as it is said.
    pub optimize: u8,
}

impl Flags {
    /// Returns whether `PYTHON*` variables are not read.
    pub fn ignores_environment(self) -> bool {
        self.isolated || self.no_environment
    }

    /// Returns the words by which the environment is ignored.
    pub fn why_ignored(self) -> Option<&'static str> {
        match self {
            Self { isolated: true, .. } => Some("-I"),
            Self {
                no_environment: true,
                ..
            } => Some("-E"),
            _ => None,
        }
    }
}

/// What comes first on `sys.path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// The working directory: `-m`, `-c`, and an interactive interpreter.
    WorkingDirectory,
    /// That of a script.
    Script(PathBuf),
}

/// What an interpreter runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runs {
    Module(OsString),
    Script(PathBuf),
    /// What `-c` gives.
    Code(OsString),
    /// What is read from standard input, or typed.
    Text,
}

/// A command line, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    pub flags: Flags,
    /// The value of `-X pycache_prefix`, which may be empty.
    pub prefix: Option<OsString>,
    pub runs: Runs,
    /// How many words stand in front of the arguments of what is run.
    pub words: usize,
}

/// Reads the arguments of an interpreter.
pub fn read(args: &[OsString]) -> Launch {
    let mut launch = Launch {
        flags: Flags::default(),
        prefix: None,
        runs: Runs::Text,
        words: args.len(),
    };
    let mut at = 0;
    while let Some(word) = args.get(at) {
        at += 1;
        match word.as_bytes() {
            b"-" => break,
            // The one long option with a value of its own.
            b"--check-hash-based-pycs" => at += 1,
            bytes if bytes.starts_with(b"--") => {}
            [b'-', letters @ ..] => {
                let taken = launch.letters(letters, args.get(at));
                at += usize::from(taken.takes_next);
                if taken.ends {
                    break;
                }
            }
            _ => {
                launch.runs = Runs::Script(word.into());
                break;
            }
        }
    }
    launch.words = at.min(args.len());
    launch
}

/// Returns the tree that holds bytecode instead of `__pycache__`: as the command line says, else
/// the variable where that is read, else the build of the interpreter. An empty word of the command
/// line says that there is none.
pub fn prefix(
    said: Option<&OsStr>,
    flags: Flags,
    env: &Env,
    cwd: &Path,
    preset: Option<&Path>,
) -> Option<PathBuf> {
    if let Some(said) = said {
        return (!said.is_empty()).then(|| cwd.join(said));
    }
    let variable = env.filled(PREFIX).filter(|_| !flags.ignores_environment());
    variable
        .map(|prefix| cwd.join(prefix))
        .or_else(|| preset.map(Path::to_owned))
}

/// What the letters of one word did.
#[derive(Default)]
struct Taken {
    /// The next word is the value of the last letter.
    takes_next: bool,
    /// What follows belongs to what is run.
    ends: bool,
}

impl Launch {
    fn letters(&mut self, letters: &[u8], next: Option<&OsString>) -> Taken {
        for (at, letter) in letters.iter().enumerate() {
            match letter {
                b'I' => self.flags.isolated = true,
                b'E' => self.flags.no_environment = true,
                b'P' => self.flags.safe_path = true,
                b's' => self.flags.no_user_site = true,
                b'S' => self.flags.no_site = true,
                b'O' => self.flags.optimize = (self.flags.optimize + 1).min(2),
                b'c' | b'm' | b'W' | b'X' => {
                    let rest = &letters[at + 1..];
                    let value = if rest.is_empty() {
                        next.map(OsString::as_os_str)
                    } else {
                        Some(OsStr::from_bytes(rest))
                    };
                    self.value(*letter, value.unwrap_or_default());
                    return Taken {
                        takes_next: rest.is_empty(),
                        ends: matches!(letter, b'c' | b'm'),
                    };
                }
                _ => {}
            }
        }
        Taken::default()
    }

    fn value(&mut self, letter: u8, value: &OsStr) {
        match letter {
            b'm' => self.runs = Runs::Module(value.to_owned()),
            b'c' => self.runs = Runs::Code(value.to_owned()),
            b'X' => {
                let prefix = value.as_bytes().strip_prefix(b"pycache_prefix=");
                self.prefix = prefix
                    .map(|prefix| OsStr::from_bytes(prefix).to_owned())
                    .or(self.prefix.take());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(line: &str) -> Launch {
        read(
            &line
                .split_whitespace()
                .map(OsString::from)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn what_is_run_is_what_python_runs() {
        for (line, runs, words) in [
            ("-m app.cli --x", Runs::Module("app.cli".into()), 2),
            ("-Im app", Runs::Module("app".into()), 2),
            ("-mapp x", Runs::Module("app".into()), 1),
            ("-X dev -W error s.py -m x", Runs::Script("s.py".into()), 5),
            (
                "-Xdev --check-hash-based-pycs always s.py",
                Runs::Script("s.py".into()),
                4,
            ),
            ("-c print(1) x", Runs::Code("print(1)".into()), 2),
            ("- x", Runs::Text, 1),
            ("-i", Runs::Text, 1),
        ] {
            let read = launch(line);
            assert_eq!((read.runs, read.words), (runs, words), "{line}");
        }
    }

    #[test]
    fn flags_are_read_up_to_what_is_run() {
        let flags = launch("-IsOO -m app -E").flags;
        let expected = Flags {
            isolated: true,
            no_user_site: true,
            optimize: 2,
            ..Flags::default()
        };
        assert_eq!(flags, expected);
        assert_eq!(
            launch("-X pycache_prefix=/x -X dev s.py").prefix,
            Some("/x".into())
        );
        assert_eq!(launch("-Xpycache_prefix= s.py").prefix, Some("".into()));
        assert!(launch("-E s.py").flags.ignores_environment() && launch("-P s.py").flags.safe_path);
    }
}
