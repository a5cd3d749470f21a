//! What a person is shown: nothing that a terminal obeys or hides, no secret of the caller's or of
//! another process, and what a line of a dotenv file does not mean.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::sandbox::{DEVENV, Said, Sandbox};
use crate::served::Server;
use crate::stale::{NEW, OLD, THEN, module};

/// Escapes, marks of direction, what has no width, tags, and ends of lines of other kinds.
const HIDDEN: &str = "\u{1b}]0;x\u{7}\u{9b}2J\u{85}\u{ad}\u{61c}\u{200b}\u{200e}\u{2028}\u{202e}\u{2066}\u{feff}\u{e0041}\u{fe01}";

fn is_hidden(c: char) -> bool {
    c != '\n'
        && HIDDEN
            .chars()
            .any(|hidden| hidden == c && !hidden.is_ascii_alphanumeric() && !"];".contains(hidden))
}

#[track_caller]
fn shows_nothing_hidden(what: &str, said: &Said) {
    let hidden: Vec<char> = format!("{}{}", said.out, said.err)
        .chars()
        .filter(|c| is_hidden(*c))
        .collect();
    assert!(hidden.is_empty(), "{what}: {hidden:?} in {said:#?}");
}

/// A project whose every name and value holds what nobody could see.
fn hostile() -> Sandbox {
    let sandbox = Sandbox::new();
    let toml: String = HIDDEN
        .chars()
        .map(|c| format!("\\U{:08x}", u32::from(c)))
        .collect();
    let name = HIDDEN.replace('/', "");
    sandbox.write(
        "project/devenv.toml",
        format!(
            "sources = ['.', \"s{toml}\"]\n[env]\nVALUE = \"v{toml}\"\nPATH = {{ prepend = [\"p{toml}\"] }}\n\
             [profiles.dev]\ndotenv = [\".env{toml}\"]\n[aliases]\nalias = \"echo {toml}\"\n"
        ),
    );
    sandbox.write(
        &format!("project/.env{name}"),
        format!("TOKEN='{HIDDEN}'\nB=$A\n"),
    );
    sandbox.write(&format!("project/s{name}/m{name}.py"), "x = 1\n");
    sandbox.write("project/mod.py", "x = 1\n");
    sandbox.write(
        ".envrc-and-more/.envrc",
        format!("export A='{HIDDEN}'\n{HIDDEN}\n"),
    );
    sandbox.write(
        ".envrc-and-more/mise.toml",
        format!("[env]\nA = \"{toml}\"\n_.file = \"{toml}\"\n"),
    );
    sandbox.write(".envrc-and-more/.env", format!("A='{HIDDEN}'\n{HIDDEN}\n"));
    sandbox
}

#[test]
fn nothing_hidden_reaches_a_terminal() {
    let mut sandbox = hostile();
    sandbox
        .set("PYDEVENV_FILL", "0")
        .set("INHERITED", HIDDEN)
        .set("PAGER", HIDDEN);
    let file = format!("s{HIDDEN}/m{HIDDEN}.py");
    let path = sandbox.project().join(&file).display().to_string();
    let untrusted: [&[&str]; 3] = [&["status"], &["run", "--", "true"], &["allow", "--dry-run"]];
    for args in untrusted {
        shows_nothing_hidden(&args.join(" "), &sandbox.devenv(args));
    }
    let allowed = sandbox.devenv(&["allow"]);
    shows_nothing_hidden("allow", &allowed);
    assert!(
        allowed
            .ok()
            .contains("sets VALUE=v\\u{1b}]0;x\\u{7}\\u{9b}2J"),
        "{allowed:#?}"
    );
    let commands: [&[&str]; 20] = [
        &["status"],
        &["status", "--json"],
        &["profile", "show"],
        &["profile", "list"],
        &["run", "-n", "--", "echo", HIDDEN],
        &["run", "--explain", "--", "true"],
        &["run", "--explain", "--json", "--", "true"],
        &["run", "--", HIDDEN],
        &["run", "--profile", HIDDEN, "--", "true"],
        &["why", &path],
        &["why", "--json", &path],
        &["why", HIDDEN],
        &["doctor"],
        &["doctor", "--json"],
        &["check"],
        &["cache", "verify"],
        &["cache", "info", HIDDEN],
        &["inject", "vscode", "-n"],
        &["inject", "direnv", "-n", "--json"],
        &[HIDDEN],
    ];
    for args in commands {
        let said = sandbox.devenv(args);
        shows_nothing_hidden(&args.join(" "), &said);
        if args.contains(&"--json") {
            serde_json::from_str::<Value>(&said.out)
                .unwrap_or_else(|why| panic!("{args:?} {why}: {said:#?}"));
        }
    }
    for from in ["direnv", "mise", "dotenv"] {
        let said = sandbox.devenv(&["import", from, "../.envrc-and-more", "-n"]);
        shows_nothing_hidden(from, &said);
    }
    let json: Value = serde_json::from_str(
        &sandbox
            .devenv(&["run", "--explain", "--json", "--", "true"])
            .out,
    )
    .unwrap();
    let told = json["variables"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "INHERITED")
        .unwrap();
    assert_eq!(told["after"], HIDDEN, "a program reads what is there");
}

#[test]
fn a_prompt_shows_the_name_of_a_profile_or_nothing() {
    let sandbox = Sandbox::new();
    let prompt = |profile: &str| {
        let value = format!("1:{profile}:{}:{}", "0".repeat(16), "0".repeat(32));
        sandbox
            .command(DEVENV)
            .args(&["prompt"])
            .env("PYDEVENV_SESSION", value)
            .run()
            .quiet()
            .to_owned()
    };
    assert_eq!(prompt("dev.2"), "dev.2");
    for profile in [
        "\u{1b}[2J",
        "a\u{202e}b",
        "a b",
        "$(touch ran)",
        "",
        "-x",
        "%F{red}",
        "é",
    ] {
        assert_eq!(prompt(profile), "", "{profile:?}");
    }
}

const SERVER: &str = "import sys, app\nfor line in sys.stdin: print(app.VALUE, flush=True)\n";

#[test]
fn a_secret_of_another_process_is_masked() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    sandbox.write("project/server.py", SERVER);
    let args = "python3 server.py --password=hunter2 --token hunter2 API_KEY=hunter2 https://me:hunter2@db/x?key=hunter2&a=1 \
                -u me:hunter2 --password -hunter2 -H X-Api-Key:hunter2 postgres://me:x/hunter2@db --db-password1 hunter2 \
                --port 80";
    let command: Vec<&str> = args.split_whitespace().collect();
    let server = Server::start(&sandbox, "project", &command, "old");
    sandbox.write("project/app.py", NEW);
    for args in [
        &["why", "app"][..],
        &["why", "app", "--json"],
        &["doctor"],
        &["doctor", "--json"],
    ] {
        let said = sandbox.devenv(args);
        assert!(
            !said.out.contains("hunter2") && !said.err.contains("hunter2"),
            "{args:?} {said:#?}"
        );
        if args[0] == "why" {
            assert!(said.out.contains(&server.id()), "{said:#?}");
            let shown = "server.py --password=… --token … API_KEY=… https://me:…@db/x?key=…&a=1 -u me:… \
                         --password … -H X-Api-Key:… postgres://me:…@db --db-password1 … --port 80";
            assert!(said.out.contains(shown), "{said:#?}");
        }
    }
}

#[test]
fn a_secret_of_the_callers_is_masked_and_the_files_own_words_are_not() {
    let mut sandbox = Sandbox::new();
    let text = "[env]\nAPI_TOKEN = { default = 'said' }\nDB_PASSWORD = 'said too'\nOTHER_KEY = false\nURL = 'x'\n";
    sandbox.write("project/devenv.toml", text);
    sandbox.write("project/mod.py", "");
    let names = "API_TOKEN DB_PASSWORD OTHER_KEY AWS_SECRET_ACCESS_KEY DBPASS DB_PASSWORD1 password2 SSHPASS PGPASS TOKENS \
                 PASSCODE GH_PAT OTP MASTERKEY ENCRYPTIONKEY SESSIONID";
    for name in names.split(' ') {
        sandbox.set(name, "hunter2");
    }
    let inside = [
        "api_key:hunter2",
        "https://hooks.slack.com/services/T0/B0/hunter2",
        "me:hunter2@host",
        "postgres://me:x/hunter2@db",
        "postgres://me:x#hunter2@db",
        "machine h login me password hunter2",
    ];
    for (index, value) in inside.iter().enumerate() {
        sandbox.set(&format!("PLAIN_{index}"), value);
    }
    sandbox
        .set("URL", "postgres://me:hunter2@db/x")
        .set("PLAIN_URL", "postgres://me:hunter2@db/y");
    assert!(
        sandbox
            .devenv(&["allow"])
            .ok()
            .contains("sets DB_PASSWORD=said too"),
        "what a file says is in the file"
    );
    for args in [
        &["status"][..],
        &["status", "--json"],
        &["run", "-n", "--", "true"],
        &["run", "-n", "--json", "--", "true"],
        &["run", "--explain", "--", "true"],
        &["run", "--explain", "--json", "--", "true"],
    ] {
        let said = sandbox.devenv(args);
        assert!(
            !said.ok().contains("hunter2") && said.out.contains("said too"),
            "{args:?}: {said:#?}"
        );
    }
    let all = sandbox.devenv(&["run", "--explain", "--", "true"]);
    for line in [
        "API_TOKEN=…",
        "AWS_SECRET_ACCESS_KEY=…",
        "PLAIN_URL=postgres://me:…@db/y",
        "before: postgres://me:…@db/x",
    ] {
        assert!(all.out.contains(line), "{line}: {all:#?}");
    }
}

/// Returns what `allow` shows of the secret.
fn piece(said: &Said) -> String {
    let line = said
        .ok()
        .lines()
        .rev()
        .find(|line| line.contains("sets TOKEN"))
        .unwrap_or_default();
    line.split("(value ").nth(1).unwrap_or_default().to_owned()
}

#[test]
fn what_is_shown_of_a_secret_helps_no_guess() {
    let pieces: Vec<String> = (0..2)
        .map(|_| {
            let sandbox = Sandbox::new();
            sandbox.write("project/devenv.toml", "[profiles.dev]\ndotenv = '.env'\n");
            sandbox.write("project/.env", "TOKEN=hunter2\n");
            let first = piece(&sandbox.devenv(&["allow"]));
            let salt = fs::metadata(sandbox.state().join("salt")).unwrap();
            assert_eq!(
                (salt.permissions().mode() & 0o777, first.len()),
                (0o600, "012345…)".len())
            );
            sandbox.write("project/.env", "TOKEN=hunter3\n");
            let second = sandbox.devenv(&["allow"]);
            assert!(
                second.out.contains("- profile dev: sets TOKEN from .env")
                    && piece(&second) != first,
                "{second:#?}"
            );
            sandbox.write("project/.env", "TOKEN=hunter2\n");
            let third = sandbox.devenv(&["allow"]);
            assert_eq!(piece(&third), first, "the same value looks the same");
            sandbox.write(
                "project/devenv.toml",
                "[profiles.dev]\ndotenv = '.env'\nenv = { A = '1' }\n",
            );
            assert!(
                !sandbox.devenv(&["allow"]).ok().contains("TOKEN"),
                "what is the same is no change"
            );
            first
        })
        .collect();
    assert_ne!(pieces[0], pieces[1], "another machine, another piece");
}

#[test]
fn a_dollar_that_others_expand_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", "[profiles.dev]\ndotenv = '.env'\n");
    let text = "A=1\nB=${A}/x\nC='$A'\nD=\"\\$A\"\nE=5$\nF=\"x$A\"\n";
    sandbox.write("project/.env", text);
    for args in [
        &["allow", "-n"][..],
        &["allow"],
        &["status"],
        &["status", "--json"],
    ] {
        let said = sandbox.devenv(args);
        let words = ".env:2:1: a `$` stands for itself here, where direnv, Compose and uv expand it: `B` in line 2, `F` in line 6";
        assert!(
            said.code == Some(0) && said.err.contains(words),
            "{args:?}: {said:#?}"
        );
        assert_eq!(
            said.err.matches("stands for itself").count(),
            1,
            "one line for a file"
        );
    }
    assert_eq!(
        sandbox.through(&["printenv", "B", "F"]).quiet(),
        "${A}/x\nx$A"
    );
    sandbox.write("project/.env", "A='$B'\n");
    sandbox.allow();
    sandbox.devenv(&["status"]).quiet();
}
