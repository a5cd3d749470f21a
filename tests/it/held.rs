//! Bytecode that is made ahead is written where everybody thinks it is: through no link below an
//! environment or a tree, and only into an environment that is the user's alone. Somebody who swaps
//! a directory for a link meanwhile leads nobody elsewhere.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::sandbox::{Sandbox, is_root};

/// Ways to have bytecode of packages made.
const MAKERS: [&[&str]; 3] = [
    &["run", "--", "true"],
    &["cache", "warm", "--packages"],
    &["allow"],
];

/// Makes an environment with a package in it, and returns its `site-packages` below `.venv`.
fn environment(sandbox: &Sandbox) -> PathBuf {
    sandbox
        .plain(&["python3", "-I", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    let ask = "import sysconfig; print(sysconfig.get_path('purelib'))";
    let site = PathBuf::from(
        sandbox
            .plain(&[".venv/bin/python", "-I", "-c", ask])
            .quiet(),
    );
    for package in ["pkg", "other"] {
        fs::create_dir_all(site.join(package)).unwrap();
        fs::write(site.join(package).join("__init__.py"), "V = 1\n").unwrap();
    }
    fs::create_dir(site.join("pkg/__pycache__")).unwrap();
    site.strip_prefix(sandbox.path("project/.venv"))
        .unwrap()
        .to_owned()
}

/// Moves a directory out of the project and leaves a link in its place.
fn lead_out(sandbox: &Sandbox, directory: &Path) {
    fs::create_dir_all(sandbox.path("outside")).unwrap();
    let target = sandbox.path("outside").join(directory.file_name().unwrap());
    fs::rename(directory, &target).unwrap();
    symlink(&target, directory).unwrap();
}

fn bytecode_below(directory: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            out.extend(bytecode_below(&path));
        } else if path.extension().is_some_and(|end| end == "pyc") {
            out.push(path);
        }
    }
    out
}

#[test]
fn a_link_below_an_environment_is_not_followed() {
    for depth in 1..6 {
        for maker in MAKERS {
            let sandbox = Sandbox::new();
            sandbox.write("project/devenv.toml", "");
            let site = environment(&sandbox);
            let whole = site.join("pkg/__pycache__");
            let part: PathBuf = whole.components().take(depth).collect();
            lead_out(&sandbox, &sandbox.path("project/.venv").join(&part));
            if maker != ["allow"] {
                sandbox.allow();
            }
            let before = sandbox.census("outside");
            sandbox.devenv(maker);
            sandbox.settle();
            assert_eq!(
                sandbox.census("outside"),
                before,
                "{} {maker:?}",
                part.display()
            );
        }
    }
}

#[test]
fn an_environment_that_is_itself_a_link_is_filled() {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", "");
    environment(&sandbox);
    lead_out(&sandbox, &sandbox.path("project/.venv"));
    sandbox.allow();
    sandbox.devenv(MAKERS[0]).ok();
    sandbox.settle();
    assert_eq!(bytecode_below(&sandbox.path("outside")).len(), 2);
}

#[test]
fn an_environment_that_others_may_write_or_own_is_left_alone() {
    type Open = fn(&Path);
    let everyone: Open =
        |path| fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
    let stranger: Open = |path| chown(path, Some(65_534), Some(65_534)).unwrap();
    let kinds = if is_root() {
        vec![everyone, stranger]
    } else {
        vec![everyone]
    };
    for (number, spoil) in kinds.into_iter().enumerate() {
        for depth in 1..4 {
            let sandbox = Sandbox::new();
            sandbox.write("project/devenv.toml", "");
            let site = environment(&sandbox);
            sandbox.allow();
            let part: PathBuf = site.components().take(depth).collect();
            spoil(&sandbox.path("project/.venv").join(&part));
            for maker in &MAKERS[..2] {
                sandbox.devenv(maker);
                sandbox.settle();
                let made = bytecode_below(&sandbox.path("project/.venv"));
                assert_eq!(
                    made,
                    Vec::<PathBuf>::new(),
                    "{number} {} {maker:?}",
                    part.display()
                );
            }
        }
    }
}

fn exchange(a: &Path, b: &Path) {
    let _ = renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE);
}

/// Rounds of making bytecode while directories are swapped for links that lead outside.
const ROUNDS: usize = 30;

#[test]
fn whoever_swaps_a_directory_for_a_link_has_nothing_made_elsewhere() {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", "");
    let site = sandbox.path("project/.venv").join(environment(&sandbox));
    for number in 0..40 {
        for directory in ["outside/pkg", "project/own"] {
            sandbox.write(&format!("{directory}/m{number}.py"), "V = 1\n");
        }
        fs::write(site.join(format!("pkg/m{number}.py")), "V = 1\n").unwrap();
    }
    fs::create_dir(sandbox.path("outside/pkg/__pycache__")).unwrap();
    sandbox.allow();
    let places = [
        site.join("pkg"),
        site.join("pkg/__pycache__"),
        sandbox.path("project/own"),
    ];
    let traps = ["pkg", "pkg/__pycache__", "pkg"].map(|name| sandbox.path("outside").join(name));
    for (number, target) in traps.iter().enumerate() {
        symlink(target, sandbox.path(&format!("trap{number}"))).unwrap();
    }
    let before = sandbox.census("outside");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                for (number, place) in places.iter().enumerate() {
                    let trap = sandbox.path(&format!("trap{number}"));
                    exchange(&trap, place);
                    exchange(&trap, place);
                }
            }
        });
        let mut made = 0;
        for _ in 0..ROUNDS {
            sandbox.devenv(&["cache", "warm", "--packages"]);
            for directory in [&site, &sandbox.path("project/own")] {
                let found = bytecode_below(directory);
                made += found.len();
                found.iter().for_each(|path| drop(fs::remove_file(path)));
            }
        }
        done.store(true, Ordering::Relaxed);
        assert!(made > 0, "nothing was made at all");
    });
    assert_eq!(sandbox.census("outside"), before);
}
