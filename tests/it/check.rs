//! `devenv check`: what it finds in a repository, what it puts right, and that it touches nothing
//! otherwise.

use std::fs;

use serde_json::{Value, json};

use crate::sandbox::{DEVENV, Said, Sandbox};

fn repository() -> Sandbox {
    let mut sandbox = Sandbox::new();
    for (name, value) in [("NAME", "me"), ("EMAIL", "me@x")] {
        sandbox
            .set(&format!("GIT_AUTHOR_{name}"), value)
            .set(&format!("GIT_COMMITTER_{name}"), value);
    }
    sandbox.write("project/devenv.toml", "");
    sandbox.write(
        "project/.gitignore",
        "__pycache__/\n*.py[co]\ndevenv.local.toml\n",
    );
    sandbox.allow();
    sandbox.plain(&["git", "init", "-q"]).ok();
    sandbox.plain(&["git", "add", "."]).ok();
    sandbox.plain(&["git", "commit", "-qm", "x"]).ok();
    sandbox
}

impl Sandbox {
    fn check(&self, args: &[&str]) -> Said {
        self.devenv(&[&["check"], args].concat())
    }

    /// Returns the codes of what is found.
    #[track_caller]
    fn codes(&self, args: &[&str]) -> Vec<String> {
        let said = self.check(&[args, &["--json"]].concat());
        let value: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:#?}"));
        assert_eq!(value["schema"], 1);
        let findings = value["findings"].as_array().unwrap();
        assert_eq!(
            said.code,
            Some(i32::from(!findings.is_empty())),
            "{said:#?}"
        );
        findings
            .iter()
            .map(|finding| finding["code"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn nothing() -> Vec<String> {
    Vec::new()
}

#[test]
fn bytecode_that_git_tracks_is_found_and_taken_out_of_the_index() {
    let sandbox = repository();
    assert_eq!(sandbox.codes(&[]), nothing());
    sandbox.check(&[]).quiet_words("nothing found");
    sandbox.write("project/pkg/__pycache__/a.cpython-311.pyc", "x");
    sandbox.write("project/pkg/a.py", "");
    sandbox.write("project/pkg/\u{e4} \"b\".pyo", "x");
    assert_eq!(sandbox.codes(&[]), nothing(), "it is on the disk alone");
    sandbox.plain(&["git", "add", "-f", "pkg"]).ok();
    let said = sandbox.check(&["--staged", "--json"]);
    let value: Value = serde_json::from_str(&said.out).unwrap();
    let finding = &value["findings"][0];
    let keys: Vec<&String> = finding.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "code",
            "severity",
            "fact",
            "evidence",
            "remedies",
            "cured_by_run"
        ]
    );
    assert_eq!(
        finding["evidence"],
        json!(["pkg/__pycache__/a.cpython-311.pyc", "pkg/\u{e4} \"b\".pyo"])
    );
    assert_eq!(
        finding["remedies"][0]["command"],
        "devenv check --staged --fix"
    );
    sandbox.plain(&["git", "commit", "-qm", "y"]).ok();
    assert_eq!(
        sandbox.codes(&["--staged"]),
        nothing(),
        "nothing new is about to be committed"
    );
    assert_eq!(sandbox.codes(&[]), ["tracked-bytecode"]);
    let within = sandbox
        .command(DEVENV)
        .args(&["check"])
        .within("project/pkg")
        .run();
    assert!(
        within.fails(1).is_empty() && within.out.contains("pkg/__pycache__/a.cpython-311.pyc"),
        "{within:#?}"
    );
    let before = sandbox.census("project/pkg");
    sandbox
        .check(&["--fix"])
        .quiet_words("took 2 files out of the index");
    assert_eq!(
        sandbox.census("project/pkg"),
        before,
        "what is on the disk stays"
    );
    assert_eq!(sandbox.plain(&["git", "ls-files", "pkg"]).ok(), "pkg/a.py");
    assert_eq!(sandbox.codes(&[]), nothing());
}

#[test]
fn what_is_not_ignored_is_found_and_the_rules_are_added() {
    let sandbox = repository();
    sandbox.write("project/.gitignore", "*.log\n");
    assert_eq!(sandbox.codes(&[]), ["not-ignored"]);
    assert_eq!(
        sandbox.read("project/.gitignore"),
        "*.log\n",
        "a look changes nothing"
    );
    sandbox
        .check(&["--fix"])
        .quiet_words("gitignore: put right");
    assert!(
        sandbox
            .read("project/.gitignore")
            .starts_with("*.log\n# >>> devenv >>>\n")
    );
    sandbox.devenv(&["inject", "gitignore", "--remove"]).ok();
    assert_eq!(sandbox.read("project/.gitignore"), "*.log\n");
}

#[test]
fn bytecode_that_would_be_imported_without_a_source_is_found() {
    let sandbox = repository();
    let file = sandbox.write("project/old.py", "X = 1\n");
    sandbox
        .plain(&["python3", "-m", "compileall", "-q", "-b", "old.py"])
        .ok();
    assert_eq!(sandbox.codes(&[]), nothing(), "its source is beside it");
    fs::remove_file(file).unwrap();
    assert_eq!(sandbox.codes(&[]), ["sourceless-bytecode"]);
    assert!(sandbox.check(&["--fix"]).code == Some(1) && sandbox.path("project/old.pyc").exists());
    sandbox.devenv(&["cache", "clear", "--orphans"]).ok();
    assert_eq!(sandbox.codes(&[]), nothing());
}

#[test]
fn a_configuration_that_can_not_be_used_is_found_with_its_place() {
    let sandbox = repository();
    sandbox.write(
        "project/devenv.toml",
        "[profiles.dev]\nbytecode = 'verifed'\n",
    );
    let said = sandbox.check(&[]);
    assert!(
        said.out
            .contains("configuration: devenv.toml:2:12: unknown value `verifed`"),
        "{said:#?}"
    );
    assert_eq!(said.code, Some(1));
    sandbox.write("project/devenv.toml", "[profiles.ci]\ndotenv = '.env'\n");
    sandbox.allow();
    assert_eq!(sandbox.codes(&[]), ["configuration"], "of any profile");
    sandbox.write("project/devenv.toml", "[profiles.ci]\n");
    sandbox.write("project/x.pyc", "x");
    sandbox.plain(&["git", "add", "-f", "x.pyc"]).ok();
    let said = sandbox.check(&[]);
    assert!(
        said.fails(1).contains("`.` is not trusted") && said.out.contains("tracked-bytecode"),
        "{said:#?}"
    );
}

#[test]
fn what_was_injected_and_is_old_is_found_and_put_right() {
    let mut sandbox = repository();
    sandbox.write("project/Dockerfile", "FROM x\n");
    sandbox.devenv(&["inject", "vscode"]).ok();
    sandbox
        .devenv(&["inject", "dockerfile", "--profile", "prod"])
        .ok();
    sandbox.devenv(&["inject", "pre-commit"]).ok();
    sandbox.write(
        "project/.devcontainer/devcontainer.json",
        "{ \"image\": \"x\" }\n",
    );
    assert_eq!(
        sandbox.codes(&[]),
        nothing(),
        "each is as some profile wants it, and nobody asked for a container"
    );
    sandbox.write("project/devenv.toml", "[env]\nLOG = '1'\n");
    sandbox.allow();
    assert_eq!(sandbox.codes(&[]), ["inject-drift", "inject-drift"]);
    let said = sandbox.check(&[]);
    assert!(
        said.out.contains("devenv inject dockerfile --profile prod"),
        "{said:#?}"
    );
    assert!(
        said.out.contains("devenv inject vscode --profile dev"),
        "{said:#?}"
    );
    // A clone remembers nothing, and finds it too.
    let state = sandbox.path("elsewhere");
    let known = sandbox.env.clone();
    sandbox.set("XDG_STATE_HOME", &state);
    sandbox.allow();
    assert_eq!(sandbox.codes(&[]), ["inject-drift", "inject-drift"]);
    sandbox.env = known;
    sandbox
        .check(&["--fix"])
        .quiet_words("dockerfile: put right");
    assert_eq!(sandbox.codes(&[]), nothing());
    let dockerfile = sandbox.read("project/Dockerfile");
    assert!(
        dockerfile.contains("ENV LOG=\"1\"") && dockerfile.contains("WRITEBYTECODE=\"\""),
        "{dockerfile}"
    );
    sandbox.write(
        "project/.vscode/settings.json",
        "{ \"terminal.integrated.env.linux\": { \"LOG\": \"2\" } }\n",
    );
    assert_eq!(
        sandbox.codes(&["--fix"]),
        ["inject-drift"],
        "another's value stays"
    );
}

#[test]
fn a_commit_of_some_files_is_checked_by_its_own_index() {
    let sandbox = repository();
    sandbox.devenv(&["inject", "pre-commit"]).ok();
    sandbox.write("project/a.txt", "1");
    sandbox.write("project/x.pyc", "x");
    sandbox.plain(&["git", "add", "-f", "a.txt", "x.pyc"]).ok();
    sandbox.plain(&["git", "commit", "-qm", "a", "a.txt"]).ok();
    assert_eq!(
        sandbox.plain(&["git", "commit", "-qm", "x", "x.pyc"]).code,
        Some(1)
    );
    sandbox
        .plain(&["git", "rm", "-q", "-f", "--cached", "x.pyc"])
        .ok();
    sandbox.write("project/sub/devenv.toml", "");
    let within = sandbox
        .command("git")
        .args(&["commit", "--allow-empty", "-qm", "s"])
        .within("project/sub")
        .run();
    within.ok();
}

#[test]
fn without_a_project_the_repository_is_checked_and_without_either_nothing_is() {
    let sandbox = repository();
    fs::remove_file(sandbox.path("project/devenv.toml")).unwrap();
    sandbox.write("project/x.pyc", "x");
    sandbox.plain(&["git", "add", "-f", "x.pyc"]).ok();
    assert_eq!(sandbox.codes(&[]), ["tracked-bytecode"]);
    let outside = sandbox
        .command(DEVENV)
        .args(&["check"])
        .within("home")
        .run();
    assert!(outside.fails(2).contains("no project here"));
}
