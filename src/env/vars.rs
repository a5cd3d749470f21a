//! An environment as a value: names to bytes, in order, so that the same input gives the same
//! output. Unset and empty are different things here.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// The variables of a process, ordered by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Env(BTreeMap<OsString, OsString>);

impl Env {
    /// Returns the value of a variable, or nothing where it is unset.
    pub fn get(&self, name: impl AsRef<OsStr>) -> Option<&OsStr> {
        self.0.get(name.as_ref()).map(OsString::as_os_str)
    }

    /// Returns the value of a variable that is neither unset nor empty.
    pub fn filled(&self, name: impl AsRef<OsStr>) -> Option<&OsStr> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Sets a variable, or unsets it.
    pub fn put(&mut self, name: impl Into<OsString>, value: Option<OsString>) {
        let name = name.into();
        match value {
            Some(value) => drop(self.0.insert(name, value)),
            None => drop(self.0.remove(&name)),
        }
    }

    /// Yields every variable, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

impl FromIterator<(OsString, OsString)> for Env {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(vars: I) -> Self {
        Self(vars.into_iter().collect())
    }
}
