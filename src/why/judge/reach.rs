//! How the project's own source of a module could be reached: from which directory, through `devenv
//! run`, or by a variable. Shared by the judges, and judges nothing.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::finding::Remedy;
use crate::env::list;
use crate::python::imports::is_same;

/// Returns the directory from which a file is the module of this name.
pub(super) fn root_of(name: &str, own: &Path) -> Option<PathBuf> {
    let is_package = own.file_stem().is_some_and(|stem| stem == "__init__");
    let depth = name.split('.').count() + usize::from(is_package);
    own.ancestors().nth(depth).map(Path::to_owned)
}

/// Returns whether the source is what runs through `devenv run`.
pub(super) fn is_cured(name: &str, own: &Path, context: &Context<'_>) -> bool {
    let found = context.through_run().map(|search| search.find(name));
    found.is_some_and(|found| {
        found
            .module()
            .and_then(|module| module.file.as_deref())
            .is_some_and(|file| is_same(file, own))
    })
}

/// Returns the cure by consent to what lies outside the project, where the source is what runs
/// through `devenv run` then.
pub(super) fn by_consent(name: &str, own: &Path, context: &Context<'_>) -> Option<Remedy> {
    let consent = context.consent?;
    let found = context
        .stage
        .search_with(context.stage.flags, &consent.env)
        .find(name);
    let is_own = found
        .module()
        .and_then(|module| module.file.as_deref())
        .is_some_and(|file| is_same(file, own));
    is_own.then(|| Remedy::TakeIn {
        words: context.words.to_vec(),
    })
}

/// Returns the cure that puts a directory in front of `PYTHONPATH`.
pub(super) fn front(root: PathBuf, context: &Context<'_>) -> Remedy {
    let value = context.stage.env.filled("PYTHONPATH").unwrap_or_default();
    let others: Vec<OsString> = list::split(value)
        .into_iter()
        .filter(|element| *element != root.as_os_str())
        .collect();
    Remedy::Front {
        root,
        rest: list::join(&others),
    }
}
