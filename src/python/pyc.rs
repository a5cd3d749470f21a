//! The header of a `.pyc` (PEP 552) and the hash of a source. Knows the format, judges nothing.

use std::hash::Hasher;

use siphasher::sip::{SipHasher13, SipHasher24};

use super::names::Writer;

/// The bytes before the marshalled code.
pub const HEADER: usize = 16;

/// The first magic number of 3.11's cycle, which changed the hash of sources from `SipHash` 2-4 to
/// 1-3. `PyPy`, which kept 2-4, counts from far below.
const FIRST_SIP13: u16 = 3450;

/// How Python finds out whether the file still belongs to its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// By the source's modification time in whole seconds and its size, both to 32 bits.
    Time { mtime: u32, size: u32 },
    /// By the hash of the source's bytes.
    Content(u64),
    /// Not at all.
    Never(u64),
    /// Flags that no Python knows: the file is rejected.
    Invalid,
}

/// A header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub magic: [u8; 4],
    pub check: Check,
}

impl Header {
    /// Reads a header; too few bytes, or no magic number, are nothing: Python rejects the file.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; HEADER] = bytes.get(..HEADER)?.try_into().ok()?;
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let hash = u64::from(word(8)) | u64::from(word(12)) << 32;
        let check = match word(4) {
            // The bit beside the one that says "by hash" means nothing without it.
            0 | 2 => Check::Time {
                mtime: word(8),
                size: word(12),
            },
            1 => Check::Never(hash),
            3 => Check::Content(hash),
            _ => Check::Invalid,
        };
        let magic = [bytes[0], bytes[1], bytes[2], bytes[3]];
        (magic[2..] == *b"\r\n").then_some(Self { magic, check })
    }

    /// Reads the header of a file that this writer wrote: early versions of pytest know no flags,
    /// and write time and size in their place.
    pub fn parse_of(writer: Writer, bytes: &[u8]) -> Option<Self> {
        let header = Self::parse(bytes)?;
        if writer != Writer::Pytest || header.check != Check::Invalid {
            return Some(header);
        }
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        Some(Self {
            check: Check::Time {
                mtime: word(4),
                size: word(8),
            },
            ..header
        })
    }

    /// Returns whether a source with this time and size would be taken for the one that was
    /// compiled.
    pub fn matches_time(&self, mtime: i64, size: u64) -> bool {
        let (mtime, size) = time_of(mtime, size);
        self.check == Check::Time { mtime, size }
    }
}

/// Returns the time and size of a source as a header has them: to 32 bits.
pub fn time_of(mtime: i64, size: u64) -> (u32, u32) {
    let low = |number: u64| u32::try_from(number & 0xffff_ffff).unwrap_or_default();
    (low(mtime.cast_unsigned()), low(size))
}

/// Returns what bytecode may be read and written by, where its source has this mode: by nobody who
/// may not read the source (`_calc_mode` of importlib), and never written by others, who would
/// decide what runs.
pub fn permissions(source: u32) -> u32 {
    (source | 0o200) & OWNER_WRITES_ALONE
}

/// Everybody reads, the owner alone writes, nobody executes.
pub const OWNER_WRITES_ALONE: u32 = 0o644;

/// Returns the same bytecode under a header that makes Python check it by content, and fail, once:
/// *armed*.
///
/// The hash is zero, never a real one: we can't know from which bytes the body was compiled.
pub fn armed(pyc: &[u8]) -> Option<Vec<u8>> {
    let header = Header::parse(pyc)?;
    let mut out = Vec::with_capacity(pyc.len());
    out.extend_from_slice(&header.magic);
    out.extend_from_slice(&3u32.to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&pyc[HEADER..]);
    Some(out)
}

/// Returns the hash that an interpreter with this magic number computes of a source.
pub fn source_hash(magic: [u8; 4], source: &[u8]) -> u64 {
    let key = u64::from(u32::from_le_bytes(magic));
    let number = u16::from_le_bytes([magic[0], magic[1]]);
    if number < FIRST_SIP13 {
        let mut hasher = SipHasher24::new_with_keys(key, 0);
        hasher.write(source);
        hasher.finish()
    } else {
        let mut hasher = SipHasher13::new_with_keys(key, 0);
        hasher.write(source);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAGIC_311: [u8; 4] = [0xa7, 0x0d, 0x0d, 0x0a];
    const MAGIC_38: [u8; 4] = [0x55, 0x0d, 0x0d, 0x0a];

    #[test]
    fn hashes_are_those_of_the_interpreters() {
        // importlib.util.source_hash(b"VALUE = 1\n") in CPython 3.11 and 3.8.
        assert_eq!(
            source_hash(MAGIC_311, b"VALUE = 1\n").to_le_bytes(),
            *b"\xe3@\x11\xfd\xf0\xb6\xfe\xd7"
        );
        assert_eq!(
            source_hash(MAGIC_38, b"VALUE = 1\n").to_le_bytes(),
            *b"X\t~\x95v\x0b\x92'"
        );
    }

    #[test]
    fn an_armed_file_keeps_its_body_and_is_checked_by_content() {
        let mut pyc = [MAGIC_311, [0; 4], [1, 2, 3, 4], [9, 0, 0, 0]].concat();
        pyc.extend_from_slice(b"body");
        assert_eq!(
            Header::parse(&pyc).unwrap().check,
            Check::Time {
                mtime: 0x0403_0201,
                size: 9
            }
        );
        let armed = armed(&pyc).unwrap();
        assert_eq!(Header::parse(&armed).unwrap().check, Check::Content(0));
        assert_eq!(&armed[HEADER..], b"body");
    }

    #[test]
    fn flags_mean_what_they_mean_to_python() {
        let check = |flags: u8| {
            let pyc = [MAGIC_311, [flags, 0, 0, 0], [1, 0, 0, 0], [9, 0, 0, 0]].concat();
            Header::parse(&pyc).unwrap().check
        };
        let time = Check::Time { mtime: 1, size: 9 };
        let hash = 9 << 32 | 1;
        assert_eq!(
            [0, 1, 2, 3, 4].map(check),
            [
                time,
                Check::Never(hash),
                time,
                Check::Content(hash),
                Check::Invalid
            ]
        );
    }

    #[test]
    fn times_match_to_32_bits() {
        let header = Header {
            magic: MAGIC_311,
            check: Check::Time { mtime: 5, size: 7 },
        };
        assert!(header.matches_time(5 + (1 << 32), 7));
        assert!(!header.matches_time(6, 7));
        let negative = Header {
            magic: MAGIC_311,
            check: Check::Time {
                mtime: u32::MAX,
                size: 7,
            },
        };
        assert!(negative.matches_time(-1, 7));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let header = Header::parse(&bytes);
            prop_assert_eq!(header.is_some(), armed(&bytes).is_some());
        }
    }
}
