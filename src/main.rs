//! Takes one snapshot of what this process was given, hands it down as a value, and picks the exit
//! status. The only place that prints an error.

mod audit;
mod bytecode;
mod caches;
mod cli;
mod commands;
mod env;
mod export;
mod git;
mod hook;
#[expect(
    clippy::disallowed_methods,
    reason = "the one module that may touch the machine"
)]
mod host;
mod inject;
mod project;
mod python;
mod report;
mod shell;
mod tree;
mod values;
mod watch;
mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use env::{Directories, Snapshot};
use host::alone::{self, Against};
use host::machine;
use values::fault::Fault;
use values::user::User;

/// The directories in a cache that programs run from, or that say what is run.
const OF_CACHE: [&str; 3] = ["pycache", "interpreters", "fills"];

/// The directories in a state that say what the user decided, or what is undone.
const OF_STATE: [&str; 3] = ["trust", "records", "switch"];

fn main() -> ExitCode {
    ExitCode::from(commands::main(&snapshot()))
}

fn snapshot() -> Snapshot {
    let (uid, gid) = machine::user();
    let user = User { uid, gid };
    let (actual, spelled) = machine::working_directory();
    let cwd = spelled
        .filter(|path| actual.is_none() || alone::is_spelling(path, user))
        .or(actual);
    Snapshot {
        args: machine::args(),
        env: machine::vars().into_iter().collect(),
        cwd: cwd.unwrap_or_else(|| "/".into()),
        exe: machine::executable(),
        dirs: directories(user),
        user,
        parent: machine::parent(),
        first_process: machine::is_first_process(),
    }
}

/// Returns the user's directories. What others could put in the place of a cache or a state would
/// run or be believed: there is none then.
fn directories(user: User) -> Directories {
    let home = machine::home();
    let (config, cache, state) =
        machine::directories().map_or((None, None, None), |(a, b, c)| (Some(a), Some(b), Some(c)));
    let mut refused = Vec::new();
    let mut own = |directory: Option<PathBuf>, what: &str, below: &[&str]| {
        let against = alone::against_own(directory.as_deref()?, below, home.as_deref(), user);
        refused.extend(against.as_ref().map(|Against { path, how }| {
            Fault::new(format!(
                "there is no {what}: `{}` is not safe, {how}",
                path.display()
            ))
        }));
        directory.filter(|_| against.is_none())
    };
    let (cache, state) = (
        own(cache, "cache", &OF_CACHE),
        own(state, "state", &OF_STATE),
    );
    Directories {
        home,
        config,
        cache,
        state,
        refused,
    }
}
