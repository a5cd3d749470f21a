//! Source roots: the directories from which the project's modules are imported. Listed by the user,
//! or detected from the manifests of the project, of its workspace and of its local dependencies,
//! and from what the environment really contains. Which of them go on `PYTHONPATH` is decided in
//! `placement`.

pub mod declared;
pub mod layout;
pub mod local;
pub mod placement;
pub mod reader;
pub mod remembered;
pub mod workspace;

use std::path::{Path, PathBuf};

use crate::host::files;
use crate::python::environment::{self, Environment};
use crate::values::fault::Fault;
use crate::values::paths::has_colon;

pub use placement::Placement;
use reader::Reader;

/// The names of the directories that installers put packages into.
const PACKAGES: [&str; 2] = ["site-packages", "dist-packages"];

/// A source root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// As it is on `sys.path`.
    pub path: PathBuf,
    /// With its links resolved.
    pub resolved: PathBuf,
    /// Where it was found, in a few words.
    pub why: String,
    pub placement: Placement,
}

impl Root {
    /// Returns a root that the user listed; it is taken whatever it holds.
    pub fn listed(path: PathBuf, why: String) -> Self {
        let resolved = files::canonical(&path).unwrap_or_else(|| path.clone());
        let placement = if has_colon(&path) {
            Placement::HasColon
        } else {
            Placement::Listed
        };
        Self {
            path,
            resolved,
            why,
            placement,
        }
    }
}

/// Where to look for roots.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    pub project: &'a Path,
    pub environment: Option<&'a Environment>,
}

impl Search<'_> {
    /// Detects the roots, the project's own first.
    pub fn run(&self, reader: &mut Reader) -> Result<Vec<Root>, Fault> {
        let installed = local::installed(self.environment, reader);
        let mut roots: Vec<Root> = Vec::new();
        for project in local::projects(self.project, &installed, reader) {
            let mut found = layout::roots(&project, reader);
            if found.is_empty() && placement::is_editable(&project.directory, &installed, reader) {
                // By a finder of its own, so that the layout need not be one that anybody knows.
                found.push((project.directory.clone(), layout::Layout::Flat));
            }
            for (path, layout) in found {
                let placement = placement::of(&path, layout, &project, &installed, reader);
                self.push(&mut roots, path, project.why.clone(), placement, reader);
            }
        }
        for (path, path_file) in local::added(self.environment, reader) {
            let why = format!("{} of the environment", path_file.display());
            self.push(&mut roots, path, why, Placement::Editable, reader);
        }
        reader.end().map(|()| roots)
    }

    fn push(
        &self,
        roots: &mut Vec<Root>,
        path: PathBuf,
        why: String,
        placement: Placement,
        reader: &mut Reader,
    ) {
        let (Some(resolved), Some(project)) =
            (reader.canonical(&path), reader.canonical(self.project))
        else {
            return;
        };
        let is_known = roots
            .iter()
            .any(|root| root.resolved.as_os_str() == resolved);
        if !is_known && !holds_packages(&resolved, &project, reader) {
            roots.push(Root {
                path,
                resolved,
                why,
                placement,
            });
        }
    }
}

/// Returns whether what a directory holds was installed, because it lies where packages do. An
/// environment that holds the project too says nothing.
fn holds_packages(directory: &Path, project: &Path, reader: &mut Reader) -> bool {
    let mut apart = directory
        .ancestors()
        .take_while(|above| !project.starts_with(above));
    apart.any(|above| {
        let is_named = above
            .file_name()
            .is_some_and(|name| PACKAGES.iter().any(|known| name == *known));
        is_named || reader.is_file(&above.join(environment::MARKER))
    })
}
