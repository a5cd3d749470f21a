//! What the hook does beside its table of scenarios: where it can't write, what it says of itself,
//! links, virtual environments that somebody activates, bytecode, and other tools.

use std::fs;
use std::os::unix::fs::symlink;

use crate::sandbox::{DEVENV, Sandbox, is_root, wait_for};
use crate::shells::{BASH, Dialect, FISH, Shell, TCSH, ZSH, text};

const CONFIG: &str = "[env]\nLEVEL = 'one'\nPATH = { prepend = ['tools'] }\n";

fn project() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0");
    sandbox.write("project/devenv.toml", CONFIG);
    sandbox.allow();
    sandbox
}

fn cd(sandbox: &Sandbox, path: &str) -> String {
    format!("cd {}", sandbox.path(path).display())
}

/// Starts a shell that can't write to the state directory.
fn read_only(sandbox: &Sandbox, dialect: Dialect) -> Shell<'_> {
    let state = sandbox.state().display().to_string();
    let script =
        format!("mount --bind {state} {state} && mount -o remount,ro,bind {state} && exec \"$@\"");
    Shell::start_by(
        sandbox,
        dialect,
        &[
            &["unshare", "--mount", "sh", "-c", &script, "sh"][..],
            dialect.start,
        ]
        .concat(),
    )
}

#[test]
fn where_its_state_cannot_be_written_it_says_so_once_and_undoes_all_the_same() {
    if !is_root() {
        assert!(std::env::var_os("CI").is_none(), "only root may mount");
        return;
    }
    for dialect in [BASH, ZSH, FISH] {
        let sandbox = project();
        let mut shell = read_only(&sandbox, dialect);
        let path = shell.get("PATH");
        shell.line(&cd(&sandbox, "project"));
        shell.comes_to("LEVEL", Some("one"));
        let inside = shell.env();
        assert_eq!(text(&inside, "PYDEVENV_SESSION"), None);
        assert_eq!(
            text(&inside, "PYDEVENV_RECORD"),
            None,
            "what was changed is no child's business"
        );
        let turns = shell.turns();
        shell.env();
        shell.env();
        let asks = dialect.name != "zsh";
        assert_eq!(
            shell.turns() > turns,
            asks,
            "{} needs no stamps",
            dialect.name
        );
        assert_eq!(
            shell.shown().matches("every prompt asks").count(),
            usize::from(asks)
        );
        shell.line(&cd(&sandbox, "home"));
        shell.comes_to("LEVEL", None);
        assert_eq!(shell.get("PATH"), path);
    }
}

#[test]
fn it_says_what_it_decided_and_why_it_will_ask() {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, BASH);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    shell.rest();
    let mut status = |line: &str| {
        let file = sandbox.path("status");
        let _ = fs::remove_file(&file);
        shell.line(&format!(
            "{line} {DEVENV} status --hook > {0}.new; mv {0}.new {0}",
            file.display()
        ));
        wait_for("the status", || file.exists());
        fs::read_to_string(file).unwrap()
    };
    let text = status("");
    assert!(text.starts_with("decided    profile dev of "), "{text}");
    assert!(
        text.contains("asks nothing")
            && text.contains("project/devenv.toml")
            && text.contains("absent"),
        "{text}"
    );
    let text = status("touch devenv.toml;");
    assert!(text.contains("devenv.toml changed"), "{text}");
    assert!(
        sandbox
            .devenv(&["status", "--hook"])
            .quiet()
            .contains("none that asked yet")
    );
    assert!(
        sandbox
            .devenv(&["status", "--hook", "--json"])
            .quiet()
            .contains("\"schema\": 1")
    );
}

#[test]
fn a_link_that_leads_elsewhere_is_noticed() {
    for dialect in [BASH, ZSH, FISH] {
        let sandbox = project();
        sandbox.write(
            "home/.config/pydevenv/config.toml",
            format!("trusted = ['{}']\n", sandbox.root.display()),
        );
        // Files of one age, as a store makes them.
        for name in ["first", "second"] {
            let path = sandbox.write(
                &format!("store/{name}.toml"),
                format!("[env]\nLEVEL = '{name}'\n"),
            );
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_modified(
                std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1),
            )
            .unwrap();
        }
        let link = sandbox.path("project/devenv.toml");
        fs::remove_file(&link).unwrap();
        symlink(sandbox.path("store/first.toml"), &link).unwrap();
        let mut shell = Shell::start(&sandbox, dialect);
        shell.line(&cd(&sandbox, "project"));
        shell.comes_to("LEVEL", Some("first"));
        shell.rest();
        fs::remove_file(&link).unwrap();
        symlink(sandbox.path("store/second.toml"), &link).unwrap();
        shell.comes_to("LEVEL", Some("second"));
    }
}

#[test]
fn a_branch_with_another_configuration_is_noticed() {
    let sandbox = project();
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = ['{}']\n", sandbox.root.display()),
    );
    let git = |args: &[&str]| {
        let own = ["-c", "user.name=a", "-c", "user.email=a"];
        sandbox
            .plain(&[&["git"][..], &own, args].concat())
            .ok()
            .to_owned()
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    git(&["checkout", "-qb", "other"]);
    sandbox.write("project/devenv.toml", CONFIG.replace("one", "two"));
    git(&["commit", "-qam", "two"]);
    for dialect in [BASH, ZSH, FISH] {
        let mut shell = Shell::start(&sandbox, dialect);
        shell.line(&cd(&sandbox, "project"));
        for (branch, level) in [("main", "one"), ("other", "two"), ("main", "one")] {
            git(&["checkout", "-q", branch]);
            shell.comes_to("LEVEL", Some(level));
            shell.rest();
        }
    }
}

#[test]
fn two_terminals_hide_nothing_from_each_other() {
    let sandbox = project();
    let mut shells = [BASH, ZSH, FISH, BASH].map(|dialect| Shell::start(&sandbox, dialect));
    for shell in &mut shells {
        shell.line(&cd(&sandbox, "project"));
        shell.comes_to("LEVEL", Some("one"));
        shell.rest();
    }
    for level in ["two", "six", "ten"] {
        fs::write(
            sandbox.path("project/devenv.toml"),
            CONFIG.replace("one", level),
        )
        .unwrap();
        sandbox.allow();
        for shell in &mut shells {
            shell.comes_to("LEVEL", Some(level));
        }
    }
}

#[test]
fn what_the_user_activates_stays_theirs_and_brings_nothing_of_ours_back() {
    for dialect in [BASH, ZSH, FISH] {
        let sandbox = project();
        let make = |path: &str| {
            sandbox
                .plain(&["python3", "-m", "venv", "--without-pip", path])
                .ok()
                .to_owned()
        };
        make("../project/.venv");
        make("../theirs");
        let mut shell = Shell::start(&sandbox, dialect);
        let before = shell.get("PATH").unwrap();
        shell.line(&cd(&sandbox, "project"));
        let venv = sandbox.path("project/.venv").display().to_string();
        shell.comes_to("VIRTUAL_ENV", Some(&venv));
        assert!(shell.get("PATH").unwrap().contains(&format!("{venv}/bin")));
        let theirs = sandbox.path("theirs").display().to_string();
        let suffix = if dialect.name == "fish" { ".fish" } else { "" };
        shell.line(&format!(". {theirs}/bin/activate{suffix}"));
        shell.comes_to("VIRTUAL_ENV", Some(&theirs));
        shell.idles();
        shell.line(&cd(&sandbox, "home"));
        shell.env();
        assert_eq!(shell.get("VIRTUAL_ENV"), Some(theirs.clone()));
        assert_eq!(shell.get("PATH"), Some(format!("{theirs}/bin:{before}")));
        shell.line("deactivate");
        shell.comes_to("PATH", Some(&before));
        assert_eq!(shell.get("VIRTUAL_ENV"), None);
        shell.idles();
    }
}

/// The project's own environment: what is activated by hand stays, although it is what the hook had
/// set.
#[test]
fn the_projects_own_environment_stays_where_it_is_activated() {
    for (dialect, suffix, setting) in [
        (BASH, "", "true"),
        (ZSH, "", "true"),
        (ZSH, "", "typeset -U path"),
        (FISH, ".fish", "true"),
        (TCSH, ".csh", "true"),
    ] {
        let sandbox = project();
        sandbox
            .plain(&["python3", "-m", "venv", "--without-pip", "../project/.venv"])
            .ok();
        let mut shell = Shell::start(&sandbox, dialect);
        shell.line(setting);
        let before = shell.get("PATH").unwrap();
        let venv = sandbox.path("project/.venv").display().to_string();
        let activate = format!("source {venv}/bin/activate{suffix}");
        let (home, project) = (cd(&sandbox, "home"), cd(&sandbox, "project"));
        // A prompt in between, or none.
        for end in [";", "\r"] {
            shell.line(&project);
            shell.comes_to("VIRTUAL_ENV", Some(&venv));
            let inside = shell.get("PATH").unwrap();
            shell.line(&format!("{activate}{end} {home}"));
            shell.comes_to("LEVEL", None);
            assert_eq!(
                shell.get("VIRTUAL_ENV"),
                Some(venv.clone()),
                "{} {setting}",
                dialect.name
            );
            assert_eq!(
                shell.get("PATH"),
                Some(format!("{venv}/bin:{before}")),
                "{} {setting}",
                dialect.name
            );
            shell.idles();
            // In the project again, and out: it is still theirs.
            shell.line(&project);
            shell.comes_to("LEVEL", Some("one"));
            shell.line(&home);
            shell.comes_to("LEVEL", None);
            assert_eq!(
                shell.get("VIRTUAL_ENV"),
                Some(venv.clone()),
                "{} {setting}",
                dialect.name
            );
            shell.line("deactivate");
            shell.comes_to("PATH", Some(&before));
            assert_eq!(shell.get("VIRTUAL_ENV"), None);
            shell.idles();
            // As if nothing had been.
            shell.line(&project);
            shell.comes_to("PATH", Some(&inside));
            shell.comes_to("VIRTUAL_ENV", Some(&venv));
            shell.line(&home);
            shell.comes_to("VIRTUAL_ENV", None);
        }
    }
}

#[test]
fn entering_arms_what_python_would_believe() {
    let sandbox = project();
    let path = sandbox.write("project/shop.py", "VALUE = 'old'\n");
    let print = ["python3", "-c", "import shop; print(shop.VALUE)"];
    assert_eq!(sandbox.plain(&print).quiet(), "old");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "VALUE = 'new'\n").unwrap();
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(time)
        .unwrap();
    assert_eq!(
        sandbox.plain(&print).quiet(),
        "old",
        "plain Python is not stale here"
    );
    let mut shell = Shell::start(&sandbox, BASH);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    wait_for("the background", || sandbox.plain(&print).quiet() == "new");
}

#[test]
fn the_hook_keeps_bytecode_apart_where_run_does() {
    let sandbox = project();
    sandbox.plain(&["git", "init", "-q"]).ok();
    let path = sandbox.write("project/shop.py", "VALUE = 'old'\n");
    let print = ["python3", "-c", "import shop; print(shop.VALUE)"];
    sandbox.plain(&print).quiet();
    sandbox.plain(&["git", "add", "-f", "."]).ok();
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "VALUE = 'new'\n").unwrap();
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(time)
        .unwrap();
    let mut shell = Shell::start(&sandbox, ZSH);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    let run = sandbox.through(&["sh", "-c", "echo $PYTHONPYCACHEPREFIX"]);
    let prefix = run.ok().to_owned();
    assert!(prefix.contains("pydevenv/pycache"), "{run:#?}");
    shell.comes_to("PYTHONPYCACHEPREFIX", Some(&prefix));
    shell.idles();
}

#[test]
fn a_script_takes_the_same_environment() {
    let sandbox = project();
    for (shell, code) in [
        ("bash", "eval \"$(devenv export bash)\"; env"),
        ("zsh", "eval \"$(devenv export zsh)\"; env"),
        ("fish", "devenv export fish | source; env"),
    ] {
        let said = sandbox.command(shell).args(&["-c", code]).run();
        let exported = said
            .quiet()
            .lines()
            .find(|line| line.starts_with("PATH="))
            .unwrap()
            .to_owned();
        assert!(
            said.out.contains("LEVEL=one") && exported.contains("project/tools:"),
            "{said:#?}"
        );
    }
    let said = sandbox
        .command("bash")
        .args(&["-c", "eval \"$(devenv export bash)\"; devenv prompt"])
        .run();
    assert_eq!(said.quiet(), "dev");
    assert_eq!(sandbox.devenv(&["prompt"]).quiet(), "");
    sandbox.write("project/devenv.toml", "[env]\nLEVEL = 'two'\n");
    assert!(
        sandbox
            .devenv(&["export", "bash"])
            .fails(2)
            .contains("devenv allow")
    );
    assert!(
        sandbox
            .devenv(&["export", "dosh"])
            .fails(2)
            .contains("known: bash")
    );
}

#[test]
fn the_line_on_entering_can_be_silenced() {
    let sandbox = project();
    sandbox.write("home/.config/pydevenv/config.toml", "quiet = true\n");
    let mut shell = Shell::start(&sandbox, BASH);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    assert_eq!(shell.words(), "");
}

/// Starts a server in a project and a pane of it in the home directory. `rc` loads the hook and has
/// `tell` run behind it.
fn a_pane_decides_afresh(dialect: Dialect, rc: &str, command: &str) {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, dialect);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    let root = sandbox.root.display().to_string();
    let tell = format!("#!/bin/sh\nenv > {root}/pane.new\nmv {root}/pane.new {root}/pane\n");
    let tell = sandbox.write("bin/tell", tell).display().to_string();
    sandbox.plain(&["chmod", "+x", &tell]).quiet();
    sandbox.write("rc/.zshrc", rc.replace("ROOT", &root));
    let home = sandbox.path("home").display().to_string();
    let command = command.replace("ROOT", &root);
    shell.line(&format!(
        "tmux -S {root}/mux -f /dev/null new-session -d -c {home} '{command}'"
    ));
    let pane = sandbox.path("pane");
    wait_for("the pane", || {
        fs::read_to_string(&pane).is_ok_and(|env| !env.contains("LEVEL=") && env.contains("PWD="))
    });
    let env = fs::read_to_string(&pane).unwrap();
    assert!(
        !env.contains("project/tools") && !env.contains("PYDEVENV_SESSION"),
        "{env}"
    );
    sandbox.plain(&["tmux", "-S", &format!("{root}/mux"), "kill-server"]);
}

#[test]
fn a_pane_of_a_terminal_multiplexer_decides_afresh() {
    let load = "eval \"$(cat ROOT/hook)\"\n";
    a_pane_decides_afresh(
        ZSH,
        &format!("{load}after() {{ tell }}\nprecmd_functions+=(after)\n"),
        "env ZDOTDIR=ROOT/rc zsh",
    );
    a_pane_decides_afresh(
        BASH,
        &format!("{load}PROMPT_COMMAND+=\";tell\"\n"),
        "bash --rcfile ROOT/rc/.zshrc",
    );
    let fish = "source ROOT/hook\nfunction after --on-event fish_prompt; tell; end\n";
    a_pane_decides_afresh(FISH, fish, "fish --no-config -C \"source ROOT/rc/.zshrc\"");
}

/// What a shell evaluates is good text of its language, as checked by others.
#[test]
fn what_is_evaluated_is_well_formed() {
    let sandbox = project();
    sandbox.write(
        "project/devenv.toml",
        format!("{CONFIG}[aliases]\n'a.b-c' = 'true'\n"),
    );
    sandbox.allow();
    let project = sandbox.project().display().to_string();
    for (shell, version, checks) in [
        (
            "bash",
            "5.2",
            vec![
                vec!["bash", "-n"],
                vec!["shellcheck", "-s", "bash", "-e", "SC2154,SC2034"],
            ],
        ),
        ("zsh", "5.9", vec![vec!["zsh", "-n"]]),
        ("fish", "3.6", vec![vec!["fish", "--no-execute"]]),
        ("tcsh", "6.24", vec![vec!["tcsh", "-n"]]),
    ] {
        let hook = sandbox.devenv(&["hook", shell]).quiet().to_owned() + "\n";
        let turn = sandbox
            .devenv(&["__turn", shell, version, "1", "", &project])
            .ok()
            .to_owned()
            + "\n";
        assert!(turn.contains("LEVEL"), "{turn}");
        for (name, text) in [("hook.txt", hook), ("turn.txt", turn)] {
            let path = sandbox.write(name, text).display().to_string();
            for check in &checks {
                sandbox
                    .plain(&[check.as_slice(), &[path.as_str()]].concat())
                    .quiet();
            }
        }
    }
}
