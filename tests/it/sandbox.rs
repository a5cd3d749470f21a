//! A directory with a home and a project in it, and runs of programs that see nothing else.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The program under test.
pub const DEVENV: &str = env!("CARGO_BIN_EXE_devenv");

/// A condition that does not hold after this time never will.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// What a program needs to reach a package registry; nothing else is passed on.
const PASSED: [&str; 7] = [
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
];

/// Returns a program that `tests/run` installed for the tests alone.
pub fn tool(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/tools/bin")
        .join(name);
    assert!(path.exists(), "`{name}` is missing: run tests/run");
    path
}

/// Waits for a condition.
#[track_caller]
pub fn wait_for(what: &str, condition: impl Fn() -> bool) {
    wait_or(|| what.to_owned(), condition);
}

/// Waits for a condition; where it never holds, `seen` says what was there instead.
#[track_caller]
pub fn wait_or(seen: impl Fn() -> String, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "waited in vain: {}", seen());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Returns an interpreter of the tests' own: a copy, because the fill adds bytecode to an
/// interpreter's library.
pub fn python() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/python/bin/python3");
    assert!(
        path.exists(),
        "the interpreter of the tests is missing: run tests/run"
    );
    path.canonicalize().unwrap()
}

/// What a program said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub out: String,
    pub err: String,
    pub code: Option<i32>,
    pub signal: Option<i32>,
}

impl Said {
    fn of(output: &Output) -> Self {
        Self {
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
            signal: output.status.signal(),
        }
    }

    /// Returns what was printed, after a success without a word on stderr.
    #[track_caller]
    pub fn quiet(&self) -> &str {
        assert!(self.code == Some(0) && self.err.is_empty(), "{self:#?}");
        self.out.trim_end()
    }

    /// Returns what was printed, after a success.
    #[track_caller]
    pub fn ok(&self) -> &str {
        assert!(self.code == Some(0), "{self:#?}");
        self.out.trim_end()
    }

    /// Says nothing on stdout, and these words on stderr, after a success.
    #[track_caller]
    pub fn quiet_words(&self, words: &str) {
        assert!(
            self.ok().is_empty() && self.err.contains(words),
            "{self:#?}"
        );
    }

    /// Returns the words on stderr, after an exit with this status.
    #[track_caller]
    pub fn fails(&self, code: i32) -> &str {
        assert!(self.code == Some(code), "{self:#?}");
        self.err.trim_end()
    }
}

/// A directory of its own for one test, removed at its end.
#[derive(Debug)]
pub struct Sandbox {
    pub root: PathBuf,
    pub env: BTreeMap<OsString, OsString>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("left for a look: {}", self.root.display());
        } else {
            self.settle();
            let _ = Command::new("chmod")
                .args(["-R", "u+w"])
                .arg(&self.root)
                .output();
            let _ = fs::remove_dir_all(&self.root);
        }
    }
}

impl Sandbox {
    /// Makes a sandbox with a home and an empty directory `project`.
    pub fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("devenv-it-{}-{number}", std::process::id());
        let root = std::env::temp_dir().canonicalize().unwrap().join(name);
        for directory in ["home", "project", "bin"] {
            fs::create_dir_all(root.join(directory)).unwrap();
        }
        // Not links to the interpreter: Python looks for the library of an environment beside the
        // link it was made by.
        let programs = [
            root.join("bin").as_path(),
            parent(&python()),
            parent(Path::new(DEVENV)),
        ]
        .map(|path| path.display().to_string());
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", programs.join(":"));
        let own = [
            ("HOME", root.join("home").display().to_string()),
            ("PATH", path),
            ("LC_ALL", "C.UTF-8".into()),
        ];
        let passed = PASSED
            .iter()
            .filter_map(|name| std::env::var_os(name).map(|value| (OsString::from(name), value)));
        Self {
            env: own
                .into_iter()
                .map(|(k, v)| (k.into(), v.into()))
                .chain(passed)
                .collect(),
            root,
        }
    }

    /// Makes a sandbox whose project has an empty, trusted configuration.
    pub fn configured() -> Self {
        let sandbox = Self::new();
        sandbox.write("project/devenv.toml", "");
        sandbox.allow();
        sandbox
    }

    /// Sets a variable for every program that runs from now on.
    pub fn set(&mut self, name: &str, value: impl AsRef<OsStr>) -> &mut Self {
        self.env.insert(name.into(), value.as_ref().to_owned());
        self
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub fn project(&self) -> PathBuf {
        self.path("project")
    }

    pub fn cache(&self) -> PathBuf {
        self.path("home/.cache/pydevenv")
    }

    pub fn state(&self) -> PathBuf {
        self.path("home/.local/state/pydevenv")
    }

    /// Writes a file, with the directories above it.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Returns a program that will run in the project.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Run<'_> {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(&self.env)
            .current_dir(self.project())
            .stdin(Stdio::null());
        Run {
            sandbox: self,
            command,
        }
    }

    /// Runs a program that sees a directory of the sandbox as read-only.
    pub fn read_only(&self, directory: &str, args: &[&str]) -> Said {
        let path = self.path(directory);
        if !is_root() {
            self.plain(&["chmod", "-R", "a-w", path.to_str().unwrap()])
                .ok();
            return self.devenv(args);
        }
        let script = "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" && cd \"$PWD\" && exec \"$@\"";
        let head = [
            "--mount",
            "sh",
            "-c",
            script,
            path.to_str().unwrap(),
            DEVENV,
        ];
        self.command("unshare")
            .args(&head)
            .args(args)
            .within("project")
            .run()
    }

    /// Runs devenv.
    pub fn devenv(&self, args: &[&str]) -> Said {
        self.command(DEVENV).args(args).run()
    }

    /// Allows the project, and starts no fill by that.
    #[track_caller]
    pub fn allow(&self) {
        self.command(DEVENV)
            .args(&["allow"])
            .env("PYDEVENV_FILL", "0")
            .run()
            .ok();
    }

    /// Runs a program of the sandbox's `PATH` without devenv.
    pub fn plain(&self, command: &[&str]) -> Said {
        self.command(command[0]).args(&command[1..]).run()
    }

    /// Runs a program through devenv, in the default profile.
    pub fn through(&self, command: &[&str]) -> Said {
        self.devenv(&[&["run", "--"], command].concat())
    }

    /// Waits until no fill is left to do.
    pub fn settle(&self) {
        let fills = self.cache().join("fills");
        let waiting = |entry: &fs::DirEntry| {
            entry
                .path()
                .extension()
                .is_none_or(|extension| extension != "lock")
        };
        wait_for("the fill", || {
            !fs::read_dir(&fills)
                .into_iter()
                .flatten()
                .flatten()
                .any(|entry| waiting(&entry))
        });
    }

    /// Returns every file and directory below a path, with what tells whether it was touched.
    pub fn census(&self, path: &str) -> BTreeMap<PathBuf, String> {
        let mut out = BTreeMap::new();
        take_census(&self.path(path), &mut out);
        out
    }
}

/// Returns whether the tests run as root, whom modes do not stop.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap()
}

fn take_census(path: &Path, out: &mut BTreeMap<PathBuf, String>) {
    let meta = fs::symlink_metadata(path).unwrap();
    let content = if meta.is_file() {
        fs::read(path)
            .map(|b| format!("{:?}", hash(&b)))
            .unwrap_or_default()
    } else {
        String::new()
    };
    out.insert(
        path.to_owned(),
        format!("{:o} {} {}", meta.mode(), meta.ino(), content),
    );
    if meta.is_dir() {
        fs::read_dir(path)
            .into_iter()
            .flatten()
            .flatten()
            .for_each(|entry| take_census(&entry.path(), out));
    }
}

fn hash(bytes: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hasher};
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// A program that is about to run.
#[derive(Debug)]
pub struct Run<'a> {
    sandbox: &'a Sandbox,
    pub command: Command,
}

impl Run<'_> {
    pub fn args<S: AsRef<OsStr>>(mut self, args: &[S]) -> Self {
        self.command.args(args);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets the working directory, relative to the sandbox.
    pub fn within(mut self, path: &str) -> Self {
        self.command
            .current_dir(self.sandbox.path(path))
            .env("PWD", self.sandbox.path(path));
        self
    }

    /// Gives the program something to read.
    pub fn input(mut self, text: &str) -> Said {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        Said::of(&child.wait_with_output().unwrap())
    }

    pub fn run(mut self) -> Said {
        Said::of(&self.command.output().unwrap())
    }
}
