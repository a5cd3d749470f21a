//! zsh. Its own `zstat` says when a file's state changed, which nobody can set back, so that it needs no stamps.

use super::Dialect;
use super::posix::{self, bytes, quote};
use super::watch::{Eye, Mark, Watch};

#[derive(Debug)]
pub(super) struct Zsh;

impl Dialect for Zsh {
    fn script(&self) -> &'static str {
        include_str!("../../shell/hook.zsh")
    }

    fn eye(&self, _version: &str) -> Eye {
        Eye::Change { whole_seconds: false }
    }

    fn quote(&self, value: &[u8]) -> Vec<u8> {
        quote(value)
    }

    // An assignment to a read-only variable would end the whole turn.
    fn set(&self, name: &str, value: &[u8]) -> Vec<u8> {
        let guard = format!("[[ ${{(t){name}-}} == *readonly* ]] || builtin export {name}=").into_bytes();
        [guard.as_slice(), &quote(value), b"\n"].concat()
    }

    fn unset(&self, name: &str) -> Vec<u8> {
        format!("[[ ${{(t){name}-}} == *readonly* ]] || builtin unset {name}\n").into_bytes()
    }

    fn alias(&self, name: &str, program: &[u8]) -> Vec<u8> {
        let value = quote(&[&quote(program), b" run -- ".as_slice(), name.as_bytes()].concat());
        let kept = format!("(( ${{+aliases[{name}]}} )) && __pydevenv_was[{name}]=${{aliases[{name}]}}\n").into_bytes();
        let ours = format!("__pydevenv_ours[{name}]=").into_bytes();
        let alias = format!("\nbuiltin alias -- {name}=").into_bytes();
        [b"builtin typeset -gA __pydevenv_was __pydevenv_ours\n", kept.as_slice(), &ours, &value, &alias, &value, b"\n"]
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
        [b"builtin typeset -g __pydevenv_", name.as_bytes(), b"=", &quote(value.as_bytes()), b"\n"].concat()
    }

    fn check(&self, watch: Option<&Watch>) -> Vec<u8> {
        let Some(watch) = watch else { return b"__pydevenv_check() { return 0 }\n".to_vec() };
        let here = |present: &super::Present| [b"! -e ", quote(bytes(&present.path)).as_slice()].concat();
        let gone = watch.present.iter().map(here);
        let tests: Vec<Vec<u8>> =
            std::iter::once(posix::changed(watch)).chain(gone).chain(posix::appeared(watch)).collect();
        let tests = tests.join(b" || ".as_slice());
        [b"__pydevenv_check() { [[ ", tests.as_slice(), b" ]] ", &times(watch), b"}\n"].concat()
    }
}

/// Returns the test of the files' times; `-e` came before it, because with one file missing nothing is assigned.
fn times(watch: &Watch) -> Vec<u8> {
    let time = |mark: &Mark| match mark {
        Mark::Changed(ns) => Some(format!("{}.{:09}", ns.div_euclid(1_000_000_000), ns.rem_euclid(1_000_000_000))),
        _ => None,
    };
    let (paths, times): (Vec<Vec<u8>>, Vec<String>) =
        watch.present.iter().filter_map(|present| Some((quote(bytes(&present.path)), time(&present.mark)?))).unzip();
    if paths.is_empty() {
        return b"".to_vec();
    }
    let paths = paths.join(b" ".as_slice());
    let compare = format!(" || [[ \"${{(j: :)a}}\" != '{}' ]] ", times.join(" ")).into_bytes();
    [b"|| { local -a a; ! builtin zstat -gA a -F %s.%N +ctime -- ", paths.as_slice(), &compare, b"}; "].concat()
}
