//! bash, from 3.2 on. Versions before 5 compare times in whole seconds.

use super::Dialect;
use super::posix::{self, bytes, quote};
use super::watch::{Eye, Mark, Watch};

#[derive(Debug)]
pub(super) struct Bash;

/// The first version whose `-nt` sees nanoseconds.
const PRECISE: u32 = 5;

impl Dialect for Bash {
    fn script(&self) -> &'static str {
        include_str!("../../shell/hook.bash")
    }

    fn eye(&self, version: &str) -> Eye {
        let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        Eye::Stamp { whole_seconds: major.is_none_or(|major| major < PRECISE) }
    }

    fn quote(&self, value: &[u8]) -> Vec<u8> {
        quote(value)
    }

    // A variable that the user made read-only stays, and ends nothing.
    fn set(&self, name: &str, value: &[u8]) -> Vec<u8> {
        [b"{ \\builtin export ", name.as_bytes(), b"=", &quote(value), b"; } 2>/dev/null || :\n"].concat()
    }

    fn unset(&self, name: &str) -> Vec<u8> {
        format!("{{ \\builtin unset -v {name}; }} 2>/dev/null || :\n").into_bytes()
    }

    fn alias(&self, name: &str, program: &[u8]) -> Vec<u8> {
        let value = [&quote(program), b" run -- ".as_slice(), name.as_bytes()].concat();
        let variable = variable(name);
        let mut out = format!("{variable}_was=$(\\builtin alias {name} 2>/dev/null) || :\n").into_bytes();
        out.extend([b"\\builtin alias ", name.as_bytes(), b"=", &quote(&value), b" || :\n"].concat());
        out.extend(format!("{variable}_ours=$(\\builtin alias {name} 2>/dev/null) || :\n").into_bytes());
        out
    }

    fn unalias(&self, name: &str) -> Vec<u8> {
        let variable = variable(name);
        format!(
            "if [[ \"$(\\builtin alias {name} 2>/dev/null || :)\" == \"${{{variable}_ours-}}\" ]]; then\n\
             \\builtin unalias {name} 2>/dev/null || :\n\
             \\builtin eval \"${{{variable}_was-}}\" || :\n\
             fi\n\
             \\builtin unset -v {variable}_was {variable}_ours || :\n"
        )
        .into_bytes()
    }

    fn keep(&self, name: &str, value: &str) -> Vec<u8> {
        [b"__pydevenv_", name.as_bytes(), b"=", &quote(value.as_bytes()), b"\n"].concat()
    }

    fn check(&self, watch: Option<&Watch>) -> Vec<u8> {
        let Some(watch) = watch else { return b"function __pydevenv_check { \\return 0; }\n".to_vec() };
        let written = watch.present.iter().filter_map(|present| match &present.mark {
            Mark::Stamp(stamp) => {
                let (path, stamp) = (quote(bytes(&present.path)), quote(bytes(stamp)));
                Some([&path, b" -nt ".as_slice(), &stamp, b" || ", &path, b" -ot ", &stamp].concat())
            }
            _ => None,
        });
        let tests: Vec<Vec<u8>> =
            std::iter::once(posix::changed(watch)).chain(written).chain(posix::appeared(watch)).collect();
        [b"function __pydevenv_check { [[ ", tests.join(b" || ".as_slice()).as_slice(), b" ]]; }\n"].concat()
    }
}

/// Returns the variable in which what belongs to an alias is kept; `.` and `-` can't stand in its name.
fn variable(alias: &str) -> String {
    let letters = alias.bytes().map(|byte| match byte {
        b'.' => "_d".to_owned(),
        b'-' => "_m".to_owned(),
        b'_' => "__".to_owned(),
        byte => char::from(byte).to_string(),
    });
    format!("__pydevenv_alias_{}", letters.collect::<String>())
}
