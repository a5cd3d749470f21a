//! `devenv prompt`: the profile's name, from the variable that a shell inherits and nothing else.

use anyhow::Result;

use crate::env::Snapshot;
use crate::env::session::{Session, VARIABLE};
use crate::host::output;

/// The word by which it is called.
const COMMAND: &str = "prompt";

/// Runs the command where nothing else is asked for, before the command line is parsed: a prompt
/// waits for it.
pub fn hurry(snapshot: &Snapshot) -> Option<u8> {
    let [_, word] = snapshot.args.as_slice() else {
        return None;
    };
    (word == COMMAND).then(|| u8::from(run(snapshot).is_err()))
}

/// Runs the command.
pub fn run(snapshot: &Snapshot) -> Result<u8> {
    if let Some(session) = snapshot.env.get(VARIABLE).and_then(Session::parse) {
        output::out(format!("{}\n", session.profile).as_bytes())?;
    }
    Ok(0)
}
