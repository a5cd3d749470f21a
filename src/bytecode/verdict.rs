//! What Python would do with one bytecode file, judged from its header and the file system alone. Touches nothing.

use crate::host::Stamp;
use crate::python::pyc::{self, Check, Header};

/// A compiler needs this long from reading the source to writing the bytecode, at the most.
const SLACK_NS: i64 = 2_000_000_000;

/// The state of a bytecode file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
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
    /// In `__pycache__`, without a source.
    Leftover,
    /// Damaged: Python rejects it.
    Corrupt,
}

impl Verdict {
    /// Returns whether the file is of use, or does no harm until it is.
    pub(crate) fn is_sound(self) -> bool {
        matches!(self, Self::Fresh | Self::Armed | Self::Verified)
    }
}

/// Judges bytecode by its first bytes and its own stamp, against a source: what that leads to, and the name itself,
/// which may be a link. The source is read only when need be.
pub(crate) fn judge(
    head: &[u8],
    pyc: &Stamp,
    (source, link): (Option<Stamp>, Option<Stamp>),
    read: impl FnOnce() -> Option<Vec<u8>>,
) -> Verdict {
    let Some(header) = Header::parse(head) else { return Verdict::Corrupt };
    let Some(source) = source else { return Verdict::Leftover };
    match header.check {
        Check::Invalid => Verdict::Corrupt,
        Check::Never(_) => Verdict::Unchecked,
        Check::Content(0) => Verdict::Armed,
        Check::Content(hash) => match read().map(|bytes| pyc::source_hash(header.magic, &bytes)) {
            Some(actual) if actual == hash => Verdict::Verified,
            _ => Verdict::Stale,
        },
        Check::Time { .. } if !header.matches_time(source.mtime, source.size) => Verdict::Stale,
        Check::Time { .. } => {
            let changed = link.map_or(source.ctime_ns, |link| link.ctime_ns.max(source.ctime_ns));
            // The time of a write can be set, and the time of change is also that of a new name.
            let written = pyc.mtime_ns.min(pyc.ctime_ns);
            if changed >= written - SLACK_NS { Verdict::Suspect } else { Verdict::Fresh }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Kind;

    const MAGIC: [u8; 4] = [0xa7, 0x0d, 0x0d, 0x0a];
    const SECOND: i64 = 1_000_000_000;

    fn stamp(mtime: i64, ctime: i64) -> Stamp {
        let (kind, size) = (Kind::File, 10);
        let ns = |seconds: i64| seconds * SECOND;
        Stamp { kind, dev: 1, ino: 1, size, mtime, mtime_ns: ns(mtime), ctime_ns: ns(ctime), mode: 0, uid: 0, gid: 0 }
    }

    fn verdict(flags: u8, field: [u8; 8], pyc: Stamp, source: Option<Stamp>) -> Verdict {
        let head = [&MAGIC[..], &[flags, 0, 0, 0], &field].concat();
        judge(&head, &pyc, (source, source), || Some(b"VALUE = 1\n".to_vec()))
    }

    #[test]
    fn bytecode_is_judged_by_header_and_times() {
        let time = [5, 0, 0, 0, 10, 0, 0, 0];
        let source = Some(stamp(5, 5));
        assert_eq!(verdict(0, time, stamp(100, 100), source), Verdict::Fresh);
        assert_eq!(verdict(0, [6, 0, 0, 0, 10, 0, 0, 0], stamp(100, 100), source), Verdict::Stale);
        assert_eq!(verdict(0, time, stamp(100, 100), Some(stamp(5, 200))), Verdict::Suspect);
        assert_eq!(verdict(0, time, stamp(4_000, 100), Some(stamp(5, 200))), Verdict::Suspect, "a time that was set");
        assert_eq!(verdict(0, time, stamp(100, 100), None), Verdict::Leftover);
        assert_eq!(verdict(1, [0; 8], stamp(100, 100), source), Verdict::Unchecked);
        assert_eq!(verdict(3, [0; 8], stamp(100, 100), source), Verdict::Armed);
        assert_eq!(verdict(3, [1; 8], stamp(100, 100), source), Verdict::Stale);
        assert_eq!(verdict(3, *b"\xe3@\x11\xfd\xf0\xb6\xfe\xd7", stamp(100, 100), source), Verdict::Verified);
        assert_eq!(verdict(4, [0; 8], stamp(100, 100), source), Verdict::Corrupt);
    }
}
