//! Which distributions the bytecode in a prefix was seeded from. When a distribution is installed
//! anew, or goes, its part of the prefix goes too: a wheel's files can have the times and sizes of
//! those that they replace.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::prefix;
use crate::host::{Memory, files, stamp};
use crate::values::digest;
use crate::values::fields;

const FORMAT: &str = "pydevenv seeds 1";
const KIND: &str = "seeds";

/// The state of a distribution, and the names that it has in `site-packages`.
type Seed = (Vec<u8>, Vec<Vec<u8>>);

type Seeds = BTreeMap<Vec<u8>, Seed>;

/// Remembers what a `site-packages` directory holds, before a prefix is seeded from it.
pub(super) fn record(site: &Path, prefix: &Path, memory: &Memory) {
    let Some(state) = stamp::of(site) else { return };
    let mut parts = vec![state.identity()];
    for (name, (identity, names)) in current(site) {
        parts.extend([name, identity, names.join(&b'/')]);
    }
    memory.keep(
        KIND,
        &key(site, prefix),
        &fields::join(FORMAT, parts.iter().map(Vec::as_slice)),
    );
}

/// Drops from the prefix the parts of distributions that are not what they were; where that is not
/// known, all of them.
pub(super) fn drop_changed(site: &Path, prefix: &Path, memory: &Memory) {
    let mirror = prefix::mirror(prefix, site);
    let file = memory.recall(KIND, &key(site, prefix)).unwrap_or_default();
    let Some((identity, before)) = decode(&file) else {
        let _ = files::remove_tree(&mirror);
        return;
    };
    if stamp::of(site).is_some_and(|state| state.identity() == identity) {
        return;
    }
    let now = current(site);
    for name in changed(&before, &now).chain(changed(&now, &before)) {
        drop_name(&mirror, name);
    }
    record(site, prefix, memory);
}

fn decode(file: &[u8]) -> Option<(Vec<u8>, Seeds)> {
    let parts = fields::split(FORMAT, file)?;
    let (identity, rest) = parts.split_first()?;
    Some((identity.to_vec(), rest.chunks_exact(3).map(seed).collect()))
}

/// Yields the names of the distributions that the other side does not have in the same state.
fn changed<'a>(these: &'a Seeds, those: &'a Seeds) -> impl Iterator<Item = &'a Vec<u8>> {
    these
        .iter()
        .filter(|(info, seed)| those.get(*info) != Some(seed))
        .flat_map(|(_, (_, names))| names)
}

fn seed(parts: &[&[u8]]) -> (Vec<u8>, Seed) {
    let names = parts[2].split(|&b| b == b'/').map(<[u8]>::to_vec).collect();
    (parts[0].to_vec(), (parts[1].to_vec(), names))
}

fn current(site: &Path) -> Seeds {
    let infos = files::names(site)
        .into_iter()
        .filter(|name| name.as_bytes().ends_with(b".dist-info"));
    let seed = |info: &OsStr| {
        let state = stamp::of(&site.join(info))?;
        Some((
            info.as_bytes().to_vec(),
            (state.identity(), top_names(&site.join(info))),
        ))
    };
    infos.filter_map(|info| seed(&info)).collect()
}

/// Returns the first components of the paths in a distribution's `RECORD`.
fn top_names(info: &Path) -> Vec<Vec<u8>> {
    let record = files::text(&info.join("RECORD")).unwrap_or_default();
    let first = |line: &str| {
        line.split(['/', ','])
            .next()
            .unwrap_or_default()
            .trim_matches('"')
            .to_owned()
    };
    let mut names: Vec<String> = record.lines().map(first).collect();
    names.sort();
    names.dedup();
    let own = names
        .into_iter()
        .filter(|name| !name.is_empty() && name != ".." && !name.ends_with(".dist-info"));
    own.map(String::into_bytes).collect()
}

fn drop_name(mirror: &Path, name: &[u8]) {
    let Some(module) = name.strip_suffix(b".py") else {
        let _ = files::remove_tree(&mirror.join(OsStr::from_bytes(name)));
        return;
    };
    let start = [module, b"."].concat();
    let files_of = files::names(mirror)
        .into_iter()
        .filter(|file| file.as_bytes().starts_with(&start));
    files_of.for_each(|file| drop(files::remove(&mirror.join(file))));
}

fn key(site: &Path, prefix: &Path) -> String {
    digest::key([site, prefix].map(|path| path.as_os_str().as_bytes()))
}
