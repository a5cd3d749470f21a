//! The schema of a configuration: committed as the program prints it, and of one mind with the
//! program about what a configuration may say, in the eyes of a real checker.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::sandbox::{Said, Sandbox};

const RIGHT: [&str; 22] = [
    "",
    "default-profile = 'dev'",
    "sources = ['src', '../lib', '~/lib', '/abs']",
    "venv = '.venv'",
    "venv = false",
    "fill = true",
    "[caches.traces]\npath = '~/x'",
    "[env]\nA = 'x'\nB = 1\nC = 1.5\nD = false\n_e = ''",
    "[env]\nA = { default = 'UTC' }\nB = { prepend = ['bin'], append = ['a'], remove = ['b'] }\nC = {}",
    "[profiles.dev]\nextends = 'prod'",
    "[profiles.'9.x_y-z']\nbytecode = 'none'",
    "profiles.dev.bytecode = 'isolated'",
    "profiles.dev.bytecode = 'verified'\nprofiles.prod.bytecode = 'cached'",
    "profiles.dev.pythonpath = 'inherit'",
    "profiles.dev.pythonpath = 'sources'",
    "profiles.dev.pythonpath = ['a', 'b']",
    "profiles.dev.clear = 'stale'",
    "profiles.dev.dotenv = '.env'",
    "profiles.dev.dotenv = { path = '.env', optional = true }",
    "profiles.dev.dotenv = ['.env', { path = '.env.local', optional = true }]",
    "profiles.dev.env = { PATH = { prepend = ['bin'] } }",
    "[aliases]\nunit = 'python -m pytest'\n'_x.y' = 'z'",
];

const WRONG: [&str; 38] = [
    "default-profle = 'dev'",
    "default-profile = '.dev'",
    "default-profile = 1",
    "sources = 'src'",
    "sources = ['']",
    "sources = ['~somebody/x']",
    "venv = true",
    "venv = ''",
    "fill = 'yes'",
    "trusted = ['/']",
    "quiet = true",
    "env = []",
    "[env]\nA = true",
    "[env]\nA = ['x']",
    "[env]\nA-B = 'x'",
    "[env]\n1A = 'x'",
    "[env]\nPYTHONDONTWRITEBYTECODE = '1'",
    "[env]\nPYTHONPYCACHEPREFIX = '/x'",
    "[env]\nPYDEVENV_X = '1'",
    "[env]\nA = { default = 'x', prepend = ['y'] }",
    "[env]\nA = { default = 1 }",
    "[env]\nA = { perpend = ['y'] }",
    "[env]\nA = { prepend = 'y' }",
    "[env]\nA = { prepend = ['a:b'] }",
    "[profiles]\ndev = 'x'",
    "[profiles.'a b']",
    "[profiles.dev]\nbytecod = 'none'",
    "profiles.dev.bytecode = 'nothing'",
    "profiles.dev.bytecode = true",
    "profiles.dev.pythonpath = 'source'",
    "profiles.dev.pythonpath = ['a:b']",
    "profiles.dev.clear = 'never ever'",
    "profiles.dev.dotenv = [1]",
    "profiles.dev.dotenv = { optional = true }",
    "profiles.dev.dotenv = { path = '.env', optinal = true }",
    "profiles.dev.extends = ''",
    "[aliases]\n'-x' = 'y'",
    "[aliases]\nx = ' '",
];

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/devenv.schema.json")
}

/// Runs the checker over files of the project.
fn taplo(sandbox: &Sandbox, files: &str) -> Said {
    let program =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/node_modules/.bin/taplo");
    assert!(program.exists(), "taplo is missing: run tests/run");
    let schema = format!("file://{}", committed().display());
    sandbox
        .command(program)
        .args(&["check", "--colors", "never", "--schema", &schema, files])
        .run()
}

#[test]
fn the_committed_schema_is_that_of_the_program() {
    let schema = Sandbox::new().devenv(&["schema"]).quiet().to_owned() + "\n";
    if std::env::var_os("PYDEVENV_BLESS").is_some() {
        fs::write(committed(), &schema).unwrap();
    }
    let is_same = fs::read_to_string(committed()).unwrap_or_default() == schema;
    assert!(
        is_same,
        "the schema is old: PYDEVENV_BLESS=1 cargo test committed_schema"
    );
}

#[test]
fn a_checker_and_the_program_agree_about_every_configuration() {
    let sandbox = Sandbox::new();
    sandbox.write("project/.env", "");
    for (index, text) in RIGHT.iter().chain(&WRONG).enumerate() {
        sandbox.write(&format!("project/docs/{index:02}.toml"), text);
        sandbox.write("project/devenv.toml", text);
        let said = sandbox.devenv(&["allow", "--dry-run"]);
        assert_eq!(
            said.code,
            Some(if index < RIGHT.len() { 0 } else { 2 }),
            "{text}: {said:#?}"
        );
    }
    let said = taplo(&sandbox, "docs/*.toml");
    for (index, text) in RIGHT.iter().chain(&WRONG).enumerate() {
        let is_named = said.err.contains(&format!("docs/{index:02}.toml"));
        assert_eq!(is_named, index >= RIGHT.len(), "{text}: {said:#?}");
    }
}

#[test]
fn a_wrong_key_is_named_with_its_place() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/devenv.toml",
        "fill = true\ndefault-profle = 'dev'\n",
    );
    let said = taplo(&sandbox, "devenv.toml");
    assert!(
        said.fails(1)
            .contains("Additional properties are not allowed ('default-profle' was unexpected)")
    );
    assert!(said.err.contains("devenv.toml:2:1\n"), "{said:#?}");
}

#[test]
fn every_key_says_what_it_means() {
    let schema: Value = serde_json::from_str(Sandbox::new().devenv(&["schema"]).quiet()).unwrap();
    let profile = &schema["properties"]["profiles"]["additionalProperties"];
    for table in [&schema["properties"], &profile["properties"]] {
        for (name, key) in table.as_object().unwrap() {
            assert!(
                key["description"]
                    .as_str()
                    .is_some_and(|about| about.ends_with('.')),
                "{name}"
            );
        }
    }
}
