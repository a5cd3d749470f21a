//! What the detached process does: find what is missing, prove what can be proven by its hash,
//! compile the rest, and remember it all, so that the next run finds nothing to do.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::compiler::{Compiler, Mode, Outcome, Product};
use super::holder::{Holder, is_open};
use super::packages::{Gaps, Shelf};
use super::{Request, request};
use crate::bytecode::ledger::{Fact, Ledger};
use crate::bytecode::survey::{Module, Seen, Survey, Target, place_of};
use crate::bytecode::verdict::{self, Source, Subject, Verdict};
use crate::bytecode::{prefix, seeds};
use crate::env::Env;
use crate::host::{Directory, Memory, Stamp, Tally, Tree, clock, files, lock, spawn, stamp};
use crate::python::names::{self, PYCACHE, Writer};
use crate::python::pyc::{self, Check, HEADER, Header};
use crate::values::user::User;

/// A mode beyond it has a program run as somebody else.
const PERMISSIONS: u32 = 0o777;

/// Does what was asked for under this key, and what is asked for meanwhile, unless another process
/// is at it.
pub fn work(key: &str, env: &Env, user: User, memory: &Memory) {
    let Some(path) = Request::lock(memory, key) else {
        return;
    };
    // Whoever leaves a request while the lock is held counts on us to look again after letting go.
    while memory.has(request::KIND, key) {
        let Ok(Some(held)) = lock::try_take(&path) else {
            return;
        };
        spawn::lower_priority();
        while let Some(request) = Request::take(memory, key) {
            Fill {
                request: &request,
                env,
                user,
                memory,
                key,
                tally: &Tally::default(),
            }
            .run();
        }
        Request::finish(memory, key);
        drop(held);
    }
}

struct Fill<'a> {
    request: &'a Request,
    env: &'a Env,
    user: User,
    memory: &'a Memory,
    key: &'a str,
    tally: &'a Tally,
}

/// A module and the state of its source before anything was read.
struct Pending {
    module: Module,
    source: Stamp,
}

impl Fill<'_> {
    fn run(&self) {
        let ledger = Ledger::recall(self.memory, self.key, &self.request.scope.trees);
        let seen = self.survey(&ledger);
        seen.leavings
            .iter()
            .for_each(|path| self.remove_leaving(path).unwrap_or_default());
        let (proven, pending) = self.prove(self.modules(&seen));
        let facts = self.compile(pending);
        if !self.request.scope.trees.is_empty() {
            Ledger::keep(self.memory, self.key, [seen.facts, proven, facts].concat());
        }
        self.request
            .packages
            .iter()
            .for_each(|directory| self.packages(directory));
    }

    /// Removes an unfinished file, through no link below its tree.
    fn remove_leaving(&self, path: &Path) -> Option<()> {
        let prefix = self
            .request
            .prefix
            .iter()
            .map(|prefix| Tree::through(prefix));
        let mut roots = self.request.scope.all_looked_at().into_iter().chain(prefix);
        let root = roots.find(|root| path.starts_with(&root.path))?;
        let below = path.parent()?.strip_prefix(&root.path).ok()?;
        root.open()
            .ok()?
            .descend(below)
            .ok()?
            .remove(path.file_name()?)
            .ok()
    }

    fn survey(&self, ledger: &Ledger) -> Seen {
        let mut survey = Survey::of(&self.request.scope, ledger);
        survey.target = Some(&self.request.target);
        survey.rewriter = self.request.rewriter.as_ref();
        survey.prefix = self.request.prefix.as_deref();
        survey.list_missing = true;
        survey.run()
    }

    /// Returns the modules that lack bytecode, with those that lost theirs when it could not be
    /// armed.
    fn modules(&self, seen: &Seen) -> Vec<Module> {
        let mut modules = seen.missing.clone();
        let lost = self
            .request
            .sources
            .iter()
            .filter(|source| !modules.iter().any(|m| m.source == **source));
        let lost: Vec<Module> = lost.filter_map(|source| self.module_of(source)).collect();
        modules.extend(lost);
        modules
    }

    fn module_of(&self, source: &Path) -> Option<Module> {
        let module = source.file_name()?.as_bytes().strip_suffix(b".py")?;
        let Target { tag, optimize, .. } = &self.request.target;
        let directory = match &self.request.prefix {
            Some(prefix) => prefix::mirror(prefix, source.parent()?),
            None => source.parent()?.join(PYCACHE),
        };
        let cache = directory.join(OsStr::from_bytes(&names::cache_name(
            module, tag, *optimize,
        )));
        Some(Module {
            source: source.to_owned(),
            cache,
        })
    }

    /// Returns facts about the modules whose bytecode has the hash of their source, and the other
    /// modules.
    fn prove(&self, modules: Vec<Module>) -> (Vec<Fact>, Vec<Pending>) {
        let (mut facts, mut pending) = (Vec::new(), Vec::new());
        for module in modules {
            let Some(source) = stamp::of(&module.source) else {
                continue;
            };
            match proof(&module, &source) {
                proven if proven.is_empty() => pending.push(Pending { module, source }),
                proven => facts.extend(proven),
            }
        }
        (facts, pending)
    }

    /// Has every module compiled by whom its bytecode is of.
    fn compile(&self, pending: Vec<Pending>) -> Vec<Fact> {
        let is_test = |pending: &Pending| writer(&pending.module) == Some(Writer::Pytest);
        let (tests, modules): (Vec<Pending>, Vec<Pending>) = pending.into_iter().partition(is_test);
        let own = self.compile_by(self.code(), modules);
        let tests = self
            .request
            .rewriter
            .as_ref()
            .map(|rewriter| self.compile_by(Product::Tests(rewriter), tests));
        [own, tests.unwrap_or_default()].concat()
    }

    fn compile_by(&self, product: Product<'_>, pending: Vec<Pending>) -> Vec<Fact> {
        if pending.is_empty() {
            return Vec::new();
        }
        let (modules, sources): (Vec<Module>, Vec<Stamp>) =
            pending.into_iter().map(|p| (p.module, p.source)).unzip();
        let outcomes = self
            .compiler(product, &self.roots(self.request.scope.all_looked_at()))
            .compile(&modules);
        // What is younger than a tick of the clock would not be remembered.
        clock::pause(Duration::from_nanos(2 * clock::TICK_NS.unsigned_abs()));
        let results = modules.iter().zip(&sources).zip(outcomes);
        results
            .flat_map(|((module, source), outcome)| self.learned(module, source, outcome))
            .collect()
    }

    /// Returns what is known after a compilation. What the compiler wrote is read again: it may be
    /// another's by now.
    fn learned(&self, module: &Module, source: &Stamp, outcome: Outcome) -> Vec<Fact> {
        let is_unchanged = || stamp::of(&module.source).as_ref() == Some(source);
        let place = || place_of(module.cache.parent()?).filter(|_| is_closed(&module.cache));
        match outcome {
            Outcome::Filled => proof(module, source),
            Outcome::Uncompilable if is_unchanged() => vec![self.rejected(module, source)],
            Outcome::Unreachable => place()
                .map(|place| Fact::unwritable(source, &place))
                .into_iter()
                .collect(),
            Outcome::Uncompilable | Outcome::Untried => Vec::new(),
        }
    }

    fn rejected(&self, module: &Module, source: &Stamp) -> Fact {
        let rewriter = self
            .request
            .rewriter
            .as_ref()
            .filter(|_| writer(module) == Some(Writer::Pytest));
        rewriter.map_or_else(
            || Fact::uncompilable(source, self.request.target.magic),
            |rewriter| Fact::unrewritable(source, &rewriter.version),
        )
    }

    fn code(&self) -> Product<'_> {
        Product::Code(self.request.target.optimize, Mode::Checked)
    }

    /// Returns the directories below which bytecode is written: these, or the prefix.
    fn roots(&self, trees: Vec<Tree>) -> Vec<Tree> {
        self.request
            .prefix
            .as_deref()
            .map_or(trees, |prefix| vec![Tree::through(prefix)])
    }

    /// Returns a compiler that writes below these directories.
    fn compiler<'p>(&'p self, product: Product<'p>, roots: &'p [Tree]) -> Compiler<'p> {
        let Request { python, prefix, .. } = self.request;
        // One at a time: nobody waits for it.
        Compiler {
            python,
            product,
            in_prefix: prefix.is_some(),
            roots,
            env: self.env,
            most: 1,
            tally: self.tally,
        }
    }

    fn packages(&self, directory: &Path) {
        let prefix = self.request.prefix.as_deref();
        let own = prefix.filter(|_| self.request.seeds);
        let holder = Holder::of(directory);
        // Asked again: the request may be old.
        let held = holder.tree_of(self.user);
        let Some(before) = stamp::of(directory).filter(|_| prefix.is_some() || held.is_some())
        else {
            return;
        };
        if let Some(own) = own {
            seeds::record(directory, own, self.memory);
        }
        let shelf = Shelf {
            target: &self.request.target,
            prefix,
            memory: self.memory,
        };
        let Gaps {
            mut modules,
            links,
            mut present,
        } = shelf.gaps(directory);
        let (linked, unlinked): (Vec<_>, Vec<_>) = links
            .into_iter()
            .partition(|link| own.is_some() && self.is_sound(link) && seed(link).is_some());
        modules.extend(unlinked.into_iter().filter_map(instead));
        let outcomes = self
            .compiler(self.code(), &self.roots(held.into_iter().collect()))
            .compile(&modules);
        let is_whole = !outcomes.contains(&Outcome::Untried);
        let made = modules
            .into_iter()
            .zip(outcomes)
            .filter(|(_, outcome)| *outcome == Outcome::Filled);
        present.extend(
            made.map(|(module, _)| module.cache)
                .chain(linked.into_iter().map(|link| link.cache)),
        );
        present.sort();
        if is_whole {
            shelf.remember_full(directory, &before.identity(), &present);
        }
    }

    /// Returns whether bytecode in the tree is that of its source, as far as the file system tells:
    /// what a package was installed over may have left some that Python would believe.
    fn is_sound(&self, link: &Module) -> bool {
        let judged = || {
            let path = source_of_link(link)?;
            let (head, pyc) = Directory::open(link.source.parent()?)
                .ok()?
                .head::<HEADER>(link.source.file_name()?)
                .ok()?;
            // A second name has the permissions of the first.
            (pyc.mode <= PERMISSIONS && !is_open(&pyc, self.user)).then_some(())?;
            let magic = Some(self.request.target.magic);
            let subject = Subject {
                head: &head,
                stamp: &pyc,
                writer: Writer::Import,
                magic,
            };
            let source = Source {
                file: stamp::of(&path),
                name: stamp::of_link(&path),
            };
            Some(verdict::judge(&subject, source, || {
                files::read(&path).ok().flatten()
            }))
        };
        judged().is_some_and(|judged| matches!(judged.verdict, Verdict::Fresh | Verdict::Verified))
    }
}

/// Returns who writes the bytecode of a module.
fn writer(module: &Module) -> Option<Writer> {
    Some(names::parse(module.cache.file_name()?.as_bytes())?.writer)
}

/// Returns whether bytecode can't be written where it belongs, or its directory can't be made.
fn is_closed(cache: &Path) -> bool {
    let mut above = cache
        .ancestors()
        .skip(1)
        .take(2)
        .filter(|directory| stamp::is_directory(directory));
    above
        .next()
        .is_some_and(|directory| !files::is_writable(directory))
}

/// Returns the facts that a module's bytecode is its own, where its hash proves it, and both files
/// are as they were when they were read.
fn proof(module: &Module, source: &Stamp) -> Vec<Fact> {
    let now = clock::now_ns();
    let read = |path: &Path| {
        files::read_stamped(path)
            .ok()
            .flatten()
            .filter(|(_, stamp)| stamp.is_calm(now))
    };
    let (Some((bytecode, pyc)), Some((text, state))) = (read(&module.cache), read(&module.source))
    else {
        return Vec::new();
    };
    let hash =
        |header: Header| header.check == Check::Content(pyc::source_hash(header.magic, &text));
    let same = state == *source && Header::parse(&bytecode).is_some_and(hash);
    if same {
        vec![Fact::settled(&pyc), Fact::filled(source, &pyc)]
    } else {
        Vec::new()
    }
}

/// Returns the module to compile instead of a link to its bytecode in the tree.
fn instead(link: Module) -> Option<Module> {
    Some(Module {
        source: source_of_link(&link)?,
        cache: link.cache,
    })
}

/// Returns the source of the bytecode that a link would lead to.
fn source_of_link(link: &Module) -> Option<PathBuf> {
    let directory = link.source.parent()?.parent()?;
    let name = names::parse(link.cache.file_name()?.as_bytes())?.module;
    Some(directory.join(OsStr::from_bytes(&[name, b".py"].concat())))
}

/// Gives bytecode of a package a second name in the prefix. Python replaces such files by renames,
/// so that neither name is ever written through.
fn seed(link: &Module) -> Option<()> {
    let (from, to) = (link.source.parent()?, link.cache.parent()?);
    files::make_directories(to).ok()?;
    let (from, to) = (Directory::open(from).ok()?, Directory::open(to).ok()?);
    to.link_from(
        &from,
        link.source.file_name()?,
        link.cache.file_name()?,
        pyc::OWNER_WRITES_ALONE,
    )
    .ok()
}
