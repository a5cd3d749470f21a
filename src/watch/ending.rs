//! The end of a command and of all of its group: politely, then firmly, and what comes after it. A
//! part of the machine, and as pure.

use std::time::Duration;

use super::look::Change;
use super::machine::{Act, Event};
use crate::host::job::End;
use crate::host::signals::Signal;

/// After `SIGKILL` a group is gone within this span, or can't be ended by anybody.
const LAST: Duration = Duration::from_secs(2);

/// How often to see whether the rest of a group is gone.
const PACE: Duration = Duration::from_millis(10);

/// What a shell exits with for Ctrl-C, and tools that start others pass on.
const INTERRUPTED: i32 = 128 + Signal::SIGINT as i32;

/// A group that was asked to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    then: Then,
    until: Duration,
    is_killed: bool,
    /// Whether it had all of its time.
    is_late: bool,
    /// Whether the command itself has ended.
    pub(super) is_over: bool,
}

/// What comes after the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Start(Vec<Change>),
    Exit(u8),
}

impl Ending {
    /// Returns the end of a group that has until then to end by itself.
    pub(super) fn new(then: Then, until: Duration, is_over: bool) -> Self {
        Self {
            then,
            until,
            is_killed: false,
            is_late: false,
            is_over,
        }
    }

    /// Returns when it wants to hear that time has passed.
    pub(super) fn due(&self, now: Duration) -> Duration {
        if self.is_over {
            self.until.min(now + PACE)
        } else {
            self.until
        }
    }

    /// Decides.
    pub(super) fn on(&mut self, event: &Event, now: Duration) -> Vec<Act> {
        match *event {
            // What is started next reads everything anew.
            Event::Changed(_) | Event::Asked(Signal::SIGTSTP | Signal::SIGCONT) => Vec::new(),
            Event::Asked(signal) => self.hurry(signal, now),
            Event::Stopped { .. } => vec![Act::Send(Signal::SIGCONT)],
            // By which signal says nothing now: many programs make Ctrl-C of what asks them to end.
            Event::Ended(_) => {
                self.is_over = true;
                vec![Act::TakeTerminal, Act::Bury]
            }
            Event::Later { lives } if self.is_over && !lives => self.done(),
            Event::Later { .. } if now >= self.until => self.firmly(now),
            Event::Later { .. } => Vec::new(),
        }
    }

    /// Gives no more time to who is asked to end twice.
    fn hurry(&mut self, signal: Signal, now: Duration) -> Vec<Act> {
        if let Then::Exit(_) = self.then {
            return if self.is_killed {
                Vec::new()
            } else {
                self.kill(now)
            };
        }
        self.then = Then::Exit(status(signal));
        vec![Act::Send(signal)]
    }

    fn firmly(&mut self, now: Duration) -> Vec<Act> {
        if self.is_killed {
            return self.done();
        }
        self.is_late = true;
        self.kill(now)
    }

    fn kill(&mut self, now: Duration) -> Vec<Act> {
        (self.is_killed, self.until) = (true, now + LAST);
        vec![Act::Send(Signal::SIGKILL)]
    }

    /// Goes on. Only now has the terminal its modes again, in which words are words.
    fn done(&self) -> Vec<Act> {
        let then = match &self.then {
            Then::Start(changes) => Act::Start(changes.clone()),
            Then::Exit(status) => Act::Exit(*status),
        };
        self.is_late
            .then_some(Act::SayKilled)
            .into_iter()
            .chain([then])
            .collect()
    }
}

/// Returns the signal of a terminal by which a command was ended: Ctrl-C, Ctrl-\ or its hanging up.
pub(super) fn ended_by_terminal(end: End) -> Option<Signal> {
    match end {
        End::Killed(signal @ (Signal::SIGINT | Signal::SIGQUIT | Signal::SIGHUP)) => Some(signal),
        End::Exit(INTERRUPTED) => Some(Signal::SIGINT),
        _ => None,
    }
}

/// Returns the exit status of who was ended by a signal.
pub(super) fn status(signal: Signal) -> u8 {
    u8::try_from(128 + signal as i32).unwrap_or(u8::MAX)
}
