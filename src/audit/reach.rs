//! Which caches hold what was read from a file: from what a cached function says, along what it calls, to the file's name.
//! A name is enough where something is read on the way; nothing is followed through values.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::facts::{Block, Decorator, Says, Source};
use super::index::{Index, Meant};
use super::keepers::{self, ON_DISK, Term};

/// Calls are followed so deep.
const MOST_CALLS: usize = 4;

/// The last words of calls that read a file.
const READS: [&str; 22] = [
    "open",
    "read",
    "read_text",
    "read_bytes",
    "readlines",
    "open_text",
    "open_binary",
    "load",
    "loads",
    "safe_load",
    "full_load",
    "load_all",
    "read_csv",
    "read_json",
    "read_toml",
    "read_yaml",
    "read_parquet",
    "get_data",
    "parse",
    "dotenv_values",
    "load_dotenv",
    "BaseSettings",
];

/// Words of code that asks when a file was changed, or what time it is: such a cache renews itself.
const CHECKS: [&str; 6] = ["getmtime", "st_mtime", "st_mtime_ns", "st_ctime_ns", "monotonic", "sha256"];

/// What reads `.env` where it is told nothing.
const DOTENV: &str = "dotenv.";

/// A cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keeper {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
    /// The function, or the variable.
    pub(crate) name: String,
    pub(crate) how: How,
    /// Who lets go of it, where that is called at all.
    pub(crate) cleared: Option<Place>,
}

/// How something is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By a decorator of this origin, as long as the process lives.
    Decorator(String),
    /// In a variable of the module, by a function that looks there first.
    Variable(String),
    /// In a variable that is set at import.
    Import,
    /// On disk, below one of these directories, for a function of this name and text.
    Disk { directories: Vec<String>, function: String, text: String },
}

/// A line of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
    pub(crate) name: String,
}

/// What is said on the way of calls.
#[derive(Default)]
struct Way<'i> {
    seen: BTreeSet<(&'i Path, &'i str)>,
    texts: BTreeSet<&'i str>,
    reads: bool,
    checks: bool,
}

impl Index {
    /// Returns the caches that hold what was read from a file, or what a source computed.
    pub(crate) fn keepers(&self, file: &Path) -> Vec<Keeper> {
        self.blocks()
            .filter_map(|(source, block)| {
                let how = self.how(source, block)?;
                // What is wrapped is called later.
                let is_wrapper = !block.is_function && how != How::Import;
                let way = self.way(source, block, is_wrapper);
                let holds =
                    || way.reads && !way.checks && names(&way.texts, file) && !self.is_asked_anew(source, block);
                let computes = || {
                    let mut others =
                        way.seen.iter().filter(|(path, name)| (*path, *name) != (&source.path, &block.name));
                    matches!(how, How::Disk { .. }) && others.any(|(path, _)| *path == file)
                };
                (holds() || computes()).then(|| self.keeper(source, block, how))
            })
            .collect()
    }

    fn blocks(&self) -> impl Iterator<Item = (&Source, &Block)> {
        self.sources.iter().flat_map(|source| source.blocks.iter().map(move |block| (source, block)))
    }

    /// Returns whether somebody who calls a block looks at the file's times first: they are part of what it is asked.
    fn is_asked_anew(&self, source: &Source, block: &Block) -> bool {
        self.blocks().any(|(from, caller)| {
            caller.says.uses.iter().any(|name| CHECKS.contains(&last(name))) && self.calls(from, caller, source, block)
        })
    }

    /// Returns whether one block calls another, or hands it on.
    fn calls(&self, from: &Source, caller: &Block, source: &Source, block: &Block) -> bool {
        caller.says.uses.iter().any(|name| {
            matches!(self.meant(from, &caller.name, name), Meant::Function(at, called)
                if at.path == source.path && called.name == block.name)
        })
    }

    fn keeper(&self, source: &Source, block: &Block, how: How) -> Keeper {
        let cleared = self.cleared(source, block, &how);
        let (file, line) = (source.path.clone(), block.line);
        Keeper { file, line, name: block.name.clone(), how, cleared }
    }

    /// Returns how what a block makes is kept; nothing where it is not.
    fn how(&self, source: &Source, block: &Block) -> Option<How> {
        if !block.is_function {
            let wrapped = || self.wrapped(source, block);
            let is_held = source.variables.contains_key(&block.name) || self.changes_environment(source, block);
            return (is_held && !block.says.calls.is_empty()).then(|| wrapped().unwrap_or(How::Import));
        }
        let mut decorators = block.decorators.iter();
        let by_decorator = decorators.find_map(|decorator| self.by(source, block, decorator, (source, block)));
        by_decorator.or_else(|| remembered(source, &block.says).map(|name| How::Variable(name.to_owned())))
    }

    /// Returns whether a statement does nothing but read a file into the variables of the process.
    fn changes_environment(&self, source: &Source, block: &Block) -> bool {
        let meant = self.meant(source, "", &block.name);
        !block.name.is_empty() && matches!(meant, Meant::Outside(origin) if origin.starts_with(DOTENV))
    }

    /// Returns how a decorator that a block names keeps what a function makes.
    fn by(
        &self,
        source: &Source,
        block: &Block,
        decorator: &Decorator,
        (at, function): (&Source, &Block),
    ) -> Option<How> {
        let origin = self.origin(source, block, &decorator.name);
        match keepers::term(&origin, decorator)? {
            Term::Process => Some(How::Decorator(origin)),
            Term::Disk => {
                let directories = self.texts_of(source, block, &decorator.name);
                let text = at.text_of(function).to_owned();
                Some(How::Disk { directories, function: function.name.clone(), text })
            }
        }
    }

    /// Returns how a statement keeps what a function makes: `load = cache(read)`.
    fn wrapped(&self, source: &Source, block: &Block) -> Option<How> {
        let (uses, calls) = (&block.says.uses, &block.says.calls);
        let own = uses.difference(calls).find_map(|name| match self.meant(source, "", name) {
            Meant::Function(source, function) => Some((source, function)),
            Meant::Variable { .. } | Meant::Outside(_) => None,
        })?;
        let decorator = |name: &String| Decorator { name: name.clone(), uses: uses.clone(), ..Decorator::default() };
        calls.iter().find_map(|name| self.by(source, block, &decorator(name), own))
    }

    /// Returns where a name comes from: of a method of an object, from what made that.
    fn origin(&self, source: &Source, block: &Block, name: &str) -> String {
        match self.meant(source, &block.name, name) {
            Meant::Outside(origin) => origin,
            Meant::Variable { source, says, rest } => {
                let makers = says.calls.iter().map(|call| self.meant(source, "", call));
                let is_store = |meant: Meant<'_>| matches!(meant, Meant::Outside(origin) if origin == ON_DISK);
                if makers.into_iter().any(is_store) { format!("{ON_DISK}.{rest}") } else { String::new() }
            }
            Meant::Function(..) => String::new(),
        }
    }

    /// Returns the texts in the value of a variable, and in what that is made of.
    fn texts_of(&self, source: &Source, block: &Block, name: &str) -> Vec<String> {
        let Meant::Variable { source, says, .. } = self.meant(source, &block.name, name) else { return Vec::new() };
        let mut way = Way::default();
        self.hear(&mut way, source, "", says, 0);
        way.texts.into_iter().map(ToOwned::to_owned).collect()
    }

    fn way<'i>(&'i self, source: &'i Source, block: &'i Block, is_wrapper: bool) -> Way<'i> {
        let mut way = Way::default();
        for name in block.says.uses.iter().filter(|_| is_wrapper) {
            if let Meant::Function(source, wrapped) = self.meant(source, "", name) {
                self.go(&mut way, source, wrapped, MOST_CALLS);
            }
        }
        self.go(&mut way, source, block, MOST_CALLS);
        way
    }

    fn go<'i>(&'i self, way: &mut Way<'i>, source: &'i Source, block: &'i Block, depth: usize) {
        if way.seen.insert((&source.path, &block.name)) {
            self.hear(way, source, &block.name, &block.says, depth);
        }
    }

    /// Hears what code says, and what it calls.
    fn hear<'i>(&'i self, way: &mut Way<'i>, source: &'i Source, block: &str, says: &'i Says, depth: usize) {
        way.texts.extend(says.texts.iter().map(String::as_str));
        way.checks |= says.uses.iter().any(|name| CHECKS.contains(&last(name)));
        for name in &says.uses {
            let is_call = says.calls.contains(name);
            match self.meant(source, block, name) {
                Meant::Function(source, called) if is_call && depth > 0 => self.go(way, source, called, depth - 1),
                // What a variable is made of is said where it is used; that it was read is not done there.
                Meant::Variable { source, says, .. } if depth > 0 => {
                    way.texts.extend(says.texts.iter().map(String::as_str));
                    let inner = says.uses.iter().filter_map(|name| source.variables.get(name));
                    inner.for_each(|says| way.texts.extend(says.texts.iter().map(String::as_str)));
                    way.reads |= is_call && READS.contains(&last(name));
                }
                Meant::Outside(origin) => {
                    way.reads |= is_call && READS.contains(&last(&origin));
                    way.texts.extend(origin.starts_with(DOTENV).then_some(".env"));
                }
                Meant::Function(..) | Meant::Variable { .. } => {}
            }
        }
    }

    /// Returns who lets go of what is kept: somebody that is called, or that a framework calls.
    fn cleared(&self, source: &Source, block: &Block, how: &How) -> Option<Place> {
        let is_same = |a: (&Source, &Block)| a.0.path == source.path && a.1.name == block.name;
        let clears = |at: &Source, by: &Block| match how {
            How::Variable(name) => at.path == source.path && !is_same((at, by)) && by.says.sets.contains(name),
            How::Decorator(_) | How::Disk { .. } => by.says.calls.iter().any(|call| {
                let of = call.strip_suffix(".cache_clear").or_else(|| call.strip_suffix(".clear"));
                let meant = of.map(|of| self.meant(at, &by.name, of));
                matches!(meant, Some(Meant::Function(source, block)) if is_same((source, block)))
            }),
            How::Import => false,
        };
        let (at, by) = self.blocks().find(|(at, by)| clears(at, by))?;
        let by_others = || self.blocks().any(|(from, caller)| self.calls(from, caller, at, by));
        let is_called = !by.is_function || !by.decorators.is_empty() || by_others();
        is_called.then(|| Place { file: at.path.clone(), line: by.line, name: by.name.clone() })
    }
}

/// Returns the variable of a module in which a function looks first for what it has made before.
fn remembered<'s>(source: &Source, says: &'s Says) -> Option<&'s str> {
    let kept = says.sets.iter().chain(&says.fills).filter(|name| source.variables.contains_key(*name));
    kept.into_iter().find(|name| says.tests.contains(*name)).map(String::as_str)
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Returns whether one of the texts names a file: by the end of its path, or by a pattern together with its directory.
fn names(texts: &BTreeSet<&str>, file: &Path) -> bool {
    let directory = file.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    let in_directory = || texts.iter().any(|text| text.split('/').any(|part| Some(part) == directory));
    texts.iter().any(|text| {
        let text = text.trim_start_matches("./");
        let is_plain = !text.is_empty() && !text.contains(['*', '\n']);
        if is_plain {
            return file.ends_with(text) && !text.ends_with('/');
        }
        let pattern = text.rsplit('/').next().unwrap_or(text);
        is_like(pattern, file) && in_directory()
    })
}

/// Returns whether a pattern with an end of its own stands for a file.
fn is_like(pattern: &str, file: &Path) -> bool {
    let has_end = pattern.rsplit_once('.').is_some_and(|(_, end)| !end.is_empty() && !end.contains('*'));
    let name = file.file_name().and_then(|name| name.to_str());
    let is_match = |name| glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches(name));
    pattern.contains('*') && has_end && name.is_some_and(is_match)
}
