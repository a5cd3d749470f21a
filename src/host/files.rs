//! Reading and writing whole files. What is written appears at once, whole, through a temporary
//! file and a rename.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use rustix::fs::{Access, AtFlags, CWD, Mode, OFlags};

use super::stamp::{Kind, Stamp};

/// Nobody writes a larger file by hand, and no module is larger.
pub const LARGEST: u64 = 64 * 1024 * 1024;

/// Nobody writes a larger configuration by hand.
const SMALL: u64 = 1024 * 1024;

/// A file that changes while it is read is read again so often.
const MOST_READINGS: usize = 100;

/// Reads a file; one that does not exist is nothing.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    Ok(read_stamped(path)?.map(|(bytes, _)| bytes))
}

/// Reads a file with the stamp that these very bytes had.
pub fn read_stamped(path: &Path) -> Result<Option<(Vec<u8>, Stamp)>> {
    read_up_to(LARGEST, path)
}

/// As `read_stamped`, of what a person writes by hand: where somebody else wrote it, a larger file
/// must not cost anything.
pub fn read_small(path: &Path) -> Result<Option<(Vec<u8>, Stamp)>> {
    read_up_to(SMALL, path)
}

fn read_up_to(most: u64, path: &Path) -> Result<Option<(Vec<u8>, Stamp)>> {
    match read_stable(path, most) {
        Ok(read) => Ok(Some(read)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

fn read_stable(path: &Path, most: u64) -> io::Result<(Vec<u8>, Stamp)> {
    for _ in 0..MOST_READINGS {
        let (mut file, before) = open(path, most)?;
        let mut bytes = Vec::with_capacity(usize::try_from(before.size).unwrap_or_default());
        // What the system makes up as it is read says that it holds nothing.
        Read::by_ref(&mut file)
            .take(most + 1)
            .read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            return Err(too_large(most));
        }
        if Stamp::from(rustix::fs::fstat(&file)?) == before {
            return Ok((bytes, before));
        }
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        "it changes all the time",
    ))
}

/// Returns whether the error says that a file is larger than what is read.
pub fn is_too_large(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::FileTooLarge)
}

fn too_large(most: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is larger than {} MiB", most / SMALL),
    )
}

/// Opens a regular file; a pipe or a device is an error, and never waited for.
fn open(path: &Path, most: u64) -> io::Result<(File, Stamp)> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let stamp = Stamp::from(rustix::fs::fstat(&file)?);
    match stamp.kind {
        Kind::File if stamp.size <= most => Ok((file, stamp)),
        Kind::File => Err(too_large(most)),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no regular file",
        )),
    }
}

/// Reads a file as text; one that does not exist, can't be read or is not UTF-8 is nothing.
pub fn text(path: &Path) -> Option<String> {
    String::from_utf8(read(path).ok()??).ok()
}

/// As `text`, of what a person writes by hand.
pub fn small_text(path: &Path) -> Option<String> {
    String::from_utf8(read_small(path).ok()??.0).ok()
}

/// Returns whether there is a file that nobody wrote by hand, by its size.
pub fn is_beyond_small(stamp: &Stamp) -> bool {
    stamp.size > SMALL
}

/// Returns whether the error says that there is no such file.
pub fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Writes a file that only the user may read, in a directory that only the user may enter.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    make_directories(path.parent().unwrap_or(Path::new("/")))?;
    write_beside(path, bytes, 0o600, |temporary| fs::rename(temporary, path))
}

/// Writes a file that only the user may read in its place, where a reader may see a part of it. It
/// is never emptied first: ext4 brings a file that was emptied, or replaced by a rename, to the
/// disk at once, which costs ten times as much.
pub fn write_in_place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)
}

/// Writes a file that must not exist yet.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put_new(path, bytes, 0o666)
}

fn put_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    write_beside(path, bytes, mode, |temporary| {
        fs::hard_link(temporary, path)?;
        fs::remove_file(temporary)
    })
}

/// Writes a public file, over another if need be, making the directories above it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))
        .and_then(|()| write_beside(path, bytes, 0o666, |temporary| fs::rename(temporary, path)));
    written.with_context(|| format!("cannot write `{}`", path.display()))
}

/// Removes a directory that holds nothing.
pub fn remove_empty(path: &Path) {
    let _ = fs::remove_dir(path);
}

/// Writes a file under another name, and lets `put` move it to its place; leaves nothing behind
/// where that fails.
fn write_beside(
    path: &Path,
    bytes: &[u8],
    mode: u32,
    put: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let temporary = beside(path);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&temporary)?;
    let done = file.write_all(bytes).and_then(|()| put(&temporary));
    done.inspect_err(|_| drop(fs::remove_file(&temporary)))
}

/// Returns a name in the same directory that no other process uses.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default();
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(
        ".{}.{:x}",
        std::process::id(),
        super::clock::now_ns()
    ));
    path.with_file_name(temporary)
}

/// Removes a file; whether there was one.
pub fn remove(path: &Path) -> Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if is_absent(&error) => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot remove `{}`", path.display())),
    }
}

/// Removes a directory of our own with everything in it, links themselves and not what they lead
/// to.
pub fn remove_tree(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Renames a file.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Makes a directory and those above it.
pub fn make_directories(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes a directory that must not exist yet, and that only the user may enter.
pub fn make_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// Makes a directory that nobody else uses, under the system's place for temporary files.
pub fn scratch_directory() -> io::Result<PathBuf> {
    let path = beside(&std::env::temp_dir().join("pydevenv"));
    make_private(&path)?;
    path.canonicalize()
}

/// Returns the names in a directory, sorted; none where it can't be read.
pub fn names(path: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut names: Vec<OsString> = entries.map(|entry| entry.file_name()).collect();
    names.sort();
    names
}

/// Returns the path with every link resolved, where all of it exists.
pub fn canonical(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

/// Returns where a link leads, by its own word.
pub fn target_of(link: &Path) -> Option<PathBuf> {
    fs::read_link(link).ok()
}

/// Returns whether this user may write to a path, on a file system that may be written.
pub fn is_writable(path: &Path) -> bool {
    rustix::fs::accessat(CWD, path, Access::WRITE_OK, AtFlags::empty()).is_ok()
}

/// Returns whether this user may execute a file.
pub fn is_executable(path: &Path) -> bool {
    rustix::fs::accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS).is_ok()
}

/// Returns whether the file system of a path keeps modes: where it does not, every file looks open
/// to everyone.
pub fn keeps_modes(path: &Path) -> bool {
    /// FAT, exFAT, NTFS (two drivers), CIFS, SMB 2, 9P (the drives of WSL), `VirtualBox` shares.
    #[cfg(target_os = "linux")]
    const WITHOUT: [u64; 8] = [
        0x4d44,
        0x2011_bab0,
        0x5346_544e,
        0x7366_746e,
        0xff53_4d42,
        0xfe53_4d42,
        0x0102_1997,
        0x786f_4256,
    ];
    #[cfg(target_os = "linux")]
    if let Ok(stat) = rustix::fs::statfs(path) {
        return !WITHOUT.contains(&(stat.f_type.cast_unsigned() & 0xffff_ffff));
    }
    let _ = path;
    true
}

/// Marks a file as used now.
pub fn touch(path: &Path) {
    let now = SystemTime::now();
    let times = fs::FileTimes::new().set_modified(now).set_accessed(now);
    let _ = File::options()
        .write(true)
        .open(path)
        .and_then(|file| file.set_times(times));
}

/// Makes an empty file that was written at this time, in nanoseconds since 1970.
pub fn write_dated(path: &Path, mtime_ns: i64) -> io::Result<()> {
    let span = std::time::Duration::from_nanos(mtime_ns.unsigned_abs());
    let time = if mtime_ns < 0 {
        SystemTime::UNIX_EPOCH - span
    } else {
        SystemTime::UNIX_EPOCH + span
    };
    write_private(path, b"")?;
    File::options()
        .write(true)
        .open(path)?
        .set_times(fs::FileTimes::new().set_modified(time))
}

/// Returns whether a file begins with these bytes.
pub fn starts_with(path: &Path, bytes: &[u8]) -> bool {
    let mut head = vec![0; bytes.len()];
    open(path, u64::MAX)
        .and_then(|(mut file, _)| file.read_exact(&mut head))
        .is_ok_and(|()| head == bytes)
}
