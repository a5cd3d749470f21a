//! Whether the user consented to the exact content of a project's configuration. Nothing of a
//! project is acted on before this says so. Paths are compared with their links resolved; only the
//! user's own configuration widens trust.

pub mod digest;
pub mod meaning;
pub mod ownership;
pub mod record;
pub mod salt;

use std::path::{Path, PathBuf};

use crate::git::worktree;
use crate::host::files;
use crate::values::fault::Fault;
use crate::values::user::User;
use ownership::Owned;
use record::{Decision, Record};

/// How a project stands with the user.
#[derive(Clone, Debug)]
pub enum Standing {
    Trusted,
    /// Never seen.
    Unknown,
    /// Allowed with another content; the lines say what it meant then.
    Changed(Vec<String>),
    Denied,
    /// It can't be trusted as its files are.
    Refused(Fault),
}

impl Standing {
    /// Returns the word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Unknown => "not trusted",
            Self::Changed(_) => "changed, not trusted",
            Self::Denied => "denied",
            Self::Refused(_) => "refused",
        }
    }
}

/// What is judged: a project's content.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// Links resolved.
    pub root: &'a Path,
    /// As the user spells it, and as the files are named.
    pub spelled: &'a Path,
    pub owned: Owned<'a>,
    pub digest: &'a str,
}

/// Returns whether the user may have consented to these files: nothing that they name was looked at
/// yet.
pub fn may_be_trusted(
    root: &Path,
    of_files: &str,
    record: Option<&Record>,
    trees: &[PathBuf],
    state_dir: Option<&Path>,
) -> bool {
    let is_of = |digest: &str| digest::is_of_files(digest, of_files);
    match record {
        Some(record) if record.decision == Decision::Deny => false,
        Some(record) if is_of(&record.digest) => true,
        _ => is_in(root, trees) || has_trusted_twin(root, is_of, state_dir),
    }
}

/// Judges a project by what the user decided about it.
pub fn judge(
    content: Content<'_>,
    record: Option<&Record>,
    trees: &[PathBuf],
    user: User,
    state_dir: Option<&Path>,
) -> Standing {
    let owner = record.and_then(|record| record.owner);
    if let Err(fault) = ownership::check(content.spelled, content.owned, user, owner) {
        return Standing::Refused(fault);
    }
    let has_twin = || {
        has_trusted_twin(
            content.root,
            |digest| digest::covers(digest, content.digest),
            state_dir,
        )
    };
    match record {
        Some(Record {
            decision: Decision::Deny,
            ..
        }) => Standing::Denied,
        Some(record) if digest::covers(&record.digest, content.digest) => Standing::Trusted,
        _ if is_in(content.root, trees) || has_twin() => Standing::Trusted,
        Some(record) => Standing::Changed(record.meaning.clone()),
        None => Standing::Unknown,
    }
}

/// Returns whether the user denied the project of a directory, which may be one that can't be read.
pub fn is_denied(root: &Path, state_dir: Option<&Path>) -> bool {
    record::find(root, state_dir).is_some_and(|record| record.decision == Decision::Deny)
}

fn is_in(root: &Path, trees: &[PathBuf]) -> bool {
    trees
        .iter()
        .filter_map(|tree| files::canonical(tree))
        .any(|tree| root.starts_with(tree))
}

/// Returns whether the same content was allowed in another worktree of the same repository, at the
/// same place in it.
fn has_trusted_twin(root: &Path, is_same: impl Fn(&str) -> bool, state_dir: Option<&Path>) -> bool {
    let Some(here) = worktree::linked(root) else {
        return false;
    };
    let twins = record::all(state_dir)
        .into_iter()
        .filter(|record| record.decision == Decision::Allow);
    let same = |record: &Record| {
        is_same(&record.digest) && worktree::checkout(&record.root).as_ref() == Some(&here)
    };
    twins.into_iter().any(|record| same(&record))
}
