//! Which words of the command line only a project knows. They are marked for completions alone: the
//! command line itself takes any.

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};

use crate::shell::complete::{COMMANDS, PROFILES, Positional};

/// Returns the command line with a mark in place of the values that a project decides. `commands`:
/// whether the command of `run` is marked, too.
pub fn marked(command: Command, commands: bool) -> Command {
    let name = command.get_name().to_owned();
    let mark = |arg: Arg| match (name.as_str(), arg.get_id().as_str()) {
        (_, "profile") | ("show" | "use", "name") => {
            arg.value_parser(PossibleValuesParser::new([PROFILES]))
        }
        ("run", "command") if commands => arg.value_parser(PossibleValuesParser::new([COMMANDS])),
        _ => arg,
    };
    command
        .mut_args(mark)
        .mut_subcommands(|below| marked(below, commands))
}

/// Returns the words that are told by their place and have a few values, of a command and those
/// below it.
pub fn positionals(command: &Command) -> Vec<Positional> {
    let mut out = Vec::new();
    collect(command, &[], &mut out);
    out
}

fn collect(command: &Command, path: &[String], out: &mut Vec<Positional>) {
    for arg in command.get_positionals().filter(|_| !path.is_empty()) {
        let values: Vec<String> = arg
            .get_possible_values()
            .iter()
            .map(|value| value.get_name().to_owned())
            .collect();
        if !values.is_empty() {
            let is_alone = command.get_positionals().count() == 1;
            out.push(Positional {
                path: path.to_vec(),
                values,
                is_alone,
            });
        }
    }
    for below in command.get_subcommands() {
        collect(below, &[path, &[below.get_name().to_owned()]].concat(), out);
    }
}
