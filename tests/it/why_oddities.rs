//! `devenv why` over trees and names that nobody makes on purpose, or somebody does: it answers
//! each of them, in time and without a panic.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;

use crate::noise::Noise;
use crate::sandbox::{DEVENV, Sandbox, is_root};
use crate::stale::{NEW, OLD, THEN, set_mtime};
use crate::verdicts::{why, with_installers};
use crate::why_safety::{LIBRARY, answered};

#[test]
fn path_files_and_zip_files_of_garbage() {
    let mut sandbox = Sandbox::new();
    sandbox.write("project/app.py", NEW);
    sandbox.write("project/mod.py", OLD);
    sandbox.write("project/devenv.toml", "");
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    let packages = sandbox
        .plain(&["sh", "-c", "echo .venv/lib/*/site-packages"])
        .quiet()
        .to_owned();
    let long = "../../../../nowhere\n".repeat(500_000);
    let line = "x".repeat(10_000_000);
    for text in [
        long.as_bytes(),
        line.as_bytes(),
        b"\0\xff\xfe\n\x1b]0;x\x07\n/\0\n",
        b"import \xff\n",
        b"\r\r\r",
    ] {
        sandbox.write(&format!("project/{packages}/x.pth"), text);
        ["app", "nothing"]
            .iter()
            .for_each(|target| drop(answered(&sandbox, &[target])));
    }
    let pack = "import zipfile as z; f = z.ZipFile('../a.zip', 'w', z.ZIP_DEFLATED); f.write('mod.py', 'zipped.py')";
    sandbox.plain(&["python3", "-c", pack]).quiet();
    let whole = fs::read(sandbox.path("a.zip")).unwrap();
    sandbox.set("PYTHONPATH", sandbox.path("a.zip"));
    why(&sandbox, &["zipped"]).runs("zip", "a.zip/zipped.py");
    let mut noise = Noise::of(7);
    for round in 0..300 {
        let mut bytes = whole.clone();
        for _ in 0..=noise.below(4) {
            let at = noise.below(bytes.len());
            bytes[at] = [0, 0xff, 0x7f, 1, 0x80][noise.below(5)];
        }
        bytes.truncate(if round % 3 == 0 {
            noise.below(bytes.len())
        } else {
            bytes.len()
        });
        fs::write(sandbox.path("a.zip"), bytes).unwrap();
        answered(&sandbox, &["zipped"]);
    }
}

#[test]
fn bytecode_of_garbage() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/app.py", NEW);
    sandbox.plain(&["python3", "-c", "import app"]).quiet();
    let pyc = sandbox
        .plain(&["sh", "-c", "echo __pycache__/*"])
        .quiet()
        .to_owned();
    let whole = fs::read(sandbox.project().join(&pyc)).unwrap();
    let mut noise = Noise::of(3);
    for round in 0..60 {
        let mut bytes = whole.clone();
        let at = noise.below(bytes.len());
        bytes[at] = bytes[at].wrapping_add(1 + u8::try_from(noise.below(255)).unwrap());
        bytes.truncate(if round % 2 == 0 {
            noise.below(bytes.len())
        } else {
            bytes.len()
        });
        fs::write(sandbox.project().join(&pyc), bytes).unwrap();
        answered(&sandbox, &[["app", "app.py"][round % 2]]);
        answered(&sandbox, &["--deep", "app"]);
    }
}

#[test]
fn links_in_circles() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'pkg'\nversion = '1'\n",
    );
    sandbox.write("project/pkg/__init__.py", NEW);
    for (link, target) in [
        ("pkg/pkg", "../pkg"),
        ("loop", "."),
        ("a", "b"),
        ("b", "a"),
        ("c.py", "c.py"),
        ("up", ".."),
    ] {
        symlink(target, sandbox.project().join(link)).unwrap();
    }
    let deep = ["pkg"; 30].join(".");
    assert_eq!(
        sandbox
            .plain(&[
                "python3",
                "-c",
                &format!("import {deep} as m; print(m.VALUE)")
            ])
            .quiet(),
        "new"
    );
    answered(&sandbox, &[&deep]);
    for target in [
        "pkg",
        "pkg.pkg.pkg",
        "a",
        "c",
        "c.py",
        "a/x.py",
        "loop/loop/loop/pkg/__init__.py",
        "up.project.pkg",
    ] {
        answered(&sandbox, &[target]);
    }
}

#[test]
fn targets_that_are_no_names() {
    let sandbox = Sandbox::new();
    sandbox.write("project/app.py", NEW);
    sandbox.write("project/odd name.py", NEW);
    sandbox.write("project/\u{1b}[31mred.py", NEW);
    let mut targets: Vec<OsString> = [
        "",
        " ",
        ".",
        "..",
        "/",
        "//",
        "a..b",
        ".app",
        "app.",
        "app/",
        "/dev/null",
        "/proc/self/mem",
        "app.py/",
        "odd name.py",
        "odd name",
    ]
    .map(OsString::from)
    .to_vec();
    targets.extend(
        [
            "\u{1b}[31mred",
            "\u{1b}[31mred.py",
            "a\nb",
            "a\rb",
            "\u{202e}ppa",
            "*",
            "app:main",
            "-",
        ]
        .map(OsString::from),
    );
    targets.extend([
        OsString::from_vec(b"\xff\xfe.py".to_vec()),
        OsString::from_vec(b"app.\xff".to_vec()),
        "a.".repeat(20_000).into(),
    ]);
    for target in &targets {
        answered(&sandbox, &[target.as_os_str()]);
        let line = [
            OsStr::new("--"),
            OsStr::new("python3"),
            OsStr::new("-m"),
            target,
        ];
        answered(&sandbox, &line);
        answered(&sandbox, &[OsStr::new("--"), target]);
    }
}

/// Names of files that reach the answer reach the terminal without their control characters.
#[test]
fn names_of_files_that_would_colour_the_terminal() {
    let mut sandbox = Sandbox::new();
    sandbox.write("project/app.py", NEW);
    let path = sandbox.path("a\u{1b}[31mb\u{7}\n");
    sandbox.write("a\u{1b}[31mb\u{7}\n/app.py", OLD);
    sandbox.write("a\u{1b}[31mb\u{7}\n/other.py", OLD);
    sandbox.set("PYTHONPATH", path);
    for target in [
        &["app"][..],
        &["other"],
        &["--", "python3", "-P", "-m", "app"],
        &["app.py"],
    ] {
        let said = answered(&sandbox, target);
        assert!(!said.out.is_empty(), "{said:#?}");
    }
}

#[test]
fn directories_that_may_not_be_read() {
    let sandbox = with_installers();
    LIBRARY.write(&sandbox, "project", "old");
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox.plain(&["uv", "pip", "install", "-q", "."]).ok();
    sandbox.write("project/app.py", NEW);
    if is_root() {
        sandbox
            .plain(&[
                "chown",
                "-R",
                "65534:65534",
                sandbox.path("home").to_str().unwrap(),
            ])
            .quiet();
    }
    let packages = sandbox
        .plain(&["sh", "-c", "echo .venv/lib/*/site-packages"])
        .quiet()
        .to_owned();
    for place in [
        &packages,
        "src",
        "src/adt",
        ".venv",
        "pyproject.toml",
        &format!("{packages}/adt-1.dist-info"),
        ".",
    ] {
        sandbox.plain(&["chmod", "000", place]).quiet();
        for target in ["adt", "app", "src/adt/__init__.py", "nothing"] {
            let drop: &[&str] = if is_root() {
                &[
                    "setpriv",
                    "--reuid=65534",
                    "--regid=65534",
                    "--clear-groups",
                ]
            } else {
                &[]
            };
            let command = [drop, &["timeout", "20", DEVENV, "why", target]].concat();
            let said = sandbox.plain(&command);
            assert!(
                matches!(said.code, Some(0..=2)) && !said.err.contains("panicked"),
                "{place}: {target}: {said:#?}"
            );
            assert!(
                said.err.contains("devenv: ") || !said.out.is_empty(),
                "{place}: {target}: {said:#?}"
            );
        }
        sandbox
            .plain(&[
                "chmod",
                "755",
                sandbox.project().join(place).to_str().unwrap(),
            ])
            .code
            .unwrap();
    }
}

/// Python reads through a link, and devenv follows none: what is behind it is neither called good
/// nor bad.
#[test]
fn bytecode_behind_a_link_is_not_judged_and_both_say_so() {
    let sandbox = Sandbox::configured();
    fs::create_dir_all(sandbox.path("kept")).unwrap();
    sandbox.write("project/m/__init__.py", "");
    symlink("../../kept", sandbox.path("project/m/__pycache__")).unwrap();
    for text in [OLD, NEW] {
        set_mtime(&sandbox.write("project/m/a.py", text), THEN, 0);
        sandbox.plain(&["python3", "-c", "import m.a"]).quiet();
    }
    let print = "import m.a; print(m.a.VALUE)";
    assert_eq!(sandbox.plain(&["python3", "-c", print]).quiet(), "old");
    for target in [["m.a"].as_slice(), &["--deep", "m.a"], &["m/a.py"], &["m"]] {
        let answer = why(&sandbox, target);
        answer.shows(
            "linked-bytecode",
            &["m/__pycache__` is a link: what Python reads behind it is not judged"],
        );
        assert_eq!(answer.json["takes_effect"], false, "{target:?}");
    }
    let said = sandbox.devenv(&["doctor", "--json"]);
    assert!(
        said.code == Some(1) && said.out.contains("\"linked-bytecode\""),
        "{said:#?}"
    );
    sandbox.write("project/app.py", NEW);
    why(&sandbox, &["app"]).healthy();
    let answer = why(&sandbox, &["m.a"]);
    sandbox
        .plain(&["sh", "-c", answer.remedy("linked-bytecode")])
        .quiet();
    why(&sandbox, &["m.a"]).healthy();
}
