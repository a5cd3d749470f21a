//! The Feature of a development container: written, named, packed by the real client, and installed
//! into a directory.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::inject::{FILE, clients, read, trusting};
use crate::sandbox::DEVENV;

#[test]
fn a_feature_is_written_named_and_installs_devenv() {
    let sandbox = trusting();
    sandbox.write("p/devenv.toml", "");
    sandbox.inject("p", &["devcontainer", "--feature"]).ok();
    let file = sandbox.path(&format!("p/{FILE}"));
    let said = &read(&sandbox, &[(sandbox.path("p"), file.clone())])[0];
    let own = &said["read"]["configuration"];
    assert_eq!(own["features"], json!({ "./devenv": {} }));
    assert_eq!(
        own["postStartCommand"],
        "devenv cache arm && devenv cache warm --mode checked --packages"
    );
    let feature: Value =
        serde_json::from_str(&sandbox.read("p/.devcontainer/devenv/devcontainer-feature.json"))
            .unwrap();
    assert_eq!(feature["version"], env!("CARGO_PKG_VERSION"));
    let client = clients().join(".bin/devcontainer");
    let args = [
        "features",
        "package",
        "-f",
        "-o",
        "../out",
        ".devcontainer/devenv",
    ];
    sandbox.command(&client).args(&args).within("p").run().ok();
    assert!(sandbox.path("out/devcontainer-feature-devenv.tgz").exists());
    let install = sandbox.path("p/.devcontainer/devenv/install.sh");
    let run = || {
        sandbox
            .command(&install)
            .env("DESTDIR", sandbox.path("image"))
            .env("_REMOTE_USER_HOME", "/home/v")
            .run()
    };
    let path = sandbox
        .env
        .get(std::ffi::OsStr::new("PATH"))
        .unwrap()
        .to_string_lossy()
        .into_owned();
    let bare = path
        .split(':')
        .filter(|part| !Path::new(part).join("devenv").exists())
        .collect::<Vec<_>>()
        .join(":");
    let refused = sandbox
        .command(&install)
        .env("DESTDIR", sandbox.path("image"))
        .env("PATH", bare)
        .run();
    assert!(
        refused
            .fails(1)
            .contains("put the program beside install.sh"),
        "no registry is asked: {refused:#?}"
    );
    fs::copy(DEVENV, install.with_file_name("devenv")).unwrap();
    (0..2).for_each(|_| drop(run().ok().to_owned()));
    let program = sandbox.path("image/usr/local/bin/devenv");
    assert!(
        sandbox
            .command(&program)
            .args(&["--version"])
            .run()
            .ok()
            .contains("pydevenv")
    );
    assert_eq!(
        sandbox
            .read("image/etc/bash.bashrc")
            .matches("devenv hook bash")
            .count(),
        1
    );
    assert_eq!(
        sandbox.read("image/home/v/.config/pydevenv/config.toml"),
        "trusted = [\"/workspaces\"]\n"
    );
    fs::remove_file(install.with_file_name("devenv")).unwrap();
    sandbox.inject("p", &["devcontainer", "--remove"]).ok();
    assert!(
        !sandbox.path("p/.devcontainer").exists(),
        "with the directories that were made"
    );
}

#[test]
fn a_command_that_is_there_keeps_its_place() {
    let sandbox = trusting();
    sandbox.write("p/devenv.toml", "");
    let taken = "{\n  \"image\": \"x\",\n  \"postStartCommand\": \"make\"\n}\n";
    let path = sandbox.write(&format!("p/{FILE}"), taken);
    for args in [
        &["devcontainer", "--feature"][..],
        &["devcontainer", "--feature", "--force"],
    ] {
        let said = sandbox.inject("p", args);
        assert!(
            said.fails(1).contains("`postStartCommand` is taken"),
            "{said:#?}"
        );
        assert!(
            said.out
                .ends_with("devenv cache arm && devenv cache warm --mode checked --packages\n"),
            "{said:#?}"
        );
        assert!(
            fs::read_to_string(&path)
                .unwrap()
                .contains("\"postStartCommand\": \"make\"")
        );
    }
    let own = "make && devenv cache arm && devenv cache warm --mode checked --packages";
    fs::write(
        &path,
        fs::read_to_string(&path)
            .unwrap()
            .replace("\"make\"", &format!("{own:?}")),
    )
    .unwrap();
    sandbox.inject("p", &["devcontainer"]).ok();
    sandbox.inject("p", &["devcontainer", "--check"]).ok();
}
