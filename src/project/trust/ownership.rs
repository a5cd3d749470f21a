//! Whose files may be trusted at all: the user's own and root's, not such that others may write. What is in them does
//! not matter here.

use std::path::Path;

use crate::env::User;
use crate::fault::Fault;
use crate::host::{Stamp, files, stamp};
use crate::project::files::Input;

const GROUP_WRITES: u32 = 0o020;
const EVERYONE_WRITES: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Returns a fault where a file belongs to somebody else, or somebody else may write it or its directory.
pub(crate) fn check(inputs: &[Input], user: User, allowed_owner: Option<u32>) -> Result<(), Fault> {
    for input in inputs {
        let Some(file) = &input.stamp else { continue };
        check_owner(input, file, user, allowed_owner)?;
        check_mode(&input.path, file, user)?;
        let parent = input.path.parent().and_then(|parent| Some((parent, stamp::of(parent)?)));
        if let Some((parent, directory)) = parent.filter(|(_, directory)| directory.mode & STICKY == 0) {
            check_mode(parent, &directory, user)?;
        }
    }
    Ok(())
}

fn check_mode(path: &Path, file: &Stamp, user: User) -> Result<(), Fault> {
    match opened_by(file, user).filter(|_| files::keeps_modes(path)) {
        Some(whom) => {
            let what = format!("`{}` can't be trusted: {whom} may write it", path.display());
            let quoted = path.display().to_string();
            let quoted = shlex::try_quote(&quoted).unwrap_or_default().into_owned();
            Err(Fault::new(what).hint(format!("chmod go-w {quoted}")))
        }
        None => Ok(()),
    }
}

fn check_owner(input: &Input, file: &Stamp, user: User, allowed: Option<u32>) -> Result<(), Fault> {
    if file.uid == user.uid || file.uid == 0 || Some(file.uid) == allowed {
        return Ok(());
    }
    let what = format!("`{}` can't be trusted: it belongs to user {}", input.path.display(), file.uid);
    let hint = if user.uid == 0 {
        format!("if that is the owner of this workspace: devenv allow --owner {}", file.uid)
    } else {
        "it must belong to you or to root".to_owned()
    };
    Err(Fault::new(what).hint(hint))
}

/// Returns who else may write a file; the user's own group is theirs.
fn opened_by(file: &Stamp, user: User) -> Option<&'static str> {
    if file.mode & EVERYONE_WRITES != 0 {
        return Some("everyone");
    }
    (file.mode & GROUP_WRITES != 0 && file.gid != user.gid).then_some("another group")
}
