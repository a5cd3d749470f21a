//! What leads into another environment than the project's: a console script that belongs elsewhere,
//! an activated environment of another project, a variable that tells uv where to install.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::finding::{Astray, Cause, Finding, Remedy};
use super::super::stage::environment_of;
use super::super::subject::Subject;
use crate::host::programs::{self, Found};
use crate::host::{files, stamp};
use crate::python::imports::is_same;

/// Judges where the code would run.
pub(in crate::why) fn judge(subject: &Subject, context: &Context<'_>) -> Vec<Finding> {
    let Some(own) = context.environment else {
        return Vec::new();
    };
    let expected = own.prefix.as_path();
    let is_own = |prefix: &Path| is_same(prefix, expected);
    let mut out = Vec::new();
    match context.script {
        Some(script) if !context.stage.home().is_some_and(is_own) => {
            out.extend(by_script(script, subject, expected, context));
        }
        Some(_) => {}
        None => out.extend(by_path(expected, context)),
    }
    out.extend(by_uv(expected, context));
    out
}

/// Judges a console script that has another environment, where the project has one of that name or
/// its module.
fn by_script(
    script: &Path,
    subject: &Subject,
    expected: &Path,
    context: &Context<'_>,
) -> Option<Finding> {
    let beside = expected.join("bin").join(script.file_name()?);
    let has_own = stamp::is_file(&beside);
    if !has_own && subject.own.is_none() {
        return None;
    }
    let rest = context.words.iter().skip(1).cloned();
    let instead = |first: PathBuf| {
        [OsString::from(first)]
            .into_iter()
            .chain(rest.clone())
            .collect()
    };
    let mut remedies = Vec::new();
    if has_own {
        remedies.push(Remedy::Instead {
            words: instead(beside),
        });
        remedies.push(Remedy::Run {
            words: instead(PathBuf::from(script.file_name()?)),
        });
    } else if let Some(name) = &subject.name {
        let python = expected.join("bin/python").into_os_string();
        remedies.push(Remedy::Instead {
            words: [python, "-m".into(), name.into()]
                .into_iter()
                .chain(rest.clone())
                .collect(),
        });
    }
    let what = Astray::Script(script.to_owned());
    let environment = context.stage.home().map(Path::to_owned);
    let python = context.python();
    let cause = Cause::WrongEnvironment {
        what,
        python,
        environment,
        expected: expected.to_owned(),
    };
    Some(Finding {
        cause,
        remedies,
        cured_by_run: has_own && context.run.is_some_and(|run| !run.is_asked),
    })
}

/// Judges an environment that was activated, and is not the project's.
fn by_path(expected: &Path, context: &Context<'_>) -> Option<Finding> {
    let active = context.stage.env.filled("VIRTUAL_ENV").map(PathBuf::from)?;
    if is_same(&active, expected) {
        return None;
    }
    let path = context.stage.env.get("PATH");
    let Found::Program(python) = programs::find(OsStr::new("python"), path, &context.stage.cwd)
    else {
        return None;
    };
    let environment = environment_of(&python)
        .map(|found| found.prefix)
        .filter(|found| is_same(found, &active))?;
    let leave = Remedy::Do {
        words: vec!["deactivate".into()],
    };
    let remedies = context
        .through_devenv()
        .into_iter()
        .chain([leave])
        .collect();
    let cause = Cause::WrongEnvironment {
        what: Astray::Python,
        python,
        environment: Some(environment),
        expected: expected.to_owned(),
    };
    Some(Finding {
        cause,
        remedies,
        cured_by_run: context.run.is_some_and(|run| !run.is_asked),
    })
}

/// Judges the variable by which uv installs into another environment than it runs.
fn by_uv(expected: &Path, context: &Context<'_>) -> Option<Finding> {
    let value = context.stage.env.filled("UV_PYTHON")?;
    let path = context.stage.cwd.join(value);
    let is_path = value.as_encoded_bytes().contains(&b'/');
    let inside = files::canonical(path.parent()?)
        .is_some_and(|path| files::canonical(expected).is_some_and(|own| path.starts_with(own)));
    if !is_path || inside || is_same(&path, expected) || path.starts_with(expected) {
        return None;
    }
    let environment = environment_of(&path).map(|found| found.prefix)?;
    let what = Astray::UvPython(value.to_owned());
    let (python, expected) = (path, expected.to_owned());
    let cause = Cause::WrongEnvironment {
        what,
        python,
        environment: Some(environment),
        expected,
    };
    Some(Finding {
        cause,
        remedies: vec![Remedy::Unset { name: "UV_PYTHON" }],
        cured_by_run: false,
    })
}
