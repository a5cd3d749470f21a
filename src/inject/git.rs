//! What git says of a repository. Only asks, but for `forget`, which takes files out of the index; no program that the
//! repository's own configuration names is started.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::env::Env;
use crate::host::programs::{self, Found};
use crate::host::spawn::{self, Program};

/// A repository that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The monitor is a program that the repository's configuration names; whose files may be acted on is our trust's.
const SAFE: [&str; 4] = ["-c", "core.fsmonitor=false", "-c", "safe.directory=*"];

/// Whose rules count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ignorer {
    /// Those that everybody has who has the repository.
    Repository,
    /// This user's, too.
    Anyone,
}

/// Git, in a directory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Git<'a> {
    pub(crate) directory: &'a Path,
    pub(crate) env: &'a Env,
    /// Whether git tells its hooks where the repository and the index are, and we are one.
    pub(crate) as_hook: bool,
}

impl Git<'_> {
    /// Returns what git prints; nothing where it fails or is not there.
    pub(crate) fn ask(&self, args: &[&OsStr]) -> Option<Vec<u8>> {
        let Found::Program(git) = programs::find(OsStr::new("git"), self.env.get("PATH"), Path::new("/")) else {
            return None;
        };
        let args: Vec<OsString> =
            SAFE.iter().map(OsStr::new).chain(args.iter().copied()).map(OsStr::to_owned).collect();
        let kept = |(name, _): &(&OsStr, &OsStr)| self.as_hook || !name.as_bytes().starts_with(b"GIT_");
        let program = Program::new(&git, &args, self.env.iter().filter(kept).collect());
        let said = spawn::hear(&program, self.directory, PATIENCE).ok()?;
        // `check-ignore` and `config` say with 1 that there is nothing.
        matches!(said.status.code(), Some(0 | 1)).then_some(said.out)
    }

    /// Returns one line that git prints.
    pub(crate) fn line(&self, args: &[&str]) -> Option<String> {
        let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
        let text = String::from_utf8(self.ask(&args)?).ok()?;
        Some(text.lines().next()?.to_owned()).filter(|line| !line.is_empty())
    }

    /// Returns the paths that git prints, each ended by a NUL.
    pub(crate) fn paths(&self, args: &[&str]) -> Option<Vec<PathBuf>> {
        let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
        let out = self.ask(&args)?;
        let names = out.split(|&byte| byte == 0).filter(|name| !name.is_empty());
        Some(names.map(|name| PathBuf::from(OsStr::from_bytes(name))).collect())
    }

    /// Returns the directory that paths of the index are relative to.
    pub(crate) fn top(&self) -> Option<PathBuf> {
        self.line(&["rev-parse", "--show-toplevel"]).map(PathBuf::from)
    }

    /// Returns which of these paths are ignored; a directory's path ends with a slash.
    pub(crate) fn ignored(&self, paths: &[&str], by: Ignorer) -> Option<Vec<bool>> {
        let nobody = ["-c", "core.excludesFile=/dev/null"];
        let head = if by == Ignorer::Repository { &nobody[..] } else { &[] };
        let ask = ["check-ignore", "--no-index", "-v", "-n", "--"];
        let args: Vec<&OsStr> = head.iter().chain(&ask).chain(paths).map(OsStr::new).collect();
        let out = self.ask(&args)?;
        let is_ignored = |line: &str| is_ignored(line, by);
        let said: Vec<bool> = String::from_utf8_lossy(&out).lines().map(is_ignored).collect();
        Some(said).filter(|said| said.len() == paths.len())
    }

    /// Takes files out of the index, and leaves them where they are.
    pub(crate) fn forget(&self, paths: &[PathBuf]) -> bool {
        let head = ["rm", "--cached", "--quiet", "--ignore-unmatch", "--"].map(OsStr::new);
        let args: Vec<&OsStr> = head.into_iter().chain(paths.iter().map(|path| path.as_os_str())).collect();
        self.ask(&args).is_some()
    }
}

/// Reads a line of `check-ignore`: `FILE:LINE:PATTERN`, a tab, the path. A pattern with a `!` takes back.
fn is_ignored(line: &str, by: Ignorer) -> bool {
    if by == Ignorer::Anyone {
        let rule = line.split_once('\t').map_or(line, |(rule, _)| rule);
        return rule != "::" && !rule.rsplit(':').next().is_some_and(|pattern| pattern.starts_with('!'));
    }
    let rule = line.split_once(".gitignore").map(|(_, rest)| rest.trim_start_matches('"'));
    let pattern = rule.and_then(|rest| rest.strip_prefix(':')?.split_once(':'));
    pattern.is_some_and(|(_, pattern)| !pattern.starts_with('!'))
}

#[cfg(test)]
mod tests {
    use super::{Ignorer, is_ignored};

    #[test]
    fn only_a_rule_of_the_repository_that_ignores_counts() {
        for line in [".gitignore:1:*.pyc\tx.pyc", "\"a\\303/.gitignore\":12:a:b\tx", "/w:x/.gitignore:1:x\tx"] {
            assert!(is_ignored(line, Ignorer::Repository) && is_ignored(line, Ignorer::Anyone), "{line}");
        }
        for line in ["::\tx.pyc", ".gitignore:2:!x.pyc\tx.pyc", ".git/info/exclude:1:*.pyc\tx.pyc"] {
            assert!(!is_ignored(line, Ignorer::Repository), "{line}");
        }
        assert!(is_ignored(".git/info/exclude:1:*.pyc\tx.pyc", Ignorer::Anyone));
        assert!(!is_ignored("::\tx.pyc", Ignorer::Anyone) && !is_ignored("a:2:!x.pyc\tx.pyc", Ignorer::Anyone));
    }
}
