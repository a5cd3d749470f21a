//! `devenv off` and `devenv on`: whether the hook acts, everywhere or in one project. `on` also takes back what the user
//! changed of the project's variables.

use anyhow::Result;

use super::ground;
use crate::env::Snapshot;
use crate::host::files;
use crate::project::find;
use crate::project::manifests::Manifests;
use crate::project::switch;
use crate::report::Report;

/// Runs the command.
pub(crate) fn run(on: bool, project: bool, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let (home, state) = (snapshot.dirs.home.as_deref(), snapshot.dirs.state.as_deref());
    let found = find::find(&snapshot.cwd, home, &mut Manifests::default());
    let root = found.map(|found| files::canonical(&found.root).unwrap_or(found.root));
    let root = if project { Some(root.ok_or_else(ground::no_project)?) } else { None };
    switch::write(on, root.as_deref(), state)?;
    let scope = root.map_or_else(|| "everywhere".to_owned(), |root| format!("in {}", report.path(&root)));
    report.say(&format!("the hook is {} {scope}", if on { "on" } else { "off" }));
    Ok(0)
}
