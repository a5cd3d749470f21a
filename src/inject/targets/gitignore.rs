//! `.gitignore`: bytecode and what is nobody else's. Git itself says what is ignored already; only
//! what is missing goes into a block of ours.

use std::path::Path;

use crate::git::answers::Ignorer;
use crate::git::{Asker, Repository};
use crate::host::{Kind, files, stamp};
use crate::inject::block;
use crate::inject::proposal::{ByHand, Content, Facts, Part, Placing, Proposal};
use crate::inject::text::Text;
use crate::values::fault::Fault;
use crate::values::manifest::LOCAL;

const FILE: &str = ".gitignore";

/// Each line, and paths that it must have ignored.
const LINES: [(&str, &[&str]); 3] = [
    ("__pycache__/", &["__pycache__/", "any/__pycache__/"]),
    ("*.py[co]", &["any.pyc", "any.pyo", "any/any.pyc"]),
    (LOCAL, &[LOCAL]),
];

/// Proposes the lines that are missing.
pub(super) fn propose(facts: &Facts) -> Result<Proposal, Fault> {
    let path = facts.root.join(FILE);
    if stamp::of_link(&path).is_some_and(|stamp| stamp.kind == Kind::Link) {
        let what = format!("`{}` is a link, which git does not follow", path.display());
        return Err(Fault::new(what).hint("put a file in its place"));
    }
    let bytes = files::read(&path).ok().flatten().unwrap_or_default();
    let text = Text::of(&bytes, &path)?;
    let own = block::find(text.body, &path)?
        .map(|block| block.lines)
        .unwrap_or_default();
    let missing = missing(&facts.root, facts.asker(), text.body, Ignorer::Repository);
    let is_wanted = |line: &&str| own.iter().any(|own| own == line) || missing.contains(line);
    let lines = LINES
        .iter()
        .map(|(line, _)| *line)
        .filter(is_wanted)
        .map(str::to_owned)
        .collect();
    let mut out = Proposal::default();
    // Something below the block, or in another file, takes it back.
    for line in missing
        .iter()
        .filter(|line| own.iter().any(|own| own == *line))
    {
        let why = format!(
            "`{FILE}` says `{line}`, and something else says that it is not ignored: remove that"
        );
        out.by_hand.push(ByHand {
            why,
            text: String::new(),
        });
    }
    out.parts
        .push(Part::new(path, Content::Block(Placing::AtEnd(lines))));
    Ok(out)
}

/// Returns the lines without which something in a directory is not ignored.
pub fn missing_in(root: &Path, asker: Asker<'_>, by: Ignorer) -> Vec<&'static str> {
    let file = root.join(FILE);
    // git would read a pipe for ever.
    if stamp::of(&file).is_some_and(|stamp| stamp.kind == Kind::Other) {
        return Vec::new();
    }
    missing(root, asker, &files::text(&file).unwrap_or_default(), by)
}

/// Returns the lines without which something is not ignored.
fn missing(root: &Path, asker: Asker<'_>, text: &str, by: Ignorer) -> Vec<&'static str> {
    let probes: Vec<&str> = LINES
        .iter()
        .flat_map(|(_, probes)| probes.iter().copied())
        .collect();
    let said = Repository::around(root)
        .and_then(|repository| repository.ignored(root, &probes, by, asker));
    let Some(mut ignored) = said.map(Vec::into_iter) else {
        // Without a repository that may be asked the file is all there is.
        let said = |line: &str| text.lines().any(|known| known.trim_end() == line);
        return LINES
            .iter()
            .map(|(line, _)| *line)
            .filter(|line| !said(line))
            .collect();
    };
    let mut is_ignored = |probes: &[&str]| {
        let said: Vec<bool> = ignored.by_ref().take(probes.len()).collect();
        said.into_iter().all(|one| one)
    };
    let lines: Vec<(&str, bool)> = LINES
        .iter()
        .map(|(line, probes)| (*line, is_ignored(probes)))
        .collect();
    lines
        .into_iter()
        .filter(|(_, is_ignored)| !is_ignored)
        .map(|(line, _)| line)
        .collect()
}
