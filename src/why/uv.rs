//! The command line of `uv run`: where the command begins, and which options lead into another
//! environment than the project's own. Reads words alone.

use std::ffi::OsString;

use crate::values::fault::Fault;

/// Options that take the next word as their value, and do not change the environment.
const WITH_VALUE: &[&str] = &[
    "--extra",
    "--no-extra",
    "--group",
    "--no-group",
    "--only-group",
    "--env-file",
    "--package",
    "--index",
    "--default-index",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "-P",
    "--upgrade-package",
    "--reinstall-package",
    "--index-strategy",
    "--keyring-provider",
    "--resolution",
    "--prerelease",
    "--fork-strategy",
    "--exclude-newer",
    "--link-mode",
    "-C",
    "--config-setting",
    "--config-settings-package",
    "--no-build-isolation-package",
    "--no-build-package",
    "--no-binary-package",
    "--cache-dir",
    "--refresh-package",
    "--python-preference",
    "--config-file",
    "--color",
    "--allow-insecure-host",
    "--python-platform",
    "--torch-backend",
];

/// Options that make another environment than the project's.
const ELSEWHERE: &[&str] = &[
    "--isolated",
    "--with",
    "-w",
    "--with-editable",
    "--with-requirements",
    "--no-project",
    "--active",
    "--python",
    "-p",
    "--project",
    "--directory",
    "--script",
    "-s",
];

/// A `uv run`, read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) is_module: bool,
    pub(super) command: Vec<OsString>,
}

/// Reads the words after `uv`.
pub(super) fn read(words: &[OsString]) -> Result<Run, Fault> {
    let mut rest = words
        .iter()
        .skip_while(|word| word.to_str().is_some_and(|word| word.starts_with('-')));
    if rest.next().is_none_or(|word| word != "run") {
        return Err(Fault::new("of uv's commands only `uv run` is followed"));
    }
    let mut is_module = false;
    while let Some(word) = rest.next() {
        let text = word.to_str().unwrap_or_default();
        let name = text.split('=').next().unwrap_or_default();
        match text {
            "--" => {
                return Ok(Run {
                    is_module,
                    command: rest.cloned().collect(),
                });
            }
            "-m" | "--module" => is_module = true,
            _ if ELSEWHERE.contains(&name) => return Err(elsewhere(name)),
            _ if WITH_VALUE.contains(&text) => drop(rest.next()),
            _ if text.starts_with('-') && text != "-" => {}
            _ => {
                return Ok(Run {
                    is_module,
                    command: [word].into_iter().chain(rest).cloned().collect(),
                });
            }
        }
    }
    Err(Fault::new("`uv run` is given no command"))
}

fn elsewhere(option: &str) -> Fault {
    let what = format!("`uv run {option}` may run in another environment than the project's");
    Fault::new(what).hint("ask with the interpreter that it uses: `devenv why --python EXE …`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str) -> Option<(bool, String)> {
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        let run = read(&words).ok()?;
        Some((
            run.is_module,
            run.command
                .join(std::ffi::OsStr::new(" "))
                .into_string()
                .unwrap_or_default(),
        ))
    }

    #[test]
    fn the_command_begins_after_the_options() {
        let some = |is_module, command: &str| Some((is_module, command.to_owned()));
        assert_eq!(run("run python -m app"), some(false, "python -m app"));
        assert_eq!(
            run("-q run --extra x --group=y --frozen -m app --isolated"),
            some(true, "app --isolated")
        );
        assert_eq!(run("run -- pytest -x"), some(false, "pytest -x"));
        assert_eq!(run("run --with x python"), None);
        assert_eq!(run("run --python=3.12 python"), None);
        assert_eq!(run("sync"), None);
    }
}
