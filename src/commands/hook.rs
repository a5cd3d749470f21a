//! `devenv hook`: the text by which a shell loads us.

use anyhow::Result;

use crate::env::Snapshot;
use crate::host::output;
use crate::shell::Shell;

/// Runs the command.
pub(crate) fn run(shell: Shell, snapshot: &Snapshot) -> Result<u8> {
    output::out(&shell.script(&snapshot.exe))?;
    Ok(0)
}
