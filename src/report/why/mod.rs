//! The words of `devenv why`, for people and for programs: the answer in one line, what led to it,
//! then every finding with its evidence and what to paste. Both forms come from the same facts.

mod causes;
mod remedies;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Value, json};

use super::{Report, findings, harmless};
use crate::audit::Keeper;
use crate::python::imports::{Because, Found, Kind, Module, Via};
use crate::values::finding::{Finding as Said, Severity};
use crate::why::finding::{Cause, Finding};
use crate::why::judge::Verdicts;
use crate::why::stage::Stage;
use crate::why::subject::Subject;

/// What is shown.
#[derive(Debug)]
pub struct Shown {
    pub asked: Vec<OsString>,
    pub stage: Stage,
    pub subject: Subject,
    pub script: Option<PathBuf>,
    pub verdicts: Verdicts,
    pub now_ns: i64,
}

/// A finding in words.
#[derive(Debug, Default)]
pub struct Worded {
    pub fact: String,
    pub evidence: Vec<String>,
}

/// Prints it.
pub fn print(report: &Report, shown: &Shown, as_json: bool) -> Result<()> {
    if as_json {
        report.json(&shown.json(report))
    } else {
        report.print(&shown.text(report))
    }
}

impl Shown {
    /// Returns whether an edit takes effect, whatever else there is to find.
    fn takes_effect(&self) -> bool {
        self.verdicts
            .findings
            .iter()
            .all(|finding| finding.cause.spares_edit())
    }

    /// Returns whether there is nothing to find.
    pub fn is_clean(&self) -> bool {
        self.verdicts.findings.is_empty()
    }

    fn text(&self, report: &Report) -> String {
        let mut out = format!("{}\n\n", report.out.strong(&self.verdict(report)));
        for (name, text) in self.rows(report) {
            out += &format!("  {} {text}\n", report.out.faint(&format!("{name:<11}")));
        }
        out + &self
            .verdicts
            .findings
            .iter()
            .map(|one| findings::text(report, &said(report, report, one, self.now_ns)))
            .collect::<String>()
    }

    fn rows(&self, report: &Report) -> Vec<(&'static str, String)> {
        let version = format!(
            "{} (Python {})",
            report.path(&self.stage.python),
            self.stage.interpreter.version
        );
        let mut rows = vec![("interpreter", version)];
        if let Some(script) = &self.script {
            rows.push(("script", report.path(script)));
        }
        rows.extend(
            self.subject
                .found
                .module()
                .and_then(|module| self.because(report, module))
                .map(|why| ("found", why)),
        );
        rows.extend(
            self.subject
                .shadows
                .iter()
                .map(|path| ("passed over", report.path(path))),
        );
        let bytecode = self
            .verdicts
            .bytecode
            .iter()
            .filter(|_| !self.subject.is_whole);
        rows.extend(bytecode.map(|(pyc, judged)| {
            (
                "bytecode",
                format!("{}  {}", report.path(pyc), judged.verdict.word()),
            )
        }));
        if self.subject.is_whole && !self.verdicts.bytecode.is_empty() {
            rows.push((
                "bytecode",
                super::count(self.verdicts.bytecode.len(), "file"),
            ));
        }
        rows.extend(
            self.verdicts
                .keepers
                .iter()
                .map(|keeper| ("kept by", causes::keeper(report, keeper))),
        );
        rows.extend(
            self.not_followed(report)
                .into_iter()
                .map(|line| ("not read", line)),
        );
        rows
    }

    /// Says what led to a module.
    fn because(&self, report: &Report, module: &Module) -> Option<String> {
        let entry = self.stage.search.entry_of(module);
        let Some(entry) = entry else {
            let Via::Hook(file) = &module.via else {
                return None;
            };
            return Some(format!("by the editable install of {}", report.path(file)));
        };
        let path = report.path(&entry.path);
        Some(match &entry.because {
            Because::WorkingDirectory => format!("in {path}, the working directory"),
            Because::Script => format!("in {path}, the directory of the script"),
            Because::Pythonpath => format!("in {path}, on PYTHONPATH"),
            Because::Library => format!("in {path}, the standard library"),
            Because::UserSite => format!("in {path}, your own packages"),
            Because::Packages => format!("in {path}"),
            Because::Pth(file) => format!("in {path}, which {} adds", report.path(file)),
        })
    }

    fn not_followed(&self, report: &Report) -> Vec<String> {
        let unknown = self.stage.search.unknown.iter();
        let mut out: Vec<String> = unknown
            .map(|(file, text)| format!("{}: `{}`", report.path(file), shortened(text)))
            .collect();
        if self.stage.variable("PYTHONHOME").is_some() {
            out.push("PYTHONHOME, which moves the standard library".to_owned());
        }
        out
    }

    /// Says it in one line.
    fn verdict(&self, report: &Report) -> String {
        let name = self.named(report);
        let findings = &self.verdicts.findings;
        let worst = findings
            .first()
            .filter(|finding| finding.cause.severity() == Severity::Error);
        let module = match &self.subject.found {
            Found::Missing { .. } => return format!("{name} is not found{}", self.meant(findings)),
            Found::Module(module) => module,
        };
        let runs = match (module.kind, &module.file) {
            (Kind::Builtin | Kind::Frozen, _) => format!("{name} is part of the interpreter"),
            (Kind::Namespace, _) => format!("{name} is a package without code of its own"),
            (_, Some(file)) if self.subject.data.is_some() => self.read(report, file),
            (_, Some(file)) if self.subject.name.is_none() => {
                format!("{} runs itself", report.path(file))
            }
            (_, Some(file)) => format!("{name} runs {}", report.path(file)),
            (_, None) => name,
        };
        match worst {
            Some(finding) => runs + &causes::in_short(report, &finding.cause),
            None if self.takes_effect() => runs + self.health(module),
            None => runs,
        }
    }

    /// Says which file is read where one is meant that is no module.
    fn read(&self, report: &Report, file: &Path) -> String {
        match &self.subject.own {
            Some(own) if !self.subject.runs_own() => {
                format!("{} is read from {}", report.path(own), report.path(file))
            }
            _ if self.subject.holder().is_some() => format!("{} is read itself", report.path(file)),
            _ => format!("{} is read by whoever opens it now", report.path(file)),
        }
    }

    /// Says that the code which is there runs, whatever else there is to find; of what can't be
    /// edited where it lies, since when it is so.
    fn health(&self, module: &Module) -> &'static str {
        let is_installed = module.file.as_ref().is_some_and(|file| {
            self.stage
                .search
                .sites
                .iter()
                .any(|site| file.starts_with(site))
        });
        match (&self.subject.own, module.kind) {
            (Some(_), Kind::Source) if !self.subject.runs_own() && is_installed => {
                ", a copy that is as its source"
            }
            (_, Kind::Source) => ", as it is now",
            (_, Kind::Extension) => ", as it was built",
            (_, Kind::Zip) => ", as it was packed",
            _ => "",
        }
    }

    fn meant(&self, findings: &[Finding]) -> String {
        let near = findings.iter().find_map(|finding| match &finding.cause {
            Cause::NotFound { near, .. } => near.first(),
            _ => None,
        });
        near.map(|near| format!("; did you mean {}?", harmless(near)))
            .unwrap_or_default()
    }

    fn named(&self, report: &Report) -> String {
        match (&self.subject.name, &self.script) {
            (Some(name), _) => harmless(name),
            (None, Some(script)) => report.path(script),
            (None, None) => self
                .asked
                .iter()
                .map(|word| harmless(&word.to_string_lossy()))
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    fn json(&self, report: &Report) -> Value {
        let whole = report.with_whole_paths();
        let findings = self.verdicts.findings.iter();
        let findings = findings.map(|one| findings::json(&said(&whole, report, one, self.now_ns)));
        let bytecode = self.verdicts.bytecode.iter();
        let asked = self
            .asked
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect::<Vec<_>>();
        json!({
            "schema": 1,
            "target": asked.join(" "),
            "verdict": self.verdict(report),
            "takes_effect": self.takes_effect(),
            "module": self.subject.name,
            "interpreter": self.stage.python.to_string_lossy(),
            "runs": self.subject.found.module().map(|module| self.runs(module)),
            "shadows": self.subject.shadows.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
            "bytecode": bytecode.map(|(pyc, judged)| json!({ "path": pyc.to_string_lossy(), "verdict": judged.verdict.word() })).collect::<Vec<_>>(),
            "caches": self.verdicts.keepers.iter().map(keeper).collect::<Vec<_>>(),
            "not_followed": self.not_followed(&whole),
            "findings": findings.collect::<Vec<_>>(),
        })
    }

    fn runs(&self, module: &Module) -> Value {
        let entry = self.stage.search.entry_of(module);
        let (because, place) = match (&module.via, entry) {
            (_, Some(entry)) => (word(&entry.because), Some(entry.path.clone())),
            (Via::Hook(file), _) => ("editable", Some(file.clone())),
            _ if self.subject.name.is_none() => ("script", None),
            _ => ("interpreter", None),
        };
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        let portions = module
            .below
            .iter()
            .flatten()
            .filter(|_| module.kind == Kind::Namespace);
        json!({
            "kind": if self.subject.data.is_some() { "data" } else { kind(module.kind) },
            "path": module.file.as_ref().map(text),
            "portions": portions.map(text).collect::<Vec<_>>(),
            "because": because,
            "entry": place.as_ref().map(text),
        })
    }
}

/// Words a finding. Paths of the evidence are as `report` says them, commands as they would be
/// pasted in `here`.
pub(super) fn said(report: &Report, here: &Report, finding: &Finding, now_ns: i64) -> Said {
    let Worded { fact, evidence } = causes::worded(report, &finding.cause, now_ns);
    let remedies = finding
        .remedies
        .iter()
        .map(|remedy| remedies::worded(here, remedy))
        .collect();
    let (code, severity, cured_by_run) = (
        finding.cause.code(),
        finding.cause.severity(),
        finding.cured_by_run,
    );
    Said {
        code,
        severity,
        fact,
        evidence,
        remedies,
        cured_by_run,
    }
}

fn keeper(keeper: &Keeper) -> Value {
    let cleared = keeper.cleared.as_ref();
    json!({
        "path": keeper.file.to_string_lossy(),
        "line": keeper.line,
        "name": keeper.name,
        "how": causes::how(keeper),
        "cleared_by": cleared.map(|by| json!({ "path": by.file.to_string_lossy(), "line": by.line, "name": by.name })),
    })
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Builtin => "builtin",
        Kind::Frozen => "frozen",
        Kind::Extension => "extension",
        Kind::Source => "source",
        Kind::Bytecode => "bytecode",
        Kind::Zip => "zip",
        Kind::Namespace => "namespace",
    }
}

fn word(because: &Because) -> &'static str {
    match because {
        Because::WorkingDirectory => "working-directory",
        Because::Script => "script-directory",
        Because::Pythonpath => "pythonpath",
        Because::Library => "library",
        Because::UserSite => "user-site",
        Because::Packages => "packages",
        Because::Pth(_) => "pth",
    }
}

/// Returns as much of a line as tells what it is.
fn shortened(text: &str) -> String {
    const ENOUGH: usize = 60;
    let short: String = text.chars().take(ENOUGH).collect();
    harmless(&if short.len() < text.len() {
        short + "…"
    } else {
        short
    })
}
