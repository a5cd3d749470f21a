//! What holds outside any project: the user's own configuration alone.

use anyhow::Result;

use super::config::Config;
use super::decode;
use super::files::{self, Files};
use super::load::read_dotenv;
use super::plan::{self, DotenvFiles, Plan};
use super::{profile, select};
use crate::env::{Env, Snapshot};
use crate::values::fault::Fault;

/// What holds outside any project: the user's own configuration.
#[derive(Debug)]
pub struct Outside {
    pub config: Config,
    dotenv: DotenvFiles,
}

impl Outside {
    /// Reads it.
    pub fn load(snapshot: &Snapshot) -> Result<Self> {
        let Files {
            tree, user_file, ..
        } = files::load(None, snapshot.dirs.config.as_deref())?;
        let config = decode::decode(&tree, user_file.as_deref(), snapshot.dirs.home.as_deref())?;
        profile::check(&config)?;
        let (dotenv, _) = read_dotenv(&config, user_file.as_deref())?;
        Ok(Self { config, dotenv })
    }

    /// Returns the plan of a profile.
    pub fn plan(&self, flag: Option<&str>, env: &Env) -> Result<Plan, Fault> {
        let choice = select::choose(flag, env, None, &self.config)?;
        plan::outside(&profile::resolve(&choice.name, &self.config)?, &self.dotenv)
    }
}
