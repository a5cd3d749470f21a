//! The `.pth` files of a directory of packages, line by line, in the order in which `site` reads
//! them. A line that begins with `import` is executed by Python, and read as data here.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::host::{files, stamp};

/// A line that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Adds a place.
    Path { file: PathBuf, path: PathBuf },
    /// Is executed.
    Code { file: PathBuf, text: String },
}

/// What is executed in many environments and changes no path: the hooks of virtualenv, setuptools
/// and coverage.
const KNOWN: [&str; 3] = ["_virtualenv", "_distutils_hack", "coverage"];

/// How an interpreter reads the files.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Passes over hidden ones.
    pub skips_hidden: bool,
    /// Knows a mark of the byte order for what it is.
    pub knows_mark: bool,
}

/// Returns the lines of every file.
pub(super) fn lines(site: &Path, manner: Manner) -> Vec<Line> {
    let names = files::names(site);
    let is_read = |bytes: &[u8]| {
        bytes.ends_with(b".pth") && !(manner.skips_hidden && bytes.starts_with(b"."))
    };
    let read = names.iter().filter(|name| is_read(name.as_bytes()));
    read.flat_map(|name| of_file(&site.join(name), manner))
        .collect()
}

/// Returns the paths that a file adds to `sys.path`, whether or not they lead anywhere.
pub fn added_paths(file: &Path) -> Vec<PathBuf> {
    let lines = of_file(
        file,
        Manner {
            skips_hidden: true,
            knows_mark: true,
        },
    )
    .into_iter();
    lines
        .filter_map(|line| {
            if let Line::Path { path, .. } = line {
                Some(path)
            } else {
                None
            }
        })
        .collect()
}

fn of_file(file: &Path, manner: Manner) -> Vec<Line> {
    let site = file.parent().unwrap_or(Path::new("/"));
    let text = files::small_text(file).unwrap_or_default();
    let text = text
        .strip_prefix('\u{feff}')
        .filter(|_| manner.knows_mark)
        .unwrap_or(&text);
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines.map(|line| one(site, file, line)).collect()
}

fn one(site: &Path, file: &Path, line: &str) -> Line {
    let file = file.to_owned();
    if line.starts_with("import ") || line.starts_with("import\t") {
        return Line::Code {
            file,
            text: line.to_owned(),
        };
    }
    Line::Path {
        file,
        path: site.join(line.trim_end()),
    }
}

/// Returns whether a line is known to add no place.
pub(super) fn is_known(text: &str) -> bool {
    KNOWN.iter().any(|word| text.contains(word))
}

/// Returns whether `site` would add a place: only what exists.
pub(super) fn exists(path: &Path) -> bool {
    stamp::of(path).is_some()
}
