//! The plan: what a profile does to the environment of a command, in order, each step with the
//! place to change it.
//!
//! The order is: the virtual environment, `PYTHONPATH`, what the user set, and last the variables
//! of the bytecode policy, so that no dotenv file can break the profile's promise.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::config::{Clear, Config, PythonPath};
use super::decode::{COLON, absolute_list, two};
use super::dotenv;
use super::keys::OF_POLICY;
use super::profile::{Profile, Step};
use super::sources::Root;
use super::venv::Venv;
use crate::env::list::{self, ListEdit};
use crate::env::operation::PYTHONPATH;
use crate::env::{Action, Env, Operation, Origin};
use crate::python::policy::{PREFIX, Policy};
use crate::values::fault::{Fault, Place};

/// What a profile decides.
#[derive(Clone, Debug)]
pub struct Plan {
    pub profile: String,
    pub policy: Policy,
    pub clear: Clear,
    pub operations: Vec<Operation>,
}

/// The content of every dotenv file that the configuration names.
pub type DotenvFiles = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// What was found of a project.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    pub roots: &'a [Root],
    pub venv: Option<&'a Venv>,
    pub dotenv: &'a DotenvFiles,
    /// Where the profile's bytecode is kept apart.
    pub own_prefix: Option<&'a Path>,
}

/// Makes the plan of a profile in a project.
pub fn plan(profile: &Profile<'_>, found: &Found<'_>) -> Result<Plan, Fault> {
    let (policy, origin) = &profile.policy;
    let mut operations = found.venv.map(Venv::operations).unwrap_or_default();
    operations.extend(python_path(profile, found.roots));
    operations.extend(steps(profile, found.dotenv)?);
    operations.extend(policy.operations(origin));
    let apart = found.own_prefix.filter(|_| *policy == Policy::Isolated);
    operations.extend(
        apart.map(|prefix| Operation::new(PREFIX, Action::Set(prefix.into()), origin.clone())),
    );
    Ok(finish(profile, operations))
}

/// Makes the plan of a profile outside any project: what the user set, and nothing about bytecode.
pub fn outside(profile: &Profile<'_>, dotenv: &DotenvFiles) -> Result<Plan, Fault> {
    Ok(Plan {
        clear: Clear::Never,
        ..finish(profile, steps(profile, dotenv)?)
    })
}

/// Returns what a command must be given where bytecode has to be kept apart.
pub fn apart(prefix: PathBuf) -> Operation {
    Operation::new(
        PREFIX,
        Action::Set(prefix.into()),
        Origin::rule("bytecode is kept apart"),
    )
}

/// Returns what a command must be given where the caller's prefix is relative, and so another
/// directory in every working directory.
pub fn absolute(env: &Env, cwd: &Path) -> Option<Operation> {
    let relative = env
        .filled(PREFIX)
        .map(Path::new)
        .filter(|prefix| !prefix.is_absolute())?;
    Some(Operation::new(
        PREFIX,
        Action::Set(cwd.join(relative).into()),
        Origin::rule("made absolute"),
    ))
}

/// Returns the directories that a plan of any profile puts on `PATH` and `PYTHONPATH`, each once.
/// Each table is read once, however profiles extend each other.
pub fn reached(config: &Config, found: &Found<'_>) -> Vec<PathBuf> {
    let variables = config
        .env
        .iter()
        .chain(config.profiles.values().flat_map(|table| &table.env));
    let set = variables.map(|variable| (variable.name.clone(), variable.action.clone()));
    let files = found
        .dotenv
        .iter()
        .filter_map(|(path, bytes)| read(path, bytes.as_ref()?).ok())
        .flatten();
    let made = found
        .venv
        .map(Venv::operations)
        .unwrap_or_default()
        .into_iter()
        .chain(files);
    let all = set
        .filter(|(name, _)| is_list(name))
        .chain(made.map(|made| (made.name, made.action)));
    let named = all
        .filter(|(name, _)| is_list(name))
        .flat_map(|(_, action)| match action {
            Action::Set(value) | Action::Default(value) => list::split(&value),
            Action::Edit(edit) => [edit.prepend, edit.append].concat(),
            Action::Unset => Vec::new(),
        });
    let roots = found
        .roots
        .iter()
        .filter(|root| root.placement.is_on_path())
        .map(|root| root.path.clone());
    let listed =
        config
            .profiles
            .values()
            .filter_map(|table| match &table.pythonpath.as_ref()?.value {
                PythonPath::Listed(paths) => Some(paths.clone()),
                _ => None,
            });
    let every = named
        .map(PathBuf::from)
        .chain(roots)
        .chain(listed.flatten());
    every
        .filter(|path| path.is_absolute())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn is_list(name: &str) -> bool {
    name == "PATH" || name == PYTHONPATH
}

fn finish(profile: &Profile<'_>, operations: Vec<Operation>) -> Plan {
    Plan {
        profile: profile.name.clone(),
        policy: profile.policy.0,
        clear: profile.clear.0,
        operations,
    }
}

fn python_path(profile: &Profile<'_>, roots: &[Root]) -> Option<Operation> {
    let (wanted, origin) = &profile.pythonpath;
    let paths: Vec<PathBuf> = match wanted {
        PythonPath::Inherit => return None,
        PythonPath::Listed(paths) => paths.clone(),
        PythonPath::Sources => roots
            .iter()
            .filter(|root| root.placement.is_on_path())
            .map(|root| root.path.clone())
            .collect(),
    };
    let prepend: Vec<_> = paths.into_iter().map(PathBuf::into_os_string).collect();
    let origin = match wanted {
        PythonPath::Sources => Origin::rule("source roots"),
        _ => origin.clone(),
    };
    let edit = Action::Edit(ListEdit {
        prepend,
        ..ListEdit::default()
    });
    let is_needed = matches!(&edit, Action::Edit(edit) if !edit.prepend.is_empty());
    is_needed.then(|| Operation::new(PYTHONPATH, edit, origin))
}

fn steps(profile: &Profile<'_>, files: &DotenvFiles) -> Result<Vec<Operation>, Fault> {
    let mut out = Vec::new();
    for step in &profile.steps {
        match step {
            Step::Do(variable) => {
                let origin = Origin::Place(variable.site.place());
                out.push(Operation::new(
                    &variable.name,
                    variable.action.clone(),
                    origin,
                ));
            }
            Step::Read(file) => match files.get(&file.path).and_then(Option::as_ref) {
                Some(bytes) => out.extend(read(&file.path, bytes)?),
                None if file.optional => {}
                None => {
                    let what = format!("`{}` does not exist", file.path.display());
                    let hint =
                        "create it, or make it optional: `{ path = \"…\", optional = true }`";
                    return Err(file.site.fault(what).hint(hint));
                }
            },
        }
    }
    Ok(out)
}

fn read(file: &Path, bytes: &[u8]) -> Result<Vec<Operation>, Fault> {
    // Other tools read the file too: what it says to Python of bytecode is for them.
    let entries = dotenv::parse(file, bytes)?
        .into_iter()
        .filter(|entry| !OF_POLICY.contains(&entry.name.as_str()));
    let base = file.parent().unwrap_or(Path::new("/"));
    let operation = |entry: dotenv::Entry| {
        let place = Place {
            file: file.to_owned(),
            line: entry.line,
            column: 1,
        };
        let value = if entry.name == PYTHONPATH {
            let list = absolute_list(entry.value.as_ref(), base);
            list.map_err(|path| Fault::new(COLON).at(place.clone(), None).hint(two(&path)))?
        } else {
            entry.value.into()
        };
        Ok(Operation::new(
            &entry.name,
            Action::Set(value),
            Origin::Dotenv(place),
        ))
    };
    entries.map(operation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::config::Config;
    use crate::project::decode::tests::read as config;
    use crate::project::profile;
    use crate::project::sources::Placement;
    use crate::python::policy::DONT_WRITE;

    const NOTHING: DotenvFiles = DotenvFiles::new();

    fn root(path: &str, placement: Placement) -> Root {
        Root {
            path: path.into(),
            resolved: path.into(),
            why: String::new(),
            placement,
        }
    }

    fn found<'a>(roots: &'a [Root], dotenv: &'a DotenvFiles) -> Found<'a> {
        Found {
            roots,
            venv: None,
            dotenv,
            own_prefix: Some(Path::new("/cache/own")),
        }
    }

    fn operations(config: &Config, found: &Found<'_>) -> Vec<Operation> {
        plan(&profile::resolve("dev", config).unwrap(), found)
            .unwrap()
            .operations
    }

    fn names(operations: &[Operation]) -> Vec<&str> {
        operations
            .iter()
            .map(|operation| operation.name.as_str())
            .collect()
    }

    #[test]
    fn the_environment_comes_first_and_the_promise_last() {
        let config =
            config("[env]\nPATH = 'x'\n[profiles.dev]\nbytecode = 'isolated'\nenv = { A = '1' }")
                .unwrap();
        let venv = Venv {
            path: "/p/.venv".into(),
            why: String::new(),
            is_uv: false,
            tell_uv: false,
        };
        let roots = [root("/p/src", Placement::NotInstalled)];
        let operations = operations(
            &config,
            &Found {
                venv: Some(&venv),
                ..found(&roots, &NOTHING)
            },
        );
        let order = [
            "PATH",
            "VIRTUAL_ENV",
            "PYTHONHOME",
            "PYTHONPATH",
            "PATH",
            "A",
            DONT_WRITE,
            PREFIX,
        ];
        assert_eq!(names(&operations), order);
        assert_eq!(
            operations.last().unwrap().action,
            Action::Set("/cache/own".into())
        );
    }

    #[test]
    fn only_the_roots_that_need_it_go_on_pythonpath() {
        let edit = |paths: &[&str]| {
            let prepend = paths.iter().map(Into::into).collect();
            Action::Edit(ListEdit {
                prepend,
                ..ListEdit::default()
            })
        };
        let roots = [
            root("/b", Placement::Copied),
            root("/a", Placement::NotInstalled),
            root("/c", Placement::Editable),
        ];
        let needed = operations(&config("").unwrap(), &found(&roots, &NOTHING));
        assert_eq!(needed[0].action, edit(&["/b", "/a"]));
        assert_eq!(
            names(&operations(
                &config("").unwrap(),
                &found(&roots[2..], &NOTHING)
            )),
            [DONT_WRITE]
        );
        let listed = config("profiles.dev.pythonpath = ['lib']").unwrap();
        assert_eq!(
            operations(&listed, &found(&roots, &NOTHING))[0].action,
            edit(&["/p/lib"])
        );
        let inherited = config("profiles.dev.pythonpath = 'inherit'").unwrap();
        assert_eq!(
            names(&operations(&inherited, &found(&roots, &NOTHING))),
            [DONT_WRITE]
        );
    }

    #[test]
    fn a_dotenv_file_has_no_say_about_the_promise_and_its_values_are_secrets() {
        let config = config("profiles.dev.dotenv = 'sub/.env'").unwrap();
        let text = format!("{DONT_WRITE}=0\n{PREFIX}=/x\nTOKEN=t\nPYTHONPATH=lib:/abs\n");
        let files = DotenvFiles::from([("/p/sub/.env".into(), Some(text.into_bytes()))]);
        let operations = operations(&config, &found(&[], &files));
        assert_eq!(names(&operations), ["TOKEN", "PYTHONPATH", DONT_WRITE]);
        assert_eq!(operations[1].action, Action::Set("/p/sub/lib:/abs".into()));
        assert_eq!(
            operations
                .iter()
                .map(Operation::is_secret)
                .collect::<Vec<_>>(),
            [true, true, false]
        );
    }

    #[test]
    fn a_dotenv_file_may_be_missing_only_where_that_is_said() {
        let absent = DotenvFiles::from([("/p/.env".into(), None)]);
        let optional = config("profiles.dev.dotenv = { path = '.env', optional = true }").unwrap();
        assert_eq!(
            names(&operations(&optional, &found(&[], &absent))),
            [DONT_WRITE]
        );
        let needed = config("profiles.dev.dotenv = '.env'").unwrap();
        let fault = plan(
            &profile::resolve("dev", &needed).unwrap(),
            &found(&[], &absent),
        )
        .unwrap_err();
        assert_eq!(fault.what, "`/p/.env` does not exist");
    }

    #[test]
    fn outside_any_project_bytecode_is_nobodys_business() {
        let config = config("env.A = '1'").unwrap();
        let plan = outside(&profile::resolve("dev", &config).unwrap(), &NOTHING).unwrap();
        assert_eq!(names(&plan.operations), ["A"]);
    }
}
