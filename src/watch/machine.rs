//! What becomes of a command when files change, when it ends or stops, and when somebody asks us to
//! end or stop: a state machine. Pure: who asks tells it what happened and when, and carries out
//! what it says, in order.

use std::time::Duration;

use super::ending::{Ending, Then, ended_by_terminal, status};
use super::look::Change;
use crate::host::job::End;
use crate::host::signals::Signal;

/// Who still runs so long after stopping itself could not be stopped, or goes on again.
const STOPPING: Duration = Duration::from_millis(200);

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Files changed, and that has come to rest.
    Changed(Vec<Change>),
    /// The command stopped; whether we have the terminal that it may lack.
    Stopped { signal: Signal, has_terminal: bool },
    /// The command ended, if not all of its group.
    Ended(End),
    /// Somebody sent us a signal.
    Asked(Signal),
    /// Time passed; whether any process of the group is left is told where that was asked for.
    Later { lives: bool },
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Start the command, because of these changes.
    Start(Vec<Change>),
    /// Send a signal to all of the command's group.
    Send(Signal),
    /// Bury the command itself, which has ended.
    Bury,
    TakeTerminal,
    /// Lend the terminal to the command, where we have it, and continue it.
    Continue,
    /// Have the others of our own group stop; we only hear of it.
    StopOthers,
    /// Stop.
    Stop,
    SayEnd(End),
    /// Say that a group did not end when it was asked to.
    SayKilled,
    Exit(u8),
}

/// How things stand.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Running,
    /// The command stopped, and we are about to follow.
    Stopping {
        until: Duration,
        needs_terminal: bool,
    },
    /// We followed. Either we were continued since, or could not be stopped.
    Stopped {
        until: Duration,
        needs_terminal: bool,
    },
    /// All of the command's group was asked to end.
    Ending(Ending),
    /// The command ended by itself.
    Over,
}

/// The machine.
#[derive(Clone, Debug)]
pub struct Machine {
    state: State,
    grace: Duration,
    follows: bool,
}

impl Machine {
    /// Returns the machine of a command that was just started; `follows`: whether we stop where the
    /// command stops, as a job of a shell.
    pub fn new(grace: Duration, follows: bool) -> Self {
        Self {
            state: State::Running,
            grace,
            follows,
        }
    }

    /// Returns when it wants to hear that time has passed.
    pub fn due(&self, now: Duration) -> Option<Duration> {
        match &self.state {
            State::Running | State::Over => None,
            State::Stopping { until, .. } | State::Stopped { until, .. } => Some(*until),
            State::Ending(ending) => Some(ending.due(now)),
        }
    }

    /// Returns whether it must be told if any process of the group is left.
    pub fn asks_for_life(&self) -> bool {
        matches!(&self.state, State::Ending(ending) if ending.is_over)
    }

    /// Notes that the command could not be started.
    pub fn failed(&mut self) {
        self.state = State::Over;
    }

    /// Decides.
    pub fn on(&mut self, event: Event, now: Duration) -> Vec<Act> {
        if let State::Ending(ending) = &mut self.state {
            let acts = ending.on(&event, now);
            if acts.iter().any(|act| matches!(act, Act::Start(_))) {
                self.state = State::Running;
            }
            return acts;
        }
        match event {
            Event::Changed(changes) => self.end(Signal::SIGTERM, Then::Start(changes), now),
            Event::Asked(Signal::SIGTSTP) => self.asked_to_stop(now),
            Event::Asked(Signal::SIGCONT) => self.go_on(),
            Event::Asked(signal) => self.end(signal, Then::Exit(status(signal)), now),
            Event::Stopped {
                signal,
                has_terminal,
            } => self.stopped(signal, has_terminal, now),
            Event::Ended(end) => self.ended(end, now),
            Event::Later { .. } => self.later(now),
        }
    }

    /// Ends all of the command's group. What is stopped can't end.
    fn end(&mut self, signal: Signal, then: Then, now: Duration) -> Vec<Act> {
        let is_over = self.state == State::Over;
        self.state = State::Ending(Ending::new(then, now + self.grace, is_over));
        let asked = vec![Act::Send(signal), Act::Send(Signal::SIGCONT)];
        // Once it is buried, nobody knows whose number it is.
        [asked, if is_over { vec![Act::Bury] } else { Vec::new() }].concat()
    }

    fn asked_to_stop(&mut self, now: Duration) -> Vec<Act> {
        match self.state {
            // It will stop, and we follow; or it will not, as is its right.
            State::Running => vec![Act::Send(Signal::SIGTSTP)],
            State::Over => vec![Act::Stop],
            State::Stopping { needs_terminal, .. } => {
                self.state = State::Stopped {
                    until: now + STOPPING,
                    needs_terminal,
                };
                vec![Act::Stop]
            }
            // Left over from before.
            State::Stopped { .. } | State::Ending(_) => Vec::new(),
        }
    }

    fn go_on(&mut self) -> Vec<Act> {
        if self.state == State::Over {
            return Vec::new();
        }
        self.state = State::Running;
        vec![Act::Continue]
    }

    /// Follows a command that stopped, so that the shell sees a job that stopped.
    fn stopped(&mut self, signal: Signal, has_terminal: bool, now: Duration) -> Vec<Act> {
        let needs_terminal = matches!(signal, Signal::SIGTTIN | Signal::SIGTTOU);
        if !self.follows || self.state != State::Running {
            return Vec::new();
        }
        if needs_terminal && has_terminal {
            return vec![Act::Continue];
        }
        self.state = State::Stopping {
            until: now + STOPPING,
            needs_terminal,
        };
        vec![Act::TakeTerminal, Act::StopOthers]
    }

    fn ended(&mut self, end: End, now: Duration) -> Vec<Act> {
        self.state = State::Over;
        let acts = vec![Act::TakeTerminal];
        match ended_by_terminal(end) {
            Some(signal) => [
                acts,
                self.end(Signal::SIGTERM, Then::Exit(status(signal)), now),
            ]
            .concat(),
            None => [acts, vec![Act::SayEnd(end)]].concat(),
        }
    }

    fn later(&mut self, now: Duration) -> Vec<Act> {
        match self.state {
            State::Stopping { until, .. } if now >= until => {
                self.state = State::Running;
                Vec::new()
            }
            State::Stopped {
                until,
                needs_terminal,
            } if now >= until => {
                self.state = State::Running;
                // What has no terminal to read from would only stop again.
                if needs_terminal {
                    Vec::new()
                } else {
                    vec![Act::Continue]
                }
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
