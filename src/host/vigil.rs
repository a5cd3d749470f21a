//! Waiting for the end of a process that we did not start, and of those that have its environment.
//! Decides nothing about what follows.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, test_kill_process};

use super::{clock, files, kin, stamp};

/// A process that can't be waited for is looked at so often.
const INTERVAL: Duration = Duration::from_millis(250);

/// Others are looked for less and less often, down to this.
const LONGEST: Duration = Duration::from_secs(16);

/// A process, so that another one with its number is not taken for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    pid: u32,
    /// When it was started, in words of the system; empty where the system does not say.
    started: String,
}

impl Watched {
    /// Returns this process, which may become a program.
    pub fn this() -> Self {
        let pid = std::process::id();
        Self {
            pid,
            started: kin::start_of(pid).unwrap_or_default(),
        }
    }

    /// Reads what `text` wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (pid, started) = text.split_once(':')?;
        Some(Self {
            pid: pid.parse().ok()?,
            started: started.to_owned(),
        })
    }

    /// Returns the process as a text.
    pub fn text(&self) -> String {
        format!("{}:{}", self.pid, self.started)
    }

    /// Waits for its end.
    pub fn wait(&self) {
        let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) else {
            return;
        };
        wait_by_descriptor(pid, || self.lives());
        while self.lives() {
            clock::pause(INTERVAL);
        }
    }

    fn lives(&self) -> bool {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let is_same = || kin::start_of(self.pid).unwrap_or_default() == self.started;
        pid.is_some_and(|pid| test_kill_process(pid).is_ok())
            && is_same()
            && !kin::is_buried(self.pid)
    }
}

/// Waits for a process without looking at it again and again, where the system knows how. The
/// descriptor is of the process that has the number now: whether it is still the one that is meant
/// is asked after it was opened.
#[cfg(target_os = "linux")]
fn wait_by_descriptor(pid: Pid, lives: impl Fn() -> bool) {
    use rustix::event::{PollFd, PollFlags, poll};
    let Ok(descriptor) = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty())
    else {
        return;
    };
    while lives() {
        let _ = poll(&mut [PollFd::new(&descriptor, PollFlags::IN)], None);
    }
}

#[cfg(not(target_os = "linux"))]
fn wait_by_descriptor(_pid: Pid, _lives: impl Fn() -> bool) {}

/// Waits until no other process of a user was started with these bytes in its environment; where
/// the system does not say, for nobody.
pub fn wait_for_heirs(uid: u32, bytes: &[u8]) {
    let mut interval = INTERVAL;
    while has_heirs(uid, bytes) {
        clock::pause(interval);
        interval = LONGEST.min(2 * interval);
    }
}

fn has_heirs(uid: u32, bytes: &[u8]) -> bool {
    let proc = Path::new("/proc");
    let is_other = |number: &u32| *number != std::process::id();
    let numbers = files::names(proc)
        .into_iter()
        .filter_map(|name| name.to_str()?.parse::<u32>().ok());
    let mut directories = numbers
        .filter(is_other)
        .map(|number| proc.join(number.to_string()));
    directories.any(|directory| {
        let is_own = stamp::of(&directory).is_some_and(|stamp| stamp.uid == uid);
        let env = if is_own {
            files::read(&directory.join("environ")).ok().flatten()
        } else {
            None
        };
        env.is_some_and(|env| env.windows(bytes.len()).any(|part| part == bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_number_and_its_start() {
        let this = Watched::this();
        assert_eq!(Watched::parse(&this.text()), Some(this.clone()));
        assert!(this.lives());
        let other = Watched {
            started: format!("{}0", this.started),
            ..this
        };
        assert!(!other.lives());
        other.wait();
        assert_eq!(Watched::parse("x"), None);
    }
}
