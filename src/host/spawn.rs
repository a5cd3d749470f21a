//! Starting programs: in our place, to hear what they say, or detached from everything that called us.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::os::fd::BorrowedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::io::FdFlags;

use super::files;

/// A program with its arguments and its whole environment.
#[derive(Clone, Debug)]
pub(crate) struct Program<'a> {
    pub(crate) path: &'a Path,
    pub(crate) name: &'a OsStr,
    pub(crate) args: &'a [OsString],
    pub(crate) env: Vec<(&'a OsStr, &'a OsStr)>,
}

impl Program<'_> {
    /// Returns the command that starts the program with this environment and no other.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(self.path);
        command.arg0(self.name).args(self.args).env_clear().envs(self.env.iter().copied());
        command
    }

    /// Becomes the program. Returns only where that is impossible.
    pub(crate) fn exec(&self) -> io::Error {
        self.command().exec()
    }
}

/// What a program said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: ExitStatus,
    pub(crate) out: Vec<u8>,
    pub(crate) err: Vec<u8>,
}

/// Runs a command to its end and returns what it said; one that takes longer than `limit` is killed.
pub(crate) fn hear(command: &mut Command, limit: Duration) -> io::Result<Said> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (sender, receiver) = mpsc::channel();
    let pipes = (child.stdout.take(), child.stderr.take());
    std::thread::spawn(move || {
        let err = std::thread::spawn(move || drain(pipes.1));
        let _ = sender.send((drain(pipes.0), err.join().unwrap_or_default()));
    });
    let heard = receiver.recv_timeout(limit);
    if heard.is_err() {
        child.kill()?;
    }
    let status = child.wait()?;
    let (out, err) = heard.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
    Ok(Said { status, out, err })
}

fn drain(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
    bytes
}

/// Starts a program of ours twice removed: the child leaves the caller's session and starts the grandchild, and we
/// wait for the child alone, so that nobody who waits for us, or reads from a pipe of ours, waits for the work.
pub(crate) fn detach(exe: &Path, args: &[&OsStr], env: &[(&OsStr, &OsStr)]) -> io::Result<()> {
    let mut child = bare(exe, args, env).spawn()?;
    child.wait().map(drop)
}

/// The child's half of `detach`: leaves the session and every descriptor of the caller, then starts the work.
pub(crate) fn detach_further(exe: &Path, args: &[&OsStr], env: &[(&OsStr, &OsStr)]) -> io::Result<()> {
    let _ = rustix::process::setsid();
    close_foreign_on_exec();
    bare(exe, args, env).spawn().map(drop)
}

fn bare(exe: &Path, args: &[&OsStr], env: &[(&OsStr, &OsStr)]) -> Command {
    let mut command = Command::new(exe);
    command.args(args).env_clear().envs(env.iter().copied()).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Marks every descriptor beyond the standard three, so that a program started from here does not inherit it.
#[expect(unsafe_code, reason = "an inherited descriptor is known by its number alone")]
fn close_foreign_on_exec() {
    for name in files::names(Path::new("/dev/fd")) {
        let Some(number) = name.to_str().and_then(|text| text.parse::<i32>().ok()).filter(|&n| n > 2) else { continue };
        // SAFETY: the flag is set through the number alone, and a number that is no longer open makes it fail.
        let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
        let _ = rustix::io::fcntl_setfd(descriptor, FdFlags::CLOEXEC);
    }
}

/// Gives way to everything else on the machine.
pub(crate) fn lower_priority() {
    let _ = rustix::process::nice(19);
}

/// Starts a worker that reads lines from us and answers in lines.
pub(crate) fn worker(program: &Path, args: &[&str], env: &[(&OsStr, &OsStr)]) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(env.iter().copied()).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
}
