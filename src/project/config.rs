//! What a configuration says, as typed values that know their place. How it is read is `decode`'s, what follows from
//! it is decided in `profile` and `plan`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::venv::Wish;
use crate::document::Site;
use crate::env::Action;
use crate::fault::Fault;
use crate::python::policy::Policy;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Sited<T> {
    pub(crate) value: T,
    pub(crate) site: Site,
}

/// The merged configuration of a project.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) default_profile: Option<Sited<String>>,
    /// Nothing: detected.
    pub(crate) sources: Option<Vec<Sited<PathBuf>>>,
    pub(crate) venv: Wish,
    pub(crate) fill: Option<bool>,
    pub(crate) env: Vec<Variable>,
    pub(crate) profiles: BTreeMap<String, ProfileTable>,
    pub(crate) aliases: BTreeMap<String, Alias>,
    /// Trees that the user trusts whole; from their own configuration alone.
    pub(crate) trusted: Vec<PathBuf>,
    /// Whether the hook says nothing when a project is entered; from the user's own configuration alone.
    pub(crate) quiet: bool,
    /// What is wrong with the user's own configuration, which stops nothing.
    pub(crate) warnings: Vec<Fault>,
}

/// A profile as it is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProfileTable {
    pub(crate) extends: Option<Sited<String>>,
    pub(crate) bytecode: Option<Sited<Policy>>,
    pub(crate) pythonpath: Option<Sited<PythonPath>>,
    pub(crate) clear: Option<Sited<Clear>>,
    pub(crate) dotenv: Option<Vec<DotenvFile>>,
    pub(crate) env: Vec<Variable>,
}

/// A variable of the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) action: Action,
    pub(crate) site: Site,
}

/// A dotenv file to read.
#[derive(Clone, Debug)]
pub(crate) struct DotenvFile {
    pub(crate) path: PathBuf,
    pub(crate) optional: bool,
    pub(crate) site: Site,
}

/// What goes on `PYTHONPATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PythonPath {
    /// The source roots that need it.
    Sources,
    /// Nothing of ours.
    Inherit,
    Listed(Vec<PathBuf>),
}

/// What `devenv run` clears first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clear {
    Never,
    Stale,
    All,
}

impl Clear {
    pub(crate) const WORDS: [&str; 3] = ["never", "stale", "all"];

    /// Returns the value of a word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "never" => Self::Never,
            "stale" => Self::Stale,
            "all" => Self::All,
            _ => return None,
        })
    }

    /// Returns the word of the value.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Stale => "stale",
            Self::All => "all",
        }
    }
}

/// A command of the project.
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    /// As written.
    pub(crate) text: String,
    pub(crate) words: Vec<String>,
}
