//! What is never touched, whatever the policy, and that a hard link is replaced and never written
//! through.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use crate::sandbox::{DEVENV, Said, Sandbox};
use crate::stale::{NEW, OLD, PRINT, THEN, module};

/// Files that are not bytecode of the project's own modules, however much they look like it.
fn treasures(sandbox: &Sandbox, tag: &str) -> Vec<String> {
    let pyc = fs::read(sandbox.path(&format!("project/__pycache__/app.{tag}.pyc"))).unwrap();
    let mut names = Vec::new();
    for directory in [
        ".git",
        "node_modules",
        "env/lib/site-packages",
        "sub",
        "env",
        "vendor",
        "deep/site-packages/x",
    ] {
        sandbox.write(&format!("project/{directory}/app.py"), NEW);
        sandbox.write(
            &format!("project/{directory}/__pycache__/app.{tag}.pyc"),
            &pyc,
        );
        names.push(format!("project/{directory}/__pycache__/app.{tag}.pyc"));
    }
    sandbox.write("project/env/pyvenv.cfg", "home = /usr/bin\n");
    sandbox.write("project/sub/devenv.toml", "");
    sandbox.write("project/vendor/pyproject.toml", "[tool.devenv]\n");
    for file in [
        "f.func-1.py311.nbi",
        "f.func-1.py311.1.nbc",
        "_cffi__x.so",
        "keep.txt",
        "app.pyc",
        "x.cpython-36.pyc",
    ] {
        names.push(format!("project/__pycache__/{file}"));
        sandbox.write(names.last().unwrap(), &pyc);
    }
    for file in [
        "data.pyc.bak",
        "x.cpython-311-x86_64-linux-gnu.so",
        "notes.pyo",
    ] {
        names.push(format!("project/{file}"));
        sandbox.write(names.last().unwrap(), &pyc);
    }
    names
}

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

#[test]
fn what_is_not_ours_survives_every_policy() {
    for policy in ["verified", "checked", "none", "isolated", "cached"] {
        let sandbox = Sandbox::configured();
        sandbox.write(
            "project/devenv.toml",
            format!("[profiles.dev]\nbytecode = '{policy}'\nclear = 'never'\n"),
        );
        sandbox.allow();
        module(&sandbox, OLD, THEN, 0);
        sandbox.plain(&PRINT).quiet();
        let tag = tag(&sandbox);
        let treasures = treasures(&sandbox, &tag);
        let before = sandbox.census("project");
        for clear in [&[][..], &["--clear=stale"], &["--clear"]] {
            sandbox
                .devenv(&[&["run"], clear, &["--", "true"]].concat())
                .ok();
            sandbox.settle();
        }
        let after = sandbox.census("project");
        for name in treasures
            .iter()
            .filter(|name| !(name.ends_with("x.cpython-36.pyc")))
        {
            let path = sandbox.path(name);
            assert_eq!(after.get(&path), before.get(&path), "{policy}: {name}");
        }
    }
}

#[test]
fn a_hard_link_is_replaced_and_never_written_through() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    sandbox.plain(&PRINT).quiet();
    let pyc = sandbox.path(&format!("project/__pycache__/app.{}.pyc", tag(&sandbox)));
    fs::set_permissions(&pyc, fs::Permissions::from_mode(0o640)).unwrap();
    let twin = sandbox.path("twin.pyc");
    fs::hard_link(&pyc, &twin).unwrap();
    let before = fs::read(&twin).unwrap();
    sandbox.devenv(&["run", "--no-fill", "--", "true"]).quiet();
    assert_eq!(fs::read(&twin).unwrap(), before);
    let (here, there) = (fs::metadata(&pyc).unwrap(), fs::metadata(&twin).unwrap());
    assert!(here.ino() != there.ino() && here.mode() & 0o777 == 0o640);
    assert_ne!(fs::read(&pyc).unwrap()[4..8], before[4..8]);
}

#[test]
fn links_are_not_followed_out_of_the_project_and_one_line_says_so_once() {
    let sandbox = Sandbox::configured();
    sandbox.write("outside/app.py", OLD);
    symlink("../outside", sandbox.path("project/linked")).unwrap();
    symlink(".", sandbox.path("project/loop")).unwrap();
    sandbox.write("data/big.bin", "x");
    symlink("../data", sandbox.path("project/data")).unwrap();
    sandbox
        .plain(&["python3", "-c", "import linked.app"])
        .quiet();
    let before = sandbox.census("outside");
    let mut said = Vec::new();
    for _ in 0..4 {
        let run = sandbox.through(&["true"]);
        run.ok();
        said.push(run.err);
        sandbox.settle();
        // A link that changed within the last tick of the clock is looked at again.
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    assert!(
        said[0].contains("`linked` leads out of the project")
            && said[0].matches("warning").count() == 1,
        "{said:?}"
    );
    assert_eq!(said.last().map(String::as_str), Some(""), "{said:?}");
    sandbox.devenv(&["run", "--clear", "--", "true"]).quiet();
    assert_eq!(sandbox.census("outside"), before);
    sandbox.write("project/devenv.toml", "sources = ['.', '../outside']\n");
    sandbox.allow();
    sandbox.through(&["true"]).quiet();
    assert_ne!(
        sandbox.census("outside"),
        before,
        "a listed source is armed"
    );
}

#[test]
fn links_to_parts_that_are_not_walked_get_a_word_and_links_to_packages_none() {
    let sandbox = Sandbox::configured();
    for file in [
        "project/libs/a/pkg/m.py",
        "project/node_modules/js/m.py",
        "out/pkg/m.py",
        "project/own/pkg/m.py",
    ] {
        sandbox.write(file, OLD);
    }
    for file in [
        "envs/x/bin/activate_this.py",
        "envs/x/lib/python3.11/site-packages/six.py",
        "data/a.b/x.py",
    ] {
        sandbox.write(file, OLD);
    }
    sandbox.write("project/libs/a/devenv.toml", "");
    sandbox.write("envs/x/pyvenv.cfg", "home = /usr/bin\n");
    let packages = "../envs/x/lib/python3.11/site-packages";
    for (to, link) in [
        ("../envs/x", ".venv"),
        (packages, "packages"),
        ("../data", "data"),
        ("own/pkg", "fine"),
    ] {
        symlink(to, sandbox.path("project").join(link)).unwrap();
    }
    symlink("..", sandbox.path("project/own/up")).unwrap();
    assert!(!sandbox.devenv(&["allow"]).err.contains("warning"));
    sandbox.through(&["true"]).quiet();
    // What lies below another project in this one can be imported from here, and is looked at where
    // it is.
    symlink("libs/a/pkg", sandbox.path("project/a")).unwrap();
    sandbox.through(&["true"]).quiet();
    for (to, link) in [("node_modules/js", "js"), ("../out", "lib")] {
        symlink(to, sandbox.path("project").join(link)).unwrap();
        let said = sandbox.through(&["true"]);
        said.ok();
        assert!(
            said.err
                .contains(&format!("`{link}` leads out of the project")),
            "{said:#?}"
        );
        fs::remove_file(sandbox.path("project").join(link)).unwrap();
    }
}

#[test]
fn odd_names_and_vanishing_files_are_fine() {
    let sandbox = Sandbox::configured();
    for name in ["new\nline", "quo'te", "uml\u{e4}ut", &"x".repeat(200)] {
        sandbox.write(&format!("project/{name}.py"), OLD);
        sandbox.write(&format!("project/{name}dir/mod.py"), OLD);
    }
    fs::create_dir_all(sandbox.path("project/__pycache__/strange.cpython-311.pyc")).unwrap();
    let fifo = sandbox.path("project/__pycache__/fifo.cpython-311.pyc");
    sandbox.plain(&["mkfifo", fifo.to_str().unwrap()]).quiet();
    symlink(
        "nowhere",
        sandbox.path("project/__pycache__/dangling.cpython-311.pyc"),
    )
    .unwrap();
    for args in [
        &["run", "--", "true"][..],
        &["run", "--clear", "--", "true"],
        &["run", "--", "true"],
    ] {
        sandbox.devenv(args).quiet();
        sandbox.settle();
    }
}

#[test]
fn a_project_that_is_its_own_environment_is_still_a_project() {
    let sandbox = Sandbox::configured();
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", "."])
        .quiet();
    module(&sandbox, OLD, THEN, 0);
    sandbox.plain(&PRINT).quiet();
    module(&sandbox, NEW, THEN, 0);
    assert_eq!(
        sandbox.plain(&PRINT).quiet(),
        "old",
        "plain Python is not stale here"
    );
    assert_eq!(sandbox.through(&PRINT).quiet(), "new");
}

#[test]
fn process_one_starts_no_fill() {
    let sandbox = Sandbox::configured();
    module(&sandbox, OLD, THEN, 0);
    let script = "mount -t proc proc /proc 2>/dev/null; exec \"$@\"";
    let args = [
        "--pid", "--fork", "--mount", "sh", "-c", script, "sh", DEVENV, "run", "--", "sh", "-c",
        "echo $$",
    ];
    if crate::sandbox::is_root() {
        assert_eq!(sandbox.command("unshare").args(&args).run().quiet(), "1");
        assert!(!sandbox.cache().join("fills").exists());
    }
}

#[test]
fn what_is_installed_below_a_source_root_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("project/devenv.toml", "sources = ['src']\n");
    sandbox.allow();
    for directory in [
        "src/site-packages/lib",
        "src/app/env/lib",
        "src/app/an-other",
    ] {
        sandbox.write(&format!("project/{directory}/mod.py"), OLD);
        sandbox
            .plain(&["python3", "-m", "compileall", "-q", directory])
            .quiet();
    }
    sandbox.write("project/src/app/env/pyvenv.cfg", "home = /usr/bin\n");
    // No import comes to a project whose directory has a name that no package can have.
    sandbox.write("project/src/app/an-other/devenv.toml", "");
    let before = sandbox.census("project/src");
    for args in [
        &["run", "--", "true"][..],
        &["run", "--clear=stale", "--", "true"],
        &["run", "--clear", "--", "true"],
    ] {
        sandbox.devenv(args).quiet();
        sandbox.settle();
        assert_eq!(sandbox.census("project/src"), before, "{args:?}");
    }
}

/// Runs devenv, which must not wait for anybody.
fn at_once(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox
        .command("timeout")
        .args(&["20", DEVENV])
        .args(args)
        .run()
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    for (name, configuration) in [
        ("devenv.local.toml", ""),
        (".env", "profiles.dev.dotenv = '.env'\n"),
        (
            ".env",
            "profiles.dev.dotenv = { path = '.env', optional = true }\n",
        ),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("project/devenv.toml", configuration);
        sandbox.plain(&["mkfifo", name]).quiet();
        for args in [
            &["run", "--allow", "--", "touch", "ran"][..],
            &["allow"],
            &["status"],
        ] {
            let said = at_once(&sandbox, args);
            assert!(
                said.fails(2).contains(name) && said.err.contains("it is no regular file"),
                "{said:#?}"
            );
        }
        assert!(
            !sandbox.path("project/ran").exists() && !sandbox.state().exists(),
            "{name}"
        );
    }
}

#[test]
fn a_pipe_makes_no_project() {
    for name in ["devenv.toml", "pyproject.toml"] {
        let sandbox = Sandbox::new();
        sandbox.plain(&["mkfifo", name]).quiet();
        assert!(
            at_once(&sandbox, &["status"]).ok().contains("none here"),
            "{name}"
        );
        assert!(
            at_once(&sandbox, &["allow"])
                .fails(2)
                .contains("no project here"),
            "{name}"
        );
    }
}

/// Below a prefix that the caller chose, a name that looks like bytecode proves nothing.
#[test]
fn what_lies_below_a_prefix_of_the_callers_may_be_somebodys_work() {
    for prefix in ["/", "project/cache"] {
        let mut sandbox = Sandbox::configured();
        module(&sandbox, OLD, THEN, 0);
        sandbox.set("PYTHONPYCACHEPREFIX", sandbox.path(prefix));
        sandbox.plain(&["python3", "-c", "import app"]).quiet();
        let prefix = sandbox.path(prefix);
        let mirror = prefix.join(sandbox.project().strip_prefix("/").unwrap());
        let pyc = mirror.join(format!("app.{}.pyc", tag(&sandbox)));
        let [notes, letter] =
            ["notes.cpython-311.pyc", "letter.cpython-311.pyc"].map(|name| mirror.join(name));
        fs::write(&notes, "words, and no bytecode at all").unwrap();
        fs::copy(&pyc, &letter).unwrap();
        sandbox.plain(&["git", "init", "-q"]).quiet();
        sandbox
            .plain(&["git", "add", "-f", letter.to_str().unwrap()])
            .quiet();
        let before = sandbox.census("project");
        sandbox
            .devenv(&["run", "--clear=stale", "--no-fill", "--", "true"])
            .ok();
        let said = sandbox.devenv(&["run", "--clear", "--no-fill", "--", "true"]);
        assert!(
            said.ok().is_empty() && said.err.contains("git tracks"),
            "{said:#?}"
        );
        let after = sandbox.census("project");
        assert!(!pyc.exists(), "{}", pyc.display());
        for path in [notes, letter] {
            assert_eq!(after.get(&path), before.get(&path), "{}", path.display());
        }
    }
}

/// A `.pth` file can name any directory, and what somebody installed there is theirs.
#[test]
fn packages_elsewhere_that_the_environment_names_are_no_sources_unless_listed() {
    let sandbox = Sandbox::configured();
    sandbox.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
    let places = [
        "other/lib/python3.11/site-packages",
        "system/dist-packages",
        "other/share",
        "lib",
    ];
    sandbox.write("other/pyvenv.cfg", "home = /usr/bin\n");
    for place in places {
        sandbox.write(&format!("{place}/app.py"), OLD);
        sandbox
            .plain(&["python3", "-m", "compileall", "-q", &format!("../{place}")])
            .quiet();
    }
    let lines = places
        .map(|place| sandbox.path(place).display().to_string())
        .join("\n");
    sandbox.write("project/.venv/lib/python3.11/site-packages/x.pth", lines);
    sandbox.allow();
    let before = places.map(|place| sandbox.census(place));
    for args in [
        &["run", "--no-fill", "--", "true"][..],
        &["run", "--no-fill", "--clear", "--", "true"],
    ] {
        sandbox.devenv(args).quiet();
    }
    let is_touched = |index: usize| sandbox.census(places[index]) != before[index];
    assert_eq!([0, 1, 2, 3].map(is_touched), [false, false, false, true]);
    sandbox.write(
        "project/devenv.toml",
        "sources = ['../system/dist-packages']\n",
    );
    sandbox.allow();
    assert!(is_touched(1), "what the user lists is taken");
}
