//! The one place where git is started. No variable of the caller's that means something to git
//! reaches it, no program that a configuration names is started, nothing is fetched, and a
//! repository of somebody else's is not asked.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Repository;
use super::program::Outside;
use crate::env::Env;
use crate::host::files;
use crate::host::spawn::{self, Program};
use crate::values::fault::Fault;
use crate::values::user::User;

/// A repository that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A repository for which git needs more memory of its own is not asked; what it maps of the
/// objects is none.
const MOST_MEMORY: u64 = 1024 * 1024 * 1024;

/// What of a configuration names a program, as far as no command of ours can do without it in
/// another way. An empty value of `credential.helper` takes back all others.
const SETTINGS: [&str; 18] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.editor=:",
    "core.askPass=",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.alternateRefsCommand=false",
    "credential.helper=",
    "diff.external=",
    "gpg.program=false",
    "gpg.ssh.program=false",
    "gpg.x509.program=false",
    "log.showSignature=false",
    "protocol.allow=never",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// What git is told beside. Without the first, a repository that promises its objects fetches them;
/// releases before 2.45 may not know it, and are stopped by the second: no protocol has that name.
const VARIABLES: [(&str, &str); 11] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_PROTOCOL_FROM_USER", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_PAGER", "cat"),
    ("GIT_EDITOR", ":"),
    ("GIT_SEQUENCE_EDITOR", ":"),
    ("GIT_SSH_COMMAND", "false"),
    ("GIT_ASKPASS", "false"),
    ("LC_ALL", "C"),
];

/// What of the caller's environment git is given: where the user's own configuration is, where
/// temporary files go, which developer's tools of macOS are meant, and what makes git read less.
const KEPT: [&str; 6] = [
    "HOME",
    "XDG_CONFIG_HOME",
    "TMPDIR",
    "DEVELOPER_DIR",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_ATTR_NOSYSTEM",
];

/// Lists of directories, of which those that lie in a repository or project are left out.
const LISTS: [&str; 2] = ["PATH", "LD_LIBRARY_PATH"];

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// The environment of before any project.
    pub env: &'a Env,
    pub user: User,
}

/// What git is asked about a repository.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    /// The directory that paths are relative to, in the checkout.
    pub(super) directory: &'a Path,
    pub(super) args: &'a [&'a OsStr],
    /// Where git looks for an index, objects or a configuration that are not where it would.
    pub(super) elsewhere: &'a [(&'a str, &'a Path)],
}

/// Returns what git prints; nothing where it fails, is not there, or is not to be asked about this
/// repository.
pub(super) fn ask(
    repository: &Repository,
    asker: Asker<'_>,
    question: Question<'_>,
) -> Option<Vec<u8>> {
    if repository.refusal_in(question.directory, asker).is_some() {
        return None;
    }
    let elsewhere = repository
        .places()
        .into_iter()
        .chain(question.elsewhere.iter().copied())
        .collect::<Vec<_>>();
    match call(
        asker,
        &[&repository.top],
        Question {
            elsewhere: &elsewhere,
            ..question
        },
    ) {
        Err(error) if error.kind() == ErrorKind::TimedOut => {
            silent().insert(repository.own.clone());
            None
        }
        said => said.ok().flatten(),
    }
}

/// Returns why git is not asked about a repository again.
pub(super) fn silence(repository: &Repository) -> Option<Fault> {
    let what = || {
        format!(
            "git did not answer about `{}` for {} s",
            repository.top.display(),
            PATIENCE.as_secs()
        )
    };
    silent()
        .contains(&repository.own)
        .then(|| Fault::new(what() + ": it is not asked again").hint("git status"))
}

/// Returns the repositories about which git said nothing in time. Whoever made one slow made it so
/// for each question.
fn silent() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    static SILENT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    SILENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns whether the user's own configuration, or that of the machine, says that a checkout of
/// somebody else's is safe.
pub(super) fn is_vouched_for(top: &Path, asker: Asker<'_>) -> bool {
    let args = ["config", "-z", "--path", "--get-all", "safe.directory"].map(OsStr::new);
    // Without a repository nothing of one is read.
    let nowhere = [("GIT_DIR", Path::new("/dev/null"))];
    let said = call(
        asker,
        &[top],
        Question {
            directory: Path::new("/"),
            args: &args,
            elsewhere: &nowhere,
        },
    );
    let said = said.ok().flatten().unwrap_or_default();
    let all: Vec<&[u8]> = said.split_last().map_or(Vec::new(), |(_, said)| {
        said.split(|&byte| byte == 0).collect()
    });
    // An empty one takes back those before it.
    let counted = all
        .rsplit(|path| path.is_empty())
        .next()
        .unwrap_or_default();
    counted.iter().any(|path| {
        *path == b"*"
            || Some(Path::new(OsStr::from_bytes(path))) == files::canonical(top).as_deref()
    })
}

/// Starts git.
fn call(asker: Asker<'_>, tops: &[&Path], question: Question<'_>) -> io::Result<Option<Vec<u8>>> {
    let outside = Outside::of(
        &[tops, &[question.directory]].concat(),
        asker.env.get("HOME"),
    );
    let Some(git) = outside.git(asker.env) else {
        return Ok(None);
    };
    let settings = SETTINGS
        .iter()
        .flat_map(|setting| ["-c", setting])
        .map(OsStr::new);
    let head = settings.chain(["--no-pager", "--no-replace-objects"].map(OsStr::new));
    let args: Vec<OsString> = head
        .chain(question.args.iter().copied())
        .map(OsStr::to_owned)
        .collect();
    let lists = LISTS.map(|name| {
        (
            name,
            asker
                .env
                .get(name)
                .map(|list| outside.part_of(list))
                .unwrap_or_default(),
        )
    });
    let lists = lists
        .iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(name, list)| (*name, list.as_os_str()));
    let kept = KEPT
        .iter()
        .filter_map(|name| Some((*name, asker.env.get(name)?)));
    let own = VARIABLES.map(|(name, value)| (name, OsStr::new(value)));
    let places = question
        .elsewhere
        .iter()
        .map(|(name, path)| (*name, path.as_os_str()));
    let env = kept
        .chain(lists)
        .chain(own)
        .chain(places)
        .map(|(name, value)| (OsStr::new(name), value))
        .collect();
    let said = spawn::hear_within(
        &Program::new(&git, &args, env),
        question.directory,
        PATIENCE,
        MOST_MEMORY,
    )?;
    // `check-ignore` and `config` say with 1 that there is nothing.
    Ok(matches!(said.status.code(), Some(0 | 1)).then_some(said.out))
}
