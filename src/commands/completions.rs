//! `devenv completions`: the completion script of a shell.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::{Generator, Shell as Standard, generate};
use clap_complete_nushell::Nushell;

use crate::cli::{Cli, Shell, dynamic};
use crate::report::Report;
use crate::shell::Shell as Language;

/// Runs the command.
pub fn run(shell: Shell, report: &Report) -> Result<u8> {
    let script = match shell {
        Shell::Bash => script(Standard::Bash, Language::Bash),
        Shell::Zsh => script(Standard::Zsh, Language::Zsh),
        Shell::Fish => script(Standard::Fish, Language::Fish),
        Shell::Elvish => script(Standard::Elvish, Language::Elvish),
        Shell::Pwsh => script(Standard::PowerShell, Language::Pwsh),
        Shell::Nu => script(Nushell, Language::Nu),
    };
    report.print(&script)?;
    Ok(0)
}

fn script(generator: impl Generator, language: Language) -> String {
    let mut command = dynamic::marked(Cli::command(), language.completes_commands());
    let mut out = Vec::new();
    generate(generator, &mut command, "devenv", &mut out);
    language.completions(
        &String::from_utf8_lossy(&out),
        &dynamic::positionals(&command),
    )
}
