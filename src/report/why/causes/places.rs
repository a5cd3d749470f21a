//! The words for modules that are found in another place than the project's, or in none.

use std::path::Path;

use super::super::super::harmless;
use super::super::Worded;
use super::Words;
use crate::python::imports::Because;
use crate::why::finding::{Astray, Cause};

impl Words<'_> {
    /// Says where the wrong module is found.
    pub(super) fn place(&self, cause: &Cause) -> Worded {
        let fact = match cause {
            Cause::FinderShadowed { places, own, finder } => {
                let first = places.first().map(|place| self.path(place)).unwrap_or_default();
                let fact = format!("{first} is found before the editable install of {} is asked", self.path(own));
                return Worded { fact, evidence: vec![format!("asked last: {}", self.report.path(finder))] };
            }
            Cause::Shadowed { by, because, own } => self.shadowed(by.as_deref(), because.as_ref(), own),
            Cause::PythonpathIgnored { why, script, own } => {
                let who = script.as_deref().map_or_else(|| "the command".to_owned(), |script| self.path(script));
                format!(
                    "{who} starts Python with `{why}`, which ignores the PYTHONPATH that leads to {}",
                    self.path(own)
                )
            }
            Cause::WrongEnvironment { what, environment, expected } => {
                self.astray(what, environment.as_deref(), expected)
            }
            Cause::ZipOrFrozen { by: Some(by), own } => {
                format!("{} in a zip file is found before {}", self.path(by), self.path(own))
            }
            Cause::ZipOrFrozen { by: None, own } => {
                format!("the interpreter has a module of its own with the name of {}", self.path(own))
            }
            Cause::NotFound { name, own: Some(own), .. } => {
                format!("nothing on `sys.path` leads to {}, which is `{}`", self.path(own), harmless(name))
            }
            Cause::NotFound { name, .. } => format!("there is no module `{}`", harmless(name)),
            _ => String::new(),
        };
        Worded { fact, evidence: Vec::new() }
    }

    fn shadowed(&self, by: Option<&Path>, because: Option<&Because>, own: &Path) -> String {
        let place = match because {
            Some(Because::WorkingDirectory) => " in the working directory",
            Some(Because::Script) => " beside the script",
            Some(Because::Pythonpath) => " earlier on PYTHONPATH",
            Some(Because::Library) => " of the standard library",
            Some(Because::UserSite) => " among your own packages",
            _ => "",
        };
        let by = by.map(|by| self.path(by)).unwrap_or_default();
        format!("{by}{place} is found before {}", self.path(own))
    }

    fn astray(&self, what: &Astray, environment: Option<&Path>, expected: &Path) -> String {
        let expected = self.path(expected);
        let other = environment.map_or_else(|| "no environment".to_owned(), |path| self.path(path));
        match what {
            Astray::Script(script) => format!("{} belongs to {other}, the project to {expected}", self.path(script)),
            Astray::Python(python) => {
                format!("`python` is {}, of {other}; the project has {expected}", self.path(python))
            }
            Astray::UvPython(value) => {
                let value = harmless(&value.to_string_lossy());
                format!("`uv pip` installs into UV_PYTHON, `{value}`, while the project runs in {expected}")
            }
        }
    }
}
