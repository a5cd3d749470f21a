//! Instructions for a Dockerfile: `ENV NAME="value"`, one to a line, with `"`, `\` and `$` escaped.

use super::{LINE_BREAK, LONG_LINE, LONGEST_LINE, Writer, refuse};

pub(super) struct Dockerfile;

impl Writer for Dockerfile {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        refuse(value.contains('\n'), LINE_BREAK)?;
        let escape = |c: char| {
            if matches!(c, '"' | '\\' | '$') {
                format!("\\{c}")
            } else {
                c.to_string()
            }
        };
        let line = format!(
            "ENV {name}=\"{}\"\n",
            value.chars().map(escape).collect::<String>()
        );
        refuse(line.len() > LONGEST_LINE, LONG_LINE)?;
        Ok(line)
    }
}
