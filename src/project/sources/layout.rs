//! Where a project keeps its modules, by the rules of its build backend: what its tables say, else
//! `src/`, else the project's own directory. A directory that is itself a package is never a root.

use std::path::{Path, PathBuf};

use super::local::LocalProject;
use super::reader::Reader;
use crate::python::installed;
use crate::values::document::{Node, Value};
use crate::values::paths::normalised;

/// Where a root lies in its project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// In a directory of its own, such as `src`.
    Apart,
    /// The project's own directory, with everything else that it holds.
    Flat,
}

/// Returns the roots of a project.
pub fn roots(project: &LocalProject, reader: &mut Reader) -> Vec<(PathBuf, Layout)> {
    let said = said(project, reader);
    let candidates = if said.is_empty() {
        guessed(project, reader)
    } else {
        said
    };
    let mut out: Vec<(PathBuf, Layout)> = Vec::new();
    for path in candidates {
        let layout = if path == project.directory {
            Layout::Flat
        } else {
            Layout::Apart
        };
        let is_root = reader.is_directory(&path) && !reader.is_file(&path.join("__init__.py"));
        if is_root && !out.iter().any(|(known, _)| *known == path) {
            out.push((path, layout));
        }
    }
    out
}

/// Returns what the tables of the backend say.
fn said(project: &LocalProject, reader: &mut Reader) -> Vec<PathBuf> {
    let from = |text: &str| normalised(&project.directory.join(text));
    let manifest = project.manifest.as_ref();
    let mut out: Vec<PathBuf> = manifest
        .map(directories)
        .unwrap_or_default()
        .iter()
        .map(|text| from(text))
        .collect();
    out.extend(
        manifest
            .map(packages)
            .unwrap_or_default()
            .iter()
            .filter_map(|text| Some(from(text).parent()?.into())),
    );
    if out.is_empty() {
        let setup = reader
            .text(&project.directory.join("setup.cfg"))
            .unwrap_or_default();
        out.extend(setup_cfg(&setup).map(from));
    }
    out
}

/// Returns the directories that hold packages, as the tables of the backends name them.
fn directories(manifest: &Node) -> Vec<String> {
    let tool = |keys: &[&str]| {
        keys.iter()
            .try_fold(manifest.get("tool")?, |node, key| node.get(key))
    };
    let single = [
        tool(&["setuptools", "package-dir", ""]),
        tool(&["pdm", "build", "package-dir"]),
        tool(&["maturin", "python-source"]),
        tool(&["uv", "build-backend", "module-root"]),
    ];
    let lists = [
        tool(&["setuptools", "packages", "find", "where"]),
        tool(&["hatch", "build", "targets", "wheel", "sources"]),
    ];
    let poetry = tool(&["poetry", "packages"])
        .and_then(Node::list)
        .unwrap_or_default();
    let mut out: Vec<&str> = single
        .into_iter()
        .flatten()
        .filter_map(Node::text)
        .collect();
    out.extend(lists.into_iter().flatten().flat_map(Node::texts));
    out.extend(
        poetry
            .iter()
            .map(|item| item.get("from").and_then(Node::text).unwrap_or(".")),
    );
    out.into_iter().map(str::to_owned).collect()
}

/// Returns the packages that the tables of the backends name by their directories.
fn packages(manifest: &Node) -> Vec<String> {
    let hatch = manifest.at(["tool", "hatch", "build", "targets", "wheel", "packages"]);
    let scikit = manifest.at(["tool", "scikit-build", "wheel", "packages"]);
    let of = |node: &Node| match &node.value {
        Value::Table(table) => table
            .values()
            .filter_map(|(_, path)| path.text())
            .map(str::to_owned)
            .collect(),
        _ => node
            .texts()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    };
    hatch.into_iter().chain(scikit).flat_map(of).collect()
}

/// Returns the directory that setuptools' older file names.
fn setup_cfg(text: &str) -> Option<&str> {
    let value = |line: &str, key: &str| {
        line.strip_prefix(key)?
            .trim_start()
            .strip_prefix('=')
            .map(str::trim)
            .map(str::len)
    };
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(length) = value(line, "where") {
            let found = &line[line.len() - length..];
            return Some(found).filter(|found| !found.is_empty());
        }
        if value(line, "package_dir").is_some() {
            let root = lines.peek().and_then(|next| next.trim().strip_prefix('='));
            return root.map(str::trim).filter(|root| !root.is_empty());
        }
    }
    None
}

/// Returns `src` where it holds modules, else the project's directory where it holds a package.
fn guessed(project: &LocalProject, reader: &mut Reader) -> Vec<PathBuf> {
    let src = project.directory.join("src");
    if holds_modules(&src, reader) {
        return vec![src];
    }
    let flat = || project.directory.clone();
    if is_flat(project, reader) {
        vec![flat()]
    } else {
        Vec::new()
    }
}

/// Returns whether modules can be imported from a directory: it holds one, or a directory of some,
/// or a namespace with a package in it. Python files further down are somebody's data.
fn holds_modules(directory: &Path, reader: &mut Reader) -> bool {
    is_module_in(directory, reader, |name| name.ends_with(".py"))
        || any_below(directory, reader, |inner, reader| {
            is_module_in(inner, reader, |name| name.ends_with(".py"))
                || any_below(inner, reader, |innermost, reader| {
                    is_module_in(innermost, reader, |name| name == "__init__.py")
                })
        })
}

fn is_module_in(directory: &Path, reader: &mut Reader, wanted: impl Fn(&str) -> bool) -> bool {
    reader
        .names(directory)
        .iter()
        .filter_map(|name| name.to_str())
        .any(wanted)
}

/// Returns whether this holds for any of the directories that could be packages, by their names. No
/// more of them are looked at than need be: each counts among what the answer was read from.
fn any_below(
    directory: &Path,
    reader: &mut Reader,
    holds: impl Fn(&Path, &mut Reader) -> bool,
) -> bool {
    let names = reader.names(directory);
    let packages = names
        .iter()
        .filter_map(|name| name.to_str())
        .filter(|n| !n.contains('.') && *n != "__pycache__");
    let mut paths = packages.map(|name| directory.join(name));
    paths.any(|path| reader.is_directory(&path) && holds(&path, reader))
}

/// Returns whether the project's directory holds the module that is named like the project, or as
/// its backend says.
fn is_flat(project: &LocalProject, reader: &mut Reader) -> bool {
    let plain = |text: &str| installed::normalised(text.trim_end_matches(".py")).replace('-', "_");
    let wanted: Vec<String> = module_names(project)
        .iter()
        .map(|name| plain(name))
        .collect();
    let names = reader.names(&project.directory);
    let named = names
        .iter()
        .filter_map(|name| name.to_str())
        .filter(|name| wanted.contains(&plain(name)));
    let found: Vec<String> = named.map(str::to_owned).collect();
    found.iter().any(|name| {
        name.ends_with(".py") || reader.is_file(&project.directory.join(name).join("__init__.py"))
    })
}

/// Returns the names that the project's module may have.
fn module_names(project: &LocalProject) -> Vec<String> {
    let said = |keys: [&str; 4]| {
        project
            .manifest
            .as_ref()?
            .at(keys)?
            .text()
            .map(str::to_owned)
    };
    let flit = said(["tool", "flit", "module", "name"]);
    let uv = said(["tool", "uv", "build-backend", "module-name"]);
    project.name().into_iter().chain(flit).chain(uv).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::document;

    fn said_by(text: &str) -> (Vec<String>, Vec<String>) {
        let manifest = document::parse(Path::new("pyproject.toml"), text.to_owned()).unwrap();
        (directories(&manifest), packages(&manifest))
    }

    #[test]
    fn every_backend_names_its_directory_in_its_own_way() {
        for text in [
            "[tool.setuptools]\npackage-dir = { \"\" = \"lib\" }",
            "[tool.setuptools.packages.find]\nwhere = [\"lib\"]",
            "[tool.pdm.build]\npackage-dir = \"lib\"",
            "[tool.maturin]\npython-source = \"lib\"",
            "[tool.uv.build-backend]\nmodule-root = \"lib\"",
            "[tool.poetry]\npackages = [{ include = \"x\", from = \"lib\" }]",
            "[tool.hatch.build.targets.wheel]\nsources = [\"lib\"]",
        ] {
            assert_eq!(said_by(text).0, ["lib"], "{text}");
        }
        let hatch = "[tool.hatch.build.targets.wheel]\npackages = [\"lib/x\"]";
        assert_eq!(said_by(hatch).1, ["lib/x"]);
    }

    #[test]
    fn setup_cfg_names_it_in_two_ways() {
        assert_eq!(
            setup_cfg("[options]\npackage_dir =\n    = lib\n"),
            Some("lib")
        );
        assert_eq!(
            setup_cfg("[options.packages.find]\nwhere = lib\n"),
            Some("lib")
        );
        assert_eq!(setup_cfg("[options]\npackages = find:\n"), None);
    }
}
