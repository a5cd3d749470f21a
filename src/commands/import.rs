//! `devenv import`: proposes a configuration from what another tool reads, and writes it where there is none yet.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::founding;
use super::ground::Ground;
use crate::cli::{Import, Origin};
use crate::env::Snapshot;
use crate::host::{files, stamp};
use crate::paths::normalised;
use crate::project::import::{self, Taken};
use crate::report::{self, Report};

/// The names of a file, the one that wins first.
const ENVRC: [&str; 1] = [".envrc"];
const DOTENV: [&str; 1] = [".env"];
const MISE: [&str; 4] = ["mise.toml", ".mise.toml", ".config/mise.toml", ".mise/config.toml"];

/// Directories that hold the file of the one above them.
const APART: [&str; 3] = [".config", ".mise", "mise"];

/// Runs the command.
pub(crate) fn run(args: &Import, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let file = file(args, &snapshot.cwd);
    let root = root_of(&file);
    let text = text(&file, report)?;
    let taken = taken(args.from, &file, &text)?;
    report::import::say_left(report, &file, &taken.left);
    for dotenv in &taken.dotenv {
        say_unreadable(&root.join(&dotenv.path), report);
    }
    if taken.variables.is_empty() && taken.dotenv.is_empty() && taken.venv.is_none() {
        return Err(report::import::nothing(report, &file).into());
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let proposal = report::import::file(&taken, &report::harmless(&name), &root, &root);
    report.print(&proposal)?;
    if !args.dry_run {
        let ground = Ground::at(&root, snapshot, report, true)?;
        founding::require_none(&ground, report)?;
        founding::write(&root, &proposal, snapshot, &ground, report)?;
    }
    Ok(0)
}

/// Returns the file that is meant: the one that is named, or the one of a directory.
fn file(args: &Import, cwd: &Path) -> PathBuf {
    let path = normalised(&cwd.join(args.path.as_deref().unwrap_or(Path::new(""))));
    if !stamp::is_directory(&path) {
        return path;
    }
    let names: &[&str] = match args.from {
        Origin::Direnv => &ENVRC,
        Origin::Dotenv => &DOTENV,
        Origin::Mise => &MISE,
    };
    let found = names.iter().map(|name| path.join(name)).find(|file| stamp::of(file).is_some());
    found.unwrap_or_else(|| path.join(names[0]))
}

/// Returns the directory that a file speaks of.
fn root_of(file: &Path) -> PathBuf {
    let directory = file.parent().unwrap_or(Path::new("/"));
    let is_apart = directory.file_name().is_some_and(|name| APART.iter().any(|apart| name == *apart));
    directory.parent().filter(|_| is_apart).unwrap_or(directory).to_owned()
}

fn text(file: &Path, report: &Report) -> Result<String> {
    let bytes = files::read(file)?.ok_or_else(|| report::import::absent(report, file))?;
    Ok(String::from_utf8(bytes).map_err(|_| report::import::no_text(report, file))?)
}

fn taken(from: Origin, file: &Path, text: &str) -> Result<Taken> {
    let name = || file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(match from {
        Origin::Direnv => import::envrc(text),
        Origin::Dotenv => import::dotenv(&name(), text),
        Origin::Mise => import::mise(file, text)?,
    })
}

/// Names the lines of a dotenv file that would stop every run.
fn say_unreadable(file: &Path, report: &Report) {
    if let Some(text) = files::text(file) {
        report::import::say_unreadable(report, file, &import::unreadable(&text));
    }
}
