//! What one source file says, as far as it matters to caches. Plain values, filled by `parse`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

/// One source file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    pub path: PathBuf,
    pub text: String,
    /// Its dotted name.
    pub name: String,
    /// What names stand for that are imported at its top: `cache` is `functools.cache`.
    pub imports: BTreeMap<String, String>,
    /// Everything that it imports anywhere, by whole names.
    pub imported: BTreeSet<String>,
    /// Variables at its top, and what is said in their values.
    pub variables: BTreeMap<String, Says>,
    /// Functions, methods under the name of their class, and statements that run at import.
    pub blocks: Vec<Block>,
    /// Which of them is the function, or the class, of a name.
    pub functions: BTreeMap<String, usize>,
}

/// A piece of code that runs as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// `load`, `Settings.load`; of a statement the variable that it sets, or nothing.
    pub name: String,
    /// Where it starts, with its decorators.
    pub line: usize,
    /// Where it stands in the source.
    pub range: Range<usize>,
    pub is_function: bool,
    /// Whether it runs only where the source is what was started.
    pub only_as_main: bool,
    pub decorators: Vec<Decorator>,
    pub says: Says,
}

/// What is above a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decorator {
    /// As it is spelled: `memory.cache`.
    pub name: String,
    pub keywords: BTreeSet<String>,
    /// Names in its arguments.
    pub uses: BTreeSet<String>,
}

/// What code mentions. What runs only later, in a function or a lambda inside it, does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Says {
    /// Dotted names as they are spelled, and `.name` for what is asked of any other value.
    pub uses: BTreeSet<String>,
    /// Those of them that are called.
    pub calls: BTreeSet<String>,
    /// Texts, and paths as far as they are said; where something is put into one, it has a `*`.
    pub texts: BTreeSet<String>,
    /// What it writes to: texts and names.
    pub writes: BTreeSet<String>,
    /// What it sets that outlasts it, variables and items of such, and what is said in the values.
    pub sets: BTreeMap<String, Says>,
    /// Names in what it decides on.
    pub tests: BTreeSet<String>,
    /// What it calls, and the names in the arguments.
    pub asks: BTreeMap<String, BTreeSet<String>>,
}

impl Source {
    /// Returns the text of a block.
    pub fn text_of(&self, block: &Block) -> &str {
        self.text.get(block.range.clone()).unwrap_or_default()
    }

    /// Returns the function or the class of a name.
    pub fn function(&self, name: &str) -> Option<&Block> {
        self.blocks.get(*self.functions.get(name)?)
    }
}

impl Says {
    /// Adds what other code mentions.
    pub fn absorb(&mut self, other: Self) {
        self.uses.extend(other.uses);
        self.calls.extend(other.calls);
        self.texts.extend(other.texts);
        self.writes.extend(other.writes);
        self.tests.extend(other.tests);
        other
            .sets
            .into_iter()
            .for_each(|(name, says)| self.sets.entry(name).or_default().absorb(says));
        other
            .asks
            .into_iter()
            .for_each(|(name, uses)| self.asks.entry(name).or_default().extend(uses));
    }

    /// Adds what is said in the values of variables that it uses, so often.
    pub fn follow(&mut self, variables: &BTreeMap<String, Self>, times: usize) {
        for _ in 0..times {
            let used: Vec<&Self> = self
                .uses
                .iter()
                .filter_map(|name| variables.get(first(name)))
                .collect();
            let all: Vec<Self> = used.into_iter().cloned().collect();
            all.into_iter().for_each(|says| self.absorb(says));
        }
    }
}

/// Returns the first part of a dotted name.
pub fn first(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// Returns the last part of a dotted name.
pub fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
