//! The command line: what can be typed, and its help. Nothing here looks at the machine or decides
//! anything.

pub mod cache;
pub mod dynamic;
mod export;
mod import;
pub mod inject;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgGroup, Args, Error, Parser, Subcommand, ValueEnum, ValueHint};

use crate::shell;
pub use cache::Cache;
pub use export::{Export, Target};
pub use import::{Import, Origin};
pub use inject::{Check, Inject};

/// Python edits that take effect: always in development, cached in production.
#[derive(Debug, Parser)]
#[command(name = "devenv", bin_name = "devenv", version = VERSION, max_term_width = 100)]
#[command(after_help = "See `devenv help COMMAND`, or `devenv man COMMAND | man -l -`.")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true
    )]
    pub color: Color,
}

/// `devenv run` alone: what is typed most, parsed without building every other command. Whatever it
/// can't parse is left to `Cli`, which words the error.
#[derive(Debug, Parser)]
#[command(name = "run", disable_help_flag = true)]
pub struct RunAlone {
    #[command(flatten)]
    pub run: Run,

    #[arg(long, default_value = "auto")]
    pub color: Color,
}

/// The word behind the number tells this program from others of the same name.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (pydevenv)");

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Run(Run),
    Status(Status),
    Why(Why),
    Doctor(Doctor),
    Init(Init),
    Import(Import),
    Profile(Profile),
    Allow(Allow),
    Deny(Deny),
    Hook(Hook),
    Export(Export),
    Cache(Cache),
    Inject(Inject),
    Check(Check),
    /// Let the hook do nothing, until `devenv on`
    Off(Switch),
    /// Let the hook act again, and take back what you changed of its variables
    On(Switch),
    /// Print the name of the profile that this shell has, for a prompt
    Prompt,
    /// Show in a temporary directory how Python runs old code, and how it does not
    Demo,
    Completions(Completions),
    Man(Man),
    /// Print the JSON schema of `devenv.toml`, for editors
    Schema,
}

/// Run a command in the project's environment
///
/// What is inherited from devenv is undone, the plan is applied as it is on disk now, the profile's
/// promise about bytecode is kept, and devenv becomes the command: signals, terminal and exit
/// status are its own. An alias of the project may stand for the command.
#[derive(Args, Clone, Debug)]
#[command(group(ArgGroup::new("shown").args(["dry_run", "explain"])))]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one flag")]
pub struct Run {
    /// Use this profile
    #[arg(short, long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Remove the project's bytecode first: `all` of it, or what is `stale`
    #[arg(long, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    pub clear: Option<ClearWhat>,

    /// Read no bytecode that is there, and leave no trace
    ///
    /// All that is imported is compiled for this run alone, the standard library too, which takes
    /// its time. Python writes none; what a program compiles by itself, as `python -m compileall`
    /// or `pip install` does, goes to a directory that is removed after the run. In process 1
    /// nobody could remove it: there it lies in memory.
    #[arg(long, conflicts_with = "clear")]
    pub fresh: bool,

    /// Start no background fill
    #[arg(long)]
    pub no_fill: bool,

    /// Trust the project's configuration as it is now, first
    #[arg(long)]
    pub allow: bool,

    /// Show what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    /// As `--dry-run`, with every variable and every file
    #[arg(long, conflicts_with = "dry_run")]
    pub explain: bool,

    /// Start the command again whenever a source of the project, or what its plan was read from,
    /// changes
    #[arg(short, long, conflicts_with = "shown")]
    pub watch: bool,

    /// With `--watch`: kill what did not end so long after it was asked to
    #[arg(long, value_name = "SECONDS", requires = "watch", value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub grace: Option<u64>,

    /// With `--dry-run` or `--explain`: print it as JSON
    #[arg(long, requires = "shown")]
    pub json: bool,

    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClearWhat {
    /// What is not fresh, armed or verified
    Stale,
    /// Everything
    All,
}

/// Show the project, its profile, its trust and its plan
#[derive(Args, Debug)]
pub struct Status {
    /// Show what this profile would do
    #[arg(short, long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Show what the hook of this shell decided last, from what, and whether its next prompt asks
    /// again
    #[arg(long, conflicts_with = "profile")]
    pub hook: bool,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// Say which file an import really loads, and why an edit does not take effect
///
/// TARGET is a file, a module or a console script; after `--` a whole command line, as in `devenv
/// why -- uv run python -m shop`. What happens now is judged, in the environment of the call, and
/// nothing of the project is executed. Exits with 0 where the edit takes effect, with 1 where there
/// is a finding.
#[derive(Args, Debug)]
#[command(after_long_help = WHY_JSON)]
pub struct Why {
    /// A file, a module or a console script
    #[arg(required_unless_present = "command", conflicts_with = "command", value_hint = ValueHint::AnyPath)]
    pub target: Option<OsString>,

    /// Judge what `devenv run` with this profile would do
    #[arg(short, long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Judge for this interpreter
    #[arg(long, value_name = "EXE", value_hint = ValueHint::ExecutablePath)]
    pub python: Option<PathBuf>,

    /// Prove bytecode that looks fresh, too: compile its source again and compare
    #[arg(long)]
    pub deep: bool,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,

    /// A command and its arguments
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
}

/// Check the project and its set-up: what keeps edits from running, and what costs time
///
/// Looks at the project, its trust, the hook, the programs called devenv, variables that work
/// against the profile, the interpreter, packages, bytecode and the repository. Exits with 1 where
/// something is wrong.
#[derive(Args, Debug)]
pub struct Doctor {
    /// Cure what can be cured without asking: ignore rules, bytecode that is believed too easily
    /// (not in a `cached` profile)
    #[arg(long)]
    pub fix: bool,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// What `why --json` prints.
const WHY_JSON: &str = "\
JSON:
  schema        1
  target        what was asked
  verdict       the answer in one line
  takes_effect  whether the edit runs; some findings are about its cost
  module        the dotted name, or null
  interpreter   the interpreter that imports
  runs          what is imported, or null:
    kind        source, extension, bytecode, namespace, zip, frozen, builtin;
                data for a file that is read and not imported
    path        the file, or null
    portions    the directories of a namespace package
    because     working-directory, script-directory, pythonpath, library,
                user-site, packages, pth, editable, interpreter, script
    entry       what of sys.path led there, or the file of a finder
  shadows       files of that name that are passed over
  bytecode      what would be read, each with path and verdict
  caches        what in the program would keep a file that is read, each
                with path, line, name, how, and cleared_by: path, line, name
  not_followed  what was executed at the start of that Python, unknown to us
  findings      each with code, severity, fact, evidence, cured_by_run, and
                remedies: command, text; the best first";

/// Write a short `devenv.toml` from what is found, and trust it
///
/// What lay there before is shown and not trusted, with the command that accepts it.
#[derive(Args, Debug)]
pub struct Init {
    /// Print the file and write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// List, show or choose profiles
#[derive(Args, Debug)]
pub struct Profile {
    #[command(subcommand)]
    pub action: ProfileAction,
}

#[derive(Debug, Subcommand)]
pub enum ProfileAction {
    /// List the profiles; the chosen one is marked
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what a profile does, and where each part is written
    Show {
        /// The profile; the chosen one where it is left out
        name: Option<String>,

        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Choose a profile for this checkout; nothing is written into the tree
    Use {
        /// The profile
        #[arg(required_unless_present = "unset")]
        name: Option<String>,

        /// Forget the choice
        #[arg(long, conflicts_with = "name")]
        unset: bool,
    },
}

/// Trust the project's configuration as it is now
///
/// Shows what the configuration means, or what changed in its meaning since it was allowed.
#[derive(Args, Debug)]
pub struct Allow {
    /// A directory of the project
    #[arg(value_hint = ValueHint::DirPath)]
    pub path: Option<PathBuf>,

    /// List the decisions
    #[arg(long, conflicts_with_all = ["path", "prune"])]
    pub list: bool,

    /// Forget decisions about projects that are gone
    #[arg(long, conflicts_with = "path")]
    pub prune: bool,

    /// As root: accept files that belong to this user too
    #[arg(long, value_name = "UID")]
    pub owner: Option<u32>,

    /// Show the meaning and allow nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Never act on the project's configuration
#[derive(Args, Debug)]
pub struct Deny {
    /// A directory of the project
    #[arg(value_hint = ValueHint::DirPath)]
    pub path: Option<PathBuf>,
}

/// Print the hook of a shell
///
/// With the hook, a shell has the environment of the project that it stands in, and the
/// project's aliases as commands, without a process at an idle prompt. To load it:
///
///   bash     eval "$(devenv hook bash)"           in ~/.bashrc
///   zsh      eval "$(devenv hook zsh)"            in ~/.zshrc
///   fish     devenv hook fish | source            in ~/.config/fish/config.fish
///   tcsh     eval "`devenv hook tcsh`"            at the end of ~/.tcshrc
///   xonsh    execx($(devenv hook xonsh))          in ~/.xonshrc
///   elvish   eval (devenv hook elvish | slurp)    in ~/.config/elvish/rc.elv
///   nushell  devenv hook nu | save -f ($nu.user-autoload-dirs.0 | path join devenv.nu)    once
///   pwsh     Invoke-Expression (& devenv hook pwsh | Out-String)    in $PROFILE
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct Hook {
    /// The shell: its name, its path, or `$0`
    #[arg(allow_hyphen_values = true, value_parser = ShellWord)]
    pub shell: shell::Shell,
}

/// Reads the word for a shell: more than its name, so that `$0` and `$SHELL` will do.
#[derive(Clone)]
struct ShellWord;

impl TypedValueParser for ShellWord {
    type Value = shell::Shell;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&Arg>,
        word: &OsStr,
    ) -> Result<Self::Value, Error> {
        let known = word.to_str().and_then(shell::Shell::named);
        known.ok_or_else(|| {
            let names = shell::Shell::ALL.map(shell::Shell::name).join(", ");
            let what = format!(
                "unknown shell `{}`\nhint: known: {names}\n",
                word.to_string_lossy()
            );
            Error::raw(ErrorKind::InvalidValue, what).with_cmd(command)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(
            shell::Shell::ALL
                .into_iter()
                .map(|shell| PossibleValue::new(shell.name())),
        ))
    }
}

/// Where the hook is turned off or on
#[derive(Args, Debug)]
pub struct Switch {
    /// Only in the project here
    #[arg(long)]
    pub project: bool,
}

/// Print the completions of a shell
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(alias = "nushell")]
    Nu,
    Elvish,
    #[value(alias = "powershell")]
    Pwsh,
}

/// Print a manual page
#[derive(Args, Debug)]
pub struct Man {
    /// The command; the overview where it is left out
    pub command: Option<String>,

    /// Write every page into this directory
    #[arg(long, value_name = "DIR", conflicts_with = "command", value_hint = ValueHint::DirPath)]
    pub out_dir: Option<PathBuf>,
}
