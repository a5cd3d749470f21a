//! What joblib has stored on disk for a function: `DIRECTORY/joblib/MODULE/FUNCTION`, without the
//! `joblib` where the directory was given as a `Path`, holds the function's text, which it compares
//! before it believes a result, and a directory for each result. What the function calls is not
//! compared.

use std::path::{Path, PathBuf};

use crate::host::{files, stamp};

/// The file with the text of a function, and that of a result.
const TEXT: &str = "func_code.py";
const RESULT: &str = "output.pkl";

/// What the name of a module begins with that was started as a script.
const MAIN: &[u8] = b"__main__";

/// Results of one function that joblib would give again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What to remove so that it does not.
    pub directory: PathBuf,
    /// How many are older than an edit.
    pub old: usize,
    /// When the newest of those was stored.
    pub newest_ns: i64,
}

/// A function whose results may be stored.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// The dotted name of its module.
    pub module: &'a str,
    pub name: &'a str,
    pub text: &'a str,
}

/// Returns what is stored for a function below a directory, and is older than an edit.
pub fn older(directory: &Path, kept: Kept<'_>, edited_ns: i64) -> Option<Stored> {
    let places = [directory.join("joblib"), directory.to_owned()];
    places
        .iter()
        .flat_map(|place| modules(place, kept.module))
        .find_map(|module| {
            let directory = functions(&module, kept)
                .into_iter()
                .find(|place| is_of(place, kept.text))?;
            let old: Vec<i64> = results(&directory)
                .filter(|at_ns| *at_ns < edited_ns)
                .collect();
            let newest_ns = old.iter().copied().max()?;
            Some(Stored {
                directory,
                old: old.len(),
                newest_ns,
            })
        })
}

/// Returns the directories of a module: by its name, by what a script beside it calls it, and as a
/// script itself.
fn modules(place: &Path, name: &str) -> Vec<PathBuf> {
    let starts = std::iter::once(0).chain(name.match_indices('.').map(|(at, _)| at + 1));
    let named = starts.map(|start| place.join(name[start..].replace('.', "/")));
    let scripts = files::names(place)
        .into_iter()
        .filter(|name| name.as_encoded_bytes().starts_with(MAIN));
    let scripts = scripts.map(|name| place.join(name));
    named
        .chain(scripts)
        .filter(|path| stamp::is_directory(path))
        .collect()
}

/// Returns the directories of functions of this name in that of a module; a method is below its
/// class.
fn functions(module: &Path, kept: Kept<'_>) -> Vec<PathBuf> {
    let last = kept.name.rsplit('.').next().unwrap_or(kept.name);
    let whole = module.join(kept.name.replace('.', "/"));
    [whole, module.join(last)]
        .into_iter()
        .filter(|path| stamp::is_directory(path))
        .collect()
}

/// Returns whether the text that was stored is that of the function as it is now, which is what
/// joblib compares.
fn is_of(place: &Path, text: &str) -> bool {
    let stored = files::text(&place.join(TEXT)).unwrap_or_default();
    // The first line tells where the function began.
    let body = stored
        .strip_prefix("# first line:")
        .and_then(|rest| rest.split_once('\n'))
        .map(|(_, body)| body);
    body.is_some_and(|body| body.trim().lines().eq(text.trim().lines()))
}

/// Yields when each result was stored.
fn results(place: &Path) -> impl Iterator<Item = i64> {
    let inner = files::names(place)
        .into_iter()
        .map(|name| place.join(name).join(RESULT));
    inner
        .filter_map(|result| stamp::of(&result))
        .map(|stamp| stamp.mtime_ns)
}
