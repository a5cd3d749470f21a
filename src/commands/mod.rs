//! One file for each command: it asks for facts, decides, and hands the value to `report`. No command calls another.

mod allow;
mod completions;
mod demo;
mod deny;
mod fill;
mod ground;
mod init;
mod man;
mod profile;
mod run;
mod status;

use std::ffi::OsString;

use anyhow::Result;
use clap::Parser;

use crate::cli::{Cli, Command, RunAlone};
use crate::env::Snapshot;
use crate::host::Memory;
use crate::report::Report;

/// Parses the command line and runs the command; returns the exit status.
pub(crate) fn main(snapshot: &Snapshot) -> u8 {
    if let Some(exit) = fill::run(snapshot) {
        return exit;
    }
    let cli = match parse(&snapshot.args) {
        Ok(cli) => cli,
        Err(error) => return Report::usage(&error),
    };
    let report = Report::new(cli.color, &snapshot.env, &snapshot.cwd);
    let done = dispatch(&cli.command, snapshot, &report);
    done.unwrap_or_else(|error| report.error(&error))
}

fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    if args.get(1).is_some_and(|word| word == "run")
        && let Ok(RunAlone { run, color }) = RunAlone::try_parse_from(&args[1..])
    {
        return Ok(Cli { command: Command::Run(run), color });
    }
    Cli::try_parse_from(args)
}

fn dispatch(command: &Command, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    match command {
        Command::Run(args) => run::run(args, snapshot, report),
        Command::Status(args) => status::run(args, snapshot, report),
        Command::Init(args) => init::run(args, snapshot, report),
        Command::Profile(args) => profile::run(&args.action, snapshot, report),
        Command::Allow(args) => allow::run(args, snapshot, report),
        Command::Deny(args) => deny::run(args, snapshot, report),
        Command::Demo => demo::run(snapshot, report),
        Command::Completions(args) => completions::run(args.shell, report),
        Command::Man(args) => man::run(args, snapshot, report),
    }
}

/// Returns what may be remembered between calls.
fn memory(snapshot: &Snapshot) -> Memory {
    Memory::new(snapshot.dirs.cache.as_deref())
}
