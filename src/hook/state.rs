//! What a shell keeps for us between two prompts, in a variable that no child inherits. It is
//! written with letters that mean nothing to any shell, and belongs to one process: a shell that
//! finds another's has none.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use crate::env::names;
use crate::values::digest;

const VERSION: &str = "1";

/// So many messages are remembered as said, and so many elements as left.
const MOST: usize = 24;

/// A shell's memory of the last turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The shell's process.
    pub owner: String,
    /// The project whose plan is applied.
    pub root: Option<PathBuf>,
    /// The state of the switch when it was.
    pub switch: String,
    /// Digests of what was said already.
    pub said: Vec<String>,
    /// Elements of `PATH` and `PYTHONPATH` that were ours in projects that the shell left.
    pub left: Vec<OsString>,
    /// The commands that the shell has from us.
    pub aliases: Vec<String>,
}

impl State {
    /// Reads what a shell kept; nothing of it where it was another shell's.
    pub fn parse(text: &str, owner: &str) -> Self {
        let new = Self {
            owner: owner.to_owned(),
            ..Self::default()
        };
        Self::decode(text)
            .filter(|state| state.owner == owner)
            .unwrap_or(new)
    }

    fn decode(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split(':').collect();
        let [VERSION, owner, root, switch, said, left, aliases] = fields[..] else {
            return None;
        };
        let text = |field: &str| String::from_utf8(unescape(field)?).ok();
        let list = |field: &str| -> Option<Vec<Vec<u8>>> {
            field
                .split(',')
                .filter(|item| !item.is_empty())
                .map(unescape)
                .collect()
        };
        let texts = |field: &str| -> Option<Vec<String>> {
            list(field)?
                .into_iter()
                .map(|item| String::from_utf8(item).ok())
                .collect()
        };
        let root = unescape(root)?;
        Some(Self {
            owner: text(owner)?,
            root: (!root.is_empty()).then(|| PathBuf::from(OsString::from_vec(root))),
            switch: text(switch)?,
            said: texts(said)?,
            left: list(left)?.into_iter().map(OsString::from_vec).collect(),
            aliases: texts(aliases)
                .filter(|aliases| aliases.iter().all(|name| names::is_alias(name)))?,
        })
    }

    /// Returns the text to keep.
    pub fn text(&self) -> String {
        let root = self
            .root
            .as_ref()
            .map(|root| escape(root.as_os_str().as_bytes()))
            .unwrap_or_default();
        let newest = |length: usize| length.saturating_sub(MOST);
        let said = self.said[newest(self.said.len())..]
            .iter()
            .map(|item| escape(item.as_bytes()));
        let left = self.left[newest(self.left.len())..]
            .iter()
            .map(|item| escape(item.as_bytes()));
        let aliases = self.aliases.iter().map(|item| escape(item.as_bytes()));
        let lists = [said.collect::<Vec<_>>(), left.collect(), aliases.collect()]
            .map(|list| list.join(","));
        let head = [
            VERSION.to_owned(),
            escape(self.owner.as_bytes()),
            root,
            escape(self.switch.as_bytes()),
        ];
        [head.join(":"), lists.join(":")].join(":")
    }

    /// Notes that something is said; returns whether it was not before.
    pub fn say(&mut self, words: &str) -> bool {
        let digest = digest::of([words.as_bytes()])[..12].to_owned();
        let is_new = !self.said.contains(&digest);
        if is_new {
            self.said.push(digest);
        }
        is_new
    }
}

fn escape(bytes: &[u8]) -> String {
    let one = |&byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'/' | b'-' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02x}"),
    };
    bytes.iter().map(one).collect()
}

fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.split('%');
    let mut out = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        out.push(u8::from_str_radix(code, 16).ok()?);
        out.extend_from_slice(rest.as_bytes());
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = OsString> {
        vec(1u8.., 1..12).prop_map(OsString::from_vec)
    }

    #[test]
    fn what_is_no_name_is_no_alias_of_ours() {
        let state = |alias: &str| State {
            owner: "12".into(),
            aliases: vec![alias.into()],
            ..State::default()
        };
        assert_eq!(State::parse(&state("unit.x").text(), "12"), state("unit.x"));
        for alias in ["a;touch x", "$(x)", "a b", "-f"] {
            assert!(
                State::parse(&state(alias).text(), "12").aliases.is_empty(),
                "{alias}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_shell_gives_back_what_it_was_given(root in bytes(), left in vec(bytes(), 0..4), said in vec("[a-f]{4}", 0..4)) {
            let state = State {
                owner: "12".into(), root: Some(root.into()), switch: "s".into(), said, left, aliases: vec!["a-b".into()],
            };
            let text = state.text();
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/-%:,".contains(&b)));
            prop_assert_eq!(State::parse(&text, "12"), state);
            prop_assert_eq!(State::parse(&text, "13").root, None);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = State::parse(&text, "1");
            let _ = State::parse(&format!("1:1:{text}:::::"), "1");
        }
    }
}
