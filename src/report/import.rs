//! The words of `devenv import`: the file that is proposed, and each line that was not taken.

use std::fmt::Write;
use std::path::Path;

use super::Report;
use super::init::{quoted, relative};
use crate::project::import::{DotenvFile, Left, Taken, Variable, Wish};
use crate::values::fault::Fault;

/// Returns the file that says what was taken of another one. `root` is where it will stand, and
/// paths of the other one are relative to `base`.
pub fn file(taken: &Taken, from: &str, root: &Path, base: &Path) -> String {
    let path = |path: &str| {
        if path.starts_with(['/', '~']) {
            quoted(path)
        } else {
            quoted(&below(root, base, path))
        }
    };
    let mut text = format!(
        "# From {from}. `devenv status` shows what it means; after an edit: `devenv allow`.\n"
    );
    if let Some(venv) = &taken.venv {
        let _ = write!(text, "\nvenv = {}\n", path(venv));
    }
    text += &table("env", taken.variables.iter(), &path);
    if !taken.dotenv.is_empty() {
        let files: Vec<String> = taken
            .dotenv
            .iter()
            .map(|file| dotenv(file, &path))
            .collect();
        let _ = write!(text, "\n[profiles.dev]\ndotenv = [{}]\n", files.join(", "));
        // What came after a dotenv file lies over its values.
        text += &table(
            "profiles.dev.env",
            taken
                .variables
                .iter()
                .filter(|variable| variable.is_over_dotenv),
            &path,
        );
    }
    text
}

fn below(root: &Path, base: &Path, path: &str) -> String {
    relative(root, &crate::values::paths::normalised(&base.join(path)))
}

fn table<'t>(
    name: &str,
    variables: impl Iterator<Item = &'t Variable>,
    path: &impl Fn(&str) -> String,
) -> String {
    let lines: String = variables
        .map(|variable| format!("{} = {}\n", variable.name, wish(&variable.wish, path)))
        .collect();
    if lines.is_empty() {
        lines
    } else {
        format!("\n[{name}]\n{lines}")
    }
}

fn wish(wish: &Wish, path: &impl Fn(&str) -> String) -> String {
    match wish {
        Wish::Set(value) => quoted(value),
        Wish::Default(value) => format!("{{ default = {} }}", quoted(value)),
        Wish::Unset => "false".to_owned(),
        Wish::Prepend(paths) => {
            let paths: Vec<String> = paths.iter().map(|element| path(element)).collect();
            format!("{{ prepend = [{}] }}", paths.join(", "))
        }
    }
}

fn dotenv(file: &DotenvFile, path: &impl Fn(&str) -> String) -> String {
    let optional = if file.optional {
        ", optional = true"
    } else {
        ""
    };
    format!("{{ path = {}{optional} }}", path(&file.path))
}

/// Names every line that was not taken.
pub fn say_left(report: &Report, file: &Path, left: &[Left]) {
    for Left { line, text, why } in left {
        report.say(&format!(
            "not taken: {}:{line}: {why}{}",
            report.path(file),
            shown(text)
        ));
    }
}

/// Names the lines of a dotenv file that devenv can't read, which would stop every run.
pub fn say_unreadable(report: &Report, file: &Path, left: &[Left]) {
    for Left { line, text, why } in left {
        report.say(&format!(
            "change this first: {}:{line}: {why}{}",
            report.path(file),
            shown(text)
        ));
    }
}

fn shown(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(": {text}")
    }
}

/// Words that a link leads to a file of somebody else's.
pub fn elsewhere(report: &Report, file: &Path, real: &Path) -> Fault {
    let what = format!(
        "`{}` leads to `{}`, out of its directory",
        report.path(file),
        report.path(real)
    );
    Fault::new(what).hint("put the file itself there, or name the one that it leads to")
}

/// Words that there is no such file.
pub fn absent(report: &Report, file: &Path) -> Fault {
    Fault::new(format!("`{}` does not exist", report.path(file)))
}

/// Words that a file is no text.
pub fn no_text(report: &Report, file: &Path) -> Fault {
    Fault::new(format!("`{}` is not UTF-8", report.path(file)))
}

/// Words that there is nothing to propose.
pub fn nothing(report: &Report, file: &Path) -> Fault {
    Fault::new(format!(
        "nothing in `{}` can be said in a configuration",
        report.path(file)
    ))
    .exit(1)
}

/// Words that nothing is taken of a dotenv file, whose values stay where they are.
pub fn unread(report: &Report, file: &Path) -> Fault {
    let what = format!(
        "nothing is taken of `{}`, which devenv can't read whole",
        report.path(file)
    );
    Fault::new(what)
        .hint("change the lines above, and import it again: the file stays where it is")
        .exit(1)
}
