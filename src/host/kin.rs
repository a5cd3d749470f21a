//! How processes belong together: who started whom, and which are one group. Reads `/proc`, and
//! says nothing where there is none.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{files, stamp};

/// The place of a process's start among the fields that follow its name (proc(5): field 22, where
/// the name is the second).
const START: usize = 19;

/// Returns a process and those above it, where the system says.
pub fn line_of(pid: u32) -> Vec<u32> {
    let mut out = vec![pid];
    while let Some(parent) = out
        .last()
        .and_then(|pid| parent_of(*pid))
        .filter(|parent| !out.contains(parent))
    {
        out.push(parent);
    }
    out
}

/// Returns a process and all below it, where the system says.
pub(super) fn tree_of(pid: u32) -> Vec<u32> {
    let numbers = files::names(Path::new("/proc"))
        .into_iter()
        .filter_map(|name| name.to_str()?.parse::<u32>().ok());
    let parents: Vec<(u32, u32)> = numbers
        .filter_map(|pid| Some((pid, parent_of(pid)?)))
        .collect();
    let mut out = vec![pid];
    let mut next = 0;
    while let Some(above) = out.get(next).copied() {
        out.extend(
            parents
                .iter()
                .filter(|(_, parent)| *parent == above)
                .map(|(pid, _)| pid),
        );
        next += 1;
    }
    out
}

/// Returns who started a process, where the system says.
pub fn parent_of(pid: u32) -> Option<u32> {
    fields(&Path::new("/proc").join(pid.to_string()))?
        .get(1)?
        .parse()
        .ok()
}

/// Returns when a process was started, by which it is told from a later one of the same number,
/// where the system says.
pub fn start_of(pid: u32) -> Option<String> {
    fields(&Path::new("/proc").join(pid.to_string()))?
        .get(START)
        .cloned()
}

/// Returns whether a process has ended, and only waits to be buried.
pub(super) fn is_buried(pid: u32) -> bool {
    let fields = fields(&Path::new("/proc").join(pid.to_string())).unwrap_or_default();
    fields
        .first()
        .is_some_and(|state| state == "Z" || state == "X")
}

/// Returns the fields of a process's `stat` that follow its name, which may hold anything but ends
/// with the last parenthesis.
pub(super) fn fields(directory: &Path) -> Option<Vec<String>> {
    let stat = files::read(&directory.join("stat")).ok()??;
    let rest = &stat[stat.iter().rposition(|&byte| byte == b')')? + 1..];
    Some(
        std::str::from_utf8(rest)
            .ok()?
            .split_ascii_whitespace()
            .map(str::to_owned)
            .collect(),
    )
}

/// Returns whether any process of a group does not only wait to be buried. Without `/proc` all that
/// is known is that there is one.
pub(super) fn is_alive(group: i32) -> bool {
    let proc = Path::new("/proc");
    let own = |name: &OsString| name.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let lives = |name: OsString| {
        let fields = fields(&proc.join(name)).unwrap_or_default();
        let is_buried = fields
            .first()
            .is_some_and(|state| state == "Z" || state == "X");
        fields.get(2).is_some_and(|of| of.parse() == Ok(group)) && !is_buried
    };
    !stamp::is_file(&proc.join("self/stat"))
        || files::names(proc).into_iter().filter(own).any(lives)
}
