//! Every format of `devenv export` read back by the program that it is for: each nasty value is
//! there exactly, or was refused by name for a reason that holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Command};

use serde_json::Value;

use crate::nasty;
use crate::sandbox::{Said, Sandbox, is_root, tool, wait_for};

pub type Vars = BTreeMap<String, String>;

/// Prints the environment as JSON, from Python.
const DUMP: &str = "import json, os; print(json.dumps(dict(os.environ)))";

/// A sandbox whose project sets every nasty value.
struct Writer {
    sandbox: Sandbox,
    values: Vars,
}

impl Writer {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let trusted = format!(
            "trusted = [{}]\n",
            nasty::toml(sandbox.root.to_str().unwrap())
        );
        sandbox.write("home/.config/pydevenv/config.toml", trusted);
        let values = nasty::values()
            .into_iter()
            .enumerate()
            .map(|(i, value)| (format!("K{i:03}"), value))
            .collect();
        Self { sandbox, values }
    }

    /// Writes the variables that are not refused, and returns the file, what it must hold, and what
    /// is refused.
    fn export(&self, args: &[&str], reason: impl Fn(&str) -> bool) -> (String, Vars) {
        let first = self.attempt(args, &self.values);
        let refused: BTreeSet<String> = first.err.lines().filter_map(refused_name).collect();
        let expected = self
            .values
            .iter()
            .filter(|(_, value)| reason(value))
            .map(|(name, _)| name.clone());
        let diff: Vec<_> = refused
            .symmetric_difference(&expected.collect())
            .map(|name| (name.clone(), self.values[name].clone()))
            .collect();
        assert!(diff.is_empty(), "{args:?}: {diff:#?}");
        if !refused.is_empty() {
            assert!(first.code == Some(1) && first.out.is_empty(), "{first:#?}");
        }
        let left: Vars = self
            .values
            .clone()
            .into_iter()
            .filter(|(name, _)| !refused.contains(name))
            .collect();
        assert!(left.len() > 120, "{}", left.len());
        (self.attempt(args, &left).ok().to_owned() + "\n", left)
    }

    fn attempt(&self, args: &[&str], values: &Vars) -> Said {
        let lines = values
            .iter()
            .map(|(name, value)| format!("{name} = {}\n", nasty::toml(value)));
        self.sandbox.write(
            "project/devenv.toml",
            format!("[env]\n{}", lines.collect::<String>()),
        );
        self.sandbox.devenv(&[&["export"], args].concat())
    }

    /// Exports to a file, has it read, and compares.
    fn round(
        &self,
        args: &[&str],
        reason: impl Fn(&str) -> bool,
        read: impl Fn(&Sandbox, &str) -> Vars,
    ) {
        let (text, expected) = self.export(args, reason);
        self.sandbox.write("project/file", &text);
        let got: Vars = read(&self.sandbox, &text)
            .into_iter()
            .filter(|(name, _)| self.values.contains_key(name))
            .collect();
        let names: BTreeSet<&String> = got.keys().chain(expected.keys()).collect();
        let pair = |name: &String| {
            (
                name.clone(),
                expected.get(name).cloned(),
                got.get(name).cloned(),
            )
        };
        let wrong: Vec<_> = names
            .into_iter()
            .map(pair)
            .filter(|(_, a, b)| a != b)
            .collect();
        assert!(wrong.is_empty(), "{args:?}: {wrong:#?}");
    }
}

fn refused_name(line: &str) -> Option<String> {
    let rest = line
        .strip_prefix("devenv: ")?
        .split_once(" can't hold `")?
        .1;
    Some(rest.split_once('`')?.0.to_owned())
}

fn object(text: &str) -> Vars {
    let value: Value = serde_json::from_str(text).unwrap();
    let pairs = value.as_object().unwrap().iter();
    pairs
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// Reads what an engine calls the environment: a list of `NAME=value`.
fn assignments(list: &Value) -> Vars {
    let pairs = list
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item.as_str()?.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Runs a program of the machine, or of the tests, and returns the object that it prints.
#[track_caller]
fn printed(sandbox: &Sandbox, command: &[&str]) -> Vars {
    object(sandbox.plain(command).ok())
}

fn node(sandbox: &Sandbox, _: &str) -> Vars {
    printed(
        sandbox,
        &[
            "node",
            "--env-file=file",
            "-e",
            "console.log(JSON.stringify(process.env))",
        ],
    )
}

fn python_dotenv(sandbox: &Sandbox, _: &str) -> Vars {
    let script = "import json, dotenv; print(json.dumps(dotenv.dotenv_values('file')))";
    printed(
        sandbox,
        &[tool("python").to_str().unwrap(), "-I", "-c", script],
    )
}

fn uv(sandbox: &Sandbox, _: &str) -> Vars {
    let uv = tool("uv");
    let run = [
        "run",
        "--quiet",
        "--offline",
        "--no-project",
        "--env-file",
        "file",
        "--",
        "python3",
        "-c",
        DUMP,
    ];
    let said = sandbox.plain(&[&[uv.to_str().unwrap()], &run[..]].concat());
    object(said.quiet())
}

fn dotenvx(sandbox: &Sandbox, _: &str) -> Vars {
    let program =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/node_modules/.bin/dotenvx");
    printed(
        sandbox,
        &[program.to_str().unwrap(), "get", "-f", "file", "--quiet"],
    )
}

#[test]
fn json_holds_every_value() {
    let writer = Writer::new();
    writer.round(&["json"], |_| false, |_, text| object(text));
}

#[test]
fn a_dotenv_file_is_read_in_the_same_way_by_node_python_and_uv() {
    let writer = Writer::new();
    let odd = |value: &str| {
        value.contains(['\'', '\r'])
            || value.contains("${")
            || value.contains("\\\\")
            || value.ends_with('\\')
    };
    for read in [node, python_dotenv, uv] {
        writer.round(&["dotenv"], odd, read);
    }
}

#[test]
fn a_dialect_holds_what_its_reader_can() {
    let writer = Writer::new();
    let all = |value: &str| ['\'', '"', '`'].iter().all(|quote| value.contains(*quote));
    let node_refuses = |value: &str| value.contains('\r') || all(value);
    writer.round(&["dotenv", "--dialect", "node"], node_refuses, node);
    writer.round(
        &["dotenv", "--dialect", "python"],
        |value| value.contains("${"),
        python_dotenv,
    );
    writer.round(&["dotenv", "--dialect", "uv"], |_| false, uv);
    let dotenvx_refuses = |value: &str| {
        value.contains('\r')
            || value.starts_with("encrypted:")
            || (value.contains('\'') && value.contains(['`', '$']))
    };
    writer.round(
        &["dotenv", "--dialect", "dotenvx"],
        dotenvx_refuses,
        dotenvx,
    );
    let sourced = |sandbox: &Sandbox, _: &str| {
        printed(
            sandbox,
            &["dash", "-c", ". ./file; exec python3 -c \"$0\"", DUMP],
        )
    };
    writer.round(&["dotenv", "--dialect", "sh"], |_| false, sourced);
}

/// A daemon that answers the docker client; ended at the end of its test.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn docker(sandbox: &Sandbox, _: &str) -> Vars {
    let (socket, request) = (sandbox.path("docker.sock"), sandbox.path("request"));
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fake_docker.py");
    let daemon = Command::new("python3")
        .args([server.as_path(), &socket, &request])
        .spawn()
        .unwrap();
    let _daemon = Daemon(daemon);
    wait_for("the socket", || socket.exists());
    let host = format!("unix://{}", socket.display());
    sandbox
        .plain(&[
            "docker",
            "--host",
            &host,
            "create",
            "--env-file",
            "file",
            "image",
        ])
        .ok();
    let request: Value = serde_json::from_str(&sandbox.read("request")).unwrap();
    assignments(&request["Env"])
}

fn kubectl_env_file(sandbox: &Sandbox, _: &str) -> Vars {
    let create = [
        "kubectl",
        "create",
        "configmap",
        "x",
        "--from-env-file=file",
        "--dry-run=client",
        "-o",
        "json",
    ];
    let map: Value = serde_json::from_str(sandbox.plain(&create).ok()).unwrap();
    object(&map["data"].to_string())
}

#[test]
fn docker_and_kubectl_read_the_file_for_containers() {
    let writer = Writer::new();
    let refuses = |value: &str| value.contains('\n') || value.ends_with('\r');
    writer.round(&["docker"], refuses, docker);
    writer.round(
        &["dotenv", "--dialect", "docker"],
        refuses,
        kubectl_env_file,
    );
}

#[test]
fn buildah_reads_the_instructions_of_a_dockerfile() {
    let writer = Writer::new();
    writer.round(
        &["dockerfile"],
        |value| value.contains('\n'),
        |sandbox, text| {
            sandbox.write("project/Dockerfile", format!("FROM scratch\n{text}"));
            let store = [
                "--storage-driver",
                "vfs",
                "--root",
                "../store",
                "--runroot",
                "../run",
            ];
            let build = [
                "bud",
                "--isolation",
                "chroot",
                "--quiet",
                "--tag",
                "localhost/nasty",
                ".",
            ];
            sandbox
                .plain(&[&["buildah"], &store[..], &build].concat())
                .ok();
            let inspect = ["inspect", "--type", "image", "localhost/nasty"];
            let said = sandbox.plain(&[&["buildah"], &store[..], &inspect].concat());
            let image: Value = serde_json::from_str(said.ok()).unwrap();
            assignments(&image["OCIv1"]["config"]["Env"])
        },
    );
}

/// Has docker-compose read its file as it does before anything else. What `config` prints is not
/// always what was read.
const COMPOSE: &str = "import json; from compose.config import config; \
                       from compose.config.environment import Environment; \
                       found = config.find('.', ['docker-compose.yml'], Environment()); \
                       print(json.dumps(config.load(found).services[0]['environment']))";

#[test]
fn compose_reads_the_environment_of_a_service() {
    let writer = Writer::new();
    writer.round(
        &["compose"],
        |_| false,
        |sandbox, text| {
            let indented: String = text.lines().map(|line| format!("    {line}\n")).collect();
            sandbox.write(
                "project/docker-compose.yml",
                format!("services:\n  s:\n    image: x\n{indented}"),
            );
            sandbox
                .plain(&["docker-compose", "config", "--quiet"])
                .quiet();
            // The system's own Python, where the package put its modules.
            printed(sandbox, &["/usr/bin/python3", "-I", "-c", COMPOSE])
        },
    );
}

#[test]
fn kubectl_reads_the_config_map() {
    let writer = Writer::new();
    writer.round(
        &["kubernetes"],
        |_| false,
        |sandbox, _| {
            let said = sandbox.plain(&[
                "kubectl", "label", "--local", "-f", "file", "a=b", "-o", "json",
            ]);
            let map: Value = serde_json::from_str(said.ok()).unwrap();
            assert_eq!(
                (&map["kind"], &map["metadata"]["name"]),
                (&"ConfigMap".into(), &"project-dev".into())
            );
            object(&map["data"].to_string())
        },
    );
}

/// Has systemd itself load a service, and say how it understood it; a manager does not run as root
/// for that.
fn systemd(sandbox: &Sandbox, text: &str) -> Vars {
    sandbox.write("units/odd.service", "[Service]\nExecStart=/bin/true\n");
    sandbox.write("units/odd.service.d/devenv.conf", text);
    sandbox.write("units/default.target", "[Unit]\nWants=odd.service\n");
    sandbox.write("runtime/systemd/here", "");
    sandbox
        .plain(&["chmod", "-R", "a+rX", sandbox.root.to_str().unwrap()])
        .ok();
    sandbox
        .plain(&[
            "chmod",
            "-R",
            "a+w",
            sandbox.path("runtime").to_str().unwrap(),
        ])
        .ok();
    let units = format!("SYSTEMD_UNIT_PATH={}", sandbox.path("units").display());
    let runtime = format!("XDG_RUNTIME_DIR={}", sandbox.path("runtime").display());
    let manager = [
        "env",
        &units,
        &runtime,
        "/lib/systemd/systemd",
        "--user",
        "--test",
    ];
    let nobody = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
    ];
    let command = if is_root() {
        [&nobody[..], &manager].concat()
    } else {
        manager.to_vec()
    };
    let said = sandbox.plain(&command);
    let unit = said
        .out
        .split("-> Unit odd.service:")
        .nth(1)
        .unwrap_or_else(|| panic!("{said:#?}"));
    let unit = unit.split("\n\t-> Unit ").next().unwrap();
    let entries = unit
        .split("\n\t\tEnvironment: ")
        .skip(1)
        .map(|entry| entry.split("\n\t\t").next().unwrap());
    entries
        .filter_map(|entry| entry.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn systemd_reads_the_drop_in_of_a_service() {
    let writer = Writer::new();
    let refuses = |value: &str| {
        value.contains('\u{fffe}')
            || value.contains(|c: char| c.is_ascii_control() && c != '\t' && c != '\n')
    };
    writer.round(&["systemd"], refuses, systemd);
}

#[test]
fn nix_evaluates_the_attribute_set() {
    let writer = Writer::new();
    let nix = [
        "nix-instantiate",
        "--store",
        "dummy://",
        "--eval",
        "--json",
        "--strict",
        "file",
    ];
    writer.round(&["nix"], |_| false, |sandbox, _| printed(sandbox, &nix));
}

#[test]
fn make_gives_its_recipes_the_variables() {
    let writer = Writer::new();
    writer.round(
        &["make"],
        |_| false,
        |sandbox, _| {
            sandbox.write("project/dump.py", DUMP);
            sandbox.write(
                "project/Makefile",
                "include file\nall:\n\t@python3 dump.py\n",
            );
            printed(sandbox, &["make", "--silent"])
        },
    );
}

/// Reads a file as the runner of GitHub Actions does it: `SetEnvFileCommand` of its sources, on
/// Linux.
pub fn github(text: &str) -> Vars {
    let mut out = Vars::new();
    let mut lines = text.split('\n');
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let (name, end) = line
            .split_once("<<")
            .filter(|(name, _)| !name.contains('='))
            .unwrap();
        let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
        out.insert(name.to_owned(), value.join("\n"));
    }
    out
}

#[test]
fn the_runner_of_github_reads_its_file() {
    let writer = Writer::new();
    writer.round(&["github"], |_| false, |_, text| github(text));
}

/// Reads a file as GitLab does it: `ParseDotenvArtifactService` of its sources, and no variable may
/// hold a reference.
fn gitlab(text: &str) -> Vars {
    let blanks = [' ', '\t', '\n', '\r', '\u{b}', '\u{c}', '\0'];
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap();
        assert!(!value.contains('$'));
        (
            name.trim_matches(blanks).to_owned(),
            value.trim_matches(blanks).to_owned(),
        )
    };
    text.lines()
        .map(|line| {
            if line.is_empty() {
                panic!("an empty line")
            } else {
                pair(line)
            }
        })
        .collect()
}

#[test]
fn gitlab_reads_its_report() {
    let writer = Writer::new();
    let blanks = [' ', '\t', '\r', '\u{b}'];
    let refuses = |value: &str| {
        value.contains(['\n', '$']) || value.starts_with(blanks) || value.ends_with(blanks)
    };
    writer.round(&["gitlab"], refuses, |_, text| gitlab(text));
}
