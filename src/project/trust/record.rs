//! What the user decided about a project, in a private file for each.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::host::files;
use crate::project::select;
use crate::values::fault::Fault;
use crate::values::fields;

const FORMAT: &str = "pydevenv trust 1";

/// The user's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Allow,
    Deny,
}

/// A decision, and what it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The project's directory, links resolved.
    pub root: PathBuf,
    pub decision: Decision,
    pub digest: String,
    /// The other user whose files are accepted.
    pub owner: Option<u32>,
    /// What the content meant, line by line.
    pub meaning: Vec<String>,
}

/// Returns the directory in which decisions appear and change.
pub fn directory(state_dir: Option<&Path>) -> Option<PathBuf> {
    state_dir.map(|directory| directory.join("trust"))
}

/// Returns the file that holds the decision about a project.
pub fn path(root: &Path, state_dir: Option<&Path>) -> Option<PathBuf> {
    directory(state_dir).map(|directory| directory.join(select::key(root)))
}

/// Returns the decision about a project.
pub fn find(root: &Path, state_dir: Option<&Path>) -> Option<Record> {
    read(&path(root, state_dir)?).filter(|record| record.root == root)
}

/// Returns all decisions, ordered by path.
pub fn all(state_dir: Option<&Path>) -> Vec<Record> {
    let Some(directory) = directory(state_dir) else {
        return Vec::new();
    };
    let names = files::names(&directory).into_iter();
    let mut records: Vec<Record> = names
        .filter_map(|name| read(&directory.join(name)))
        .collect();
    records.sort_by(|a, b| a.root.cmp(&b.root));
    records
}

/// Writes a decision down.
pub fn write(record: &Record, state_dir: Option<&Path>) -> Result<()> {
    let path = path(&record.root, state_dir)
        .ok_or_else(|| Fault::new("there is no home directory to remember it in"))?;
    files::write_private(&path, &encode(record))
        .with_context(|| format!("cannot write `{}`", path.display()))
}

/// Forgets a decision.
pub fn forget(record: &Record, state_dir: Option<&Path>) -> Result<()> {
    path(&record.root, state_dir).map_or(Ok(()), |path| files::remove(&path).map(drop))
}

fn read(path: &Path) -> Option<Record> {
    decode(&files::read(path).ok()??)
}

fn encode(record: &Record) -> Vec<u8> {
    let decision: &[u8] = match record.decision {
        Decision::Allow => b"allow",
        Decision::Deny => b"deny",
    };
    let owner = record
        .owner
        .map(|owner| owner.to_string())
        .unwrap_or_default();
    let head = [
        record.root.as_os_str().as_bytes(),
        decision,
        record.digest.as_bytes(),
        owner.as_bytes(),
    ];
    fields::join(
        FORMAT,
        head.into_iter()
            .chain(record.meaning.iter().map(String::as_bytes)),
    )
}

fn decode(file: &[u8]) -> Option<Record> {
    let parts = fields::split(FORMAT, file)?;
    let [root, decision, digest, owner, meaning @ ..] = parts.as_slice() else {
        return None;
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    Some(Record {
        root: PathBuf::from(OsString::from_vec(root.to_vec())),
        decision: match *decision {
            b"allow" => Decision::Allow,
            b"deny" => Decision::Deny,
            _ => return None,
        },
        digest: text(digest)?,
        owner: if owner.is_empty() {
            None
        } else {
            Some(text(owner)?.parse().ok()?)
        },
        meaning: meaning.iter().filter_map(|line| text(line)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_read_as_it_was_written() {
        let record = Record {
            root: PathBuf::from("/a b"),
            decision: Decision::Allow,
            digest: "d".repeat(64),
            owner: Some(1000),
            meaning: vec!["profile dev: sets A=1\nB".to_owned(), String::new()],
        };
        assert_eq!(decode(&encode(&record)), Some(record.clone()));
        assert_eq!(decode(&encode(&record)[..90]), None);
    }
}
