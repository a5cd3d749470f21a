//! bash, from 3.2 on. Versions before 5 compare times in whole seconds.

use super::Dialect;
use super::posix::{self, bytes, quote};
use super::watch::{Eye, Mark, Watch};

#[derive(Debug)]
pub(super) struct Bash;

/// The first version whose `-nt` sees nanoseconds.
const PRECISE: u32 = 5;

/// Variables that are bash itself: what it is told by them it computes with, ignores, or stops
/// being able to do.
#[rustfmt::skip]
const SPECIAL: [&str; 43] = [
    "BASH", "BASHOPTS", "BASHPID", "BASH_ALIASES", "BASH_ARGC", "BASH_ARGV", "BASH_ARGV0", "BASH_CMDS", "BASH_COMMAND",
    "BASH_EXECUTION_STRING", "BASH_LINENO", "BASH_MONOSECONDS", "BASH_REMATCH", "BASH_SOURCE", "BASH_SUBSHELL",
    "BASH_TRAPSIG", "BASH_VERSINFO", "BASH_VERSION", "COMP_CWORD", "COMP_KEY", "COMP_LINE", "COMP_POINT", "COMP_TYPE",
    "COMP_WORDBREAKS", "COMP_WORDS", "COMPREPLY", "DIRSTACK", "EPOCHREALTIME", "EPOCHSECONDS", "EUID", "FUNCNAME",
    "GROUPS", "HISTCMD", "LINENO", "OPTIND", "PIPESTATUS", "PPID", "RANDOM", "SECONDS", "SHELLOPTS", "SRANDOM", "UID",
    "PROMPT_COMMAND",
];

impl Dialect for Bash {
    fn script(&self) -> &'static str {
        include_str!("../../shell/hook.bash")
    }

    fn eye(&self, version: &str) -> Eye {
        let major = version
            .split('.')
            .next()
            .and_then(|major| major.parse::<u32>().ok());
        Eye::Stamp {
            whole_seconds: major.is_none_or(|major| major < PRECISE),
        }
    }

    fn quote(&self, value: &[u8]) -> Vec<u8> {
        quote(value)
    }

    fn holds(&self, name: &str, _value: &[u8]) -> bool {
        !SPECIAL.contains(&name)
    }

    // What the user declared a variable to be goes first: a number's value is computed, which runs
    // what stands in it, and a reference's names another. One that is read-only stays, is not
    // exported, and ends nothing; versions before 4.3 know no `-n`. With the quotes around its
    // name, `set -k` takes no assignment from the command.
    fn set(&self, name: &str, value: &[u8]) -> Vec<u8> {
        let bare = format!(
            "{{ \\builtin unset -n {name}; \\builtin unset -v {name} && \\builtin export '{name}'="
        );
        [bare.as_bytes(), &quote(value), b"; } 2>/dev/null || :\n"].concat()
    }

    fn unset(&self, name: &str) -> Vec<u8> {
        format!("{{ \\builtin unset -v {name}; }} 2>/dev/null || :\n").into_bytes()
    }

    fn alias(&self, name: &str, program: &[u8]) -> Vec<u8> {
        let value = [&quote(program), b" run -- ".as_slice(), name.as_bytes()].concat();
        let variable = variable(name);
        let mut out =
            format!("{variable}_was=$(\\builtin alias {name} 2>/dev/null) || :\n").into_bytes();
        out.extend(
            [
                b"\\builtin alias '",
                name.as_bytes(),
                b"'=",
                &quote(&value),
                b" || :\n",
            ]
            .concat(),
        );
        out.extend(
            format!("{variable}_ours=$(\\builtin alias {name} 2>/dev/null) || :\n").into_bytes(),
        );
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
        [
            b"__pydevenv_",
            name.as_bytes(),
            b"=",
            &quote(value.as_bytes()),
            b"\n",
        ]
        .concat()
    }

    fn check(&self, watch: Option<&Watch>) -> Vec<u8> {
        let Some(watch) = watch else {
            return b"function __pydevenv_check { \\return 0; }\n".to_vec();
        };
        let written = watch
            .present
            .iter()
            .filter_map(|present| match &present.mark {
                Mark::Stamp(stamp) => {
                    let (path, stamp) = (quote(bytes(&present.path)), quote(bytes(stamp)));
                    Some(
                        [
                            &path,
                            b" -nt ".as_slice(),
                            &stamp,
                            b" || ",
                            &path,
                            b" -ot ",
                            &stamp,
                        ]
                        .concat(),
                    )
                }
                _ => None,
            });
        let tests: Vec<Vec<u8>> = std::iter::once(posix::changed(watch))
            .chain(written)
            .chain(posix::appeared(watch))
            .collect();
        [
            b"function __pydevenv_check { [[ ",
            tests.join(b" || ".as_slice()).as_slice(),
            b" ]]; }\n",
        ]
        .concat()
    }
}

/// Returns the variable in which what belongs to an alias is kept; `.` and `-` can't stand in its
/// name.
fn variable(alias: &str) -> String {
    let letters = alias.bytes().map(|byte| match byte {
        b'.' => "_d".to_owned(),
        b'-' => "_m".to_owned(),
        b'_' => "__".to_owned(),
        byte => char::from(byte).to_string(),
    });
    format!("__pydevenv_alias_{}", letters.collect::<String>())
}
