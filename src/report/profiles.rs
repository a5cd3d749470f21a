//! The words for profiles.

use anyhow::Result;
use serde_json::{Value, json};

use super::Report;
use super::plan::Shown;
use crate::env::{Env, Origin};
use crate::project::config::PythonPath;
use crate::project::plan::Plan;
use crate::project::profile::Profile;
use crate::project::select::Choice;

/// Prints the profiles; the chosen one is marked.
pub fn list(
    report: &Report,
    profiles: &[Profile<'_>],
    choice: &Choice,
    as_json: bool,
) -> Result<()> {
    if as_json {
        let all: Vec<Value> = profiles
            .iter()
            .map(|profile| summary(report, profile))
            .collect();
        return report.json(
            &json!({ "schema": 1, "chosen": choice.name, "by": choice.by, "profiles": all }),
        );
    }
    let width = profiles
        .iter()
        .map(|profile| profile.name.len())
        .max()
        .unwrap_or_default();
    let line = |profile: &Profile<'_>| {
        let chosen = profile.name == choice.name;
        let name = format!("{:<width$}", profile.name);
        let (mark, name) = if chosen {
            ("*", report.out.strong(&name))
        } else {
            (" ", name)
        };
        let base = profile
            .chain
            .get(1)
            .map(|base| format!(", extends {base}"))
            .unwrap_or_default();
        let by = if chosen {
            format!("  ({})", choice.by)
        } else {
            String::new()
        };
        format!(
            "{mark} {name}  bytecode {}{base}{by}\n",
            profile.policy.0.word()
        )
    };
    report.print(&profiles.iter().map(line).collect::<String>())
}

/// Says which profile is chosen now.
pub fn say_chosen(report: &Report, name: Option<&str>) {
    match name {
        Some(name) => report.say(&format!("this checkout uses the profile `{name}`")),
        None => report.say("this checkout uses the default profile"),
    }
}

/// Prints one profile.
pub fn show(
    report: &Report,
    profile: &Profile<'_>,
    plan: &Plan,
    (before, after): (&Env, &Env),
    as_json: bool,
) -> Result<()> {
    let shown = Shown {
        operations: &plan.operations,
        before,
        after,
    };
    if as_json {
        let mut value = summary(report, profile);
        value["schema"] = json!(1);
        value["variables"] = json!(shown.json(report));
        return report.json(&value);
    }
    let mut rows = vec![("profile", profile.name.clone())];
    if profile.chain.len() > 1 {
        rows.push(("extends", profile.chain[1..].join(", ")));
    }
    let sited = |value: &str, origin: &Origin| {
        format!(
            "{value}  {}",
            report.out.faint(&format!("({})", report.origin(origin)))
        )
    };
    rows.push((
        "bytecode",
        sited(profile.policy.0.word(), &profile.policy.1),
    ));
    rows.push((
        "pythonpath",
        sited(
            &python_path(report, &profile.pythonpath.0),
            &profile.pythonpath.1,
        ),
    ));
    rows.push(("clear", sited(profile.clear.0.word(), &profile.clear.1)));
    let rows = rows
        .into_iter()
        .map(|(name, text)| format!("{} {text}", report.out.strong(&format!("{name:<10}"))));
    let lines = rows
        .chain([report.out.strong("variables")])
        .chain(shown.lines(report));
    report.print(&lines.map(|line| line + "\n").collect::<String>())
}

fn summary(report: &Report, profile: &Profile<'_>) -> Value {
    json!({
        "name": profile.name,
        "extends": profile.chain[1..],
        "bytecode": profile.policy.0.word(),
        "pythonpath": python_path(report, &profile.pythonpath.0),
        "clear": profile.clear.0.word(),
    })
}

fn python_path(report: &Report, value: &PythonPath) -> String {
    match value {
        PythonPath::Sources => "sources".to_owned(),
        PythonPath::Inherit => "inherit".to_owned(),
        PythonPath::Listed(paths) => paths
            .iter()
            .map(|path| report.path(path))
            .collect::<Vec<_>>()
            .join(":"),
    }
}
