//! Where an interpreter imports from besides the project, because the caller's `PYTHONPATH` says
//! so: which of it is the user's own to edit, so that its bytecode is made harmless too, and which
//! can't be kept. Looks, and touches nothing.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::env::{Env, operation};
use crate::host::{Kind, Memory, Stamp, files, stamp};
use crate::python::environment;
use crate::python::imports;
use crate::tree::scope::{self, Scope};
use crate::values::digest;
use crate::values::user::User;

const KIND: &str = "archives";

/// What is looked at by whom, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    pub env: &'a Env,
    pub cwd: &'a Path,
    pub user: User,
    pub home: Option<&'a Path>,
    pub memory: &'a Memory,
}

/// Why edits of what is imported from a place may not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unkept {
    /// It is another user's.
    Foreign,
    /// It holds too much that is none of Python's, as a home directory does.
    Wide,
    /// It is a zip file with bytecode in it.
    Archive,
}

/// Places besides the project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guests {
    /// Trees of the user's own, each with its links resolved.
    pub trees: Vec<PathBuf>,
    /// The same under the names that `sys.path` has for them, where those lead through links.
    pub spelled: Vec<PathBuf>,
    pub unkept: Vec<(PathBuf, Unkept)>,
}

impl Guests {
    /// Finds them.
    pub fn of(caller: Caller<'_>, scope: &Scope) -> Self {
        let mut out = Self::default();
        let value = caller.env.filled(operation::PYTHONPATH).unwrap_or_default();
        for element in value
            .as_bytes()
            .split(|&byte| byte == b':')
            .filter(|element| !element.is_empty())
        {
            let spelled = caller.cwd.join(OsStr::from_bytes(element));
            let Some(resolved) = files::canonical(&spelled) else {
                continue;
            };
            let is_own =
                scope.tree_of(&resolved).is_some() || is_installed(&resolved, &scope.trees);
            if !is_own && !out.trees.contains(&resolved) {
                out.add(spelled, resolved, caller);
            }
        }
        out
    }

    fn add(&mut self, spelled: PathBuf, resolved: PathBuf, caller: Caller<'_>) {
        let Some(stamp) = stamp::of(&resolved) else {
            return;
        };
        let unkept = match stamp.kind {
            Kind::File => {
                holds_bytecode(&resolved, &stamp, caller.memory).then_some(Unkept::Archive)
            }
            _ if is_wide(&resolved, caller.home) => Some(Unkept::Wide),
            _ => (stamp.uid != caller.user.uid).then_some(Unkept::Foreign),
        };
        match unkept {
            Some(why) => self.unkept.push((spelled, why)),
            None if stamp.kind == Kind::Directory => {
                self.spelled
                    .extend((spelled != resolved).then_some(spelled));
                self.trees.push(resolved);
            }
            None => {}
        }
    }
}

/// Returns whether a file is an archive with bytecode in it, as remembered for as long as it is as
/// it was.
fn holds_bytecode(file: &Path, stamp: &Stamp, memory: &Memory) -> bool {
    let key = digest::key([file.as_os_str().as_bytes()]);
    let state = |holds: bool| [stamp.identity(), vec![u8::from(holds)]].concat();
    let known = memory.recall(KIND, &key).unwrap_or_default();
    if let Some(holds) = [false, true]
        .into_iter()
        .find(|holds| known == state(*holds))
    {
        return holds;
    }
    let holds = imports::has_bytecode(file);
    memory.keep(KIND, &key, &state(holds));
    holds
}

/// Returns whether a directory lies where packages are installed. An environment that holds a tree
/// too says nothing.
pub(super) fn is_installed(directory: &Path, trees: &[PathBuf]) -> bool {
    let holds_tree = |above: &Path| trees.iter().any(|tree| tree.starts_with(above));
    let mut apart = directory.ancestors().take_while(|above| !holds_tree(above));
    apart.any(|above| {
        above.file_name().is_some_and(scope::holds_packages) || environment::is_environment(above)
    })
}

/// Returns whether a directory holds the home directory, or everything.
fn is_wide(directory: &Path, home: Option<&Path>) -> bool {
    let home = home.and_then(files::canonical);
    directory == Path::new("/") || home.is_some_and(|home| home.starts_with(directory))
}
