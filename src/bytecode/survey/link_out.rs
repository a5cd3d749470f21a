//! Links to directories that are not walked: which of them deserve a word, because edits of the
//! modules behind them may not take effect. What was installed is nobody's to edit, and left out.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{LinkOut, Survey};
use crate::bytecode::guests;
use crate::host::{Kind, files, stamp};
use crate::tree::scope::{self, Scope};
use crate::tree::territory;

/// So many directories behind a link are looked into.
const MOST: usize = 64;

/// Returns where a link leads, if modules lie there that no walk of the scope sees.
pub(super) fn judge(link: &Path, survey: &Survey<'_>) -> Option<LinkOut> {
    let (target, scope) = (files::canonical(link)?, survey.scope);
    let is_guest = || {
        survey
            .guests
            .into_iter()
            .flatten()
            .any(|guest| target.starts_with(guest))
    };
    let is_quiet =
        is_walked(&target, survey) || guests::is_installed(&target, &scope.trees) || is_guest();
    (!is_quiet && has_modules(&target, scope)).then(|| LinkOut {
        link: link.to_owned(),
        target,
    })
}

/// Returns whether a walk of the scope comes to a directory.
fn is_walked(directory: &Path, survey: &Survey<'_>) -> bool {
    let is_entered = |tree: &Path, d: &Path| {
        let is_own =
            || !territory::is_foreign(d) && !d.file_name().is_some_and(scope::is_passed_over);
        is_own() || (survey.guests.is_some() && territory::is_guest(tree, d))
    };
    let mut trees = survey
        .scope
        .trees
        .iter()
        .filter(|tree| directory.starts_with(tree));
    trees.any(|tree| {
        directory
            .ancestors()
            .take_while(|above| above != tree)
            .all(|above| is_entered(tree, above))
    })
}

/// Returns whether modules lie in a directory, or in one directly below it, where a package would.
fn has_modules(directory: &Path, scope: &Scope) -> bool {
    let names = files::names(directory);
    let is_module = names.iter().any(|name| name.as_bytes().ends_with(b".py"));
    let below = names
        .iter()
        .filter(|name| !name.as_bytes().contains(&b'.') && !scope::is_passed_over(name));
    let packages = below
        .map(|name| directory.join(name))
        .filter(|path| is_apart(path, scope))
        .take(MOST);
    is_module || packages.into_iter().any(|package| names_module(&package))
}

/// Returns whether a name stands for a directory that is no tree of the scope's own, and no way
/// back to one.
fn is_apart(path: &Path, scope: &Scope) -> bool {
    let is_directory = stamp::of_link(path).is_some_and(|stamp| stamp.kind == Kind::Directory);
    is_directory
        && !scope
            .trees
            .iter()
            .any(|tree| tree.starts_with(path) || path.starts_with(tree))
}

fn names_module(directory: &Path) -> bool {
    files::names(directory)
        .iter()
        .any(|name| name.as_bytes().ends_with(b".py"))
}
