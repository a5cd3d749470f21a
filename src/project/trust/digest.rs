//! The digest of everything that a project's plan is read from: configuration, dotenv files, and what lies outside the
//! repository.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::digest;
use crate::host::files;
use crate::project::elsewhere::Elsewhere;
use crate::project::files::Input;

/// Returns the digest of a project's files. Paths inside the project count by their place in it, so that a copy of a
/// checkout has the same digest; whether a copy is trusted is decided elsewhere.
pub(crate) fn of_files(root: &Path, inputs: &[Input]) -> String {
    let mut inputs: Vec<(PathBuf, &Input)> = inputs.iter().map(|input| (place(root, &input.path), input)).collect();
    inputs.sort_by(|a, b| a.0.cmp(&b.0));
    let mut parts: Vec<&[u8]> = Vec::new();
    for (place, input) in &inputs {
        parts.push(place.as_os_str().as_bytes());
        parts.push(if input.content.is_some() { b"content" } else { b"absent" });
        parts.push(input.content.as_deref().unwrap_or_default());
    }
    digest::of(parts)
}

/// Returns the digest of everything: that of the files, then that of what lies elsewhere, if anything does. The first is
/// known before anything is looked for.
pub(crate) fn whole(of_files: &str, elsewhere: &[Elsewhere]) -> String {
    if elsewhere.is_empty() {
        return of_files.to_owned();
    }
    let paths = elsewhere.iter().map(|found| found.resolved.as_os_str().as_bytes());
    format!("{of_files}{APART}{}", digest::of(paths))
}

/// Stands between the two halves of a digest.
const APART: char = '.';

/// Returns whether a digest is that of these files, whatever lies elsewhere.
pub(crate) fn is_of_files(digest: &str, of_files: &str) -> bool {
    digest.split([APART, MARK]).next() == Some(of_files)
}

/// What stands between the digest of the inputs and that of an environment that came with the checkout.
const MARK: char = '+';

/// Returns the digest of a project with an environment that came with the checkout, where it did.
pub(crate) fn with_environment(digest: String, root: &Path, brought: &[Input]) -> String {
    if brought.is_empty() { digest } else { format!("{digest}{MARK}{}", self::of_files(root, brought)) }
}

/// Returns whether who allowed this allowed this environment, too.
pub(crate) fn has_environment(allowed: &str, root: &Path, brought: &[Input]) -> bool {
    allowed.split_once(MARK).is_some_and(|(_, environment)| environment == of_files(root, brought))
}

/// Returns whether who allowed the one allowed the other too: the same, or the same without such an environment, as the
/// user's own tools make one in its place.
pub(crate) fn covers(allowed: &str, now: &str) -> bool {
    allowed.strip_prefix(now).is_some_and(|rest| rest.is_empty() || rest.starts_with(MARK))
}

/// Returns a path by its place in the project; one outside by where it really is, however it is spelled.
fn place(root: &Path, path: &Path) -> PathBuf {
    let inside = path.strip_prefix(root).ok().map(Path::to_owned);
    inside.or_else(|| files::canonical(path)).unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(path: &str, content: Option<&str>) -> Input {
        Input { path: path.into(), content: content.map(|c| c.as_bytes().to_vec()), stamp: None }
    }

    #[test]
    fn an_environment_of_ones_own_may_take_the_place_of_another() {
        let with = |content: &str| with_environment("d".into(), Path::new("/a"), &[input("/a/.venv", Some(content))]);
        let (without, one, other) = (with_environment("d".into(), Path::new("/a"), &[]), with("x"), with("y"));
        assert!(covers(&one, &one) && covers(&one, &without) && covers(&without, &without));
        assert!(!covers(&without, &one) && !covers(&one, &other) && !covers("e", &without) && !covers("", "d"));
    }

    #[test]
    fn everything_counts_and_the_place_of_the_checkout_does_not() {
        let of = |root: &str, inputs: &[Input], outside: &[&str]| {
            let elsewhere = |path: &&str| Elsewhere { spelled: "/a/l".into(), resolved: path.into() };
            whole(&of_files(Path::new(root), inputs), &outside.iter().map(elsewhere).collect::<Vec<_>>())
        };
        let a = of("/a", &[input("/a/devenv.toml", Some("x")), input("/a/.env", None)], &["/l"]);
        assert_eq!(a, of("/b", &[input("/b/.env", None), input("/b/devenv.toml", Some("x"))], &["/l"]));
        let others = [
            of("/a", &[input("/a/devenv.toml", Some("y")), input("/a/.env", None)], &["/l"]),
            of("/a", &[input("/a/devenv.toml", Some("x")), input("/a/.env", Some(""))], &["/l"]),
            of("/a", &[input("/a/devenv.toml", Some("x")), input("/a/.env", None)], &["/l", "/m"]),
            of("/a", &[input("/a/devenv.toml", Some("x"))], &["/l"]),
        ];
        assert!(others.iter().all(|other| *other != a));
        let files = of_files(Path::new("/a"), &[input("/a/devenv.toml", Some("x")), input("/a/.env", None)]);
        let same: Vec<bool> = others.iter().map(|other| is_of_files(other, &files)).collect();
        assert_eq!((is_of_files(&a, &files), same), (true, vec![false, false, true, false]));
    }
}
