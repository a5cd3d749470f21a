//! zsh. Its own `zstat` says when a file's state changed, which nobody can set back, so that it
//! needs no stamps.

use super::Dialect;
use super::posix::{self, bytes, quote};
use super::watch::{Eye, Mark, Watch};

#[derive(Debug)]
pub(super) struct Zsh;

/// Variables that are zsh itself: lists and tables of what it knows, and what sets the user that it
/// runs as.
#[rustfmt::skip]
const SPECIAL: [&str; 62] = [
    "EGID", "EPOCHREALTIME", "EPOCHSECONDS", "ERRNO", "EUID", "GID", "HISTCMD", "LINENO", "PPID", "RANDOM", "SECONDS",
    "TTYIDLE", "UID", "USERNAME", "ZSH_SUBSHELL", "aliases", "argv", "builtins", "cdpath", "chpwd_functions", "commands",
    "dirstack", "dis_aliases", "dis_builtins", "dis_functions", "dis_galiases", "dis_patchars", "dis_reswords",
    "dis_saliases", "errnos", "fignore", "fpath", "funcfiletrace", "funcsourcetrace", "funcstack", "functions",
    "functions_source", "functrace", "galiases", "history", "historywords", "jobdirs", "jobstates", "jobtexts", "mailpath",
    "manpath", "module_path", "modules", "nameddirs", "options", "parameters", "patchars", "path", "pipestatus",
    "precmd_functions", "psvar", "reswords", "saliases", "signals", "status", "usergroups", "userdirs",
];

impl Dialect for Zsh {
    fn script(&self) -> &'static str {
        include_str!("../../shell/hook.zsh")
    }

    fn eye(&self, _version: &str) -> Eye {
        Eye::Change {
            whole_seconds: false,
        }
    }

    fn quote(&self, value: &[u8]) -> Vec<u8> {
        quote(value)
    }

    fn holds(&self, name: &str, _value: &[u8]) -> bool {
        !SPECIAL.contains(&name)
    }

    // What the user declared a variable to be goes first, or a number's value would be computed.
    // One that is read-only stays; so does one of zsh's own that is no text, or is the list of a
    // pair, unless it can take a number. Whatever else an assignment is refused for ends nothing.
    fn set(&self, name: &str, value: &[u8]) -> Vec<u8> {
        let own = if is_number(value) {
            "a*special*"
        } else {
            "[ifa]*special*"
        };
        let before = format!(
            "{{\ncase ${{(t){name}-}} in *readonly*|{own}|a*tied*) ;; *)\n\
             case ${{(t){name}-}} in *special*|*tied*|*local*) ;;\n\
             [ifa]*|*left*|*right*|*lower*|*upper*) builtin unset {name} ;; esac\n\
             builtin export {name}="
        );
        [
            before.as_bytes(),
            &quote(value),
            b" ;; esac\n} always { TRY_BLOCK_ERROR=0\n} 2>/dev/null\n",
        ]
        .concat()
    }

    fn unset(&self, name: &str) -> Vec<u8> {
        format!("[[ ${{(t){name}-}} == *readonly* ]] || builtin unset {name}\n").into_bytes()
    }

    fn alias(&self, name: &str, program: &[u8]) -> Vec<u8> {
        let value = quote(&[&quote(program), b" run -- ".as_slice(), name.as_bytes()].concat());
        let kept =
            format!("(( ${{+aliases[{name}]}} )) && __pydevenv_was[{name}]=${{aliases[{name}]}}\n")
                .into_bytes();
        let ours = format!("__pydevenv_ours[{name}]=").into_bytes();
        let alias = format!("\nbuiltin alias -- {name}=").into_bytes();
        [
            b"builtin typeset -gA __pydevenv_was __pydevenv_ours\n",
            kept.as_slice(),
            &ours,
            &value,
            &alias,
            &value,
            b"\n",
        ]
        .concat()
    }

    fn unalias(&self, name: &str) -> Vec<u8> {
        format!(
            "if [[ ${{aliases[{name}]-}} == \"${{__pydevenv_ours[{name}]-}}\" ]]; then\n\
             builtin unalias -- {name} 2>/dev/null\n\
             (( ${{+__pydevenv_was[{name}]}} )) && builtin alias -- {name}=\"${{__pydevenv_was[{name}]}}\"\n\
             fi\n\
             builtin unset \"__pydevenv_was[{name}]\" \"__pydevenv_ours[{name}]\"\n"
        )
        .into_bytes()
    }

    fn keep(&self, name: &str, value: &str) -> Vec<u8> {
        [
            b"builtin typeset -g __pydevenv_",
            name.as_bytes(),
            b"=",
            &quote(value.as_bytes()),
            b"\n",
        ]
        .concat()
    }

    fn check(&self, watch: Option<&Watch>) -> Vec<u8> {
        let Some(watch) = watch else {
            return b"__pydevenv_check() { return 0 }\n".to_vec();
        };
        let here =
            |present: &super::Present| [b"! -e ", quote(bytes(&present.path)).as_slice()].concat();
        let gone = watch.present.iter().map(here);
        let tests: Vec<Vec<u8>> = std::iter::once(posix::changed(watch))
            .chain(gone)
            .chain(posix::appeared(watch))
            .collect();
        let tests = tests.join(b" || ".as_slice());
        [
            b"__pydevenv_check() { [[ ",
            tests.as_slice(),
            b" ]] ",
            &times(watch),
            b"}\n",
        ]
        .concat()
    }
}

fn is_number(value: &[u8]) -> bool {
    (1..=9).contains(&value.len()) && value.iter().all(u8::is_ascii_digit)
}

/// Returns the test of the files' times; `-e` came before it, because with one file missing nothing
/// is assigned.
fn times(watch: &Watch) -> Vec<u8> {
    let time = |mark: &Mark| match mark {
        Mark::Changed(ns) => Some(format!(
            "{}.{:09}",
            ns.div_euclid(1_000_000_000),
            ns.rem_euclid(1_000_000_000)
        )),
        _ => None,
    };
    let (paths, times): (Vec<Vec<u8>>, Vec<String>) = watch
        .present
        .iter()
        .filter_map(|present| Some((quote(bytes(&present.path)), time(&present.mark)?)))
        .unzip();
    if paths.is_empty() {
        return b"".to_vec();
    }
    let paths = paths.join(b" ".as_slice());
    let compare = format!(" || [[ \"${{(j: :)a}}\" != '{}' ]] ", times.join(" ")).into_bytes();
    [
        b"|| { local -a a; ! builtin zstat -gA a -F %s.%N +ctime -- ",
        paths.as_slice(),
        &compare,
        b"}; ",
    ]
    .concat()
}
