//! Runs the project's interpreter as a compiler. It is started with `-I -S`, and nothing of the project is executed.
//! Which modules are compiled is decided by its callers.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::bytecode::survey::Module;
use crate::env::Env;
use crate::host::spawn::{self, Program};

const PROGRAM: &str = include_str!("compile.py");

/// What became of one module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Filled,
    /// The interpreter rejects the source, or dies of it twice.
    Uncompilable,
    /// A file or directory went away, or can't be written.
    Unreachable,
    /// The interpreter does not work.
    Untried,
}

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
        while outcomes.len() < modules.len() {
            let rest = &modules[outcomes.len()..];
            let done = self.attempt(rest);
            let ended_at = done.len();
            outcomes.extend(done);
            if ended_at < rest.len() {
                match self.attempt(&rest[ended_at..=ended_at]).first() {
                    Some(outcome) => outcomes.push(*outcome),
                    None if self.works() => outcomes.push(Outcome::Uncompilable),
                    None => break,
                }
            }
        }
        outcomes.resize(modules.len(), Outcome::Untried);
        outcomes
    }

    /// Returns whether the interpreter can be started at all.
    fn works(&self) -> bool {
        let args = ["-I", "-S", "-c", "print('works')"].map(OsString::from);
        !spawn::converse(&Program::new(self.python, &args, self.env.iter().collect()), b"").is_empty()
    }

    /// Returns the outcomes up to the module at which the interpreter ended.
    fn attempt(&self, modules: &[Module]) -> Vec<Outcome> {
        let place = if self.in_prefix { "prefix" } else { "tree" };
        let optimize = self.optimize.to_string();
        let args = ["-I", "-S", "-B", "-c", PROGRAM, &optimize, place].map(OsString::from);
        let program = Program::new(self.python, &args, self.env.iter().collect());
        let answers = spawn::converse(&program, &question(modules));
        answers.iter().map_while(|line| outcome(line)).take(modules.len()).collect()
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
