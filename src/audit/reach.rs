//! Which caches hold what was read from a file: from what a cached function says, along what it
//! calls, to the file's name. A name is enough where something is read on the way; nothing is
//! followed through values.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::facts::{Block, Decorator, Says, Source, first, last};
use super::index::{Index, Meant};
use super::keepers::{self, ON_DISK, Term};
use super::links::{At, Links, TIMES};
use super::spelled::names;

/// Calls are followed so deep.
const MOST_CALLS: usize = 4;

/// What the value of a variable is made of is followed so often.
const MOST_STEPS: usize = 2;

/// The last words of calls that read a file.
const READS: [&str; 20] = [
    "open",
    "read",
    "read_text",
    "read_bytes",
    "readlines",
    "open_text",
    "open_binary",
    "load",
    "full_load",
    "load_all",
    "read_csv",
    "read_json",
    "read_toml",
    "read_yaml",
    "read_parquet",
    "get_data",
    "dotenv_values",
    "load_dotenv",
    "BaseSettings",
    "parse",
];

/// Who looks at the clock in a decision forgets by itself.
const CLOCKS: [&str; 4] = [
    "time.time",
    "time.monotonic",
    "time.time_ns",
    "datetime.datetime.now",
];

/// What reads `.env` where it is told nothing.
const DOTENV: &str = "dotenv.";

/// A cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    pub file: PathBuf,
    pub line: usize,
    /// The function, or the variable.
    pub name: String,
    pub how: How,
    /// Whether it is filled only where its source is what was started.
    pub only_as_main: bool,
    /// Who lets go of it, where that is called at all.
    pub cleared: Option<Place>,
}

/// How something is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// By a decorator of this origin, as long as the process lives.
    Decorator(String),
    /// In a variable of the module, by a function that looks there first.
    Variable(String),
    /// In a variable that is set at import.
    Import,
    /// On disk, below one of these directories, for a function of this module, name and text.
    Disk {
        directories: Vec<String>,
        module: String,
        function: String,
        text: String,
    },
}

/// A line of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: PathBuf,
    pub line: usize,
    pub name: String,
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
    pub fn keepers(&self, file: &Path) -> Vec<Keeper> {
        let links = Links::of(self);
        let kept = self.blocks().filter_map(|(source, block)| {
            let (how, way) = self.how(source, block)?;
            let holds = || {
                way.reads
                    && !way.checks
                    && names(&way.texts, file)
                    && !links.is_asked_anew(source, block)
            };
            let computes = || {
                let mut others = way
                    .seen
                    .iter()
                    .filter(|(path, name)| (*path, *name) != (&source.path, &block.name));
                matches!(how, How::Disk { .. }) && others.any(|(path, _)| *path == file)
            };
            (holds() || computes()).then(|| keeper(&links, source, block, how))
        });
        kept.collect()
    }

    /// Returns whether one of the sources writes a file.
    pub fn writes(&self, file: &Path) -> bool {
        self.blocks().any(|(source, block)| {
            let mut way = Way::default();
            way.texts
                .extend(block.says.writes.iter().map(String::as_str));
            for name in &block.says.writes {
                self.value(&mut way, source, &block.name, name);
            }
            !block.says.writes.is_empty() && names(&way.texts, file)
        })
    }

    /// Returns how what a block makes is kept, and what it is made of; nothing where it is not
    /// kept.
    fn how<'i>(&'i self, source: &'i Source, block: &'i Block) -> Option<(How, Way<'i>)> {
        if !block.is_function {
            let is_held = source.variables.contains_key(&block.name)
                || self.changes_environment(source, block);
            (is_held && block.name != "_" && !block.says.calls.is_empty()).then_some(())?;
            let wrapped = self.wrapped(source, block);
            return Some(match wrapped {
                // What is wrapped is called later.
                Some((how, (at, function))) => (how, self.way(at, function, &function.says)),
                None => (How::Import, self.way(source, block, &block.says)),
            });
        }
        let mut decorators = block.decorators.iter();
        if let Some(how) =
            decorators.find_map(|decorator| self.by(source, block, decorator, (source, block)))
        {
            return Some((how, self.way(source, block, &block.says)));
        }
        let (name, says) = self.remembered(source, block)?;
        Some((
            How::Variable(name.to_owned()),
            self.way(source, block, says),
        ))
    }

    /// Returns the variable of the module in which a function, or one that it calls, keeps
    /// something, and what that is made of: it looks there first.
    fn remembered<'i>(
        &'i self,
        source: &'i Source,
        block: &'i Block,
    ) -> Option<(&'i str, &'i Says)> {
        let tests = &block.says.tests;
        let looks_at = |name: &str| tests.iter().any(|test| test == name || first(test) == name);
        let forgets = tests
            .iter()
            .any(|test| match self.meant(source, &block.name, test) {
                Meant::Function(_, function) => function
                    .says
                    .uses
                    .iter()
                    .any(|name| TIMES.contains(&last(name))),
                Meant::Outside(origin) => {
                    CLOCKS.contains(&origin.as_str()) || TIMES.contains(&last(&origin))
                }
                Meant::Variable { .. } => false,
            });
        let called = block.says.calls.iter().filter_map(|name| {
            match self.meant(source, &block.name, name) {
                Meant::Function(at, function) if at.path == source.path => Some(function),
                _ => None,
            }
        });
        let sets = std::iter::once(block)
            .chain(called)
            .flat_map(|block| &block.says.sets);
        let mut kept =
            sets.filter(|(name, _)| source.variables.contains_key(*name) && looks_at(name));
        kept.find(|_| !forgets)
            .map(|(name, says)| (name.as_str(), says))
    }

    /// Returns whether a statement does nothing but read a file into the variables of the process.
    fn changes_environment(&self, source: &Source, block: &Block) -> bool {
        let meant = self.meant(source, "", &block.name);
        let is_of = |origin: &str| origin.starts_with(DOTENV) || origin == "os.environ";
        !block.name.is_empty() && matches!(meant, Meant::Outside(origin) if is_of(&origin))
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
        let made_of = decorator
            .uses
            .iter()
            .filter_map(|name| match self.meant(source, "", name) {
                Meant::Variable { says, .. } => Some(&says.calls),
                Meant::Function(..) | Meant::Outside(_) => None,
            });
        match keepers::term(&origin, decorator, made_of.flatten())? {
            Term::Process => Some(How::Decorator(origin)),
            Term::Disk => {
                let directories = self.texts_of(source, block, &decorator.name);
                let text = at.text_of(function).to_owned();
                Some(How::Disk {
                    directories,
                    module: at.name.clone(),
                    function: function.name.clone(),
                    text,
                })
            }
        }
    }

    /// Returns how a statement keeps what a function makes, and that function: `load =
    /// cache(read)`.
    fn wrapped<'i>(&'i self, source: &'i Source, block: &'i Block) -> Option<(How, At<'i>)> {
        let (uses, calls) = (&block.says.uses, &block.says.calls);
        let own = uses
            .difference(calls)
            .find_map(|name| match self.meant(source, "", name) {
                Meant::Function(source, function) => Some((source, function)),
                Meant::Variable { .. } | Meant::Outside(_) => None,
            })?;
        let decorator = |name: &String| Decorator {
            name: name.clone(),
            uses: uses.clone(),
            ..Decorator::default()
        };
        let how = calls
            .iter()
            .find_map(|name| self.by(source, block, &decorator(name), own))?;
        Some((how, own))
    }

    /// Returns where a name comes from: of a method of an object, from what made that.
    fn origin(&self, source: &Source, block: &Block, name: &str) -> String {
        match self.meant(source, &block.name, name) {
            Meant::Outside(origin) => origin,
            Meant::Variable { source, says, rest } => {
                let makers = says.calls.iter().map(|call| self.meant(source, "", call));
                let is_store =
                    |meant: Meant<'_>| matches!(meant, Meant::Outside(origin) if origin == ON_DISK);
                if makers.into_iter().any(is_store) {
                    format!("{ON_DISK}.{rest}")
                } else {
                    String::new()
                }
            }
            Meant::Function(..) => String::new(),
        }
    }

    /// Returns the texts in the value of a variable, and in what that is made of.
    fn texts_of(&self, source: &Source, block: &Block, name: &str) -> Vec<String> {
        let Meant::Variable { source, says, .. } = self.meant(source, &block.name, name) else {
            return Vec::new();
        };
        let mut way = Way::default();
        self.hear(&mut way, source, "", says, 1);
        way.texts.into_iter().map(ToOwned::to_owned).collect()
    }

    /// Goes along what is said in a block, or in a part of it, and whatever that calls.
    fn way<'i>(&'i self, source: &'i Source, block: &'i Block, says: &'i Says) -> Way<'i> {
        let mut way = Way::default();
        way.seen.insert((&source.path, &block.name));
        self.hear(&mut way, source, &block.name, says, MOST_CALLS);
        way
    }

    /// Hears what code says, and what it calls.
    fn hear<'i>(
        &'i self,
        way: &mut Way<'i>,
        source: &'i Source,
        block: &str,
        says: &'i Says,
        depth: usize,
    ) {
        way.texts.extend(says.texts.iter().map(String::as_str));
        way.checks |= says.uses.iter().any(|name| TIMES.contains(&last(name)));
        for name in &says.uses {
            let is_call = says.calls.contains(name);
            match self.meant(source, block, name) {
                Meant::Function(at, called) if is_call && depth > 0 => {
                    if way.seen.insert((&at.path, &called.name)) {
                        self.hear(way, at, &called.name, &called.says, depth - 1);
                    }
                }
                Meant::Variable { .. } if depth > 0 => {
                    self.value(way, source, block, name);
                    way.reads |= is_call && is_read(name);
                }
                Meant::Outside(origin) => {
                    way.reads |= is_call && is_read(&origin);
                    let says_nothing = !says.texts.iter().any(|text| text.contains(".env"));
                    way.texts
                        .extend((origin.starts_with(DOTENV) && says_nothing).then_some(".env"));
                }
                Meant::Function(..) | Meant::Variable { .. } => {}
            }
        }
    }

    /// Hears what a variable is made of: that is said where it is used, but that it was read is not
    /// done there.
    fn value<'i>(&'i self, way: &mut Way<'i>, source: &'i Source, block: &str, name: &str) {
        let mut waiting = vec![(source, block.to_owned(), name.to_owned(), 0)];
        while let Some((source, block, name, steps)) = waiting.pop() {
            let Meant::Variable { source, says, .. } = self.meant(source, &block, &name) else {
                continue;
            };
            way.texts.extend(says.texts.iter().map(String::as_str));
            let inner = says
                .uses
                .iter()
                .filter(|inner| steps < MOST_STEPS && **inner != name);
            waiting.extend(inner.map(|inner| (source, String::new(), inner.clone(), steps + 1)));
        }
    }
}

/// Returns whether a call of this name reads a file; `parse` does so of XML alone.
fn is_read(origin: &str) -> bool {
    let last = last(origin);
    READS.contains(&last)
        && (last != "parse" || origin.starts_with("xml.") || origin.starts_with("lxml."))
}

fn keeper(links: &Links<'_>, source: &Source, block: &Block, how: How) -> Keeper {
    let cleared = match &how {
        How::Variable(name) => links.resets(source, name, block),
        How::Decorator(_) | How::Disk { .. } => links.clears(source, block),
        How::Import => None,
    };
    let place = |(at, by): At<'_>| Place {
        file: at.path.clone(),
        line: by.line,
        name: by.name.clone(),
    };
    let (file, line, only_as_main) = (source.path.clone(), block.line, block.only_as_main);
    Keeper {
        file,
        line,
        name: block.name.clone(),
        how,
        only_as_main,
        cleared: cleared.map(place),
    }
}
