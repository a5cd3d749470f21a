//! Which file a name is imported from: the first that any place has, a package before a module, an
//! extension before a source, a source before bytecode, and only then a directory without code (PEP
//! 420). Agrees with `importlib`, which a test compares it with.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::archive::Inside;
use super::hooks::{Declared, Hook, Rule};
use super::search::{Entry, Search};
use crate::host::{files, stamp};

/// What a module is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Part of the interpreter's own binary.
    Builtin,
    /// Compiled into it.
    Frozen,
    Extension,
    Source,
    /// Bytecode without a source.
    Bytecode,
    /// In a zip file.
    Zip,
    /// A directory, or several, without code of its own.
    Namespace,
}

/// What led to a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    Interpreter,
    /// The entry of this number.
    Entry(usize),
    /// What this file hooks in.
    Hook(PathBuf),
}

/// A module, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    pub kind: Kind,
    /// Nothing where it lies in the interpreter, or in many places.
    pub file: Option<PathBuf>,
    /// Where modules below a package are looked for; nothing below a module.
    pub below: Option<Vec<PathBuf>>,
    pub via: Via,
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Module(Module),
    /// There is none of this name, and so none below it; of its parent, what that is.
    Missing {
        name: String,
        parent: Option<Module>,
    },
}

impl Found {
    /// Returns the module, where there is one.
    pub fn module(&self) -> Option<&Module> {
        if let Self::Module(module) = self {
            Some(module)
        } else {
            None
        }
    }
}

impl Search {
    /// Finds a module by its dotted name.
    pub fn find(&self, name: &str) -> Found {
        self.walk(name, |name, part| self.top(name, part))
    }

    /// Finds a module as if an entry were the only one.
    pub fn find_in(&self, entry: usize, name: &str) -> Option<Module> {
        let path = self.entries[entry].path.as_path();
        let only = |_: &str, part: &str| {
            let module = self.in_places(std::iter::once(path), part)?;
            Some(Module {
                via: Via::Entry(entry),
                ..module
            })
        };
        self.walk(name, only).module().cloned()
    }

    /// Returns the entry that led to a module.
    pub fn entry_of(&self, module: &Module) -> Option<&Entry> {
        if let Via::Entry(number) = module.via {
            self.entries.get(number)
        } else {
            None
        }
    }

    fn walk(&self, name: &str, top: impl Fn(&str, &str) -> Option<Module>) -> Found {
        let mut parent: Option<Module> = None;
        let ends = name
            .match_indices('.')
            .map(|(at, _)| at)
            .chain([name.len()]);
        for end in ends {
            let so_far = &name[..end];
            let part = so_far.rsplit('.').next().unwrap_or(so_far);
            let found = match &parent {
                None => top(so_far, part),
                Some(parent) => self.child(so_far, part, parent),
            };
            let Some(module) = found else {
                return Found::Missing {
                    name: so_far.to_owned(),
                    parent,
                };
            };
            parent = Some(module);
        }
        parent.map_or(
            Found::Missing {
                name: name.to_owned(),
                parent: None,
            },
            Found::Module,
        )
    }

    fn top(&self, name: &str, part: &str) -> Option<Module> {
        let places = self.entries.iter().map(|entry| entry.path.as_path());
        let searched = || {
            let along = || self.or_behind(name, self.in_places(places, part));
            self.in_front(name)
                .or_else(|| self.inside(name))
                .or_else(along)
        };
        self.or_declared(name, part, searched)
    }

    fn child(&self, name: &str, part: &str, parent: &Module) -> Option<Module> {
        let below = parent.below.as_ref()?;
        let here = || {
            let module = self.in_places(below.iter().map(PathBuf::as_path), part)?;
            Some(Module {
                via: parent.via.clone(),
                ..module
            })
        };
        let searched = || {
            self.in_front(name)
                .or_else(|| self.inside(name))
                .or_else(|| self.or_behind(name, here()))
        };
        self.or_declared(name, part, searched)
    }

    /// Finds a package that was made when the interpreter started; else searches. One that was made
    /// by way of a search looks along the path like any directory without code, but where a search
    /// would now find anything else it stays.
    fn or_declared(
        &self,
        name: &str,
        part: &str,
        search: impl FnOnce() -> Option<Module>,
    ) -> Option<Module> {
        let of_name = self.declared.iter().filter(|one| one.name == name);
        let made = of_name
            .filter_map(|one| Some((one, self.declared_as(one, part)?)))
            .collect::<Vec<_>>();
        let Some((first, module)) = made.first() else {
            return search();
        };
        let searched = if first.is_searched && module.kind == Kind::Namespace {
            search()
        } else {
            None
        };
        let searched = searched.filter(|found| found.kind == Kind::Namespace);
        let mut module = searched.unwrap_or_else(|| module.clone());
        let below = module.below.get_or_insert_default();
        for (one, _) in &made {
            if !below.contains(&one.place) {
                below.push(one.place.clone());
            }
        }
        Some(module)
    }

    /// Returns what a line makes, if anything.
    fn declared_as(&self, declared: &Declared, part: &str) -> Option<Module> {
        let above = declared.place.parent()?;
        let by_entry = self
            .entries
            .iter()
            .position(|entry| entry.path == above)
            .map(Via::Entry);
        let via = by_entry.unwrap_or_else(|| Via::Hook(declared.file.clone()));
        if declared.is_searched {
            return Some(Module {
                via,
                ..self.in_place(above, part)?
            });
        }
        let is_made = !stamp::is_file(&declared.place.join("__init__.py"));
        is_made.then(|| Module {
            kind: Kind::Namespace,
            file: None,
            below: Some(vec![]),
            via,
        })
    }

    /// Finds what the interpreter has inside.
    fn inside(&self, name: &str) -> Option<Module> {
        let kind = if self.builtins.contains(name) {
            Kind::Builtin
        } else {
            self.frozen.contains(name).then_some(Kind::Frozen)?
        };
        Some(Module {
            kind,
            file: None,
            below: None,
            via: Via::Interpreter,
        })
    }

    /// Finds a module through a hook that is asked first.
    fn in_front(&self, name: &str) -> Option<Module> {
        let mut hooks = self.hooks.iter().filter(|hook| hook.rule == Rule::InFront);
        let (hook, file) = hooks.find_map(|hook| Some((hook, hook.names.get(name)?)))?;
        let is_package = file
            .file_stem()
            .is_some_and(|stem| stem.as_encoded_bytes().starts_with(b"__init__"));
        let below = is_package.then(|| file.parent().map(Path::to_owned).into_iter().collect());
        Some(Module {
            kind: self.kind_of(file),
            file: Some(file.clone()),
            below,
            via: Via::Hook(hook.file.clone()),
        })
    }

    /// Adds to what was found along the path what hooks know that are asked last.
    fn or_behind(&self, name: &str, found: Option<Module>) -> Option<Module> {
        match found {
            Some(mut module) if module.kind == Kind::Namespace => {
                let more = self
                    .hooks
                    .iter()
                    .filter_map(|hook| hook.namespaces.get(name))
                    .flatten();
                let below = module.below.get_or_insert_default();
                more.for_each(|place| {
                    if !below.contains(place) {
                        below.push(place.clone());
                    }
                });
                Some(module)
            }
            Some(module) => Some(module),
            None => self
                .hooks
                .iter()
                .filter(|hook| hook.rule == Rule::Behind)
                .find_map(|hook| self.behind(hook, name)),
        }
    }

    fn behind(&self, hook: &Hook, name: &str) -> Option<Module> {
        let via = || Via::Hook(hook.file.clone());
        if let Some(path) = hook.names.get(name) {
            let init = path.join("__init__.py");
            if stamp::is_file(&init) {
                return Some(Module {
                    kind: Kind::Source,
                    file: Some(init),
                    below: Some(vec![path.clone()]),
                    via: via(),
                });
            }
            let ends = [".py", ".pyc"]
                .into_iter()
                .chain(self.extensions.iter().map(String::as_str));
            let file = ends
                .map(|end| with(path, end))
                .find(|file| stamp::is_file(file))?;
            return Some(Module {
                kind: self.kind_of(&file),
                file: Some(file),
                below: None,
                via: via(),
            });
        }
        if let Some(places) = hook.namespaces.get(name) {
            return Some(Module {
                kind: Kind::Namespace,
                file: None,
                below: Some(places.clone()),
                via: via(),
            });
        }
        let (parent, part) = name.rsplit_once('.')?;
        let module = self.in_places(std::iter::once(hook.names.get(parent)?.as_path()), part)?;
        Some(Module {
            via: via(),
            ..module
        })
    }

    fn kind_of(&self, file: &Path) -> Kind {
        let bytes = file.as_os_str().as_encoded_bytes();
        match bytes {
            _ if bytes.ends_with(b".py") => Kind::Source,
            _ if bytes.ends_with(b".pyc") => Kind::Bytecode,
            _ => Kind::Extension,
        }
    }

    fn in_places<'p>(&self, places: impl Iterator<Item = &'p Path>, name: &str) -> Option<Module> {
        let (mut portions, mut first) = (Vec::new(), None);
        for (number, place) in places.enumerate() {
            match self.in_place(place, name) {
                Some(Module {
                    kind: Kind::Namespace,
                    below,
                    ..
                }) => {
                    first.get_or_insert(number);
                    portions.extend(below.unwrap_or_default());
                }
                Some(module) => {
                    return Some(Module {
                        via: Via::Entry(number),
                        ..module
                    });
                }
                None => {}
            }
        }
        let via = Via::Entry(first?);
        Some(Module {
            kind: Kind::Namespace,
            file: None,
            below: Some(portions),
            via,
        })
    }

    fn in_place(&self, place: &Path, name: &str) -> Option<Module> {
        let module = |kind, file, below| Module {
            kind,
            file,
            below,
            via: Via::Interpreter,
        };
        if let Some(archive) = self
            .archives
            .iter()
            .find(|archive| place.starts_with(&archive.file))
        {
            return match archive.find(place, name)? {
                Inside::Module { file, is_package } => {
                    let below = is_package.then(|| vec![place.join(name)]);
                    Some(module(Kind::Zip, Some(file), below))
                }
                Inside::Directory(path) => Some(module(Kind::Namespace, None, Some(vec![path]))),
            };
        }
        let directory = place.join(name);
        let is_directory = stamp::is_directory(&directory);
        if is_directory && let Some((file, kind)) = self.with_an_end(&directory.join("__init__")) {
            return Some(module(kind, Some(file), Some(vec![directory])));
        }
        if let Some((file, kind)) = self.with_an_end(&directory) {
            return Some(module(kind, Some(file), None));
        }
        is_directory.then(|| module(Kind::Namespace, None, Some(vec![directory])))
    }

    /// Returns the file of this name with the first end that there is one with.
    fn with_an_end(&self, path: &Path) -> Option<(PathBuf, Kind)> {
        let extensions = self
            .extensions
            .iter()
            .map(|end| (end.as_str(), Kind::Extension));
        let mut ends = extensions.chain([(".py", Kind::Source), (".pyc", Kind::Bytecode)]);
        ends.find_map(|(end, kind)| {
            Some(with(path, end))
                .filter(|file| stamp::is_file(file))
                .map(|file| (file, kind))
        })
    }
}

/// Adds an end to the last name of a path.
fn with(path: &Path, end: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(OsStr::new(end));
    PathBuf::from(name)
}

/// Returns whether two paths lead to one file.
pub fn is_same(a: &Path, b: &Path) -> bool {
    a == b || files::canonical(a).is_some_and(|a| files::canonical(b).is_some_and(|b| a == b))
}
