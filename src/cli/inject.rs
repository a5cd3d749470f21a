//! `devenv inject …` and `devenv check`: what can be typed, and its help.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// Put a profile's environment into the files of another tool
///
/// Shows what it changes, and changes nothing else: comments, order, indentation and line ends
/// stay. What is there already with another value stays too, is named, and makes the exit status 1.
/// Paths of the project are written as the tool spells them. Left out, by name: paths that it does
/// not have, values that come from a dotenv file, and the virtual environment of this machine, for
/// which each tool has ways of its own.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one flag")]
pub struct Inject {
    /// The tool
    pub target: Target,

    /// Use this profile
    #[arg(short, long, value_name = "NAME")]
    pub profile: Option<String>,

    /// The file that is meant, where there are several or it lies elsewhere
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,

    /// Every configuration of the tool
    #[arg(long, conflicts_with = "config")]
    pub all: bool,

    /// Only look: exit with 1 where a file is not as it should be
    #[arg(long, group = "mode")]
    pub check: bool,

    /// Take out what was put in, and nothing else
    #[arg(long, group = "mode")]
    pub remove: bool,

    /// Show the change, and change nothing
    #[arg(short = 'n', long, group = "mode")]
    pub dry_run: bool,

    /// Replace other values too
    #[arg(long)]
    pub force: bool,

    /// devcontainer: also install devenv in the container, by a Feature in `.devcontainer/devenv`
    #[arg(long)]
    pub feature: bool,

    /// devcontainer: the image, where a configuration has to be made or names none; another needs
    /// `--force`
    #[arg(long)]
    pub image: Option<String>,

    /// vscode: also the Python debuggers of `launch.json`
    #[arg(long)]
    pub launch: bool,

    /// compose: the service, where there are several
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// A tool whose files can be edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// `containerEnv` and `remoteEnv` of `devcontainer.json`
    Devcontainer,
    /// Bytecode and `devenv.local.toml` in `.gitignore`
    Gitignore,
    /// Terminals, dotenv file and source roots in `.vscode/settings.json`
    Vscode,
    /// Source roots in `pyrightconfig.json`
    Pyright,
    /// Terminals and source roots in `.zed/settings.json`
    Zed,
    /// `.envrc`
    Direnv,
    /// `env` of a `kernel.json`, named by `--config`
    Jupyter,
    /// `environment` of a service in a compose file
    Compose,
    /// `ENV` in a `Dockerfile`, and `.dockerignore`
    Dockerfile,
    /// Git's hook: `devenv check --staged` before a commit
    PreCommit,
}

/// Check what git tracks and ignores, the configuration, and what was injected
///
/// Reads only, and asks for no consent: of a project that is not trusted, the configuration is not
/// acted on. Exits with 1 where it finds something.
#[derive(Args, Debug)]
pub struct Check {
    /// Of what git tracks, only what is about to be committed
    #[arg(long)]
    pub staged: bool,

    /// Put right what can be: take bytecode out of the index, add ignore rules, inject again
    #[arg(long)]
    pub fix: bool,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}
