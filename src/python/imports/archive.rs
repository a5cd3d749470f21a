//! Modules in a zip file, as `zipimport` sees them: by the names in its directory. Nothing is
//! unpacked, so that of a source and its bytecode side by side, which stand for one module, the
//! source is named, whichever of them is read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::host::{files, stamp};

/// What can be a module, in the order in which it counts, and whether it makes a package.
const TRIED: [(&str, bool); 4] = [
    ("/__init__.py", true),
    ("/__init__.pyc", true),
    (".py", false),
    (".pyc", false),
];

/// A zip file on `sys.path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Archive {
    pub(super) file: PathBuf,
    names: BTreeSet<String>,
    /// Whether a directory counts that has no entry of its own.
    implies_directories: bool,
}

/// A module in an archive.
pub(super) enum Inside {
    Module { file: PathBuf, is_package: bool },
    Directory(PathBuf),
}

impl Archive {
    /// Reads the directory of the zip file that an entry of `sys.path` names, or names a place in.
    pub(super) fn of(entry: &Path, implies_directories: bool) -> Option<Self> {
        let file = entry
            .ancestors()
            .find(|path| stamp::of(path).is_some())
            .filter(|path| stamp::is_file(path))?;
        let bytes = files::read(file).ok()??;
        let archive = rawzip::ZipArchive::from_slice(&bytes).ok()?;
        let (mut entries, mut names) = (archive.entries(), BTreeSet::new());
        while let Some(entry) = entries.next_entry().ok()? {
            names.insert(String::from_utf8_lossy(entry.file_path().as_ref()).into_owned());
        }
        Some(Self {
            file: file.to_owned(),
            names,
            implies_directories,
        })
    }

    /// Returns whether it holds bytecode of a module.
    pub(super) fn has_bytecode(&self) -> bool {
        self.names
            .iter()
            .any(|name| name.ends_with(".pyc") && !name.contains("__pycache__/"))
    }

    /// Looks for a module in a place of the archive.
    pub(super) fn find(&self, place: &Path, name: &str) -> Option<Inside> {
        let inner = place.strip_prefix(&self.file).ok()?.join(name);
        let inner = inner.to_str()?;
        for (suffix, is_package) in TRIED {
            let whole = format!("{inner}{suffix}");
            if self.names.contains(&whole) {
                return Some(Inside::Module {
                    file: self.file.join(whole),
                    is_package,
                });
            }
        }
        let directory = format!("{inner}/");
        let is_implied = || {
            self.implies_directories && self.names.iter().any(|name| name.starts_with(&directory))
        };
        let is_there = self.names.contains(&directory) || is_implied();
        is_there.then(|| Inside::Directory(self.file.join(inner)))
    }
}

/// Returns whether a file is an archive that Python would import bytecode from.
pub fn has_bytecode(file: &Path) -> bool {
    Archive::of(file, false).is_some_and(|archive| archive.has_bytecode())
}

/// Returns the archive that a module lies in and the place of its bytecode there, where it has any:
/// Python takes it where its time and size are those of the source in the archive, within a second.
pub fn bytecode_beside(module: &Path) -> Option<(PathBuf, PathBuf)> {
    let archive = Archive::of(module, false)?;
    let inner = module
        .strip_prefix(&archive.file)
        .ok()?
        .with_extension("pyc");
    let is_there = module.extension().is_some_and(|end| end == "py")
        && archive.names.contains(inner.to_str()?);
    is_there.then(|| (archive.file.clone(), inner))
}

/// Returns the checksum of a file in an archive, and whether that is the checksum of these bytes.
pub fn crc_of(path: &Path, bytes: &[u8]) -> Option<(u32, bool)> {
    let file = path.ancestors().find(|path| stamp::is_file(path))?;
    let inner = path.strip_prefix(file).ok()?.to_str()?;
    let whole = files::read(file).ok()??;
    let archive = rawzip::ZipArchive::from_slice(&whole).ok()?;
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().ok()? {
        if entry.file_path().as_ref() == inner.as_bytes() {
            return Some((entry.crc32(), entry.crc32() == rawzip::crc32(bytes)));
        }
    }
    None
}
