//! What a person keeps from a removal: words, read once, into names that are kept wherever they are
//! met, paths, and patterns of paths. Every removal asks here, and none reads a word itself. In
//! doubt something stays: a word is also taken as it is written where it could be a pattern, and
//! behind each link that it leads through.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use glob::{MatchOptions, Pattern};

use crate::host::directory::Listing;
use crate::host::{files, stamp};
use crate::values::fault::Fault;
use crate::values::paths::normalised;

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// What stands for any directories in a pattern.
const DEEP: &str = "**";

/// Where words are read: what a relative path is relative to.
#[derive(Clone, Copy, Debug)]
pub struct Standpoint<'a> {
    pub cwd: &'a Path,
    /// Where a path is looked for that does not exist in the working directory.
    pub project: &'a Path,
    pub home: Option<&'a Path>,
    /// Whether it was named what is cleared.
    pub is_named: bool,
    /// What is cleared, by the names that it was given.
    pub spelled: &'a [PathBuf],
}

/// What is kept.
#[derive(Debug)]
pub struct Ignored {
    /// The directories below which names count, the first that fits.
    around: Vec<PathBuf>,
    words: Vec<Word>,
    /// Trees that are kept by a name that a link gives them.
    trees: BTreeSet<PathBuf>,
}

/// One word, and everything that it may mean.
#[derive(Debug, Default)]
struct Word {
    text: String,
    name: Option<OsString>,
    /// A pattern of names, or of ends of paths.
    floating: Option<Pattern>,
    paths: BTreeSet<PathBuf>,
    below: Vec<(PathBuf, Pattern)>,
    is_met: AtomicBool,
}

impl Ignored {
    /// Reads the words, each of which may be several between commas.
    pub fn read(words: &[OsString], from: &Standpoint<'_>) -> Result<Self, Fault> {
        let both = |path: &Path| {
            std::iter::once(path.to_owned())
                .chain(files::canonical(path))
                .collect::<Vec<_>>()
        };
        let (here, project) = (both(from.cwd), both(from.project));
        let around = if from.is_named {
            [&here[..], &project].concat()
        } else {
            project.clone()
        };
        let bases = [here, project].concat();
        let each = words.iter().flat_map(|word| split(word, &bases));
        let words = each
            .map(|word| Word::read(&word, &bases, from.home))
            .collect::<Result<_, _>>()?;
        let out = Self {
            around,
            words,
            trees: BTreeSet::new(),
        };
        let by_link = from
            .spelled
            .iter()
            .filter(|tree| out.keeps_tree(tree))
            .filter_map(|tree| files::canonical(tree));
        let by_link = by_link.collect();
        Ok(Self {
            trees: by_link,
            ..out
        })
    }

    /// Returns whether something in a tree is kept for itself, whatever it lies in.
    pub fn has(&self, tree: &Path, path: &Path) -> bool {
        self.is_meant(self.base_of(tree), path)
    }

    /// Returns whether something in a tree is kept, or a directory in the tree that it lies in.
    pub fn covers(&self, tree: &Path, path: &Path) -> bool {
        path.ancestors()
            .take_while(|above| *above != tree)
            .any(|above| self.has(tree, above))
    }

    /// Returns whether a whole tree is kept, for itself or for what it lies in.
    pub fn keeps_tree(&self, tree: &Path) -> bool {
        self.trees.contains(tree)
            || tree
                .ancestors()
                .any(|above| self.is_meant(self.base_of(tree), above))
    }

    /// Returns the names in a directory that are kept.
    pub fn among<'l>(&self, tree: &Path, directory: &Path, listing: &'l Listing) -> Vec<&'l OsStr> {
        let names = listing.iter().map(|entry| entry.name);
        names
            .filter(|name| self.has(tree, &directory.join(name)))
            .collect()
    }

    /// Returns the words that nothing was met for.
    pub fn unmet(&self) -> Vec<&str> {
        let unmet = self
            .words
            .iter()
            .filter(|word| !word.is_met.load(Ordering::Relaxed));
        unmet.map(|word| word.text.as_str()).collect()
    }

    fn is_meant(&self, base: Option<&Path>, path: &Path) -> bool {
        // Each is asked, so that each knows whether it was met.
        self.words
            .iter()
            .filter(|word| word.means(base, path))
            .count()
            > 0
    }

    /// Returns the directory below which names count: whoever stands in `app` does not mean that by
    /// the name.
    fn base_of<'a>(&'a self, tree: &'a Path) -> Option<&'a Path> {
        let base = |around: &'a PathBuf| match (tree.starts_with(around), around.starts_with(tree))
        {
            (_, true) => Some(tree),
            (true, _) => Some(around.as_path()),
            _ => None,
        };
        self.around.iter().find_map(base).or_else(|| tree.parent())
    }
}

impl Word {
    fn read(word: &OsStr, bases: &[PathBuf], home: Option<&Path>) -> Result<Self, Fault> {
        let bytes = word.as_bytes();
        let end = bytes
            .iter()
            .rposition(|byte| *byte != b'/')
            .map_or(bytes.len().min(1), |last| last + 1);
        let plain = OsStr::from_bytes(&bytes[..end]);
        if plain.is_empty() {
            return Err(Fault::new("`--ignore` with an empty word keeps nothing")
                .hint("name a directory or a file"));
        }
        let of_home = || Some(home?.join(OsStr::from_bytes(plain.as_bytes().strip_prefix(b"~/")?)));
        let path = of_home().unwrap_or_else(|| PathBuf::from(plain));
        let mut out = Self {
            text: word.to_string_lossy().into_owned(),
            ..Self::default()
        };
        let is_name = path.file_name() == Some(path.as_os_str());
        out.name = is_name.then(|| path.clone().into_os_string());
        // A name is everywhere; here it may be that of a link.
        out.literal(
            &path,
            if is_name {
                &bases[..bases.len().min(1)]
            } else {
                bases
            },
        );
        if is_pattern(&path) {
            let pattern = out.pattern(&path, is_name, bases);
            // What is there under this very name is meant by it.
            if let Err(reason) = pattern.or_else(|reason| {
                if out.paths.is_empty() {
                    Err(reason)
                } else {
                    Ok(())
                }
            }) {
                return Err(Fault::new(format!(
                    "`--ignore {}` is no pattern: {reason}",
                    out.text
                )));
            }
        }
        out.is_met = AtomicBool::new(!out.paths.is_empty());
        out.foreseen(&path, is_name, bases);
        Ok(out)
    }

    /// Takes the word as it is written, where something has this path.
    fn literal(&mut self, path: &Path, bases: &[PathBuf]) {
        let there = bases
            .iter()
            .map(|base| base.join(path))
            .filter(|path| stamp::of_link(path).is_some());
        self.paths
            .extend(there.take(2).flat_map(|path| forms(&path)));
    }

    /// Takes the word for a path of what is gone, whose bytecode may still be somewhere.
    fn foreseen(&mut self, path: &Path, is_name: bool, bases: &[PathBuf]) {
        if self.paths.is_empty() && !is_name && !is_pattern(path) {
            self.paths
                .extend(bases.iter().flat_map(|base| forms(&base.join(path))));
        }
    }

    fn pattern(&mut self, path: &Path, is_name: bool, bases: &[PathBuf]) -> Result<(), String> {
        let text = path.to_str().ok_or("it is not UTF-8")?;
        let parts: Vec<&str> = text
            .split('/')
            .filter(|part| !matches!(*part, "" | "."))
            .collect();
        let first = parts
            .iter()
            .position(|part| is_pattern(Path::new(part)))
            .unwrap_or_default();
        let (front, rest) = parts.split_at(first);
        let fault = |error: glob::PatternError| error.msg.to_owned();
        if rest.contains(&"..") {
            return Err("`..` behind a pattern leads nowhere for certain".to_owned());
        }
        let whole = Pattern::new(&rest.join("/")).map_err(fault)?;
        let is_deep = front.is_empty() && rest[0] == DEEP && !path.has_root();
        if is_name || is_deep {
            let ends: Vec<&str> = parts
                .iter()
                .skip_while(|part| **part == DEEP)
                .copied()
                .collect();
            let ends = if ends.is_empty() {
                "*".to_owned()
            } else {
                ends.join("/")
            };
            self.floating = Some(Pattern::new(&format!("{DEEP}/{ends}")).map_err(fault)?);
            return Ok(());
        }
        let start = Path::new(if path.has_root() { "/" } else { "" }).join(front.join("/"));
        for base in bases {
            let start = base.join(&start);
            self.below.extend(
                forms(&start)
                    .into_iter()
                    .map(|start| (start, whole.clone())),
            );
            self.expand(&start, rest);
        }
        Ok(())
    }

    /// Takes what a pattern names now, so that it is known where links lead. As in a shell, `**`
    /// follows none.
    fn expand(&mut self, start: &Path, rest: &[&str]) {
        let Some(start) = files::canonical(start) else {
            return;
        };
        let [part, rest @ ..] = rest else {
            return self.paths.extend(forms(&start));
        };
        if *part == DEEP {
            let pattern = [&[DEEP], rest].concat().join("/");
            return self
                .below
                .extend(Pattern::new(&pattern).map(|pattern| (start, pattern)));
        }
        let Ok(pattern) = Pattern::new(part) else {
            return;
        };
        for name in files::names(&start) {
            if pattern.matches_with(&name.to_string_lossy(), OPTIONS) {
                let found = start.join(&name);
                self.paths.extend(if rest.is_empty() {
                    forms(&found)
                } else {
                    Vec::new()
                });
                self.expand(&found, rest);
            }
        }
    }

    fn means(&self, base: Option<&Path>, path: &Path) -> bool {
        let below = base
            .and_then(|base| path.strip_prefix(base).ok())
            .filter(|below| !below.as_os_str().is_empty());
        let is_named = || {
            below.is_some()
                && self
                    .name
                    .as_deref()
                    .is_some_and(|name| path.file_name() == Some(name))
        };
        let matches =
            |pattern: &Pattern, path: &Path| pattern.matches_with(&path.to_string_lossy(), OPTIONS);
        let floats = || {
            below
                .zip(self.floating.as_ref())
                .is_some_and(|(below, pattern)| matches(pattern, below))
        };
        let mut all = self
            .below
            .iter()
            .filter_map(|(start, pattern)| Some((path.strip_prefix(start).ok()?, pattern)));
        let is_meant = self.paths.contains(path)
            || is_named()
            || floats()
            || all.any(|(path, pattern)| matches(pattern, path));
        if is_meant {
            self.is_met.store(true, Ordering::Relaxed);
        }
        is_meant
    }
}

/// Returns the words between the commas, unless all of it is the path of something.
fn split(word: &OsStr, bases: &[PathBuf]) -> Vec<OsString> {
    let is_there = bases
        .iter()
        .any(|base| !word.is_empty() && stamp::of_link(&base.join(word)).is_some());
    if is_there {
        return vec![word.to_owned()];
    }
    word.as_bytes()
        .split(|byte| *byte == b',')
        .map(|part| OsStr::from_bytes(part).to_owned())
        .collect()
}

fn is_pattern(path: &Path) -> bool {
    path.as_os_str()
        .as_bytes()
        .iter()
        .any(|byte| b"*?[".contains(byte))
}

/// Returns the paths by which a walk may come to something: as it is written, where its directory
/// leads, and where it leads itself.
fn forms(path: &Path) -> Vec<PathBuf> {
    let plain = normalised(path);
    let beside = path
        .parent()
        .zip(path.file_name())
        .and_then(|(parent, name)| Some(files::canonical(parent)?.join(name)));
    // Of what is gone, the nearest directory that is not.
    let above = plain
        .ancestors()
        .find_map(|above| Some((above, files::canonical(above)?)));
    let nearest = above.and_then(|(above, real)| Some(real.join(plain.strip_prefix(above).ok()?)));
    [Some(plain.clone()), beside, nearest, files::canonical(path)]
        .into_iter()
        .flatten()
        .collect()
}
