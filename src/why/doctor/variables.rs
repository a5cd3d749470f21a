//! Variables of the caller's that work against the profile, and the line of a shell's start-up file
//! that sets each.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::super::finding::{Cause, Finding, Remedy};
use super::complaint::{Against, Complaint, Variable};
use crate::env::Env;
use crate::host::files;
use crate::python::policy::{DONT_WRITE, PREFIX, Policy};

const COMPILE: &str = "UV_COMPILE_BYTECODE";
const PATHS: &str = "PYTHONPATH";

/// Files that shells read when they start, below the home directory.
const START_UP: [&str; 10] = [
    ".bashrc",
    ".bash_profile",
    ".profile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".config/fish/config.fish",
    ".tcshrc",
    ".config/elvish/rc.elv",
    ".xonshrc",
];

/// Judges the variables that a command would get without devenv, and says which it would not get
/// through it.
pub(super) fn judge(
    env: &Env,
    through_run: Option<&Env>,
    policy: Policy,
    home: Option<&Path>,
) -> Vec<Finding> {
    let left = through_run.map(|env| against(env, policy));
    let is_cured =
        |found: &(&str, Against)| left.as_ref().is_some_and(|left| !left.contains(found));
    let found = against(env, policy).into_iter();
    found
        .filter_map(|found| finding(found.0, found.1, is_cured(&found), env, home))
        .collect()
}

/// Returns the variables that work against a policy, and why each does.
fn against(env: &Env, policy: Policy) -> Vec<(&'static str, Against)> {
    let mut out = Vec::new();
    let mut add = |name, against| out.push((name, against));
    let text = |name| env.filled(name).map(OsStr::as_bytes);
    let keeps = policy == Policy::Cached;
    match text(DONT_WRITE) {
        Some(b"0") => add(DONT_WRITE, Against::Zero),
        Some(_) if keeps => add(DONT_WRITE, Against::Cached),
        _ => {}
    }
    if text(COMPILE).is_some_and(|value| value != b"0" && value != b"false")
        && policy.forbids_writing()
    {
        add(COMPILE, Against::Compiles);
    }
    if text(PREFIX).is_some_and(|value| !value.starts_with(b"/")) {
        add(PREFIX, Against::Relative);
    }
    if text(PATHS).is_some_and(|value| value.split(|&byte| byte == b':').any(<[u8]>::is_empty)) {
        add(PATHS, Against::EmptyElement);
    }
    out
}

fn finding(
    name: &'static str,
    against: Against,
    cured_by_run: bool,
    env: &Env,
    home: Option<&Path>,
) -> Option<Finding> {
    let value = env.get(name)?.to_string_lossy().into_owned();
    let place = home.and_then(|home| {
        START_UP
            .iter()
            .find_map(|file| line_that_sets(name, &home.join(file)))
    });
    let mut remedies = vec![Remedy::Unset { name }];
    remedies.extend(
        place
            .clone()
            .map(|(file, line)| Remedy::TakeOut { name, file, line }),
    );
    let cause = Cause::SetUp(Complaint::Variable {
        variable: Variable { name, value, place },
        against,
    });
    Some(Finding {
        cause,
        remedies,
        cured_by_run,
    })
}

/// Returns the line of a start-up file that gives a variable to what a shell starts.
fn line_that_sets(name: &str, file: &Path) -> Option<(PathBuf, usize)> {
    const WORDS: [&str; 5] = ["export", "set", "setenv", "set-env", "$env"];
    let text = files::text(file)?;
    let is_of_xonsh = |line: &str| {
        line.strip_prefix('$')
            .is_some_and(|line| line.starts_with(name))
    };
    let sets = |line: &str| {
        let line = line.trim_start();
        !line.starts_with('#')
            && line.contains(name)
            && (WORDS.iter().any(|word| line.contains(word)) || is_of_xonsh(line))
    };
    text.lines()
        .position(sets)
        .map(|number| (file.to_owned(), number + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(pairs: &[(&str, &str)], policy: Policy) -> Vec<Against> {
        let env = pairs
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let against = |finding: Finding| match finding.cause {
            Cause::SetUp(Complaint::Variable { against, .. }) => against,
            other => panic!("{other:?}"),
        };
        judge(&env, None, policy, None)
            .into_iter()
            .map(against)
            .collect()
    }

    #[test]
    fn only_what_works_against_the_profile_is_found() {
        assert_eq!(codes(&[(DONT_WRITE, "1")], Policy::Verified), []);
        assert_eq!(
            codes(&[(DONT_WRITE, "1")], Policy::Cached),
            [Against::Cached]
        );
        assert_eq!(
            codes(&[(DONT_WRITE, "0")], Policy::Verified),
            [Against::Zero]
        );
        assert_eq!(
            codes(
                &[(COMPILE, "1"), (PREFIX, "x"), (PATHS, "/a:")],
                Policy::Verified
            )
            .len(),
            3
        );
        assert_eq!(
            codes(
                &[(COMPILE, "1"), (PREFIX, "/x"), (PATHS, "/a:/b")],
                Policy::Cached
            ),
            []
        );
    }
}
