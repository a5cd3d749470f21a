//! Names of directories and files that some shell would run or make something else of: as a
//! project, as what lies above and below one, as an environment and a dotenv file, as the home
//! directory, and as the path of the program. In every shell, at its prompt: the environment is
//! right and nothing runs, or the name is refused in words.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::nasty::{names, toml};
use crate::sandbox::{DEVENV, Sandbox, wait_for, wait_or};
use crate::shells::{Dialect, Shell, in_every_shell};

type Variables = BTreeMap<OsString, OsString>;

in_every_shell!(
    goes_through_projects_of_every_name,
    goes_through_homes_of_every_name,
    goes_through_programs_of_every_name,
);

const CACHED: &str = "[profiles.dev]\nbytecode = 'cached'\n";

/// Notes what an alias got.
const NOTED: &str = "#!/bin/sh\necho \"$LEVEL\" > \"$1.new\" && mv \"$1.new\" \"$1\"\n";

/// Makes a sandbox in which every project is trusted.
fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0").set("SHELL", "/bin/sh");
    sandbox.write("home/.config/pydevenv/config.toml", trusting(&sandbox));
    let noted = sandbox.write("bin/noted", NOTED);
    sandbox
        .plain(&["chmod", "+x", noted.to_str().unwrap()])
        .quiet();
    fs::create_dir(sandbox.path("notes")).unwrap();
    sandbox
}

fn trusting(sandbox: &Sandbox) -> String {
    format!("trusted = [\"{}\"]\n", sandbox.root.display())
}

/// Returns the place of a name: alone in a directory, so that a pattern finds it.
fn place(sandbox: &Sandbox, kind: &str, index: usize, name: &[u8]) -> PathBuf {
    sandbox
        .path(kind)
        .join(index.to_string())
        .join(OsStr::from_bytes(name))
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Waits until what was written is so old that no shell has to ask about it again.
fn wait_until_calm(newest: &Path) {
    let written = fs::metadata(newest).unwrap().ctime();
    let calm = SystemTime::UNIX_EPOCH
        + Duration::from_secs(u64::try_from(written + 1).unwrap())
        + Duration::from_millis(100);
    wait_for("the clock", || SystemTime::now() > calm);
}

impl Dialect {
    /// Goes to the one directory in a directory.
    fn enter(&self, above: &Path) -> String {
        let above = above.display();
        match self.name {
            "nu" => format!("cd (^find '{above}' -mindepth 1 -maxdepth 1 -printf %p/)"),
            "xonsh" => format!("cd @(__import__('glob').glob('{above}/*')[0])"),
            _ => format!("cd {above}/*"),
        }
    }

    /// Goes back to where it was before; elvish has no word for that.
    fn back(&self, above: &Path) -> String {
        if self.name == "elvish" {
            self.enter(above)
        } else {
            "cd -".to_owned()
        }
    }

    /// Has the working directory be the user's home.
    fn settle_here(&self) -> &'static str {
        match self.name {
            "fish" => "set -gx HOME $PWD",
            "tcsh" => "setenv HOME $cwd:q",
            "elvish" => "set-env HOME $pwd",
            "nu" => "$env.HOME = $env.PWD",
            "xonsh" => "$HOME = $PWD",
            _ => "export HOME=\"$PWD\"",
        }
    }

    /// Has the hook be as if it were never loaded, where it can't be loaded over the one before.
    fn forget(&self) -> Option<&'static str> {
        match self.name {
            "elvish" => Some("set edit:before-readline = []; set after-chdir = []"),
            "nu" => Some("$env.config.hooks.pre_prompt = []; hide-env -i __pydevenv"),
            _ => None,
        }
    }

    /// Returns whether the shell itself can go to a directory: nushell's `cd` takes control
    /// characters out.
    fn goes_to(&self, name: &[u8]) -> bool {
        (self.holds)(name)
            && !(self.name == "nu" && name.iter().any(|byte| b"\r\x1b".contains(byte)))
    }

    /// Returns whether the shell can stand in a directory and have it in `PATH`.
    fn stands_in(&self, path: &Path) -> bool {
        let bytes = path.as_os_str().as_bytes();
        // xonsh reads variables in what it takes for a list of directories.
        (self.holds)(bytes) && !(self.name == "xonsh" && bytes.contains(&b'$'))
    }
}

/// Says of a shell what is wrong, with the name.
struct Judge<'a> {
    dialect: Dialect,
    name: &'a [u8],
    wrong: &'a mut Vec<String>,
}

impl Judge<'_> {
    fn has(&mut self, env: &Variables, name: &str, wanted: Option<&[u8]>, when: &str) {
        let got = env.get(OsStr::new(name)).map(|value| value.as_bytes());
        if got != wanted {
            let show = |value: Option<&[u8]>| value.map(|value| value.escape_ascii().to_string());
            self.says(&format!(
                "{name} is {:?}, not {:?} {when}",
                show(got),
                show(wanted)
            ));
        }
    }

    fn says(&mut self, what: &str) {
        self.wrong.push(format!(
            "{} {:?}: {what}",
            self.dialect.name,
            String::from_utf8_lossy(self.name)
        ));
    }
}

/// Asserts that nothing is wrong, and that nothing ran.
#[track_caller]
fn assert_sound(sandbox: &Sandbox, wrong: &[String], shown: &str) {
    let hacked = sandbox.plain(&["find", "..", "-name", "HACKED*"]);
    let tail: String = shown
        .chars()
        .rev()
        .take(3000)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}\n{tail}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(hacked.ok(), "", "{tail}");
}

/// Makes a project with everything in it that has the name.
fn make_project(sandbox: &Sandbox, index: usize, name: &[u8]) -> PathBuf {
    let root = place(sandbox, "p", index, name);
    let (mut venv, mut dotenv) = (String::new(), String::new());
    if let Ok(text) = std::str::from_utf8(name) {
        venv = format!("venv = {}\n", toml(&format!("v/{text}")));
        dotenv = format!("dotenv = {}\n", toml(&format!("d/{text}")));
        write(&root.join("d").join(text), &format!("DOT=dot{index}\n"));
        write(
            &root.join("v").join(text).join("pyvenv.cfg"),
            "home = /usr/bin\n",
        );
    }
    let config = format!(
        "{venv}[env]\nLEVEL = 'l{index}'\nPATH.prepend = ['tools']\n[aliases]\ngreet = 'noted'\n{CACHED}{dotenv}"
    );
    write(&root.join("devenv.toml"), &config);
    write(
        &root.join("inner/devenv.toml"),
        &format!("[env]\nLEVEL = 'in{index}'\nPATH.prepend = ['tools']\n{CACHED}"),
    );
    root
}

fn goes_through_projects_of_every_name(dialect: Dialect) {
    let sandbox = sandbox();
    let names = names();
    let roots: Vec<PathBuf> = names
        .iter()
        .enumerate()
        .map(|(index, name)| make_project(&sandbox, index, name))
        .collect();
    wait_until_calm(&roots.last().unwrap().join("inner/devenv.toml"));
    let mut shell = Shell::start(&sandbox, dialect);
    let home = format!("cd {}", sandbox.path("home").display());
    let before = shell.after(&home);
    let mut wrong = Vec::new();
    for (index, root) in roots
        .iter()
        .enumerate()
        .filter(|(index, _)| dialect.goes_to(&names[*index]))
    {
        let mut judge = Judge {
            dialect,
            name: &names[index],
            wrong: &mut wrong,
        };
        let inside = shell.after(&dialect.enter(root.parent().unwrap()));
        judge.in_project(&inside, index, root, &shell.shown());
        if inside.contains_key(OsStr::new("LEVEL")) {
            walk(&mut shell, &mut judge, index, root);
        }
        let after = shell.after(&home);
        for name in ["PATH", "LEVEL", "DOT", "VIRTUAL_ENV", "PYDEVENV_SESSION"] {
            judge.has(
                &after,
                name,
                before.get(OsStr::new(name)).map(|value| value.as_bytes()),
                "after leaving",
            );
        }
    }
    assert_sound(&sandbox, &wrong, &shell.shown());
}

impl Judge<'_> {
    fn in_project(&mut self, env: &Variables, index: usize, root: &Path, shown: &str) {
        let bytes = root.as_os_str().as_bytes();
        let refusal = if bytes.contains(&b':') {
            "can't hold a colon"
        } else {
            "can't hold the value of `PATH`"
        };
        if bytes.contains(&b':') || !self.dialect.stands_in(root) {
            // What is the same for each of them is said once in the life of a shell.
            if !shown.contains(refusal) {
                self.says("is not refused");
            }
            return;
        }
        self.has(env, "LEVEL", Some(format!("l{index}").as_bytes()), "inside");
        let mut path = [bytes, b"/tools:"].concat();
        if std::str::from_utf8(self.name).is_ok() {
            let venv = [bytes, b"/v/", self.name].concat();
            self.has(env, "DOT", Some(format!("dot{index}").as_bytes()), "inside");
            self.has(env, "VIRTUAL_ENV", Some(&venv), "inside");
            path.extend([&venv, b"/bin:".as_slice()].concat());
        }
        let got = env.get(OsStr::new("PATH")).unwrap().as_bytes();
        if !got.starts_with(&path) {
            self.says(&format!("PATH is {} inside", got.escape_ascii()));
        }
    }
}

/// Stays, calls an alias, goes to a project below and back, leaves and comes back.
fn walk(shell: &mut Shell<'_>, judge: &mut Judge<'_>, index: usize, root: &Path) {
    let dialect = shell.dialect;
    let note = shell.sandbox.path("notes").join(index.to_string());
    shell.line(&format!("greet {}", note.display()));
    wait_or(
        || format!("the alias of {} in {}", root.display(), shell.shown()),
        || note.exists(),
    );
    if fs::read_to_string(note).unwrap() != format!("l{index}\n") {
        judge.says("the alias got another environment");
    }
    let turns = shell.turns();
    let below = shell.after("cd inner");
    if shell.turns() != turns + 1 {
        judge.says("asks at an idle prompt");
    }
    judge.has(
        &below,
        "LEVEL",
        Some(format!("in{index}").as_bytes()),
        "in the project below",
    );
    let left = shell.after(&format!("cd {}", shell.sandbox.path("home").display()));
    judge.has(&left, "LEVEL", None, "outside");
    let back = shell.after(&dialect.back(root.parent().unwrap()));
    let level = if dialect.name == "elvish" {
        format!("l{index}")
    } else {
        format!("in{index}")
    };
    judge.has(&back, "LEVEL", Some(level.as_bytes()), "back inside");
}

/// As a profile or an alias, each is refused when it is read, in a line that a terminal takes for
/// nothing else, but for those that are plain words.
#[test]
fn what_is_no_word_is_no_profile_and_no_alias() {
    let sandbox = sandbox();
    for name in names()
        .into_iter()
        .filter_map(|name| String::from_utf8(name).ok())
    {
        let is_word = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte));
        for table in ["profiles", "aliases"] {
            let value = if table == "profiles" { "{}" } else { "'true'" };
            sandbox.write(
                "project/devenv.toml",
                format!("[{table}]\n{} = {value}\n", toml(&name)),
            );
            let said = sandbox.devenv(&["status"]);
            let is_refused =
                said.code == Some(2) && said.err.starts_with("devenv: devenv.toml:2:1: ");
            // A profile begins with a letter.
            let is_fine = is_word && (table == "aliases" || name != "_");
            assert!(is_refused != is_fine, "{table} {name:?}: {said:#?}");
            assert!(
                !said
                    .err
                    .chars()
                    .any(|char| char.is_control() && char != '\n'),
                "{table} {name:?}: {said:#?}"
            );
        }
        fs::write(sandbox.path("project/devenv.toml"), "").unwrap();
        let said = sandbox
            .command(DEVENV)
            .args(&["status"])
            .env("PYDEVENV_PROFILE", &name)
            .run();
        assert!(
            said.code == Some(2)
                && !said
                    .err
                    .chars()
                    .any(|char| char.is_control() && char != '\n'),
            "{said:#?}"
        );
    }
}

fn goes_through_homes_of_every_name(dialect: Dialect) {
    let sandbox = sandbox();
    sandbox.write(
        "project/devenv.toml",
        format!("[env]\nLEVEL = 'one'\n{CACHED}"),
    );
    let names = names();
    let home = |index: usize, name: &[u8]| place(&sandbox, "h", index, name);
    for (index, name) in names.iter().enumerate() {
        write(
            &home(index, name).join(".config/pydevenv/config.toml"),
            &trusting(&sandbox),
        );
    }
    wait_until_calm(
        &home(names.len() - 1, names.last().unwrap()).join(".config/pydevenv/config.toml"),
    );
    let mut shell = Shell::start(&sandbox, dialect);
    let mut wrong = Vec::new();
    for (index, name) in names
        .iter()
        .enumerate()
        .filter(|(_, name)| dialect.goes_to(name))
    {
        let mut judge = Judge {
            dialect,
            name,
            wrong: &mut wrong,
        };
        let home = home(index, name);
        shell.line(&dialect.enter(home.parent().unwrap()));
        shell.line(dialect.settle_here());
        let inside = shell.after(&format!("cd {}", sandbox.project().display()));
        judge.has(&inside, "HOME", Some(home.as_os_str().as_bytes()), "inside");
        judge.has(&inside, "LEVEL", Some(b"one"), "inside");
        // Where a record was written, its directory is new.
        let turns = shell.turns();
        let left = shell.after(&format!("cd {}", sandbox.root.display()));
        if shell.turns() > turns + 2 {
            judge.says("asks at an idle prompt");
        }
        judge.has(&left, "LEVEL", None, "outside");
    }
    assert_sound(&sandbox, &wrong, &shell.shown());
}

fn goes_through_programs_of_every_name(dialect: Dialect) {
    let sandbox = sandbox();
    sandbox.write(
        "project/devenv.toml",
        format!("[env]\nLEVEL = 'one'\n[aliases]\ngreet = 'noted'\n{CACHED}"),
    );
    fs::copy(DEVENV, sandbox.path("copy")).unwrap();
    wait_until_calm(&sandbox.path("project/devenv.toml"));
    let mut shell = Shell::bare(&sandbox, dialect, dialect.start);
    let mut wrong = Vec::new();
    for (index, name) in names().iter().enumerate() {
        let mut judge = Judge {
            dialect,
            name,
            wrong: &mut wrong,
        };
        let program = place(&sandbox, "b", index, name).join("devenv");
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::hard_link(sandbox.path("copy"), &program).unwrap();
        let script = sandbox
            .command(&program)
            .args(&["hook", dialect.name])
            .run();
        if !dialect.stands_in(&program) {
            if script.code != Some(2) || !script.err.contains("can't hold") {
                judge.says(&format!("is not refused: {script:?}"));
            }
            continue;
        }
        let file = sandbox.write(
            &format!("hooks/{index}"),
            hook_text(&sandbox, &program, dialect),
        );
        dialect
            .forget()
            .into_iter()
            .for_each(|line| shell.line(line));
        shell.line(&(dialect.load)(file.to_str().unwrap()));
        let inside = shell.after(&format!("cd {}", sandbox.project().display()));
        judge.has(&inside, "LEVEL", Some(b"one"), "inside");
        let note = sandbox.path("notes").join(index.to_string());
        if inside.contains_key(OsStr::new("LEVEL")) {
            shell.line(&format!("greet {}", note.display()));
            wait_or(
                || format!("the alias of {} in {}", program.display(), shell.shown()),
                || note.exists(),
            );
        }
        let left = shell.after(&format!("cd {}", sandbox.path("home").display()));
        judge.has(&left, "LEVEL", None, "outside");
    }
    assert_sound(&sandbox, &wrong, &shell.shown());
}

/// Returns the hook as bytes: its program's path may be no text.
fn hook_text(sandbox: &Sandbox, program: &Path, dialect: Dialect) -> Vec<u8> {
    let mut command = std::process::Command::new(program);
    command
        .env_clear()
        .envs(&sandbox.env)
        .args(["hook", dialect.name])
        .output()
        .unwrap()
        .stdout
}
