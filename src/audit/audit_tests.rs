//! Which caches are found over a file, by what the sources say.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::facts::Source;
use super::index::Index;
use super::parse;
use super::reach::{How, Keeper};

/// Returns what is found over a file in a project of these modules.
fn over(file: &str, modules: &[(&str, &str)]) -> Vec<Keeper> {
    let source = |(name, text): &(&str, &str)| {
        let (module, is_package) = name
            .strip_suffix(".__init__")
            .map_or((*name, false), |package| (package, true));
        let path = PathBuf::from(format!("/p/{}.py", name.replace('.', "/")));
        Source {
            path,
            text: (*text).to_owned(),
            ..parse::read(module, is_package, text)
        }
    };
    Index::new(modules.iter().map(source).collect()).keepers(Path::new(file))
}

/// Returns the names of those in one module.
fn names(file: &str, text: &str) -> Vec<String> {
    over(file, &[("app", text)])
        .into_iter()
        .map(|keeper| keeper.name)
        .collect()
}

const FILE: &str = "/p/prompts/system.md";

#[test]
fn a_decorator_keeps_what_its_function_read() {
    let kept = [
        "from functools import lru_cache\n@lru_cache\ndef f(): return open('prompts/system.md').read()",
        "import functools as ft\n@ft.lru_cache(maxsize=None)\ndef f():\n  with open('system.md') as x: return x",
        "from functools import cache as once\nfrom pathlib import Path\n@once\ndef f(): return Path('prompts', 'system.md').read_text()",
        "from pathlib import Path\nfrom functools import cache\nP = Path(__file__).parent / 'prompts'\n@cache\ndef f(n): return (P / f'{n}.md').read_text()",
        "import functools\ndef g(): return open(NAME).read()\nNAME = 'system.md'\n@functools.cache\nasync def f(): return g()",
        "import functools\ndef g(): return open('system.md').read()\nf = functools.lru_cache(maxsize=1)(g)",
        "from cachetools import cached, LRUCache\n@cached(LRUCache(9))\ndef f(): return open('system.md').read()",
        "import streamlit as st\n@st.cache_data\ndef f(): return open('system.md').read()",
        "from functools import cache\nimport os\nHERE = os.path.dirname(__file__)\n@cache\ndef f(): return open(HERE + '/prompts/system.md').read()",
        "from functools import cache\nHERE = 1\n@cache\ndef f(): return open(f'{HERE}/prompts/system.md').read()",
        "from functools import cache\n@cache\ndef f(n): return open('%s/prompts/%s.md' % ('.', n)).read()",
        "import hashlib\nfrom functools import cache\n@cache\ndef f(): return open('../prompts/system.md').read()\ndef g(): return hashlib.sha256(f())",
        "try:\n  from functools import cache\nexcept ImportError:\n  from x import cache\n@cache\ndef f(): return open('system.md').read()",
    ];
    for text in kept {
        assert_eq!(names(FILE, text), ["f"], "{text}");
    }
}

#[test]
fn a_variable_keeps_what_was_read_once() {
    let kept = [
        (
            "f",
            "c = None\ndef f():\n  global c\n  if c is None: c = open('system.md').read()\n  return c",
        ),
        (
            "f",
            "c = None\ndef f():\n  global c\n  if not c:\n    c = open('system.md').read()\n  return c",
        ),
        (
            "f",
            "c = {}\ndef f(k):\n  if k not in c: c[k] = open('system.md').read()\n  return c[k]",
        ),
        (
            "f",
            "c = {}\ndef f(k):\n  x = c.get(k)\n  if c.get(k): return x\n  c[k] = open('system.md').read()",
        ),
        (
            "f",
            "c = {}\ndef f(k):\n  try: return c[k]\n  except KeyError: c[k] = open('system.md').read()\n  return c[k]",
        ),
        ("C", "C = open('system.md').read()"),
        ("C", "with open('system.md') as file:\n  C = file.read()"),
        ("K.c", "class K:\n  c = open('system.md').read()"),
        (
            "f",
            "c = None\ndef g():\n  global c\n  c = open('system.md').read()\ndef f():\n  if c is None: g()\n  return c",
        ),
        (
            "f",
            "c = {}\ndef f(k):\n  if k not in c:\n    text = open('system.md').read()\n    c[k] = text\n  return c[k]",
        ),
        (
            "T",
            "T = {}\nfor one in DIR.glob('prompts/*.md'): T[one.stem] = one.read_text()",
        ),
        (
            "p",
            "import configparser\np = configparser.ConfigParser()\np.read('prompts/system.md')",
        ),
    ];
    for (name, text) in kept {
        assert_eq!(names(FILE, text), [name], "{text}");
    }
}

/// What reads anew, or keeps something else.
#[test]
fn no_cache_over_the_file() {
    let free = [
        "def f(): return open('system.md').read()",
        "from functools import cache\n@cache\ndef f(): return open('other.md').read()",
        "from functools import cache\nfrom pathlib import Path\n@cache\ndef where(): return Path(__file__).parent / 'system.md'",
        "from functools import cache\n@cache\ndef f(n): return open(f'tables/{n}.md').read()",
        "from functools import cache\nfrom pathlib import Path\n@cache\ndef f(stamp): return open('system.md').read(), Path('x').stat().st_mtime_ns",
        "from cachetools import cached, TTLCache\n@cached(TTLCache(9, 60))\ndef f(): return open('system.md').read()",
        "import streamlit as st\n@st.cache_data(ttl=60)\ndef f(): return open('system.md').read()",
        "from mine import cache\n@cache\ndef f(): return open('system.md').read()",
        "import functools\ndef g(): return open('system.md').read()\nf = functools.partial(g)\nTABLE = {'g': g}",
        "PATH = 'system.md'",
        // What is only made here runs later, and reads anew.
        "text = lambda: open('system.md').read()\nTABLE = {'a': lambda: open('system.md').read()}",
        "def make():\n  def index(): return open('system.md').read()\n  return index\napp = make()",
        // What is kept is something else.
        "db = None\ndef f():\n  global db\n  if db is None: db = connect()\n  return open('system.md').read()",
        "warned = {}\ndef f(x):\n  if x not in warned: warned[x] = True\n  return open('system.md').read()",
        "c = {}\ndef f(x):\n  c = {}\n  if x not in c: c[x] = open('system.md').read()\n  return c",
        // It is written.
        "LOG = open('system.md', 'a')",
        "from pathlib import Path\nwith Path('system.md').open('w') as file:\n  N = file.write('x')",
        // It lies elsewhere.
        "from pathlib import Path\nT = (Path('a') / 'system.md').read_text()",
        "import os\nT = open(os.path.join('a', 'system.md')).read()",
        // It forgets.
        "from cachetools import cached, TTLCache\nstore = TTLCache(9, 60)\n@cached(store)\ndef f(): return open('system.md').read()",
        "import time\nc = None\nat = 0\ndef f():\n  global c, at\n  if c is None or time.time() - at > 9: c = open('system.md').read(); at = time.time()\n  return c",
        "import logging\nlogging.info('system.md')",
    ];
    for text in free {
        assert_eq!(names(FILE, text), [""; 0], "{text}");
    }
}

#[test]
fn a_name_is_followed_from_module_to_module() {
    let modules = [
        ("app.__init__", "from .load import read as fetch"),
        (
            "app.load",
            "from . import places\ndef read(): return open(places.SYSTEM).read()",
        ),
        ("app.places", "SYSTEM = 'prompts/' 'system.md'"),
        ("app.web.__init__", ""),
        (
            "app.web.views",
            "import app\nfrom ..deep import keep\n@keep()\ndef no(): return app.fetch()\nfrom functools import cache\n@cache\ndef yes(): return app.fetch()",
        ),
    ];
    let found = over(FILE, &modules);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].name.as_str(), found[0].line, &found[0].file),
        ("yes", 6, &PathBuf::from("/p/app/web/views.py"))
    );
    assert_eq!(found[0].how, How::Decorator("functools.cache".to_owned()));
}

#[test]
fn settings_of_pydantic_and_dotenv_hold_the_file_that_they_name() {
    let settings = "from pydantic_settings import BaseSettings, SettingsConfigDict\nfrom functools import cache\n\
        class Settings(BaseSettings):\n  model_config = SettingsConfigDict(env_file='.env')\n  name: str = ''\n\
        @cache\ndef settings(): return Settings()\n";
    assert_eq!(names("/p/.env", settings), ["settings"]);
    assert_eq!(
        names("/p/.env", "from dotenv import load_dotenv\nload_dotenv()"),
        ["load_dotenv"]
    );
    assert_eq!(
        names(
            "/p/.env",
            "from dotenv import load_dotenv\nload_dotenv('.env.local')"
        ),
        [""; 0]
    );
    let nested = "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n  class Config:\n    env_file = '.env'\ns = S()";
    assert_eq!(names("/p/.env", nested), ["s"]);
}

#[test]
fn who_clears_it_is_named_where_anybody_calls_that() {
    let head = "from functools import cache\n@cache\ndef f(): return open('system.md').read()\n";
    let cleared = |rest: &str| {
        let found = over(FILE, &[("app", &format!("{head}{rest}"))]);
        assert_eq!(found.len(), 1, "{rest}");
        found[0].cleared.as_ref().map(|place| place.name.clone())
    };
    assert_eq!(cleared(""), None);
    assert_eq!(
        cleared("def forget(): f.cache_clear()"),
        None,
        "nobody calls it"
    );
    assert_eq!(
        cleared("def forget(): f.cache_clear()\ndef main(): forget()").as_deref(),
        Some("forget")
    );
    assert_eq!(
        cleared("@signal\ndef on_change(): f.cache_clear()").as_deref(),
        Some("on_change")
    );
    let own = "c = None\ndef f():\n  global c\n  if c is None: c = open('system.md').read()\n  return c\n\
        def forget():\n  global c\n  c = None\nforget()";
    assert_eq!(
        over(FILE, &[("app", own)])[0]
            .cleared
            .as_ref()
            .map(|place| place.line),
        Some(6)
    );
}

#[test]
fn joblib_keeps_on_disk_what_other_modules_compute() {
    let modules = [
        ("app.clean", "def clean(x): return x"),
        (
            "app.store",
            "from joblib import Memory\nfrom pathlib import Path\nmemory = Memory(Path('var') / 'results')",
        ),
        (
            "app.heavy",
            "from .store import memory\nfrom .clean import clean\n@memory.cache(ignore=['y'])\ndef f(x, y):\n    return clean(x)\n",
        ),
    ];
    let found = over("/p/app/clean.py", &modules);
    let directories = vec!["var/results".to_owned()];
    let text = "@memory.cache(ignore=['y'])\ndef f(x, y):\n    return clean(x)".to_owned();
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].how,
        How::Disk {
            directories,
            module: "app.heavy".to_owned(),
            function: "f".to_owned(),
            text
        }
    );
    assert_eq!(
        over("/p/app/heavy.py", &modules),
        [],
        "its own text is compared"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]
    /// Half a file is a file, too.
    #[test]
    fn any_text_is_read_without_a_panic(text in "(?s)(def |class |@|f\"\\{|\\(|\\[|:|\n|    |x|=|import |from |\\.|global |'''|if |try|\\PC){0,60}") {
        parse::read("m", false, &text);
    }
}

/// What a program wrote goes on for long, and is nobody's to wait for.
#[test]
fn long_functions_are_read_in_a_moment() {
    let lines = |line: &str| format!("def f(x, y):\n{}", format!("  {line}\n").repeat(15_000));
    let many: String = (0..8_000)
        .map(|n| format!("  x{n} = g{n}(x{n}, y, 'a{n}')\n  y = h(x{n})\n"))
        .collect();
    for text in [
        lines("x = g(x, y)"),
        lines("y[x] = g(x, y[x])"),
        format!("def f(y):\n{many}"),
        format!("y = 1\n{}", many.replace("\n  ", "\n").trim_start()),
    ] {
        parse::read("m", false, &text);
    }
}

#[test]
fn what_no_parser_likes_is_read_without_a_panic() {
    let deep =
        |open: &str, close: &str| format!("x = {}1{}", open.repeat(20_000), close.repeat(20_000));
    for text in [
        deep("-", ""),
        deep("(", ")"),
        deep("[", ""),
        deep("f'{", "}'"),
        deep("-", ""),
        "if x:\n".repeat(3_000),
        "a.".repeat(20_000),
        "\u{feff}x=1\0\r\r\n\u{2028}".to_owned(),
    ] {
        parse::read("m", false, &text);
    }
}
