//! Local dependencies that a manifest declares: the path sources of uv and pixi, the path
//! dependencies of poetry, and the `file:` requirements of pdm, hatch and the standard tables.

use std::path::{Path, PathBuf};

use super::reader::Reader;
use crate::python::installed;
use crate::values::document::{Node, Value};
use crate::values::paths::normalised;

/// A directory that a manifest names, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    pub directory: PathBuf,
    pub why: String,
}

/// Returns the directories that a project's manifest declares as dependencies.
pub fn dependencies(project: &Path, manifest: &Node, reader: &mut Reader) -> Vec<Declared> {
    let mut out = Vec::new();
    let pixi = reader.toml(&project.join("pixi.toml"));
    let none = Vec::new;
    let tables = [
        (
            "uv source",
            manifest.at(["tool", "uv", "sources"]).into_iter().collect(),
        ),
        ("poetry dependency", poetry(manifest)),
        (
            "pixi dependency",
            manifest
                .at(["tool", "pixi"])
                .map_or_else(none, |node| pypi(node)),
        ),
        (
            "pixi dependency",
            pixi.as_ref().map_or_else(none, |node| pypi(node)),
        ),
    ];
    for (kind, nodes) in tables {
        for (name, node) in nodes.iter().filter_map(|node| node.table()).flatten() {
            let paths = paths_of(&node.1).into_iter();
            out.extend(
                paths.map(|path| declared(project, Path::new(path), format!("{kind} `{name}`"))),
            );
        }
    }
    for (kind, requirement) in requirements(manifest) {
        out.extend(
            directory_of(project, requirement)
                .map(|path| declared(project, &path, kind.to_owned())),
        );
    }
    out
}

fn declared(project: &Path, path: &Path, why: String) -> Declared {
    Declared {
        directory: normalised(&project.join(path)),
        why,
    }
}

/// Returns the `path` of a dependency's table, or of each in a list of them.
fn paths_of(node: &Node) -> Vec<&str> {
    match &node.value {
        Value::Table(_) => node.get("path").and_then(Node::text).into_iter().collect(),
        Value::List(items) => items
            .iter()
            .filter_map(|item| item.get("path")?.text())
            .collect(),
        _ => Vec::new(),
    }
}

fn poetry(manifest: &Node) -> Vec<&Node> {
    let Some(poetry) = manifest.at(["tool", "poetry"]) else {
        return Vec::new();
    };
    let groups = children(poetry.get("group"))
        .into_iter()
        .filter_map(|group| group.get("dependencies"));
    ["dependencies", "dev-dependencies"]
        .into_iter()
        .filter_map(|key| poetry.get(key))
        .chain(groups)
        .collect()
}

fn pypi(pixi: &Node) -> Vec<&Node> {
    let features = children(pixi.get("feature"))
        .into_iter()
        .filter_map(|feature| feature.get("pypi-dependencies"));
    pixi.get("pypi-dependencies")
        .into_iter()
        .chain(features)
        .collect()
}

fn children(node: Option<&Node>) -> Vec<&Node> {
    node.and_then(Node::table)
        .into_iter()
        .flatten()
        .map(|(_, (_, child))| child)
        .collect()
}

/// Yields every requirement string of a manifest, with the kind of table it stands in.
fn requirements(manifest: &Node) -> Vec<(&'static str, &str)> {
    let lists = [
        (
            "dependency",
            manifest
                .at(["project", "dependencies"])
                .into_iter()
                .collect(),
        ),
        (
            "optional dependency",
            children(manifest.at(["project", "optional-dependencies"])),
        ),
        (
            "dependency group",
            children(manifest.at(["dependency-groups"])),
        ),
        (
            "pdm dependency",
            children(manifest.at(["tool", "pdm", "dev-dependencies"])),
        ),
        ("hatch dependency", hatch(manifest)),
    ];
    lists
        .into_iter()
        .flat_map(|(kind, nodes)| {
            nodes
                .into_iter()
                .flat_map(Node::texts)
                .map(move |text| (kind, text))
        })
        .collect()
}

fn hatch(manifest: &Node) -> Vec<&Node> {
    let environments = children(manifest.at(["tool", "hatch", "envs"]));
    let lists = |env| {
        ["dependencies", "extra-dependencies"]
            .into_iter()
            .filter_map(move |key| Node::get(env, key))
    };
    environments.into_iter().flat_map(lists).collect()
}

/// Returns the directory of a requirement such as `x @ file:///a/x`, `x @ {root:uri}/../x` or `-e
/// file:///a/x#egg=x`.
fn directory_of(project: &Path, requirement: &str) -> Option<PathBuf> {
    let root = project.to_string_lossy();
    let text = requirement.replace("${PROJECT_ROOT}", root.trim_start_matches('/'));
    let text = text
        .replace("{root:uri}", &format!("file://{root}"))
        .replace("{root:parent:uri}", &parent_uri(project));
    let url = text.split_once("file:").map(|(_, rest)| rest)?;
    let url = url.split([' ', ';', '\t']).next().unwrap_or_default();
    installed::file_url(&format!("file:{url}"))
}

fn parent_uri(project: &Path) -> String {
    format!("file://{}", project.parent().unwrap_or(project).display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::document;

    fn declared(text: &str) -> Vec<(String, String)> {
        let manifest = document::parse(Path::new("/w/p/pyproject.toml"), text.to_owned()).unwrap();
        let all = dependencies(Path::new("/w/p"), &manifest, &mut Reader::default());
        all.into_iter()
            .map(|d| (d.directory.to_string_lossy().into_owned(), d.why))
            .collect()
    }

    fn one(text: &str, directory: &str, why: &str) {
        assert_eq!(
            declared(text),
            [(directory.to_owned(), why.to_owned())],
            "{text}"
        );
    }

    #[test]
    fn every_tool_declares_local_dependencies_in_its_own_way() {
        one(
            "[tool.uv.sources]\nadt = { path = \"../adt\" }\nx = { git = \"u\" }",
            "/w/adt",
            "uv source `adt`",
        );
        one(
            "[tool.uv.sources]\nadt = [{ path = \"a\", marker = \"m\" }]",
            "/w/p/a",
            "uv source `adt`",
        );
        one(
            "[tool.poetry.dependencies]\nx = { path = \"../x\" }\ny = \"^1\"",
            "/w/x",
            "poetry dependency `x`",
        );
        one(
            "[tool.poetry.group.dev.dependencies]\nx = { path = \"x\" }",
            "/w/p/x",
            "poetry dependency `x`",
        );
        one(
            "[tool.pixi.pypi-dependencies]\nx = { path = \"./x\" }",
            "/w/p/x",
            "pixi dependency `x`",
        );
        one(
            "[tool.pdm.dev-dependencies]\nd = [\"-e file:///${PROJECT_ROOT}/../x#egg=x\"]",
            "/w/x",
            "pdm dependency",
        );
        one(
            "[project]\ndependencies = [\"x @ {root:uri}/../x\", \"y>1\"]",
            "/w/x",
            "dependency",
        );
        one(
            "[tool.hatch.envs.test]\ndependencies = [\"x @ {root:parent:uri}/x\"]",
            "/w/x",
            "hatch dependency",
        );
        one(
            "[dependency-groups]\nd = [\"x @ file:///a%20b ; python_version > '3'\"]",
            "/a b",
            "dependency group",
        );
    }
}
