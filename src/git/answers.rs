//! What git is asked, and what its answers mean. Only asks: by commands that look at no file of the
//! checkout, so that none goes through a filter.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::ask::{Asker, Question, ask};
use super::{Repository, dot_git};
use crate::values::fault::Fault;

/// Whose rules count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignorer {
    /// Those that everybody has who has the repository.
    Repository,
    /// This user's, too.
    Anyone,
}

/// Where git looks for hooks, as a configuration says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HooksPath {
    /// Where the configuration is: `local` or `worktree` is the repository's.
    pub scope: String,
    pub path: PathBuf,
}

impl Repository {
    fn answer(&self, directory: &Path, args: &[&str], asker: Asker<'_>) -> Option<Vec<u8>> {
        let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
        ask(
            self,
            asker,
            Question {
                directory,
                args: &args,
                elsewhere: &[],
            },
        )
    }

    fn paths(&self, args: &[&str], patterns: &[&str], asker: Asker<'_>) -> Option<Vec<PathBuf>> {
        let out = self.answer(&self.top, &[args, &["-z", "--"], patterns].concat(), asker)?;
        let names = out.split(|&byte| byte == 0).filter(|name| !name.is_empty());
        Some(
            names
                .map(|name| PathBuf::from(OsStr::from_bytes(name)))
                .collect(),
        )
    }

    /// Returns the tracked files of these patterns, relative to the top.
    pub fn tracked(&self, patterns: &[&str], asker: Asker<'_>) -> Option<Vec<PathBuf>> {
        self.paths(&["ls-files", "--full-name"], patterns, asker)
    }

    /// Returns the files of these patterns that the next commit adds or changes, relative to the
    /// top.
    pub fn staged(&self, patterns: &[&str], asker: Asker<'_>) -> Option<Vec<PathBuf>> {
        let plain = [
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--no-relative",
            "--ignore-submodules=all",
        ];
        let what = [
            "diff",
            "--cached",
            "--name-only",
            "--no-renames",
            "--diff-filter=ACM",
        ];
        self.paths(&[&what[..], &plain].concat(), patterns, asker)
    }

    /// Returns which of these paths below a directory are ignored; a directory's path ends with a
    /// slash.
    pub fn ignored(
        &self,
        directory: &Path,
        paths: &[&str],
        by: Ignorer,
        asker: Asker<'_>,
    ) -> Option<Vec<bool>> {
        let nobody = ["-c", "core.excludesFile=/dev/null"];
        let head = if by == Ignorer::Repository {
            &nobody[..]
        } else {
            &[]
        };
        let args = [
            head,
            &["check-ignore", "--no-index", "-v", "-n", "--"],
            paths,
        ]
        .concat();
        let out = self.answer(directory, &args, asker)?;
        let said: Vec<bool> = String::from_utf8_lossy(&out)
            .lines()
            .map(|line| is_ignored(line, by))
            .collect();
        Some(said).filter(|said| said.len() == paths.len())
    }

    /// Returns the directory of hooks that the last configuration names which does; fails where git
    /// does not say.
    pub fn hooks_path(&self, asker: Asker<'_>) -> Result<Option<HooksPath>, Fault> {
        let args = [
            "config",
            "-z",
            "--show-scope",
            "--path",
            "--get-all",
            "core.hooksPath",
        ];
        let out = self.answer(&self.top, &args, asker);
        let out = out.ok_or_else(|| {
            Fault::new("git does not say where its hooks lie").hint("git config core.hooksPath")
        })?;
        let words: Vec<&[u8]> = out.split(|&byte| byte == 0).collect();
        let mut all = words.chunks_exact(2).filter_map(|two| {
            let scope = String::from_utf8_lossy(two[0]).into_owned();
            Some(HooksPath {
                scope,
                path: dot_git::path(two[1])?,
            })
        });
        // Our own word is the last.
        Ok(all.rfind(|said| said.scope != "command"))
    }

    /// Returns where hooks lie that no configuration moves.
    pub fn hooks(&self) -> PathBuf {
        self.common.join("hooks")
    }
}

/// Reads a line of `check-ignore`: `FILE:LINE:PATTERN`, a tab, the path. A pattern with a `!` takes
/// back.
fn is_ignored(line: &str, by: Ignorer) -> bool {
    if by == Ignorer::Anyone {
        let rule = line.split_once('\t').map_or(line, |(rule, _)| rule);
        return rule != "::"
            && !rule
                .rsplit(':')
                .next()
                .is_some_and(|pattern| pattern.starts_with('!'));
    }
    let rule = line
        .split_once(".gitignore")
        .map(|(_, rest)| rest.trim_start_matches('"'));
    let pattern = rule.and_then(|rest| rest.strip_prefix(':')?.split_once(':'));
    pattern.is_some_and(|(_, pattern)| !pattern.starts_with('!'))
}

#[cfg(test)]
mod tests {
    use super::{Ignorer, is_ignored};

    #[test]
    fn only_a_rule_of_the_repository_that_ignores_counts() {
        for line in [
            ".gitignore:1:*.pyc\tx.pyc",
            "\"a\\303/.gitignore\":12:a:b\tx",
            "/w:x/.gitignore:1:x\tx",
        ] {
            assert!(
                is_ignored(line, Ignorer::Repository) && is_ignored(line, Ignorer::Anyone),
                "{line}"
            );
        }
        for line in [
            "::\tx.pyc",
            ".gitignore:2:!x.pyc\tx.pyc",
            ".git/info/exclude:1:*.pyc\tx.pyc",
        ] {
            assert!(!is_ignored(line, Ignorer::Repository), "{line}");
        }
        assert!(is_ignored(
            ".git/info/exclude:1:*.pyc\tx.pyc",
            Ignorer::Anyone
        ));
        assert!(
            !is_ignored("::\tx.pyc", Ignorer::Anyone)
                && !is_ignored("a:2:!x.pyc\tx.pyc", Ignorer::Anyone)
        );
    }
}
