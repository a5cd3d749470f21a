//! Targets: which files each one edits, and what it wants in them, from facts about the project. A
//! target proposes and writes nothing; what it can't say it leaves out, by name and with the
//! reason.

pub mod compose;
pub mod devcontainer;
pub mod direnv;
pub mod dockerfile;
pub mod feature;
pub mod gitignore;
pub mod hook;
pub mod jupyter;
pub mod pyright;
pub mod vscode;
pub mod zed;

use std::path::Path;

use super::block;
use super::proposal::{Facts, Placed, Placing, Proposal, Wish};
use crate::values::fault::Fault;

/// Files of a tool that devenv can edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Devcontainer,
    Gitignore,
    Vscode,
    Pyright,
    Zed,
    Direnv,
    Jupyter,
    Compose,
    Dockerfile,
    PreCommit,
}

impl Target {
    pub const ALL: [Self; 10] = [
        Self::Devcontainer,
        Self::Gitignore,
        Self::Vscode,
        Self::Pyright,
        Self::Zed,
        Self::Direnv,
        Self::Jupyter,
        Self::Compose,
        Self::Dockerfile,
        Self::PreCommit,
    ];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Devcontainer => "devcontainer",
            Self::Gitignore => "gitignore",
            Self::Vscode => "vscode",
            Self::Pyright => "pyright",
            Self::Zed => "zed",
            Self::Direnv => "direnv",
            Self::Jupyter => "jupyter",
            Self::Compose => "compose",
            Self::Dockerfile => "dockerfile",
            Self::PreCommit => "pre-commit",
        }
    }

    /// Proposes what the files of this target should hold.
    pub fn propose(self, facts: &Facts, wish: &Wish) -> Result<Proposal, Fault> {
        match self {
            Self::Devcontainer => devcontainer::propose(facts, wish),
            Self::Gitignore => gitignore::propose(facts),
            Self::Vscode => vscode::propose(facts, wish),
            Self::Pyright => Ok(pyright::propose(facts)),
            Self::Zed => Ok(zed::propose(facts)),
            Self::Direnv => Ok(direnv::propose(facts)),
            Self::Jupyter => jupyter::propose(facts, wish),
            Self::Compose => compose::propose(facts, wish),
            Self::Dockerfile => dockerfile::propose(facts, wish),
            Self::PreCommit => hook::propose(facts, wish),
        }
    }
}

impl Placing {
    /// Returns the block and its place in a text that has none of ours; `stood`: where one was
    /// before.
    pub fn place(&self, text: &str, file: &Path, stood: Option<usize>) -> Result<Placed, Fault> {
        let plain = |offset, lines: &[String]| Placed {
            offset,
            lines: lines.to_vec(),
            ..Placed::default()
        };
        match self {
            Self::AtEnd(lines) => Ok(plain(text.len(), lines)),
            Self::BelowLastStage(lines) => {
                Ok(plain(dockerfile::below_last_stage(text, file)?, lines))
            }
            Self::BelowInterpreter(lines) => Ok(plain(hook::below_interpreter(text), lines)),
            Self::InService { service, variables } => {
                let named = service.as_deref().map(compose::Service::Named);
                let asked = named
                    .or(stood.map(compose::Service::Around))
                    .unwrap_or(compose::Service::Only);
                compose::place(text, file, asked, variables)
            }
        }
    }

    /// Returns whether a block stays where somebody moved it to.
    pub fn may_move(&self) -> bool {
        matches!(self, Self::AtEnd(_))
    }
}

/// Returns whether a text has a block of ours.
pub fn has_block(text: &str, file: &Path) -> bool {
    block::find(text, file).is_ok_and(|block| block.is_some())
}
