//! What a configuration says, as typed values that know their place. How it is read is `decode`'s,
//! what follows from it is decided in `profile` and `plan`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::venv::Wish;
use crate::env::Action;
use crate::python::policy::Policy;
use crate::values::document::Site;
use crate::values::fault::Fault;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Sited<T> {
    pub value: T,
    pub site: Site,
}

/// The merged configuration of a project.
#[derive(Clone, Debug)]
pub struct Config {
    pub default_profile: Option<Sited<String>>,
    /// Nothing: detected.
    pub sources: Option<Vec<Sited<PathBuf>>>,
    pub venv: Wish,
    pub fill: Option<bool>,
    pub env: Vec<Variable>,
    pub profiles: BTreeMap<String, ProfileTable>,
    pub aliases: BTreeMap<String, Alias>,
    /// Trees that the user trusts whole; from their own configuration alone.
    pub trusted: Vec<PathBuf>,
    /// Whether the hook says nothing when a project is entered; from the user's own configuration
    /// alone.
    pub quiet: bool,
    /// What is wrong with the user's own configuration, which stops nothing.
    pub warnings: Vec<Fault>,
}

/// A profile as it is written.
#[derive(Clone, Debug, Default)]
pub struct ProfileTable {
    pub extends: Option<Sited<String>>,
    pub bytecode: Option<Sited<Policy>>,
    pub pythonpath: Option<Sited<PythonPath>>,
    pub clear: Option<Sited<Clear>>,
    pub dotenv: Option<Vec<DotenvFile>>,
    pub env: Vec<Variable>,
}

/// A variable of the configuration.
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    pub action: Action,
    pub site: Site,
}

/// A dotenv file to read.
#[derive(Clone, Debug)]
pub struct DotenvFile {
    pub path: PathBuf,
    pub optional: bool,
    pub site: Site,
}

/// What goes on `PYTHONPATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PythonPath {
    /// The source roots that need it.
    Sources,
    /// Nothing of ours.
    Inherit,
    Listed(Vec<PathBuf>),
}

/// What `devenv run` clears first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clear {
    Never,
    Stale,
    All,
}

impl Clear {
    pub const WORDS: [&str; 3] = ["never", "stale", "all"];

    /// Returns the value of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "never" => Self::Never,
            "stale" => Self::Stale,
            "all" => Self::All,
            _ => return None,
        })
    }

    /// Returns the word of the value.
    pub fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Stale => "stale",
            Self::All => "all",
        }
    }
}

/// A command of the project.
#[derive(Clone, Debug)]
pub struct Alias {
    /// As written.
    pub text: String,
    pub words: Vec<String>,
}
