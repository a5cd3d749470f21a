//! fish. Its `test` compares times in nanoseconds; aliases are functions.

use super::Dialect;
use super::posix::bytes;
use super::watch::{Eye, Mark, Watch};

#[derive(Debug)]
pub(super) struct Fish;

impl Dialect for Fish {
    fn script(&self) -> &'static str {
        include_str!("../../shell/hook.fish")
    }

    fn eye(&self, _version: &str) -> Eye {
        Eye::Stamp {
            whole_seconds: false,
        }
    }

    fn holds(&self, name: &str, _value: &[u8]) -> bool {
        !SPECIAL.contains(&name)
    }

    fn reserves(&self, name: &str) -> bool {
        BUILTINS.contains(&name)
    }

    fn quote(&self, value: &[u8]) -> Vec<u8> {
        quote(value)
    }

    fn set(&self, name: &str, value: &[u8]) -> Vec<u8> {
        [
            b"set -gx ",
            name.as_bytes(),
            b" ",
            &quote(value),
            b" 2>/dev/null\n",
        ]
        .concat()
    }

    fn unset(&self, name: &str) -> Vec<u8> {
        format!("set -e -g {name} 2>/dev/null\n").into_bytes()
    }

    fn alias(&self, name: &str, program: &[u8]) -> Vec<u8> {
        let kept = format!(
            "functions -e __pydevenv_was_{name}\n\
             functions -q {name}; and functions -c {name} __pydevenv_was_{name}\n\
             function {name} -d '{DESCRIPTION}'\n"
        );
        [
            kept.as_bytes(),
            &quote(program),
            b" run -- ",
            name.as_bytes(),
            b" $argv\nend\n",
        ]
        .concat()
    }

    fn unalias(&self, name: &str) -> Vec<u8> {
        format!(
            "if functions {name} 2>/dev/null | string match -q '*{DESCRIPTION}*'\n\
             functions -e {name}\n\
             functions -q __pydevenv_was_{name}; and functions -c __pydevenv_was_{name} {name}\n\
             end\n\
             functions -e __pydevenv_was_{name}\n"
        )
        .into_bytes()
    }

    fn keep(&self, name: &str, value: &str) -> Vec<u8> {
        [
            b"set -g __pydevenv_",
            name.as_bytes(),
            b" ",
            &quote(value.as_bytes()),
            b"\n",
        ]
        .concat()
    }

    fn check(&self, watch: Option<&Watch>) -> Vec<u8> {
        let Some(watch) = watch else {
            return b"function __pydevenv_check; return 0; end\n".to_vec();
        };
        // Few calls with many operands: a call costs more than what it looks at. Every operand
        // begins with `/`, so that none can be taken for an operator.
        let names: String = watch
            .variables
            .iter()
            .map(|(name, _)| format!("|${name}"))
            .collect();
        let surroundings = quote(&watch.surroundings());
        let mut test = [
            b"test \"$PWD",
            names.as_bytes(),
            b"\" != ",
            surroundings.as_slice(),
        ]
        .concat();
        for present in &watch.present {
            if let Mark::Stamp(stamp) = &present.mark {
                let (path, stamp) = (quote(bytes(&present.path)), quote(bytes(stamp)));
                test.extend(
                    [
                        b" -o ",
                        path.as_slice(),
                        b" -nt ",
                        &stamp,
                        b" -o ",
                        &path,
                        b" -ot ",
                        &stamp,
                    ]
                    .concat(),
                );
            }
        }
        let mut tests = vec![test];
        let absent: Vec<Vec<u8>> = watch.absent.iter().map(|path| quote(bytes(path))).collect();
        if !absent.is_empty() {
            tests.push([b"path is -- ", absent.join(b" ".as_slice()).as_slice()].concat());
        }
        [
            b"function __pydevenv_check\n",
            tests.join(b"\nor ".as_slice()).as_slice(),
            b"\nend\n",
        ]
        .concat()
    }
}

/// Builtins, which functions are written in: the prompt's, the completions', the user's and ours. A
/// function of such a name would be called in their place.
const BUILTINS: [&str; 26] = [
    "_",
    "abbr",
    "argparse",
    "bind",
    "block",
    "breakpoint",
    "commandline",
    "complete",
    "contains",
    "count",
    "disown",
    "echo",
    "emit",
    "false",
    "functions",
    "history",
    "math",
    "path",
    "pwd",
    "random",
    "read",
    "realpath",
    "set_color",
    "status",
    "string",
    "true",
];

/// Variables that are fish itself: nobody may set them.
const SPECIAL: [&str; 12] = [
    "FISH_VERSION",
    "argv",
    "fish_kill_signal",
    "fish_killring",
    "fish_pid",
    "history",
    "hostname",
    "pipestatus",
    "status",
    "status_generation",
    "umask",
    "version",
];

/// By this a function is known as ours.
const DESCRIPTION: &str = "alias of the devenv project";

/// Quotes a value. To fish a byte that is written as an escape is not the letter that it would be a
/// part of, so that only what is no text is escaped.
fn quote(value: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    for chunk in value.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\'' | '\\' => out.extend([b'\\', letter as u8]),
                letter if letter.is_ascii_control() => out.extend(escape(letter as u8)),
                letter => out.extend(letter.to_string().bytes()),
            }
        }
        out.extend(chunk.invalid().iter().flat_map(|&byte| escape(byte)));
    }
    out.push(b'\'');
    out
}

fn escape(byte: u8) -> Vec<u8> {
    format!("'\\X{byte:02x}'").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        assert_eq!(quote(b"a'b\\$c"), b"'a\\'b\\\\$c'");
        assert_eq!(quote(b"\n\xff"), b"''\\X0a''\\Xff''");
    }
}
