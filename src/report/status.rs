//! The words of `devenv status`, for people and for programs; both come from the same facts.

use std::ffi::OsString;

use anyhow::Result;
use serde_json::{Value, json};

use super::hook::off_words;
use super::plan::Shown;
use super::{Report, harmless, trust};
use crate::env::Env;
use crate::project::Project;
use crate::project::find::Kind;
use crate::project::plan::Plan;
use crate::project::select::Choice;
use crate::project::sources::Root;
use crate::project::switch::Off;
use crate::project::trust::Standing;
use crate::python::interpreter::Interpreter;

/// What is known.
#[derive(Debug)]
pub struct Facts<'a> {
    pub project: Option<&'a Project>,
    pub standing: Standing,
    /// What keeps the hook off here.
    pub off: Option<Off>,
    /// What follows for a command; nothing where the project is not trusted.
    pub judged: Option<Judged>,
}

/// What a trusted project means for a command.
#[derive(Debug)]
pub struct Judged {
    pub choice: Choice,
    pub plan: Plan,
    pub before: Env,
    pub after: Env,
    pub interpreter: Option<Interpreter>,
    /// Variables that the user changed after we set them.
    pub overridden: Vec<OsString>,
}

impl Judged {
    fn shown(&self) -> Shown<'_> {
        Shown {
            operations: &self.plan.operations,
            before: &self.before,
            after: &self.after,
        }
    }

    fn overridden(&self) -> Vec<String> {
        self.overridden
            .iter()
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    }
}

/// Prints the status.
pub fn print(report: &Report, facts: &Facts<'_>, as_json: bool) -> Result<()> {
    match facts.project {
        _ if as_json => report.json(&json(report, facts)),
        Some(project) => report.print(&text(report, project, facts)),
        None => report.print("project    none here; `devenv init` makes one\n"),
    }
}

fn text(report: &Report, project: &Project, facts: &Facts<'_>) -> String {
    let mut rows = vec![(
        "project",
        format!(
            "{} ({})",
            harmless(&project.root.to_string_lossy()),
            kind(project)
        ),
    )];
    if project.is_configured() {
        rows.push(("trust", facts.standing.word().to_owned()));
        rows.extend(facts.off.map(|off| ("hook", off_words(off).to_owned())));
    }
    for hint in trust::refusal(report, &facts.standing, &project.root)
        .into_iter()
        .flat_map(|fault| fault.hints)
    {
        rows.push((
            "",
            format!("{} {}", report.out.good("hint:"), harmless(&hint)),
        ));
    }
    if let Some(judged) = &facts.judged {
        rows.extend(judged_rows(report, project, judged));
    }
    rows.into_iter()
        .map(|(name, text)| format!("{} {text}\n", report.out.strong(&format!("{name:<10}"))))
        .collect()
}

fn judged_rows(report: &Report, project: &Project, judged: &Judged) -> Vec<(&'static str, String)> {
    let Judged { choice, plan, .. } = judged;
    let mut rows = vec![
        ("profile", format!("{} ({})", choice.name, choice.by)),
        (
            "",
            format!(
                "bytecode {}, clear {}",
                plan.policy.word(),
                plan.clear.word()
            ),
        ),
    ];
    rows.push(("venv", venv(report, project)));
    let python = judged
        .interpreter
        .as_ref()
        .map(|python| format!("{} {}", report.path(&python.exe), python.version));
    rows.push(("python", python.unwrap_or_else(|| "none yet".to_owned())));
    rows.extend(labelled(
        "sources",
        project.roots.iter().map(|root| source(report, root)),
    ));
    rows.extend(labelled(
        "outside",
        project
            .left_out()
            .into_iter()
            .map(|root| outside(report, project, root)),
    ));
    rows.extend(labelled(
        "aliases",
        project
            .config
            .aliases
            .iter()
            .map(|(name, alias)| format!("{name} = {}", harmless(&alias.text))),
    ));
    rows.extend(labelled(
        "variables",
        judged
            .shown()
            .lines(report)
            .into_iter()
            .map(|line| line.trim().to_owned()),
    ));
    rows.extend(labelled(
        "yours",
        judged
            .overridden()
            .into_iter()
            .map(|name| format!("{} (you changed it)", harmless(&name))),
    ));
    rows
}

fn venv(report: &Report, project: &Project) -> String {
    let found = project
        .venv
        .as_ref()
        .map(|venv| format!("{} ({})", report.path(&venv.path), venv.why));
    match (found, &project.missing) {
        (Some(found), None) => found,
        (Some(found), Some(_)) => format!("{found}, missing"),
        (None, Some(missing)) => format!("none: {} is missing", report.path(missing)),
        (None, None) => "none".to_owned(),
    }
}

/// Says what is imported from outside the project, and what would take it in.
fn outside(report: &Report, project: &Project, root: &Root) -> String {
    let takes = if project.is_configured() {
        "not among `sources`"
    } else {
        "`devenv init` takes it in"
    };
    let (path, reason) = (report.path(&root.path), root.placement.reason());
    format!(
        "{path}  {takes}: {reason} {}",
        report.out.faint(&format!("({})", harmless(&root.why)))
    )
}

/// Labels the first row of several.
fn labelled(
    name: &'static str,
    lines: impl Iterator<Item = String>,
) -> Vec<(&'static str, String)> {
    lines
        .enumerate()
        .map(|(index, line)| (if index == 0 { name } else { "" }, line))
        .collect()
}

fn source(report: &Report, root: &Root) -> String {
    let on = if root.placement.is_on_path() {
        "on PYTHONPATH"
    } else {
        "not on PYTHONPATH"
    };
    let (path, reason) = (report.path(&root.path), root.placement.reason());
    format!(
        "{path}  {on}: {reason} {}",
        report.out.faint(&format!("({})", harmless(&root.why)))
    )
}

fn kind(project: &Project) -> String {
    let names = project
        .inputs
        .iter()
        .filter_map(|input| input.path.file_name())
        .map(|name| name.to_string_lossy());
    match &project.kind {
        Kind::Configured => harmless(&names.collect::<Vec<_>>().join(", ")),
        Kind::Implicit(marker) => format!("{marker}, nothing configured"),
    }
}

fn json(report: &Report, facts: &Facts<'_>) -> Value {
    let Some(project) = facts.project else {
        return json!({ "schema": 1, "project": null });
    };
    let judged = facts.judged.as_ref();
    json!({
        "schema": 1,
        "project": {
            "root": project.root,
            "configured": project.is_configured(),
            "files": project.inputs.iter().map(|input| &input.path).collect::<Vec<_>>(),
        },
        "trust": facts.standing.word(),
        "hook_off": facts.off.map(Off::word),
        "profile": judged.map(|judged| json!({
            "name": judged.choice.name,
            "by": judged.choice.by,
            "bytecode": judged.plan.policy.word(),
            "clear": judged.plan.clear.word(),
        })),
        "venv": project.venv.as_ref().filter(|_| judged.is_some()).map(|venv| json!({ "path": venv.path, "why": venv.why })),
        "python": judged.and_then(|judged| judged.interpreter.as_ref())
            .map(|python| json!({ "path": python.exe, "version": python.version })),
        "missing_environment": project.missing.as_ref().filter(|_| judged.is_some()),
        "outside": project.left_out().into_iter().filter(|_| judged.is_some()).map(source_json).collect::<Vec<_>>(),
        "sources": project.roots.iter().filter(|_| judged.is_some()).map(source_json).collect::<Vec<_>>(),
        "aliases": judged.map(|_| aliases(project)),
        "variables": judged.map(|judged| judged.shown().json(report)),
        "overridden": judged.map(Judged::overridden),
    })
}

fn aliases(project: &Project) -> Value {
    project
        .config
        .aliases
        .iter()
        .map(|(name, alias)| (name.clone(), Value::from(alias.text.clone())))
        .collect()
}

fn source_json(root: &Root) -> Value {
    json!({
        "path": root.path,
        "on_pythonpath": root.placement.is_on_path(),
        "reason": root.placement.reason(),
        "why": root.why,
    })
}
