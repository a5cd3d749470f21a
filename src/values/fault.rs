//! What went wrong, as a value: the fact, the place in a file, the cure and the exit status. Every
//! layer makes faults and none prints them: `report` words and colours them, `main` picks the exit
//! status.

use std::fmt;
use std::path::PathBuf;

/// The exit status of usage, configuration, trust and consent.
pub const USAGE: u8 = 2;

/// A place in a file, counted from 1 as editors do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: PathBuf,
    pub line: usize,
    pub column: usize,
}

/// The line that a place points into, and how many characters of it are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    pub text: String,
    pub width: usize,
}

/// Nobody finds anything in a line that is longer than this.
const LONGEST_EXCERPT: usize = 500;

impl Excerpt {
    /// Returns the excerpt of a line; nothing of one that would fill the screen.
    pub fn of(line: &str, width: usize) -> Option<Self> {
        (line.len() <= LONGEST_EXCERPT).then(|| Self {
            text: line.to_owned(),
            width,
        })
    }
}

/// Where a fault lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    pub place: Place,
    pub excerpt: Option<Excerpt>,
}

/// One failure that a person can act on.
#[derive(Clone, Debug)]
pub struct Fault {
    pub what: String,
    pub spot: Option<Box<Spot>>,
    pub hints: Vec<String>,
    pub exit: u8,
}

impl Fault {
    /// Returns a fault with the exit status of usage and configuration.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            spot: None,
            hints: Vec::new(),
            exit: USAGE,
        }
    }

    /// Adds a line that says what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds `did you mean …?` where one of the known words is near, and always what is known.
    pub fn did_you_mean<'a>(self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let near = nearest(word, &known).map(|near| format!("did you mean `{near}`? "));
        let list = known.join(", ");
        self.hint(format!("{}known: {list}", near.unwrap_or_default()))
    }

    /// Sets the place, with the line it points into where the text is at hand.
    pub fn at(mut self, place: Place, excerpt: Option<Excerpt>) -> Self {
        self.spot = Some(Box::new(Spot { place, excerpt }));
        self
    }

    /// Sets the exit status.
    pub fn exit(mut self, exit: u8) -> Self {
        self.exit = exit;
        self
    }
}

/// Returns the known word that a person most likely meant.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let scored = known
        .iter()
        .map(|k| (strsim::normalized_damerau_levenshtein(word, k), *k));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.6).then_some(best.1)
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_suggested_and_a_far_one_is_not() {
        let near = Fault::new("x").did_you_mean("tset", ["dev", "prod", "test"]);
        assert_eq!(near.hints, ["did you mean `test`? known: dev, prod, test"]);
        let far = Fault::new("x").did_you_mean("zzz", ["dev", "prod"]);
        assert_eq!(far.hints, ["known: dev, prod"]);
    }
}
