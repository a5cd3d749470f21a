//! Consent that nobody gave: what devenv writes is allowed, what lay there before is not, and only
//! files that nobody else can replace are.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};

use crate::sandbox::{DEVENV, Said, Sandbox, is_root};

const LIBRARY: &str =
    "[project]\nname = 'x'\ndependencies = ['lib']\n[tool.uv.sources]\nlib = { path = '../lib' }\n";

/// A file and its text.
type File = (&'static str, &'static str);

/// A command, files beside it, files that are linked, and which of them is named.
type Found = (
    &'static [&'static str],
    &'static [File],
    &'static [File],
    &'static str,
);

const LOCAL: File = ("devenv.local.toml", "[env]\nLD_PRELOAD = './evil.so'\n");

/// Founds a project beside these files; what is linked leads out of the project.
fn founded(args: &[&str], files: &[File], linked: &[File]) -> (Sandbox, Said) {
    let sandbox = Sandbox::new();
    for (path, text) in files {
        sandbox.write(&format!("project/{path}"), text);
    }
    for (path, text) in linked {
        let target = sandbox.write(&format!("elsewhere/{path}"), text);
        symlink(target, sandbox.path("project").join(path)).unwrap();
    }
    sandbox.write("lib/pyproject.toml", "[project]\nname = 'lib'\n");
    sandbox.write("lib/src/lib/__init__.py", "");
    let said = sandbox.devenv(args);
    said.ok();
    (sandbox, said)
}

#[test]
fn what_devenv_writes_is_allowed() {
    let cases: [(&[&str], &[File]); 4] = [
        (&["init"], &[]),
        (
            &["init"],
            &[
                (".env", "A=1\n"),
                (".envrc", "export A=1\n"),
                ("pyproject.toml", "[project]\nname = 'x'\n"),
            ],
        ),
        (&["import", "direnv"], &[(".envrc", "export A=1\n")]),
        (
            &["import", "mise"],
            &[("mise.toml", "[env]\nA = '1'\n_.file = '.env'\n")],
        ),
    ];
    for (args, files) in cases {
        let (sandbox, said) = founded(args, files, &[]);
        assert!(said.err.contains("trusted it"), "{args:?} {said:#?}");
        sandbox.through(&["true"]).ok();
    }
}

#[test]
fn what_lay_there_before_is_not() {
    let cases: [Found; 9] = [
        (&["init"], &[LOCAL], &[], "devenv.local.toml"),
        (&["init"], &[], &[LOCAL], "devenv.local.toml"),
        (&["init"], &[("pyproject.toml", LIBRARY)], &[], "lib/src"),
        (
            &["init"],
            &[
                (".venv/pyvenv.cfg", "home = bin\n"),
                (".venv/bin/python", "x"),
            ],
            &[],
            ".venv",
        ),
        (
            &["import", "direnv"],
            &[(".envrc", "export A=1\n"), LOCAL],
            &[],
            "devenv.local.toml",
        ),
        (
            &["import", "direnv"],
            &[(".envrc", "export A=1\ndotenv\n"), (".env", "B=1\n")],
            &[],
            ".env",
        ),
        (&["import", "dotenv"], &[(".env", "B=1\n")], &[], ".env"),
        (
            &["import", "dotenv", ".envrc"],
            &[(".envrc", "B=1\n")],
            &[],
            ".envrc",
        ),
        (
            &["import", "mise"],
            &[("mise.toml", "[env]\n_.file = '.env'\n"), (".env", "B=1\n")],
            &[],
            ".env",
        ),
    ];
    for (args, files, linked, found) in cases {
        let (sandbox, said) = founded(args, files, linked);
        let words = said
            .err
            .lines()
            .find(|line| line.contains("not trusted yet"))
            .unwrap_or_default();
        assert!(
            words.contains(found) && !said.err.contains("trusted it"),
            "{args:?} {found}: {said:#?}"
        );
        assert!(
            said.err.ends_with("hint: `devenv allow` accepts it\n"),
            "{said:#?}"
        );
        assert!(
            said.err.contains("  profile dev: bytecode verified\n"),
            "its meaning is shown: {said:#?}"
        );
        let is_local = found == LOCAL.0;
        assert_eq!(
            said.err
                .contains("LD_PRELOAD=./evil.so, which makes programs run code"),
            is_local,
            "{said:#?}"
        );
        assert!(
            sandbox.through(&["true"]).fails(2).contains("not trusted"),
            "{args:?} {found}"
        );
        sandbox.allow();
        sandbox.through(&["true"]).ok();
    }
}

/// A link that leads nowhere yet is something, too: somebody means it to lead somewhere.
#[test]
fn a_link_that_leads_nowhere_yet_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("project/.envrc", "export A=1\ndotenv_if_exists\n");
    symlink("/nowhere/at/all", sandbox.path("project/.env")).unwrap();
    assert!(
        sandbox
            .devenv(&["import", "direnv"])
            .err
            .contains("it also takes in .env")
    );
    sandbox.through(&["true"]).fails(2);
}

/// An edit of ours keeps trust, and gives none: not through a link, nor where something else waits
/// to be accepted.
#[test]
fn an_edit_of_ours_gives_no_trust() {
    for linked in [false, true] {
        let sandbox = Sandbox::new();
        sandbox.write(
            "project/devenv.toml",
            "[profiles.odd]\ndotenv = [{ path = '.envrc', optional = true }]\n",
        );
        sandbox.write("project/conf/envrc", "# mine\n");
        let target = if linked { "conf/envrc" } else { ".envrc" };
        if linked {
            symlink(target, sandbox.path("project/.envrc")).unwrap();
        }
        sandbox.allow();
        let before = fs::read(sandbox.project().join(target)).unwrap_or_default();
        sandbox.devenv(&["inject", "direnv"]);
        let is_edited = fs::read(sandbox.project().join(target)).unwrap_or_default() != before;
        let status = sandbox.devenv(&["status"]);
        let word = if linked && is_edited {
            "changed, not trusted"
        } else {
            "trusted"
        };
        assert!(
            status.out.contains(&format!("trust      {word}\n")),
            "{linked}: {status:#?}"
        );
        assert!(is_edited || linked);
        sandbox.write("project/devenv.local.toml", "[env]\nA = '1'\n");
        for args in [
            &["check", "--fix"][..],
            &["inject", "gitignore"],
            &["inject", "direnv"],
        ] {
            sandbox.devenv(args);
            assert!(
                sandbox
                    .devenv(&["status"])
                    .out
                    .contains("changed, not trusted"),
                "{args:?}"
            );
        }
    }
}

#[test]
fn a_directory_s_name_moves_no_configuration() {
    for name in [
        "mise", ".mise", ".config", "direnv", ".envrc", ".env", "devenv", ".git-x", "a b",
    ] {
        for (from, file, text) in [
            ("mise", "mise.toml", "[env]\nA = '1'\n"),
            ("mise", "config.toml", "[env]\nA = '1'\n"),
            ("direnv", ".envrc", "export A=1\n"),
            ("dotenv", ".env", "A=1\n"),
        ] {
            for by in ["here", "by its name", "by its directory"] {
                let sandbox = Sandbox::new();
                sandbox.write(&format!("project/{name}/{file}"), text);
                if file == "config.toml" && by != "by its name" {
                    continue;
                }
                let path = if by == "by its name" {
                    vec![file]
                } else {
                    Vec::new()
                };
                let said = if by == "by its directory" {
                    sandbox.devenv(&["import", from, name])
                } else {
                    let args = [&["import", from][..], &path].concat();
                    sandbox
                        .command(DEVENV)
                        .args(&args)
                        .within(&format!("project/{name}"))
                        .run()
                };
                let written = sandbox.path("project").join(name).join("devenv.toml");
                assert!(written.exists(), "{from} in {name}, {by}: {said:#?}");
                assert!(
                    !sandbox.path("project/devenv.toml").exists(),
                    "{from} in {name}, {by}: {said:#?}"
                );
            }
        }
        let sandbox = Sandbox::new();
        fs::create_dir_all(sandbox.path("project").join(name)).unwrap();
        sandbox
            .command(DEVENV)
            .args(&["init"])
            .within(&format!("project/{name}"))
            .run()
            .ok();
        assert!(!sandbox.path("project/devenv.toml").exists(), "{name}");
    }
}

/// A project whose dotenv file, in a directory, is all that matters.
fn with_dotenv() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "project/devenv.toml",
        "[profiles.dev]\ndotenv = 'conf/.env'\n",
    );
    sandbox
}

#[track_caller]
fn is_refused(sandbox: &Sandbox, path: &str, why: &str) {
    for args in [
        &["run", "--", "true"][..],
        &["allow"],
        &["run", "--allow", "--", "true"],
    ] {
        let said = sandbox.devenv(args);
        let words = format!("{path}` can't be trusted: {why}");
        assert!(
            said.fails(2).contains(&words),
            "{args:?}: {words}: {said:#?}"
        );
    }
}

#[test]
fn the_directory_of_what_a_link_leads_to_must_not_be_open() {
    let open = |sandbox: &Sandbox, path: &str, mode| {
        fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    for (link, target) in [("project/conf/.env", "open/.env"), ("project/conf", "open")] {
        let sandbox = with_dotenv();
        sandbox.write("open/.env", "A=1\n");
        fs::create_dir_all(sandbox.path(link).parent().unwrap()).unwrap();
        // By two links, the second of which lies in the directory.
        symlink(sandbox.path(target), sandbox.path("way")).unwrap();
        symlink(sandbox.path("way"), sandbox.path(link)).unwrap();
        sandbox.allow();
        sandbox.through(&["true"]).ok();
        open(&sandbox, "open", 0o777);
        is_refused(&sandbox, "/open", "everyone may write it");
        open(&sandbox, "open", 0o755);
        open(&sandbox, "", 0o777);
        is_refused(
            &sandbox,
            sandbox.root.file_name().unwrap().to_str().unwrap(),
            "everyone may write it",
        );
        open(&sandbox, "", 0o755);
        sandbox.through(&["true"]).ok();
    }
}

#[test]
fn a_name_a_target_and_a_directory_of_somebody_else_are_refused() {
    if !is_root() {
        return;
    }
    let give =
        |sandbox: &Sandbox, path: &str| lchown(sandbox.path(path), Some(1234), Some(1234)).unwrap();
    let theirs = "it belongs to user 1234";
    // Anybody may leave a link in a sticky directory, to a file of the victim's.
    let sandbox = Sandbox::configured();
    fs::set_permissions(sandbox.project(), fs::Permissions::from_mode(0o1777)).unwrap();
    sandbox.write("home/mine.toml", "[env]\nA = '1'\n");
    symlink(
        sandbox.path("home/mine.toml"),
        sandbox.path("project/devenv.local.toml"),
    )
    .unwrap();
    sandbox.allow();
    give(&sandbox, "project/devenv.local.toml");
    is_refused(&sandbox, "/devenv.local.toml", theirs);
    // The same with a directory on the way, with its target, and with where that lies.
    for given in ["project/conf", "open/.env", "open", "way"] {
        let sandbox = with_dotenv();
        sandbox.write("open/.env", "A=1\n");
        symlink(sandbox.path("open"), sandbox.path("way")).unwrap();
        symlink(sandbox.path("way"), sandbox.path("project/conf")).unwrap();
        sandbox.allow();
        give(&sandbox, given);
        is_refused(
            &sandbox,
            if given == "open/.env" {
                "/conf/.env"
            } else {
                given
            },
            theirs,
        );
    }
    // Whoever owns the directory can put another file in its place.
    let files = [("devenv.toml", ""), ("pyproject.toml", "[tool.devenv]\n")];
    for (file, text) in files {
        let sandbox = Sandbox::new();
        sandbox.write(&format!("project/{file}"), text);
        give(&sandbox, "project");
        is_refused(&sandbox, "/project", theirs);
        sandbox.devenv(&["allow", "--owner", "1234"]).ok();
        sandbox.through(&["true"]).ok();
    }
    for given in ["venvs/v", "project/.venv"] {
        let sandbox = Sandbox::configured();
        sandbox.write("venvs/v/pyvenv.cfg", "home = /usr/bin\n");
        symlink(sandbox.path("venvs/v"), sandbox.path("project/.venv")).unwrap();
        sandbox.allow();
        sandbox.through(&["true"]).ok();
        give(&sandbox, given);
        assert!(
            sandbox.through(&["true"]).fails(2).contains(theirs),
            "{given}"
        );
    }
    let sandbox = Sandbox::configured();
    chown(sandbox.path("project/devenv.toml"), Some(1234), Some(1234)).unwrap();
    is_refused(&sandbox, "/devenv.toml", theirs);
}
