//! The hidden command that is the detached process of a fill.

use anyhow::Result;

use super::memory;
use crate::bytecode::fill::{start, work};
use crate::cli::Fill;
use crate::digest::KEY;
use crate::env::Snapshot;
use crate::fault::Fault;

/// Runs one stage.
pub(crate) fn run(args: &Fill, snapshot: &Snapshot) -> Result<u8> {
    let is_key = args.key.len() == KEY && args.key.bytes().all(|b| b.is_ascii_hexdigit());
    match args.stage.as_str() {
        start::BEGIN if is_key => start::begin(&args.key, &snapshot.exe, &snapshot.env),
        start::WORK if is_key => work::work(&args.key, &snapshot.env, &memory(snapshot)),
        _ => return Err(Fault::new("this command is devenv's own").into()),
    }
    Ok(0)
}
