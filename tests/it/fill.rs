//! The fill: nobody waits for it, nothing that it leaves can run wrongly however it ends, and it
//! keeps to its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::sandbox::{DEVENV, Sandbox, wait_for};
use crate::stale::{THEN, set_mtime};

/// Proves every bytecode file below a directory: checked by content, and its hash is zero or that
/// of its source.
const PROVE: &str = "
import glob, importlib.util, os, sys
wrong = []
for pyc in glob.glob(sys.argv[1] + '/**/*.pyc', recursive=True):
    head = open(pyc, 'rb').read(16)
    source = importlib.util.source_from_cache(pyc)
    if head[4:8] != b'\\3\\0\\0\\0':
        wrong.append((pyc, 'flags', head))
    elif os.path.exists(source):
        hash = importlib.util.source_hash(open(source, 'rb').read())
        body = head[8:16]
        if body not in (bytes(8), hash) and len(sys.argv) > 2:
            wrong.append((pyc, 'hash'))
print(len(wrong), wrong[:3])
";

/// Returns the processes of fills of a sandbox, and of their compilers.
fn processes(sandbox: &Sandbox) -> BTreeMap<u32, String> {
    let home = format!("HOME={}", sandbox.path("home").display());
    let numbers = fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    let named = numbers.map(|pid| {
        let read = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
        let line = String::from_utf8_lossy(&read("cmdline")).replace('\0', " ");
        let env = String::from_utf8_lossy(&read("environ")).into_owned();
        (pid, line, env.split('\0').any(|var| var == home))
    });
    let is_fill =
        |line: &str| line.contains("__fill work") || line.contains("importlib.util.source_hash");
    named
        .filter(|(_, line, is_ours)| *is_ours && is_fill(line))
        .map(|(pid, line, _)| (pid, line))
        .collect()
}

/// Returns the fills that are at work.
fn workers(sandbox: &Sandbox) -> BTreeSet<u32> {
    processes(sandbox)
        .into_iter()
        .filter(|(_, line)| line.contains("__fill work"))
        .map(|(pid, _)| pid)
        .collect()
}

fn modules(sandbox: &Sandbox, count: usize, value: &str) {
    for number in 0..count {
        let path = sandbox.write(
            &format!("project/pkg/m{number}.py"),
            format!("VALUE = '{value}'\nNUMBER = {number}\n"),
        );
        set_mtime(&path, THEN, 0);
    }
}

/// A module whose compilation takes a while.
fn heavy(sandbox: &Sandbox, count: usize) {
    let line =
        "def f(a, b=[1, 2, 3], *c, **d): return [x + y for x in a for y in b if x not in c]\n"
            .repeat(200);
    for number in 0..count {
        sandbox.write(&format!("project/heavy/m{number}.py"), &line);
    }
}

#[test]
fn nobody_waits_for_it_and_there_is_one_at_a_time() {
    let sandbox = Sandbox::configured();
    heavy(&sandbox, 2000);
    // The reader of the pipe sees its end, so nobody who still runs holds it.
    let pipeline = format!("{DEVENV} run -- python3 -c 'print(1)' 7>&1 | cat");
    assert_eq!(sandbox.plain(&["sh", "-c", &pipeline]).quiet(), "1");
    wait_for("the fill to start", || !workers(&sandbox).is_empty());
    let first = workers(&sandbox);
    assert_eq!(first.len(), 1);
    for _ in 0..3 {
        assert_eq!(sandbox.plain(&["sh", "-c", &pipeline]).quiet(), "1");
        assert_eq!(
            workers(&sandbox),
            first,
            "the same fill is at it, and no other"
        );
    }
    for pid in processes(&sandbox).into_keys() {
        assert_eq!(
            fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or("/".into()),
            Path::new("/")
        );
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        assert!(stat.is_empty() || fields[16] == "19", "priority of {pid}");
    }
    kill(&sandbox);
}

fn kill(sandbox: &Sandbox) {
    let pids: Vec<String> = processes(sandbox).keys().map(u32::to_string).collect();
    let _ = Command::new("kill")
        .arg("-9")
        .args(&pids)
        .stderr(Stdio::null())
        .status();
    wait_for("the fill to die", || processes(sandbox).is_empty());
    // What it was asked for is asked for again by the next run.
    let _ = fs::remove_dir_all(sandbox.cache().join("fills"));
}

#[test]
fn killed_at_any_moment_it_leaves_nothing_that_runs_wrongly() {
    let sandbox = Sandbox::configured();
    let mut random = 88_172_645_463_325_252_u64;
    let count = 40;
    let import = format!(
        "import pkg; print({{__import__(f'pkg.m{{i}}', fromlist=['x']).VALUE for i in range({count})}})"
    );
    sandbox.write("project/pkg/__init__.py", "");
    for round in 0..200 {
        let value = format!("{round:04}");
        modules(&sandbox, count, &value);
        sandbox.devenv(&["run", "--", "true"]).quiet();
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        std::thread::sleep(Duration::from_micros(random % 60_000));
        kill(&sandbox);
        if round % 10 == 9 {
            let proof = sandbox.plain(&["python3", "-I", "-B", "-c", PROVE, "."]);
            assert_eq!(proof.quiet(), "0 []", "round {round}");
        }
        let run = ["run", "--no-fill", "--", "python3", "-c", &import];
        assert_eq!(
            sandbox.devenv(&run).quiet(),
            format!("{{'{value}'}}"),
            "round {round}"
        );
        if round % 4 == 0 {
            let plain = sandbox.plain(&["python3", "-B", "-c", &import]);
            assert_eq!(
                plain.quiet(),
                format!("{{'{value}'}}"),
                "round {round}, without devenv"
            );
        }
    }
    sandbox.through(&["true"]).quiet();
    sandbox.settle();
    let proof = sandbox.plain(&["python3", "-I", "-B", "-c", PROVE, ".", "every hash"]);
    assert_eq!(proof.quiet(), "0 []");
    let names = sandbox
        .census("project")
        .into_keys()
        .filter(|path| path.display().to_string().contains("pydevenv-tmp"));
    assert_eq!(
        names.collect::<Vec<PathBuf>>(),
        Vec::<PathBuf>::new(),
        "unfinished files are removed by the next fill"
    );
}

#[test]
fn a_tree_that_is_filled_starts_no_fill() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/pkg/__init__.py", "");
    sandbox.write("project/pkg/broken.py", "def f(:\n");
    sandbox.write("project/pkg/nul.py", "x = 1\0\n");
    modules(&sandbox, 30, "x");
    for _ in 0..3 {
        sandbox.through(&["true"]).quiet();
        sandbox.settle();
    }
    let lock = |sandbox: &Sandbox| {
        let names = fs::read_dir(sandbox.cache().join("fills"))
            .unwrap()
            .flatten();
        names
            .map(|entry| entry.metadata().unwrap().modified().unwrap())
            .max()
    };
    let before = lock(&sandbox);
    let census = sandbox.census("home");
    for _ in 0..3 {
        sandbox.through(&["true"]).quiet();
    }
    assert_eq!(lock(&sandbox), before);
    assert_eq!(
        sandbox.census("home"),
        census,
        "a run that finds nothing to do writes nothing"
    );
    // One edit is one more fill, and a source that can't be compiled is tried again when it
    // changes.
    sandbox.write("project/pkg/broken.py", "def f(): pass\n");
    sandbox.through(&["true"]).quiet();
    sandbox.settle();
    let proof = sandbox.plain(&[
        "python3",
        "-I",
        "-B",
        "-c",
        "import glob; print(len(glob.glob('pkg/__pycache__/broken.*')))",
    ]);
    assert_eq!(proof.quiet(), "1");
}

#[test]
fn it_can_be_turned_off_three_ways() {
    let sandbox = Sandbox::configured();
    modules(&sandbox, 3, "x");
    sandbox.devenv(&["run", "--no-fill", "--", "true"]).quiet();
    sandbox
        .command(DEVENV)
        .args(&["run", "--", "true"])
        .env("PYDEVENV_FILL", "0")
        .run()
        .quiet();
    sandbox.write("project/devenv.toml", "fill = false\n");
    sandbox.allow();
    sandbox.through(&["true"]).quiet();
    assert!(!sandbox.cache().join("fills").exists());
}

#[test]
fn it_makes_no_package_directory_and_takes_back_what_lost_its_source() {
    let sandbox = Sandbox::configured();
    heavy(&sandbox, 300);
    sandbox.through(&["true"]).quiet();
    wait_for("the first bytecode", || {
        sandbox.path("project/heavy/__pycache__").exists()
    });
    fs::remove_dir_all(sandbox.path("project/heavy"))
        .or_else(|_| fs::remove_dir_all(sandbox.path("project/heavy")))
        .unwrap();
    sandbox.settle();
    assert!(!sandbox.path("project/heavy").exists());
}

/// A compiler that is stopped between writing a file and looking for its source.
#[test]
fn it_takes_back_what_lost_its_source_meanwhile() {
    let sandbox = Sandbox::configured();
    heavy(&sandbox, 400);
    sandbox.through(&["true"]).quiet();
    wait_for("the first bytecode", || {
        sandbox.path("project/heavy/__pycache__").exists()
    });
    for number in 0..400 {
        fs::remove_file(sandbox.path(&format!("project/heavy/m{number}.py"))).unwrap();
    }
    // What is written from now on has no source any more.
    let stop = SystemTime::now() + Duration::from_secs(1);
    sandbox.settle();
    let written = fs::read_dir(sandbox.path("project/heavy/__pycache__"))
        .into_iter()
        .flatten()
        .flatten();
    let late = written.filter(|entry| entry.metadata().unwrap().modified().unwrap() > stop);
    assert_eq!(late.count(), 0);
}

#[test]
fn it_executes_nothing_of_the_project() {
    let sandbox = Sandbox::configured();
    let mark = "import os; open(os.path.join(os.path.dirname(__file__), 'EXECUTED'), 'w')\n";
    for name in [
        "app",
        "conftest",
        "sitecustomize",
        "usercustomize",
        "marshal",
        "importlib",
        "os",
    ] {
        sandbox.write(&format!("project/{name}.py"), mark);
    }
    sandbox
        .plain(&["python3", "-I", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    let site = sandbox.plain(&[
        ".venv/bin/python",
        "-I",
        "-c",
        "import sysconfig; print(sysconfig.get_path('purelib'))",
    ]);
    fs::write(
        Path::new(site.quiet()).join("x.pth"),
        format!("import os; open({:?}, 'w')\n", sandbox.path("PTH")),
    )
    .unwrap();
    sandbox.through(&["true"]).quiet();
    sandbox.settle();
    assert!(sandbox.path("project/__pycache__").exists());
    assert!(!sandbox.path("project/EXECUTED").exists() && !sandbox.path("PTH").exists());
}

/// What is asked for while another fill is about to end is done, by that one or by the next.
#[test]
fn no_request_is_lost_between_two_fills() {
    let sandbox = Sandbox::configured();
    for round in 0..60 {
        sandbox.write("project/app.py", format!("VALUE = {round}\n"));
        sandbox.through(&["true"]).quiet();
        sandbox.through(&["true"]).quiet();
        sandbox.settle();
    }
}
