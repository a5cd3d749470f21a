//! Every word that a person or a program reads from us: errors, warnings, tables, JSON. Data goes
//! to stdout, words to stderr. Called by commands alone; it decides how a thing is said, never what
//! is done.

pub mod cache;
pub mod check;
pub mod clear;
pub mod demo;
pub mod doctor;
pub mod export;
pub mod findings;
mod harmless;
pub mod hook;
pub mod import;
pub mod info;
pub mod init;
pub mod inject;
pub mod notices;
pub mod paint;
pub mod plan;
pub mod profiles;
mod progress;
pub mod run;
pub mod status;
pub mod trust;
pub mod verify;
pub mod watch;
pub mod why;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Result;
use serde_json::Value;

use crate::cli::Color;
use crate::env::{Env, Origin};
use crate::host::output;
use crate::shell::Tongue;
use crate::values::fault::{Fault, Place, Spot, USAGE};
pub use harmless::harmless;
use paint::Paint;

/// How things are said in this call.
#[derive(Clone, Debug)]
pub struct Report {
    pub out: Paint,
    pub err: Paint,
    cwd: PathBuf,
    /// How what is to be pasted is written.
    pub tongue: Tongue,
    /// The warnings that were said, where each is said once.
    warned: Option<Rc<RefCell<BTreeSet<String>>>>,
}

impl Report {
    /// Returns the manner that the user asked for.
    pub fn new(color: Color, env: &Env, cwd: &Path) -> Self {
        Self {
            out: Paint::choose(color, env, output::out_is_terminal()),
            err: Paint::choose(color, env, output::err_is_terminal()),
            cwd: cwd.to_owned(),
            tongue: Tongue::default(),
            warned: None,
        }
    }

    /// Returns the manner of a call that nobody typed: paths are whole.
    pub fn plain(env: &Env) -> Self {
        Self::new(Color::Auto, env, Path::new(""))
    }

    /// Prints help, the version, or what is wrong with the command line; returns the exit status.
    pub fn usage(error: &clap::Error) -> u8 {
        if error.use_stderr() {
            let text = error.to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            err(&format!("devenv: {text}"));
        } else {
            let _ = error.print();
        }
        u8::try_from(error.exit_code()).unwrap_or(USAGE)
    }

    /// Prints data.
    pub fn print(&self, text: &str) -> Result<()> {
        Ok(output::out(harmless::output(text).as_bytes())?)
    }

    /// Prints data as JSON.
    pub fn json(&self, value: &Value) -> Result<()> {
        Ok(output::out(
            harmless::json(&format!("{value:#}\n")).as_bytes(),
        )?)
    }

    /// Says something that is neither data nor a problem.
    pub fn say(&self, words: &str) {
        err(&format!("devenv: {}\n", harmless(words)));
    }

    /// Says what to do next.
    pub fn hint(&self, words: &str) {
        err(&format!("{} {}\n", self.err.good("hint:"), harmless(words)));
    }

    /// Says lines that are worded, and harmless, already.
    pub fn words(&self, lines: &str) {
        err(lines);
    }

    /// Says something that deserves attention and stops nothing.
    pub fn warn(&self, fault: &Fault) {
        let text = self.fault(fault, "warning: ");
        if self
            .warned
            .as_ref()
            .is_none_or(|warned| warned.borrow_mut().insert(text.clone()))
        {
            err(&text);
        }
    }

    /// Says why the command failed; returns the exit status.
    pub fn error(&self, error: &anyhow::Error) -> u8 {
        err(&self.worded(error));
        error
            .downcast_ref::<Fault>()
            .map_or(USAGE, |fault| fault.exit)
    }

    /// Words why something failed.
    pub fn worded(&self, error: &anyhow::Error) -> String {
        let fault = error.downcast_ref::<Fault>();
        let mut text = match fault {
            Some(fault) => self.fault(fault, ""),
            None => format!(
                "{} {}\n",
                self.err.bad("devenv:"),
                harmless(&error.to_string())
            ),
        };
        for cause in error.chain().skip(1) {
            text += &format!("caused by: {}\n", harmless(&cause.to_string()));
        }
        text
    }

    /// Words a fault: the fact, the line it is about with a caret, then what to do.
    fn fault(&self, fault: &Fault, kind: &str) -> String {
        let spot = fault.spot.as_deref();
        let place = spot
            .map(|spot| format!("{}: ", self.place(&spot.place)))
            .unwrap_or_default();
        let mut text = format!(
            "{} {kind}{}{}\n",
            self.err.bad("devenv:"),
            harmless(&place),
            harmless(&fault.what)
        );
        if let Some(Spot {
            place,
            excerpt: Some(excerpt),
        }) = spot
        {
            let number = place.line.to_string();
            let gap = " ".repeat(number.len());
            let before: String = excerpt.text.chars().take(place.column - 1).collect();
            let caret = " ".repeat(harmless(&before).chars().count()) + &"^".repeat(excerpt.width);
            text += &format!(
                " {number} | {}\n {gap} | {}\n",
                harmless(&excerpt.text),
                self.err.bad(&caret)
            );
        }
        for hint in &fault.hints {
            text += &format!("{} {}\n", self.err.good("hint:"), harmless(hint));
        }
        text
    }

    /// Words a fault in one line.
    pub fn line(&self, fault: &Fault) -> String {
        let place = fault
            .spot
            .as_deref()
            .map(|spot| format!("{}: ", self.place(&spot.place)))
            .unwrap_or_default();
        let hint = fault
            .hints
            .first()
            .map(|hint| format!("; {}", harmless(hint)))
            .unwrap_or_default();
        format!(
            "{} {}{}{hint}\n",
            self.err.bad("devenv:"),
            harmless(&place),
            harmless(&fault.what)
        )
    }

    /// Words a place in a file.
    pub fn place(&self, place: &Place) -> String {
        format!("{}:{}:{}", self.path(&place.file), place.line, place.column)
    }

    /// Words where something comes from.
    pub fn origin(&self, origin: &Origin) -> String {
        match origin {
            Origin::Place(place) | Origin::Dotenv(place) => self.place(place),
            Origin::Rule(words) => harmless(words),
        }
    }

    /// Words a path: relative where it lies below the working directory.
    pub fn path(&self, path: &Path) -> String {
        harmless(&self.near(path).to_string_lossy())
    }

    /// Words a path as an argument of a command to paste.
    pub fn quoted(&self, path: &Path) -> String {
        harmless(&self.tongue.word(self.near(path).as_os_str()))
    }

    /// Words a path as an argument that no program takes for an option, or a program for a name
    /// along `PATH`.
    pub fn argument(&self, path: &Path) -> String {
        harmless(&self.tongue.word(&self.spelled(path)))
    }

    /// Words a path as the program that a command begins with.
    pub fn program(&self, path: &Path) -> String {
        harmless(&self.tongue.program(&self.spelled(path)))
    }

    /// Returns a path so that no program takes it for an option, or for a name along `PATH`.
    fn spelled(&self, path: &Path) -> OsString {
        let near = self.near(path);
        let is_bare = path.is_absolute() && near.is_relative() && near.components().count() == 1;
        if is_bare && near != Path::new(".") {
            Path::new(".").join(near).into()
        } else {
            near.into()
        }
    }

    /// Returns the same manner, for a shell that reads what is pasted in its own way.
    pub fn in_tongue(&self, tongue: Tongue) -> Self {
        Self {
            tongue,
            ..self.clone()
        }
    }

    /// Returns the same manner, in which each warning is said once, however often it holds.
    pub fn once(&self) -> Self {
        Self {
            warned: Some(Rc::default()),
            ..self.clone()
        }
    }

    /// Returns the same manner, with whole paths.
    pub fn with_whole_paths(&self) -> Self {
        Self {
            cwd: PathBuf::new(),
            ..self.clone()
        }
    }

    fn near<'p>(&self, path: &'p Path) -> &'p Path {
        let shown = path.strip_prefix(&self.cwd).unwrap_or(path);
        if shown.as_os_str().is_empty() {
            Path::new(".")
        } else {
            shown
        }
    }
}

/// Writes words to stderr, whatever they are made of.
pub(super) fn err(text: &str) {
    output::err(&harmless::output(text));
}

pub const SECOND_NS: i64 = 1_000_000_000;

/// Says how long something takes or took.
pub fn span(ns: i64) -> String {
    let seconds = ns / SECOND_NS;
    match seconds {
        0 => format!("{} ms", ns / 1_000_000),
        1..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Says how many of a thing there are.
pub fn count(number: usize, thing: &str) -> String {
    if number == 1 {
        format!("1 {thing}")
    } else {
        format!("{number} {thing}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_counted() {
        assert_eq!(
            (count(1, "file").as_str(), count(2, "file").as_str()),
            ("1 file", "2 files")
        );
    }
}
