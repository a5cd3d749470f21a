//! Which interpreter a command of the project will use: the environment's, else the first `python`
//! on `PATH`; and where others are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::env::Env;
use crate::host::programs::{self, Found};
use crate::host::stamp;

/// Returns the path that starts the interpreter, as spelled; it may be a link or a shim.
pub fn python(venv: Option<&Path>, env: &Env, cwd: &Path) -> Option<PathBuf> {
    let own = venv
        .into_iter()
        .flat_map(|venv| ["python", "python3"].map(|name| venv.join("bin").join(name)));
    own.into_iter()
        .find(|path| stamp::is_file(path))
        .or_else(|| on_path(env, cwd))
}

fn on_path(env: &Env, cwd: &Path) -> Option<PathBuf> {
    ["python", "python3"].iter().find_map(|name| {
        match programs::find(OsStr::new(name), env.get("PATH"), cwd) {
            Found::Program(path) => Some(path),
            Found::NotExecutable(_) | Found::Missing => None,
        }
    })
}

/// Returns the program on `PATH` that is named after the interpreter of a tag: `python3.11` for
/// `cpython-311`.
pub fn by_tag(tag: &str, env: &Env, cwd: &Path) -> Option<PathBuf> {
    let (name, digits) = match tag.strip_prefix("cpython-") {
        Some(digits) => ("python", digits),
        None => ("pypy", tag.strip_prefix("pypy")?),
    };
    let (major, minor) = digits.split_at_checked(1)?;
    let name = format!("{name}{major}.{minor}");
    match programs::find(OsStr::new(&name), env.get("PATH"), cwd) {
        Found::Program(path) => Some(path),
        Found::NotExecutable(_) | Found::Missing => None,
    }
}
