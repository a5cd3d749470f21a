//! What may be believed of a project that nobody consented to: what is detected in its tree, and
//! nothing that its configuration says. Not a command, and decides nothing of its own.

use std::path::PathBuf;

use crate::env::Snapshot;
use crate::project::Project;
use crate::project::sources::Placement;
use crate::project::trust::Standing;
use crate::python::environment::{self, Environment};

/// Returns the virtual environment of a project; of one without consent the one that lies where
/// tools make it.
pub fn believed_environment(project: &Project, snapshot: &Snapshot) -> Option<Environment> {
    if matches!(project.standing(snapshot), Standing::Trusted) {
        return project.environment.clone();
    }
    environment::load(&project.root.join(".venv"))
}

/// Returns the source roots of a project; of one without consent those that are detected.
pub fn believed_roots(project: &Project, is_trusted: bool) -> impl Iterator<Item = PathBuf> {
    let believed = project
        .roots
        .iter()
        .filter(move |root| is_trusted || root.placement != Placement::Listed);
    believed.map(|root| root.path.clone())
}
