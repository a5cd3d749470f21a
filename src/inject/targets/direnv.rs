//! direnv's `.envrc`: two lines by which it loads what `devenv export` says, and watches the files
//! behind that.

use std::path::Path;

use crate::inject::proposal::{Content, Facts, Part, Placing, Proposal};
use crate::values::manifest::{CONFIGURATION, LOCAL, MANIFEST};

/// Proposes the lines.
pub(super) fn propose(facts: &Facts) -> Proposal {
    let own = [CONFIGURATION, LOCAL, MANIFEST].map(str::to_owned);
    let dotenv = facts
        .dotenv
        .iter()
        .filter_map(|path| quoted(path.strip_prefix(&facts.root).unwrap_or(path)));
    let watched: Vec<String> = own.into_iter().chain(dotenv).collect();
    let profile = facts
        .named_profile
        .as_ref()
        .map(|name| format!(" --profile {name}"))
        .unwrap_or_default();
    let lines = vec![
        format!("watch_file {}", watched.join(" ")),
        format!("eval \"$(devenv export bash{profile})\""),
    ];
    let part = Part::new(
        facts.root.join(".envrc"),
        Content::Block(Placing::AtEnd(lines)),
    );
    let notes = vec!["direnv asks for its own consent: `direnv allow`".to_owned()];
    Proposal {
        parts: vec![part],
        notes,
        ..Proposal::default()
    }
}

fn quoted(path: &Path) -> Option<String> {
    shlex::try_quote(path.to_str()?).ok().map(String::from)
}
