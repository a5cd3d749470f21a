//! The decorators that keep what a function returned, by their origin, and how long they do. A
//! project's own decorators are not known here.

use super::facts::{Decorator, last};

/// How long a decorator keeps results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Term {
    /// As long as the process, or the object, lives.
    Process,
    /// On disk, until somebody clears it.
    Disk,
}

/// Those that keep results in memory.
const IN_MEMORY: [&str; 16] = [
    "functools.lru_cache",
    "functools.cache",
    "functools.cached_property",
    "async_lru.alru_cache",
    "cachetools.cached",
    "cachetools.cachedmethod",
    "cachetools.func.lru_cache",
    "cachetools.func.lfu_cache",
    "cachetools.func.fifo_cache",
    "cachetools.func.rr_cache",
    "django.utils.functional.cached_property",
    "jaraco.functools.method_cache",
    "methodtools.lru_cache",
    "streamlit.cache_data",
    "streamlit.cache_resource",
    "werkzeug.utils.cached_property",
];

/// The package that keeps results on disk.
pub const LIBRARY: &str = "joblib";

/// What makes an object whose method `cache` keeps results on disk.
pub(super) const ON_DISK: &str = "joblib.Memory";

/// Words by which a decorator is told to forget by itself.
const TERMS: [&str; 6] = [
    "ttl",
    "expire",
    "timeout",
    "max_age",
    "ttl_seconds",
    "cache_validation_callback",
];

/// The beginnings of names of stores that forget by themselves.
const FORGETFUL: [&str; 2] = ["TTL", "TLRU"];

/// Returns how long a decorator of this origin keeps results in a store that is made by these
/// calls; nothing where it keeps none, or forgets by itself.
pub(super) fn term<'n>(
    origin: &str,
    decorator: &'n Decorator,
    mut store: impl Iterator<Item = &'n String>,
) -> Option<Term> {
    let is_forgetful = |name: &String| FORGETFUL.iter().any(|start| last(name).starts_with(start));
    let forgets = decorator
        .keywords
        .iter()
        .any(|word| TERMS.contains(&word.as_str()))
        || decorator.uses.iter().any(is_forgetful)
        || store.any(is_forgetful);
    if forgets {
        return None;
    }
    let is_on_disk = origin.strip_suffix(".cache") == Some(ON_DISK);
    if is_on_disk {
        Some(Term::Disk)
    } else {
        IN_MEMORY.contains(&origin).then_some(Term::Process)
    }
}
