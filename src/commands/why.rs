//! `devenv why`: which file an import really loads, and why an edit did not take effect. Works
//! without trust, by what lies in the tree; of an untrusted configuration nothing is believed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::belief::{believed_environment, believed_roots};
use super::ground::{self, Ground};
use crate::cli::Why;
use crate::env::{Env, Snapshot, operation};
use crate::host::programs::{self, Found};
use crate::host::{clock, stamp};
use crate::project::Project;
use crate::project::find;
use crate::project::load::Reading;
use crate::project::manifests::Manifests;
use crate::project::modules;
use crate::project::trust::Standing;
use crate::python::environment::{self, Environment};
use crate::python::startable::Consent;
use crate::python::{installed, locate};
use crate::report::Report;
use crate::report::why::{self as words, Shown};
use crate::values::fault::Fault;
use crate::values::paths;
use crate::why::context::{Context, Intake, Run};
use crate::why::judge;
use crate::why::line::Desk;
use crate::why::subject::{OwnRoot, own_roots};
use crate::why::target::{Asked, Place, Target};

/// Runs the command.
pub fn run(args: &Why, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let ground = Ground::read(
        &start(args, snapshot),
        snapshot,
        report,
        true,
        Reading::Whole,
    )?;
    let environment = match &ground.project {
        Some(project) => believed_environment(project, snapshot),
        None => snapshot
            .cwd
            .ancestors()
            .find_map(|above| environment::load(&above.join(".venv"))),
    };
    let question = Question {
        args,
        snapshot,
        report,
        ground: &ground,
        environment,
    };
    let answer = question.answer()?;
    words::print(report, &answer, args.json)?;
    Ok(u8::from(!answer.is_clean()))
}

/// Returns the directory whose project is asked about: that of a file where none is here.
fn start(args: &Why, snapshot: &Snapshot) -> PathBuf {
    let named = args
        .target
        .as_ref()
        .map(|word| (Path::new(word), paths::normalised(&snapshot.cwd.join(word))));
    // What lies beside, as `../library` does, is asked about from here.
    let apart = named.filter(|(word, file)| word.is_absolute() || file.starts_with(&snapshot.cwd));
    let file = apart
        .map(|(_, file)| file)
        .filter(|file| stamp::of(file).is_some());
    let apart = file.and_then(|file| Some(file.parent()?.to_owned()));
    let has_project = || {
        find::find(
            &snapshot.cwd,
            snapshot.dirs.home.as_deref(),
            &mut Manifests::default(),
        )
        .is_some()
    };
    apart
        .filter(|_| !has_project())
        .unwrap_or_else(|| snapshot.cwd.clone())
}

struct Question<'a> {
    args: &'a Why,
    snapshot: &'a Snapshot,
    report: &'a Report,
    ground: &'a Ground,
    /// The project's own, or where there is no project one that lies here.
    environment: Option<Environment>,
}

impl Question<'_> {
    fn answer(&self) -> Result<Shown> {
        let project = self.ground.project.as_ref();
        let is_trusted = project
            .is_some_and(|project| matches!(project.standing(self.snapshot), Standing::Trusted));
        if let Some(project) = project.filter(|_| !is_trusted) {
            if self.args.profile.is_some() {
                ground::require_trust(project, self.snapshot, self.report)?;
            }
            self.report.say(&format!(
                "`{}` is not trusted: what it says is not believed",
                self.report.path(&project.root)
            ));
        }
        let env = self.env()?;
        let own = project
            .into_iter()
            .flat_map(|project| believed_roots(project, is_trusted));
        let mut roots = own_roots(own);
        let target = self.place(&env, &roots, is_trusted)?;
        let local = modules::local(&target.stage.search.sites);
        let known = roots.len();
        let paths: Vec<PathBuf> = roots.into_iter().map(|root| root.path).collect();
        roots = own_roots(paths.into_iter().chain(modules::of_distributions(&local)));
        // What is installed from elsewhere on this machine has roots of its own, which only this
        // interpreter names.
        let target = if roots.len() > known {
            self.place(&env, &roots, is_trusted)?
        } else {
            target
        };
        target.require_reader(project.map(|project| project.resolved.as_path()))?;
        Ok(self.judged(target, &roots, &local, project.filter(|_| is_trusted)))
    }

    /// Returns the environment that is asked about.
    fn env(&self) -> Result<Env> {
        match (&self.args.profile, &self.ground.project) {
            (None, _) => Ok(self.snapshot.env.clone()),
            (Some(_), None) => Err(ground::no_project().into()),
            (Some(name), Some(project)) => Ok(self.through_run(project, Some(name))?),
        }
    }

    fn through_run(&self, project: &Project, profile: Option<&str>) -> Result<Env, Fault> {
        let choice = project.choice(profile, self.snapshot, &self.ground.env)?;
        Ok(operation::apply(
            &project.plan(&choice.name)?.operations,
            &self.ground.env,
        ))
    }

    fn place(&self, env: &Env, roots: &[OwnRoot], is_trusted: bool) -> Result<Target> {
        let project = self.ground.project.as_ref();
        let trusted = project.filter(|_| is_trusted);
        let through_run = |profile: Option<&str>| {
            let project = trusted.ok_or_else(|| {
                Fault::new("no trusted project here to run in").hint("devenv allow")
            })?;
            self.through_run(project, profile)
        };
        let alias = |name: &str| {
            let alias = trusted?.config.aliases.get(name)?;
            Some(alias.words.iter().map(OsString::from).collect())
        };
        let uv = self
            .environment
            .as_ref()
            .map(|environment| environment.prefix.clone());
        let tongue = self.report.tongue;
        let desk = Desk {
            cwd: &self.snapshot.cwd,
            uv,
            through_run: &through_run,
            alias: &alias,
            tongue,
        };
        let caution = self.ground.caution(self.snapshot);
        let caution = if self.args.python.is_some() {
            caution.with(Consent::Named)
        } else {
            caution
        };
        let python = self.python(env);
        let place = Place {
            desk,
            env,
            roots,
            python,
            memory: &self.ground.memory,
            caution: &caution,
        };
        Ok(place.find(match &self.args.target {
            Some(word) => Asked::Word(word),
            None => Asked::Line(&self.args.command),
        })?)
    }

    /// Returns the interpreter that is meant where the question names none.
    fn python(&self, env: &Env) -> Option<PathBuf> {
        let cwd = &self.snapshot.cwd;
        if let Some(named) = &self.args.python {
            return Some(
                match programs::find(named.as_os_str(), env.get("PATH"), cwd) {
                    Found::Program(path) | Found::NotExecutable(path) => path,
                    Found::Missing => cwd.join(named),
                },
            );
        }
        let own = self
            .environment
            .as_ref()
            .map(|environment| environment.prefix.join("bin/python"));
        own.filter(|own| stamp::of_link(own).is_some())
            .or_else(|| locate::python(None, env, cwd))
    }

    fn judged(
        &self,
        target: Target,
        roots: &[OwnRoot],
        local: &[installed::Distribution],
        trusted: Option<&Project>,
    ) -> Shown {
        let Target {
            stage,
            subject,
            script,
            words,
        } = target;
        let project = self.ground.project.as_ref();
        let venv = project.and_then(|project| project.venv.as_ref());
        let run = trusted.and_then(|project| {
            let choice = project
                .choice(
                    self.args.profile.as_deref(),
                    self.snapshot,
                    &self.ground.env,
                )
                .ok()?;
            let plan = project.plan(&choice.name).ok()?;
            let env = operation::apply(&plan.operations, &self.ground.env);
            let interpreter = Some(stage.interpreter.clone());
            let promise =
                self.ground
                    .promise_for(interpreter, project, &plan, &env, self.snapshot, true);
            Some(Run {
                env,
                promise,
                is_asked: self.args.profile.is_some(),
            })
        });
        let consent = trusted.and_then(|project| {
            let choice = project
                .choice(
                    self.args.profile.as_deref(),
                    self.snapshot,
                    &self.ground.env,
                )
                .ok()?;
            Intake::of(project, &choice.name, &self.ground.env)
        });
        let context = Context {
            consent: consent.as_ref(),
            stage: &stage,
            roots,
            project: project.map(|project| project.resolved.as_path()),
            environment: self.environment.as_ref(),
            is_synced: venv.is_some_and(|venv| {
                venv.path
                    .parent()
                    .is_some_and(|above| stamp::is_file(&above.join("uv.lock")))
            }),
            local,
            run: run.as_ref(),
            words: &words,
            script: script.as_deref(),
            user: self.snapshot.user.uid,
            pid: self.snapshot.parent,
            now_ns: clock::now_ns(),
            deep: self.args.deep,
        };
        let verdicts = judge::judge(&subject, &context);
        let now_ns = context.now_ns;
        let asked = match &self.args.target {
            Some(word) => vec![word.clone()],
            None => self.args.command.clone(),
        };
        drop(run);
        Shown {
            asked,
            stage,
            subject,
            script,
            verdicts,
            now_ns,
        }
    }
}
