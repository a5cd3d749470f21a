//! List variables in a configuration: what `remove` says is what goes, and comes back on leaving.

use crate::sandbox::Sandbox;

const BEFORE: &str = "/usr/bin:/bin:/home/foo/a:/home/foo/b/:/home/foo:/opt/x/bin:/opt/y/bin";

fn path(sandbox: &Sandbox) -> String {
    let said =
        sandbox
            .command(crate::sandbox::DEVENV)
            .args(&["run", "--", "/usr/bin/printenv", "LIST"]);
    said.env("LIST", BEFORE).run().ok().to_owned()
}

#[test]
fn what_remove_names_goes_be_it_a_directory_or_a_pattern() {
    let sandbox = Sandbox::configured();
    for (remove, after) in [
        (
            "'/home/foo/*'",
            "/usr/bin:/bin:/home/foo:/opt/x/bin:/opt/y/bin",
        ),
        (
            "'/home/foo/**'",
            "/usr/bin:/bin:/home/foo:/opt/x/bin:/opt/y/bin",
        ),
        (
            "'/home/foo/b', '/home/foo/'",
            "/usr/bin:/bin:/home/foo/a:/opt/x/bin:/opt/y/bin",
        ),
        (
            "'/opt/*/bin'",
            "/usr/bin:/bin:/home/foo/a:/home/foo/b/:/home/foo",
        ),
        (
            "'/opt/[!x]/bin'",
            "/usr/bin:/bin:/home/foo/a:/home/foo/b/:/home/foo:/opt/x/bin",
        ),
        ("'/nowhere/*', 'mine/*'", BEFORE),
    ] {
        sandbox.write(
            "project/devenv.toml",
            format!("[env]\nLIST = {{ remove = [{remove}] }}\n"),
        );
        sandbox.allow();
        assert_eq!(path(&sandbox), after, "{remove}");
    }
}

#[test]
fn what_is_no_pattern_is_refused_with_its_line() {
    let sandbox = Sandbox::configured();
    for remove in ["/home/[foo", "/home/a**"] {
        sandbox.write(
            "project/devenv.toml",
            format!("[env]\nLIST = {{ remove = ['/x', '{remove}'] }}\n"),
        );
        let said = sandbox.devenv(&["allow"]);
        assert!(
            said.fails(2).contains("is no pattern") && said.err.contains("devenv.toml:2:"),
            "{said:#?}"
        );
    }
}
