//! xonsh: Python that runs beside the user's, in a dictionary of its own. Its `os.stat` says when a
//! file's state changed, which nobody can set back, so that it needs no stamps.

use std::fmt::Write;

use super::Dialect;
use super::posix::bytes;
use super::watch::{Eye, Mark, Watch};

#[derive(Debug)]
pub(super) struct Xonsh;

/// Words that begin, or are, something of Python's, to which no alias comes first.
#[rustfmt::skip]
const RESERVED: [&str; 23] = [
    "False", "None", "True", "as", "assert", "async", "await", "class", "del", "except", "finally", "from", "global",
    "import", "is", "lambda", "nonlocal", "not", "pass", "raise", "try", "with", "yield",
];

impl Dialect for Xonsh {
    fn script(&self) -> &'static str {
        include_str!("../../shell/hook.xsh")
    }

    fn token(&self) -> &'static str {
        "\"@DEVENV@\""
    }

    fn eye(&self, _version: &str) -> Eye {
        Eye::Change {
            whole_seconds: false,
        }
    }

    fn reserves(&self, name: &str) -> bool {
        // What follows a mark is a word of its own to Python.
        name.split(['-', '.'])
            .next()
            .is_some_and(|first| RESERVED.contains(&first))
    }

    fn quote(&self, value: &[u8]) -> Vec<u8> {
        quote(value).into_bytes()
    }

    // xonsh reads `$NAME` and `~` in what it takes for lists of directories.
    fn holds(&self, name: &str, value: &[u8]) -> bool {
        let is_list = name.ends_with("PATH") || name.ends_with("DIRS");
        let is_read = |at: usize| {
            matches!(value[at], b'~') && (at == 0 || matches!(value[at - 1], b':' | b'='))
        };
        !is_list || !value.contains(&b'$') && !(0..value.len()).any(is_read)
    }

    // A variable that has a type there takes only what fits it.
    fn set(&self, name: &str, value: &[u8]) -> Vec<u8> {
        format!(
            "try: __xonsh__.env['{name}'] = {}\nexcept Exception: pass\n",
            quote(value)
        )
        .into_bytes()
    }

    fn unset(&self, name: &str) -> Vec<u8> {
        format!("__xonsh__.env.pop('{name}', None)\n").into_bytes()
    }

    fn alias(&self, name: &str, program: &[u8]) -> Vec<u8> {
        let program = quote(program);
        format!(
            "was['{name}'] = aliases['{name}'] if '{name}' in aliases else None\n\
             aliases['{name}'] = ours['{name}'] = [{program}, 'run', '--', '{name}']\n"
        )
        .into_bytes()
    }

    fn unalias(&self, name: &str) -> Vec<u8> {
        format!(
            "if '{name}' in aliases and aliases['{name}'] == ours.pop('{name}', None):\n \
             del aliases['{name}']\n \
             if was.get('{name}'): aliases['{name}'] = was['{name}']\n\
             was.pop('{name}', None)\n"
        )
        .into_bytes()
    }

    fn keep(&self, name: &str, value: &str) -> Vec<u8> {
        format!("{name} = {}\n", quote(value.as_bytes())).into_bytes()
    }

    fn check(&self, watch: Option<&Watch>) -> Vec<u8> {
        let Some(watch) = watch else {
            return b"check = lambda: True\n".to_vec();
        };
        let variable = |(name, value): &(String, Option<std::ffi::OsString>)| {
            let value = value
                .as_deref()
                .map_or_else(|| "None".to_owned(), |value| quote(bytes(value)));
            format!("now.get('{name}') != {value}")
        };
        let present = watch
            .present
            .iter()
            .filter_map(|present| match present.mark {
                Mark::Changed(ns) => Some(format!(
                    "os.stat({}).st_ctime_ns != {ns}",
                    quote(bytes(&present.path))
                )),
                _ => None,
            });
        let absent = watch
            .absent
            .iter()
            .map(|path| format!("os.path.exists({})", quote(bytes(path))));
        let cwd = format!("env.get('PWD') != {}", quote(bytes(&watch.cwd)));
        let tests: Vec<String> = std::iter::once(cwd)
            .chain(watch.variables.iter().map(variable))
            .chain(present)
            .chain(absent)
            .collect();
        let tests = tests.join("\n  or ");
        format!("def check():\n try:\n  now = env.detype()\n  return ({tests})\n except OSError: return True\n")
            .into_bytes()
    }
}

/// Quotes a value: as text, or as the bytes that it is where not all of them are printable.
fn quote(value: &[u8]) -> String {
    let mut text = String::from("'");
    for &byte in value {
        match byte {
            b'\'' | b'\\' => text.extend(['\\', char::from(byte)]),
            b' '..=b'~' => text.push(char::from(byte)),
            byte => write!(text, "\\x{byte:02x}").expect("a string takes everything"),
        }
    }
    text.push('\'');
    if value.is_ascii() {
        text
    } else {
        format!("__import__('os').fsdecode(b{text})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        assert_eq!(quote(b"a 'b' \\\n"), "'a \\'b\\' \\\\\\x0a'");
        assert_eq!(quote(b"\xff"), "__import__('os').fsdecode(b'\\xff')");
    }

    #[test]
    fn what_is_read_in_lists_is_not_held() {
        for (name, value, is_held) in [
            ("PATH", "/a:/b~c", true),
            ("PATH", "/a:~/b", false),
            ("MANPATH", "/a/$HOME", false),
            ("XDG_DATA_DIRS", "~", false),
            ("LEVEL", "~/$HOME", true),
        ] {
            assert_eq!(
                Xonsh.holds(name, value.as_bytes()),
                is_held,
                "{name}={value}"
            );
        }
    }
}
