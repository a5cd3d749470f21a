//! What a target is made from and what it proposes, as values: the facts of a project, the wish of
//! the user, the content of each file, and what is left out. Decides nothing.

use std::path::{Path, PathBuf};

use super::jsonc::Manner;
use super::settings::{Kept, Setting};
use crate::env::{Env, Operation};
use crate::git::Asker;
use crate::python::policy::Policy;
use crate::values::user::User;

/// What the edits of a project are made from.
#[derive(Clone, Debug)]
pub struct Facts {
    /// As the user spells it.
    pub root: PathBuf,
    /// With its links resolved.
    pub resolved: PathBuf,
    /// The checkout that it lies in, links resolved.
    pub repository: Option<PathBuf>,
    /// The profile, where the command line names one.
    pub named_profile: Option<String>,
    pub policy: Policy,
    /// What the profile does, without the directories of this machine.
    pub operations: Vec<Operation>,
    /// The dotenv files that the profile reads.
    pub dotenv: Vec<PathBuf>,
    pub home: Option<PathBuf>,
    /// The version of the project's Python, as `3.N`, where its environment or its manifest says
    /// one.
    pub python: Option<String>,
    /// The caller's environment, for programs that are asked.
    pub env: Env,
    /// Who asks them.
    pub user: User,
}

impl Facts {
    /// Returns who asks git.
    pub fn asker(&self) -> Asker<'_> {
        Asker {
            env: &self.env,
            user: self.user,
        }
    }

    /// Returns the directory that edits stay in.
    pub fn bounds(&self) -> &Path {
        self.repository.as_deref().unwrap_or(&self.resolved)
    }
}

/// What the user asked for beside the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one flag")]
pub struct Wish {
    /// The one file that is meant, absolute.
    pub config: Option<PathBuf>,
    /// Every file of the target.
    pub all: bool,
    /// A Feature that installs devenv in the container.
    pub feature: bool,
    /// The image of a new container.
    pub image: Option<String>,
    /// The configurations of debuggers too.
    pub launch: bool,
    /// The service of a compose file.
    pub service: Option<String>,
    /// Other values are replaced.
    pub force: bool,
    /// It is to be taken out: whatever may have been put counts.
    pub removing: bool,
}

/// What the files of a target should hold.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    pub parts: Vec<Part>,
    pub left_out: Vec<LeftOut>,
    pub by_hand: Vec<ByHand>,
    /// What the user should know, beside.
    pub notes: Vec<String>,
}

/// Something that only the user can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    pub why: String,
    /// The lines to add.
    pub text: String,
}

/// What one file should hold.
#[derive(Clone, Debug)]
pub struct Part {
    pub path: PathBuf,
    pub content: Content,
    /// Whether the file may lie anywhere: the user or git named it.
    pub anywhere: bool,
}

impl Part {
    pub fn new(path: PathBuf, content: Content) -> Self {
        Self {
            path,
            content,
            anywhere: false,
        }
    }

    pub fn anywhere(mut self) -> Self {
        self.anywhere = true;
        self
    }
}

/// What a file should hold.
#[derive(Clone, Debug)]
pub enum Content {
    /// Values of a JSON file.
    Settings {
        wanted: Vec<Setting>,
        manner: Manner,
        new_file: String,
    },
    /// Lines in a block of ours.
    Block(Placing),
    /// All of it is ours. `instead_of`: what it may be put in the place of.
    Whole {
        bytes: Vec<u8>,
        instead_of: Option<Vec<u8>>,
        executable: bool,
    },
}

/// Where in a file a block goes.
#[derive(Clone, Debug)]
pub enum Placing {
    AtEnd(Vec<String>),
    BelowLastStage(Vec<String>),
    BelowInterpreter(Vec<String>),
    InService {
        service: Option<String>,
        variables: Vec<(String, String)>,
    },
}

/// A block in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    pub offset: usize,
    pub indent: String,
    /// None: there is nothing to put.
    pub lines: Vec<String>,
    pub kept: Vec<Kept>,
}

/// Something that is not said, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub name: String,
    pub why: String,
}

impl LeftOut {
    pub fn new(name: &str, why: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            why: why.into(),
        }
    }
}
