//! The law of undo, as a property over random plans, environments and changes by the user in
//! between. The expected result is written here a second time, from the words of the law, not from
//! the code.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::env::list::{ListEdit, Unwanted};
use crate::env::operation::{self, Action, Operation, Origin};

const NAMES: [&str; 5] = ["PATH", "PYTHONPATH", "MANPATH", "TOKEN", "LOG"];

fn element() -> impl Strategy<Value = OsString> {
    prop_oneof![
        8 => "[a-f]".prop_map(OsString::from),
        1 => Just(OsString::new()),
        1 => vec(1u8.., 1..6).prop_map(|bytes| {
            OsString::from_vec(bytes.into_iter().filter(|b| *b != b':').collect())
        }),
    ]
}

fn elements() -> impl Strategy<Value = Vec<OsString>> {
    vec(element(), 0..6)
}

fn scalar() -> impl Strategy<Value = OsString> {
    prop_oneof![
        elements().prop_map(|e| list::join(&e)),
        Just(OsString::from(
            "two\nlines 'quoted' \"twice\" $(touch x) `id`\n"
        )),
        Just(OsString::from_vec(vec![0xff, 0xfe, b'\n', 1])),
        Just(OsString::from("x".repeat(100_000))),
    ]
}

fn env() -> impl Strategy<Value = Env> {
    let var = (prop::sample::select(NAMES.to_vec()), scalar());
    vec(var, 0..5).prop_map(|vars| {
        vars.into_iter()
            .map(|(k, v)| (OsString::from(k), v))
            .collect()
    })
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        scalar().prop_map(Action::Set),
        scalar().prop_map(Action::Default),
        Just(Action::Unset),
        (elements(), elements(), elements()).prop_map(|(prepend, append, remove)| Action::Edit(
            ListEdit {
                prepend,
                append,
                remove: remove.into_iter().map(Unwanted::from).collect()
            }
        )),
    ]
}

fn plan() -> impl Strategy<Value = Vec<Operation>> {
    let one = (prop::sample::select(NAMES.to_vec()), action());
    vec(
        one.prop_map(|(name, action)| Operation::new(name, action, Origin::rule("test"))),
        0..8,
    )
}

/// What a user does to a variable between the plan and its undo.
#[derive(Clone, Debug)]
enum Touch {
    Set(OsString),
    Unset,
    Front(OsString),
    Back(OsString),
    DropFirst,
}

fn touches() -> impl Strategy<Value = Vec<(&'static str, Touch)>> {
    let touch = prop_oneof![
        scalar().prop_map(Touch::Set),
        Just(Touch::Unset),
        element().prop_map(Touch::Front),
        element().prop_map(Touch::Back),
        Just(Touch::DropFirst),
    ];
    vec((prop::sample::select(NAMES.to_vec()), touch), 0..5)
}

fn touched(env: &Env, touches: &[(&'static str, Touch)]) -> Env {
    let mut out = env.clone();
    for (name, touch) in touches {
        let mut parts = out.get(name).map(list::split).unwrap_or_default();
        let next = match touch {
            Touch::Set(value) => Some(value.clone()),
            Touch::Unset => None,
            Touch::Front(e) => Some(list::join(&[vec![e.clone()], parts].concat())),
            Touch::Back(e) => Some(list::join(&[parts, vec![e.clone()]].concat())),
            Touch::DropFirst => {
                drop(parts.drain(..parts.len().min(1)));
                Some(list::join(&parts))
            }
        };
        out.put(*name, next);
    }
    out
}

/// The law, variable by variable.
fn lawful(
    name: &OsStr,
    change: &Change,
    now: Option<&OsStr>,
    result: Option<&OsStr>,
) -> Result<(), String> {
    let fail = |law: &str| {
        Err(format!(
            "{law}: {name:?} {change:?} now {now:?} became {result:?}"
        ))
    };
    if now == change.after.as_deref() {
        return if result == change.before.as_deref() {
            Ok(())
        } else {
            fail("an untouched variable comes back")
        };
    }
    if !change.list || now.is_none() {
        return if result == now {
            Ok(())
        } else {
            fail("what the user changed stays theirs")
        };
    }
    let split = |value: Option<&OsStr>| value.map(list::split).unwrap_or_default();
    let (before, after) = (
        split(change.before.as_deref()),
        split(change.after.as_deref()),
    );
    let (current, got) = (split(now), split(result));
    if got.is_empty() && (result.is_none() != change.before.is_none()) {
        return fail("an empty list is unset if it was unset before");
    }
    let mut user: Vec<_> = current
        .iter()
        .filter(|e| before.contains(e) || !after.contains(e))
        .collect();
    let back: Vec<_> = before
        .iter()
        .filter(|e| !after.contains(e) && !user.contains(e))
        .collect();
    if back.is_empty() && user.iter().all(|e| e.is_empty()) && user.len() == 1 {
        user.clear(); // a list of one empty element is written like a list of none
    }
    let rest: Vec<_> = got.iter().filter(|e| !back.contains(e)).collect();
    if rest != user {
        return fail("our elements go, all others keep their order");
    }
    let is_there = |e: &OsString| got.contains(e) || (e.is_empty() && got.is_empty());
    if back.iter().any(|e| !is_there(e)) {
        return fail("taken elements come back");
    }
    for (index, e) in before.iter().enumerate().filter(|(_, e)| back.contains(e)) {
        let place = got.iter().position(|g| g == e).unwrap_or(usize::MAX);
        let in_front =
            place < got.len() - user.len() && got[..place].iter().all(|g| back.contains(&g));
        let twins = before.iter().filter(|b| *b == e).count() > 1;
        if !twins && !user.is_empty() && (index * 2 < before.len()) != in_front {
            return fail("a taken element comes back at the end it was nearest to");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn undo_follows_ownership(before in env(), plan in plan(), touches in touches()) {
        let after = operation::apply(&plan, &before);
        let patch = Patch::between(&before, &after, &operation::list_names(&plan));
        let now = touched(&after, &touches);
        let restored = patch.undo(&now);
        for name in NAMES.map(OsStr::new) {
            let same = match patch.0.get(name) {
                Some(change) => lawful(name, change, now.get(name), restored.get(name)),
                None if now.get(name) == restored.get(name) => Ok(()),
                None => Err(format!("{name:?} was not ours")),
            };
            prop_assert!(same.is_ok(), "{}", same.unwrap_err());
        }
    }

    #[test]
    fn undo_of_an_untouched_environment_is_exact(before in env(), plan in plan()) {
        let after = operation::apply(&plan, &before);
        let patch = Patch::between(&before, &after, &operation::list_names(&plan));
        prop_assert_eq!(patch.undo(&after), before);
    }

    #[test]
    fn applying_edits_twice_is_applying_them_once(before in env(), name in prop::sample::select(NAMES.to_vec()),
                                                  prepend in elements(), append in elements(), remove in elements()) {
        let remove = remove.into_iter().map(Unwanted::from).collect();
        let edit = Action::Edit(ListEdit { prepend, append, remove });
        let plan = [Operation::new(name, edit, Origin::rule("test"))];
        let once = operation::apply(&plan, &before);
        prop_assert_eq!(operation::apply(&plan, &once), once);
    }
}

/// A project's environment, and what its own script makes of that.
fn activated(path: &str, prompt: Option<&str>) -> (Env, Env) {
    let env = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(k, v)| (OsString::from(k), OsString::from(v)))
            .collect::<Env>()
    };
    let base = env(&[("PATH", "/usr/bin"), ("A", "1")]);
    let plan = env(&[
        ("PATH", "/p/v/bin:/p/tools:/usr/bin"),
        ("A", "2"),
        ("VIRTUAL_ENV", "/p/v"),
    ]);
    let mut now = plan.clone();
    now.put("PATH", Some(path.into()));
    now.put("VIRTUAL_ENV_PROMPT", prompt.map(OsString::from));
    (
        Patch::between(&base, &plan, &BTreeSet::new()).undo(&now),
        base,
    )
}

#[test]
fn what_is_activated_by_hand_stays_although_it_is_what_we_set() {
    let ours = "/p/v/bin:/p/tools:/usr/bin";
    for (path, prompt, wanted) in [
        (
            format!("/p/v/bin:{ours}"),
            Some("(v) "),
            "/p/v/bin:/usr/bin",
        ),
        (format!("/p/v/bin:{ours}"), None, "/p/v/bin:/usr/bin"),
        (
            format!("/mine:/p/v/bin:{ours}"),
            None,
            "/mine:/p/v/bin:/usr/bin",
        ),
        // Where the shell keeps no element twice.
        (ours.to_owned(), Some("(v) "), "/p/v/bin:/usr/bin"),
    ] {
        let (undone, _) = activated(&path, prompt);
        assert_eq!(undone.get("PATH"), Some(OsStr::new(wanted)), "{path}");
        assert_eq!(
            undone.get("VIRTUAL_ENV"),
            Some(OsStr::new("/p/v")),
            "{path}"
        );
        assert_eq!(undone.get("A"), Some(OsStr::new("1")));
    }
    let (undone, base) = activated(ours, None);
    assert_eq!(undone, base, "nobody activated it");
}
