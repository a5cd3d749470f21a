//! A virtual environment as its files describe it. No interpreter is started and no `.pth` line is
//! executed.

use std::path::{Path, PathBuf};

use super::specifiers;
use crate::host::{files, stamp};

/// The file that makes a directory a virtual environment.
pub const MARKER: &str = "pyvenv.cfg";

/// A virtual environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    pub prefix: PathBuf,
    /// The directory of the interpreter that it was made from, as it says.
    pub home: Option<PathBuf>,
    pub site_packages: Vec<PathBuf>,
    /// Whether the base interpreter's packages can be imported too.
    pub system: bool,
    /// The version of its Python, as `3.N`, where it says one.
    pub version: Option<String>,
}

/// Returns whether a directory is a virtual environment.
pub fn is_environment(directory: &Path) -> bool {
    stamp::is_file(&directory.join(MARKER))
}

/// Reads an environment; a directory that is none is nothing.
pub fn load(prefix: &Path) -> Option<Environment> {
    let config = files::small_text(&prefix.join(MARKER))?;
    let system = setting(&config, "include-system-site-packages")
        .is_some_and(|v| v.eq_ignore_ascii_case("true"));
    let home = setting(&config, "home").map(PathBuf::from);
    let version = version(&config).and_then(specifiers::minor);
    Some(Environment {
        prefix: prefix.to_owned(),
        home,
        site_packages: site_packages(prefix),
        system,
        version,
    })
}

/// Returns the version that is said by the key of venv, or by that of virtualenv and uv.
fn version(config: &str) -> Option<&str> {
    setting(config, "version").or_else(|| setting(config, "version_info"))
}

/// Returns the interpreters that an environment says to be made from, the likeliest first: in its
/// `home`, and of its version, by the keys of venv and virtualenv, or by uv's.
pub fn originals(prefix: &Path) -> Vec<PathBuf> {
    let Some(config) = files::text(&prefix.join(MARKER)) else {
        return Vec::new();
    };
    let Some(home) = setting(&config, "home")
        .map(Path::new)
        .filter(|home| home.is_absolute())
    else {
        return Vec::new();
    };
    let version = version(&config).unwrap_or_default();
    let minor = version.split('.').take(2).collect::<Vec<_>>().join(".");
    [
        format!("python{minor}"),
        "python3".to_owned(),
        "python".to_owned(),
    ]
    .map(|name| home.join(name))
    .to_vec()
}

fn setting<'a>(config: &'a str, name: &str) -> Option<&'a str> {
    let pairs = config.lines().filter_map(|line| line.split_once('='));
    pairs
        .map(|(key, value)| (key.trim(), value.trim()))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Returns `lib/python3.N/site-packages`, and `lib64`'s where that is not a link to `lib`.
fn site_packages(prefix: &Path) -> Vec<PathBuf> {
    let libraries = ["lib", "lib64"].map(|name| prefix.join(name));
    let real = libraries
        .iter()
        .filter(|lib| stamp::of_link(lib).is_some_and(|s| s.kind == stamp::Kind::Directory));
    let versions = real.flat_map(|lib| files::names(lib).into_iter().map(|name| lib.join(name)));
    versions
        .map(|version| version.join("site-packages"))
        .filter(|path| stamp::is_directory(path))
        .collect()
}
