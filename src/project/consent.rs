//! Writing down the user's consent. Asks nobody and shows nothing: the command did. What devenv
//! wrote itself is consented to because the user had it written; what lies beside that is not,
//! whoever put it there.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::files::Input;
use super::known::Project;
use super::trust::record::{self, Decision, Record};
use super::trust::{Standing, digest};
use crate::env::Snapshot;
use crate::host::{Kind, files, stamp};
use crate::values::fault::Fault;

/// A file as devenv left it: with these bytes, or removed.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    pub path: &'a Path,
    pub bytes: Option<&'a [u8]>,
}

impl Written<'_> {
    /// Returns whether an input is this very file: its place, its bytes, and no link.
    fn is(&self, input: &Input) -> bool {
        let place = |path: &Path| {
            Some((
                files::canonical(path.parent()?)?,
                path.file_name()?.to_owned(),
            ))
        };
        let is_here = place(&input.path).is_some() && place(&input.path) == place(self.path);
        let kind = stamp::of_link(&input.path).map(|stamp| stamp.kind);
        is_here && kind == self.bytes.map(|_| Kind::File) && input.content.as_deref() == self.bytes
    }
}

/// Allows a project as it is now; `owner`: another user whose files are accepted.
pub fn allow(project: &Project, snapshot: &Snapshot, owner: Option<u32>) -> Result<()> {
    if !project.is_configured() {
        let what = format!("`{}` has no configuration to trust", project.root.display());
        return Err(Fault::new(what).hint("devenv init").into());
    }
    let state = snapshot.dirs.state.as_deref();
    let known = record::find(&project.resolved, state);
    let owner = owner.or_else(|| known.and_then(|record| record.owner));
    project.check_ownership(snapshot.user, owner)?;
    let (root, digest, meaning) = (
        project.resolved.clone(),
        project.digest.clone(),
        project.meaning(state, true),
    );
    let record = Record {
        root,
        decision: Decision::Allow,
        digest,
        owner,
        meaning,
    };
    record::write(&record, state)
}

/// Forgets what the user decided about a project that has no configuration any more.
pub fn release(project: &Project, snapshot: &Snapshot) -> Result<()> {
    let state = snapshot.dirs.state.as_deref();
    match record::find(&project.resolved, state) {
        Some(known) => record::forget(&known, state),
        None => allow(project, snapshot, None),
    }
}

/// Allows a project that devenv has just founded, where its plan is read from nothing but what was
/// written. Returns what else there is: then the user must be asked.
pub fn allow_founded(
    project: &Project,
    written: Written<'_>,
    snapshot: &Snapshot,
) -> Result<Vec<PathBuf>> {
    let there = project
        .inputs
        .iter()
        .filter(|input| is_there(input) && !written.is(input));
    let found: Vec<PathBuf> = there
        .map(|input| input.path.clone())
        .chain(project.taken_in())
        .collect();
    if found.is_empty() {
        allow(project, snapshot, None)?;
    }
    Ok(found)
}

/// Allows a trusted project again after edits of ours, where nothing else about it changed; returns
/// whether it did. `before` is the project as it was read before the edits.
pub fn keep(
    before: &Project,
    now: &Project,
    written: &[Written<'_>],
    snapshot: &Snapshot,
) -> Result<bool> {
    let old = |input: &Input| {
        before
            .inputs
            .iter()
            .chain(&before.brought)
            .find(|old| old.path == input.path)
    };
    let is_same = |input: &Input| old(input).is_some_and(|old| old.content == input.content);
    let is_known =
        |input: &Input| is_same(input) || written.iter().any(|written| written.is(input));
    let was_trusted = matches!(before.standing(snapshot), Standing::Trusted);
    let is_ours =
        now.inputs.iter().chain(&now.brought).all(is_known) && now.taken_in() == before.taken_in();
    let is_ours = is_ours && digest::adds_no_root(&before.digest, &now.digest);
    let is_kept = was_trusted && is_ours && matches!(now.standing(snapshot), Standing::Changed(_));
    if is_kept {
        allow(now, snapshot, None)?;
    }
    Ok(is_kept)
}

/// Returns whether there is something at the place of an input, be it a link that leads nowhere
/// yet.
fn is_there(input: &Input) -> bool {
    input.content.is_some() || stamp::of_link(&input.path).is_some()
}

/// Denies the project of a directory, whatever its content, and even where that can't be read.
pub fn deny(root: &Path, snapshot: &Snapshot) -> Result<()> {
    let root = files::canonical(root).unwrap_or_else(|| root.to_owned());
    let record = Record {
        root,
        decision: Decision::Deny,
        digest: String::new(),
        owner: None,
        meaning: Vec::new(),
    };
    record::write(&record, snapshot.dirs.state.as_deref())
}
