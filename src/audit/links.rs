//! Who calls whom over all sources: which functions are called at all, which are asked anew when a
//! file changes, and who lets go of what they keep. Looked through once.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Block, Source, last};
use super::index::{Index, Meant};

/// Words of code that asks when a file was changed.
pub(super) const TIMES: [&str; 5] = [
    "getmtime",
    "st_mtime",
    "st_mtime_ns",
    "st_ctime",
    "st_ctime_ns",
];

/// What a function is known by: its source, and its name in it.
type Key<'i> = (&'i str, &'i str);

/// A block, and where it stands.
pub(super) type At<'i> = (&'i Source, &'i Block);

/// What is known of all functions.
#[derive(Default)]
pub(super) struct Links<'i> {
    called: BTreeSet<Key<'i>>,
    asked_anew: BTreeSet<Key<'i>>,
    clearing: BTreeMap<Key<'i>, Vec<At<'i>>>,
    /// Who sets a variable of a module to something that nobody computed.
    resetting: BTreeMap<Key<'i>, Vec<At<'i>>>,
}

impl<'i> Links<'i> {
    pub(super) fn of(index: &'i Index) -> Self {
        let mut links = Self::default();
        for (source, block) in index.blocks() {
            links.look(index, source, block);
        }
        links
    }

    fn look(&mut self, index: &'i Index, source: &'i Source, block: &'i Block) {
        let function = |name: &str| match index.meant(source, &block.name, name) {
            Meant::Function(at, function) => {
                Some((at.name.as_str(), function.name.as_str(), &function.says))
            }
            Meant::Variable { .. } | Meant::Outside(_) => None,
        };
        let own = (source.name.as_str(), block.name.as_str());
        let used = block
            .says
            .uses
            .iter()
            .filter_map(|name| function(name))
            .map(|(at, name, _)| (at, name));
        self.called
            .extend(used.filter(|key| !block.is_function || *key != own));
        for (call, uses) in &block.says.asks {
            let looks = |name: &String| {
                TIMES.contains(&last(name))
                    || function(name).is_some_and(|(_, _, says)| {
                        says.uses.iter().any(|name| TIMES.contains(&last(name)))
                    })
            };
            if let Some((at, name, _)) = function(call).filter(|_| uses.iter().any(looks)) {
                self.asked_anew.insert((at, name));
            }
            let of = call
                .strip_suffix(".cache_clear")
                .or_else(|| call.strip_suffix(".clear"));
            if let Some((at, name, _)) = of.and_then(function) {
                self.clearing
                    .entry((at, name))
                    .or_default()
                    .push((source, block));
            }
            if let Some((name, _)) = of.and_then(|of| source.variables.get_key_value(of)) {
                self.resetting
                    .entry((&source.name, name))
                    .or_default()
                    .push((source, block));
            }
        }
        let resets =
            block.says.sets.iter().filter(|(_, says)| {
                block.is_function && says.calls.is_empty() && says.uses.is_empty()
            });
        for (name, _) in resets {
            self.resetting
                .entry((&source.name, name))
                .or_default()
                .push((source, block));
        }
    }

    /// Returns whether somebody who calls a function looks at a file's times first: they are part
    /// of what it is asked.
    pub(super) fn is_asked_anew(&self, source: &Source, block: &Block) -> bool {
        self.asked_anew
            .contains(&(source.name.as_str(), block.name.as_str()))
    }

    /// Returns who has a function forget: somebody that is called, or that a framework calls.
    pub(super) fn clears(&self, source: &Source, block: &Block) -> Option<At<'i>> {
        self.alive(
            self.clearing
                .get(&(source.name.as_str(), block.name.as_str())),
            block,
        )
    }

    /// Returns who empties a variable that a block fills.
    pub(super) fn resets(&self, source: &Source, variable: &str, block: &Block) -> Option<At<'i>> {
        self.alive(self.resetting.get(&(source.name.as_str(), variable)), block)
    }

    fn alive(&self, all: Option<&Vec<At<'i>>>, but: &Block) -> Option<At<'i>> {
        let is_called = |(source, by): &&At<'i>| {
            let key = (source.name.as_str(), by.name.as_str());
            !by.is_function || !by.decorators.is_empty() || self.called.contains(&key)
        };
        all?.iter()
            .filter(|(_, by)| by.name != but.name)
            .find(is_called)
            .copied()
    }
}
