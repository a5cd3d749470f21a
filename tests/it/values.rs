//! Every value reaches a shell, and a shell's children, byte for byte; and no name of a file is
//! ever executed.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::noise::Noise;
use crate::sandbox::{DEVENV, Sandbox};
use crate::shells::{Dialect, Shell, in_every_shell};

const RANDOM: usize = 1000;

/// What breaks careless quoting.
#[rustfmt::skip]
const NASTY: &[&str] = &[
    "", " ", "a b", "  two  ", "'", "\"", "'\"'", "\\", "\\\\", "\\'", "\\n", "$HOME", "${HOME}", "$(id)", "`id`",
    "$((1+1))", "!", "!!", "a!b", "\n", "\n\n", "a\n", "\na", "a\nb\n", "\t", "\r", "a\r\n", "\u{7}", "\u{1b}[31m",
    "~", "~root", "*", "?", "[a-z]", "{a,b}", "a;b", "a|b", "a&b", "a>b", "a<b", "#a", "a#b", "(a)", "a=b", "-n",
    "--", "-e x", "%", "%s%n", "^", "@", "^a^b", "ä", "日本語", "🐍", "\u{feff}", "\u{2028}", "a'b\"c`d$e\\f!g\nh",
    "$'x'", "''", "\"\"", "\u{7f}",
];

/// Returns that, with what is no text, and what is long.
fn nasty() -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = NASTY.iter().map(|text| text.as_bytes().to_vec()).collect();
    out.extend([
        vec![0xff],
        vec![b'a', 0xc3],
        vec![0x80, b'\'', 0xfe],
        (1..=255).collect(),
        vec![b'\''; 4000],
    ]);
    out.push(b"x'\n$".repeat(25_000));
    out
}

/// Returns what is likely to break something.
fn random(noise: &mut Noise) -> Vec<u8> {
    let special = b"'\"\\$`!\n\r\t ;&|<>(){}[]*?~#%^=:,@-\xc3\xa4\xff";
    let length = noise.below(40);
    let byte = |noise: &mut Noise| match noise.below(3) {
        0 => u8::try_from(noise.below(255) + 1).unwrap(),
        1 => b'a' + u8::try_from(noise.below(26)).unwrap(),
        _ => special[noise.below(special.len())],
    };
    (0..length).map(|_| byte(noise)).collect()
}

/// Has devenv export values: as what it undoes, since what a configuration says is always UTF-8.
fn exported(sandbox: &mut Sandbox, dialect: Dialect, values: &[(String, Vec<u8>)]) -> PathBuf {
    let mut record = b"pydevenv record 1\0".to_vec();
    for (name, value) in values {
        record.extend([name.as_bytes(), b"\0scalar\0=", value, b"\0-\0"].concat());
    }
    let sized = [
        &u64::try_from(record.len()).unwrap().to_le_bytes()[..],
        &record,
    ]
    .concat();
    fs::write(sandbox.path("sized"), sized).unwrap();
    let sum = sandbox.plain(&["sha256sum", sandbox.path("sized").to_str().unwrap()]);
    let (id, digest) = (sum.quiet()[..16].to_owned(), sum.quiet()[16..48].to_owned());
    let path = sandbox.state().join("records").join(&id);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, &record).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    sandbox.set("PYDEVENV_SESSION", format!("1:dev:{id}:{digest}"));
    let out = std::process::Command::new(DEVENV)
        .args(["export", dialect.name])
        .env_clear()
        .envs(&sandbox.env)
        .current_dir(sandbox.project())
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let file = sandbox.path("exported");
    fs::write(&file, out.stdout).unwrap();
    file
}

fn hands_every_value_on(dialect: Dialect) {
    let mut sandbox = Sandbox::new();
    let mut noise = Noise::new();
    let all = nasty()
        .into_iter()
        .chain((0..RANDOM).map(|_| random(&mut noise)));
    let values: Vec<(String, Vec<u8>)> = all
        .enumerate()
        .map(|(i, value)| (format!("V{i}"), value))
        .collect();
    let file = exported(&mut sandbox, dialect, &values);
    let args = (dialect.evaluate)(file.to_str().unwrap());
    let out = std::process::Command::new(&args[0])
        .args(&args[1..])
        .env_clear()
        .envs(&sandbox.env)
        .current_dir(sandbox.project())
        .output()
        .unwrap();
    let seen: std::collections::BTreeMap<OsString, OsString> = out
        .stdout
        .split(|&byte| byte == 0)
        .filter_map(|pair| {
            pair.iter()
                .position(|&b| b == b'=')
                .map(|at| (&pair[..at], &pair[at + 1..]))
        })
        .map(|(name, value)| {
            (
                OsString::from_vec(name.to_vec()),
                OsString::from_vec(value.to_vec()),
            )
        })
        .collect();
    assert!(
        seen.len() > 100,
        "{}: {}",
        dialect.name,
        String::from_utf8_lossy(&out.stderr)
    );
    for (name, value) in &values {
        let seen = seen.get(OsStr::new(name)).map(|value| value.as_bytes());
        let held = (dialect.holds)(value).then_some(value.as_slice());
        assert!(
            seen == held,
            "{} {name}: {:?} is not {:?}",
            dialect.name,
            seen.map(<[u8]>::escape_ascii).map(|e| e.to_string()),
            value.escape_ascii().to_string()
        );
    }
}

fn executes_no_name(dialect: Dialect) {
    let mut sandbox = Sandbox::new();
    sandbox.set("PYDEVENV_FILL", "0");
    let name = "we ird\n$(touch HACKED)`touch HACKED`'q\"é!!";
    sandbox.write(
        &format!("{name}/devenv.toml"),
        "[env]\nLEVEL = 'one'\nPATH = { prepend = ['bin'] }\n",
    );
    sandbox.devenv(&["allow", &format!("../{name}")]).ok();
    std::os::unix::fs::symlink(sandbox.path(name), sandbox.path("link")).unwrap();
    let mut shell = Shell::start(&sandbox, dialect);
    // A link that needs no quoting brings the shell there, where it resolves its directory.
    shell.line(&format!("cd {}", sandbox.path("link").display()));
    shell.line(dialect.resolve);
    shell.comes_to("LEVEL", Some("one"));
    shell.comes_to("PWD", Some(&sandbox.path(name).display().to_string()));
    shell.idles();
    shell.line(&format!("cd {}", sandbox.path("home").display()));
    shell.comes_to("LEVEL", None);
    let hacked = sandbox
        .census("")
        .into_keys()
        .find(|path| path.ends_with("HACKED"));
    assert_eq!(hacked, None);
}

in_every_shell!(hands_every_value_on, executes_no_name,);
