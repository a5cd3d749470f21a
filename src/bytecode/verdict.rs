//! What Python would do with one bytecode file, and why, judged from its header and the file system
//! alone. Touches nothing. Proof for a suspect is `proof`'s.

use crate::host::Stamp;
use crate::python::names::Writer;
use crate::python::pyc::{self, Check, HEADER, Header};

/// A compiler needs this long from reading the source to writing the bytecode, at the most, and for
/// each byte.
const SLACK_NS: i64 = 2_000_000_000;
const SLACK_NS_A_BYTE: i64 = 1_000;

/// pytest takes longer.
const SLACK_NS_A_BYTE_OF_TESTS: i64 = 30_000;

/// The state of a bytecode file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The header matches, and nothing says that the source changed since.
    Fresh,
    /// Python would notice by itself.
    Stale,
    /// The header matches, yet the source changed after the bytecode was written.
    Suspect,
    /// Checked by content, and made to fail once.
    Armed,
    /// Checked by content, and it matches.
    Verified,
    /// Never checked.
    Unchecked,
    /// Beside where its source would be: it is imported.
    Orphan,
    /// In `__pycache__`, or beside its source: nothing reads it.
    Leftover,
    /// Another interpreter's or another tool's.
    Foreign,
    /// Damaged.
    Corrupt,
}

impl Verdict {
    pub const ALL: [Self; 10] = [
        Self::Fresh,
        Self::Stale,
        Self::Suspect,
        Self::Armed,
        Self::Verified,
        Self::Unchecked,
        Self::Orphan,
        Self::Leftover,
        Self::Foreign,
        Self::Corrupt,
    ];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::Suspect => "suspect",
            Self::Armed => "armed",
            Self::Verified => "verified",
            Self::Unchecked => "unchecked",
            Self::Orphan => "orphan",
            Self::Leftover => "leftover",
            Self::Foreign => "foreign",
            Self::Corrupt => "corrupt",
        }
    }

    /// Returns whether the file is of no use: what is stale by its time, out of reach of any check,
    /// or nobody's.
    pub fn is_stale(self) -> bool {
        matches!(
            self,
            Self::Stale | Self::Suspect | Self::Unchecked | Self::Leftover | Self::Corrupt
        )
    }
}

/// Why a verdict is as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The verdict says it all.
    Plain,
    /// The source is so many seconds younger than the one that was compiled, or older.
    Time(i64),
    /// It is so many bytes longer, or shorter.
    Size(i64),
    /// It changed so long after this was written, or at most so long before.
    Changed(i64),
    /// Its bytes are not those that were compiled.
    Content,
    /// The file ends too early.
    Short,
    /// The header has flags that no Python knows.
    Flags,
    /// Compiling the source gives other code.
    Code,
    /// What should be code can't be read as such.
    Unreadable,
    /// Compiling the source gives this code.
    Proven,
}

/// A verdict with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    pub verdict: Verdict,
    pub reason: Reason,
}

impl Judged {
    pub fn new(verdict: Verdict, reason: Reason) -> Self {
        Self { verdict, reason }
    }

    /// Returns whether old or deleted code could run, or an import break, without Python noticing.
    pub fn is_dangerous(self) -> bool {
        match self.verdict {
            Verdict::Suspect | Verdict::Orphan | Verdict::Corrupt => true,
            Verdict::Unchecked => !matches!(self.reason, Reason::Plain | Reason::Proven),
            _ => false,
        }
    }

    /// Returns whether Python would run what the file holds.
    pub fn is_believed(self) -> bool {
        matches!(
            self.verdict,
            Verdict::Fresh | Verdict::Suspect | Verdict::Verified | Verdict::Unchecked
        )
    }
}

/// A bytecode file to judge.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its first bytes.
    pub head: &'a [u8],
    pub stamp: &'a Stamp,
    pub writer: Writer,
    /// The magic number that the interpreter of its name has, where that is known.
    pub magic: Option<[u8; 4]>,
}

/// What lies where the source should be: what that leads to, and the name itself, which may be a
/// link.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    pub file: Option<Stamp>,
    pub name: Option<Stamp>,
}

/// Judges a file by its source, which is read only when need be.
pub fn judge(subject: &Subject<'_>, source: Source, read: impl Fn() -> Option<Vec<u8>>) -> Judged {
    let new = Judged::new;
    if subject.writer == Writer::Other {
        return new(Verdict::Foreign, Reason::Plain);
    }
    let Some(header) = Header::parse_of(subject.writer, subject.head) else {
        return new(Verdict::Corrupt, Reason::Short);
    };
    if subject.magic.is_some_and(|magic| magic != header.magic) {
        return new(Verdict::Foreign, Reason::Plain);
    }
    let Some(file) = source.file else {
        return new(Verdict::Leftover, Reason::Plain);
    };
    let is_empty = subject.stamp.size <= HEADER as u64;
    let judged = match header.check {
        Check::Invalid => return new(Verdict::Corrupt, Reason::Flags),
        Check::Content(0) => return new(Verdict::Armed, Reason::Plain),
        Check::Content(hash) if is_source(&header, hash, &read) => {
            new(Verdict::Verified, Reason::Plain)
        }
        Check::Content(_) => new(Verdict::Stale, Reason::Content),
        Check::Never(hash) if is_source(&header, hash, &read) => {
            new(Verdict::Unchecked, Reason::Plain)
        }
        Check::Never(_) => new(Verdict::Unchecked, Reason::Content),
        Check::Time { mtime, size } => by_time(subject, (mtime, size), &file, source.name.as_ref()),
    };
    if is_empty && judged.is_believed() {
        new(Verdict::Corrupt, Reason::Short)
    } else {
        judged
    }
}

fn is_source(header: &Header, hash: u64, read: &impl Fn() -> Option<Vec<u8>>) -> bool {
    read().is_some_and(|bytes| pyc::source_hash(header.magic, &bytes) == hash)
}

fn by_time(
    subject: &Subject<'_>,
    (mtime, size): (u32, u32),
    file: &Stamp,
    name: Option<&Stamp>,
) -> Judged {
    let (now_mtime, now_size) = pyc::time_of(file.mtime, file.size);
    if now_mtime != mtime {
        return Judged::new(
            Verdict::Stale,
            Reason::Time(i64::from(now_mtime) - i64::from(mtime)),
        );
    }
    if now_size != size {
        return Judged::new(
            Verdict::Stale,
            Reason::Size(i64::from(now_size) - i64::from(size)),
        );
    }
    let changed = name.map_or(file.ctime_ns, |name| name.ctime_ns.max(file.ctime_ns));
    // The time of a write can be set, and the time of change is also that of a new name.
    let written = subject.stamp.mtime_ns.min(subject.stamp.ctime_ns);
    let a_byte = if subject.writer == Writer::Pytest {
        SLACK_NS_A_BYTE_OF_TESTS
    } else {
        SLACK_NS_A_BYTE
    };
    let slack = SLACK_NS.saturating_add(
        i64::try_from(file.size)
            .unwrap_or(i64::MAX)
            .saturating_mul(a_byte),
    );
    if changed >= written.saturating_sub(slack) {
        Judged::new(Verdict::Suspect, Reason::Changed(changed - written))
    } else {
        Judged::new(Verdict::Fresh, Reason::Plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Kind;

    const MAGIC: [u8; 4] = [0xa7, 0x0d, 0x0d, 0x0a];
    const SECOND: i64 = 1_000_000_000;

    fn stamp(mtime: i64, ctime: i64, size: u64) -> Stamp {
        let ns = |seconds: i64| seconds * SECOND;
        let kind = Kind::File;
        Stamp {
            kind,
            dev: 1,
            ino: 1,
            size,
            mtime,
            mtime_ns: ns(mtime),
            ctime_ns: ns(ctime),
            mode: 0,
            uid: 0,
            gid: 0,
        }
    }

    fn judged(flags: u8, field: [u8; 8], pyc: Stamp, source: Option<Stamp>) -> Judged {
        let head = [&MAGIC[..], &[flags, 0, 0, 0], &field].concat();
        let subject = Subject {
            head: &head,
            stamp: &pyc,
            writer: Writer::Import,
            magic: Some(MAGIC),
        };
        judge(
            &subject,
            Source {
                file: source,
                name: source,
            },
            || Some(b"VALUE = 1\n".to_vec()),
        )
    }

    const TIME: [u8; 8] = [5, 0, 0, 0, 10, 0, 0, 0];
    const HASH: [u8; 8] = *b"\xe3@\x11\xfd\xf0\xb6\xfe\xd7";

    #[test]
    fn bytecode_is_judged_by_header_and_times() {
        let source = Some(stamp(5, 5, 10));
        let old = stamp(100, 100, 50);
        let new = Judged::new;
        let cases = [
            (
                judged(0, TIME, old, source),
                new(Verdict::Fresh, Reason::Plain),
            ),
            (
                judged(0, [8, 0, 0, 0, 10, 0, 0, 0], old, source),
                new(Verdict::Stale, Reason::Time(-3)),
            ),
            (
                judged(0, [5, 0, 0, 0, 8, 0, 0, 0], old, source),
                new(Verdict::Stale, Reason::Size(2)),
            ),
            (
                judged(0, TIME, old, Some(stamp(5, 200, 10))),
                new(Verdict::Suspect, Reason::Changed(100 * SECOND)),
            ),
            (
                judged(0, TIME, old, None),
                new(Verdict::Leftover, Reason::Plain),
            ),
            (
                judged(1, [0; 8], old, source),
                new(Verdict::Unchecked, Reason::Content),
            ),
            (
                judged(1, HASH, old, source),
                new(Verdict::Unchecked, Reason::Plain),
            ),
            (
                judged(3, [0; 8], old, source),
                new(Verdict::Armed, Reason::Plain),
            ),
            (
                judged(3, [1; 8], old, source),
                new(Verdict::Stale, Reason::Content),
            ),
            (
                judged(3, HASH, old, source),
                new(Verdict::Verified, Reason::Plain),
            ),
            (
                judged(4, [0; 8], old, source),
                new(Verdict::Corrupt, Reason::Flags),
            ),
            (
                judged(0, TIME, stamp(100, 100, 16), source),
                new(Verdict::Corrupt, Reason::Short),
            ),
            (
                judged(3, [0; 8], stamp(100, 100, 16), source),
                new(Verdict::Armed, Reason::Plain),
            ),
        ];
        for (number, (is, should_be)) in cases.into_iter().enumerate() {
            assert_eq!(is, should_be, "case {number}");
        }
        let set = judged(0, TIME, stamp(4_000, 100, 50), Some(stamp(5, 200, 10)));
        assert_eq!(set.verdict, Verdict::Suspect, "a time that was set");
    }

    #[test]
    fn what_another_interpreter_wrote_is_foreign() {
        let head = [&[0xa6, 0x0d, 0x0d, 0x0a], &[0; 4][..], &TIME].concat();
        let (pyc, source) = (stamp(100, 100, 50), Some(stamp(5, 5, 10)));
        let by = |writer, magic| {
            let subject = Subject {
                head: &head,
                stamp: &pyc,
                writer,
                magic,
            };
            judge(
                &subject,
                Source {
                    file: source,
                    name: source,
                },
                || None,
            )
            .verdict
        };
        assert_eq!(by(Writer::Import, Some(MAGIC)), Verdict::Foreign);
        assert_eq!(by(Writer::Import, None), Verdict::Fresh);
        assert_eq!(by(Writer::Other, None), Verdict::Foreign);
    }

    #[test]
    fn only_what_python_would_not_notice_is_dangerous() {
        let source = Some(stamp(5, 5, 10));
        let old = stamp(100, 100, 50);
        assert!(judged(0, TIME, old, Some(stamp(5, 200, 10))).is_dangerous());
        assert!(
            judged(1, [0; 8], old, source).is_dangerous()
                && !judged(1, HASH, old, source).is_dangerous()
        );
        assert!(
            !judged(3, [1; 8], old, source).is_dangerous()
                && !judged(0, TIME, old, source).is_dangerous()
        );
    }
}
