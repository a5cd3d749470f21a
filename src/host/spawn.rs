//! Starting programs: in our place, to hear what they say, or detached from everything that called
//! us. Knows nothing of what the programs are.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::BorrowedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::io::FdFlags;

use super::signals::{self, Signal};
use super::{files, kin};

/// A program that goes on starting others is looked at so often before it is killed.
const MOST_LOOKS: usize = 10;

/// A program with its arguments and its whole environment.
#[derive(Clone, Debug)]
pub struct Program<'a> {
    pub path: &'a Path,
    pub name: &'a OsStr,
    pub args: &'a [OsString],
    pub env: Vec<(&'a OsStr, &'a OsStr)>,
}

impl<'a> Program<'a> {
    /// Returns a program that is called by its path.
    pub fn new(path: &'a Path, args: &'a [OsString], env: Vec<(&'a OsStr, &'a OsStr)>) -> Self {
        Self {
            path,
            name: path.as_os_str(),
            args,
            env,
        }
    }
}

impl Program<'_> {
    /// Returns the command that starts the program with this environment and no other.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(self.path);
        command
            .arg0(self.name)
            .args(self.args)
            .env_clear()
            .envs(self.env.iter().copied());
        command
    }

    /// Becomes the program. Returns only where that is impossible.
    pub fn exec(&self) -> io::Error {
        self.command().exec()
    }
}

/// What a program said.
#[derive(Debug)]
pub struct Said {
    pub status: ExitStatus,
    pub out: Vec<u8>,
    pub err: Vec<u8>,
}

/// Runs a program in a directory to its end and returns what it said; one that takes longer than
/// `limit` is killed, with all below it.
pub fn hear(program: &Program<'_>, cwd: &Path, limit: Duration) -> io::Result<Said> {
    hear_within(program, cwd, limit, u64::MAX)
}

/// As `hear`, of a program that may take so much memory of its own, where the system lets us say so
/// once it runs.
pub fn hear_within(
    program: &Program<'_>,
    cwd: &Path,
    limit: Duration,
    memory: u64,
) -> io::Result<Said> {
    let mut command = program.command();
    command
        .current_dir(cwd)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    bound(&child, memory);
    let (sender, receiver) = mpsc::channel();
    let pipes = (child.stdout.take(), child.stderr.take());
    std::thread::spawn(move || {
        let err = std::thread::spawn(move || drain(pipes.1));
        let _ = sender.send((drain(pipes.0), err.join().unwrap_or_default()));
    });
    let heard = receiver.recv_timeout(limit);
    if heard.is_err() {
        fell(&child);
    }
    let status = child.wait()?;
    let (out, err) = heard.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
    Ok(Said { status, out, err })
}

/// What a program answered.
#[derive(Debug, Default)]
pub struct Answers {
    pub lines: Vec<String>,
    /// Whether it said nothing for too long.
    pub hangs: bool,
}

/// Bounds the memory that a program may have for itself, below the bound that it has already.
fn bound(child: &Child, memory: u64) {
    #[cfg(target_os = "linux")]
    if memory < u64::MAX {
        use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
        let now = getrlimit(Resource::Data);
        let least = |bound: Option<u64>| Some(bound.map_or(memory, |bound| bound.min(memory)));
        let new = Rlimit {
            current: least(now.current),
            maximum: least(now.maximum),
        };
        let _ = prlimit(Some(Pid::from_child(child)), Resource::Data, new);
    }
    let _ = (child, memory);
}

/// Gives a program all of its input and returns the lines that it answers, each noted as it comes;
/// silence where it can't be started. One that says nothing for longer than `limit` is killed, with
/// all below it.
pub fn converse(program: &Program<'_>, input: &[u8], limit: Duration, note: impl Fn()) -> Answers {
    let mut command = program.command();
    command
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else {
        return Answers::default();
    };
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (sender, receiver) = mpsc::channel();
    let answers = std::thread::scope(|scope| {
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
        scope.spawn(move || {
            let lines = stdout
                .into_iter()
                .flat_map(|stdout| BufReader::new(stdout).lines().map_while(Result::ok));
            lines.for_each(|line| drop(sender.send(line)));
        });
        let mut answers = Answers::default();
        loop {
            match receiver.recv_timeout(limit) {
                Ok(line) => answers.lines.push(line),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    fell(&child);
                    answers.hangs = true;
                    break;
                }
            }
            note();
        }
        answers
    });
    let _ = child.wait();
    answers
}

/// Kills a program with all below it. It stays in our own group, so that Ctrl-C ends it as it ends
/// us. What is stopped starts nothing more and buries nobody, so that no number comes to mean
/// another process meanwhile.
fn fell(child: &Child) {
    let mut all = vec![child.id()];
    for _ in 0..MOST_LOOKS {
        all.iter()
            .for_each(|pid| signals::send_to(*pid, Signal::SIGSTOP));
        let seen = kin::tree_of(child.id());
        if seen == all {
            break;
        }
        all = seen;
    }
    all.iter()
        .for_each(|pid| signals::send_to(*pid, Signal::SIGKILL));
}

fn drain(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
    bytes
}

/// Starts a program of ours twice removed: the child leaves the caller's session and starts the
/// grandchild, and we wait for the child alone, so that nobody who waits for us, or reads from a
/// pipe of ours, waits for the work.
pub fn detach(exe: &Path, args: &[&OsStr], env: &[(&OsStr, &OsStr)]) -> io::Result<()> {
    let mut child = bare(exe, args, env).spawn()?;
    child.wait().map(drop)
}

/// As `detach`, for a caller that ends at once: it waits for nobody.
pub fn leave(exe: &Path, args: &[&OsStr], env: &[(&OsStr, &OsStr)]) -> io::Result<()> {
    bare(exe, args, env).spawn().map(drop)
}

/// The child's half of `detach`: leaves the session and every descriptor of the caller, then starts
/// the work.
pub fn detach_further(exe: &Path, args: &[&OsStr], env: &[(&OsStr, &OsStr)]) -> io::Result<()> {
    let _ = rustix::process::setsid();
    signals::release();
    close_foreign_on_exec();
    bare(exe, args, env).spawn().map(drop)
}

fn bare(exe: &Path, args: &[&OsStr], env: &[(&OsStr, &OsStr)]) -> Command {
    let mut command = Command::new(exe);
    command
        .args(args)
        .env_clear()
        .envs(env.iter().copied())
        .current_dir("/");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Marks every descriptor beyond the standard three, so that a program started from here does not
/// inherit it.
#[expect(
    unsafe_code,
    reason = "an inherited descriptor is known by its number alone"
)]
fn close_foreign_on_exec() {
    for name in files::names(Path::new("/dev/fd")) {
        let Some(number) = name
            .to_str()
            .and_then(|text| text.parse::<i32>().ok())
            .filter(|&n| n > 2)
        else {
            continue;
        };
        // SAFETY: the flag is set through the number alone, and a number that is no longer open
        // makes it fail.
        let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
        let _ = rustix::io::fcntl_setfd(descriptor, FdFlags::CLOEXEC);
    }
}

/// Gives way to everything else on the machine.
pub fn lower_priority() {
    let _ = rustix::process::nice(19);
}
