//! The command line of `devenv export`.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Args, Error};

use crate::export::{Dialect, Format};
use crate::shell::Shell;

/// Print what a command would get here, for a shell or another program
///
/// For a shell, the changes to evaluate: `eval "$(devenv export bash)"`. For other programs:
///
///   json         an object: what changes here, a name to its value, or to `null`
///   dotenv       read in the same way by node, python-dotenv and uv, or by whom `--dialect` names
///   docker       for `docker run --env-file`
///   github       for `>> "$GITHUB_ENV"`
///   github-path  what goes in front of PATH, for `>> "$GITHUB_PATH"`
///   gitlab       the dotenv report of a job
///   dockerfile   `ENV` instructions
///   compose      the `environment:` of a service
///   kubernetes   a `ConfigMap` for `envFrom`
///   systemd      a drop-in for a service
///   nix          an attribute set
///   make         lines for a makefile
///
/// What a format can't hold is named, with the reason, and nothing is printed (exit status 1).
/// Where a format can't unset a variable, one of Python's own is written as empty, which means
/// the same to Python.
///
/// What is read later (dotenv, systemd, nix, make) leaves out PATH, which is that of this shell.
/// What is read on other machines (docker, gitlab, dockerfile, compose, kubernetes) leaves out
/// the directories of this one: PATH, PYTHONPATH, `VIRTUAL_ENV` and other lists. What is left out
/// is said on stderr.
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct Export {
    /// A format, or a shell: its name, its path, or `$0`
    #[arg(value_name = "FORMAT", allow_hyphen_values = true, value_parser = TargetWord)]
    pub target: Target,

    /// Use this profile
    #[arg(short, long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Unset nothing: leave out what would be, and write variables of Python's own as empty
    #[arg(long)]
    pub set_only: bool,

    /// With `dotenv`: who will read it
    #[arg(long, value_name = "NAME", value_parser = dialects())]
    pub dialect: Option<Dialect>,
}

/// What an environment is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Shell(Shell),
    Format(Format),
}

fn dialects() -> impl TypedValueParser<Value = Dialect> {
    let names = PossibleValuesParser::new(Dialect::ALL.map(Dialect::name));
    names.try_map(|word| Dialect::named(&word).ok_or("unknown dialect"))
}

/// Reads the word for a format, or for a shell: more than its name, so that `$0` and `$SHELL` will
/// do.
#[derive(Clone)]
struct TargetWord;

fn names() -> Vec<&'static str> {
    Shell::ALL
        .into_iter()
        .map(Shell::name)
        .chain(Format::ALL.into_iter().map(Format::name))
        .collect()
}

impl TypedValueParser for TargetWord {
    type Value = Target;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&Arg>,
        word: &OsStr,
    ) -> Result<Self::Value, Error> {
        let format = |word: &str| Format::named(word).map(Target::Format);
        let known = word
            .to_str()
            .and_then(|word| format(word).or_else(|| Shell::named(word).map(Target::Shell)));
        known.ok_or_else(|| {
            let known = names().join(", ");
            let what = format!(
                "unknown format or shell `{}`\nhint: known: {known}\n",
                word.to_string_lossy()
            );
            Error::raw(ErrorKind::InvalidValue, what).with_cmd(command)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(names().into_iter().map(PossibleValue::new)))
    }
}
