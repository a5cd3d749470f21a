//! Which names mean a secret, as people give them to variables, options, headers and keys. What is
//! not known to be plain counts as a secret where it looks like one: a value that is masked in vain
//! costs less than one that is shown. Pure.

/// Words of which a name that means a secret has one. Digits at their end and the `s` of a plural
/// don't count.
#[rustfmt::skip]
const WORDS: [&str; 22] = [
    "auth", "authorization", "bearer", "cookie", "cred", "credential", "jwt", "key", "otp", "pass", "passcode",
    "passphrase", "passwd", "password", "pat", "private", "pw", "pwd", "secret", "sessid", "sessionid", "totp",
];

/// Ends of words that mean a secret, as in `PGPASSWORD`.
#[rustfmt::skip]
const ENDS: [&str; 10] = [
    "pass", "passcode", "passphrase", "passwd", "password", "pwd", "secret", "sessid", "sessionid", "token",
];

/// Words that end like a secret and mean none.
#[rustfmt::skip]
const PLAIN_ENDS: [&str; 12] = [
    "allpass", "bandpass", "bypass", "compass", "encompass", "highpass", "lowpass", "multipass", "overpass", "surpass",
    "trespass", "underpass",
];

/// What stands before `key` in a word that means a secret: a `monkey` and a `hotkey` are none.
#[rustfmt::skip]
const BEFORE_KEY: [&str; 24] = [
    "access", "account", "admin", "aes", "api", "app", "auth", "client", "crypt", "cryption", "deploy", "gpg", "hmac",
    "jwt", "master", "private", "rsa", "secret", "service", "session", "shared", "signing", "ssh", "storage",
];

/// What stands before `pat` and `otp` in such a word.
const BEFORE_SHORT: [&str; 7] = ["azure", "bot", "devops", "gh", "github", "gitlab", "gl"];

/// Words beside which a plural is a number of them, as in `max_tokens`.
#[rustfmt::skip]
const COUNTS: [&str; 13] = [
    "avg", "budget", "count", "limit", "max", "mean", "min", "n", "num", "number", "per", "total", "used",
];

/// Last words of a name that only leads to a secret.
const LEADS: [&str; 5] = ["dir", "file", "path", "sock", "socket"];

/// Names that every shell or terminal has.
#[rustfmt::skip]
const PLAIN: [&str; 6] = ["OLDPWD", "PWD", "SHELL_SESSION_ID", "TERM_SESSION_ID", "WT_SESSION_ID", "XDG_SESSION_ID"];

/// Returns whether a name means a secret.
pub fn is_secret(name: &str) -> bool {
    let words = words(name);
    let is_counted = words.iter().any(|word| COUNTS.contains(&word.as_str()));
    let leads = words
        .last()
        .is_some_and(|last| LEADS.contains(&last.as_str()));
    let is_session = words
        .windows(2)
        .any(|pair| pair[0] == "session" && pair[1] == "id");
    !PLAIN.contains(&name)
        && !leads
        && (is_session || words.iter().any(|word| is_secret_word(word, is_counted)))
}

/// Returns whether one word means a secret.
fn is_secret_word(word: &str, is_counted: bool) -> bool {
    let single = word
        .strip_suffix('s')
        .filter(|_| !(is_counted && word.ends_with("tokens")));
    [Some(word), single].into_iter().flatten().any(|word| {
        let behind = |end: &str, stems: &[&str]| {
            word.strip_suffix(end)
                .is_some_and(|before| stems.iter().any(|stem| before.ends_with(stem)))
        };
        let ends = || ENDS.iter().any(|end| word.ends_with(end)) && !PLAIN_ENDS.contains(&word);
        WORDS.contains(&word)
            || ends()
            || behind("key", &BEFORE_KEY)
            || behind("pat", &BEFORE_SHORT)
            || behind("otp", &BEFORE_SHORT)
    })
}

/// Returns the words of a name, however they are put together, without the digits at their ends.
fn words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut was_small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (was_small && c.is_uppercase()) {
            out.push(String::new());
        }
        was_small = c.is_lowercase();
        out.last_mut().expect("it has one").extend(
            c.is_alphanumeric()
                .then_some(c)
                .map(|c| c.to_ascii_lowercase()),
        );
    }
    let plain = |word: String| {
        word.trim_end_matches(|c: char| c.is_ascii_digit())
            .to_owned()
    };
    out.into_iter()
        .map(plain)
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known() {
        let names = "--password PGPASSWORD API_KEY apiKey api-key AWS_SECRET_ACCESS_KEY GITHUB_TOKEN --pwd SSHPASS_PASS \
                     db.passwd Authorization accessToken --private-key MY_CREDENTIALS DBPASS DB_PASSWORD1 password2 \
                     SSHPASS PGPASS TOKENS API_TOKENS PASSCODE GH_PAT GITHUBPAT GITHUB_PAT_2 OTP OTP1 MASTERKEY \
                     ENCRYPTIONKEY DECRYPTION_KEYS SESSIONID sessionId PHPSESSID X-Api-Key --db-password1 APIKEYS \
                     COOKIES CREDS PASSWORDS SECRETS keys SSHKEY SIGNINGKEY MYPASS userPass1 KEY2";
        for name in names.split_whitespace() {
            assert!(is_secret(name), "{name}");
        }
    }

    #[test]
    fn ordinary_names_are_not_taken_for_them() {
        let names = "PWD OLDPWD SSH_AUTH_SOCK GIT_AUTHOR_NAME TOKENIZERS_PARALLELISM PATH KEYBOARD PASSIVE max_tokens \
                     KEY_FILE XAUTHORITY monkey MONKEY PASSENGER PASSENGER_APP_ENV --keep --author AUTHOR --keyboard \
                     hotkey turkey bypass COMPASS num_tokens maxTokens max_new_tokens TOKENS_PER_MINUTE n_tokens \
                     --tokenizer pattern PATTERN PATCH LAPTOP OPTIONS OPTS DOTPATH XDG_SESSION_ID TERM_SESSION_ID \
                     --passenger PASSAGE COLORTERM LS_COLORS HOME LANG DISPLAY EDITOR sha256 utf8 SECRETARY lowpass \
                     HTTP_PROXY NO_PROXY DBUS_SESSION_BUS_ADDRESS XDG_SESSION_TYPE --spat 1 s 22 PASS_FILE TOKEN_PATH";
        for name in names.split_whitespace() {
            assert!(!is_secret(name), "{name}");
        }
    }
}
