//! The text of a file that is not ours: UTF-8, with the mark that some editors put first kept
//! aside.

use std::path::Path;

use super::jsonc::Problem;
use crate::values::fault::Fault;

const MARK: &str = "\u{feff}";

/// A file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    mark: &'static str,
    pub body: &'a str,
}

impl<'a> Text<'a> {
    /// Reads bytes as text.
    pub fn of(bytes: &'a [u8], file: &Path) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            Problem::new(good.len(), good.len(), "the file is not UTF-8 from here on")
                .fault(file, &good)
        })?;
        Ok(match text.strip_prefix(MARK) {
            Some(body) => Self { mark: MARK, body },
            None => Self {
                mark: "",
                body: text,
            },
        })
    }

    /// Returns the bytes of a file with another text, and the mark that this one has.
    pub fn with(&self, body: &str) -> Vec<u8> {
        [self.mark, body].concat().into_bytes()
    }
}
