//! `devenv man`: manual pages, made from the same words as `--help`.

use std::path::Path;

use anyhow::Result;
use clap::{Command, CommandFactory};
use clap_mangen::Man as Page;

use crate::cli::{Cli, Man};
use crate::env::Snapshot;
use crate::fault::Fault;
use crate::host::files;
use crate::report::Report;

/// Runs the command.
pub(crate) fn run(args: &Man, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let mut all = Cli::command();
    all.build();
    if let Some(directory) = &args.out_dir {
        write_all(&all, &snapshot.cwd.join(directory))?;
        return Ok(0);
    }
    let page = match &args.command {
        None => page(&all, "devenv")?,
        Some(name) => {
            let known = commands(&all).map(Command::get_name).collect::<Vec<_>>();
            let unknown = || Fault::new(format!("no page for `{name}`")).did_you_mean(name, known);
            let found = commands(&all).find(|command| command.get_name() == name).ok_or_else(unknown)?;
            self::page(found, &format!("devenv-{name}"))?
        }
    };
    report.print(&page)?;
    Ok(0)
}

fn commands(all: &Command) -> impl Iterator<Item = &Command> {
    all.get_subcommands().filter(|command| command.get_name() != "help")
}

fn page(command: &Command, title: &str) -> Result<String> {
    let mut out = Vec::new();
    let named = command.clone().name(title.to_owned()).version(None::<&str>);
    Page::new(named).title(title.to_uppercase()).manual("devenv").render(&mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn write_all(all: &Command, directory: &Path) -> Result<()> {
    files::write(&directory.join("devenv.1"), page(all, "devenv")?.as_bytes())?;
    for command in commands(all) {
        let title = format!("devenv-{}", command.get_name());
        files::write(&directory.join(format!("{title}.1")), page(command, &title)?.as_bytes())?;
    }
    Ok(())
}
