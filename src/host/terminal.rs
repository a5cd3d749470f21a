//! The terminal that controls this process: which group of processes has it, and its modes. Lends
//! and takes it; when is for others to say.

use std::fs::File;

use rustix::process::{Pid, getpgid, getpgrp, getsid};
use rustix::termios::{self, OptionalActions, Termios};

use super::signals;

/// How a terminal treats what is typed and shown.
pub type Modes = Termios;

/// The terminal, with the modes that it had at first.
#[derive(Debug)]
pub struct Terminal {
    device: File,
    first: Modes,
}

impl Terminal {
    /// Opens the terminal; nothing where none controls us.
    pub fn open() -> Option<Self> {
        let device = File::options()
            .read(true)
            .write(true)
            .open("/dev/tty")
            .ok()?;
        let first = termios::tcgetattr(&device).ok()?;
        Some(Self { device, first })
    }

    /// Returns whether our own group has it.
    pub fn is_ours(&self) -> bool {
        termios::tcgetpgrp(&self.device).is_ok_and(|group| group == getpgrp())
    }

    /// Returns its modes.
    pub fn modes(&self) -> Option<Modes> {
        termios::tcgetattr(&self.device).ok()
    }

    /// Gives it to another group, with these modes.
    pub fn lend(&self, group: u32, modes: Option<&Modes>) {
        if let Some(modes) = modes {
            self.set(modes);
        }
        if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
            let _ = termios::tcsetpgrp(&self.device, group);
        }
    }

    /// Takes it back, with the modes that it had at first; not from the shell, which may have put
    /// us into the background.
    pub fn take_back(&self) {
        if self.is_shells() {
            return;
        }
        let _ = termios::tcsetpgrp(&self.device, getpgrp());
        self.set(&self.first);
    }

    /// Returns whether the leader of our session has it, from which we run apart.
    fn is_shells(&self) -> bool {
        let shell = getsid(None).and_then(|leader| getpgid(Some(leader)));
        let owner = termios::tcgetpgrp(&self.device);
        shell.is_ok_and(|shell| shell != getpgrp() && owner == Ok(shell))
    }

    /// Sets modes at once: waiting until all is shown would wait for a terminal that Ctrl-S holds.
    fn set(&self, modes: &Modes) {
        let _ = termios::tcsetattr(&self.device, OptionalActions::Now, modes);
    }
}

/// Takes the terminal for the group of this process, which is about to become another program.
pub fn claim() {
    if signals::hold_output().is_ok()
        && let Ok(device) = File::options().read(true).write(true).open("/dev/tty")
    {
        let _ = termios::tcsetpgrp(&device, getpgrp());
    }
}
