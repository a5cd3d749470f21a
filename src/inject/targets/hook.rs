//! Git's `pre-commit` hook: `devenv check --staged` before each commit. Git says where the hook
//! lies, in a worktree and under `core.hooksPath` too. Where another tool owns the hooks, its
//! configuration is the user's to edit. A hook that is there goes on running, with its arguments
//! and exit status.

use std::path::{Path, PathBuf};

use crate::git::Repository;
use crate::git::answers::HooksPath;
use crate::host::{Kind, files, stamp};
use crate::inject::block;
use crate::inject::engine;
use crate::inject::proposal::{ByHand, Content, Facts, Part, Placing, Proposal, Wish};
use crate::values::fault::Fault;
use crate::values::paths;

/// The name that git calls it by.
const HOOK: &str = "pre-commit";

const CHECK: &str = "! command -v devenv >/dev/null 2>&1 || devenv check --staged || exit $?";
const CHAIN: &str = "exec \"$0.pydevenv-orig\" \"$@\"";

/// The end of the name of a hook that ours calls.
const ORIGINAL: &str = ".pydevenv-orig";

const FRAMEWORK: &str = "\
-   repo: local
    hooks:
    -   id: devenv-check
        name: devenv check
        entry: devenv check --staged
        language: system
        pass_filenames: false
        always_run: true
";

const LEFTHOOK: &str = "\
pre-commit:
  commands:
    devenv-check:
      run: devenv check --staged
";

/// Shells whose scripts may get a block of ours.
const SHELLS: [&str; 5] = ["sh", "bash", "dash", "ksh", "zsh"];

/// Proposes the hook.
pub(super) fn propose(facts: &Facts, wish: &Wish) -> Result<Proposal, Fault> {
    let Some(repository) = Repository::around(&facts.root) else {
        return Err(Fault::new("this is no checkout of git").hint("git init"));
    };
    if let Some(fault) = repository.refusal(facts.asker()) {
        return Err(fault);
    }
    if let Some(proposal) = by_owner(&repository.top).filter(|_| !wish.removing) {
        return Ok(proposal);
    }
    let configured = repository.hooks_path(facts.asker())?;
    if let Some(HooksPath { scope, path }) = &configured {
        if path.ends_with(".husky/_") {
            return husky(&repository.top, wish);
        }
        if !matches!(scope.as_str(), "local" | "worktree") {
            let what = format!(
                "`core.hooksPath` is `{}` for all of your repositories",
                path.display()
            );
            return Err(Fault::new(what).hint("git config --local core.hooksPath .githooks"));
        }
    }
    repository.require_own(facts.asker())?;
    let hooks =
        configured.map_or_else(|| repository.hooks(), |said| repository.top.join(said.path));
    let hook = paths::normalised(&hooks).join(HOOK);
    require_inside(&hook, &[&repository.top, &repository.common])?;
    Ok(Proposal {
        parts: parts(&hook, wish)?,
        ..Proposal::default()
    })
}

/// Fails where a link leads to a hook, or where it lies outside of the checkout and of the
/// repository: other programs than git's next commit here would be changed.
fn require_inside(hook: &Path, inside: &[&Path]) -> Result<(), Fault> {
    let is_in = |path: &Path| inside.iter().any(|directory| path.starts_with(directory));
    if !is_in(&engine::resolved(hook)) {
        let what = format!(
            "`{}` leads out of `{}`",
            hook.display(),
            inside[0].display()
        );
        return Err(Fault::new(what).hint("git config --local core.hooksPath .githooks"));
    }
    let is_link = |path: &&Path| stamp::of_link(path).is_some_and(|stamp| stamp.kind == Kind::Link);
    let below = hook
        .ancestors()
        .take_while(|path| is_in(path) && !inside.contains(path));
    match below.filter(is_link).last() {
        None => Ok(()),
        Some(link) => {
            let what = format!(
                "`{}` is a link, and nothing is written through one",
                link.display()
            );
            Err(Fault::new(what)
                .hint("git config --local core.hooksPath with the directory that is meant"))
        }
    }
}

/// Returns what to add to the configuration of the tool that owns the hooks, where one does.
fn by_owner(top: &Path) -> Option<Proposal> {
    let lefthook = ["lefthook", ".lefthook", ".config/lefthook"].into_iter();
    let lefthook = lefthook
        .flat_map(|name| ["yml", "yaml", "toml", "json"].map(|end| format!("{name}.{end}")));
    let framework = [".pre-commit-config.yaml", ".pre-commit-config.yml"]
        .map(|name| (name.to_owned(), FRAMEWORK));
    let all = framework
        .into_iter()
        .chain(lefthook.map(|name| (name, LEFTHOOK)));
    let (name, text) = all
        .into_iter()
        .find(|(name, _)| stamp::is_file(&top.join(name)))?;
    let said = files::text(&top.join(&name)).unwrap_or_default();
    Some(asked(&said, &name, text))
}

fn asked(said: &str, name: &str, text: &str) -> Proposal {
    if ["devenv-check", "devenv check"]
        .iter()
        .any(|word| said.contains(word))
    {
        return Proposal::default();
    }
    let why = format!("`{name}` decides what runs before a commit: add to it");
    Proposal {
        by_hand: vec![ByHand {
            why,
            text: text.to_owned(),
        }],
        ..Proposal::default()
    }
}

/// husky runs its own scripts, which are files of the project; with `--force` they get our block.
fn husky(top: &Path, wish: &Wish) -> Result<Proposal, Fault> {
    const FILE: &str = ".husky/pre-commit";
    let path = top.join(FILE);
    let said = files::text(&path).unwrap_or_default();
    if wish.force || wish.removing || super::has_block(&said, &path) {
        require_inside(&path, &[top])?;
        let content = Content::Block(Placing::BelowInterpreter(vec![CHECK.to_owned()]));
        return Ok(Proposal {
            parts: vec![Part::new(path, content)],
            ..Proposal::default()
        });
    }
    Ok(asked(&said, FILE, &format!("{CHECK}\n")))
}

fn parts(hook: &Path, wish: &Wish) -> Result<Vec<Part>, Fault> {
    let whole = |bytes: &[u8], instead_of| Content::Whole {
        bytes: bytes.to_vec(),
        instead_of,
        executable: true,
    };
    let (own, chained) = (script(&[CHECK]), script(&[CHECK, CHAIN]));
    let read = |path: &Path| files::read(path).map_err(|error| Fault::new(error.to_string()));
    let mut name = hook.as_os_str().to_owned();
    name.push(ORIGINAL);
    let original = PathBuf::from(name);
    if let Some(bytes) = read(&original)? {
        let chain = whole(chained.as_bytes(), Some(bytes.clone()));
        return Ok(vec![
            Part::new(original, whole(&bytes, None)).anywhere(),
            Part::new(hook.to_owned(), chain).anywhere(),
        ]);
    }
    let Some(found) = read(hook)?.filter(|found| found != own.as_bytes()) else {
        return Ok(vec![
            Part::new(hook.to_owned(), whole(own.as_bytes(), None)).anywhere(),
        ]);
    };
    if !files::is_executable(hook) && !wish.removing {
        let what = format!(
            "`{}` can't be executed, so that git passes over it",
            hook.display()
        );
        return Err(Fault::new(what).hint("make it executable, or remove it"));
    }
    if is_shell(&found) {
        let content = Content::Block(Placing::BelowInterpreter(vec![CHECK.to_owned()]));
        return Ok(vec![Part::new(hook.to_owned(), content).anywhere()]);
    }
    let chain = whole(chained.as_bytes(), Some(found.clone()));
    Ok(vec![
        Part::new(original, whole(&found, None)).anywhere(),
        Part::new(hook.to_owned(), chain).anywhere(),
    ])
}

fn script(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let head = "#!/bin/sh\n";
    block::insert(head, head.len(), "", &lines)
}

/// Returns whether a script's interpreter is a shell whose words are ours too.
fn is_shell(script: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(script) else {
        return false;
    };
    let Some(line) = text.lines().next().and_then(|line| line.strip_prefix("#!")) else {
        return false;
    };
    let mut words = line
        .split_whitespace()
        .filter(|word| !word.starts_with('-') && !word.ends_with("/env"));
    words
        .next()
        .and_then(|path| path.rsplit('/').next())
        .is_some_and(|name| SHELLS.contains(&name))
}

/// Returns where the first command of a script may stand.
pub(super) fn below_interpreter(text: &str) -> usize {
    if text.starts_with("#!") {
        text.find('\n').map_or(text.len(), |at| at + 1)
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_shells_are_shells() {
        for line in [
            "#!/bin/sh",
            "#!/usr/bin/env bash",
            "#! /bin/dash -e",
            "#!/usr/bin/env -S zsh -f",
        ] {
            assert!(is_shell(format!("{line}\nx").as_bytes()), "{line}");
        }
        for line in [
            "#!/usr/bin/env python3",
            "",
            "#!/bin/fish",
            "\u{7f}ELF",
            "#!/bin/bashful",
        ] {
            assert!(!is_shell(format!("{line}\nx").as_bytes()), "{line}");
        }
    }

    #[test]
    fn our_lines_come_first() {
        assert_eq!(below_interpreter("#!/bin/sh\nx"), 10);
        assert_eq!(below_interpreter("#!/bin/sh"), 9);
        assert_eq!(below_interpreter("x"), 0);
    }
}
