//! Writing down the user's consent.

use anyhow::Result;

use super::load::Project;
use super::trust::ownership;
use super::trust::record::{self, Decision, Record};
use crate::env::Snapshot;
use crate::fault::Fault;

/// Allows a project as it is now; `owner`: another user whose files are accepted.
pub(crate) fn allow(project: &Project, snapshot: &Snapshot, owner: Option<u32>) -> Result<()> {
    let known = record::find(&project.resolved, snapshot.dirs.state.as_deref());
    let owner = owner.or_else(|| known.and_then(|record| record.owner));
    ownership::check(&project.inputs, snapshot.user, owner)?;
    write(project, Decision::Allow, owner, snapshot)
}

/// Denies a project, whatever its content.
pub(crate) fn deny(project: &Project, snapshot: &Snapshot) -> Result<()> {
    write(project, Decision::Deny, None, snapshot)
}

fn write(project: &Project, decision: Decision, owner: Option<u32>, snapshot: &Snapshot) -> Result<()> {
    if !project.is_configured() {
        let what = format!("`{}` has no configuration to trust", project.root.display());
        return Err(Fault::new(what).hint("devenv init").into());
    }
    let record = Record {
        root: project.resolved.clone(),
        decision,
        digest: project.digest.clone(),
        owner,
        meaning: project.meaning(),
    };
    record::write(&record, snapshot.dirs.state.as_deref())
}
