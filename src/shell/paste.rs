//! What a person pastes: a word, a change of a variable, two commands in a row, as the shell at
//! hand reads them. The hook's text has guards that nobody wants to see, so that changes have
//! shorter forms here. Text in, text out.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::Shell;

/// Shells that we have no hook for, and that read what every POSIX shell does.
const POSIX: [&str; 7] = ["sh", "dash", "ash", "ksh", "ksh93", "mksh", "yash"];

/// The language of what is pasted; nothing: that of every POSIX shell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tongue(Option<Shell>);

impl Tongue {
    /// Returns the language of the shell that asks: of the one that is our parent, else of the one
    /// that the user logs in with, because what started us may be an editor, or a launcher.
    pub fn of(parent: &[OsString], login: Option<&OsStr>) -> Self {
        let word = |arg: &OsString| arg.to_str().map(str::to_owned);
        let first = parent.first().and_then(word).unwrap_or_default();
        let is_python = name(&first).starts_with("python");
        // xonsh is a script of an interpreter, or a module of it, or writes its whole command line
        // as one word.
        let rest = parent
            .iter()
            .skip(1)
            .take(if is_python { 2 } else { 0 })
            .filter_map(word);
        let title = first.split(' ').next().unwrap_or_default().to_owned();
        let asking = [first, title]
            .into_iter()
            .chain(rest)
            .find_map(|word| known(&word));
        asking
            .or_else(|| known(login?.to_str()?))
            .unwrap_or_default()
    }

    /// Writes a word, which is quoted where it has to be.
    pub fn word(self, word: &OsStr) -> String {
        let bytes = word.as_encoded_bytes();
        let Some(shell) = self.apart() else {
            return posix(word);
        };
        if is_plain(bytes) {
            return word.to_string_lossy().into_owned();
        }
        let quoted = quoted(shell, bytes);
        // Between quotes xonsh reads `$NAME` in an argument.
        if shell == Shell::Xonsh {
            format!("@({quoted})")
        } else {
            quoted
        }
    }

    /// Writes the word that a command begins with: to some shells what is quoted is a value.
    pub fn program(self, word: &OsStr) -> String {
        let call = match self.0 {
            Some(Shell::Nu) => "^",
            Some(Shell::Pwsh) => "& ",
            _ => "",
        };
        if is_plain(word.as_encoded_bytes()) {
            self.word(word)
        } else {
            format!("{call}{}", self.word(word))
        }
    }

    /// Writes what sets a variable for the programs that are started.
    pub fn set(self, name: &str, value: &OsStr) -> String {
        let bytes = value.as_encoded_bytes();
        match self.apart() {
            None => format!("export {name}={}", posix(value)),
            Some(shell @ Shell::Fish) => format!("set -gx {name} {}", quoted(shell, bytes)),
            Some(shell @ Shell::Xonsh) => format!("${name} = {}", quoted(shell, bytes)),
            Some(shell) => line(&shell.dialect().set(name, bytes)),
        }
    }

    /// Writes what takes a variable away.
    pub fn unset(self, name: &str) -> String {
        match self.apart() {
            None => format!("unset {name}"),
            Some(Shell::Fish) => format!("set -e {name}"),
            Some(Shell::Xonsh) => format!("del ${name}"),
            Some(Shell::Pwsh) => format!("Remove-Item Env:{name}"),
            Some(shell) => line(&shell.dialect().unset(name)),
        }
    }

    /// Writes what has programs of a directory found first.
    pub fn search_first(self, directory: &Path) -> String {
        let bytes = directory.as_os_str().as_encoded_bytes();
        let Some(shell) = self.apart() else {
            return format!("export PATH={}:\"$PATH\"", posix(directory.as_os_str()));
        };
        let quoted = quoted(shell, bytes);
        match shell {
            Shell::Fish => format!("set -gx PATH {quoted} $PATH"),
            Shell::Tcsh => format!("setenv PATH {quoted}:\"$PATH\""),
            Shell::Xonsh => format!("$PATH.insert(0, {quoted})"),
            Shell::Elvish => format!("set paths = [{quoted} $@paths]"),
            Shell::Nu => format!("$env.PATH = ($env.PATH | prepend {quoted})"),
            _ => format!("$env:PATH = {quoted} + ':' + $env:PATH"),
        }
    }

    /// Writes two commands, of which the second runs where the first succeeds.
    pub fn both(self, first: &str, second: &str) -> String {
        // These two end a line at what fails, and have no such word.
        let and = if matches!(self.0, Some(Shell::Elvish | Shell::Nu)) {
            "; "
        } else {
            " && "
        };
        format!("{first}{and}{second}")
    }

    /// Returns the shell, where it reads anything in another way than POSIX says.
    fn apart(self) -> Option<Shell> {
        self.0
            .filter(|shell| !matches!(shell, Shell::Bash | Shell::Zsh))
    }
}

fn name(word: &str) -> &str {
    let name = Path::new(word)
        .file_name()
        .and_then(OsStr::to_str)
        .unwrap_or(word);
    name.strip_prefix('-').unwrap_or(name)
}

/// Returns the language of a program's name, where it is that of a shell.
fn known(word: &str) -> Option<Tongue> {
    let shell = Shell::named(word).map(|shell| Tongue(Some(shell)));
    // tcsh goes by the name of the shell that it is made after.
    let is_csh = || (name(word) == "csh").then_some(Tongue(Some(Shell::Tcsh)));
    shell
        .or_else(is_csh)
        .or_else(|| POSIX.contains(&name(word)).then_some(Tongue(None)))
}

fn is_plain(bytes: &[u8]) -> bool {
    let is_option = bytes.first() == Some(&b'-');
    // PowerShell parts an option at a dot.
    let letter = |byte: &u8| {
        byte.is_ascii_alphanumeric() || b"_/-".contains(byte) || *byte == b'.' && !is_option
    };
    !bytes.is_empty() && bytes.iter().all(letter)
}

fn posix(word: &OsStr) -> String {
    let text = word.to_string_lossy();
    shlex::try_quote(&text).map_or_else(|_| text.clone().into_owned(), std::borrow::Cow::into_owned)
}

fn quoted(shell: Shell, bytes: &[u8]) -> String {
    String::from_utf8_lossy(&shell.dialect().quote(bytes)).into_owned()
}

fn line(text: &[u8]) -> String {
    String::from_utf8_lossy(text).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(parent: &[&str], login: &str) -> Tongue {
        let parent: Vec<OsString> = parent.iter().map(OsString::from).collect();
        Tongue::of(&parent, Some(OsStr::new(login)))
    }

    #[test]
    fn the_shell_that_asks_is_the_parent_or_else_the_login_shell() {
        let fish = Tongue(Some(Shell::Fish));
        for (parent, login, tongue) in [
            (&["-fish"][..], "/bin/bash", fish),
            (&["/usr/bin/fish", "-c", "x"], "/bin/bash", fish),
            (&["make", "fish"], "/usr/bin/fish", fish),
            (&["sh", "-c", "x"], "/usr/bin/fish", Tongue(None)),
            (&["-csh"], "/bin/bash", Tongue(Some(Shell::Tcsh))),
            (
                &["python3.12", "/x/bin/xonsh"],
                "/bin/bash",
                Tongue(Some(Shell::Xonsh)),
            ),
            (
                &["/x/python", "-m", "xonsh"],
                "/bin/bash",
                Tongue(Some(Shell::Xonsh)),
            ),
            (&["xonsh --no-rc"], "/bin/bash", Tongue(Some(Shell::Xonsh))),
            (&["python3", "bash.py"], "", Tongue(None)),
            (&[], "/bin/strange", Tongue(None)),
        ] {
            assert_eq!(of(parent, login), tongue, "{parent:?} {login}");
        }
    }

    /// PowerShell can't be started where the tests run; the others are.
    #[test]
    fn powershell_has_words_of_its_own() {
        let pwsh = Tongue(Some(Shell::Pwsh));
        assert_eq!(pwsh.unset("A"), "Remove-Item Env:A");
        assert_eq!(pwsh.set("A", OsStr::new("it's")), "$env:A = 'it''s'");
        assert_eq!(
            pwsh.search_first(Path::new("/a b")),
            "$env:PATH = '/a b' + ':' + $env:PATH"
        );
        assert_eq!(pwsh.program(OsStr::new("/a b/python")), "& '/a b/python'");
        assert_eq!(
            (pwsh.word(OsStr::new("-x.y")), pwsh.word(OsStr::new("x.y"))),
            ("'-x.y'".into(), "x.y".into())
        );
    }

    #[test]
    fn what_is_quoted_is_still_a_word_or_a_program() {
        let odd = OsStr::new("/a $b");
        for (shell, word, program, both) in [
            (Shell::Fish, "'/a $b'", "'/a $b'", "a && b"),
            (Shell::Tcsh, "/a\\ \\$b", "/a\\ \\$b", "a && b"),
            (Shell::Xonsh, "@('/a $b')", "@('/a $b')", "a && b"),
            (Shell::Elvish, "'/a $b'", "'/a $b'", "a; b"),
            (Shell::Nu, "\"/a $b\"", "^\"/a $b\"", "a; b"),
        ] {
            let tongue = Tongue(Some(shell));
            let said = (tongue.word(odd), tongue.program(odd), tongue.both("a", "b"));
            assert_eq!(
                said,
                (word.into(), program.into(), both.into()),
                "{}",
                shell.name()
            );
        }
    }

    #[test]
    fn a_posix_shell_reads_what_posix_says() {
        for tongue in [
            Tongue(None),
            Tongue(Some(Shell::Zsh)),
            Tongue(Some(Shell::Bash)),
        ] {
            assert_eq!(tongue.set("A", OsStr::new("b c")), "export A='b c'");
            assert_eq!(
                tongue.search_first(Path::new("/a b")),
                "export PATH='/a b':\"$PATH\""
            );
            assert_eq!(tongue.program(OsStr::new("/a b")), "'/a b'");
            assert_eq!(tongue.both("a", "b"), "a && b");
        }
    }
}
