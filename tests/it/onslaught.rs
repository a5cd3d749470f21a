//! Everything at once: somebody swaps directories for links while files are removed, Python imports
//! while bytecode is cleared, armed and made, processes are killed at any moment, the disk is full.
//! Nothing outside is touched, no import breaks, and no old code runs.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::noise::Noise;
use crate::sandbox::{DEVENV, Sandbox, is_root};
use crate::stale::{THEN, set_mtime};

/// So often directories are swapped while something is removed.
const SWAPS: usize = 10_000;

fn tag(sandbox: &Sandbox) -> String {
    sandbox
        .plain(&[
            "python3",
            "-c",
            "import sys; print(sys.implementation.cache_tag)",
        ])
        .quiet()
        .to_owned()
}

fn exchange(a: &Path, b: &Path) {
    let _ = renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE);
}

/// Returns the names below a directory of somebody else's, which must all stay.
fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Returns bytecode that no Python would check.
fn stale() -> Vec<u8> {
    [&[0xa7, 0x0d, 0x0d, 0x0a, 1, 0, 0, 0][..], &[9; 40]].concat()
}

/// A package, and the same names outside, with links that lead there.
struct Trap {
    sandbox: Sandbox,
    tag: String,
}

impl Trap {
    fn new() -> Self {
        let sandbox = Sandbox::configured();
        let trap = Self {
            tag: tag(&sandbox),
            sandbox,
        };
        trap.fill("outside");
        trap.fill("project/pkg");
        for (link, place) in LINKS {
            symlink(
                trap.sandbox.path("outside").join(place),
                trap.sandbox.path("project").join(link),
            )
            .unwrap();
        }
        trap
    }

    fn pyc(&self, module: usize) -> String {
        format!("m{module}.{}.pyc", self.tag)
    }

    fn fill(&self, directory: &str) {
        for module in 0..12 {
            self.sandbox.write(
                &format!("{directory}/__pycache__/{}", self.pyc(module)),
                stale(),
            );
            self.sandbox
                .write(&format!("{directory}/m{module}.py"), "V = 1\n");
        }
        self.sandbox
            .write(&format!("{directory}/.pytest_cache/x"), "");
        self.sandbox.write(&format!("{directory}/a.log"), "");
    }

    /// Returns everything outside.
    fn outside(&self) -> Vec<(Vec<String>, Vec<u8>)> {
        let outside = self.sandbox.path("outside");
        let bytes = || fs::read(outside.join("__pycache__").join(self.pyc(3))).unwrap();
        LINKS
            .map(|(_, place)| (names(&outside.join(place)), bytes()))
            .to_vec()
    }

    /// Swaps each directory for the link and back.
    fn swap(&self) {
        for (link, place) in LINKS {
            let pkg = self.sandbox.path("project/pkg");
            let place = if place.is_empty() {
                pkg
            } else {
                pkg.join(place)
            };
            let link = self.sandbox.path("project").join(link);
            exchange(&link, &place);
            exchange(&link, &place);
        }
    }

    /// Puts back what was removed: written beside, and so never through a link.
    fn refill(&self) {
        let (spare, cache) = (
            self.sandbox.path("project/spare"),
            self.sandbox.path("project/pkg/__pycache__"),
        );
        if !cache.join(self.pyc(0)).exists() {
            fs::create_dir_all(&spare).unwrap();
            (0..12).for_each(|module| fs::write(spare.join(self.pyc(module)), stale()).unwrap());
            let _ = fs::rename(&spare, cache);
        }
    }
}

/// Links that stand in the project, and what of the other place each leads to.
const LINKS: [(&str, &str); 3] = [
    ("trap", ""),
    ("trap.cache", "__pycache__"),
    ("trap.pytest", ".pytest_cache"),
];

/// What removes or replaces files.
const JOBS: [&[&str]; 5] = [
    &["clear"],
    &["clear", "--debris", "pytest"],
    &["arm"],
    &["verify", "--repair"],
    &["clear", "--erase", "**/*.log", "--yes"],
];

#[test]
fn whoever_swaps_a_directory_for_a_link_has_nothing_removed_elsewhere() {
    let trap = Trap::new();
    let before = trap.outside();
    let (swaps, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                trap.swap();
                swaps.fetch_add(2 * LINKS.len(), Ordering::Relaxed);
            }
        });
        let (mut round, mut removed) = (0, 0);
        while round < 100 || swaps.load(Ordering::Relaxed) < SWAPS {
            let said = trap
                .sandbox
                .devenv(&[&["cache"], JOBS[round % JOBS.len()]].concat());
            removed += usize::from(said.err.contains("removed 1"));
            trap.refill();
            round += 1;
        }
        done.store(true, Ordering::Relaxed);
        assert!(removed > 0, "nothing was removed at all");
    });
    assert_eq!(before, trap.outside());
}

const MODULES: usize = 40;

fn write_modules(sandbox: &Sandbox, value: usize) {
    for module in 0..MODULES {
        let text = format!("V = {value:06}\n", value = value + 100_000);
        let file = sandbox.write(&format!("new/m{module}.py"), text);
        set_mtime(&file, THEN, 0);
        // At once, with the time and the size of the one before.
        fs::create_dir_all(sandbox.path("project/pkg")).unwrap();
        fs::rename(file, sandbox.path(&format!("project/pkg/m{module}.py"))).unwrap();
    }
}

fn import(sandbox: &Sandbox) -> Vec<usize> {
    let code = format!(
        "import importlib as i\nfor n in range({MODULES}): print(i.import_module(f'pkg.m{{n}}').V)"
    );
    let said = sandbox.plain(&["python3", "-B", "-c", &code]);
    said.quiet()
        .lines()
        .map(|line| line.parse::<usize>().unwrap() - 100_000)
        .collect()
}

#[test]
fn python_imports_what_is_there_whatever_happens_to_its_bytecode() {
    let rounds: usize = std::env::var("ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(30);
    let sandbox = Sandbox::configured();
    write_modules(&sandbox, 0);
    let (value, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let imports = scope.spawn(|| {
            let mut number = 0;
            while !done.load(Ordering::Relaxed) {
                let least = value.load(Ordering::SeqCst);
                assert!(
                    import(&sandbox).into_iter().all(|seen| seen >= least),
                    "old code ran"
                );
                number += 1;
            }
            number
        });
        for round in 1..=rounds {
            for job in [
                &["warm"][..],
                &["arm"],
                &["verify", "--repair"],
                &["clear", "--stale"],
                &["clear"],
                &["warm", "--mode", "checked"],
            ] {
                let said = sandbox.devenv(&[&["cache"], job].concat());
                assert!(matches!(said.code, Some(0 | 1)), "{said:#?}");
                if imports.is_finished() {
                    break;
                }
            }
            write_modules(&sandbox, round);
            value.store(round, Ordering::SeqCst);
        }
        done.store(true, Ordering::Relaxed);
        assert!(imports.join().unwrap() > 0);
    });
    assert_eq!(import(&sandbox), [rounds; MODULES]);
}

/// A command with everything that it starts.
fn in_a_group(sandbox: &Sandbox, args: &[&str]) -> Child {
    let mut command = Command::new(DEVENV);
    command
        .env_clear()
        .envs(&sandbox.env)
        .current_dir(sandbox.project())
        .args(args)
        .process_group(0);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn killed_at_any_moment_it_leaves_nothing_that_runs_wrongly() {
    let sandbox = Sandbox::configured();
    let mut noise = Noise::new();
    for round in 0..60 {
        write_modules(&sandbox, round);
        let job: &[&str] = [
            &["cache", "warm"][..],
            &["cache", "arm"],
            &["cache", "clear"],
            &["cache", "warm", "--mode", "checked"],
        ][round % 4];
        let mut child = in_a_group(&sandbox, job);
        std::thread::sleep(Duration::from_micros(
            u64::try_from(noise.below(90_000)).unwrap(),
        ));
        let group = rustix::process::Pid::from_child(&child);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        child.wait().unwrap();
        assert_eq!(
            import(&sandbox),
            [round; MODULES],
            "after {job:?} in round {round}"
        );
    }
    // The next one that ends leaves nothing behind of those that did not.
    sandbox.devenv(&["cache", "warm"]).ok();
    sandbox.through(&["true"]).ok();
    sandbox.settle();
    let left = sandbox.plain(&["sh", "-c", "find . -name '*tmp*'"]);
    assert_eq!(left.quiet(), "");
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing_broken() {
    if !is_root() {
        eprintln!("not run: only root may mount");
        assert!(std::env::var_os("CI").is_none());
        return;
    }
    let sandbox = Sandbox::configured();
    sandbox.write("files/devenv.toml", "");
    let text: String = (0..400)
        .map(|n| format!("def f{n}(a, b=1):\n    return [a, b, 'some words {n}']\n"))
        .collect();
    (0..MODULES).for_each(|module| {
        drop(sandbox.write(
            &format!("files/m{module}.py"),
            format!("{text}V = {module}\n"),
        ));
    });
    let code = format!(
        "import importlib as i\nprint(sum(i.import_module(f'm{{n}}').V for n in range({MODULES})))"
    );
    let script = format!(
        "mount -t tmpfs -o size=3000k tmpfs . && cd \"$PWD\" && cp ../files/* . && {{ {DEVENV} cache warm; echo $?; }} && \
         python3 -B -c \"{code}\" && find . -name '*tmp*' && {DEVENV} cache verify --deep >/dev/null && echo sound"
    );
    let said = sandbox
        .command("unshare")
        .args(&["--mount", "sh", "-c", &script])
        .run();
    let sum: usize = (0..MODULES).sum();
    assert_eq!(said.ok(), format!("1\n{sum}\nsound"), "{said:#?}");
    assert!(said.err.contains("could not be written"), "{said:#?}");
}
