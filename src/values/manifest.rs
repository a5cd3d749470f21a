//! The files that make a directory a project of ours: their names, and our table in the manifest
//! that every tool shares. One answer to "is this a configuration?", for whoever asks. Reads no
//! file.

use std::path::Path;

use crate::values::document::{self, Node};
use crate::values::fault::Fault;

/// Our own file.
pub const CONFIGURATION: &str = "devenv.toml";

/// The file that is laid over it and not committed.
pub const LOCAL: &str = "devenv.local.toml";

/// The file that every tool shares.
pub const MANIFEST: &str = "pyproject.toml";

/// Files by which any tool knows the directory of a Python project.
pub const MARKERS: [&str; 3] = [MANIFEST, "setup.py", "setup.cfg"];

/// Returns our table of a manifest, where it has one. A manifest that can't be parsed is an error
/// where it mentions the table, so that the mistake is shown and no other project is chosen
/// instead.
pub fn own_table(file: &Path, text: &str) -> Result<Option<Node>, Fault> {
    if !text.contains("devenv") {
        return Ok(None);
    }
    match document::parse(file, text.to_owned()) {
        Ok(node) => Ok(node.at(["tool", "devenv"]).cloned()),
        Err(fault) if text.contains("[tool.devenv") => Err(fault),
        Err(_) => Ok(None),
    }
}

/// Returns whether a manifest makes its directory a project of ours.
pub fn is_configuration(file: &Path, text: &str) -> bool {
    !matches!(own_table(file, text), Ok(None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_found_however_it_is_written() {
        let is = |text: &str| is_configuration(Path::new("pyproject.toml"), text);
        assert!(
            is("[tool.devenv]\n")
                && is("[tool]\ndevenv = {}\n")
                && is("[tool.devenv.env]\nA = '1'\n")
        );
        assert!(
            is("[tool.devenv]\nbroken = [\n"),
            "a mistake is shown, not passed over"
        );
        assert!(!is("[project]\nname = 'devenv'\n") && !is("[project\nname = 'devenv'\n"));
    }
}
