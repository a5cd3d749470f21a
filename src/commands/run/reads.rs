//! Where the interpreter that a command starts reads its bytecode, as far as the command line
//! tells: `-X pycache_prefix` names another place than the variable, and `-I` and `-E` have that
//! not be read at all.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::start::{Prepared, Start};
use crate::bytecode::apart::Where;
use crate::bytecode::promise::Promise;
use crate::python::launch;
use crate::values::fault::Fault;
use crate::why::line::Desk;

/// The option and the variable, in small letters.
const NAMES: [&[u8]; 2] = [b"pycache_prefix", b"pycacheprefix"];

impl Start<'_> {
    /// Returns the place, where it is another one than that where the promise is kept.
    pub(super) fn reads(
        &self,
        ready: &Prepared,
        promise: &Promise<'_>,
        kept: Option<&Path>,
    ) -> Option<Where> {
        if kept.is_none() && !ready.command.iter().any(names_prefix) {
            return None;
        }
        let environment = self
            .ground
            .project
            .as_ref()
            .and_then(|project| project.environment.as_ref());
        let desk = Desk {
            cwd: &self.snapshot.cwd,
            uv: environment.map(|environment| environment.prefix.clone()),
            through_run: &|_| Err(Fault::new("another run keeps its own promise")),
            alias: &|_| None,
            tongue: self.report.tongue,
        };
        let line = desk.follow(&ready.command, &ready.env).ok()?;
        let preset = promise
            .interpreter
            .as_ref()
            .and_then(|interpreter| interpreter.preset_prefix.as_deref());
        let said = line.launch.prefix.as_deref();
        let place = launch::prefix(
            said,
            line.launch.flags,
            &line.env,
            &self.snapshot.cwd,
            preset,
        );
        (place.as_deref() != kept).then(|| place.map_or(Where::InTree, Where::Apart))
    }
}

fn names_prefix(word: &OsString) -> bool {
    let word = word.as_bytes().to_ascii_lowercase();
    NAMES
        .iter()
        .any(|name| word.windows(name.len()).any(|part| part == *name))
}
