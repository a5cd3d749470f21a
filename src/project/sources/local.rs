//! The projects on this machine whose modules the project imports: itself, its workspace's members,
//! its declared local dependencies and theirs, and what its environment was installed from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::declared::{self, Declared};
use super::reader::Reader;
use super::workspace;
use crate::project::limits;
use crate::python::environment::Environment;
use crate::python::imports;
use crate::python::installed::{self, Distribution};
use crate::values::document::Node;
use crate::values::fault::Fault;
use crate::values::manifest::MANIFEST;

/// A project on this machine.
#[derive(Clone, Debug)]
pub struct LocalProject {
    pub directory: PathBuf,
    pub why: String,
    pub manifest: Option<Node>,
}

impl LocalProject {
    /// Returns the normalised name of its distribution.
    pub fn name(&self) -> Option<String> {
        let manifest = self.manifest.as_ref()?;
        let name = manifest
            .at(["project", "name"])
            .or_else(|| manifest.at(["tool", "poetry", "name"]));
        name.and_then(Node::text).map(installed::normalised)
    }
}

/// Returns the distributions of an environment.
pub fn installed(environment: Option<&Environment>, reader: &mut Reader) -> Vec<Distribution> {
    let sites = environment
        .map(|environment| environment.site_packages.clone())
        .unwrap_or_default();
    sites
        .iter()
        .flat_map(|site| {
            drop(reader.names(site));
            installed::distributions(site)
        })
        .collect()
}

/// Returns the projects, nearest first: breadth-first over what each declares.
pub fn projects(root: &Path, installed: &[Distribution], reader: &mut Reader) -> Vec<LocalProject> {
    let mut waiting = vec![Declared {
        directory: root.to_owned(),
        why: "the project".to_owned(),
    }];
    let from = installed
        .iter()
        .filter_map(|distribution| Some((distribution, distribution.local.as_ref()?)));
    let sources = from.map(|(distribution, local)| Declared {
        directory: local.directory.clone(),
        why: format!("`{}` in the environment", distribution.name),
    });
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut out: Vec<LocalProject> = Vec::new();
    let mut last: Vec<Declared> = sources.collect();
    while !waiting.is_empty() && reader.end().is_ok() {
        for next in std::mem::take(&mut waiting) {
            let Some(resolved) = reader.canonical(&next.directory) else {
                continue;
            };
            if seen.contains(&resolved) || !reader.is_directory(&resolved) {
                continue;
            }
            seen.insert(resolved);
            if seen.len() > limits::MEMBERS {
                let what = limits::beyond(limits::MEMBERS, "local projects depend on each other");
                reader.stop(Fault::new(what).hint(format!("the last: {}", next.why)));
                break;
            }
            let manifest = reader.toml(&next.directory.join(MANIFEST));
            waiting.extend(
                manifest
                    .as_ref()
                    .map(|node| named_by(&next.directory, node, reader))
                    .unwrap_or_default(),
            );
            out.push(LocalProject {
                directory: next.directory,
                why: next.why,
                manifest,
            });
        }
        if waiting.is_empty() {
            waiting = std::mem::take(&mut last);
        }
    }
    out
}

fn named_by(directory: &Path, manifest: &Node, reader: &mut Reader) -> Vec<Declared> {
    let members = workspace::members(directory, manifest, reader).into_iter();
    let members = members.map(|directory| Declared {
        directory,
        why: "workspace member".to_owned(),
    });
    members
        .chain(declared::dependencies(directory, manifest, reader))
        .collect()
}

/// Returns the directories outside the environment that its `.pth` files add, with the file that
/// does.
pub fn added(environment: Option<&Environment>, reader: &mut Reader) -> Vec<(PathBuf, PathBuf)> {
    let Some(environment) = environment else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for path_file in environment
        .site_packages
        .iter()
        .flat_map(|site| installed::path_files(site))
    {
        drop(reader.text(&path_file));
        let added = imports::added_paths(&path_file).into_iter();
        let outside = added.filter(|path| !path.starts_with(&environment.prefix));
        let name = PathBuf::from(path_file.file_name().unwrap_or_default());
        let found: Vec<PathBuf> = outside.filter(|path| reader.is_directory(path)).collect();
        out.extend(found.into_iter().map(|path| (path, name.clone())));
    }
    out
}
