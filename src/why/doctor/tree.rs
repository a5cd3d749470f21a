//! The project's tree: local dependencies that are installed as copies, bytecode without a source, what git tracks and
//! what it does not ignore.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::context::Context;
use super::super::finding::{Cause, Finding, Remedy};
use super::super::judge::copies;
use super::complaint::Complaint;
use crate::bytecode::census::{Census, Depth, Found, Place};
use crate::bytecode::ledger::Ledger;
use crate::bytecode::promise::Promise;
use crate::bytecode::tracked::Tracked;
use crate::env::Env;
use crate::host::spawn::{self, Program};
use crate::host::{Tally, files, programs, stamp};

/// git takes less than this for a question about names.
const PATIENCE: Duration = Duration::from_secs(5);

/// What keeps bytecode out of a repository, and a name that each is about.
const IGNORED: [(&str, &str); 2] = [("__pycache__/", "__pycache__/x.cpython-311.pyc"), ("*.py[co]", "x.pyc")];

/// Judges every distribution that was copied from a directory of this machine.
pub(super) fn copied(context: &Context<'_>) -> Vec<Finding> {
    let copied = context.local.iter().filter(|one| one.local.as_ref().is_some_and(|local| !local.editable));
    copied
        .filter_map(|distribution| {
            let directory = distribution.local.as_ref()?.directory.clone();
            copies::of_distribution(distribution, &directory, context).or_else(|| {
                let remedies = vec![copies::editable(&context.installer(distribution), &directory)];
                let cured_by_run = context.run.is_some_and(|run| covers(&run.env, &directory));
                let name = distribution.name.clone();
                let cause = Cause::SetUp(Complaint::PathCopy { distribution: name, directory });
                Some(Finding { cause, remedies, cured_by_run }).filter(|_| !cured_by_run)
            })
        })
        .collect()
}

/// Returns whether an environment leads Python to a directory before it looks among packages.
fn covers(env: &Env, directory: &Path) -> bool {
    let value = env.get("PYTHONPATH").unwrap_or_default();
    crate::env::list::split(value).iter().any(|element| Path::new(element).starts_with(directory))
}

/// Judges the bytecode of the project's tree.
pub(super) fn bytecode(promise: &Promise<'_>) -> Vec<Finding> {
    let (scope, ledger, tally) = (&promise.scope, &Ledger::default(), &Tally::default());
    let (prefix, depth, crosses, target, ignored) = (None, Depth::Names, false, None, &[][..]);
    let found = Census { scope, prefix, depth, crosses, target, ledger, ignored, tally }.take();
    let mut out = Vec::new();
    let alone = paths(&found, |place| place == Place::Alone);
    if !alone.is_empty() {
        let words = ["devenv", "cache", "clear", "--orphans"].map(OsString::from).to_vec();
        let cause = Cause::SetUp(Complaint::Sourceless { paths: alone });
        out.push(Finding { cause, remedies: vec![Remedy::Do { words }], cured_by_run: false });
    }
    let all = paths(&found, |_| true);
    let tracked = Tracked::in_repositories_of(found.groups.iter().map(|group| group.directory.as_path()), promise.env);
    let tracked: Vec<PathBuf> = all.into_iter().filter(|path| !tracked.is_empty() && tracked.has(path)).collect();
    if !tracked.is_empty() {
        let words = ["git", "rm", "-q", "--cached", "--"].map(OsString::from).into_iter();
        let words = words.chain(tracked.iter().map(|path| path.clone().into_os_string())).collect();
        let cause = Cause::SetUp(Complaint::Tracked { paths: tracked });
        out.push(Finding { cause, remedies: vec![Remedy::Do { words }], cured_by_run: false });
    }
    out
}

fn paths(found: &Found, wanted: impl Fn(Place) -> bool) -> Vec<PathBuf> {
    found.files().filter(|(_, file)| wanted(file.place)).map(|(group, file)| group.path(file)).collect()
}

/// Judges what a repository ignores.
pub(super) fn ignored(root: &Path, env: &Env) -> Option<Finding> {
    let repository = root.ancestors().find(|above| stamp::of_link(&above.join(".git")).is_some())?;
    let programs::Found::Program(git) = programs::find(OsStr::new("git"), env.get("PATH"), root) else { return None };
    let is_ignored = |name: &str| {
        let args = ["-c", "core.fsmonitor=false", "-c", "safe.directory=*", "check-ignore", "-q", "--no-index", "--"];
        let args: Vec<OsString> = args.iter().map(OsString::from).chain([root.join(name).into_os_string()]).collect();
        spawn::hear(&Program::new(&git, &args, env.iter().collect()), root, PATIENCE).map(|said| said.status.code())
    };
    let mut missing = Vec::new();
    for (line, name) in IGNORED {
        match is_ignored(name) {
            Ok(Some(0)) => {}
            Ok(Some(1)) => missing.push(line),
            // No answer is no complaint.
            _ => return None,
        }
    }
    let file = repository.join(".gitignore");
    let lines = missing.clone();
    let remedies = vec![Remedy::Append { file: file.clone(), lines: missing }];
    let cause = Cause::SetUp(Complaint::NotIgnored { file, lines: lines.clone() });
    (!lines.is_empty()).then_some(Finding { cause, remedies, cured_by_run: false })
}

/// Adds lines to a file, after what is there.
pub(super) fn append(file: &Path, lines: &[&str]) -> anyhow::Result<()> {
    let before = files::read(file)?.unwrap_or_default();
    let is_crlf = before.windows(2).any(|pair| pair == b"\r\n");
    let end: &[u8] = if is_crlf { b"\r\n" } else { b"\n" };
    let mut after = before.clone();
    if !after.is_empty() && !after.ends_with(b"\n") {
        after.extend_from_slice(end);
    }
    lines.iter().for_each(|line| after.extend([line.as_bytes(), end].concat()));
    files::write(file, &after)
}
