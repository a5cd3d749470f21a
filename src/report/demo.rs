//! The words of `devenv demo`: what each way printed, side by side, and what follows from it.

use std::path::Path;

use anyhow::Result;

use super::{Report, harmless};

/// A way to run a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Plain,
    NoWriting,
    Devenv,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::Plain, Self::NoWriting, Self::Devenv];

    /// Returns a word for file names.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::NoWriting => "nowriting",
            Self::Devenv => "devenv",
        }
    }

    /// Returns the command as one would type it.
    fn command(self) -> &'static str {
        match self {
            Self::Plain => "python3",
            Self::NoWriting => "PYTHONDONTWRITEBYTECODE=1 python3",
            Self::Devenv => "devenv run -- python3",
        }
    }
}

/// One way to run old code, and what each way to run it printed.
#[derive(Debug)]
pub struct Case {
    title: &'static str,
    printed: [String; 3],
}

impl Case {
    /// Returns a case where every run succeeded.
    pub fn new(title: &'static str, printed: [Result<String>; 3]) -> Result<Self> {
        let [plain, no_writing, devenv] = printed;
        Ok(Self {
            title,
            printed: [plain?, no_writing?, devenv?],
        })
    }

    fn is_new(&self, way: Way) -> bool {
        self.printed[way as usize] == "new"
    }
}

/// Words the beginning.
pub fn opening(report: &Report, python: &Path) -> String {
    format!(
        "A module says 'old', is edited to say 'new', and is run with {}.\n",
        report.path(python)
    )
}

/// Words one case.
pub fn case(report: &Report, case: &Case) -> String {
    let mut text = format!("\n{}\n", report.out.strong(case.title));
    for way in Way::ALL {
        let printed = harmless(&case.printed[way as usize]);
        let judged = if case.is_new(way) {
            report.out.good(&printed)
        } else {
            report.out.bad(&printed)
        };
        text += &format!("  {:<35} prints {judged}\n", way.command());
    }
    text
}

/// Words what follows: one line for each way, and what to type next.
pub fn closing(report: &Report, cases: &[Case]) -> String {
    let line = |way: Way| {
        let new = cases.iter().filter(|case| case.is_new(way)).count();
        format!(
            "{:<35} ran the edited code in {new} of {} cases\n",
            way.command(),
            cases.len()
        )
    };
    let lines: String = Way::ALL.map(line).concat();
    format!(
        "\n{lines}\nNext, in a project of yours: {}\n",
        report.out.good("devenv init")
    )
}
