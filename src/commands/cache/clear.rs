//! `devenv cache clear`: lists what goes, asks where that is not a matter of course, and removes
//! it.

use std::path::PathBuf;

use anyhow::Result;

use super::area::{self, Area, Asked, Look};
use crate::bytecode::census::Place;
use crate::bytecode::sweep::{Extent, Failed, Removed, Sweep, is_of_tests};
use crate::caches::debris::{Debris, Metadata, Tool};
use crate::caches::erase::Erase;
use crate::caches::leftovers::{self, Leftover};
use crate::cli::cache::{self, Clear};
use crate::commands::ground::Ground;
use crate::env::Snapshot;
use crate::host::{Tally, output, stamp};
use crate::report::Report;
use crate::report::clear::{self as words, Shown};
use crate::tree::ignore::{Ignored, Standpoint};
use crate::tree::scope::Scope;
use crate::values::fault::Fault;
use crate::values::paths;

/// The word that may stand in front of the paths.
const LAYER: &str = "bytecode";

/// Runs the command.
pub(super) fn run(args: &Clear, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let paths = without_layer(&args.paths, snapshot);
    let ground = area::ground(paths, snapshot, report)?;
    let area = Area::of(
        &ground,
        Asked {
            paths,
            profile: None,
        },
        snapshot,
        report,
    )?;
    if let Some(outside) = area.outside.as_ref().filter(|_| !args.yes && !args.dry_run) {
        let what = format!(
            "`{}` is no project of its own: all below it would be cleared",
            report.path(outside)
        );
        return Err(Fault::new(what)
            .hint("add `--yes`, or `--dry-run` to see what")
            .into());
    }
    let ignored = ignored(args, paths, &ground, &area, snapshot)?;
    let mut job = Job::of(args, &area, ignored.as_ref(), report)?;
    ignored
        .iter()
        .flat_map(Ignored::unmet)
        .for_each(|word| words::say_unmet(report, word));
    job.spare(&area);
    if args.dry_run {
        words::print(report, &job.shown(job.weigh(), args), args.json)?;
        return Ok(0);
    }
    if !job.erased.is_empty() && !args.yes && !confirmed(&job.erased, report)? {
        return Ok(1);
    }
    let tally = Tally::default();
    let removed = report.watch("removing", &tally, || job.remove(args.folders, &tally));
    let failed = !removed.failed.is_empty() || !job.missed().is_empty();
    words::print(report, &job.shown(removed, args), args.json)?;
    Ok(u8::from(failed))
}

/// Returns the paths without the name of the cache, where that stands in front of them and is no
/// path itself.
fn without_layer<'a>(paths: &'a [PathBuf], snapshot: &Snapshot) -> &'a [PathBuf] {
    match paths {
        [first, rest @ ..]
            if first.as_os_str() == LAYER && stamp::of(&snapshot.cwd.join(first)).is_none() =>
        {
            rest
        }
        all => all,
    }
}

/// Reads what is to be passed over.
fn ignored(
    args: &Clear,
    paths: &[PathBuf],
    ground: &Ground,
    area: &Area<'_>,
    snapshot: &Snapshot,
) -> Result<Option<Ignored>> {
    if args.ignore.is_empty() {
        return Ok(None);
    }
    let named = paths
        .iter()
        .map(|path| paths::normalised(&snapshot.cwd.join(path)));
    let spelled: Vec<PathBuf> = named.chain(area.promise.scope.as_spelled().trees).collect();
    let project = ground
        .project
        .as_ref()
        .map_or(&area.promise.project, |project| &project.root);
    let (cwd, home, is_named) = (
        snapshot.cwd.as_path(),
        snapshot.dirs.home.as_deref(),
        !paths.is_empty(),
    );
    let from = Standpoint {
        cwd,
        project,
        home,
        is_named,
        spelled: &spelled,
    };
    Ok(Some(Ignored::read(&args.ignore, &from)?))
}

/// Everything that goes.
#[derive(Default)]
struct Job {
    sweeps: Vec<Sweep>,
    debris: Vec<Leftover>,
    erased: Vec<Leftover>,
    /// Files that would be imported for want of a source, and stay.
    orphans: usize,
    spared: Vec<PathBuf>,
    /// What could not be looked into, beside what a sweep knows of that.
    missed: Failed,
}

impl Job {
    fn of(
        args: &Clear,
        area: &Area<'_>,
        ignored: Option<&Ignored>,
        report: &Report,
    ) -> Result<Self> {
        let mut job = Self::default();
        let extent = match (args.stale, args.orphans) {
            (true, _) => Extent::Stale,
            (_, true) => Extent::Orphans,
            _ => Extent::All,
        };
        let only_others = !(args.debris.is_empty() && args.erase.is_empty());
        if !only_others || args.stale || args.orphans || args.all || args.tests {
            let (tally, look) = (Tally::default(), Look::near(extent.depth(), ignored));
            let found = report.watch("looking", &tally, || area.census(look, &tally));
            let is_kept = |extent, place| extent != Extent::Orphans && place == Place::Alone;
            job.orphans = found
                .files()
                .filter(|(_, file)| is_kept(extent, file.place))
                .count();
            job.sweeps.push(Sweep::select(found, |file| {
                extent.takes(file) && (!args.tests || is_of_tests(file))
            }));
        }
        job.others(args, area, ignored)?;
        Ok(job)
    }

    /// Finds what is no bytecode: in the project itself, or in what was named, and in no source
    /// root elsewhere.
    fn others(&mut self, args: &Clear, area: &Area<'_>, ignored: Option<&Ignored>) -> Result<()> {
        let promise = &area.promise;
        let own = Scope::new(&promise.project, &[]);
        let scope = if args.paths.is_empty() {
            &own
        } else {
            &promise.scope
        };
        if !args.debris.is_empty() {
            let tools = tools(&args.debris);
            let roots: Vec<PathBuf> = promise
                .scope
                .filled
                .iter()
                .filter(|root| **root != promise.project)
                .cloned()
                .collect();
            let metadata = Metadata::of(&promise.project, &promise.site_packages, &roots);
            let (found, missed) = leftovers::find(
                scope,
                &Debris {
                    tools: &tools,
                    metadata: &metadata,
                },
                ignored,
            );
            self.debris = found;
            self.missed.extend(missed);
        }
        if !args.erase.is_empty() {
            let (found, missed) =
                leftovers::find(scope, &Erase::new(&args.erase, &scope.trees)?, ignored);
            self.erased = found;
            self.missed.extend(missed);
        }
        Ok(())
    }

    /// Leaves out what git tracks.
    fn spare(&mut self, area: &Area<'_>) {
        for sweep in &mut self.sweeps {
            let tracked = area.promise.tracked(sweep.directories(), None);
            self.spared.extend(sweep.spare(&tracked));
        }
        for leftovers in [&mut self.debris, &mut self.erased] {
            self.spared
                .extend(leftovers::spare(leftovers, area.promise.asker()));
        }
    }

    fn weigh(&self) -> Removed {
        let swept = |sweep: &Sweep| Removed {
            files: sweep.len(),
            bytes: sweep.bytes(),
            ..Removed::default()
        };
        let swept = self
            .sweeps
            .iter()
            .map(swept)
            .fold(Removed::default(), Removed::and);
        swept
            .and(leftovers::weigh(&self.debris))
            .and(leftovers::weigh(&self.erased))
    }

    fn remove(&self, folders: bool, tally: &Tally) -> Removed {
        tally.begin(self.sweeps.iter().map(Sweep::len).sum());
        let swept = self
            .sweeps
            .iter()
            .map(|sweep| sweep.apply(folders, tally))
            .fold(Removed::default(), Removed::and);
        let others = [&self.debris, &self.erased].map(|all| leftovers::remove(all, folders));
        others.into_iter().fold(swept, Removed::and)
    }

    fn missed(&self) -> Failed {
        self.sweeps
            .iter()
            .flat_map(|sweep| sweep.missed.clone())
            .chain(self.missed.clone())
            .collect()
    }

    fn shown(&self, removed: Removed, args: &Clear) -> Shown {
        let is_listed = args.dry_run || args.json;
        let swept = self.sweeps.iter().flat_map(Sweep::paths);
        let others = self.debris.iter().chain(&self.erased).map(Leftover::path);
        Shown {
            paths: if is_listed {
                swept.chain(others).collect()
            } else {
                Vec::new()
            },
            removed,
            is_dry: args.dry_run,
            orphans: self.orphans,
            spared: self.spared.clone(),
            links: self
                .sweeps
                .iter()
                .flat_map(|sweep| sweep.links.clone())
                .collect(),
            mounts: self
                .sweeps
                .iter()
                .flat_map(|sweep| sweep.mounts.clone())
                .collect(),
            missed: self.missed(),
        }
    }
}

fn tools(named: &[cache::Tool]) -> Vec<Tool> {
    let tool = |named: &cache::Tool| match named {
        cache::Tool::Coverage => vec![Tool::Coverage],
        cache::Tool::Jupyter => vec![Tool::Jupyter],
        cache::Tool::Mypy => vec![Tool::Mypy],
        cache::Tool::Package => vec![Tool::Package],
        cache::Tool::Pyre => vec![Tool::Pyre],
        cache::Tool::Pytest => vec![Tool::Pytest],
        cache::Tool::Ruff => vec![Tool::Ruff],
        cache::Tool::Tox => vec![Tool::Tox],
        cache::Tool::All => Tool::ALL.to_vec(),
    };
    named.iter().flat_map(tool).collect()
}

/// Asks before files that only a pattern names are removed; where nobody can answer, that is an
/// error.
fn confirmed(erased: &[Leftover], report: &Report) -> Result<bool> {
    let paths: Vec<PathBuf> = erased.iter().map(Leftover::path).collect();
    if !(output::err_is_terminal() && output::in_is_terminal()) {
        return Err(words::unasked(paths.len()).into());
    }
    words::ask(report, &paths);
    let answer = output::answer();
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
