//! Everything that a start hangs on, read anew from disk: project, trust, plan, command, and the
//! files from which all of that was decided. How often is for `watch` to say.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cli::Run;
use crate::commands::ground::Ground;
use crate::commands::run::start::{Prepared, Start, reading};
use crate::env::Snapshot;
use crate::git::glance;
use crate::host::{files, stamp};
use crate::project::Project;
use crate::project::brought;
use crate::project::config::Clear;
use crate::project::inputs::{self, Inputs};
use crate::project::venv::Venv;
use crate::report::{Report, watch as words};
use crate::tree::scope::Scope;
use crate::watch::look::View;

/// What a command can be started with.
pub(super) struct Good {
    ground: Ground,
    fresh: Option<PathBuf>,
    ready: Prepared,
    pub(super) program: PathBuf,
    /// The files that it was decided from, and those that the command runs.
    pub(super) view: View,
}

impl Good {
    /// Reads everything.
    pub(super) fn read(
        args: &Run,
        fresh: Option<&Path>,
        snapshot: &Snapshot,
        report: &Report,
    ) -> Result<Self> {
        let ground = Ground::read(&snapshot.cwd, snapshot, report, !args.fresh, reading(args))?;
        let project = ground
            .project
            .as_ref()
            .ok_or_else(words::nothing_to_watch)?;
        let start = Start {
            args,
            snapshot,
            report,
            ground: &ground,
            fresh,
        };
        let ready = start.prepare()?;
        let program = start.program(&ready)?;
        let view = view(project, &ready, &program, snapshot);
        let fresh = fresh.map(Path::to_owned);
        Ok(Self {
            ground,
            fresh,
            ready,
            program,
            view,
        })
    }

    /// Keeps the promise about bytecode, and returns what the command is started with now.
    pub(super) fn prepare(&self, args: &Run, snapshot: &Snapshot, report: &Report) -> Prepared {
        let start = Start {
            args,
            snapshot,
            report,
            ground: &self.ground,
            fresh: self.fresh.as_deref(),
        };
        let mut ready = self.ready.clone();
        start.keep(&mut ready);
        start.sign(&mut ready);
        ready
    }

    /// Returns whether another environment lies in the place of the one that it was read with,
    /// which came with the checkout: then nothing can be started until the user decided.
    pub(super) fn is_overtaken(&self, snapshot: &Snapshot) -> bool {
        let Some(project) = &self.ground.project else {
            return false;
        };
        let is_uninvited = |venv: &Venv| {
            brought::is_uninvited(&venv.path, &project.resolved, snapshot, &self.ground.memory)
        };
        project.venv.as_ref().is_some_and(is_uninvited)
    }

    /// Notes that what was to be cleared once is cleared.
    pub(super) fn cleared(&mut self) {
        self.ready.plan.clear = Clear::Never;
    }
}

fn view(project: &Project, ready: &Prepared, program: &Path, snapshot: &Snapshot) -> View {
    let scope = Scope::new(&project.resolved, &project.own_roots(&ready.plan.profile));
    let Inputs { mut files, choices } = inputs::of_run(project, &snapshot.cwd, snapshot);
    files.extend(scripts(project, &scope, ready, program, snapshot));
    let targets = files.iter().filter_map(|file| target_of(file)).collect();
    let locks = scope
        .trees
        .iter()
        .filter_map(|tree| glance::lock_above(tree))
        .collect();
    View {
        scope,
        inputs: files,
        choices,
        targets,
        locks,
    }
}

/// Returns the files of the project that the command names, be they modules or not: scripts, and
/// what they read.
fn scripts(
    project: &Project,
    scope: &Scope,
    ready: &Prepared,
    program: &Path,
    snapshot: &Snapshot,
) -> impl Iterator<Item = PathBuf> {
    let venv = project
        .venv
        .as_ref()
        .and_then(|venv| files::canonical(&venv.path));
    let words = ready
        .command
        .iter()
        .skip(1)
        .map(|word| snapshot.cwd.join(word));
    let named = std::iter::once(program.to_owned())
        .chain(words)
        .filter(|path| stamp::is_file(path));
    let is_own = move |path: &PathBuf| {
        let is_foreign = venv.as_ref().is_some_and(|venv| path.starts_with(venv));
        !is_foreign && scope.tree_of(path).is_some()
    };
    named
        .filter_map(|path| files::canonical(&path))
        .filter(is_own)
}

/// Returns what a link leads to; of anything else, nothing.
fn target_of(path: &Path) -> Option<PathBuf> {
    files::target_of(path).and_then(|_| files::canonical(path))
}
