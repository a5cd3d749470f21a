//! From the paths on which a decision hangs to what a shell watches. The one rule: whatever may
//! have changed since it was read, or may change again without a trace, is not watched but asked
//! about at the next prompt.

use std::path::{Path, PathBuf};

use super::stamps;
use crate::env::Env;
use crate::host::{Kind, Stamp, clock, files, stamp};
use crate::shell::{Eye, Mark, Present, Watch};

const SECOND_NS: i64 = 1_000_000_000;

/// What was seen of some paths before anything at them was read.
#[derive(Clone, Debug)]
pub struct Look {
    pub started_ns: i64,
    pub seen: Vec<(PathBuf, Option<Stamp>)>,
}

impl Look {
    /// Looks.
    pub fn at(started_ns: i64, paths: Vec<PathBuf>) -> Self {
        Self {
            started_ns,
            seen: paths
                .into_iter()
                .map(|path| (stamp::of(&path), path))
                .map(|(s, p)| (p, s))
                .collect(),
        }
    }

    /// Looks again, and at more paths, when everything was read. Returns whether all is as it was.
    pub fn again(&mut self, more: Vec<PathBuf>) -> bool {
        let is_same = self
            .seen
            .iter()
            .all(|(path, before)| stamp::of(path) == *before);
        for path in more {
            if !self.seen.iter().any(|(known, _)| *known == path) {
                self.seen.push((path.clone(), stamp::of(&path)));
            }
        }
        is_same
    }

    /// Adds the directories of links, for a shell that sees only where a link leads.
    pub fn add_directories_of_links(&mut self) {
        let links = self
            .seen
            .iter()
            .filter(|(path, _)| stamp::of_link(path).is_some_and(|s| s.kind == Kind::Link));
        let directories: Vec<PathBuf> = links
            .filter_map(|(path, _)| path.parent().map(Path::to_owned))
            .collect();
        self.again(directories);
    }

    /// Returns whether some file changed so recently that it may change again unseen.
    pub fn is_racy(&self, whole_seconds: bool) -> bool {
        let now = clock::now_ns();
        let end_of_second = |ctime: i64| ctime.div_euclid(SECOND_NS) * SECOND_NS + SECOND_NS;
        let settled = |stamp: &Stamp| {
            let since_second =
                !whole_seconds || end_of_second(stamp.ctime_ns) + clock::TICK_NS < now;
            // A time far ahead is no recent change, and must not make every prompt ask.
            (stamp.is_calm(self.started_ns) && since_second) || stamp.ctime_ns > now + 2 * SECOND_NS
        };
        !self
            .seen
            .iter()
            .filter_map(|(_, stamp)| stamp.as_ref())
            .all(settled)
    }

    /// Returns what a shell watches; nothing where a file's state can't be written down for it.
    pub fn watch(
        &self,
        eye: Eye,
        cwd: &Path,
        variables: Variables<'_>,
        state: Option<&Path>,
    ) -> Option<Watch> {
        let mut watch = Watch {
            cwd: cwd.to_owned(),
            variables: variables.watched(),
            ..Watch::default()
        };
        for (path, stamp) in &self.seen {
            match stamp {
                None => watch.absent.push(path.clone()),
                Some(stamp) => {
                    let mark = mark(eye, path, stamp, state)?;
                    watch.present.push(Present {
                        path: seen_by(eye, path)?,
                        mark,
                    });
                }
            }
        }
        Some(watch)
    }
}

/// Returns the path at which a shell sees a file: one that can't look through a link gets what the
/// link leads to.
fn seen_by(eye: Eye, path: &Path) -> Option<PathBuf> {
    let is_link = || stamp::of_link(path).is_some_and(|stamp| stamp.kind == Kind::Link);
    if eye == Eye::Write && is_link() {
        files::canonical(path)
    } else {
        Some(path.to_owned())
    }
}

fn mark(eye: Eye, path: &Path, stamp: &Stamp, state: Option<&Path>) -> Option<Mark> {
    Some(match eye {
        Eye::Stamp { .. } => Mark::Stamp(stamps::at(stamp.mtime_ns, state)?),
        Eye::Change { .. } => Mark::Changed(stamp.ctime_ns),
        Eye::Write => Mark::Written(stamp.mtime_ns),
        Eye::Content if stamp.kind != Kind::File => Mark::There,
        Eye::Content => {
            let (content, _) = files::read_small(path).ok()??;
            // What is compared must be what was decided from.
            (stamp::of(path).as_ref() == Some(stamp)).then_some(Mark::Content(content))?
        }
    })
}

/// The variables on which a decision hangs.
#[derive(Clone, Copy, Debug)]
pub struct Variables<'a> {
    pub names: &'a [&'a str],
    pub env: &'a Env,
}

impl Variables<'_> {
    fn watched(&self) -> Vec<(String, Option<std::ffi::OsString>)> {
        self.names
            .iter()
            .map(|name| {
                (
                    (*name).to_owned(),
                    self.env.get(name).map(ToOwned::to_owned),
                )
            })
            .collect()
    }
}
