//! Git worktrees: which repository a checkout belongs to, and where in it a project lies. Read from files; a worktree
//! counts only where the repository knows it, so that nobody can claim to be one.

use std::path::{Path, PathBuf};

use crate::host::{files, stamp};

/// A place in a repository, the same for each of its worktrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checkout {
    /// The repository's common directory.
    common: PathBuf,
    /// The project's directory in the checkout.
    below: PathBuf,
}

/// Returns the place of a project in its repository, links resolved.
pub(crate) fn checkout(project: &Path) -> Option<Checkout> {
    let top = top(project)?;
    let git = top.join(".git");
    let common = if stamp::is_directory(&git) { files::canonical(&git)? } else { common_of(&git)? };
    Some(Checkout { common, below: project.strip_prefix(&top).ok()?.to_owned() })
}

/// Returns the same for a project in a linked worktree alone.
pub(crate) fn linked(project: &Path) -> Option<Checkout> {
    let git = top(project)?.join(".git");
    stamp::is_file(&git).then(|| checkout(project)).flatten()
}

/// Returns the directory of the checkout that a project lies in.
pub(crate) fn top(project: &Path) -> Option<PathBuf> {
    let found = project.ancestors().find(|directory| stamp::of_link(&directory.join(".git")).is_some());
    found.map(Path::to_owned)
}

/// Returns the common directory that a worktree's `.git` file leads to, where that leads back.
fn common_of(file: &Path) -> Option<PathBuf> {
    let line = files::text(file)?;
    let own = file.parent()?.join(line.strip_prefix("gitdir:")?.trim());
    let back = files::text(&own.join("gitdir"))?;
    let back = own.join(back.trim());
    let known = files::canonical(&back)? == files::canonical(file)?;
    let common = files::text(&own.join("commondir"))?;
    known.then(|| files::canonical(&own.join(common.trim()))).flatten()
}
