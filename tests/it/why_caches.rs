//! `devenv why` where the edited file is read, and a cache inside the program gives what it read
//! before.

use crate::sandbox::Sandbox;
use crate::served::Server;
use crate::uv::with_uv;
use crate::verdicts::why;

/// A process that says what `app.text` gives whenever it is asked.
const SERVER: &str = "import sys, app\nfor line in sys.stdin: print(app.text(), flush=True)\n";

const HEAD: &str = "import os, time\nfrom functools import cache, lru_cache\nfrom pathlib import Path\n\
                    HERE = Path(__file__).parent\nPROMPTS = HERE / 'prompts'\nkept = None\nby_name = {}\n";

/// A project whose `app.text` is this, and reads a file beside it.
fn project(text: &str) -> Sandbox {
    let sandbox = Sandbox::configured();
    sandbox.write("project/app/__init__.py", format!("{HEAD}{text}"));
    sandbox.write("project/server.py", SERVER);
    sandbox.write("project/app/prompts/system.md", "old");
    sandbox
}

const FILE: &str = "app/prompts/system.md";

fn edit(sandbox: &Sandbox) {
    sandbox.write(&format!("project/{FILE}"), "new");
}

fn serve(sandbox: &Sandbox, value: &str) -> Server {
    Server::start(sandbox, "project", &["python3", "server.py"], value)
}

/// The ways to keep what was read, and the name and the line of who does.
const KEPT: [(&str, &str, usize); 8] = [
    (
        "@lru_cache(maxsize=None)\ndef text(): return (PROMPTS / 'system.md').read_text()",
        "text",
        8,
    ),
    (
        "@cache\ndef read(name): return (PROMPTS / f'{name}.md').read_text()\ndef text(): return read('system')",
        "read",
        8,
    ),
    (
        "def read(): return open(HERE / 'prompts/system.md').read()\n@cache\ndef load(): return read()\ntext = lambda: load()",
        "load",
        9,
    ),
    (
        "def text():\n  global kept\n  if kept is None:\n    kept = Path(PROMPTS, 'system.md').read_text()\n  return kept",
        "text",
        8,
    ),
    (
        "def text(name='system.md'):\n  if name not in by_name:\n    by_name[name] = (PROMPTS / name).read_text()\n  return by_name[name]",
        "text",
        8,
    ),
    (
        "TEXT = (PROMPTS / 'system.md').read_text()\ndef text(): return TEXT",
        "TEXT",
        8,
    ),
    (
        "class Prompts:\n  SYSTEM = (PROMPTS / 'system.md').read_text()\ndef text(): return Prompts.SYSTEM",
        "Prompts.SYSTEM",
        9,
    ),
    (
        "def read(): return (PROMPTS / 'system.md').read_text()\ntext = lru_cache(read)",
        "text",
        9,
    ),
];

#[test]
fn a_process_that_read_the_file_before_the_edit() {
    for (text, name, line) in KEPT {
        let sandbox = project(text);
        let mut server = serve(&sandbox, "old");
        let before = why(&sandbox, &[FILE]);
        assert_eq!(before.healthy().json["caches"][0]["name"], name, "{text}");
        edit(&sandbox);
        assert_eq!(server.says(), "old", "{text}");
        let answer = why(&sandbox, &[FILE]);
        answer.shows(
            "program-cache",
            &[
                &server.id(),
                FILE,
                &format!("`{name}`"),
                &format!("__init__.py:{line}:"),
            ],
        );
        assert_eq!(answer.finding("program-cache")["cured_by_run"], false);
        sandbox
            .plain(&["sh", "-c", answer.remedy("program-cache")])
            .ok();
        server.0.wait().unwrap();
        why(&sandbox, &[FILE]).healthy();
        let _later = serve(&sandbox, "new");
        why(&sandbox, &[FILE]).healthy();
    }
}

/// The ways in which an edit reaches a process that runs.
const FREE: [&str; 5] = [
    "def text(): return (PROMPTS / 'system.md').read_text()",
    "@cache\ndef read(stamp): return (PROMPTS / 'system.md').read_text()\n\
     def text(): return read((PROMPTS / 'system.md').stat().st_mtime_ns)",
    "def stamp(): return os.stat(PROMPTS / 'system.md').st_mtime_ns\ndef text():\n  if by_name.get('at') != stamp():\n\
     \x20   by_name.update(at=stamp())\n    by_name['text'] = (PROMPTS / 'system.md').read_text()\n  return by_name['text']",
    "@cache\ndef read(): return (PROMPTS / 'system.md').read_text()\ndef text():\n  read.cache_clear()\n  return read()",
    "@cache\ndef where(): return PROMPTS / 'system.md'\ndef text(): return where().read_text()",
];

#[test]
fn a_process_that_reads_the_file_anew() {
    for text in FREE {
        let sandbox = project(text);
        let mut server = serve(&sandbox, "old");
        edit(&sandbox);
        assert_eq!(server.says(), "new", "{text}");
        why(&sandbox, &[FILE]).healthy();
    }
}

/// Whoever never imports what keeps the file has nothing old of it, and what the program writes is
/// nobody's edit.
#[test]
fn a_process_that_does_not_keep_the_file() {
    let sandbox = project("def text(): return 'old'\n");
    sandbox.write("project/setup.py", "TEXT = open('README.md').read()\n");
    sandbox.write("project/README.md", "old");
    let state = "import json\ndef save(): json.dump(STATE, open('state.json', 'w'))\nSTATE = json.load(open('state.json'))\n";
    sandbox.write("project/app/state.py", state);
    sandbox.write(
        "project/app/tool.py",
        "TEXT = 1\nif __name__ == '__main__':\n  TEXT = open('tool.txt').read()\n",
    );
    sandbox.write("project/state.json", "{}");
    sandbox.write("project/tool.txt", "old");
    sandbox.write(
        "project/server.py",
        format!("import app.state, app.tool\n{SERVER}"),
    );
    let _server = serve(&sandbox, "old");
    for file in ["README.md", "state.json", "tool.txt"] {
        sandbox.write(&format!("project/{file}"), "{\"a\": 1}");
        let answer = why(&sandbox, &[file]);
        assert_eq!(
            answer.healthy().json["caches"].as_array().unwrap().len(),
            1,
            "{:#}",
            answer.json
        );
    }
}

/// A file that lies in no package belongs to the project all the same; one that lies elsewhere is
/// nobody's.
#[test]
fn a_file_beside_the_package() {
    let sandbox = project("@cache\ndef text(): return open('settings.toml').read()");
    sandbox.write("project/settings.toml", "old");
    let server = serve(&sandbox, "old");
    let text = sandbox.devenv(&["why", "settings.toml"]);
    assert!(
        text.ok()
            .contains("kept by     `text`, app/__init__.py:8: functools.cache"),
        "{text:#?}"
    );
    sandbox.write("project/settings.toml", "new");
    why(&sandbox, &["settings.toml"])
        .shows("program-cache", &[&server.id(), "`text`"])
        .runs("data", "settings.toml");
    let elsewhere = sandbox.write("elsewhere.toml", "x");
    sandbox
        .devenv(&["why", elsewhere.to_str().unwrap()])
        .fails(1);
}

#[test]
fn results_on_disk_of_a_function_that_calls_the_edited_one() {
    // joblib has a directory of its own below that of a text, and none below that of a path.
    stored_results("'var/results'");
    stored_results("Path('var') / 'results'");
}

/// joblib compares the text of the function whose results it stores, and not of what that calls.
fn stored_results(directory: &str) {
    let sandbox = with_uv();
    sandbox.write(
        "project/pyproject.toml",
        "[project]\nname = 'app'\nversion = '1'\n",
    );
    sandbox.write("project/src/app/__init__.py", "");
    sandbox.write("project/src/app/clean.py", "def clean(): return 'old'\n");
    sandbox.write(
        "project/src/app/store.py",
        format!("from pathlib import Path\nfrom joblib import Memory\nmemory = Memory({directory}, verbose=0)\n"),
    );
    let heavy = "from app.store import memory\nfrom app import clean\n@memory.cache\ndef heavy(n):\n    # Slow.\n    return clean.clean()\n";
    sandbox.write("project/src/app/heavy.py", heavy);
    sandbox.write("project/devenv.toml", "");
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&[
            "uv",
            "pip",
            "install",
            "-q",
            "--compile-bytecode",
            "joblib==1.6.0",
        ])
        .ok();
    sandbox.allow();
    let run = || {
        sandbox.through(&[
            "python",
            "-c",
            "from app.heavy import heavy; print(heavy(1))",
        ])
    };
    assert_eq!(run().ok(), "old");
    let ask = || why(&sandbox, &["src/app/clean.py", "--profile", "dev"]);
    ask().healthy();
    sandbox.write("project/src/app/clean.py", "def clean(): return 'new'\n");
    assert_eq!(run().ok(), "old");
    let answer = ask();
    answer.shows(
        "program-cache",
        &["`heavy`", "heavy.py:3:", "var/results", "src/app/clean.py"],
    );
    why(&sandbox, &["src/app/heavy.py", "--profile", "dev"]).healthy();
    sandbox
        .plain(&["sh", "-c", answer.remedy("program-cache")])
        .ok();
    assert_eq!(run().ok(), "new");
    ask().healthy();
    // What joblib throws away by itself is no fault.
    sandbox.write("project/src/app/clean.py", "def clean(): return 'newer'\n");
    sandbox.write("project/src/app/heavy.py", heavy.replace("Slow", "Slower"));
    ask().healthy();
    assert_eq!(run().ok(), "newer");
}
