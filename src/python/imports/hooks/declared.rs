//! Namespace packages as setuptools declared them before 81: a line of a `.pth` file makes the
//! package when the interpreter starts, before anything is searched for. Read as data: what the
//! line would do is followed elsewhere.

use std::path::{Path, PathBuf};

use super::literal;
use crate::values::paths;

/// How every form begins, and what the forms differ by: since setuptools 31 the package is made by
/// way of a search, before that where it has no code.
const BEGIN: &str = "import sys, types, os;";
const SEARCHES: &str = "importlib.machinery.PathFinder.find_spec(";
const LOOKS: &str = "ie = os.path.exists(os.path.join(p,'__init__.py'))";

/// What stands for the directory of the `.pth` file.
const SITE: &str = "sys._getframe(1).f_locals['sitedir']";

/// A package that such a line makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The `.pth` file.
    pub file: PathBuf,
    /// Its dotted name, and its directory.
    pub name: String,
    pub place: PathBuf,
    /// Whether it is made by way of a search, which sees what else is there.
    pub is_searched: bool,
}

/// Reads a line; any other is nothing.
pub(in super::super) fn read(text: &str, file: &Path, site: &Path) -> Option<Declared> {
    let is_searched = text.contains(SEARCHES);
    (text.starts_with(BEGIN) && (is_searched || text.contains(LOOKS))).then_some(())?;
    let joined = text.split_once("p = os.path.join(")?.1;
    let (root, parts) = match joined.strip_prefix(SITE) {
        Some(rest) => (site.to_owned(), rest),
        None => (PathBuf::from(literal::strings(joined).first()?), joined),
    };
    let parts = literal::strings(parts.split_once(", *(")?.1.split_once(')')?.0);
    let name = parts.join(".");
    let makes = text.contains(&format!("sys.modules.setdefault('{name}', "));
    let place = paths::normalised(&parts.iter().fold(root, |place, part| place.join(part)));
    (makes && !name.is_empty()).then(|| Declared {
        file: file.to_owned(),
        name,
        place,
        is_searched,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rustfmt::skip]
    const LINE: &str = "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(ROOT, *('a', 'b'));\
                        m = has_mfs and sys.modules.setdefault('a.b', importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec('a.b', [x])))";

    #[test]
    fn a_line_names_a_package_and_its_directory() {
        let read = |text: &str| read(text, Path::new("/s/x-nspkg.pth"), Path::new("/s"));
        let said = |root: &str| {
            read(&LINE.replace("ROOT", root)).map(|one| (one.name, one.place, one.is_searched))
        };
        assert_eq!(
            said(SITE),
            Some(("a.b".to_owned(), PathBuf::from("/s/a/b"), true))
        );
        assert_eq!(
            said("'/src'"),
            Some(("a.b".to_owned(), PathBuf::from("/src/a/b"), true))
        );
        assert_eq!(
            read("import os;p = os.path.join('/x', *('a',));sys.modules.setdefault('a', 1)"),
            None
        );
        assert_eq!(read(&LINE.replace("'a.b'", "'c'")), None);
    }
}
