//! How the files look on which a command hangs: the modules of a scope, and the inputs of a plan.
//! By the same rules as the promise about bytecode, so that what is watched is what is kept true.
//! Two looks are compared, never events.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::host::directory::Listing;
use crate::host::ears::{Places, Sound};
use crate::host::{Directory, Kind, Stamp, clock, files, stamp, walk};
use crate::tree::scope::{self, Scope};
use crate::tree::territory::Names;
use crate::values::digest;

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    pub scope: Scope,
    /// Configuration, dotenv files, and whatever else the plan was read from.
    pub inputs: BTreeSet<PathBuf>,
    /// Those of them that are about the user's consent and choices.
    pub choices: BTreeSet<PathBuf>,
    /// What those of them lead to that are links.
    pub targets: BTreeSet<PathBuf>,
    /// Files that are there as long as git writes.
    pub locks: Vec<PathBuf>,
}

/// What is seen of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Print {
    File {
        stamp: Stamp,
        /// What it holds, where the stamp alone did not tell at some time.
        content: Option<String>,
        /// Whether another write could leave the same stamp.
        is_racy: bool,
    },
    /// Not a file: what is in it does not count.
    Other,
}

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Look {
    files: BTreeMap<PathBuf, Print>,
    /// Where something new would be seen, and whether modules would be.
    pub directories: Places,
    /// Whether somebody is about to write more.
    pub is_busy: bool,
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Changed,
    New,
    Gone,
}

/// A file that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub path: PathBuf,
    pub what: What,
}

impl View {
    /// Returns whether what was heard may concern this view.
    pub fn concerns(&self, sound: Sound<'_>) -> bool {
        let Some(name) = sound.name else { return true };
        let may_hold = sound.is_directory && !scope::is_passed_over(name);
        let is_module = !sound.is_directory && name.as_bytes().ends_with(b".py");
        let leads_to = |path: &PathBuf| path.components().any(|part| part.as_os_str() == name);
        (sound.mark && (may_hold || is_module)) || self.fixed().any(leads_to)
    }

    /// Yields the paths that are known by name.
    fn fixed(&self) -> impl Iterator<Item = &PathBuf> {
        self.inputs
            .iter()
            .chain(&self.targets)
            .chain(&self.scope.trees)
    }
}

impl Look {
    /// Looks. `before` says of which files the stamp may not tell.
    pub fn take(view: &View, before: &Self) -> Self {
        let eye = Eye {
            before,
            now_ns: clock::now_ns(),
        };
        let is_busy = view.locks.iter().any(|lock| stamp::of_link(lock).is_some());
        let mut look = Self {
            is_busy,
            ..Self::default()
        };
        for visitor in walk::walk(&view.scope.trees, || Visitor {
            scope: &view.scope,
            eye,
            seen: Self::default(),
        }) {
            look.files.extend(visitor.seen.files);
            look.directories.extend(visitor.seen.directories);
        }
        view.inputs
            .iter()
            .for_each(|input| look.see(&eye, input.clone(), stamp::of(input)));
        for place in view.fixed().filter_map(|path| place_of(path)) {
            look.directories.entry(place).or_insert(false);
        }
        look
    }

    /// Notes a file.
    fn see(&mut self, eye: &Eye<'_>, path: PathBuf, stamp: Option<Stamp>) {
        let Some(stamp) = stamp else { return };
        let print = if stamp.kind == Kind::File {
            eye.print(&path, stamp)
        } else {
            Print::Other
        };
        self.files.insert(path, print);
    }

    /// Returns what is not as it was, in order.
    pub fn changes_since(&self, before: &Self) -> Vec<Change> {
        let names: BTreeSet<&PathBuf> = self.files.keys().chain(before.files.keys()).collect();
        let change = |path: &PathBuf| {
            let what = match (before.files.get(path), self.files.get(path)) {
                (Some(before), Some(now)) if before.is_same(now) => return None,
                (Some(_), Some(_)) => What::Changed,
                (None, _) => What::New,
                (_, None) => What::Gone,
            };
            Some(Change {
                path: path.clone(),
                what,
            })
        };
        names.into_iter().filter_map(change).collect()
    }

    /// Returns whether nothing happened since another look.
    pub fn is_same(&self, other: &Self) -> bool {
        self.changes_since(other).is_empty()
    }
}

impl Print {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::File {
                    stamp: a,
                    content: x,
                    ..
                },
                Self::File {
                    stamp: b,
                    content: y,
                    ..
                },
            ) => a == b && (x == y || x.is_none() || y.is_none()),
            (a, b) => a == b,
        }
    }
}

/// What one look needs to see a file.
#[derive(Clone, Copy)]
struct Eye<'a> {
    before: &'a Look,
    now_ns: i64,
}

impl Eye<'_> {
    /// Sees a file. It is read where its stamp does not tell, which is so for a tick of the clock
    /// after it was written.
    fn print(&self, path: &Path, stamp: Stamp) -> Print {
        let is_racy = !stamp.is_calm(self.now_ns);
        let known = match self.before.files.get(path) {
            Some(Print::File {
                stamp: old,
                content,
                is_racy,
            }) if *old == stamp => Some((content, *is_racy)),
            _ => None,
        };
        let content = match known {
            Some((content, false)) if !is_racy => content.clone(),
            None if !is_racy => None,
            _ => files::read(path)
                .ok()
                .flatten()
                .map(|bytes| digest::of([bytes.as_slice()])),
        };
        Print::File {
            stamp,
            content,
            is_racy,
        }
    }
}

/// Returns the nearest directory that is there, in which a path would appear.
fn place_of(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .skip(1)
        .find(|above| stamp::is_directory(above))
        .map(Path::to_owned)
}

/// Returns the directory in which what a link leads to changes.
fn target_place(link: &Path) -> Option<PathBuf> {
    files::canonical(link)?.parent().map(Path::to_owned)
}

struct Visitor<'a> {
    scope: &'a Scope,
    eye: Eye<'a>,
    seen: Look,
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        let names = Names::sort(listing);
        if names.is_foreign(directory, &self.scope.trees[tree]) {
            return Vec::new();
        }
        self.seen.directories.insert(directory.path.clone(), true);
        for module in &names.modules {
            let name = OsString::from(OsStr::from_bytes(&[module, b".py".as_slice()].concat()));
            let stamp = directory
                .stat(&name)
                .filter(|stamp| stamp.kind == Kind::File);
            self.seen.see(&self.eye, directory.path.join(name), stamp);
        }
        let links = listing
            .iter()
            .filter(|entry| entry.kind == Kind::Link && entry.name.as_bytes().ends_with(b".py"));
        let targets = links.filter_map(|entry| target_place(&directory.path.join(entry.name)));
        self.seen
            .directories
            .extend(targets.map(|place| (place, true)));
        let own = names
            .own_directories(self.scope, tree, directory)
            .into_iter();
        own.map(|entry| entry.name.to_owned()).collect()
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Returns a look that sees these paths: each as another thing than a file, which is enough to
    /// tell them apart.
    pub fn look(names: &[&str]) -> Look {
        let files = names
            .iter()
            .map(|name| (PathBuf::from(name), Print::Other))
            .collect();
        Look {
            files,
            ..Look::default()
        }
    }

    fn print(size: u64, content: Option<&str>) -> Print {
        let (kind, ctime_ns) = (Kind::File, 5);
        let stamp = Stamp {
            kind,
            dev: 1,
            ino: 2,
            size,
            mtime: 0,
            mtime_ns: 5,
            ctime_ns,
            mode: 0,
            uid: 0,
            gid: 0,
        };
        Print::File {
            stamp,
            content: content.map(ToOwned::to_owned),
            is_racy: content.is_some(),
        }
    }

    #[test]
    fn files_come_go_and_change() {
        let changes = look(&["b", "c"]).changes_since(&look(&["a", "b"]));
        let change = |path: &str, what| Change {
            path: path.into(),
            what,
        };
        assert_eq!(changes, [change("a", What::Gone), change("c", What::New)]);
    }

    #[test]
    fn only_what_may_be_seen_wakes() {
        let inputs = [
            PathBuf::from("/p/.venv/pyvenv.cfg"),
            PathBuf::from("/p/devenv.toml"),
        ]
        .into();
        let view = View {
            scope: Scope::of_trees(vec!["/p".into()], Vec::new()),
            inputs,
            ..View::default()
        };
        let concerns = |name: &str, is_directory, mark| {
            view.concerns(Sound {
                name: Some(OsStr::new(name)),
                is_directory,
                mark,
            })
        };
        assert!(concerns("a.py", false, true) && concerns("new", true, true));
        assert!(
            !concerns("app.log", false, true) && !concerns("__pycache__", true, true),
            "what programs write"
        );
        assert!(
            !concerns("a.py", false, false) && !concerns("new", true, false),
            "beside a directory of inputs"
        );
        assert!(concerns("devenv.toml", false, false) && concerns(".venv", true, false));
        assert!(
            view.concerns(Sound {
                name: None,
                is_directory: false,
                mark: false
            }),
            "too much to tell"
        );
    }

    #[test]
    fn a_stamp_that_does_not_tell_leaves_it_to_the_content() {
        assert!(
            print(3, None).is_same(&print(3, None)) && !print(3, None).is_same(&print(4, None))
        );
        assert!(
            !print(3, Some("a")).is_same(&print(3, Some("b")))
                && print(3, Some("a")).is_same(&print(3, Some("a")))
        );
        assert!(
            print(3, Some("a")).is_same(&print(3, None)),
            "what was calm already"
        );
        assert!(!print(3, None).is_same(&Print::Other));
    }
}
