//! Runs the project's interpreter as a compiler. Which modules are compiled, and how Python is to
//! check what comes of it, is decided by its callers.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::bytecode::errand::{Answer, Errand};
use crate::bytecode::rewriter::Rewriter;
use crate::bytecode::survey::Module;
use crate::env::Env;
use crate::host::{Tally, Tree};

const PROGRAM: &str = include_str!("compile.py");

/// How Python is to check that bytecode is that of its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// By time and size.
    Timestamp,
    /// By content.
    Checked,
    /// Not at all.
    Unchecked,
}

impl Mode {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Timestamp => "timestamp",
            Self::Checked => "checked",
            Self::Unchecked => "unchecked",
        }
    }
}

/// What became of one module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Filled,
    /// The interpreter rejects the source, or dies of it twice.
    Uncompilable,
    /// A file or directory went away, or can't be written.
    Unreachable,
    /// The interpreter does not work.
    Untried,
}

/// What is made of a source.
#[derive(Clone, Copy, Debug)]
pub enum Product<'a> {
    /// Its code at this level of optimisation.
    Code(u8, Mode),
    /// Its code with the assertions as pytest rewrites them.
    Tests(&'a Rewriter),
}

/// A compiler: an interpreter, what it makes, and whether it writes below a bytecode prefix.
#[derive(Clone, Copy, Debug)]
pub struct Compiler<'a> {
    pub python: &'a Path,
    pub product: Product<'a>,
    pub in_prefix: bool,
    /// The directories below which it writes, through no link.
    pub roots: &'a [Tree],
    pub env: &'a Env,
    /// How many interpreters may work side by side.
    pub most: usize,
    pub tally: &'a Tally,
}

impl Compiler<'_> {
    /// Compiles modules; returns an outcome for each.
    pub fn compile(&self, modules: &[Module]) -> Vec<Outcome> {
        let Self {
            python,
            env,
            most,
            tally,
            ..
        } = *self;
        let place = if self.in_prefix { "prefix" } else { "tree" };
        let head = [OsString::from(place)];
        let args: Vec<OsString> = head.into_iter().chain(self.product.args()).collect();
        let errand = Errand {
            python,
            program: PROGRAM,
            args: &args,
            env,
            most,
            hurry: false,
            tally,
        };
        let questions: Vec<Vec<u8>> = modules.iter().map(|module| self.question(module)).collect();
        errand.run(&questions).iter().map(outcome).collect()
    }

    /// Asks for a module's bytecode, by the nearest root above it and the way down from there; one
    /// below none of them has no root, and so no place.
    fn question(&self, module: &Module) -> Vec<u8> {
        let above = self
            .roots
            .iter()
            .filter(|root| module.cache.starts_with(&root.path));
        let root = above.max_by_key(|root| root.path.as_os_str().len());
        let path = root.map_or(Path::new(""), |root| &root.path);
        let id = root
            .and_then(|root| root.id)
            .map_or(String::new(), |(dev, ino)| format!("{dev}:{ino}"));
        let below = module.cache.strip_prefix(path).unwrap_or(&module.cache);
        let bytes = |path: &Path| path.as_os_str().as_bytes().to_vec();
        let parts = [
            bytes(&module.source),
            bytes(path),
            id.into_bytes(),
            bytes(below),
        ];
        parts.map(|part| [part, vec![0]].concat()).concat()
    }
}

impl Product<'_> {
    fn args(self) -> Vec<OsString> {
        match self {
            Self::Code(level, mode) => vec![mode.word().into(), level.to_string().into()],
            Self::Tests(rewriter) => {
                let site = rewriter.site_packages.iter().map(OsString::from);
                ["pytest".into(), OsString::from(&rewriter.version)]
                    .into_iter()
                    .chain(site)
                    .collect()
            }
        }
    }
}

fn outcome(answer: &Answer) -> Outcome {
    match answer {
        Answer::Said(line) if line == "filled" => Outcome::Filled,
        Answer::Said(line) if line == "unreachable" => Outcome::Unreachable,
        Answer::Said(_) | Answer::Fatal => Outcome::Uncompilable,
        Answer::Untried => Outcome::Untried,
    }
}
