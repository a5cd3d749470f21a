//! uv workspaces: which directory is the root of one, and which are its members.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::reader::Reader;
use crate::project::limits;
use crate::project::manifests::Manifests;
use crate::values::document::Node;
use crate::values::manifest::MANIFEST;

/// Returns the root of the workspace that the first directory is a member of; the others are those
/// above it.
pub fn root_of(directories: &[PathBuf], manifests: &mut Manifests) -> Option<PathBuf> {
    let directory = directories.first()?;
    for candidate in directories {
        let Some(workspace) = manifests.at(candidate, ["tool", "uv", "workspace"]) else {
            continue;
        };
        let below = directory.strip_prefix(candidate).unwrap_or(directory);
        let is_member = below.as_os_str().is_empty() || lists(workspace, below);
        return is_member.then(|| candidate.clone());
    }
    None
}

fn lists(workspace: &Node, below: &Path) -> bool {
    let matches = |key: &str| Patterns::of(workspace, key).match_any(below);
    matches("members") && !matches("exclude")
}

/// The patterns under a key of a workspace's table.
struct Patterns(Vec<glob::Pattern>);

impl Patterns {
    fn of(workspace: &Node, key: &str) -> Self {
        let texts = workspace.get(key).map(Node::texts).unwrap_or_default();
        // One more than may be, so that it shows.
        let texts = texts.into_iter().take(limits::PATTERNS + 1);
        Self(
            texts
                .filter_map(|text| glob::Pattern::new(text).ok())
                .collect(),
        )
    }

    fn match_any(&self, below: &Path) -> bool {
        let options = glob::MatchOptions {
            require_literal_separator: true,
            ..glob::MatchOptions::new()
        };
        self.0
            .iter()
            .any(|pattern| pattern.matches_path_with(below, options))
    }
}

/// Returns the members of the workspace that a manifest declares.
pub fn members(root: &Path, manifest: &Node, reader: &mut Reader) -> Vec<PathBuf> {
    let Some(workspace) = manifest.at(["tool", "uv", "workspace"]) else {
        return Vec::new();
    };
    let patterns = workspace
        .get("members")
        .and_then(Node::list)
        .unwrap_or_default();
    let (members, excluded) = (
        Patterns::of(workspace, "members"),
        Patterns::of(workspace, "exclude"),
    );
    let most = members.0.len().max(excluded.0.len());
    if let Err(fault) = limits::check(
        most,
        limits::PATTERNS,
        "patterns of workspace members",
        &workspace.site,
    ) {
        reader.stop(fault);
        return Vec::new();
    }
    let is_listed = |below: &Path| members.match_any(below) && !excluded.match_any(below);
    let (mut seen, mut out) = (BTreeSet::new(), Vec::new());
    for pattern in patterns {
        let found = reader.matching(root, pattern).into_iter();
        let found = found.filter(|path| {
            path.strip_prefix(root).is_ok_and(is_listed) && seen.insert(path.clone())
        });
        let found: Vec<PathBuf> = found.collect();
        out.extend(
            found
                .into_iter()
                .filter(|member| reader.is_file(&member.join(MANIFEST))),
        );
        if let Err(fault) = limits::check(
            out.len(),
            limits::MEMBERS,
            "workspace members",
            &pattern.site,
        ) {
            reader.stop(fault);
        }
    }
    out
}
