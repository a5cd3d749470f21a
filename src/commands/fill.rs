//! The detached process of a fill. Not part of the command line: only devenv starts it.

use super::memory;
use crate::bytecode::fill::{start, work};
use crate::env::Snapshot;
use crate::values::digest::KEY;

/// The exit status of words that are not ours.
const USAGE: u8 = 2;

/// Runs one step, where the arguments ask for it; returns the exit status.
pub fn run(snapshot: &Snapshot) -> Option<u8> {
    let words: Vec<&str> = snapshot
        .args
        .iter()
        .skip(1)
        .filter_map(|word| word.to_str())
        .collect();
    let [start::COMMAND, step, key] = words[..] else {
        return None;
    };
    let is_key = key.len() == KEY && key.bytes().all(|b| b.is_ascii_hexdigit());
    match step {
        start::BEGIN if is_key => start::begin(key, &snapshot.exe, &snapshot.env),
        start::WORK if is_key => work::work(key, &snapshot.env, snapshot.user, &memory(snapshot)),
        _ => return Some(USAGE),
    }
    Some(0)
}
