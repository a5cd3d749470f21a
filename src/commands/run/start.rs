//! What stands before the start of a command: the plan as it is on disk now, the command with its
//! alias in its place, and the promise about bytecode. Who starts it, and how often, is for others
//! to say.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::bytecode::preview::Preview;
use crate::bytecode::promise::{Notice, Promise};
use crate::bytecode::sweep::Extent;
use crate::cli::{ClearWhat, Run};
use crate::commands::ground::{self, Ground};
use crate::commands::once;
use crate::env::session::VARIABLE;
use crate::env::{Action, Env, Operation, Origin, Patch, Snapshot, operation};
use crate::host::files;
use crate::host::programs::{self, Found};
use crate::host::spawn::Program;
use crate::project::Project;
use crate::project::config::{Clear, Config};
use crate::project::load::Reading;
use crate::project::no_project::Outside;
use crate::project::plan::{Plan, absolute, apart};
use crate::project::{consent, inherited};
use crate::python::policy::{DONT_WRITE, PREFIX};
use crate::report::{Report, notices, trust};
use crate::values::fault::Fault;

const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Makes tools compile although Python may not write.
const UV_COMPILE: &str = "UV_COMPILE_BYTECODE";

/// Everything that the start of a command depends on.
pub(super) struct Start<'a> {
    pub(super) args: &'a Run,
    pub(super) snapshot: &'a Snapshot,
    pub(super) report: &'a Report,
    pub(super) ground: &'a Ground,
    /// The prefix of a run that is to find no bytecode.
    pub(super) fresh: Option<&'a Path>,
}

/// Returns what of a project is read: what it would be allowed with `--allow`, or what it was.
pub(super) fn reading(args: &Run) -> Reading {
    if args.allow {
        Reading::Whole
    } else {
        Reading::OnceTrusted
    }
}

/// What a command is started with.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) plan: Plan,
    pub(super) env: Env,
    pub(super) command: Vec<OsString>,
}

impl Prepared {
    /// Returns the command as a program to start.
    pub(super) fn program<'a>(&'a self, path: &'a Path) -> Program<'a> {
        Program {
            path,
            name: &self.command[0],
            args: &self.command[1..],
            env: self.env.iter().collect(),
        }
    }

    /// Has a prefix that is another directory in every working directory be the one that it is
    /// here.
    fn make_absolute(&mut self, cwd: &Path) {
        let Some(set) = absolute(&self.env, cwd) else {
            return;
        };
        self.env = operation::apply(std::slice::from_ref(&set), &self.env);
        self.plan.operations.push(set);
    }

    /// Adds that bytecode is kept apart, where that is not what the plan says already.
    fn add(&mut self, prefix: Option<PathBuf>) {
        let is_new = |prefix: &PathBuf| self.env.get(PREFIX) != Some(prefix.as_os_str());
        let Some(prefix) = prefix.filter(is_new) else {
            return;
        };
        let set = apart(prefix);
        self.env = operation::apply(std::slice::from_ref(&set), &self.env);
        self.plan.operations.push(set);
    }
}

impl Start<'_> {
    /// Decides what the command is started with.
    pub(super) fn prepare(&self) -> Result<Prepared> {
        match &self.ground.project {
            Some(project) => self.inside(project),
            None => self.outside(),
        }
    }

    fn outside(&self) -> Result<Prepared> {
        if self.args.clear.is_some() {
            return Err(Fault::new("no project here to clear")
                .hint("devenv init")
                .into());
        }
        self.report.warn(&ground::no_project());
        let outside = Outside::load(self.snapshot)?;
        outside
            .config
            .warnings
            .iter()
            .for_each(|fault| self.report.warn(fault));
        let plan = outside.plan(self.args.profile.as_deref(), &self.ground.env)?;
        Ok(self.prepared(plan, &outside.config))
    }

    fn inside(&self, project: &Project) -> Result<Prepared> {
        let shows = self.args.dry_run || self.args.explain;
        let allows = self.args.allow && !shows && project.is_configured();
        if !allows {
            ground::require_trust(project, self.snapshot, self.report)?;
        }
        let profile = project
            .choice(
                self.args.profile.as_deref(),
                self.snapshot,
                &self.ground.env,
            )?
            .name;
        let plan = project.plan(&profile)?;
        if allows {
            let meaning = project.meaning(self.snapshot.dirs.state.as_deref(), true);
            trust::say_change(self.report, &project.standing(self.snapshot), &meaning);
            consent::allow(project, self.snapshot, None)?;
        }
        let mut ready = self.prepared(plan, &project.config);
        ready.make_absolute(&self.snapshot.cwd);
        Ok(ready)
    }

    fn prepared(&self, plan: Plan, config: &Config) -> Prepared {
        let (plan, command) = (self.adjusted(plan), self.expanded(config));
        Prepared {
            env: operation::apply(&plan.operations, &self.ground.env),
            plan,
            command,
        }
    }

    /// Returns the plan with what the command line says besides the profile.
    fn adjusted(&self, mut plan: Plan) -> Plan {
        match self.args.clear {
            Some(ClearWhat::All) => plan.clear = Clear::All,
            Some(ClearWhat::Stale) => plan.clear = Clear::Stale,
            None => {}
        }
        if let Some(prefix) = self.fresh {
            plan.clear = Clear::Never;
            let origin = || Origin::rule("--fresh");
            let set = |name, value: OsString| Operation::new(name, Action::Set(value), origin());
            plan.operations
                .extend([set(PREFIX, prefix.into()), set(DONT_WRITE, "1".into())]);
            plan.operations
                .push(Operation::new(UV_COMPILE, Action::Unset, origin()));
        }
        plan
    }

    /// Returns the command with an alias in its place, expanded once.
    fn expanded(&self, config: &Config) -> Vec<OsString> {
        let (first, rest) = self
            .args
            .command
            .split_first()
            .expect("clap demands a command");
        let alias = first.to_str().and_then(|name| config.aliases.get(name));
        let words = alias.map_or_else(
            || vec![first.clone()],
            |alias| alias.words.iter().map(OsString::from).collect(),
        );
        words.into_iter().chain(rest.iter().cloned()).collect()
    }

    /// Returns the program that the first word of the command stands for.
    pub(super) fn program(&self, ready: &Prepared) -> Result<PathBuf> {
        let name = ready.command[0].as_os_str();
        let is_value = name
            .to_str()
            .is_some_and(|name| Clear::parse(name).is_some());
        match programs::find(name, ready.env.get("PATH"), &self.snapshot.cwd) {
            Found::Program(path) => Ok(path),
            Found::NotExecutable(path) => Err(not_executable(&path.display().to_string())),
            Found::Missing if self.args.clear.is_some() && is_value => Err(not_a_value(name)),
            Found::Missing => Err(not_found(name)),
        }
    }

    /// Returns what the plan promises about bytecode; nothing outside any project, or where none is
    /// looked at.
    pub(super) fn promise(&self, ready: &Prepared) -> Option<Promise<'_>> {
        let project = self.ground.project.as_ref().filter(|_| !self.args.fresh)?;
        Some(self.ground.promise(
            project,
            &ready.plan,
            &ready.env,
            self.snapshot,
            !self.args.no_fill,
        ))
    }

    /// Clears what is to be cleared, keeps the promise, and gives the command the prefix that this
    /// takes.
    pub(super) fn keep(&self, ready: &mut Prepared) {
        let Some(promise) = self.promise(ready) else {
            return;
        };
        let cleared: Vec<Notice> = extent(ready.plan.clear)
            .map(|extent| promise.clear(extent))
            .unwrap_or_default();
        notices::say(self.report, &cleared);
        let mut kept = promise.keep();
        ready.add(kept.prefix.clone());
        let place = kept.prefix.as_deref().or(promise.prefix.as_deref());
        let other = self.reads(ready, &promise, place);
        kept.notices
            .extend(other.and_then(|other| promise.keep_in(other.prefix().as_deref())));
        once::say(
            self.report,
            &self.told(ready),
            &self.ground.memory,
            self.snapshot,
        );
        ground::follow_up(&kept, &self.ground.memory, self.snapshot, self.report);
    }

    /// Returns what `keep` would do, and adds the prefix that it would give.
    pub(super) fn preview(&self, ready: &mut Prepared) -> Option<Preview> {
        let promise = self.promise(ready)?;
        let mut preview = promise.preview(extent(ready.plan.clear));
        ready.add(preview.prefix.clone());
        let place = preview.prefix.as_deref().or(promise.prefix.as_deref());
        let other = self.reads(ready, &promise, place);
        other
            .into_iter()
            .for_each(|other| promise.preview_in(other.prefix().as_deref(), &mut preview));
        Some(preview)
    }

    /// Records what was changed, and tells the command where.
    pub(super) fn sign(&self, ready: &mut Prepared) {
        let patch = self.patch(ready);
        if !self.args.fresh && !patch.0.is_empty() {
            inherited::sign(
                &mut ready.env,
                &patch,
                &ready.plan.profile,
                self.snapshot.dirs.state.as_deref(),
            );
        }
    }

    /// Tells what `sign` would tell the command, and records nothing.
    pub(super) fn foresee_signature(&self, ready: &mut Prepared) {
        let (patch, state) = (self.patch(ready), self.snapshot.dirs.state.as_deref());
        let session = inherited::foresee(&patch, &ready.plan.profile, state);
        if let Some(value) = session.filter(|_| !self.args.fresh && !patch.0.is_empty()) {
            let set = Operation::new(
                VARIABLE,
                Action::Set(value.value()),
                Origin::rule("names the record of these changes"),
            );
            ready.env = operation::apply(std::slice::from_ref(&set), &ready.env);
            ready.plan.operations.push(set);
        }
    }

    fn patch(&self, ready: &Prepared) -> Patch {
        Patch::between(
            &self.ground.env,
            &ready.env,
            &operation::list_names(&ready.plan.operations),
        )
    }
}

/// Returns how much is cleared.
fn extent(clear: Clear) -> Option<Extent> {
    match clear {
        Clear::Never => None,
        Clear::Stale => Some(Extent::Stale),
        Clear::All => Some(Extent::All),
    }
}

/// Words that a program could not be started.
pub(super) fn cannot_run(program: &Path, error: io::Error) -> anyhow::Error {
    let exit = if files::is_absent(&error) {
        NOT_FOUND
    } else {
        NOT_EXECUTABLE
    };
    anyhow::Error::new(error)
        .context(Fault::new(format!("cannot run `{}`", program.display())).exit(exit))
}

fn not_executable(path: &str) -> anyhow::Error {
    Fault::new(format!("cannot run `{path}`: it is no executable file"))
        .exit(NOT_EXECUTABLE)
        .into()
}

/// Words what follows where a value was meant for the option in front of it.
fn not_a_value(name: &OsStr) -> anyhow::Error {
    let name = name.to_string_lossy();
    Fault::new(format!("cannot find `{name}`"))
        .hint(format!("write `--clear={name}`"))
        .exit(NOT_FOUND)
        .into()
}

fn not_found(name: &OsStr) -> anyhow::Error {
    Fault::new(format!("cannot find `{}`", name.to_string_lossy()))
        .hint("is it on PATH, or an alias of the project? `devenv status` shows both")
        .exit(NOT_FOUND)
        .into()
}
