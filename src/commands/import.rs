//! `devenv import`: proposes a configuration from what another tool reads, and writes it where
//! there is none yet.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::founding;
use super::ground::Ground;
use crate::cli::{Import, Origin};
use crate::env::Snapshot;
use crate::host::{files, stamp};
use crate::project::import::{self, Taken};
use crate::report::{self, Report};
use crate::values::paths::normalised;

/// The places of a file in the directory that it speaks of, the one that wins first.
const ENVRC: [&str; 1] = [".envrc"];
const DOTENV: [&str; 1] = [".env"];
const MISE: [&str; 6] = [
    "mise.toml",
    ".mise.toml",
    ".config/mise.toml",
    ".mise/config.toml",
    "mise/config.toml",
    ".config/mise/config.toml",
];

/// A file to take from.
struct Source {
    file: PathBuf,
    /// The directory that it speaks of: its paths are relative to that.
    base: PathBuf,
    /// The directory whose configuration is written.
    root: PathBuf,
}

/// Runs the command.
pub fn run(args: &Import, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let Source { file, base, root } = source(args, &snapshot.cwd);
    let text = text(&file, &base, report)?;
    let taken = taken(args.from, &file, &text)?;
    report::import::say_left(report, &file, &taken.left);
    for dotenv in &taken.dotenv {
        say_unreadable(&base.join(&dotenv.path), report)?;
    }
    if taken.variables.is_empty() && taken.dotenv.is_empty() && taken.venv.is_none() {
        let is_unread = args.from == Origin::Dotenv && !taken.left.is_empty();
        let word = if is_unread {
            report::import::unread
        } else {
            report::import::nothing
        };
        return Err(word(report, &file).into());
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let proposal = report::import::file(&taken, &report::harmless(&name), &root, &base);
    report.print(&proposal)?;
    if !args.dry_run {
        let ground = Ground::at(&root, snapshot, report, true)?;
        founding::require_none(&ground, report)?;
        founding::write(&root, &proposal, snapshot, &ground, report)?;
    }
    Ok(0)
}

/// Returns the file that is meant: the one that is named, or the one of a directory, whose
/// configuration is written then, whatever it is called.
fn source(args: &Import, cwd: &Path) -> Source {
    let path = normalised(&cwd.join(args.path.as_deref().unwrap_or(Path::new(""))));
    let places = places(args.from);
    if !stamp::is_directory(&path) {
        let base = base_of(&path, places);
        // Nothing is written above where the user stands and points.
        let is_above = path.starts_with(cwd) && !base.starts_with(cwd);
        return Source {
            root: if is_above {
                cwd.to_owned()
            } else {
                base.clone()
            },
            base,
            file: path,
        };
    }
    let found = places
        .iter()
        .map(|place| path.join(place))
        .find(|file| stamp::of(file).is_some());
    let file = found.unwrap_or_else(|| path.join(places[0]));
    Source {
        base: base_of(&file, places),
        file,
        root: path,
    }
}

fn places(from: Origin) -> &'static [&'static str] {
    match from {
        Origin::Direnv => &ENVRC,
        Origin::Dotenv => &DOTENV,
        Origin::Mise => &MISE,
    }
}

/// Returns the directory that a file speaks of: where it lies at one of its places as seen from a
/// directory above, that one, as to its own tool.
fn base_of(file: &Path, places: &[&str]) -> PathBuf {
    let above = places
        .iter()
        .filter(|place| file.ends_with(place))
        .map(|place| Path::new(place).components().count());
    file.ancestors()
        .nth(above.max().unwrap_or(1))
        .unwrap_or(Path::new("/"))
        .to_owned()
}

/// Reads a file. One that a link leads to, out of the directory that it speaks of, is somebody
/// else's word: what it says would be copied into a configuration that is committed.
fn text(file: &Path, base: &Path, report: &Report) -> Result<String> {
    let absent = || report::import::absent(report, file);
    let real = files::canonical(file).ok_or_else(absent)?;
    if !files::canonical(base).is_some_and(|base| real.starts_with(base)) {
        return Err(report::import::elsewhere(report, file, &real).into());
    }
    let (bytes, _) = files::read_small(&real)?.ok_or_else(absent)?;
    Ok(String::from_utf8(bytes).map_err(|_| report::import::no_text(report, file))?)
}

fn taken(from: Origin, file: &Path, text: &str) -> Result<Taken> {
    let name = || {
        file.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    Ok(match from {
        Origin::Direnv => import::envrc(file, text)?,
        Origin::Dotenv => import::dotenv(file, &name(), text)?,
        Origin::Mise => import::mise(file, text)?,
    })
}

/// Names the lines of a dotenv file that would stop every run.
fn say_unreadable(file: &Path, report: &Report) -> Result<()> {
    if let Some(text) = files::small_text(file) {
        report::import::say_unreadable(report, file, &import::unreadable(file, &text)?);
    }
    Ok(())
}
