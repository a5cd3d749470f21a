//! The command line of `devenv import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// Propose a `devenv.toml` from what another tool reads
///
/// The file is read as data, and nothing of it is executed. What can be said in a `devenv.toml` is
/// printed; where the project has no configuration yet, it is written, and trusted unless it also
/// takes in a file that devenv did not write: then its meaning is shown, with the command that
/// accepts it. Every line that was not taken is named on stderr, with the reason.
#[derive(Args, Debug)]
pub struct Import {
    /// Whose file it is
    pub from: Origin,

    /// The file, or its directory; here where it is left out
    #[arg(value_hint = ValueHint::AnyPath)]
    pub path: Option<PathBuf>,

    /// Print the proposal and write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Origin {
    /// The literal exports of an `.envrc`
    Direnv,
    /// A `.env`
    Dotenv,
    /// The `[env]` of a `mise.toml`
    Mise,
}
