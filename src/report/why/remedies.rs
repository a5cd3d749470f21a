//! Cures, as commands to paste and what each does. One arm for each remedy.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::super::{Report, harmless};
use crate::values::finding::Remedy as Said;
use crate::why::finding::{Installer, Remedy};

/// Says a remedy; one that no command carries out has none.
pub(super) fn worded(report: &Report, remedy: &Remedy) -> Said {
    let quoted = |path: &Path| report.argument(path);
    let tongue = report.tongue;
    let (command, text) = match remedy {
        Remedy::AddEditable { .. }
        | Remedy::InstallEditable { .. }
        | Remedy::CacheKeys { .. }
        | Remedy::Reinstall { .. } => installing(report, remedy),
        Remedy::Rename { .. }
        | Remedy::Load { .. }
        | Remedy::MoveLine { .. }
        | Remedy::TakeOut { .. } => by_hand(report, remedy),
        Remedy::TakeIn { words } => taken_in(report, words),
        Remedy::Run { words } => (
            format!("devenv run -- {}", joined(report, words)),
            "in the project's environment".to_owned(),
        ),
        Remedy::Watch { words } => (
            format!("devenv run --watch -- {}", joined(report, words)),
            "and have it restarted after every edit".to_owned(),
        ),
        Remedy::Instead { words } => (whole(report, words), "instead".to_owned()),
        Remedy::Remove { path } => (format!("rm -- {}", quoted(path)), String::new()),
        Remedy::RemoveTree { path } => (format!("rm -r -- {}", quoted(path)), String::new()),
        Remedy::Arm { path } => (
            format!("devenv cache arm {}", quoted(path)),
            "has Python compare it with its source from now on".to_owned(),
        ),
        Remedy::Kill { pid } => (format!("kill {pid}"), "and start it again".to_owned()),
        Remedy::Front { root, rest } => {
            let colon: &[u8] = if rest.is_empty() { b"" } else { b":" };
            let value =
                OsStr::from_bytes(&[root.as_os_str().as_bytes(), colon, rest.as_bytes()].concat())
                    .to_owned();
            (
                harmless(&tongue.set("PYTHONPATH", &value)),
                "puts the source first".to_owned(),
            )
        }
        Remedy::FrontPath { directory } => (
            harmless(&tongue.search_first(directory)),
            "finds this program first".to_owned(),
        ),
        Remedy::SafePath => (
            tongue.set("PYTHONSAFEPATH", OsStr::new("1")),
            "does not look into the working directory".to_owned(),
        ),
        Remedy::Unset { name } => (tongue.unset(name), String::new()),
        Remedy::Touch { path } => (
            format!("touch {}", quoted(path)),
            "gives it the time of now".to_owned(),
        ),
        Remedy::Warm => (
            "devenv cache warm --packages".to_owned(),
            "compiles them ahead, once".to_owned(),
        ),
        Remedy::MakeEnvironment { path, anew: false } => {
            (format!("python3 -m venv {}", quoted(path)), String::new())
        }
        Remedy::MakeEnvironment { path, anew: true } => (
            format!("python3 -m venv --clear {}", quoted(path)),
            "makes it anew, without what was installed in it".to_owned(),
        ),
        Remedy::Replace { path, then } => (
            tongue.both(
                &format!("uv venv --clear {}", quoted(path)),
                &joined(report, then),
            ),
            "makes it anew, as the lock file says".to_owned(),
        ),
        Remedy::Do { words } => (whole(report, words), String::new()),
        Remedy::Ask { name } => (
            format!("devenv why {}", word(report, OsStr::new(name))),
            String::new(),
        ),
    };
    Said { command, text }
}

/// Says how the user consents to what lies outside the project, and that it runs then.
fn taken_in(report: &Report, words: &[OsString]) -> (String, String) {
    let run = format!("devenv run -- {}", joined(report, words));
    // What `init` writes it allows, and not what that takes in from outside.
    let consent = report.tongue.both("devenv init", "devenv allow");
    let command = if words.is_empty() {
        consent
    } else {
        report.tongue.both(&consent, &run)
    };
    (
        command,
        "has devenv take its source, wherever it lies".to_owned(),
    )
}

/// Says how something is installed another way.
fn installing(report: &Report, remedy: &Remedy) -> (String, String) {
    let quoted = |path: &Path| report.argument(path);
    let always = || "import it from its source, always".to_owned();
    match remedy {
        Remedy::AddEditable { directory } => {
            (format!("uv add --editable {}", quoted(directory)), always())
        }
        Remedy::InstallEditable {
            into,
            directory,
            mode,
        } => {
            let mode = mode.map(|mode| setting(into, mode)).unwrap_or_default();
            (
                format!("{} -e {}{mode}", install(report, into), quoted(directory)),
                always(),
            )
        }
        Remedy::CacheKeys { directory } => {
            let keys = "cache-keys = [{ file = \"pyproject.toml\" }, { file = \"src/**/*.py\" }]";
            let file = report.path(&directory.join("pyproject.toml"));
            (
                String::new(),
                format!(
                    "add `{keys}` under `[tool.uv]` in {file}: uv builds it anew after an edit"
                ),
            )
        }
        Remedy::Reinstall {
            into,
            distribution,
            directory,
            without,
        } => {
            let again = again(report, into, distribution, directory);
            let all = without.as_ref().map(|built| {
                report
                    .tongue
                    .both(&format!("rm -r {}", quoted(built)), &again)
            });
            (all.unwrap_or(again), "until the next edit".to_owned())
        }
        _ => (String::new(), String::new()),
    }
}

/// Says what is to be changed in a file.
fn by_hand(report: &Report, remedy: &Remedy) -> (String, String) {
    match remedy {
        Remedy::Rename { path } => (String::new(), format!("rename {}", report.path(path))),
        Remedy::Load { shell, file } => (
            String::new(),
            format!("add {} to {}", load(shell), report.path(file)),
        ),
        Remedy::MoveLine { file, line, below } => (
            String::new(),
            format!(
                "move line {line} of {} below line {below}",
                report.path(file)
            ),
        ),
        Remedy::TakeOut { name, file, line } => {
            let place = format!("line {line} of {}", report.path(file));
            (
                String::new(),
                format!("take `{name}` out of {place}, which sets it in every new shell"),
            )
        }
        _ => (String::new(), String::new()),
    }
}

/// Returns the line by which a shell loads the hook.
fn load(shell: &str) -> String {
    match shell {
        "fish" => "`devenv hook fish | source`".to_owned(),
        "elvish" => "`eval (devenv hook elvish | slurp)`".to_owned(),
        "xonsh" => "`execx($(devenv hook xonsh))`".to_owned(),
        "tcsh" => "``eval \"`devenv hook tcsh`\"``".to_owned(),
        _ => format!("`eval \"$(devenv hook {shell})\"`"),
    }
}

/// Returns the beginning of a command that installs.
fn install(report: &Report, into: &Installer) -> String {
    if into.is_uv {
        format!(
            "uv pip install --python {} --no-deps --reinstall",
            report.argument(&into.python)
        )
    } else {
        let python = report.program(&into.python);
        format!("{python} -m pip install --no-deps --force-reinstall")
    }
}

fn again(report: &Report, into: &Installer, distribution: &str, directory: &Path) -> String {
    if into.is_synced {
        return format!(
            "uv sync --inexact --reinstall-package {}",
            word(report, OsStr::new(distribution))
        );
    }
    format!("{} {}", install(report, into), report.argument(directory))
}

/// Returns how a setting of setuptools is passed on.
fn setting(into: &Installer, mode: &str) -> String {
    let option = if into.is_uv {
        "--config-setting"
    } else {
        "--config-settings"
    };
    format!(" {option} editable_mode={mode}")
}

/// Writes a command.
fn whole(report: &Report, words: &[OsString]) -> String {
    let Some((first, rest)) = words.split_first() else {
        return String::new();
    };
    let path = Path::new(first);
    let first = if path.is_absolute() {
        report.program(path)
    } else {
        harmless(&report.tongue.program(first))
    };
    if rest.is_empty() {
        first
    } else {
        format!("{first} {}", joined(report, rest))
    }
}

fn joined(report: &Report, words: &[OsString]) -> String {
    let one = |given: &OsString| {
        let path = Path::new(given);
        if path.is_absolute() {
            report.argument(path)
        } else {
            word(report, given)
        }
    };
    words.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn word(report: &Report, word: &OsStr) -> String {
    harmless(&report.tongue.word(word))
}
