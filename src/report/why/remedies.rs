//! Cures, as commands to paste and what each does. One arm for each remedy.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::super::{Report, harmless};
use crate::why::finding::{Installer, Remedy};

/// A cure in words; one that no command carries out has none.
pub(super) struct Worded {
    pub(super) command: String,
    pub(super) text: String,
}

/// Says a remedy.
pub(super) fn worded(report: &Report, remedy: &Remedy) -> Worded {
    let quoted = |path: &Path| report.argument(path);
    let (command, text) = match remedy {
        Remedy::AddEditable { directory } => {
            (format!("uv add --editable {}", quoted(directory)), "import it from its source, always".to_owned())
        }
        Remedy::InstallEditable { into, directory, mode } => {
            let mode = mode.map(|mode| setting(into, mode)).unwrap_or_default();
            let command = format!("{} -e {}{mode}", install(report, into), quoted(directory));
            (command, "import it from its source, always".to_owned())
        }
        Remedy::CacheKeys { directory } => {
            let keys = "cache-keys = [{ file = \"pyproject.toml\" }, { file = \"src/**/*.py\" }]";
            let file = directory.join("pyproject.toml");
            (
                String::new(),
                format!("add `{keys}` under `[tool.uv]` in {}: uv builds it anew after an edit", report.path(&file)),
            )
        }
        Remedy::Reinstall { into, distribution, directory, without } => {
            let first = without.as_ref().map(|built| format!("rm -r {} && ", quoted(built))).unwrap_or_default();
            (first + &again(report, into, distribution, directory), "until the next edit".to_owned())
        }
        Remedy::Run { words } => {
            (format!("devenv run -- {}", joined(report, words)), "in the project's environment".to_owned())
        }
        Remedy::Watch { words } => {
            let command = format!("devenv run --watch -- {}", joined(report, words));
            (command, "and have it restarted after every edit".to_owned())
        }
        Remedy::Instead { words } => (joined(report, words), "instead".to_owned()),
        Remedy::Remove { path } => (format!("rm -- {}", quoted(path)), String::new()),
        Remedy::Arm { path } => (
            format!("devenv cache arm {}", quoted(path)),
            "has Python compare it with its source from now on".to_owned(),
        ),
        Remedy::Kill { pid } => (format!("kill {pid}"), "and start it again".to_owned()),
        Remedy::Front { root, rest } => {
            let value =
                [root.as_os_str().as_bytes(), if rest.is_empty() { b"" } else { b":" }, rest.as_bytes()].concat();
            let value = String::from_utf8_lossy(&value).into_owned();
            let value = shlex::try_quote(&value).map_or_else(|_| harmless(&value), |value| harmless(&value));
            (format!("export PYTHONPATH={value}"), "puts the source first".to_owned())
        }
        Remedy::SafePath => {
            ("export PYTHONSAFEPATH=1".to_owned(), "does not look into the working directory".to_owned())
        }
        Remedy::Unset { name } => (format!("unset {name}"), String::new()),
        Remedy::Touch { path } => (format!("touch {}", quoted(path)), "gives it the time of now".to_owned()),
        Remedy::Warm => ("devenv cache warm --packages".to_owned(), "compiles them ahead, once".to_owned()),
        Remedy::Rename { path } => (String::new(), format!("rename {}", report.path(path))),
        Remedy::Ask { name } => (format!("devenv why {}", harmless(name)), String::new()),
    };
    Worded { command, text }
}

/// Returns the beginning of a command that installs.
fn install(report: &Report, into: &Installer) -> String {
    let python = report.argument(&into.python);
    if into.is_uv {
        format!("uv pip install --python {python} --no-deps --reinstall")
    } else {
        format!("{python} -m pip install --no-deps --force-reinstall")
    }
}

fn again(report: &Report, into: &Installer, distribution: &str, directory: &Path) -> String {
    if into.is_synced {
        return format!("uv sync --inexact --reinstall-package {}", harmless(distribution));
    }
    format!("{} {}", install(report, into), report.argument(directory))
}

/// Returns how a setting of setuptools is passed on.
fn setting(into: &Installer, mode: &str) -> String {
    let option = if into.is_uv { "--config-setting" } else { "--config-settings" };
    format!(" {option} editable_mode={mode}")
}

fn joined(report: &Report, words: &[OsString]) -> String {
    let one = |word: &OsString| {
        let path = Path::new(word);
        if path.is_absolute() { report.argument(path) } else { quoted(word) }
    };
    words.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsString) -> String {
    let text = word.to_string_lossy();
    shlex::try_quote(&text).map_or_else(|_| harmless(&text), |text| harmless(&text))
}
