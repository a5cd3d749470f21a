//! The environment of a plan as a file for another program: text out of values. Every file reads
//! back as exactly the values that went in, or is not written: what a format can't hold is refused
//! by name, with the reason. Which variables go into a file is `choice`'s. No file, clock, process
//! or print here.

pub mod choice;
mod compose;
mod docker;
mod dockerfile;
mod dotenv;
mod github;
mod gitlab;
mod json;
mod kubernetes;
mod make;
mod nix;
mod systemd;
mod yaml;

use std::ffi::OsString;

use choice::Reach;
pub use dotenv::Dialect;

/// A variable and what becomes of it; without a value it is unset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: String,
    pub value: Option<OsString>,
}

/// A variable that a format can't hold, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub name: String,
    pub why: String,
    /// Whether it is refused because it is to be unset.
    pub is_unset: bool,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Json,
    Dotenv,
    Docker,
    Github,
    GithubPath,
    Gitlab,
    Dockerfile,
    Compose,
    Kubernetes,
    Systemd,
    Nix,
    Make,
}

/// What a file depends on beside the variables.
#[derive(Clone, Debug)]
pub struct Manner {
    pub dialect: Dialect,
    /// A name for what is written, where the format asks for one.
    pub title: String,
    /// A word that nobody can guess.
    pub random: String,
    /// Whether nothing is unset: what would be is left out.
    pub set_only: bool,
}

impl Format {
    pub const ALL: [Self; 12] = [
        Self::Json,
        Self::Dotenv,
        Self::Docker,
        Self::Github,
        Self::GithubPath,
        Self::Gitlab,
        Self::Dockerfile,
        Self::Compose,
        Self::Kubernetes,
        Self::Systemd,
        Self::Nix,
        Self::Make,
    ];

    /// Returns the format of a word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == word)
    }

    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Dotenv => "dotenv",
            Self::Docker => "docker",
            Self::Github => "github",
            Self::GithubPath => "github-path",
            Self::Gitlab => "gitlab",
            Self::Dockerfile => "dockerfile",
            Self::Compose => "compose",
            Self::Kubernetes => "kubernetes",
            Self::Systemd => "systemd",
            Self::Nix => "nix",
            Self::Make => "make",
        }
    }

    /// Returns where and when such a file is read.
    pub fn reach(self) -> Reach {
        match self {
            Self::Json | Self::Github | Self::GithubPath => Reach::Now,
            Self::Dotenv | Self::Systemd | Self::Nix | Self::Make => Reach::Later,
            Self::Docker | Self::Gitlab | Self::Dockerfile | Self::Compose | Self::Kubernetes => {
                Reach::Elsewhere
            }
        }
    }

    fn writer(self, manner: &Manner) -> Box<dyn Writer> {
        match self {
            Self::Json => Box::new(json::Json),
            Self::Dotenv => manner.dialect.writer(),
            Self::Docker => Box::new(docker::Docker),
            Self::Github => Box::new(github::Variables {
                word: manner.random.clone(),
            }),
            Self::GithubPath => Box::new(github::Path),
            Self::Gitlab => Box::new(gitlab::Gitlab),
            Self::Dockerfile => Box::new(dockerfile::Dockerfile),
            Self::Compose => Box::new(compose::Compose),
            Self::Kubernetes => Box::new(kubernetes::ConfigMap {
                name: kubernetes::name(&manner.title),
            }),
            Self::Systemd => Box::new(systemd::Systemd),
            Self::Nix => Box::new(nix::Nix),
            Self::Make => Box::new(make::Make),
        }
    }

    /// Returns the text of a file, or every variable that it can't hold.
    pub fn write(self, settings: &[Setting], manner: &Manner) -> Result<String, Vec<Refused>> {
        let writer = self.writer(manner);
        let (mut lines, mut refused, mut size) = (Vec::new(), Vec::new(), 0);
        for setting in settings {
            let line = entry(writer.as_ref(), setting, manner.set_only).and_then(|line| {
                size += line.as_ref().map_or(0, String::len);
                if size > writer.limit() {
                    Err("the file would be larger than its reader takes".to_owned())
                } else {
                    Ok(line)
                }
            });
            match line {
                Ok(line) => lines.extend(line),
                Err(why) => {
                    let is_unset = setting.value.is_none();
                    refused.push(Refused {
                        name: setting.name.clone(),
                        why,
                        is_unset,
                    });
                }
            }
        }
        if refused.is_empty() {
            Ok(writer.whole(&lines))
        } else {
            Err(refused)
        }
    }
}

/// How a format says one thing and then all of them. An error is the reason why it can't.
trait Writer {
    fn set(&self, name: &str, value: &str) -> Result<String, String>;

    /// Returns what unsets a variable; nothing where the format can't.
    fn unset(&self, _name: &str) -> Option<String> {
        None
    }

    fn whole(&self, lines: &[String]) -> String {
        lines.concat()
    }

    /// Returns how many bytes the variables may take together.
    fn limit(&self) -> usize {
        usize::MAX
    }
}

/// Returns what a file says of a variable; nothing where it is left out.
fn entry(writer: &dyn Writer, setting: &Setting, set_only: bool) -> Result<Option<String>, String> {
    let Setting { name, value } = setting;
    if !is_name(name) {
        return Err("it is no name for a variable".to_owned());
    }
    let Some(value) = value else {
        return absent(writer, name, set_only);
    };
    let value = value.to_str().ok_or("its value is not UTF-8")?;
    writer.set(name, value).map(Some)
}

/// An empty variable of Python's own means the same as none: `CPython` looks at what is in it.
fn absent(writer: &dyn Writer, name: &str, set_only: bool) -> Result<Option<String>, String> {
    let line = if set_only { None } else { writer.unset(name) };
    match line {
        Some(line) => Ok(Some(line)),
        None if name.starts_with("PYTHON") => writer.set(name, "").map(Some),
        None if set_only => Ok(None),
        None => Err("the profile unsets it, which can't be said there".to_owned()),
    }
}

/// Returns whether every program can read a name.
fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}

/// Fails where a value holds what a format gives another meaning.
fn refuse(is_bad: bool, why: &str) -> Result<(), String> {
    if is_bad { Err(why.to_owned()) } else { Ok(()) }
}

const LINE_BREAK: &str = "its value holds a line break";
const CARRIAGE_RETURN: &str = "its value holds a carriage return";
const LONG_LINE: &str = "its line would be longer than its reader takes";

/// The longest line that the line readers of the container tools take.
const LONGEST_LINE: usize = 65_535;

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    fn manner(set_only: bool) -> Manner {
        Manner {
            dialect: Dialect::Common,
            title: "p-dev".into(),
            random: "r".into(),
            set_only,
        }
    }

    fn setting(name: &str, value: Option<&str>) -> Setting {
        Setting {
            name: name.to_owned(),
            value: value.map(Into::into),
        }
    }

    fn names(refused: &[Refused]) -> Vec<&str> {
        refused
            .iter()
            .map(|refused| refused.name.as_str())
            .collect()
    }

    #[test]
    fn every_format_is_known_by_its_name_and_no_shell_has_it() {
        for format in Format::ALL {
            assert_eq!(Format::named(format.name()), Some(format));
        }
    }

    #[test]
    fn what_can_t_be_unset_is_refused_but_for_pythons_own() {
        let settings = [
            setting("A", None),
            setting("PYTHONHOME", None),
            setting("B", None),
        ];
        let can = [Format::Json, Format::Systemd, Format::Make];
        for format in Format::ALL
            .into_iter()
            .filter(|format| *format != Format::GithubPath)
        {
            let written = format.write(&settings, &manner(false));
            assert_eq!(written.is_ok(), can.contains(&format), "{}", format.name());
            if let Err(refused) = written {
                assert_eq!(names(&refused), ["A", "B"], "{}", format.name());
                assert!(refused.iter().all(|refused| refused.is_unset));
            }
            let text = format.write(&settings, &manner(true)).unwrap();
            assert!(
                text.contains("PYTHONHOME") && !text.contains("null"),
                "{}: {text}",
                format.name()
            );
        }
    }

    #[test]
    fn all_that_is_refused_is_named_and_nothing_is_written() {
        let odd = Setting {
            name: "ODD".into(),
            value: Some(OsString::from_vec(vec![0xff])),
        };
        let settings = [setting("A", Some("fine")), odd, setting("B-C", Some("x"))];
        for format in Format::ALL {
            assert_eq!(
                names(&format.write(&settings, &manner(false)).unwrap_err()),
                ["ODD", "B-C"]
            );
        }
    }

    #[test]
    fn a_file_is_no_larger_than_its_reader_takes() {
        let value = "x".repeat(3000);
        let settings = [
            setting("A", Some(&value)),
            setting("B", Some(&value)),
            setting("C", Some("x")),
        ];
        let refused = Format::Gitlab.write(&settings, &manner(false)).unwrap_err();
        assert_eq!(names(&refused), ["B", "C"]);
    }
}
