//! `devenv run --explain`: every variable and every file, as a run would have them, and nothing is
//! touched.

use std::collections::BTreeMap;

use crate::sandbox::{Sandbox, python};

/// The variables of an explanation, each as `before|after|secret|origins`.
const VARIABLES: &str = "
import json, sys
for v in json.load(sys.stdin)['variables']:
    print(v['name'], v['before'], v['after'], v['secret'], '+'.join(v['origins']), sep='\\x1f', end='\\x1e')
";

fn explained(sandbox: &Sandbox, args: &[&str]) -> serde_json::Value {
    let said = sandbox.devenv(&[&["run", "--explain", "--json"], args].concat());
    serde_json::from_str(said.quiet()).unwrap()
}

fn paths(value: &serde_json::Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|path| path.as_str().unwrap())
        .collect()
}

fn modules(sandbox: &Sandbox, number: usize) {
    (0..number)
        .for_each(|index| drop(sandbox.write(&format!("project/m{index:02}.py"), "x = 1\n")));
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import glob\nfor name in glob.glob('m*.py'): __import__(name[:-3])",
        ])
        .quiet();
}

#[test]
fn every_variable_is_explained_as_the_command_gets_it() {
    let mut sandbox = Sandbox::new();
    sandbox.write("project/src/app.py", "");
    sandbox.write("project/.env", "TOKEN='s3cret'\nSAME='s4me'\n");
    sandbox.write(
        "project/devenv.toml",
        "[env]\nPAGER = false\nPATH = { prepend = ['bin'] }\nZONE = { default = 'UTC' }\n[profiles.dev]\ndotenv = '.env'\n",
    );
    sandbox.allow();
    sandbox
        .set("PAGER", "less")
        .set("ZONE", "mine")
        .set("SAME", "s4me")
        .set("ODD", "a\u{1b}b");
    let before = sandbox.census("");
    let args = ["run", "--explain", "--json", "--", "true"];
    let said = sandbox.devenv(&args);
    let text = sandbox
        .command("python3")
        .args(&["-c", VARIABLES])
        .input(said.quiet());
    let rows: Vec<Vec<&str>> = text
        .out
        .split('\u{1e}')
        .map(|row| row.split('\u{1f}').collect())
        .filter(|row: &Vec<_>| row.len() > 1)
        .collect();
    let of = |name: &str| rows.iter().find(|row| row[0] == name).unwrap()[1..].to_vec();
    assert_eq!(of("PAGER"), ["less", "None", "False", "devenv.toml:2:1"]);
    assert_eq!(of("ZONE"), ["mine", "mine", "False", "devenv.toml:4:1"]);
    assert_eq!(of("TOKEN"), ["None", "None", "True", ".env:1:1"]);
    assert_eq!(of("SAME"), ["None", "None", "True", ".env:2:1"]);
    assert_eq!(of("LC_ALL"), ["C.UTF-8", "C.UTF-8", "False", "inherited"]);
    let told: BTreeMap<&str, &str> = rows
        .iter()
        .filter(|row| row[3] == "False" && row[2] != "None")
        .map(|row| (row[0], row[2]))
        .collect();
    assert!(
        !said.out.contains("s3cret") && !said.out.contains("s4me"),
        "{said:#?}"
    );
    assert_eq!(sandbox.census(""), before);
    let real = sandbox.through(&["/usr/bin/env", "-0"]);
    let real: BTreeMap<&str, &str> = real
        .out
        .split('\0')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    let is_plain = |name: &&str| **name != *"TOKEN" && **name != *"SAME";
    assert_eq!(
        told,
        real.into_iter()
            .filter(|(name, _)| is_plain(name))
            .collect()
    );
    let text = sandbox.devenv(&["run", "--explain", "--", "true"]);
    for line in [
        "  - PAGER  (devenv.toml:2:1)\n      before: less\n",
        "\n    ZONE=mine  (devenv.toml:4:1)",
        "  + TOKEN=…  (.env:1:1)\n",
        "    SAME=…  (.env:2:1)\n",
        "    ODD=a\\u{1b}b  (inherited)\n",
    ] {
        assert!(text.quiet().contains(line), "{line} in {}", text.out);
    }
}

#[test]
fn files_are_named_and_none_is_touched() {
    let sandbox = Sandbox::configured();
    modules(&sandbox, 12);
    let before = sandbox.census("");
    let all = explained(&sandbox, &["--no-fill", "--", "true"]);
    let armed = paths(&all["bytecode"]["armed"]);
    assert!(
        armed.len() == 12 && armed[0].contains("/project/__pycache__/m00."),
        "{armed:?}"
    );
    assert_eq!(
        (&all["bytecode"]["files"], &all["bytecode"]["fill"]),
        (&12.into(), &false.into())
    );
    let text = sandbox.devenv(&["run", "--explain", "--no-fill", "--", "true"]);
    let named = text.quiet().matches("__pycache__/m").count();
    assert!(
        named == 10
            && text.out.contains("  arm      __pycache__/m00")
            && text.out.contains("and 2 more"),
        "{text:#?}"
    );
    let cleared = explained(&sandbox, &["--clear", "--", "true"]);
    assert_eq!(
        (paths(&cleared["cleared_files"]).len(), &cleared["cleared"]),
        (12, &12.into())
    );
    assert!(paths(&cleared["bytecode"]["armed"]).is_empty());
    assert_eq!(sandbox.census(""), before);
    sandbox.devenv(&["run", "--no-fill", "--", "true"]).quiet();
    let after = explained(&sandbox, &["--", "true"]);
    assert!(paths(&after["bytecode"]["armed"]).is_empty(), "{after:#}");
}

#[test]
fn what_is_removed_and_where_bytecode_is_kept_apart_is_named() {
    let sandbox = Sandbox::configured();
    modules(&sandbox, 2);
    // Python rejects this one by its time.
    sandbox.write("project/m01.py", "x = 12345\n");
    let all = explained(&sandbox, &["--", "true"]);
    let ends = |value: &serde_json::Value, name: &str| matches!(&paths(value)[..], [one] if one.contains(name));
    assert!(
        ends(&all["bytecode"]["armed"], "/__pycache__/m00."),
        "{all:#}"
    );
    assert!(
        ends(&all["bytecode"]["removed"], "/__pycache__/m01.")
            && all["bytecode"]["prefix"].is_null(),
        "{all:#}"
    );
    sandbox.plain(&["git", "init", "-q"]).quiet();
    sandbox
        .plain(&["sh", "-c", "git add -f __pycache__/m00.*"])
        .quiet();
    let prefix = explained(&sandbox, &["--", "true"])["bytecode"]["prefix"]
        .as_str()
        .unwrap()
        .to_owned();
    let run = sandbox.devenv(&[
        "run",
        "--no-fill",
        "--",
        "sh",
        "-c",
        "echo $PYTHONPYCACHEPREFIX",
    ]);
    assert_eq!(run.ok(), prefix);
}

#[test]
fn a_fill_is_foretold_where_one_is_started() {
    let sandbox = Sandbox::configured();
    modules(&sandbox, 2);
    let fills = |args: &[&str]| {
        explained(&sandbox, &[args, &["--", "true"]].concat())["bytecode"]["fill"]
            .as_bool()
            .unwrap()
    };
    assert!(fills(&[]) && !fills(&["--no-fill"]) && !fills(&["--profile", "prod"]));
    sandbox
        .through(&[python().to_str().unwrap(), "-c", ""])
        .quiet();
    sandbox.settle();
    // The packages of the interpreter are full now too.
    sandbox.through(&["true"]).quiet();
    sandbox.settle();
    assert!(!fills(&[]), "everything is there");
    assert!(fills(&["--clear"]), "what is cleared is made anew");
    sandbox.write("project/m00.py", "x = 12345\n");
    assert!(fills(&[]));
}

#[test]
fn json_needs_something_to_show() {
    let sandbox = Sandbox::configured();
    sandbox.devenv(&["run", "--json", "--", "true"]).fails(2);
    sandbox
        .devenv(&["run", "--explain", "--dry-run", "--", "true"])
        .fails(2);
    sandbox
        .devenv(&["run", "-n", "--json", "--", "true"])
        .quiet();
    assert!(explained(&sandbox, &["--fresh", "--", "true"])["bytecode"].is_null());
}
