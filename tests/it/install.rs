//! `install.sh`: what it installs, refuses, prints, writes and takes back. The program is the one
//! under test; that the script builds one is shown by the continuous integration, from a clean
//! clone.

use std::fs;
use std::path::Path;

use crate::sandbox::{DEVENV, Said, Sandbox};

fn install(sandbox: &Sandbox, args: &[&str]) -> Said {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh");
    sandbox
        .command("sh")
        .args(&[script.to_str().unwrap()])
        .args(args)
        .run()
}

fn files(sandbox: &Sandbox) -> Vec<String> {
    let home = sandbox.path("home");
    let census = sandbox
        .census("home")
        .into_keys()
        .filter(|path| path.is_file());
    census
        .map(|path| path.strip_prefix(&home).unwrap().display().to_string())
        .collect()
}

#[test]
fn it_installs_the_program_completions_and_pages_and_takes_all_of_it_back() {
    let sandbox = Sandbox::new();
    let before = sandbox.census("home");
    let said = install(&sandbox, &["--from", DEVENV]);
    let bin = sandbox.path("home/.local/bin");
    let lines = format!(
        "add to {}/.bashrc, or run again with --modify-path:\n  export PATH='{}':\"$PATH\"\n  command -v devenv >/dev/null && \
         eval \"$(devenv hook bash)\"",
        sandbox.path("home").display(),
        bin.display()
    );
    assert!(said.quiet().contains(&lines), "{said:#?}");
    let installed = files(&sandbox);
    for name in [
        ".local/bin/devenv",
        ".local/share/bash-completion/completions/devenv",
        ".local/share/zsh/site-functions/_devenv",
        ".config/fish/completions/devenv.fish",
        ".local/share/man/man1/devenv.1",
        ".local/share/man/man1/devenv-run.1",
    ] {
        assert!(
            installed.contains(&name.to_owned()),
            "{name} in {installed:?}"
        );
    }
    assert!(
        sandbox
            .command(bin.join("devenv"))
            .args(&["--version"])
            .run()
            .quiet()
            .contains("pydevenv")
    );
    assert_eq!(
        sandbox.read("home/.local/share/zsh/site-functions/_devenv"),
        sandbox.devenv(&["completions", "zsh"]).out
    );
    sandbox.write("project/devenv.toml", "");
    sandbox
        .command(bin.join("devenv"))
        .args(&["run", "--allow", "--no-fill", "--", "true"])
        .run()
        .quiet();
    sandbox.write("home/.config/pydevenv/config.toml", "");
    install(&sandbox, &["--uninstall"]).quiet();
    let left = files(&sandbox);
    assert!(
        left.iter().all(|name| name.contains("pydevenv")) && !left.is_empty(),
        "{left:?}"
    );
    install(&sandbox, &["--uninstall", "--purge"]).quiet();
    let names = |census: std::collections::BTreeMap<_, _>| {
        census.into_keys().collect::<Vec<std::path::PathBuf>>()
    };
    assert_eq!(names(sandbox.census("home")), names(before));
}

#[test]
fn another_program_of_this_name_is_left_alone() {
    let sandbox = Sandbox::new();
    let foreign = sandbox.write(
        "home/.local/bin/devenv",
        "#!/bin/sh\necho 'devenv 2.0 (nix)'\n",
    );
    sandbox
        .plain(&["chmod", "+x", foreign.to_str().unwrap()])
        .quiet();
    let said = install(&sandbox, &["--from", DEVENV]);
    assert!(
        said.fails(2)
            .contains("is another program\nhint: ./install.sh --force"),
        "{said:#?}"
    );
    assert!(
        install(&sandbox, &["--uninstall"])
            .fails(2)
            .contains("is another program")
    );
    assert!(sandbox.read("home/.local/bin/devenv").contains("nix"));
    install(&sandbox, &["--from", DEVENV, "--force", "--no-completions"]).quiet();
    assert_eq!(files(&sandbox), [".local/bin/devenv"]);
    install(&sandbox, &["--from", DEVENV, "--quiet"]).quiet();
}

#[test]
fn the_rc_file_gets_one_block_and_is_restored_to_the_byte() {
    for text in ["", "alias ll='ls -l'\n", "no newline at the end"] {
        for (shell, rc) in [
            ("bash", ".bashrc"),
            ("zsh", ".zshrc"),
            ("fish", ".config/fish/config.fish"),
        ] {
            let mut sandbox = Sandbox::new();
            sandbox.set("SHELL", format!("/usr/bin/{shell}"));
            let path = sandbox.path("home").join(rc);
            if !text.is_empty() {
                sandbox.write(&format!("home/{rc}"), text);
            }
            for _ in 0..2 {
                install(&sandbox, &["--from", DEVENV, "--modify-path"]).quiet();
            }
            let written = fs::read_to_string(&path).unwrap();
            assert_eq!(written.matches("# >>> devenv >>>").count(), 1, "{written}");
            if shell == "bash" {
                let script = format!(
                    "PATH=/usr/bin:/bin; . {}; command -v devenv",
                    path.display()
                );
                assert_eq!(
                    sandbox.plain(&["bash", "-c", &script]).ok().lines().last(),
                    sandbox.path("home/.local/bin/devenv").to_str()
                );
            }
            install(&sandbox, &["--uninstall"]).quiet();
            assert_eq!(
                fs::read_to_string(&path).unwrap_or_default(),
                text,
                "{shell}"
            );
            assert_eq!(path.exists(), !text.is_empty());
        }
    }
}

/// Names of directories that a shell would run, end a word at, or take for an option.
const NASTY: [&str; 12] = [
    "$(touch ran)",
    "`touch ran`",
    "a\"b",
    "it's",
    "''",
    "a'; touch ran; '",
    "back\\slash\\",
    "\\' \\\\'",
    " a  b ",
    "*?[a]~{a,b}",
    "!!$HOME&;|<>()#%",
    "-n \u{e9}\u{65e5}",
];

#[test]
fn the_rc_file_holds_a_directory_of_every_name() {
    for (shell, rc, found) in [
        ("bash", ".bashrc", "printf '%s\\n' \"$PATH\""),
        ("dash", ".bashrc", "printf '%s\\n' \"$PATH\""),
        ("zsh", ".zshrc", "printf '%s\\n' \"$PATH\" \"$fpath[-1]\""),
        (
            "fish",
            ".config/fish/config.fish",
            "printf '%s\\n' (string join : $PATH)",
        ),
    ] {
        for name in NASTY {
            let mut sandbox = Sandbox::new();
            let (bin, data) = (
                sandbox.path(name).join("bin"),
                sandbox.path(name).join("data"),
            );
            sandbox
                .set("SHELL", format!("/usr/bin/{shell}"))
                .set("XDG_DATA_HOME", &data);
            install(
                &sandbox,
                &[
                    "--from",
                    DEVENV,
                    "--no-completions",
                    "--modify-path",
                    "--bin-dir",
                    bin.to_str().unwrap(),
                ],
            )
            .quiet();
            let lines = sandbox.read(&format!("home/{rc}"));
            let kept: Vec<&str> = lines
                .lines()
                .filter(|line| !line.starts_with("command "))
                .collect();
            let script = sandbox.write("script", format!("{}\n{found}\n", kept.join("\n")));
            let options: &[&str] = match shell {
                "bash" => &["--norc"],
                "zsh" => &["-f", "-o", "rcquotes"],
                _ => &[],
            };
            let said = sandbox
                .command(shell)
                .args(options)
                .args(&[script.to_str().unwrap()])
                .env("XDG_CONFIG_HOME", sandbox.path("other"))
                .run();
            let out = said.quiet();
            assert!(
                out.starts_with(&format!("{}:", bin.display())),
                "{shell} {name}: {lines}\n{said:#?}"
            );
            let place = data.join("zsh/site-functions").display().to_string();
            assert!(
                shell != "zsh" || out.trim_end().ends_with(&place),
                "{name}: {lines}\n{said:#?}"
            );
            assert!(
                !sandbox.path("project/ran").exists(),
                "{shell} {name}: {lines}"
            );
            install(
                &sandbox,
                &["--uninstall", "--bin-dir", bin.to_str().unwrap()],
            )
            .quiet();
            assert_eq!(
                files(&sandbox)
                    .iter()
                    .filter(|name| name.ends_with(rc))
                    .count(),
                0,
                "{shell} {name}"
            );
        }
    }
}

#[test]
fn a_directory_whose_name_no_line_can_hold_is_refused() {
    let sandbox = Sandbox::new();
    for name in [
        "XDG_BIN_HOME",
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "ZDOTDIR",
        "HOME",
    ] {
        for value in ["/tmp/a\nb", "/tmp/a\n", "/tmp/\u{1b}[2J"] {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh");
            let run = sandbox
                .command("sh")
                .args(&[script.to_str().unwrap(), "--from", DEVENV])
                .env(name, value)
                .run();
            assert!(
                run.fails(2).contains("control character"),
                "{name} {run:#?}"
            );
        }
    }
    assert!(
        install(&sandbox, &["--from", DEVENV, "--bin-dir", "/a\nb"])
            .fails(2)
            .contains("control character")
    );
    assert!(
        install(&sandbox, &["--from", DEVENV, "--bin-dir", "/a:b"])
            .fails(2)
            .contains("no colon in its name")
    );
}

#[test]
fn a_directory_that_is_not_absolute_names_nothing_as_devenv_has_it() {
    let mut sandbox = Sandbox::new();
    for name in [
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "XDG_STATE_HOME",
        "XDG_DATA_HOME",
        "XDG_BIN_HOME",
        "ZDOTDIR",
    ] {
        sandbox.set(name, "mine");
    }
    sandbox.set("BASH_COMPLETION_USER_DIR", "mine");
    for file in [
        "pydevenv/kept",
        "devenv",
        "completions/devenv",
        "man/man1/devenv.1",
        "fish/completions/devenv.fish",
    ] {
        sandbox.write(&format!("project/mine/{file}"), "theirs");
    }
    sandbox.write(
        "project/mine/.zshrc",
        "# >>> devenv >>>\ntheirs\n# <<< devenv <<<\n",
    );
    let before = sandbox.census("project");
    install(&sandbox, &["--from", DEVENV, "--modify-path"]).quiet();
    for directory in [".config", ".cache", ".local/state"] {
        sandbox.write(&format!("home/{directory}/pydevenv/ours"), "");
    }
    install(&sandbox, &["--uninstall", "--purge"]).quiet();
    assert_eq!(sandbox.census("project"), before);
    assert_eq!(files(&sandbox), Vec::<String>::new());
    for home in ["", "mine", "."] {
        sandbox.set("HOME", home);
        assert!(
            install(&sandbox, &["--uninstall", "--purge"])
                .fails(2)
                .contains("HOME is no absolute path")
        );
        assert_eq!(sandbox.census("project"), before);
    }
}

#[test]
fn a_directory_in_the_way_is_named_and_nothing_is_put_into_it() {
    for way in [
        ".local/bin/devenv",
        ".local/share/zsh/site-functions/_devenv",
        ".local/share/man/man1/devenv.1",
    ] {
        let sandbox = Sandbox::new();
        fs::create_dir_all(sandbox.path("home").join(way)).unwrap();
        let said = install(&sandbox, &["--from", DEVENV, "--force"]);
        assert!(
            said.fails(2).contains("a directory is in the way"),
            "{said:#?}"
        );
        assert!(!said.out.contains("installed"), "{said:#?}");
        assert_eq!(
            fs::read_dir(sandbox.path("home").join(way))
                .unwrap()
                .count(),
            0
        );
    }
}

#[test]
fn a_block_whose_end_somebody_removed_is_left_alone() {
    let sandbox = Sandbox::new();
    let text = "alias a=b\n# >>> devenv >>>\nalias mine=kept\n";
    sandbox.write("home/.bashrc", text);
    let said = install(&sandbox, &["--from", DEVENV, "--modify-path"]);
    assert!(
        said.quiet()
            .contains(".bashrc has a line \"# >>> devenv >>>\""),
        "{said:#?}"
    );
    install(&sandbox, &["--uninstall"]).quiet();
    assert_eq!(sandbox.read("home/.bashrc"), text);
}

#[test]
fn a_dry_run_says_what_it_would_do() {
    let sandbox = Sandbox::new();
    let said = install(
        &sandbox,
        &["--from", DEVENV, "--dry-run", "--modify-path", "--demo"],
    );
    for words in ["would install:", "would write to", "devenv demo"] {
        assert!(said.quiet().contains(words), "{words} in {said:#?}");
    }
    assert_eq!(files(&sandbox), Vec::<String>::new());
    install(&sandbox, &["--uninstall", "--dry-run", "--purge"]).quiet();
}

#[test]
fn mistakes_are_named() {
    let mut sandbox = Sandbox::new();
    assert!(
        install(&sandbox, &["--nosuch"])
            .fails(2)
            .contains("unknown option: --nosuch")
    );
    assert!(
        install(&sandbox, &["--bin-dir"])
            .fails(2)
            .contains("--bin-dir needs a value")
    );
    assert!(
        install(&sandbox, &["--from", "nosuch"])
            .fails(2)
            .contains("no such file: nosuch")
    );
    assert!(
        install(&sandbox, &["--purge"])
            .fails(2)
            .contains("--purge goes with --uninstall")
    );
    assert!(install(&sandbox, &["-h"]).quiet().contains("--modify-path"));
    let said = install(&sandbox, &[]);
    assert!(
        said.fails(2)
            .contains("building needs cargo\nhint: https://rustup.rs"),
        "{said:#?}"
    );
    install(
        &sandbox,
        &[
            "--from",
            DEVENV,
            "--bin-dir",
            "here",
            "-q",
            "--no-completions",
        ],
    )
    .quiet();
    assert!(sandbox.path("project/here/devenv").exists());
    sandbox.env.remove(std::ffi::OsStr::new("HOME"));
    install(&sandbox, &["--from", DEVENV]).fails(2);
}

#[test]
fn it_is_plain_shell_and_does_nothing_when_it_is_cut_short() {
    let sandbox = Sandbox::new();
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for length in [40, 120, 200, lines.len() - 1] {
        sandbox.write("cut.sh", lines[..length].join("\n"));
        drop(
            sandbox
                .command("dash")
                .args(&["../cut.sh", "--from", DEVENV])
                .run(),
        );
        assert_eq!(files(&sandbox), Vec::<String>::new());
    }
}
