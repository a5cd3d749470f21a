//! `devenv run --watch`: starts the command again when a source, or an input of its plan, changes.
//! Hears of files, of signals and of the command's turns on one channel, asks `watch` what follows,
//! and has that carried out.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::cli::Run;
use crate::commands::run::again::Good;
use crate::commands::run::fresh;
use crate::commands::run::start::cannot_run;
use crate::env::Snapshot;
use crate::host::clock;
use crate::host::job::Turn;
use crate::host::signals::{self, Signal};
use crate::report::{Report, watch as words};
use crate::watch::look::{Change, Look};
use crate::watch::machine::{Act, Event, Machine};
use crate::watch::settle::INTERVAL;
use crate::watch::stage::Stage;
use crate::watch::watcher::Watcher;

/// What a command that is asked to end is given, in seconds, where nothing else is said.
const GRACE: u64 = 5;

/// What changes so often while it is read is taken as it is.
const ROUNDS: usize = 4;

/// What is heard.
enum Heard {
    Woken,
    Signal(Signal),
    /// A turn of the command of this number.
    Command(u64, Turn),
}

/// Runs the command again and again; returns the exit status.
pub(super) fn run(args: &Run, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let (sender, heard) = mpsc::channel();
    // Before any thread is started: each inherits it.
    let held = signals::hold().context("cannot wait for signals")?;
    let (of_signals, of_files) = (sender.clone(), sender.clone());
    held.listen(move |signal| drop(of_signals.send(Heard::Signal(signal))));
    let (stage, grace) = (Stage::new(), args.grace.unwrap_or(GRACE));
    let mut watch = Watch {
        args: args.clone(),
        fresh: args.fresh.then(|| fresh::prefix(snapshot)),
        snapshot,
        report: report.once(),
        sender,
        watcher: Watcher::new(move || drop(of_files.send(Heard::Woken))),
        machine: Machine::new(Duration::from_secs(grace), stage.has_terminal()),
        stage,
        grace,
        number: 0,
        good: None,
        fault: None,
    };
    if let Some(prefix) = &watch.fresh {
        fresh::make(prefix, snapshot);
    }
    watch.launch()?;
    watch.forget_what_is_done_once();
    watch.listen(&heard)
}

/// A command that is started again and again.
struct Watch<'a> {
    args: Run,
    /// The prefix of runs that are to find no bytecode.
    fresh: Option<PathBuf>,
    snapshot: &'a Snapshot,
    report: Report,
    sender: Sender<Heard>,
    watcher: Watcher,
    machine: Machine,
    stage: Stage,
    grace: u64,
    /// The number of the command that runs.
    number: u64,
    /// What was read last and can be acted on.
    good: Option<Good>,
    /// Why what is there now can't be acted on, as it was said.
    fault: Option<String>,
}

impl Watch<'_> {
    fn listen(&mut self, heard: &Receiver<Heard>) -> Result<u8> {
        loop {
            let event = match self.next(heard) {
                Ok(Heard::Woken) => {
                    self.watcher.stir();
                    None
                }
                Ok(Heard::Signal(signal)) => Some(Event::Asked(signal)),
                Ok(Heard::Command(number, turn)) if number == self.number => {
                    Some(self.turned(turn))
                }
                Ok(Heard::Command(..)) | Err(_) => None,
            };
            let changed = self.look_around().map(Event::Changed);
            for event in event.into_iter().chain(changed) {
                if let Some(status) = self.decide(event) {
                    return Ok(status);
                }
            }
            if let Some(status) = self.decide(self.later()) {
                return Ok(status);
            }
        }
    }

    /// Waits for the next thing to happen, no longer than until something is due.
    fn next(&self, heard: &Receiver<Heard>) -> Result<Heard, RecvTimeoutError> {
        let now = clock::steady();
        match [self.watcher.due(), self.machine.due(now)]
            .into_iter()
            .flatten()
            .min()
        {
            Some(due) => heard.recv_timeout(due.saturating_sub(now)),
            None => heard.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    fn turned(&self, turn: Turn) -> Event {
        match turn {
            Turn::Stopped(signal) => Event::Stopped {
                signal,
                has_terminal: self.stage.terminal_is_ours(),
            },
            Turn::Ended(end) => Event::Ended(end),
        }
    }

    fn later(&self) -> Event {
        Event::Later {
            lives: self.machine.asks_for_life() && self.stage.lives(),
        }
    }

    /// Looks, where that is due. What can't be acted on and is all that changed is no reason to
    /// start anything.
    fn look_around(&mut self) -> Option<Vec<Change>> {
        let changes = self.watcher.look_around();
        self.complain();
        let changes = changes?;
        let view = self.watcher.view();
        let is_input = changes
            .iter()
            .all(|change| view.inputs.contains(&change.path));
        (!is_input || self.read().is_some()).then_some(changes)
    }

    fn complain(&mut self) {
        if let Some(error) = self.watcher.complaint() {
            words::say_deaf(&self.report, &error, INTERVAL);
        }
    }

    /// Has everything carried out that follows from an event; returns the exit status where that is
    /// the end.
    fn decide(&mut self, event: Event) -> Option<u8> {
        for act in self.machine.on(event, clock::steady()) {
            self.stage.carry_out(&act);
            match act {
                Act::Start(changes) => self.start_again(&changes),
                Act::SayEnd(end) => words::say_end(&self.report, end),
                Act::SayKilled => words::say_killed(&self.report, self.grace),
                Act::Exit(status) => return Some(status),
                _ => {}
            }
        }
        None
    }

    fn start_again(&mut self, changes: &[Change]) {
        words::say_restart(&self.report, changes, &self.watcher.view());
        if let Err(error) = self.launch() {
            self.report.error(&error);
            self.machine.failed();
        }
    }

    /// Reads everything anew, keeps the promise and starts the command. Fails where nothing can be
    /// acted on yet.
    fn launch(&mut self) -> Result<()> {
        let look = self.gather()?;
        self.complain();
        let Some(good) = &self.good else {
            return Ok(());
        };
        let ready = good.prepare(&self.args, self.snapshot, &self.report);
        self.number += 1;
        let (number, sender) = (self.number, self.sender.clone());
        let hear = move |turn| drop(sender.send(Heard::Command(number, turn)));
        let program = good.program.as_path();
        let started = self
            .stage
            .start(&self.snapshot.exe, &ready.program(program), hear);
        self.watcher.begin(look);
        started.map_err(|error| cannot_run(program, error))
    }

    /// Reads everything, and returns how all that it hangs on looked before.
    fn gather(&mut self) -> Result<Look> {
        for _ in 0..ROUNDS {
            let look = self.watcher.look();
            let good = match Good::read(
                &self.args,
                self.fresh.as_deref(),
                self.snapshot,
                &self.report,
            ) {
                Err(error)
                    if self
                        .good
                        .as_ref()
                        .is_none_or(|good| good.is_overtaken(self.snapshot)) =>
                {
                    return Err(error);
                }
                Err(error) => {
                    self.say_once(&error);
                    return Ok(look);
                }
                Ok(good) => good,
            };
            let is_known = good.view == self.watcher.view();
            self.watcher.watch(good.view.clone());
            (self.good, self.fault) = (Some(good), None);
            if is_known {
                return Ok(look);
            }
        }
        Ok(self.watcher.look())
    }

    /// Returns what can be acted on now; where nothing can, says why.
    fn read(&mut self) -> Option<Good> {
        let read = Good::read(
            &self.args,
            self.fresh.as_deref(),
            self.snapshot,
            &self.report,
        );
        read.inspect_err(|error| self.say_once(error)).ok()
    }

    fn say_once(&mut self, error: &anyhow::Error) {
        let text = self.report.worded(error);
        if self.fault.as_ref() != Some(&text) {
            self.report.words(&text);
            self.fault = Some(text);
        }
    }

    /// Trust is asked for anew before every start, and what was cleared stays so.
    fn forget_what_is_done_once(&mut self) {
        let is_cleared = self.args.clear.take().is_some();
        self.args.allow = false;
        self.good
            .iter_mut()
            .filter(|_| is_cleared)
            .for_each(Good::cleared);
    }
}
