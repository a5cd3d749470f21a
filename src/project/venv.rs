//! The project's virtual environment: which directory it is, found or planned, and what that means
//! for the environment of a command.

use std::ffi::OsString;
use std::path::PathBuf;

use super::manifests::Manifests;
use super::sources::workspace;
use crate::env::list::ListEdit;
use crate::env::{Action, Env, Operation, Origin};
use crate::host::stamp;
use crate::python::environment;
use crate::values::fault::Fault;
use crate::values::paths::{has_colon, normalised};

/// The variable by which uv is told of another directory than `.venv`.
const UV_VARIABLE: &str = "UV_PROJECT_ENVIRONMENT";

/// The variable that says which environment is in use.
pub const VIRTUAL_ENV: &str = "VIRTUAL_ENV";

/// The project's environment, which may not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venv {
    pub path: PathBuf,
    pub why: String,
    /// Whether uv makes it.
    pub is_uv: bool,
    /// Whether uv has to be told of the directory.
    pub tell_uv: bool,
}

/// What the user says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    Detect,
    None,
    At(PathBuf),
}

/// Finds the environment of a project, or plans it where uv will make it.
///
/// `above` are the directories from the project's own upward.
pub fn find(above: &[PathBuf], wish: &Wish, env: &Env, manifests: &mut Manifests) -> Option<Venv> {
    let project = above.first()?;
    let workspace = workspace::root_of(above, manifests).unwrap_or_else(|| project.clone());
    let is_uv = stamp::is_file(&workspace.join("uv.lock"))
        || manifests.at(&workspace, ["tool", "uv"]).is_some();
    let default = workspace.join(".venv");
    let told = env
        .filled(UV_VARIABLE)
        .map(|path| normalised(&workspace.join(path)));
    let uvs = told.as_ref().unwrap_or(&default);
    let made = |path: PathBuf, why: &str| Venv {
        is_uv,
        tell_uv: is_uv && path != *uvs,
        path,
        why: why.to_owned(),
    };
    match wish {
        Wish::None => return None,
        Wish::At(path) => return Some(made(path.clone(), "`venv` in the configuration")),
        Wish::Detect => {}
    }
    if let Some(path) = &told {
        return Some(made(path.clone(), UV_VARIABLE));
    }
    let candidates = [default.clone(), project.join(".venv"), project.join("venv")];
    let found = candidates
        .into_iter()
        .find(|path| environment::is_environment(path));
    let planned = || is_uv.then(|| made(default.clone(), "where uv will make it"));
    found.map(|path| made(path, "found")).or_else(planned)
}

impl Venv {
    /// Returns what the environment means for the variables of a command.
    pub fn operations(&self) -> Vec<Operation> {
        let origin = Origin::rule(format!("virtual environment, {}", self.why));
        let set = |name: &str| {
            Operation::new(name, Action::Set(self.path.clone().into()), origin.clone())
        };
        let front = ListEdit {
            prepend: vec![OsString::from(self.path.join("bin"))],
            ..ListEdit::default()
        };
        let path = (!has_colon(&self.path))
            .then(|| Operation::new("PATH", Action::Edit(front), origin.clone()));
        let mut out: Vec<Operation> = path.into_iter().collect();
        out.extend([
            set(VIRTUAL_ENV),
            Operation::new("PYTHONHOME", Action::Unset, origin.clone()),
        ]);
        out.extend(self.tell_uv.then(|| set(UV_VARIABLE)));
        out
    }

    /// Returns what a person should know of it.
    pub fn warning(&self) -> Option<Fault> {
        let what = || {
            format!(
                "`{}` can't be put on PATH: it holds a colon",
                self.path.display()
            )
        };
        has_colon(&self.path)
            .then(|| Fault::new(what()).hint("set `venv` to a directory without one in its path"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Finds the environment of a project that is not there.
    fn found(wish: &Wish, told: &str) -> Option<(PathBuf, String)> {
        let env = [(UV_VARIABLE.into(), told.into())].into_iter().collect();
        let venv = find(
            &["/nowhere/p".into()],
            wish,
            &env,
            &mut Manifests::default(),
        )?;
        Some((venv.path, venv.why))
    }

    #[test]
    fn the_configuration_wins_over_the_variable_and_nothing_is_planned_without_uv() {
        let at = |path: &str, why: &str| Some((path.into(), why.to_owned()));
        assert_eq!(
            found(&Wish::At("/e".into()), "x"),
            at("/e", "`venv` in the configuration")
        );
        assert_eq!(found(&Wish::None, "x"), None);
        assert_eq!(
            found(&Wish::Detect, "../x/./y"),
            at("/nowhere/x/y", UV_VARIABLE)
        );
        assert_eq!(found(&Wish::Detect, ""), None);
    }

    #[test]
    fn a_command_gets_the_environment_as_if_it_were_activated() {
        let operations = |tell_uv: bool| {
            Venv {
                path: "/p/.venv".into(),
                why: "found".into(),
                is_uv: tell_uv,
                tell_uv,
            }
            .operations()
        };
        let front = ListEdit {
            prepend: vec!["/p/.venv/bin".into()],
            ..ListEdit::default()
        };
        let set = || Action::Set("/p/.venv".into());
        let expected = [
            ("PATH", Action::Edit(front)),
            ("VIRTUAL_ENV", set()),
            ("PYTHONHOME", Action::Unset),
            (UV_VARIABLE, set()),
        ];
        let pairs = |tell_uv: bool| {
            operations(tell_uv)
                .into_iter()
                .map(|o| (o.name, o.action))
                .collect::<Vec<_>>()
        };
        let expected = expected.map(|(name, action)| (name.to_owned(), action));
        assert_eq!(pairs(true), expected);
        assert_eq!(pairs(false), expected[..3]);
        let colon = Venv {
            path: "/a:b/.venv".into(),
            why: "found".into(),
            is_uv: false,
            tell_uv: false,
        };
        assert!(
            colon
                .operations()
                .iter()
                .all(|operation| operation.name != "PATH")
                && colon.warning().is_some()
        );
    }
}
