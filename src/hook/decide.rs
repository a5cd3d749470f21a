//! What a shell is given, as a value. Pure: who asks has read everything.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

use super::state::State;
use crate::env::operation::{self, PYTHONPATH};
use crate::env::{Env, Operation, Patch, list, overlay};

/// The lists that others save and bring back with elements of ours.
const RESTORED: [&str; 2] = ["PATH", PYTHONPATH];

/// The environment that a user activates by hand.
const VIRTUAL_ENV: &str = "VIRTUAL_ENV";

/// How the shell stands.
#[derive(Clone, Debug)]
pub enum Situation {
    /// In no project, or in one of which nothing is applied.
    Bare,
    /// In a project whose plan is applied.
    In(Stay),
    /// In a project that can't be judged now: its last plan stays where it was applied.
    Waiting(PathBuf),
}

impl fmt::Display for Situation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bare => f.write_str("nothing is applied here"),
            Self::In(stay) => write!(f, "profile {} of {}", stay.profile, stay.root.display()),
            Self::Waiting(root) => {
                write!(
                    f,
                    "{} can't be applied as it is; its last environment stays",
                    root.display()
                )
            }
        }
    }
}

/// A project whose plan is applied.
#[derive(Clone, Debug)]
pub struct Stay {
    pub root: PathBuf,
    pub profile: String,
    pub operations: Vec<Operation>,
    pub aliases: Vec<String>,
}

/// What the shell has.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// As it is.
    pub env: &'a Env,
    /// Without what is ours.
    pub base: &'a Env,
    /// What was applied.
    pub applied: &'a Patch,
    pub state: &'a State,
    pub situation: &'a Situation,
    /// The state of the switch now.
    pub switch: &'a str,
}

/// What the shell gets.
#[derive(Clone, Debug)]
pub struct Decision {
    pub env: Env,
    /// What to record, under the name of its profile; nothing: what is recorded stays.
    pub record: Option<(Patch, String)>,
    pub state: State,
}

/// Decides.
pub fn decide(facts: &Facts<'_>) -> Decision {
    match facts.situation {
        Situation::Waiting(root) if facts.state.root.as_ref() == Some(root) => stay(facts),
        Situation::In(stay) => enter(facts, stay),
        Situation::Bare | Situation::Waiting(_) => leave(facts),
    }
}

fn stay(facts: &Facts<'_>) -> Decision {
    Decision {
        env: facts.env.clone(),
        record: None,
        state: facts.state.clone(),
    }
}

fn leave(facts: &Facts<'_>) -> Decision {
    let (env, left) = clean(facts, &BTreeSet::new());
    let state = State {
        root: None,
        aliases: Vec::new(),
        left,
        ..facts.state.clone()
    };
    let state = State {
        switch: facts.switch.to_owned(),
        ..state
    };
    Decision {
        env,
        record: Some((Patch::default(), String::new())),
        state,
    }
}

fn enter(facts: &Facts<'_>, stay: &Stay) -> Decision {
    let planned = |base: &Env| operation::apply(&stay.operations, base);
    let is_same =
        facts.state.root.as_ref() == Some(&stay.root) && facts.state.switch == facts.switch;
    let ours = added(facts.base, &planned(facts.base));
    let (base, left) = clean(facts, &ours);
    let plan = planned(&base);
    let env = if is_same {
        overlay::keep_changes(facts.applied, facts.env, &plan)
    } else {
        plan.clone()
    };
    let patch = Patch::between(&base, &plan, &operation::list_names(&stay.operations));
    let state = State {
        root: Some(stay.root.clone()),
        switch: facts.switch.to_owned(),
        aliases: stay.aliases.clone(),
        left,
        ..facts.state.clone()
    };
    Decision {
        env,
        record: Some((patch, stay.profile.clone())),
        state,
    }
}

/// Takes elements out that were ours and that somebody brought back, each once, and notes those
/// that go now. `ours` are the ones that are meant to be there.
fn clean(facts: &Facts<'_>, ours: &BTreeSet<OsString>) -> (Env, Vec<OsString>) {
    let mut env = facts.base.clone();
    let by_hand = facts
        .base
        .filled(VIRTUAL_ENV)
        .map(|venv| PathBuf::from(venv).join("bin").into_os_string());
    let mut gone = BTreeSet::new();
    let returned = |e: &OsString| {
        facts.state.left.contains(e) && !ours.contains(e) && Some(e) != by_hand.as_ref()
    };
    // What was activated over ours stands there twice.
    let is_twice = by_hand
        .as_ref()
        .is_some_and(|bin| facts.state.left.contains(bin));
    for name in RESTORED {
        let Some(elements) = facts.base.get(name).map(list::split) else {
            continue;
        };
        let (back, kept): (Vec<_>, Vec<_>) = elements.into_iter().partition(returned);
        let length = kept.len();
        let kept = if is_twice {
            first_of(kept, by_hand.as_deref())
        } else {
            kept
        };
        if !back.is_empty() || kept.len() < length {
            env.put(
                name,
                Some(list::join(&kept)).filter(|value| !value.is_empty()),
            );
            gone.extend(back);
        }
    }
    let mut left: Vec<OsString> = facts
        .state
        .left
        .iter()
        .filter(|e| !gone.contains(*e))
        .cloned()
        .collect();
    let of_last = facts
        .applied
        .0
        .iter()
        .filter(|(name, _)| RESTORED.iter().any(|list| *name == *list));
    let of_last =
        of_last.flat_map(|(_, change)| fresh(change.before.as_deref(), change.after.as_deref()));
    left.extend(
        of_last
            .filter(|e| !facts.state.left.contains(e))
            .collect::<BTreeSet<_>>(),
    );
    left.retain(|e| !ours.contains(e));
    (env, left)
}

/// Returns elements of which one stands there but once.
fn first_of(elements: Vec<OsString>, once: Option<&OsStr>) -> Vec<OsString> {
    let mut is_there = false;
    let is_new = |element: &OsString| {
        Some(element.as_os_str()) != once || !std::mem::replace(&mut is_there, true)
    };
    elements.into_iter().filter(is_new).collect()
}

/// Returns the elements that a plan adds to the lists that are restored.
fn added(base: &Env, planned: &Env) -> BTreeSet<OsString> {
    RESTORED
        .iter()
        .flat_map(|name| fresh(base.get(name), planned.get(name)))
        .collect()
}

fn fresh(before: Option<&OsStr>, after: Option<&OsStr>) -> Vec<OsString> {
    let split = |value: Option<&OsStr>| value.map(list::split).unwrap_or_default();
    let before = split(before);
    split(after)
        .into_iter()
        .filter(|element| !before.contains(element))
        .collect()
}

/// Returns the variables that differ between two environments, with what becomes of each.
pub fn changes(before: &Env, after: &Env) -> Vec<(OsString, Option<OsString>)> {
    let patch = Patch::between(before, after, &BTreeSet::new());
    patch
        .0
        .into_iter()
        .map(|(name, change)| (name, change.after))
        .collect()
}
