//! PowerShell, which can't be started where the tests run: what it is told is read here by its
//! rules for quotes. Every name lies between quotes, whole, and nothing of one outside.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::nasty::{names, toml};
use crate::sandbox::{DEVENV, Sandbox};

/// Text with its strings taken apart.
#[derive(Default)]
struct Read {
    /// Strings in which nothing is put in.
    strings: Vec<String>,
    /// Everything else.
    rest: String,
}

/// Reads text by PowerShell's rules: in single quotes two are one, in double quotes a backquote
/// escapes and a dollar puts in.
fn read(text: &str) -> Read {
    let mut out = Read::default();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '#' if out.rest.is_empty() || out.rest.ends_with(['\n', ' ']) => {
                while chars.next_if(|next| *next != '\n').is_some() {}
            }
            '\'' => {
                let mut string = String::new();
                while let Some(char) = chars.next() {
                    if char == '\'' && chars.next_if_eq(&'\'').is_none() {
                        break;
                    }
                    string.push(char);
                }
                out.strings.push(string);
            }
            '"' => match double_quoted(&mut chars) {
                (string, false) => out.strings.push(string),
                (string, true) => out.rest.push_str(&string),
            },
            char => out.rest.push(char),
        }
    }
    out
}

/// Reads a string to its end; returns whether something is put in.
fn double_quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> (String, bool) {
    let (mut string, mut is_filled) = (String::new(), false);
    while let Some(char) = chars.next() {
        match char {
            '"' if chars.next_if_eq(&'"').is_none() => break,
            '`' => match chars.next().unwrap() {
                'u' => {
                    let code: String = chars
                        .by_ref()
                        .skip(1)
                        .take_while(|char| *char != '}')
                        .collect();
                    string.push(char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap());
                }
                char => string.push(char),
            },
            '$' => {
                is_filled = true;
                string.push('$');
            }
            char => string.push(char),
        }
    }
    (string, is_filled)
}

fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0");
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = [\"{}\"]\n", sandbox.root.display()),
    );
    sandbox
}

fn said(sandbox: &Sandbox, program: &Path, args: &[&OsStr], cwd: &Path) -> Output {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(&sandbox.env)
        .env("PWD", cwd)
        .current_dir(cwd)
        .args(args)
        .output()
        .unwrap()
}

fn is_apart(read: &Read, name: &str) {
    assert!(
        !read.rest.contains("HACKED") && read.rest.is_ascii(),
        "{name:?}: {}",
        read.rest
    );
}

#[test]
fn a_project_of_every_name_is_a_string() {
    let sandbox = sandbox();
    for (index, name) in names().iter().enumerate() {
        let root = sandbox
            .path("p")
            .join(index.to_string())
            .join(OsStr::from_bytes(name));
        fs::create_dir_all(&root).unwrap();
        let Ok(name) = std::str::from_utf8(name) else {
            continue;
        };
        if name.contains(':') {
            continue;
        }
        let venv = root.join("v").join(name);
        fs::create_dir_all(&venv).unwrap();
        fs::write(venv.join("pyvenv.cfg"), "home = /usr/bin\n").unwrap();
        let text = "[env]\nLEVEL = 'one'\nPATH.prepend = ['tools']\n[profiles.dev]\nbytecode = 'cached'\n[aliases]\ngreet = 'true'\n";
        fs::write(
            root.join("devenv.toml"),
            format!("venv = {}\n{text}", toml(&format!("v/{name}"))),
        )
        .unwrap();
        let words = ["__turn", "pwsh", "7.4.0", "77", "-"].map(OsStr::new);
        let turn = said(
            &sandbox,
            Path::new(DEVENV),
            &[&words[..], &[root.as_os_str()]].concat(),
            &root,
        );
        let text = String::from_utf8(turn.stdout).unwrap();
        let read = read(&text);
        is_apart(&read, name);
        let (root, venv) = (root.to_str().unwrap(), venv.to_str().unwrap());
        for wanted in [venv, "one"] {
            assert!(
                read.strings.iter().any(|string| string == wanted),
                "{name:?}: {wanted} in {text}"
            );
        }
        let path = format!("{root}/tools:{venv}/bin:");
        assert!(
            read.strings.iter().any(|string| string.starts_with(&path)),
            "{name:?}: {path} in {text}"
        );
    }
}

#[test]
fn a_program_of_every_name_is_a_string() {
    let sandbox = sandbox();
    fs::copy(DEVENV, sandbox.path("copy")).unwrap();
    for (index, name) in names().iter().enumerate() {
        let program = sandbox
            .path("b")
            .join(index.to_string())
            .join(OsStr::from_bytes(name))
            .join("devenv");
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::hard_link(sandbox.path("copy"), &program).unwrap();
        let hook = said(
            &sandbox,
            &program,
            &[OsStr::new("hook"), OsStr::new("pwsh")],
            &sandbox.project(),
        );
        let Some(path) = program.to_str() else {
            assert_eq!(hook.status.code(), Some(2));
            assert!(
                String::from_utf8_lossy(&hook.stderr)
                    .contains("can't hold the path of this program")
            );
            continue;
        };
        let read = read(std::str::from_utf8(&hook.stdout).unwrap());
        is_apart(&read, path);
        assert!(
            read.strings.iter().any(|string| string == path),
            "{path:?}: {:?}",
            read.strings
        );
    }
}
