//! Targets: which files each one edits, and what it wants in them, from facts about the project. A target proposes and
//! writes nothing; what it can't say it leaves out, by name and with the reason.

pub(crate) mod compose;
pub(crate) mod devcontainer;
pub(crate) mod direnv;
pub(crate) mod dockerfile;
pub(crate) mod feature;
pub(crate) mod gitignore;
pub(crate) mod hook;
pub(crate) mod jupyter;
pub(crate) mod pyright;
pub(crate) mod vscode;
pub(crate) mod zed;

use std::path::{Path, PathBuf};

use super::block;
use super::jsonc::Manner;
use super::portable::LeftOut;
use super::settings::{Kept, Setting};
use crate::env::{Env, Operation};
use crate::fault::Fault;
use crate::python::policy::Policy;

/// What the edits of a project are made from.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// As the user spells it.
    pub(crate) root: PathBuf,
    /// With its links resolved.
    pub(crate) resolved: PathBuf,
    /// The checkout that it lies in, links resolved.
    pub(crate) repository: Option<PathBuf>,
    /// The profile, where the command line names one.
    pub(crate) named_profile: Option<String>,
    pub(crate) policy: Policy,
    /// What the profile does, without the directories of this machine.
    pub(crate) operations: Vec<Operation>,
    /// The dotenv files that the profile reads.
    pub(crate) dotenv: Vec<PathBuf>,
    pub(crate) home: Option<PathBuf>,
    /// The caller's environment, for programs that are asked.
    pub(crate) env: Env,
}

impl Facts {
    /// Returns the directory that edits stay in.
    pub(crate) fn bounds(&self) -> &Path {
        self.repository.as_deref().unwrap_or(&self.resolved)
    }
}

/// Files of a tool that devenv can edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
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
    pub(crate) const ALL: [Self; 10] = [
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
    pub(crate) fn word(self) -> &'static str {
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
    pub(crate) fn propose(self, facts: &Facts, wish: &Wish) -> Result<Proposal, Fault> {
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

/// What the user asked for beside the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one flag")]
pub(crate) struct Wish {
    /// The one file that is meant, absolute.
    pub(crate) config: Option<PathBuf>,
    /// Every file of the target.
    pub(crate) all: bool,
    /// A Feature that installs devenv in the container.
    pub(crate) feature: bool,
    /// The image of a new container.
    pub(crate) image: Option<String>,
    /// The configurations of debuggers too.
    pub(crate) launch: bool,
    /// The service of a compose file.
    pub(crate) service: Option<String>,
    /// Other values are replaced.
    pub(crate) force: bool,
    /// It is to be taken out: whatever may have been put counts.
    pub(crate) removing: bool,
}

/// What the files of a target should hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proposal {
    pub(crate) parts: Vec<Part>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) by_hand: Vec<ByHand>,
    /// What the user should know, beside.
    pub(crate) notes: Vec<String>,
}

/// Something that only the user can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ByHand {
    pub(crate) why: String,
    /// The lines to add.
    pub(crate) text: String,
}

/// What one file should hold.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) path: PathBuf,
    pub(crate) content: Content,
    /// Whether the file may lie anywhere: the user or git named it.
    pub(crate) anywhere: bool,
}

impl Part {
    pub(crate) fn new(path: PathBuf, content: Content) -> Self {
        Self { path, content, anywhere: false }
    }

    pub(crate) fn anywhere(mut self) -> Self {
        self.anywhere = true;
        self
    }
}

/// What a file should hold.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Values of a JSON file.
    Settings { wanted: Vec<Setting>, manner: Manner, new_file: String },
    /// Lines in a block of ours.
    Block(Placing),
    /// All of it is ours. `instead_of`: what it may be put in the place of.
    Whole { bytes: Vec<u8>, instead_of: Option<Vec<u8>>, executable: bool },
}

/// Where in a file a block goes.
#[derive(Clone, Debug)]
pub(crate) enum Placing {
    AtEnd(Vec<String>),
    BelowLastStage(Vec<String>),
    BelowInterpreter(Vec<String>),
    InService { service: Option<String>, variables: Vec<(String, String)> },
}

/// A block in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) offset: usize,
    pub(crate) indent: String,
    /// None: there is nothing to put.
    pub(crate) lines: Vec<String>,
    pub(crate) kept: Vec<Kept>,
}

impl Placing {
    /// Returns the block and its place in a text that has none of ours; `stood`: where one was before.
    pub(crate) fn place(&self, text: &str, file: &Path, stood: Option<usize>) -> Result<Placed, Fault> {
        let plain = |offset, lines: &[String]| Placed { offset, lines: lines.to_vec(), ..Placed::default() };
        match self {
            Self::AtEnd(lines) => Ok(plain(text.len(), lines)),
            Self::BelowLastStage(lines) => Ok(plain(dockerfile::below_last_stage(text, file)?, lines)),
            Self::BelowInterpreter(lines) => Ok(plain(hook::below_interpreter(text), lines)),
            Self::InService { service, variables } => {
                let named = service.as_deref().map(compose::Service::Named);
                let asked = named.or(stood.map(compose::Service::Around)).unwrap_or(compose::Service::Only);
                compose::place(text, file, asked, variables)
            }
        }
    }

    /// Returns whether a block stays where somebody moved it to.
    pub(crate) fn may_move(&self) -> bool {
        matches!(self, Self::AtEnd(_))
    }
}

/// Returns whether a text has a block of ours.
pub(crate) fn has_block(text: &str, file: &Path) -> bool {
    block::find(text, file).is_ok_and(|block| block.is_some())
}
