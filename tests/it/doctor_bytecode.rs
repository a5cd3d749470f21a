//! `devenv doctor` on the bytecode of the tree: what Python would believe, what is imported without
//! a source, what git tracks, and what it would take in.

use std::fs;

use crate::sandbox::{DEVENV, Sandbox};
use crate::stale::{NEW, OLD, PRINT, THEN, module, run_once};
use crate::visits::{Ill, Visit, healthy, pasted, visit};

/// An edit within the same second.
fn make_old(sandbox: &Sandbox) {
    module(sandbox, OLD, THEN, 100_000_000);
    run_once(sandbox);
    module(sandbox, NEW, THEN, 900_000_000);
    assert_eq!(
        sandbox.plain(&PRINT).quiet(),
        "old",
        "plain Python is not stale here"
    );
}

const STALE: Ill<'_> = Ill {
    code: "stale-bytecode",
    severity: "error",
    shows: &["__pycache__/app.cpython-"],
};

fn in_profile(name: &str) -> Sandbox {
    let sandbox = healthy();
    sandbox.devenv(&["profile", "use", name]).ok();
    sandbox
}

#[test]
fn old_bytecode_that_python_believes() {
    for profile in ["dev", "prod"] {
        let sandbox = in_profile(profile);
        make_old(&sandbox);
        let visit = STALE.is_all(&sandbox);
        let claim = visit.finding("stale-bytecode")["cured_by_run"] == true;
        STALE.is_cured(&sandbox);
        assert_eq!(sandbox.plain(&PRINT).quiet(), "new", "{profile}");
        let sandbox = in_profile(profile);
        make_old(&sandbox);
        assert_eq!(
            sandbox.through(&PRINT).quiet() == "new",
            claim,
            "cured_by_run is {claim} in {profile}"
        );
    }
}

#[test]
fn old_bytecode_that_fix_cures() {
    let sandbox = healthy();
    make_old(&sandbox);
    let fixed = Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"]));
    assert_eq!(
        (fixed.codes(), fixed.fixed()),
        (vec![], vec!["stale-bytecode"]),
        "{fixed:#?}"
    );
    assert_eq!(sandbox.plain(&PRINT).quiet(), "new");
}

/// So much of it that a proof of all would take long.
#[test]
fn a_tree_that_is_old_as_a_whole() {
    let sandbox = healthy();
    let write = |value: &str| {
        for number in 0..400 {
            let file = sandbox.write(
                &format!("project/pkg/mod{number}.py"),
                format!("VALUE = '{value}'\n"),
            );
            crate::stale::set_mtime(&file, THEN, 0);
        }
    };
    write("old");
    sandbox
        .plain(&["python3", "-m", "compileall", "-q", "pkg"])
        .quiet();
    write("new");
    let print = [
        "python3",
        "-c",
        "import pkg.mod399; print(pkg.mod399.VALUE)",
    ];
    assert_eq!(sandbox.plain(&print).quiet(), "old");
    Ill {
        shows: &["pkg/__pycache__/mod0.cpython-", "and 395 others"],
        ..STALE
    }
    .is_cured(&sandbox);
    assert_eq!(sandbox.plain(&print).quiet(), "new");
}

/// One that is old, behind hundreds that only look so, is not passed over without a word.
#[test]
fn more_suspects_than_are_proven() {
    let sandbox = healthy();
    let write = |number: u32, text: &str| {
        let file = sandbox.write(&format!("project/pkg/mod{number}.py"), text);
        crate::stale::set_mtime(&file, THEN, 0);
    };
    (0..600).for_each(|number| write(number, OLD));
    sandbox
        .plain(&["python3", "-m", "compileall", "-q", "pkg"])
        .quiet();
    (0..600)
        .filter(|number| *number != 99)
        .for_each(|number| write(number, OLD));
    // The last by its name.
    write(99, NEW);
    let print = ["python3", "-c", "import pkg.mod99; print(pkg.mod99.VALUE)"];
    assert_eq!(sandbox.plain(&print).quiet(), "old");
    let note = Ill {
        code: "unproven-bytecode",
        severity: "note",
        shows: &["100 more bytecode files look old"],
    };
    let visit = note.is_all(&sandbox);
    assert_eq!(
        (visit.said.code, visit.remedy(note.code, "command")),
        (Some(0), "devenv cache verify --deep")
    );
    let proven = sandbox.plain(&["sh", "-c", visit.remedy(note.code, "command")]);
    assert!(
        proven.code == Some(1) && proven.out.contains("mod99.cpython-"),
        "{proven:#?}"
    );
    let arm = visit.finding(note.code)["remedies"][1]["command"]
        .as_str()
        .unwrap();
    pasted(&sandbox, "project", arm).healthy();
    assert_eq!(sandbox.plain(&print).quiet(), "new");
}

/// A cached profile wants Python's own bytecode: `--fix` says what it cures, and cures what it
/// says.
#[test]
fn what_fix_says_in_production_is_true() {
    let sandbox = in_profile("prod");
    make_old(&sandbox);
    let fixed = Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"]));
    let is_cured = sandbox.plain(&PRINT).quiet() == "new";
    assert_eq!(
        fixed.fixed().contains(&"stale-bytecode"),
        is_cured,
        "{fixed:#?}"
    );
    assert_eq!(
        !fixed.codes().contains(&"stale-bytecode"),
        is_cured,
        "{fixed:#?}"
    );
}

/// Nothing is said of what only looks as if.
#[test]
fn bytecode_that_is_suspected_and_right() {
    let sandbox = healthy();
    module(&sandbox, OLD, THEN, 0);
    run_once(&sandbox);
    module(&sandbox, OLD, THEN, 0);
    visit(&sandbox).healthy();
    sandbox
        .plain(&[
            "python3",
            "-m",
            "compileall",
            "-fq",
            "--invalidation-mode",
            "checked-hash",
            "app.py",
        ])
        .quiet();
    module(&sandbox, NEW, THEN, 0);
    visit(&sandbox).healthy();
}

#[test]
fn bytecode_that_is_never_compared() {
    let sandbox = healthy();
    sandbox
        .plain(&[
            "python3",
            "-m",
            "compileall",
            "-q",
            "--invalidation-mode",
            "unchecked-hash",
            "app.py",
        ])
        .quiet();
    sandbox.write("project/app.py", NEW);
    assert_eq!(sandbox.plain(&PRINT).quiet(), "old");
    STALE.is_cured(&sandbox);
    assert_eq!(sandbox.plain(&PRINT).quiet(), "new");
}

/// Bytecode that lies where a variable says.
#[test]
fn old_bytecode_below_a_prefix() {
    let mut sandbox = healthy();
    let prefix = sandbox.path("prefix");
    sandbox.set("PYTHONPYCACHEPREFIX", prefix);
    make_old(&sandbox);
    Ill {
        shows: &["/prefix/"],
        ..STALE
    }
    .is_cured(&sandbox);
    assert_eq!(sandbox.plain(&PRINT).quiet(), "new");
}

fn make_sourceless(sandbox: &Sandbox, name: &str) {
    let source = sandbox.write(&format!("project/{name}.py"), OLD);
    sandbox
        .plain(&[
            "python3",
            "-m",
            "compileall",
            "-q",
            "-b",
            source.to_str().unwrap(),
        ])
        .quiet();
    fs::remove_file(source).unwrap();
}

#[test]
fn bytecode_without_a_source() {
    let mut sandbox = healthy();
    sandbox.set("PYDEVENV_FILL", "0");
    make_sourceless(&sandbox, "gone");
    make_sourceless(&sandbox, "pkg/gone");
    assert_eq!(
        sandbox
            .plain(&["python3", "-c", "import gone; print(gone.VALUE)"])
            .quiet(),
        "old"
    );
    let shows = &[
        "2 bytecode files are imported",
        "project/gone.pyc",
        "project/pkg/gone.pyc",
    ];
    let ill = Ill {
        code: "sourceless-bytecode",
        severity: "warning",
        shows,
    };
    // It may be meant: only a command that names it removes it.
    let before = sandbox.census("project");
    let fixed = Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"]));
    assert_eq!(
        (fixed.codes(), fixed.fixed()),
        (vec![ill.code], vec![]),
        "{fixed:#?}"
    );
    assert_eq!(before, sandbox.census("project"));
    ill.is_cured(&sandbox);
    assert!(!sandbox.path("project/gone.pyc").exists());
}

fn add(sandbox: &Sandbox, paths: &[&str]) {
    sandbox
        .plain(&[&["git", "add", "-f"], paths].concat())
        .quiet();
}

const TRACKED: Ill<'_> = Ill {
    code: "tracked-bytecode",
    severity: "warning",
    shows: &["tracked by git"],
};

#[test]
fn bytecode_that_git_tracks() {
    let sandbox = healthy();
    run_once(&sandbox);
    add(&sandbox, &["__pycache__"]);
    TRACKED.is_all(&sandbox);
    let before = sandbox.census("project");
    let fixed = Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"]));
    assert_eq!(
        (fixed.codes(), fixed.fixed()),
        (vec![TRACKED.code], vec![]),
        "{fixed:#?}"
    );
    assert_eq!(before, sandbox.census("project"));
    TRACKED.is_cured(&sandbox);
    assert_eq!(sandbox.plain(&["git", "ls-files"]).quiet(), "");
    let is_left = fs::read_dir(sandbox.path("project/__pycache__"))
        .unwrap()
        .next()
        .is_some();
    assert!(is_left, "the files themselves stay");
}

/// What a run would warn of is found by the examination, and is said there alone.
#[test]
fn fix_does_not_warn_of_what_is_found() {
    let sandbox = healthy();
    make_old(&sandbox);
    add(&sandbox, &["__pycache__"]);
    make_sourceless(&sandbox, "gone");
    let codes = ["sourceless-bytecode", "stale-bytecode", "tracked-bytecode"];
    let fixed = Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"]));
    assert_eq!(
        (fixed.codes(), fixed.fixed(), fixed.said.err.as_str()),
        (codes.to_vec(), vec![], ""),
        "{fixed:#?}"
    );
    let said = sandbox.devenv(&["doctor", "--fix"]);
    assert!(
        said.err.is_empty() && said.out.contains("tracked-bytecode: "),
        "{said:#?}"
    );
    sandbox.settle();
}

/// A command that can be pasted, from wherever one is, also where there are hundreds.
#[test]
fn much_bytecode_that_git_tracks() {
    let sandbox = healthy();
    for number in 0..300 {
        sandbox.write(&format!("project/it's a pkg/mod{number}.py"), "");
    }
    sandbox
        .plain(&["python3", "-m", "compileall", "-q", "it's a pkg"])
        .quiet();
    sandbox.write("project/sub/x.py", "");
    add(&sandbox, &["it's a pkg", "sub"]);
    let visit = Ill {
        shows: &["300 bytecode files are tracked", "and 295 others"],
        ..TRACKED
    }
    .is_all(&sandbox);
    assert!(visit.remedy(TRACKED.code, "command").len() < 500);
    let visit = Visit::of(
        sandbox
            .command(DEVENV)
            .args(&["doctor", "--json"])
            .within("project/sub")
            .run(),
    );
    pasted(
        &sandbox,
        "project/sub",
        visit.remedy(TRACKED.code, "command"),
    )
    .healthy();
    let tracked = sandbox.plain(&["git", "ls-files"]).quiet().lines().count();
    assert!(tracked > 300, "the sources stay: {tracked}");
}

#[test]
fn bytecode_that_git_would_take_in() {
    for (ignored, missing) in [
        (None, "__pycache__/ and *.py[co]"),
        (Some("__pycache__/"), "*.py[co]"),
        (Some("*.log\r\n"), "__pycache__/ and *.py[co]"),
        (Some("# mine"), "__pycache__/ and *.py[co]"),
    ] {
        let sandbox = healthy();
        let file = sandbox.path("project/.gitignore");
        fs::remove_file(&file).unwrap();
        ignored
            .iter()
            .for_each(|text| fs::write(&file, format!("/x\n{text}")).unwrap());
        let before = fs::read_to_string(&file).unwrap_or_default();
        let shows = &["project/.gitignore", missing];
        let ill = Ill {
            code: "not-ignored",
            severity: "warning",
            shows,
        };
        ill.is_all(&sandbox);
        let fixed = Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"]));
        assert_eq!(
            (fixed.codes(), fixed.fixed()),
            (vec![], vec!["not-ignored"]),
            "{fixed:#?}"
        );
        let after = fs::read_to_string(&file).unwrap();
        assert!(
            after.starts_with(&before)
                && after.ends_with('\n')
                && after.contains(missing.split(' ').next().unwrap())
        );
        // The same by hand.
        fs::remove_file(&file).unwrap();
        ignored
            .iter()
            .for_each(|_| fs::write(&file, &before).unwrap());
        ill.is_cured(&sandbox);
    }
}

/// Whoever ignores it another way needs no line.
#[test]
fn bytecode_that_is_ignored_elsewhere() {
    let sandbox = healthy();
    fs::remove_file(sandbox.path("project/.gitignore")).unwrap();
    sandbox.write("home/ignore", "*.py[co]\n__pycache__\n");
    sandbox
        .plain(&["git", "config", "--global", "core.excludesFile", "~/ignore"])
        .quiet();
    visit(&sandbox).healthy();
    sandbox
        .plain(&["git", "config", "--global", "--unset", "core.excludesFile"])
        .quiet();
    sandbox.write("project/.git/info/exclude", "*.py[co]\n__pycache__\n");
    visit(&sandbox).healthy();
    fs::remove_dir_all(sandbox.path("project/.git")).unwrap();
    visit(&sandbox).healthy();
}

/// The project lies in a larger repository.
#[test]
fn a_repository_above_the_project() {
    let sandbox = healthy();
    fs::remove_dir_all(sandbox.path("project/.git")).unwrap();
    fs::remove_file(sandbox.path("project/.gitignore")).unwrap();
    sandbox.plain(&["git", "-C", "..", "init", "-q"]).quiet();
    let shows = ["project/.gitignore"];
    let ill = Ill {
        code: "not-ignored",
        severity: "warning",
        shows: &shows,
    };
    ill.is_cured(&sandbox);
    assert!(
        sandbox.path("project/.gitignore").exists() && !sandbox.root.join(".gitignore").exists()
    );
}

/// By built-in rules inside the tree, and nothing that needs consent is done.
#[test]
fn a_project_that_is_not_trusted() {
    let sandbox = healthy();
    make_old(&sandbox);
    make_sourceless(&sandbox, "gone");
    sandbox.write("project/lib/x.py", OLD);
    sandbox
        .plain(&["python3", "-m", "compileall", "-q", "lib"])
        .quiet();
    add(&sandbox, &["lib"]);
    fs::remove_file(sandbox.path("project/.gitignore")).unwrap();
    sandbox.devenv(&["deny"]).ok();
    let all = [
        "not-trusted",
        "sourceless-bytecode",
        "stale-bytecode",
        "tracked-bytecode",
        "not-ignored",
    ];
    let codes = visit(&sandbox);
    let mut codes = codes.codes();
    codes.sort_unstable();
    let mut expected = all.to_vec();
    expected.sort_unstable();
    assert_eq!(codes, expected);
    let tree = sandbox.census("project");
    let fixed = Visit::of(sandbox.devenv(&["doctor", "--fix", "--json"]));
    assert_eq!(fixed.fixed(), ["not-ignored"], "{fixed:#?}");
    let file = sandbox.path("project/.gitignore");
    let mut after = sandbox.census("project");
    assert!(after.remove(&file).is_some());
    assert_eq!(tree, after);
    for code in ["sourceless-bytecode", "tracked-bytecode", "stale-bytecode"] {
        let severity = if code == "stale-bytecode" {
            "error"
        } else {
            "warning"
        };
        Ill {
            code,
            severity,
            shows: &[],
        }
        .is_cured_among_others(&sandbox);
    }
    assert_eq!(visit(&sandbox).codes(), ["not-trusted"]);
}
