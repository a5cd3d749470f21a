//! nushell, from 0.106 on. It runs no text as code but in a hook of its own, so that a turn is
//! JSON, which the hook applies and whose watch it compares. It can't ask cheaply when a file
//! changed: it compares what is in it. `PATH` is a list there, and strings are text: a value that
//! is none, it can't hold.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str;

use serde_json::{Map, Value, json};

use super::posix::bytes;
use super::watch::{Eye, Mark, Watch};
use super::{Dialect, Turn};

#[derive(Debug)]
pub(super) struct Nu;

/// The variable that is a list.
const PATH: &str = "PATH";

/// Variables that are nushell itself: nobody may set them, or what is set for it is no text.
#[rustfmt::skip]
const SPECIAL: [&str; 15] = [
    "CMD_DURATION_MS", "CURRENT_FILE", "ENV_CONVERSIONS", "FILE_PWD", "LAST_EXIT_CODE", "NU_LIB_DIRS", "NU_PLUGIN_DIRS",
    "NU_VERSION", "PROMPT_COMMAND", "PROMPT_COMMAND_RIGHT", "PROMPT_INDICATOR", "PROMPT_INDICATOR_VI_INSERT",
    "PROMPT_INDICATOR_VI_NORMAL", "PROMPT_MULTILINE_INDICATOR", "config",
];

/// Words of the parser, which no alias can have, and those that the hook's own lines are made of.
const RESERVED: [&str; 16] = [
    "const", "describe", "extern", "false", "hide", "loop", "match", "module", "mut", "null",
    "overlay", "plugin", "true", "try", "use", "where",
];

/// Numbers that are written in letters.
const NUMBERS: [&str; 3] = ["inf", "infinity", "nan"];

impl Dialect for Nu {
    fn script(&self) -> &'static str {
        include_str!("../../shell/hook.nu")
    }

    fn eye(&self, _version: &str) -> Eye {
        Eye::Content
    }

    fn holds(&self, name: &str, value: &[u8]) -> bool {
        str::from_utf8(value).is_ok() && !SPECIAL.iter().any(|special| self.is_same(name, special))
    }

    fn is_same(&self, name: &str, other: &str) -> bool {
        name.eq_ignore_ascii_case(other)
    }

    // An alias named like a number, a size, a date or a range is an error, and takes the others
    // with it.
    fn reserves(&self, name: &str) -> bool {
        let is_number = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_digit()) || name.contains("..")
        };
        RESERVED.contains(&name)
            || is_number(name)
            || NUMBERS
                .iter()
                .any(|number| name.eq_ignore_ascii_case(number))
    }

    fn quote(&self, value: &[u8]) -> Vec<u8> {
        quoted(&String::from_utf8_lossy(value)).into_bytes()
    }

    fn set(&self, name: &str, value: &[u8]) -> Vec<u8> {
        let list: &[u8] = if name == PATH {
            b" | split row ':'"
        } else {
            b""
        };
        [
            b"$env.",
            name.as_bytes(),
            b" = (",
            &self.quote(value),
            list,
            b")\n",
        ]
        .concat()
    }

    fn unset(&self, name: &str) -> Vec<u8> {
        format!("hide-env -i {name}\n").into_bytes()
    }

    // What is kept, watched and named lies in the turn's own text.
    fn alias(&self, _name: &str, _program: &[u8]) -> Vec<u8> {
        Vec::new()
    }

    fn unalias(&self, _name: &str) -> Vec<u8> {
        Vec::new()
    }

    fn keep(&self, _name: &str, _value: &str) -> Vec<u8> {
        Vec::new()
    }

    fn check(&self, _watch: Option<&Watch>) -> Vec<u8> {
        Vec::new()
    }

    fn turn(&self, turn: &Turn) -> Vec<u8> {
        let value = |name: &str, value: &OsString| {
            let text = value.to_string_lossy().into_owned();
            if name == PATH {
                json!(text.split(':').collect::<Vec<_>>())
            } else {
                Value::String(text)
            }
        };
        let set: Map<String, Value> = turn
            .changes
            .iter()
            .filter_map(|(name, v)| Some((name.clone(), value(name, v.as_ref()?))))
            .collect();
        let hide: Vec<&String> = turn
            .changes
            .iter()
            .filter(|(_, v)| v.is_none())
            .map(|(name, _)| name)
            .collect();
        let told = json!({
            "set": set,
            "hide": hide,
            "gone": turn.aliases.gone,
            "new": turn.aliases.new,
            "record": turn.record,
            "state": turn.state,
            "watch": turn.watch.as_ref().and_then(watched),
        });
        format!("{told}\n").into_bytes()
    }
}

/// Returns what is watched; nothing where some of it is no text.
fn watched(watch: &Watch) -> Option<Value> {
    let text = |value: &[u8]| str::from_utf8(value).ok().map(str::to_owned);
    let path = |path: &PathBuf| text(bytes(path));
    let (mut variables, mut files, mut there) = (Vec::new(), Vec::new(), Vec::new());
    for (name, value) in &watch.variables {
        let value = text(value.as_deref().map(bytes).unwrap_or_default())?;
        variables.push(json!({"name": name, "value": value}));
    }
    for present in &watch.present {
        match &present.mark {
            Mark::Content(content) => {
                files.push(json!({"path": path(&present.path)?, "content": text(content)?}));
            }
            Mark::There => there.push(path(&present.path)?),
            Mark::Stamp(_) | Mark::Changed(_) | Mark::Written(_) => {}
        }
    }
    let absent = watch.absent.iter().map(path).collect::<Option<Vec<_>>>()?;
    let cwd = path(&watch.cwd)?;
    Some(
        json!({"cwd": cwd, "variables": variables, "files": files, "there": there, "absent": absent}),
    )
}

/// Quotes text, as a string of nushell.
fn quoted(text: &str) -> String {
    let one = |char: char| match char {
        '"' | '\\' => format!("\\{char}"),
        char if char.is_ascii_control() => format!("\\u{{{:x}}}", u32::from(char)),
        char => char.to_string(),
    };
    format!("\"{}\"", text.chars().map(one).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        assert_eq!(
            Nu.quote("it's $(a) \"\\\n\u{e9}".as_bytes()),
            "\"it's $(a) \\\"\\\\\\u{a}\u{e9}\"".as_bytes()
        );
        assert!(!Nu.holds("A", b"\xff") && Nu.holds("A", "\u{e9}".as_bytes()));
    }

    #[test]
    fn a_turn_is_one_object() {
        let changes = vec![
            ("PATH".to_owned(), Some("/a::/b".into())),
            ("B".to_owned(), None),
        ];
        let turn = Turn {
            changes,
            state: "1:2".into(),
            ..Turn::default()
        };
        let text = "{\"set\":{\"PATH\":[\"/a\",\"\",\"/b\"]},\"hide\":[\"B\"],\"gone\":[],\"new\":[],\
                    \"record\":\"\",\"state\":\"1:2\",\"watch\":null}\n";
        assert_eq!(String::from_utf8(Nu.turn(&turn)).unwrap(), text);
    }
}
