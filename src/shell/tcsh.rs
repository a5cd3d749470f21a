//! tcsh. What it evaluates comes out of backquotes, which make spaces of newlines: everything here
//! is one line. It has no functions, only aliases, and compares times in whole seconds.

use super::Dialect;
use super::posix::bytes;
use super::watch::{Eye, Mark, Watch};

#[derive(Debug)]
pub(super) struct Tcsh;

/// The variable that stands for a newline, and how it gets one.
const NEWLINE: &str = "__pydevenv_newline";
const MAKE_NEWLINE: &[u8] =
    b"printf set\\ __pydevenv_newline=\\\\047\\\\134\\\\012\\\\047 | source /dev/stdin; ";

/// The alias that says what runs scripts; no command can have its name.
const INTERPRETER: &str = "shell";

impl Dialect for Tcsh {
    fn script(&self) -> &'static str {
        include_str!("../../shell/hook.tcsh")
    }

    fn whole(&self, text: Vec<u8>) -> Vec<u8> {
        let lines = text
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty() && !line.starts_with(b"#"));
        let line = lines.collect::<Vec<_>>().join(b"; ".as_slice());
        let reads = line
            .windows(NEWLINE.len())
            .any(|window| window == NEWLINE.as_bytes());
        [if reads { MAKE_NEWLINE } else { b"" }, &line, b"\n"].concat()
    }

    fn eye(&self, _version: &str) -> Eye {
        Eye::Change {
            whole_seconds: true,
        }
    }

    fn quote(&self, value: &[u8]) -> Vec<u8> {
        quote(value)
    }

    fn holds(&self, name: &str, _value: &[u8]) -> bool {
        let mut letters = name.bytes();
        letters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
    }

    fn reserves(&self, name: &str) -> bool {
        name == INTERPRETER
    }

    fn set(&self, name: &str, value: &[u8]) -> Vec<u8> {
        [b"setenv ", name.as_bytes(), b" ", &quote(value), b"\n"].concat()
    }

    fn unset(&self, name: &str) -> Vec<u8> {
        format!("unsetenv {name}\n").into_bytes()
    }

    // An alias prints itself as it was written. Where there is none, its place among the words
    // stays empty.
    fn alias(&self, name: &str, program: &[u8]) -> Vec<u8> {
        let value = quote(&[&quote(program), b" run -- ".as_slice(), name.as_bytes()].concat());
        let kept = format!(
            "unalias __pydevenv_was_{name}\n\
             alias __pydevenv_was_{name} \"`alias {name}`\"\n\
             alias __pydevenv_ours_{name} "
        );
        [
            kept.as_bytes(),
            &value,
            b"\nalias ",
            name.as_bytes(),
            b" ",
            &value,
            b"\n",
        ]
        .concat()
    }

    fn unalias(&self, name: &str) -> Vec<u8> {
        format!(
            "if ( \"x`alias {name}`\" == \"x`alias __pydevenv_ours_{name}`\" ) \
             eval 'unalias {name}; alias {name} \"`alias __pydevenv_was_{name}`\"'\n\
             unalias __pydevenv_was_{name}; unalias __pydevenv_ours_{name}\n"
        )
        .into_bytes()
    }

    fn keep(&self, name: &str, value: &str) -> Vec<u8> {
        [
            b"set __pydevenv_",
            name.as_bytes(),
            b" = ",
            &quote(value.as_bytes()),
            b"\n",
        ]
        .concat()
    }

    // Only what is there may be read, so that values have a test of their own.
    fn check(&self, watch: Option<&Watch>) -> Vec<u8> {
        let asks = |tests: Vec<Vec<u8>>| {
            [
                b"if ( ",
                tests.join(b" || ".as_slice()).as_slice(),
                b" ) set __pydevenv_asks = 1",
            ]
            .concat()
        };
        let check = match watch {
            None => b"set __pydevenv_asks = 1".to_vec(),
            Some(watch) => {
                let values = quote(&asks(values(watch)));
                [
                    &asks(files(watch)),
                    b"; if ( ! $__pydevenv_asks ) eval ".as_slice(),
                    &values,
                ]
                .concat()
            }
        };
        [b"alias __pydevenv_check ".as_slice(), &quote(&check), b"\n"].concat()
    }
}

/// Returns the tests of everything but values, each true where something changed. `x` keeps a word
/// from being taken for an operator.
fn files(watch: &Watch) -> Vec<Vec<u8>> {
    let cwd = [b"x$cwd:q != x".as_slice(), &quote(bytes(&watch.cwd))].concat();
    let variable = |(name, value): &(String, Option<std::ffi::OsString>)| {
        let not = if value.is_some() { "! " } else { "" };
        format!("{not}$?{name}").into_bytes()
    };
    let present = watch
        .present
        .iter()
        .filter_map(|present| match present.mark {
            Mark::Changed(ns) => {
                let seconds = ns.div_euclid(1_000_000_000).to_string();
                Some(
                    [
                        b"-C ",
                        quote(bytes(&present.path)).as_slice(),
                        b" != ",
                        seconds.as_bytes(),
                    ]
                    .concat(),
                )
            }
            _ => None,
        });
    let absent = watch
        .absent
        .iter()
        .map(|path| [b"-e ", quote(bytes(path)).as_slice()].concat());
    std::iter::once(cwd)
        .chain(watch.variables.iter().map(variable))
        .chain(present)
        .chain(absent)
        .collect()
}

fn values(watch: &Watch) -> Vec<Vec<u8>> {
    let values = watch.variables.iter().filter_map(|(name, value)| {
        Some(
            [
                b"x$",
                name.as_bytes(),
                b":q != x",
                &quote(bytes(value.as_deref()?)),
            ]
            .concat(),
        )
    });
    std::iter::once(b"0".to_vec()).chain(values).collect()
}

/// Quotes a value, byte by byte: between quotes, `\` means what a setting says, and goes before a
/// newline. What is quoted can be quoted again.
fn quote(value: &[u8]) -> Vec<u8> {
    if value.is_empty() {
        return b"''".to_vec();
    }
    let one = |&byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'/' | b'-' | 0x80.. => vec![byte],
        b'\n' => format!("${{{NEWLINE}:q}}").into_bytes(),
        byte => vec![b'\\', byte],
    };
    value.iter().flat_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        assert_eq!(quote(b""), b"''");
        assert_eq!(quote(b"a b!'\xff"), b"a\\ b\\!\\'\xff");
        assert_eq!(quote(b"\n"), b"${__pydevenv_newline:q}");
    }

    #[test]
    fn everything_is_one_line() {
        let values = [
            ("A".to_owned(), Some("a\nb".into())),
            ("B".to_owned(), None),
        ];
        let exports = Tcsh.whole(Tcsh.exports(&values));
        assert!(exports.starts_with(MAKE_NEWLINE));
        for text in [exports, Tcsh.whole(Tcsh.script().into())] {
            assert_eq!(
                text.iter().position(|&byte| byte == b'\n'),
                Some(text.len() - 1)
            );
        }
    }
}
