//! Starts a fill, detached, unless one is running. What it does is `work`'s.

use std::ffi::OsStr;
use std::path::Path;

use super::Request;
use crate::env::Env;
use crate::host::{Memory, lock, spawn};

/// The hidden command that the detached process is.
pub const COMMAND: &str = "__fill";

/// The step of it that only leaves the caller.
pub const BEGIN: &str = "begin";

/// The step of it that does the work.
pub const WORK: &str = "work";

/// All that the process needs of the caller's environment: where the cache is, and how an
/// interpreter finds its libraries. Nothing that could be a secret.
const KEPT: [&str; 8] = [
    "HOME",
    "PATH",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
];

/// Starts a fill, or leaves what is asked for to the one that is running. That it can't be started
/// is no error: a run is right without it.
pub fn start(request: &Request, key: &str, exe: &Path, env: &Env, memory: &Memory) {
    let Some(path) = Request::lock(memory, key) else {
        return;
    };
    // Before the lock is looked at: whoever holds it looks for requests once more when it lets go.
    request.leave(memory, key);
    // Taken only to see whether it is free: the work takes it again.
    if let Ok(Some(free)) = lock::try_take(&path) {
        drop(free);
        let args = [COMMAND, BEGIN, key].map(OsStr::new);
        let _ = spawn::detach(exe, &args, &kept(env));
    }
}

/// The first step: leaves the caller and starts the second.
pub fn begin(key: &str, exe: &Path, env: &Env) {
    let args = [COMMAND, WORK, key].map(OsStr::new);
    let _ = spawn::detach_further(exe, &args, &kept(env));
}

fn kept(env: &Env) -> Vec<(&OsStr, &OsStr)> {
    KEPT.iter()
        .filter_map(|name| env.get(name).map(|value| (OsStr::new(*name), value)))
        .collect()
}
