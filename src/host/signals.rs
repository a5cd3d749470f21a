//! Signals that are held back in every thread and handed to one listener, one after the other.
//! Sends them, too. What follows from a signal is for others to say.

use std::io;
use std::path::Path;

pub use nix::sys::signal::Signal;
use nix::sys::signal::{SigSet, kill, killpg, raise};
use nix::unistd::Pid;

use super::files;

/// What asks a program to end, to stop, or to go on.
const ASKING: [Signal; 6] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGTSTP,
    Signal::SIGCONT,
];

/// The signals that are held back.
#[derive(Clone, Copy, Debug)]
pub struct Held(SigSet);

/// Holds signals back in this thread, in those that it starts from now on, and in programs, until
/// they `release` them. What the caller had us ignore stays ignored, as for `nohup`.
pub fn hold() -> io::Result<Held> {
    let ignored = ignored();
    let mut held = SigSet::empty();
    ASKING
        .into_iter()
        .filter(|signal| !is_in(ignored, *signal))
        .for_each(|signal| held.add(signal));
    held.thread_block()?;
    hold_output()?;
    Ok(Held(held))
}

/// Lets this thread take a terminal, and write to it, while another group has it.
pub(super) fn hold_output() -> io::Result<()> {
    let mut output = SigSet::empty();
    output.add(Signal::SIGTTOU);
    Ok(output.thread_block()?)
}

/// Suffers signals as ever, in a process that was started by one that holds them back.
pub fn release() {
    let mut all = SigSet::empty();
    ASKING
        .into_iter()
        .chain([Signal::SIGTTOU])
        .for_each(|signal| all.add(signal));
    let _ = all.thread_unblock();
}

impl Held {
    /// Hands over each signal, in a thread of its own.
    pub fn listen(self, hear: impl Fn(Signal) + Send + 'static) {
        std::thread::spawn(move || {
            while let Ok(signal) = self.0.wait() {
                hear(signal);
            }
        });
    }
}

/// Stops this process as Ctrl-Z does, unless nobody could continue it. Returns when it goes on.
pub fn stop() {
    let mut stop = SigSet::empty();
    stop.add(Signal::SIGTSTP);
    // Raised in this thread, so that no listener in another one gets it.
    if stop.thread_unblock().is_ok() {
        let _ = raise(Signal::SIGTSTP);
        let _ = stop.thread_block();
    }
}

/// Has our own group stop; this process only hears of it.
pub fn stop_group() {
    let _ = killpg(Pid::from_raw(0), Signal::SIGTSTP);
}

/// Sends a signal to a group of processes, where there is one.
pub(super) fn send(group: i32, signal: Signal) {
    // Groups 0 and 1 mean our own one and everybody.
    if group > 1 {
        let _ = killpg(Pid::from_raw(group), signal);
    }
}

/// Sends a signal to one process.
pub(super) fn send_to(pid: u32, signal: Signal) {
    // Below that, everybody, our own group and process 1 are meant.
    if let Some(pid) = i32::try_from(pid).ok().filter(|pid| *pid > 1) {
        let _ = kill(Pid::from_raw(pid), signal);
    }
}

/// Returns whether a group has any process, be it one that only waits to be buried.
pub(super) fn is_there(group: i32) -> bool {
    killpg(Pid::from_raw(group), None) != Err(nix::errno::Errno::ESRCH)
}

/// Returns the signals that we ignore, a bit for each. Only Linux says so without asking for each
/// in turn, which there is no safe way for.
fn ignored() -> u64 {
    let status = files::text(Path::new("/proc/self/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok())
        .unwrap_or_default()
}

fn is_in(set: u64, signal: Signal) -> bool {
    set >> (signal as i32 - 1) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ignored_is_read_bit_by_bit() {
        assert!(
            is_in(0b1, Signal::SIGHUP)
                && is_in(0b110, Signal::SIGQUIT)
                && !is_in(0b110, Signal::SIGHUP)
        );
        // Every program of Rust ignores this one.
        assert!(!cfg!(target_os = "linux") || is_in(ignored(), Signal::SIGPIPE));
    }
}
