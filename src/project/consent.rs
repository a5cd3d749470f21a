//! Writing down the user's consent. Asks nobody and shows nothing: the command did.

use std::path::Path;

use anyhow::Result;

use super::load::Project;
use super::trust::ownership;
use super::trust::record::{self, Decision, Record};
use crate::env::Snapshot;
use crate::fault::Fault;
use crate::host::files;

/// Allows a project as it is now; `owner`: another user whose files are accepted.
pub(crate) fn allow(project: &Project, snapshot: &Snapshot, owner: Option<u32>) -> Result<()> {
    if !project.is_configured() {
        let what = format!("`{}` has no configuration to trust", project.root.display());
        return Err(Fault::new(what).hint("devenv init").into());
    }
    let known = record::find(&project.resolved, snapshot.dirs.state.as_deref());
    let owner = owner.or_else(|| known.and_then(|record| record.owner));
    ownership::check(&project.owned(), snapshot.user, owner)?;
    let (root, digest, meaning) = (project.resolved.clone(), project.digest.clone(), project.meaning());
    let record = Record { root, decision: Decision::Allow, digest, owner, meaning };
    record::write(&record, snapshot.dirs.state.as_deref())
}

/// Denies the project of a directory, whatever its content, and even where that can't be read.
pub(crate) fn deny(root: &Path, snapshot: &Snapshot) -> Result<()> {
    let root = files::canonical(root).unwrap_or_else(|| root.to_owned());
    let record = Record { root, decision: Decision::Deny, digest: String::new(), owner: None, meaning: Vec::new() };
    record::write(&record, snapshot.dirs.state.as_deref())
}
