//! A plan for another place than this process: an editor's terminal, a container. Paths are spelled
//! as that place knows them; what means nothing there, what it can't hold and what may be a secret
//! is left out, by name and with the reason. How a file says a variable is its target's to decide.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::proposal::{Facts, LeftOut};
use crate::env::list::{self, ListEdit};
use crate::env::operation::PYTHONPATH;
use crate::env::{Action, Operation};
use crate::host::files;

/// The list that every place has already.
const PATH: &str = "PATH";

/// A variable as it is to be in another place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    pub value: Value,
}

/// What a variable is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// These elements, and nothing else.
    List(Vec<String>),
    /// What the place has, between these elements.
    Around {
        front: Vec<String>,
        back: Vec<String>,
    },
    /// What the place has, else this.
    Default(String),
    Unset,
}

/// How a place spells the directories of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The directory that has a name there; none does where the place says nothing of directories.
    pub base: Option<&'a Path>,
    /// The name.
    pub name: &'a str,
    /// The directory whose whole content is there too, at the same distance.
    pub reach: &'a Path,
    /// What the place is called in a reason.
    pub place: &'a str,
    /// Returns the text as it must be written there, where that can be.
    pub literal: fn(&str) -> Option<String>,
}

/// Returns the variables of a plan as a place has them, in the order of their names.
pub fn variables(facts: &Facts, frame: &Frame<'_>) -> (Vec<Variable>, Vec<LeftOut>) {
    let (mut out, mut left_out) = (Vec::new(), Vec::new());
    for (name, state) in folded(&facts.operations) {
        match frame.spell(&name, state, facts, &mut left_out) {
            Ok(Some(value)) => out.push(Variable { name, value }),
            Ok(None) => {}
            Err(why) => left_out.push(LeftOut { name, why }),
        }
    }
    (out, left_out)
}

/// What a plan makes of a variable, whatever it was.
#[derive(Clone, Debug)]
enum State {
    Text(OsString),
    Secret,
    Default(OsString),
    Edit(ListEdit),
    Unset,
}

fn folded(operations: &[Operation]) -> BTreeMap<String, State> {
    let mut states: BTreeMap<String, State> = BTreeMap::new();
    for operation in operations {
        let next = next(states.remove(&operation.name), operation);
        states.insert(operation.name.clone(), next);
    }
    states
}

fn next(before: Option<State>, operation: &Operation) -> State {
    match (&operation.action, before) {
        (Action::Set(_), _) if operation.is_secret() => State::Secret,
        (Action::Set(value), _) | (Action::Default(value), Some(State::Unset)) => {
            State::Text(value.clone())
        }
        (Action::Unset, _) => State::Unset,
        (Action::Default(value), None) => State::Default(value.clone()),
        (Action::Default(_), Some(before)) => before,
        (Action::Edit(_), Some(State::Secret)) => State::Secret,
        (Action::Edit(edit), Some(State::Text(value) | State::Default(value))) => {
            State::Text(list::join(&edit.apply(&list::split(&value))))
        }
        (Action::Edit(edit), Some(State::Unset)) => State::Text(list::join(&edit.apply(&[]))),
        (Action::Edit(edit), Some(State::Edit(before))) => State::Edit(ListEdit {
            prepend: with(&edit.prepend, &before.prepend),
            append: with(&before.append, &edit.append),
            remove: with(&before.remove, &edit.remove),
        }),
        (Action::Edit(edit), None) => State::Edit(edit.clone()),
    }
}

fn with<T: Clone + PartialEq>(first: &[T], then: &[T]) -> Vec<T> {
    first
        .iter()
        .chain(then.iter().filter(|element| !first.contains(element)))
        .cloned()
        .collect()
}

impl Frame<'_> {
    fn spell(
        &self,
        name: &str,
        state: State,
        facts: &Facts,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Option<Value>, String> {
        let mut elements = |elements: &[OsString]| -> Vec<String> {
            let spelled = elements
                .iter()
                .map(|element| (element, self.path(Path::new(element))));
            spelled
                .filter_map(|(element, spelled)| match spelled {
                    Ok(spelled) => Some(spelled),
                    Err(why) => {
                        left_out.push(LeftOut::new(name, format!("`{}` {why}", element.display())));
                        None
                    }
                })
                .collect()
        };
        Ok(Some(match state {
            State::Secret => {
                return Err("its value comes from a dotenv file, and may be a secret".to_owned());
            }
            State::Unset => Value::Unset,
            State::Text(value) if name == PYTHONPATH => match elements(&list::split(&value)) {
                spelled if spelled.is_empty() => return Ok(None),
                spelled => Value::List(spelled),
            },
            State::Text(value) => Value::Text(self.text(&value, facts)?),
            State::Default(value) => Value::Default(self.text(&value, facts)?),
            State::Edit(edit) => {
                let (front, back) = (elements(&edit.prepend), elements(&edit.append));
                let gone = edit
                    .remove
                    .iter()
                    .map(|one| format!("`{}` can't be removed from it there", one.text.display()));
                left_out.extend(gone.map(|why| LeftOut {
                    name: name.to_owned(),
                    why,
                }));
                match (name == PATH, front.is_empty() && back.is_empty()) {
                    (_, true) => return Ok(None),
                    (true, _) => Value::Around { front, back },
                    // Elsewhere nobody knows whether it is set; an empty element would be the
                    // working directory.
                    (false, _) => Value::List([front, back].concat()),
                }
            }
        }))
    }

    /// Spells a value: a path below the base is one there too; one in the user's home is nobody
    /// else's.
    fn text(&self, value: &OsStr, facts: &Facts) -> Result<String, String> {
        let path = Path::new(value);
        if path.is_absolute() {
            if let Some(spelled) = self.below(path) {
                return spelled;
            }
            let is_own = |directory: &Path| path.starts_with(directory);
            if is_own(&facts.root)
                || is_own(&facts.resolved)
                || facts.home.as_deref().is_some_and(is_own)
            {
                return Err(format!(
                    "`{}` is a directory of this machine",
                    path.display()
                ));
            }
        }
        self.written(value.to_str().ok_or("its value is not UTF-8")?)
    }

    fn written(&self, text: &str) -> Result<String, String> {
        if text.contains('\0') {
            return Err("its value holds a NUL".to_owned());
        }
        (self.literal)(text)
            .ok_or_else(|| format!("{} would replace a part of `{text}`", self.place))
    }

    /// Spells a path that is an element of a list.
    pub fn path(&self, path: &Path) -> Result<String, String> {
        let unknown = || match self.base {
            Some(_) => Err(format!(
                "lies outside of `{}`, which is all that {} has",
                self.reach.display(),
                self.place
            )),
            None => Err(format!(
                "is a directory of this machine: nothing says where it is in {}",
                self.place
            )),
        };
        self.below(path)
            .or_else(|| self.beside(path))
            .unwrap_or_else(unknown)
    }

    fn below(&self, path: &Path) -> Option<Result<String, String>> {
        let below = relative(path, self.base?)?;
        Some(self.joined("", &below))
    }

    /// Spells a path beside the base, where that is at the same distance there.
    fn beside(&self, path: &Path) -> Option<Result<String, String>> {
        let base = self.base?;
        let base = files::canonical(base).unwrap_or_else(|| base.to_owned());
        let reach = files::canonical(self.reach).unwrap_or_else(|| self.reach.to_owned());
        let mut up = String::new();
        for above in base
            .ancestors()
            .take_while(|above| above.starts_with(&reach))
        {
            if let Some(below) = relative(path, above) {
                return Some(self.joined(&up, &below));
            }
            up += "../";
        }
        None
    }

    fn joined(&self, up: &str, below: &Path) -> Result<String, String> {
        let below = below.to_str().ok_or("is not UTF-8")?;
        let below = self.written(below)?;
        let inner = format!("{up}{below}");
        let inner = inner.trim_end_matches('/');
        Ok(match (self.name, inner) {
            ("", "") => ".".to_owned(),
            ("", inner) => inner.to_owned(),
            ("/", inner) => format!("/{inner}"),
            (name, "") => name.to_owned(),
            (name, inner) => format!("{name}/{inner}"),
        })
    }
}

/// Returns a path relative to a directory above it, as spelled or as it really is.
fn relative(path: &Path, base: &Path) -> Option<PathBuf> {
    let resolved = || Some((files::canonical(path)?, files::canonical(base)?));
    let spelled = path.strip_prefix(base).ok().map(Path::to_owned);
    spelled.or_else(|| {
        resolved().and_then(|(path, base)| path.strip_prefix(base).ok().map(Path::to_owned))
    })
}
