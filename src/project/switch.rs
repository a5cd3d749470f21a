//! Whether the hook is on, everywhere or for one project. `on` also takes back what the user changed since: its file
//! then says something new, and every shell sees that.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::select;
use crate::digest;
use crate::fault::Fault;
use crate::host::{clock, files};

const OFF: &str = "off";

/// The hook's switch as it stands for a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Switch {
    pub(crate) off: bool,
    /// Another one whenever somebody touched it.
    pub(crate) generation: String,
}

/// Returns the file of the switch, for one project or for all.
pub(crate) fn path(root: Option<&Path>, state_dir: Option<&Path>) -> Option<PathBuf> {
    let directory = state_dir?.join("switch");
    Some(directory.join(root.map_or_else(|| "all".to_owned(), select::key)))
}

/// Reads the switch.
pub(crate) fn read(root: Option<&Path>, state_dir: Option<&Path>) -> Switch {
    let text = |root: Option<&Path>| path(root, state_dir).and_then(|path| files::text(&path)).unwrap_or_default();
    let (all, own) = (text(None), root.map(|root| text(Some(root))).unwrap_or_default());
    let generation = digest::of([all.as_bytes(), own.as_bytes()])[..8].to_owned();
    Switch { off: all == OFF || own == OFF, generation }
}

/// Turns the hook on or off.
pub(crate) fn write(on: bool, root: Option<&Path>, state_dir: Option<&Path>) -> Result<()> {
    let path = path(root, state_dir).ok_or_else(|| Fault::new("there is no home directory to remember it in"))?;
    let text = if on { format!("on {}", clock::now_ns()) } else { OFF.to_owned() };
    files::write_private(&path, text.as_bytes()).with_context(|| format!("cannot write `{}`", path.display()))
}
