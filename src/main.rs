//! Takes one snapshot of what this process was given, hands it down as a value, and picks the exit status. The only
//! place that prints an error.

mod audit;
mod bytecode;
mod caches;
mod cli;
mod commands;
mod digest;
mod document;
mod env;
mod export;
mod fault;
mod fields;
mod finding;
mod git;
mod hook;
#[expect(clippy::disallowed_methods, reason = "the one module that may touch the machine")]
mod host;
mod inject;
mod manifest;
mod paths;
mod project;
mod python;
mod report;
mod shell;
mod watch;
mod why;

use std::process::ExitCode;

use env::{Directories, Snapshot, User};
use host::machine;

fn main() -> ExitCode {
    ExitCode::from(commands::main(&snapshot()))
}

fn snapshot() -> Snapshot {
    let (uid, gid) = machine::user();
    let (config, cache, state) =
        machine::directories().map_or((None, None, None), |(a, b, c)| (Some(a), Some(b), Some(c)));
    Snapshot {
        args: machine::args(),
        env: machine::vars().into_iter().collect(),
        cwd: machine::working_directory(),
        exe: machine::executable(),
        dirs: Directories { home: machine::home(), config, cache, state },
        user: User { uid, gid },
        parent: machine::parent(),
        first_process: machine::is_first_process(),
    }
}
