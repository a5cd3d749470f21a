//! Finding programs as `env(1)` does: by path where the name has a slash, else along `PATH`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{files, stamp};

/// What a command's name leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    Program(PathBuf),
    /// It exists, but this user can't execute it, or it is a directory.
    NotExecutable(PathBuf),
    Missing,
}

/// Looks for a program.
pub fn find(name: &OsStr, path: Option<&OsStr>, cwd: &Path) -> Found {
    if name.as_bytes().contains(&b'/') {
        return judge(cwd.join(name));
    }
    match which::which_in(name, path, cwd) {
        Ok(program) => Found::Program(program),
        Err(_) => shadow(name, path, cwd).map_or(Found::Missing, Found::NotExecutable),
    }
}

fn judge(path: PathBuf) -> Found {
    match stamp::of(&path) {
        None => Found::Missing,
        Some(stamp) if stamp.kind == stamp::Kind::File && files::is_executable(&path) => {
            Found::Program(path)
        }
        Some(_) => Found::NotExecutable(path),
    }
}

/// Returns the first thing of that name on `PATH` that can't be executed.
fn shadow(name: &OsStr, path: Option<&OsStr>, cwd: &Path) -> Option<PathBuf> {
    let directories = path?
        .as_bytes()
        .split(|&b| b == b':')
        .map(OsStr::from_bytes);
    directories
        .map(|directory| cwd.join(directory).join(name))
        .find(|path| stamp::is_file(path))
}
