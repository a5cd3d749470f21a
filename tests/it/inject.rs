//! Configurations of development containers, edited and read again by the real client, by a strict
//! parser and by the specification's rules. Nothing but what was asked for changes.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::sandbox::{DEVENV, Said, Sandbox};

/// A project whose profile needs every kind of value.
const PROJECT: &str = "[env]\nLOG = 'a \"b\" \\c \u{e4}'\nPATH = { prepend = ['bin'] }\n[profiles.dev]\n\
                       pythonpath = ['src']\n";

const HIDDEN: &str = ".devcontainer.json";
pub const FILE: &str = ".devcontainer/devcontainer.json";

/// Files as people write them.
const FILES: [(&str, &str); 20] = [
    ("empty", ""),
    ("blank", " \n\n"),
    ("bare", "{}"),
    ("two-lines", "{\n}\n"),
    ("only-comments", "// nothing\n/* yet */\n"),
    ("comment-inside", "{ // c\n}\n"),
    ("block-inside", "{ /* c */ }"),
    ("one-line", "{ \"image\": \"x\" }"),
    (
        "one-line-nested",
        "{\"image\":\"x\",\"containerEnv\":{\"A\":\"1\"},\"remoteEnv\":{}}\n",
    ),
    ("plain", "{\n  \"name\": \"n\",\n  \"image\": \"x\"\n}\n"),
    (
        "four",
        "{\n    \"image\": \"x\",\n    \"forwardPorts\": [\n        8000,\n        9000\n    ]\n}\n",
    ),
    (
        "comments",
        "// first\n{ // open\n  /* before */ \"image\" /* key */ : /* colon */ \"x\" /* value */, // line\n  \
         // \"containerEnv\": {},\n  \"name\": \"n\" // last\n  // end\n} // after\n// file\n",
    ),
    (
        "trailing",
        "{\n  \"image\": \"x\",\n  \"containerEnv\": {\n    \"A\": \"1\",\n  },\n}\n",
    ),
    (
        "trailing-comment",
        "{\n  \"image\": \"x\", // c\n  // d\n}\n",
    ),
    (
        "environment",
        "{\n  \"containerEnv\": { // why\n    \"A\": \"1\", \"B\": \"2\" // both\n  },\n  \"image\": \"x\"\n}\n",
    ),
    (
        "remote",
        "{\n  \"image\": \"x\",\n  \"remoteEnv\": { \"PATH2\": \"${containerEnv:PATH}\", \"GONE\": null }\n}\n",
    ),
    (
        "features",
        "{\n  \"build\": {\n    \"dockerfile\": \"Dockerfile\"\n  },\n  \"customizations\": {\n    \"vscode\": {\n      \
         \"settings\": { \"a.b\": [1, 2, { \"c\": null }] }\n    }\n  }\n}\n",
    ),
    (
        "compose",
        "{\n  \"dockerComposeFile\": \"../compose.yaml\",\n  \"service\": \"web\",\n  \"workspaceFolder\": \"/w\"\n}\n",
    ),
    (
        "escapes",
        "{\n  \"n\\u0061me\": \"\\ud83d\\ude00 \\/ // {\",\n  \"image\": \"x\", \"n\": 123456789012345678901\n}\n",
    ),
    (
        "there",
        "{\n  \"image\": \"x\",\n  \"containerEnv\": {\n    \"PYTHONDONTWRITEBYTECODE\": \"1\"\n  }\n}\n",
    ),
];

/// Ways in which an editor may have saved them.
fn saved(text: &str) -> [(&'static str, String); 4] {
    let tabs = text.replace("\n    ", "\n\t\t").replace("\n  ", "\n\t");
    let mark = if text.trim().is_empty() {
        String::new()
    } else {
        format!("\u{feff}{text}")
    };
    [
        ("lf", text.to_owned()),
        ("crlf", text.replace('\n', "\r\n")),
        ("tabs", tabs),
        ("mark", mark),
    ]
}

/// A project of its own for each file.
struct Case {
    name: String,
    path: PathBuf,
    before: String,
}

fn cases(sandbox: &Sandbox) -> Vec<Case> {
    let all = FILES
        .iter()
        .flat_map(|(name, text)| saved(text).map(|(how, text)| (format!("{name}-{how}"), text)));
    let made = all.enumerate().map(|(number, (name, before))| {
        sandbox.write(&format!("{name}/devenv.toml"), PROJECT);
        let place = if number % 3 == 0 { HIDDEN } else { FILE };
        let path = sandbox.write(&format!("{name}/{place}"), &before);
        Case { name, path, before }
    });
    made.collect()
}

/// Makes a sandbox in which every project is trusted.
pub fn trusting() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = ['{}']\n", sandbox.root.display()),
    );
    sandbox
}

/// Returns where the packages of the clients are.
pub fn clients() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/clients/node_modules");
    assert!(
        path.join("jsonc-parser").exists(),
        "the clients are missing: run tests/run"
    );
    path
}

/// Reads configurations with the real client.
pub fn read(sandbox: &Sandbox, configs: &[(PathBuf, PathBuf)]) -> Vec<Value> {
    let list: Vec<Value> = configs
        .iter()
        .map(|(folder, config)| json!({ "folder": folder, "config": config }))
        .collect();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/read.js");
    let mut command = Command::new("node");
    command
        .arg(script)
        .arg(clients())
        .env_clear()
        .envs(&sandbox.env)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("node is missing: run tests/run");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(Value::from(list).to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice::<Value>(&output.stdout)
        .unwrap()
        .as_array()
        .unwrap()
        .clone()
}

impl Sandbox {
    pub fn inject(&self, directory: &str, args: &[&str]) -> Said {
        self.command(DEVENV)
            .args(&[&["inject"], args].concat())
            .within(directory)
            .run()
    }
}

fn now(case: &Case) -> String {
    fs::read_to_string(&case.path).unwrap()
}

/// Returns whether a text is left when parts of another are taken out; blanks do not count.
fn is_within(small: &str, large: &str) -> bool {
    let mut large = large.chars().filter(|c| !c.is_whitespace());
    small
        .chars()
        .filter(|c| !c.is_whitespace())
        .all(|one| large.any(|other| other == one))
}

#[test]
fn configurations_are_read_by_the_real_client_as_they_were_meant() {
    let sandbox = trusting();
    let cases = cases(&sandbox);
    assert!(cases.len() >= 60);
    for case in &cases {
        sandbox.inject(&case.name, &["devcontainer"]).ok();
    }
    let configs: Vec<(PathBuf, PathBuf)> = cases
        .iter()
        .map(|case| (sandbox.path(&case.name), case.path.clone()))
        .collect();
    for (case, said) in cases.iter().zip(read(&sandbox, &configs)) {
        let (name, after) = (&case.name, now(case));
        assert_eq!(
            (&said["strict"], &said["schema"], &said["code"]),
            (&json!([]), &json!([]), &json!(0)),
            "{name}\n{after}"
        );
        let folder = said["read"]["workspace"]["workspaceFolder"]
            .as_str()
            .unwrap();
        let own = &said["read"]["configuration"];
        let env = &own["containerEnv"];
        assert_eq!(env["PYTHONDONTWRITEBYTECODE"], "1", "{name}\n{after}");
        assert_eq!(
            env["PYTHONPATH"],
            format!("{folder}/src"),
            "{name}\n{after}"
        );
        assert_eq!(env["LOG"], "a \"b\" \\c \u{e4}", "{name}\n{after}");
        assert_eq!(
            own["remoteEnv"]["PATH"],
            format!("{folder}/bin:${{containerEnv:PATH}}"),
            "{name}\n{after}"
        );
        assert!(is_within(&case.before, &after), "{name}\n{after}");
        let lines = |text: &str| {
            (
                text.contains("\r\n"),
                text.replace("\r\n", "").contains('\n'),
            )
        };
        assert!(
            !case.before.contains("\r\n")
                || case.before.trim().is_empty()
                || lines(&after) == (true, false),
            "{name}"
        );
        assert_eq!(
            after.starts_with('\u{feff}'),
            case.before.starts_with('\u{feff}'),
            "{name}"
        );
    }
}

#[test]
fn what_is_put_in_is_taken_out_again_byte_for_byte_and_twice_is_once() {
    let sandbox = trusting();
    for case in cases(&sandbox).iter().step_by(3) {
        let name = &case.name;
        sandbox.inject(name, &["devcontainer"]).ok();
        let after = now(case);
        assert!(
            sandbox.inject(name, &["devcontainer"]).ok().is_empty(),
            "{name}"
        );
        sandbox.inject(name, &["devcontainer", "--check"]).ok();
        assert_eq!(now(case), after, "{name}");
        sandbox.inject(name, &["devcontainer", "--remove"]).ok();
        assert_eq!(now(case), case.before, "{name}");
        assert!(
            sandbox.inject(name, &["devcontainer", "--check"]).code == Some(1),
            "{name}"
        );
    }
}

/// A clone knows nothing of the edit: what has our value under our key goes.
#[test]
fn a_clone_takes_out_what_it_can_tell_by_key_and_value() {
    let mut sandbox = trusting();
    let cases = cases(&sandbox);
    for case in cases.iter().filter(|case| !case.before.trim().is_empty()) {
        sandbox.inject(&case.name, &["devcontainer"]).ok();
    }
    sandbox.set("XDG_STATE_HOME", sandbox.path("elsewhere"));
    let mut exact = 0;
    for case in cases.iter().filter(|case| !case.before.trim().is_empty()) {
        sandbox
            .inject(&case.name, &["devcontainer", "--remove"])
            .ok();
        let (after, before) = (now(case), &case.before);
        assert!(
            !after.contains("PYTHONPATH") && !after.contains("\"LOG\""),
            "{}\n{after}",
            case.name
        );
        exact += usize::from(after == *before);
    }
    // Not so where an object was opened to take ours, or where ours was there before us.
    assert!(exact > cases.len() / 2, "{exact} of {}", cases.len());
}

#[test]
fn what_can_not_be_read_for_sure_is_refused_with_its_place() {
    let sandbox = trusting();
    for (number, (text, place, words)) in [
        ("{\n  \"a\": 1\n  \"b\": 2\n}\n", ":2:9", "expected comma"),
        (
            "{\n  \"containerEnv\": {},\n  \"containerEnv\": {}\n}\n",
            ":3:3",
            "stands here twice",
        ),
        ("{ image: 'x' }", ":1:3", "property"),
        ("{ 'image': 1 }", ":1:3", "single-quoted"),
        ("{ \"a\": +1, \"b\": 0x1 }", ":1:8", "plus"),
        (
            "{\n  \"containerEnv\": null\n}\n",
            ":2:19",
            "`containerEnv` is not an object",
        ),
        (
            "{\n  \"containerEnv\": [\"A=1\"]\n}\n",
            ":2:19",
            "`containerEnv` is not an object",
        ),
        ("[]", ":1:1", "the file is not an object"),
        ("{} {}", ":1:4", "more than one"),
        ("{\n  \"a\": \"x\n\"}\n", ":2:10", "unterminated"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("case{number}");
        sandbox.write(&format!("{name}/devenv.toml"), PROJECT);
        let path = sandbox.write(&format!("{name}/{FILE}"), text);
        for args in [
            &["devcontainer"][..],
            &["devcontainer", "--force"],
            &["devcontainer", "--check"],
        ] {
            let said = sandbox.inject(&name, args);
            let (words, words_of) = (words.to_lowercase(), said.fails(2).to_lowercase());
            assert!(
                words_of.contains(&format!("{FILE}{place}")) && words_of.contains(&words),
                "{text}\n{said:#?}"
            );
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    sandbox.write(&format!("latin/{FILE}"), b"{ \"a\": \"\xe4\" }");
    sandbox.write("latin/devenv.toml", "");
    assert!(
        sandbox
            .inject("latin", &["devcontainer"])
            .fails(2)
            .contains(":1:9: the file is not UTF-8")
    );
}

#[test]
fn the_value_of_somebody_else_stays_until_it_is_forced() {
    let sandbox = trusting();
    let text = "{\n  \"image\": \"x\",\n  \"containerEnv\": { \"PYTHONDONTWRITEBYTECODE\": \"0\" /* mine */ }\n}\n";
    sandbox.write("p/devenv.toml", "");
    let path = sandbox.write(&format!("p/{FILE}"), text);
    let said = sandbox.inject("p", &["devcontainer"]);
    assert!(
        said.fails(1)
            .contains(":3:48: `containerEnv.PYTHONDONTWRITEBYTECODE` is \"0\", not \"1\""),
        "{said:#?}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert!(sandbox.inject("p", &["devcontainer", "--check"]).code == Some(1));
    sandbox.inject("p", &["devcontainer", "--force"]).ok();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        text.replace("\"0\"", "\"1\"")
    );
    sandbox.inject("p", &["devcontainer", "--check"]).ok();
    fs::write(
        &path,
        text.replace("\"0\"", "\"1\"").replace("mine", "ours"),
    )
    .unwrap();
    sandbox.inject("p", &["devcontainer", "--remove"]).ok();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        text.replace("mine", "ours"),
        "what stood there is back"
    );
}

#[test]
fn of_several_configurations_one_is_named_or_all_are_meant() {
    let sandbox = trusting();
    sandbox.write("p/devenv.toml", PROJECT);
    sandbox.write(
        "p/.devcontainer/one/devcontainer.json",
        "{ \"image\": \"x\" }\n",
    );
    sandbox.write("p/.devcontainer/devcontainer.json", "");
    sandbox.inject("p", &["devcontainer", "--check"]).fails(1);
    sandbox.write(
        "p/.devcontainer/two/devcontainer.json",
        "{ \"image\": \"y\" }\n",
    );
    let said = sandbox.inject("p", &["devcontainer"]);
    let hint = "`--config PATH` means one of them, `--all` every one";
    assert!(
        said.fails(2).contains("there are 2 configurations") && said.err.contains(hint),
        "{said:#?}"
    );
    sandbox
        .inject(
            "p",
            &[
                "devcontainer",
                "--config",
                ".devcontainer/two/devcontainer.json",
            ],
        )
        .ok();
    let one = || sandbox.read("p/.devcontainer/one/devcontainer.json");
    assert_eq!(one(), "{ \"image\": \"x\" }\n");
    sandbox.inject("p", &["devcontainer", "--all"]).ok();
    assert!(
        one().contains("\"PYTHONPATH\": \"${containerWorkspaceFolder}/src\""),
        "{}",
        one()
    );
    assert_eq!(
        sandbox.read("p/.devcontainer/devcontainer.json"),
        "",
        "an empty file is none"
    );
    let config = sandbox.path("p/.devcontainer/two/devcontainer.json");
    let said = &read(&sandbox, &[(sandbox.path("p"), config)])[0];
    assert_eq!(
        said["read"]["configuration"]["containerEnv"]["PYTHONPATH"],
        "/workspaces/p/src"
    );
}

#[test]
fn what_wins_over_ours_is_named_and_a_place_that_is_not_said_is_not_guessed() {
    let sandbox = trusting();
    sandbox.write("p/devenv.toml", PROJECT);
    let path = sandbox.write(
        &format!("p/{FILE}"),
        "{ \"image\": \"x\", \"remoteEnv\": { \"PYTHONPATH\": \"/mine\" } }\n",
    );
    let said = sandbox.inject("p", &["devcontainer"]);
    assert!(
        said.fails(1).contains("is \"/mine\", and wins")
            && sandbox.inject("p", &["devcontainer", "--check"]).code == Some(1)
    );
    fs::write(
        &path,
        "{ \"dockerComposeFile\": \"../compose.yaml\", \"service\": \"web\" }\n",
    )
    .unwrap();
    let said = sandbox.inject("p", &["devcontainer"]);
    said.ok();
    assert!(
        said.err.contains("left out `PYTHONPATH`")
            && said
                .err
                .contains("nothing says where it is in the container")
    );
    assert!(!fs::read_to_string(&path).unwrap().contains("PYTHONPATH"));
    let said = sandbox.inject("p", &["gitignore", "--launch"]);
    assert!(
        said.fails(2)
            .contains("`--launch` means nothing for `gitignore`"),
        "{said:#?}"
    );
}

#[test]
fn a_project_below_the_workspace_is_named_from_there() {
    let sandbox = trusting();
    sandbox.write("repo/api/devenv.toml", PROJECT);
    sandbox.plain(&["git", "init", "-q", "../repo"]).ok();
    let path = sandbox.write(&format!("repo/{HIDDEN}"), "{ \"image\": \"x\" }\n");
    sandbox.inject("repo/api", &["devcontainer"]).ok();
    assert!(!sandbox.path("repo/api/.devcontainer").exists());
    let said = &read(&sandbox, &[(sandbox.path("repo"), path)])[0];
    assert_eq!(
        said["read"]["configuration"]["containerEnv"]["PYTHONPATH"],
        "/workspaces/repo/api/src"
    );
}

#[test]
fn what_a_container_can_not_have_is_left_out_by_name() {
    let sandbox = trusting();
    let text = "[env]\nPAGER = false\nHOME_OF = '~/x'\nWHERE = '${localEnv:HOME}'\nTZ = { default = 'UTC' }\n\
                CACHE = { default = 'a:b' }\nPATH = { prepend = ['/opt/x', 'bin'] }\n[profiles.dev]\n\
                pythonpath = ['src', '../lib']\ndotenv = '.env'\n[profiles.prod]\n[profiles.apart]\nbytecode = 'isolated'\n";
    let home = sandbox.path("home").display().to_string();
    sandbox.write(
        "p/devenv.toml",
        text.replace("'~/x'", &format!("'{home}/x'")),
    );
    sandbox.write("p/.env", "TOKEN=s3cret\n");
    sandbox.write("p/.venv/pyvenv.cfg", "home = /usr/bin\n");
    let said = sandbox.inject("p", &["devcontainer", "--json"]);
    let value: Value = serde_json::from_str(said.ok()).unwrap();
    let names: Vec<&str> = value["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "HOME_OF",
            "PATH",
            "PYTHONPATH",
            "TOKEN",
            "WHERE",
            "CACHE",
            "PAGER"
        ],
        "{said:#?}"
    );
    let file = sandbox.read(&format!("p/{FILE}"));
    assert!(
        !file.contains("s3cret") && !file.contains(".venv") && !file.contains(&home),
        "{file}"
    );
    let said = &read(
        &sandbox,
        &[(sandbox.path("p"), sandbox.path(&format!("p/{FILE}")))],
    )[0];
    let own = &said["read"]["configuration"];
    assert_eq!(
        own["remoteEnv"],
        json!({ "PATH": "/workspaces/p/bin:${containerEnv:PATH}", "TZ": "${containerEnv:TZ:UTC}" })
    );
    let expected = json!({ "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "/workspaces/p/src" });
    assert_eq!(own["containerEnv"], expected);
    sandbox
        .inject("p", &["devcontainer", "--profile", "prod"])
        .ok();
    let file = sandbox.read(&format!("p/{FILE}"));
    assert!(
        file.contains("\"PYTHONDONTWRITEBYTECODE\": \"\"") && !file.contains("PYTHONPATH"),
        "{file}"
    );
    assert!(
        file.contains("\"PYTHONPYCACHEPREFIX\": \"\""),
        "an image's own is undone: {file}"
    );
    sandbox
        .inject("p", &["devcontainer", "--profile", "apart"])
        .ok();
    assert!(
        !sandbox.read(&format!("p/{FILE}")).contains("PREFIX"),
        "a directory of this machine"
    );
}

#[test]
fn a_policy_that_variables_do_not_keep_is_said_so() {
    let sandbox = trusting();
    sandbox.write("p/devenv.toml", "");
    let words = "a variable alone neither cures stale bytecode nor keeps imports fast";
    assert!(
        sandbox
            .inject("p", &["devcontainer", "-n"])
            .err
            .contains(words)
    );
    assert!(
        !sandbox
            .inject("p", &["devcontainer", "-n", "--profile", "prod"])
            .err
            .contains(words)
    );
    assert!(
        !sandbox
            .inject("p", &["devcontainer", "-n", "--feature"])
            .err
            .contains(words)
    );
    assert!(
        !sandbox.path("p/.devcontainer").exists(),
        "nothing was written"
    );
    let said = sandbox.inject("p", &["devcontainer", "-n", "--image", "own:1"]);
    assert!(
        said.ok().contains("+  \"image\": \"own:1\",") && said.out.contains("--- /dev/null"),
        "{said:#?}"
    );
}

#[test]
fn nothing_is_edited_without_consent_or_out_of_the_checkout() {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", "");
    assert!(
        sandbox
            .devenv(&["inject", "devcontainer"])
            .fails(2)
            .contains("not trusted")
    );
    sandbox.allow();
    fs::create_dir_all(sandbox.path("else/where")).unwrap();
    std::os::unix::fs::symlink("../else/where", sandbox.path("project/.devcontainer")).unwrap();
    let said = sandbox.devenv(&["inject", "devcontainer"]);
    assert!(said.fails(2).contains("leads out of"), "{said:#?}");
    assert!(
        fs::read_dir(sandbox.path("else/where"))
            .unwrap()
            .next()
            .is_none()
    );
    fs::remove_file(sandbox.path("project/.devcontainer")).unwrap();
    let file = sandbox.write("project/real.json", "{}\n");
    std::os::unix::fs::symlink("real.json", sandbox.path(&format!("project/{HIDDEN}"))).unwrap();
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    sandbox.devenv(&["inject", "devcontainer"]).ok();
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o640);
    assert!(
        fs::symlink_metadata(sandbox.path(&format!("project/{HIDDEN}")))
            .unwrap()
            .is_symlink(),
        "a link stays one"
    );
    assert!(
        sandbox
            .read("project/real.json")
            .contains("PYTHONDONTWRITEBYTECODE")
    );
    sandbox.through(&["true"]).quiet();
}
