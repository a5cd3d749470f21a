//! What an interpreter knows of imports by itself: its own `sys.path`, the modules in its binary,
//! the ends of the names of extension modules. It is asked once, started with `-I -S`, and the
//! answer is remembered under the state of its file.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::imports::Manner;
use super::interpreter::Interpreter;
use super::startable::bare;
use crate::env::Env;
use crate::host::spawn::{self, Program};
use crate::host::{Memory, stamp};
use crate::values::digest;
use crate::values::fields;

const FORMAT: &str = "pydevenv library 1";
const KIND: &str = "libraries";

/// An interpreter that does not answer within this time is not waited for: it has just answered
/// another question.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Prints what we want to know, as fields that end in NUL; lists as one field, a line for each.
const QUESTION: &str = "\
import sys, os, site, _imp, importlib.machinery as m
frozen = getattr(_imp, '_frozen_module_names', None)
names = frozen() if frozen and sys.version_info >= (3, 11) else ['_frozen_importlib', '_frozen_importlib_external', 'zipimport']
user = getattr(site, '_get_path', None)
user = os.path.relpath(user('/x'), '/x') if user else 'lib/python%d.%d/site-packages' % sys.version_info[:2]
a = ['%d.%d.%d' % sys.version_info[:3], user]
a += ['\\n'.join(list(l)) for l in (sys.path, m.EXTENSION_SUFFIXES, sys.builtin_module_names, names)]
sys.stdout.buffer.write(b''.join(os.fsencode(f) + b'\\0' for f in a))
";

/// What an interpreter said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library {
    pub version: (u32, u32, u32),
    /// Where the user's own packages lie below their base.
    pub user_site: PathBuf,
    pub paths: Vec<PathBuf>,
    pub extensions: Vec<String>,
    pub builtins: Vec<String>,
    pub frozen: Vec<String>,
}

impl Library {
    /// Returns what is known of an interpreter, asking it where nothing is remembered.
    pub fn known(interpreter: &Interpreter, env: &Env, memory: &Memory) -> Option<Self> {
        let identity = stamp::of(&interpreter.exe)?.identity();
        let key = digest::key([interpreter.exe.as_os_str().as_bytes()]);
        let remembered = memory
            .recall(KIND, &key)
            .and_then(|file| Self::decode(&file, &identity));
        let ask = || {
            let args = ["-I", "-S", "-c", QUESTION].map(OsString::from);
            let program = Program::new(&interpreter.exe, &args, bare(env));
            let said = spawn::hear(&program, Path::new("/"), PATIENCE).ok()?;
            let answer = said
                .out
                .strip_suffix(b"\0")
                .filter(|_| said.status.success())?;
            let file = fields::join(
                FORMAT,
                std::iter::once(identity.as_slice()).chain(answer.split(|&byte| byte == 0)),
            );
            let known = Self::decode(&file, &identity)?;
            memory.keep(KIND, &key, &file);
            Some(known)
        };
        remembered.or_else(|| memory.unless_silent(&identity, ask))
    }

    /// Returns whether `-P` and `PYTHONSAFEPATH` mean something to it.
    pub(super) fn knows_safe_path(&self) -> bool {
        self.version >= (3, 11, 0)
    }

    /// Returns whether a directory in a zip file counts that has no entry of its own.
    pub(super) fn implies_directories(&self) -> bool {
        self.version >= (3, 14, 0)
    }

    /// Returns how it reads `.pth` files.
    pub(super) fn reads_pth(&self) -> Manner {
        let since = |minor, micro| self.version.1 == minor && self.version.2 >= micro;
        let is_later = self.version >= (3, 13, 0);
        Manner {
            skips_hidden: is_later || since(12, 2) || since(11, 8),
            knows_mark: is_later,
        }
    }

    fn decode(file: &[u8], identity: &[u8]) -> Option<Self> {
        let fields = fields::split(FORMAT, file)?;
        let [
            remembered,
            version,
            user_site,
            paths,
            extensions,
            builtins,
            frozen,
        ] = fields.as_slice()
        else {
            return None;
        };
        (*remembered == identity).then_some(())?;
        let mut numbers = std::str::from_utf8(version)
            .ok()?
            .split('.')
            .map(|part| part.parse::<u32>().ok());
        let mut number = || numbers.next().flatten();
        let lines = |field: &[u8]| {
            field
                .split(|&byte| byte == b'\n')
                .filter(|line| !line.is_empty())
                .map(<[u8]>::to_vec)
                .collect::<Vec<_>>()
        };
        let texts = |field: &[u8]| {
            lines(field)
                .into_iter()
                .filter_map(|line| String::from_utf8(line).ok())
                .collect()
        };
        Some(Self {
            version: (number()?, number()?, number()?),
            user_site: PathBuf::from(OsStr::from_bytes(user_site)),
            paths: lines(paths)
                .into_iter()
                .map(|line| PathBuf::from(OsString::from_vec(line)))
                .collect(),
            extensions: texts(extensions),
            builtins: texts(builtins),
            frozen: texts(frozen),
        })
    }
}
