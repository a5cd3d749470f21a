//! Values that formats like to change: what means something to a shell, a parser or a terminal, at every place.

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

/// Returns the values, more than two hundred, each once.
pub(crate) fn values() -> Vec<String> {
    let mut out: Vec<String> = WHOLE.map(str::to_owned).into();
    for piece in PIECES {
        out.extend([piece.to_owned(), format!("a{piece}"), format!("{piece}a"), format!("a {piece}{piece} b")]);
    }
    out.extend(PIECES.windows(2).map(|two| format!("x{}{}y", two[1], two[0])));
    let mut noise = Noise::new();
    let mut random = || (0..3).map(|_| PIECES[noise.below(PIECES.len())]).collect::<Vec<_>>().join("z");
    out.extend((0..60).map(|_| random()));
    out.sort();
    out.dedup();
    assert!(out.len() > 200);
    out
}

/// Returns a text as TOML says it.
pub(crate) fn toml(text: &str) -> String {
    let escape = |c: char| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\U{:08x}", u32::from(c)) };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}
