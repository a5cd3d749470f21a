//! The stage on which a command runs again and again: its group of processes, and the terminal that
//! is lent to it and taken back, with its modes. Carries out what the machine says of both.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use super::machine::Act;
use crate::host::job::{Job, Turn};
use crate::host::signals::{self, Signal};
use crate::host::spawn::Program;
use crate::host::terminal::{Modes, Terminal};

/// The hidden step in which the command's process takes the terminal, before it becomes the
/// command: were the terminal given to it from outside, it could be asked for before.
pub const COMMAND: &str = "__become";

/// The words for what that step does first.
pub const WITH_TERMINAL: &str = "foreground";
const AS_IT_IS: &str = "background";

/// A command and its terminal.
#[derive(Debug)]
pub struct Stage {
    /// Nothing where no terminal controls us.
    terminal: Option<Terminal>,
    is_lent: bool,
    /// The modes that the command had when it stopped.
    modes: Option<Modes>,
    job: Option<Job>,
}

impl Stage {
    /// Returns an empty stage.
    pub fn new() -> Self {
        Self {
            terminal: Terminal::open(),
            is_lent: false,
            modes: None,
            job: None,
        }
    }

    /// Returns whether a terminal controls us.
    pub fn has_terminal(&self) -> bool {
        self.terminal.is_some()
    }

    /// Returns whether we have the terminal, so that it can be lent.
    pub fn terminal_is_ours(&self) -> bool {
        self.terminal.as_ref().is_some_and(Terminal::is_ours)
    }

    /// Starts a command, with the terminal where we have it.
    pub fn start(
        &mut self,
        exe: &Path,
        program: &Program<'_>,
        hear: impl Fn(Turn) + Send + 'static,
    ) -> io::Result<()> {
        let is_lent = self.terminal_is_ours();
        let place = OsStr::new(if is_lent { WITH_TERMINAL } else { AS_IT_IS });
        let head = [
            OsStr::new(COMMAND),
            place,
            program.path.as_os_str(),
            program.name,
        ]
        .map(OsStr::to_owned);
        let args: Vec<OsString> = head
            .into_iter()
            .chain(program.args.iter().cloned())
            .collect();
        self.job = Some(Job::start(
            &Program::new(exe, &args, program.env.clone()),
            hear,
        )?);
        (self.is_lent, self.modes) = (is_lent, None);
        Ok(())
    }

    /// Returns whether any process of the command's group is left.
    pub fn lives(&self) -> bool {
        self.job.as_ref().is_some_and(Job::lives)
    }

    /// Carries out an act, where it is one about the command or the terminal.
    pub fn carry_out(&mut self, act: &Act) {
        match act {
            Act::Send(signal) => self.send(*signal),
            Act::Bury => self.job.iter_mut().for_each(Job::bury),
            Act::TakeTerminal | Act::Exit(_) => self.take_terminal(),
            Act::Continue => self.go_on(),
            Act::StopOthers => signals::stop_group(),
            Act::Stop => signals::stop(),
            Act::Start(_) | Act::SayEnd(_) | Act::SayKilled => {}
        }
    }

    fn send(&self, signal: Signal) {
        self.job.iter().for_each(|job| job.send(signal));
    }

    fn take_terminal(&mut self) {
        if let Some(terminal) = self.terminal.as_ref().filter(|_| self.is_lent) {
            self.modes = terminal.modes();
            terminal.take_back();
            self.is_lent = false;
        }
    }

    fn go_on(&mut self) {
        if let (Some(terminal), Some(job)) = (&self.terminal, &self.job)
            && terminal.is_ours()
        {
            terminal.lend(job.group(), self.modes.as_ref());
            self.is_lent = true;
        }
        self.send(Signal::SIGCONT);
    }
}
