//! Files that get a block of lines, or values in another tool's JSON: each is read again by the
//! tool itself, or by a parser that is not ours, and taken back as it was.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::sandbox::{DEVENV, Said, Sandbox, tool};

const ENV: &str = "[env]\nLOG = 'a \"b\" $HOME \\c'\nPAGER = false\nPATH = { prepend = ['bin'] }\n[profiles.dev]\n\
                   pythonpath = ['src', '../lib']\n";

fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", ENV);
    sandbox.allow();
    sandbox
}

fn repository() -> Sandbox {
    let sandbox = project();
    sandbox.plain(&["git", "init", "-q"]).ok();
    sandbox
}

impl Sandbox {
    fn put(&self, args: &[&str]) -> Said {
        self.devenv(&[&["inject"], args].concat())
    }

    /// Puts a target in, sees that twice is once, and returns the file; then takes it back as it
    /// was.
    fn round(&self, args: &[&str], file: &str) -> String {
        let before = fs::read(self.path(file)).ok();
        let said = self.put(args);
        assert!(said.code.is_some_and(|code| code < 2), "{said:#?}");
        let after = self.read(file);
        self.put(args);
        assert_eq!(self.read(file), after, "twice is once");
        self.put(&[args, &["--remove"]].concat()).ok();
        assert_eq!(fs::read(self.path(file)).ok(), before, "{args:?}");
        after
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn git_ignores_what_was_missing_and_nothing_is_said_twice() {
    let sandbox = repository();
    let block = |lines: &str| format!("# >>> devenv >>>\n{lines}# <<< devenv <<<\n");
    for (before, added) in [
        ("", "__pycache__/\n*.py[co]\ndevenv.local.toml\n"),
        ("*.log\n", "__pycache__/\n*.py[co]\ndevenv.local.toml\n"),
        ("*.py[cod]\n__pycache__\n", "devenv.local.toml\n"),
        ("*.pyc\n", "__pycache__/\n*.py[co]\ndevenv.local.toml\n"),
        (
            "/__pycache__/\n*.py[codz]\n*.local.toml\n",
            "__pycache__/\n",
        ),
        (
            "**/*.py[oc]\n!any.pyc\n**/__pycache__/**\n*.toml\n",
            "*.py[co]\n",
        ),
    ] {
        sandbox.write("project/.gitignore", before);
        let after = sandbox.round(&["gitignore"], "project/.gitignore");
        assert_eq!(after, format!("{before}{}", block(added)));
        sandbox.put(&["gitignore"]).ok();
        for path in [
            "x/__pycache__/a.cpython-311.pyc",
            "any.pyc",
            "x/y.pyo",
            "devenv.local.toml",
        ] {
            sandbox.plain(&["git", "check-ignore", "-q", path]).ok();
        }
        sandbox.put(&["gitignore", "--check"]).ok();
    }
    sandbox.write(
        "project/.gitignore",
        "__pycache__/\n*.py[cod]\ndevenv.local.toml\n",
    );
    assert!(
        sandbox.put(&["gitignore"]).ok().is_empty(),
        "nothing is missing"
    );
}

#[test]
fn a_block_keeps_line_ends_and_an_end_that_is_not_there() {
    let sandbox = repository();
    sandbox.write("project/.gitignore", "*.log\r\n*.tmp");
    let after = sandbox.round(&["gitignore"], "project/.gitignore");
    assert!(
        after.starts_with("*.log\r\n*.tmp\r\n# >>> devenv >>> (ended the line above)\r\n"),
        "{after:?}"
    );
    assert!(!after.replace("\r\n", "").contains('\n'));
    sandbox.put(&["gitignore"]).ok();
    let mut clone = sandbox;
    clone.set("XDG_STATE_HOME", clone.path("elsewhere"));
    clone.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = ['{}']\n", clone.root.display()),
    );
    clone.put(&["gitignore", "--remove"]).ok();
    assert_eq!(
        clone.read("project/.gitignore"),
        "*.log\r\n*.tmp",
        "a clone can tell too"
    );
    clone.write("project/.gitignore", "# >>> devenv >>>\nx\n");
    assert!(
        clone
            .put(&["gitignore"])
            .fails(2)
            .contains(".gitignore:1:1: this block of devenv never ends")
    );
}

#[test]
fn what_only_this_user_ignores_counts_for_nobody_else() {
    let sandbox = repository();
    sandbox.write("home/.config/git/ignore", "*.pyc\n__pycache__/\n");
    sandbox.write("project/.git/info/exclude", "*.py[co]\ndevenv.local.toml\n");
    assert!(
        sandbox
            .round(&["gitignore"], "project/.gitignore")
            .contains("\n*.py[co]\n")
    );
    sandbox.write("project/.gitignore", "");
    sandbox.put(&["gitignore"]).ok();
    let own = sandbox.read("project/.gitignore");
    sandbox.write("project/.gitignore", format!("{own}!any.pyc\n"));
    assert!(
        sandbox
            .put(&["gitignore", "--check"])
            .fails(1)
            .contains("something else says that it is not ignored")
    );
}

#[test]
fn direnv_loads_what_the_lines_say() {
    let sandbox = project();
    let profile = sandbox.round(&["direnv", "--profile", "prod"], "project/.envrc");
    assert!(profile.contains("export bash --profile prod"), "{profile}");
    sandbox.put(&["direnv"]).ok();
    let direnv = |args: &[&str]| sandbox.command("direnv").args(args).run();
    direnv(&["allow"]).ok();
    let said = direnv(&[
        "exec",
        ".",
        "sh",
        "-c",
        "printf '%s %s' \"$PYTHONDONTWRITEBYTECODE\" \"$LOG\"",
    ]);
    assert_eq!(said.ok(), "1 a \"b\" $HOME \\c", "{said:#?}");
}

/// An edit of ours can change a file that trust is about.
#[test]
fn an_edit_of_ours_keeps_a_trusted_project_trusted() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/devenv.toml",
        "[profiles.odd]\ndotenv = [{ path = '.gitignore', optional = true }]\n",
    );
    sandbox.allow();
    sandbox.put(&["gitignore"]).ok();
    sandbox.through(&["true"]).quiet();
    std::os::unix::fs::symlink("project", sandbox.path("link")).unwrap();
    sandbox
        .command(DEVENV)
        .args(&["inject", "gitignore", "--remove"])
        .within("link")
        .run()
        .ok();
    sandbox.through(&["true"]).quiet();
    sandbox.write("project/.gitignore", "another's");
    sandbox.put(&["gitignore"]).fails(2);
}

#[test]
fn an_editor_has_the_variables_on_each_system() {
    let sandbox = project();
    sandbox.write("project/.env", "A=1\n");
    sandbox.write("project/devenv.toml", format!("{ENV}dotenv = '.env'\n"));
    sandbox.allow();
    let before = "{\n    // mine\n    \"python.analysis.extraPaths\": [\n        \"mine\" // first\n    ],\n    \
                  \"terminal.integrated.env.linux\": { \"LOG\": \"mine\" },\n}\n";
    sandbox.write("project/.vscode/settings.json", before);
    let after = sandbox.round(&["vscode"], "project/.vscode/settings.json");
    assert!(
        after.starts_with("{\n    // mine\n")
            && after.contains("\"mine\", // first\n        \"src\"\n"),
        "{after}"
    );
    fs::remove_file(sandbox.path("project/.vscode/settings.json")).unwrap();
    let after = parsed(&sandbox.round(&["vscode"], "project/.vscode/settings.json"));
    for (system, separator) in [("linux", ':'), ("osx", ':'), ("windows", ';')] {
        let expected = json!({
            "PAGER": null,
            "PATH": format!("${{workspaceFolder}}/bin{separator}${{env:PATH}}"),
            "LOG": "a \"b\" $HOME \\c",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": "${workspaceFolder}/src",
        });
        assert_eq!(after[format!("terminal.integrated.env.{system}")], expected);
    }
    assert_eq!(after["python.envFile"], "${workspaceFolder}/.env");
    assert_eq!(
        after["python.analysis.extraPaths"],
        json!(["src"]),
        "../lib is in no checkout"
    );
    assert!(
        !sandbox
            .path("project/.vscode")
            .join("settings.json")
            .exists()
    );
}

#[test]
fn debuggers_of_python_alone_get_variables() {
    let sandbox = project();
    let launch = "{\n  \"configurations\": [\n    { \"type\": \"node\" },\n    {\n      \"type\": \"debugpy\",\n      \
                  \"env\": { \"A\": \"1\" }\n    }\n  ]\n}\n";
    sandbox.write("project/.vscode/launch.json", launch);
    let after = parsed(&sandbox.round(&["vscode", "--launch"], "project/.vscode/launch.json"));
    assert_eq!(after["configurations"][0], json!({ "type": "node" }));
    let env = &after["configurations"][1]["env"];
    assert_eq!(
        (&env["A"], &env["PYTHONDONTWRITEBYTECODE"]),
        (&json!("1"), &json!("1"))
    );
    assert!(env["PAGER"].is_null() && env["PYTHONPATH"] == "${workspaceFolder}/src");
    fs::remove_file(sandbox.path("project/.vscode/launch.json")).unwrap();
    assert!(
        sandbox
            .put(&["vscode", "--launch"])
            .err
            .contains("has no configuration of a Python debugger")
    );
}

/// In a checkout that holds the library beside the project, both are named.
#[test]
fn pyright_is_told_of_source_roots_where_it_is_configured() {
    let sandbox = project();
    fs::create_dir_all(sandbox.path("lib")).unwrap();
    sandbox
        .command("git")
        .args(&["init", "-q", "."])
        .within("")
        .run()
        .ok();
    let after = sandbox.round(&["pyright"], "project/pyrightconfig.json");
    assert_eq!(parsed(&after), json!({ "extraPaths": ["src", "../lib"] }));
    sandbox.write(
        "project/pyproject.toml",
        "[tool.pyright]\nextraPaths = ['src']\n",
    );
    let said = sandbox.put(&["pyright"]);
    assert!(
        said.fails(1).contains("add to `[tool.pyright]`")
            && said.out == "extraPaths = [\"../lib\"]\n",
        "{said:#?}"
    );
    sandbox.write(
        "project/pyproject.toml",
        "[tool.pyright]\nextraPaths = ['src', '../lib']\n",
    );
    sandbox.put(&["pyright", "--check"]).ok();
}

#[test]
fn zed_gets_what_needs_no_directory() {
    let sandbox = project();
    let after = parsed(&sandbox.round(&["zed"], "project/.zed/settings.json"));
    assert_eq!(
        after["terminal"]["env"],
        json!({ "LOG": "a \"b\" $HOME \\c", "PYTHONDONTWRITEBYTECODE": "1" })
    );
    assert_eq!(
        after["lsp"]["pyright"]["settings"]["python.analysis"]["extraPaths"],
        json!(["src"])
    );
}

#[test]
fn a_kernel_has_whole_paths_and_plain_json() {
    let sandbox = project();
    assert!(
        sandbox
            .put(&["jupyter"])
            .fails(2)
            .contains("name the kernel's `kernel.json`")
    );
    let path = "../home/kernels/x/kernel.json";
    sandbox.write(
        "home/kernels/x/kernel.json",
        "{\"argv\": [\"python\"], \"env\": {\"A\": \"1\"}}",
    );
    let after =
        parsed(&sandbox.round(&["jupyter", "--config", path], "home/kernels/x/kernel.json"));
    let roots = format!(
        "{}:{}",
        sandbox.path("project/src").display(),
        sandbox.path("lib").display()
    );
    assert_eq!(after["env"]["PYTHONPATH"], roots);
    assert_eq!(
        (&after["env"]["LOG"], &after["env"]["A"]),
        (&json!("a \"b\" $$HOME \\c"), &json!("1"))
    );
    assert_eq!(
        after["env"]["PATH"],
        format!("{}:${{PATH}}", sandbox.path("project/bin").display())
    );
    sandbox.write("home/kernels/x/kernel.json", "{\"argv\": [] /* no */}");
    assert!(
        sandbox
            .put(&["jupyter", "--config", path])
            .fails(2)
            .contains("comments are not allowed")
    );
}

/// Reads YAML with a parser that is not ours.
fn yaml(sandbox: &Sandbox, path: &str) -> Value {
    let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding='utf-8'))))";
    let file = sandbox.path(path).display().to_string();
    parsed(
        sandbox
            .command(tool("python"))
            .args(&["-c", script, &file])
            .run()
            .ok(),
    )
}

#[test]
fn a_service_gets_variables_in_the_way_its_file_is_written() {
    let sandbox = project();
    for (number, environment) in [
        "",
        "    environment:\n      A: b\n",
        "    environment:\n    - A=b\n",
        "    environment:\n",
    ]
    .iter()
    .enumerate()
    {
        let text = format!(
            "# top\nservices:\n  web: # here\n    image: x\n{environment}    ports: [80]\nvolumes: {{}}\n"
        );
        let path = sandbox.write(
            "project/compose.yaml",
            text.replace('\n', if number == 1 { "\r\n" } else { "\n" }),
        );
        let after = sandbox.round(&["compose"], "project/compose.yaml");
        fs::write(&path, &after).unwrap();
        let read = yaml(&sandbox, "project/compose.yaml");
        let own = &read["services"]["web"]["environment"];
        let value = "a \"b\" $$HOME \\c";
        if environment.contains('-') {
            assert_eq!(
                own,
                &json!([format!("LOG={value}"), "PYTHONDONTWRITEBYTECODE=1", "A=b"]),
                "{after}"
            );
        } else {
            assert_eq!(
                (&own["LOG"], &own["PYTHONDONTWRITEBYTECODE"]),
                (&json!(value), &json!("1")),
                "{after}"
            );
            assert_eq!(own["A"].is_null(), !environment.contains("A:"), "{after}");
        }
        assert_eq!(
            (&read["services"]["web"]["ports"], &read["volumes"]),
            (&json!([80]), &json!({}))
        );
    }
    let two = "services:\n  web:\n    image: x\n  db:\n    image: y\n";
    sandbox.write("project/compose.yaml", two);
    assert!(
        sandbox
            .put(&["compose"])
            .fails(2)
            .contains("there are 2 services: web, db")
    );
    sandbox.put(&["compose", "--service", "db"]).ok();
    assert_eq!(
        yaml(&sandbox, "project/compose.yaml")["services"]["db"]["environment"]["PYTHONDONTWRITEBYTECODE"],
        "1"
    );
    sandbox.put(&["compose", "--check"]).ok();
    assert!(
        !sandbox.devenv(&["check"]).out.contains("inject-drift"),
        "the block says which service is meant"
    );
    sandbox.put(&["compose", "--remove"]).ok();
    assert_eq!(sandbox.read("project/compose.yaml"), two);
    sandbox.write("project/compose.yaml", "services:\n  web: { image: x }\n");
    assert!(
        sandbox
            .put(&["compose"])
            .fails(2)
            .contains("compose.yaml:2:3: this service is not written line by line")
    );
    sandbox.write(
        "project/compose.yaml",
        "services:\n  web:\n    environment:\n      LOG: other\n",
    );
    let said = sandbox.put(&["compose", "--force"]);
    assert!(
        said.fails(1).contains(":4:7: `LOG` is other") && said.err.contains("change it by hand"),
        "{said:#?}"
    );
}

#[test]
fn an_image_gets_variables_in_its_last_stage_and_no_bytecode() {
    let sandbox = project();
    sandbox.write("project/.dockerignore", ".git");
    let text = "FROM python AS build\nRUN make\nFROM python:slim\nCOPY . .\n";
    sandbox.write("project/Dockerfile", text);
    let after = sandbox.round(&["dockerfile"], "project/Dockerfile");
    let lines = "ENV LOG=\"a \\\"b\\\" \\$HOME \\\\c\"\nENV PYTHONDONTWRITEBYTECODE=\"1\"\n";
    assert_eq!(
        after,
        text.replace(
            "slim\n",
            &format!("slim\n# >>> devenv >>>\n{lines}# <<< devenv <<<\n")
        )
    );
    assert_eq!(sandbox.read("project/.dockerignore"), ".git");
    sandbox.put(&["dockerfile", "--profile", "prod"]).ok();
    let expected = "ENV PYTHONDONTWRITEBYTECODE=\"\"\nENV PYTHONPYCACHEPREFIX=\"\"\n";
    assert!(sandbox.read("project/Dockerfile").contains(expected));
    assert!(
        sandbox
            .read("project/.dockerignore")
            .contains("\n**/__pycache__\n")
    );
    sandbox
        .put(&["dockerfile", "--profile", "prod", "--check"])
        .ok();
    assert_eq!(
        sandbox.put(&["dockerfile", "--check"]).code,
        Some(1),
        "another profile is another content"
    );
}

#[test]
fn what_is_written_meanwhile_or_can_not_be_written_is_left_whole() {
    let sandbox = project();
    if crate::sandbox::is_root() {
        let said = sandbox.read_only("project", &["inject", "direnv"]);
        assert!(said.fails(2).contains("cannot write"), "{said:#?}");
    } else {
        fs::set_permissions(sandbox.project(), fs::Permissions::from_mode(0o555)).unwrap();
        assert!(sandbox.put(&["direnv"]).fails(2).contains("cannot write"));
        fs::set_permissions(sandbox.project(), fs::Permissions::from_mode(0o755)).unwrap();
    }
    assert!(!sandbox.path("project/.envrc").exists());
    let said = sandbox
        .command(DEVENV)
        .args(&["inject", "direnv", "--json"])
        .run();
    assert_eq!(
        (said.code, parsed(&said.out)["files"][0]["change"].clone()),
        (Some(0), json!("made")),
        "{said:#?}"
    );
}
