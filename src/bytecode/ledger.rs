//! What was proven about files before, so that an unchanged tree costs one `stat` a file.
//!
//! A fact is the hash of a statement about files in a certain state: inode, size and times, of
//! which nobody can set the time of change back. When a file changes, its state does, and the
//! statement is about a file that no longer exists: a fact does not become wrong, and the ledger
//! may be lost at any time. Whoever learns one must have read the file in that very state, and the
//! state must be older than a tick of the clock: another write in the same tick would go unnoticed.

use std::hash::Hasher;
use std::path::PathBuf;

use siphasher::sip::SipHasher13;

use super::verdict::{Judged, Reason, Source, Verdict};
use crate::host::{Memory, Stamp, files};

const FORMAT: &[u8; 8] = b"pydled1\n";
const KIND: &str = "ledgers";

/// A hashed statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact(u64);

impl Fact {
    fn of(statement: u8, parts: &[u64]) -> Self {
        let mut hasher = SipHasher13::new_with_keys(u64::from(statement), 0);
        parts.iter().for_each(|part| hasher.write_u64(*part));
        Self(hasher.finish())
    }

    /// Python can't run this bytecode wrongly: it is checked by content, or rejected.
    pub fn settled(pyc: &Stamp) -> Self {
        Self::of(b's', &state(pyc))
    }

    /// This bytecode is that of this source.
    pub fn filled(source: &Stamp, pyc: &Stamp) -> Self {
        Self::of(b'f', &[state(pyc), state(source)].concat())
    }

    /// This source can't be compiled by the interpreter with this magic number.
    pub fn uncompilable(source: &Stamp, magic: [u8; 4]) -> Self {
        Self::of(
            b'u',
            &[&state(source)[..], &[u64::from(u32::from_le_bytes(magic))]].concat(),
        )
    }

    /// These tests can't be rewritten by this version of pytest.
    pub fn unrewritable(source: &Stamp, version: &str) -> Self {
        let mut hasher = SipHasher13::new();
        hasher.write(version.as_bytes());
        Self::of(b't', &[&state(source)[..], &[hasher.finish()]].concat())
    }

    /// The bytecode of this source can't be written into this directory.
    pub fn unwritable(source: &Stamp, directory: &Stamp) -> Self {
        Self::of(b'w', &[state(source), state(directory)].concat())
    }

    /// A directory with this inode was barren once: worth a look at its state before it is read.
    pub fn perhaps_barren(ino: u64) -> Self {
        Self::of(b'p', &[ino])
    }

    /// This directory has many names and none that matters.
    pub fn barren(directory: &Stamp) -> Self {
        Self::of(b'b', &state(directory))
    }

    /// This `pyproject.toml` is no configuration of ours.
    pub fn foreign_manifest(file: &Stamp) -> Self {
        Self::of(b'm', &state(file))
    }

    /// The user was told that this link leads to this directory outside, or needs not be.
    pub fn judged_link(link: &Stamp, target: &Stamp) -> Self {
        Self::of(b'l', &[state(link), state(target)].concat())
    }
}

fn state(stamp: &Stamp) -> [u64; 5] {
    [
        stamp.dev,
        stamp.ino,
        stamp.size,
        stamp.mtime_ns.cast_unsigned(),
        stamp.ctime_ns.cast_unsigned(),
    ]
}

/// Facts, in order.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    facts: Vec<Fact>,
}

impl Ledger {
    /// Returns what is remembered under a key about these trees. On file systems that keep no
    /// modes, inodes and times of change are made up, and nothing can be remembered.
    pub fn recall(memory: &Memory, key: &str, trees: &[PathBuf]) -> Self {
        if !trees.iter().all(|tree| files::keeps_modes(tree)) {
            return Self::default();
        }
        let file = memory.recall(KIND, key).unwrap_or_default();
        let words = file
            .strip_prefix(FORMAT)
            .unwrap_or_default()
            .chunks_exact(8);
        let facts: Vec<Fact> = words
            .map(|word| Fact(u64::from_le_bytes(word.try_into().unwrap_or_default())))
            .collect();
        let ordered = facts.is_sorted();
        Self {
            facts: if ordered { facts } else { Vec::new() },
        }
    }

    /// Keeps facts for later.
    pub fn keep(memory: &Memory, key: &str, mut facts: Vec<Fact>) {
        facts.sort_unstable();
        facts.dedup();
        let words = facts.iter().flat_map(|fact| fact.0.to_le_bytes());
        memory.keep(
            KIND,
            key,
            &FORMAT.iter().copied().chain(words).collect::<Vec<u8>>(),
        );
    }

    /// Keeps new facts beside the known ones.
    pub fn add(&self, memory: &Memory, key: &str, facts: Vec<Fact>) {
        Self::keep(memory, key, [self.facts.clone(), facts].concat());
    }

    /// Returns the verdict about bytecode in the light of what is known: what was proven is no
    /// suspect.
    pub fn settle(&self, judged: Judged, source: Source, pyc: &Stamp) -> Judged {
        let is_proven = || {
            source
                .file
                .is_some_and(|file| self.has(Fact::filled(&file, pyc)))
        };
        let is_known = judged.verdict == Verdict::Suspect && is_proven();
        if is_known {
            Judged::new(Verdict::Fresh, Reason::Proven)
        } else {
            judged
        }
    }

    /// Returns whether a fact is known.
    pub fn has(&self, fact: Fact) -> bool {
        self.facts.binary_search(&fact).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Kind;

    fn stamp(ctime_ns: i64) -> Stamp {
        Stamp {
            kind: Kind::File,
            dev: 1,
            ino: 2,
            size: 3,
            mtime: 4,
            mtime_ns: 4,
            ctime_ns,
            mode: 0,
            uid: 0,
            gid: 0,
        }
    }

    #[test]
    fn a_fact_is_about_one_state_of_a_file() {
        let changed = [
            Stamp { dev: 9, ..stamp(5) },
            Stamp { ino: 9, ..stamp(5) },
            Stamp {
                size: 9,
                ..stamp(5)
            },
            Stamp {
                mtime_ns: 9,
                ..stamp(5)
            },
            stamp(9),
        ];
        assert_eq!(
            Fact::settled(&stamp(5)),
            Fact::settled(&Stamp {
                mode: 0o777,
                ..stamp(5)
            })
        );
        for other in changed {
            assert_ne!(Fact::settled(&stamp(5)), Fact::settled(&other));
            assert_ne!(
                Fact::filled(&stamp(5), &stamp(5)),
                Fact::filled(&other, &stamp(5))
            );
            assert_ne!(
                Fact::filled(&stamp(5), &stamp(5)),
                Fact::filled(&stamp(5), &other)
            );
        }
        assert_ne!(Fact::settled(&stamp(5)), Fact::barren(&stamp(5)));
    }
}
