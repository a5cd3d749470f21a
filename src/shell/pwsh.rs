//! PowerShell, from 7 on. It sees when a file was written, in steps of 100 ns; of a link it sees
//! the link, so that what it leads to is watched. What it reads from a program it splits into lines
//! and decodes as the console does: the text is printable ASCII. Only this text is tested, because
//! PowerShell can't be installed where the tests run.

use super::Dialect;
use super::posix::bytes;
use super::watch::{Eye, Mark, Watch};

#[derive(Debug)]
pub(super) struct Pwsh;

/// 1970 in steps of 100 ns since the year 1.
const EPOCH: i64 = 621_355_968_000_000_000;

impl Dialect for Pwsh {
    fn script(&self) -> &'static str {
        include_str!("../../shell/hook.ps1")
    }

    fn eye(&self, _version: &str) -> Eye {
        Eye::Write
    }

    // Before 7.5, a variable that is set to nothing is unset.
    fn holds(&self, _name: &str, value: &[u8]) -> bool {
        !value.is_empty() && std::str::from_utf8(value).is_ok()
    }

    fn quote(&self, value: &[u8]) -> Vec<u8> {
        quote(value)
    }

    fn set(&self, name: &str, value: &[u8]) -> Vec<u8> {
        [b"$env:", name.as_bytes(), b" = ", &quote(value), b"\n"].concat()
    }

    fn unset(&self, name: &str) -> Vec<u8> {
        format!("$env:{name} = $null\n").into_bytes()
    }

    fn alias(&self, name: &str, program: &[u8]) -> Vec<u8> {
        let head = format!("& $global:__pydevenv.define '{name}' {{ & ").into_bytes();
        [
            head.as_slice(),
            &quote(program),
            b" run -- ",
            name.as_bytes(),
            b" @args }\n",
        ]
        .concat()
    }

    fn unalias(&self, name: &str) -> Vec<u8> {
        format!("& $global:__pydevenv.restore '{name}'\n").into_bytes()
    }

    fn keep(&self, name: &str, value: &str) -> Vec<u8> {
        [
            b"$global:__pydevenv.",
            name.as_bytes(),
            b" = ",
            &quote(value.as_bytes()),
            b"\n",
        ]
        .concat()
    }

    fn check(&self, watch: Option<&Watch>) -> Vec<u8> {
        let tests = watch
            .and_then(tests)
            .unwrap_or_else(|| vec![b"$true".to_vec()]);
        [
            b"$global:__pydevenv.check = { ",
            tests.join(b" -or ".as_slice()).as_slice(),
            b" }\n",
        ]
        .concat()
    }
}

/// Returns the tests of what is watched; nothing where some of it is no text.
fn tests(watch: &Watch) -> Option<Vec<Vec<u8>>> {
    let text = |value: &[u8]| std::str::from_utf8(value).is_ok().then(|| quote(value));
    let mut out = vec![differs(
        b"(Get-Location -PSProvider FileSystem).ProviderPath",
        &text(bytes(&watch.cwd))?,
    )];
    for (name, value) in &watch.variables {
        let value = text(value.as_deref().map(bytes).unwrap_or_default())?;
        // What is not set is `$null`, which is no text.
        out.push(differs(format!("\"$env:{name}\"").as_bytes(), &value));
    }
    for present in &watch.present {
        if let Mark::Written(ns) = present.mark {
            let path = text(bytes(&present.path))?;
            let ticks = EPOCH + ns.div_euclid(100);
            out.push(
                [
                    b"[IO.File]::GetLastWriteTimeUtc(",
                    path.as_slice(),
                    format!(").Ticks -ne {ticks}").as_bytes(),
                ]
                .concat(),
            );
        }
    }
    for path in &watch.absent {
        let path = text(bytes(path))?;
        out.push(
            [
                b"[IO.File]::Exists(",
                path.as_slice(),
                b") -or [IO.Directory]::Exists(",
                &path,
                b")",
            ]
            .concat(),
        );
    }
    Some(out)
}

fn differs(what: &[u8], from: &[u8]) -> Vec<u8> {
    [what, b" -cne ", from].concat()
}

/// Quotes text; quotes of typography count as quotes there, and are written as escapes like all
/// that is not ASCII.
fn quote(value: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(value);
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return format!("'{}'", text.replace('\'', "''")).into_bytes();
    }
    let one = |char: char| match char {
        '"' | '$' | '`' => format!("`{char}"),
        ' '..='~' => char.to_string(),
        char => format!("`u{{{:x}}}", u32::from(char)),
    };
    format!("\"{}\"", text.chars().map(one).collect::<String>()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::super::watch::Present;
    use super::*;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn values_are_quoted() {
        assert_eq!(
            text(quote(b"it's $(a) `b` \"c\"")),
            "'it''s $(a) `b` \"c\"'"
        );
        assert_eq!(
            text(quote("\n$a `\"\u{2019}\u{1f40d}".as_bytes())),
            "\"`u{a}`$a ```\"`u{2019}`u{1f40d}\""
        );
        assert!(!Pwsh.holds("A", b"\xff") && !Pwsh.holds("A", b"") && Pwsh.holds("A", b"a"));
    }

    #[test]
    fn changes_are_text_for_a_shell() {
        assert_eq!(
            text(Pwsh.exports(&[("A".into(), Some("b".into())), ("C".into(), None)])),
            "$env:A = 'b'\n$env:C = $null\n"
        );
        let alias = "& $global:__pydevenv.define 'x.y-z' { & '/devenv' run -- x.y-z @args }\n";
        assert_eq!(text(Pwsh.alias("x.y-z", b"/devenv")), alias);
    }

    #[test]
    fn the_check_compares_what_it_was_given() {
        let present = vec![Present {
            path: "/p/a".into(),
            mark: Mark::Written(1_000_000_000_123_456_789),
        }];
        let variables = vec![("A".into(), Some("b".into())), ("C".into(), None)];
        let watch = Watch {
            cwd: "/p".into(),
            variables,
            present,
            absent: vec!["/p/it's".into()],
        };
        let check = "$global:__pydevenv.check = { (Get-Location -PSProvider FileSystem).ProviderPath -cne '/p' \
                     -or \"$env:A\" -cne 'b' -or \"$env:C\" -cne '' \
                     -or [IO.File]::GetLastWriteTimeUtc('/p/a').Ticks -ne 631355968001234567 \
                     -or [IO.File]::Exists('/p/it''s') -or [IO.Directory]::Exists('/p/it''s') }\n";
        assert_eq!(text(Pwsh.check(Some(&watch))), check);
        assert_eq!(
            text(Pwsh.check(None)),
            "$global:__pydevenv.check = { $true }\n"
        );
    }
}
