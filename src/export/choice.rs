//! Which variables of a plan go into a file, by where and when it is read. A directory of this
//! machine means nothing on another one, and the `PATH` of this shell nothing tomorrow. Pure.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};

use super::Setting;
use crate::env::operation::{self, PYTHONPATH};
use crate::env::{Action, Env, Operation, Origin, list};
use crate::python::policy::{DONT_WRITE, PREFIX};

const PATH: &str = "PATH";

/// Where and when a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// At once, beside this process: what differs from its environment counts.
    Now,
    /// Some day, on this machine: what the plan says counts, whoever asks.
    Later,
    /// On another machine, or in a container, whose directories are others.
    Elsewhere,
}

/// What goes into a file, and what the plan says that does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub settings: Vec<Setting>,
    pub left_out: Vec<String>,
}

/// Chooses for a file that is read later, or elsewhere. `base` is the environment without what is
/// ours, so that the file is the same in a shell that has the project's environment already.
pub fn of_plan(operations: &[Operation], base: &Env, reach: Reach) -> Choice {
    let planned = operation::apply(operations, base);
    let names: BTreeSet<&str> = operations
        .iter()
        .map(|operation| operation.name.as_str())
        .collect();
    let mut out = Choice::default();
    for name in names {
        let of_name: Vec<&Operation> = operations
            .iter()
            .filter(|operation| operation.name == name)
            .collect();
        let (before, after) = (base.get(name), planned.get(name));
        if !is_said(&of_name, before, after) {
            continue;
        }
        if is_left_out(name, &of_name, after, reach) {
            out.left_out.push(name.to_owned());
        } else {
            out.settings.push(Setting {
                name: name.to_owned(),
                value: after.map(OsStr::to_owned),
            });
        }
    }
    out
}

/// Returns whether a plan decides what a variable is: a default that yielded, or an edit of
/// nothing, does not.
fn is_said(operations: &[&Operation], before: Option<&OsStr>, after: Option<&OsStr>) -> bool {
    before != after
        || operations
            .iter()
            .any(|operation| matches!(operation.action, Action::Set(_) | Action::Unset))
}

fn is_left_out(name: &str, operations: &[&Operation], after: Option<&OsStr>, reach: Reach) -> bool {
    let is_of_here = || operations.iter().any(|operation| is_of_here(operation));
    match reach {
        Reach::Now => false,
        Reach::Later => name == PATH && is_edited(operations),
        Reach::Elsewhere => {
            is_of_here()
                && (after.is_some() || operations.iter().all(|operation| is_found(operation)))
        }
    }
}

fn is_edited(operations: &[&Operation]) -> bool {
    operations
        .iter()
        .any(|operation| matches!(operation.action, Action::Edit(_)))
}

/// Returns whether an operation speaks of this machine: of its directories, which edits always
/// name.
fn is_of_here(operation: &Operation) -> bool {
    match &operation.action {
        Action::Edit(_) => true,
        Action::Set(_) | Action::Default(_)
            if operation.name == PYTHONPATH || operation.name == PREFIX =>
        {
            true
        }
        _ => is_found(operation),
    }
}

/// Returns whether devenv itself found what to do, with the virtual environment.
fn is_found(operation: &Operation) -> bool {
    let is_policy = operation.name == DONT_WRITE || operation.name == PREFIX;
    matches!(operation.origin, Origin::Rule(_)) && !is_policy
}

/// Returns the directories that a plan puts in front of a list, where it does no more than that.
pub fn in_front(before: Option<&OsStr>, after: Option<&OsStr>) -> Option<Vec<OsString>> {
    let (before, after) = (
        before.map(list::split).unwrap_or_default(),
        after.map(list::split).unwrap_or_default(),
    );
    (0..=after.len()).find_map(|length| {
        let (front, rest) = after.split_at(length);
        let kept: Vec<&OsString> = before
            .iter()
            .filter(|element| !front.contains(element))
            .collect();
        (rest.iter().eq(kept)).then(|| front.to_vec())
    })
}

/// Takes `PATH` out of what changes, for a format that has a file of its own for it.
pub fn without_path(settings: Vec<Setting>) -> (Vec<Setting>, bool) {
    let (path, rest): (Vec<_>, Vec<_>) = settings
        .into_iter()
        .partition(|setting| setting.name == PATH);
    (rest, !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::list::ListEdit;
    use crate::values::fault::Place;

    fn env(pairs: &[(&str, &str)]) -> Env {
        pairs
            .iter()
            .map(|(k, v)| (OsString::from(k), OsString::from(v)))
            .collect()
    }

    fn written(name: &str, action: Action) -> Operation {
        let place = Place {
            file: "/p/devenv.toml".into(),
            line: 1,
            column: 1,
        };
        Operation::new(name, action, Origin::Place(place))
    }

    fn found(name: &str, action: Action) -> Operation {
        Operation::new(name, action, Origin::rule("test"))
    }

    fn prepend(path: &str) -> Action {
        Action::Edit(ListEdit {
            prepend: vec![path.into()],
            ..ListEdit::default()
        })
    }

    fn plan() -> Vec<Operation> {
        vec![
            found("PATH", prepend("/p/.venv/bin")),
            found("VIRTUAL_ENV", Action::Set("/p/.venv".into())),
            found("PYTHONHOME", Action::Unset),
            found(PYTHONPATH, prepend("/p/src")),
            written("LEVEL", Action::Set("debug".into())),
            written("TZ", Action::Default("UTC".into())),
            written("PAGER", Action::Unset),
            found(DONT_WRITE, Action::Set("1".into())),
            found(PREFIX, Action::Unset),
        ]
    }

    fn chosen(choice: &Choice) -> Vec<String> {
        let said = |setting: &Setting| match &setting.value {
            Some(value) => format!("{}={}", setting.name, value.display()),
            None => format!("-{}", setting.name),
        };
        choice.settings.iter().map(said).collect()
    }

    #[test]
    fn a_file_for_another_machine_has_no_directory_of_this_one() {
        let choice = of_plan(
            &plan(),
            &env(&[("PATH", "/bin"), ("TZ", "CET")]),
            Reach::Elsewhere,
        );
        let expected = [
            "LEVEL=debug",
            "-PAGER",
            "PYTHONDONTWRITEBYTECODE=1",
            "-PYTHONPYCACHEPREFIX",
        ];
        assert_eq!(chosen(&choice), expected);
        assert_eq!(
            choice.left_out,
            ["PATH", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"]
        );
    }

    #[test]
    fn a_file_for_later_has_all_but_the_path_of_this_shell() {
        let choice = of_plan(&plan(), &env(&[("PATH", "/bin")]), Reach::Later);
        assert_eq!(choice.left_out, ["PATH"]);
        assert!(
            chosen(&choice).contains(&"PYTHONPATH=/p/src".to_owned()),
            "{choice:?}"
        );
        assert!(chosen(&choice).contains(&"TZ=UTC".to_owned()), "{choice:?}");
    }

    #[test]
    fn what_the_caller_has_already_is_said_all_the_same() {
        let has = env(&[("PATH", "/bin"), ("LEVEL", "debug"), (DONT_WRITE, "1")]);
        let choice = of_plan(&plan(), &has, Reach::Elsewhere);
        assert!(
            chosen(&choice).contains(&"LEVEL=debug".to_owned()),
            "{choice:?}"
        );
    }

    #[test]
    fn a_path_that_is_written_whole_is_the_users_word() {
        let whole = [written("PATH", Action::Set("/usr/bin".into()))];
        for reach in [Reach::Later, Reach::Elsewhere] {
            assert_eq!(
                chosen(&of_plan(&whole, &env(&[("PATH", "/bin")]), reach)),
                ["PATH=/usr/bin"]
            );
        }
    }

    #[test]
    fn what_goes_in_front_is_told_from_other_changes() {
        let front =
            |before: &str, after: &str| in_front(Some(before.as_ref()), Some(after.as_ref()));
        assert_eq!(front("/a:/b", "/x:/a:/b"), Some(vec!["/x".into()]));
        assert_eq!(front("/a:/b", "/b:/a"), Some(vec!["/b".into()]));
        assert_eq!(front("/a:/b", "/a:/b"), Some(Vec::new()));
        assert_eq!(
            front("/a:/b", "/a:/b:/c"),
            Some(vec!["/a".into(), "/b".into(), "/c".into()])
        );
        assert_eq!(front("/a:/b", "/a"), None);
    }
}
