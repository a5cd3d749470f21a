//! A drop-in for a systemd service: lines of `Environment=`, each assignment in double quotes,
//! under the `[Service]` without which they would be ignored. `%` is doubled, and `$` has no
//! meaning there.

use super::{Writer, refuse};

pub(super) struct Systemd;

impl Writer for Systemd {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        let is_control = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n');
        refuse(
            value.contains(is_control),
            "its value holds a control character",
        )?;
        refuse(
            value.contains(is_no_character),
            "its value holds what is no character of Unicode",
        )?;
        Ok(format!(
            "Environment=\"{name}={}\"\n",
            value.chars().map(escape).collect::<String>()
        ))
    }

    fn unset(&self, name: &str) -> Option<String> {
        Some(format!("UnsetEnvironment={name}\n"))
    }

    fn whole(&self, lines: &[String]) -> String {
        format!("[Service]\n{}", lines.concat())
    }
}

fn escape(c: char) -> String {
    match c {
        '"' | '\\' => format!("\\{c}"),
        '%' => "%%".to_owned(),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        c => c.to_string(),
    }
}

/// Returns whether a code point is set aside for ever, which systemd takes for broken UTF-8.
fn is_no_character(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}
