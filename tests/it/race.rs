//! Two shells and a writer, on a file system whose clock ticks so slowly that two writes can carry
//! the same time: no shell keeps what is out of date.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::noise::Noise;
use crate::sandbox::{Sandbox, is_root};
use crate::shells::{BASH, Shell, ZSH};

const ROUNDS: usize = 400;
const WRITES: usize = 6;

fn config(round: usize, write: usize) -> String {
    format!("[env]\nLEVEL = '{round:04}-{write}'\n")
}

#[test]
fn no_shell_keeps_what_was_overwritten_in_the_same_tick() {
    if !is_root() {
        eprintln!("not run: only root may mount a file system with a slow clock");
        assert!(std::env::var_os("CI").is_none());
        return;
    }
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0");
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = ['{}']\n", sandbox.root.display()),
    );
    let project = sandbox.project().display().to_string();
    // A file system that keeps whole seconds; else one whose clock is the kernel's tick.
    let image = sandbox.path("image").display().to_string();
    let script = format!(
        "{{ truncate -s 8M {image} && PATH=$PATH:/usr/sbin:/sbin mkfs.ext2 -q -I 128 {image} && mount -o loop {image} {project}; }} >/dev/null 2>&1 \
         || mount -t ramfs ramfs {project} && exec \"$@\""
    );
    let apart = ["unshare", "--mount", "sh", "-c", &script, "sh"];
    let mut bash = Shell::start_by(&sandbox, BASH, &[&apart[..], BASH.start].concat());
    let process = bash.terminal.process();
    let namespace = format!("--mount=/proc/{process}/ns/mnt");
    let mut zsh = Shell::start_by(
        &sandbox,
        ZSH,
        &[&["nsenter", namespace.as_str()][..], ZSH.start].concat(),
    );
    let file = PathBuf::from(format!("/proc/{process}/root{project}/devenv.toml"));
    for shell in [&mut bash, &mut zsh] {
        shell.line(&format!("cd {project}"));
    }
    let mut noise = Noise::new();
    for round in 0..ROUNDS {
        // The last write falls at another moment of both shells' turns each time.
        bash.terminal.send("\r");
        zsh.terminal.send("\r");
        for write in 0..WRITES {
            fs::write(&file, config(round, write)).unwrap();
            std::thread::sleep(Duration::from_micros(
                u64::try_from(noise.below(6000)).unwrap(),
            ));
        }
        let last = format!("{round:04}-{}", WRITES - 1);
        for shell in [&mut bash, &mut zsh] {
            shell.env();
            assert_eq!(
                shell.get("LEVEL").as_deref(),
                Some(last.as_str()),
                "{} in round {round}",
                shell.dialect.name
            );
        }
    }
}
