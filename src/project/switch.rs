//! Whether the hook is on, everywhere or for one project. `on` also takes back what the user
//! changed since: its file then says something new, and every shell sees that.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::select;
use crate::env::Env;
use crate::host::{clock, files};
use crate::values::digest;
use crate::values::fault::Fault;

const OFF: &str = "off";

/// Turns the hook off for one shell.
pub const DISABLE: &str = "PYDEVENV_DISABLE";

/// What turns the hook off; where several do, the one that reaches furthest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Off {
    Everywhere,
    Shell,
    Project,
}

impl Off {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Shell => "shell",
            Self::Project => "project",
        }
    }
}

/// The hook's switch as it stands for a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    pub off: Option<Off>,
    /// Whether it is off for this one project, whatever it is elsewhere.
    pub is_own_off: bool,
    /// Another one whenever somebody touched it.
    pub generation: String,
}

/// Returns the file of the switch, for one project or for all.
pub fn path(root: Option<&Path>, state_dir: Option<&Path>) -> Option<PathBuf> {
    let directory = state_dir?.join("switch");
    Some(directory.join(root.map_or_else(|| "all".to_owned(), select::key)))
}

/// Reads the switch; `env` is the shell's.
pub fn read(root: Option<&Path>, state_dir: Option<&Path>, env: &Env) -> Switch {
    let text = |root: Option<&Path>| {
        path(root, state_dir)
            .and_then(|path| files::text(&path))
            .unwrap_or_default()
    };
    let (all, own) = (
        text(None),
        root.map(|root| text(Some(root))).unwrap_or_default(),
    );
    let generation = digest::of([all.as_bytes(), own.as_bytes()])[..8].to_owned();
    let is_own_off = own == OFF;
    let off = [
        (all == OFF, Off::Everywhere),
        (env.filled(DISABLE).is_some(), Off::Shell),
        (is_own_off, Off::Project),
    ];
    Switch {
        off: off
            .into_iter()
            .find_map(|(is_off, off)| is_off.then_some(off)),
        is_own_off,
        generation,
    }
}

/// Returns for how many projects the hook is off by itself.
pub fn number_off(state_dir: Option<&Path>) -> usize {
    let Some(all) = path(None, state_dir) else {
        return 0;
    };
    let Some(directory) = all.parent() else {
        return 0;
    };
    let projects = files::names(directory)
        .into_iter()
        .map(|name| directory.join(name))
        .filter(|path| *path != all);
    projects
        .filter(|path| files::text(path).is_some_and(|text| text == OFF))
        .count()
}

/// Turns the hook on or off.
pub fn write(on: bool, root: Option<&Path>, state_dir: Option<&Path>) -> Result<()> {
    let path = path(root, state_dir)
        .ok_or_else(|| Fault::new("there is no home directory to remember it in"))?;
    let text = if on {
        format!("on {}", clock::now_ns())
    } else {
        OFF.to_owned()
    };
    files::write_private(&path, text.as_bytes())
        .with_context(|| format!("cannot write `{}`", path.display()))
}
