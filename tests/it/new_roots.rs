//! Which directories inside the repository go on `PYTHONPATH` is consented to: a branch that adds
//! one waits, one that drops one doesn't, and neither does an installation. What Python runs at its
//! start goes there only where it is listed.

use std::fs;
use std::os::unix::fs::symlink;

use crate::hook::cd;
use crate::sandbox::Sandbox;
use crate::shells::{BASH, Shell};

const CHANGED: &str = "changed since you trusted it";
const PRINT: [&str; 3] = ["sh", "-c", "echo $PYTHONPATH"];

/// A project in a repository, with a library beside it.
fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.plain(&["git", "init", "-q", ".."]).quiet();
    for file in ["one/a", "two/b", "own/src/own"] {
        sandbox.write(&format!("project/{file}/__init__.py"), "");
    }
    sandbox.write("lib/src/lib/__init__.py", "");
    for library in ["lib", "project/own"] {
        sandbox.write(
            &format!("{library}/pyproject.toml"),
            "[project]\nname = 'lib'\nversion = '1'\n",
        );
    }
    sandbox.write("project/devenv.toml", "");
    found(&sandbox, "'one'", "");
    sandbox
}

fn found(sandbox: &Sandbox, directories: &str, sources: &str) {
    let text = format!(
        "[project]\nname = 'x'\n[tool.setuptools.packages.find]\nwhere = [{directories}]\n[tool.uv.sources]\n{sources}\n"
    );
    sandbox.write("project/pyproject.toml", text);
}

fn asks(sandbox: &Sandbox, root: &str) {
    assert!(sandbox.through(&PRINT).fails(2).contains(CHANGED), "{root}");
    let shown = sandbox.devenv(&["allow", "--dry-run"]);
    assert!(shown.ok().contains(root), "{root}: {shown:#?}");
}

#[test]
fn a_root_that_a_branch_adds_needs_consent() {
    let sandbox = project();
    sandbox.allow();
    let one = format!("{}/one", sandbox.project().display());
    assert_eq!(sandbox.through(&PRINT).quiet(), one);
    let mut shell = Shell::start(&sandbox, BASH);
    shell.load();
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("PYTHONPATH", Some(&one));
    // A prompt that comes now would see the manifest half written.
    shell.rest();
    for (directories, sources, root) in [
        ("'one', 'two'", "", "+ source root two"),
        ("'two'", "", "+ source root two"),
        ("'one'", "own = { path = 'own' }", "+ source root own/src"),
        ("'one'", "lib = { path = '../lib' }", "lib/src"),
    ] {
        found(&sandbox, directories, sources);
        asks(&sandbox, root);
    }
    shell.line("true");
    assert_eq!(
        shell.get("PYTHONPATH").as_deref(),
        Some(one.as_str()),
        "the last environment stays"
    );
    found(&sandbox, "'one'", "");
    assert_eq!(sandbox.through(&PRINT).quiet(), one);
    fs::rename(sandbox.path("project/one"), sandbox.path("project/was")).unwrap();
    symlink("two", sandbox.path("project/one")).unwrap();
    assert!(
        sandbox.through(&PRINT).fails(2).contains(CHANGED),
        "a link in the place of a root"
    );
}

#[test]
fn fewer_roots_and_an_installation_ask_nothing() {
    let sandbox = project();
    let own = "own = { path = 'own' }";
    found(&sandbox, "'one', 'two'", own);
    sandbox.allow();
    let all = sandbox.through(&PRINT).quiet().to_owned();
    for left in ["'two'", "'one'", "'one', 'two'"] {
        found(&sandbox, left, own);
        assert!(all.contains(sandbox.through(&PRINT).quiet().split(':').next().unwrap()));
    }
    sandbox
        .plain(&["python3", "-m", "venv", "--without-pip", ".venv"])
        .quiet();
    sandbox.through(&["true"]).quiet();
    let packages = sandbox
        .plain(&["sh", "-c", "echo .venv/lib/*/site-packages"])
        .quiet()
        .to_owned();
    let info = format!("project/{packages}/lib-1.dist-info");
    let url = format!("file://{}/own", sandbox.project().display());
    for (editable, is_on) in [("true", false), ("false", true)] {
        // An installer makes the directory anew.
        let _ = fs::remove_dir_all(sandbox.path(&info));
        sandbox.write(&format!("{info}/METADATA"), "Name: lib\nVersion: 1\n");
        let text = format!("{{\"url\": \"{url}\", \"dir_info\": {{\"editable\": {editable}}}}}");
        sandbox.write(&format!("{info}/direct_url.json"), text);
        assert_eq!(
            sandbox.through(&PRINT).quiet().contains("own/src"),
            is_on,
            "editable: {editable}"
        );
        sandbox.devenv(&["allow"]).ok();
    }
    fs::remove_dir_all(sandbox.path(&info)).unwrap();
    assert_eq!(sandbox.through(&PRINT).quiet(), all);
}

#[test]
fn what_runs_at_the_start_of_python_goes_there_only_where_it_is_listed() {
    for file in [
        "sitecustomize.py",
        "usercustomize.py",
        "sitecustomize/__init__.py",
    ] {
        let sandbox = project();
        sandbox.allow();
        sandbox.write(&format!("project/one/{file}"), "print('started')\n");
        assert_eq!(
            sandbox.through(&["python3", "-c", "pass"]).ok(),
            "",
            "{file}"
        );
        let status = sandbox.devenv(&["status"]);
        assert!(
            status
                .ok()
                .contains("customize`, which every Python program would run"),
            "{status:#?}"
        );
        fs::remove_file(sandbox.path("project/devenv.toml")).unwrap();
        assert_eq!(
            sandbox.through(&["python3", "-c", "pass"]).ok(),
            "",
            "without a configuration: {file}"
        );
        sandbox.write("project/devenv.toml", "sources = ['one']\n");
        sandbox.allow();
        assert!(sandbox.through(&PRINT).quiet().ends_with("/one"), "{file}");
    }
}
