//! What of a repository would cost git more than any honest one: a pipe, a device or a file beyond
//! all measure where git reads a small one to its end. Looks at names and sizes alone, and opens
//! nothing but `HEAD`.

use std::path::{Path, PathBuf};

use super::{Repository, dot_git};
use crate::host::{Kind, files, stamp};
use crate::values::fault::Fault;

/// What git writes as one line.
const LINE: u64 = 16 * 1024;

/// What people and git write as text.
const TEXT: u64 = 8 * 1024 * 1024;

/// What grows with the repository.
const GROWING: u64 = 1024 * 1024 * 1024;

/// Files that git keeps of a checkout or of a repository, and how large each may be.
const KEPT: [(&str, u64); 12] = [
    ("HEAD", LINE),
    ("commondir", LINE),
    ("gitdir", LINE),
    ("config", TEXT),
    ("config.worktree", TEXT),
    ("info/attributes", TEXT),
    ("info/exclude", TEXT),
    ("info/grafts", TEXT),
    ("info/sparse-checkout", TEXT),
    ("objects/info/alternates", TEXT),
    ("shallow", TEXT),
    ("packed-refs", GROWING),
];

/// Files of rules, which may be in each directory.
const RULES: [&str; 2] = [".gitignore", ".gitattributes"];

/// Where the system makes up what is read.
const MADE_UP: [&str; 3] = ["/dev", "/proc", "/sys"];

/// Holds nothing, so that reading it costs nothing.
const NOTHING: &str = "/dev/null";

/// Returns why git is not asked about a directory of a repository, for what it would have to read.
pub(super) fn refusal(repository: &Repository, directory: &Path) -> Option<Fault> {
    let (why, path) = files_of(repository, directory)
        .find_map(|(path, most)| Some((judge(&path, most)?, path)))?;
    Some(
        Fault::new(format!("`{}` {why}: git is not asked", path.display()))
            .hint(format!("ls -l {}", quoted(&path))),
    )
}

fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    shlex::try_quote(&text)
        .map(std::borrow::Cow::into_owned)
        .unwrap_or_default()
}

fn files_of<'a>(
    repository: &'a Repository,
    directory: &'a Path,
) -> impl Iterator<Item = (PathBuf, u64)> + 'a {
    let places = [&repository.own, &repository.common];
    let kept = places
        .into_iter()
        .flat_map(|place| KEPT.map(|(name, most)| (place.join(name), most)));
    // Opened only where it may be: `named` waits for nothing.
    let reference = dot_git::named(&repository.own.join("HEAD"), b"ref:");
    let references = reference
        .into_iter()
        .flat_map(move |name| places.map(|place| (place.join(&name), LINE)));
    let around = directory
        .ancestors()
        .take_while(|above| above.starts_with(&repository.top));
    let rules = around.flat_map(|above| RULES.map(|name| (above.join(name), TEXT)));
    kept.chain(references)
        .chain(rules)
        .chain([(repository.index.clone(), GROWING)])
}

/// Returns what is wrong with a file. A directory is nothing that could be read, and costs nothing.
fn judge(path: &Path, most: u64) -> Option<&'static str> {
    let stamp = stamp::of(path)?;
    match stamp.kind {
        Kind::Directory => None,
        _ if files::canonical(path).is_some_and(|path| path == Path::new(NOTHING)) => None,
        Kind::File if stamp.size > most => Some("is too large"),
        Kind::File if is_made_up(path) => Some("leads to what the system makes up"),
        Kind::File => None,
        Kind::Link | Kind::Other => Some("is no regular file"),
    }
}

fn is_made_up(path: &Path) -> bool {
    files::canonical(path).is_some_and(|path| MADE_UP.iter().any(|root| path.starts_with(root)))
}
