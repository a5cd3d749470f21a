//! The words for modules that are found in another place than the project's, or in none.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::super::super::{count, harmless};
use super::super::Worded;
use super::Words;
use crate::python::imports::Because;
use crate::why::finding::{Astray, Cause, File};

/// So many places are named.
const NAMED: usize = 4;

impl Words<'_> {
    /// Says where the wrong module is found.
    pub(super) fn place(&self, cause: &Cause) -> Worded {
        match cause {
            Cause::FinderShadowed {
                places,
                own,
                finder,
            } => {
                let first = places
                    .first()
                    .map(|place| self.path(place))
                    .unwrap_or_default();
                let fact = format!(
                    "{first} is found before the editable install of {} is asked",
                    self.path(&own.path)
                );
                let last = format!("asked last: {}", self.report.path(finder));
                Worded {
                    fact,
                    evidence: vec![last, self.dated("edited", own)],
                }
            }
            Cause::Shadowed { by, because, own } => self.shadowed(by, because.as_ref(), own),
            Cause::HidesStandard { own, hidden } => {
                let fact = format!(
                    "{} hides the module of the standard library of that name",
                    self.path(&own.path)
                );
                Worded {
                    fact,
                    evidence: vec![format!("hidden: {}", self.report.path(hidden))],
                }
            }
            Cause::PythonpathIgnored {
                why,
                script,
                own,
                value,
            } => {
                let who = script
                    .as_deref()
                    .map_or_else(|| "the command".to_owned(), |script| self.path(script));
                let own_path = self.path(&own.path);
                let fact = format!(
                    "{who} starts Python with `{why}`, which ignores the PYTHONPATH that leads to {own_path}"
                );
                Worded {
                    fact,
                    evidence: vec![
                        self.variable("PYTHONPATH", value),
                        self.dated("edited", own),
                    ],
                }
            }
            Cause::WrongEnvironment {
                what,
                python,
                environment,
                expected,
            } => self.astray(what, python, environment.as_deref(), expected),
            Cause::ZipOrFrozen { by, own } => {
                let own_path = self.path(&own.path);
                let fact = match by {
                    Some(by) => format!(
                        "{} in a zip file is found before {own_path}",
                        self.path(&by.path)
                    ),
                    None => format!(
                        "the interpreter has a module of its own with the name of {own_path}"
                    ),
                };
                Worded {
                    fact,
                    evidence: vec![self.dated("edited", own)],
                }
            }
            Cause::ZipBytecode { archive, inner } => {
                let module = self.path(&inner.with_extension("py"));
                let fact = format!(
                    "{} holds bytecode of {module}, which Python checks by time alone",
                    self.path(archive)
                );
                Worded {
                    fact,
                    evidence: vec![self.report.path(&archive.join(inner))],
                }
            }
            Cause::NotFound {
                name,
                own,
                near,
                places,
            } => self.not_found(name, own.as_ref(), near, places),
            _ => Worded::default(),
        }
    }

    fn variable(&self, name: &str, value: &OsStr) -> String {
        format!("{name}={}", harmless(&value.to_string_lossy()))
    }

    fn not_found(
        &self,
        name: &str,
        own: Option<&File>,
        near: &[String],
        places: &[PathBuf],
    ) -> Worded {
        let name = harmless(name);
        if let Some(own) = own {
            let fact = format!(
                "nothing on `sys.path` leads to {}, which is `{name}`",
                self.path(&own.path)
            );
            return Worded {
                fact,
                evidence: vec![self.dated("edited", own)],
            };
        }
        let mut evidence: Vec<String> = near
            .iter()
            .map(|near| format!("there is `{}`", harmless(near)))
            .collect();
        evidence.extend(
            places
                .iter()
                .take(NAMED)
                .map(|place| format!("looked in {}", self.report.path(place))),
        );
        let more = places.len().saturating_sub(NAMED);
        evidence.extend((more > 0).then(|| format!("and in {}", count(more, "other place"))));
        Worded {
            fact: format!("there is no module `{name}`"),
            evidence,
        }
    }

    fn shadowed(&self, by: &File, because: Option<&Because>, own: &File) -> Worded {
        let place = match because {
            Some(Because::WorkingDirectory) => " in the working directory",
            Some(Because::Script) => " beside the script",
            Some(Because::Pythonpath) => " earlier on PYTHONPATH",
            Some(Because::Library) => " of the standard library",
            Some(Because::UserSite) => " among your own packages",
            _ => "",
        };
        let fact = format!(
            "{}{place} is found before {}",
            self.path(&by.path),
            self.path(&own.path)
        );
        Worded {
            fact,
            evidence: vec![self.dated("changed", by), self.dated("edited", own)],
        }
    }

    fn astray(
        &self,
        what: &Astray,
        python: &Path,
        environment: Option<&Path>,
        expected: &Path,
    ) -> Worded {
        let own = self.path(expected);
        let other = environment.map_or_else(|| "no environment".to_owned(), |path| self.path(path));
        let fact = match what {
            Astray::Script(script) => format!(
                "{} belongs to {other}, the project to {own}",
                self.path(script)
            ),
            Astray::Python => format!("`python` belongs to {other}, the project to {own}"),
            Astray::UvPython(value) => {
                let value = self.variable("UV_PYTHON", value);
                format!(
                    "`uv pip` installs into {other}, because of `{value}`, while the project runs in {own}"
                )
            }
        };
        let expected = format!(
            "the project's: {}",
            self.report.path(&expected.join("bin/python"))
        );
        Worded {
            fact,
            evidence: vec![format!("it starts: {}", self.report.path(python)), expected],
        }
    }
}
