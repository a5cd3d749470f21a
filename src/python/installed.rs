//! What is installed in a `site-packages` directory: distributions, whether they came from a local
//! directory (PEP 610), and the paths that `.pth` files add. Read as data; a `.pth` line that would
//! be executed is passed over.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::host::files;
use crate::values::digest;

/// An installed distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// Normalised: lower case, one dash for every run of `-`, `_` and `.`.
    pub name: String,
    /// Its `.dist-info` directory.
    pub info: PathBuf,
    pub local: Option<Local>,
}

impl Distribution {
    /// Returns whether this tool says that it installed it.
    pub fn is_by(&self, installer: &str) -> bool {
        files::text(&self.info.join("INSTALLER")).is_some_and(|text| text.trim() == installer)
    }

    /// Returns what was installed, as its record says.
    pub fn files(&self) -> Vec<Listed> {
        let record = files::text(&self.info.join("RECORD")).unwrap_or_default();
        record.lines().filter_map(listed).collect()
    }
}

/// A file that an installer listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Below the directory of packages, or out of it by `..`.
    pub path: PathBuf,
    /// Its SHA-256 as hexadecimal digits, where that was noted.
    sha256: Option<String>,
    pub size: Option<u64>,
}

impl Listed {
    /// Returns whether a file with this SHA-256 is what was installed.
    pub fn is_of(&self, sha256: &str) -> bool {
        self.sha256.as_deref() == Some(sha256)
    }
}

/// The local directory that a distribution was installed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    pub directory: PathBuf,
    pub editable: bool,
}

/// Returns the distributions of a `site-packages` directory.
pub fn distributions(site_packages: &Path) -> Vec<Distribution> {
    let names = files::names(site_packages);
    names
        .iter()
        .filter_map(|name| distribution(site_packages, name))
        .collect()
}

/// Returns the distribution that a file of a `site-packages` directory belongs to, by the records
/// of them all.
pub fn owner(site_packages: &Path, inner: &Path) -> Option<Distribution> {
    let inner = inner.to_str()?;
    let lists = |distribution: &Distribution| {
        let record = files::text(&distribution.info.join("RECORD")).unwrap_or_default();
        let mut paths = record
            .lines()
            .map(|line| line.strip_prefix('"').unwrap_or(line));
        paths.any(|line| {
            line.strip_prefix(inner)
                .is_some_and(|rest| rest.starts_with([',', '"']))
        })
    };
    distributions(site_packages).into_iter().find(lists)
}

/// Reads a line of a record: a path, which may be quoted, a hash, and a size.
fn listed(line: &str) -> Option<Listed> {
    let mut fields = line.rsplitn(3, ',');
    let (size, hash, path) = (fields.next()?, fields.next()?, fields.next()?);
    let quoted = path
        .strip_prefix('"')
        .and_then(|path| path.strip_suffix('"'));
    let path = quoted.map_or_else(|| path.to_owned(), |path| path.replace("\"\"", "\""));
    let sha256 = hash.strip_prefix("sha256=").and_then(digest::of_base64);
    Some(Listed {
        path: path.into(),
        sha256,
        size: size.trim_end().parse().ok(),
    })
}

fn distribution(site_packages: &Path, directory: &OsStr) -> Option<Distribution> {
    let (name, _version) = directory
        .to_str()?
        .strip_suffix(".dist-info")?
        .split_once('-')?;
    let info = site_packages.join(directory);
    let local = files::small_text(&info.join("direct_url.json")).and_then(|json| local(&json));
    Some(Distribution {
        name: normalised(name),
        info,
        local,
    })
}

fn local(json: &str) -> Option<Local> {
    let value: Value = serde_json::from_str(json).ok()?;
    let directory = file_url(value.get("url")?.as_str()?)?;
    let info = value.get("dir_info")?;
    let editable = info
        .get("editable")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    let below = value
        .get("subdirectory")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let directory = if below.is_empty() {
        directory
    } else {
        directory.join(below)
    };
    Some(Local {
        directory,
        editable,
    })
}

/// Returns the path of a `file:` URL.
pub fn file_url(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("file:")?;
    let path = match rest.strip_prefix("//") {
        Some(authority) => authority.strip_prefix("localhost").unwrap_or(authority),
        None => rest,
    };
    let path = path.split(['#', '?']).next().unwrap_or_default();
    let bytes: Vec<u8> = percent_decode_str(path).collect();
    let path = PathBuf::from(OsStr::from_bytes(&bytes));
    path.is_absolute().then_some(path)
}

/// Normalises a distribution's name (PEP 503).
pub fn normalised(name: &str) -> String {
    let parts: Vec<&str> = name
        .split(['-', '_', '.'])
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("-").to_ascii_lowercase()
}

/// Returns the `.pth` files of a `site-packages` directory.
pub fn path_files(site_packages: &Path) -> Vec<PathBuf> {
    let names = files::names(site_packages)
        .into_iter()
        .filter(|name| name.as_bytes().ends_with(b".pth"));
    names.map(|name| site_packages.join(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_directories_are_read_from_direct_urls() {
        let of = |json: &str| {
            local(json).map(|l| (l.directory.to_string_lossy().into_owned(), l.editable))
        };
        let copy = r#"{"url": "file:///a/b%20c", "dir_info": {"editable": false}}"#;
        assert_eq!(of(copy), Some(("/a/b c".to_owned(), false)));
        assert_eq!(
            of(r#"{"url": "https://x/y.whl", "archive_info": {}}"#),
            None
        );
        assert_eq!(of(r#"{"url": "file:///x.whl", "archive_info": {}}"#), None);
        assert!(
            of(r#"{"url": "file:///a", "dir_info": {"editable": true}}"#)
                .unwrap()
                .1
        );
    }

    #[test]
    fn records_are_read_with_quotes_and_without_hashes() {
        let of = |line: &str| listed(line).map(|listed| (listed.path, listed.sha256, listed.size));
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned();
        let hash = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        assert_eq!(
            of(&format!("adt/py.typed,{hash},0")),
            Some(("adt/py.typed".into(), Some(empty.clone()), Some(0)))
        );
        assert_eq!(
            of(&format!("\"a,\"\"b\"\".txt\",{hash},0")),
            Some(("a,\"b\".txt".into(), Some(empty), Some(0)))
        );
        assert_eq!(of("adt/RECORD,,"), Some(("adt/RECORD".into(), None, None)));
        assert_eq!((of("adt"), of("")), (None, None));
    }

    #[test]
    fn names_are_normalised() {
        assert_eq!(normalised("Agent_Debug.-Toolkit"), "agent-debug-toolkit");
    }

    #[test]
    fn file_urls_lose_their_fragment_and_must_be_absolute() {
        assert_eq!(file_url("file:///a/b#egg=x"), Some(PathBuf::from("/a/b")));
        assert_eq!(file_url("file:a/b"), None);
        assert_eq!(file_url("https://a/b"), None);
    }
}
