//! `devenv completions`: the completion script of a shell.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::{Generator, Shell as Standard, generate};
use clap_complete_nushell::Nushell;

use crate::cli::{Cli, Shell};
use crate::report::Report;

/// Runs the command.
pub(crate) fn run(shell: Shell, report: &Report) -> Result<u8> {
    let script = match shell {
        Shell::Bash => script(Standard::Bash),
        Shell::Zsh => script(Standard::Zsh),
        Shell::Fish => script(Standard::Fish),
        Shell::Elvish => script(Standard::Elvish),
        Shell::Pwsh => script(Standard::PowerShell),
        Shell::Nu => script(Nushell),
    };
    report.print(&script)?;
    Ok(0)
}

fn script(generator: impl Generator) -> String {
    let mut out = Vec::new();
    generate(generator, &mut Cli::command(), "devenv", &mut out);
    String::from_utf8_lossy(&out).into_owned()
}
