//! What a shell that is in a project already is given when the plan is decided again: the plan, but
//! for what the user changed since. Pure.

use std::ffi::{OsStr, OsString};

use super::list;
use super::patch::{Change, Patch};
use super::vars::Env;

/// Returns the planned environment with what the user changed since `applied` was. `current` is
/// what the shell has.
pub fn keep_changes(applied: &Patch, current: &Env, planned: &Env) -> Env {
    let mut out = planned.clone();
    for (name, change) in &applied.0 {
        let now = current.get(name);
        if now != change.after.as_deref() {
            out.put(name, kept(change, now, planned.get(name)));
        }
    }
    out
}

fn kept(change: &Change, now: Option<&OsStr>, planned: Option<&OsStr>) -> Option<OsString> {
    let now = now?;
    if change.list {
        Some(merged(change, now, planned))
    } else {
        Some(now.to_owned())
    }
}

/// Takes what is no longer planned out of the user's list, and puts what is newly planned in front.
fn merged(change: &Change, now: &OsStr, planned: Option<&OsStr>) -> OsString {
    let split = |value: Option<&OsStr>| value.map(list::split).unwrap_or_default();
    let (before, after) = (
        split(change.before.as_deref()),
        split(change.after.as_deref()),
    );
    let (now, planned) = (list::split(now), split(planned));
    let outdated = |e: &OsString| after.contains(e) && !before.contains(e) && !planned.contains(e);
    let new = planned
        .iter()
        .filter(|e| !after.contains(e) && !now.contains(e))
        .cloned();
    let elements: Vec<OsString> = new
        .chain(now.iter().filter(|e| !outdated(e)).cloned())
        .collect();
    list::join(&elements)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Env {
        pairs
            .iter()
            .map(|(k, v)| (OsString::from(k), OsString::from(v)))
            .collect()
    }

    #[test]
    fn what_the_user_changed_stays_and_the_rest_follows_the_plan() {
        let base = env(&[("PATH", "/usr/bin")]);
        let before = env(&[("PATH", "/v/bin:/usr/bin"), ("A", "1"), ("B", "1")]);
        let applied = Patch::between(&base, &before, &BTreeSet::new());
        let current = env(&[("PATH", "/mine:/v/bin:/usr/bin"), ("A", "mine"), ("B", "1")]);
        let planned = env(&[
            ("PATH", "/v/bin:/new:/mine:/usr/bin"),
            ("A", "2"),
            ("B", "2"),
        ]);
        let kept = keep_changes(&applied, &current, &planned);
        assert_eq!(
            kept,
            env(&[
                ("PATH", "/new:/mine:/v/bin:/usr/bin"),
                ("A", "mine"),
                ("B", "2")
            ])
        );
    }

    #[test]
    fn an_element_that_is_no_longer_planned_goes_and_one_that_the_user_took_stays_away() {
        let base = env(&[("PATH", "/usr/bin")]);
        let applied = Patch::between(&base, &env(&[("PATH", "/a:/b:/usr/bin")]), &BTreeSet::new());
        let current = env(&[("PATH", "/x:/b:/usr/bin")]);
        let planned = env(&[("PATH", "/a:/x:/usr/bin")]);
        assert_eq!(
            keep_changes(&applied, &current, &planned),
            env(&[("PATH", "/x:/usr/bin")])
        );
    }

    #[test]
    fn what_the_user_unset_stays_unset() {
        let applied = Patch::between(&env(&[]), &env(&[("A", "1")]), &BTreeSet::new());
        assert_eq!(
            keep_changes(&applied, &env(&[]), &env(&[("A", "1")])),
            env(&[])
        );
    }
}
