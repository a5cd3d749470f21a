//! One diagnosis: what was found, how bad it is, what shows it, and what cures it. Made by whoever
//! looks, worded for a person and for a program by `report`.

/// How bad a finding is; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Old code runs, or nothing does.
    Error,
    /// It may, or something else is lost.
    Warning,
    /// Nothing is lost.
    Note,
}

impl Severity {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A command to paste, and what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    pub command: String,
    pub text: String,
}

/// A diagnosis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: &'static str,
    pub severity: Severity,
    pub fact: String,
    pub evidence: Vec<String>,
    /// The best first.
    pub remedies: Vec<Remedy>,
    /// Whether `devenv run` is right all the same.
    pub cured_by_run: bool,
}

impl Finding {
    pub fn new(code: &'static str, severity: Severity, fact: impl Into<String>) -> Self {
        let (fact, evidence, remedies) = (fact.into(), Vec::new(), Vec::new());
        Self {
            code,
            severity,
            fact,
            evidence,
            remedies,
            cured_by_run: false,
        }
    }

    /// Adds what shows it.
    pub fn shown_by(mut self, evidence: impl IntoIterator<Item = String>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Adds a cure, the next best.
    pub fn cure(mut self, command: impl Into<String>, text: impl Into<String>) -> Self {
        self.remedies.push(Remedy {
            command: command.into(),
            text: text.into(),
        });
        self
    }
}
