//! Where the project begins. The nearest ancestor with a configuration wins over a nearer directory
//! that only has a manifest. The search looks into the directory that holds `.git` and stops there,
//! at the home directory, and at a file system boundary. In the home directory itself only a
//! configuration counts: a stray manifest there must not make everything below it one project.

use std::path::{Path, PathBuf};

use super::manifests::Manifests;
use super::sources::workspace;
use crate::host::{files, stamp};
use crate::values::manifest::{CONFIGURATION, MARKERS};

/// A project, before anything of it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// As the user spells it.
    pub root: PathBuf,
    pub kind: Kind,
    /// The directories that were looked into, from the project's own upward.
    pub above: Vec<PathBuf>,
}

/// What makes a directory a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A configuration: its files, the first of which decides.
    Configured,
    /// A manifest without a word for us, of this name.
    Implicit(String),
}

/// Looks for the project of a directory: along the path as the user spells it, and where that leads
/// through links and finds none, along the one that it really is.
pub fn find(start: &Path, home: Option<&Path>, manifests: &mut Manifests) -> Option<Found> {
    let resolved = || files::canonical(start).filter(|resolved| resolved != start);
    find_along(start, home, manifests).or_else(|| find_along(&resolved()?, home, manifests))
}

fn find_along(start: &Path, home: Option<&Path>, manifests: &mut Manifests) -> Option<Found> {
    let mut directories = search_path(start, home);
    let at_home = home.is_some() && directories.last().is_some_and(|last| is_same(last, home));
    if let Some(index) = directories
        .iter()
        .position(|directory| is_configured(directory, manifests))
    {
        let above = directories.split_off(index);
        return Some(Found {
            root: above[0].clone(),
            kind: Kind::Configured,
            above,
        });
    }
    directories.truncate(directories.len() - usize::from(at_home));
    let marked = directories
        .iter()
        .enumerate()
        .find_map(|(index, directory)| Some((index, marker(directory)?)));
    let (nearest, name) = marked?;
    let above = directories.split_off(nearest);
    let Some(root) = workspace::root_of(&above, manifests) else {
        return Some(Found {
            kind: Kind::Implicit(name.to_owned()),
            root: above[0].clone(),
            above,
        });
    };
    let above = above
        .into_iter()
        .skip_while(|directory| *directory != root)
        .collect();
    Some(Found {
        kind: Kind::Implicit(marker(&root)?.to_owned()),
        root,
        above,
    })
}

fn is_same(directory: &Path, home: Option<&Path>) -> bool {
    home.is_some_and(|home| {
        directory == home || place(directory).is_some_and(|here| Some(here) == place(home))
    })
}

fn place(directory: &Path) -> Option<(u64, u64)> {
    stamp::of(directory).map(|stamp| (stamp.dev, stamp.ino))
}

fn marker(directory: &Path) -> Option<&'static str> {
    MARKERS
        .into_iter()
        .find(|name| stamp::is_file(&directory.join(name)))
}

/// Returns whether a directory has a configuration of ours.
fn is_configured(directory: &Path, manifests: &mut Manifests) -> bool {
    stamp::is_file(&directory.join(CONFIGURATION))
        || manifests
            .get(directory)
            .is_some_and(|manifest| manifest.is_configuration)
}

/// Returns the directories to look into, nearest first.
pub fn search_path(start: &Path, home: Option<&Path>) -> Vec<PathBuf> {
    let home = home.and_then(place);
    let device = place(start).map(|(device, _)| device);
    let mut out = Vec::new();
    for directory in start.ancestors() {
        let here = place(directory);
        if here.map(|(device, _)| device) != device {
            break;
        }
        out.push(directory.to_owned());
        if here == home || stamp::of_link(&directory.join(".git")).is_some() {
            break;
        }
    }
    out
}
