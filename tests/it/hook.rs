//! The hook: one table of scenarios, in every shell.

use std::fs;

use crate::sandbox::{DEVENV, Sandbox};
use crate::shells::{Dialect, Renamed, Shell, in_every_shell, text};

in_every_shell!(
    it_enters_idles_and_leaves,
    it_notices_every_edit,
    a_project_can_be_renamed,
    what_the_user_changes_stays,
    aliases_come_and_go,
    an_untrusted_project_gets_one_line,
    a_broken_configuration_keeps_the_last_environment,
    a_repository_that_appears_is_noticed_and_git_is_not,
    projects_nest,
    a_nested_shell_decides_afresh,
    the_hook_can_be_loaded_twice,
    it_can_be_turned_off,
    values_stay_as_they_are,
);

const CONFIG: &str = "[env]\nLEVEL = 'one'\nPATH = { prepend = ['tools'] }\n[profiles.prod]\nenv = { LEVEL = 'prod' }\n";

/// What shells change by themselves.
const NOISE: [&str; 4] = ["OLDPWD", "_", "dirprev", "CMD_DURATION_MS"];

pub fn project() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0").set("SHELL", "/bin/sh");
    sandbox.write("project/devenv.toml", CONFIG);
    sandbox.write("project/deep/er/file", "");
    sandbox.allow();
    sandbox
}

pub fn cd(sandbox: &Sandbox, path: &str) -> String {
    format!("cd {}", sandbox.path(path).display())
}

fn it_enters_idles_and_leaves(dialect: Dialect) {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, dialect);
    let before = shell.env();
    shell.idles();
    let inside = shell.after(&cd(&sandbox, "project"));
    assert_eq!(
        text(&inside, "LEVEL").as_deref(),
        Some("one"),
        "{}",
        shell.words()
    );
    assert_eq!(
        text(&inside, "PYTHONDONTWRITEBYTECODE").as_deref(),
        Some("1")
    );
    assert!(
        text(&inside, "PATH")
            .unwrap()
            .starts_with(sandbox.path("project/tools").to_str().unwrap())
    );
    let ours: Vec<_> = inside
        .keys()
        .filter(|name| name.to_string_lossy().contains("PYDEVENV"))
        .collect();
    assert_eq!(ours, ["PYDEVENV_FILL", "PYDEVENV_SESSION"]);
    assert!(text(&inside, "PYDEVENV_SESSION").unwrap().len() < 184);
    shell.idles();
    shell.line(&cd(&sandbox, "project/deep/er"));
    shell.idles();
    assert_eq!(shell.get("LEVEL").as_deref(), Some("one"));
    let mut after = shell.after(&cd(&sandbox, "home"));
    for name in NOISE {
        after.remove(std::ffi::OsStr::new(name));
    }
    let same = before
        .iter()
        .filter(|(name, _)| !NOISE.iter().any(|n| n == name))
        .all(|(n, v)| after.get(n) == Some(v));
    assert!(same && after.len() <= before.len(), "{before:?}\n{after:?}");
    shell.idles();
    assert_eq!(
        shell
            .shown()
            .matches("devenv: dev +LEVEL ~PATH +PYTHONDONTWRITEBYTECODE")
            .count(),
        1
    );
}

fn it_notices_every_edit(dialect: Dialect) {
    let sandbox = project();
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = ['{}']\n", sandbox.project().display()),
    );
    let mut shell = Shell::start(&sandbox, dialect);
    shell.line(&cd(&sandbox, "project/deep"));
    shell.comes_to("LEVEL", Some("one"));
    shell.rest();
    let path = sandbox.path("project/devenv.toml");
    // In place, and of the same size.
    fs::write(&path, CONFIG.replace("'one'", "'two'")).unwrap();
    shell.comes_to("LEVEL", Some("two"));
    shell.rest();
    // Another file in its place, which is older.
    let other = sandbox.write("other.toml", CONFIG.replace("'one'", "'old'"));
    let file = fs::File::options().write(true).open(&other).unwrap();
    file.set_modified(
        std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000),
    )
    .unwrap();
    fs::rename(&other, &path).unwrap();
    shell.comes_to("LEVEL", Some("old"));
    shell.rest();
    // A file that lies over it, then goes.
    sandbox.write("project/devenv.local.toml", "[env]\nLEVEL = 'local'\n");
    shell.comes_to("LEVEL", Some("local"));
    shell.rest();
    fs::remove_file(sandbox.path("project/devenv.local.toml")).unwrap();
    shell.comes_to("LEVEL", Some("old"));
    shell.rest();
    // Nearer: a configuration of its own.
    sandbox.write("project/deep/devenv.toml", "[env]\nNEAR = 'yes'\n");
    shell.comes_to("NEAR", Some("yes"));
    assert_eq!(shell.get("LEVEL"), None);
    shell.rest();
    fs::remove_file(sandbox.path("project/deep/devenv.toml")).unwrap();
    shell.comes_to("LEVEL", Some("old"));
    assert_eq!(shell.get("NEAR"), None);
    shell.rest();
    // The profile, from elsewhere and by variable.
    sandbox
        .command(DEVENV)
        .args(&["profile", "use", "prod"])
        .run()
        .ok();
    shell.comes_to("LEVEL", Some("prod"));
    shell.rest();
    sandbox
        .command(DEVENV)
        .args(&["profile", "use", "--unset"])
        .run()
        .ok();
    shell.comes_to("LEVEL", Some("old"));
    shell.rest();
    shell.line(&(dialect.set)("PYDEVENV_PROFILE", "prod"));
    shell.comes_to("LEVEL", Some("prod"));
    shell.line(&(dialect.unset)("PYDEVENV_PROFILE"));
    shell.comes_to("LEVEL", Some("old"));
    shell.rest();
    // Gone, and back.
    sandbox.command(DEVENV).args(&["deny"]).run().ok();
    shell.comes_to("LEVEL", None);
    shell.rest();
    sandbox.allow();
    shell.comes_to("LEVEL", Some("old"));
}

fn a_project_can_be_renamed(dialect: Dialect) {
    let sandbox = project();
    sandbox.write(
        "home/.config/pydevenv/config.toml",
        format!("trusted = ['{}']\n", sandbox.root.display()),
    );
    let mut shell = Shell::start(&sandbox, dialect);
    shell.line(&cd(&sandbox, "project/deep"));
    shell.comes_to("LEVEL", Some("one"));
    shell.rest();
    let path = shell.get("PATH").unwrap();
    fs::rename(sandbox.path("project"), sandbox.path("renamed")).unwrap();
    match dialect.renamed {
        Renamed::Stays => shell.comes_to("LEVEL", None),
        Renamed::Follows => shell.comes_to(
            "PATH",
            Some(&path.replace("/project/tools", "/renamed/tools")),
        ),
        Renamed::Waits => {
            shell.line("cd");
            shell.comes_to("LEVEL", None);
        }
    }
}

fn what_the_user_changes_stays(dialect: Dialect) {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, dialect);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    shell.line(&(dialect.set)("LEVEL", "mine"));
    let path = shell.get("PATH").unwrap();
    shell.line(&(dialect.set)("PATH", &format!("/mine:{path}")));
    shell.idles();
    // The plan is decided again: what is not the user's follows.
    fs::write(
        sandbox.path("project/devenv.toml"),
        CONFIG.replace("[env]", "[env]\nNEW = 'new'"),
    )
    .unwrap();
    sandbox.allow();
    shell.comes_to("NEW", Some("new"));
    assert_eq!(shell.get("LEVEL").as_deref(), Some("mine"));
    assert_eq!(shell.get("PATH"), Some(format!("/mine:{path}")));
    sandbox.devenv(&["on"]).ok();
    shell.comes_to("LEVEL", Some("one"));
    shell.line(&(dialect.set)("LEVEL", "mine"));
    shell.line(&cd(&sandbox, "home"));
    shell.comes_to("NEW", None);
    assert_eq!(shell.get("LEVEL").as_deref(), Some("mine"));
    let tools = sandbox.path("project/tools").display().to_string();
    let left = shell.get("PATH").unwrap();
    assert!(
        left.starts_with("/mine:") && !left.contains(&tools),
        "{left}"
    );
    // Somebody brings a saved list back: our element goes, once.
    shell.line(&(dialect.set)("PATH", &path));
    shell.comes_to("PATH", Some(&path.replace(&format!("{tools}:"), "")));
    shell.line(&(dialect.set)("PATH", &path));
    shell.idles();
    assert_eq!(shell.get("PATH"), Some(path));
}

fn aliases_come_and_go(dialect: Dialect) {
    let sandbox = project();
    let text = CONFIG.to_owned()
        + "[aliases]\ngreet = 'sh -c \"echo $LEVEL-$0 > ../said\"'\n'x.y-z' = 'touch ../odd'\n";
    fs::write(sandbox.path("project/devenv.toml"), text).unwrap();
    sandbox.allow();
    let said = || fs::read_to_string(sandbox.path("said")).unwrap_or_default();
    let mut shell = Shell::bare(&sandbox, dialect, dialect.start);
    shell.line(&(dialect.alias)("greet", "echo home > ../said; true"));
    shell.load();
    shell.after("greet");
    assert_eq!(said(), "home\n", "{}", shell.words());
    shell.after(&cd(&sandbox, "project"));
    shell.after("greet you");
    assert_eq!(said(), "one-you\n", "{}", shell.words());
    shell.after("x.y-z");
    assert!(sandbox.path("odd").exists(), "{}", shell.words());
    fs::remove_file(sandbox.path("odd")).unwrap();
    shell.after(&cd(&sandbox, "home"));
    shell.after("greet you");
    assert_eq!(said(), "home\n", "{}", shell.words());
    shell.after("x.y-z");
    assert!(!sandbox.path("odd").exists());
}

fn an_untrusted_project_gets_one_line(dialect: Dialect) {
    let sandbox = project();
    sandbox.write("other/devenv.toml", CONFIG);
    let mut shell = Shell::start(&sandbox, dialect);
    shell.after(&cd(&sandbox, "other"));
    shell.idles();
    shell.after(&cd(&sandbox, "home"));
    let env = shell.after(&cd(&sandbox, "other"));
    assert_eq!(text(&env, "LEVEL"), None);
    assert_eq!(
        shell.shown().matches("project is not trusted").count(),
        1,
        "{}",
        shell.words()
    );
    // One that nobody configured is passed over in silence.
    sandbox.write("implicit/pyproject.toml", "[project]\nname = 'a'\n");
    let before = shell.shown().matches("devenv:").count();
    let env = shell.after(&cd(&sandbox, "implicit"));
    assert_eq!(text(&env, "PYTHONDONTWRITEBYTECODE"), None);
    assert_eq!(shell.shown().matches("devenv:").count(), before);
    shell.idles();
}

fn a_broken_configuration_keeps_the_last_environment(dialect: Dialect) {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, dialect);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    shell.rest();
    fs::write(sandbox.path("project/devenv.toml"), "nonsense = 1\n").unwrap();
    shell.idles();
    assert_eq!(shell.get("LEVEL").as_deref(), Some("one"));
    assert_eq!(
        shell
            .shown()
            .matches("project/devenv.toml:1:1: unknown key `nonsense`")
            .count(),
        1,
        "{}",
        shell.words()
    );
    // Another project's environment never stays.
    sandbox.write("other/devenv.toml", "also wrong");
    shell.line(&cd(&sandbox, "other"));
    shell.comes_to("LEVEL", None);
    shell.line(&cd(&sandbox, "project"));
    shell.idles();
    assert_eq!(shell.get("LEVEL"), None);
    fs::write(sandbox.path("project/devenv.toml"), CONFIG).unwrap();
    shell.comes_to("LEVEL", Some("one"));
}

fn a_repository_that_appears_is_noticed_and_git_is_not(dialect: Dialect) {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, dialect);
    shell.line(&cd(&sandbox, "project/deep"));
    shell.comes_to("LEVEL", Some("one"));
    shell.rest();
    let git = |args: &[&str]| {
        sandbox
            .command("git")
            .args(args)
            .within("project/deep")
            .run()
            .ok()
            .to_owned()
    };
    git(&["init", "-q"]);
    shell.comes_to("LEVEL", None);
    let turns = shell.rest();
    git(&["add", "."]);
    git(&[
        "-c",
        "user.name=a",
        "-c",
        "user.email=a",
        "commit",
        "-qm",
        "a",
    ]);
    shell.env();
    assert_eq!(shell.turns(), turns);
}

fn projects_nest(dialect: Dialect) {
    let sandbox = project();
    sandbox.write("project/inner/devenv.toml", "[env]\nINNER = 'yes'\n");
    sandbox.command(DEVENV).args(&["allow", "inner"]).run().ok();
    let mut shell = Shell::start(&sandbox, dialect);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    let path = shell.get("PATH").unwrap();
    let inner = shell.after(&cd(&sandbox, "project/inner"));
    assert_eq!(
        (text(&inner, "LEVEL"), text(&inner, "INNER").as_deref()),
        (None, Some("yes"))
    );
    assert!(!text(&inner, "PATH").unwrap().contains("project/tools"));
    let outer = shell.after(&cd(&sandbox, "project"));
    assert_eq!(
        (text(&outer, "LEVEL").as_deref(), text(&outer, "INNER")),
        (Some("one"), None)
    );
    assert_eq!(text(&outer, "PATH"), Some(path));
    shell.idles();
}

fn a_nested_shell_decides_afresh(dialect: Dialect) {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, dialect);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    let outer = shell.env();
    shell.rest();
    let turns = shell.turns();
    shell.after(&dialect.start.join(" "));
    shell.load();
    let inner = shell.env();
    assert_eq!(
        (text(&inner, "LEVEL"), text(&inner, "PATH")),
        (text(&outer, "LEVEL"), text(&outer, "PATH"))
    );
    shell.idles();
    assert_eq!(shell.turns(), turns + 1, "it decides once");
    let left = shell.after(&cd(&sandbox, "home"));
    assert_eq!(text(&left, "LEVEL"), None);
    assert!(!text(&left, "PATH").unwrap().contains("project/tools"));
    // The same program in its place.
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    shell.after(&format!("exec {}", dialect.start.join(" ")));
    shell.load();
    shell.line(&cd(&sandbox, "home"));
    shell.comes_to("LEVEL", None);
}

fn the_hook_can_be_loaded_twice(dialect: Dialect) {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, dialect);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    shell.load();
    shell.idles();
    let turns = shell.turns();
    shell.line(&cd(&sandbox, "home"));
    shell.comes_to("LEVEL", None);
    assert_eq!(shell.turns(), turns + 1);
    assert_eq!(shell.shown().matches("devenv: dev").count(), 1);
}

fn it_can_be_turned_off(dialect: Dialect) {
    let sandbox = project();
    let mut shell = Shell::start(&sandbox, dialect);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    shell.rest();
    sandbox.devenv(&["off", "--project"]).ok();
    shell.comes_to("LEVEL", None);
    shell.idles();
    sandbox.devenv(&["on", "--project"]).ok();
    shell.comes_to("LEVEL", Some("one"));
    shell.rest();
    shell.line(&(dialect.set)("PYDEVENV_DISABLE", "1"));
    shell.comes_to("LEVEL", None);
    let turns = shell.turns();
    shell.line(&cd(&sandbox, "home"));
    shell.line(&cd(&sandbox, "project"));
    assert_eq!(shell.get("LEVEL"), None);
    assert_eq!(shell.turns(), turns, "not even a change of directory asks");
    shell.line(&(dialect.unset)("PYDEVENV_DISABLE"));
    shell.comes_to("LEVEL", Some("one"));
}

fn values_stay_as_they_are(dialect: Dialect) {
    let sandbox = project();
    let values = [
        ("EMPTY", String::new()),
        ("BREAKS", "\n\nfirst\r\n\tlast\n\n".to_owned()),
        (
            "QUOTES",
            "it's \"it\" \\ \\\\ r#'#'# `id` $(id) (id) $HOME ! ~ * ; | & # @ % ^ {a,b}".to_owned(),
        ),
        (
            "CONTROL",
            "\u{1}\u{1b}[0m\u{7f}\u{85}\u{2028}\u{e9}\u{1f40d}".to_owned(),
        ),
        ("LIST", "a:b:c".to_owned()),
        ("LARGE", "'\n\"x\\".repeat(20_000)),
    ];
    let quoted = |text: &str| {
        let escaped = |char: char| match char {
            '"' | '\\' => format!("\\{char}"),
            ' '..='~' => char.to_string(),
            char => format!("\\U{:08x}", u32::from(char)),
        };
        text.chars().map(escaped).collect::<String>()
    };
    let table: String = values
        .iter()
        .map(|(name, value)| format!("{name} = \"{}\"\n", quoted(value)))
        .collect();
    fs::write(
        sandbox.path("project/devenv.toml"),
        format!("[env]\nLEVEL = 'one'\n{table}"),
    )
    .unwrap();
    sandbox.allow();
    let mut shell = Shell::start(&sandbox, dialect);
    shell.line(&cd(&sandbox, "project"));
    shell.comes_to("LEVEL", Some("one"));
    shell.idles();
    let env = shell.env();
    for (name, value) in &values {
        assert!(
            text(&env, name).as_ref() == Some(value),
            "{name}: {:.200?}",
            text(&env, name)
        );
    }
    let env = shell.after(&cd(&sandbox, "home"));
    assert!(values.iter().all(|(name, _)| text(&env, name).is_none()));
}
