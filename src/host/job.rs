//! A program that leads a group of processes of its own: started, heard of, signalled and buried.
//! As long as it is not buried, nobody else's group can get its number.

use std::io;
use std::os::unix::process::CommandExt;

use rustix::process::{Pid, WaitId, WaitIdOptions, WaitIdStatus, waitid};

use super::kin;
use super::signals::{self, Signal};
use super::spawn::Program;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exit(i32),
    Killed(Signal),
    /// Nobody saw how: who called us has the system bury children unseen.
    Unseen,
}

/// What became of the leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Stopped(Signal),
    Ended(End),
}

/// A group of processes.
#[derive(Debug)]
pub struct Job {
    leader: Pid,
    is_buried: bool,
}

impl Job {
    /// Starts a program. Each turn of it is handed over, in a thread of its own.
    pub fn start(program: &Program<'_>, hear: impl Fn(Turn) + Send + 'static) -> io::Result<Self> {
        let child = program.command().process_group(0).spawn()?;
        let leader = i32::try_from(child.id())
            .ok()
            .and_then(Pid::from_raw)
            .ok_or(io::ErrorKind::InvalidData)?;
        std::thread::spawn(move || listen(leader, hear));
        Ok(Self {
            leader,
            is_buried: false,
        })
    }

    /// Returns the number of the group.
    pub fn group(&self) -> u32 {
        self.leader.as_raw_nonzero().get().unsigned_abs()
    }

    /// Sends a signal to the whole group.
    pub fn send(&self, signal: Signal) {
        signals::send(self.leader.as_raw_nonzero().get(), signal);
    }

    /// Buries the leader, which has ended.
    pub fn bury(&mut self) {
        if !self.is_buried {
            let _ = waitid(
                WaitId::Pid(self.leader),
                WaitIdOptions::EXITED | WaitIdOptions::NOHANG,
            );
            self.is_buried = true;
        }
    }

    /// Returns whether any process of the group is left. What ended and is never buried, as where
    /// process 1 buries nobody, does not count.
    pub fn lives(&self) -> bool {
        let group = self.leader.as_raw_nonzero().get();
        signals::is_there(group) && kin::is_alive(group)
    }
}

/// Hears of each turn until the end. The end itself is left for the burial.
fn listen(leader: Pid, hear: impl Fn(Turn)) {
    let all = WaitIdOptions::EXITED | WaitIdOptions::STOPPED;
    loop {
        let status = match waitid(WaitId::Pid(leader), all | WaitIdOptions::NOWAIT) {
            Ok(Some(status)) => status,
            Ok(None) | Err(rustix::io::Errno::INTR) => continue,
            Err(_) => return hear(Turn::Ended(End::Unseen)),
        };
        if let Some(end) = end(&status) {
            return hear(Turn::Ended(end));
        }
        let _ = waitid(
            WaitId::Pid(leader),
            WaitIdOptions::STOPPED | WaitIdOptions::NOHANG,
        );
        status
            .stopping_signal()
            .and_then(signal)
            .into_iter()
            .for_each(|signal| hear(Turn::Stopped(signal)));
    }
}

fn end(status: &WaitIdStatus) -> Option<End> {
    let killed = || {
        status
            .terminating_signal()
            .map(|number| End::Killed(signal(number).unwrap_or(Signal::SIGKILL)))
    };
    status.exit_status().map(End::Exit).or_else(killed)
}

fn signal(number: i32) -> Option<Signal> {
    Signal::try_from(number).ok()
}
