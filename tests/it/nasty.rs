//! Values that formats like to change, and names that shells like to run: what means something to a
//! shell, a parser or a terminal, at every place.

use crate::noise::Noise;

/// What some format gives a meaning.
const PIECES: [&str; 48] = [
    " ",
    "\t",
    "\n",
    "\r",
    "\\",
    "'",
    "\"",
    "`",
    "$",
    "#",
    "=",
    ";",
    "&",
    "|",
    "(",
    ")",
    "<<",
    "{",
    "}",
    "[",
    "*",
    "?",
    "!",
    "~",
    "%",
    "%n",
    ",",
    ":",
    "\u{1}",
    "\u{b}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffe}",
    "\u{e9}",
    "\u{1f600}",
    "${HOME}",
    "$HOME",
    "$(id)",
    "\\n",
    "\\\\",
    "$$",
    "\r\n",
    "encrypted:",
    "K000=",
];

const WHOLE: [&str; 16] = [
    "",
    "1",
    "true",
    "null",
    "~",
    "0x10",
    "2026-01-01",
    "plain-value_1.2",
    "it's \"all\" of `them`",
    "{{ template }}",
    "a: b # c",
    "- item",
    "EOF\nK000=1\nEOF",
    "\\$(id)\\",
    "a\\#b\\\\#c#",
    "endef\nexport A := b",
];

/// Names of files. One that a shell runs leaves a file behind whose name holds `HACKED`.
#[rustfmt::skip]
const NAMES: [&str; 92] = [
    // Each mark alone.
    "!", "\"", "#", "$", "%", "&", "'", "(", ")", "*", "+", ",", "-", ":", ";", "<", "=", ">", "?", "@", "[", "\\", "]",
    "^", "_", "`", "{", "|", "}", "~",
    // What some shell runs.
    "`touch HACKED`", "$(touch HACKED)", "a;touch HACKED", "a|touch HACKED", "a&touch HACKED", "a&&touch HACKED",
    "a||touch HACKED", "(touch HACKED)", "{ touch HACKED }", "<(touch HACKED)", "a>HACKED", "a\ntouch HACKED\n",
    "\rtouch HACKED\r", "'; touch HACKED; '", "\"; touch HACKED; \"", "'\"'\"`touch HACKED`\"'\"'", "`touch${IFS}HACKED`",
    "$(touch$IFS\\HACKED)", "a'$(touch HACKED)'", "\"$(touch HACKED)\"", "@(touch HACKED)", "$[touch HACKED]",
    "=(touch HACKED)", "e>HACKED", "\\`touch HACKED\\`", "'`touch HACKED`'", "; ^touch HACKED #", "$((x[$(touch HACKED)]))",
    // What some shell makes something else of.
    "!!", "!touch", "a!b", "^x^y", "{a,b}", "~root", "[a-z]", "%1", "%VAR%", "$HOME", "${HOME}", "$env.HOME", "$E:HOME",
    "$?x", "#c", "a#b", "-n", "--", "a\\", "\\n", "a b", " a", "a ", "\t", "a\nb", "a\r",
    // What a terminal or an encoding makes something else of, and words.
    "\u{1b}[31m\u{1b}]0;t\u{7}", "\u{e4}", "a\u{308}", "\u{202e}x", "\u{200b}", "\u{1f40d}", "\u{2019}; touch HACKED",
    "if",
];

/// Names that are no text.
const BINARY: [&[u8]; 3] = [b"\xff", b"a\xc3", b"\x80`touch HACKED`"];

/// Returns names of files, more than ninety.
pub fn names() -> Vec<Vec<u8>> {
    let long = "`touch HACKED`"
        .chars()
        .cycle()
        .take(200)
        .collect::<String>();
    let text = NAMES
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .chain([long.into_bytes()]);
    text.chain(BINARY.map(<[u8]>::to_vec)).collect()
}

/// Returns the values, more than two hundred, each once.
pub fn values() -> Vec<String> {
    let mut out: Vec<String> = WHOLE.map(str::to_owned).into();
    for piece in PIECES {
        out.extend([
            piece.to_owned(),
            format!("a{piece}"),
            format!("{piece}a"),
            format!("a {piece}{piece} b"),
        ]);
    }
    out.extend(
        PIECES
            .windows(2)
            .map(|two| format!("x{}{}y", two[1], two[0])),
    );
    let mut noise = Noise::new();
    let mut random = || {
        (0..3)
            .map(|_| PIECES[noise.below(PIECES.len())])
            .collect::<Vec<_>>()
            .join("z")
    };
    out.extend((0..60).map(|_| random()));
    out.sort();
    out.dedup();
    assert!(out.len() > 200);
    out
}

/// Returns a text as TOML says it.
pub fn toml(text: &str) -> String {
    let escape = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_string()
        } else {
            format!("\\U{:08x}", u32::from(c))
        }
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}
