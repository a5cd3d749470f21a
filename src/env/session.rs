//! What a child inherits from us: one small variable that names a record, and the record, which
//! says what we changed. Values only; `project::inherited` reads and writes the files.
//!
//! The variable is `VERSION:PROFILE:ID:DIGEST`, at most 200 bytes with its name, and holds no
//! secret. The record is named by its content, so that two shells with the same past share one.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::names;
use super::patch::{Change, Patch};
use crate::values::digest;

/// The one variable that we export for our own use.
pub const VARIABLE: &str = "PYDEVENV_SESSION";

/// The record itself, in hexadecimal, from a shell that could not put it into a file. For one call;
/// no child has it.
pub const RECORD: &str = "PYDEVENV_RECORD";

const VERSION: &str = "1";
const FORMAT: &[u8] = b"pydevenv record 1";

/// What the exported variable says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub profile: String,
    pub id: String,
    pub digest: String,
}

impl Session {
    /// Returns the session that a record belongs to.
    pub fn of(profile: &str, record: &[u8]) -> Self {
        let digest = digest::of([record]);
        Self {
            profile: profile.to_owned(),
            id: digest[..16].to_owned(),
            digest: digest[16..48].to_owned(),
        }
    }

    /// Reads the variable; another version's, or a damaged one, is nothing.
    pub fn parse(value: &OsStr) -> Option<Self> {
        let fields: Vec<&str> = value.to_str()?.split(':').collect();
        let [VERSION, profile, id, digest] = fields[..] else {
            return None;
        };
        let hex = |text: &str, length| {
            text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit())
        };
        let valid = hex(id, 16) && hex(digest, 32) && names::is_profile(profile);
        valid.then(|| Self {
            profile: profile.to_owned(),
            id: id.to_owned(),
            digest: digest.to_owned(),
        })
    }

    /// Returns the value to export.
    pub fn value(&self) -> OsString {
        format!("{VERSION}:{}:{}:{}", self.profile, self.id, self.digest).into()
    }

    /// Returns whether these bytes are the record that the session names.
    pub fn names(&self, record: &[u8]) -> bool {
        *self == Self::of(&self.profile, record)
    }
}

/// Encodes a patch: fields that end in NUL, which no variable can hold.
pub fn encode(patch: &Patch) -> Vec<u8> {
    let mut out = [FORMAT, b"\0"].concat();
    for (name, change) in &patch.0 {
        let kind: &[u8] = if change.list { b"list" } else { b"scalar" };
        for field in [
            name.as_bytes(),
            kind,
            &value(change.before.as_ref()),
            &value(change.after.as_ref()),
        ] {
            out.extend_from_slice(field);
            out.push(0);
        }
    }
    out
}

fn value(value: Option<&OsString>) -> Vec<u8> {
    value.map_or_else(|| b"-".to_vec(), |value| [b"=", value.as_bytes()].concat())
}

/// Decodes a patch; anything but what `encode` writes of a plan is nothing: a name that no plan may
/// set would get into a shell, or move what we stand on.
pub fn decode(record: &[u8]) -> Option<Patch> {
    let body = record.strip_prefix(FORMAT)?.strip_prefix(b"\0")?;
    let fields: Vec<&[u8]> = body.split(|&b| b == 0).collect();
    let (last, fields) = fields.split_last()?;
    let whole = last.is_empty() && fields.len().is_multiple_of(4);
    let changes: Option<BTreeMap<_, _>> = fields.chunks(4).map(decode_change).collect();
    changes.filter(|_| whole).map(Patch)
}

fn decode_change(fields: &[&[u8]]) -> Option<(OsString, Change)> {
    let [name, kind, before, after] = fields else {
        return None;
    };
    std::str::from_utf8(name)
        .ok()
        .filter(|name| names::is_name(name) && !names::is_ground(name))?;
    let list = match *kind {
        b"list" => true,
        b"scalar" => false,
        _ => return None,
    };
    let change = Change {
        before: decode_value(before).ok()?,
        after: decode_value(after).ok()?,
        list,
    };
    Some((OsString::from_vec(name.to_vec()), change))
}

/// Decodes a value or its absence; a damaged one is an error.
fn decode_value(field: &[u8]) -> Result<Option<OsString>, ()> {
    match field.split_first() {
        Some((b'-', [])) => Ok(None),
        Some((b'=', value)) => Ok(Some(OsString::from_vec(value.to_vec()))),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = OsString> {
        vec(1u8.., 0..20).prop_map(OsString::from_vec)
    }

    fn name() -> impl Strategy<Value = OsString> {
        "[A-Z_][A-Z0-9_]{0,9}"
            .prop_filter("a name that a plan may set", |name| !names::is_ground(name))
            .prop_map(Into::into)
    }

    fn change() -> impl Strategy<Value = Change> {
        (option::of(bytes()), option::of(bytes()), any::<bool>()).prop_map(
            |(before, after, list)| Change {
                before,
                after,
                list,
            },
        )
    }

    proptest! {
        #[test]
        fn decoding_is_the_inverse_of_encoding(changes in btree_map(name(), change(), 0..6)) {
            let patch = Patch(changes);
            prop_assert_eq!(decode(&encode(&patch)), Some(patch));
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(noise in vec(any::<u8>(), 0..80), profile in "[a-z]{0,60}") {
            let _ = decode(&[FORMAT, b"\0", &noise].concat());
            let _ = decode(&noise);
            let _ = Session::parse(&OsString::from_vec(noise));
            let session = Session::of(&profile, b"x");
            prop_assert_eq!(Session::parse(&session.value()).is_some(), names::is_profile(&profile));
        }
    }

    #[test]
    fn a_record_of_names_that_no_plan_may_set_is_none() {
        for name in [
            "HOME",
            "XDG_STATE_HOME",
            "PYDEVENV_SESSION",
            "__pydevenv_state",
            "A B",
            "A;touch x",
            "",
            "A\n",
        ] {
            let change = Change {
                before: None,
                after: Some("x".into()),
                list: false,
            };
            let patch = Patch([("A".into(), change.clone()), (name.into(), change)].into());
            assert_eq!(decode(&encode(&patch)), None, "{name:?}");
        }
        for value in ["1:a b:0:0", "1:\u{1b}[31m:0:0", "1::0:0"] {
            let value = value.replace(":0:0", &format!(":{}:{}", "0".repeat(16), "0".repeat(32)));
            assert_eq!(Session::parse(OsStr::new(&value)), None, "{value:?}");
        }
    }

    #[test]
    fn the_variable_is_small_and_names_its_record() {
        let session = Session::of(&"p".repeat(48), b"record");
        assert!(VARIABLE.len() + 1 + session.value().len() <= 200);
        assert_eq!(Session::parse(&session.value()), Some(session.clone()));
        assert!(session.names(b"record") && !session.names(b"another"));
    }
}
