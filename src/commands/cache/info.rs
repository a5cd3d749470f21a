//! `devenv cache info`: where bytecode lies, how much there is, and what is made anew at every run.

use anyhow::Result;

use super::area::{self, Area, Asked, Look};
use crate::bytecode::census::{Depth, Found};
use crate::bytecode::rewriter;
use crate::cli::cache::Info;
use crate::env::Snapshot;
use crate::host::Tally;
use crate::python::pytest::{self, Settings};
use crate::report::Report;
use crate::report::info::{self as words, Facts, Tests};

/// Runs the command.
pub(super) fn run(args: &Info, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = area::ground(args.path.as_slice(), snapshot, report)?;
    let area = Area::of(
        &ground,
        Asked {
            paths: &[],
            profile: None,
        },
        snapshot,
        report,
    )?;
    let (promise, tally) = (&area.promise, Tally::default());
    let look = |prefix| area.census_of(prefix, Look::everywhere(Depth::Names), &tally);
    let places = report.watch("looking", &tally, || {
        area.places()
            .into_iter()
            .map(|p| (p, look(p)))
            .collect::<Vec<_>>()
    });
    let places: Vec<(_, Found)> = places;
    let facts = Facts {
        project: &promise.project,
        policy: area.is_trusted.then_some(promise.policy),
        places: &places,
        tests: tests(&area),
    };
    words::print(report, &facts, args.json)?;
    Ok(0)
}

/// Returns the tests that are rewritten at every run, because neither pytest nor devenv may keep
/// what comes of it.
fn tests(area: &Area<'_>) -> Option<Tests> {
    let promise = &area.promise;
    let is_kept = !promise.policy.forbids_pytest() || promise.rewriter.is_some();
    let version = pytest::version(&promise.site_packages)
        .filter(|_| area.is_trusted && !is_kept)?
        .0;
    let (files, bytes) = rewriter::weigh(
        &promise.scope,
        &Settings::read(&promise.project, promise.env).tests,
    );
    (files > 0).then_some(Tests {
        version,
        files,
        bytes,
    })
}
