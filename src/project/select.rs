//! Which profile is meant: the command line's, the variable's, the one chosen for this checkout,
//! the configuration's default, `dev`. The choice for a checkout is remembered outside the tree.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::config::Config;
use super::profile::{self, DEV};
use crate::env::{Env, names};
use crate::host::files;
use crate::values::digest;
use crate::values::fault::Fault;

/// The variable that names a profile.
pub const VARIABLE: &str = "PYDEVENV_PROFILE";

/// The flag that names one.
const FLAG: &str = "--profile";

/// A chosen profile, and who chose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub name: String,
    pub by: String,
}

/// Returns the key under which things about a directory are kept.
pub fn key(directory: &Path) -> String {
    digest::key([directory.as_os_str().as_bytes()])
}

/// Returns the file that holds the choice for a checkout.
pub fn path(root: &Path, state_dir: Option<&Path>) -> Option<PathBuf> {
    state_dir.map(|directory| directory.join("profiles").join(key(root)))
}

/// Returns the profile that was chosen for a checkout.
pub fn remembered(root: &Path, state_dir: Option<&Path>) -> Option<String> {
    let bytes = files::read(&path(root, state_dir)?).ok()??;
    String::from_utf8(bytes)
        .ok()
        .filter(|name| names::is_profile(name))
}

/// Chooses a profile for a checkout, or none.
pub fn remember(root: &Path, name: Option<&str>, state_dir: Option<&Path>) -> Result<()> {
    let path = path(root, state_dir)
        .ok_or_else(|| Fault::new("there is no home directory to remember it in"))?;
    match name {
        Some(name) => files::write_private(&path, name.as_bytes())
            .with_context(|| format!("cannot write `{}`", path.display())),
        None => files::remove(&path).map(drop),
    }
}

/// Chooses among what the command line, the environment, the checkout and the configuration say.
pub fn choose(
    flag: Option<&str>,
    env: &Env,
    remembered: Option<String>,
    config: &Config,
) -> Result<Choice, Fault> {
    let variable = env
        .filled(VARIABLE)
        .map(OsStr::to_string_lossy)
        .map(String::from);
    let configured = config
        .default_profile
        .as_ref()
        .map(|sited| sited.value.clone());
    let candidates = [
        (flag.map(str::to_owned), FLAG),
        (variable, VARIABLE),
        (remembered, "`devenv profile use`"),
        (configured, "`default-profile`"),
    ];
    let said = candidates
        .into_iter()
        .find_map(|(name, by)| name.map(|name| (name, by)));
    let (name, by) = said.unwrap_or_else(|| (DEV.to_owned(), "default"));
    if profile::names(config).contains(&name.as_str()) {
        return Ok(Choice {
            name,
            by: by.to_owned(),
        });
    }
    let unknown = profile::unknown(&name, config);
    Err(if by == FLAG {
        unknown
    } else {
        unknown.hint(format!("it comes from {by}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::decode::tests::read;

    fn env(value: &str) -> Env {
        [(VARIABLE.into(), value.into())].into_iter().collect()
    }

    #[test]
    fn the_nearest_voice_is_heard() {
        let config =
            read("default-profile = 'd'\n[profiles.a]\n[profiles.b]\n[profiles.c]\n[profiles.d]\n")
                .unwrap();
        let said = |flag: Option<&str>, variable: &str, remembered: Option<&str>| {
            let choice =
                choose(flag, &env(variable), remembered.map(str::to_owned), &config).unwrap();
            (choice.name, choice.by)
        };
        let by = |name: &str, by: &str| (name.to_owned(), by.to_owned());
        assert_eq!(said(Some("a"), "b", Some("c")), by("a", "--profile"));
        assert_eq!(said(None, "b", Some("c")), by("b", "PYDEVENV_PROFILE"));
        assert_eq!(said(None, "", Some("c")), by("c", "`devenv profile use`"));
        assert_eq!(said(None, "", None), by("d", "`default-profile`"));
        let silent = choose(None, &Env::default(), None, &read("").unwrap()).unwrap();
        assert_eq!(
            (silent.name.as_str(), silent.by.as_str()),
            ("dev", "default")
        );
    }

    #[test]
    fn an_unknown_profile_is_a_fault_that_names_who_said_it() {
        let config = read("").unwrap();
        let hints = |flag, remembered: Option<&str>| {
            choose(
                flag,
                &Env::default(),
                remembered.map(str::to_owned),
                &config,
            )
            .unwrap_err()
            .hints
        };
        assert_eq!(hints(Some("x"), None), ["known: dev, prod"]);
        assert_eq!(
            hints(None, Some("x")),
            ["known: dev, prod", "it comes from `devenv profile use`"]
        );
    }
}
