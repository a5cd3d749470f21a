//! `devenv export` for other programs than shells: which variables go into a file, what is refused
//! and how that is said, and what trust has to do with it.

use serde_json::{Value, json};

use crate::sandbox::{Said, Sandbox};

const PLAN: &str = "venv = '.venv'\n\
                    sources = ['lib']\n\
                    [env]\n\
                    LEVEL = 'debug'\n\
                    TZ = { default = 'UTC' }\n\
                    PATH = { prepend = ['bin'] }\n";

fn project(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("project/lib/shop.py", "");
    sandbox.write("project/devenv.toml", text);
    sandbox.allow();
    sandbox
}

fn object(said: &Said) -> Value {
    serde_json::from_str(said.ok()).unwrap()
}

/// Returns the lines that begin with a name and `=`, in order.
fn names(said: &Said) -> Vec<String> {
    said.ok()
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0.to_owned()))
        .collect()
}

#[test]
fn json_is_what_changes_here() {
    let mut sandbox = project(PLAN);
    sandbox.set("PYTHONHOME", "/odd").set("LEVEL", "debug");
    let all = object(&sandbox.devenv(&["export", "json"]));
    let project = sandbox.project().display().to_string();
    assert_eq!(all["PYTHONHOME"], Value::Null);
    assert_eq!(all["VIRTUAL_ENV"], json!(format!("{project}/.venv")));
    assert!(
        all["PATH"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{project}/bin:{project}/.venv/bin:")),
        "{all:#}"
    );
    assert!(
        all.get("LEVEL").is_none() && all.get("PYDEVENV_SESSION").is_some(),
        "{all:#}"
    );
    let set = object(&sandbox.devenv(&["export", "json", "--set-only"]));
    assert_eq!(set["PYTHONHOME"], json!(""));
}

#[test]
fn json_outside_any_project_is_empty() {
    let sandbox = Sandbox::new();
    let said = sandbox
        .command(crate::sandbox::DEVENV)
        .args(&["export", "json"])
        .within("home")
        .run();
    assert!(
        object(&said) == json!({}) && said.err.contains("no project here"),
        "{said:#?}"
    );
    let said = sandbox
        .command(crate::sandbox::DEVENV)
        .args(&["export", "dotenv"])
        .within("home")
        .run();
    assert!(
        said.fails(2).contains("devenv init") && said.out.is_empty(),
        "{said:#?}"
    );
}

#[test]
fn a_file_for_later_is_the_same_whoever_writes_it() {
    let sandbox = project(PLAN);
    let alone = sandbox.devenv(&["export", "dotenv"]);
    let inside = sandbox.through(&["devenv", "export", "dotenv"]);
    let has = sandbox
        .command(crate::sandbox::DEVENV)
        .args(&["export", "dotenv"])
        .env("LEVEL", "debug")
        .run();
    let expected = [
        "LEVEL",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONHOME",
        "PYTHONPATH",
        "TZ",
        "VIRTUAL_ENV",
    ];
    for said in [&alone, &inside, &has] {
        assert_eq!(names(said), expected, "{said:#?}");
        assert!(
            said.err
                .contains("left out (the PATH of this shell): PATH\n"),
            "{said:#?}"
        );
    }
    assert_eq!(alone.out, inside.out);
}

#[test]
fn a_file_for_another_machine_names_no_directory_of_this_one() {
    let sandbox = project(PLAN);
    for format in ["docker", "gitlab", "dockerfile", "compose", "kubernetes"] {
        let said = sandbox.devenv(&["export", format]);
        let project = sandbox.project().display().to_string();
        assert!(
            said.ok().contains("LEVEL") && !said.out.contains(&project),
            "{format}: {said:#?}"
        );
        assert!(said.err.contains(
            "left out (directories of this machine): PATH, PYTHONHOME, PYTHONPATH, VIRTUAL_ENV"
        ));
    }
}

#[test]
fn a_production_file_keeps_an_image_from_turning_bytecode_off() {
    let sandbox = project("");
    let said = sandbox.devenv(&["export", "dockerfile", "--profile", "prod"]);
    assert_eq!(
        said.quiet(),
        "ENV PYTHONDONTWRITEBYTECODE=\"\"\nENV PYTHONPYCACHEPREFIX=\"\""
    );
}

#[test]
fn what_can_t_be_unset_is_refused_by_name() {
    let sandbox = project("[env]\nPAGER = false\nLESS = false\nA = '1'\n");
    let said = sandbox.devenv(&["export", "docker"]);
    let err = said.fails(1);
    assert!(said.out.is_empty(), "{said:#?}");
    assert!(
        err.contains("docker can't hold `LESS`: ") && err.contains("docker can't hold `PAGER`: "),
        "{said:#?}"
    );
    assert!(
        err.ends_with("hint: `--set-only` leaves out what would be unset"),
        "{said:#?}"
    );
    assert_eq!(
        sandbox.devenv(&["export", "docker", "--set-only"]).quiet(),
        "A=1\nPYTHONDONTWRITEBYTECODE=1"
    );
    assert!(
        sandbox
            .devenv(&["export", "systemd"])
            .quiet()
            .contains("UnsetEnvironment=PAGER\n")
    );
    let sh = sandbox.devenv(&["export", "dotenv", "--dialect", "sh"]);
    assert!(sh.quiet().contains("unset PAGER\n"), "{sh:#?}");
}

#[test]
fn a_shell_can_be_told_to_unset_nothing_too() {
    let mut sandbox = project("[env]\nPAGER = false\n");
    sandbox
        .set("PAGER", "less")
        .set("PYTHONPYCACHEPREFIX", "/x");
    let said = sandbox.devenv(&["export", "bash", "--profile", "prod", "--set-only"]);
    assert!(
        !said.quiet().contains("PAGER") && said.out.contains("export 'PYTHONPYCACHEPREFIX'=''"),
        "{said:#?}"
    );
}

#[test]
fn a_refusal_says_who_could_read_it() {
    let sandbox = project("[env]\nA = \"it's\"\n");
    let said = sandbox.devenv(&["export", "dotenv"]);
    let err = said.fails(1);
    assert!(
        said.out.is_empty()
            && err.starts_with("devenv: dotenv can't hold `A`: its value holds a `'`"),
        "{said:#?}"
    );
    assert!(
        err.contains("`--dialect python`") && err.contains("`--dialect uv`"),
        "{said:#?}"
    );
    assert!(
        sandbox
            .devenv(&["export", "dotenv", "--dialect", "uv"])
            .quiet()
            .starts_with("A=\"it's\"\n")
    );
    sandbox
        .devenv(&["export", "json", "--dialect", "uv"])
        .fails(2);
    sandbox
        .devenv(&["export", "zsh", "--dialect", "uv"])
        .fails(2);
}

#[test]
fn a_value_that_is_no_text_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let mut sandbox = project("[env]\nODD = { append = ['x'] }\n");
    sandbox.set("ODD", OsStr::from_bytes(b"\xff"));
    for format in ["json", "nix", "make", "systemd"] {
        let said = sandbox.devenv(&["export", format]);
        assert!(
            said.fails(1)
                .contains("can't hold `ODD`: its value is not UTF-8")
                && said.out.is_empty(),
            "{said:#?}"
        );
    }
}

#[test]
fn github_has_a_file_for_variables_and_one_for_path() {
    let sandbox = project(PLAN);
    let said = sandbox.devenv(&["export", "github"]);
    let project = sandbox.project().display().to_string();
    let lines: Vec<&str> = said.ok().lines().collect();
    let at = lines
        .iter()
        .position(|line| line.starts_with("LEVEL<<"))
        .unwrap();
    let end = lines[at].strip_prefix("LEVEL<<").unwrap();
    assert!(
        lines[at + 1] == "debug" && lines[at + 2] == end && end.len() >= 32,
        "{lines:#?}"
    );
    assert!(
        !said.out.contains("\nPATH<<") && said.err.contains("devenv export github-path"),
        "{said:#?}"
    );
    assert!(
        !sandbox.devenv(&["export", "github"]).out.contains(end),
        "a word that can be guessed"
    );
    let path = sandbox.devenv(&["export", "github-path"]);
    assert_eq!(path.quiet(), format!("{project}/.venv/bin\n{project}/bin"));
}

#[test]
fn github_refuses_what_is_not_ours_to_say() {
    let mut sandbox =
        project("[env]\nGITHUB_TOKEN = 'x'\nNODE_OPTIONS = 'y'\nPATH = { remove = ['/gone'] }\n");
    let said = sandbox.devenv(&["export", "github"]);
    assert!(
        said.fails(1).contains("`GITHUB_TOKEN`") && said.err.contains("`NODE_OPTIONS`"),
        "{said:#?}"
    );
    let path = format!(
        "/gone:{}",
        sandbox.env[std::ffi::OsStr::new("PATH")].display()
    );
    sandbox.set("PATH", path);
    assert!(
        sandbox
            .devenv(&["export", "github-path"])
            .fails(1)
            .contains("takes directories out")
    );
}

#[test]
fn names_that_mean_something_to_make_are_refused() {
    let sandbox = project("[env]\nSHELL = '/bin/zsh'\n");
    assert!(
        sandbox
            .devenv(&["export", "make"])
            .fails(1)
            .contains("can't hold `SHELL`")
    );
}

#[test]
fn nothing_is_written_without_trust() {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", "[env]\nA = '1'\n");
    for format in ["json", "dotenv", "github"] {
        let said = sandbox.devenv(&["export", format]);
        assert!(
            said.fails(2).contains("devenv allow") && said.out.is_empty(),
            "{said:#?}"
        );
    }
}
