//! How a project stands with the user: whether they consented to what it says and brings, and what
//! that means line by line.

use std::path::{Path, PathBuf};

use super::files::Input;
use super::known::Project;
use super::trust::ownership::{self, Owned};
use super::trust::record::{Decision, Record};
use super::trust::{self, Content, Standing, digest, meaning, salt};
use crate::env::Snapshot;
use crate::values::fault::Fault;
use crate::values::user::User;

impl Project {
    /// Returns how the project stands with the user.
    pub fn standing(&self, snapshot: &Snapshot) -> Standing {
        if !self.is_configured() {
            let owned = self.check_ownership(snapshot.user, None);
            return owned.map_or_else(Standing::Refused, |()| {
                self.standing_without_configuration()
            });
        }
        let owned = Owned {
            inputs: &self.owned(),
            reached: &self.reached,
        };
        let content = Content {
            root: &self.resolved,
            spelled: &self.root,
            owned,
            digest: &self.digest,
        };
        let state = snapshot.dirs.state.as_deref();
        trust::judge(
            content,
            self.record.as_ref(),
            &self.config.trusted,
            snapshot.user,
            state,
        )
    }

    /// Returns how a project stands that has no configuration: as what the user decided when it had
    /// one, which a branch can't undo by removing that.
    fn standing_without_configuration(&self) -> Standing {
        match &self.record {
            Some(Record {
                decision: Decision::Deny,
                ..
            }) => Standing::Denied,
            Some(record) if !self.brought.is_empty() && !self.has_allowed_environment(record) => {
                let what = "the configuration that you trusted is gone, and the environment came with the checkout";
                Standing::Refused(
                    Fault::new(what).hint("bring it back, or `devenv allow` to do without"),
                )
            }
            _ => Standing::Trusted,
        }
    }

    fn has_allowed_environment(&self, record: &Record) -> bool {
        digest::has_environment(&record.digest, &self.resolved, &self.brought)
    }

    /// Returns whether the user consented to what the configuration says; of an implicit project
    /// nobody was asked.
    pub fn is_consented(&self, snapshot: &Snapshot) -> bool {
        self.is_configured() && matches!(self.standing(snapshot), Standing::Trusted)
    }

    /// Returns a fault where somebody else could change what the project is.
    pub fn check_ownership(&self, user: User, owner: Option<u32>) -> Result<(), Fault> {
        let owned = Owned {
            inputs: &self.owned(),
            reached: &self.reached,
        };
        ownership::check(&self.root, owned, user, owner)
    }

    /// Returns the files that nobody else may write.
    fn owned(&self) -> Vec<&Input> {
        self.inputs.iter().chain(&self.marker).collect()
    }

    /// Returns the directories that are taken in and nobody here wrote: what lies outside of the
    /// repository, and an environment that came with it.
    pub fn taken_in(&self) -> Vec<PathBuf> {
        let outside = self.elsewhere.iter().map(|found| &found.resolved);
        outside
            .chain(self.brought.first().map(|tree| &tree.path))
            .cloned()
            .collect()
    }

    /// Returns what the configuration means, line by line. `keep`: whether it is for a record, so
    /// that what it takes to compare it is kept too.
    pub fn meaning(&self, state_dir: Option<&Path>, keep: bool) -> Vec<String> {
        let Self {
            root,
            config,
            roots,
            outside,
            venv,
            dotenv,
            elsewhere,
            brought,
            ..
        } = self;
        let salt = salt::of(state_dir, keep);
        let venv = venv.as_ref();
        let salt = &salt;
        meaning::lines(&meaning::Subject {
            root,
            config,
            roots,
            outside,
            venv,
            dotenv,
            elsewhere,
            brought,
            salt,
        })
    }
}
