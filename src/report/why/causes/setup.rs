//! The words for what is wrong with a set-up.

use std::path::{Path, PathBuf};

use super::super::super::hook::off_words;
use super::super::super::{count, harmless};
use super::super::Worded;
use super::Words;
use crate::why::doctor::complaint::{Against, Complaint, Variable};

/// So many files are named.
const NAMED: usize = 5;

impl Words<'_> {
    /// Says a complaint.
    pub(super) fn set_up(&self, complaint: &Complaint) -> Worded {
        let fact = match complaint {
            Complaint::Configuration { fault, hint } => {
                let evidence = hint
                    .iter()
                    .map(|hint| format!("hint: {}", harmless(hint)))
                    .collect();
                return Worded {
                    fact: harmless(fault),
                    evidence,
                };
            }
            Complaint::NoProject => "no project here: only the machine was looked at".to_owned(),
            Complaint::NotTrusted { root } => {
                format!(
                    "{} is not trusted: nothing that it says is acted on",
                    self.path(root)
                )
            }
            Complaint::Outside { paths } => return self.outside(paths),
            Complaint::NoHook { shell, file } => {
                format!(
                    "{} does not load the hook: a new {shell} has no project's environment",
                    self.path(file)
                )
            }
            Complaint::HookOff { off } => format!("the hook is {}", off_words(*off)),
            Complaint::HookOrder {
                file,
                line,
                other,
                other_line,
            } => {
                let place = format!("{}:{line}", self.report.path(file));
                let fact = format!(
                    "the hook is loaded before that of {other}, which has the last word at each prompt"
                );
                return Worded {
                    fact,
                    evidence: vec![place, format!("{}:{other_line}", self.report.path(file))],
                };
            }
            Complaint::OtherTool { path, is_first } => self.other_tool(path, *is_first),
            Complaint::OtherProject { file } => {
                format!(
                    "{} belongs to another tool of this name, which is left alone",
                    self.path(file)
                )
            }
            Complaint::NoEnvironment {
                path,
                is_taken: true,
            } => {
                format!(
                    "{} is no virtual environment: it has no `pyvenv.cfg`",
                    self.path(path)
                )
            }
            Complaint::NoEnvironment { path, .. } => {
                format!("the environment {} is not there yet", self.path(path))
            }
            Complaint::NoInterpreter { fault } => harmless(fault),
            Complaint::Variable { variable, against } => {
                return self.variable_against(variable, *against);
            }
            Complaint::PathCopy {
                distribution,
                directory,
            } => {
                let (name, from) = (harmless(distribution), self.path(directory));
                format!(
                    "`{name}` is installed as a copy of {from}: the next edit of it does not run"
                )
            }
            Complaint::Sourceless { paths } => {
                return self.files(
                    paths,
                    [
                        "is imported although its source is gone",
                        "are imported although their sources are gone",
                    ],
                );
            }
            Complaint::Old { paths } => {
                return self.files(
                    paths,
                    [
                        "is believed although its source is another",
                        "are believed although their sources are others",
                    ],
                );
            }
            Complaint::Unproven { number } => unproven(*number),
            Complaint::Linked { paths } => return self.linked(paths),
            Complaint::Tracked { paths } => {
                return self.files(paths, ["is tracked by git", "are tracked by git"]);
            }
            Complaint::Drift { path, profile, .. } => {
                format!(
                    "{} does not say what the profile `{}` does",
                    self.path(path),
                    harmless(profile)
                )
            }
            Complaint::NotIgnored { file, lines } => {
                format!(
                    "{} does not keep out {}",
                    self.path(file),
                    lines.join(" and ")
                )
            }
        };
        Worded {
            fact,
            evidence: Vec::new(),
        }
    }

    fn other_tool(&self, path: &Path, is_first: bool) -> String {
        let path = self.path(path);
        if is_first {
            format!("`devenv` is {path}, which is another program")
        } else {
            format!("{path} is another program of this name")
        }
    }

    fn outside(&self, paths: &[PathBuf]) -> Worded {
        let fact = match paths {
            [one] => format!(
                "{} lies outside the project: its edits run only with your consent",
                self.path(one)
            ),
            all => {
                let number = count(all.len(), "source root");
                format!("{number} lie outside the project: their edits run only with your consent")
            }
        };
        Worded {
            fact,
            evidence: paths
                .iter()
                .take(NAMED)
                .map(|path| self.report.path(path))
                .collect(),
        }
    }

    fn linked(&self, paths: &[PathBuf]) -> Worded {
        let fact = match paths {
            [one] => format!(
                "{} is a link: what Python reads behind it is not judged",
                self.path(one)
            ),
            all => format!(
                "{} `__pycache__` are links: what Python reads behind them is not judged",
                all.len()
            ),
        };
        let evidence = paths
            .iter()
            .take(NAMED)
            .filter(|_| paths.len() > 1)
            .map(|path| self.report.path(path));
        Worded {
            fact,
            evidence: evidence.collect(),
        }
    }

    fn files(&self, paths: &[PathBuf], [of_one, of_many]: [&str; 2]) -> Worded {
        let what = if paths.len() == 1 { of_one } else { of_many };
        let named = |path: &PathBuf| self.report.path(path);
        let mut evidence: Vec<String> = paths.iter().take(NAMED).map(named).collect();
        let more = paths.len().saturating_sub(NAMED);
        evidence.extend((more > 0).then(|| format!("and {}", count(more, "other"))));
        Worded {
            fact: format!("{} {what}", count(paths.len(), "bytecode file")),
            evidence,
        }
    }

    fn variable_against(&self, variable: &Variable, against: Against) -> Worded {
        let Variable { name, value, .. } = variable;
        let said = format!("{name}={}", harmless(value));
        let fact = match against {
            Against::Cached => {
                format!("`{said}`: Python writes no bytecode, which this profile wants kept")
            }
            Against::Compiles => {
                format!(
                    "`{said}`: uv writes bytecode that is checked by time, which this profile wants checked by content"
                )
            }
            Against::Relative => {
                format!("`{said}`: a relative directory is another one wherever a program starts")
            }
            Against::EmptyElement => {
                format!(
                    "`{said}`: an empty element lets every program import from its working directory"
                )
            }
            Against::Zero => format!("`{said}`: CPython reads it as off, PyPy as on"),
        };
        let set = match &variable.place {
            Some((file, line)) => format!("set in {}:{line}", self.report.path(file)),
            None => "set by what started this shell".to_owned(),
        };
        Worded {
            fact,
            evidence: vec![set],
        }
    }
}

fn unproven(number: usize) -> String {
    let is = if number == 1 {
        "looks old, and is"
    } else {
        "look old, and are"
    };
    format!(
        "{} {is} not proven, which would take long",
        count(number, "more bytecode file")
    )
}
