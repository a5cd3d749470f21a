//! What a run would do to bytecode, found out without touching any of it: what it would clear, what it would make
//! harmless, and whether something stands in the way, so that bytecode would be kept apart. The same facts decide as in
//! `promise`; of what can't be written, the mode of its directory speaks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::arm::{self, Armed};
use super::promise::Promise;
use super::survey::Seen;
use super::sweep::Extent;
use crate::host::{files, stamp};
use crate::python::policy::Policy;

/// What would be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Preview {
    /// How many files would be cleared.
    pub(crate) cleared: usize,
    /// How many others would be armed or removed.
    pub(crate) touched: usize,
    /// The prefix that the command would be given.
    pub(crate) prefix: Option<PathBuf>,
}

impl Promise<'_> {
    /// Returns what clearing to this extent, if to any, and keeping the promise would do.
    pub(crate) fn preview(&self, extent: Option<Extent>) -> Preview {
        let own = self.own_prefix.as_deref();
        let places =
            [Some(None), self.prefix.as_deref().map(Some), own.filter(|own| stamp::is_directory(own)).map(Some)];
        let places = places.into_iter().flatten().filter_map(|prefix| Some(self.removable(prefix, extent?).0));
        let gone: BTreeSet<PathBuf> = places.flatten().collect();
        let (touched, is_apart) = self.made_harmless(&gone);
        let own = own.filter(|_| is_apart);
        let there = own.map_or(0, |own| self.kept_apart(own, &gone));
        Preview { cleared: gone.len(), touched: touched + there, prefix: own.map(Path::to_owned) }
    }

    /// Returns how many files would be made harmless where they are, and whether bytecode would be kept apart.
    fn made_harmless(&self, gone: &BTreeSet<PathBuf>) -> (usize, bool) {
        let prefix = self.prefix.as_deref();
        match self.policy {
            Policy::Cached => (0, false),
            Policy::Isolated => (0, true),
            Policy::Verified | Policy::Checked => {
                let (seen, armed) = self.foresee(prefix, gone);
                (armed.number(), self.obstacle(&seen, &armed).is_some())
            }
            Policy::None => {
                let (removed, is_blocked) = self.removable(prefix, Extent::All);
                let (seen, armed) = self.foresee(prefix, &removed);
                let is_apart = is_blocked || self.obstacle(&seen, &armed).is_some();
                (removed.difference(gone).count() + armed.number(), is_apart)
            }
        }
    }

    /// Returns how many files in our own prefix would be made harmless.
    fn kept_apart(&self, own: &Path, gone: &BTreeSet<PathBuf>) -> usize {
        match self.policy {
            Policy::None => self.removable(Some(own), Extent::All).0.difference(gone).count(),
            _ => self.foresee(Some(own), gone).1.number(),
        }
    }

    /// Surveys the scope, and finds out what would become of every doubt that is not gone by then.
    fn foresee(&self, prefix: Option<&Path>, gone: &BTreeSet<PathBuf>) -> (Seen, Armed) {
        let mut seen = self.see(prefix, false);
        seen.doubts.retain(|doubt| !gone.contains(&doubt.path()));
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
