//! Which interpreter a command of the project will use: the environment's, else the first `python` on `PATH`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::env::Env;
use crate::host::programs::{self, Found};
use crate::host::stamp;

/// Returns the path that starts the interpreter, as spelled; it may be a link or a shim.
pub(crate) fn python(venv: Option<&Path>, env: &Env, cwd: &Path) -> Option<PathBuf> {
    let own = venv.into_iter().flat_map(|venv| ["python", "python3"].map(|name| venv.join("bin").join(name)));
    own.into_iter().find(|path| stamp::is_file(path)).or_else(|| on_path(env, cwd))
}

fn on_path(env: &Env, cwd: &Path) -> Option<PathBuf> {
    ["python", "python3"].iter().find_map(|name| match programs::find(OsStr::new(name), env.get("PATH"), cwd) {
        Found::Program(path) => Some(path),
        Found::NotExecutable(_) | Found::Missing => None,
    })
}
