//! The Dockerfile of the README, built by buildah as it stands, over an image of the tests' own:
//! their interpreter, and the programs of this machine. Nothing is fetched.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::readme::{DOCKER, snippet, write_shop};
use crate::sandbox::{DEVENV, Said, Sandbox, python};

/// Directories of this machine that a container sees: what a shell and an interpreter are linked
/// with.
const SHARED: [&str; 4] = ["/usr/bin", "/usr/lib", "/usr/lib64", "/usr/sbin"];

const BASE: &str = "FROM scratch\nCOPY root/ /\n\
                    ENV PATH=/usr/local/bin:/usr/bin LD_LIBRARY_PATH=/opt/lib PIP_NO_INDEX=1\n\
                    ENV PIP_DISABLE_PIP_VERSION_CHECK=1\n";

impl Sandbox {
    fn buildah(&self, args: &[&str]) -> Said {
        let store = [
            "--storage-driver",
            "vfs",
            "--root",
            "../store",
            "--runroot",
            "../run",
        ];
        self.plain(&[&["buildah"], &store[..], args].concat())
    }
}

/// Returns the version of the tests' interpreter: `3.11`.
fn version() -> String {
    python()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .strip_prefix("python")
        .unwrap()
        .to_owned()
}

/// Makes the image that a Dockerfile starts from; like the official one, its library has no
/// bytecode.
fn make_base(sandbox: &Sandbox, name: &str) {
    let library = format!("lib/python{}", version());
    let own = python().parent().unwrap().parent().unwrap().to_owned();
    for directory in [
        "usr/local/bin",
        "usr/local/lib",
        "usr/bin",
        "usr/lib",
        "usr/lib64",
        "usr/sbin",
        "opt/lib",
        "tmp",
    ] {
        fs::create_dir_all(sandbox.path("base/root").join(directory)).unwrap();
    }
    let script = format!(
        "cd ../base/root && cp -R '{0}/{library}' usr/local/lib/ && cp '{0}/bin/python{1}' usr/local/bin/ \
         && find . -name '*.pyc' -delete && ln -s python{1} usr/local/bin/python \
         && for name in bin sbin lib lib64; do ln -s usr/$name $name; done",
        own.display(),
        version()
    );
    sandbox.plain(&["bash", "-euc", &script]).quiet();
    sandbox.write("base/Dockerfile", BASE);
    sandbox
        .buildah(&[
            "build",
            "--quiet",
            "--isolation",
            "chroot",
            "--tag",
            name,
            "../base",
        ])
        .ok();
}

/// Returns the options by which a container sees this machine's programs.
fn volumes() -> Vec<String> {
    let shared = SHARED
        .iter()
        .filter(|path| Path::new(path).exists())
        .map(|path| format!("--volume={path}:{path}:ro"));
    let own = python().parent().unwrap().parent().unwrap().join("lib");
    shared
        .chain([format!("--volume={}:/opt/lib:ro", own.display())])
        .collect()
}

#[test]
fn the_image_has_all_of_its_bytecode_and_no_devenv() {
    let sandbox = Sandbox::new();
    write_shop(&sandbox);
    fs::copy(DEVENV, sandbox.path("project/devenv")).unwrap();
    let text = snippet(DOCKER, "dockerfile").replace("3.13", &version());
    sandbox.write("project/Dockerfile", &text);
    make_base(
        &sandbox,
        &format!("docker.io/library/python:{}-slim", version()),
    );
    let volumes = volumes();
    let volumes: Vec<&str> = volumes.iter().map(String::as_str).collect();
    let isolated = ["--isolation", "chroot"];
    let build = [
        &["build", "--pull-never", "--tag", "shop"],
        &isolated[..],
        &volumes,
        &["."],
    ]
    .concat();
    let said = sandbox.buildah(&build);
    assert!(
        said.ok().contains("2/2") || said.err.contains("2/2"),
        "{said:#?}"
    );
    let container = sandbox
        .buildah(&["from", "--pull-never", "localhost/shop"])
        .ok()
        .to_owned();
    let inspected: Value =
        serde_json::from_str(sandbox.buildah(&["inspect", &container]).ok()).unwrap();
    let command = inspected["OCIv1"]["config"]["Cmd"]
        .as_array()
        .unwrap()
        .clone();
    let command: Vec<&str> = command.iter().map(|word| word.as_str().unwrap()).collect();
    let inside = |command: &[&str]| {
        let head = [&["run"], &isolated[..], &volumes, &[&container, "--"]].concat();
        sandbox.buildah(&[&head, command].concat())
    };
    assert_eq!(inside(&command).quiet(), "\"new\"");
    let verbose = inside(&[&command[..1], &["-v"], &command[1..]].concat());
    let read: Vec<&str> = verbose
        .err
        .lines()
        .filter(|line| line.starts_with("# code object from "))
        .collect();
    assert!(
        read.len() > 10 && read.iter().all(|line| line.ends_with(".pyc'")),
        "{verbose:#?}"
    );
    assert!(
        read.iter()
            .any(|line| line.contains("/site-packages/shop/__pycache__/app.")),
        "{read:#?}"
    );
    let find = "import os; own = '/opt', '/shop', '/usr/local'; \
                print([top for place in own for top, _, names in os.walk(place) if 'devenv' in names])";
    assert_eq!(inside(&["/usr/local/bin/python", "-c", find]).quiet(), "[]");
}
