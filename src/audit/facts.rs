//! What one source file says, as far as it matters to caches. Plain values, filled by `parse`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

/// One source file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// Its dotted name.
    pub(crate) name: String,
    /// What names stand for that are imported at its top: `cache` is `functools.cache`.
    pub(crate) imports: BTreeMap<String, String>,
    /// Variables at its top, and what is said in their values.
    pub(crate) variables: BTreeMap<String, Says>,
    /// Functions, methods under the name of their class, and statements that run at import.
    pub(crate) blocks: Vec<Block>,
}

/// A piece of code that runs as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// `load`, `Settings.load`; of a statement the variable that it sets, or nothing.
    pub(crate) name: String,
    /// Where it starts, with its decorators.
    pub(crate) line: usize,
    /// Where it stands in the source.
    pub(crate) range: Range<usize>,
    pub(crate) is_function: bool,
    pub(crate) decorators: Vec<Decorator>,
    pub(crate) says: Says,
}

/// What is above a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decorator {
    /// As it is spelled: `memory.cache`.
    pub(crate) name: String,
    pub(crate) keywords: BTreeSet<String>,
    /// Names in its arguments.
    pub(crate) uses: BTreeSet<String>,
}

/// What code mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Says {
    /// Dotted names as they are spelled, and `.name` for what is asked of any other value.
    pub(crate) uses: BTreeSet<String>,
    /// Those of them that are called.
    pub(crate) calls: BTreeSet<String>,
    /// Texts; where something is put into one, it has a `*`.
    pub(crate) texts: BTreeSet<String>,
    /// Variables of the module that it sets by `global`.
    pub(crate) sets: BTreeSet<String>,
    /// Variables of which it sets an item.
    pub(crate) fills: BTreeSet<String>,
    /// Variables on whose value it decides.
    pub(crate) tests: BTreeSet<String>,
}

impl Source {
    /// Returns the text of a block.
    pub(crate) fn text_of(&self, block: &Block) -> &str {
        self.text.get(block.range.clone()).unwrap_or_default()
    }
}

impl Says {
    /// Adds what other code mentions.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.uses.extend(other.uses);
        self.calls.extend(other.calls);
        self.texts.extend(other.texts);
        self.sets.extend(other.sets);
        self.fills.extend(other.fills);
        self.tests.extend(other.tests);
    }
}
