//! `devenv why` executes nothing of what it looks at, writes nothing there, and answers whatever it
//! is given.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use crate::layouts::{Backend, Layout, Library};
use crate::sandbox::{DEVENV, Said, Sandbox};
use crate::stale::NEW;
use crate::verdicts::{why, with_installers};

/// Asks, and is answered: in time, within its memory, without a panic, and without a control
/// character.
#[track_caller]
pub fn answered<S: AsRef<OsStr>>(sandbox: &Sandbox, args: &[S]) -> Said {
    bounded(sandbox, "why", args)
}

/// The same of any command.
#[track_caller]
pub fn bounded<S: AsRef<OsStr>>(sandbox: &Sandbox, command: &str, args: &[S]) -> Said {
    let bounds = [
        "-c",
        "ulimit -v 4000000; exec /usr/bin/timeout -s KILL 20 \"$@\"",
        "sh",
        DEVENV,
        command,
    ];
    let said = sandbox.command("/bin/sh").args(&bounds).args(args).run();
    let shown: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
    assert!(
        matches!(said.code, Some(0..=2)) && !said.err.contains("panicked"),
        "{shown:?}: {said:#?}"
    );
    assert!(
        !said.out.is_empty() || !said.err.is_empty(),
        "{shown:?}: nothing is said"
    );
    assert!(!said.err.contains("unrecognized subcommand"), "{said:#?}");
    let is_raw = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(
        !said.out.contains(is_raw) && !said.err.contains(is_raw),
        "{shown:?}: {said:#?}"
    );
    said
}

/// A project in which whatever is executed leaves a file.
pub struct Traps {
    pub sandbox: Sandbox,
    pub ran: PathBuf,
}

impl Traps {
    pub fn new() -> Self {
        let mut sandbox = Sandbox::new();
        let ran = sandbox.path("ran");
        fs::create_dir(&ran).unwrap();
        let trap = format!(
            "open({:?} + '/' + str(globals().get('__name__')), 'w')\n",
            ran.display().to_string()
        );
        sandbox
            .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
            .quiet();
        let packages = sandbox
            .plain(&["sh", "-c", "echo .venv/lib/*/site-packages"])
            .quiet()
            .to_owned();
        let own = [
            "app",
            "conftest",
            "__init__",
            "setup",
            "pkg/__init__",
            "pkg/__main__",
            "pkg/sub",
            "types",
            "json",
            "random",
        ];
        own.iter()
            .for_each(|name| drop(sandbox.write(&format!("project/{name}.py"), &trap)));
        for name in [
            "sitecustomize",
            "usercustomize",
            "third",
            "_finder",
            "__editable___odd_1_finder",
        ] {
            sandbox.write(&format!("project/{packages}/{name}.py"), &trap);
            sandbox.write(&format!("paths/{name}.py"), &trap);
        }
        let lines = "import _finder; _finder\nimport sys; exec('import third')\n../nowhere\n";
        sandbox.write(&format!("project/{packages}/odd.pth"), lines);
        sandbox.write(
            "project/pyproject.toml",
            "[project]\nname = 'app'\nversion = '1'\n[project.scripts]\nrun = 'app:main'\n",
        );
        let script = format!(
            "#!{}\nimport app\n{trap}",
            sandbox.path("project/.venv/bin/python").display()
        );
        let script = sandbox.write("project/.venv/bin/run", script);
        sandbox
            .plain(&["chmod", "+x", script.to_str().unwrap()])
            .quiet();
        let startup = sandbox.write("project/startup.py", &trap);
        let paths = sandbox.path("paths");
        sandbox
            .set("PYTHONSTARTUP", startup)
            .set("PYTHONPATH", paths);
        Self { sandbox, ran }
    }

    pub fn sprung(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.ran)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

const QUESTIONS: [&[&str]; 14] = [
    &["app"],
    &["pkg.sub"],
    &["app.py"],
    &["pkg/__main__.py"],
    &["third"],
    &["json"],
    &["nothing"],
    &["conftest.py"],
    &[".venv/bin/run"],
    &["--", ".venv/bin/run"],
    &["--", ".venv/bin/python", "-m", "pkg"],
    &["--", ".venv/bin/python", "app.py"],
    &["--", "python3", "-m", "app"],
    &["--", "devenv", "run", "--", "run"],
];

#[test]
fn nothing_is_executed_and_nothing_is_written() {
    let traps = Traps::new();
    traps
        .sandbox
        .plain(&[".venv/bin/python", "-B", "-c", "import app"])
        .quiet();
    assert_eq!(
        traps.sprung(),
        ["_finder", "app", "sitecustomize", "third"],
        "no trap is set"
    );
    let _ = fs::remove_dir_all(&traps.ran);
    fs::create_dir(&traps.ran).unwrap();
    let before = traps.sandbox.census("project");
    for question in QUESTIONS {
        for flag in [&[][..], &["--json"], &["--deep"], &["--deep", "--json"]] {
            answered(&traps.sandbox, &[flag, question].concat());
            assert_eq!(traps.sprung(), [] as [&str; 0], "{flag:?} {question:?}");
        }
    }
    assert_eq!(before, traps.sandbox.census("project"));
}

/// What would have to be executed to know is said, with its file.
#[test]
fn what_is_not_followed_is_said() {
    let traps = Traps::new();
    let answer = why(&traps.sandbox, &["app"]);
    let left = answer.json["not_followed"].as_array().unwrap();
    let all: Vec<&str> = left.iter().map(|text| text.as_str().unwrap()).collect();
    assert!(all.iter().any(|text| text.contains("odd.pth")), "{all:?}");
    let said = answered(&traps.sandbox, &["nothing"]);
    assert!((said.out + &said.err).contains("odd.pth"));
}

fn executable(sandbox: &Sandbox, name: &str, text: &str) -> String {
    let path = sandbox.write(name, text);
    sandbox
        .plain(&["chmod", "+x", path.to_str().unwrap()])
        .quiet();
    path.display().to_string()
}

/// Programs that are no interpreters.
pub fn rogues(sandbox: &Sandbox) -> Vec<String> {
    symlink("loop", sandbox.path("loop")).unwrap();
    let mut bad = vec![
        "/dev/null".to_owned(),
        "/".into(),
        String::new(),
        "nowhere/python".into(),
        "../loop".into(),
    ];
    bad.push(sandbox.write("python-plain", "").display().to_string());
    let scripts = [
        ("crash", "kill -SEGV $$"),
        ("fail", "exit 3"),
        ("silent", "exit 0"),
        ("hang", "exec sleep 60"),
        ("holds", "sleep 60 & exit 0"),
        ("stubborn", "trap '' TERM INT; sleep 60"),
        ("garbage", "head -c 100000 /dev/urandom"),
        ("endless", "exec cat /dev/zero"),
        (
            "colour",
            "printf '\\033[31mred\\033[0m'; printf '\\033[31mred' >&2; exit 1",
        ),
    ];
    for (name, text) in scripts {
        bad.push(executable(
            sandbox,
            &format!("python3-{name}"),
            &format!("#!/bin/sh\n{text}\n"),
        ));
    }
    bad.push(executable(sandbox, "python3-empty", ""));
    bad.push(executable(
        sandbox,
        "python3-binary",
        "\u{7f}ELF and no more",
    ));
    bad
}

#[test]
fn interpreters_that_are_none() {
    let sandbox = Sandbox::new();
    sandbox.write("project/app.py", NEW);
    for python in &rogues(&sandbox) {
        let said = answered(&sandbox, &["--python", python, "app"]);
        assert!(
            said.code != Some(0) && said.err.contains("devenv: "),
            "{python}: {said:#?}"
        );
        answered(&sandbox, &["--json", "--python", python, "app"]);
    }
}

#[test]
fn no_interpreter_and_one_that_is_gone() {
    let mut sandbox = Sandbox::new();
    sandbox.write("project/app.py", NEW);
    sandbox.write("project/devenv.toml", "");
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    let bin = sandbox.path("project/.venv/bin");
    let links: Vec<PathBuf> = fs::read_dir(&bin)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    for link in links.iter().filter(|path| {
        path.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("python")
    }) {
        fs::remove_file(link).unwrap();
        symlink("/nowhere/python3", link).unwrap();
    }
    assert!(answered(&sandbox, &["app"]).err.contains("devenv: "));
    fs::write(
        sandbox.path("project/.venv/pyvenv.cfg"),
        [0xff, 0, b'=', b'\n', 0xfe],
    )
    .unwrap();
    answered(&sandbox, &["app"]);
    fs::rename(sandbox.path("project/.venv"), sandbox.path("moved")).unwrap();
    answered(&sandbox, &["--python", "../moved/bin/python", "app"]);
    fs::remove_dir_all(sandbox.path("moved")).unwrap();
    sandbox.set("PATH", sandbox.path("home"));
    let said = answered(&sandbox, &["app"]);
    assert!(
        said.code != Some(0) && said.err.contains("devenv: "),
        "{said:#?}"
    );
    sandbox.env.remove(OsStr::new("PATH"));
    answered(&sandbox, &["app"]);
}

/// What would be read for ever.
#[test]
fn pipes_and_devices_in_the_place_of_files() {
    let sandbox = Sandbox::new();
    sandbox.write("project/app.py", NEW);
    sandbox.write("project/devenv.toml", "");
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    let packages = sandbox
        .plain(&["sh", "-c", "echo .venv/lib/*/site-packages"])
        .quiet()
        .to_owned();
    let files = [
        "pipe.py",
        "pkg/__init__.py",
        "x.pth",
        "x-1.dist-info/RECORD",
        "x-1.dist-info/direct_url.json",
        "x.egg-link",
    ];
    for (number, file) in files.iter().enumerate() {
        let path = sandbox
            .project()
            .join(if number < 2 {
                PathBuf::new()
            } else {
                packages.clone().into()
            })
            .join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        for device in [None, Some("/dev/zero")] {
            let _ = fs::remove_file(&path);
            match device {
                Some(device) => symlink(device, &path).unwrap(),
                None => drop(sandbox.plain(&["mkfifo", path.to_str().unwrap()])),
            }
            for target in ["app", "x", "pipe.py", "pkg", "nothing"] {
                answered(&sandbox, &["--deep", target]);
            }
        }
        fs::remove_file(&path).unwrap();
    }
}

pub const LIBRARY: Library = Library {
    backend: Backend::Uv,
    layout: Layout::Src,
};

/// What no installer writes.
pub fn damaged() -> Vec<Vec<u8>> {
    let deep = "[".repeat(200_000);
    let long = format!("{}\n", "adt/__init__.py,sha256=x,".repeat(200_000));
    let texts: [&[u8]; 9] = [
        b"",
        b"\xff\xfe\0\x1b[31m",
        b"[]",
        b"{\"url\": 5}",
        b"{\"url\": \"file:///\\u0000\", \"dir_info\": {}}",
        b"{\"url\": \"file:///%ff%00\", \"dir_info\": {\"editable\": \"x\"}}",
        deep.as_bytes(),
        long.as_bytes(),
        b"../../../../../../../../etc/passwd,,\n\"adt/__init__.py,,\n",
    ];
    texts.iter().map(|text| text.to_vec()).collect()
}

/// The metadata of an installed copy, replaced by what no installer writes.
#[test]
fn metadata_that_is_damaged() {
    let sandbox = with_installers();
    LIBRARY.write(&sandbox, "project", "old");
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox.plain(&["uv", "pip", "install", "-q", "."]).ok();
    LIBRARY.edit(&sandbox, "project", "new");
    let info = sandbox
        .plain(&["sh", "-c", "echo .venv/lib/*/site-packages/adt-1.dist-info"])
        .quiet()
        .to_owned();
    let texts = damaged();
    for name in [
        "RECORD",
        "direct_url.json",
        "entry_points.txt",
        "METADATA",
        "top_level.txt",
        "uv_cache.json",
    ] {
        let path = sandbox.project().join(&info).join(name);
        let whole = fs::read(&path).ok();
        let _ = fs::remove_file(&path);
        answered(&sandbox, &["adt"]);
        for text in &texts {
            fs::write(&path, text).unwrap();
            answered(&sandbox, &["adt"]);
            answered(&sandbox, &["src/adt/__init__.py"]);
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        answered(&sandbox, &["--json", "adt"]);
        fs::remove_dir(&path).unwrap();
        whole
            .into_iter()
            .for_each(|text| fs::write(&path, text).unwrap());
    }
    why(&sandbox, &["adt"]).shows("installed-copy", &["site-packages/adt/__init__.py"]);
}

/// What an untrusted configuration names is not believed, and its programs are not started.
#[test]
fn an_environment_that_an_untrusted_configuration_names() {
    let sandbox = Sandbox::new();
    let trap = executable(&sandbox, "trap", "#!/bin/sh\ntouch \"$HOME/sprung\"\n");
    fs::create_dir_all(sandbox.path("evil/bin")).unwrap();
    fs::rename(&trap, sandbox.path("evil/bin/python")).unwrap();
    sandbox.write("evil/pyvenv.cfg", "home = /usr/bin\n");
    sandbox.write(
        "project/devenv.toml",
        "venv = '../evil'\nsources = ['../evil']\n",
    );
    sandbox.write("project/app.py", NEW);
    for args in [
        &["why", "app"][..],
        &["why", "app.py"],
        &["why", "--", "uv", "run", "app.py"],
        &["doctor"],
    ] {
        let said = sandbox.devenv(args);
        assert!(!sandbox.path("home/sprung").exists(), "{said:#?}");
    }
    assert!(
        sandbox
            .devenv(&["why", "app"])
            .err
            .contains("is not trusted")
    );
}
