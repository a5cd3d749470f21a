//! What was proven about files before, so that an unchanged tree costs one `stat` a file.
//!
//! A fact is the hash of a statement about files in a certain state: inode and time of change, which nobody can set
//! back. When the file changes, its state does, and the statement is about a file that no longer exists; a fact never
//! becomes wrong and the ledger may be lost at any time. Facts about files that changed within the last tick of the
//! clock are not kept: another write in the same tick would go unnoticed.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

use crate::host::{Memory, Stamp, clock};

const FORMAT: &[u8; 8] = b"pydled1\n";
const KIND: &str = "ledgers";

/// A hashed statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fact(u64);

impl Fact {
    fn of(statement: u8, parts: &[u64]) -> Self {
        let mut hasher = SipHasher13::new_with_keys(u64::from(statement), 0);
        parts.iter().for_each(|part| hasher.write_u64(*part));
        Self(hasher.finish())
    }

    /// Python can't run this bytecode wrongly: it is checked by content, or rejected.
    pub(crate) fn settled(pyc: &Stamp) -> Self {
        Self::of(b's', &state(pyc))
    }

    /// This bytecode is that of this source.
    pub(crate) fn filled(source: &Stamp, pyc: &Stamp) -> Self {
        let [dev, ino, ctime] = state(pyc);
        let [source_dev, source_ino, source_ctime] = state(source);
        Self::of(b'f', &[dev, ino, ctime, source_dev, source_ino, source_ctime])
    }

    /// This source can't be compiled by the interpreter with this magic number, or the result can't be written.
    pub(crate) fn hopeless(source: &Stamp, magic: [u8; 4]) -> Self {
        let [dev, ino, ctime] = state(source);
        Self::of(b'u', &[dev, ino, ctime, u64::from(u32::from_le_bytes(magic))])
    }

    /// A directory with this inode was barren once: worth a look at its state before it is read.
    pub(crate) fn perhaps_barren(ino: u64) -> Self {
        Self::of(b'p', &[ino])
    }

    /// This directory has many names and none that matters.
    pub(crate) fn barren(directory: &Stamp) -> Self {
        Self::of(b'b', &state(directory))
    }

    /// This `pyproject.toml` is no configuration of ours.
    pub(crate) fn foreign_manifest(file: &Stamp) -> Self {
        Self::of(b'm', &state(file))
    }

    /// The user was told of this, or need not be.
    pub(crate) fn told(link: &Stamp) -> Self {
        Self::of(b't', &state(link))
    }
}

fn state(stamp: &Stamp) -> [u64; 3] {
    [stamp.dev, stamp.ino, stamp.ctime_ns.cast_unsigned()]
}

/// Facts, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    facts: Vec<Fact>,
}

impl Ledger {
    /// Returns what is remembered under a key.
    pub(crate) fn recall(memory: &Memory, key: &str) -> Self {
        let file = memory.recall(KIND, key).unwrap_or_default();
        let words = file.strip_prefix(FORMAT).unwrap_or_default().chunks_exact(8);
        let facts: Vec<Fact> =
            words.map(|word| Fact(u64::from_le_bytes(word.try_into().unwrap_or_default()))).collect();
        let ordered = facts.is_sorted();
        Self { facts: if ordered { facts } else { Vec::new() } }
    }

    /// Keeps facts for later.
    pub(crate) fn keep(memory: &Memory, key: &str, mut facts: Vec<Fact>) {
        facts.sort_unstable();
        facts.dedup();
        let words = facts.iter().flat_map(|fact| fact.0.to_le_bytes());
        memory.keep(KIND, key, &FORMAT.iter().copied().chain(words).collect::<Vec<u8>>());
    }

    /// Returns whether a fact is known.
    pub(crate) fn has(&self, fact: Fact) -> bool {
        self.facts.binary_search(&fact).is_ok()
    }
}

/// Returns whether a file has been as it is for longer than a tick of the clock.
pub(crate) fn is_calm(stamp: &Stamp, now_ns: i64) -> bool {
    stamp.ctime_ns < now_ns - clock::TICK_NS
}
