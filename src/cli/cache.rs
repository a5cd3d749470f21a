//! `devenv cache …`: what can be typed, and its help.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

/// Look at caches, clear them, and make them ahead
///
/// Bytecode is the cache that devenv knows best. Of a project without your consent, only its own
/// tree is touched.
#[derive(Args, Debug)]
pub struct Cache {
    #[command(subcommand)]
    pub action: CacheAction,
}

#[derive(Debug, Subcommand)]
pub enum CacheAction {
    Info(Info),
    Verify(Verify),
    Clear(Clear),
    Warm(Warm),
    Arm(Arm),
}

/// Show where bytecode lies, how much there is, and what of it costs time
#[derive(Args, Debug)]
pub struct Info {
    /// A directory of the project
    #[arg(value_hint = ValueHint::DirPath)]
    pub path: Option<PathBuf>,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// Judge every bytecode file: would Python run old code?
///
/// A file is `fresh`, `armed` or `verified` where all is well, `stale`, `leftover` or `foreign`
/// where Python would not use it, and `suspect`, `unchecked`, `orphan` or `corrupt` where old or
/// deleted code may run. Exits with 1 if any of the last four would be run, with 0 where Python
/// would notice by itself.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one flag")]
pub struct Verify {
    /// Directories or modules; the project where they are left out
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// Prove what Python would run: compile the sources again and compare
    #[arg(long)]
    pub deep: bool,

    /// Name every file, not only those that need attention
    #[arg(long)]
    pub all: bool,

    /// Arm or remove what is wrong
    #[arg(long)]
    pub repair: bool,

    /// Judge by what this profile needs; with a `cached` one, armed files are wrong too
    #[arg(short, long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// Remove bytecode, and what tools leave behind
///
/// Without an option it is all bytecode of the project, but what would be imported for want of a
/// source. Files that git tracks stay, and so does whatever is not bytecode in `__pycache__`.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one flag")]
pub struct Clear {
    /// Directories or modules; the project where they are left out. `bytecode` in front of them
    /// names the cache
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// Only what is not fresh, armed or verified
    #[arg(long, group = "extent")]
    pub stale: bool,

    /// All bytecode; so it is without an option
    #[arg(long, group = "extent")]
    pub all: bool,

    /// Only bytecode that is imported although its source is gone
    #[arg(long, group = "extent")]
    pub orphans: bool,

    /// Only what pytest rewrote
    #[arg(long, conflicts_with = "orphans")]
    pub tests: bool,

    /// Instead: what these tools left in the project
    #[arg(long, value_name = "TOOL", value_delimiter = ',', conflicts_with_all = ["extent", "tests"])]
    pub debris: Vec<Tool>,

    /// Instead: files whose path in the project matches, after a question
    #[arg(long, value_name = "GLOB", conflicts_with_all = ["extent", "tests"])]
    pub erase: Vec<String>,

    /// Keep what has this name or path, or matches such a pattern, and all that is in it; several
    /// by comma
    ///
    /// A name counts at any depth. A path is relative to the working directory, or, where it does
    /// not exist there, to the project. Bytecode is kept by its source's name, too.
    #[arg(short, long, value_name = "NAME|PATH", value_hint = ValueHint::AnyPath)]
    pub ignore: Vec<OsString>,

    /// Remove directories, too, that held nothing else
    #[arg(short, long)]
    pub folders: bool,

    /// Show what would be removed, and remove nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    /// Ask nothing
    #[arg(short, long)]
    pub yes: bool,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// A tool that leaves files in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tool {
    /// `.coverage`, `htmlcov`, `coverage.xml`
    Coverage,
    /// `.ipynb_checkpoints`
    Jupyter,
    /// `.mypy_cache`
    Mypy,
    /// What setuptools builds: `*.egg-info`, and its parts of `build`
    Package,
    /// `.pyre`, `.pytype`
    Pyre,
    /// `.pytest_cache`
    Pytest,
    /// `.ruff_cache`
    Ruff,
    /// `.tox`, `.nox`
    Tox,
    /// Every one of them
    All,
}

/// Compile ahead, on all cores, what is missing or stale
///
/// For images: `devenv cache warm --profile prod --packages` leaves nothing to compile at the
/// start.
#[derive(Args, Debug)]
pub struct Warm {
    /// Use this profile's interpreter and level of optimisation
    #[arg(short, long, value_name = "NAME")]
    pub profile: Option<String>,

    /// How Python is to check each file; left out, as the profile needs it
    #[arg(long, value_name = "MODE")]
    pub mode: Option<Mode>,

    /// Third-party packages and the standard library too
    #[arg(long)]
    pub packages: bool,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// How Python checks that bytecode is that of its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// By time and size
    Timestamp,
    /// By content
    Checked,
    /// Not at all: for images whose sources never change
    Unchecked,
}

/// Have Python check every bytecode file by content, as before a run
#[derive(Args, Debug)]
pub struct Arm {
    /// Directories or modules; the project where they are left out
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// Show how many files would be touched, and touch none
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}
