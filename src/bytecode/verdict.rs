//! What Python would do with one bytecode file, judged from its header and the file system alone.

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

/// Judges bytecode by its first bytes and its own stamp, against a source that can be read when need be.
pub(crate) fn judge(
    head: &[u8],
    pyc: &Stamp,
    source: Option<&Stamp>,
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
        Check::Time { .. } if source.ctime_ns >= pyc.mtime_ns - SLACK_NS => Verdict::Suspect,
        Check::Time { .. } => Verdict::Fresh,
    }
}
