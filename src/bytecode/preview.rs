//! What a run would do to bytecode, found out without touching any of it: what it would clear, what
//! it would make harmless, whether something stands in the way, so that bytecode would be kept
//! apart, and whether a fill would follow. The same facts decide as in `promise`; of what can't be
//! written, the mode of its directory speaks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::arm::{self, Armed};
use super::promise::Promise;
use super::survey::{Seen, Target};
use super::sweep::Extent;
use crate::host::{files, stamp};
use crate::python::policy::Policy;

/// What would be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// The files that would be cleared.
    pub cleared: BTreeSet<PathBuf>,
    /// The others that would be armed.
    pub armed: BTreeSet<PathBuf>,
    /// The others that would be removed, because they can't be armed, or no bytecode is to be
    /// there.
    pub removed: BTreeSet<PathBuf>,
    /// The prefix that the command would be given.
    pub prefix: Option<PathBuf>,
    /// Whether a fill would be started.
    pub fills: bool,
}

impl Preview {
    /// Returns how many files would be made harmless.
    pub fn touched(&self) -> usize {
        self.armed.len() + self.removed.len()
    }
}

/// What keeping the promise would do in one place.
#[derive(Debug, Default)]
struct Outlook {
    armed: BTreeSet<PathBuf>,
    removed: BTreeSet<PathBuf>,
    /// Whether bytecode would be kept apart.
    is_apart: bool,
    fills: bool,
}

impl Promise<'_> {
    /// Returns what clearing to this extent, if to any, and keeping the promise would do.
    pub fn preview(&self, extent: Option<Extent>) -> Preview {
        let own = self.own_prefix.as_deref();
        let places = [
            Some(None),
            self.prefix.as_deref().map(Some),
            own.filter(|own| stamp::is_directory(own)).map(Some),
        ];
        let places = places
            .into_iter()
            .flatten()
            .filter_map(|prefix| Some(self.removable(prefix, extent?).0));
        let gone: BTreeSet<PathBuf> = places.flatten().collect();
        let here = self.made_harmless(&gone);
        let own = own.filter(|_| here.is_apart);
        let there = own
            .map(|own| self.kept_apart(own, &gone))
            .unwrap_or_default();
        Preview {
            armed: here.armed.into_iter().chain(there.armed).collect(),
            removed: here.removed.into_iter().chain(there.removed).collect(),
            prefix: own.map(Path::to_owned),
            fills: if here.is_apart {
                there.fills
            } else {
                here.fills
            },
            cleared: gone,
        }
    }

    /// Adds what would be made harmless in another place, because the command itself has its
    /// bytecode read there.
    pub fn preview_in(&self, prefix: Option<&Path>, preview: &mut Preview) {
        if self.policy != Policy::Cached {
            let (_, armed) = self.foresee(prefix, &preview.cleared);
            preview.armed.extend(armed.armed);
            preview.removed.extend(armed.removed);
        }
    }

    /// Returns what would be made harmless where it is, and whether bytecode would be kept apart.
    fn made_harmless(&self, gone: &BTreeSet<PathBuf>) -> Outlook {
        let prefix = self.prefix.as_deref();
        match self.policy {
            Policy::Cached => Outlook::default(),
            Policy::Isolated => Outlook {
                is_apart: true,
                ..Outlook::default()
            },
            Policy::Verified | Policy::Checked => {
                let (seen, armed) = self.foresee(prefix, gone);
                let is_apart = self.obstacle(&seen, &armed).is_some();
                Outlook {
                    is_apart,
                    ..self.outlook(&seen, armed, prefix)
                }
            }
            Policy::None => {
                let (removed, is_blocked) = self.removable(prefix, Extent::All);
                let (seen, armed) = self.foresee(prefix, &removed);
                let is_apart = is_blocked || self.obstacle(&seen, &armed).is_some();
                let fills = self.fills(&Seen::default(), &Armed::default(), prefix);
                let mut here = self.outlook(&seen, armed, prefix);
                here.removed.extend(removed.difference(gone).cloned());
                Outlook {
                    is_apart,
                    fills,
                    ..here
                }
            }
        }
    }

    /// Returns what would be made harmless in our own prefix.
    fn kept_apart(&self, own: &Path, gone: &BTreeSet<PathBuf>) -> Outlook {
        if self.policy == Policy::None {
            let removed = self
                .removable(Some(own), Extent::All)
                .0
                .difference(gone)
                .cloned()
                .collect();
            let fills = self.fills(&Seen::default(), &Armed::default(), Some(own));
            return Outlook {
                removed,
                fills,
                ..Outlook::default()
            };
        }
        let (seen, armed) = self.foresee(Some(own), gone);
        self.outlook(&seen, armed, Some(own))
    }

    fn outlook(&self, seen: &Seen, armed: Armed, prefix: Option<&Path>) -> Outlook {
        let fills = self.fills(seen, &armed, prefix);
        let (armed, removed) = (
            armed.armed.into_iter().collect(),
            armed.removed.into_iter().collect(),
        );
        Outlook {
            armed,
            removed,
            is_apart: false,
            fills,
        }
    }

    /// Returns whether a fill would have anything to do.
    fn fills(&self, seen: &Seen, armed: &Armed, prefix: Option<&Path>) -> bool {
        let lacks = |target: &Target| !self.lacking(target, prefix).is_empty();
        self.future_target()
            .is_some_and(|target| seen.misses || armed.number() > 0 || lacks(&target))
    }

    /// Returns the bytecode that a fill would make, although nothing may be remembered now.
    fn future_target(&self) -> Option<Target> {
        self.known_target()
            .filter(|_| self.fill && self.memory.is_somewhere())
    }

    /// Surveys the scope, and finds out what would become of every doubt that is not gone by then.
    fn foresee(&self, prefix: Option<&Path>, gone: &BTreeSet<PathBuf>) -> (Seen, Armed) {
        let seen = self.see(prefix, self.future_target().as_ref(), false, Some(gone));
        let armed = arm::foresee(&seen.doubts, &self.tracked(seen.directories(), prefix));
        (seen, armed)
    }

    /// Returns what a sweep would remove, and whether anything would stay.
    fn removable(&self, prefix: Option<&Path>, extent: Extent) -> (BTreeSet<PathBuf>, bool) {
        let mut sweep = self.sweep_of(prefix, extent);
        let tracked = self.tracked(sweep.directories(), prefix);
        let spared = sweep.spare(&tracked);
        let all = sweep.len();
        let is_open = |path: &PathBuf| path.parent().is_some_and(files::is_writable);
        let open: BTreeSet<PathBuf> = sweep.paths().filter(is_open).collect();
        let is_blocked = !spared.is_empty() || open.len() < all;
        (open, is_blocked)
    }
}
