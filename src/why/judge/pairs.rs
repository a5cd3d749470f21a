//! An installed file and the source that it was copied from, compared.

use std::path::PathBuf;

use crate::host::files;

/// An installed file, and its source; either may be gone.
pub(super) type Paths = (PathBuf, PathBuf);

/// Returns whether an installed file is not what its source is, be the ends of lines what they are.
pub(super) fn differ((installed, source): &Paths) -> bool {
    let both = files::read(source)
        .ok()
        .flatten()
        .zip(files::read(installed).ok().flatten());
    both.is_some_and(|(source, installed)| {
        let is_text = !source.contains(&0) && !installed.contains(&0);
        source != installed && !(is_text && lines(&source).eq(lines(&installed)))
    })
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}
