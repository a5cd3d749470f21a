//! Digests: names for contents, and keys under which things about a path are kept.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::{Digest, Sha256};

/// Returns the SHA-256 of parts, as hexadecimal digits. Where one part ends and the next begins
/// counts.
pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// Returns the SHA-256 of bytes, as every other program does.
pub fn plain(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Returns a digest that is short enough for a file's name.
pub fn key<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = of(parts);
    digest.truncate(KEY);
    digest
}

/// The length of a key.
pub const KEY: usize = 32;

/// Writes bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// Returns the bytes of a hexadecimal text.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()
}

/// Returns the hexadecimal digits of bytes that are written in base 64, as names of files are: with
/// `-` and `_`, without padding.
pub fn of_base64(text: &str) -> Option<String> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .ok()
        .map(|bytes| hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(of([b"ab".as_slice(), b"c"]), of([b"a".as_slice(), b"bc"]));
        assert_eq!(key([b"a".as_slice()]).len(), KEY);
        assert_eq!(hex(&[0, 0x9f, 0xff]), "009fff");
    }
}
