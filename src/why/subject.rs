//! What a question is about: a module, the file that it is imported from, and the project's own
//! source of that name, which may be another. Finds them, and judges nothing.

use std::path::{Path, PathBuf};

use super::stage::Stage;
use crate::host::{files, stamp};
use crate::python::imports::{Because, Found, Kind, Module, Via, is_same};
use crate::values::manifest::MARKERS;
use crate::values::paths;

/// The ends of files that can be the source of a module.
const SOURCES: [&str; 3] = ["py", "pyx", "pyi"];

/// What a question is about.
#[derive(Debug)]
pub struct Subject {
    /// The dotted name; nothing for a file that is no module.
    pub name: Option<String>,
    pub found: Found,
    /// The project's own source.
    pub own: Option<PathBuf>,
    /// The whole package is meant, not one module.
    pub is_whole: bool,
    /// Files of this name that are not imported because another comes first.
    pub shadows: Vec<PathBuf>,
    /// Of a file that is no module: what is known of who reads it.
    pub data: Option<Data>,
}

/// A file that is read, and not imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data {
    /// The package that it lies in, and that package's own source; of one without a source its
    /// directory.
    pub holder: Option<(String, PathBuf)>,
}

/// Where the project's own modules lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRoot {
    pub path: PathBuf,
    /// Whether it holds nothing but modules.
    pub is_apart: bool,
}

/// Returns where the project's own modules lie, each place once.
pub fn own_roots(paths: impl Iterator<Item = PathBuf>) -> Vec<OwnRoot> {
    let mut out: Vec<OwnRoot> = Vec::new();
    for path in paths {
        if !out.iter().any(|known| is_same(&known.path, &path)) {
            let is_apart = !MARKERS.iter().any(|name| stamp::is_file(&path.join(name)));
            out.push(OwnRoot { path, is_apart });
        }
    }
    out
}

impl Subject {
    /// Finds a module by its name.
    pub fn of_name(name: &str, stage: &Stage, roots: &[OwnRoot]) -> Self {
        let found = stage.search.find(name);
        let own = own_source(name, roots);
        let is_package = found.module().is_some_and(|module| module.below.is_some());
        let shadows = shadows(name, &found, stage);
        Self {
            name: Some(name.to_owned()),
            found,
            own,
            is_whole: is_package,
            shadows,
            data: None,
        }
    }

    /// Finds the module that a file is the source of.
    pub fn of_file(file: &Path, stage: &Stage, roots: &[OwnRoot]) -> Self {
        let named = |(name, from): (String, From)| {
            let found = Self::of_name(&name, stage, roots);
            (
                from,
                Self {
                    own: Some(file.to_owned()),
                    is_whole: false,
                    ..found
                },
            )
        };
        let mut subjects: Vec<(From, Self)> =
            names(file, stage, roots).into_iter().map(named).collect();
        let runs = |subject: &Self| subject.file().is_some_and(|found| is_same(found, file));
        let is_found = |subject: &Self| {
            subject
                .found
                .module()
                .is_some_and(|module| module.kind != Kind::Namespace)
        };
        let is_package = stamp::is_file(&file.with_file_name("__init__.py")) && !is_test(file);
        let best = subjects
            .iter()
            // A directory that holds nothing but modules says what a module of it is called,
            // wherever else it is found.
            .position(|(from, _)| *from == From::Apart)
            .or_else(|| subjects.iter().position(|(_, subject)| runs(subject)))
            .or_else(|| {
                subjects
                    .iter()
                    .position(|(from, subject)| *from == From::Entry && is_found(subject))
            })
            .or_else(|| (is_package && !subjects.is_empty()).then_some(0));
        best.map_or_else(|| Self::script(file), |best| subjects.swap_remove(best).1)
    }

    /// Finds the file that a package reads instead of one of its own that is no module: it lies as
    /// deep in what is imported. Of a package that is not found, that is what there is to say.
    pub fn of_data(file: &Path, stage: &Stage, roots: &[OwnRoot]) -> Option<Self> {
        let sources = file
            .ancestors()
            .skip(1)
            .map(|above| above.join("__init__.py"));
        let Some(source) = sources.into_iter().find(|source| stamp::is_file(source)) else {
            return Self::of_namespace(file, stage, roots);
        };
        let package = Self::of_file(&source, stage, roots);
        let (Some(module), Some(name)) = (package.found.module(), &package.name) else {
            return Some(package);
        };
        let there = module
            .file
            .as_ref()?
            .parent()?
            .join(file.strip_prefix(source.parent()?).ok()?);
        Some(Self::read(
            file,
            there,
            module.via.clone(),
            Some((name.clone(), source)),
        ))
    }

    /// Finds the file that a package without a source of its own reads: in the first of its
    /// directories that has it.
    fn of_namespace(file: &Path, stage: &Stage, roots: &[OwnRoot]) -> Option<Self> {
        let directory = file.parent()?;
        let named = |root: &OwnRoot| dotted(&root.path, &directory.join("x.py"));
        let name = roots.iter().filter(|root| root.is_apart).find_map(named)?;
        let name = name.strip_suffix(".x")?;
        let package = Self::of_name(name, stage, roots);
        let module = package
            .found
            .module()
            .filter(|module| module.kind == Kind::Namespace)?;
        let there = module
            .below
            .iter()
            .flatten()
            .map(|portion| portion.join(file.file_name().unwrap_or_default()));
        let there = there.into_iter().find(|there| stamp::is_file(there))?;
        Some(Self::read(
            file,
            there,
            module.via.clone(),
            Some((name.to_owned(), directory.to_owned())),
        ))
    }

    /// Returns a file that nobody imports, with the one that is read in its place, which may be
    /// itself.
    pub fn read(file: &Path, there: PathBuf, via: Via, holder: Option<(String, PathBuf)>) -> Self {
        let module = Module {
            kind: Kind::Source,
            file: Some(there),
            below: None,
            via,
        };
        let (found, own, data) = (
            Found::Module(module),
            Some(file.to_owned()),
            Some(Data { holder }),
        );
        Self {
            found,
            own,
            data,
            ..Self::nothing()
        }
    }

    /// Returns the package that a file which is no module lies in, and that package's own source.
    pub fn holder(&self) -> Option<&(String, PathBuf)> {
        self.data.as_ref()?.holder.as_ref()
    }

    /// Returns the directory of the top-level package that a file of this module lies in, where the
    /// whole package is meant.
    pub(super) fn package<'f>(&self, file: &'f Path) -> Option<&'f Path> {
        let name = self.name.as_deref().filter(|_| self.is_whole)?;
        let is_package = file.file_stem().is_some_and(|stem| stem == "__init__");
        let depth = name.split('.').count() - 1 + usize::from(is_package);
        file.ancestors().nth(depth).filter(|_| depth > 0)
    }

    /// Returns what a question is about that names nothing.
    pub(super) fn nothing() -> Self {
        let found = Found::Missing {
            name: String::new(),
            parent: None,
        };
        Self {
            name: None,
            found,
            own: None,
            is_whole: false,
            shadows: Vec::new(),
            data: None,
        }
    }

    /// Returns a file that is run by its path, and imported from nowhere.
    pub fn script(file: &Path) -> Self {
        let module = Module {
            kind: Kind::Source,
            file: Some(file.to_owned()),
            below: None,
            via: Via::Interpreter,
        };
        let found = Found::Module(module);
        Self {
            name: None,
            found,
            own: Some(file.to_owned()),
            is_whole: false,
            shadows: Vec::new(),
            data: None,
        }
    }

    /// Returns the file that runs.
    pub fn file(&self) -> Option<&Path> {
        self.found.module()?.file.as_deref()
    }

    /// Returns whether the project's own source is what runs, or there is none.
    pub fn runs_own(&self) -> bool {
        self.own
            .as_deref()
            .is_none_or(|own| self.file().is_some_and(|file| is_same(file, own)))
    }
}

/// Returns the source of a module below one of the roots.
pub fn own_source(name: &str, roots: &[OwnRoot]) -> Option<PathBuf> {
    let relative = name.replace('.', "/");
    roots
        .iter()
        .find_map(|root| source_at(&root.path.join(&relative)))
}

/// Returns the source that a path without an end stands for.
pub(super) fn source_at(stem: &Path) -> Option<PathBuf> {
    let file = |path: PathBuf| stamp::is_file(&path).then_some(path);
    let plain = |end: &str| {
        stem.file_name()
            .and_then(|_| file(PathBuf::from(format!("{}.{end}", stem.to_str()?))))
    };
    file(stem.join("__init__.py"))
        .or_else(|| plain("py"))
        .or_else(|| plain("pyx"))
}

/// Returns the files of this name that are passed over.
fn shadows(name: &str, found: &Found, stage: &Stage) -> Vec<PathBuf> {
    let winner = found.module().and_then(|module| module.file.as_deref());
    let entries = 0..stage.search.entries.len();
    let others = entries.filter_map(|entry| stage.search.find_in(entry, name)?.file);
    let mut out: Vec<PathBuf> = Vec::new();
    for other in others {
        if !winner.is_some_and(|winner| is_same(winner, &other)) && !out.contains(&other) {
            out.push(other);
        }
    }
    out
}

/// How sure the name of a file is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// By its place in a directory that holds nothing but modules.
    Apart,
    /// By its place in one that is searched, or that holds other things, too.
    Entry,
    /// By the packages above it alone.
    Packages,
}

/// Returns the names that a file can be imported by, the best first.
fn names(file: &Path, stage: &Stage, roots: &[OwnRoot]) -> Vec<(String, From)> {
    let real = files::canonical(file).unwrap_or_else(|| paths::normalised(file));
    let mut out: Vec<(String, From)> = Vec::new();
    let mut add = |base: &Path, from: From| {
        let base = files::canonical(base).unwrap_or_else(|| base.to_owned());
        let name = dotted(&base, &real).or_else(|| dotted(&base, file));
        out.extend(
            name.filter(|name| !out.iter().any(|(known, _)| known == name))
                .map(|name| (name, from)),
        );
    };
    let mut own: Vec<&OwnRoot> = roots.iter().collect();
    own.sort_by_key(|root| {
        (
            !root.is_apart,
            std::cmp::Reverse(root.path.components().count()),
        )
    });
    own.iter().for_each(|root| {
        add(
            &root.path,
            if root.is_apart {
                From::Apart
            } else {
                From::Entry
            },
        );
    });
    let entries = stage.search.entries.iter();
    let (here, others): (Vec<_>, Vec<_>) =
        entries.partition(|entry| entry.because == Because::WorkingDirectory);
    others
        .iter()
        .for_each(|entry| add(&entry.path, From::Entry));
    if stamp::is_file(&file.with_file_name("__init__.py")) {
        add(above_packages(file), From::Packages);
    }
    here.iter().for_each(|entry| add(&entry.path, From::Entry));
    out
}

/// Returns whether pytest would find a file by itself.
fn is_test(file: &Path) -> bool {
    let stem = file
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    stem == "conftest"
        || stem.starts_with("test_")
        || stem.ends_with("_test")
        || file.components().any(|part| part.as_os_str() == "tests")
}

/// Returns the nearest directory above a file that is no package.
fn above_packages(file: &Path) -> &Path {
    let mut above = file.ancestors().skip(1);
    above
        .find(|directory| !stamp::is_file(&directory.join("__init__.py")))
        .unwrap_or(Path::new("/"))
}

/// Returns the dotted name of a file below a directory.
fn dotted(base: &Path, file: &Path) -> Option<String> {
    let inner = file.strip_prefix(base).ok()?;
    let end = inner.extension()?.to_str()?;
    let name = inner.file_name()?.to_str()?;
    let stem = name.split('.').next()?;
    (SOURCES.contains(&end) && stem.len() + 1 + end.len() == name.len() || end == "so")
        .then_some(())?;
    let above = inner
        .parent()?
        .components()
        .map(|part| part.as_os_str().to_str());
    let mut parts: Vec<&str> = above.collect::<Option<_>>()?;
    parts.extend((stem != "__init__").then_some(stem));
    let is_name = |part: &&str| {
        part.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !part.starts_with(|c: char| c.is_ascii_digit())
    };
    (!parts.is_empty() && parts.iter().all(is_name)).then(|| parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_way_from_a_directory() {
        let name = |file: &str| dotted(Path::new("/r"), Path::new(file));
        assert_eq!(name("/r/a/b.py").as_deref(), Some("a.b"));
        assert_eq!(name("/r/a/__init__.py").as_deref(), Some("a"));
        assert_eq!(
            name("/r/a/fast.cpython-311-x86_64-linux-gnu.so").as_deref(),
            Some("a.fast")
        );
        assert_eq!(name("/r/a/fast.pyx").as_deref(), Some("a.fast"));
        for no in [
            "/r/__init__.py",
            "/r/.venv/a.py",
            "/r/a-b.py",
            "/r/a.b.py",
            "/r/a.txt",
            "/s/a.py",
        ] {
            assert_eq!(name(no), None, "{no}");
        }
    }
}
