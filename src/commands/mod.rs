//! One file for each command: it asks for facts, decides, and hands the value to `report`. No
//! command calls another.

mod allow;
mod belief;
mod cache;
mod check;
mod complete;
mod completions;
mod demo;
mod deny;
mod doctor;
mod drift;
mod export;
mod fill;
mod founding;
mod ground;
mod hook;
mod import;
mod init;
mod inject;
mod man;
mod once;
mod profile;
mod prompt;
mod run;
mod schema;
mod settle;
mod status;
mod surroundings;
mod switch;
mod turn;
mod why;

use std::ffi::OsString;

use anyhow::Result;
use clap::Parser;

use crate::cli::{Cli, Command, RunAlone};
use crate::env::Snapshot;
use crate::host::{Memory, processes};
use crate::report::Report;
use crate::shell::Tongue;

/// What devenv itself, its scripts and prompts call, past the command line, each where the
/// arguments ask for it.
const HIDDEN: [fn(&Snapshot) -> Option<u8>; 7] = [
    turn::run,
    prompt::hurry,
    complete::run,
    settle::run,
    fill::run,
    run::become_command,
    run::fresh::run,
];

/// Parses the command line and runs the command; returns the exit status.
pub fn main(snapshot: &Snapshot) -> u8 {
    if let Some(exit) = HIDDEN.iter().find_map(|hidden| hidden(snapshot)) {
        return exit;
    }
    let cli = match parse(&snapshot.args) {
        Ok(cli) => cli,
        Err(error) => return Report::usage(&error),
    };
    let report = Report::new(cli.color, &snapshot.env, &snapshot.cwd);
    let is_asked_by_a_program = matches!(
        cli.command,
        Command::Prompt | Command::Hook(_) | Command::Completions(_)
    );
    let refused = snapshot
        .dirs
        .refused
        .iter()
        .filter(|_| !is_asked_by_a_program);
    refused.for_each(|fault| report.warn(fault));
    let done = dispatch(&cli.command, snapshot, &report);
    done.unwrap_or_else(|error| report.error(&error))
}

fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    if args.get(1).is_some_and(|word| word == "run")
        && let Ok(RunAlone { run, color }) = RunAlone::try_parse_from(&args[1..])
    {
        return Ok(Cli {
            command: Command::Run(run),
            color,
        });
    }
    Cli::try_parse_from(args)
}

fn dispatch(command: &Command, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    match command {
        Command::Run(args) => run::run(args, snapshot, report),
        Command::Status(args) => status::run(args, snapshot, report),
        Command::Init(args) => init::run(args, snapshot, report),
        Command::Import(args) => import::run(args, snapshot, report),
        Command::Profile(args) => profile::run(&args.action, snapshot, report),
        Command::Allow(args) => allow::run(args, snapshot, report),
        Command::Deny(args) => deny::run(args, snapshot, report),
        Command::Hook(args) => hook::run(args.shell, snapshot),
        Command::Export(args) => export::run(args, snapshot, report),
        Command::Doctor(args) => doctor::run(args, snapshot, &for_shell(snapshot, report)),
        Command::Why(args) => why::run(args, snapshot, &for_shell(snapshot, report)),
        Command::Inject(args) => inject::run(args, snapshot, report),
        Command::Check(args) => check::run(args, snapshot, report),
        Command::Cache(args) => cache::run(&args.action, snapshot, report),
        Command::Off(args) => switch::run(false, args.project, snapshot, report),
        Command::On(args) => switch::run(true, args.project, snapshot, report),
        Command::Prompt => prompt::run(snapshot),
        Command::Demo => demo::run(snapshot, report),
        Command::Completions(args) => completions::run(args.shell, report),
        Command::Man(args) => man::run(args, snapshot, report),
        Command::Schema => schema::run(report),
    }
}

/// Returns the manner in which cures are words of the shell that asks.
fn for_shell(snapshot: &Snapshot, report: &Report) -> Report {
    report.in_tongue(Tongue::of(
        &processes::args_of(snapshot.parent),
        snapshot.env.filled("SHELL"),
    ))
}

/// Returns what may be remembered between calls.
fn memory(snapshot: &Snapshot) -> Memory {
    Memory::new(snapshot.dirs.cache.as_deref())
}
