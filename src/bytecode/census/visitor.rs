//! One directory of a census: which of its files are bytecode. In `__pycache__` a regular file of
//! such a name, anywhere else, below a prefix too, by its header as well. Enters no other project
//! and no environment, another file system only where that was asked for, and follows no link.

use std::cell::OnceCell;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Census, Depth, Found, Group, Place, Pyc};
use crate::bytecode::prefix;
use crate::bytecode::verdict::{self, Judged, Reason, Source, Subject, Verdict};
use crate::host::directory::{Entry, Listing, TEMPORARY};
use crate::host::{Directory, Kind, Tree, files, walk};
use crate::python::magic;
use crate::python::names::{self, CacheName, PYCACHE, Writer};
use crate::python::pyc::{HEADER, Header};
use crate::tree::ignore::Ignored;
use crate::tree::territory::{self, Names};

/// Collects what one thread sees.
pub(super) struct Visitor<'a> {
    census: &'a Census<'a>,
    trees: &'a [Tree],
    prefix: Option<&'a Path>,
    cache: Listing,
    pub(super) found: Found,
}

impl walk::Visitor for Visitor<'_> {
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString> {
        if !self.is_near(tree, directory) {
            return Vec::new();
        }
        if directory.path == self.trees[tree].path && self.ignored(Ignored::keeps_tree, tree) {
            return Vec::new();
        }
        let names = Names::sort(listing);
        if let Some(prefix) = self.prefix {
            let source = prefix::mirrored(prefix, &directory.path).unwrap_or_default();
            self.bytecode(tree, directory, listing, &Sources::at(&source));
            if self.census.scope.modules_of(tree).is_some() {
                return Vec::new();
            }
            let below = territory::mirrored_directories(self.census.scope, tree, &source, &names);
            return self.entered(tree, &source, listing, below);
        }
        if self.is_foreign(tree, directory, &names) {
            return Vec::new();
        }
        self.loose(tree, directory, &names);
        if names.has_cache {
            self.pycache(tree, directory);
        }
        let link = directory.path.join(PYCACHE);
        if names.cache_is_link && holds_bytecode(&link) {
            self.found.links.push(link);
        }
        if self.census.scope.modules_of(tree).is_some() {
            return Vec::new();
        }
        let own = names.own_directories(self.census.scope, tree, directory);
        let own = own.iter().map(|entry| entry.name.to_owned()).collect();
        self.entered(tree, &directory.path, listing, own)
    }

    fn miss(&mut self, path: PathBuf, reason: io::ErrorKind) {
        self.found.missed.push((path, reason));
    }
}

/// The directory of sources, opened when the first of them is asked for.
struct Sources<'a> {
    path: &'a Path,
    given: Option<&'a Directory>,
    opened: OnceCell<Option<Directory>>,
}

impl<'a> Sources<'a> {
    fn at(path: &'a Path) -> Self {
        Self {
            path,
            given: None,
            opened: OnceCell::new(),
        }
    }

    fn of(directory: &'a Directory) -> Self {
        Self {
            path: &directory.path,
            given: Some(directory),
            opened: OnceCell::new(),
        }
    }

    fn directory(&self) -> Option<&Directory> {
        self.given.or_else(|| {
            self.opened
                .get_or_init(|| Directory::open(self.path).ok())
                .as_ref()
        })
    }

    /// Looks up the source of a module. A name that is no link is looked up once.
    fn stamps(&self, name: &OsStr) -> Source {
        let stamp = self
            .directory()
            .and_then(|directory| directory.stat_link(name));
        let is_link = stamp.is_some_and(|stamp| stamp.kind == Kind::Link);
        let file = if is_link {
            self.directory().and_then(|directory| directory.stat(name))
        } else {
            stamp
        };
        Source {
            file: file.filter(|file| file.kind == Kind::File),
            name: stamp,
        }
    }

    /// Looks for the source of bytecode that is no module's: a script without an ending, or with
    /// one of its own.
    fn otherwise(&self, module: &[u8]) -> Option<(OsString, Source)> {
        let mut listing = Listing::default();
        // Opened anew: the one that is held was read to its end.
        Directory::open(self.path).ok()?.list(&mut listing).ok()?;
        let is_it = |name: &[u8]| {
            let end = name.strip_prefix(module);
            end.is_some_and(|end| {
                end.is_empty() || (end[0] == b'.' && !end[1..].contains(&b'.') && end != b".pyc")
            })
        };
        let names = listing
            .iter()
            .filter(|entry| matches!(entry.kind, Kind::File | Kind::Link));
        let name = names
            .map(|entry| entry.name)
            .find(|name| is_it(name.as_bytes()))?
            .to_owned();
        let lies = self.stamps(&name);
        lies.file.is_some().then_some((name, lies))
    }

    fn read(&self, name: &OsStr) -> Option<Vec<u8>> {
        self.directory()?.read(name).ok().map(|(bytes, _)| bytes)
    }
}

impl<'a> Visitor<'a> {
    pub(super) fn new(census: &'a Census<'a>, trees: &'a [Tree], prefix: Option<&'a Path>) -> Self {
        Self {
            census,
            trees,
            prefix,
            cache: Listing::default(),
            found: Found::default(),
        }
    }

    /// Returns whether a directory is of its tree's own file system, or it does not matter.
    fn is_near(&mut self, tree: usize, directory: &Directory) -> bool {
        let is_near = self.census.crosses
            || directory.stamp().map(|stamp| stamp.dev) == self.trees[tree].id.map(|(dev, _)| dev);
        if !is_near {
            self.found.mounts.push(directory.path.clone());
        }
        is_near
    }

    fn is_foreign(&self, tree: usize, directory: &Directory, names: &Names<'_>) -> bool {
        if self.census.scope.holds_packages(tree) {
            return directory.path != self.trees[tree].path
                && (names.is_project(directory) || names.is_repository());
        }
        names.is_foreign(directory, &self.trees[tree].path)
    }

    /// Returns whether a person's words hold for something in a tree.
    fn ignored(&self, holds: impl Fn(&Ignored, &Path) -> bool, tree: usize) -> bool {
        self.census
            .ignored
            .is_some_and(|ignored| holds(ignored, &self.census.scope.trees[tree]))
    }

    /// Returns those directories of a directory of sources that are entered.
    fn entered(
        &self,
        tree: usize,
        source: &Path,
        listing: &Listing,
        mut below: Vec<OsString>,
    ) -> Vec<OsString> {
        if let Some(ignored) = self.census.ignored {
            let kept = ignored.among(&self.census.scope.trees[tree], source, listing);
            below.retain(|name| !kept.contains(&name.as_os_str()));
        }
        below
    }

    /// Returns whether bytecode stays: for its own name, its directory's, or that of its source.
    fn stays(&self, tree: usize, directory: &Directory, source: &Path, name: &OsStr) -> bool {
        let module = names::parse(name.as_bytes())
            .map_or_else(|| territory::module_of(name), |name| name.module);
        let module = source.join(OsStr::from_bytes(&[module, b".py"].concat()));
        let is_kept = |path: &Path| self.ignored(|ignored, tree| ignored.has(tree, path), tree);
        is_kept(&directory.path) && directory.path != source
            || is_kept(&directory.path.join(name))
            || is_kept(&source.join(name))
            || is_kept(&module)
    }

    fn pycache(&mut self, tree: usize, parent: &Directory) {
        let mut listing = std::mem::take(&mut self.cache);
        let opened = parent.child(OsStr::new(PYCACHE));
        match opened.and_then(|directory| directory.list(&mut listing).map(|()| directory)) {
            Ok(directory) if !self.is_near(tree, &directory) => {}
            Ok(directory) => self.bytecode(tree, &directory, &listing, &Sources::of(parent)),
            Err(error) if files::is_absent(&error) => {}
            Err(error) => walk::Visitor::miss(self, parent.path.join(PYCACHE), error.kind()),
        }
        self.cache = listing;
    }

    /// Notes the files of a directory of bytecode.
    fn bytecode(
        &mut self,
        tree: usize,
        directory: &Directory,
        listing: &Listing,
        sources: &Sources<'_>,
    ) {
        // Python reads through a link, and so it is judged; that alone is no reason to take it for
        // bytecode.
        let reads_links = self.census.depth == Depth::Verdicts;
        let files = listing
            .iter()
            .filter(|entry| entry.kind == Kind::File || reads_links && entry.kind == Kind::Link);
        let files = files
            .filter_map(|entry| self.cached(tree, directory, entry, sources))
            .collect();
        self.keep(tree, directory, sources.path, files);
    }

    fn cached(
        &self,
        tree: usize,
        directory: &Directory,
        entry: Entry<'_>,
        sources: &Sources<'_>,
    ) -> Option<Pyc> {
        if entry.name.as_bytes().ends_with(TEMPORARY.as_bytes()) {
            return self.unfinished(tree, directory, entry);
        }
        let name =
            names::parse(entry.name.as_bytes()).filter(|name| self.is_meant(tree, name.module))?;
        let (bytes, judged) = match self.census.depth {
            Depth::Names if self.prefix.is_some() && !has_header(directory, entry.name) => {
                return None;
            }
            Depth::Names => (directory.stat_link(entry.name)?.size, None),
            Depth::Verdicts => {
                let (bytes, judged) = self.judge(directory, entry.name, name, sources)?;
                (bytes, Some(judged))
            }
        };
        let is_link = entry.kind == Kind::Link;
        Some(Pyc {
            name: entry.name.to_owned(),
            bytes,
            place: Place::Cache,
            writer: name.writer,
            is_link,
            judged,
        })
    }

    /// Notes a file of ours that was never finished, which goes with everything.
    fn unfinished(&self, tree: usize, directory: &Directory, entry: Entry<'_>) -> Option<Pyc> {
        let clears =
            self.census.depth == Depth::Names && self.census.scope.modules_of(tree).is_none();
        let bytes = directory.stat_link(entry.name).filter(|_| clears)?.size;
        let (name, place, writer) = (entry.name.to_owned(), Place::Cache, Writer::Other);
        Some(Pyc {
            name,
            bytes,
            place,
            writer,
            is_link: false,
            judged: None,
        })
    }

    /// Returns whether a module was asked for, where a single one was.
    fn is_meant(&self, tree: usize, module: &[u8]) -> bool {
        self.census
            .scope
            .modules_of(tree)
            .is_none_or(|asked| asked.contains(OsStr::from_bytes(module)))
    }

    fn judge(
        &self,
        directory: &Directory,
        file: &OsStr,
        name: CacheName<'_>,
        sources: &Sources<'_>,
    ) -> Option<(u64, Judged)> {
        let (head, stamp) = match directory.head::<HEADER>(file) {
            Ok(read) => read,
            Err(error) if files::is_absent(&error) => return None,
            Err(_) => return Some((0, Judged::new(Verdict::Corrupt, Reason::Unreadable))),
        };
        if self.prefix.is_some() && Header::parse(&head).is_none() {
            return None;
        }
        let own = self
            .census
            .target
            .filter(|target| target.tag.as_bytes() == name.tag)
            .map(|target| target.magic);
        let magic = own.or_else(|| magic::of_tag(name.tag));
        let source = OsString::from(OsStr::from_bytes(
            &[name.module, b".py".as_slice()].concat(),
        ));
        let subject = Subject {
            head: &head,
            stamp: &stamp,
            writer: name.writer,
            magic,
        };
        let (source, lies) = match sources.stamps(&source) {
            Source { file: None, .. } => sources.otherwise(name.module).unwrap_or_else(|| {
                let nothing = Source {
                    file: None,
                    name: None,
                };
                (source, nothing)
            }),
            lies => (source, lies),
        };
        let judged = verdict::judge(&subject, lies, || sources.read(&source));
        Some((stamp.size, self.census.ledger.settle(judged, lies, &stamp)))
    }

    /// Notes bytecode outside `__pycache__`, which Python reads where the source is gone.
    fn loose(&mut self, tree: usize, directory: &Directory, names: &Names<'_>) {
        let files = names.loose.iter().filter_map(|name| {
            let module = territory::module_of(name);
            let place = if names.is_imported(directory, name)? {
                Place::Alone
            } else {
                Place::Beside
            };
            let stamp = directory.stat_link(name)?;
            let is_link = stamp.kind == Kind::Link;
            (stamp.kind == Kind::File || is_link && place == Place::Alone).then_some(())?;
            (self.is_meant(tree, module) && has_header(directory, name)).then_some(())?;
            let verdict = if place == Place::Alone {
                Verdict::Orphan
            } else {
                Verdict::Leftover
            };
            let judged = (self.census.depth == Depth::Verdicts)
                .then_some(Judged::new(verdict, Reason::Plain));
            Some(Pyc {
                name: (*name).to_owned(),
                bytes: stamp.size,
                place,
                writer: Writer::Import,
                is_link,
                judged,
            })
        });
        let files = files.collect();
        self.keep(tree, directory, &directory.path, files);
    }

    fn keep(&mut self, tree: usize, directory: &Directory, source: &Path, mut files: Vec<Pyc>) {
        files.retain(|file| !self.stays(tree, directory, source, &file.name));
        if files.is_empty() {
            return;
        }
        self.census.tally.add(files.len());
        files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let (tree, directory, source) = (
            self.trees[tree].clone(),
            directory.path.clone(),
            source.to_owned(),
        );
        self.found.groups.push(Group {
            tree,
            directory,
            source,
            files,
        });
    }
}

fn holds_bytecode(cache: &Path) -> bool {
    files::names(cache)
        .iter()
        .any(|name| names::parse(name.as_bytes()).is_some())
}

/// Returns whether a file is bytecode, whatever its name: whoever chose a prefix may keep other
/// things below it.
fn has_header(directory: &Directory, name: &OsStr) -> bool {
    directory
        .head::<HEADER>(name)
        .is_ok_and(|(head, _)| Header::parse(&head).is_some())
}
