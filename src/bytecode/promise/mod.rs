//! Keeps a profile's promise about bytecode before a command runs: looks, makes harmless what
//! Python would believe too easily, falls back to a prefix of our own where that is impossible, and
//! says what the fill has to do.
//!
//! It neither starts the fill nor prints: the caller does, from the value that it returns.

mod sight;

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::bytecode::apart::Place;
use crate::bytecode::arm::Armed;
use crate::bytecode::fill::Request;
use crate::bytecode::guests::{Guests, Unkept};
use crate::bytecode::rewriter::Rewriter;
use crate::bytecode::seeds;
use crate::bytecode::survey::{Hidden, LinkOut, Seen};
use crate::bytecode::sweep::{Extent, Sweep};
use crate::env::Env;
use crate::git::Asker;
use crate::host::{Memory, Tally, files, stamp};
use crate::python::interpreter::Interpreter;
use crate::python::policy::Policy;
use crate::tree::scope::Scope;
use crate::tree::tracked::Tracked;
use crate::values::digest;
use crate::values::user::User;

/// What the promise is about.
#[derive(Clone, Debug)]
pub struct Promise<'a> {
    pub policy: Policy,
    pub project: PathBuf,
    pub scope: Scope,
    /// What is imported from besides, of which bytecode is made harmless and nothing else is
    /// touched.
    pub guests: Guests,
    /// The prefix that is in force already: the caller's, or one that the interpreter presets.
    pub prefix: Option<PathBuf>,
    /// The prefix of our own, to fall back to; nothing where the user has no cache directory.
    pub own_prefix: Option<PathBuf>,
    /// The interpreter that the command will use, where it is known.
    pub interpreter: Option<Interpreter>,
    pub optimize: u8,
    /// The directories of packages that the interpreter imports from.
    pub site_packages: Vec<PathBuf>,
    pub fill: bool,
    /// The pytest whose files are filled too.
    pub rewriter: Option<Rewriter>,
    pub user: User,
    /// The caller's environment, without what the project adds: git is found and run in it.
    pub env: &'a Env,
    pub memory: &'a Memory,
}

/// What a person should hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Bytecode that could not be replaced.
    Unwritable {
        path: PathBuf,
        reason: io::ErrorKind,
    },
    /// A directory that can't be written.
    ReadOnly(PathBuf),
    /// Bytecode that could not be looked at.
    Hidden(Hidden),
    /// Bytecode that git tracks.
    Tracked(Vec<PathBuf>),
    /// For one of these reasons a prefix of our own is used.
    KeptApart(Box<Notice>),
    /// For one of these reasons it should be, but the user has no cache directory.
    NoPlace(Box<Notice>),
    /// Bytecode that is imported although its source is gone.
    Sourceless(Vec<PathBuf>),
    LinkOut(LinkOut),
    /// Bytecode that could not be removed.
    NotRemoved {
        path: PathBuf,
        reason: io::ErrorKind,
    },
    /// Bytecode that was to be removed, but git tracks it.
    Spared(Vec<PathBuf>),
    /// Directories of bytecode that were to be cleared, but are links.
    LinkStays(Vec<PathBuf>),
    /// A place besides the project whose bytecode is left as it is.
    Unkept {
        path: PathBuf,
        why: Unkept,
    },
}

/// What was done, and what is left to do.
#[derive(Debug, Default)]
pub struct Kept {
    /// The prefix that the command must be given.
    pub prefix: Option<PathBuf>,
    pub notices: Vec<Notice>,
    /// What concerns the whole shell, and is said once in it.
    pub once: Vec<Notice>,
    /// The fill to start, with its key.
    pub fill: Option<(Request, String)>,
}

impl Promise<'_> {
    /// Keeps the promise.
    pub fn keep(&self) -> Kept {
        let mut kept = match self.policy {
            Policy::Cached => return Kept::default(),
            Policy::None => self.remove_all(),
            Policy::Verified | Policy::Checked => self.verify(),
            Policy::Isolated => self.isolate(None, Vec::new()),
        };
        self.place().remember(kept.prefix.as_deref());
        let unkept = self.guests.unkept.iter();
        kept.once.extend(unkept.map(|(path, why)| Notice::Unkept {
            path: path.clone(),
            why: *why,
        }));
        kept
    }

    /// Makes harmless what Python would believe in another place than that where the promise was
    /// kept, because the command itself has its bytecode read there; returns what stands in the
    /// way.
    pub fn keep_in(&self, prefix: Option<&Path>) -> Option<Notice> {
        if self.policy == Policy::Cached {
            return None;
        }
        let (seen, armed) = self.settle(prefix, false);
        self.blocked(&seen, &armed)
    }

    /// Returns where it is remembered which prefix it took to keep the promise.
    pub fn place(&self) -> Place<'_> {
        let bytes = |path: Option<&Path>| {
            path.map(|path| path.as_os_str().as_bytes().to_vec())
                .unwrap_or_default()
        };
        let parts = [
            bytes(Some(&self.project)),
            bytes(self.prefix.as_deref()),
            self.policy.word().into(),
        ];
        Place {
            memory: self.memory,
            key: digest::key(parts.iter().map(Vec::as_slice)),
        }
    }

    /// Removes the project's bytecode, wherever this profile keeps any.
    pub fn clear(&self, extent: Extent) -> Vec<Notice> {
        let own = self
            .own_prefix
            .as_deref()
            .filter(|own| stamp::is_directory(own));
        let places = [Some(None), self.prefix.as_deref().map(Some), own.map(Some)];
        places
            .into_iter()
            .flatten()
            .flat_map(|prefix| self.cleared(prefix, extent))
            .collect()
    }

    fn cleared(&self, prefix: Option<&Path>, extent: Extent) -> Vec<Notice> {
        let sweep = self.sweep_of(prefix, extent);
        let links = sweep.links.clone();
        let mut notices = self.sweep(sweep, prefix);
        notices.extend((!links.is_empty()).then_some(Notice::LinkStays(links)));
        notices
    }

    fn remove_all(&self) -> Kept {
        let prefix = self.prefix.as_deref();
        let obstacles = self.sweep(self.sweep_of(prefix, Extent::All), prefix);
        // A sweep follows no link: what Python would believe behind one is made harmless as under
        // any other policy.
        let (seen, armed) = self.settle(prefix, true);
        let mut notices = self.reported(&seen);
        let Some(obstacle) = obstacles
            .into_iter()
            .next()
            .or_else(|| self.obstacle(&seen, &armed))
        else {
            let fill = self.request(None, &Seen::default(), Armed::default(), prefix);
            return Kept {
                notices,
                fill,
                ..Kept::default()
            };
        };
        let Some(own) = &self.own_prefix else {
            notices.push(Notice::NoPlace(Box::new(obstacle)));
            return Kept {
                notices,
                ..Kept::default()
            };
        };
        // A prefix without the project's part has none of its bytecode either, and nothing fills
        // that part.
        self.drop_changed_seeds(own);
        notices.extend(self.sweep(self.sweep_of(Some(own), Extent::All), Some(own)));
        notices.push(Notice::KeptApart(Box::new(obstacle)));
        let fill = self.request(None, &Seen::default(), Armed::default(), Some(own));
        Kept {
            notices,
            fill,
            prefix: Some(own.clone()),
            ..Kept::default()
        }
    }

    /// Removes bytecode that git does not track; returns what stands in the way.
    fn sweep(&self, mut sweep: Sweep, prefix: Option<&Path>) -> Vec<Notice> {
        let tracked = self.tracked(sweep.directories(), prefix);
        let spared = sweep.spare(&tracked);
        let failed = sweep
            .apply(false, &Tally::default())
            .failed
            .into_iter()
            .take(1);
        let mut notices: Vec<Notice> = failed
            .map(|(path, reason)| Notice::NotRemoved { path, reason })
            .collect();
        notices.extend((!spared.is_empty()).then_some(Notice::Spared(spared)));
        notices
    }

    pub(in crate::bytecode) fn sweep_of(&self, prefix: Option<&Path>, extent: Extent) -> Sweep {
        Sweep::of(&self.scope_for(prefix), prefix, extent)
    }

    /// Returns who asks git.
    pub fn asker(&self) -> Asker<'_> {
        Asker {
            env: self.env,
            user: self.user,
        }
    }

    /// Looks up what git tracks in directories of bytecode; nothing below our own prefix is
    /// anybody's work.
    pub fn tracked<'p>(
        &self,
        directories: impl Iterator<Item = &'p Path>,
        prefix: Option<&Path>,
    ) -> Tracked {
        let is_ours = prefix.is_some() && prefix == self.own_prefix.as_deref();
        if is_ours {
            Tracked::default()
        } else {
            Tracked::in_repositories_of(directories, self.asker())
        }
    }

    fn verify(&self) -> Kept {
        let prefix = self.prefix.as_deref();
        let (seen, armed) = self.settle(prefix, true);
        let notices = self.reported(&seen);
        let obstacle = self.obstacle(&seen, &armed);
        if obstacle.is_some() {
            return self.isolate(obstacle, notices);
        }
        let fill = self.request(Some(&self.scope_for(prefix)), &seen, armed, prefix);
        Kept {
            notices,
            fill,
            ..Kept::default()
        }
    }

    fn reported(&self, seen: &Seen) -> Vec<Notice> {
        let sourceless =
            (!seen.sourceless.is_empty()).then(|| Notice::Sourceless(seen.sourceless.clone()));
        sourceless
            .into_iter()
            .chain(seen.links_out.iter().cloned().map(Notice::LinkOut))
            .collect()
    }

    /// Returns why the trees can't be kept as the policy wants them.
    pub(in crate::bytecode) fn obstacle(&self, seen: &Seen, armed: &Armed) -> Option<Notice> {
        let wants_to_write = self.prefix.is_none() && self.policy == Policy::Verified && self.fill;
        let is_closed = |root: &&PathBuf| stamp::is_directory(root) && !files::is_writable(root);
        let closed = || {
            self.scope
                .filled
                .iter()
                .filter(|_| wants_to_write)
                .find(is_closed)
                .cloned()
        };
        self.blocked(seen, armed)
            .or_else(|| closed().map(Notice::ReadOnly))
    }

    /// Returns what could not be made harmless, or not be looked at.
    fn blocked(&self, seen: &Seen, armed: &Armed) -> Option<Notice> {
        if let Some((path, reason)) = armed.failed.first() {
            return Some(Notice::Unwritable {
                path: path.clone(),
                reason: *reason,
            });
        }
        if !armed.tracked.is_empty() {
            return Some(Notice::Tracked(armed.tracked.clone()));
        }
        seen.hidden.first().cloned().map(Notice::Hidden)
    }

    /// Keeps bytecode in a prefix of our own: because the policy says so, or because something
    /// stands in the way.
    fn isolate(&self, obstacle: Option<Notice>, mut notices: Vec<Notice>) -> Kept {
        let Some(own) = &self.own_prefix else {
            notices.extend(obstacle.map(|obstacle| Notice::NoPlace(Box::new(obstacle))));
            return Kept {
                notices,
                ..Kept::default()
            };
        };
        self.drop_changed_seeds(own);
        let (seen, armed) = self.settle(Some(own), obstacle.is_none());
        if obstacle.is_none() {
            notices.extend(self.reported(&seen));
        }
        notices.extend(obstacle.map(|obstacle| Notice::KeptApart(Box::new(obstacle))));
        let fill = self.request(Some(&self.scope_for(Some(own))), &seen, armed, Some(own));
        Kept {
            prefix: Some(own.clone()),
            notices,
            fill,
            ..Kept::default()
        }
    }

    fn drop_changed_seeds(&self, own: &Path) {
        self.site_packages
            .iter()
            .for_each(|site| seeds::drop_changed(site, own, self.memory));
    }
}
