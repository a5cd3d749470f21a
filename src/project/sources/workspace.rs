//! uv workspaces: which directory is the root of one, and which are its members.

use std::path::{Path, PathBuf};

use super::reader::Reader;
use crate::document::Node;
use crate::manifest::MANIFEST;
use crate::project::manifests::Manifests;

/// Returns the root of the workspace that the first directory is a member of; the others are those above it.
pub(crate) fn root_of(directories: &[PathBuf], manifests: &mut Manifests) -> Option<PathBuf> {
    let directory = directories.first()?;
    for candidate in directories {
        let Some(workspace) = manifests.at(candidate, ["tool", "uv", "workspace"]) else { continue };
        let below = directory.strip_prefix(candidate).unwrap_or(directory);
        let is_member = below.as_os_str().is_empty() || lists(workspace, below);
        return is_member.then(|| candidate.clone());
    }
    None
}

fn lists(workspace: &Node, below: &Path) -> bool {
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
    let matches = |key: &str| {
        let patterns = workspace.get(key).map(Node::texts).unwrap_or_default();
        patterns.iter().any(|text| glob::Pattern::new(text).is_ok_and(|p| p.matches_path_with(below, options)))
    };
    matches("members") && !matches("exclude")
}

/// Returns the members of the workspace that a manifest declares.
pub(crate) fn members(root: &Path, manifest: &Node, reader: &mut Reader) -> Vec<PathBuf> {
    let Some(workspace) = manifest.at(["tool", "uv", "workspace"]) else { return Vec::new() };
    let patterns = workspace.get("members").map(Node::texts).unwrap_or_default();
    let found: Vec<PathBuf> = patterns.iter().flat_map(|pattern| reader.matching(root, pattern)).collect();
    let is_member = |path: &PathBuf| path.strip_prefix(root).is_ok_and(|below| lists(workspace, below));
    found.into_iter().filter(is_member).filter(|member| reader.is_file(&member.join(MANIFEST))).collect()
}
