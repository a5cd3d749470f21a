//! What concerns a whole shell, and not one command in it, is said once in it: in the process that
//! started us, be that a shell with the hook or without, or a script. What was said is noted in the
//! user's cache, where it may be forgotten. Not a command, and decides nothing of its own.

use crate::env::Snapshot;
use crate::host::{Memory, kin};
use crate::report::Report;
use crate::values::digest;
use crate::values::fault::Fault;

const KIND: &str = "said";

/// So many lines are noted: of the newest shells.
const MOST: usize = 200;

/// Says what this shell was not told yet.
pub fn say(report: &Report, faults: &[Fault], memory: &Memory, snapshot: &Snapshot) {
    if faults.is_empty() {
        return;
    }
    let shell = format!(
        "{}@{}",
        snapshot.parent,
        kin::start_of(snapshot.parent).unwrap_or_default()
    );
    let key = digest::key([KIND.as_bytes()]);
    let text = memory
        .recall(KIND, &key)
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default();
    let mut said: Vec<String> = text.lines().map(str::to_owned).collect();
    let known = said.len();
    for fault in faults {
        let line = format!(
            "{shell} {}",
            digest::key([
                fault.what.as_bytes(),
                snapshot.cwd.as_os_str().as_encoded_bytes()
            ])
        );
        if !said.contains(&line) {
            report.warn(fault);
            said.push(line);
        }
    }
    if said.len() > known {
        let newest = said.len().saturating_sub(MOST);
        memory.keep(KIND, &key, said[newest..].join("\n").as_bytes());
    }
}
