//! The law of `devenv why`: the file that it says an import loads is the one that the interpreter
//! itself says, in two thousand random trees. A failure names its seed; `TREE=seed` asks for that
//! tree alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use crate::sandbox::{DEVENV, Sandbox, python};
use crate::trees::{NAMES, Stock, Tree, ZIPS, make};

const TREES: u64 = 2_000;
const THREADS: usize = 4;
const ORACLE: &str = include_str!("imports.py");

/// Where a module is found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    kind: String,
    path: String,
    /// Each once, as two spellings of one directory on `sys.path` name it twice.
    portions: BTreeSet<String>,
}

impl Place {
    fn said(fields: &[&str]) -> Self {
        let portions = fields[2..].iter().map(|text| (*text).to_owned()).collect();
        Self {
            kind: fields[0].to_owned(),
            path: named(fields[0], fields[1]),
            portions,
        }
    }

    /// Returns the place that `devenv why` says.
    fn answered(runs: &Value) -> Self {
        if runs.is_null() {
            return Self::said(&["none", ""]);
        }
        let kind = runs["kind"].as_str().unwrap().to_owned();
        let path = if ["source", "extension", "bytecode", "zip"].contains(&kind.as_str()) {
            named(
                &kind,
                runs["path"].as_str().unwrap_or_else(|| panic!("{runs}")),
            )
        } else {
            String::new()
        };
        let listed = runs["portions"]
            .as_array()
            .filter(|_| kind == "namespace")
            .into_iter()
            .flatten();
        Self {
            portions: listed
                .map(|portion| portion.as_str().unwrap().to_owned())
                .collect(),
            kind,
            path,
        }
    }
}

/// In a zip file, a source and its bytecode side by side stand for one module, by the name of the
/// source.
fn named(kind: &str, path: &str) -> String {
    if kind == "zip" {
        path.strip_suffix('c').unwrap_or(path).to_owned()
    } else {
        path.to_owned()
    }
}

fn stock(sandbox: &Sandbox) -> Stock {
    let directory = sandbox.path("stock");
    fs::create_dir(&directory).unwrap();
    let number = ZIPS.to_string();
    let pack = [
        "python3",
        "-W",
        "ignore",
        "-c",
        ORACLE,
        "pack",
        directory.to_str().unwrap(),
        &number,
    ];
    sandbox.plain(&[&pack[..], &NAMES].concat()).quiet();
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", "venv"])
        .quiet();
    let packages = sandbox
        .plain(&["sh", "-c", "cd venv && echo lib/*/site-packages"])
        .quiet()
        .into();
    let print = "import importlib.machinery as m; print(*m.EXTENSION_SUFFIXES)";
    let suffixes = sandbox
        .plain(&["python3", "-c", print])
        .quiet()
        .split(' ')
        .map(str::to_owned)
        .collect();
    Stock {
        directory,
        python: python(),
        marker: sandbox.read("project/venv/pyvenv.cfg"),
        packages,
        suffixes,
    }
}

/// Returns what the tree's own interpreter says of each name, and of the module that `-m` would run
/// for it.
fn oracle(sandbox: &Sandbox, tree: &Tree) -> BTreeMap<String, Place> {
    let mut run = sandbox
        .command(tree.python())
        .args(&["-B"])
        .args(&tree.options.map_or(vec![], |o| vec![o]));
    run.command
        .current_dir(tree.work())
        .envs(tree.env.iter().map(|(name, value)| (name, value)));
    let said = run.args(&["-c", ORACLE, "find"]).args(&tree.names).run();
    let lines = said
        .quiet()
        .lines()
        .map(|line| line.split('\0').collect::<Vec<&str>>());
    lines
        .map(|fields| (fields[0].to_owned(), Place::said(&fields[1..])))
        .collect()
}

/// Returns how `devenv why` differs from the interpreter for one name.
fn difference(
    sandbox: &Sandbox,
    tree: &Tree,
    name: &str,
    truth: &BTreeMap<String, Place>,
) -> Option<String> {
    let python = tree.python().display().to_string();
    let asked = match tree.options {
        None => vec!["why", "--json", "--python", &python, name],
        Some(options) => vec!["why", "--json", "--", &python, options, "-m", name],
    };
    let mut run = sandbox.command(DEVENV).args(&asked);
    run.command
        .current_dir(tree.work())
        .envs(tree.env.iter().map(|(name, value)| (name, value)));
    let said = run.run();
    let Ok(answer) = serde_json::from_str::<Value>(&said.out) else {
        return Some(format!("no answer: {said:#?}"));
    };
    // A package that `-m` starts may be answered by itself, or by the module that runs.
    let main = format!("{name}.__main__");
    let subject = if answer["module"] == main.as_str() {
        &main
    } else {
        name
    };
    let (mine, right) = (Place::answered(&answer["runs"]), &truth[subject]);
    // Bytecode in a zip file that no interpreter takes is found and then is an error.
    if mine == *right || right.path == "<unknown>" {
        return None;
    }
    let env: Vec<String> = tree
        .env
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let asked = format!("{} devenv {}", env.join(" "), asked.join(" "));
    Some(format!(
        "in {}: {asked}\n  python: {right:?}\n  devenv: {mine:?}",
        tree.work().display()
    ))
}

/// Checks one tree, and counts the kinds that were found.
fn check(
    sandbox: &Sandbox,
    stock: &Stock,
    seed: u64,
    kinds: &mut BTreeMap<String, usize>,
) -> Option<String> {
    let root = sandbox.path(&format!("trees/{seed}"));
    let tree = make(stock, &root, seed);
    let truth = oracle(sandbox, &tree);
    tree.names
        .iter()
        .for_each(|name| *kinds.entry(truth[name].kind.clone()).or_default() += 1);
    let wrong = tree
        .names
        .iter()
        .find_map(|name| difference(sandbox, &tree, name, &truth));
    if wrong.is_none() {
        fs::remove_dir_all(root).unwrap();
    }
    wrong.map(|wrong| format!("TREE={seed} {wrong}"))
}

#[test]
fn why_finds_what_the_interpreter_finds() {
    let mut sandbox = Sandbox::new();
    sandbox.set("TZ", "UTC");
    let stock = stock(&sandbox);
    let only = std::env::var("TREE")
        .ok()
        .map(|seed| seed.parse::<u64>().unwrap());
    let (next, end) = (
        AtomicU64::new(only.unwrap_or(0)),
        only.map_or(TREES, |seed| seed + 1),
    );
    let (wrong, kinds) = (
        Mutex::new(Vec::new()),
        Mutex::new(BTreeMap::<String, usize>::new()),
    );
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut own = BTreeMap::new();
                while wrong.lock().unwrap().len() < 20 {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    let said = check(&sandbox, &stock, seed, &mut own);
                    wrong.lock().unwrap().extend(said);
                }
                own.into_iter()
                    .for_each(|(kind, n)| *kinds.lock().unwrap().entry(kind).or_default() += n);
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A law over trees in which there is nothing would hold as well.
    let kinds = kinds.into_inner().unwrap();
    let wanted = [
        "source",
        "extension",
        "bytecode",
        "namespace",
        "zip",
        "frozen",
        "builtin",
        "none",
    ];
    let rare = wanted
        .iter()
        .filter(|kind| kinds.get(**kind).is_none_or(|&number| number < 50));
    assert!(only.is_some() || rare.count() == 0, "{kinds:?}");
}
