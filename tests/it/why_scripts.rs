//! `devenv why NAME` where the name is a console script: everything that the script can come to is
//! compared, not only the module that it imports first.

use crate::sandbox::Sandbox;
use crate::verdicts::{why, with_installers};

/// A project that is installed as a copy into its own environment, with a script of the name of its
/// module.
fn installed(entry: &str) -> Sandbox {
    let mut sandbox = with_installers();
    let head = "[project]\nname = 'tool'\nversion = '1'\nrequires-python = '>=3.8'\n";
    let build = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n\
                 [tool.hatch.build.targets.wheel]\npackages = ['src/tool', 'src/helper']\n";
    sandbox.write(
        "project/pyproject.toml",
        format!("{head}[project.scripts]\ntool = '{entry}:main'\n{build}"),
    );
    sandbox.write("project/src/tool/__init__.py", "from .cli import main\n");
    sandbox.write(
        "project/src/tool/cli.py",
        "def main():\n    from . import core\n    print(core.VALUE)\n",
    );
    sandbox.write("project/src/tool/core.py", "from helper import VALUE\n");
    sandbox.write("project/src/helper/__init__.py", "VALUE = 'old'\n");
    sandbox.plain(&["uv", "venv", "-q"]).ok();
    sandbox
        .plain(&["uv", "pip", "install", "-q", "--python", ".venv", "."])
        .ok();
    let path = format!(
        "{}:{}",
        sandbox.path("project/.venv/bin").display(),
        sandbox.env[std::ffi::OsStr::new("PATH")].to_str().unwrap()
    );
    sandbox.set("PATH", path);
    sandbox
}

#[test]
fn every_module_that_the_script_can_come_to_is_compared() {
    for entry in ["tool.cli", "tool"] {
        for (file, text) in [
            ("src/tool/core.py", "VALUE = 'new'\n"),
            ("src/helper/__init__.py", "VALUE = 'new'\n"),
            ("src/tool/__init__.py", "from .cli import main  # new\n"),
        ] {
            let sandbox = installed(entry);
            why(&sandbox, &["tool"]).healthy();
            sandbox.write(&format!("project/{file}"), text);
            assert_eq!(sandbox.plain(&["tool"]).quiet(), "old", "{entry} {file}");
            for target in [&["tool"][..], &["--", "tool"], &[".venv/bin/tool"]] {
                let answer = why(&sandbox, target);
                answer.shows("installed-copy", &[file]);
                assert!(
                    answer.json["takes_effect"] == false && answer.said.code == Some(1),
                    "{target:?}: {answer:#?}"
                );
            }
        }
    }
}
