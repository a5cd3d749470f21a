//! The difference between two environments, and the law by which it is undone.
//!
//! The law of undo: a variable that nobody touched gets back exactly its value, or absence, of before. A changed
//! scalar keeps the user's value. In a changed list, the elements that we added and that were not there before go,
//! those that we took come back at the end they were nearest to, all others keep their order; a list left empty is
//! unset if it was unset before.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};

use super::list;
use super::vars::Env;

/// Variables that every tool treats as lists, even where a plan sets them whole.
const ALWAYS_LISTS: [&str; 2] = ["PATH", "PYTHONPATH"];

/// How one variable was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) before: Option<OsString>,
    pub(crate) after: Option<OsString>,
    pub(crate) list: bool,
}

/// The changed variables, ordered by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Patch(pub(crate) BTreeMap<OsString, Change>);

impl Patch {
    /// Returns what changed between two environments; `lists` names the variables to undo element by element.
    pub(crate) fn between(before: &Env, after: &Env, lists: &BTreeSet<OsString>) -> Self {
        let names: BTreeSet<&OsStr> = before.iter().chain(after.iter()).map(|(name, _)| name).collect();
        let changed = names.into_iter().filter(|name| before.get(name) != after.get(name));
        let change = |name: &OsStr| Change {
            before: before.get(name).map(OsStr::to_owned),
            after: after.get(name).map(OsStr::to_owned),
            list: lists.contains(name) || ALWAYS_LISTS.iter().any(|list| name == *list),
        };
        Self(changed.map(|name| (name.to_owned(), change(name))).collect())
    }

    /// Takes the patch back by the law of undo.
    pub(crate) fn undo(&self, env: &Env) -> Env {
        let mut out = env.clone();
        for (name, change) in &self.0 {
            let next = change.undo(env.get(name));
            out.put(name, next);
        }
        out
    }
}

impl Change {
    fn undo(&self, current: Option<&OsStr>) -> Option<OsString> {
        if current == self.after.as_deref() {
            return self.before.clone();
        }
        let current = current?;
        if self.list { self.undo_list(current) } else { Some(current.to_owned()) }
    }

    fn undo_list(&self, current: &OsStr) -> Option<OsString> {
        let before = self.before.as_deref().map(list::split).unwrap_or_default();
        let after = self.after.as_deref().map(list::split).unwrap_or_default();
        let ours = |e: &OsString| after.contains(e) && !before.contains(e);
        let kept: Vec<OsString> = list::split(current).into_iter().filter(|e| !ours(e)).collect();
        let restored = list::join(&put_back(&taken(&before, &after), before.len(), kept));
        (self.before.is_some() || !restored.is_empty()).then_some(restored)
    }
}

/// Returns the elements that are gone, each with its index.
fn taken(before: &[OsString], after: &[OsString]) -> Vec<(usize, OsString)> {
    before.iter().enumerate().filter(|(_, e)| !after.contains(e)).map(|(i, e)| (i, e.clone())).collect()
}

/// Puts the taken elements back at the end they were nearest to, unless the user put them back already.
fn put_back(taken: &[(usize, OsString)], length: usize, kept: Vec<OsString>) -> Vec<OsString> {
    let missing = taken.iter().filter(|(_, e)| !kept.contains(e));
    let (front, back): (Vec<_>, Vec<_>) = missing.partition(|(i, _)| i * 2 < length);
    let elements = |part: Vec<&(usize, OsString)>| part.into_iter().map(|(_, e)| e.clone()).collect::<Vec<_>>();
    [elements(front), kept, elements(back)].concat()
}

#[cfg(test)]
#[path = "patch_tests.rs"]
mod tests;
