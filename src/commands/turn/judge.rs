//! How a shell stands in a configured project: what is applied there, or why nothing is, which is
//! said once.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Asked;
use crate::bytecode::apart::Where;
use crate::commands::ground::Ground;
use crate::env::{Operation, operation};
use crate::hook::decide::{Situation, Stay};
use crate::hook::state::State;
use crate::host::{Memory, files};
use crate::project::Project;
use crate::project::brought;
use crate::project::find::Found;
use crate::project::inherited::Base;
use crate::project::inputs;
use crate::project::load::{self, Reading};
use crate::project::manifests::Manifests;
use crate::project::plan::{self, Plan};
use crate::project::trust::{self, Standing};
use crate::project::venv::VIRTUAL_ENV;
use crate::python::policy::Policy;
use crate::report::trust as words;
use crate::values::fault::Fault;

/// What was found out about the directory.
pub(super) struct Judged {
    pub(super) situation: Situation,
    /// What else it hangs on.
    pub(super) paths: Vec<PathBuf>,
    pub(super) quiet: bool,
    /// What the bytecode of the project is kept by, in the background.
    pub(super) policy: Option<Policy>,
}

impl Judged {
    pub(super) fn bare() -> Self {
        Self {
            situation: Situation::Bare,
            paths: Vec::new(),
            quiet: true,
            policy: None,
        }
    }

    fn waiting(root: &Path) -> Self {
        Self {
            situation: Situation::Waiting(root.to_owned()),
            ..Self::bare()
        }
    }
}

impl Asked<'_> {
    /// Judges a configured project; says what stands in the way, once.
    pub(super) fn judge(
        &self,
        found: Found,
        base: &Base,
        manifests: &mut Manifests,
        state: &mut State,
    ) -> Judged {
        let root = found.root.clone();
        let resolved = files::canonical(&root).unwrap_or_else(|| root.clone());
        if trust::is_denied(&resolved, self.snapshot.dirs.state.as_deref()) {
            return Judged::bare();
        }
        let memory = Memory::new(self.snapshot.dirs.cache.as_deref());
        let project = match load::project_of(
            found,
            self.snapshot,
            &base.env,
            manifests,
            &memory,
            Reading::OnceTrusted,
        ) {
            Ok(project) => project,
            Err(error) => return self.broken(&root, &error, base, state),
        };
        let paths = inputs::of_plan(&project);
        project
            .warnings
            .iter()
            .for_each(|fault| self.say_once(state, fault, ""));
        let standing = project.standing(self.snapshot);
        let judged = if matches!(standing, Standing::Trusted) {
            self.planned(&project, base, memory, state)
        } else {
            let fault = words::refusal(self.report, &standing, &project.root).expect("not trusted");
            self.say_once(state, &fault, &project.digest);
            Ok(self.waiting(&root, base))
        };
        let judged = judged.unwrap_or_else(|error| self.broken(&root, &error, base, state));
        Judged {
            paths: [paths, judged.paths].concat(),
            ..judged
        }
    }

    /// Waits for the user: what is applied stays, but for an environment that came with the
    /// checkout, whose programs are first on `PATH`.
    fn waiting(&self, root: &Path, base: &Base) -> Judged {
        let applied = base
            .applied
            .0
            .get(OsStr::new(VIRTUAL_ENV))
            .and_then(|change| change.after.as_ref());
        let project = files::canonical(root).unwrap_or_else(|| root.to_owned());
        let memory = Memory::new(self.snapshot.dirs.cache.as_deref());
        let is_uninvited =
            |venv| brought::is_uninvited(Path::new(venv), &project, self.snapshot, &memory);
        if applied.is_some_and(is_uninvited) {
            Judged::bare()
        } else {
            Judged::waiting(root)
        }
    }

    fn broken(&self, root: &Path, error: &anyhow::Error, base: &Base, state: &mut State) -> Judged {
        let fault = error.downcast_ref::<Fault>().cloned();
        self.say_once(
            state,
            &fault.unwrap_or_else(|| Fault::new(format!("{error:#}"))),
            "",
        );
        self.waiting(root, base)
    }

    fn planned(
        &self,
        project: &Project,
        base: &Base,
        memory: Memory,
        state: &mut State,
    ) -> Result<Judged> {
        let choice = project.choice(None, self.snapshot, &base.env)?;
        let mut plan = project.plan(&choice.name)?;
        let ground = Ground::of_hook(base.env.clone(), memory, self.snapshot);
        let (apart, path) = self.apart(&ground, project, &plan, state);
        plan.operations.extend(apart);
        let aliases = project.config.aliases.keys().cloned().collect();
        let stay = Stay {
            root: project.root.clone(),
            profile: plan.profile,
            operations: plan.operations,
            aliases: self.possible(aliases, state),
        };
        let quiet = project.config.quiet;
        Ok(Judged {
            situation: Situation::In(stay),
            paths: path,
            quiet,
            policy: Some(plan.policy),
        })
    }

    /// Returns the prefix that it takes to keep the promise: as remembered, else by keeping it now.
    fn apart(
        &self,
        ground: &Ground,
        project: &Project,
        plan: &Plan,
        state: &mut State,
    ) -> (Option<Operation>, Vec<PathBuf>) {
        if matches!(plan.policy, Policy::Cached | Policy::Isolated) {
            return (None, Vec::new());
        }
        let env = operation::apply(&plan.operations, &ground.env);
        let interpreter = ground.interpreter(project, &env, &project.root, false);
        let promise = ground.promise_for(interpreter, project, plan, &env, self.snapshot, false);
        let place = promise.place();
        let prefix = place
            .recall()
            .map_or_else(|| promise.keep().prefix, Where::prefix);
        if prefix.is_some() {
            let fault = Fault::new("bytecode of this project is kept apart")
                .hint("`devenv run -- true` says why");
            self.say_once(state, &fault, &project.digest);
        }
        (prefix.map(plan::apart), place.path().into_iter().collect())
    }

    /// Returns the aliases that can be commands of a shell.
    fn possible(&self, aliases: Vec<String>, state: &mut State) -> Vec<String> {
        let (reserved, possible): (Vec<String>, Vec<String>) = aliases
            .into_iter()
            .partition(|name| self.shell.reserves(name));
        if let Some(fault) = no_commands(&reserved) {
            self.say_once(state, &fault, "");
        }
        possible
    }
}

/// Words which aliases can be no commands of a shell; all in one line, of which a shell remembers
/// that it was said.
fn no_commands(reserved: &[String]) -> Option<Fault> {
    let names = reserved
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let fault = match reserved {
        [] => return None,
        [_] => Fault::new(format!("the alias {names} is a word of the shell")),
        _ => Fault::new(format!("the aliases {names} are words of the shell")),
    };
    Some(fault.hint(format!("devenv run {}", reserved[0])))
}
