//! What another tool's file says that a configuration of ours can say too. The file is data:
//! nothing of it is executed, and what would have to be is left, line by line, with the reason.
//! Reads no file and writes none.

mod envrc;
mod mise;
mod shown;
mod words;

use std::path::Path;

use super::dotenv;
use super::keys::{self, OF_POLICY};
use crate::env::names;
use crate::values::document;
use crate::values::fault::Fault;

/// What becomes of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    Set(String),
    /// Set where it is unset.
    Default(String),
    Unset,
    /// Put these directories, as the file names them, in front.
    Prepend(Vec<String>),
}

/// A variable, and whether what is said of it comes after a dotenv file, over whose values it then
/// has to lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    pub wish: Wish,
    pub is_over_dotenv: bool,
}

/// A dotenv file that is read, as the file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DotenvFile {
    pub path: String,
    pub optional: bool,
}

/// A line that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub line: usize,
    /// What may be shown of it.
    pub text: String,
    pub why: String,
}

/// What was taken of a file, and what was left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    pub variables: Vec<Variable>,
    pub dotenv: Vec<DotenvFile>,
    pub venv: Option<String>,
    pub left: Vec<Left>,
}

/// Reads an `.envrc`.
pub fn envrc(file: &Path, text: &str) -> Result<Taken, Fault> {
    envrc::read(file, text)
}

/// Reads the `[env]` of a `mise.toml`.
pub fn mise(file: &Path, text: &str) -> Result<Taken, Fault> {
    mise::read(&document::parse(file, text.to_owned())?, text)
}

/// Reads a dotenv file. It stays where it is, under the name that is given: its values may be
/// secrets, and a configuration is committed. So nothing is taken of one that devenv can't read
/// whole.
pub fn dotenv(file: &Path, name: &str, text: &str) -> Result<Taken, Fault> {
    let (entries, faults) = dotenv::parse_lenient(file, text)?;
    let mut taken = Taken::default();
    if faults.is_empty() {
        taken.dotenv.push(DotenvFile {
            path: name.to_owned(),
            optional: true,
        });
    }
    taken
        .left
        .extend(faults.iter().map(|fault| left_by(fault, text)));
    for entry in entries.into_iter().filter(|entry| entry.expands) {
        taken.leave(
            entry.line,
            line_of(text, entry.line),
            "devenv puts no variable in place of a `$`",
        );
    }
    taken.left.sort_by_key(|left| left.line);
    Ok(taken)
}

/// Returns the lines of a dotenv file that would stop every run.
pub fn unreadable(file: &Path, text: &str) -> Result<Vec<Left>, Fault> {
    let (_, faults) = dotenv::parse_lenient(file, text)?;
    Ok(faults.iter().map(|fault| left_by(fault, text)).collect())
}

fn left_by(fault: &Fault, text: &str) -> Left {
    let line = fault.spot.as_ref().map_or(1, |spot| spot.place.line);
    Left::new(line, line_of(text, line), &fault.what)
}

fn line_of(text: &str, line: usize) -> &str {
    text.lines().nth(line - 1).unwrap_or_default()
}

impl Left {
    fn new(line: usize, text: &str, why: &str) -> Self {
        Self {
            line,
            text: shown::of(text),
            why: why.to_owned(),
        }
    }
}

impl Taken {
    fn leave(&mut self, line: usize, text: &str, why: &str) {
        self.left.push(Left::new(line, text, why));
    }

    /// Takes what is said of a variable over what was said before, where a configuration may say
    /// it.
    fn put(&mut self, name: &str, wish: Wish, line: usize, text: &str) {
        match refusal(name, &wish) {
            Some(why) => self.leave(line, line_of(text, line), &why),
            None => self.take(name, wish, line, text),
        }
    }

    fn take(&mut self, name: &str, wish: Wish, line: usize, text: &str) {
        let is_over_dotenv = !self.dotenv.is_empty();
        let before = self
            .variables
            .iter()
            .position(|variable| variable.name == name);
        let before = before.map(|at| self.variables.remove(at));
        let wish = match (before.map(|before| before.wish), wish) {
            (Some(Wish::Prepend(old)), Wish::Prepend(new)) => Wish::Prepend([new, old].concat()),
            (Some(old @ (Wish::Set(_) | Wish::Default(_))), Wish::Prepend(_)) => {
                self.leave(
                    line,
                    line_of(text, line),
                    "the variable is set whole before",
                );
                old
            }
            (_, wish) => wish,
        };
        self.variables.push(Variable {
            name: name.to_owned(),
            wish,
            is_over_dotenv,
        });
    }

    /// Returns what was said of a variable.
    fn wish(&self, name: &str) -> Option<&Wish> {
        self.variables
            .iter()
            .find(|variable| variable.name == name)
            .map(|variable| &variable.wish)
    }
}

/// Returns why a configuration may not say something of a variable.
fn refusal(name: &str, wish: &Wish) -> Option<String> {
    if !names::is_name(name) {
        return Some("it is no name for a variable here".to_owned());
    }
    if OF_POLICY.contains(&name) {
        return Some("the profile's `bytecode` decides that".to_owned());
    }
    if let Some(why) = keys::refusal(name) {
        return Some(format!("it {why}"));
    }
    let why = match wish {
        Wish::Set(value) | Wish::Default(value) if value.contains('\0') => {
            "a variable can't hold a NUL"
        }
        Wish::Prepend(paths) if paths.iter().any(|path| path.contains(':')) => {
            "an element can't hold a colon"
        }
        Wish::Prepend(paths) if paths.iter().any(String::is_empty) => "an element can't be empty",
        _ => return None,
    };
    Some(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dotenv(text: &str) -> Taken {
        super::dotenv(Path::new(".env"), ".env", text).unwrap()
    }

    #[test]
    fn a_dotenv_file_that_can_be_read_stays_where_it_is() {
        let taken = dotenv("A=1\nexport B='x y'\n");
        assert_eq!(
            taken.dotenv,
            [DotenvFile {
                path: ".env".into(),
                optional: true
            }]
        );
        assert!(taken.variables.is_empty() && taken.left.is_empty());
    }

    #[test]
    fn nothing_is_taken_of_a_dotenv_file_that_can_t_be_read_whole() {
        let taken = dotenv("A=1\nB C\nD='two\nlines'\nE=\"\\q\"\nF=2\n");
        assert!(taken.variables.is_empty());
        assert_eq!(
            taken.left.iter().map(|left| left.line).collect::<Vec<_>>(),
            [2, 5]
        );
        assert!(taken.dotenv.is_empty());
    }

    #[test]
    fn a_value_that_others_expand_is_named() {
        let taken = dotenv("A=1\nB=${A}\nC='$A'\nD=5$\n");
        assert_eq!(
            taken.left.iter().map(|left| left.line).collect::<Vec<_>>(),
            [2]
        );
        assert_eq!(taken.left[0].text, "B=…", "no value is shown");
        let taken = dotenv("B=$A\nC D\nE=1\n");
        assert_eq!((taken.variables.len(), taken.left.len()), (0, 2));
    }

    #[test]
    fn what_a_configuration_may_not_say_is_left() {
        let mut taken = Taken::default();
        for name in [
            "A-B",
            "PYTHONDONTWRITEBYTECODE",
            "PYDEVENV_X",
            "HOME",
            "XDG_STATE_HOME",
        ] {
            taken.put(name, Wish::Unset, 1, "x");
        }
        taken.put("PATH", Wish::Prepend(vec!["a:b".into()]), 1, "x");
        assert!(taken.variables.is_empty() && taken.left.len() == 6);
    }
}
