//! Git worktrees: which repository a checkout belongs to, and where in it a project lies. Read from
//! files; a worktree counts only where the repository knows it, so that nobody can claim to be one.

use std::path::{Path, PathBuf};

use super::dot_git;
use crate::host::{files, stamp};

/// A place in a repository, the same for each of its worktrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The repository's common directory.
    common: PathBuf,
    /// The project's directory in the checkout.
    below: PathBuf,
}

/// Returns the place of a project in its repository, links resolved.
pub fn checkout(project: &Path) -> Option<Checkout> {
    let top = top(project)?;
    let git = top.join(dot_git::NAME);
    let common = if stamp::is_directory(&git) {
        files::canonical(&git)?
    } else {
        common_of(&top)?
    };
    Some(Checkout {
        common,
        below: project.strip_prefix(&top).ok()?.to_owned(),
    })
}

/// Returns the same for a project in a linked worktree alone.
pub fn linked(project: &Path) -> Option<Checkout> {
    let git = top(project)?.join(dot_git::NAME);
    stamp::is_file(&git).then(|| checkout(project)).flatten()
}

/// Returns the directory of the checkout that a project lies in.
pub fn top(project: &Path) -> Option<PathBuf> {
    let found = project
        .ancestors()
        .find(|directory| stamp::of_link(&directory.join(dot_git::NAME)).is_some());
    found.map(Path::to_owned)
}

/// Returns the common directory that a worktree's `.git` file leads to. Git keeps what it knows of
/// a worktree in `worktrees` of that very directory, and the way back in it; whoever writes the one
/// file can't write those.
pub(super) fn common_of(top: &Path) -> Option<PathBuf> {
    let own = files::canonical(&dot_git::directory(top)?)?;
    let back = own.join(dot_git::named(&own.join("gitdir"), b"")?);
    let common = files::canonical(&own.join(dot_git::named(&own.join("commondir"), b"")?))?;
    let is_known = own.parent() == Some(&common.join("worktrees"));
    // Not through a link: one to the file of another worktree would lead back there.
    let leads_back = files::canonical(&back)? == files::canonical(top)?.join(dot_git::NAME);
    (is_known && leads_back).then_some(common)
}
