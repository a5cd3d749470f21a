//! The dotenv report of a GitLab job, which later jobs read: `NAME=value` without quotes, comments,
//! empty lines or line breaks. Blanks around a value are cut off, and `$` begins a reference to
//! another variable.

use super::{LINE_BREAK, Writer, refuse};

/// A report must be smaller than 5 KB.
const LARGEST: usize = 5 * 1024 - 1;

/// What GitLab cuts off, with the NUL that no variable holds.
const BLANKS: [char; 6] = [' ', '\t', '\n', '\r', '\x0b', '\x0c'];

pub(super) struct Gitlab;

impl Writer for Gitlab {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        refuse(value.contains('\n'), LINE_BREAK)?;
        refuse(
            value.starts_with(BLANKS) || value.ends_with(BLANKS),
            "its value begins or ends with a blank",
        )?;
        refuse(
            value.contains('$'),
            "its value holds a `$`, which GitLab expands",
        )?;
        refuse(name.len() > 255, "its name is longer than 255 characters")?;
        Ok(format!("{name}={value}\n"))
    }

    fn limit(&self) -> usize {
        LARGEST
    }
}
