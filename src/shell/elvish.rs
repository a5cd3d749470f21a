//! elvish, from 0.19 on. It can't ask when a file changed, so that its check compares what is in
//! it. Aliases are functions of the read-eval-print loop, where a name can be given to something
//! else but not taken back: an alias that goes leaves the command that the user had when the hook
//! was loaded, or else the program of that name.

use super::Dialect;
use super::posix::bytes;
use super::watch::{Eye, Mark, Watch};

#[derive(Debug)]
pub(super) struct Elvish;

/// Special commands, which come before any function.
const RESERVED: [&str; 9] = [
    "coalesce", "del", "fn", "pragma", "tmp", "try", "use", "var", "with",
];

impl Dialect for Elvish {
    fn script(&self) -> &'static str {
        include_str!("../../shell/hook.elv")
    }

    fn eye(&self, _version: &str) -> Eye {
        Eye::Content
    }

    fn reserves(&self, name: &str) -> bool {
        RESERVED.contains(&name)
    }

    fn quote(&self, value: &[u8]) -> Vec<u8> {
        quote(value)
    }

    fn set(&self, name: &str, value: &[u8]) -> Vec<u8> {
        [b"set-env ", name.as_bytes(), b" ", &quote(value), b"\n"].concat()
    }

    fn unset(&self, name: &str) -> Vec<u8> {
        format!("unset-env {name}\n").into_bytes()
    }

    fn alias(&self, name: &str, program: &[u8]) -> Vec<u8> {
        let program = quote(program);
        [
            b"edit:add-var '",
            name.as_bytes(),
            b"~' {|@a| ",
            &program,
            b" run -- ",
            name.as_bytes(),
            b" $@a }\n",
        ]
        .concat()
    }

    fn unalias(&self, name: &str) -> Vec<u8> {
        format!("edit:add-var '{name}~' (own '{name}')\n").into_bytes()
    }

    fn keep(&self, name: &str, value: &str) -> Vec<u8> {
        [
            b"set ",
            name.as_bytes(),
            b" = ",
            &quote(value.as_bytes()),
            b"\n",
        ]
        .concat()
    }

    fn check(&self, watch: Option<&Watch>) -> Vec<u8> {
        let Some(watch) = watch else {
            return b"set check = { put $true }\n".to_vec();
        };
        let differs =
            |what: &[u8], from: &[u8]| [b"(!=s ", what, b" ", &quote(from), b")"].concat();
        let cwd = differs(b"$pwd", bytes(&watch.cwd));
        let variables = watch.variables.iter().map(|(name, value)| {
            differs(
                format!("$E:{name}").as_bytes(),
                value.as_deref().map(bytes).unwrap_or_default(),
            )
        });
        let present = watch.present.iter().filter_map(|present| {
            let path = quote(bytes(&present.path));
            match &present.mark {
                Mark::Content(content) => Some(differs(
                    &[b"(slurp < ", path.as_slice(), b")"].concat(),
                    content,
                )),
                Mark::There => Some([b"(not (exists ", path.as_slice(), b"))"].concat()),
                Mark::Stamp(_) | Mark::Changed(_) | Mark::Written(_) => None,
            }
        });
        let absent = watch
            .absent
            .iter()
            .map(|path| [b"(exists ", quote(bytes(path)).as_slice(), b")"].concat());
        let tests: Vec<Vec<u8>> = std::iter::once(cwd)
            .chain(variables)
            .chain(present)
            .chain(absent)
            .collect();
        [
            b"set check = { or ",
            tests.join(b" ".as_slice()).as_slice(),
            b" }\n",
        ]
        .concat()
    }
}

/// Quotes a value; a byte that is no text is written as an escape, because a script has to be text.
fn quote(value: &[u8]) -> Vec<u8> {
    if value.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        let doubled = value.iter().flat_map(|&byte| {
            if byte == b'\'' {
                vec![byte, byte]
            } else {
                vec![byte]
            }
        });
        return std::iter::once(b'\'').chain(doubled).chain(*b"'").collect();
    }
    let mut out = String::from("\"");
    for chunk in value.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '"' | '\\' => out.extend(['\\', char]),
                '\0'..='\x1f' | '\x7f' => out.push_str(&format!("\\x{:02x}", u32::from(char))),
                char => out.push(char),
            }
        }
        chunk
            .invalid()
            .iter()
            .for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
    }
    out.push('"');
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        assert_eq!(quote(b"it's $(a) `b` \\"), b"'it''s $(a) `b` \\'");
        assert_eq!(
            quote("\"\\\n\u{e9}".as_bytes()),
            "\"\\\"\\\\\\x0a\u{e9}\"".as_bytes()
        );
        assert_eq!(quote(b"\xff"), b"\"\\xff\"");
    }
}
