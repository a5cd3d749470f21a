//! `devenv check`: what in a repository makes old code run or spreads it: bytecode that git tracks
//! or would, bytecode without a source, a configuration that can't be read, and files of other
//! tools that say something old. For git hooks: reads only, unless asked to put things right, and
//! needs no consent.

use std::path::PathBuf;

use anyhow::Result;

use super::drift::{self, Drift};
use super::ground::{self, Ground};
use super::surroundings;
use crate::bytecode::census::{Census, Depth, Place};
use crate::bytecode::ledger::Ledger;
use crate::cli::Check;
use crate::env::Snapshot;
use crate::git::answers::Ignorer;
use crate::git::{Asker, Repository};
use crate::host::Tally;
use crate::inject::targets::{Target, gitignore};
use crate::project::Project;
use crate::project::profile;
use crate::project::trust::Standing;
use crate::report::Report;
use crate::report::check as words;
use crate::report::findings::is_wrong;
use crate::tree::scope::Scope;
use crate::values::fault::Fault;
use crate::values::finding::{Finding, Severity};

/// What git lists of bytecode, wherever it is asked.
const BYTECODE: [&str; 3] = [
    ":(top,glob)**/*.pyc",
    ":(top,glob)**/*.pyo",
    ":(top,glob)**/__pycache__/**",
];

/// Runs the command.
pub fn run(args: &Check, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let (ground, broken) = match Ground::at(&snapshot.cwd, snapshot, report, true) {
        Ok(ground) => (Some(ground), None),
        Err(error) => (None, Some(error)),
    };
    let project = ground.as_ref().and_then(|ground| ground.project.as_ref());
    let env = ground.as_ref().map_or(&snapshot.env, |ground| &ground.env);
    let asker = Asker {
        env,
        user: snapshot.user,
    };
    let repository = repository(asker, snapshot, report);
    let top = repository.as_ref().map(|repository| repository.top.clone());
    let root = project.map(|project| project.resolved.clone()).or(top);
    let Some(root) = root.or_else(|| broken.is_some().then(|| snapshot.cwd.clone())) else {
        return Err(ground::no_project().into());
    };
    let is_trusted =
        project.is_some_and(|project| matches!(project.standing(snapshot), Standing::Trusted));
    if let Some(project) = project.filter(|_| !is_trusted) {
        words::say_untrusted(report, &project.root);
    }
    let trusted = ground.as_ref().zip(project.filter(|_| is_trusted));
    let task = Task {
        args,
        repository,
        root,
        asker,
        trusted,
        snapshot,
        report,
    };
    if args.fix {
        words::say_fixed(report, &task.fix()?);
    }
    let mut findings: Vec<Finding> = broken
        .iter()
        .map(|error| configuration(error, report))
        .collect();
    findings.extend(task.findings());
    words::print(report, &findings, args.json)?;
    if findings.is_empty() {
        words::say_clean(report);
    }
    Ok(u8::from(findings.iter().any(is_wrong)))
}

/// Returns the repository to check, or says why it is not asked.
fn repository(asker: Asker<'_>, snapshot: &Snapshot, report: &Report) -> Option<Repository> {
    let repository = Repository::of_hook(&snapshot.cwd, asker.env)?;
    match repository.refusal(asker) {
        None => Some(repository),
        Some(fault) => {
            report.warn(&fault);
            None
        }
    }
}

/// Words a configuration that can't be read.
fn configuration(error: &anyhow::Error, report: &Report) -> Finding {
    let what = error.downcast_ref::<Fault>().map_or_else(
        || format!("{error:#}"),
        |fault| {
            let place = fault
                .spot
                .as_deref()
                .map(|spot| format!("{}: ", report.place(&spot.place)));
            format!("{}{}", place.unwrap_or_default(), fault.what)
        },
    );
    Finding::new("configuration", Severity::Error, what).cure("devenv status", "shows the line")
}

struct Task<'a> {
    args: &'a Check,
    repository: Option<Repository>,
    root: PathBuf,
    asker: Asker<'a>,
    trusted: Option<(&'a Ground, &'a Project)>,
    snapshot: &'a Snapshot,
    report: &'a Report,
}

impl Task<'_> {
    fn findings(&self) -> Vec<Finding> {
        let tracked = self.tracked_finding();
        let all = [tracked, self.ignore_finding(), self.orphan_finding()]
            .into_iter()
            .flatten();
        all.chain(self.plan_findings())
            .chain(self.drift_findings())
            .collect()
    }

    /// Puts right what can be, and says what it was.
    fn fix(&self) -> Result<Vec<String>> {
        let mut done = Vec::new();
        done.extend(self.unlist());
        let state = self.snapshot.dirs.state.as_deref();
        if !self.missing_rules().is_empty() {
            let top = self
                .repository
                .as_ref()
                .map(|repository| repository.top.clone());
            match surroundings::ignore(&self.root, top, self.asker, state) {
                Ok(edits) => done.extend(edits.iter().map(|edit| {
                    words::injected(self.report, Target::Gitignore.word(), &edit.path)
                })),
                Err(error) => self.warn(error)?,
            }
        }
        let mut edited = Vec::new();
        for Drift {
            target,
            profile,
            outcome,
            ..
        } in self
            .drifts()?
            .into_iter()
            .filter(|drift| drift.outcome.edit.is_needed())
        {
            outcome.carry_out(target.word(), &profile, state)?;
            done.push(words::injected(
                self.report,
                target.word(),
                &outcome.edit.path,
            ));
            edited.push(outcome.edit);
        }
        if let Some((ground, project)) = self.trusted {
            surroundings::keep_trust(
                project,
                &edited.iter().collect::<Vec<_>>(),
                ground,
                self.snapshot,
                self.report,
            )?;
        }
        Ok(done)
    }

    /// Takes bytecode out of the index, and says how much; what stands in the way is told.
    fn unlist(&self) -> Option<String> {
        let tracked = self.tracked().filter(|tracked| !tracked.is_empty())?;
        let repository = self.repository.as_ref()?;
        match repository.unlist(&tracked, self.asker) {
            Ok(()) => Some(words::untracked(tracked.len())),
            Err(fault) => {
                self.report.warn(&fault);
                None
            }
        }
    }

    /// Says what stands in the way of one cure, so that the others are made.
    fn warn(&self, error: anyhow::Error) -> Result<()> {
        self.report.warn(&error.downcast::<Fault>()?);
        Ok(())
    }

    /// Returns the bytecode that git tracks, or would with the next commit, relative to the
    /// checkout; nothing where git does not say.
    fn tracked(&self) -> Option<Vec<PathBuf>> {
        let Some(repository) = &self.repository else {
            return Some(Vec::new());
        };
        let ask = if self.args.staged {
            Repository::staged
        } else {
            Repository::tracked
        };
        let paths = ask(repository, &BYTECODE, self.asker)?.into_iter();
        Some(
            paths
                .filter(|path| repository.top.join(path).starts_with(&self.root))
                .collect(),
        )
    }

    fn tracked_finding(&self) -> Option<Finding> {
        let Some(tracked) = self.tracked() else {
            self.report
                .warn(&Fault::new("git does not say which bytecode it tracks").hint("git status"));
            return None;
        };
        let does = if self.args.staged {
            "the next commit holds"
        } else {
            "git tracks"
        };
        let fact = format!(
            "{does} {}",
            crate::report::count(tracked.len(), "bytecode file")
        );
        let finding = Finding::new("tracked-bytecode", Severity::Error, fact);
        let command = if self.args.staged {
            "devenv check --staged --fix"
        } else {
            "devenv check --fix"
        };
        (!tracked.is_empty()).then(|| {
            let evidence = tracked
                .iter()
                .map(|path| path.to_string_lossy().into_owned());
            finding
                .shown_by(evidence)
                .cure(command, "takes them out of the index")
        })
    }

    fn missing_rules(&self) -> Vec<&'static str> {
        self.repository
            .as_ref()
            .map(|_| gitignore::missing_in(&self.root, self.asker, Ignorer::Repository))
            .unwrap_or_default()
    }

    fn ignore_finding(&self) -> Option<Finding> {
        let missing = self.missing_rules();
        let finding = Finding::new(
            "not-ignored",
            Severity::Warning,
            "git does not ignore what is nobody else's",
        );
        let evidence = missing.iter().map(|line| (*line).to_owned());
        (!missing.is_empty()).then(|| {
            finding
                .shown_by(evidence)
                .cure("devenv inject gitignore", "adds what is missing")
        })
    }

    /// Bytecode that is imported although it has no source.
    fn orphan_finding(&self) -> Option<Finding> {
        let (scope, tally, ledger) = (
            Scope::new(&self.root, &[]),
            Tally::default(),
            Ledger::default(),
        );
        let census = Census {
            scope: &scope,
            prefix: None,
            depth: Depth::Names,
            crosses: false,
            target: None,
            ledger: &ledger,
            ignored: None,
            tally: &tally,
        };
        let found = census.take();
        let alone = found.files().filter(|(_, file)| file.place == Place::Alone);
        let paths: Vec<String> = alone
            .map(|(group, file)| self.report.path(&group.path(file)))
            .collect();
        let fact = format!(
            "{} would be imported without a source",
            crate::report::count(paths.len(), "bytecode file")
        );
        let finding = Finding::new("sourceless-bytecode", Severity::Error, fact);
        (!paths.is_empty()).then(|| {
            finding
                .shown_by(paths)
                .cure("devenv cache clear --orphans", "removes what has no source")
        })
    }

    /// What no command could be run with.
    fn plan_findings(&self) -> Vec<Finding> {
        let Some((_, project)) = self.trusted else {
            return Vec::new();
        };
        let faults = profile::names(&project.config)
            .into_iter()
            .filter_map(|name| project.plan(name).err());
        let mut findings: Vec<Finding> = faults
            .map(|fault| configuration(&fault.into(), self.report))
            .collect();
        findings.dedup();
        findings
    }

    fn drift_findings(&self) -> Vec<Finding> {
        let drifts = match self.drifts() {
            Ok(drifts) => drifts,
            Err(error) => {
                return vec![Finding {
                    code: "inject-drift",
                    ..configuration(&error, self.report)
                }];
            }
        };
        let worded = |drift: Drift| {
            let (path, word) = (
                self.report.path(&drift.outcome.edit.path),
                drift.target.word(),
            );
            let fact = format!(
                "`{path}` does not say what the profile `{}` does",
                drift.profile
            );
            let kept = drift
                .outcome
                .kept
                .iter()
                .map(|kept| format!("`{}` is {}, not {}", kept.what, kept.found, kept.wanted));
            let finding = Finding::new("inject-drift", Severity::Warning, fact).shown_by(kept);
            finding.cure(
                format!("devenv inject {word} --profile {}", drift.profile),
                "puts it right",
            )
        };
        drifts.into_iter().map(worded).collect()
    }

    fn drifts(&self) -> Result<Vec<Drift>> {
        self.trusted.map_or(Ok(Vec::new()), |(ground, project)| {
            drift::find(project, ground, self.snapshot)
        })
    }
}
