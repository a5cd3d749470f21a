//! The words of the hook: one line for each thing, on stderr.

use super::{Report, harmless};
use crate::env::Env;
use crate::env::session::VARIABLE;
use crate::shell::Change;

/// Says what entering a project changed; nothing where it changed nothing.
pub(crate) fn say_entered(report: &Report, profile: &str, before: &Env, changes: &[Change]) {
    let seen = changes.iter().filter(|(name, _)| name != VARIABLE);
    let words: Vec<String> =
        seen.map(|(name, value)| format!("{}{name}", sign(before, name, value.is_some()))).collect();
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
