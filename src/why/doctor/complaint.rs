//! What is wrong with a set-up, as values. How each is said is `report`'s.

use std::path::PathBuf;

use crate::project::switch::Off;
use crate::values::finding::Severity;

/// A variable that works against what is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: &'static str,
    pub value: String,
    /// The line of a start-up file of a shell that sets it.
    pub place: Option<(PathBuf, usize)>,
}

/// Why it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// No Python may write bytecode, where the profile wants it kept.
    Cached,
    /// uv writes bytecode at each installation, where the profile has Python write none.
    Compiles,
    /// A relative directory is another one in every working directory.
    Relative,
    /// An empty element puts the working directory on `sys.path`.
    EmptyElement,
    /// `CPython` reads it as off, `PyPy` as on.
    Zero,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// The configuration can't be read, or says what it can't.
    Configuration {
        fault: String,
        hint: Option<String>,
    },
    NoProject,
    NotTrusted {
        root: PathBuf,
    },
    /// What is imported from outside the project, of which nobody was asked.
    Outside {
        paths: Vec<PathBuf>,
    },
    /// The shell has no hook.
    NoHook {
        shell: &'static str,
        file: PathBuf,
    },
    /// Somebody turned the hook off.
    HookOff {
        off: Off,
    },
    /// The hook is loaded before that of another tool, which then has the last word.
    HookOrder {
        file: PathBuf,
        line: usize,
        other: &'static str,
        other_line: usize,
    },
    /// A program of the same name that is another.
    OtherTool {
        path: PathBuf,
        is_first: bool,
    },
    /// Files of the other tool of this name.
    OtherProject {
        file: PathBuf,
    },
    /// The environment of the project is not there yet.
    NoEnvironment {
        path: PathBuf,
        /// Something else is there.
        is_taken: bool,
    },
    /// The interpreter says nothing.
    NoInterpreter {
        fault: String,
    },
    Variable {
        variable: Variable,
        against: Against,
    },
    /// A local dependency that is installed as a copy, as it is now.
    PathCopy {
        distribution: String,
        directory: PathBuf,
    },
    /// Bytecode that is imported although its source is gone.
    Sourceless {
        paths: Vec<PathBuf>,
    },
    /// Bytecode that Python believes, and that is not that of its source.
    Old {
        paths: Vec<PathBuf>,
    },
    /// Bytecode that looks old, and more of it than is proven here.
    Unproven {
        number: usize,
    },
    /// Directories of bytecode that are links: Python reads behind them, and nothing is judged
    /// there.
    Linked {
        paths: Vec<PathBuf>,
    },
    /// Bytecode that git tracks.
    Tracked {
        paths: Vec<PathBuf>,
    },
    /// Bytecode that git would take in.
    NotIgnored {
        file: PathBuf,
        lines: Vec<&'static str>,
    },
    /// A file of another tool that has something old of ours.
    Drift {
        path: PathBuf,
        target: &'static str,
        profile: String,
    },
}

/// The word for ignore rules that are missing.
pub const NOT_IGNORED: &str = "not-ignored";

impl Complaint {
    /// Returns the word for it, which does not change between versions.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Configuration { .. } => "configuration",
            Self::NoProject => "no-project",
            Self::NotTrusted { .. } => "not-trusted",
            Self::Outside { .. } => "outside",
            Self::NoHook { .. } => "no-hook",
            Self::HookOff { .. } => "hook-off",
            Self::HookOrder { .. } => "hook-order",
            Self::OtherTool { .. } | Self::OtherProject { .. } => "other-devenv",
            Self::NoEnvironment { .. } => "no-environment",
            Self::NoInterpreter { .. } => "no-interpreter",
            Self::Variable { .. } => "variable",
            Self::PathCopy { .. } => "path-copy",
            Self::Sourceless { .. } => "sourceless-bytecode",
            Self::Old { .. } => "stale-bytecode",
            Self::Unproven { .. } => "unproven-bytecode",
            Self::Linked { .. } => "linked-bytecode",
            Self::Tracked { .. } => "tracked-bytecode",
            Self::NotIgnored { .. } => NOT_IGNORED,
            Self::Drift { .. } => "inject-drift",
        }
    }

    /// Returns how bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::Old { .. }
            | Self::Configuration { .. }
            | Self::NoInterpreter { .. }
            | Self::OtherTool { is_first: true, .. } => Severity::Error,
            Self::NoHook { .. }
            | Self::HookOff { .. }
            | Self::NoProject
            | Self::OtherProject { .. }
            | Self::OtherTool { .. }
            | Self::Unproven { .. } => Severity::Note,
            _ => Severity::Warning,
        }
    }
}
