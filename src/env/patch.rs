//! The difference between two environments, and the law by which it is undone.
//!
//! The law of undo: a variable that nobody touched gets back exactly its value, or absence, of
//! before. A changed scalar keeps the user's value. In a changed list, the elements that we added
//! and that were not there before go, those that we took come back at the end they were nearest to,
//! all others keep their order; a list left empty is unset if it was unset before. A virtual
//! environment that the user activated by hand is theirs, although nothing of it differs from ours.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::list;
use super::vars::Env;

/// The virtual environment, and the words for the prompt that a script which activates one leaves.
const VIRTUAL_ENV: &str = "VIRTUAL_ENV";
const PROMPT: &str = "VIRTUAL_ENV_PROMPT";

const PATH: &str = "PATH";

/// Variables that every tool treats as lists, even where a plan sets them whole.
const ALWAYS_LISTS: [&str; 2] = ["PATH", "PYTHONPATH"];

/// How one variable was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub before: Option<OsString>,
    pub after: Option<OsString>,
    pub list: bool,
}

/// The changed variables, ordered by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch(pub BTreeMap<OsString, Change>);

impl Patch {
    /// Returns what changed between two environments; `lists` names the variables to undo element
    /// by element.
    pub fn between(before: &Env, after: &Env, lists: &BTreeSet<OsString>) -> Self {
        let other = before
            .iter()
            .filter(|(name, value)| after.get(name) != Some(value));
        let new = after.iter().filter(|(name, _)| before.get(name).is_none());
        let change = |name: &OsStr| Change {
            before: before.get(name).map(OsStr::to_owned),
            after: after.get(name).map(OsStr::to_owned),
            list: lists.contains(name) || ALWAYS_LISTS.iter().any(|list| name == *list),
        };
        Self(
            other
                .chain(new)
                .map(|(name, _)| (name.to_owned(), change(name)))
                .collect(),
        )
    }

    /// Takes the patch back by the law of undo.
    pub fn undo(&self, env: &Env) -> Env {
        let bin = self.activated(env);
        let mut out = env.clone();
        for (name, change) in &self.0 {
            let current = env.get(name);
            let next = match &bin {
                Some(_) if name == VIRTUAL_ENV => current.map(OsStr::to_owned),
                Some(bin) if name == PATH => current.and_then(|path| change.undo_but(path, bin)),
                _ => change.undo(current),
            };
            out.put(name, next);
        }
        out
    }

    /// Returns the programs of the virtual environment that we set, where the user activated the
    /// same by hand since, so that it is theirs. It has put them in front once more, or, where the
    /// shell keeps no element twice, has left the words for the prompt that we never set.
    fn activated(&self, env: &Env) -> Option<OsString> {
        let change = self.0.get(OsStr::new(VIRTUAL_ENV))?;
        let venv = change
            .after
            .as_deref()
            .filter(|venv| env.get(VIRTUAL_ENV) == Some(*venv))?;
        let bin = PathBuf::from(venv).join("bin").into_os_string();
        let count = |path: Option<&OsStr>| {
            path.map_or(0, |path| {
                list::split(path).iter().filter(|e| **e == bin).count()
            })
        };
        let path = self.0.get(OsStr::new(PATH));
        let put = path.map_or_else(|| count(env.get(PATH)), |path| count(path.after.as_deref()));
        let is_again = count(env.get(PATH)) > put;
        let is_named = env.get(PROMPT).is_some()
            && change.before.is_none()
            && !self.0.contains_key(OsStr::new(PROMPT));
        (is_again || is_named).then_some(bin)
    }
}

impl Change {
    fn undo(&self, current: Option<&OsStr>) -> Option<OsString> {
        if current == self.after.as_deref() {
            return self.before.clone();
        }
        let current = current?;
        if self.list {
            self.undo_list(current)
        } else {
            Some(current.to_owned())
        }
    }

    /// Undoes a change, but for an element: where it stands first, it is the user's.
    fn undo_but(&self, current: &OsStr, theirs: &OsStr) -> Option<OsString> {
        // Holds a byte that no variable can.
        let mark = OsString::from("\0");
        let mut elements = list::split(current);
        let Some(first) = elements.iter().position(|element| element == theirs) else {
            return self.undo_list(current);
        };
        elements[first].clone_from(&mark);
        let undone = list::split(&self.undo_list(&list::join(&elements))?);
        let back = |element: OsString| {
            if element == mark {
                theirs.to_owned()
            } else {
                element
            }
        };
        Some(list::join(
            &undone.into_iter().map(back).collect::<Vec<_>>(),
        ))
    }

    fn undo_list(&self, current: &OsStr) -> Option<OsString> {
        let before = self.before.as_deref().map(list::split).unwrap_or_default();
        let after = self.after.as_deref().map(list::split).unwrap_or_default();
        let ours = |e: &OsString| after.contains(e) && !before.contains(e);
        let kept: Vec<OsString> = list::split(current)
            .into_iter()
            .filter(|e| !ours(e))
            .collect();
        let restored = list::join(&put_back(&taken(&before, &after), before.len(), kept));
        (self.before.is_some() || !restored.is_empty()).then_some(restored)
    }
}

/// Returns the elements that are gone, each with its index.
fn taken(before: &[OsString], after: &[OsString]) -> Vec<(usize, OsString)> {
    before
        .iter()
        .enumerate()
        .filter(|(_, e)| !after.contains(e))
        .map(|(i, e)| (i, e.clone()))
        .collect()
}

/// Puts the taken elements back at the end they were nearest to, unless the user put them back
/// already.
fn put_back(taken: &[(usize, OsString)], length: usize, kept: Vec<OsString>) -> Vec<OsString> {
    let missing = taken.iter().filter(|(_, e)| !kept.contains(e));
    let (front, back): (Vec<_>, Vec<_>) = missing.partition(|(i, _)| i * 2 < length);
    let elements = |part: Vec<&(usize, OsString)>| {
        part.into_iter().map(|(_, e)| e.clone()).collect::<Vec<_>>()
    };
    [elements(front), kept, elements(back)].concat()
}

#[cfg(test)]
#[path = "patch_tests.rs"]
mod tests;
