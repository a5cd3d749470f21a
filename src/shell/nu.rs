//! nushell, from 0.106 on. It runs no text as code but in a hook of its own, so that a turn is JSON, which the hook applies
//! and whose watch it compares. It can't ask cheaply when a file changed: it compares what is in it. `PATH` is a list
//! there, and strings are text: a value that is none, it can't hold.

use std::str;

use super::posix::bytes;
use super::watch::{Eye, Mark, Watch};
use super::{Dialect, Turn};

#[derive(Debug)]
pub(super) struct Nu;

/// The variable that is a list.
const PATH: &str = "PATH";

/// Words of the parser, which no alias can have.
const RESERVED: [&str; 10] = ["const", "extern", "hide", "loop", "match", "module", "mut", "overlay", "plugin", "use"];

impl Dialect for Nu {
    fn script(&self) -> &'static str {
        include_str!("../../shell/hook.nu")
    }

    fn eye(&self, _version: &str) -> Eye {
        Eye::Content
    }

    fn holds(&self, _name: &str, value: &[u8]) -> bool {
        str::from_utf8(value).is_ok()
    }

    fn reserves(&self, name: &str) -> bool {
        RESERVED.contains(&name)
    }

    fn quote(&self, value: &[u8]) -> Vec<u8> {
        escaped(&String::from_utf8_lossy(value), |char| format!("\\u{{{:x}}}", u32::from(char))).into_bytes()
    }

    fn set(&self, name: &str, value: &[u8]) -> Vec<u8> {
        let list: &[u8] = if name == PATH { b" | split row ':'" } else { b"" };
        [b"$env.", name.as_bytes(), b" = (", &self.quote(value), list, b")\n"].concat()
    }

    fn unset(&self, name: &str) -> Vec<u8> {
        format!("hide-env -i {name}\n").into_bytes()
    }

    fn alias(&self, name: &str, _program: &[u8]) -> Vec<u8> {
        json(name).into_bytes()
    }

    fn unalias(&self, name: &str) -> Vec<u8> {
        json(name).into_bytes()
    }

    fn keep(&self, name: &str, value: &str) -> Vec<u8> {
        member(name, &json(value)).into_bytes()
    }

    fn check(&self, watch: Option<&Watch>) -> Vec<u8> {
        member("watch", &watch.and_then(watched).unwrap_or_else(|| "null".to_owned())).into_bytes()
    }

    fn turn(&self, turn: &Turn) -> Vec<u8> {
        let value = |name: &str, value: &[u8]| {
            let text = String::from_utf8_lossy(value);
            if name == PATH { array(text.split(':').map(json)) } else { json(&text) }
        };
        let set = turn.changes.iter().filter_map(|(name, v)| Some(member(name, &value(name, bytes(v.as_ref()?)))));
        let hide = turn.changes.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| json(name));
        let members = [
            member("set", &object(set)),
            member("hide", &array(hide)),
            member("gone", &array(turn.aliases.gone.iter().map(|name| json(name)))),
            member("new", &array(turn.aliases.new.iter().map(|name| json(name)))),
        ];
        let kept =
            [self.keep("record", &turn.record), self.keep("state", &turn.state), self.check(turn.watch.as_ref())];
        let all = members.map(String::into_bytes).into_iter().chain(kept).collect::<Vec<_>>();
        [b"{", all.join(b",".as_slice()).as_slice(), b"}\n"].concat()
    }
}

/// Returns what is watched; nothing where some of it is no text.
fn watched(watch: &Watch) -> Option<String> {
    let text = |value: &[u8]| str::from_utf8(value).ok().map(json);
    let paths = |paths: Vec<&std::path::PathBuf>| -> Option<Vec<String>> {
        paths.into_iter().map(|path| text(bytes(path))).collect()
    };
    let (mut variables, mut files, mut there) = (Vec::new(), Vec::new(), Vec::new());
    for (name, value) in &watch.variables {
        let value = text(value.as_deref().map(bytes).unwrap_or_default())?;
        variables.push(object([member("name", &json(name)), member("value", &value)]));
    }
    for present in &watch.present {
        match &present.mark {
            Mark::Content(content) => {
                let path = text(bytes(&present.path))?;
                files.push(object([member("path", &path), member("content", &text(content)?)]));
            }
            Mark::There => there.push(&present.path),
            Mark::Stamp(_) | Mark::Changed(_) | Mark::Written(_) => {}
        }
    }
    Some(object([
        member("cwd", &text(bytes(&watch.cwd))?),
        member("variables", &array(variables)),
        member("files", &array(files)),
        member("there", &array(paths(there)?)),
        member("absent", &array(paths(watch.absent.iter().collect())?)),
    ]))
}

fn json(text: &str) -> String {
    escaped(text, |char| format!("\\u{:04x}", u32::from(char)))
}

fn member(name: &str, value: &str) -> String {
    format!("{}:{value}", json(name))
}

fn object(members: impl IntoIterator<Item = String>) -> String {
    format!("{{{}}}", members.into_iter().collect::<Vec<_>>().join(","))
}

fn array(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

/// Quotes text with escapes for `"`, `\` and control characters.
fn escaped(text: &str, code: fn(char) -> String) -> String {
    let one = |char: char| match char {
        '"' | '\\' => format!("\\{char}"),
        '\0'..='\x1f' | '\x7f' => code(char),
        char => char.to_string(),
    };
    format!("\"{}\"", text.chars().map(one).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        assert_eq!(Nu.quote("it's $(a) \"\\\n\u{e9}".as_bytes()), "\"it's $(a) \\\"\\\\\\u{a}\u{e9}\"".as_bytes());
        assert_eq!(json("a\n\u{1f40d}"), "\"a\\u000a\u{1f40d}\"");
        assert!(!Nu.holds("A", b"\xff") && Nu.holds("A", "\u{e9}".as_bytes()));
    }

    #[test]
    fn a_turn_is_one_object() {
        let changes = vec![("PATH".to_owned(), Some("/a::/b".into())), ("B".to_owned(), None)];
        let turn = Turn { changes, state: "1:2".into(), ..Turn::default() };
        let text = "{\"set\":{\"PATH\":[\"/a\",\"\",\"/b\"]},\"hide\":[\"B\"],\"gone\":[],\"new\":[],\
                    \"record\":\"\",\"state\":\"1:2\",\"watch\":null}\n";
        assert_eq!(String::from_utf8(Nu.turn(&turn)).unwrap(), text);
    }
}
