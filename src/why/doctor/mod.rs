//! The checks of a whole set-up: the shell, the tools, the variables, the interpreter, the
//! packages, the tree. Each takes facts and returns findings, and changes nothing.

pub mod complaint;
pub mod shell;
mod tree;
mod variables;

use std::path::Path;

use super::context::Context;
use super::finding::Finding;
use super::judge::{fill, strays};
use super::subject::Subject;
use crate::bytecode::promise::Promise;
use crate::env::Env;
use crate::python::policy::Policy;
use complaint::Complaint;
use shell::Shells;

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Project,
    Shell,
    Tools,
    Interpreter,
    Variables,
    Packages,
    Bytecode,
    Surroundings,
}

impl Topic {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Shell => "shell",
            Self::Tools => "tools",
            Self::Interpreter => "interpreter",
            Self::Variables => "variables",
            Self::Packages => "packages",
            Self::Bytecode => "bytecode",
            Self::Surroundings => "surroundings",
        }
    }
}

/// One check, and what came of it.
#[derive(Debug)]
pub struct Check {
    pub topic: Topic,
    /// What was looked at, in a few words.
    pub about: String,
    pub findings: Vec<Finding>,
}

/// Checks the shell and the programs of our name.
pub fn shell(shells: &Shells<'_>, cwd: &Path) -> Vec<Check> {
    let about = shells
        .env
        .get("SHELL")
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let hook = Check {
        topic: Topic::Shell,
        about,
        findings: shells.hook().into_iter().chain(shells.switch()).collect(),
    };
    let about = shells.exe.to_string_lossy().into_owned();
    vec![
        hook,
        Check {
            topic: Topic::Tools,
            about,
            findings: shells.tools(cwd),
        },
    ]
}

/// Checks the variables of the caller's by a profile's policy; `through_run` are those that `devenv
/// run` would pass on.
pub fn variables(
    env: &Env,
    through_run: Option<&Env>,
    policy: Policy,
    home: Option<&Path>,
) -> Check {
    let about = format!("against `bytecode = \"{}\"`", policy.word());
    Check {
        topic: Topic::Variables,
        about,
        findings: variables::judge(env, through_run, policy, home),
    }
}

/// Checks what is installed, on the stage of the project's own interpreter.
pub fn packages(context: &Context<'_>) -> Check {
    let mut findings = tree::copied(context);
    findings.extend(fill::judge(context));
    findings.extend(strays::judge(&Subject::nothing(), context));
    let about = context
        .stage
        .search
        .sites
        .first()
        .map(|site| site.to_string_lossy().into_owned());
    Check {
        topic: Topic::Packages,
        about: about.unwrap_or_default(),
        findings,
    }
}

/// Checks the bytecode of the tree; `is_kept`: whether `devenv run` would keep the promise.
pub fn bytecode(promise: &Promise<'_>, is_kept: bool) -> Check {
    let about = promise.project.to_string_lossy().into_owned();
    Check {
        topic: Topic::Bytecode,
        about,
        findings: tree::bytecode(promise, is_kept),
    }
}

/// Checks what other tools have of the project: git, what was injected into their files, and the
/// other tool of our name.
pub fn surroundings(root: &Path, seen: Vec<Complaint>) -> Check {
    let others = shell::other_project(root).into_iter();
    let findings = seen
        .into_iter()
        .map(Finding::of_complaint)
        .chain(others)
        .collect();
    Check {
        topic: Topic::Surroundings,
        about: root.to_string_lossy().into_owned(),
        findings,
    }
}
