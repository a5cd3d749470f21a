//! What editable installs hook into the import of modules, read from the files that they write: the
//! finder of setuptools, those of scikit-build-core and meson-python. What they map is read as
//! data, and nothing of it is executed.

mod declared;
mod literal;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::host::{Kind, files, stamp};
pub use declared::Declared;
pub(super) use declared::read as declared;

/// An editable install that is found through a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The file that holds what it knows.
    pub file: PathBuf,
    pub rule: Rule,
    /// Dotted names, and what each is.
    pub names: BTreeMap<String, PathBuf>,
    /// Names of packages without code, and their directories.
    pub namespaces: BTreeMap<String, Vec<PathBuf>>,
}

/// How a hook takes part in the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Asked last; a name stands for a path without an end.
    Behind,
    /// Asked first; a name stands for a file.
    InFront,
}

/// Returns what the code of a `.pth` line installs; what is not known is nothing.
pub(super) fn load(text: &str, site: &Path) -> Option<Hook> {
    let module = text
        .strip_prefix("import")?
        .trim_start()
        .split([';', ' ', '\t', ','])
        .next()?;
    let file = site.join(format!("{module}.py"));
    let source = files::text(&file)?;
    let hook = |rule, names, namespaces| Hook {
        file: file.clone(),
        rule,
        names,
        namespaces,
    };
    if module.starts_with("__editable__") {
        let namespaces = literal::lists(literal::value_of(&source, "NAMESPACES")?)?;
        return Some(hook(
            Rule::Behind,
            literal::paths(literal::value_of(&source, "MAPPING")?)?,
            namespaces,
        ));
    }
    if module.contains("_editable") && source.contains("known_source_files") {
        return Some(hook(
            Rule::InFront,
            scikit_build(&source, site)?,
            BTreeMap::new(),
        ));
    }
    if source.contains("MesonpyMetaFinder") {
        return Some(hook(Rule::InFront, meson(&source)?, BTreeMap::new()));
    }
    None
}

/// Returns the modules that scikit-build-core's `install` is called with: sources by their paths,
/// and what was built, which wins, by its path in the directory of packages.
fn scikit_build(source: &str, site: &Path) -> Option<BTreeMap<String, PathBuf>> {
    let arguments = last_call(source, "install(")?;
    let (mut names, rest) = literal::leading_paths(arguments)?;
    let built = rest
        .trim_start()
        .strip_prefix(',')
        .and_then(|rest| literal::leading_paths(rest.trim_start()));
    let built = built.map(|(built, _)| built).unwrap_or_default();
    names.extend(
        built
            .into_iter()
            .map(|(name, path)| (name, site.join(path))),
    );
    Some(names)
}

/// Returns the modules of meson-python: those that the plan of its build installs.
fn meson(source: &str) -> Option<BTreeMap<String, PathBuf>> {
    // Since 0.20 the finder is made by a function that the line of the `.pth` file calls.
    let arguments = last_call(source, "install(")
        .or_else(|| Some(source.rsplit_once("MesonpyMetaFinder(")?.1))?;
    let strings = literal::strings(arguments);
    let build = strings
        .iter()
        .map(Path::new)
        .find(|path| path.is_absolute() && stamp::is_directory(&path.join("meson-info")))?;
    let plan = files::text(&build.join("meson-info/intro-install_plan.json"))?;
    let plan: Value = serde_json::from_str(&plan).ok()?;
    let mut names = BTreeMap::new();
    for (kind, entries) in plan.as_object()? {
        for (from, to) in entries.as_object()? {
            installed(
                kind,
                Path::new(from),
                to.get("destination").and_then(Value::as_str)?,
                &mut names,
            );
        }
    }
    Some(names)
}

/// Adds what one entry of the plan installs among packages.
fn installed(kind: &str, from: &Path, to: &str, names: &mut BTreeMap<String, PathBuf>) {
    let Some(to) = ["{py_platlib}/", "{py_purelib}/"]
        .iter()
        .find_map(|place| to.strip_prefix(place))
    else {
        return;
    };
    let mut add =
        |inner: &Path, file: PathBuf| drop(module_name(inner).map(|name| names.insert(name, file)));
    if kind == "install_subdirs" {
        files_below(from)
            .into_iter()
            .for_each(|inner| add(&Path::new(to).join(&inner), from.join(&inner)));
    } else {
        add(Path::new(to), from.to_owned());
    }
}

/// Returns every file below a directory, relative to it; links to directories are not followed.
fn files_below(directory: &Path) -> Vec<PathBuf> {
    let names = files::names(directory).into_iter().map(PathBuf::from);
    names
        .flat_map(
            |name| match stamp::of_link(&directory.join(&name)).map(|stamp| stamp.kind) {
                Some(Kind::Directory) => files_below(&directory.join(&name))
                    .into_iter()
                    .map(|inner| name.join(inner))
                    .collect(),
                _ => vec![name],
            },
        )
        .collect()
}

/// Returns the dotted name of a file among packages.
fn module_name(inner: &Path) -> Option<String> {
    let name = inner.file_name()?.to_str()?;
    let stem = name
        .split('.')
        .next()
        .filter(|stem| stem.len() < name.len())?;
    let above = inner.parent().into_iter().flat_map(Path::components);
    let mut parts: Vec<&str> = above.filter_map(|part| part.as_os_str().to_str()).collect();
    parts.extend((stem != "__init__").then_some(stem));
    (!parts.is_empty()).then(|| parts.join("."))
}

/// Returns what follows the last call of a function at the start of a line.
fn last_call<'s>(source: &'s str, call: &str) -> Option<&'s str> {
    let at = source.rfind(&format!("\n{call}"))?;
    Some(source[at + 1 + call.len()..].trim_start())
}
