//! What the file system says of a file without opening it. A change of content changes the stamp,
//! because nobody can set the time of a change (`ctime`) back.

use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Stat};

use super::clock::TICK_NS;
use crate::values::digest;

const SECOND_NS: i64 = 1_000_000_000;

/// What kind of thing a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Directory,
    Link,
    Other,
}

impl From<FileType> for Kind {
    fn from(kind: FileType) -> Self {
        match kind {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Directory,
            FileType::Symlink => Self::Link,
            _ => Self::Other,
        }
    }
}

/// A file's identity, times, size, owner and mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub kind: Kind,
    pub dev: u64,
    pub ino: u64,
    pub size: u64,
    /// Whole seconds, as Python writes them into a header.
    pub mtime: i64,
    pub mtime_ns: i64,
    pub ctime_ns: i64,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
}

impl Stamp {
    /// Returns whether the file has been as it is for longer than a tick of the clock of its file
    /// system: another write in the same tick would go unnoticed.
    pub fn is_calm(&self, now_ns: i64) -> bool {
        let keeps_whole_seconds = self.ctime_ns % SECOND_NS == 0;
        let tick = if keeps_whole_seconds {
            2 * SECOND_NS
        } else {
            TICK_NS
        };
        self.ctime_ns < now_ns - tick
    }

    /// Returns the stamp as bytes, to compare with a remembered one.
    pub fn identity(&self) -> Vec<u8> {
        let parts = [
            self.dev,
            self.ino,
            self.size,
            self.mtime_ns.cast_unsigned(),
            self.ctime_ns.cast_unsigned(),
        ];
        digest::hex(&parts.map(u64::to_be_bytes).concat()).into_bytes()
    }
}

/// Joins seconds and nanoseconds; times beyond the year 2262 wrap, which is harmless for equality.
fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.wrapping_mul(1_000_000_000).wrapping_add(rest)
}

#[allow(
    clippy::unnecessary_cast,
    clippy::cast_lossless,
    clippy::cast_possible_wrap,
    reason = "the types of these fields differ by platform"
)]
impl From<Stat> for Stamp {
    fn from(stat: Stat) -> Self {
        Self {
            kind: FileType::from_raw_mode(stat.st_mode as _).into(),
            dev: stat.st_dev as u64,
            ino: stat.st_ino as u64,
            size: stat.st_size.cast_unsigned(),
            mtime: stat.st_mtime as i64,
            mtime_ns: nanoseconds(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            ctime_ns: nanoseconds(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
            mode: stat.st_mode as u32 & 0o7777,
            uid: stat.st_uid as u32,
            gid: stat.st_gid as u32,
        }
    }
}

/// Returns the stamp of what a path leads to.
pub fn of(path: &Path) -> Option<Stamp> {
    rustix::fs::stat(path).ok().map(Stamp::from)
}

/// Returns the stamp of the path itself, be it a link.
pub fn of_link(path: &Path) -> Option<Stamp> {
    rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW)
        .ok()
        .map(Stamp::from)
}

/// Returns whether a path leads to a directory.
pub fn is_directory(path: &Path) -> bool {
    of(path).is_some_and(|stamp| stamp.kind == Kind::Directory)
}

/// Returns whether a path leads to a regular file.
pub fn is_file(path: &Path) -> bool {
    of(path).is_some_and(|stamp| stamp.kind == Kind::File)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_within_a_tick_is_not_calm() {
        let now = 10 * SECOND_NS;
        let is_calm = |ctime_ns| {
            let kind = Kind::File;
            let stamp = Stamp {
                kind,
                dev: 1,
                ino: 2,
                size: 3,
                mtime: 4,
                mtime_ns: 4,
                ctime_ns,
                mode: 0,
                uid: 0,
                gid: 0,
            };
            stamp.is_calm(now)
        };
        assert!(!is_calm(now - 19_000_001) && is_calm(now - 21_000_001));
        assert!(
            !is_calm(9 * SECOND_NS) && is_calm(7 * SECOND_NS),
            "a file system with whole seconds"
        );
        assert!(!is_calm(now + 1), "the future");
    }
}
