//! `devenv off` and `devenv on`: whether the hook acts, everywhere or in one project. `on` also
//! takes back what the user changed of the project's variables, and in a project that is off by
//! itself it turns that on too.

use anyhow::Result;

use super::ground;
use crate::env::Snapshot;
use crate::host::files;
use crate::project::find;
use crate::project::manifests::Manifests;
use crate::project::switch;
use crate::report::Report;
use crate::report::hook::{self, Switched};

/// Runs the command.
pub fn run(on: bool, project: bool, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let (home, state) = (
        snapshot.dirs.home.as_deref(),
        snapshot.dirs.state.as_deref(),
    );
    let found = find::find(&snapshot.cwd, home, &mut Manifests::default());
    let here = found.map(|found| files::canonical(&found.root).unwrap_or(found.root));
    let root = if project {
        Some(here.clone().ok_or_else(ground::no_project)?)
    } else {
        None
    };
    switch::write(on, root.as_deref(), state)?;
    let is_own_off = switch::read(here.as_deref(), state, &snapshot.env).is_own_off;
    if on && is_own_off {
        switch::write(on, here.as_deref(), state)?;
    }
    let off = switch::read(here.as_deref(), state, &snapshot.env).off;
    let also = here.filter(|_| on && is_own_off);
    hook::say_switched(
        report,
        &Switched {
            on,
            root,
            also,
            off,
            others: switch::number_off(state),
        },
    );
    Ok(0)
}
