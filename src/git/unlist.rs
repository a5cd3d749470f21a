//! Taking files out of the index, the only thing that git writes for us. It is done by a repository
//! of our own with the index of the user's, so that no setting of theirs has a say: git knows more
//! and more ways to name a hook.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use super::Repository;
use super::ask::{Asker, Question, ask};
use crate::host::alone;
use crate::host::{Directory, Kind, files, stamp};
use crate::values::fault::Fault;

/// A command line holds only so much.
const AT_ONCE: usize = 500;

/// An index in several files becomes one: git would write the others beside our own configuration.
const HEAD: [&str; 5] = [
    "-c",
    "core.splitIndex=false",
    "update-index",
    "--force-remove",
    "--",
];

/// The permissions of a copy in our own repository, where a second name can't be given.
const PRIVATE: u32 = 0o600;

/// The beginning of the names of files that hold a part of an index.
const SHARED: &str = "sharedindex.";

impl Repository {
    /// Takes files, named relative to the top, out of the index, and leaves them where they are.
    pub fn unlist(&self, paths: &[PathBuf], asker: Asker<'_>) -> Result<(), Fault> {
        self.require_own(asker)?;
        if stamp::of_link(&self.index).is_none_or(|stamp| stamp.kind != Kind::File) {
            return Err(Fault::new(format!(
                "`{}` is no regular file",
                self.index.display()
            )));
        }
        let scratch =
            alone::scratch_directory(asker.user).map_err(|error| Fault::new(error.to_string()))?;
        let done = self.furnish(&scratch, asker).is_ok()
            && paths
                .chunks(AT_ONCE)
                .all(|some| self.take(some, &scratch, asker));
        let _ = files::remove_tree(&scratch);
        let failed =
            || Fault::new(format!("git can't write `{}`", self.index.display())).hint("git status");
        done.then_some(()).ok_or_else(failed)
    }

    fn take(&self, paths: &[PathBuf], scratch: &Path, asker: Asker<'_>) -> bool {
        let objects = self.common.join("objects");
        let elsewhere = [("GIT_DIR", scratch), ("GIT_OBJECT_DIRECTORY", &objects)];
        let args: Vec<&OsStr> = HEAD
            .iter()
            .map(OsStr::new)
            .chain(paths.iter().map(|path| path.as_os_str()))
            .collect();
        ask(
            self,
            asker,
            Question {
                directory: &self.top,
                args: &args,
                elsewhere: &elsewhere,
            },
        )
        .is_some()
    }

    /// Makes a directory a repository with the format of this one, and no other setting.
    fn furnish(&self, scratch: &Path, asker: Asker<'_>) -> io::Result<()> {
        let format = ["rev-parse", "--show-object-format"].map(OsStr::new);
        let said = ask(
            self,
            asker,
            Question {
                directory: &self.top,
                args: &format,
                elsewhere: &[],
            },
        );
        let is_long = said.is_some_and(|said| said.trim_ascii() == b"sha256");
        let config: &str = if is_long {
            "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectformat = sha256\n"
        } else {
            ""
        };
        files::write_new(&scratch.join("config"), config.as_bytes())?;
        files::write_new(&scratch.join("HEAD"), b"ref: refs/heads/none\n")?;
        files::make_directories(&scratch.join("refs"))?;
        let (from, to) = (Directory::open(&self.own)?, Directory::open(scratch)?);
        let is_shared = |name: &OsString| name.as_encoded_bytes().starts_with(SHARED.as_bytes());
        files::names(&self.own)
            .iter()
            .filter(|name| is_shared(name))
            .try_for_each(|name| to.link_from(&from, name, name, PRIVATE))
    }
}
