//! An open directory. Directories below it are reached through no link, and files are replaced and
//! removed by one name in it, so that nobody who swaps a directory for a link meanwhile can lead us
//! elsewhere. Only reading follows a link that is a file, as Python does.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Gid, Mode, OFlags, Uid};

use super::files::LARGEST;
use super::stamp::{Kind, Stamp};

const OPEN: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

/// What may be given to a file that we write: nothing that would have it run as somebody else.
const PERMISSIONS: u32 = 0o777;

/// The end of the names of files that we are about to rename. None of them is ever read by Python.
pub const TEMPORARY: &str = ".pydevenv-tmp";

/// An open directory and the path that led to it.
#[derive(Debug)]
pub struct Directory {
    pub path: PathBuf,
    fd: OwnedFd,
}

impl Directory {
    /// Opens a directory by its path, through links.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            fd: rustix::fs::openat(CWD, path, OPEN, Mode::empty())?,
        })
    }

    /// Opens a directory in this one, unless it is a link.
    pub fn child(&self, name: &OsStr) -> io::Result<Self> {
        let fd = rustix::fs::openat(&self.fd, name, OPEN | OFlags::NOFOLLOW, Mode::empty())?;
        Ok(Self {
            path: self.path.join(name),
            fd,
        })
    }

    /// Opens a directory further below, through no link.
    pub fn descend(&self, relative: &Path) -> io::Result<Self> {
        let is_here = relative.as_os_str().is_empty();
        if let Some(opened) = if is_here {
            None
        } else {
            self.at_once(relative)
        } {
            return opened;
        }
        let mut here = Self {
            path: self.path.clone(),
            fd: self.fd.try_clone()?,
        };
        for part in relative.components() {
            let Component::Normal(name) = part else {
                return Err(io::ErrorKind::InvalidInput.into());
            };
            here = here.child(name)?;
        }
        Ok(here)
    }

    /// Opens a directory further below, through no link, and makes what is missing of it.
    pub fn make(&self, relative: &Path) -> io::Result<Self> {
        match (
            self.descend(relative),
            relative.parent().zip(relative.file_name()),
        ) {
            (Err(error), Some((above, name))) if error.kind() == io::ErrorKind::NotFound => {
                let above = self.make(above)?;
                match rustix::fs::mkdirat(&above.fd, name, Mode::from_raw_mode(0o777)) {
                    Ok(()) | Err(rustix::io::Errno::EXIST) => above.child(name),
                    Err(error) => Err(error.into()),
                }
            }
            (opened, _) => opened,
        }
    }

    /// Has the kernel go down, where it knows how to follow no link on the way; nothing where it
    /// does not.
    #[cfg(target_os = "linux")]
    fn at_once(&self, relative: &Path) -> Option<io::Result<Self>> {
        use rustix::fs::ResolveFlags;
        use rustix::io::Errno;
        let flags = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        match rustix::fs::openat2(
            &self.fd,
            relative,
            OPEN | OFlags::NOFOLLOW,
            Mode::empty(),
            flags,
        ) {
            Ok(fd) => Some(Ok(Self {
                path: self.path.join(relative),
                fd,
            })),
            Err(Errno::NOSYS | Errno::PERM | Errno::AGAIN | Errno::NAMETOOLONG) => None,
            // As going down step by step says it.
            Err(Errno::LOOP) => Some(Err(Errno::NOTDIR.into())),
            Err(error) => Some(Err(error.into())),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn at_once(&self, _relative: &Path) -> Option<io::Result<Self>> {
        None
    }

    /// Returns the stamp of the directory itself.
    pub fn stamp(&self) -> Option<Stamp> {
        rustix::fs::fstat(&self.fd).ok().map(Stamp::from)
    }

    /// Returns the stamp of what a name, or a short relative path, leads to.
    pub fn stat(&self, name: &OsStr) -> Option<Stamp> {
        rustix::fs::statat(&self.fd, name, AtFlags::empty())
            .ok()
            .map(Stamp::from)
    }

    /// Returns the stamp of the name itself, be it a link.
    pub fn stat_link(&self, name: &OsStr) -> Option<Stamp> {
        rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)
            .ok()
            .map(Stamp::from)
    }

    /// Opens a regular file to read it, with its stamp; a pipe or a device is an error, and never
    /// waited for.
    pub fn file(&self, name: &OsStr) -> io::Result<(File, Stamp)> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(rustix::fs::openat(&self.fd, name, flags, Mode::empty())?);
        let stamp = Stamp::from(rustix::fs::fstat(&file)?);
        if stamp.kind == Kind::File {
            Ok((file, stamp))
        } else {
            Err(io::ErrorKind::InvalidInput.into())
        }
    }

    /// Reads the first bytes of a file, fewer where it is shorter, and its stamp.
    pub fn head<const N: usize>(&self, name: &OsStr) -> io::Result<(Vec<u8>, Stamp)> {
        let (mut file, stamp) = self.file(name)?;
        Ok((first(&mut file, N)?, stamp))
    }

    /// Reads a whole file; one that is larger than any that counts is an error, and not read.
    pub fn read(&self, name: &OsStr) -> io::Result<(Vec<u8>, Stamp)> {
        let (mut file, stamp) = self.file(name)?;
        if stamp.size > LARGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        // It may have grown since; asking how much there is costs two calls more.
        let size = usize::try_from(stamp.size).unwrap_or_default();
        let mut bytes = first(&mut file, size + 1)?;
        if bytes.len() > size {
            file.take(LARGEST).read_to_end(&mut bytes)?;
        }
        Ok((bytes, stamp))
    }

    /// Replaces a file by another with the permissions and the owner of this stamp, as far as this
    /// user may give them. What it was hard-linked to stays as it is.
    pub fn replace(&self, name: &OsStr, bytes: &[u8], like: &Stamp) -> io::Result<()> {
        let temporary = temporary_name(name);
        let written = self.write_temporary(&temporary, bytes, like);
        let renamed =
            written.and_then(|()| Ok(rustix::fs::renameat(&self.fd, &temporary, &self.fd, name)?));
        renamed.inspect_err(|_| drop(self.remove(&temporary)))
    }

    /// Writes a public file that must not exist yet.
    pub fn write_new(&self, name: &OsStr, bytes: &[u8], executable: bool) -> io::Result<()> {
        let temporary = temporary_name(name);
        let mode = Mode::from_raw_mode(if executable { 0o777 } else { 0o666 });
        let created = self
            .create(&temporary, mode)
            .and_then(|mut file| file.write_all(bytes));
        let linked = created.and_then(|()| {
            Ok(rustix::fs::linkat(
                &self.fd,
                &temporary,
                &self.fd,
                name,
                AtFlags::empty(),
            )?)
        });
        linked
            .and(self.remove(&temporary))
            .inspect_err(|_| drop(self.remove(&temporary)))
    }

    fn create(&self, name: &OsStr, mode: Mode) -> io::Result<File> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let create = || rustix::fs::openat(&self.fd, name, flags, mode);
        // Our own name is only taken by what a process of the same number left when it was killed.
        Ok(File::from(create().or_else(|_| {
            self.remove(name).ok().map_or_else(create, |()| create())
        })?))
    }

    fn write_temporary(&self, name: &OsStr, bytes: &[u8], like: &Stamp) -> io::Result<()> {
        let mut file = self.create(name, Mode::from_raw_mode(0o600))?;
        file.write_all(bytes)?;
        let permissions = give(&file, like) & PERMISSIONS;
        Ok(rustix::fs::fchmod(&file, Mode::from_raw_mode(permissions))?)
    }

    /// Gives a file of another directory a second name here; copies it where the two lie on
    /// different file systems, with no more permissions than these.
    pub fn link_from(&self, other: &Self, name: &OsStr, here: &OsStr, most: u32) -> io::Result<()> {
        match rustix::fs::linkat(&other.fd, name, &self.fd, here, AtFlags::empty()) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => Ok(()),
            Err(_) => {
                let (bytes, stamp) = other.read(name)?;
                self.replace(
                    here,
                    &bytes,
                    &Stamp {
                        mode: stamp.mode & most,
                        ..stamp
                    },
                )
            }
        }
    }

    /// Removes a file.
    pub fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.fd, name, AtFlags::empty())?)
    }

    /// Removes an empty directory.
    pub fn remove_directory(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.fd, name, AtFlags::REMOVEDIR)?)
    }

    /// Reads the names in this directory into a listing, in no order.
    pub fn list(&self, listing: &mut Listing) -> io::Result<()> {
        listing.clear();
        listing.read(&self.fd)?;
        for index in 0..listing.entries.len() {
            if listing.entries[index].kind.is_none() {
                let kind = self
                    .stat_link(listing.entry(index).name)
                    .map_or(Kind::Other, |stamp| stamp.kind);
                listing.entries[index].kind = Some(kind);
            }
        }
        Ok(())
    }
}

/// Gives a file the owner and the group of a stamp, and returns the mode that goes with what it
/// got: a group that was not meant may do no more than everybody.
fn give(file: &File, like: &Stamp) -> u32 {
    let (uid, gid) = (Uid::from_raw(like.uid), Gid::from_raw(like.gid));
    let owned = rustix::fs::fchown(file, Some(uid), Some(gid))
        .or_else(|_| rustix::fs::fchown(file, None, Some(gid)));
    let has_group = || rustix::fs::fstat(file).is_ok_and(|stat| Stamp::from(stat).gid == like.gid);
    if owned.is_ok() || has_group() {
        like.mode
    } else {
        like.mode & (0o707 | (like.mode & 0o007) << 3)
    }
}

fn temporary_name(name: &OsStr) -> OsString {
    let mut temporary = name.to_owned();
    temporary.push(format!(".{}{TEMPORARY}", std::process::id()));
    temporary
}

/// One name of a listing.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub name: &'a OsStr,
    pub kind: Kind,
    pub ino: u64,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    start: usize,
    end: usize,
    kind: Option<Kind>,
    ino: u64,
}

/// The names of one directory, in memory that is used again for the next one.
#[derive(Debug, Default)]
pub struct Listing {
    names: Vec<u8>,
    entries: Vec<Slot>,
    #[cfg(target_os = "linux")]
    buffer: Vec<u8>,
}

impl Listing {
    fn clear(&mut self) {
        self.names.clear();
        self.entries.clear();
    }

    /// Returns how many names there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    fn entry(&self, index: usize) -> Entry<'_> {
        let slot = &self.entries[index];
        let name = OsStr::from_bytes(&self.names[slot.start..slot.end]);
        Entry {
            name,
            kind: slot.kind.unwrap_or(Kind::Other),
            ino: slot.ino,
        }
    }

    /// Yields the names.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.entries.len()).map(|index| self.entry(index))
    }

    fn push(&mut self, name: &[u8], kind: rustix::fs::FileType, ino: u64) {
        if name == b"." || name == b".." {
            return;
        }
        let start = self.names.len();
        self.names.extend_from_slice(name);
        let kind = (kind != rustix::fs::FileType::Unknown).then(|| kind.into());
        self.entries.push(Slot {
            start,
            end: self.names.len(),
            kind,
            ino,
        });
    }

    #[cfg(target_os = "linux")]
    fn read(&mut self, fd: &OwnedFd) -> io::Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.reserve(32 * 1024);
        let mut raw = rustix::fs::RawDir::new(fd, buffer.spare_capacity_mut());
        while let Some(entry) = raw.next() {
            let entry = entry?;
            self.push(entry.file_name().to_bytes(), entry.file_type(), entry.ino());
        }
        self.buffer = buffer;
        Ok(())
    }

    #[cfg(not(target_os = "linux"))]
    fn read(&mut self, fd: &OwnedFd) -> io::Result<()> {
        for entry in rustix::fs::Dir::read_from(fd)? {
            let entry = entry?;
            self.push(entry.file_name().to_bytes(), entry.file_type(), entry.ino());
        }
        Ok(())
    }
}

/// Reads so many bytes, or what there is. One call reads it all, nearly always, and one more sees
/// the end.
fn first(file: &mut File, count: usize) -> io::Result<Vec<u8>> {
    let (mut bytes, mut length) = (vec![0; count], 0);
    while length < count {
        match file.read(&mut bytes[length..])? {
            0 => break,
            more => length += more,
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}
