//! Bytes that are remembered under a name in the user's cache directory. Whatever is kept here may
//! be forgotten at any moment: nothing may be wrong without it, only slower. Who had no answer is
//! remembered, too, by this process alone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{files, stamp};

/// A place to remember things, or none.
#[derive(Clone, Debug)]
pub struct Memory {
    directory: Option<PathBuf>,
    writes: bool,
    /// Who had no answer.
    silent: Arc<Mutex<BTreeSet<Vec<u8>>>>,
}

impl Memory {
    /// Returns a memory in a directory; without one it remembers nothing.
    pub fn new(directory: Option<&Path>) -> Self {
        Self {
            directory: directory.map(Path::to_owned),
            writes: true,
            silent: Arc::default(),
        }
    }

    /// Returns the same memory, which takes nothing new: for runs that must leave no trace.
    pub fn closed(&self) -> Self {
        Self {
            writes: false,
            ..self.clone()
        }
    }

    /// Returns the path of an entry.
    pub fn path(&self, kind: &str, key: &str) -> Option<PathBuf> {
        self.directory
            .as_ref()
            .map(|directory| directory.join(kind).join(key))
    }

    /// Returns what was kept.
    pub fn recall(&self, kind: &str, key: &str) -> Option<Vec<u8>> {
        files::read(&self.path(kind, key)?).ok()?
    }

    /// Returns whether there is an entry.
    pub fn has(&self, kind: &str, key: &str) -> bool {
        self.path(kind, key)
            .is_some_and(|path| stamp::is_file(&path))
    }

    /// Keeps bytes for later, if that is possible.
    pub fn keep(&self, kind: &str, key: &str, bytes: &[u8]) {
        if let Some(path) = self.path(kind, key).filter(|_| self.writes) {
            let _ = files::write_private(&path, bytes);
        }
    }

    /// Keeps bytes that nobody misses, quickly: a reader may see a part of them.
    pub fn note(&self, kind: &str, key: &str, bytes: &[u8]) {
        let path = self.path(kind, key).filter(|_| self.writes);
        let written = path.as_ref().map(|path| files::write_in_place(path, bytes));
        if written.is_some_and(|written| written.is_err()) {
            self.keep(kind, key, bytes);
        }
    }

    /// Gives an entry another key; nothing where there is none.
    pub fn rename(&self, kind: &str, key: &str, other: &str) -> Option<()> {
        let (from, to) = (self.path(kind, key)?, self.path(kind, other)?);
        files::rename(&from, &to).ok()
    }

    /// Forgets an entry.
    pub fn forget(&self, kind: &str, key: &str) {
        if let Some(path) = self.path(kind, key).filter(|_| self.writes) {
            let _ = files::remove(&path);
        }
    }

    /// Asks somebody, unless they had no answer to the last question: who was waited for in vain is
    /// not waited for again.
    pub fn unless_silent<T>(&self, whom: &[u8], ask: impl FnOnce() -> Option<T>) -> Option<T> {
        let silent = || self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        if silent().contains(whom) {
            return None;
        }
        ask().or_else(|| {
            silent().insert(whom.to_vec());
            None
        })
    }

    /// Returns whether it takes anything new.
    pub fn writes(&self) -> bool {
        self.writes && self.is_somewhere()
    }

    /// Returns whether there is a place to remember things in, be the memory closed.
    pub fn is_somewhere(&self) -> bool {
        self.directory.is_some()
    }
}
