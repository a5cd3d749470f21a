//! What completions ask while somebody types: the names of profiles, or of aliases, one a line. Not
//! part of the command line. It says nothing of what goes wrong, writes nothing, and acts on no
//! configuration without consent: of an untrusted project, only what holds outside it is named.

use anyhow::Result;

use crate::env::Snapshot;
use crate::host::{Memory, output};
use crate::project::Project;
use crate::project::config::Config;
use crate::project::load::{self, Reading};
use crate::project::no_project::Outside;
use crate::project::trust::Standing;
use crate::project::{inherited, profile};

/// The hidden command.
const COMMAND: &str = "__complete";

/// Runs it, where the arguments ask for it.
pub fn run(snapshot: &Snapshot) -> Option<u8> {
    let [_, command, kinds @ ..] = snapshot.args.as_slice() else {
        return None;
    };
    if command != COMMAND {
        return None;
    }
    let kind = kinds
        .first()
        .and_then(|kind| kind.to_str())
        .unwrap_or_default();
    let _ = names(kind, snapshot).and_then(|names| Ok(output::out(names.concat().as_bytes())?));
    Some(0)
}

/// Returns lines with names of a kind.
fn names(kind: &str, snapshot: &Snapshot) -> Result<Vec<String>> {
    let config = config(snapshot)?;
    let names = match kind {
        "profiles" => profile::names(&config),
        "aliases" => config.aliases.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    Ok(names.into_iter().map(|name| format!("{name}\n")).collect())
}

/// Returns the configuration that may be acted on here.
fn config(snapshot: &Snapshot) -> Result<Config> {
    match trusted_project(snapshot) {
        Some(project) => Ok(project.config),
        None => Ok(Outside::load(snapshot)?.config),
    }
}

fn trusted_project(snapshot: &Snapshot) -> Option<Project> {
    let memory = Memory::new(snapshot.dirs.cache.as_deref()).closed();
    let base = inherited::undo(&snapshot.env, snapshot.dirs.state.as_deref());
    let project = load::project_at(
        &snapshot.cwd,
        snapshot,
        &base.env,
        &memory,
        Reading::OnceTrusted,
    )
    .ok()??;
    matches!(project.standing(snapshot), Standing::Trusted).then_some(project)
}
