//! What the promise sees: which trees, with which interpreter, what was proven there before, and
//! what is lacking. Of what is seen it only makes bytecode harmless that may be made so.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::Promise;
use crate::bytecode::arm::{self, Armed};
use crate::bytecode::fill::holder::{Holder, seems_ours};
use crate::bytecode::fill::packages::Shelf;
use crate::bytecode::fill::{Request, request};
use crate::bytecode::guests::Guests;
use crate::bytecode::ledger::{Fact, Ledger};
use crate::bytecode::prefix;
use crate::bytecode::spellings;
use crate::bytecode::survey::{Doubt, Seen, Survey, Target};
use crate::python::names;
use crate::python::policy::Policy;
use crate::tree::scope::Scope;

impl Promise<'_> {
    /// Surveys the scope, and makes every doubt harmless.
    pub(super) fn settle(&self, prefix: Option<&Path>, is_heard: bool) -> (Seen, Armed) {
        let mut seen = self.see(prefix, self.target().as_ref(), is_heard, None);
        let tracked = self.tracked(seen.directories(), prefix);
        let armed = arm::arm(&seen.doubts, &tracked);
        if seen.learned {
            let facts = std::mem::take(&mut seen.facts);
            Ledger::keep(self.memory, &request::key(&self.project, prefix), facts);
        }
        (seen, armed)
    }

    /// Surveys the scope as if some files were gone.
    pub(in crate::bytecode) fn see(
        &self,
        prefix: Option<&Path>,
        target: Option<&Target>,
        is_heard: bool,
        gone: Option<&BTreeSet<PathBuf>>,
    ) -> Seen {
        let scope = self.scope_for(prefix);
        let guests = self.guests_for(prefix);
        let ledger = self.ledger(prefix, &[&scope.trees[..], &guests].concat());
        let guests = (!scope.is_named()).then_some(guests.as_slice());
        let target = target.filter(|_| self.policy != Policy::None);
        let (rewriter, keeps_tests) = (self.rewriter.as_ref(), self.policy == Policy::Checked);
        Survey {
            target,
            rewriter,
            keeps_tests,
            prefix,
            gone,
            is_heard,
            guests,
            ..Survey::of(&scope, &ledger)
        }
        .run()
    }

    /// Returns what was proven about these trees, where their bytecode lies in this place.
    pub fn ledger(&self, prefix: Option<&Path>, trees: &[PathBuf]) -> Ledger {
        Ledger::recall(self.memory, &request::key(&self.project, prefix), trees)
    }

    /// Keeps what was proven about these trees, beside what is known.
    pub fn learn(&self, prefix: Option<&Path>, trees: &[PathBuf], facts: Vec<Fact>) {
        self.ledger(prefix, trees)
            .add(self.memory, &request::key(&self.project, prefix), facts);
    }

    /// Arms what is in doubt in one place, or only finds out what that would do.
    pub fn arm(&self, prefix: Option<&Path>, is_dry: bool) -> Armed {
        if !is_dry && !self.scope.is_named() {
            return self.settle(prefix, false).1;
        }
        let mut seen = self.see(prefix, self.target().as_ref(), false, None);
        if self.scope.has_modules() {
            seen.doubts.retain(|doubt| self.means(doubt, prefix));
        }
        let tracked = self.tracked(seen.directories(), prefix);
        if is_dry {
            arm::foresee(&seen.doubts, &tracked)
        } else {
            arm::arm(&seen.doubts, &tracked)
        }
    }

    pub(super) fn means(&self, doubt: &Doubt, prefix: Option<&Path>) -> bool {
        let tree = prefix.map_or(Some(doubt.tree.path.clone()), |prefix| {
            prefix::mirrored(prefix, &doubt.tree.path)
        });
        let module = names::parse(doubt.name.as_bytes()).map(|name| name.module);
        tree.zip(module)
            .is_some_and(|(tree, module)| self.scope.means(&tree, &doubt.source, module))
    }

    /// Returns whether bytecode may be added to that of a directory of packages, or to a prefix.
    pub fn may_add_to(&self, directory: &Path, in_prefix: bool) -> bool {
        let stdlib = self
            .interpreter
            .as_ref()
            .map(|interpreter| interpreter.stdlib.as_path());
        let is_ours = |stdlib| {
            seems_ours(directory, stdlib, self.user) && Holder::of(directory).is_of(self.user)
        };
        stdlib.is_some_and(|stdlib| in_prefix || is_ours(stdlib))
    }

    /// Returns the scope as it is for a place: in a prefix, by the names that modules are reached
    /// by.
    pub fn scope_for(&self, prefix: Option<&Path>) -> Scope {
        let Some(prefix) = prefix else {
            return self.scope.clone();
        };
        let spelled = self.scope.as_spelled();
        if spelled.is_named() {
            spelled
        } else {
            spelled.also_as(&spellings::of(prefix, &self.scope.trees))
        }
    }

    /// Returns what is imported from besides, as it is for a place.
    pub(super) fn guests_for(&self, prefix: Option<&Path>) -> Vec<PathBuf> {
        let Guests { trees, spelled, .. } = &self.guests;
        let others = prefix
            .filter(|_| !trees.is_empty())
            .map(|prefix| spellings::of(prefix, trees));
        let named = prefix
            .map(|_| spelled.clone())
            .into_iter()
            .chain(others)
            .flatten();
        trees.iter().cloned().chain(named).collect()
    }

    /// Returns whether bytecode in a directory, links resolved, is made harmless.
    pub fn covers(&self, directory: &Path) -> bool {
        self.scope.tree_of(directory).is_some()
            || self
                .guests
                .trees
                .iter()
                .any(|tree| directory.starts_with(tree))
    }

    /// Returns the bytecode that the fill makes, where it is to make any.
    pub(super) fn target(&self) -> Option<Target> {
        self.known_target()
            .filter(|_| self.fill && self.memory.writes())
    }

    /// Returns the bytecode that the command would read, where its interpreter is known.
    pub fn known_target(&self) -> Option<Target> {
        let interpreter = self.interpreter.as_ref()?;
        Some(Target {
            tag: interpreter.tag.clone(),
            magic: interpreter.magic,
            optimize: self.optimize,
        })
    }

    /// Returns the directories of packages that bytecode is missing in, of those that the fill may
    /// add to.
    pub(in crate::bytecode) fn lacking(
        &self,
        target: &Target,
        prefix: Option<&Path>,
    ) -> Vec<PathBuf> {
        let Some(interpreter) = &self.interpreter else {
            return Vec::new();
        };
        let all = self.site_packages.iter().chain([&interpreter.stdlib]);
        let ours = all.filter(|directory| {
            prefix.is_some() || seems_ours(directory, &interpreter.stdlib, self.user)
        });
        let directories: Vec<PathBuf> = ours.cloned().collect();
        let mut lacking = Shelf {
            target,
            prefix,
            memory: self.memory,
        }
        .lacking(&directories);
        // The closer look is for those alone that something would be written to.
        lacking.retain(|directory| prefix.is_some() || Holder::of(directory).is_of(self.user));
        lacking
    }

    /// Returns what the fill has to do, if anything; without a scope, for the packages alone.
    pub(super) fn request(
        &self,
        scope: Option<&Scope>,
        seen: &Seen,
        armed: Armed,
        prefix: Option<&Path>,
    ) -> Option<(Request, String)> {
        let target = self.target()?;
        let packages = self.lacking(&target, prefix);
        let asked = seen.misses || armed.number() > 0 || !packages.is_empty();
        let request = Request {
            python: self.interpreter.as_ref()?.exe.clone(),
            target,
            prefix: prefix.map(Path::to_owned),
            seeds: prefix.is_some() && prefix == self.own_prefix.as_deref(),
            scope: scope.cloned().unwrap_or_default(),
            sources: armed.sources,
            packages,
            rewriter: self.rewriter.clone(),
        };
        asked.then(|| (request, request::key(&self.project, prefix)))
    }
}
