//! `devenv hook`: the text by which a shell loads us.

use anyhow::Result;

use crate::env::Snapshot;
use crate::fault::Fault;
use crate::host::output;
use crate::shell::Shell;

/// Runs the command.
pub(crate) fn run(word: &str, snapshot: &Snapshot) -> Result<u8> {
    let script = named(word)?.script(&snapshot.exe);
    output::out(&script)?;
    Ok(0)
}

/// Returns the shell of a word, or says which there are.
pub(crate) fn named(word: &str) -> Result<Shell, Fault> {
    let names = || Shell::ALL.map(Shell::name);
    Shell::named(word).ok_or_else(|| Fault::new(format!("unknown shell `{word}`")).did_you_mean(word, names()))
}
