//! One turn of the hook: a shell asks what it is to have from now on. Not part of the command line:
//! only the scripts in `shell/` call it. It reads what the decision hangs on, has `hook` decide,
//! and prints text for the shell.

mod judge;

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use judge::Judged;

use super::settle;
use crate::env::session::{self, RECORD, VARIABLE};
use crate::env::{Env, Patch, Snapshot};
use crate::hook::decide::{self, Decision, Facts, Situation};
use crate::hook::state::State;
use crate::hook::trace::Trace;
use crate::hook::watch::{Look, Variables};
use crate::host::alone;
use crate::host::{Memory, clock, files, output, stamp};
use crate::project::find::{self, Found, Kind};
use crate::project::inherited;
use crate::project::manifests::Manifests;
use crate::project::switch::{self, DISABLE, Switch};
use crate::project::{inputs, select};
use crate::python::policy::Policy;
use crate::report::{Report, hook};
use crate::shell::{Aliases, Change, Eye, Shell, Turn, Watch};
use crate::values::digest;
use crate::values::fault::Fault;

/// The hidden command.
const COMMAND: &str = "__turn";

/// Runs one turn, where the arguments ask for it; returns the exit status.
pub fn run(snapshot: &Snapshot) -> Option<u8> {
    let started_ns = clock::now_ns();
    let [_, command, words @ .., cwd] = snapshot.args.as_slice() else {
        return None;
    };
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let [shell, version, owner, state] = words[..] else {
        return None;
    };
    let shell = Shell::named(shell).filter(|_| command == COMMAND)?;
    let snapshot = &Snapshot {
        cwd: believed(cwd, snapshot),
        ..snapshot.clone()
    };
    let report = Report::plain(&snapshot.env);
    let mut env = snapshot.env.clone();
    env.put(RECORD, None);
    let asked = Asked {
        snapshot,
        report: &report,
        shell,
        eye: shell.eye(version),
        env,
        started_ns,
    };
    let turn = asked.turn(State::parse(state, owner));
    Some(u8::from(output::out(&shell.turn(&turn)).is_err()))
}

/// Returns where the shell believes to be. A directory that was renamed or removed is no longer
/// anywhere, wherever the process may be.
fn believed(cwd: &OsString, snapshot: &Snapshot) -> PathBuf {
    let place = |path: &Path| stamp::of(path).map(|stamp| (stamp.dev, stamp.ino));
    let (path, here) = (PathBuf::from(cwd), place(&snapshot.cwd));
    let is_here = place(&path).is_none_or(|place| Some(place) == here);
    if path.is_absolute()
        && is_here
        && (path == snapshot.cwd || alone::is_spelling(&path, snapshot.user))
    {
        path
    } else {
        snapshot.cwd.clone()
    }
}

/// What a shell asks with.
struct Asked<'a> {
    snapshot: &'a Snapshot,
    report: &'a Report,
    shell: Shell,
    eye: Eye,
    /// As the shell has it.
    env: Env,
    started_ns: i64,
}

impl Asked<'_> {
    fn turn(&self, mut state: State) -> Turn {
        let (home, places) = (
            self.snapshot.dirs.home.as_deref(),
            self.snapshot.dirs.state.as_deref(),
        );
        self.snapshot
            .dirs
            .refused
            .iter()
            .for_each(|fault| self.say_once(&mut state, fault, ""));
        let base = inherited::undo(&self.snapshot.env, places);
        if let Some(why) = base.lost {
            self.say_once(
                &mut state,
                &Fault::new(format!("cannot undo what an outer devenv set: {why}")),
                "",
            );
        }
        // What is looked at before anything is read can't have changed unseen.
        let mut look = Look::at(
            self.started_ns,
            inputs::of_search(&self.snapshot.cwd, self.snapshot),
        );
        let mut manifests = Manifests::default();
        let found = find::find(&self.snapshot.cwd, home, &mut manifests);
        let is_same = found
            .as_ref()
            .is_none_or(|found| self.narrow(&mut look, found));
        let switch = self.switch(found.as_ref());
        let judged = match found {
            Some(found) if found.kind == Kind::Configured && switch.off.is_none() => {
                self.judge(found, &base, &mut manifests, &mut state)
            }
            _ => Judged::bare(),
        };
        let facts = Facts {
            env: &self.env,
            base: &base.env,
            applied: &base.applied,
            state: &state,
            situation: &judged.situation,
            switch: &switch.generation,
        };
        let decision = decide::decide(&facts);
        let is_same = look.again(judged.paths.clone()) && is_same;
        self.told(decision, (&state, &base.env), &judged, &mut look, is_same)
    }

    /// Looks no more at what lies above the project, and at what decides how it stands. Returns
    /// whether all else is as it was.
    fn narrow(&self, look: &mut Look, found: &Found) -> bool {
        look.seen
            .retain(|(path, _)| !inputs::is_above(path, &found.root));
        look.again(inputs::of_standing(&found.root, self.snapshot))
    }

    fn switch(&self, found: Option<&Found>) -> Switch {
        let root = found.and_then(|found| files::canonical(&found.root));
        switch::read(
            root.as_deref(),
            self.snapshot.dirs.state.as_deref(),
            &self.env,
        )
    }

    /// Makes the text of a decision, and everything else that follows from it.
    fn told(
        &self,
        decision: Decision,
        (before, base): (&State, &Env),
        judged: &Judged,
        look: &mut Look,
        is_same: bool,
    ) -> Turn {
        let Decision {
            mut env,
            record,
            mut state,
        } = decision;
        let kept = self.record(record, &mut env);
        let changes = self.holdable(decide::changes(&self.env, &env), &mut state);
        self.leave_the_rest(&changes, &mut env);
        if let Situation::In(stay) = &judged.situation {
            if !judged.quiet {
                hook::say_entered(self.report, &stay.profile, &self.env, &changes);
            }
            let is_new = before.root.as_ref() != Some(&stay.root) || !changes.is_empty();
            if is_new && judged.policy.is_some_and(|policy| policy != Policy::Cached) {
                settle::leave(&stay.root, &stay.profile, self.snapshot, base);
            }
        }
        let (gone, new) = if state.aliases == before.aliases {
            (Vec::new(), Vec::new())
        } else {
            (before.aliases.clone(), state.aliases.clone())
        };
        let program = self.snapshot.exe.as_os_str().as_bytes().to_vec();
        let watch = if is_same {
            self.watch(look, &env, &mut state)
        } else {
            None
        };
        let memory = Memory::new(self.snapshot.dirs.cache.as_deref());
        let decided = judged.situation.to_string();
        Trace::of(look, self.snapshot.cwd.clone(), decided, watch.is_some())
            .keep(&state.owner, &memory);
        Turn {
            changes,
            aliases: Aliases { gone, new, program },
            state: state.text(),
            record: kept,
            watch,
        }
    }

    /// Records what is applied; returns the record where no file can hold it.
    fn record(&self, record: Option<(Patch, String)>, env: &mut Env) -> String {
        let Some((patch, profile)) = record else {
            return inherited::kept(&self.snapshot.env);
        };
        if patch.0.is_empty() {
            env.put(VARIABLE, None);
            return String::new();
        }
        let session = inherited::record(&patch, &profile, self.snapshot.dirs.state.as_deref());
        let kept = if session.is_some() {
            String::new()
        } else {
            digest::hex(&session::encode(&patch))
        };
        env.put(VARIABLE, session.map(|session| session.value()));
        kept
    }

    fn holdable(
        &self,
        changes: Vec<(OsString, Option<OsString>)>,
        state: &mut State,
    ) -> Vec<Change> {
        let mut out = Vec::new();
        let mut there = self.env.clone();
        for (name, value) in changes {
            let Ok(name) = name.into_string() else {
                continue;
            };
            if self
                .shell
                .holds(&name, value.as_deref(), there.iter().map(|(name, _)| name))
            {
                there.put(&name, value.clone());
                out.push((name, value));
            } else {
                let what = format!("{} can't hold the value of `{name}`", self.shell.name());
                self.say_once(state, &Fault::new(what), "");
            }
        }
        out
    }

    /// Has what the shell can't hold be as it is there, or every prompt would find it changed.
    fn leave_the_rest(&self, changes: &[Change], env: &mut Env) {
        for (name, _) in decide::changes(&self.env, env) {
            if !changes.iter().any(|(told, _)| name == told.as_str()) {
                env.put(&name, self.env.get(&name).map(ToOwned::to_owned));
            }
        }
    }

    fn watch(&self, look: &mut Look, env: &Env, state: &mut State) -> Option<Watch> {
        let whole_seconds = matches!(
            self.eye,
            Eye::Stamp {
                whole_seconds: true
            } | Eye::Change {
                whole_seconds: true
            }
        );
        if whole_seconds || matches!(self.eye, Eye::Stamp { .. } | Eye::Write) {
            look.add_directories_of_links();
        }
        if look.is_racy(whole_seconds) {
            return None;
        }
        let lists: &[&str] = if state.left.is_empty() {
            &[]
        } else {
            &["PATH", "PYTHONPATH"]
        };
        let names = [
            &[
                VARIABLE,
                select::VARIABLE,
                DISABLE,
                "UV_PROJECT_ENVIRONMENT",
            ],
            lists,
        ]
        .concat();
        let variables = Variables { names: &names, env };
        let places = self.snapshot.dirs.state.as_deref();
        let watch = look.watch(self.eye, &self.snapshot.cwd, variables, places);
        if watch.is_none() && matches!(self.eye, Eye::Stamp { .. }) {
            let what = "its state directory can't be written: every prompt asks devenv";
            self.say_once(state, &Fault::new(what), "");
        }
        watch
    }

    /// Says something in one line, once in the life of a shell.
    fn say_once(&self, state: &mut State, fault: &Fault, about: &str) {
        let line = self.report.line(fault);
        if state.say(&format!("{line}{about}")) {
            self.report.words(&line);
        }
    }
}
