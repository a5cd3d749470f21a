//! What a release consists of, installed by those who take it: uv, pipx, pip, dpkg, and a plain
//! unpacking.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::release::{VERSION, build, in_tree, manifest, pages, release, released, target};
use crate::sandbox::{Run, Said, Sandbox, python, tool};
use crate::uv::with_uv;

/// What every package brings besides the program and its pages.
const COMPLETIONS: [&str; 3] = [
    "completions/devenv.bash",
    "completions/_devenv",
    "completions/devenv.fish",
];

fn show(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The program under this name says that it is ours, and runs something.
#[track_caller]
fn works(sandbox: &Sandbox, program: &Path) {
    let said = sandbox.command(program).args(&["--version"]).run();
    assert_eq!(said.quiet(), format!("devenv {VERSION} (pydevenv)"));
    sandbox.write("project/devenv.toml", "[env]\nGREETING = \"hello\"\n");
    let run = [
        "run",
        "--allow",
        "--no-fill",
        "--",
        "sh",
        "-c",
        "echo $GREETING",
    ];
    assert_eq!(sandbox.command(program).args(&run).run().ok(), "hello");
}

/// Below this directory are the pages and completions of the tree, where programs look for them.
#[track_caller]
fn has_what_belongs_to_it(share: &Path) {
    let places = [
        "bash-completion/completions/devenv",
        "zsh/site-functions/_devenv",
        "fish/vendor_completions.d/devenv.fish",
    ];
    for (source, place) in COMPLETIONS.iter().zip(places) {
        assert_eq!(
            fs::read(share.join(place)).unwrap(),
            fs::read(in_tree(source)).unwrap(),
            "{place}"
        );
    }
    for page in pages() {
        let copy = fs::read(share.join("man/man1").join(&page)).unwrap();
        assert_eq!(
            copy,
            fs::read(in_tree("man").join(&page)).unwrap(),
            "{page}"
        );
    }
}

#[test]
fn uv_installs_the_wheel_as_a_tool_runs_it_and_takes_it_back() {
    let sandbox = with_uv();
    let wheel = released("pydevenv-", ".whl");
    sandbox
        .plain(&[
            "uv",
            "tool",
            "install",
            "--quiet",
            "--offline",
            show(&wheel),
        ])
        .quiet();
    works(&sandbox, &sandbox.path("home/.local/bin/devenv"));
    has_what_belongs_to_it(&sandbox.path("home/.local/share/uv/tools/pydevenv/share"));
    sandbox
        .plain(&["uv", "tool", "uninstall", "--quiet", "pydevenv"])
        .quiet();
    assert!(!sandbox.path("home/.local/bin/devenv").exists());
    let once = [
        "--offline",
        "--quiet",
        "--from",
        show(&wheel),
        "devenv",
        "--version",
    ];
    assert_eq!(
        sandbox.command(tool("uvx")).args(&once).run().quiet(),
        format!("devenv {VERSION} (pydevenv)")
    );
}

#[test]
fn pip_installs_the_wheel_into_an_environment_and_takes_it_back() {
    let sandbox = Sandbox::new();
    sandbox
        .command(python())
        .args(&["-m", "venv", "venv"])
        .run()
        .ok();
    let venv = sandbox.path("project/venv");
    let bare = |sandbox: &Sandbox| {
        sandbox
            .census("project/venv")
            .into_keys()
            .filter(|path| path.is_file())
            .count()
    };
    let before = bare(&sandbox);
    let pip = |words: &[&str]| -> Said {
        let head = ["-m", "pip", "--disable-pip-version-check", "--quiet"];
        sandbox
            .command(venv.join("bin/python"))
            .args(&head)
            .args(words)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .run()
    };
    pip(&[
        "install",
        "--no-index",
        show(&released("pydevenv-", ".whl")),
    ])
    .ok();
    works(&sandbox, &venv.join("bin/devenv"));
    has_what_belongs_to_it(&venv.join("share"));
    pip(&["check"]).ok();
    pip(&["uninstall", "--yes", "pydevenv"]).ok();
    assert_eq!(bare(&sandbox), before);
}

#[test]
fn pipx_puts_the_pages_and_completions_where_man_and_shells_look() {
    let sandbox = Sandbox::new();
    let pipx = |words: &[&str]| -> Said {
        let run = sandbox
            .command(tool("pipx"))
            .args(words)
            .env("PIPX_DEFAULT_PYTHON", python());
        run.env("USE_EMOJI", "0").run()
    };
    pipx(&["install", "--quiet", show(&released("pydevenv-", ".whl"))]).ok();
    works(&sandbox, &sandbox.path("home/.local/bin/devenv"));
    for page in pages() {
        assert!(
            sandbox
                .path("home/.local/share/man/man1")
                .join(&page)
                .exists(),
            "{page}"
        );
    }
    assert!(
        sandbox
            .path("home/.local/share/zsh/site-functions/_devenv")
            .exists()
    );
    pipx(&["uninstall", "pydevenv"]).ok();
    assert!(!sandbox.path("home/.local/bin/devenv").exists());
}

#[test]
fn the_wheel_says_what_cargo_says_and_runs_on_every_linux() {
    let sandbox = Sandbox::new();
    let wheel = released("pydevenv-", ".whl");
    sandbox
        .command(python())
        .args(&["-m", "zipfile", "-e", show(&wheel), "wheel"])
        .run()
        .quiet();
    let own = manifest(&sandbox);
    let text = sandbox.read(&format!(
        "project/wheel/pydevenv-{VERSION}.dist-info/METADATA"
    ));
    let head = text.split("\n\n").next().unwrap();
    for (field, key) in [
        ("Name", "name"),
        ("Version", "version"),
        ("Summary", "description"),
        ("License", "license"),
    ] {
        let line = format!("{field}: {}", own[key].as_str().unwrap());
        assert!(
            head.lines().any(
                |other| other == line || other == line.replace("License", "License-Expression")
            ),
            "{line} in {head}"
        );
    }
    assert!(text.contains("# devenv\n"), "the readme");
    // The oldest C libraries that a tag can name: none is asked for.
    let tags = sandbox.read(&format!("project/wheel/pydevenv-{VERSION}.dist-info/WHEEL"));
    let oldest = [
        "py3-none-manylinux_2_5_",
        "py3-none-manylinux_2_17_",
        "py3-none-musllinux_1_",
    ];
    assert!(oldest.iter().any(|tag| tags.contains(tag)), "{tags}");
    let program = sandbox.path(&format!(
        "project/wheel/pydevenv-{VERSION}.data/scripts/devenv"
    ));
    let needs = sandbox
        .command("readelf")
        .args(&["--dynamic", "--section-headers", show(&program)])
        .run();
    assert!(
        !needs.ok().contains("NEEDED") && !needs.out.contains(".symtab"),
        "{needs:#?}"
    );
    let place = format!("file://{}", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(
        sandbox.plain(&["grep", "-rl", &place, "wheel"]).out,
        "",
        "names the directory that it was built in"
    );
}

/// Returns the files of a Debian package with their modes and owners.
fn listed(sandbox: &Sandbox, package: &Path) -> BTreeSet<String> {
    let said = sandbox.plain(&["dpkg-deb", "--contents", show(package)]);
    let files = said.quiet().lines().filter(|line| line.starts_with('-'));
    files
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            format!(
                "{} {} {}",
                words[0],
                words[1].replace("root", "0"),
                words[5].trim_start_matches("./")
            )
        })
        .collect()
}

/// Runs dpkg on a system of the sandbox's own, of which the caller is the owner.
fn dpkg(sandbox: &Sandbox, args: &[&str]) -> Said {
    let root = format!("--root={}", sandbox.path("system").display());
    let log = format!("--log={}", sandbox.path("dpkg.log").display());
    let head = [&root, "--force-not-root", "--force-script-chrootless", &log];
    let path = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
    sandbox
        .command("dpkg")
        .args(&head)
        .args(args)
        .env("PATH", path)
        .run()
}

#[test]
fn dpkg_installs_the_package_and_takes_it_back() {
    let sandbox = Sandbox::new();
    for directory in ["info", "updates"] {
        fs::create_dir_all(sandbox.path("system/var/lib/dpkg").join(directory)).unwrap();
    }
    sandbox.write("system/var/lib/dpkg/status", "");
    dpkg(
        &sandbox,
        &["--install", show(&released("pydevenv_", ".deb"))],
    )
    .quiet();
    works(&sandbox, &sandbox.path("system/usr/bin/devenv"));
    assert_eq!(
        dpkg(&sandbox, &["--verify", "pydevenv"]).quiet(),
        "",
        "every file is as its checksum says"
    );
    let share = sandbox.path("system/usr/share");
    for page in pages() {
        let said = sandbox
            .command("gzip")
            .args(&["-dc", show(&share.join(format!("man/man1/{page}.gz")))])
            .run();
        assert_eq!(
            said.out,
            fs::read_to_string(in_tree("man").join(&page)).unwrap(),
            "{page}"
        );
    }
    let places = [
        "bash-completion/completions/devenv",
        "zsh/vendor-completions/_devenv",
        "fish/vendor_completions.d/devenv.fish",
    ];
    for (source, place) in COMPLETIONS.iter().zip(places) {
        assert_eq!(
            fs::read(share.join(place)).unwrap(),
            fs::read(in_tree(source)).unwrap(),
            "{place}"
        );
    }
    dpkg(&sandbox, &["--purge", "pydevenv"]).quiet();
    assert!(!sandbox.path("system/usr").exists());
}

/// Lets a program find cargo and what cargo has fetched.
fn with_cargo(run: Run<'_>) -> Run<'_> {
    let names = [
        "HOME",
        "PATH",
        "CARGO_HOME",
        "RUSTUP_HOME",
        "RUSTUP_TOOLCHAIN",
    ];
    names
        .iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)))
        .fold(run, |run, (name, value)| run.env(name, value))
}

/// The one that can be had is older than the edition that Cargo.toml is written in, and needs to
/// know nothing of it.
#[test]
fn cargo_deb_makes_the_same_package_from_the_same_words() {
    let sandbox = Sandbox::new();
    let cargo = fs::read_to_string(in_tree("Cargo.toml"))
        .unwrap()
        .replace("edition = \"2024\"", "edition = \"2021\"");
    sandbox.write("project/Cargo.toml", cargo);
    for name in [
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "completions",
        "man",
        "src",
        "tests",
    ] {
        symlink(in_tree(name), sandbox.path("project").join(name)).unwrap();
    }
    let archive = released(&format!("pydevenv-{VERSION}-"), ".tar.gz");
    sandbox.plain(&["tar", "-xzf", show(&archive)]).quiet();
    let place = format!("target/{}/release", target());
    fs::create_dir_all(sandbox.project().join(&place)).unwrap();
    let program = format!("pydevenv-{VERSION}-{}/devenv", target());
    fs::rename(
        sandbox.project().join(program),
        sandbox.project().join(place).join("devenv"),
    )
    .unwrap();
    with_cargo(sandbox.command(tool("cargo-deb")))
        .args(&[
            "deb",
            "--no-build",
            "--no-strip",
            "--target",
            &target(),
            "--output",
            "other.deb",
        ])
        .run()
        .ok();
    let (own, other) = (
        released("pydevenv_", ".deb"),
        sandbox.project().join("other.deb"),
    );
    assert_eq!(listed(&sandbox, &own), listed(&sandbox, &other));
    let fields = |package: &Path| {
        let text = sandbox
            .plain(&["dpkg-deb", "--field", show(package)])
            .quiet()
            .to_owned();
        text.lines()
            .filter(|line| !line.starts_with("Installed-Size"))
            .collect::<Vec<_>>()
            .join("\n")
            .trim_end()
            .to_owned()
    };
    assert_eq!(fields(&own), fields(&other));
}

/// Fills in one of the templates of `cargo binstall`.
fn binstall(template: &str) -> String {
    let values = [
        ("{ repo }", "URL"),
        ("{ name }", "pydevenv"),
        ("{ version }", VERSION),
        ("{ target }", &target()),
        ("{ archive-suffix }", ".tar.gz"),
        ("{ bin }", "devenv"),
        ("{ binary-ext }", ""),
    ];
    values
        .iter()
        .fold(template.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        })
}

#[test]
fn the_archive_is_where_cargo_binstall_looks_and_holds_what_it_wants() {
    let sandbox = Sandbox::new();
    let own = &manifest(&sandbox)["metadata"]["binstall"];
    assert_eq!(own["pkg-fmt"], "tgz");
    let url = binstall(own["pkg-url"].as_str().unwrap());
    let name = url
        .strip_prefix(&format!("URL/releases/download/v{VERSION}/"))
        .unwrap();
    let archive = release().join(name);
    sandbox.plain(&["tar", "-xzf", show(&archive)]).quiet();
    let program = sandbox
        .project()
        .join(binstall(own["bin-dir"].as_str().unwrap()));
    works(&sandbox, &program);
    let beside = program.parent().unwrap();
    for name in [
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "man/devenv-run.1",
        COMPLETIONS[0],
        COMPLETIONS[1],
    ] {
        assert_eq!(
            fs::read(beside.join(name)).unwrap(),
            fs::read(in_tree(name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn every_file_has_its_checksum() {
    let sandbox = Sandbox::new();
    let mut check = sandbox
        .command("sha256sum")
        .args(&["--check", "--strict", "SHA256SUMS"]);
    check.command.current_dir(release());
    let said = check.run();
    assert_eq!(said.quiet().lines().count(), 4, "{said:#?}");
}

#[test]
fn what_the_builder_does_not_know_is_named() {
    for (args, words) in [
        (&["--nosuch"][..], "unknown option: --nosuch"),
        (&[], "no directory is named"),
        (&["--repository"], "--repository needs a value"),
    ] {
        let said = build(args);
        assert_eq!(said.status.code(), Some(2));
        assert!(
            String::from_utf8_lossy(&said.stderr).contains(words),
            "{said:?}"
        );
    }
}
