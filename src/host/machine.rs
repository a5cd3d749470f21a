//! What this process was given: arguments, environment, working directory, user, and the user's
//! directories.

use std::ffi::OsString;
use std::path::PathBuf;

use directories::{BaseDirs, ProjectDirs};

use super::stamp;

/// Returns the arguments, the program's name first.
pub fn args() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// Returns the environment.
pub fn vars() -> Vec<(OsString, OsString)> {
    std::env::vars_os().collect()
}

/// Returns the working directory, where there is one, and as the shell spells it, where that is
/// another spelling that still leads here.
pub fn working_directory() -> (Option<PathBuf>, Option<PathBuf>) {
    let spelled = std::env::var_os("PWD")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let Ok(actual) = std::env::current_dir() else {
        return (None, spelled);
    };
    let place = |path: &PathBuf| stamp::of(path).map(|stamp| (stamp.dev, stamp.ino));
    let same = |path: &PathBuf| place(path).is_some_and(|here| Some(here) == place(&actual));
    let spelled = spelled.filter(|path| *path != actual && same(path));
    (Some(actual), spelled)
}

/// Returns whether some owners can't be told apart, because this process does not see all users.
pub fn is_in_user_namespace() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let words: Vec<&str> = map.split_whitespace().collect();
    !words.is_empty() && words != ["0", "0", "4294967295"]
}

/// Returns the path of this program.
pub fn executable() -> PathBuf {
    std::env::current_exe().unwrap_or_else(|_| "devenv".into())
}

/// Returns the system's place for temporary files.
pub fn temporary() -> PathBuf {
    std::env::temp_dir()
}

/// Returns the user's home directory.
pub fn home() -> Option<PathBuf> {
    BaseDirs::new().map(|dirs| dirs.home_dir().to_owned())
}

/// Returns our directories for configuration, cache and state.
pub fn directories() -> Option<(PathBuf, PathBuf, PathBuf)> {
    let dirs = ProjectDirs::from("", "", "pydevenv")?;
    let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
    Some((
        dirs.config_dir().to_owned(),
        dirs.cache_dir().to_owned(),
        state.to_owned(),
    ))
}

/// Returns the effective user and group.
pub fn user() -> (u32, u32) {
    (
        rustix::process::geteuid().as_raw(),
        rustix::process::getegid().as_raw(),
    )
}

/// Returns whether this is process 1.
pub fn is_first_process() -> bool {
    std::process::id() == 1
}

/// Returns the process that started this one.
pub fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

/// Returns the working directory as the kernel has it, whatever its former name leads to by now.
pub fn held_directory() -> Option<PathBuf> {
    std::env::current_dir().ok()
}
