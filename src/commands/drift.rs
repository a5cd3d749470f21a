//! Files of other tools in which something of ours is, and is old. In a clone nobody remembers
//! which profile was put there: a file that is as any profile wants it is right.

use std::path::Path;

use anyhow::Result;

use super::ground::Ground;
use super::surroundings;
use crate::env::Snapshot;
use crate::inject::engine::{Look, Outcome};
use crate::inject::targets::Target;
use crate::inject::{Facts, Proposal, Wish};
use crate::project::Project;
use crate::project::profile;

/// A file of a tool that says something old.
#[derive(Debug)]
pub struct Drift {
    pub target: Target,
    pub profile: String,
    /// The profile that was put there last, where we know.
    known: Option<String>,
    pub outcome: Outcome,
}

/// Returns the files in which something of ours is, and is not what any profile would put there.
pub fn find(project: &Project, ground: &Ground, snapshot: &Snapshot) -> Result<Vec<Drift>> {
    let state = snapshot.dirs.state.as_deref();
    let chosen = project.choice(None, snapshot, &ground.env)?.name;
    let others = profile::names(&project.config)
        .into_iter()
        .map(|name| (name.to_owned(), true));
    let candidates: Vec<(String, bool)> = std::iter::once((chosen, false)).chain(others).collect();
    let mut out = Vec::new();
    for target in Target::ALL
        .into_iter()
        .filter(|target| !matches!(target, Target::Jupyter | Target::Gitignore))
    {
        let mut found: Vec<Vec<Drift>> = Vec::new();
        for (profile, named) in &candidates {
            // One that can't be planned is a finding of its own.
            let Ok(facts) = surroundings::facts(project, profile, *named, ground, snapshot) else {
                continue;
            };
            let wish = Wish {
                all: true,
                ..Wish::default()
            };
            let Ok(proposal) = target.propose(&facts, &wish) else {
                continue;
            };
            found.extend(drifts_of(target, profile, &proposal, &facts, state)?);
        }
        if found.iter().all(|drifts| !drifts.is_empty()) {
            let is_known = |drifts: &Vec<Drift>| {
                drifts
                    .iter()
                    .any(|one| one.known.as_ref() == Some(&one.profile))
            };
            let own = found.iter().position(is_known).unwrap_or(0);
            out.extend(found.into_iter().nth(own).unwrap_or_default());
        }
    }
    Ok(out)
}

/// Returns the files of a target in which another thing is wanted; nothing where no file has
/// anything of ours.
fn drifts_of(
    target: Target,
    profile: &str,
    proposal: &Proposal,
    facts: &Facts,
    state: Option<&Path>,
) -> Result<Option<Vec<Drift>>> {
    let (mut out, mut is_in_use) = (Vec::new(), false);
    for part in &proposal.parts {
        let look = Look::at(part, facts.bounds(), state)?;
        if !look.is_in_use() {
            continue;
        }
        is_in_use = true;
        let outcome = look.inject(false)?;
        if outcome.is_drift() {
            let known = look.profile().map(str::to_owned);
            out.push(Drift {
                target,
                profile: profile.to_owned(),
                known,
                outcome,
            });
        }
    }
    Ok(is_in_use.then_some(out))
}
