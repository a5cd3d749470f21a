//! The digest of everything that a project's plan is read from: configuration, dotenv files, what
//! lies outside the repository, and which directories inside it are source roots.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::host::files;
use crate::project::elsewhere::Elsewhere;
use crate::project::files::Input;
use crate::project::sources::{Placement, Root};
use crate::values::digest;
use crate::values::paths;

/// Returns the digest of a project's files. Paths inside the project count by their place in it, so
/// that a copy of a checkout has the same digest; whether a copy is trusted is decided elsewhere.
pub fn of_files(root: &Path, inputs: &[Input]) -> String {
    let mut inputs: Vec<(PathBuf, &Input)> = inputs
        .iter()
        .map(|input| (place(root, &input.path), input))
        .collect();
    inputs.sort_by(|a, b| a.0.cmp(&b.0));
    let mut parts: Vec<&[u8]> = Vec::new();
    for (place, input) in &inputs {
        parts.push(place.as_os_str().as_bytes());
        parts.push(if input.content.is_some() {
            b"content"
        } else {
            b"absent"
        });
        parts.push(input.content.as_deref().unwrap_or_default());
    }
    digest::of(parts)
}

/// Returns the digest of everything: that of the files, then that of what lies elsewhere, if
/// anything does. The first is known before anything is looked for.
pub fn whole(of_files: &str, elsewhere: &[Elsewhere]) -> String {
    if elsewhere.is_empty() {
        return of_files.to_owned();
    }
    let paths = elsewhere
        .iter()
        .map(|found| found.resolved.as_os_str().as_bytes());
    format!("{of_files}{APART}{}", digest::of(paths))
}

/// Stands between the two halves of a digest.
const APART: char = '.';

/// Returns whether a digest is that of these files, whatever they lead to.
pub fn is_of_files(digest: &str, of_files: &str) -> bool {
    digest.split([APART, ROOTS, MARK]).next() == Some(of_files)
}

/// Stands before the keys of the source roots that were detected inside the repository.
const ROOTS: char = '~';

/// Stands between these keys.
const BETWEEN: char = ',';

/// Stands before the key of a root that goes on `PYTHONPATH`.
const ON_PATH: char = '!';

/// Returns the digest of a project with its detected roots, each by a key of its own, so that fewer
/// of them can be told from others. Those that are listed are in the configuration, and those that
/// lie elsewhere were counted there.
pub fn with_roots(
    digest: String,
    project: &Path,
    roots: &[Root],
    elsewhere: &[Elsewhere],
) -> String {
    let is_elsewhere = |root: &Root| {
        elsewhere
            .iter()
            .any(|found| found.resolved == root.resolved)
    };
    let counted = roots
        .iter()
        .filter(|root| root.placement != Placement::Listed && !is_elsewhere(root));
    let key = |root: &Root| {
        let mark = if root.placement.is_on_path() {
            ON_PATH.to_string()
        } else {
            String::new()
        };
        mark + &digest::key([paths::relative(&root.resolved, project)
            .as_os_str()
            .as_bytes()])
    };
    let mut keys: Vec<String> = counted.map(key).collect();
    keys.sort();
    keys.dedup();
    if keys.is_empty() {
        digest
    } else {
        format!("{digest}{ROOTS}{}", keys.join(&BETWEEN.to_string()))
    }
}

/// Returns whether every root that goes on `PYTHONPATH` was known before, whether it went there or
/// not: an installation decides that, and needs no consent of its own.
pub fn adds_no_root(before: &str, now: &str) -> bool {
    let known: Vec<&str> = keys(before)
        .map(|key| key.trim_start_matches(ON_PATH))
        .collect();
    keys(now)
        .filter_map(|key| key.strip_prefix(ON_PATH))
        .all(|key| known.contains(&key))
}

fn keys(digest: &str) -> impl Iterator<Item = &str> {
    parts(digest).1.split(BETWEEN).filter(|key| !key.is_empty())
}

/// Returns what a digest consists of: files with what lies elsewhere, roots, an environment.
fn parts(digest: &str) -> (&str, &str, &str) {
    let (rest, environment) = digest.split_once(MARK).unwrap_or((digest, ""));
    let (files, roots) = rest.split_once(ROOTS).unwrap_or((rest, ""));
    (files, roots, environment)
}

/// What stands between the digest of the inputs and that of an environment that came with the
/// checkout.
const MARK: char = '+';

/// Returns the digest of a project with an environment that came with the checkout, where it did.
pub fn with_environment(digest: String, root: &Path, brought: &[Input]) -> String {
    if brought.is_empty() {
        digest
    } else {
        format!("{digest}{MARK}{}", self::of_files(root, brought))
    }
}

/// Returns whether who allowed this allowed this environment, too.
pub fn has_environment(allowed: &str, root: &Path, brought: &[Input]) -> bool {
    allowed
        .split_once(MARK)
        .is_some_and(|(_, environment)| environment == of_files(root, brought))
}

/// Returns whether who allowed the one allowed the other too: the same, or the same without such an
/// environment, as the user's own tools make one in its place, and with no root on `PYTHONPATH`
/// that is new.
pub fn covers(allowed: &str, now: &str) -> bool {
    let ((files, _, environment), (files_now, _, environment_now)) = (parts(allowed), parts(now));
    let is_own = environment_now.is_empty() || environment_now == environment;
    files == files_now && is_own && adds_no_root(allowed, now)
}

/// Returns a path by its place in the project; one outside by where it really is, however it is
/// spelled.
fn place(root: &Path, path: &Path) -> PathBuf {
    let inside = path.strip_prefix(root).ok().map(Path::to_owned);
    inside
        .or_else(|| files::canonical(path))
        .unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(path: &str, content: Option<&str>) -> Input {
        Input {
            path: path.into(),
            content: content.map(|c| c.as_bytes().to_vec()),
            stamp: None,
        }
    }

    #[test]
    fn an_environment_of_ones_own_may_take_the_place_of_another() {
        let with = |content: &str| {
            with_environment(
                "d".into(),
                Path::new("/a"),
                &[input("/a/.venv", Some(content))],
            )
        };
        let (without, one, other) = (
            with_environment("d".into(), Path::new("/a"), &[]),
            with("x"),
            with("y"),
        );
        assert!(covers(&one, &one) && covers(&one, &without) && covers(&without, &without));
        assert!(
            !covers(&without, &one)
                && !covers(&one, &other)
                && !covers("e", &without)
                && !covers("", "d")
        );
    }

    #[test]
    fn a_root_that_goes_on_the_path_was_consented_to_and_fewer_ask_nothing() {
        let root = |path: &str, placement| Root {
            placement,
            ..Root::listed(path.into(), String::new())
        };
        let of = |roots: &[Root]| {
            let digest = with_roots("d".into(), Path::new("/a/p"), roots, &[]);
            with_environment(digest, Path::new("/a/p"), &[input("/a/p/.venv", Some("x"))])
        };
        let (on, off) = (Placement::NotInstalled, Placement::Editable);
        let src = |placement: &Placement| root("/a/p/src", placement.clone());
        let (none, one, installed) = (of(&[]), of(&[src(&on)]), of(&[src(&off)]));
        let both = of(&[src(&on), root("/a/lib", Placement::Copied)]);
        for (allowed, now) in [
            (&one, &one),
            (&one, &installed),
            (&installed, &one),
            (&both, &one),
            (&one, &none),
        ] {
            assert!(covers(allowed, now), "{allowed} {now}");
        }
        assert!(
            covers(&none, &installed),
            "what is not on the path is nobody's concern"
        );
        for (allowed, now) in [
            (&none, &one),
            (&one, &both),
            (&one, &of(&[root("/a/p/lib", on)])),
        ] {
            assert!(!covers(allowed, now), "{allowed} {now}");
        }
        assert!(is_of_files(&both, "d"));
        assert_eq!(
            of(&[root("/a/p/src", Placement::Listed)]),
            none,
            "what is listed is in the configuration"
        );
    }

    #[test]
    fn everything_counts_and_the_place_of_the_checkout_does_not() {
        let of = |root: &str, inputs: &[Input], outside: &[&str]| {
            let elsewhere = |path: &&str| Elsewhere {
                spelled: "/a/l".into(),
                resolved: path.into(),
            };
            whole(
                &of_files(Path::new(root), inputs),
                &outside.iter().map(elsewhere).collect::<Vec<_>>(),
            )
        };
        let a = of(
            "/a",
            &[input("/a/devenv.toml", Some("x")), input("/a/.env", None)],
            &["/l"],
        );
        assert_eq!(
            a,
            of(
                "/b",
                &[input("/b/.env", None), input("/b/devenv.toml", Some("x"))],
                &["/l"]
            )
        );
        let others = [
            of(
                "/a",
                &[input("/a/devenv.toml", Some("y")), input("/a/.env", None)],
                &["/l"],
            ),
            of(
                "/a",
                &[
                    input("/a/devenv.toml", Some("x")),
                    input("/a/.env", Some("")),
                ],
                &["/l"],
            ),
            of(
                "/a",
                &[input("/a/devenv.toml", Some("x")), input("/a/.env", None)],
                &["/l", "/m"],
            ),
            of("/a", &[input("/a/devenv.toml", Some("x"))], &["/l"]),
        ];
        assert!(others.iter().all(|other| *other != a));
        let files = of_files(
            Path::new("/a"),
            &[input("/a/devenv.toml", Some("x")), input("/a/.env", None)],
        );
        let same: Vec<bool> = others
            .iter()
            .map(|other| is_of_files(other, &files))
            .collect();
        assert_eq!(
            (is_of_files(&a, &files), same),
            (true, vec![false, false, true, false])
        );
    }
}
