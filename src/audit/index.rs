//! All sources of a project by their names, and what a name in one of them stands for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::facts::{Block, Says, Source};

/// So often a name is passed on from one module to the next.
const MOST_HOPS: usize = 8;

/// The sources of a project.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub(super) sources: Vec<Source>,
    by_name: BTreeMap<String, usize>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Meant<'i> {
    Function(&'i Source, &'i Block),
    /// A variable, and what of it is asked for.
    Variable {
        source: &'i Source,
        says: &'i Says,
        rest: String,
    },
    /// Something that is not the project's own, by its origin.
    Outside(String),
}

impl Index {
    pub fn new(sources: Vec<Source>) -> Self {
        let by_name = sources
            .iter()
            .enumerate()
            .map(|(at, source)| (source.name.clone(), at))
            .collect();
        Self { sources, by_name }
    }

    pub(super) fn blocks(&self) -> impl Iterator<Item = (&Source, &Block)> {
        self.sources
            .iter()
            .flat_map(|source| source.blocks.iter().map(move |block| (source, block)))
    }

    /// Returns whether a source, when it is started or imported, imports another, directly or not.
    pub fn reaches(&self, from: &Path, to: &Path) -> bool {
        let at = |path: &Path| self.sources.iter().position(|source| source.path == path);
        let (Some(from), Some(to)) = (at(from), at(to)) else {
            return false;
        };
        let (mut seen, mut waiting) = (BTreeSet::from([from]), vec![from]);
        while let Some(next) = waiting.pop() {
            let imported = self.sources[next]
                .imported
                .iter()
                .flat_map(|name| self.modules_of(name));
            waiting.extend(imported.filter(|module| seen.insert(*module)));
        }
        seen.contains(&to)
    }

    /// Returns the modules that an import of this name runs: those above it, too. A script finds
    /// those beside it.
    fn modules_of(&self, name: &str) -> Vec<usize> {
        let ends = name
            .match_indices('.')
            .map(|(at, _)| at)
            .chain([name.len()]);
        ends.filter_map(|end| self.by_name.get(&name[..end]).copied())
            .collect()
    }

    /// Returns what a name stands for that is said in a block.
    pub(super) fn meant<'i>(&'i self, source: &'i Source, block: &str, name: &str) -> Meant<'i> {
        let class = block.rsplit_once('.').map(|(class, _)| class);
        let own = ["self.", "cls."]
            .iter()
            .find_map(|own| name.strip_prefix(own));
        match own.zip(class) {
            Some((rest, class)) => self.follow(source, &format!("{class}.{rest}"), MOST_HOPS),
            None => self.follow(source, name, MOST_HOPS),
        }
    }

    fn follow<'i>(&'i self, source: &'i Source, name: &str, hops: usize) -> Meant<'i> {
        if let Some(own) = own(source, name) {
            return own;
        }
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        let Some(origin) = source.imports.get(first) else {
            return Meant::Outside(name.to_owned());
        };
        let whole = if rest.is_empty() {
            origin.clone()
        } else {
            format!("{origin}.{rest}")
        };
        match self.module_of(&whole).filter(|_| hops > 0) {
            Some((module, rest)) => self.follow(module, rest, hops - 1),
            None => Meant::Outside(whole),
        }
    }

    /// Returns the module that a dotted name begins with, and what follows.
    fn module_of<'n>(&self, name: &'n str) -> Option<(&Source, &'n str)> {
        let ends = name.match_indices('.').map(|(at, _)| at).rev();
        let mut splits = ends.map(|at| (&name[..at], &name[at + 1..]));
        splits.find_map(|(module, rest)| Some((&self.sources[*self.by_name.get(module)?], rest)))
    }
}

/// Returns what a source itself says of a name: a function, a class, or a variable.
fn own<'i>(source: &'i Source, name: &str) -> Option<Meant<'i>> {
    if let Some(block) = source.function(name) {
        return Some(Meant::Function(source, block));
    }
    let ends = std::iter::once(name.len()).chain(name.match_indices('.').map(|(at, _)| at).rev());
    let mut prefixes = ends.map(|at| (&name[..at], name[at..].trim_start_matches('.')));
    prefixes.find_map(|(prefix, rest)| {
        let says = source.variables.get(prefix)?;
        Some(Meant::Variable {
            source,
            says,
            rest: rest.to_owned(),
        })
    })
}
