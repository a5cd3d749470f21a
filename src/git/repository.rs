//! A repository as its files show it: where the checkout is, where git keeps what it knows of it,
//! whose all that is, and whether it belongs together. Found without git, which would believe more.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::ask::{self, Asker, Question, ask, is_vouched_for};
use super::{costly, dot_git, worktree};
use crate::env::Env;
use crate::host::{Kind, files, stamp};
use crate::values::fault::Fault;

/// A checkout with its repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The directory that paths of the index are relative to.
    pub top: PathBuf,
    /// What git keeps of this checkout, links resolved.
    pub(super) own: PathBuf,
    /// What all worktrees share, links resolved.
    pub common: PathBuf,
    /// The index, where git tells its hooks that it is another.
    pub(super) index: PathBuf,
}

impl Repository {
    /// Returns the repository of a checkout, where the directory is one.
    pub fn of(top: &Path) -> Option<Self> {
        Self::kept_in(&dot_git::directory(top)?, top)
    }

    fn kept_in(directory: &Path, top: &Path) -> Option<Self> {
        let own = files::canonical(directory)?;
        stamp::of_link(&own.join("HEAD"))?;
        let common = dot_git::named(&own.join("commondir"), b"");
        let common = common.map_or_else(
            || Some(own.clone()),
            |path| files::canonical(&own.join(path)),
        )?;
        Some(Self {
            top: top.to_owned(),
            index: own.join("index"),
            own,
            common,
        })
    }

    /// Returns the repository that a directory lies in, on its own file system.
    pub fn around(directory: &Path) -> Option<Self> {
        let directory = files::canonical(directory)?;
        let device = stamp::of(&directory)?.dev;
        let is_near = |path: &&Path| stamp::of(path).is_some_and(|stamp| stamp.dev == device);
        directory.ancestors().take_while(is_near).find_map(Self::of)
    }

    /// Returns the repository that a hook of git's is called for: it is told which, where no file
    /// says it, and the index that a commit of some files is made from.
    pub fn of_hook(directory: &Path, env: &Env) -> Option<Self> {
        let told = |name| env.filled(name).map(Path::new);
        let named = || {
            let top =
                files::canonical(&directory.join(told("GIT_WORK_TREE").unwrap_or(Path::new(""))))?;
            Self::kept_in(&directory.join(told("GIT_DIR")?), &top)
        };
        let mut found = Self::around(directory).or_else(named)?;
        let index = told("GIT_INDEX_FILE").map(|index| found.top.join(index));
        // One that lies elsewhere is not this repository's.
        let resolved = index
            .and_then(|index| Some(files::canonical(index.parent()?)?.join(index.file_name()?)));
        found.index = resolved
            .filter(|index| index.parent() == Some(&found.own))
            .unwrap_or(found.index);
        Some(found)
    }

    /// Returns what git is told of where all this is, so that it neither looks for it nor believes
    /// a configuration.
    pub(super) fn places(&self) -> [(&'static str, &Path); 3] {
        [
            ("GIT_DIR", &self.own),
            ("GIT_WORK_TREE", &self.top),
            ("GIT_INDEX_FILE", &self.index),
        ]
    }

    /// Returns what of the repository belongs to somebody else, and to whom, unless the user told
    /// git that it is safe. Git looks at the first four; that root asks for the user who became it
    /// is git's rule, too. Root's are nobody else's.
    pub(super) fn stranger(&self, asker: Asker<'_>) -> Option<(PathBuf, u32)> {
        let sudo = asker.env.get("SUDO_UID").filter(|_| asker.user.uid == 0);
        let sudo: Option<u32> = sudo.and_then(|uid| uid.to_str()?.parse().ok());
        let is_own = |uid: u32| uid == 0 || uid == asker.user.uid || Some(uid) == sudo;
        let config = [&self.own, &self.common].map(|directory| directory.join("config"));
        let paths = [
            self.top.clone(),
            self.top.join(dot_git::NAME),
            self.own.clone(),
            self.common.clone(),
        ];
        let all = paths.into_iter().chain(config).chain([self.index.clone()]);
        let mut owners = all.flat_map(|path| {
            let stamps = [stamp::of_link(&path), stamp::of(&path)];
            stamps
                .into_iter()
                .flatten()
                .map(move |stamp| (path.clone(), stamp.uid))
        });
        owners
            .find(|(_, uid)| !is_own(*uid))
            .filter(|_| !is_vouched_for(&self.top, asker))
    }

    /// Returns why git is not asked, where it is not.
    pub fn refusal(&self, asker: Asker<'_>) -> Option<Fault> {
        self.refusal_in(&self.top, asker)
    }

    /// Returns why git is not asked about a directory of it.
    pub(super) fn refusal_in(&self, directory: &Path, asker: Asker<'_>) -> Option<Fault> {
        self.strangeness(asker)
            .or_else(|| costly::refusal(self, directory))
            .or_else(|| ask::silence(self))
    }

    fn strangeness(&self, asker: Asker<'_>) -> Option<Fault> {
        let (path, uid) = self.stranger(asker)?;
        let what = format!(
            "`{}` belongs to user {uid}: git is not asked",
            path.display()
        );
        let top = self.top.display().to_string();
        let quoted = shlex::try_quote(&top).unwrap_or_default().into_owned();
        Some(Fault::new(what).hint(format!(
            "if that is no stranger: git config --global --add safe.directory {quoted}"
        )))
    }

    /// Fails where `.git` leads to what is not this checkout's, so that nothing may be written
    /// there: git would believe any file, and a link.
    pub fn require_own(&self, asker: Asker<'_>) -> Result<(), Fault> {
        if let Some(fault) = self.refusal(asker) {
            return Err(fault);
        }
        let is_own = match stamp::of_link(&self.top.join(dot_git::NAME)).map(|stamp| stamp.kind) {
            Some(Kind::Directory) => self.common == self.own,
            Some(Kind::File) => {
                let is_worktree =
                    worktree::common_of(&self.top).is_some_and(|common| common == self.common);
                is_worktree || self.is_named_by_itself(asker)
            }
            _ => false,
        };
        if is_own {
            return Ok(());
        }
        let what = format!(
            "`{}` leads to `{}`, which does not lead back",
            self.top.join(dot_git::NAME).display(),
            self.own.display()
        );
        Err(Fault::new(what)
            .hint("a repository that is kept apart names its checkout: `core.worktree`"))
    }

    /// Returns whether the repository of a submodule, or one that is kept apart, says that its
    /// checkout is this one.
    fn is_named_by_itself(&self, asker: Asker<'_>) -> bool {
        let is_here = |file: PathBuf| {
            let args = ["config", "--no-includes", "--file"]
                .map(OsStr::new)
                .into_iter()
                .chain([file.as_os_str()]);
            let args: Vec<&OsStr> = args
                .chain(["--get", "core.worktree"].map(OsStr::new))
                .collect();
            let said = ask(
                self,
                asker,
                Question {
                    directory: &self.top,
                    args: &args,
                    elsewhere: &[],
                },
            );
            let path = said
                .as_deref()
                .and_then(dot_git::path)
                .map(|path| self.own.join(path));
            path.and_then(|path| files::canonical(&path))
                .is_some_and(|path| Some(path) == files::canonical(&self.top))
        };
        ["config.worktree", "config"]
            .iter()
            .any(|name| is_here(self.own.join(name)))
    }
}
