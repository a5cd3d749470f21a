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
pub(crate) fn check(inputs: &[&Input], user: User, allowed_owner: Option<u32>) -> Result<(), Fault> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Kind;

    const ME: User = User { uid: 1000, gid: 1000 };

    /// Judges a file of this owner, group and mode, in a directory that is not there.
    fn judged(uid: u32, gid: u32, mode: u32, user: User, allowed: Option<u32>) -> Result<(), String> {
        let times = (0, 0, 0);
        let (mtime, mtime_ns, ctime_ns) = times;
        let stamp = Stamp { kind: Kind::File, dev: 1, ino: 1, size: 1, mtime, mtime_ns, ctime_ns, mode, uid, gid };
        let input = Input { path: "/nowhere/a b.toml".into(), content: None, stamp: Some(stamp) };
        check(&[&input], user, allowed).map_err(|fault| [vec![fault.what], fault.hints].concat().join(" | "))
    }

    #[test]
    fn files_of_the_user_and_of_root_are_trusted() {
        for (uid, gid, mode) in [(1000, 1000, 0o644), (1000, 1000, 0o664), (1000, 7, 0o644), (0, 0, 0o644)] {
            assert_eq!(judged(uid, gid, mode, ME, None), Ok(()), "{uid} {gid} {mode:o}");
        }
        assert_eq!(judged(7, 7, 0o644, ME, Some(7)), Ok(()), "an owner that the user vouched for");
    }

    #[test]
    fn files_of_somebody_else_are_not() {
        let words = "`/nowhere/a b.toml` can't be trusted: it belongs to user 7 | ";
        assert_eq!(judged(7, 1000, 0o644, ME, Some(8)), Err(format!("{words}it must belong to you or to root")));
        let root = judged(7, 7, 0o644, User { uid: 0, gid: 0 }, None).unwrap_err();
        assert!(root.ends_with("devenv allow --owner 7"), "{root}");
    }

    #[test]
    fn files_that_others_may_write_are_not() {
        let words = |whom: &str| {
            Err(format!("`/nowhere/a b.toml` can't be trusted: {whom} may write it | chmod go-w '/nowhere/a b.toml'"))
        };
        assert_eq!(judged(1000, 1000, 0o646, ME, None), words("everyone"));
        assert_eq!(judged(1000, 7, 0o664, ME, None), words("another group"));
        assert_eq!(judged(7, 7, 0o664, ME, Some(7)), words("another group"));
        assert_eq!(judged(0, 0, 0o664, ME, None), words("another group"));
    }
}
