//! The words of `devenv export`: what a format can't hold, what is left out of a file, and what
//! else to write.

use super::Report;
use crate::export::choice::Reach;
use crate::export::{Dialect, Format, Refused};
use crate::values::fault::Fault;

/// Says why nothing is written, one line for each variable; returns the last of them.
pub fn refusal(report: &Report, format: Format, refused: &[Refused], others: &[Dialect]) -> Fault {
    let fact = |refused: &Refused| {
        format!(
            "{} can't hold `{}`: {}",
            format.name(),
            refused.name,
            refused.why
        )
    };
    let (last, rest) = refused
        .split_last()
        .map_or((String::new(), &[][..]), |(last, rest)| (fact(last), rest));
    rest.iter().for_each(|refused| report.say(&fact(refused)));
    let fault = Fault::new(last).exit(1);
    if refused.iter().all(|refused| refused.is_unset) {
        return fault.hint("`--set-only` leaves out what would be unset");
    }
    match others {
        [] => fault,
        others => {
            let words: Vec<&str> = others.iter().map(|dialect| dialect.name()).collect();
            fault.hint(format!(
                "say who reads it, and only they do: `--dialect {}`",
                words.join("`, `--dialect ")
            ))
        }
    }
}

/// Says what the plan has and the file has not.
pub fn say_left_out(report: &Report, names: &[String], reach: Reach) {
    if !names.is_empty() {
        let why = if reach == Reach::Elsewhere {
            "directories of this machine"
        } else {
            "the PATH of this shell"
        };
        report.say(&format!("left out ({why}): {}", names.join(", ")));
    }
}

/// Says where the rest of what GitHub needs comes from.
pub fn say_path_apart(report: &Report) {
    report.say("PATH has a file of its own: `devenv export github-path >> \"$GITHUB_PATH\"`");
}

/// Words why `PATH` can't be said.
pub fn path_is_more() -> Fault {
    Fault::new("github-path can't hold `PATH`: the profile takes directories out of it").exit(1)
}

/// Words that only dotenv files have dialects.
pub fn no_dialect(format: &str) -> Fault {
    Fault::new(format!("`{format}` has no dialects")).hint("`--dialect` goes with `dotenv`")
}
