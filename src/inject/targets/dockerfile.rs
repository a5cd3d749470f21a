//! A Dockerfile: `ENV` lines in a block below the last stage's `FROM`, and `.dockerignore`, so that
//! no bytecode of this machine reaches an image. Where the project lies in the image is not said
//! there, so that paths are left out.

use std::path::{Path, PathBuf};

use crate::host::{files, stamp};
use crate::inject::jsonc::Problem;
use crate::inject::portable::{self, Frame, Value};
use crate::inject::proposal::{Content, Facts, LeftOut, Part, Placing, Proposal, Wish};
use crate::inject::text::Text;
use crate::values::fault::Fault;

const FILE: &str = "Dockerfile";

/// What keeps bytecode out of the context, in the ways that people write it.
const IGNORED: [&str; 3] = ["**/__pycache__", "**/__pycache__/", "**/__pycache__/**"];

/// Proposes the lines.
pub(super) fn propose(facts: &Facts, wish: &Wish) -> Result<Proposal, Fault> {
    let file = wish.config.clone().unwrap_or_else(|| facts.root.join(FILE));
    if !stamp::is_file(&file) {
        let what = format!("`{}` does not exist", file.display());
        return Err(Fault::new(what).hint("`--config PATH` names another one"));
    }
    let frame = Frame {
        base: None,
        name: "",
        reach: &facts.root,
        place: "the image",
        literal,
    };
    let (variables, left_out) = portable::variables(facts, &frame);
    let mut out = Proposal {
        left_out,
        ..Proposal::default()
    };
    let mut lines = Vec::new();
    for variable in variables {
        let name = variable.name.as_str();
        match variable.value {
            Value::Text(text) => lines.push(format!("ENV {name}=\"{text}\"")),
            Value::Unset if name.starts_with("PYTHON") => lines.push(format!("ENV {name}=\"\"")),
            Value::Unset => out
                .left_out
                .push(LeftOut::new(name, "a Dockerfile can't unset it")),
            _ => out
                .left_out
                .push(LeftOut::new(name, "a Dockerfile can only set it")),
        }
    }
    out.parts.push(Part::new(
        file.clone(),
        Content::Block(Placing::BelowLastStage(lines)),
    ));
    let ignore = ignore_file(&file, &facts.root);
    if !is_ignored_there(&ignore) || wish.removing {
        out.parts.push(Part::new(
            ignore,
            Content::Block(Placing::AtEnd(vec![IGNORED[0].to_owned()])),
        ));
    }
    Ok(out)
}

fn literal(text: &str) -> Option<String> {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('$', "\\$");
    (!text.contains(['\n', '\r'])).then_some(escaped)
}

/// Returns the file that keeps things out of the context: the Dockerfile's own, where it has one.
fn ignore_file(dockerfile: &Path, root: &Path) -> PathBuf {
    let mut own = dockerfile.as_os_str().to_owned();
    own.push(".dockerignore");
    Some(PathBuf::from(own))
        .filter(|own| stamp::is_file(own))
        .unwrap_or_else(|| root.join(".dockerignore"))
}

/// Returns whether the file says so without us.
fn is_ignored_there(file: &Path) -> bool {
    let text = files::text(file).unwrap_or_default();
    !super::has_block(&text, file) && text.lines().any(|line| IGNORED.contains(&line.trim()))
}

/// Returns where the line after the last `FROM` begins. Lines that go on, and documents inside, are
/// passed over whole.
pub(super) fn below_last_stage(text: &str, file: &Path) -> Result<usize, Fault> {
    let fault = |at: usize, what: &str| Problem::new(at, at, what).fault(file, text);
    let (mut at, mut found, mut goes_on, mut is_stage, mut ends) =
        (0, None, false, false, Vec::<String>::new());
    for line in text.split_inclusive('\n') {
        let (words, begin) = (line.trim(), at);
        at += line.len();
        if !ends.is_empty() {
            ends.retain(|end| words != end);
            continue;
        }
        let is_comment = words.starts_with('#');
        if begin == 0
            && words
                .to_lowercase()
                .replace(' ', "")
                .starts_with("#escape=`")
        {
            return Err(fault(
                begin,
                "another character than a backslash continues lines here",
            )
            .hint("add the `ENV` lines by hand"));
        }
        if is_comment || words.is_empty() && goes_on {
            continue;
        }
        if !goes_on {
            is_stage = words.to_ascii_uppercase().split_whitespace().next() == Some("FROM");
        }
        goes_on = words.ends_with('\\');
        if !is_stage {
            ends = documents(words);
        } else if !goes_on {
            found = Some(at);
        }
    }
    found.ok_or_else(|| fault(0, "there is no `FROM`").hint("a Dockerfile begins a stage with one"))
}

/// Returns the words that end the documents which a line begins: `<<EOF`, `<<-"EOF"`.
fn documents(line: &str) -> Vec<String> {
    let is_one = ["RUN", "COPY", "ADD"]
        .iter()
        .any(|word| line.to_ascii_uppercase().starts_with(word));
    let word = |part: &str| {
        let part = part
            .strip_prefix('-')
            .unwrap_or(part)
            .trim_start_matches(['"', '\'']);
        let end = part
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(part.len());
        Text::of(&part.as_bytes()[..end], Path::new(""))
            .ok()
            .map(|text| text.body.to_owned())
    };
    let parts = line.split("<<").skip(1).filter(|_| is_one);
    parts
        .filter_map(word)
        .filter(|word| !word.is_empty())
        .collect()
}

impl Frame<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(text: &str) -> Result<&str, String> {
        below_last_stage(text, Path::new("x"))
            .map(|at| &text[at..])
            .map_err(|fault| fault.what)
    }

    #[test]
    fn the_block_goes_below_the_last_stage() {
        assert_eq!(below("FROM a\nRUN x\nfrom b AS c\nRUN y\n"), Ok("RUN y\n"));
        assert_eq!(below("FROM \\\n # c\n a\nRUN y"), Ok("RUN y"));
        assert_eq!(below("FROM a"), Ok(""));
    }

    #[test]
    fn what_only_looks_like_a_stage_is_none() {
        assert_eq!(
            below("FROM a\nRUN <<EOF\nFROM b\nEOF\nCMD z"),
            Ok("RUN <<EOF\nFROM b\nEOF\nCMD z")
        );
        assert_eq!(
            below("FROM a\n# FROM b\nRUN x \\\nFROM b\nCMD z"),
            Ok("# FROM b\nRUN x \\\nFROM b\nCMD z")
        );
        assert_eq!(
            below("COPY <<A <<-\"B\" /x\nFROM p\nA\nFROM q\nB\nFROM r\nx"),
            Ok("x")
        );
    }

    #[test]
    fn what_can_not_be_read_for_sure_is_refused() {
        assert!(below("# escape=`\nFROM a\n").is_err() && below("RUN x\n").is_err());
    }
}
