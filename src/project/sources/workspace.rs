//! uv workspaces: which directory is the root of one, and which are its members.

use std::path::{Path, PathBuf};

use super::reader::Reader;
use crate::document::Node;
use crate::host::{files, stamp};
use crate::project::manifests::{MANIFEST, Manifests};

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
    let mut out = Vec::new();
    for pattern in workspace.get("members").map(Node::texts).unwrap_or_default() {
        watch_parents(root, pattern, reader);
        let escaped = glob::Pattern::escape(&root.to_string_lossy());
        for member in files::matching(&format!("{escaped}/{pattern}")) {
            let below = member.strip_prefix(root).unwrap_or(&member);
            if lists(workspace, below) && stamp::is_file(&member.join(MANIFEST)) {
                out.push(member);
            }
        }
    }
    out
}

/// Notes the directory in which new members would appear.
fn watch_parents(root: &Path, pattern: &str, reader: &mut Reader) {
    let literal = pattern.split('/').take_while(|part| !part.contains(['*', '?', '[']));
    let directory = literal.fold(root.to_owned(), |path, part| path.join(part));
    drop(reader.names(&directory));
}
