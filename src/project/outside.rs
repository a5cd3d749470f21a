//! Which of the detected roots a project takes in. One that nobody configured takes in its own tree
//! alone, as the user was asked about nothing else. Where the user lists the sources, what the
//! environment imports from by itself is taken in too: it is imported whatever is listed.

use std::path::Path;

use super::config::Config;
use super::manifests::Manifests;
use super::sources::{Placement, Root};
use crate::host::stamp;
use crate::values::fault::Place;
use crate::values::manifest::CONFIGURATION;

/// Divides the detected roots into those that are taken in and those that are not.
pub(super) fn divide(
    detected: Vec<Root>,
    config: &Config,
    is_configured: bool,
    project: &Path,
    manifests: &mut Manifests,
) -> (Vec<Root>, Vec<Root>) {
    let is_inside = |root: &Root| root.resolved.starts_with(project);
    if !is_configured {
        return detected.into_iter().partition(is_inside);
    }
    let Some(listed) = &config.sources else {
        return (detected, Vec::new());
    };
    let why = |place: Place| format!("`sources`, line {}", place.line);
    let listed = listed
        .iter()
        .map(|path| Root::listed(path.value.clone(), why(path.site.place())));
    let mut taken: Vec<Root> = listed.collect();
    let is_covered = |root: &Root| {
        taken
            .iter()
            .any(|known| root.resolved.starts_with(&known.resolved))
    };
    let is_walked = |root: &Root, manifests: &mut Manifests| {
        is_inside(root) && !is_apart(root, project, manifests)
    };
    let others = detected.into_iter().filter(|root| !is_covered(root));
    let others: Vec<Root> = others.filter(|root| !is_walked(root, manifests)).collect();
    let (editable, others): (Vec<Root>, Vec<Root>) = others
        .into_iter()
        .partition(|root| root.placement == Placement::Editable);
    taken.extend(editable);
    (taken, others)
}

/// Returns whether a root in the project's tree belongs to another project in it.
fn is_apart(root: &Root, project: &Path, manifests: &mut Manifests) -> bool {
    let mut above = root
        .resolved
        .ancestors()
        .take_while(|above| *above != project);
    above.any(|above| {
        stamp::is_file(&above.join(CONFIGURATION))
            || manifests.at(above, ["tool", "devenv"]).is_some()
    })
}
