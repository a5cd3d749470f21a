//! The files of GitHub Actions. `$GITHUB_ENV` has every value between two lines of a word that
//! nobody can guess, so that no value can end early and set variables of its own.
//!
//! `PATH` has a file of its own, `$GITHUB_PATH`: what is written there goes in front of the `PATH`
//! that `$GITHUB_ENV` sets. A `PATH` in the latter would therefore stand behind the Python that an
//! earlier step put in front.

use super::{LINE_BREAK, Writer, refuse};

/// The text for `$GITHUB_ENV`.
pub(super) struct Variables {
    pub(super) word: String,
}

impl Writer for Variables {
    fn set(&self, name: &str, value: &str) -> Result<String, String> {
        let upper = name.to_ascii_uppercase();
        let is_theirs =
            upper.starts_with("GITHUB_") || upper.starts_with("RUNNER_") || upper == "NODE_OPTIONS";
        refuse(is_theirs, "GitHub lets no step set it")?;
        let word = self.end_of(value);
        Ok(format!("{name}<<{word}\n{value}\n{word}\n"))
    }
}

impl Variables {
    /// Returns a word that the value does not hold.
    fn end_of(&self, value: &str) -> String {
        let mut word = format!("devenv_{}", self.word);
        while value.contains(&word) {
            word.push('_');
        }
        word
    }
}

/// The text for `$GITHUB_PATH`: a directory on each line, of which the last one will be the first
/// of `PATH`.
pub(super) struct Path;

impl Writer for Path {
    fn set(&self, _name: &str, value: &str) -> Result<String, String> {
        refuse(value.contains(['\n', '\r']), LINE_BREAK)?;
        Ok(value
            .split(':')
            .rev()
            .filter(|directory| !directory.is_empty())
            .map(|directory| format!("{directory}\n"))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_can_end_early() {
        let writer = Variables { word: "w".into() };
        assert_eq!(
            writer.set("A", "x\ny").unwrap(),
            "A<<devenv_w\nx\ny\ndevenv_w\n"
        );
        assert_eq!(
            writer.set("A", "devenv_w\nB=1").unwrap(),
            "A<<devenv_w_\ndevenv_w\nB=1\ndevenv_w_\n"
        );
    }

    #[test]
    fn the_first_directory_is_written_last() {
        assert_eq!(Path.set("PATH", "/a:/b").unwrap(), "/b\n/a\n");
        assert!(Path.set("PATH", "/a\n/b").is_err());
    }
}
