//! The bytecode prefix of `--fresh`: it holds nothing, and nothing comes into it by itself, but a
//! program that compiles of its own accord finds a place there. The directory around it is the
//! user's alone, and goes when the run is over.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::env::Snapshot;
use crate::host::alone::{self, Whose};
use crate::host::spawn;
use crate::host::vigil::{self, Watched};
use crate::host::{Kind, files, machine, random, stamp};
use crate::python::policy::{FRESH, NOWHERE};
use crate::values::digest;
use crate::values::user::User;

/// The hidden command.
const COMMAND: &str = "__fresh";

/// The step of it that only leaves the caller.
const BEGIN: &str = "begin";

/// The step of it that does the work.
const WORK: &str = "work";

/// What tells it of the directory: a command line can be read by everybody.
const PLACE: &str = "PYDEVENV_FRESH";

/// The user's own place in memory, for as long as they are logged in.
const RUNTIME: &str = "XDG_RUNTIME_DIR";

/// The place in memory that everybody shares.
const SHARED: &str = "/dev/shm";

/// What the prefix is called in its directory. It is not made.
const PREFIX: &str = "pycache";

/// Returns a prefix that a run may be given, and makes nothing.
pub(super) fn prefix(snapshot: &Snapshot) -> PathBuf {
    let place = candidates(snapshot).into_iter().next();
    place
        .and_then(|place| Some(place.join(name()?).join(PREFIX)))
        .unwrap_or_else(|| NOWHERE.into())
}

/// Makes the directory of a prefix, so that nobody else can, and leaves somebody behind who removes
/// it when this process, or what it becomes, has ended. Where nobody can be left behind, because we
/// are process 1, it goes with the container.
pub(super) fn make(prefix: &Path, snapshot: &Snapshot) {
    let Some(directory) = prefix.parent().filter(|_| prefix != Path::new(NOWHERE)) else {
        return;
    };
    let made = files::make_private(directory);
    if made.is_ok() && !snapshot.first_process {
        let watched = Watched::this().text();
        let args = [COMMAND, BEGIN, &watched].map(OsStr::new);
        let _ = spawn::detach(
            &snapshot.exe,
            &args,
            &[(OsStr::new(PLACE), directory.as_os_str())],
        );
    }
}

/// Returns where such a directory may be made, and nobody else can put another in its place, the
/// best place first.
fn candidates(snapshot: &Snapshot) -> Vec<PathBuf> {
    let shared = PathBuf::from(SHARED);
    let is_own =
        |path: &PathBuf| stamp::of(path).is_some_and(|stamp| stamp.uid == snapshot.user.uid);
    let runtime = snapshot
        .env
        .filled(RUNTIME)
        .map(PathBuf::from)
        .filter(is_own);
    let all = if snapshot.first_process {
        vec![shared, machine::temporary()]
    } else {
        runtime
            .into_iter()
            .chain([machine::temporary(), shared])
            .collect()
    };
    let whose = Whose {
        user: snapshot.user,
        allowed: None,
    };
    let is_sound = |path: &PathBuf| {
        let is_usable = path.is_absolute() && stamp::is_directory(path) && files::is_writable(path);
        is_usable && alone::against(path, whose).is_none()
    };
    all.into_iter().filter(is_sound).collect()
}

fn name() -> Option<String> {
    Some(format!(
        "{FRESH}{}",
        digest::hex(&random::bytes::<16>().ok()?)
    ))
}

/// Runs one step, where the arguments ask for it; returns the exit status.
pub fn run(snapshot: &Snapshot) -> Option<u8> {
    let words: Vec<&str> = snapshot
        .args
        .iter()
        .skip(1)
        .filter_map(|word| word.to_str())
        .collect();
    let [COMMAND, step, watched] = words[..] else {
        return None;
    };
    let directory = PathBuf::from(snapshot.env.get(PLACE).unwrap_or_default());
    if step == BEGIN {
        let args = [COMMAND, WORK, watched].map(OsStr::new);
        let _ = spawn::detach_further(
            &snapshot.exe,
            &args,
            &[(OsStr::new(PLACE), directory.as_os_str())],
        );
    } else if let Some(watched) =
        Watched::parse(watched).filter(|_| is_ours(&directory, snapshot.user))
    {
        spawn::lower_priority();
        watched.wait();
        vigil::wait_for_heirs(snapshot.user.uid, directory.as_os_str().as_encoded_bytes());
        let _ = files::remove_tree(&directory);
    }
    Some(0)
}

/// Returns whether a directory is one that we made.
fn is_ours(directory: &Path, user: User) -> bool {
    let is_named = directory
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(FRESH.as_bytes()));
    let is_own = stamp::of_link(directory)
        .is_some_and(|stamp| stamp.kind == Kind::Directory && stamp.uid == user.uid);
    directory.is_absolute() && is_named && is_own
}
