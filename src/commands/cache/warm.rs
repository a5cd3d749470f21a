//! `devenv cache warm`: compiles ahead what a profile would have to compile at its start.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::area::{self, Area, Asked, Look};
use crate::bytecode::census::Depth;
use crate::bytecode::fill::compiler::Mode;
use crate::bytecode::ledger::Ledger;
use crate::bytecode::repair;
use crate::bytecode::survey::Target;
use crate::bytecode::warm::{self, Warm, Warmed};
use crate::cli::cache;
use crate::commands::ground;
use crate::env::Snapshot;
use crate::host::Tally;
use crate::python::interpreter::Interpreter;
use crate::python::policy::Policy;
use crate::report::Report;
use crate::report::cache::{self as words, Heated};
use crate::tree::scope::Scope;
use crate::values::fault::Fault;

/// Runs the command.
pub(super) fn run(args: &cache::Warm, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = area::ground(&[], snapshot, report)?;
    ground::require_trust(ground.needed()?, snapshot, report)?;
    let area = Area::of(
        &ground,
        Asked {
            paths: &[],
            profile: args.profile.as_deref(),
        },
        snapshot,
        report,
    )?;
    let promise = &area.promise;
    let (Some(interpreter), Some(target)) = (&promise.interpreter, promise.known_target()) else {
        return Err(Fault::new("no interpreter here to compile with")
            .hint("create the environment, as by `uv sync`")
            .into());
    };
    if !interpreter.knows_flags() {
        let what = format!(
            "Python {} knows another form of bytecode: from 3.7 on it can be made",
            interpreter.version
        );
        return Err(Fault::new(what).into());
    }
    // Where the profile keeps its bytecode depends on what stands in the way now.
    let prefix = promise
        .preview(None)
        .prefix
        .or_else(|| promise.prefix.clone());
    let job = Job {
        args,
        area: &area,
        interpreter,
        target,
        prefix,
        tally: Tally::default(),
    };
    let own = job.own(report);
    let packages = if args.packages {
        report.watch("compiling packages", &job.tally, || job.packages())
    } else {
        Warmed::default()
    };
    let heated = Heated {
        own: &own,
        packages: &packages,
        with_packages: args.packages,
        removed: job.remove_foreign(),
    };
    words::print_warmed(report, &heated, args.json)?;
    Ok(u8::from(heated.failed()))
}

struct Job<'a> {
    args: &'a cache::Warm,
    area: &'a Area<'a>,
    interpreter: &'a Interpreter,
    target: Target,
    prefix: Option<PathBuf>,
    tally: Tally,
}

impl Job<'_> {
    fn policy(&self) -> Policy {
        self.area.promise.policy
    }

    /// Returns how Python is to check what is made: as was said, else as the policy needs it.
    fn mode(&self) -> Mode {
        match (self.args.mode, self.policy()) {
            (Some(cache::Mode::Timestamp), _) | (None, Policy::Cached) => Mode::Timestamp,
            (Some(cache::Mode::Checked) | None, _) => Mode::Checked,
            (Some(cache::Mode::Unchecked), _) => Mode::Unchecked,
        }
    }

    fn warm(&self, is_package: bool) -> Warm<'_> {
        let (mode, prefix) = (self.mode(), self.prefix.as_deref());
        let lenient = if is_package {
            mode != Mode::Unchecked
        } else {
            self.args.mode.is_none() && mode == Mode::Timestamp
        };
        let (asker, python) = (self.area.promise.asker(), self.interpreter.exe.as_path());
        Warm {
            python,
            target: &self.target,
            prefix,
            mode,
            lenient,
            is_package,
            asker,
            tally: &self.tally,
        }
    }

    /// Compiles the project's own modules. Where none of their bytecode may be, there is nothing to
    /// do.
    fn own(&self, report: &Report) -> Warmed {
        let promise = &self.area.promise;
        if self.policy() == Policy::None {
            return Warmed::default();
        }
        let prefix = self.prefix.as_deref();
        let scope = promise.scope_for(prefix);
        let ledger = promise.ledger(prefix, &scope.trees);
        let mut warmed = report.watch("compiling", &self.tally, || {
            self.warm(false).run(&scope, &ledger)
        });
        promise.learn(prefix, &scope.trees, std::mem::take(&mut warmed.facts));
        warmed
    }

    fn packages(&self) -> Warmed {
        let promise = &self.area.promise;
        let all = promise
            .site_packages
            .iter()
            .chain([&self.interpreter.stdlib]);
        let (warm, ledger) = (self.warm(true), Ledger::default());
        let open: Vec<_> = all
            .filter(|directory| promise.may_add_to(directory, self.prefix.is_some()))
            .cloned()
            .collect();
        let each = open.into_iter().map(|directory| {
            warm::prepare(&directory, warm.prefix, promise);
            warm.run(
                &Scope::of_named(vec![(directory, None)], Path::new("/")),
                &ledger,
            )
        });
        each.fold(Warmed::default(), Warmed::and)
    }

    /// Removes, for a profile that compiles nothing again, what development armed for other levels
    /// and interpreters.
    fn remove_foreign(&self) -> usize {
        if self.policy() != Policy::Cached {
            return 0;
        }
        let found = self
            .area
            .census(Look::near(Depth::Verdicts, None), &Tally::default());
        repair::carry_out(repair::disarmed(found), &self.area.promise).removed
    }
}
