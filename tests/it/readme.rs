//! What the README and the pages in `docs` say: each snippet about another tool is taken out of its page
//! and executed, and links lead somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::formats::github;
use crate::inject::{clients, read};
use crate::sandbox::{DEVENV, Run, Sandbox, tool};
use crate::stale::{NEW, OLD, THEN, set_mtime};

/// The pages about other tools, of which a test here, or in `readme_images`, executes each snippet.
const INJECT: &str = "docs/tools/README.md";
const CONTAINERS: &str = "docs/tools/devcontainer.md";
const VS_CODE: &str = "docs/tools/vscode.md";
const JUPYTER: &str = "docs/tools/jupyter.md";
const EXPORT: &str = "docs/tools/export.md";
pub const DOCKER: &str = "docs/docker.md";
const ACTIONS: &str = "docs/ci.md#GitHub Actions";
const PRE_COMMIT: &str = "docs/ci.md#pre-commit";

fn in_tree(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns a page, or the lines below a heading of it.
fn section(place: &str) -> String {
    let (page, heading) = place.split_once('#').unwrap_or((place, ""));
    let text = fs::read_to_string(in_tree(page)).unwrap();
    if heading.is_empty() {
        return text;
    }
    let below = text
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("no `{place}`"))
        .1;
    below.split("\n## ").next().unwrap().to_owned()
}

/// Returns the one snippet of a language in a page, or below a heading of it.
pub fn snippet(place: &str, language: &str) -> String {
    let section = section(place);
    let parts: Vec<&str> = section.split(&format!("```{language}\n")).skip(1).collect();
    assert_eq!(
        parts.len(),
        1,
        "`{place}` has another number of snippets in {language}"
    );
    parts[0].split_once("\n```\n").unwrap().0.to_owned() + "\n"
}

/// A build backend that needs nothing, so that the project can be installed without a network.
pub const BACKEND: &str = r#"
import os, zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name, info = "shop-1-py3-none-any.whl", "shop-1.dist-info"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as wheel:
        for module in os.listdir("src/shop"):
            if module.endswith(".py"):
                wheel.write(f"src/shop/{module}", f"shop/{module}")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: shop\nVersion: 1\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
"#;

const MANIFEST: &str = "[project]\nname = 'shop'\nversion = '1'\n\
                        [build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['src']\n";

/// Writes the project that the README speaks of.
pub fn write_shop(sandbox: &Sandbox) {
    for (path, text) in [
        ("pyproject.toml", MANIFEST),
        ("devenv.toml", ""),
        ("src/backend.py", BACKEND),
        ("src/shop/__init__.py", ""),
        (
            "src/shop/__main__.py",
            "import json\nfrom shop.app import VALUE\nprint(json.dumps(VALUE))\n",
        ),
        ("src/shop/app.py", NEW),
    ] {
        sandbox.write(&format!("project/{path}"), text);
    }
}

fn shop() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox
        .set("PYDEVENV_FILL", "0")
        .set("PIP_NO_INDEX", "1")
        .set("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    write_shop(&sandbox);
    sandbox.allow();
    sandbox
}

/// Leaves bytecode of an edit that Python does not see.
fn leave_stale_bytecode(sandbox: &Sandbox) {
    for text in [OLD, NEW] {
        set_mtime(&sandbox.write("project/src/shop/app.py", text), THEN, 0);
        if text == OLD {
            sandbox
                .plain(&["python3", "-m", "compileall", "-q", "src"])
                .quiet();
        }
    }
    let import = "import sys; sys.path.insert(0, 'src'); from shop.app import VALUE; print(VALUE)";
    assert_eq!(
        sandbox.plain(&["python3", "-c", import]).quiet(),
        "old",
        "plain Python is not stale here"
    );
}

/// Runs lines as a user pastes them.
fn pasted<'a>(sandbox: &'a Sandbox, lines: &str) -> Run<'a> {
    sandbox
        .command("bash")
        .args(&["-euo", "pipefail", "-c", lines])
}

/// Reads what the README shows of a file: some of its members.
fn members(heading: &str) -> serde_json::Map<String, Value> {
    let shown: Value = serde_json::from_str(&format!("{{{}}}", snippet(heading, "jsonc"))).unwrap();
    shown.as_object().unwrap().clone()
}

#[test]
fn every_page_about_another_tool_is_executed() {
    let pages = fs::read_dir(in_tree("docs/tools"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let executed = [INJECT, CONTAINERS, VS_CODE, JUPYTER, EXPORT].map(in_tree);
    assert!(pages.into_iter().all(|page| executed.contains(&page)));
    let of_ci = fs::read_to_string(in_tree("docs/ci.md")).unwrap();
    let headings = of_ci.lines().filter(|line| line.starts_with("## "));
    assert_eq!(headings.count(), [ACTIONS, PRE_COMMIT].len());
}

/// Returns README and what is in `docs`, each with its path.
fn pages() -> Vec<(PathBuf, String)> {
    let docs = ["docs", "docs/tools"].map(|directory| fs::read_dir(in_tree(directory)).unwrap());
    let docs = docs
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    let all = docs
        .filter(|path| path.is_file())
        .chain([in_tree("README.md")]);
    all.map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn links_lead_somewhere_and_every_page_is_found() {
    let mut reached = BTreeSet::from([in_tree("README.md")]);
    for (path, text) in pages() {
        let prose: String = text.split("```").step_by(2).collect();
        for link in prose
            .split("](")
            .skip(1)
            .map(|rest| rest.split(')').next().unwrap())
        {
            if link.starts_with("http") {
                continue;
            }
            let target = path.parent().unwrap().join(link).canonicalize();
            reached.insert(target.unwrap_or_else(|_| panic!("{}: {link}", path.display())));
        }
    }
    for (path, _) in pages() {
        assert!(
            reached.contains(&path.canonicalize().unwrap()),
            "{} is never named",
            path.display()
        );
    }
}

#[test]
fn the_readme_is_read_to_its_end() {
    assert!(
        fs::read_to_string(in_tree("README.md"))
            .unwrap()
            .lines()
            .count()
            <= 220
    );
}

/// What the page says of a configuration is one, and so is what the README says.
#[test]
fn a_configuration_that_is_shown_is_one() {
    for (place, kept) in [
        ("docs/configuration.md", "LOG_LEVEL"),
        ("README.md", "LOG_LEVEL"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("project/devenv.toml", snippet(place, "toml"));
        sandbox.write("lib/src/lib/__init__.py", "");
        sandbox.write("project/src/shop/__init__.py", "");
        sandbox.allow();
        assert!(
            sandbox
                .devenv(&["run", "--dry-run", "--", "true"])
                .ok()
                .contains(kept),
            "{place}"
        );
        assert!(
            sandbox
                .devenv(&["run", "--dry-run", "unit"])
                .ok()
                .contains("pytest -x"),
            "{place}"
        );
    }
}

#[test]
fn what_holds_for_every_tool() {
    let sandbox = shop();
    let first = section(INJECT);
    let lines = first
        .split("```sh\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap()
        .replace("TOOL", "vscode");
    let lines: Vec<&str> = lines.lines().collect();
    let before = sandbox.census("project");
    assert!(
        pasted(&sandbox, lines[0])
            .run()
            .ok()
            .contains("+++ b/.vscode/settings.json")
    );
    pasted(&sandbox, lines[1]).run().fails(1);
    sandbox.devenv(&["inject", "vscode"]).ok();
    pasted(&sandbox, lines[1]).run().ok();
    pasted(&sandbox, lines[2]).run().ok();
    assert_eq!(sandbox.census("project"), before);
}

#[test]
fn development_containers() {
    let sandbox = shop();
    pasted(&sandbox, &snippet(CONTAINERS, "sh")).run().ok();
    let file = sandbox.path("project/.devcontainer/devcontainer.json");
    let written: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    for (name, value) in members(CONTAINERS) {
        assert_eq!(written[&name], value, "{name}");
    }
    let said = &read(&sandbox, &[(sandbox.project(), file)])[0];
    assert_eq!(
        (&said["strict"], &said["schema"], &said["code"]),
        (&json!([]), &json!([]), &json!(0)),
        "{said:#}"
    );
    assert_eq!(
        said["read"]["configuration"]["containerEnv"]["PYTHONPATH"],
        "/workspaces/project/src"
    );
    // The Feature, as the client runs it in the image.
    let install = sandbox.path("project/.devcontainer/devenv/install.sh");
    sandbox
        .command(&install)
        .env("DESTDIR", sandbox.path("image"))
        .run()
        .ok();
    let program = sandbox.path("image/usr/local/bin/devenv");
    assert!(
        sandbox
            .command(&program)
            .args(&["--version"])
            .run()
            .ok()
            .contains("pydevenv")
    );
    assert!(
        sandbox
            .read("image/root/.config/pydevenv/config.toml")
            .contains("/workspaces")
    );
    assert!(
        sandbox
            .read("image/etc/bash.bashrc")
            .contains("devenv hook bash")
    );
    assert!(clients().join("@devcontainers/cli").exists());
}

#[test]
fn vs_code() {
    let sandbox = shop();
    let launch = r#"{ "version": "0.2.0", "configurations": [{ "type": "debugpy", "name": "x", "request": "launch" }] }"#;
    sandbox.write("project/.vscode/launch.json", launch);
    pasted(&sandbox, &snippet(VS_CODE, "sh")).run().ok();
    let file = |name: &str| -> Value {
        serde_json::from_str(&sandbox.read(&format!("project/.vscode/{name}"))).unwrap()
    };
    let (settings, launch) = (file("settings.json"), file("launch.json"));
    for (name, value) in members(VS_CODE) {
        assert_eq!(settings[&name], value, "{name}");
    }
    assert_eq!(
        launch["configurations"][0]["env"],
        settings["terminal.integrated.env.linux"]
    );
    // What the editor does with it: the folder's name is put in, and a terminal is started.
    let variables = settings["terminal.integrated.env.linux"]
        .as_object()
        .unwrap();
    let place = |value: &Value| {
        value
            .as_str()
            .unwrap()
            .replace("${workspaceFolder}", sandbox.project().to_str().unwrap())
    };
    let terminal = sandbox
        .command("python3")
        .args(&["-m", "shop"])
        .within("home");
    let terminal = variables
        .iter()
        .fold(terminal, |run, (name, value)| run.env(name, place(value)));
    assert_eq!(terminal.run().quiet(), "\"new\"");
}

/// Gives the project an environment that finds what a kernel needs.
fn make_environment_with_kernel(sandbox: &Sandbox) {
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    let library = |environment: &Path| {
        let entries = fs::read_dir(environment.join("lib"))
            .unwrap()
            .flatten()
            .map(|entry| entry.path());
        entries
            .map(|path| path.join("site-packages"))
            .find(|path| path.exists())
            .unwrap()
    };
    let tools = in_tree("target/tools/jupyter");
    assert!(tools.exists(), "the kernel is missing: run tests/run");
    let line = format!("{}\n", library(&tools.canonicalize().unwrap()).display());
    fs::write(
        library(&sandbox.path("project/.venv")).join("tools.pth"),
        line,
    )
    .unwrap();
}

#[test]
fn jupyter() {
    let sandbox = shop();
    make_environment_with_kernel(&sandbox);
    sandbox.allow();
    pasted(&sandbox, &snippet(JUPYTER, "sh")).run().ok();
    let kernel: Value =
        serde_json::from_str(&sandbox.read("project/.venv/share/jupyter/kernels/shop/kernel.json"))
            .unwrap();
    assert_eq!(kernel["env"]["PYTHONDONTWRITEBYTECODE"], "1", "{kernel:#}");
    leave_stale_bytecode(&sandbox);
    sandbox.devenv(&["cache", "arm"]).ok();
    // A server that knows nothing of devenv.
    let cell = "import sys, shop.app; print(shop.app.VALUE, sys.dont_write_bytecode)\n";
    sandbox.write("project/cell.py", cell);
    let python = sandbox.path("project/.venv/bin/python");
    let said = sandbox
        .command(python)
        .args(&["-m", "jupyter_client.runapp", "--kernel", "shop", "cell.py"])
        .run();
    assert_eq!(said.ok(), "new True", "{said:#?}");
}

/// Reads YAML with another reader than ours: the one that came with pre-commit.
fn yaml(sandbox: &Sandbox, text: &str) -> Value {
    let script = "import json, sys, yaml; print(json.dumps({str(k): v for k, v in yaml.safe_load(sys.stdin).items()}))";
    let said = sandbox
        .command(tool("python"))
        .args(&["-I", "-c", script])
        .input(text);
    serde_json::from_str(said.quiet()).unwrap()
}

/// Runs the steps of a job as the runner does it: each in a bash of its own, with two files for
/// what the next ones get.
fn run_steps(sandbox: &mut Sandbox, steps: &[Value]) {
    for step in steps {
        let files = [("GITHUB_ENV", "env"), ("GITHUB_PATH", "path")];
        let Some(run) = step["run"].as_str() else {
            continue;
        };
        // The program under test stands for the one that the script would build.
        let script = sandbox.write(
            "step.sh",
            run.replace("install.sh", &format!("install.sh --from {DEVENV}")),
        );
        let step = sandbox
            .command("bash")
            .args(&[OsStr::new("-e"), script.as_os_str()]);
        files
            .iter()
            .for_each(|(_, file)| drop(sandbox.write(file, "")));
        files
            .iter()
            .fold(step, |step, (name, file)| {
                step.env(name, sandbox.path(file))
            })
            .run()
            .ok();
        let (env, path) = (github(&sandbox.read("env")), sandbox.read("path"));
        assert!(!env.contains_key("PATH"));
        for (name, value) in env {
            sandbox.set(&name, value);
        }
        for line in path.lines() {
            let old = sandbox.env[OsStr::new("PATH")]
                .to_string_lossy()
                .into_owned();
            sandbox.set("PATH", format!("{line}:{old}"));
        }
    }
}

const UNIT: &str = "import sys, unittest\nfrom shop import app\n\nclass Test(unittest.TestCase):\n    def test(self):\n        \
                    self.assertEqual((app.VALUE, sys.prefix[-5:], app.__file__.split('/')[-3]), ('new', '.venv', 'src'))\n";

#[test]
fn github_actions() {
    let mut sandbox = shop();
    let path = sandbox.env[OsStr::new("PATH")]
        .to_string_lossy()
        .into_owned();
    let bare: Vec<&str> = path
        .split(':')
        .filter(|part| !Path::new(part).join("devenv").exists())
        .collect();
    let home = sandbox.path("runner");
    sandbox.set("PATH", bare.join(":")).set("HOME", home);
    leave_stale_bytecode(&sandbox);
    sandbox.write("project/test_shop.py", UNIT);
    sandbox.write(
        "project/.gitignore",
        "__pycache__/\n*.py[cod]\n.venv/\ndevenv.local.toml\n",
    );
    sandbox.plain(&["git", "init", "-q"]).ok();
    fs::create_dir_all(sandbox.path("project/tools/devenv")).unwrap();
    fs::create_dir_all(sandbox.path("runner")).unwrap();
    fs::copy(
        in_tree("install.sh"),
        sandbox.path("project/tools/devenv/install.sh"),
    )
    .unwrap();
    symlink(
        in_tree("completions"),
        sandbox.path("project/tools/devenv/completions"),
    )
    .unwrap();
    let workflow = yaml(&sandbox, &snippet(ACTIONS, "yaml"));
    let steps = workflow["jobs"]["test"]["steps"].as_array().unwrap();
    let used: Vec<&str> = steps
        .iter()
        .filter_map(|step| step["uses"].as_str())
        .collect();
    assert!(
        used.len() == 1 && used[0].starts_with("actions/checkout@"),
        "{used:?}"
    );
    run_steps(&mut sandbox, steps);
    assert_eq!(sandbox.env[OsStr::new("PYTHONDONTWRITEBYTECODE")], "1");
    let alone = section(ACTIONS)
        .split("One step alone: `")
        .nth(1)
        .unwrap()
        .split('`')
        .next()
        .unwrap()
        .to_owned();
    pasted(&sandbox, &alone).run().ok();
}

#[test]
fn pre_commit() {
    let sandbox = crate::inject_hooks::repository();
    let text = snippet(PRE_COMMIT, "yaml");
    sandbox.write("project/.pre-commit-config.yaml", "repos:\n");
    let said = sandbox.devenv(&["inject", "pre-commit"]);
    assert_eq!(
        format!("repos:\n{}", said.out),
        text,
        "what `devenv inject pre-commit` says"
    );
    sandbox.write("project/.pre-commit-config.yaml", &text);
    sandbox
        .command(tool("pre-commit"))
        .args(&["install"])
        .run()
        .ok();
    sandbox.git(&["add", "."]).ok();
    sandbox
        .command(tool("pre-commit"))
        .args(&["run", "--all-files"])
        .run()
        .ok();
    sandbox.guards("project");
}

#[test]
fn other_programs() {
    let sandbox = shop();
    let lines = snippet(EXPORT, "sh");
    let printed: BTreeMap<&str, String> = lines
        .lines()
        .map(|line| {
            (
                line.split("  ").next().unwrap(),
                pasted(&sandbox, line).run().ok().to_owned(),
            )
        })
        .collect();
    assert!(
        sandbox
            .read("project/.env")
            .contains("PYTHONDONTWRITEBYTECODE=1")
    );
    let json: Value = serde_json::from_str(&printed["devenv export json"]).unwrap();
    assert_eq!(json["PYTHONDONTWRITEBYTECODE"], "1");
    assert!(
        printed["devenv export dockerfile --profile prod"]
            .contains("ENV PYTHONDONTWRITEBYTECODE=\"\"")
    );
}
