//! What may be a secret in a variable or on a command line, by the names that people give to secrets. Others read our
//! output over a shoulder, in a log, in a bug report. Pure.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// What stands where a secret was.
pub(crate) const MASK: &str = "…";

/// Words of which a name that means a secret has one.
#[rustfmt::skip]
const WORDS: [&str; 22] = [
    "accesskey", "apikey", "auth", "authorization", "bearer", "cookie", "credential", "credentials", "creds", "jwt", "key",
    "keys", "pass", "passphrase", "passwd", "password", "private", "privatekey", "pw", "pwd", "secret", "secrets",
];

/// Ends of words that mean a secret, as in `PGPASSWORD`.
const ENDS: [&str; 6] = ["apikey", "passphrase", "passwd", "password", "secret", "token"];

/// Last words of a name that only leads to a secret.
const LEADS: [&str; 5] = ["dir", "file", "path", "sock", "socket"];

/// Names that every shell has.
const PLAIN: [&str; 2] = ["PWD", "OLDPWD"];

/// Options that take a name and a password, with a colon between.
const WITH_USER: [&str; 2] = ["--user", "--proxy-user"];

/// Programs that take a password right after `-p`.
const WITH_P: [&str; 6] = ["mariadb", "mycli", "mysql", "mysqladmin", "mysqldump", "sshpass"];

/// A user's name that is as long as this is a token.
const LONG: usize = 20;

/// Returns whether a name means a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let words = words(name);
    let is_one = |word: &String| WORDS.contains(&word.as_str()) || ENDS.iter().any(|end| word.ends_with(end));
    let leads = words.last().is_some_and(|last| LEADS.contains(&last.as_str()));
    !PLAIN.contains(&name) && !leads && words.iter().any(is_one)
}

/// Returns the words of a name, however they are put together.
fn words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut was_small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (was_small && c.is_uppercase()) {
            out.push(String::new());
        }
        was_small = c.is_lowercase();
        out.last_mut().expect("it has one").extend(c.is_alphanumeric().then_some(c).map(|c| c.to_ascii_lowercase()));
    }
    out.into_iter().filter(|word| !word.is_empty()).collect()
}

/// Returns the value of a variable as it may be shown.
pub(crate) fn shown_value(name: &OsStr, value: &OsStr) -> OsString {
    if is_secret(&name.to_string_lossy()) { MASK.into() } else { masked(value) }
}

/// Returns a command line as it may be shown.
pub(crate) fn shown_words(args: &[OsString]) -> Vec<OsString> {
    let program = |arg: &OsString| Path::new(arg).file_name().and_then(OsStr::to_str).unwrap_or_default().to_owned();
    let takes_p = args.iter().take(3).any(|arg| WITH_P.contains(&program(arg).as_str()));
    let mut before = "";
    let mut out = Vec::new();
    for arg in args {
        let Some(text) = arg.to_str() else {
            out.push(arg.clone());
            continue;
        };
        out.push(word(text, before, takes_p));
        before = text;
    }
    out
}

/// Returns a word as it may be shown after another one.
fn word(text: &str, before: &str, takes_p: bool) -> OsString {
    let is_option = text.starts_with('-');
    if !is_option && before.starts_with('-') && !before.contains('=') && is_secret(before) {
        return MASK.into();
    }
    if takes_p && text.len() > 2 && text.starts_with("-p") {
        return format!("-p{MASK}").into();
    }
    if let Some((user, _)) = text.split_once(':').filter(|_| WITH_USER.contains(&before)) {
        return format!("{user}:{MASK}").into();
    }
    match text.split_once('=').filter(|(name, _)| is_plain(name.trim_start_matches('-'))) {
        Some((name, _)) if is_secret(name) => format!("{name}={MASK}").into(),
        Some((name, value)) if WITH_USER.contains(&name) && value.contains(':') => format!("{name}={MASK}").into(),
        _ => masked(OsStr::new(text)),
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_of_name)
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Masks what stands in a text after a name that means a secret, and passwords of addresses.
fn masked(text: &OsStr) -> OsString {
    let Some(text) = text.to_str().filter(|text| text.contains(['=', ':', '@'])) else { return text.to_owned() };
    pairs(&addresses(text)).into()
}

/// Masks the password of each `scheme://user:password@host`, and a user's name that is a token.
fn addresses(text: &str) -> String {
    let mut parts = text.split("://");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end =
            part.find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'')).unwrap_or(part.len());
        out += "://";
        out += &match part[..end].rsplit_once('@') {
            Some((who, _)) => {
                let who = match who.split_once(':') {
                    Some((user, _)) => format!("{user}:{MASK}"),
                    None if who.len() >= LONG => MASK.to_owned(),
                    None => who.to_owned(),
                };
                who + &part[part[..end].rfind('@').unwrap_or(end)..]
            }
            None => part.to_owned(),
        };
    }
    out
}

/// Masks the value of each `name=value`, `"name": "value"` and `Name: value` whose name means a secret.
fn pairs(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['=', ':']) {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let named = before.trim_end().trim_end_matches(['"', '\'']);
        let name = &named[named.rfind(|c| !is_of_name(c)).map_or(0, |end| end + before_char(named, end))..];
        let is_colon = rest[at..].starts_with(':');
        // `module:name` is no pair.
        let is_pair = !is_colon || after.starts_with(' ') || named.len() < before.trim_end().len();
        out += &rest[..=at];
        rest = after;
        if is_pair && is_secret(name) {
            let (skipped, length) = value(after, is_colon);
            out += &after[..skipped];
            out += if length > 0 { MASK } else { "" };
            rest = &after[skipped + length..];
        }
    }
    out + rest
}

/// Returns the length of the character at a place.
fn before_char(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

/// Returns where a value begins, and how long it is.
fn value(text: &str, is_colon: bool) -> (usize, usize) {
    let start = text.len() - text.trim_start_matches([' ', '=']).len();
    let start = start + usize::from(text[start..].starts_with(['"', '\'']));
    let quote = text[..start].chars().last().filter(|c| matches!(c, '"' | '\''));
    let ends = |c: char| match quote {
        Some(quote) => c == quote,
        None if is_colon => matches!(c, '\n' | ',' | ';' | '"' | '\'' | '}' | ')'),
        None => c.is_whitespace() || matches!(c, '&' | ',' | ';' | '"' | '\'' | '}' | ')'),
    };
    (start, text[start..].find(ends).unwrap_or(text.len() - start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known() {
        for name in [
            "--password",
            "PGPASSWORD",
            "API_KEY",
            "apiKey",
            "api-key",
            "AWS_SECRET_ACCESS_KEY",
            "GITHUB_TOKEN",
            "--pwd",
            "SSHPASS_PASS",
            "db.passwd",
            "Authorization",
            "accessToken",
            "--private-key",
            "MY_CREDENTIALS",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "PWD",
            "OLDPWD",
            "SSH_AUTH_SOCK",
            "GIT_AUTHOR_NAME",
            "TOKENIZERS_PARALLELISM",
            "PATH",
            "KEYBOARD",
            "PASSIVE",
            "max_tokens",
            "KEY_FILE",
            "XAUTHORITY",
            "monkey",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn a_command_line_loses_its_secrets_and_nothing_else() {
        for (line, shown) in [
            ("app.py --password=hunter2", "app.py --password=…"),
            ("app.py --token hunter2 --port 80", "app.py --token … --port 80"),
            ("app.py --auth --port 80", "app.py --auth --port 80"),
            ("env TOKEN=hunter2 python app.py", "env TOKEN=… python app.py"),
            ("app.py postgres://me:hunter2@db:5432/x", "app.py postgres://me:…@db:5432/x"),
            ("app.py https://hunter2hunter2hunter2@host/x", "app.py https://…@host/x"),
            ("app.py ssh://git@host/x https://host/a@b", "app.py ssh://git@host/x https://host/a@b"),
            ("app.py https://host/?a=1&token=hunter2&b=2", "app.py https://host/?a=1&token=…&b=2"),
            ("python -m mycli -phunter2 -u me", "python -m mycli -p… -u me"),
            ("app.py -Dapi.key=hunter2", "app.py -Dapi.key=…"),
            ("app.py --user me:hunter2", "app.py --user me:…"),
            ("uvicorn auth:app --port 80", "uvicorn auth:app --port 80"),
            ("serve.py -p8000 a=b", "serve.py -p8000 a=b"),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let joined = shown_words(&words).join(OsStr::new(" "));
            assert_eq!(joined, OsString::from(shown), "{line}");
        }
    }

    #[test]
    fn a_secret_inside_a_word_is_masked() {
        for (text, shown) in [
            ("connect(password='hunter2', port=1)", "connect(password='…', port=1)"),
            ("{\"token\": \"hunter2\", \"a\": 1}", "{\"token\": \"…\", \"a\": 1}"),
            ("Authorization: Bearer hunter2", "Authorization: …"),
            ("ä=1 päss=x ÄTOKEN=hunter2", "ä=1 päss=x ÄTOKEN=…"),
            ("token=", "token="),
            ("a == b", "a == b"),
        ] {
            assert_eq!(masked(OsStr::new(text)), OsString::from(shown), "{text}");
        }
        assert_eq!(shown_value(OsStr::new("API_KEY"), OsStr::new("x")), OsString::from(MASK));
        assert_eq!(shown_value(OsStr::new("URL"), OsStr::new("amqp://a:b@c")), OsString::from("amqp://a:…@c"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}", words in proptest::collection::vec("[-a-z=:'\" @/]{0,12}", 0..4)) {
            let _ = masked(OsStr::new(&text));
            let words: Vec<OsString> = words.iter().map(|word| format!("token{word}")).map(OsString::from).collect();
            let _ = shown_words(&words);
        }
    }
}
