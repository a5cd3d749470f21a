//! Runs the project's interpreter as a compiler. It is started with `-I -S`, and nothing of the project is executed.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::bytecode::survey::Module;
use crate::env::Env;
use crate::host::spawn;

const PROGRAM: &str = include_str!("compile.py");

/// What became of one module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Filled,
    /// The interpreter rejects the source, or dies of it.
    Uncompilable,
    /// A file or directory went away, or can't be written.
    Unreachable,
}

/// After so many starts in a row that compiled nothing, the interpreter is at fault and not a module.
const PATIENCE: usize = 3;

/// A compiler: an interpreter, its level of optimisation, and whether it writes below a bytecode prefix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compiler<'a> {
    pub(crate) python: &'a Path,
    pub(crate) optimize: u8,
    pub(crate) in_prefix: bool,
    pub(crate) env: &'a Env,
}

impl Compiler<'_> {
    /// Compiles modules; returns an outcome for each. One that kills the interpreter does not stop the others.
    pub(crate) fn compile(&self, modules: &[Module]) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        let mut in_vain = 0;
        while outcomes.len() < modules.len() && in_vain < PATIENCE {
            let done = self.attempt(&modules[outcomes.len()..]);
            in_vain = if done.is_empty() { in_vain + 1 } else { 0 };
            outcomes.extend(done);
            if outcomes.len() < modules.len() {
                outcomes.push(Outcome::Uncompilable);
            }
        }
        outcomes.resize(modules.len(), Outcome::Unreachable);
        outcomes
    }

    /// Returns the outcomes up to the module at which the interpreter ended.
    fn attempt(&self, modules: &[Module]) -> Vec<Outcome> {
        let optimize = self.optimize.to_string();
        let place = if self.in_prefix { "prefix" } else { "tree" };
        let args = ["-I", "-S", "-B", "-c", PROGRAM, &optimize, place];
        let env: Vec<_> = self.env.iter().collect();
        let Ok(mut child) = spawn::worker(self.python, &args, &env) else { return Vec::new() };
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let outcomes = std::thread::scope(|scope| {
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(&question(modules))));
            let lines = stdout.into_iter().flat_map(|stdout| BufReader::new(stdout).lines().map_while(Result::ok));
            lines.filter_map(|line| outcome(&line)).take(modules.len()).collect()
        });
        let _ = child.wait();
        outcomes
    }
}

fn question(modules: &[Module]) -> Vec<u8> {
    let paths = modules.iter().flat_map(|module| [&module.source, &module.cache]);
    paths.flat_map(|path| path.as_os_str().as_bytes().iter().copied().chain([0])).collect()
}

fn outcome(line: &str) -> Option<Outcome> {
    match line {
        "filled" => Some(Outcome::Filled),
        "uncompilable" => Some(Outcome::Uncompilable),
        "unreachable" => Some(Outcome::Unreachable),
        _ => None,
    }
}
