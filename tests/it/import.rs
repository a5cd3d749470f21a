//! `devenv import`: what another tool gives a command, devenv gives it too, and what it can't is
//! named by its line.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::nasty;
use crate::noise::Noise;
use crate::sandbox::Sandbox;

/// Returns the environment that a command gets.
fn environment(sandbox: &Sandbox, command: &[&str]) -> BTreeMap<String, String> {
    let dump = [
        "python3",
        "-c",
        "import json, os; print(json.dumps(dict(os.environ)))",
    ];
    let said = sandbox.plain(&[command, &dump].concat());
    serde_json::from_str(said.ok()).unwrap()
}

const ENVRC: &str = "# ours\nexport A=1 B=\"two words\"\nexport C='it'\\''s'\nD=4\nexport D\nunset GONE\nPATH_add tools\n\
                     dotenv\nexport OVER=envrc\n";

#[test]
fn an_envrc_means_what_it_means_to_direnv() {
    let mut sandbox = Sandbox::new();
    sandbox.set("GONE", "x");
    sandbox.write("project/.envrc", ENVRC);
    sandbox.write("project/.env", "OVER=dotenv\nA=dotenv\nE='five'\n");
    let said = sandbox.devenv(&["import", "direnv"]);
    assert!(
        said.ok().starts_with("# From .envrc.") && !said.err.contains("not taken"),
        "{said:#?}"
    );
    sandbox.allow();
    sandbox.plain(&["direnv", "allow", "."]).ok();
    let theirs = environment(&sandbox, &["direnv", "exec", "."]);
    let ours = environment(&sandbox, &["devenv", "run", "--"]);
    for name in ["A", "B", "C", "D", "E", "GONE", "OVER"] {
        assert_eq!(ours.get(name), theirs.get(name), "{name}");
    }
    let first = |env: &BTreeMap<String, String>| env["PATH"].split(':').next().unwrap().to_owned();
    assert_eq!(first(&ours), first(&theirs));
    assert_eq!(
        (ours["OVER"].as_str(), ours["A"].as_str()),
        ("envrc", "dotenv")
    );
}

#[test]
fn nothing_of_an_envrc_is_executed_and_every_other_line_is_named() {
    let sandbox = Sandbox::new();
    let text = "export OK=1\nexport A=$(touch ran)\n`touch ran`\nif touch ran; then\n  export B=1\nfi\nuse nix\n\
                export P=$PWD/x\nexport PYTHONDONTWRITEBYTECODE=1\nexport LAST='\u{1b}[31m'\n";
    sandbox.write("project/.envrc", text);
    let said = sandbox.devenv(&["import", "direnv"]);
    assert!(
        said.ok()
            .ends_with("[env]\nOK = \"1\"\nLAST = \"\\u001b[31m\""),
        "{said:#?}"
    );
    assert!(
        !sandbox.path("project/ran").exists() && !said.out.contains("touch"),
        "{said:#?}"
    );
    for line in [2, 3, 4, 5, 7, 8, 9] {
        assert!(
            said.err.contains(&format!("not taken: .envrc:{line}: ")),
            "{line}: {said:#?}"
        );
    }
    assert!(
        said.err
            .contains("`bytecode` decides that: export PYTHONDONTWRITEBYTECODE=…"),
        "{said:#?}"
    );
    assert_eq!(sandbox.devenv(&["run", "--", "printenv", "OK"]).ok(), "1");
}

#[test]
fn every_literal_value_arrives() {
    let sandbox = Sandbox::new();
    let values: BTreeMap<String, String> = nasty::values()
        .into_iter()
        .enumerate()
        .map(|(i, value)| (format!("K{i:03}"), value))
        .collect();
    let export = |(name, value): (&String, &String)| {
        format!("export {name}='{}'\n", value.replace('\'', "'\\''"))
    };
    sandbox.write(
        "project/.envrc",
        values.iter().map(export).collect::<String>(),
    );
    let said = sandbox.devenv(&["import", "direnv"]);
    assert!(
        said.code == Some(0) && !said.err.contains("not taken"),
        "{said:#?}"
    );
    let ours = environment(&sandbox, &["devenv", "run", "--"]);
    for (name, value) in &values {
        assert_eq!(ours.get(name), Some(value), "{name}");
    }
}

#[test]
fn a_mise_file_becomes_a_configuration() {
    let sandbox = Sandbox::new();
    let text = "[tools]\npython = '3.12'\n[env]\nA = 'x'\nN = 3\nPAGER = false\nT = '{{ config_root }}'\n_.path = './tools'\n\
                _.file = '.env'\n_.python.venv = { path = '.v', create = true }\n";
    sandbox.write("project/mise.toml", text);
    let said = sandbox.devenv(&["import", "mise", "--dry-run"]);
    let expected = "\nvenv = \".v\"\n\n[env]\nA = \"x\"\nN = \"3\"\nPAGER = false\nPATH = { prepend = [\"tools\"] }\n\n\
                    [profiles.dev]\ndotenv = [{ path = \".env\", optional = true }]";
    assert!(said.ok().ends_with(expected), "{said:#?}");
    assert!(
        said.err
            .contains("not taken: mise.toml:1: only `[env]` is read: [tools]"),
        "{said:#?}"
    );
    assert!(
        said.err
            .contains("not taken: mise.toml:7: mise would expand it: T=…"),
        "{said:#?}"
    );
    assert!(!sandbox.path("project/devenv.toml").exists());
    sandbox.write("project/mise.toml", "[env\n");
    assert!(
        sandbox
            .devenv(&["import", "mise"])
            .fails(2)
            .contains("mise.toml:1:")
    );
}

#[test]
fn a_file_in_a_directory_of_its_own_speaks_of_the_one_above() {
    let sandbox = Sandbox::new();
    sandbox.write("project/.config/mise.toml", "[env]\n_.path = 'tools'\n");
    let said = sandbox.devenv(&["import", "mise"]);
    assert!(
        said.ok().contains("prepend = [\"tools\"]") && sandbox.path("project/devenv.toml").exists(),
        "{said:#?}"
    );
}

#[test]
fn a_dotenv_file_stays_where_it_is() {
    let sandbox = Sandbox::new();
    sandbox.write("project/.env", "TOKEN='secret'\n");
    let said = sandbox.devenv(&["import", "dotenv"]);
    assert!(
        said.ok()
            .contains("dotenv = [{ path = \".env\", optional = true }]"),
        "{said:#?}"
    );
    assert!(!sandbox.read("project/devenv.toml").contains("secret"));
    sandbox.allow();
    assert_eq!(
        sandbox.devenv(&["run", "--", "printenv", "TOKEN"]).ok(),
        "secret"
    );
}

#[test]
fn nothing_is_taken_of_a_dotenv_file_that_can_t_be_read_whole() {
    let sandbox = Sandbox::new();
    sandbox.write("project/.env", "A=1\nB C\nD=it's\n");
    let said = sandbox.devenv(&["import", "dotenv", ".env"]);
    assert!(
        said.fails(1).contains("nothing is taken of `.env`")
            && said.err.contains("not taken: .env:2: "),
        "{said:#?}"
    );
    assert!(
        said.err.contains("not taken: .env:3: ") && said.out.is_empty(),
        "{said:#?}"
    );
    assert!(!sandbox.path("project/devenv.toml").exists());
}

/// A key over several lines that nobody quoted, and what else may be a secret without a name for
/// it.
#[test]
fn no_value_of_a_line_that_is_left_is_shown_or_copied() {
    let key =
        "KEY=-----BEGIN PRIVATE KEY-----\nHUNTER2aaaa\nHUNTER2bb==\n-----END PRIVATE KEY-----\n";
    let dotenv = format!("{key}DB_PASSWORD='HUNTER2'\nX='it\nB=${{HUNTER2}}\nHUNTER2 C=HUNTER2\n");
    let script = "export TOKEN=$(x) PASSWORD=HUNTER2\nPASSWORD=HUNTER2 run\nexport \"A B=HUNTER2\"\ncurl -u me:HUNTER2 x\n\
                  if x; then\nexport A=HUNTER2\nHUNTER2=HUNTER2 y\nfi\nuse vault --token HUNTER2\neval \"$(op signin HUNTER2)\"\n";
    let mise = "[env]\nT = '{{ HUNTER2 }}'\nOK = '1'\n_.source = 'x HUNTER2'\n";
    for (from, file, text) in [
        ("dotenv", ".env", dotenv.as_str()),
        (
            "direnv",
            ".envrc",
            &(script.to_owned() + &key.replace("KEY=", "KEY=$x")),
        ),
        ("direnv", ".envrc", "dotenv\nexport OK=1\n"),
        ("mise", "mise.toml", mise),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("project/.env", &dotenv);
        sandbox.write(&format!("project/{file}"), text);
        let said = sandbox.devenv(&["import", from]);
        assert!(
            said.err.contains(": ") && said.err.lines().count() >= 2,
            "{from}: {said:#?}"
        );
        let shown = said.err.replace("HUNTER2=…", "") + &said.out;
        assert!(!shown.contains("HUNTER2"), "{from}: {said:#?}");
    }
    let sandbox = Sandbox::configured();
    sandbox.write("project/.env", &dotenv);
    sandbox.write("project/devenv.toml", "[profiles.dev]\ndotenv = '.env'\n");
    for args in [
        &["allow"][..],
        &["status"],
        &["run", "--allow", "--", "true"],
        &["check"],
    ] {
        let said = sandbox.devenv(args);
        assert!(
            !(said.err.clone() + &said.out).contains("HUNTER2"),
            "{args:?}: {said:#?}"
        );
    }
}

#[test]
fn nothing_is_taken_through_a_link_that_leads_out() {
    let sandbox = Sandbox::new();
    for (from, file) in [
        ("dotenv", ".env"),
        ("direnv", ".envrc"),
        ("mise", "mise.toml"),
    ] {
        sandbox.write("other/file", "[env]\nA = 'HUNTER2'\n");
        std::os::unix::fs::symlink("../other/file", sandbox.path("project").join(file)).unwrap();
        let said = sandbox.devenv(&["import", from]);
        assert!(
            said.fails(2).contains("out of its directory"),
            "{from}: {said:#?}"
        );
        assert!(
            !(said.err.clone() + &said.out).contains("HUNTER2"),
            "{from}: {said:#?}"
        );
        assert!(!sandbox.path("project/devenv.toml").exists(), "{from}");
    }
    sandbox.write("project/real", "A=1\n");
    std::fs::remove_file(sandbox.path("project/.env")).unwrap();
    std::os::unix::fs::symlink("real", sandbox.path("project/.env")).unwrap();
    sandbox.devenv(&["import", "dotenv"]).ok();
}

/// What is put around a `PATH` of a dotenv file leaves it the value of a dotenv file.
#[test]
fn a_path_of_a_dotenv_file_is_not_shown() {
    let sandbox = Sandbox::new();
    sandbox.write("project/.env", "PATH='/HUNTER2:/usr/bin:/bin'\n");
    sandbox.write(
        "project/devenv.toml",
        "[profiles.dev]\ndotenv = '.env'\nenv.PATH = { prepend = ['tools'] }\n",
    );
    sandbox.allow();
    for args in [
        &["status"][..],
        &["status", "--json"],
        &["run", "--dry-run", "--", "true"],
        &["run", "--explain", "--", "true"],
        &["profile", "show", "dev"],
    ] {
        let said = sandbox.devenv(args);
        assert!(
            said.code == Some(0) && !(said.err.clone() + &said.out).contains("HUNTER2"),
            "{args:?}: {said:#?}"
        );
    }
}

#[test]
fn a_project_is_never_overwritten() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/.envrc", "export A=1\n");
    let before = sandbox.census("project");
    let said = sandbox.devenv(&["import", "direnv"]);
    assert!(
        said.fails(2)
            .contains("this is a project already: devenv.toml")
            && said.out.contains("A = \"1\""),
        "{said:#?}"
    );
    assert!(
        sandbox
            .devenv(&["import", "direnv", "--dry-run"])
            .ok()
            .contains("A = \"1\"")
    );
    assert_eq!(sandbox.census("project"), before);
}

#[test]
fn what_is_denied_stays_denied() {
    let sandbox = Sandbox::new();
    sandbox.write("project/.envrc", "export A=1\n");
    sandbox.write("project/devenv.toml", "");
    sandbox.devenv(&["deny"]).ok();
    std::fs::remove_file(sandbox.path("project/devenv.toml")).unwrap();
    assert!(
        sandbox
            .devenv(&["import", "direnv"])
            .err
            .contains("the project stays denied")
    );
    sandbox.devenv(&["run", "--", "true"]).fails(2);
}

#[test]
fn a_file_that_is_absent_or_says_nothing_is_an_error() {
    let sandbox = Sandbox::new();
    assert!(
        sandbox
            .devenv(&["import", "mise"])
            .fails(2)
            .contains("`mise.toml` does not exist")
    );
    sandbox.write("project/.envrc", "use flake\n");
    assert!(
        sandbox
            .devenv(&["import", "direnv"])
            .fails(1)
            .contains("nothing in `.envrc` can be said")
    );
    assert!(!sandbox.path("project/devenv.toml").exists());
}

/// Pieces of scripts that set `V`, or do not although it looks so.
#[rustfmt::skip]
const PIECES: [&str; 47] = [
    "export V=x", "export V='x'\"y\"\\z", "export V=a#b", "export V=a # b", "export V=\"a\\\nb\"", "V=1; export V; V=2",
    "V=1\nexport V", "V=1", "export V=x; unset V", "export V=x; export V=y", "declare -x V=x", "! :; export V=x",
    ": \\\nexport V=x", "# export V=x", ": '\nexport V=x\n'", ": \"\nexport V=x\n\"", "export V+=x",
    "if false; then export V=x; fi", "if false\nthen\nexport V=x\nfi", "if :; then :; else export V=x; fi",
    "if false; then :; elif false; then\nexport V=x\nfi", "for i in; do export V=x; done", "for i in\ndo\nexport V=x\ndone",
    "while false; do\nexport V=x\ndone", "until :; do export V=x; done", "case a in\nb) export V=x;;\nesac",
    "case a in (b) export V=x;; esac", "f() {\nexport V=x\n}", "f() { export V=x; }", "f()\n{\nexport V=x\n}",
    "function f {\nexport V=x\n}", "f () (\nexport V=x\n)", "false && export V=x", "false &&\nexport V=x", ": ||\n\n# c\nexport V=x",
    "false && {\nexport V=x\n}", "(export V=x)", "(\nexport V=x\n)", "export V=x | :", "export V=x &",
    ": <<X\nexport V=x\nX", ": <<-'X'\n\texport V=x\n\tX", ": <<X; export V=x\nexport V=y\nX", ": <<<X\nexport V=x",
    ": \"$(echo \"; export V=x; \")\"", ": $(echo ')'; export V=x)\nexport V=$'it\\'s; export V=x'",
    ": `: \\`; export V=x\\``\n: $((1<<2))",
];

/// What is taken must be what the shell does, whatever stands before it and after it.
#[test]
fn no_shell_would_export_something_else() {
    let sandbox = Sandbox::new();
    let mut noise = Noise::new();
    let (mut taken, scripts) = (0, 60);
    for _ in 0..scripts {
        let piece =
            |index| PIECES[noise.below(PIECES.len())].replace('V', &format!("V{index}")) + "\n";
        let script: String = (0..6).map(piece).collect();
        sandbox.write("project/.envrc", script.clone() + "export END=1\n");
        let said = sandbox.devenv(&["import", "direnv", "--dry-run"]);
        assert!(said.ok().contains("END = \"1\""), "{script}\n{said:#?}");
        let env = environment(
            &sandbox,
            &[
                "bash",
                "-c",
                "{ . ./.envrc; } >/dev/null 2>&1; exec \"$@\"",
                "bash",
            ],
        );
        for (name, value) in said.out.lines().filter_map(|line| line.split_once(" = ")) {
            let expected = env.get(name).map_or("false".to_owned(), |value| {
                format!("\"{}\"", value.replace('\\', "\\\\"))
            });
            assert_eq!(value, expected, "{name}\n{script}\n{said:#?}");
            taken += 1;
        }
    }
    assert!(taken > 2 * scripts, "{taken}");
}

/// What devenv exports for others, it can take back itself.
#[test]
fn an_exported_file_is_read_back() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/devenv.toml",
        "[env]\nA = \"it's\\n\\\"x\\\" $HOME \\\\\"\n",
    );
    sandbox.allow();
    let exported = sandbox.devenv(&["export", "dotenv", "--dialect", "uv"]);
    let exported = exported.ok().to_owned() + "\n";
    std::fs::remove_file(sandbox.path("project/devenv.toml")).unwrap();
    sandbox.write("project/.env", exported);
    sandbox.devenv(&["import", "dotenv"]).ok();
    sandbox.allow();
    let run = [
        "run",
        "--",
        "python3",
        "-c",
        "import json, os; print(json.dumps(os.environ['A']))",
    ];
    let value: Value = serde_json::from_str(sandbox.devenv(&run).ok()).unwrap();
    assert_eq!(value, "it's\n\"x\" $HOME \\");
}
