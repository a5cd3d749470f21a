//! What may be shown of a line that was left: names, and the words of commands that take no secret.
//! Never a value, and nothing of a line that may be a piece of one, as that of a key over several
//! lines that nobody quoted.

use std::ffi::{OsStr, OsString};

use crate::env::names;
use crate::env::secrets::{self, MASK};

/// Commands whose words are names, be it with a value.
const NAMING: [&str; 6] = ["declare", "export", "local", "readonly", "typeset", "unset"];

/// Commands of direnv whose words are paths and names.
#[rustfmt::skip]
const PLAIN: [&str; 22] = [
    "PATH_add", "PATH_rm", "MANPATH_add", "direnv_load", "direnv_version", "dotenv", "dotenv_if_exists", "env_vars_required",
    "layout", "layout_python", "layout_python3", "load_prefix", "path_add", "path_rm", "source_env", "source_env_if_exists",
    "source_up", "source_up_if_exists", "strict_env", "use", "watch_dir", "watch_file",
];

/// Words of the shell, after which anything may stand.
#[rustfmt::skip]
const SHELL: [&str; 21] = [
    ".", "[", "[[", "case", "cd", "do", "echo", "elif", "else", "eval", "exec", "exit", "for", "function", "if", "return",
    "set", "source", "then", "until", "while",
];

/// Returns what may be shown of a line.
pub(super) fn of(line: &str) -> String {
    let line = line.lines().next().unwrap_or_default().trim();
    let first = line.split_whitespace().next().unwrap_or_default();
    if let Some(name) = assigned(line) {
        return format!("{name}={MASK}");
    }
    match () {
        () if is_header(line) => line.to_owned(),
        () if NAMING.contains(&first) => naming(line),
        () if PLAIN.contains(&first) => plain(line),
        () if SHELL.contains(&first) && first == line => first.to_owned(),
        () if SHELL.contains(&first) => format!("{first} {MASK}"),
        () => String::new(),
    }
}

/// Returns what a line gives a value. The end of a text in base 64 has two of the signs, and spaces
/// are no shell's.
fn assigned(line: &str) -> Option<&str> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end();
    let is_name = !name.is_empty() && name.chars().all(is_of_key);
    (is_name && !value.starts_with('=')).then_some(name)
}

/// Returns whether a line begins a table of TOML.
fn is_header(line: &str) -> bool {
    line.starts_with('[')
        && line.ends_with(']')
        && line.trim_matches(['[', ']']).chars().all(is_of_key)
}

fn is_of_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// Shows the words of a command up to the first value.
fn naming(line: &str) -> String {
    let mut out = Vec::new();
    for word in line.split_whitespace() {
        match word.split_once('=') {
            None if names::is_name(word) || word.starts_with('-') => out.push(word.to_owned()),
            Some((name, _)) if names::is_name(name) => {
                out.push(format!("{name}={MASK}"));
                break;
            }
            _ => {
                out.push(MASK.to_owned());
                break;
            }
        }
    }
    out.join(" ")
}

fn plain(line: &str) -> String {
    let (said, rest) = line
        .split_once('=')
        .map_or((line, ""), |(said, rest)| (said, rest));
    let words: Vec<OsString> = said.split_whitespace().map(OsString::from).collect();
    let shown = secrets::shown_words(&words)
        .join(OsStr::new(" "))
        .to_string_lossy()
        .into_owned();
    if rest.is_empty() {
        shown
    } else {
        format!("{shown}={MASK}")
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn names_are_shown_and_values_never() {
        for (line, shown) in [
            ("export TOKEN=$(x) PASSWORD=hunter2", "export TOKEN=…"),
            ("export -n A B", "export -n A B"),
            ("export \"A B=hunter2\"", "export …"),
            ("declare -x A='hunter2", "declare -x A=…"),
            ("PASSWORD=hunter2 run", "PASSWORD=…"),
            ("T = '{{ hunter2 }}'", "T=…"),
            ("_.python.venv = 'x'", "_.python.venv=…"),
            ("[tools]", "[tools]"),
            ("[ $A = hunter2 ]", "[ …"),
            ("use nix", "use nix"),
            ("use vault --token hunter2", "use vault --token …"),
            ("layout python3 --x=hunter2", "layout python3 --x=…"),
            ("eval \"$(op signin hunter2)\"", "eval …"),
            ("else", "else"),
            ("MIIEvSECRET", ""),
            ("MIIEvSECRET==", ""),
            ("MIIE/+SECRET=", ""),
            ("curl -u me:hunter2 x", ""),
            ("`hunter2`", ""),
        ] {
            assert_eq!(of(line), shown, "{line}");
        }
    }
}
