//! An edit: a file as it was and as it is to be. It is applied whole, with the mode and owner that the file has, and
//! only where the file is still as it was. Decides nothing about content.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::fault::Fault;
use crate::host::{Directory, files, stamp};

/// A change of one file. Nothing before: it is made; nothing after: it is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) path: PathBuf,
    pub(crate) before: Option<Vec<u8>>,
    pub(crate) after: Option<Vec<u8>>,
    /// Whether a file that is made can be executed.
    pub(crate) executable: bool,
}

impl Edit {
    /// Returns whether there is anything to do.
    pub(crate) fn is_needed(&self) -> bool {
        self.before != self.after
    }

    /// Returns the directories above the file that would have to be made, the highest first.
    pub(crate) fn missing_directories(&self) -> Vec<PathBuf> {
        let above = self.path.ancestors().skip(1);
        let mut missing: Vec<PathBuf> =
            above.take_while(|path| stamp::of_link(path).is_none()).map(Path::to_owned).collect();
        missing.reverse();
        missing
    }

    /// Carries the edit out.
    pub(crate) fn apply(&self) -> Result<()> {
        if files::read(&self.path)? != self.before {
            return Err(Fault::new(format!("`{}` changed meanwhile", self.path.display())).hint("try again").into());
        }
        match (&self.before, &self.after) {
            (_, None) => files::remove(&self.path).map(drop),
            (None, Some(bytes)) => files::write_public(&self.path, bytes, self.executable),
            (Some(_), Some(bytes)) => self.replace(bytes),
        }
    }

    fn replace(&self, bytes: &[u8]) -> Result<()> {
        let place = self.path.parent().zip(self.path.file_name()).zip(stamp::of(&self.path));
        let ((parent, name), like) = place.with_context(|| format!("cannot write `{}`", self.path.display()))?;
        let written = Directory::open(parent).and_then(|directory| directory.replace(name, bytes, &like));
        written.with_context(|| format!("cannot write `{}`", self.path.display()))
    }
}
