//! Colour, where it is wanted. Everything is understandable without it.

use anstyle::{AnsiColor, Style};

use crate::cli::Color;
use crate::env::Env;

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint(bool);

impl Paint {
    /// Follows the flag, then `NO_COLOR`, then `CLICOLOR_FORCE`, then whether a terminal reads it.
    pub fn choose(flag: Color, env: &Env, is_terminal: bool) -> Self {
        let dumb = env.get("TERM").is_some_and(|term| term == "dumb");
        let forced = env
            .filled("CLICOLOR_FORCE")
            .is_some_and(|value| value != "0");
        Self(match flag {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if env.filled("NO_COLOR").is_some() => false,
            Color::Auto => forced || (is_terminal && !dumb),
        })
    }

    fn with(self, style: Style, text: &str) -> String {
        if self.0 {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// What is wrong.
    pub fn bad(self, text: &str) -> String {
        self.with(AnsiColor::Red.on_default().bold(), text)
    }

    /// What to type, and what is right.
    pub fn good(self, text: &str) -> String {
        self.with(AnsiColor::Green.on_default(), text)
    }

    /// What matters most.
    pub fn strong(self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    /// What matters least.
    pub fn faint(self, text: &str) -> String {
        self.with(Style::new().dimmed(), text)
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    #[test]
    fn the_flag_wins_then_no_color_then_force() {
        let env = |pairs: &[(&str, &str)]| -> Env {
            pairs
                .iter()
                .map(|(k, v)| (OsString::from(k), OsString::from(v)))
                .collect()
        };
        let both = env(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]);
        assert_eq!(Paint::choose(Color::Always, &both, false), Paint(true));
        assert_eq!(Paint::choose(Color::Auto, &both, true), Paint(false));
        assert_eq!(
            Paint::choose(Color::Auto, &env(&[("CLICOLOR_FORCE", "1")]), false),
            Paint(true)
        );
        assert_eq!(
            Paint::choose(Color::Auto, &env(&[("TERM", "dumb")]), true),
            Paint(false)
        );
        assert_eq!(Paint::choose(Color::Auto, &env(&[]), true), Paint(true));
    }
}
