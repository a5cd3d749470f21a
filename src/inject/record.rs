//! What we remember of an edit, in a private file for each edited file: its digest after the edit,
//! its bytes before the first, and what was put. By it an edit is taken back byte for byte, and a
//! value of ours is told from the user's. A record that can't be read is none.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::jsonc::Step;
use super::settings::{Kind, Put, Setting};
use crate::host::files;
use crate::values::digest;
use crate::values::fields;

const FORMAT: &str = "pydevenv edit 1";

/// What is remembered of an edited file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// With its links resolved.
    pub path: PathBuf,
    /// The word of the target.
    pub target: String,
    pub profile: String,
    /// The digest of what we wrote.
    pub after: String,
    /// Nothing: there was no file.
    pub before: Option<Vec<u8>>,
    pub puts: Vec<Put>,
    /// Directories that were made for it, the highest first.
    pub made: Vec<PathBuf>,
}

/// Returns the digest of a file's bytes.
pub fn digest_of(bytes: &[u8]) -> String {
    digest::of([bytes])
}

fn place(path: &Path, state_dir: Option<&Path>) -> Option<PathBuf> {
    let key = digest::key([path.as_os_str().as_bytes()]);
    state_dir.map(|directory| directory.join("inject").join(key))
}

/// Returns the record of a file.
pub fn find(path: &Path, state_dir: Option<&Path>) -> Option<Record> {
    let bytes = files::read(&place(path, state_dir)?).ok()??;
    decode(&bytes).filter(|record| record.path == path)
}

/// Writes a record. Where there is no place for it, an edit is taken back by what it put alone.
pub fn write(record: &Record, state_dir: Option<&Path>) {
    let Some(place) = place(&record.path, state_dir) else {
        return;
    };
    let _ = files::write_private(&place, &encode(record));
}

/// Forgets a record.
pub fn forget(path: &Path, state_dir: Option<&Path>) {
    let _ = place(path, state_dir).map(|place| files::remove(&place));
}

fn encode(record: &Record) -> Vec<u8> {
    let before = record
        .before
        .as_ref()
        .map_or_else(|| "absent".to_owned(), |bytes| digest::hex(bytes));
    let puts = Json::Array(record.puts.iter().map(encode_put).collect()).to_string();
    let texts = [
        &record.target,
        &record.profile,
        &record.after,
        &before,
        &puts,
    ]
    .map(String::as_bytes);
    let made = record.made.iter().map(|path| path.as_os_str().as_bytes());
    fields::join(
        FORMAT,
        [record.path.as_os_str().as_bytes()]
            .into_iter()
            .chain(texts)
            .chain(made),
    )
}

fn decode(bytes: &[u8]) -> Option<Record> {
    let parts = fields::split(FORMAT, bytes)?;
    let [path, target, profile, after, before, puts, made @ ..] = parts.as_slice() else {
        return None;
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let path_of = |bytes: &[u8]| PathBuf::from(OsString::from_vec(bytes.to_vec()));
    let before = text(before)?;
    Some(Record {
        path: path_of(path),
        target: text(target)?,
        profile: text(profile)?,
        after: text(after)?,
        before: if before == "absent" {
            None
        } else {
            Some(digest::unhex(&before)?)
        },
        puts: serde_json::from_slice::<Json>(puts)
            .ok()?
            .as_array()?
            .iter()
            .map(decode_put)
            .collect::<Option<_>>()?,
        made: made.iter().map(|path| path_of(path)).collect(),
    })
}

fn encode_put(put: &Put) -> Json {
    let step = |step: &Step| match step {
        Step::Key(key) => json!(key),
        Step::Index(index) => json!(index),
    };
    let kind = match put.setting.kind {
        Kind::Value => "value",
        Kind::Command => "command",
        Kind::Element => "element",
        Kind::Asked => "asked",
    };
    let path: Vec<Json> = put.setting.path.iter().map(step).collect();
    json!({ "path": path, "value": put.setting.value, "kind": kind, "instead_of": put.instead_of })
}

fn decode_put(put: &Json) -> Option<Put> {
    let step = |step: &Json| match step {
        Json::String(key) => Some(Step::key(key)),
        other => Some(Step::Index(usize::try_from(other.as_u64()?).ok()?)),
    };
    let kind = match put.get("kind")?.as_str()? {
        "value" => Kind::Value,
        "command" => Kind::Command,
        "element" => Kind::Element,
        "asked" => Kind::Asked,
        _ => return None,
    };
    let path = put
        .get("path")?
        .as_array()?
        .iter()
        .map(step)
        .collect::<Option<_>>()?;
    let instead_of = put.get("instead_of")?.as_str().map(str::to_owned);
    Some(Put {
        setting: Setting {
            path,
            value: put.get("value")?.clone(),
            kind,
        },
        instead_of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let setting = Setting::new(&["a", "b.c"], "v\0");
        let indexed = Setting {
            path: vec![Step::key("l"), Step::Index(2)],
            ..Setting::new(&[], json!({ "x": null }))
        };
        let puts = [setting.of_kind(Kind::Element), indexed];
        let record = Record {
            path: "/a b".into(),
            target: "vscode".into(),
            profile: "dev".into(),
            after: "d".repeat(64),
            before: Some(b"\0\xff".to_vec()),
            puts: puts
                .map(|setting| Put {
                    setting,
                    instead_of: Some("1.0".into()),
                })
                .to_vec(),
            made: vec!["/a".into(), "/a/b".into()],
        };
        assert_eq!(decode(&encode(&record)), Some(record.clone()));
        let absent = Record {
            before: None,
            puts: Vec::new(),
            made: Vec::new(),
            ..record
        };
        assert_eq!(decode(&encode(&absent)), Some(absent.clone()));
        assert_eq!(decode(&encode(&absent)[..60]), None);
    }
}
