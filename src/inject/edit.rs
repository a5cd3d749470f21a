//! An edit: a file as it was and as it is to be. It is applied whole, with the mode and owner that
//! the file has, and only where the file is still as it was. Decides nothing about content.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::host::{Directory, files, stamp};
use crate::values::fault::Fault;

/// A change of one file. Nothing before: it is made; nothing after: it is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub path: PathBuf,
    pub before: Option<Vec<u8>>,
    pub after: Option<Vec<u8>>,
    /// Whether a file that is made can be executed.
    pub executable: bool,
}

impl Edit {
    /// Returns whether there is anything to do.
    pub fn is_needed(&self) -> bool {
        self.before != self.after
    }

    /// Returns the directories above the file that would have to be made, the highest first.
    pub fn missing_directories(&self) -> Vec<PathBuf> {
        let above = self.path.ancestors().skip(1);
        let mut missing: Vec<PathBuf> = above
            .take_while(|path| stamp::of_link(path).is_none())
            .map(Path::to_owned)
            .collect();
        missing.reverse();
        missing
    }

    /// Carries the edit out, in a directory that is reached through no link: the path has none,
    /// unless somebody swapped one in since it was looked at.
    pub fn apply(&self) -> Result<()> {
        let failed = || format!("cannot write `{}`", self.path.display());
        let (parent, name) = self
            .path
            .parent()
            .zip(self.path.file_name())
            .with_context(failed)?;
        let below = parent.strip_prefix("/").with_context(failed)?;
        let root = Directory::open(Path::new("/")).with_context(failed)?;
        let opened = if self.before.is_none() && self.after.is_some() {
            root.make(below)
        } else {
            root.descend(below)
        };
        let directory = opened.with_context(failed)?;
        let absent = |error| {
            if files::is_absent(&error) {
                Ok(None)
            } else {
                Err(error)
            }
        };
        let current = directory.read(name).map(Some).or_else(absent);
        let (bytes, like) = current.with_context(failed)?.unzip();
        if bytes != self.before {
            return Err(
                Fault::new(format!("`{}` changed meanwhile", self.path.display()))
                    .hint("try again")
                    .into(),
            );
        }
        match (like, &self.after) {
            (None, None) => Ok(()),
            (Some(_), None) => directory.remove(name),
            (None, Some(bytes)) => directory.write_new(name, bytes, self.executable),
            (Some(like), Some(bytes)) => directory.replace(name, bytes, &like),
        }
        .with_context(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(path: &Path, before: Option<&str>, after: Option<&str>) -> Edit {
        let bytes = |text: Option<&str>| text.map(|text| text.as_bytes().to_vec());
        Edit {
            path: path.to_owned(),
            before: bytes(before),
            after: bytes(after),
            executable: false,
        }
    }

    #[test]
    fn an_edit_is_made_in_a_directory_that_no_link_leads_to() {
        let scratch = files::canonical(&files::scratch_directory().unwrap()).unwrap();
        let path = scratch.join("deep/.vscode/settings.json");
        edit(&path, None, Some("a")).apply().unwrap();
        edit(&path, Some("a"), Some("b")).apply().unwrap();
        assert!(
            edit(&path, Some("a"), Some("c")).apply().is_err()
                && edit(&path, None, Some("c")).apply().is_err()
        );
        assert_eq!(files::text(&path).as_deref(), Some("b"));
        // `/proc/self` and `root` in it are links that every Linux has.
        let linked = Path::new("/proc/self/root").join(path.strip_prefix("/").unwrap());
        if files::text(&linked).is_some() {
            let beside = linked.with_file_name("new.json");
            assert!(edit(&linked, Some("b"), Some("c")).apply().is_err());
            assert!(
                edit(&linked, Some("b"), None).apply().is_err()
                    && edit(&beside, None, Some("c")).apply().is_err()
            );
            assert_eq!(
                (files::text(&path).as_deref(), files::text(&beside)),
                (Some("b"), None)
            );
        }
        edit(&path, Some("b"), None).apply().unwrap();
        assert_eq!(files::text(&path), None);
        files::remove_tree(&scratch).unwrap();
    }
}
