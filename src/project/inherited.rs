//! What was inherited from devenv is undone before anything is decided, and what is decided is
//! recorded, so that it can be undone in turn. The records are private files, named by their
//! content.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::env::session::{self, RECORD, Session, VARIABLE};
use crate::env::{Env, Patch};
use crate::host::{clock, files, stamp};
use crate::python::policy::{self, DONT_WRITE, PREFIX};
use crate::values::digest;

const DAY_NS: i64 = 24 * 3600 * 1_000_000_000;

/// A record that nobody used for so long is removed.
const LIFE_NS: i64 = 90 * DAY_NS;

/// An environment without what devenv put into it.
#[derive(Clone, Debug)]
pub struct Base {
    pub env: Env,
    /// What was undone.
    pub applied: Patch,
    /// Why something that was inherited could not be undone.
    pub lost: Option<&'static str>,
}

/// Undoes what the environment inherited from us.
pub fn undo(env: &Env, state_dir: Option<&Path>) -> Base {
    let mut base = env.clone();
    base.put(VARIABLE, None);
    base.put(RECORD, None);
    if base.get(PREFIX).is_some_and(policy::is_fresh) {
        // A run with `--fresh` leaves no record, but its prefix is like no other.
        base.put(PREFIX, None);
        base.put(DONT_WRITE, None);
    }
    match applied(env, state_dir) {
        Ok(applied) => Base {
            env: applied.undo(&base),
            applied,
            lost: None,
        },
        Err(lost) => Base {
            env: base,
            applied: Patch::default(),
            lost: Some(lost),
        },
    }
}

/// Returns what devenv put into an environment.
fn applied(env: &Env, state_dir: Option<&Path>) -> Result<Patch, &'static str> {
    if let Some(record) = env.filled(RECORD) {
        let bytes = record.to_str().and_then(digest::unhex);
        return bytes
            .and_then(|bytes| session::decode(&bytes))
            .ok_or("its record was changed");
    }
    let Some(value) = env.get(VARIABLE) else {
        return Ok(Patch::default());
    };
    recall(
        &Session::parse(value).ok_or("its format is not ours")?,
        state_dir,
    )
}

/// Returns the record that a shell keeps because no file can hold it, as we would write it.
pub fn kept(env: &Env) -> String {
    let record = env
        .get(RECORD)
        .and_then(|record| session::decode(&digest::unhex(record.to_str()?)?));
    record
        .map(|patch| digest::hex(&session::encode(&patch)))
        .unwrap_or_default()
}

/// Returns the variables that we set and somebody changed since.
pub fn overridden(env: &Env, state_dir: Option<&Path>) -> Vec<OsString> {
    let session = env.get(VARIABLE).and_then(Session::parse);
    let patch = session
        .and_then(|session| recall(&session, state_dir).ok())
        .unwrap_or_default();
    let changed = patch
        .0
        .iter()
        .filter(|(name, change)| env.get(name) != change.after.as_deref());
    changed.map(|(name, _)| name.clone()).collect()
}

fn recall(session: &Session, state_dir: Option<&Path>) -> Result<Patch, &'static str> {
    let path = path(session, state_dir).ok_or("there is no home directory")?;
    let record = files::read(&path)
        .ok()
        .flatten()
        .ok_or("its record is gone")?;
    let patch = session::decode(&record)
        .filter(|_| session.names(&record))
        .ok_or("its record was changed")?;
    refresh(&path);
    Ok(patch)
}

/// Notes that a record is in use, at most once a day.
fn refresh(path: &Path) {
    if stamp::of(path).is_some_and(|stamp| stamp.mtime_ns < clock::now_ns() - DAY_NS) {
        files::touch(path);
    }
}

fn directory(state_dir: Option<&Path>) -> Option<PathBuf> {
    state_dir.map(|directory| directory.join("records"))
}

fn path(session: &Session, state_dir: Option<&Path>) -> Option<PathBuf> {
    directory(state_dir).map(|directory| directory.join(&session.id))
}

/// Records a patch, and gives an environment what a child inherits.
pub fn sign(env: &mut Env, patch: &Patch, profile: &str, state_dir: Option<&Path>) {
    let session = record(patch, profile, state_dir);
    env.put(VARIABLE, session.map(|session| session.value()));
}

/// Returns what `record` would return, and writes nothing.
pub fn foresee(patch: &Patch, profile: &str, state_dir: Option<&Path>) -> Option<Session> {
    let session = Session::of(profile, &session::encode(patch));
    let path = path(&session, state_dir)?;
    let mut above = path.ancestors().skip(1);
    let place = above.find(|above| stamp::of_link(above).is_some())?;
    let is_there = files::read(&path).ok().flatten().is_some();
    (is_there || (stamp::is_directory(place) && files::is_writable(place))).then_some(session)
}

/// Records a patch and returns what a child inherits; nothing where no place for the record can be
/// written.
pub fn record(patch: &Patch, profile: &str, state_dir: Option<&Path>) -> Option<Session> {
    let record = session::encode(patch);
    let session = Session::of(profile, &record);
    let path = path(&session, state_dir)?;
    if files::read(&path)
        .ok()
        .flatten()
        .is_some_and(|known| known == record)
    {
        refresh(&path);
        return Some(session);
    }
    files::write_private(&path, &record).ok()?;
    prune(path.parent()?);
    Some(session)
}

fn prune(directory: &Path) {
    let oldest = clock::now_ns() - LIFE_NS;
    let paths = files::names(directory)
        .into_iter()
        .map(|name| directory.join(name));
    let old = paths.filter(|path| stamp::of(path).is_some_and(|stamp| stamp.mtime_ns < oldest));
    old.for_each(|path| drop(files::remove(&path)));
}
