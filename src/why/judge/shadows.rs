//! A module of the project that another one of its name hides: in the working directory, on
//! `PYTHONPATH`, in the standard library or the interpreter itself, in a zip file, behind an
//! extension, or by a finder that is asked too late.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::facts;
use super::super::finding::{Cause, Finding, Remedy};
use super::super::subject::Subject;
use super::reach::{front, is_cured, root_of};
use crate::host::{files, stamp};
use crate::python::imports::{Because, Kind, Module, Via, bytecode_beside, crc_of, is_same};
use crate::python::launch::Flags;

/// Judges a module that is found.
pub(super) fn judge(subject: &Subject, context: &Context<'_>) -> Option<Finding> {
    let module = subject.found.module()?;
    if module.kind == Kind::Extension
        && let Some(finding) = by_extension(subject, module, context)
    {
        return Some(finding);
    }
    if matches!(module.kind, Kind::Builtin | Kind::Frozen) {
        let own = subject
            .own
            .clone()
            .or_else(|| passed_over(subject, context));
        return own.map(|own| standard(&own));
    }
    let Some(own) = subject.own.as_deref().filter(|_| !subject.runs_own()) else {
        return hides_standard(subject, module, context);
    };
    if module.kind == Kind::Extension
        && module.file.as_deref().and_then(Path::parent) == own.parent()
    {
        return None;
    }
    let name = subject.name.as_deref()?;
    match module.kind {
        Kind::Namespace => by_finder(subject, own, context),
        Kind::Zip => in_zip(name, own, module, context),
        _ if module
            .file
            .as_deref()
            .is_some_and(|file| context.is_installed(file)) =>
        {
            None
        }
        _ => Some(by_place(name, own, module, context)),
    }
}

/// Judges an extension module by the source beside it.
fn by_extension(subject: &Subject, module: &Module, context: &Context<'_>) -> Option<Finding> {
    let extension = module.file.as_deref()?;
    let stem = extension.file_name()?.to_str()?.split('.').next()?;
    let beside = |end: &str| {
        Some(extension.with_file_name(format!("{stem}.{end}"))).filter(|path| stamp::is_file(path))
    };
    let source = beside("py")
        .or_else(|| beside("pyx"))
        .or_else(|| subject.own.clone())?;
    let (built, edited) = (stamp::of(extension)?, stamp::of(&source)?);
    if is_same(extension, &source) || edited.mtime_ns <= built.mtime_ns {
        return None;
    }
    let mut remedies = Vec::new();
    let rebuilt = context
        .distribution_of(&source)
        .map(|(distribution, directory)| {
            let (into, distribution) = (context.installer(distribution), distribution.name.clone());
            Remedy::Reinstall {
                into,
                distribution,
                directory: directory.to_owned(),
                without: None,
            }
        });
    let is_python = source.extension().is_some_and(|end| end == "py");
    remedies.extend(is_python.then(|| Remedy::Remove {
        path: extension.to_owned(),
    }));
    remedies.extend(rebuilt);
    let cause = Cause::Extension {
        extension: facts::written(extension),
        source: facts::edited(&source),
    };
    Some(Finding {
        cause,
        remedies,
        cured_by_run: false,
    })
}

/// Judges what `PYTHONPATH` would have led to.
pub(super) fn ignored(subject: &Subject, context: &Context<'_>) -> Option<Finding> {
    let why = context.stage.flags.why_ignored()?;
    let value = context.stage.env.filled("PYTHONPATH")?.to_owned();
    let plain = context.stage.search_with(
        Flags {
            isolated: false,
            no_environment: false,
            ..context.stage.flags
        },
        &context.stage.env,
    );
    let found = plain.find(subject.name.as_deref()?);
    let module = found.module()?;
    let is_by_variable = plain
        .entry_of(module)
        .is_some_and(|entry| entry.because == Because::Pythonpath);
    let own = module
        .file
        .as_deref()
        .filter(|file| is_by_variable && !subject.file().is_some_and(|now| is_same(now, file)))?;
    let script = context.script.map(Path::to_owned);
    let words = match &script {
        Some(script) => {
            let rest = context.words.iter().skip(1).cloned();
            [context.python().into(), script.clone().into()]
                .into_iter()
                .chain(rest)
                .collect()
        }
        None => without_flags(context.words),
    };
    let mut remedies = vec![Remedy::Instead { words }];
    remedies.extend(root_editable(own, context));
    let cause = Cause::PythonpathIgnored {
        why,
        script,
        own: facts::edited(own),
        value,
    };
    Some(Finding {
        cause,
        remedies,
        cured_by_run: false,
    })
}

/// Returns a command line without the flags by which the environment is ignored.
fn without_flags(words: &[OsString]) -> Vec<OsString> {
    let mut out = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let letters = word
            .to_str()
            .filter(|word| at > 0 && word.starts_with('-') && !word.starts_with("--"));
        let kept: Option<String> = letters.map(|word| {
            word.chars()
                .filter(|letter| !"IE".contains(*letter))
                .collect()
        });
        match kept.as_deref() {
            Some("-") => {}
            Some(kept) => out.push(kept.into()),
            None => out.push(word.clone()),
        }
        if letters.is_none() && at > 0 {
            out.extend(words[at + 1..].iter().cloned());
            break;
        }
    }
    out
}

fn root_editable(own: &Path, context: &Context<'_>) -> Option<Remedy> {
    let (distribution, directory) = context.distribution_of(own)?;
    let into = context.installer(distribution);
    Some(Remedy::InstallEditable {
        into,
        directory: directory.to_owned(),
        mode: None,
    })
}

/// Judges a package that the finder of an editable install knows, where a directory of its name is
/// found first.
pub(super) fn by_finder(subject: &Subject, own: &Path, context: &Context<'_>) -> Option<Finding> {
    let name = subject.name.as_deref()?;
    let top = name.split('.').next()?;
    let search = &context.stage.search;
    let hook = search
        .hooks
        .iter()
        .find(|hook| hook.names.contains_key(top))?;
    let places = search
        .find(top)
        .module()
        .and_then(|module| module.below.clone())
        .unwrap_or_default();
    let mut remedies = Vec::new();
    if let Some((distribution, directory)) = context.distribution_of(own) {
        let into = context.installer(distribution);
        remedies.push(Remedy::InstallEditable {
            into,
            directory: directory.to_owned(),
            mode: Some("compat"),
        });
    }
    remedies.extend(root_of(name, own).map(|root| front(root, context)));
    let cured_by_run = is_cured(name, own, context);
    let cause = Cause::FinderShadowed {
        places,
        own: facts::edited(own),
        finder: hook.file.clone(),
    };
    Some(Finding {
        cause,
        remedies,
        cured_by_run,
    })
}

/// Judges a copy in a zip file: one that holds the same bytes hides nothing.
fn in_zip(name: &str, own: &Path, module: &Module, context: &Context<'_>) -> Option<Finding> {
    let file = module.file.clone()?;
    let is_equal = file.extension().is_some_and(|end| end == "py")
        && files::read(own)
            .ok()?
            .is_some_and(|bytes| crc_of(&file, &bytes).is_some_and(|(_, is_equal)| is_equal));
    if is_equal {
        return None;
    }
    let remedies = root_of(name, own)
        .map(|root| front(root, context))
        .into_iter()
        .collect();
    let cured_by_run = is_cured(name, own, context);
    let by = Some(facts::named(&file));
    Some(Finding {
        cause: Cause::ZipOrFrozen {
            by,
            own: facts::edited(own),
        },
        remedies,
        cured_by_run,
    })
}

/// Judges bytecode beside its source in a zip file: nobody can tell from outside whether it is that
/// of the source.
pub(super) fn zipped(subject: &Subject) -> Option<Finding> {
    let module = subject
        .found
        .module()
        .filter(|module| module.kind == Kind::Zip)?;
    let (archive, inner) = bytecode_beside(module.file.as_deref()?)?;
    let words = [
        OsString::from("zip"),
        "-d".into(),
        archive.clone().into(),
        inner.clone().into(),
    ];
    let cause = Cause::ZipBytecode { archive, inner };
    Some(Finding {
        cause,
        remedies: vec![Remedy::Do {
            words: words.into(),
        }],
        cured_by_run: false,
    })
}

/// Judges a module that has the name of one of the interpreter's own, which is always found first.
fn standard(own: &Path) -> Finding {
    let remedies = vec![Remedy::Rename {
        path: own.to_owned(),
    }];
    Finding {
        cause: Cause::ZipOrFrozen {
            by: None,
            own: facts::edited(own),
        },
        remedies,
        cured_by_run: false,
    }
}

/// Returns a module of the project's or the user's that the interpreter passes over.
fn passed_over(subject: &Subject, context: &Context<'_>) -> Option<PathBuf> {
    let early = context
        .stage
        .search
        .entries
        .iter()
        .filter(|entry| is_early(&entry.because));
    let mut places = early.map(|entry| entry.path.as_path());
    places.find_map(|place| {
        subject
            .shadows
            .iter()
            .find(|path| path.starts_with(place))
            .cloned()
    })
}

/// Returns whether a place is searched before the standard library.
fn is_early(because: &Because) -> bool {
    matches!(
        because,
        Because::WorkingDirectory | Because::Script | Because::Pythonpath
    )
}

/// Judges a module of the project by one of the standard library that it hides from every program
/// started here.
fn hides_standard(subject: &Subject, module: &Module, context: &Context<'_>) -> Option<Finding> {
    let file = module
        .file
        .as_deref()
        .filter(|file| !context.is_installed(file))?;
    let search = &context.stage.search;
    let because = &search.entry_of(module)?.because;
    let libraries = search
        .entries
        .iter()
        .filter(|entry| entry.because == Because::Library);
    let hidden = subject.shadows.iter().find(|path| {
        libraries
            .clone()
            .any(|library| path.starts_with(&library.path))
    })?;
    let is_safe = *because != Because::Pythonpath;
    let safe = is_safe.then_some(Remedy::SafePath);
    let remedies = safe
        .into_iter()
        .chain([Remedy::Rename {
            path: file.to_owned(),
        }])
        .collect();
    let cause = Cause::HidesStandard {
        own: facts::edited(file),
        hidden: hidden.clone(),
    };
    is_early(because).then_some(Finding {
        cause,
        remedies,
        cured_by_run: false,
    })
}

/// Judges a module that is found in an earlier place.
pub(super) fn by_place(name: &str, own: &Path, module: &Module, context: &Context<'_>) -> Finding {
    let entry = context.stage.search.entry_of(module);
    let because = entry.map(|entry| entry.because.clone());
    let own_is_here = || root_of(name, own).is_some_and(|root| is_same(&root, &context.stage.cwd));
    let mut remedies = Vec::new();
    match because {
        Some(Because::Library) if !own_is_here() => remedies.push(Remedy::Rename {
            path: own.to_owned(),
        }),
        Some(Because::WorkingDirectory) if reaches_without_first(name, own, context) => {
            remedies.push(Remedy::SafePath);
        }
        _ => {}
    }
    remedies.extend(
        root_of(name, own)
            .map(|root| front(root, context))
            .filter(|_| because != Some(Because::WorkingDirectory)),
    );
    let via_hook = matches!(module.via, Via::Hook(_));
    remedies.extend(root_editable(own, context).filter(|_| via_hook));
    remedies.extend(module.file.clone().map(|path| Remedy::Rename { path }));
    let by = facts::edited(module.file.as_deref().unwrap_or(Path::new("")));
    let cause = Cause::Shadowed {
        by,
        because,
        own: facts::edited(own),
    };
    Finding {
        cause,
        remedies,
        cured_by_run: is_cured(name, own, context),
    }
}

/// Returns whether the source is what runs where the working directory is not searched.
fn reaches_without_first(name: &str, own: &Path, context: &Context<'_>) -> bool {
    let flags = Flags {
        safe_path: true,
        ..context.stage.flags
    };
    let search = context.stage.search_with(flags, &context.stage.env);
    search
        .find(name)
        .module()
        .and_then(|module| module.file.clone())
        .is_some_and(|file| is_same(&file, own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_gives_up_the_environment_is_left_out() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        for (line, expected) in [
            ("python -I -m app -E", "python -m app -E"),
            ("python -IBm app", "python -Bm app"),
            ("python -E s.py -I", "python s.py -I"),
        ] {
            assert_eq!(without_flags(&words(line)), words(expected), "{line}");
        }
    }
}
