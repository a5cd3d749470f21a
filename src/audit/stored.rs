//! What joblib has stored on disk for a function: `DIRECTORY/joblib/MODULE/FUNCTION` holds the function's text, which it
//! compares before it believes a result, and a directory for each result. What the function calls is not compared.

use std::path::{Path, PathBuf};

use crate::host::{files, stamp};

/// Results of one function that joblib would give again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// What to remove so that it does not.
    pub(crate) directory: PathBuf,
    /// How many are older than an edit.
    pub(crate) old: usize,
    /// When the newest of those was stored.
    pub(crate) newest_ns: i64,
}

/// More directories than this belong to something else.
const MOST: usize = 20_000;

/// Returns what is stored for a function of this name and text below a directory, and is older than an edit.
pub(crate) fn older(directory: &Path, name: &str, text: &str, edited_ns: i64) -> Option<Stored> {
    let last = name.rsplit('.').next()?;
    let mut waiting = vec![directory.join("joblib")];
    let mut count = 0;
    while let Some(place) = waiting.pop().filter(|_| count < MOST) {
        count += 1;
        if place.file_name().is_some_and(|own| own == last) && is_of(&place, text) {
            let old = results(&place).filter(|at_ns| *at_ns < edited_ns).collect::<Vec<i64>>();
            let newest_ns = old.iter().copied().max()?;
            return Some(Stored { directory: place, old: old.len(), newest_ns });
        }
        let inner = files::names(&place).into_iter().map(|name| place.join(name));
        waiting.extend(inner.filter(|path| stamp::is_directory(path)));
    }
    None
}

/// Returns whether the text that was stored is that of the function as it is now, which is what joblib compares.
fn is_of(place: &Path, text: &str) -> bool {
    let stored = files::text(&place.join("func_code.py")).unwrap_or_default();
    // The first line tells where the function began.
    let body = stored.strip_prefix("# first line:").and_then(|rest| rest.split_once('\n')).map(|(_, body)| body);
    body.is_some_and(|body| body.trim() == text.trim())
}

/// Yields when each result was stored.
fn results(place: &Path) -> impl Iterator<Item = i64> {
    let inner = files::names(place).into_iter().map(|name| place.join(name).join("output.pkl"));
    inner.filter_map(|result| stamp::of(&result)).map(|stamp| stamp.mtime_ns)
}
