//! The words of the hook: one line for each thing, on stderr.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use super::{Report, count, harmless};
use crate::env::Env;
use crate::env::session::VARIABLE;
use crate::hook::trace::{Now, Trace};
use crate::project::switch::Off;
use crate::shell::Change;

/// Says what entering a project changed; nothing where it changed nothing.
pub fn say_entered(report: &Report, profile: &str, before: &Env, changes: &[Change]) {
    let seen = changes.iter().filter(|(name, _)| name != VARIABLE);
    let words: Vec<String> = seen
        .map(|(name, value)| format!("{}{name}", sign(before, name, value.is_some())))
        .collect();
    if !words.is_empty() {
        report.say(&harmless(&format!("{profile} {}", words.join(" "))));
    }
}

fn sign(before: &Env, name: &str, is_set: bool) -> char {
    match (before.get(name).is_some(), is_set) {
        (_, false) => '-',
        (true, true) => '~',
        (false, true) => '+',
    }
}

/// What became of the hook's switch.
#[derive(Debug)]
pub struct Switched {
    pub on: bool,
    /// The project that was meant; nothing: all of them.
    pub root: Option<PathBuf>,
    /// The project that was off by itself, and is on as well.
    pub also: Option<PathBuf>,
    /// What keeps it off here.
    pub off: Option<Off>,
    /// How many projects are off by themselves.
    pub others: usize,
}

/// Says what became of the hook's switch, and what stays as it was.
pub fn say_switched(report: &Report, switched: &Switched) {
    let Switched {
        on,
        root,
        also,
        off,
        others,
    } = switched;
    let mut words = match root {
        Some(root) => format!(
            "the hook is {} in {}",
            if *on { "on" } else { "off" },
            report.path(root)
        ),
        None => format!("the hook is {} everywhere", if *on { "on" } else { "off" }),
    };
    if let (true, Some(off)) = (on, off) {
        words += &format!(", but stays {}", off_words(*off));
    } else if let Some(also) = also.as_ref().filter(|_| root.is_none()) {
        words += &format!(
            ", also in {}, where it was off by itself",
            report.path(also)
        );
    }
    if *on && root.is_none() && *others > 0 {
        words += &format!(
            "; it stays off in {}: `devenv on` in each",
            count(*others, "other project")
        );
    }
    report.say(&words);
}

/// Words what keeps the hook off, and how it is turned on.
pub fn off_words(off: Off) -> &'static str {
    match off {
        Off::Everywhere => "off everywhere; `devenv on` turns it on",
        Off::Shell => "off in this shell, where `PYDEVENV_DISABLE` is set",
        Off::Project => "off in this project; `devenv on` turns it on",
    }
}

/// Prints what the hook of a shell decided last, from what, and whether it asks again.
pub fn print_status(
    report: &Report,
    trace: Option<&Trace>,
    now_ns: i64,
    as_json: bool,
) -> Result<()> {
    if as_json {
        return report
            .json(&trace.map_or_else(|| json!({"schema": 1, "hook": Value::Null}), status_json));
    }
    let Some(trace) = trace else {
        return report
            .print("hook       this shell has none that asked yet; see `devenv hook --help`\n");
    };
    let seconds = usize::try_from((now_ns - trace.started_ns) / 1_000_000_000).unwrap_or_default();
    let mut text = format!("decided    {}\n", harmless(&trace.decided));
    text += &format!(
        "           {} ago, in {}\n",
        count(seconds, "second"),
        harmless(&trace.cwd.to_string_lossy())
    );
    text += &format!("next       {}\n", next(trace));
    for (index, (path, now)) in trace.now().into_iter().enumerate() {
        let label = if index == 0 { "inputs" } else { "" };
        text += &format!(
            "{label:<11}{:<10} {}\n",
            word(now),
            harmless(&path.to_string_lossy())
        );
    }
    report.print(&text)
}

/// Words what the next prompt does, and why.
fn next(trace: &Trace) -> String {
    let changed = |now: &Now| matches!(now, Now::Changed | Now::Appeared | Now::Gone);
    match trace.now().iter().find(|(_, now)| changed(now)) {
        Some((path, now)) => format!("asks: {} {}", harmless(&path.to_string_lossy()), word(*now)),
        None if !trace.watched => "asks: something changed just before it was read".to_owned(),
        None => "asks nothing, unless the directory or a variable changes".to_owned(),
    }
}

fn word(now: Now) -> &'static str {
    match now {
        Now::Unchanged => "unchanged",
        Now::Absent => "absent",
        Now::Changed => "changed",
        Now::Appeared => "appeared",
        Now::Gone => "is gone",
    }
}

fn status_json(trace: &Trace) -> Value {
    let inputs = trace
        .now()
        .into_iter()
        .map(|(path, now)| json!({"path": path.to_string_lossy(), "state": word(now)}));
    json!({
        "schema": 1,
        "hook": {
            "decided": trace.decided,
            "cwd": trace.cwd.to_string_lossy(),
            "watched": trace.watched,
            "next": next(trace),
            "inputs": inputs.collect::<Vec<_>>(),
        },
    })
}
