//! The index of a repository, read as a file: which paths git tracks below a directory, and with
//! what content. So the question costs no process and runs nothing. All formats are read (2 to 4,
//! split, sparse, of either hash; git's `gitformat-index`); what can't be read is said, and never
//! taken for nothing.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use memchr::memmem;

use super::dot_git;
use crate::host::{files, stamp};
use crate::values::digest;

/// The bytes of an entry in front of its hash, and the lengths that a hash can have.
const HEAD: usize = 40;
const HASHES: [usize; 2] = [20, 32];

/// Where in an entry its mode stands, and the mode of a submodule, whose content is no entry of
/// this index.
const MODE: std::ops::Range<usize> = 24..28;
const SUBMODULE: u32 = 0o160_000;

/// The flag of an entry that has two bytes of flags more.
const EXTENDED: u16 = 0x4000;

/// What git tracks below a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Below {
    Nothing,
    /// Something: every path with its mode and the hash of its content, as bytes that can be
    /// compared.
    Something(Vec<u8>),
    /// That can't be told.
    Unknown,
}

/// What an index stands on.
enum Base {
    Nothing,
    /// Another index of this name, which it changes.
    Shared(String),
}

/// Returns the file that is the index of the repository at this directory; nothing where none can
/// be meant.
pub fn of(repository: &Path) -> Option<PathBuf> {
    let directory = dot_git::directory(repository)?;
    // One that is not there, as in a container that has the worktree alone, says nothing of what is
    // tracked.
    let is_there = directory == repository.join(dot_git::NAME) || stamp::is_directory(&directory);
    is_there.then(|| directory.join("index"))
}

/// Returns what git tracks below a directory of a repository.
pub fn below(repository: &Path, relative: &Path) -> Below {
    let Some(index) = of(repository) else {
        return Below::Nothing;
    };
    match files::read(&index) {
        Ok(None) => Below::Nothing,
        Ok(Some(bytes)) => tracked(&bytes, &index, relative.as_os_str()).unwrap_or(Below::Unknown),
        Err(_) => Below::Unknown,
    }
}

fn tracked(bytes: &[u8], index: &Path, relative: &OsStr) -> Option<Below> {
    // Of a repository that is an environment itself it is the directory of programs.
    let relative = if relative.is_empty() {
        OsStr::new("bin")
    } else {
        relative
    };
    let wanted = [relative.as_bytes(), b"/"].concat();
    let is_whole = matches!(bytes.get(..8)?, [b'D', b'I', b'R', b'C', 0, 0, 0, 2 | 3]);
    let has = |word: &[u8]| memmem::find(bytes, word).is_some();
    // The usual index holds every path as it is: most of the time that is all that has to be known.
    let above = Path::new(relative)
        .ancestors()
        .filter(|above| !above.as_os_str().is_empty());
    let has_above = || {
        above
            .into_iter()
            .any(|above| has(&[above.as_os_str().as_bytes(), b"\0"].concat()))
    };
    if is_whole && !has(&wanted) && !has_above() && !has(b"link") && !has(b"sdir") {
        return Some(Below::Nothing);
    }
    let mut out = Vec::new();
    let base = HASHES.iter().find_map(|&hash| {
        out.clear();
        read(bytes, hash, &wanted, &mut out)
    })?;
    if let Base::Shared(name) = base {
        let shared = files::read(&index.with_file_name(format!("sharedindex.{name}"))).ok()??;
        HASHES
            .iter()
            .find_map(|&hash| read(&shared, hash, &wanted, &mut out))?;
    }
    Some(if out.is_empty() {
        Below::Nothing
    } else {
        Below::Something(out)
    })
}

/// Reads an index whose hashes have this length, and adds the entries that lie below a directory,
/// or that stand for it with all that it holds; returns what it stands on.
fn read(bytes: &[u8], hash: usize, wanted: &[u8], out: &mut Vec<u8>) -> Option<Base> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (version, count) = (number(4)?, number(8)?);
    ((2..=4).contains(&version)).then_some(())?;
    let (mut at, mut path) = (12, Vec::new());
    for _ in 0..count {
        let (entry, head) = (at, bytes.get(at..at + HEAD + hash + 2)?);
        let flags = u16::from_be_bytes([head[HEAD + hash], head[HEAD + hash + 1]]);
        at += head.len()
            + if version > 2 && flags & EXTENDED != 0 {
                2
            } else {
                0
            };
        if version == 4 {
            let (cut, length) = variable(bytes.get(at..)?)?;
            at += length;
            path.truncate(path.len().checked_sub(cut)?);
        } else {
            path.clear();
        }
        let end = at + memchr::memchr(0, bytes.get(at..)?)?;
        path.extend_from_slice(&bytes[at..end]);
        (!path.is_empty() || is_split(bytes)).then_some(())?;
        // From format 4 on nothing is filled up; before, to a multiple of eight, with one zero at
        // least.
        at = if version == 4 {
            end + 1
        } else {
            entry + ((end - entry) / 8 + 1) * 8
        };
        let is_submodule = head[MODE] == SUBMODULE.to_be_bytes();
        let as_directory = if is_submodule {
            [&path, b"/".as_slice()].concat()
        } else {
            path.clone()
        };
        let stands_for_it = as_directory.ends_with(b"/") && wanted.starts_with(&as_directory);
        if path.starts_with(wanted) || stands_for_it {
            out.extend(
                [
                    &path,
                    b"\0".as_slice(),
                    &head[MODE],
                    &head[HEAD..HEAD + hash],
                ]
                .concat(),
            );
        }
    }
    base(bytes, at, hash)
}

/// Returns whether an index only changes another: it has entries without a path then, which replace
/// others.
fn is_split(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"link").is_some()
}

/// Goes through what follows the entries to the very end, and returns the index that this one
/// changes.
fn base(bytes: &[u8], mut at: usize, hash: usize) -> Option<Base> {
    let end = bytes.len().checked_sub(hash)?;
    let mut out = Base::Nothing;
    while at < end {
        let (name, size) = (bytes.get(at..at + 4)?, bytes.get(at + 4..at + 8)?);
        let size = usize::try_from(u32::from_be_bytes(size.try_into().ok()?)).ok()?;
        let content = bytes.get(at + 8..at + 8 + size)?;
        if name == b"link" {
            let base = content.get(..hash)?;
            let is_one = base.iter().any(|&byte| byte != 0);
            out = if is_one {
                Base::Shared(digest::hex(base))
            } else {
                Base::Nothing
            };
        }
        at += 8 + size;
    }
    (at == end).then_some(out)
}

/// Reads a number of variable length, as git's packs have it; returns how long it is, too.
fn variable(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value: usize = 0;
    for (at, &byte) in bytes.iter().enumerate().take(9) {
        let low = usize::from(byte & 0x7f);
        value = if at == 0 {
            low
        } else {
            ((value + 1) << 7) | low
        };
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes an index of format 2 that holds these paths.
    fn index(paths: &[&str]) -> Vec<u8> {
        index_of(paths, 0o100_644)
    }

    fn index_of(paths: &[&str], mode: u32) -> Vec<u8> {
        let mut out = b"DIRC\0\0\0\x02".to_vec();
        out.extend(u32::try_from(paths.len()).unwrap().to_be_bytes());
        for path in paths {
            let start = out.len();
            out.extend([7; HEAD + 20]);
            out[start + MODE.start..start + MODE.end].copy_from_slice(&mode.to_be_bytes());
            out.extend([0, 1]);
            out.extend(path.as_bytes());
            out.resize(start + ((out.len() - start) / 8 + 1) * 8, 0);
        }
        out.extend([9; 20]);
        out
    }

    fn asked(bytes: &[u8]) -> Option<Below> {
        tracked(bytes, Path::new("/nowhere/index"), OsStr::new(".venv"))
    }

    #[test]
    fn what_lies_below_is_found_and_what_only_looks_like_it_is_not() {
        assert_eq!(
            asked(&index(&["a", "sub/.venv/x", ".venvs/x"])),
            Some(Below::Nothing)
        );
        let something = |paths: &[&str]| match asked(&index(paths)) {
            Some(Below::Something(bytes)) => bytes,
            other => panic!("{other:?}"),
        };
        let one = something(&[".venv/bin/python", "a"]);
        assert!(one.starts_with(b".venv/bin/python\0"));
        assert_ne!(one, something(&[".venv/bin/python", ".venv/pyvenv.cfg"]));
    }

    #[test]
    fn a_submodule_stands_for_all_that_it_holds() {
        let asked = |path: &str, relative: &str, mode: u32| {
            tracked(
                &index_of(&[path], mode),
                Path::new("/nowhere/index"),
                OsStr::new(relative),
            )
        };
        for (path, relative) in [(".venv", ".venv"), ("vendor", "vendor/env")] {
            assert!(
                matches!(asked(path, relative, SUBMODULE), Some(Below::Something(_))),
                "{path}"
            );
            assert_eq!(
                asked(path, relative, 0o100_644),
                Some(Below::Nothing),
                "a file of that name: {path}"
            );
        }
        assert_eq!(asked("vend", "vendor/env", SUBMODULE), Some(Below::Nothing));
    }

    #[test]
    fn what_is_broken_is_not_taken_for_nothing() {
        let whole = index(&[".venv/bin/python", "a"]);
        for length in 8..whole.len() {
            let said = asked(&whole[..length]);
            assert!(
                said != Some(Below::Nothing)
                    || !whole[..length].windows(6).any(|part| part == b".venv/"),
                "{length}"
            );
        }
        let mut odd = whole;
        odd[7] = 9;
        assert_eq!(asked(&odd), None);
    }

    #[test]
    fn numbers_are_read_as_git_writes_them() {
        assert_eq!(variable(&[5]), Some((5, 1)));
        assert_eq!(variable(&[0x80, 0]), Some((128, 2)));
        assert_eq!(variable(&[0x80]), None);
    }
}
