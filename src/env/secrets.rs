//! What may be shown of a variable or of a command line: all but what stands where secrets stand.
//! Others read our output over a shoulder, in a log, in a bug report. Pure.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::env::secret_names::is_secret;

/// What stands where a secret was.
pub const MASK: &str = "…";

/// Options that take a name and a password, with a colon between.
const WITH_USER: [&str; 3] = ["--user", "--proxy-user", "-u"];

/// Programs that take a password right after `-p`.
const WITH_P: [&str; 6] = [
    "mariadb",
    "mycli",
    "mysql",
    "mysqladmin",
    "mysqldump",
    "sshpass",
];

/// A user's name that is as long as this is a token.
const LONG: usize = 20;

/// Addresses that let whoever knows their end write to somebody.
#[rustfmt::skip]
const HOOKS: [&str; 7] = [
    "api.telegram.org/bot", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/", "hooks.slack.com/services/",
    "hooks.slack.com/triggers/", "hooks.slack.com/workflows/", ".webhook.office.com/",
];

/// What stands before a colon and an `@` without being a user with a password.
const NO_USERS: [&str; 7] = ["acct", "jsr", "mailto", "npm", "sip", "sips", "xmpp"];

/// Modules are named like this, and what is served of them stands behind a colon.
const MODULES: [&str; 3] = ["auth", "key", "keys"];

/// Returns the value of a variable as it may be shown.
pub fn shown_value(name: &OsStr, value: &OsStr) -> OsString {
    if is_secret(&name.to_string_lossy()) {
        MASK.into()
    } else {
        masked(value)
    }
}

/// Returns a command line as it may be shown.
pub fn shown_words(args: &[OsString]) -> Vec<OsString> {
    let program = |arg: &OsString| {
        Path::new(arg)
            .file_name()
            .and_then(OsStr::to_str)
            .unwrap_or_default()
            .to_owned()
    };
    let takes_p = args
        .iter()
        .take(3)
        .any(|arg| WITH_P.contains(&program(arg).as_str()));
    let has_login = args.iter().any(|arg| arg == "login");
    let mut before = "";
    let mut out = Vec::new();
    for arg in args {
        let Some(text) = arg.to_str() else {
            out.push(arg.clone());
            before = "";
            continue;
        };
        let is_value = is_value(text, before, has_login);
        out.push(if is_value {
            MASK.into()
        } else {
            word(text, before, takes_p)
        });
        // A secret that looks like an option is none.
        before = if is_value { "" } else { text };
    }
    out
}

/// Returns whether a word is the value of the secret that the word before it names. It may begin
/// like a short option.
fn is_value(text: &str, before: &str, has_login: bool) -> bool {
    let is_long = text
        .strip_prefix("--")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_alphabetic));
    let is_option =
        before.starts_with('-') && !before.contains(['=', ':']) && is_secret(before) && !is_long;
    let is_header = before
        .strip_suffix(':')
        .is_some_and(|name| is_plain(name) && is_secret(name));
    let scheme = before
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let has_scheme = scheme == "bearer" || (scheme == "basic" && before.contains(':'));
    let is_netrc = has_login && before == "password";
    // `Authorization: Bearer …`: what follows the scheme is the secret, and the scheme tells that.
    let is_scheme = matches!(text.to_ascii_lowercase().as_str(), "bearer" | "basic");
    is_option || has_scheme || is_netrc || (is_header && !is_scheme)
}

/// Returns a word as it may be shown after another one.
fn word(text: &str, before: &str, takes_p: bool) -> OsString {
    if takes_p && text.len() > 2 && text.starts_with("-p") {
        return format!("-p{MASK}").into();
    }
    let has_user = WITH_USER.contains(&before) || text.starts_with("-u");
    if let Some((user, _)) = text
        .split_once(':')
        .filter(|(_, rest)| has_user && !rest.starts_with("//"))
    {
        return format!("{user}:{MASK}").into();
    }
    match text
        .split_once('=')
        .filter(|(name, _)| is_plain(name.trim_start_matches('-')))
    {
        Some((name, _)) if is_secret(name) => format!("{name}={MASK}").into(),
        Some((name, value)) if WITH_USER.contains(&name) && value.contains(':') => {
            format!("{name}={MASK}").into()
        }
        _ => masked(OsStr::new(text)),
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_of_name)
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Masks what stands in a text after a name that means a secret, and what addresses hold.
fn masked(text: &OsStr) -> OsString {
    let Some(text) = text.to_str() else {
        return text.to_owned();
    };
    let by_piece: String = text
        .split_inclusive(char::is_whitespace)
        .map(|piece| hook(&user(&addresses(piece))))
        .collect();
    pairs(&netrc(&by_piece)).into()
}

/// Masks the password of each `scheme://user:password@host`, and a user's name that is a token.
/// There is no blank in it.
fn addresses(text: &str) -> String {
    let mut parts = text.split("://");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let address = address(&out, part);
        out += "://";
        out += &address;
    }
    out
}

/// Masks the password in what follows a scheme. It may hold what else would end it; the port of a
/// page, whose path may have an `@`, is none.
fn address(scheme: &str, part: &str) -> String {
    let end = part.find(['/', '?', '#', '"', '\'']).unwrap_or(part.len());
    if let Some(((user, password), host)) = part
        .rsplit_once('@')
        .and_then(|(who, host)| Some((who.split_once(':')?, host)))
    {
        let port = &password[..password
            .find(['/', '?', '#', '"', '\'', '@'])
            .unwrap_or(password.len())];
        let is_page = scheme.ends_with("http") || scheme.ends_with("https");
        let is_port = is_page
            && part[..end].rfind('@').is_none()
            && port.chars().all(|c| c.is_ascii_digit())
            && port.len() <= 5;
        if user.len() < end && !is_port {
            return format!("{user}:{MASK}@{host}");
        }
    }
    match part[..end].split_once('@') {
        Some((who, _)) if who.len() >= LONG => format!("{MASK}{}", &part[who.len()..]),
        _ => part.to_owned(),
    }
}

/// Masks the password of a `user:password@host` that has no scheme. There is no blank in it.
fn user(text: &str) -> String {
    let Some(end) = text
        .rfind('@')
        .filter(|end| !text[end + 1..].starts_with("sha256:"))
    else {
        return text.to_owned();
    };
    for (at, _) in text[..end]
        .match_indices(':')
        .filter(|(at, _)| !text[at + 1..].starts_with("//"))
    {
        let (name, is_first) = name_before(&text[..at]);
        if is_first && !name.is_empty() && !NO_USERS.contains(&name) {
            return format!("{}:{MASK}{}", &text[..at], &text[end..]);
        }
    }
    text.to_owned()
}

/// Masks the end of an address that is a secret as a whole. There is no blank in it.
fn hook(text: &str) -> String {
    for begin in HOOKS {
        if let Some(at) = text.find(begin).map(|at| at + begin.len()) {
            let end =
                text[at..].find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ')'));
            return format!(
                "{}{MASK}{}",
                &text[..at],
                &text[end.map_or(text.len(), |end| at + end)..]
            );
        }
    }
    text.to_owned()
}

/// Masks the passwords of a text that is like the file `.netrc`.
fn netrc(text: &str) -> String {
    let is_word = |word: &str| text.split_whitespace().any(|one| one == word);
    if !is_word("login") || !is_word("password") {
        return text.to_owned();
    }
    let mut is_next = false;
    let mut out = String::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        out += if is_next && !word.is_empty() {
            MASK
        } else {
            word
        };
        out += &piece[word.len()..];
        is_next = if word.is_empty() {
            is_next
        } else {
            word == "password"
        };
    }
    out
}

/// Masks the value of each `name=value`, `"name": "value"`, `Name: value` and `Name:value` whose
/// name means a secret.
fn pairs(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['=', ':']) {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let named = before.trim_end().trim_end_matches(['"', '\'']);
        let (name, is_first) = name_before(named);
        let is_colon = rest[at..].starts_with(':');
        let is_spaced = after.starts_with(' ') || named.len() < before.trim_end().len();
        let is_pair = !is_colon || is_spaced || (is_first && !is_scheme_or_module(name, after));
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

/// Returns the name at the end of a text, and whether nothing of a path or a list stands before it.
fn name_before(text: &str) -> (&str, bool) {
    let start = text
        .rfind(|c| !is_of_name(c))
        .map_or(0, |end| end + before_char(text, end));
    let last = text[..start].chars().next_back();
    (
        &text[start..],
        last.is_none_or(|c| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '(' | '[' | '{' | ',' | ';' | '=' | '&')
        }),
    )
}

/// Returns whether a name before a colon is no name of a pair: `scheme://…`, or `module:name`.
fn is_scheme_or_module(name: &str, after: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_object = !after.is_empty()
        && after
            .chars()
            .all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '(' | ')'));
    after.starts_with("//") || (MODULES.contains(&last) && is_object)
}

/// Returns the length of the character at a place.
fn before_char(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

/// Returns where a value begins, and how long it is.
fn value(text: &str, is_colon: bool) -> (usize, usize) {
    let start = text.len() - text.trim_start_matches([' ', '=']).len();
    let start = start + usize::from(text[start..].starts_with(['"', '\'']));
    let quote = text[..start]
        .chars()
        .last()
        .filter(|c| matches!(c, '"' | '\''));
    let ends = |c: char| match quote {
        Some(quote) => c == quote,
        None if is_colon => matches!(c, '\n' | ',' | ';' | '"' | '\'' | '}' | ')'),
        None => c.is_whitespace() || matches!(c, '&' | ',' | ';' | '"' | '\'' | '}' | ')'),
    };
    (
        start,
        text[start..].find(ends).unwrap_or(text.len() - start),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_loses_its_secrets_and_nothing_else() {
        for (line, shown) in [
            ("app.py --password=hunter2", "app.py --password=…"),
            (
                "app.py --token hunter2 --port 80",
                "app.py --token … --port 80",
            ),
            ("app.py --auth --port 80", "app.py --auth --port 80"),
            (
                "env TOKEN=hunter2 python app.py",
                "env TOKEN=… python app.py",
            ),
            (
                "app.py postgres://me:hunter2@db:5432/x",
                "app.py postgres://me:…@db:5432/x",
            ),
            (
                "app.py https://hunter2hunter2hunter2@host/x",
                "app.py https://…@host/x",
            ),
            (
                "app.py ssh://git@host/x https://host/a@b",
                "app.py ssh://git@host/x https://host/a@b",
            ),
            (
                "app.py https://host/?a=1&token=hunter2&b=2",
                "app.py https://host/?a=1&token=…&b=2",
            ),
            (
                "python -m mycli -phunter2 -u me",
                "python -m mycli -p… -u me",
            ),
            ("app.py -Dapi.key=hunter2", "app.py -Dapi.key=…"),
            ("app.py --user me:hunter2", "app.py --user me:…"),
            ("uvicorn auth:app --port 80", "uvicorn auth:app --port 80"),
            ("serve.py -p8000 a=b", "serve.py -p8000 a=b"),
            (
                "curl -u me:hunter2 -H X-Api-Key:hunter2 x",
                "curl -u me:… -H X-Api-Key:… x",
            ),
            ("curl -ume:hunter2 x", "curl -ume:… x"),
            ("app.py --password -hunter2 -v", "app.py --password … -v"),
            (
                "app.py --password --verbose -- x",
                "app.py --password --verbose -- x",
            ),
            (
                "app.py postgres://me:hun/ter2@db/x",
                "app.py postgres://me:…@db/x",
            ),
            (
                "app.py postgres://me:hun#te@r2?@db",
                "app.py postgres://me:…@db",
            ),
            (
                "app.py postgres://me:123/hunter2@db@db",
                "app.py postgres://me:…@db",
            ),
            ("app.py redis://:hunter2@db/0", "app.py redis://:…@db/0"),
            (
                "app.py Authorization:Bearer hunter2",
                "app.py Authorization:… …",
            ),
            (
                "curl -H Authorization: Bearer hunter2",
                "curl -H Authorization: Bearer …",
            ),
            (
                "app.py --db-password1 hunter2 x",
                "app.py --db-password1 … x",
            ),
            (
                "app.py machine h login me password hunter2",
                "app.py machine h login me password …",
            ),
            (
                "app.py me:hunter2@host:80 DB=me:hunter2@host",
                "app.py me:…@host:80 DB=me:…@host",
            ),
            ("openssl -passin pass:hunter2", "openssl -passin pass:…"),
            (
                "curl https://host:8080/a@b git@host:a/b",
                "curl https://host:8080/a@b git@host:a/b",
            ),
            (
                "gunicorn my.auth:create_app() --keep 1",
                "gunicorn my.auth:create_app() --keep 1",
            ),
            (
                "git clone git@host:me/a.git --author me",
                "git clone git@host:me/a.git --author me",
            ),
            (
                "docker run python:3@sha256:ab mailto:a@b",
                "docker run python:3@sha256:ab mailto:a@b",
            ),
            (
                "python -u app.py sort --key 2 -k auth",
                "python -u app.py sort --key … -k auth",
            ),
            ("app.py change password now", "app.py change password now"),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let joined = shown_words(&words).join(OsStr::new(" "));
            assert_eq!(joined, OsString::from(shown), "{line}");
        }
    }

    #[test]
    fn a_secret_inside_a_word_is_masked() {
        for (text, shown) in [
            (
                "connect(password='hunter2', port=1)",
                "connect(password='…', port=1)",
            ),
            (
                "{\"token\": \"hunter2\", \"a\": 1}",
                "{\"token\": \"…\", \"a\": 1}",
            ),
            ("Authorization: Bearer hunter2", "Authorization: …"),
            ("ä=1 päss=x ÄTOKEN=hunter2", "ä=1 päss=x ÄTOKEN=…"),
            ("token=", "token="),
            ("a == b", "a == b"),
            ("api_key:hunter2", "api_key:…"),
            ("Authorization:Bearer hunter2", "Authorization:…"),
            (
                "https://hooks.slack.com/services/T0/B0/hunter2",
                "https://hooks.slack.com/services/…",
            ),
            ("me:hunter2@host", "me:…@host"),
            ("postgres://me:hun/t#er2@db", "postgres://me:…@db"),
            ("a http://me:hun/ter2@db b@c", "a http://me:…@db b@c"),
            (
                "machine h login me password hunter2\n",
                "machine h login me password …\n",
            ),
            (
                "/opt/python@3.1/bin:/opt/python@3.2/bin",
                "/opt/python@3.1/bin:/opt/python@3.2/bin",
            ),
            (
                "/opt/keys:/usr/bin:/home/me/auth:/bin",
                "/opt/keys:/usr/bin:/home/me/auth:/bin",
            ),
            (
                "local/h:@/tmp/.ICE-unix/1,unix/h:/tmp/1",
                "local/h:@/tmp/.ICE-unix/1,unix/h:/tmp/1",
            ),
            ("unix:path=/run/user/1/bus", "unix:path=/run/user/1/bus"),
            ("\\u@\\h:\\w\\$ ", "\\u@\\h:\\w\\$ "),
            ("https://host:443/x?mail=a@b", "https://host:443/x?mail=a@b"),
        ] {
            assert_eq!(masked(OsStr::new(text)), OsString::from(shown), "{text}");
        }
        assert_eq!(
            shown_value(OsStr::new("API_KEY"), OsStr::new("x")),
            OsString::from(MASK)
        );
        assert_eq!(
            shown_value(OsStr::new("URL"), OsStr::new("amqp://a:b@c")),
            OsString::from("amqp://a:…@c")
        );
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
