//! `devenv inject`: what a profile means, put into the files of another tool, looked for there, or
//! taken out.

use std::path::Path;

use anyhow::Result;

use super::ground::{self, Ground};
use super::surroundings;
use crate::cli::inject::{self as cli, Inject};
use crate::env::Snapshot;
use crate::inject::engine::{Look, Outcome};
use crate::inject::targets::Target;
use crate::inject::{Edit, Facts, Proposal, Wish};
use crate::report::Report;
use crate::report::inject::{self as words, Mode, Shown};
use crate::values::fault::Fault;
use crate::values::paths;

/// Runs the command.
pub fn run(args: &Inject, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    check_flags(args)?;
    let ground = Ground::at(&snapshot.cwd, snapshot, report, true)?;
    let project = ground.needed()?;
    ground::require_trust(project, snapshot, report)?;
    let profile = project
        .choice(args.profile.as_deref(), snapshot, &ground.env)?
        .name;
    let facts = surroundings::facts(project, &profile, args.profile.is_some(), &ground, snapshot)?;
    let (target, mode, state) = (
        target(args.target),
        mode(args),
        snapshot.dirs.state.as_deref(),
    );
    let proposal = target.propose(&facts, &wish(args, snapshot))?;
    let outcomes = decide(&proposal, mode, args.force, &facts, state)?;
    let shown = Shown {
        target: target.word(),
        profile: &profile,
        mode,
        proposal: &proposal,
        outcomes: &outcomes,
    };
    words::print(report, &shown, args.json)?;
    let edits = outcomes.iter().filter(|outcome| outcome.edit.is_needed());
    match mode {
        Mode::Inject => edits
            .clone()
            .try_for_each(|outcome| outcome.carry_out(target.word(), &profile, state))?,
        Mode::Remove => outcomes
            .iter()
            .rev()
            .try_for_each(|outcome| outcome.take_back(state))?,
        Mode::Check | Mode::DryRun => {}
    }
    words::say(report, &shown);
    if matches!(mode, Mode::Inject | Mode::Remove) {
        let edits: Vec<&Edit> = edits.map(|outcome| &outcome.edit).collect();
        surroundings::keep_trust(project, &edits, &ground, snapshot, report)?;
    }
    Ok(u8::from(shown.is_wrong()))
}

/// Decides about every file before the first one is written.
fn decide(
    proposal: &Proposal,
    mode: Mode,
    force: bool,
    facts: &Facts,
    state: Option<&Path>,
) -> Result<Vec<Outcome>> {
    let looks = proposal
        .parts
        .iter()
        .map(|part| Look::at(part, facts.bounds(), state));
    looks
        .map(|look| {
            let look = look?;
            Ok(if mode == Mode::Remove {
                look.retract()?
            } else {
                look.inject(force)?
            })
        })
        .collect()
}

/// Fails where a flag says something that the target can't do.
fn check_flags(args: &Inject) -> Result<(), Fault> {
    use cli::Target::{Compose, Devcontainer, Dockerfile, Jupyter, Vscode};
    let flags: [(&str, bool, &[cli::Target]); 6] = [
        (
            "--config",
            args.config.is_some(),
            &[Devcontainer, Jupyter, Compose, Dockerfile],
        ),
        ("--all", args.all, &[Devcontainer]),
        ("--feature", args.feature, &[Devcontainer]),
        ("--image", args.image.is_some(), &[Devcontainer]),
        ("--launch", args.launch, &[Vscode]),
        ("--service", args.service.is_some(), &[Compose]),
    ];
    // What `--feature` and `--launch` put goes with the rest; these two say how something is put.
    let puts = |flag: &str| matches!(flag, "--image" | "--service");
    let odd_in_removal = flags
        .iter()
        .find(|(flag, is_given, _)| args.remove && *is_given && puts(flag));
    if let Some((flag, ..)) = odd_in_removal {
        let what =
            format!("`{flag}` means nothing with `--remove`, which takes out all that was put in");
        return Err(Fault::new(what).hint(format!("leave `{flag}` out")));
    }
    let odd = flags
        .iter()
        .find(|(_, is_given, targets)| *is_given && !targets.contains(&args.target));
    odd.map_or(Ok(()), |(flag, _, targets)| {
        let words: Vec<String> = targets
            .iter()
            .map(|one| format!("`{}`", target(*one).word()))
            .collect();
        let what = format!(
            "`{flag}` means nothing for `{}`",
            target(args.target).word()
        );
        Err(Fault::new(what).hint(format!("it is for {}", words.join(", "))))
    })
}

fn mode(args: &Inject) -> Mode {
    match (args.check, args.remove, args.dry_run) {
        (true, _, _) => Mode::Check,
        (_, true, _) => Mode::Remove,
        (_, _, true) => Mode::DryRun,
        _ => Mode::Inject,
    }
}

fn wish(args: &Inject, snapshot: &Snapshot) -> Wish {
    Wish {
        config: args
            .config
            .as_ref()
            .map(|path| paths::normalised(&snapshot.cwd.join(path))),
        all: args.all,
        feature: args.feature,
        image: args.image.clone(),
        launch: args.launch,
        service: args.service.clone(),
        force: args.force,
        removing: args.remove,
    }
}

fn target(word: cli::Target) -> Target {
    match word {
        cli::Target::Devcontainer => Target::Devcontainer,
        cli::Target::Gitignore => Target::Gitignore,
        cli::Target::Vscode => Target::Vscode,
        cli::Target::Pyright => Target::Pyright,
        cli::Target::Zed => Target::Zed,
        cli::Target::Direnv => Target::Direnv,
        cli::Target::Jupyter => Target::Jupyter,
        cli::Target::Compose => Target::Compose,
        cli::Target::Dockerfile => Target::Dockerfile,
        cli::Target::PreCommit => Target::PreCommit,
    }
}
