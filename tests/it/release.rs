//! A release, made once for all tests by `packaging/build`: in the release profile, where
//! `install.sh` then finds the same program.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::sandbox::{Sandbox, tool};

/// What the recipes are filled in with.
pub const REPOSITORY: &str = "https://example.org/pydevenv";

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub fn in_tree(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs `packaging/build`, and lets other tests go first.
pub fn build(args: &[&str]) -> Output {
    let own = tool("maturin").parent().unwrap().display().to_string();
    let mut command = Command::new("nice");
    command
        .arg(in_tree("packaging/build"))
        .args(args)
        .stdin(Stdio::null());
    // What cargo tells tests about their own package would have it compile anew.
    let foreign =
        |name: &String| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for name in std::env::vars().map(|(name, _)| name).filter(foreign) {
        command.env_remove(name);
    }
    command
        .env("PATH", format!("{own}:{}", std::env::var("PATH").unwrap()))
        .output()
        .unwrap()
}

/// Returns the directory of the release, which is made for whoever asks first.
pub fn release() -> &'static Path {
    static RELEASE: OnceLock<PathBuf> = OnceLock::new();
    RELEASE.get_or_init(|| {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("release");
        let _ = fs::remove_dir_all(&out);
        let said = build(&["--repository", REPOSITORY, out.to_str().unwrap()]);
        assert!(
            said.status.success() && said.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&said.stderr)
        );
        out
    })
}

/// Returns the only file of the release whose name begins and ends so.
pub fn released(start: &str, end: &str) -> PathBuf {
    let names = fs::read_dir(release())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let found: Vec<String> = names
        .filter(|name| name.starts_with(start) && name.ends_with(end))
        .collect();
    assert_eq!(found.len(), 1, "{start} {end}: {found:?}");
    release().join(&found[0])
}

/// Returns the target that the release is for.
pub fn target() -> String {
    let start = format!("pydevenv-{VERSION}-");
    let name = released(&start, ".tar.gz")
        .file_name()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    name.strip_prefix(&start)
        .unwrap()
        .strip_suffix(".tar.gz")
        .unwrap()
        .to_owned()
}

/// Returns what Cargo.toml says of the package.
pub fn manifest(sandbox: &Sandbox) -> Value {
    let script = "import json, sys, tomllib; print(json.dumps(tomllib.load(open(sys.argv[1], 'rb'))['package']))";
    let said = sandbox
        .command(tool("python"))
        .args(&["-c", script, in_tree("Cargo.toml").to_str().unwrap()])
        .run();
    serde_json::from_str(said.quiet()).unwrap()
}

/// Returns the names of the committed manual pages.
pub fn pages() -> BTreeSet<String> {
    let entries = fs::read_dir(in_tree("man"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let names: BTreeSet<String> = entries.map(|name| name.into_string().unwrap()).collect();
    assert!(names.contains("devenv.1"));
    names
}
