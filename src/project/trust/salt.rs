//! The random number of this machine that goes into what is shown of a secret: without it, nobody
//! can try guesses against what `allow` printed. Kept in a private file, so that the same value
//! looks the same the next time.

use std::path::Path;

use crate::host::{files, random};
use crate::values::digest;

const LENGTH: usize = 16;

/// Returns the salt of this machine, nothing where it has none. `keep`: then it is made.
pub fn of(state_dir: Option<&Path>, keep: bool) -> Vec<u8> {
    let Some(path) = state_dir.map(|directory| directory.join("salt")) else {
        return Vec::new();
    };
    read(&path)
        .or_else(|| keep.then(|| made(&path)).flatten())
        .unwrap_or_default()
}

fn made(path: &Path) -> Option<Vec<u8>> {
    let new = random::bytes::<LENGTH>().ok()?;
    files::write_private(path, digest::hex(&new).as_bytes()).ok()?;
    read(path)
}

fn read(path: &Path) -> Option<Vec<u8>> {
    digest::unhex(files::text(path)?.trim()).filter(|salt| salt.len() == LENGTH)
}
