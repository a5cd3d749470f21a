//! `devenv hook`: the text by which a shell loads us.

use anyhow::Result;

use crate::env::Snapshot;
use crate::host::output;
use crate::shell::Shell;
use crate::values::fault::Fault;

/// Runs the command.
pub fn run(shell: Shell, snapshot: &Snapshot) -> Result<u8> {
    let script = shell.script(&snapshot.exe).ok_or_else(|| {
        let what = format!(
            "{} can't hold the path of this program: `{}`",
            shell.name(),
            snapshot.exe.display()
        );
        Fault::new(what).hint("install devenv where the path has no such letters")
    })?;
    output::out(&script)?;
    Ok(0)
}
