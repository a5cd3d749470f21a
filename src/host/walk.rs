//! Walking trees with several threads. A visitor sees each directory with its names and says which
//! directories in it to enter; links are never followed. The walk decides nothing else.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::cores;
use super::directory::{Directory, Listing};
use super::files;

/// Below so many waiting directories a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 24;

/// What is done at each directory. Every thread has a visitor of its own; they are returned at the
/// end.
pub trait Visitor: Send {
    /// Looks at a directory of the tree with this number, and returns the names in it to enter.
    fn enter(&mut self, tree: usize, directory: &Directory, listing: &Listing) -> Vec<OsString>;

    /// Hears of a directory that is there and could not be opened or read.
    fn miss(&mut self, _path: PathBuf, _reason: io::ErrorKind) {}
}

/// A directory that waits: a root, or a name in an open directory.
enum Job {
    Root(usize, PathBuf),
    Child(usize, Arc<Directory>, OsString),
}

impl Job {
    fn path(&self) -> PathBuf {
        match self {
            Self::Root(_, path) => path.clone(),
            Self::Child(_, parent, name) => parent.path.join(name),
        }
    }
}

#[derive(Default)]
struct Queue {
    jobs: Vec<Job>,
    working: usize,
}

/// The jobs of all threads. The newest is taken first, which keeps few directories open.
#[derive(Default)]
struct Pool {
    queue: Mutex<Queue>,
    changed: Condvar,
}

impl Pool {
    fn take(&self) -> Option<Job> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(job) = queue.jobs.pop() {
                queue.working += 1;
                return Some(job);
            }
            if queue.working == 0 {
                return None;
            }
            queue = self
                .changed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends one job and adds those that it found; returns how many wait.
    fn finish(&self, found: Vec<Job>) -> usize {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.working -= 1;
        let wake = !found.is_empty() || queue.working == 0;
        queue.jobs.extend(found);
        let waiting = queue.jobs.len();
        drop(queue);
        if wake {
            self.changed.notify_all();
        }
        waiting
    }
}

/// Walks the trees and returns the visitors.
pub fn walk<V: Visitor>(roots: &[PathBuf], new: impl Fn() -> V + Sync) -> Vec<V> {
    let pool = Pool::default();
    let jobs = roots
        .iter()
        .enumerate()
        .rev()
        .map(|(tree, root)| Job::Root(tree, root.clone()));
    pool.queue
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .jobs
        .extend(jobs);
    let most = cores::count().min(cores::MOST_THREADS);
    std::thread::scope(|scope| {
        let mut threads = Vec::new();
        let mut visitor = new();
        let mut listing = Listing::default();
        while let Some(job) = pool.take() {
            let waiting = pool.finish(visit(&job, &mut visitor, &mut listing));
            if waiting > WORTH_A_THREAD && threads.len() + 1 < most {
                threads.push(scope.spawn(|| work(&pool, new())));
            }
        }
        let others = threads.into_iter().filter_map(|thread| thread.join().ok());
        std::iter::once(visitor).chain(others).collect()
    })
}

fn work<V: Visitor>(pool: &Pool, mut visitor: V) -> V {
    let mut listing = Listing::default();
    while let Some(job) = pool.take() {
        pool.finish(visit(&job, &mut visitor, &mut listing));
    }
    visitor
}

fn visit<V: Visitor>(job: &Job, visitor: &mut V, listing: &mut Listing) -> Vec<Job> {
    let (tree, opened) = match job {
        Job::Root(tree, path) => (*tree, Directory::open(path)),
        Job::Child(tree, parent, name) => (*tree, parent.child(name)),
    };
    let directory = match opened.and_then(|directory| directory.list(listing).map(|()| directory)) {
        Ok(directory) => directory,
        // What went away meanwhile is not missed.
        Err(error) if files::is_absent(&error) => return Vec::new(),
        Err(error) => {
            visitor.miss(job.path(), error.kind());
            return Vec::new();
        }
    };
    let names = visitor.enter(tree, &directory, listing);
    if names.is_empty() {
        return Vec::new();
    }
    let directory = Arc::new(directory);
    names
        .into_iter()
        .map(|name| Job::Child(tree, Arc::clone(&directory), name))
        .collect()
}
