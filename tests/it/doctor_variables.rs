//! `devenv doctor` on variables that work against the profile, and on the lines of the start-up
//! files that set them.

use std::fs;

use crate::sandbox::Sandbox;
use crate::visits::{HOOK, Ill, healthy, visit};

/// Sets a variable in a start-up file, and as a shell that read it would have it.
fn exported(sandbox: &mut Sandbox, name: &str, value: &str) {
    sandbox.write(
        "home/.bashrc",
        format!("{HOOK}# {name} is\nexport {name}='{value}'\n"),
    );
    sandbox.set(name, value);
}

fn ill<'a>(shows: &'a [&'a str]) -> Ill<'a> {
    Ill {
        code: "variable",
        severity: "warning",
        shows,
    }
}

/// Is found with the line that sets it, cured for this shell by the remedy, and for the next by
/// taking the line out.
#[track_caller]
fn judge(sandbox: &mut Sandbox, name: &str, value: &str, cured_by_run: bool) {
    exported(sandbox, name, value);
    let said = format!("{name}={value}");
    let visit = ill(&[&said, "set in ", "home/.bashrc:3"]).is_all(sandbox);
    let finding = visit.finding("variable");
    assert_eq!(finding["cured_by_run"], cured_by_run, "{visit:#?}");
    let file = sandbox.path("home/.bashrc");
    let out = format!(
        "take `{name}` out of line 3 of {}, which sets it in every new shell",
        file.display()
    );
    assert_eq!(
        (
            &finding["remedies"][1]["text"],
            &finding["remedies"][1]["command"]
        ),
        (&out.into(), &"".into())
    );
    let text = sandbox.devenv(&["doctor"]).out;
    assert!(
        text.contains(&format!("  or:   take `{name}` out of line 3 of ")),
        "{text}"
    );
    let show = format!("printf %s \"${{{name}-unset}}\"");
    let kept = sandbox.through(&["sh", "-c", &show]).ok() == value;
    assert_eq!(
        kept, !cured_by_run,
        "what is said of `devenv run` is not true of {said}"
    );
    ill(&[]).is_cured(sandbox);
    sandbox.write("home/.bashrc", HOOK);
    let visit = ill(&["set by what started this shell"]).is_all(sandbox);
    assert_eq!(
        visit.finding("variable")["remedies"]
            .as_array()
            .unwrap()
            .len(),
        1,
        "{visit:#?}"
    );
    sandbox.env.remove(std::ffi::OsStr::new(name));
    crate::visits::visit(sandbox).healthy();
}

#[test]
fn bytecode_may_not_be_written_where_it_is_wanted() {
    let mut sandbox = healthy();
    sandbox.set("PYTHONDONTWRITEBYTECODE", "1");
    visit(&sandbox).healthy();
    sandbox
        .env
        .remove(std::ffi::OsStr::new("PYTHONDONTWRITEBYTECODE"));
    sandbox.devenv(&["profile", "use", "prod"]).ok();
    judge(&mut sandbox, "PYTHONDONTWRITEBYTECODE", "1", true);
}

#[test]
fn uv_compiles_where_python_may_not() {
    let mut sandbox = healthy();
    judge(&mut sandbox, "UV_COMPILE_BYTECODE", "1", false);
    for off in ["0", "false", ""] {
        sandbox.set("UV_COMPILE_BYTECODE", off);
        visit(&sandbox).healthy();
    }
    sandbox.set("UV_COMPILE_BYTECODE", "1");
    sandbox.devenv(&["profile", "use", "prod"]).ok();
    visit(&sandbox).healthy();
}

#[test]
fn a_relative_prefix() {
    let mut sandbox = healthy();
    judge(&mut sandbox, "PYTHONPYCACHEPREFIX", "cache/py", true);
    let whole = sandbox.path("prefix");
    sandbox.set("PYTHONPYCACHEPREFIX", whole);
    visit(&sandbox).healthy();
}

/// The prefix of the profile's own wins.
#[test]
fn a_relative_prefix_in_an_isolated_profile() {
    let mut sandbox = healthy();
    sandbox.write(
        "project/devenv.toml",
        "[profiles.dev]\nbytecode = 'isolated'\n",
    );
    sandbox.allow();
    judge(&mut sandbox, "PYTHONPYCACHEPREFIX", "cache/py", true);
}

#[test]
fn an_empty_element_of_the_path() {
    for value in [":/lib/mine", "/lib/mine:", "/a::/b", ":"] {
        let mut sandbox = healthy();
        exported(&mut sandbox, "PYTHONPATH", value);
        ill(&[&format!("PYTHONPATH={value}"), "home/.bashrc:3"]).is_cured(&sandbox);
        sandbox.set("PYTHONPATH", "");
        visit(&sandbox).healthy();
    }
}

#[test]
fn zero_that_is_on_for_some() {
    let mut sandbox = healthy();
    judge(&mut sandbox, "PYTHONDONTWRITEBYTECODE", "0", true);
    sandbox.devenv(&["profile", "use", "prod"]).ok();
    judge(&mut sandbox, "PYTHONDONTWRITEBYTECODE", "0", true);
}

/// Every shell has a way of its own to set a variable.
#[test]
fn the_line_is_found_in_every_start_up_file() {
    let lines = [
        (".profile", "export PYTHONDONTWRITEBYTECODE=0"),
        (".zshenv", "typeset -x PYTHONDONTWRITEBYTECODE=0"),
        (".zshrc", "export PATH=/x PYTHONDONTWRITEBYTECODE=0"),
        (
            ".config/fish/config.fish",
            "set -gx PYTHONDONTWRITEBYTECODE 0",
        ),
        (".tcshrc", "setenv PYTHONDONTWRITEBYTECODE 0"),
        (".config/elvish/rc.elv", "set E:PYTHONDONTWRITEBYTECODE = 0"),
        (".xonshrc", "$PYTHONDONTWRITEBYTECODE = 0"),
        (".xonshrc", "$PYTHONDONTWRITEBYTECODE = '$env'"),
    ];
    let mut sandbox = healthy();
    sandbox.set("PYTHONDONTWRITEBYTECODE", "0");
    for (file, line) in lines {
        let path = sandbox.write(
            &format!("home/{file}"),
            format!("# PYTHONDONTWRITEBYTECODE, set\n\n  {line}\n"),
        );
        ill(&[&format!("set in {}:3", path.display())]).is_all(&sandbox);
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn without_a_project_the_machine_is_judged() {
    let mut sandbox = healthy();
    sandbox
        .set("PYTHONPYCACHEPREFIX", "x")
        .set("PYTHONDONTWRITEBYTECODE", "0")
        .set("PYTHONPATH", ":");
    fs::remove_dir_all(sandbox.project()).unwrap();
    fs::create_dir(sandbox.project()).unwrap();
    let visit = visit(&sandbox);
    assert_eq!(
        visit.codes(),
        ["no-project", "variable", "variable", "variable"],
        "{visit:#?}"
    );
}
