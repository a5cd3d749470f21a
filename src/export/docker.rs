//! The file for `docker run --env-file`: `NAME=value`, raw to the end of the line. Quotes, blanks
//! and `#` in a value are literal. A name without `=` would be taken from the caller's environment,
//! so there always is one.

use super::{LINE_BREAK, LONG_LINE, LONGEST_LINE, Writer, refuse};

pub(super) struct Docker;

impl Writer for Docker {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        refuse(value.contains('\n'), LINE_BREAK)?;
        // The reader takes one off the end of a line.
        refuse(value.ends_with('\r'), "its value ends in a carriage return")?;
        let line = format!("{name}={value}\n");
        refuse(line.len() > LONGEST_LINE, LONG_LINE)?;
        Ok(line)
    }
}
