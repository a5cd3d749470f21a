//! Which room may use which crate of others: who reads a room knows what it can do.

use super::code::sources;

/// A crate, and the modules that may name it, from the crate on.
const ROOMS: [(&str, &[&str]); 26] = [
    ("anstyle", &["report"]),
    (
        "anyhow",
        &["commands", "host", "inject", "project", "report"],
    ),
    ("clap", &["cli", "commands", "report"]),
    ("clap_complete", &["commands"]),
    ("clap_complete_nushell", &["commands"]),
    ("clap_mangen", &["commands"]),
    ("data_encoding", &["values"]),
    ("directories", &["host"]),
    (
        "glob",
        &["audit", "tree", "caches", "env", "project", "python"],
    ),
    ("indicatif", &["report"]),
    ("jsonc_parser", &["inject"]),
    ("memchr", &["audit", "values", "git"]),
    ("nix", &["host"]),
    ("percent_encoding", &["python"]),
    ("rawzip", &["python"]),
    ("ruff_python_ast", &["audit"]),
    ("ruff_python_parser", &["audit"]),
    ("ruff_text_size", &["audit"]),
    ("rustix", &["host"]),
    ("sha2", &["values"]),
    (
        "shlex",
        &["git", "inject", "project", "report", "shell", "why"],
    ),
    ("siphasher", &["bytecode", "python"]),
    ("stacker", &["audit"]),
    ("strsim", &["values"]),
    ("toml", &["values"]),
    ("which", &["host"]),
];

#[test]
fn crates_have_their_rooms() {
    let mut wrong = Vec::new();
    for code in sources() {
        for path in code.paths() {
            let Some((name, rooms)) = ROOMS.iter().find(|(name, _)| *name == path[0]) else {
                continue;
            };
            let is_own = code
                .syntax
                .items
                .iter()
                .any(|item| matches!(item, syn::Item::Mod(module) if module.ident == name));
            if !is_own && !rooms.contains(&code.room()) {
                wrong.push(format!("{}: {name}", code.shown()));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_opens_a_socket() {
    for code in sources() {
        let is_network =
            |path: &Vec<String>| path.starts_with(&["std".to_owned(), "net".to_owned()]);
        assert!(!code.paths().iter().any(is_network), "{}", code.shown());
    }
}
