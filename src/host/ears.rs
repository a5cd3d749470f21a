//! Hearing from the kernel that something happened in a directory. What it says only wakes: nobody
//! relies on what it was, so that no event that is lost, late or misread can do harm. What matters
//! is for others to say.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;

/// What is heard.
#[derive(Clone, Copy, Debug)]
pub struct Sound<'a> {
    /// The name that something happened to; nothing where it was the directory itself, or too much
    /// to tell.
    pub name: Option<&'a OsStr>,
    pub is_directory: bool,
    /// The mark that the directory was given.
    pub mark: bool,
}

/// Directories to listen at, each with a mark of the caller's.
pub type Places = BTreeMap<PathBuf, bool>;

/// An ear for directories.
#[derive(Debug)]
pub struct Ears {
    inner: inner::Ears,
}

impl Ears {
    /// Opens an ear. `hear` is called in a thread of its own.
    pub fn open(hear: impl Fn(Sound<'_>) + Send + 'static) -> io::Result<Self> {
        Ok(Self {
            inner: inner::Ears::open(hear)?,
        })
    }

    /// Listens at these directories and no others; returns whether any of them is new. A directory
    /// that is not there, or may not be read, says nothing; one that others can change without this
    /// kernel hearing of it is an error.
    pub fn listen_at(&mut self, directories: &Places) -> io::Result<bool> {
        self.inner.listen_at(directories)
    }
}

#[cfg(target_os = "linux")]
mod inner {
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStrExt;
    use std::sync::{Arc, Mutex, PoisonError};

    use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
    use rustix::io::Errno;

    use super::{BTreeMap, OsStr, Places, Sound, io};
    use crate::host::mounts::is_remote as is_silent;

    const CHANGES: WatchFlags = WatchFlags::ATTRIB
        .union(WatchFlags::CLOSE_WRITE)
        .union(WatchFlags::CREATE)
        .union(WatchFlags::DELETE)
        .union(WatchFlags::DELETE_SELF)
        .union(WatchFlags::MODIFY)
        .union(WatchFlags::MOVE)
        .union(WatchFlags::MOVE_SELF)
        .union(WatchFlags::ONLYDIR);

    #[derive(Debug)]
    pub(super) struct Ears {
        queue: Arc<OwnedFd>,
        known: Arc<Mutex<BTreeMap<i32, bool>>>,
    }

    impl Ears {
        pub(super) fn open(hear: impl Fn(Sound<'_>) + Send + 'static) -> io::Result<Self> {
            let queue = Arc::new(inotify::init(CreateFlags::CLOEXEC)?);
            let ears = Self {
                queue,
                known: Arc::default(),
            };
            let (queue, known) = (Arc::clone(&ears.queue), Arc::clone(&ears.known));
            std::thread::spawn(move || listen(&queue, &known, hear));
            Ok(ears)
        }

        pub(super) fn listen_at(&mut self, directories: &Places) -> io::Result<bool> {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let mut now = BTreeMap::new();
            for (directory, mark) in directories {
                match inotify::add_watch(&self.queue, directory, CHANGES) {
                    Ok(watch) if !known.contains_key(&watch) && is_silent(directory) => {
                        return Err(io::ErrorKind::Unsupported.into());
                    }
                    // One directory under two names counts for both.
                    Ok(watch) => *now.entry(watch).or_default() |= mark,
                    Err(Errno::NOENT | Errno::NOTDIR | Errno::ACCESS | Errno::LOOP) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            // A number is never given twice, so that one which is new is a directory that is new.
            let is_new = now.keys().any(|watch| !known.contains_key(watch));
            for gone in known.keys().filter(|watch| !now.contains_key(watch)) {
                let _ = inotify::remove_watch(&self.queue, *gone);
            }
            *known = now;
            Ok(is_new)
        }
    }

    fn listen(queue: &OwnedFd, known: &Mutex<BTreeMap<i32, bool>>, hear: impl Fn(Sound<'_>)) {
        let mut buffer = [MaybeUninit::uninit(); 16 * 1024];
        let mut events = Reader::new(queue, &mut buffer);
        loop {
            match events.next() {
                // That we ourselves stopped to listen at a directory is no news.
                Ok(event) if event.events() == ReadFlags::IGNORED => {}
                Ok(event) => {
                    let name = event
                        .file_name()
                        .map(|name| OsStr::from_bytes(name.to_bytes()));
                    let is_directory = event.events().contains(ReadFlags::ISDIR);
                    // Of one that is not known yet, it is better to hear too much.
                    let known = known.lock().unwrap_or_else(PoisonError::into_inner);
                    let mark = known.get(&event.wd()).copied().unwrap_or(true);
                    drop(known);
                    hear(Sound {
                        name,
                        is_directory,
                        mark,
                    });
                }
                Err(Errno::INTR) => {}
                Err(_) => return,
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod inner {
    use super::{Places, Sound, io};

    #[derive(Debug)]
    pub(super) struct Ears;

    impl Ears {
        pub(super) fn open(_hear: impl Fn(Sound<'_>) + Send + 'static) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub(super) fn listen_at(&mut self, _directories: &Places) -> io::Result<bool> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }
}
