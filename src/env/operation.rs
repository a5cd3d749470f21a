//! What a plan does to one variable, and why. Applying a list of operations to an environment is a
//! pure function; where operations come from is decided in `project`.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt;

use super::list::{self, ListEdit};
use super::vars::Env;
use crate::values::fault::Place;

/// The variable whose list must never hold an empty element or one twice.
pub const PYTHONPATH: &str = "PYTHONPATH";

/// Where an operation comes from: what a person must change to get another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of a file.
    Place(Place),
    /// A line of a dotenv file: the value may be a secret.
    Dotenv(Place),
    /// A decision of devenv, in a few words.
    Rule(String),
}

impl Origin {
    pub fn rule(words: impl Into<String>) -> Self {
        Self::Rule(words.into())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(words) => f.write_str(words),
            Self::Place(p) | Self::Dotenv(p) => {
                write!(f, "{}:{}:{}", p.file.display(), p.line, p.column)
            }
        }
    }
}

/// A change to one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Set(OsString),
    /// Sets the variable only where it is unset.
    Default(OsString),
    Unset,
    Edit(ListEdit),
}

/// An action on a named variable, with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    pub name: String,
    pub action: Action,
    pub origin: Origin,
}

impl Operation {
    /// Returns whether the value may be a secret.
    pub fn is_secret(&self) -> bool {
        matches!(self.origin, Origin::Dotenv(_))
    }

    pub fn new(name: &str, action: Action, origin: Origin) -> Self {
        Self {
            name: name.to_owned(),
            action,
            origin,
        }
    }

    fn apply(&self, env: &mut Env) {
        let current = env.get(&self.name);
        let next = match &self.action {
            Action::Set(value) if self.name == PYTHONPATH => Some(python_list(list::split(value))),
            Action::Set(value) => Some(value.clone()),
            Action::Unset => None,
            Action::Default(value) => Some(current.map_or_else(|| value.clone(), OsStr::to_owned)),
            Action::Edit(edit) => self.edit(edit, current),
        };
        env.put(&self.name, next);
    }

    fn edit(&self, edit: &ListEdit, current: Option<&OsStr>) -> Option<OsString> {
        let before = current.map(list::split).unwrap_or_default();
        let after = edit.apply(&before);
        let joined = if self.name == PYTHONPATH {
            python_list(after)
        } else {
            list::join(&after)
        };
        (current.is_some() || !joined.is_empty()).then_some(joined)
    }
}

fn python_list(elements: Vec<OsString>) -> OsString {
    list::join(&list::without_empty_and_twins(elements))
}

/// Returns the environment after every operation, in order.
pub fn apply(operations: &[Operation], env: &Env) -> Env {
    let mut out = env.clone();
    operations
        .iter()
        .for_each(|operation| operation.apply(&mut out));
    out
}

/// Returns the names that the operations treat as lists.
pub fn list_names(operations: &[Operation]) -> BTreeSet<OsString> {
    let lists = operations
        .iter()
        .filter(|o| matches!(o.action, Action::Edit(_)));
    lists.map(|o| OsString::from(&o.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Env {
        pairs
            .iter()
            .map(|(k, v)| (OsString::from(k), OsString::from(v)))
            .collect()
    }

    fn op(name: &str, action: Action) -> Operation {
        Operation::new(name, action, Origin::rule("test"))
    }

    #[test]
    fn a_default_yields_to_what_is_set_even_to_nothing() {
        let ops = [
            op("A", Action::Default("x".into())),
            op("B", Action::Default("x".into())),
        ];
        assert_eq!(
            apply(&ops, &env(&[("A", "")])),
            env(&[("A", ""), ("B", "x")])
        );
    }

    #[test]
    fn an_edit_that_leaves_nothing_does_not_set_what_was_unset() {
        let ops = [op(
            "P",
            Action::Edit(ListEdit {
                remove: vec![OsString::from("x").into()],
                ..ListEdit::default()
            }),
        )];
        assert_eq!(apply(&ops, &env(&[])), env(&[]));
        assert_eq!(apply(&ops, &env(&[("P", "x")])), env(&[("P", "")]));
    }

    #[test]
    fn pythonpath_loses_its_empty_elements_and_path_keeps_them() {
        let edit = || {
            Action::Edit(ListEdit {
                prepend: vec!["/s".into()],
                ..ListEdit::default()
            })
        };
        let whole = op("PYTHONPATH", Action::Set(":/a::/a:".into()));
        assert_eq!(apply(&[whole], &env(&[])), env(&[("PYTHONPATH", "/a")]));
        let before = env(&[("PYTHONPATH", "/x::/x"), ("PATH", "/x::/x")]);
        let after = apply(&[op("PYTHONPATH", edit()), op("PATH", edit())], &before);
        assert_eq!(
            after,
            env(&[("PYTHONPATH", "/s:/x"), ("PATH", "/s:/x::/x")])
        );
    }
}
