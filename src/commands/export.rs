//! `devenv export`: what a command would get here, as text for a shell to evaluate, or as a file
//! for another program.

use std::ffi::OsString;

use anyhow::Result;

use super::ground::{self, Ground};
use crate::cli::{Export, Target};
use crate::env::{Env, Patch, Snapshot, list, operation};
use crate::export::choice::{self, Reach};
use crate::export::{Dialect, Format, Manner, Setting};
use crate::hook::decide;
use crate::host::{output, random};
use crate::project::Project;
use crate::project::inherited;
use crate::project::plan::{self, Plan};
use crate::report::{Report, export};
use crate::shell::{Change, Shell};
use crate::values::digest;
use crate::values::fault::Fault;

/// Runs the command.
pub fn run(args: &Export, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = Ground::at(&snapshot.cwd, snapshot, report, true)?;
    let plan = ground
        .project
        .as_ref()
        .map(|project| planned(args, project, &ground, snapshot, report))
        .transpose()?;
    let text = match args.target {
        Target::Shell(_) if args.dialect.is_some() => {
            return Err(export::no_dialect("a shell").into());
        }
        Target::Shell(shell) => {
            let settings = now(plan.as_ref(), &ground, snapshot, report);
            for_shell(shell, args.set_only, &settings, &snapshot.env, report)
        }
        Target::Format(format) => {
            for_format(format, args, plan.as_ref(), &ground, snapshot, report)?.into_bytes()
        }
    };
    output::out(&text)?;
    Ok(0)
}

/// Returns what the project's plan is, with its promise about bytecode kept.
fn planned(
    args: &Export,
    project: &Project,
    ground: &Ground,
    snapshot: &Snapshot,
    report: &Report,
) -> Result<Plan> {
    ground::require_trust(project, snapshot, report)?;
    let profile = project
        .choice(args.profile.as_deref(), snapshot, &ground.env)?
        .name;
    let mut plan = project.plan(&profile)?;
    let env = operation::apply(&plan.operations, &ground.env);
    let kept = ground.promise(project, &plan, &env, snapshot, true).keep();
    ground::follow_up(&kept, &ground.memory, snapshot, report);
    plan.operations.extend(kept.prefix.map(plan::apart));
    Ok(plan)
}

/// Returns what differs from the environment of this call, with what it takes to undo it.
fn now(plan: Option<&Plan>, ground: &Ground, snapshot: &Snapshot, report: &Report) -> Vec<Setting> {
    let env = if let Some(plan) = plan {
        recorded(plan, &ground.env, snapshot)
    } else {
        report.warn(&ground::no_project());
        ground.env.clone()
    };
    let settings = decide::changes(&snapshot.env, &env).into_iter();
    settings
        .filter_map(|(name, value)| {
            Some(Setting {
                name: name.into_string().ok()?,
                value,
            })
        })
        .collect()
}

/// Returns the environment of a plan, with what it takes to undo it.
fn recorded(plan: &Plan, base: &Env, snapshot: &Snapshot) -> Env {
    let mut env = operation::apply(&plan.operations, base);
    let patch = Patch::between(base, &env, &operation::list_names(&plan.operations));
    inherited::sign(
        &mut env,
        &patch,
        &plan.profile,
        snapshot.dirs.state.as_deref(),
    );
    env
}

fn for_shell(
    shell: Shell,
    set_only: bool,
    settings: &[Setting],
    now: &Env,
    report: &Report,
) -> Vec<u8> {
    let mut there = now.clone();
    let held = settings
        .iter()
        .filter(|setting| is_held(shell, report, setting, &mut there));
    let changes: Vec<Change> = held
        .filter_map(|setting| change(setting, set_only))
        .collect();
    shell.exports(&changes)
}

/// Returns whether the shell can hold a setting beside what is there, where it then is, too.
fn is_held(shell: Shell, report: &Report, setting: &Setting, there: &mut Env) -> bool {
    let Setting { name, value } = setting;
    let held = shell.holds(name, value.as_deref(), there.iter().map(|(name, _)| name));
    if held {
        there.put(name, value.clone());
    } else {
        report.warn(&Fault::new(format!(
            "{} can't hold the value of `{name}`",
            shell.name()
        )));
    }
    held
}

fn change(setting: &Setting, set_only: bool) -> Option<Change> {
    let Setting { name, value } = setting.clone();
    match value {
        None if set_only => name
            .starts_with("PYTHON")
            .then(|| (name, Some(OsString::new()))),
        value => Some((name, value)),
    }
}

fn for_format(
    format: Format,
    args: &Export,
    plan: Option<&Plan>,
    ground: &Ground,
    snapshot: &Snapshot,
    report: &Report,
) -> Result<String> {
    if args.dialect.is_some() && format != Format::Dotenv {
        return Err(export::no_dialect(format.name()).into());
    }
    let settings = settings(format, plan, ground, snapshot, report)?;
    let project = ground
        .project
        .as_ref()
        .and_then(|project| project.root.file_name())
        .unwrap_or_default();
    let manner = Manner {
        dialect: args.dialect.unwrap_or(Dialect::Common),
        title: format!(
            "{}-{}",
            project.display(),
            plan.map_or("", |plan| &plan.profile)
        ),
        random: digest::hex(&random::bytes::<16>()?),
        set_only: args.set_only,
    };
    let written = format.write(&settings, &manner);
    Ok(written.map_err(|refused| {
        export::refusal(
            report,
            format,
            &refused,
            &others(format, &settings, &manner),
        )
    })?)
}

/// Returns the dialects that hold what the one that was asked for does not.
fn others(format: Format, settings: &[Setting], manner: &Manner) -> Vec<Dialect> {
    let holds = |dialect: &Dialect| {
        format
            .write(
                settings,
                &Manner {
                    dialect: *dialect,
                    ..manner.clone()
                },
            )
            .is_ok()
    };
    Dialect::ALL
        .into_iter()
        .filter(|_| format == Format::Dotenv)
        .filter(holds)
        .collect()
}

/// Returns what goes into a file, and says what does not.
fn settings(
    format: Format,
    plan: Option<&Plan>,
    ground: &Ground,
    snapshot: &Snapshot,
    report: &Report,
) -> Result<Vec<Setting>> {
    let reach = format.reach();
    if reach != Reach::Now {
        let plan = plan.ok_or_else(ground::no_project)?;
        let choice = choice::of_plan(&plan.operations, &ground.env, reach);
        export::say_left_out(report, &choice.left_out, reach);
        return Ok(choice.settings);
    }
    let all = now(plan, ground, snapshot, report);
    match format {
        Format::Github => {
            let (settings, has_path) = choice::without_path(all);
            if has_path {
                export::say_path_apart(report);
            }
            Ok(settings)
        }
        Format::GithubPath => path_in_front(&all, snapshot),
        _ => Ok(all),
    }
}

/// Returns what goes in front of `PATH`.
fn path_in_front(all: &[Setting], snapshot: &Snapshot) -> Result<Vec<Setting>> {
    let Some(path) = all.iter().find(|setting| setting.name == "PATH") else {
        return Ok(Vec::new());
    };
    let front = choice::in_front(snapshot.env.get("PATH"), path.value.as_deref())
        .ok_or_else(export::path_is_more)?;
    Ok(vec![Setting {
        name: path.name.clone(),
        value: Some(list::join(&front)),
    }])
}
