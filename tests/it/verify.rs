//! `devenv cache verify` against what Python really does: each verdict made real, with its exit
//! status, its proof and its repair.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::noise::Noise;
use crate::sandbox::{Sandbox, python};
use crate::stale::{NEW, OLD, PRINT, THEN, module, set_mtime};

/// Longer ago than a compiler takes from reading a source to writing its bytecode, in files that
/// are made old.
const WAIT: std::time::Duration = std::time::Duration::from_millis(2100);

fn tag(sandbox: &Sandbox) -> String {
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import sys; print(sys.implementation.cache_tag)",
        ])
        .quiet()
        .to_owned()
}

fn pyc(sandbox: &Sandbox, module: &str) -> PathBuf {
    sandbox.path(&format!(
        "project/__pycache__/{module}.{}.pyc",
        tag(sandbox)
    ))
}

fn json(sandbox: &Sandbox, args: &[&str], code: i32) -> Value {
    let said = sandbox.devenv(&[&["cache", "verify", "--json"], args].concat());
    assert_eq!(said.code, Some(code), "{said:#?}");
    serde_json::from_str(&said.out).unwrap()
}

/// Returns the verdict of every file, by its name.
fn verdicts(sandbox: &Sandbox, args: &[&str], code: i32) -> BTreeMap<String, String> {
    let value = json(sandbox, &[&["--all"], args].concat(), code);
    let files = value["files"].as_array().unwrap().iter();
    let name = |file: &Value| {
        Path::new(file["path"].as_str().unwrap())
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    files
        .map(|file| {
            (
                name(file).split('.').next().unwrap().to_owned(),
                file["verdict"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

fn compile(sandbox: &Sandbox, mode: &str, file: &str) {
    let code = format!(
        "import py_compile as c; c.compile('{file}', invalidation_mode=c.PycInvalidationMode.{mode})"
    );
    sandbox.plain(&["python3", "-c", &code]).quiet();
}

/// A project with bytecode of every kind; the name of each module is its verdict.
fn zoo() -> Sandbox {
    let sandbox = Sandbox::configured();
    for name in [
        "fresh",
        "stale",
        "suspect",
        "verified",
        "armed",
        "unchecked",
        "leftover",
        "corrupt",
        "foreign",
    ] {
        set_mtime(&sandbox.write(&format!("project/{name}.py"), OLD), THEN, 0);
    }
    sandbox.write("project/orphan.py", OLD);
    std::thread::sleep(WAIT);
    for name in [
        "fresh", "stale", "suspect", "leftover", "corrupt", "foreign",
    ] {
        compile(&sandbox, "TIMESTAMP", &format!("{name}.py"));
    }
    compile(&sandbox, "CHECKED_HASH", "verified.py");
    compile(&sandbox, "CHECKED_HASH", "armed.py");
    compile(&sandbox, "UNCHECKED_HASH", "unchecked.py");
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import py_compile as c; c.compile('orphan.py', cfile='orphan.pyc')",
        ])
        .quiet();
    fs::remove_file(sandbox.path("project/orphan.py")).unwrap();
    fs::remove_file(sandbox.path("project/leftover.py")).unwrap();
    set_mtime(&sandbox.write("project/stale.py", NEW), THEN + 3, 0);
    set_mtime(&sandbox.write("project/suspect.py", NEW), THEN, 0);
    set_mtime(&sandbox.write("project/unchecked.py", NEW), THEN, 0);
    let edit = |name: &str, change: fn(&mut Vec<u8>)| {
        let path = pyc(&sandbox, name);
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
    };
    edit("armed", |bytes| bytes[8..16].fill(0));
    edit("corrupt", |bytes| bytes.truncate(16));
    edit("foreign", |bytes| bytes[0] ^= 1);
    sandbox
}

#[test]
fn every_verdict_is_given_to_what_deserves_it() {
    let sandbox = zoo();
    let verdicts = verdicts(&sandbox, &[], 1);
    assert_eq!(verdicts.len(), 10);
    for (name, verdict) in &verdicts {
        assert_eq!(name, verdict);
    }
    let value = json(&sandbox, &[], 1);
    let named: Vec<&str> = value["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(
        named,
        ["orphan", "corrupt", "suspect", "unchecked"],
        "what needs attention, in the order of paths"
    );
    assert_eq!(value["counts"]["fresh"], 1);
    // Python agrees: what is dangerous runs old code, or breaks.
    for (name, prints) in [
        ("suspect", "old"),
        ("unchecked", "old"),
        ("stale", "new"),
        ("foreign", "old"),
        ("orphan", "old"),
    ] {
        let code = format!("import {name}; print({name}.VALUE)");
        assert_eq!(
            sandbox.plain(&["python3", "-B", "-c", &code]).quiet(),
            prints,
            "{name}"
        );
    }
    assert!(
        sandbox
            .plain(&["python3", "-B", "-c", "import corrupt"])
            .fails(1)
            .contains("EOFError")
    );
}

#[test]
fn what_is_said_names_the_file_and_why() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    std::thread::sleep(WAIT);
    sandbox.plain(&PRINT).quiet();
    let said = sandbox.devenv(&["cache", "verify"]);
    assert_eq!(said.quiet(), "1 bytecode file: 1 fresh");
    // Later than any tick of the file system's clock.
    std::thread::sleep(WAIT / 20);
    module(&sandbox, NEW, THEN, 0);
    let said = sandbox.devenv(&["cache", "verify"]);
    let tag = tag(&sandbox);
    assert!(
        said.fails(1)
            .contains("`--deep` proves which of them is old"),
        "{said:#?}"
    );
    assert!(
        said.out.starts_with(&format!(
            "suspect   __pycache__/app.{tag}.pyc  source changed "
        )),
        "{said:#?}"
    );
    assert!(
        said.out
            .ends_with("after this was written\n1 bytecode file: 1 suspect\n"),
        "{said:#?}"
    );
}

#[test]
fn a_proof_tells_an_edit_from_a_touch() {
    let sandbox = Sandbox::configured();
    for name in ["edited", "touched", "moved"] {
        set_mtime(&sandbox.write(&format!("project/{name}.py"), OLD), THEN, 0);
        compile(&sandbox, "TIMESTAMP", &format!("{name}.py"));
    }
    set_mtime(&sandbox.write("project/edited.py", NEW), THEN, 0);
    set_mtime(&sandbox.write("project/touched.py", OLD), THEN, 0);
    // The same statements two lines further down: only a traceback would tell.
    let moved = "\n\ndef f():\n    return 1\n";
    set_mtime(
        &sandbox.write("project/moved.py", "def f():\n    return 1\n\n\n"),
        THEN,
        0,
    );
    compile(&sandbox, "TIMESTAMP", "moved.py");
    set_mtime(&sandbox.write("project/moved.py", moved), THEN, 0);
    assert!(
        verdicts(&sandbox, &[], 1)
            .values()
            .all(|verdict| verdict == "suspect")
    );
    let proven = verdicts(&sandbox, &["--deep"], 1);
    assert_eq!(
        (
            proven["edited"].as_str(),
            proven["touched"].as_str(),
            proven["moved"].as_str()
        ),
        ("suspect", "fresh", "suspect")
    );
    assert_eq!(
        json(&sandbox, &["--deep"], 1)["files"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    // What a header says of itself can be a lie, too.
    compile(&sandbox, "CHECKED_HASH", "touched.py");
    let path = pyc(&sandbox, "touched");
    let liar = [
        &fs::read(&path).unwrap()[..16],
        &fs::read(pyc(&sandbox, "edited")).unwrap()[16..],
    ]
    .concat();
    set_mtime(
        &sandbox.write("project/touched.py", OLD.replace("old", "odd")),
        THEN,
        0,
    );
    compile(&sandbox, "CHECKED_HASH", "touched.py");
    let head = fs::read(&path).unwrap()[..16].to_vec();
    fs::write(&path, [&head, &liar[16..]].concat()).unwrap();
    assert_eq!(verdicts(&sandbox, &[], 1)["touched"], "verified");
    assert_eq!(verdicts(&sandbox, &["--deep"], 1)["touched"], "suspect");
    sandbox
        .devenv(&["cache", "verify", "--deep", "--repair"])
        .ok();
    for name in ["edited", "touched"] {
        let code = format!("import {name}; print({name}.VALUE)");
        assert_ne!(
            sandbox.plain(&["python3", "-c", &code]).quiet(),
            "old",
            "{name}"
        );
    }
}

#[test]
fn a_proof_knows_levels_of_optimisation_and_leaves_what_import_hooks_rewrite() {
    let sandbox = Sandbox::configured();
    let text = "def f(x):\n    'words'\n    assert x, 'no'\n    return __debug__\n";
    set_mtime(&sandbox.write("project/app.py", text), THEN, 0);
    for flags in ["-B", "-O", "-OO"] {
        sandbox
            .plain(&["python3", flags, "-c", "import app"])
            .quiet();
    }
    sandbox.plain(&["python3", "-c", "import app"]).quiet();
    let tag = tag(&sandbox);
    let cache = sandbox.path("project/__pycache__");
    // Their code is not that of the source, and it is not for us to say what it should be.
    for name in ["opt-beartype0v23v1", "opt-typeguard460", "opt-jaxtypingabc"] {
        fs::copy(
            cache.join(format!("app.{tag}.opt-2.pyc")),
            cache.join(format!("app.{tag}.{name}.pyc")),
        )
        .unwrap();
    }
    let value = json(&sandbox, &["--deep", "--all"], 1);
    let of = |part: &str| {
        let is_of = |file: &&Value| file["path"].as_str().unwrap().ends_with(part);
        value["files"]
            .as_array()
            .unwrap()
            .iter()
            .find(is_of)
            .unwrap()["verdict"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for part in [
        format!("app.{tag}.pyc"),
        format!("app.{tag}.opt-1.pyc"),
        format!("app.{tag}.opt-2.pyc"),
    ] {
        assert_eq!(of(&part), "fresh", "{part}");
    }
    for part in [
        "opt-beartype0v23v1.pyc",
        "opt-typeguard460.pyc",
        "opt-jaxtypingabc.pyc",
    ] {
        assert_eq!(of(part), "suspect", "{part}: judged by its header alone");
    }
}

#[test]
fn repair_arms_or_removes_what_is_wrong_and_nothing_else() {
    let sandbox = zoo();
    let before = sandbox.census("project");
    let said = sandbox.devenv(&["cache", "verify", "--repair"]);
    // What has no source may be all there is of it.
    assert!(
        said.fails(1).contains("armed 2 files, removed 1"),
        "{said:#?}"
    );
    assert!(
        said.err.contains("devenv cache clear --orphans"),
        "{said:#?}"
    );
    let after = sandbox.census("project");
    let changed: Vec<String> = before
        .iter()
        .filter(|(path, state)| {
            path.extension().is_some_and(|e| e == "pyc") && after.get(*path) != Some(state)
        })
        .map(|(path, _)| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .split('.')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(changed, ["corrupt", "suspect", "unchecked"]);
    for name in ["suspect", "unchecked", "stale"] {
        let code = format!("import {name}; print({name}.VALUE)");
        assert_eq!(
            sandbox.plain(&["python3", "-B", "-c", &code]).quiet(),
            "new",
            "{name}"
        );
    }
    sandbox.devenv(&["cache", "clear", "--orphans"]).ok();
    sandbox.devenv(&["cache", "verify"]).ok();
}

#[test]
fn single_modules_and_directories_can_be_named() {
    let sandbox = zoo();
    assert_eq!(
        verdicts(&sandbox, &["fresh.py"], 0)
            .keys()
            .collect::<Vec<_>>(),
        ["fresh"]
    );
    let path = pyc(&sandbox, "suspect");
    assert_eq!(
        verdicts(&sandbox, &[path.to_str().unwrap()], 1)
            .keys()
            .collect::<Vec<_>>(),
        ["suspect"]
    );
    assert_eq!(verdicts(&sandbox, &["orphan.pyc", "stale.py"], 1).len(), 2);
    assert_eq!(verdicts(&sandbox, &["__pycache__"], 1).len(), 9);
    assert!(
        sandbox
            .devenv(&["cache", "verify", "nowhere"])
            .fails(2)
            .contains("`nowhere` does not exist")
    );
    assert!(
        sandbox
            .devenv(&["cache", "verify", "devenv.toml"])
            .fails(2)
            .contains("`devenv.toml` is no module")
    );
    assert!(
        sandbox
            .command(crate::sandbox::DEVENV)
            .args(&["cache", "verify"])
            .within("home")
            .run()
            .fails(2)
            .contains("no project here")
    );
}

#[test]
fn a_project_without_consent_is_judged_in_its_own_tree() {
    let sandbox = zoo();
    sandbox.write("elsewhere/lib.py", OLD);
    sandbox.write("project/devenv.toml", "sources = ['../elsewhere', '.']\n");
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import sys; sys.path.append('../elsewhere'); import lib",
        ])
        .quiet();
    let said = sandbox.devenv(&["cache", "verify", "--all"]);
    assert!(
        said.fails(1)
            .contains("is not trusted: only its own tree counts"),
        "{said:#?}"
    );
    assert!(
        said.out.contains("suspect") && !said.out.contains("elsewhere"),
        "{said:#?}"
    );
    assert!(
        sandbox
            .devenv(&["cache", "verify", "--profile", "prod"])
            .fails(2)
            .contains("devenv allow")
    );
    sandbox.allow();
    assert!(
        sandbox
            .devenv(&["cache", "verify", "--all"])
            .out
            .contains("elsewhere/__pycache__/lib")
    );
}

/// Random headers over a body that prints `old`: Python runs it exactly where the verdict says that
/// it would.
#[test]
fn a_verdict_says_what_python_does() {
    const NUMBER: usize = 400;
    let sandbox = Sandbox::configured();
    let mut noise = Noise::new();
    let tag = tag(&sandbox);
    fs::create_dir(sandbox.path("project/__pycache__")).unwrap();
    let facts = "import importlib.util as u, marshal, sys; \
                 w = lambda b: print(b.hex()); w(u.MAGIC_NUMBER); w(u.source_hash(b\"VALUE = 'new'\\n\")); \
                 w(marshal.dumps(compile(\"VALUE = 'old'\\n\", 'x', 'exec')))";
    let facts: Vec<Vec<u8>> = sandbox
        .plain(&["python3", "-c", facts])
        .quiet()
        .lines()
        .map(unhex)
        .collect();
    let (magic, hash, body) = (&facts[0], &facts[1], &facts[2]);
    for number in 0..NUMBER {
        set_mtime(
            &sandbox.write(&format!("project/m{number}.py"), NEW),
            THEN,
            0,
        );
        let mut pick = |options: &[Vec<u8>]| options[noise.below(options.len())].clone();
        let mut head = pick(&[
            magic.clone(),
            magic.clone(),
            magic.clone(),
            vec![0xa6, 0x0d, 0x0d, 0x0a],
        ]);
        let flags = pick(&[vec![0], vec![0], vec![1], vec![3], vec![2], vec![4]]);
        head.extend([flags[0], 0, 0, 0]);
        let time = |seconds: u64, size: u32| {
            [
                &u32::try_from(seconds).unwrap().to_le_bytes()[..],
                &size.to_le_bytes(),
            ]
            .concat()
        };
        let size = u32::try_from(NEW.len()).unwrap();
        head.extend(pick(&[
            time(THEN, size),
            time(THEN, size),
            time(THEN + 1, size),
            time(THEN, size + 1),
            hash.clone(),
            vec![0; 8],
        ]));
        head.truncate(if noise.below(12) == 0 { 10 } else { 16 });
        let whole = if head.len() < 16 {
            head
        } else {
            [&head[..], body].concat()
        };
        fs::write(
            sandbox.path(&format!("project/__pycache__/m{number}.{tag}.pyc")),
            whole,
        )
        .unwrap();
    }
    let verdicts = verdicts(&sandbox, &[], 1);
    let code = format!(
        "import importlib as i\nfor n in range({NUMBER}): print(n, i.import_module(f'm{{n}}').VALUE)"
    );
    let said = sandbox.plain(&["python3", "-B", "-c", &code]);
    let mut kinds = BTreeMap::new();
    for line in said.quiet().lines() {
        let (number, value) = line.split_once(' ').unwrap();
        let verdict = verdicts[&format!("m{number}")].as_str();
        *kinds.entry(verdict).or_insert(0) += 1;
        let runs = matches!(verdict, "fresh" | "suspect" | "unchecked" | "verified");
        assert_eq!(value == "old", runs, "m{number} is {verdict}");
    }
    assert!(kinds.len() >= 6, "{kinds:?}");
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
        .collect()
}

/// Every interpreter that is at hand proves its own files.
#[test]
fn files_of_another_interpreter_are_proven_by_that_one() {
    let mut sandbox = Sandbox::configured();
    let others = ["3.8", "3.9", "3.10", "3.12", "3.13", "3.14"]
        .map(|version| format!("/usr/bin/python{version}"));
    let others: Vec<&String> = others
        .iter()
        .filter(|path| Path::new(path).exists())
        .collect();
    set_mtime(&sandbox.write("project/app.py", OLD), THEN, 0);
    for other in &others {
        sandbox.plain(&[other, "-c", "import app"]).quiet();
    }
    sandbox.plain(&PRINT).quiet();
    assert!(
        verdicts(&sandbox, &["--deep"], 0)
            .values()
            .all(|verdict| verdict == "fresh")
    );
    // One that is not here proves nothing, and that is said.
    let (from, to) = (
        pyc(&sandbox, "app"),
        sandbox.path("project/__pycache__/app.cpython-399.pyc"),
    );
    fs::copy(from, to).unwrap();
    let value = json(&sandbox, &["--deep"], 1);
    assert_eq!(value["unproven"][0], "cpython-399");
    // Nor does one that only has the name.
    sandbox.write("bin/python3.99", "#!/bin/sh\nexec true\n");
    sandbox.plain(&["chmod", "+x", "../bin/python3.99"]).quiet();
    assert_eq!(json(&sandbox, &["--deep"], 1)["unproven"][0], "cpython-399");
    // Without a project's own interpreter, the one on PATH of its name is asked.
    let own = format!(
        "python{}",
        &tag(&sandbox)["cpython-".len()..].replacen('3', "3.", 1)
    );
    sandbox.set(
        "PATH",
        format!(
            "{}:{}",
            python().parent().unwrap().display(),
            sandbox.path("bin").display()
        ),
    );
    fs::remove_file(sandbox.path("project/__pycache__/app.cpython-399.pyc")).unwrap();
    assert!(python().parent().unwrap().join(&own).exists());
    sandbox.devenv(&["deny"]).ok();
    assert!(
        verdicts(&sandbox, &["--deep"], 0)
            .values()
            .all(|verdict| verdict == "fresh")
    );
}

#[test]
fn links_are_judged_by_what_python_reads_through_them() {
    let sandbox = Sandbox::configured();
    for name in ["app", "lib"] {
        set_mtime(&sandbox.write(&format!("project/{name}.py"), OLD), THEN, 0);
    }
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import app, lib, py_compile as c; c.compile('app.py', cfile='only.bin')",
        ])
        .quiet();
    let kept = pyc(&sandbox, "app");
    fs::rename(&kept, sandbox.path("project/kept.bin")).unwrap();
    symlink("../kept.bin", &kept).unwrap();
    symlink("only.bin", sandbox.path("project/only.pyc")).unwrap();
    module(&sandbox, NEW, THEN, 0);
    let verdicts = verdicts(&sandbox, &[], 1);
    assert_eq!(
        (verdicts["app"].as_str(), verdicts["only"].as_str()),
        ("suspect", "orphan")
    );
    // What a link leads to is not ours to remove, and the link is replaced.
    sandbox.devenv(&["cache", "clear"]).ok();
    assert!(kept.is_symlink() && sandbox.path("project/only.pyc").is_symlink());
    sandbox.devenv(&["cache", "verify", "--repair"]);
    assert_eq!(
        sandbox.plain(&["python3", "-B", "-c", PRINT[2]]).quiet(),
        "new"
    );
    sandbox.devenv(&["cache", "clear", "--orphans"]).ok();
    assert!(
        !sandbox.path("project/only.pyc").is_symlink() && sandbox.path("project/only.bin").exists()
    );
    // Behind a directory that is a link, nothing is judged, and that is no good news.
    fs::create_dir(sandbox.path("away")).unwrap();
    fs::remove_dir_all(sandbox.path("project/__pycache__")).unwrap();
    symlink("../away", sandbox.path("project/__pycache__")).unwrap();
    sandbox.plain(&PRINT).quiet();
    let said = sandbox.devenv(&["cache", "verify"]);
    assert!(
        said.fails(1)
            .contains("`__pycache__` is a link: nothing behind it was judged"),
        "{said:#?}"
    );
}

#[test]
fn a_file_that_makes_an_interpreter_die_or_that_is_unknown_stops_no_proof() {
    let sandbox = Sandbox::configured();
    for name in ["bad", "good"] {
        set_mtime(&sandbox.write(&format!("project/{name}.py"), OLD), THEN, 0);
    }
    sandbox
        .plain(&["python3", "-c", "import bad, good"])
        .quiet();
    let path = pyc(&sandbox, "bad");
    let head = fs::read(&path).unwrap()[..16].to_vec();
    for body in [b"i\x01\0\0\0".as_slice(), b"\xff\xff", b"", &[b'('; 5000]] {
        fs::write(&path, [&head, body].concat()).unwrap();
        let verdicts = verdicts(&sandbox, &["--deep"], 1);
        assert_eq!(
            (verdicts["bad"].as_str(), verdicts["good"].as_str()),
            ("corrupt", "fresh")
        );
    }
}
