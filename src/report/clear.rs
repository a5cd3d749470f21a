//! The words of `devenv cache clear`: what goes or went, what stayed and why. Both forms come from
//! the same facts.

use std::io;
use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use super::{Report, count, notices};
use crate::bytecode::promise::Notice;
use crate::bytecode::sweep::Removed;
use crate::values::fault::Fault;

/// So many files are named before a question.
const NAMED: usize = 10;

/// What is shown.
#[derive(Debug)]
pub struct Shown {
    pub paths: Vec<PathBuf>,
    pub removed: Removed,
    /// Whether nothing was removed, only listed.
    pub is_dry: bool,
    /// How many files stay that would be imported for want of a source.
    pub orphans: usize,
    /// What git tracks.
    pub spared: Vec<PathBuf>,
    /// Directories of bytecode that are links.
    pub links: Vec<PathBuf>,
    /// Directories of other file systems.
    pub mounts: Vec<PathBuf>,
    pub missed: Vec<(PathBuf, io::ErrorKind)>,
}

/// Prints it.
pub fn print(report: &Report, shown: &Shown, as_json: bool) -> Result<()> {
    if as_json {
        report.json(&json(shown))?;
    } else if shown.is_dry {
        let lines = shown.paths.iter().map(|path| report.path(path) + "\n");
        report.print(&lines.collect::<String>())?;
    }
    let Removed {
        files,
        directories,
        bytes,
        failed,
    } = &shown.removed;
    let did = if shown.is_dry {
        "would remove"
    } else {
        "removed"
    };
    let and = if *directories > 0 {
        format!(" and {}", counted_directories(*directories))
    } else {
        String::new()
    };
    report.say(&format!(
        "{did} {}{and}, {}",
        count(*files, "file"),
        size(*bytes)
    ));
    notices::say_failed(report, "remove", failed);
    for (path, reason) in &shown.missed {
        report.warn(&Fault::new(format!(
            "cannot look into `{}` ({reason})",
            report.path(path)
        )));
    }
    say_kept(report, shown);
    Ok(())
}

fn say_kept(report: &Report, shown: &Shown) {
    let some = |paths: &[PathBuf]| (!paths.is_empty()).then(|| paths.to_vec());
    let spared = some(&shown.spared).map(Notice::Spared);
    let links = some(&shown.links).map(Notice::LinkStays);
    notices::say(report, &spared.into_iter().chain(links).collect::<Vec<_>>());
    for mount in &shown.mounts {
        report.warn(&Fault::new(format!(
            "`{}` is another file system: nothing there is removed",
            report.path(mount)
        )));
    }
    if shown.orphans > 0 {
        let what = format!(
            "{} without a source stay, and would be imported",
            count(shown.orphans, "file")
        );
        report.warn(&Fault::new(what).hint("devenv cache clear --orphans"));
    }
}

fn json(shown: &Shown) -> Value {
    let texts = |paths: &[PathBuf]| {
        paths
            .iter()
            .map(|path| path.to_string_lossy().into_owned())
            .collect::<Vec<_>>()
    };
    let failed = |failed: &[(PathBuf, io::ErrorKind)]| {
        let one = |(path, reason): &(PathBuf, io::ErrorKind)| json!({ "path": path.to_string_lossy(), "reason": reason.to_string() });
        failed.iter().map(one).collect::<Vec<_>>()
    };
    json!({
        "schema": 1,
        "dry_run": shown.is_dry,
        "files": shown.removed.files,
        "directories": shown.removed.directories,
        "bytes": shown.removed.bytes,
        "paths": texts(&shown.paths),
        "tracked": texts(&shown.spared),
        "links": texts(&shown.links),
        "mounts": texts(&shown.mounts),
        "orphans": shown.orphans,
        "failed": failed(&[shown.removed.failed.clone(), shown.missed.clone()].concat()),
    })
}

/// Says that a word of `--ignore` keeps nothing, which may be a slip.
pub fn say_unmet(report: &Report, word: &str) {
    report.warn(&Fault::new(format!(
        "`--ignore {word}` keeps nothing: nothing of this name or path was met"
    )));
}

/// Asks whether files may go.
pub fn ask(report: &Report, paths: &[PathBuf]) {
    let named: String = paths
        .iter()
        .take(NAMED)
        .map(|path| format!("  {}\n", report.path(path)))
        .collect();
    let more = if paths.len() > NAMED {
        format!("  and {} more\n", paths.len() - NAMED)
    } else {
        String::new()
    };
    report.words(&format!(
        "{named}{more}remove {}? [y/N] ",
        count(paths.len(), "file")
    ));
}

/// Words that nobody could be asked.
pub fn unasked(number: usize) -> Fault {
    let what = format!(
        "a pattern names {}, and nobody can be asked",
        count(number, "file")
    );
    Fault::new(what).hint("add `--yes`, or `--dry-run` to see them")
}

fn counted_directories(number: usize) -> String {
    if number == 1 {
        "1 directory".to_owned()
    } else {
        format!("{number} directories")
    }
}

/// Words a number of bytes.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut scaled, mut unit) = (bytes, 0);
    // In tenths from the second unit on, so that no floating point is needed.
    while scaled >= 1000 * if unit == 0 { 1 } else { 10 } && unit + 1 < UNITS.len() {
        scaled = if unit == 0 {
            scaled / 100
        } else {
            scaled / 1000
        };
        unit += 1;
    }
    match unit {
        0 => format!("{scaled} B"),
        _ => format!("{}.{} {}", scaled / 10, scaled % 10, UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_worded_in_the_unit_that_says_most() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (1550, "1.5 kB"),
            (999_999, "999.9 kB"),
        ];
        for (bytes, words) in cases
            .into_iter()
            .chain([(1_000_000, "1.0 MB"), (12_345_678_901, "12.3 GB")])
        {
            assert_eq!(size(bytes), words);
        }
    }
}
