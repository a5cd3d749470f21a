//! `devenv cache clear --ignore`: whatever the action and however it is spelled, what is kept
//! stays.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;

use crate::clear::{files, json};
use crate::sandbox::{Said, Sandbox};
use crate::stale::{NEW, OLD, THEN, set_mtime};

/// Everything that `cache clear` can be told to remove.
const ACTIONS: [&[&str]; 7] = [
    &[],
    &["--all"],
    &["--stale"],
    &["--orphans"],
    &["--tests"],
    &["--debris", "mypy"],
    &["--erase", "**/*.txt", "--yes"],
];

/// Two directories that hold something for every action.
fn project() -> Sandbox {
    let sandbox = Sandbox::configured();
    fill(&sandbox, "project/docs", &["keep", "gone"]);
    sandbox
}

fn fill(sandbox: &Sandbox, place: &str, names: &[&str]) {
    for name in names {
        let directory = format!("{place}/{name}");
        set_mtime(&sandbox.write(&format!("{directory}/a.py"), OLD), THEN, 0);
        let compile =
            "import py_compile as c; print(c.compile('a.py')); c.compile('a.py', cfile='o.pyc')";
        let pyc = sandbox
            .command("python3")
            .args(&["-c", compile])
            .within(&directory)
            .run()
            .quiet()
            .to_owned();
        let tests = pyc
            .replace("/a.", "/test_a.")
            .replace(".pyc", "-pytest-8.4.2.pyc");
        fs::copy(
            sandbox.path(&format!("{directory}/{pyc}")),
            sandbox.path(&format!("{directory}/{tests}")),
        )
        .unwrap();
        set_mtime(
            &sandbox.write(&format!("{directory}/a.py"), NEW),
            THEN + 5,
            0,
        );
        for file in [".mypy_cache/x", "a.txt"] {
            sandbox.write(&format!("{directory}/{file}"), "");
        }
    }
}

fn clear(sandbox: &Sandbox, place: &str, args: &[&str]) -> Said {
    let command = sandbox
        .command(crate::sandbox::DEVENV)
        .args(&["cache", "clear", "--json"])
        .args(args);
    command.env("PWD", sandbox.path(place)).within(place).run()
}

/// Returns what would go.
#[track_caller]
fn would_go(said: &Said) -> Vec<String> {
    let value: Value = serde_json::from_str(said.ok()).unwrap();
    value["paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|path| path.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_action_keeps_what_is_ignored_however_it_is_spelled() {
    let sandbox = project();
    symlink(sandbox.project(), sandbox.path("link")).unwrap();
    symlink("docs", sandbox.path("project/papers")).unwrap();
    let whole = sandbox.path("project/docs/keep").display().to_string();
    let (slash, by_link) = (
        format!("{whole}/"),
        sandbox.path("link/docs/keep").display().to_string(),
    );
    let words: [(&str, &[&str]); 33] = [
        ("project", &["-i", "keep"]),
        ("project", &["-i", "keep/"]),
        ("project", &["-ikeep"]),
        ("project", &["--ignore=keep"]),
        ("project", &["-i", "docs/keep"]),
        ("project", &["-i", "docs/keep/"]),
        ("project", &["-i", "./docs/keep"]),
        ("project", &["-i", "docs//keep/."]),
        ("project", &["-i", "docs/../docs/keep"]),
        ("project", &["-i", &whole]),
        ("project", &["-i", &slash]),
        ("project", &["-i", &by_link]),
        ("project", &["-i", "papers/keep"]),
        ("project", &["-i", "docs,keep", "docs/gone"]),
        ("project", &["-i", "nothing,docs/keep"]),
        ("project", &["-i", "nothing", "-i", "keep"]),
        ("project", &["-i", "k*"]),
        ("project", &["-i", "k??[p]"]),
        ("project", &["-i", "docs/k*"]),
        ("project", &["-i", "*/keep"]),
        ("project", &["-i", "p*/keep"]),
        ("project", &["-i", "**/keep"]),
        ("project", &["-i", "**/docs/keep"]),
        ("project", &["-i", "docs/**/keep"]),
        ("project", &["-i", "docs/keep/**"]),
        ("project", &["-i", "docs/keep/*"]),
        ("link", &["-i", "docs/keep"]),
        ("link", &["-i", "docs/k*"]),
        ("project/docs", &["-i", "./keep"]),
        ("project/docs", &["-i", "../docs/keep"]),
        ("project/docs", &["-i", "docs/keep"]),
        ("project/docs/keep", &["-i", "."]),
        (".", &["-i", "project/docs/keep", "project"]),
    ];
    for action in ACTIONS {
        let all = would_go(&clear(
            &sandbox,
            "project",
            &[action, &["--dry-run"]].concat(),
        ));
        assert!(
            all.iter().any(|path| path.contains("/keep/")),
            "{action:?}: {all:?}"
        );
        let kept: Vec<String> = all
            .into_iter()
            .filter(|path| !path.contains("/keep/"))
            .collect();
        for (place, args) in words {
            let said = clear(&sandbox, place, &[action, args, &["--dry-run"]].concat());
            let expected = if args.contains(&"docs,keep") {
                &[][..]
            } else {
                &kept
            };
            let gone = would_go(&said)
                .into_iter()
                .filter(|path| !path.contains("/docs/gone/") || !expected.is_empty());
            assert_eq!(
                gone.collect::<Vec<_>>(),
                expected,
                "{action:?} in {place} with {args:?}: {said:#?}"
            );
        }
    }
    let mine = || {
        files(&sandbox)
            .into_iter()
            .filter(|file| file.contains("docs/keep/"))
            .collect::<Vec<_>>()
    };
    let before = mine();
    ACTIONS.iter().for_each(|action| {
        clear(
            &sandbox,
            "project",
            &[action, &["-i", "docs/keep"][..]].concat(),
        )
        .ok();
    });
    assert_eq!(
        (mine(), files(&sandbox).len()),
        (before.clone(), before.len() + 1),
        "{:?}",
        files(&sandbox)
    );
}

#[test]
fn what_is_named_is_kept_also_where_it_is_what_is_cleared() {
    let sandbox = project();
    // As a shell spells out `*`.
    for (place, args) in [
        ("project", &["docs", "-i", "docs"][..]),
        ("project", &["docs/keep", "docs/gone", "-i", "docs"]),
        ("project/docs", &["keep", "gone", "-i", "keep,gone"]),
        ("project/docs", &["keep/a.py", "gone/a.py", "-i", "a.py"]),
        ("project", &["-i", "*.py"]),
        ("project", &["-i", "__pycache__"]),
        ("project", &["-i", "*.pyc"]),
        ("project", &["-i", "."]),
        ("project", &["-i", "/"]),
        ("project", &["-i", "**"]),
    ] {
        assert_eq!(
            would_go(&clear(&sandbox, place, &[args, &["-n"]].concat())),
            [""; 0],
            "{args:?}"
        );
    }
    // Whoever stands in `docs` does not mean that by the name.
    assert_eq!(
        would_go(&clear(&sandbox, "project/docs", &[".", "-i", "docs", "-n"])).len(),
        4
    );
    assert_eq!(
        would_go(&clear(&sandbox, "project", &["-i", "project", "-n"])).len(),
        4
    );
    // One file of what a tool left keeps all of that.
    assert_eq!(
        would_go(&clear(
            &sandbox,
            "project",
            &["--debris", "mypy", "-i", "docs/keep/.mypy_cache/x", "-n"]
        ))
        .len(),
        1
    );
    assert_eq!(
        would_go(&clear(
            &sandbox,
            "project",
            &["--erase", "**/a.txt", "-i", "docs/gone/a.txt", "-ny"]
        ))
        .len(),
        1
    );
}

#[test]
fn source_roots_and_other_places_of_bytecode_are_kept_too() {
    let mut sandbox = Sandbox::configured();
    for directory in ["project/docs/keep", "lib/real"] {
        fs::create_dir_all(sandbox.path(directory)).unwrap();
    }
    symlink(sandbox.path("lib/real"), sandbox.path("project/outer")).unwrap();
    sandbox.write("project/devenv.toml", "sources = ['docs/keep', 'outer']\n");
    sandbox.allow();
    fill(&sandbox, "project/docs", &["keep", "gone"]);
    fill(&sandbox, "lib", &["real"]);
    let of =
        |paths: Vec<String>, part: &str| paths.iter().filter(|path| path.contains(part)).count();
    assert_eq!(
        of(would_go(&clear(&sandbox, "project", &["-n"])), "/lib/real/"),
        2
    );
    for words in ["keep", "docs/keep", "docs", "do*/keep"] {
        assert_eq!(
            of(
                would_go(&clear(&sandbox, "project", &["-n", "-i", words])),
                "/keep/"
            ),
            0,
            "{words}"
        );
    }
    for words in [
        "outer",
        "outer/",
        "./outer",
        "out*",
        "real",
        "../lib",
        "../lib/real/__pycache__",
    ] {
        assert_eq!(
            of(
                would_go(&clear(&sandbox, "project", &["-n", "-i", words])),
                "/lib/real/"
            ),
            0,
            "{words}"
        );
    }
    sandbox.set("PYTHONPYCACHEPREFIX", sandbox.path("prefix"));
    for name in ["keep", "gone"] {
        sandbox
            .command("python3")
            .args(&["-c", "import a"])
            .within(&format!("project/docs/{name}"))
            .run()
            .quiet();
    }
    let below = |words: &[&str]| {
        let gone = would_go(&clear(&sandbox, "project", &[&["-n"], words].concat()));
        ["keep", "gone"].map(|name| {
            gone.iter()
                .any(|path| path.contains("/prefix/") && path.contains(name))
        })
    };
    assert_eq!(below(&[]), [true, true]);
    for words in ["keep", "docs/keep", "docs/keep/a.py", "docs/k*/a.py"] {
        assert_eq!(below(&["-i", words]), [false, true], "{words}");
    }
    fs::remove_dir_all(sandbox.path("project/docs/keep")).unwrap();
    sandbox.write("project/devenv.toml", "sources = ['outer']\n");
    sandbox.allow();
    assert_eq!(
        below(&["-i", "docs/keep"]),
        [false, true],
        "its source is gone"
    );
}

#[test]
fn odd_names_mean_themselves() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    const ALL: [&str; 8] = ["a,b", "a", "[k]", "k", "x[", "-i", "~", " "];
    let sandbox = Sandbox::configured();
    let odd = OsString::from_vec(b"o\xff".to_vec());
    for name in ALL.map(OsString::from).into_iter().chain([odd.clone()]) {
        fs::create_dir_all(sandbox.project().join(&name).join(".mypy_cache")).unwrap();
    }
    let left = |word: OsString| {
        let args = [
            "cache", "clear", "--json", "-n", "--debris", "mypy", "--ignore",
        ]
        .map(OsString::from);
        let gone = would_go(
            &sandbox
                .command(crate::sandbox::DEVENV)
                .args(&args)
                .args(&[word])
                .run(),
        );
        let is_kept = |name: &&str| {
            !gone
                .iter()
                .any(|path| path.ends_with(&format!("project/{name}/.mypy_cache")))
        };
        (
            ALL.into_iter().filter(is_kept).collect::<Vec<_>>(),
            gone.len(),
        )
    };
    for (word, kept) in [
        ("a,b", &["a,b"][..]),
        ("a,k", &["a", "k"]),
        ("[k]", &["[k]", "k"]),
        ("./[k]/", &["[k]", "k"]),
        ("x[", &["x["]),
        ("./x[", &["x["]),
        ("./-i", &["-i"]),
        ("./~", &["~"]),
        (" ", &[" "]),
    ] {
        assert_eq!(left(word.into()), (kept.to_vec(), 9 - kept.len()), "{word}");
    }
    assert_eq!(left(odd).1, 8);
    // What no pattern of text can hold is kept by any that could mean it.
    assert_eq!(left("o*".into()).1, 8);
    sandbox.write("home/mine/devenv.toml", "");
    sandbox.write("home/mine/k/a.txt", "");
    let said = clear(
        &sandbox,
        "home/mine",
        &["--erase", "**/*.txt", "-ny", "--ignore=~/mine/k"],
    );
    assert_eq!(would_go(&said), [""; 0]);
}

#[test]
fn words_that_keep_nothing_are_named_and_those_without_a_meaning_refused() {
    let sandbox = project();
    sandbox.write("project/.venv/pyvenv.cfg", "");
    for (word, names) in [
        ("kepe", "kepe"),
        ("docs/kepe", "docs/kepe"),
        ("keep,kepe/", "kepe/"),
        ("do*/kepe", "do*/kepe"),
        ("**/kepe", "**/kepe"),
        ("kepe\u{1b}]2J", "kepe"),
    ] {
        let said = clear(&sandbox, "project", &["-n", "-i", word]);
        let line = said
            .err
            .lines()
            .find(|line| line.contains("keeps nothing"))
            .unwrap_or_default();
        assert!(
            line.contains(names) && said.err.matches("keeps nothing").count() == 1,
            "{word}: {said:#?}"
        );
        assert!(!said.err.contains('\u{1b}'), "{said:#?}");
    }
    for word in [
        "keep",
        "docs/keep",
        ".venv",
        "docs/*",
        "**/a.py",
        "a.txt",
        "/",
    ] {
        let said = clear(&sandbox, "project", &["-n", "-i", word]);
        assert!(!said.err.contains("keeps nothing"), "{word}: {said:#?}");
    }
    for (word, reason) in [
        ("", "empty"),
        ("keep,", "empty"),
        ("a[", "no pattern"),
        ("a**b", "no pattern"),
        ("docs/*/../keep", "`..`"),
    ] {
        let said = clear(&sandbox, "project", &["-i", word]);
        assert!(said.fails(2).contains(reason), "{word}: {said:#?}");
    }
    assert!(Path::new(&sandbox.path("project/docs/keep/o.pyc")).exists());
}

#[test]
fn emptied_directories_go_with_folders_whatever_else_went() {
    let sandbox = Sandbox::configured();
    let write = || {
        for file in [
            "logs/deep/a.log",
            "logs/b.log",
            "mixed/a.log",
            "mixed/words",
            "sub/only/.mypy_cache/x",
            "sub/.mypy_cache/y",
            "keep/a.log",
        ] {
            sandbox.write(&format!("project/{file}"), "");
        }
        fs::create_dir_all(sandbox.path("project/mine/empty")).unwrap();
    };
    let is_there = |path: &str| sandbox.path("project").join(path).exists();
    write();
    json(&sandbox, &["--erase", "**/*.log", "--yes", "-i", "keep"]);
    json(&sandbox, &["--debris", "mypy"]);
    assert!(
        ["logs/deep", "mixed", "sub/only", "keep/a.log"]
            .into_iter()
            .all(is_there)
    );
    write();
    let erased = json(
        &sandbox,
        &["--erase", "**/*.log", "--yes", "--folders", "-i", "keep"],
    );
    assert_eq!(
        (erased["files"].as_u64(), erased["directories"].as_u64()),
        (Some(3), Some(2))
    );
    assert!(
        !is_there("logs")
            && ["mixed/words", "mine/empty", "keep/a.log"]
                .into_iter()
                .all(is_there)
    );
    // Two directories of mypy's, and the two that held nothing else.
    assert_eq!(
        json(&sandbox, &["--debris", "mypy", "-f"])["directories"].as_u64(),
        Some(4)
    );
    assert!(!is_there("sub") && is_there("mine/empty"));
    sandbox.write("project/a.log", "");
    json(&sandbox, &["--erase", "*.log", "-yf"]);
    assert!(sandbox.project().exists());
}
