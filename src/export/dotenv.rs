//! Dotenv files, of which there is no one format. Without a dialect, a file reads the same for
//! node, python-dotenv and uv, or is refused; a dialect names the one program that will read it,
//! and holds what that one can.

use super::docker::Docker;
use super::{CARRIAGE_RETURN, Writer, refuse};

/// Who reads a dotenv file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// node, python-dotenv and uv alike.
    Common,
    /// `docker run --env-file`.
    Docker,
    /// dotenvx, and the npm package dotenv.
    Dotenvx,
    /// `node --env-file`.
    Node,
    Python,
    /// `. FILE` in a POSIX shell.
    Sh,
    /// `uv run --env-file`.
    Uv,
}

impl Dialect {
    pub const ALL: [Self; 7] = [
        Self::Common,
        Self::Docker,
        Self::Dotenvx,
        Self::Node,
        Self::Python,
        Self::Sh,
        Self::Uv,
    ];

    /// Returns the dialect of a word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == word)
    }

    pub(super) fn writer(self) -> Box<dyn Writer> {
        match self {
            Self::Common => Box::new(Common),
            Self::Docker => Box::new(Docker),
            Self::Dotenvx => Box::new(Dotenvx),
            Self::Node => Box::new(Node),
            Self::Python => Box::new(Python),
            Self::Sh => Box::new(Sh),
            Self::Uv => Box::new(Uv),
        }
    }

    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Common => "common",
            Self::Docker => "docker",
            Self::Dotenvx => "dotenvx",
            Self::Node => "node",
            Self::Python => "python",
            Self::Sh => "sh",
            Self::Uv => "uv",
        }
    }
}

/// Returns whether no reader of any kind sees more in a value than its text.
fn is_plain(value: &str) -> bool {
    value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_./:@%+,=-".contains(c))
}

fn line(name: &str, value: &str) -> String {
    format!("{name}={value}\n")
}

/// Returns a line with the value between quotes that it does not hold, for a reader that takes it
/// literally there.
fn literal(name: &str, value: &str, quotes: &[char]) -> Result<String, String> {
    if is_plain(value) {
        return Ok(line(name, value));
    }
    let quote = quotes.iter().find(|quote| !value.contains(**quote));
    let quote = quote.ok_or("its value holds every quote that could be put around it")?;
    Ok(line(name, &format!("{quote}{value}{quote}")))
}

fn escaped(name: &str, value: &str, escapes: &[(char, &str)]) -> String {
    if is_plain(value) {
        return line(name, value);
    }
    let escape = |c: char| {
        escapes
            .iter()
            .find(|(known, _)| *known == c)
            .map_or(c.to_string(), |(_, text)| (*text).to_owned())
    };
    line(
        name,
        &format!("\"{}\"", value.chars().map(escape).collect::<String>()),
    )
}

/// python-dotenv puts other variables into a value, however it is quoted.
fn refuse_reference(value: &str) -> Result<(), String> {
    refuse(
        value.contains("${"),
        "its value holds a `${`, which python-dotenv expands",
    )
}

struct Common;

impl Writer for Common {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        refuse(
            value.contains('\''),
            "its value holds a `'`, which is not written in one way for all",
        )?;
        refuse(value.contains('\r'), CARRIAGE_RETURN)?;
        refuse(
            value.contains("\\\\") || value.ends_with('\\'),
            "its value holds a backslash that not all read alike",
        )?;
        refuse_reference(value)?;
        literal(name, value, &['\''])
    }
}

struct Node;

impl Writer for Node {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        refuse(value.contains('\r'), CARRIAGE_RETURN)?;
        // Between `"` alone, `\n` would be a line break.
        let quotes: &[char] = if value.contains("\\n") {
            &['\'', '`']
        } else {
            &['\'', '`', '"']
        };
        literal(name, value, quotes)
    }
}

struct Dotenvx;

impl Writer for Dotenvx {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        refuse(value.contains('\r'), CARRIAGE_RETURN)?;
        refuse(
            value.starts_with("encrypted:"),
            "its value would be decrypted",
        )?;
        // Only between `'` is a `$` a `$`.
        let quotes: &[char] = if value.contains('$') {
            &['\'']
        } else {
            &['\'', '`']
        };
        literal(name, value, quotes)
    }
}

struct Python;

impl Writer for Python {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        refuse_reference(value)?;
        Ok(escaped(
            name,
            value,
            &[('"', "\\\""), ('\\', "\\\\"), ('\n', "\\n"), ('\r', "\\r")],
        ))
    }
}

struct Uv;

impl Writer for Uv {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        Ok(escaped(
            name,
            value,
            &[('"', "\\\""), ('\\', "\\\\"), ('$', "\\$"), ('\n', "\\n")],
        ))
    }
}

struct Sh;

impl Writer for Sh {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        Ok(format!(
            "export {name}='{}'\n",
            value.replace('\'', "'\\''")
        ))
    }

    fn unset(&self, name: &str) -> Option<String> {
        Some(format!("unset {name}\n"))
    }
}
