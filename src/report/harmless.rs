//! The door through which every text goes that a person reads: what a terminal would obey, or what
//! nobody could see, is spelled out. Words of every script, and emoji as they are composed, stay.

use std::borrow::Cow;

const ESCAPE: char = '\u{1b}';
const JOINER: char = '\u{200d}';
const KEYCAP: char = '\u{20e3}';

/// What says that the character before it is drawn as a text, or in colour.
const SELECTORS: [char; 2] = ['\u{fe0e}', '\u{fe0f}'];

/// Makes text from files and the environment harmless to a terminal, and keeps it on its line: no
/// file's name can look like a word of ours.
pub fn harmless(text: &str) -> String {
    spelled(text, |c| c.escape_default().to_string())
}

/// Returns a text with each character that can't be seen as `spell` writes it.
pub(super) fn spelled(text: &str, spell: impl Fn(char) -> String) -> String {
    let shown = |(c, is_hidden): (char, bool)| if is_hidden { spell(c) } else { c.to_string() };
    seen(text).map(shown).collect()
}

/// Makes a whole output harmless, which is worded, coloured and on its lines already.
pub(super) fn output(text: &str) -> Cow<'_, str> {
    if !seen(text).any(|(c, is_hidden)| is_hidden && !matches!(c, '\n' | '\t')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(ESCAPE) {
        let (before, from) = rest.split_at(at);
        let colour = colour(from);
        out += &lines(before);
        out += if colour > 0 {
            &from[..colour]
        } else {
            "\\u{1b}"
        };
        rest = &from[colour.max(1)..];
    }
    Cow::Owned(out + &lines(rest))
}

fn lines(text: &str) -> String {
    spelled(text, |c| {
        if matches!(c, '\n' | '\t') {
            c.to_string()
        } else {
            c.escape_default().to_string()
        }
    })
}

/// Returns the length of a change of colour at the beginning of a text.
fn colour(text: &str) -> usize {
    let Some(inner) = text.strip_prefix("\u{1b}[") else {
        return 0;
    };
    let length = inner
        .find(|c: char| !c.is_ascii_digit() && c != ';')
        .unwrap_or(inner.len());
    if inner[length..].starts_with('m') {
        length + 3
    } else {
        0
    }
}

/// Makes JSON harmless, and leaves its meaning: what can't be seen stands in strings alone.
pub(super) fn json(text: &str) -> String {
    let unit = |unit: &u16| format!("\\u{unit:04x}");
    spelled(text, |c| {
        if c == '\n' {
            c.to_string()
        } else {
            c.encode_utf16(&mut [0; 2]).iter().map(unit).collect()
        }
    })
}

/// Yields each character of a text, and whether it can't be seen.
fn seen(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut before = None;
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        let c = chars.next()?;
        let is_hidden = is_hidden(c) && !composes(before, c, chars.peek().copied());
        before = Some(c);
        Some((c, is_hidden))
    })
}

/// Returns whether a character only composes an emoji.
fn composes(before: Option<char>, c: char, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    let is_digit = before.is_ascii_digit() || matches!(before, '#' | '*');
    match c {
        JOINER => {
            (is_picture(before) || SELECTORS.contains(&before)) && after.is_some_and(is_picture)
        }
        _ if SELECTORS.contains(&c) => is_picture(before) || (is_digit && after == Some(KEYCAP)),
        _ => false,
    }
}

fn is_picture(c: char) -> bool {
    matches!(u32::from(c), 0xa9 | 0xae | 0x203c | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x21ff | 0x2300..=0x23ff
        | 0x2460..=0x27bf | 0x2900..=0x297f | 0x2b00..=0x2bff | 0x3030 | 0x303d | 0x3297 | 0x3299 | 0x1f000..=0x1faff)
}

/// Returns whether a terminal would obey a character or show nothing for it: controls, marks of
/// direction, what has no width (`Default_Ignorable_Code_Point` of Unicode), and ends of lines of
/// other kinds.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c), 0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
            | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0
            | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_or_hides_is_spelled_out() {
        assert_eq!(
            harmless("a\u{1b}[31mb\tc\nhint: d\u{7}"),
            "a\\u{1b}[31mb\\tc\\nhint: d\\u{7}"
        );
        let hidden = "\u{85}\u{9b}\u{7f}\u{ad}\u{61c}\u{200b}\u{200e}\u{2028}\u{202e}\u{2066}\u{2069}\u{feff}\u{e0041}\u{fe01}";
        for c in hidden.chars() {
            assert_eq!(
                harmless(&format!("a{c}b")),
                format!("a{}b", c.escape_default())
            );
            let read: String = serde_json::from_str(&json(&format!("\"a{c}b\""))).unwrap();
            assert_eq!(
                (read, json(&format!("\"{c}\"")).is_ascii()),
                (format!("a{c}b"), true)
            );
        }
    }

    #[test]
    fn what_people_write_stays() {
        for text in [
            "Größe naïve",
            "目录 ディレクトリ",
            "каталог",
            "e\u{301}",
            "👩\u{200d}💻",
            "❤\u{fe0f}\u{200d}🔥",
            "1\u{fe0f}\u{20e3}",
            "👍🏽",
            "🇩🇪",
        ] {
            assert_eq!(harmless(text), text);
        }
        assert_eq!(harmless("a\u{200d}b👩\u{200d}"), "a\\u{200d}b👩\\u{200d}");
        assert_eq!(harmless("👩\u{fe0f}\u{fe0f}"), "👩\u{fe0f}\\u{fe0f}");
    }

    #[test]
    fn an_output_keeps_its_lines_and_colours_and_nothing_else() {
        let ours = "\u{1b}[1m\u{1b}[31mdevenv:\u{1b}[0m x\n\ty\n";
        assert_eq!(output(ours), ours);
        let theirs = "\u{1b}[2J\u{1b}]0;x\u{7}\u{1b}[\u{1b}\u{202e}\r\n\u{1b}[1mok\u{1b}[0m";
        let shown = "\\u{1b}[2J\\u{1b}]0;x\\u{7}\\u{1b}[\\u{1b}\\u{202e}\\r\n\u{1b}[1mok\u{1b}[0m";
        assert_eq!(output(theirs), shown);
    }
}
