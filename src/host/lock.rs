//! A lock that ends with the process that holds it, however that ends.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{FlockOperation, Mode, OFlags};

/// A held lock. Dropping it lets go.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held open, never read")] File);

/// Takes a lock, or returns nothing where another process holds it.
pub fn try_take(path: &Path) -> io::Result<Option<Lock>> {
    if let Some(parent) = path.parent() {
        super::files::make_directories(parent)?;
    }
    let flags = OFlags::CREATE | OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = File::from(rustix::fs::open(path, flags, Mode::from_raw_mode(0o600))?);
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(Lock(file))),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
