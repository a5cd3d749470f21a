//! Which bytecode files git tracks. They are part of somebody's work, so they are reported and never changed. Asked
//! only when something would be changed, of the repository of each tree, with no hook of the repository running.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::env::Env;
use crate::host::programs::{self, Found};
use crate::host::spawn::{self, Program};
use crate::host::stamp;

/// A repository that takes longer to list its bytecode is taken to track none.
const PATIENCE: Duration = Duration::from_secs(10);

/// The monitor is a program that the repository's own configuration names; ownership is checked by our trust.
const ARGS: [&str; 9] =
    ["-c", "core.fsmonitor=false", "-c", "safe.directory=*", "ls-files", "-z", "--", "*.pyc", "*.pyo"];

/// Returns the tracked bytecode of every tree that lies in a git repository.
pub(crate) fn bytecode(trees: &[PathBuf], env: &Env) -> BTreeSet<PathBuf> {
    let Found::Program(git) = programs::find(OsStr::new("git"), env.get("PATH"), Path::new("/")) else {
        return BTreeSet::new();
    };
    let repositories = trees.iter().filter(|tree| is_in_repository(tree));
    repositories.flat_map(|tree| tracked(&git, tree, env)).collect()
}

fn is_in_repository(tree: &Path) -> bool {
    tree.ancestors().any(|directory| stamp::of_link(&directory.join(".git")).is_some())
}

fn tracked(git: &Path, tree: &Path, env: &Env) -> Vec<PathBuf> {
    let args = ARGS.map(OsString::from);
    let foreign = |(name, _): &(&OsStr, &OsStr)| !name.as_bytes().starts_with(b"GIT_");
    let program =
        Program { path: git, name: OsStr::new("git"), args: &args, env: env.iter().filter(foreign).collect() };
    let said = spawn::hear(program.command().current_dir(tree), PATIENCE);
    let listed = said.map(|said| said.out).unwrap_or_default();
    let names = listed.split(|&b| b == 0).filter(|name| !name.is_empty());
    names.map(|name| tree.join(OsStr::from_bytes(name))).collect()
}
