//! The digest of everything that a project's plan is read from: configuration, dotenv files, and what lies outside the
//! repository.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::digest;
use crate::host::files;
use crate::project::elsewhere::Elsewhere;
use crate::project::files::Input;

/// Returns the digest of a project's inputs. Paths inside the project count by their place in it, so that a copy of a
/// checkout has the same digest; whether a copy is trusted is decided elsewhere.
pub(crate) fn digest(root: &Path, inputs: &[Input], elsewhere: &[Elsewhere]) -> String {
    let mut inputs: Vec<(PathBuf, &Input)> = inputs.iter().map(|input| (place(root, &input.path), input)).collect();
    inputs.sort_by(|a, b| a.0.cmp(&b.0));
    let mut parts: Vec<&[u8]> = Vec::new();
    for (place, input) in &inputs {
        parts.push(place.as_os_str().as_bytes());
        parts.push(if input.content.is_some() { b"content" } else { b"absent" });
        parts.push(input.content.as_deref().unwrap_or_default());
    }
    parts.extend(elsewhere.iter().map(|found| found.resolved.as_os_str().as_bytes()));
    digest::of(parts)
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
    fn everything_counts_and_the_place_of_the_checkout_does_not() {
        let of = |root: &str, inputs: &[Input], outside: &[&str]| {
            let elsewhere = |path: &&str| Elsewhere { spelled: "/a/l".into(), resolved: path.into() };
            digest(Path::new(root), inputs, &outside.iter().map(elsewhere).collect::<Vec<_>>())
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
    }
}
