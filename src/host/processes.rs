//! Other processes of the machine: what each was started as, where, and when. Reads `/proc`, and
//! where there is none asks `ps`, which does not know directories.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::spawn::{self, Program};
use super::{clock, files, kin, stamp};

const SECOND_NS: i64 = 1_000_000_000;

/// Ticks of a second, in which the system counts; every system that has `/proc` reports in this
/// unit.
const TICKS: i64 = 100;

/// A system without `/proc` is asked this long.
const PATIENCE: Duration = Duration::from_secs(3);

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    pub args: Vec<OsString>,
    /// Nothing where the system does not say.
    pub cwd: Option<PathBuf>,
    pub started_ns: i64,
}

/// Returns the processes of a user whose command line, as it stands, holds one of these words.
pub fn of_user(uid: u32, words: &[&[u8]]) -> Vec<Process> {
    let proc = Path::new("/proc");
    if !stamp::is_file(&proc.join("self/stat")) {
        return by_ps(uid, words);
    }
    let numbers = files::names(proc)
        .into_iter()
        .filter_map(|name| name.to_str()?.parse::<u32>().ok());
    let boot = boot_ns();
    numbers
        .filter_map(|pid| in_proc(pid, &proc.join(pid.to_string()), uid, words, boot))
        .collect()
}

/// Returns what a process was started as; nothing where the system does not say.
pub fn args_of(pid: u32) -> Vec<OsString> {
    let directory = Path::new("/proc").join(pid.to_string());
    let arg = |arg: &[u8]| OsString::from_vec(arg.to_vec());
    match files::read(&directory.join("cmdline")) {
        Ok(Some(line)) => line.split(|&byte| byte == 0).map(arg).collect(),
        _ => ps(&["-o", "args=", "-p", &pid.to_string()])
            .split(u8::is_ascii_whitespace)
            .map(arg)
            .collect(),
    }
}

/// Returns when the system was started.
#[cfg(target_os = "linux")]
fn boot_ns() -> i64 {
    let since = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    clock::now_ns() - (since.tv_sec * SECOND_NS + since.tv_nsec)
}

/// Other systems have no `/proc` whose times count from there.
#[cfg(not(target_os = "linux"))]
fn boot_ns() -> i64 {
    0
}

fn holds_any(line: &[u8], words: &[&[u8]]) -> bool {
    words
        .iter()
        .any(|word| word.is_empty() || line.windows(word.len()).any(|part| part == *word))
}

fn in_proc(pid: u32, directory: &Path, uid: u32, words: &[&[u8]], boot: i64) -> Option<Process> {
    let args = files::read(&directory.join("cmdline")).ok()??;
    (holds_any(&args, words) && stamp::of(directory)?.uid == uid).then_some(())?;
    let args: Vec<OsString> = args
        .split(|&byte| byte == 0)
        .map(|arg| OsString::from_vec(arg.to_vec()))
        .collect();
    let ticks: i64 = kin::fields(directory)?.get(19)?.parse().ok()?;
    let args = args[..args.len() - 1].to_vec();
    let cwd = files::target_of(&directory.join("cwd"));
    let started_ns = boot + ticks * (SECOND_NS / TICKS);
    (!args.is_empty()).then_some(Process {
        pid,
        args,
        cwd,
        started_ns,
    })
}

fn by_ps(uid: u32, words: &[&[u8]]) -> Vec<Process> {
    let out = ps(&["-axo", "pid=,uid=,etime=,args="]);
    let now = clock::now_ns();
    let lines = out
        .split(|&byte| byte == b'\n')
        .filter(|line| holds_any(line, words));
    lines.filter_map(|line| of_ps(line, uid, now)).collect()
}

fn ps(args: &[&str]) -> Vec<u8> {
    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
    let env = vec![
        (OsStr::new("PATH"), OsStr::new("/usr/bin:/bin")),
        (OsStr::new("LC_ALL"), OsStr::new("C")),
    ];
    let said = spawn::hear(
        &Program::new(Path::new("/bin/ps"), &args, env),
        Path::new("/"),
        PATIENCE,
    );
    said.map(|said| said.out).unwrap_or_default()
}

/// Reads a line of `ps`: its arguments can't be told apart but by the blanks between them.
fn of_ps(line: &[u8], uid: u32, now_ns: i64) -> Option<Process> {
    let words: Vec<&[u8]> = line
        .split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty())
        .collect();
    let [pid, owner, age, args @ ..] = words.as_slice() else {
        return None;
    };
    let text = |word: &[u8]| std::str::from_utf8(word).ok().map(str::to_owned);
    (text(owner)?.parse::<u32>().ok()? == uid).then_some(())?;
    let args = args
        .iter()
        .map(|arg| OsStr::from_bytes(arg).to_owned())
        .collect();
    let started_ns = now_ns - seconds(&text(age)?)? * SECOND_NS;
    Some(Process {
        pid: text(pid)?.parse().ok()?,
        args,
        cwd: None,
        started_ns,
    })
}

/// Reads an age: `[[days-]hours:]minutes:seconds`.
fn seconds(age: &str) -> Option<i64> {
    let (days, rest) = age.split_once('-').map_or((Some(0), age), |(days, rest)| {
        (days.parse::<i64>().ok(), rest)
    });
    let parts = rest.split(':').map(|part| part.parse::<i64>().ok());
    let clock = parts
        .into_iter()
        .try_fold(0, |sum, part| Some(sum * 60 + part?))?;
    Some(days? * 86_400 + clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_seen_as_it_is() {
        let (uid, _) = super::super::machine::user();
        let is_own = |process: &&Process| process.pid == std::process::id();
        let all = of_user(uid, &[b""]);
        let own = all.iter().find(is_own).unwrap();
        let args: Vec<OsString> = super::super::machine::args();
        assert_eq!(
            (&own.args, own.cwd.as_deref()),
            (&args, std::env::current_dir().ok().as_deref())
        );
        assert_eq!(args_of(own.pid)[..args.len()], args);
        assert!(
            own.started_ns <= clock::now_ns()
                && own.started_ns > clock::now_ns() - 86_400 * SECOND_NS
        );
    }

    #[test]
    fn a_line_of_ps_is_read_by_its_columns() {
        let process = of_ps(
            b"  12  1000 1-02:03:04 python -m app.cli",
            1000,
            100_000 * SECOND_NS,
        )
        .unwrap();
        assert_eq!((process.pid, process.args.len()), (12, 3));
        assert_eq!(
            process.started_ns,
            (100_000 - 86_400 - 2 * 3600 - 3 * 60 - 4) * SECOND_NS
        );
        assert!(of_ps(b"12 0 03:04 python", 1000, 0).is_none() && of_ps(b"x", 0, 0).is_none());
    }
}
