//! What keeps an edit from taking effect, as values: the cause with its evidence, how bad it is,
//! and the cures, best first. How each is said is `report`'s.

use std::ffi::OsString;
use std::path::PathBuf;

use super::doctor::complaint::Complaint;
use crate::audit::Keeper;
use crate::audit::stored::Stored;
use crate::bytecode::verdict::{Judged, Verdict};
use crate::python::imports::Because;
use crate::values::finding::Severity;

/// One diagnosis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub cause: Cause,
    /// Best first.
    pub remedies: Vec<Remedy>,
    pub cured_by_run: bool,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Bytecode that Python believes, compiled from another source than the one that is there.
    OldBytecode {
        pyc: File,
        source: File,
        judged: Judged,
    },
    /// Bytecode without a source.
    SourcelessBytecode { pyc: File, own: Option<PathBuf> },
    /// The installed files of a package differ from those of the directory that it was installed
    /// from.
    Copy {
        distribution: String,
        directory: PathBuf,
        /// setuptools' own copy, which is as old, and from which it would install again.
        built: Option<Built>,
        pairs: Vec<Pair>,
    },
    /// An editable install of single links, made before the module was there.
    StrictEditable {
        distribution: String,
        own: File,
        links: PathBuf,
    },
    /// A directory without code is found before the finder of an editable install is asked.
    FinderShadowed {
        places: Vec<PathBuf>,
        own: File,
        finder: PathBuf,
    },
    /// Another module of this name is found first.
    Shadowed {
        by: File,
        because: Option<Because>,
        own: File,
    },
    /// A module of the project that is found in the place of one of the standard library.
    HidesStandard { own: File, hidden: PathBuf },
    /// An extension module that is older than the source beside it.
    Extension { extension: File, source: File },
    /// `PYTHONPATH` would lead to the source, and is not read.
    PythonpathIgnored {
        why: &'static str,
        script: Option<PathBuf>,
        own: File,
        value: OsString,
    },
    /// What runs belongs to another environment than the project's.
    WrongEnvironment {
        what: Astray,
        python: PathBuf,
        environment: Option<PathBuf>,
        expected: PathBuf,
    },
    /// A process that was started before the edit.
    OldProcess {
        pid: u32,
        command: Vec<OsString>,
        started_ns: i64,
        edited: File,
        is_kernel: bool,
    },
    /// A cache inside the program that was filled before the edit.
    ProgramCache {
        caches: Vec<Keeper>,
        edited: File,
        held: Held,
    },
    /// Modules that are compiled anew by every run.
    FillMissing { modules: usize, place: PathBuf },
    /// An old copy in a zip file, or a module of the interpreter's own binary.
    ZipOrFrozen { by: Option<File>, own: File },
    /// Bytecode in a zip file, beside its source, which is checked by time alone.
    ZipBytecode { archive: PathBuf, inner: PathBuf },
    /// Times that can't be relied on.
    Clock { file: File, what: Clock },
    /// No module of this name.
    NotFound {
        name: String,
        own: Option<File>,
        near: Vec<String>,
        places: Vec<PathBuf>,
    },
    /// Something around the code.
    SetUp(Complaint),
}

/// Where a cache inside the program holds what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    Process {
        pid: u32,
        command: Vec<OsString>,
        started_ns: i64,
    },
    Disk(Stored),
}

/// An installed file and the source that it was copied from. One that is not there has no digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub installed: File,
    pub source: File,
}

/// What setuptools kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    pub directory: PathBuf,
    /// The file in it that is old.
    pub file: File,
}

/// A file as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: PathBuf,
    /// When that was done to it which matters.
    pub at_ns: i64,
    /// Of its content, where that was compared; else empty.
    pub digest: String,
}

/// What leads into another environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Astray {
    /// A console script.
    Script(PathBuf),
    /// The first interpreter on `PATH`.
    Python,
    /// The variable that tells uv where to install.
    UvPython(OsString),
}

/// What is wrong with times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// A file that was written so many nanoseconds from now.
    Future(i64),
    /// A file system that keeps whole seconds.
    WholeSeconds,
    /// A file system of another machine, with its clock.
    Remote,
}

/// A cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// `uv add --editable`.
    AddEditable {
        directory: PathBuf,
    },
    /// Install the directory as editable, in setuptools' mode of this name.
    InstallEditable {
        into: Installer,
        directory: PathBuf,
        mode: Option<&'static str>,
    },
    /// Have uv build anew whenever a source changes.
    CacheKeys {
        directory: PathBuf,
    },
    /// Install the directory again, without what setuptools kept.
    Reinstall {
        into: Installer,
        distribution: String,
        directory: PathBuf,
        without: Option<PathBuf>,
    },
    /// Consent to what lies outside the project, and then through devenv.
    TakeIn {
        words: Vec<OsString>,
    },
    /// Through devenv.
    Run {
        words: Vec<OsString>,
    },
    /// Restart whenever a source changes.
    Watch {
        words: Vec<OsString>,
    },
    /// These words instead.
    Instead {
        words: Vec<OsString>,
    },
    Remove {
        path: PathBuf,
    },
    RemoveTree {
        path: PathBuf,
    },
    Arm {
        path: PathBuf,
    },
    Kill {
        pid: u32,
    },
    /// Put a directory in front of `PYTHONPATH`.
    Front {
        root: PathBuf,
        rest: OsString,
    },
    /// Put a directory in front of `PATH`.
    FrontPath {
        directory: PathBuf,
    },
    /// Do not search the working directory.
    SafePath,
    Unset {
        name: &'static str,
    },
    /// Take a variable out of the line of a start-up file that sets it.
    TakeOut {
        name: &'static str,
        file: PathBuf,
        line: usize,
    },
    Touch {
        path: PathBuf,
    },
    /// Compile what is missing ahead.
    Warm,
    Rename {
        path: PathBuf,
    },
    /// Make a virtual environment, in the place of one that is there.
    MakeEnvironment {
        path: PathBuf,
        anew: bool,
    },
    /// Have uv make an environment in the place of one that it can't use, and fill it.
    Replace {
        path: PathBuf,
        then: Vec<OsString>,
    },
    /// A command that says by itself what it does.
    Do {
        words: Vec<OsString>,
    },
    /// Load the hook in a shell's start-up file.
    Load {
        shell: &'static str,
        file: PathBuf,
    },
    /// Move a line of a file below another one.
    MoveLine {
        file: PathBuf,
        line: usize,
        below: usize,
    },
    /// The module that was probably meant.
    Ask {
        name: String,
    },
}

/// The tool that installed something, and the interpreter that it was for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installer {
    pub is_uv: bool,
    /// Whether the project's lock file decides what is installed.
    pub is_synced: bool,
    pub python: PathBuf,
}

impl Finding {
    /// Returns the finding of a complaint, with what one command cures.
    pub fn of_complaint(complaint: Complaint) -> Self {
        let words: Vec<&str> = match &complaint {
            Complaint::NoProject | Complaint::Outside { .. } => vec!["devenv", "init"],
            Complaint::NotIgnored { .. } => vec!["devenv", "inject", "gitignore"],
            Complaint::Drift {
                target, profile, ..
            } => vec!["devenv", "inject", target, "--profile", profile],
            _ => Vec::new(),
        };
        let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
        let remedies = if words.is_empty() {
            Vec::new()
        } else {
            vec![Remedy::Do { words }]
        };
        Self {
            cause: Cause::SetUp(complaint),
            remedies,
            cured_by_run: false,
        }
    }
}

impl Cause {
    /// Returns the word for it, which does not change between versions.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OldBytecode {
                judged:
                    Judged {
                        verdict: Verdict::Unchecked,
                        ..
                    },
                ..
            } => "unchecked-bytecode",
            Self::OldBytecode { .. } => "stale-bytecode",
            Self::SourcelessBytecode { .. } => "sourceless-bytecode",
            Self::Copy { built: None, .. } => "installed-copy",
            Self::Copy { built: Some(_), .. } => "build-lib",
            Self::StrictEditable { .. } => "strict-editable-misses-module",
            Self::FinderShadowed { .. } => "finder-shadowed",
            Self::Shadowed { .. } | Self::HidesStandard { .. } => "shadowed",
            Self::Extension { .. } => "extension-shadows-source",
            Self::PythonpathIgnored { .. } => "pythonpath-ignored",
            Self::WrongEnvironment { .. } => "wrong-environment",
            Self::OldProcess {
                is_kernel: false, ..
            } => "old-process",
            Self::OldProcess {
                is_kernel: true, ..
            } => "old-kernel",
            Self::ProgramCache { .. } => "program-cache",
            Self::FillMissing { .. } => "fill-missing",
            Self::ZipOrFrozen { .. } | Self::ZipBytecode { .. } => "zip-or-frozen",
            Self::Clock { .. } => "clock",
            Self::NotFound { .. } => "not-found",
            Self::SetUp(complaint) => complaint.code(),
        }
    }

    /// Returns whether the edit runs all the same.
    pub fn spares_edit(&self) -> bool {
        let is_uv = matches!(
            self,
            Self::WrongEnvironment {
                what: Astray::UvPython(_),
                ..
            }
        );
        is_uv
            || matches!(
                self,
                Self::FillMissing { .. } | Self::Clock { .. } | Self::HidesStandard { .. }
            )
    }

    /// Returns how bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::FillMissing { .. }
            | Self::ZipBytecode { .. }
            | Self::Clock { .. }
            | Self::OldProcess { .. }
            | Self::ProgramCache {
                held: Held::Process { .. },
                ..
            }
            | Self::WrongEnvironment {
                what: Astray::UvPython(_),
                ..
            } => Severity::Warning,
            Self::SetUp(complaint) => complaint.severity(),
            _ => Severity::Error,
        }
    }
}
