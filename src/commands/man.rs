//! `devenv man`: manual pages, made from the same words as `--help`.

use std::path::Path;

use anyhow::Result;
use clap::{Command, CommandFactory};
use clap_mangen::Man as Page;

use crate::cli::{Cli, Man};
use crate::env::Snapshot;
use crate::host::files;
use crate::report::Report;
use crate::values::fault::Fault;

/// Runs the command.
pub fn run(args: &Man, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    let mut all = Cli::command();
    all.build();
    if let Some(directory) = &args.out_dir {
        write_all(&all, &snapshot.cwd.join(directory))?;
        return Ok(0);
    }
    let page = match &args.command {
        None => page(&all, "devenv")?,
        Some(name) => {
            let all = pages(&all);
            let unknown = || {
                Fault::new(format!("no page for `{name}`"))
                    .did_you_mean(name, all.iter().map(|(n, _)| n.as_str()))
            };
            let (title, command) = all
                .iter()
                .find(|(known, _)| known == name)
                .ok_or_else(unknown)?;
            page(command, &format!("devenv-{title}"))?
        }
    };
    report.print(&page)?;
    Ok(0)
}

/// Returns every command with the name of its page: `cache`, and `cache-verify` for what can be
/// done with it.
fn pages(all: &Command) -> Vec<(String, &Command)> {
    let mut out = Vec::new();
    for command in commands(all) {
        let name = command.get_name();
        out.push((name.to_owned(), command));
        out.extend(commands(command).map(|below| (format!("{name}-{}", below.get_name()), below)));
    }
    out
}

fn commands(all: &Command) -> impl Iterator<Item = &Command> {
    all.get_subcommands()
        .filter(|command| command.get_name() != "help")
}

fn page(command: &Command, title: &str) -> Result<String> {
    let mut out = Vec::new();
    let named = command.clone().name(title.to_owned()).version(None::<&str>);
    Page::new(named)
        .title(title.to_uppercase())
        .manual("devenv")
        .render(&mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn write_all(all: &Command, directory: &Path) -> Result<()> {
    files::write(&directory.join("devenv.1"), page(all, "devenv")?.as_bytes())?;
    for (name, command) in pages(all) {
        let title = format!("devenv-{name}");
        files::write(
            &directory.join(format!("{title}.1")),
            page(command, &title)?.as_bytes(),
        )?;
    }
    Ok(())
}
