//! A Nix attribute set of strings. `$` is escaped wherever it stands: before a brace it would begin
//! an expression.

use super::Writer;

/// Words of the language, which are no names unless they are quoted.
const WORDS: [&str; 11] = [
    "assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with", "__curPos",
];

pub(super) struct Nix;

impl Writer for Nix {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        let name = if WORDS.contains(&name) {
            format!("\"{name}\"")
        } else {
            name.to_owned()
        };
        Ok(format!(
            "  {name} = \"{}\";\n",
            value.chars().map(escape).collect::<String>()
        ))
    }

    fn whole(&self, lines: &[String]) -> String {
        format!("{{\n{}}}\n", lines.concat())
    }
}

fn escape(c: char) -> String {
    match c {
        '"' | '\\' | '$' => format!("\\{c}"),
        '\n' => "\\n".to_owned(),
        // One in the file would be read as the end of a line.
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        c => c.to_string(),
    }
}
