//! `devenv run` as a way to start a program: what the program gets, how it ends, and that nothing
//! stands in between.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;

use crate::sandbox::{DEVENV, Said, Sandbox};

/// The environment of a program, as it sees it.
fn environment(said: &Said) -> BTreeMap<String, String> {
    let pairs = said.out.split('\0').filter_map(|pair| pair.split_once('='));
    // The shell that a test may go through sets these.
    let own = ["_", "SHLVL", "PWD", "OLDPWD"];
    pairs
        .filter(|(name, _)| !own.contains(name))
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect()
}

fn rich_sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.write("project/src/app.py", "");
    sandbox.write("project/.env", "TOKEN='s3cret'\nLINES=\"a\\nb\"\n");
    sandbox.write(
        "project/devenv.toml",
        "[env]\nLEVEL = 'info'\nPAGER = false\nPATH = { prepend = ['bin'], remove = ['/usr/games'] }\n\
         [profiles.dev]\ndotenv = '.env'\nenv = { LEVEL = 'debug', ZONE = { default = 'UTC' } }\n\
         [aliases]\nshow = 'env -0'\nsay = \"printf '%s|' 'a b'\"\nenv = 'false'\n",
    );
    sandbox.allow();
    sandbox
        .set("PAGER", "less")
        .set("PYTHONPATH", "/theirs::/theirs")
        .set("LEVEL", "mine");
    sandbox
}

#[test]
fn a_command_gets_the_plan() {
    let sandbox = rich_sandbox();
    let env = environment(&sandbox.through(&["env", "-0"]));
    assert_eq!(
        env.get("LEVEL").map(String::as_str),
        None,
        "`env` is an alias here"
    );
    let env = environment(&sandbox.through(&["/usr/bin/env", "-0"]));
    assert_eq!(
        (
            env["LEVEL"].as_str(),
            env["ZONE"].as_str(),
            env["TOKEN"].as_str()
        ),
        ("debug", "UTC", "s3cret")
    );
    assert_eq!(env["LINES"], "a\nb");
    assert!(!env.contains_key("PAGER"));
    assert!(env["PATH"].starts_with(sandbox.path("project/bin").to_str().unwrap()));
    assert_eq!(
        env["PYTHONPATH"],
        format!("{}:/theirs", sandbox.path("project/src").display())
    );
    assert_eq!(env["PYTHONDONTWRITEBYTECODE"], "1");
}

#[test]
fn an_alias_stands_for_a_command_and_takes_arguments() {
    let sandbox = rich_sandbox();
    assert_eq!(sandbox.through(&["say", "c d"]).quiet(), "a b|c d|");
    assert_eq!(environment(&sandbox.through(&["show"]))["LEVEL"], "debug");
}

#[test]
fn a_child_inherits_one_small_variable_of_ours_and_no_secret_in_it() {
    let sandbox = rich_sandbox();
    let env = environment(&sandbox.through(&["show"]));
    let ours: Vec<_> = env
        .iter()
        .filter(|(name, _)| name.starts_with("PYDEVENV"))
        .collect();
    assert_eq!(ours.len(), 1, "{ours:?}");
    assert!(ours[0].0.len() + 1 + ours[0].1.len() <= 200 && !ours[0].1.contains("s3cret"));
    let records = fs::read_dir(sandbox.state().join("records")).unwrap();
    for record in records.flatten() {
        assert_eq!(
            record.metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    let directory = fs::metadata(sandbox.state().join("records")).unwrap();
    assert_eq!(directory.permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_run_inside_a_run_is_a_run() {
    let sandbox = rich_sandbox();
    let outside = environment(&sandbox.through(&["show"]));
    let inside = environment(&sandbox.through(&[DEVENV, "run", "--", "show"]));
    assert_eq!(inside, outside);
    let thrice = sandbox.through(&[
        DEVENV,
        "run",
        "--profile",
        "prod",
        "--",
        DEVENV,
        "run",
        "--",
        "show",
    ]);
    assert_eq!(environment(&thrice), outside);
    let prod = environment(&sandbox.devenv(&["run", "--profile", "prod", "--", "show"]));
    assert_eq!(
        environment(&sandbox.through(&[DEVENV, "run", "--profile", "prod", "--", "show"])),
        prod
    );
}

#[test]
fn a_run_inside_another_projects_run_is_as_from_outside() {
    let sandbox = rich_sandbox();
    sandbox.write("other/devenv.toml", "[env]\nOTHER = 'yes'\n");
    let other =
        |program: &str, args: &[&str]| sandbox.command(program).args(args).within("other").run();
    other(DEVENV, &["allow"]).ok();
    let outside = environment(&other(DEVENV, &["run", "--", "env", "-0"]));
    let script = format!(
        "cd {} && exec {DEVENV} run -- env -0",
        sandbox.path("other").display()
    );
    let inside = environment(&sandbox.through(&["sh", "-c", &script]));
    assert_eq!(inside, outside.clone());
    assert_eq!(outside["OTHER"], "yes");
    assert!(!outside.contains_key("TOKEN"));
}

#[test]
fn what_a_user_changes_inside_stays_theirs_when_it_is_undone() {
    let sandbox = rich_sandbox();
    let script = format!(
        "cd / && export LEVEL=changed PATH=/new:$PATH && exec {DEVENV} run -- /usr/bin/env -0"
    );
    let env = environment(&sandbox.through(&["sh", "-c", &script]));
    assert_eq!(
        (env["LEVEL"].as_str(), env["PAGER"].as_str()),
        ("changed", "less")
    );
    assert_eq!(
        env["PATH"],
        format!(
            "/new:{}",
            sandbox.env[std::ffi::OsStr::new("PATH")].to_str().unwrap()
        )
    );
    assert_eq!(env["PYTHONPATH"], "/theirs::/theirs");
}

#[test]
fn a_record_that_is_gone_or_changed_is_dropped_with_one_warning() {
    for damage in ["rm -r", "sh -c 'for f in \"$0\"/*; do echo x >> $f; done'"] {
        let sandbox = rich_sandbox();
        let outside = environment(&sandbox.through(&["show"]));
        let script = format!(
            "{damage} {} && {DEVENV} run -- show",
            sandbox.state().join("records").display()
        );
        let said = sandbox.through(&["sh", "-c", &script]);
        assert_eq!(said.err.matches("cannot undo").count(), 1, "{said:#?}");
        let mut inside = environment(&said);
        // It can't know what was there before; for the same project the plan gives the same over
        // what it finds.
        inside.insert(
            "PYDEVENV_SESSION".into(),
            outside["PYDEVENV_SESSION"].clone(),
        );
        assert_eq!(inside, outside);
    }
}

#[test]
fn without_a_place_for_records_nothing_is_exported_and_a_run_inside_a_run_is_the_same() {
    let mut sandbox = rich_sandbox();
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = [{:?}]\n", sandbox.root),
    );
    sandbox.set("XDG_STATE_HOME", "/dev/null/state");
    let outside = environment(&sandbox.through(&["show"]));
    assert!(!outside.contains_key("PYDEVENV_SESSION"));
    assert_eq!(
        environment(&sandbox.through(&[DEVENV, "run", "--", "show"])),
        outside
    );
}

#[test]
fn a_state_directory_that_cannot_be_written_exports_nothing() {
    let sandbox = rich_sandbox();
    let outside = environment(&sandbox.read_only("home/.local/state", &["run", "--", "show"]));
    assert!(
        outside["LEVEL"] == "debug" && !outside.contains_key("PYDEVENV_SESSION"),
        "{outside:?}"
    );
    let inside = environment(&sandbox.read_only(
        "home/.local/state",
        &["run", "--", DEVENV, "run", "--", "show"],
    ));
    assert_eq!(inside, outside);
}

#[test]
fn any_value_passes_unchanged() {
    let mut sandbox = Sandbox::configured();
    let values = [
        b"two\nlines\n".to_vec(),
        b"'single' \"double\" `id` $(touch x) $HOME \\ !".to_vec(),
        vec![0xff, 0xfe, b'=', 1, 0x1b],
        vec![b'x'; 100_000],
        Vec::new(),
    ];
    for (index, value) in values.iter().enumerate() {
        sandbox.set(
            &format!("VALUE{index}"),
            std::ffi::OsString::from_vec(value.clone()),
        );
    }
    let code = "import os; print([os.environb[b'VALUE%d' % i] for i in range(5)])";
    let plain = sandbox.plain(&["python3", "-c", code]).quiet().to_owned();
    assert_eq!(sandbox.through(&["python3", "-c", code]).quiet(), plain);
    assert_eq!(
        sandbox
            .through(&[DEVENV, "run", "--", "python3", "-c", code])
            .quiet(),
        plain
    );
    assert!(!sandbox.path("project/x").exists());
}

#[test]
fn the_command_ends_as_it_ends() {
    let sandbox = Sandbox::configured();
    assert_eq!(sandbox.through(&["sh", "-c", "exit 7"]).code, Some(7));
    assert_eq!(
        sandbox.through(&["sh", "-c", "kill -TERM $$"]).signal,
        Some(15)
    );
    assert_eq!(
        sandbox.through(&["sh", "-c", "kill -KILL $$"]).signal,
        Some(9)
    );
    assert!(
        sandbox
            .through(&["nosuch"])
            .fails(127)
            .contains("cannot find `nosuch`")
    );
    assert!(
        sandbox
            .through(&["./nosuch"])
            .fails(127)
            .contains("cannot find `./nosuch`")
    );
    assert!(sandbox.through(&["/tmp"]).fails(126).contains("`/tmp`"));
    sandbox.write("project/plain.txt", "x");
    sandbox.through(&["./plain.txt"]).fails(126);
    sandbox.write("project/bin/tool", "x");
    sandbox.write(
        "project/devenv.toml",
        "[env]\nPATH = { prepend = ['bin'] }\n",
    );
    sandbox.allow();
    sandbox.through(&["tool"]).fails(126);
    sandbox.write("project/script", "#!/nosuch/interpreter\n");
    fs::set_permissions(
        sandbox.path("project/script"),
        fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    sandbox.through(&["./script"]).fails(127);
}

#[test]
fn the_command_reads_and_writes_as_if_alone() {
    let sandbox = Sandbox::configured();
    assert_eq!(
        sandbox
            .command(DEVENV)
            .args(&["run", "--", "cat"])
            .input("to\nfro")
            .quiet(),
        "to\nfro"
    );
    let same = "test \"$(readlink /proc/self/fd/0)\" = /dev/null && echo same";
    assert_eq!(sandbox.through(&["sh", "-c", same]).quiet(), "same");
    // The process is the command itself, not a child of ours.
    let said = sandbox.plain(&[
        "sh",
        "-c",
        &format!("echo $$; exec {DEVENV} run -- sh -c 'echo $$'"),
    ]);
    let pids: Vec<&str> = said.quiet().lines().collect();
    assert_eq!(pids[0], pids[1]);
}

#[test]
fn a_command_after_the_options_needs_no_dashes() {
    let sandbox = Sandbox::configured();
    let run = [
        "run",
        "-p",
        "prod",
        "python3",
        "-c",
        "import sys; print(sys.argv[1:])",
        "--profile",
        "x",
    ];
    assert_eq!(sandbox.devenv(&run).quiet(), "['--profile', 'x']");
    sandbox.devenv(&["run"]).fails(2);
    sandbox.devenv(&["run", "--nosuch", "--", "true"]).fails(2);
    sandbox
        .devenv(&["run", "--fresh", "--clear", "--", "true"])
        .fails(2);
}

#[test]
fn a_dry_run_shows_the_plan_and_does_nothing() {
    let sandbox = rich_sandbox();
    sandbox.write("project/src/app.py", "x = 1\n");
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import sys; sys.path.insert(0, 'src'); import app",
        ])
        .quiet();
    let before = sandbox.census("");
    let said = sandbox.devenv(&["run", "-n", "--", "say", "x y"]);
    for word in [
        "dev",
        "+ TOKEN=…",
        "- PAGER",
        "~ LEVEL=debug",
        "~ PATH: +",
        ".env:1:1",
        "devenv.toml:2:1",
        "'a b' 'x y'",
        "1 file",
    ] {
        assert!(said.quiet().contains(word), "{word} in {}", said.out);
    }
    let said = sandbox.devenv(&["run", "--dry-run", "--json", "--", "say"]);
    let code = "import json, sys; d = json.load(sys.stdin); v = {x['name']: x for x in d['variables']}; \
                print(d['schema'], d['profile'], d['command'], v['LEVEL']['before'], v['PAGER']['after'], d['bytecode'])";
    let read = sandbox
        .command("python3")
        .args(&["-c", code])
        .input(said.quiet());
    assert_eq!(
        read.quiet(),
        "1 dev ['printf', '%s|', 'a b'] mine None {'policy': 'verified', 'files': 1}"
    );
    assert_eq!(sandbox.census(""), before);
    sandbox.devenv(&["run", "--json", "--", "true"]).fails(2);
}

#[test]
fn a_dry_run_shows_what_would_be_cleared_and_that_bytecode_would_be_kept_apart() {
    let sandbox = Sandbox::configured();
    for name in ["one", "two"] {
        sandbox.write(&format!("project/{name}.py"), "x = 1\n");
    }
    sandbox.plain(&["python3", "-c", "import one, two"]).quiet();
    let shown = |args: &[&str]| {
        sandbox
            .devenv(&[&["run", "-n"], args, &["--", "true"]].concat())
            .quiet()
            .to_owned()
    };
    let harmless = |number: &str| format!("bytecode   verified, {number} to make harmless");
    assert!(shown(&[]).contains(&harmless("2 files")) && !shown(&[]).contains("clear "));
    let cleared = shown(&["--clear"]);
    assert!(
        cleared.contains("clear      all, 2 files") && cleared.contains(&harmless("0 files")),
        "{cleared}"
    );
    let json = shown(&["--clear=stale", "--json"]);
    assert!(
        json.contains("\"clear\": \"stale\"") && json.contains("\"cleared\": "),
        "{json}"
    );
    sandbox.plain(&["git", "init", "-q"]).quiet();
    sandbox
        .plain(&["sh", "-c", "git add -f __pycache__/one.*"])
        .quiet();
    let before = sandbox.census("");
    for (args, number) in [(&[][..], "1 file"), (&["--clear"], "0 files")] {
        let said = shown(args);
        assert!(
            said.contains("+ PYTHONPYCACHEPREFIX=") && said.contains("bytecode is kept apart"),
            "{said}"
        );
        assert!(said.contains(&harmless(number)), "{said}");
    }
    assert!(shown(&["--clear"]).contains("clear      all, 1 file\n"));
    assert_eq!(sandbox.census(""), before);
    let run = sandbox.devenv(&[
        "run",
        "--no-fill",
        "--",
        "sh",
        "-c",
        "echo $PYTHONPYCACHEPREFIX",
    ]);
    assert!(
        shown(&[]).contains(&format!("+ PYTHONPYCACHEPREFIX={} ", run.ok())),
        "{run:#?}"
    );
}

#[test]
fn a_command_that_does_not_exist_has_cleared_nothing() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/one.py", "x = 1\n");
    sandbox.plain(&["python3", "-c", "import one"]).quiet();
    let before = sandbox.census("project");
    let said = sandbox.devenv(&["run", "--clear", "stale", "--", "true"]);
    assert_eq!(
        said.fails(127),
        "devenv: cannot find `stale`\nhint: write `--clear=stale`"
    );
    assert_eq!(sandbox.census("project"), before);
}
