//! What belongs to an interpreter's binary: its version, the tag and magic number of its bytecode,
//! where its library lies. One that may be started is asked once, with `-I -S` so that nothing of a
//! project runs, and the answer is remembered under its resolved path, inode, size and time of
//! change.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::startable::{Startable, bare};
use crate::env::Env;
use crate::host::spawn::{self, Program};
use crate::host::{Memory, stamp};
use crate::values::digest;
use crate::values::fields;

const FORMAT: &str = "pydevenv interpreter 1";
const KIND: &str = "interpreters";

/// An interpreter that does not answer within this time is not waited for: one on a busy machine,
/// behind a shim, on a remote file system does. Together with what `library` asks next it stays
/// below five seconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// Prints what we want to know, as fields that end in NUL.
const QUESTION: &str = "\
import sys, os, site, importlib.util
i = sys.implementation
a = [sys.executable, '%d.%d' % sys.version_info[:2], i.cache_tag or '', importlib.util.MAGIC_NUMBER.hex(),
     getattr(sys, 'pycache_prefix', None) or '', os.path.dirname(os.__file__)]
a += site.getsitepackages([sys.base_prefix])
sys.stdout.buffer.write(b''.join(os.fsencode(f) + b'\\0' for f in a))
";

/// Files by which pyenv, asdf and mise choose what a shim starts.
const VERSION_FILES: [&str; 4] = [
    ".python-version",
    ".tool-versions",
    "mise.toml",
    ".mise.toml",
];

/// Variables by which they choose.
const VERSION_VARIABLES: [&str; 4] = [
    "PYENV_VERSION",
    "PYENV_ROOT",
    "ASDF_PYTHON_VERSION",
    "MISE_PYTHON_VERSION",
];

/// What an interpreter said of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    pub exe: PathBuf,
    pub version: String,
    pub tag: String,
    pub magic: [u8; 4],
    /// The prefix that the build presets, as Apple's does.
    pub preset_prefix: Option<PathBuf>,
    pub stdlib: PathBuf,
    /// Where the interpreter's own third-party packages lie, without any environment.
    pub site_packages: Vec<PathBuf>,
}

impl Interpreter {
    /// Returns whether its bytecode says in its header how it is checked (PEP 552).
    pub fn knows_flags(&self) -> bool {
        let mut numbers = self
            .version
            .split('.')
            .map(|part| part.parse::<u32>().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (3, 7)
    }
}

/// Returns what is known of an interpreter, asking it where nothing is remembered.
pub fn known(python: &Startable, env: &Env, cwd: &Path, memory: &Memory) -> Option<Interpreter> {
    let question = Question::of(python, env, cwd)?;
    let answer = || {
        let answer = ask(python, env, cwd)?;
        let parts: Vec<&[u8]> = answer.split(|&b| b == 0).collect();
        let answers = parts[..parts.len() - 1].iter().copied();
        let file = fields::join(
            FORMAT,
            std::iter::once(question.identity.as_slice()).chain(answers),
        );
        let known = decode(&file, &question.identity)?;
        memory.keep(KIND, &question.key, &file);
        Some(known)
    };
    question
        .remembered(memory)
        .or_else(|| memory.unless_silent(&question.identity, answer))
}

/// Returns what is remembered of an interpreter, without starting it.
pub fn remembered(
    python: &Startable,
    env: &Env,
    cwd: &Path,
    memory: &Memory,
) -> Option<Interpreter> {
    Question::of(python, env, cwd)?.remembered(memory)
}

/// An interpreter's file, in the state that an answer belongs to.
struct Question {
    identity: Vec<u8>,
    key: String,
}

impl Question {
    fn of(python: &Startable, env: &Env, cwd: &Path) -> Option<Self> {
        let Startable {
            resolved, is_shim, ..
        } = python;
        let mut identity = stamp::of(resolved)?.identity();
        if *is_shim {
            identity.extend(selection(resolved, env, cwd));
        }
        Some(Self {
            identity,
            key: digest::key([resolved.as_os_str().as_bytes()]),
        })
    }

    fn remembered(&self, memory: &Memory) -> Option<Interpreter> {
        decode(&memory.recall(KIND, &self.key)?, &self.identity)
    }
}

/// Returns everything by which a shim is known to choose, as bytes.
fn selection(shim: &Path, env: &Env, cwd: &Path) -> Vec<u8> {
    let mut out = b" by ".to_vec();
    for name in VERSION_VARIABLES {
        out.extend_from_slice(env.get(name).unwrap_or_default().as_bytes());
        out.push(b'/');
    }
    let own = shim
        .parent()
        .and_then(Path::parent)
        .map(|root| root.join("version"));
    let near = cwd
        .ancestors()
        .flat_map(|dir| VERSION_FILES.iter().map(|name| dir.join(name)));
    let stamps = own
        .into_iter()
        .chain(near)
        .filter_map(|file| stamp::of(&file));
    stamps.for_each(|stamp| out.extend(stamp.identity()));
    out
}

/// Asks in a directory where nothing lies, and without the variables of the caller; but a shim
/// chooses by both.
fn ask(python: &Startable, env: &Env, cwd: &Path) -> Option<Vec<u8>> {
    let args = ["-I", "-S", "-c", QUESTION].map(OsString::from);
    let (env, cwd) = if python.is_shim {
        (env.iter().collect(), cwd)
    } else {
        (bare(env), Path::new("/"))
    };
    let said = spawn::hear(&Program::new(&python.path, &args, env), cwd, PATIENCE).ok()?;
    (said.status.success() && said.out.last() == Some(&0)).then_some(said.out)
}

fn decode(file: &[u8], identity: &[u8]) -> Option<Interpreter> {
    let fields = fields::split(FORMAT, file)?;
    let [
        remembered,
        exe,
        version,
        tag,
        magic,
        preset,
        stdlib,
        site @ ..,
    ] = fields.as_slice()
    else {
        return None;
    };
    let path = |bytes: &[u8]| PathBuf::from(OsString::from_vec(bytes.to_vec()));
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let magic = u32::from_str_radix(std::str::from_utf8(magic).ok()?, 16).ok()?;
    (*remembered == identity && !exe.is_empty() && !tag.is_empty()).then_some(())?;
    Some(Interpreter {
        exe: path(exe),
        version: text(version)?,
        tag: text(tag)?,
        magic: magic.to_be_bytes(),
        preset_prefix: (!preset.is_empty()).then(|| path(preset)),
        stdlib: path(stdlib),
        site_packages: site.iter().map(|dir| path(dir)).collect(),
    })
}

/// Returns the optimisation level that the environment asks for, as the interpreter reads it.
pub fn optimization(env: &Env) -> u8 {
    let value = env.filled("PYTHONOPTIMIZE").and_then(OsStr::to_str);
    value.map_or(0, |text| text.parse::<u8>().unwrap_or(1).min(2))
}
