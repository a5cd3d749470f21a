//! Whose files may be trusted at all: the user's own and root's, not such that others may write.
//! What is in them does not matter here.

use std::path::{Path, PathBuf};

use crate::host::Stamp;
use crate::host::alone::{Against, How, Walk, Whose};
use crate::project::files::Input;
use crate::values::fault::Fault;
use crate::values::user::User;

/// Returns a fault where a file belongs to somebody else, or somebody else may write it or put
/// another in its place. So it is asked of the project's directory, and of those that programs and
/// modules are taken from.
pub fn check(root: &Path, owned: Owned<'_>, user: User, allowed: Option<u32>) -> Result<(), Fault> {
    let (mut walk, whose) = (Walk::default(), Whose { user, allowed });
    let read = || {
        owned
            .inputs
            .iter()
            .filter_map(|input| Some((&input.path, input.stamp.as_ref()?)))
    };
    // As it was when it was read: what lies there now may be another one.
    let as_read = |(path, stamp): (&PathBuf, &Stamp)| {
        Some(Against {
            how: whose.against(path, stamp)?,
            path: path.clone(),
        })
    };
    let names = read().map(|(path, _)| path.as_path());
    let mut names = names
        .chain([root])
        .chain(owned.reached.iter().map(PathBuf::as_path));
    let against = read()
        .find_map(as_read)
        .or_else(|| names.find_map(|name| walk.against(name, whose)));
    against.map_or(Ok(()), |Against { path, how }| Err(fault(&path, how, user)))
}

/// What must not be somebody else's.
#[derive(Clone, Copy, Debug)]
pub struct Owned<'a> {
    pub inputs: &'a [&'a Input],
    /// The directories that programs and modules are taken from.
    pub reached: &'a [PathBuf],
}

fn fault(path: &Path, how: How, user: User) -> Fault {
    let hint = match how {
        How::Written(_) => {
            let quoted = path.display().to_string();
            format!(
                "chmod go-w {}",
                shlex::try_quote(&quoted).unwrap_or_default()
            )
        }
        How::Owned(uid) if user.uid == 0 => {
            format!("if that is the owner of this workspace: devenv allow --owner {uid}")
        }
        How::Owned(_) => "it must belong to you or to root".to_owned(),
    };
    Fault::new(format!("`{}` can't be trusted: {how}", path.display())).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Kind;

    const ME: User = User {
        uid: 1000,
        gid: 1000,
    };

    /// Judges a file of this owner, group and mode, in a directory that is not there.
    fn judged(
        uid: u32,
        gid: u32,
        mode: u32,
        user: User,
        allowed: Option<u32>,
    ) -> Result<(), String> {
        let times = (0, 0, 0);
        let (mtime, mtime_ns, ctime_ns) = times;
        let stamp = Stamp {
            kind: Kind::File,
            dev: 1,
            ino: 1,
            size: 1,
            mtime,
            mtime_ns,
            ctime_ns,
            mode,
            uid,
            gid,
        };
        let input = Input {
            path: "/nowhere/a b.toml".into(),
            content: None,
            stamp: Some(stamp),
        };
        let owned = Owned {
            inputs: &[&input],
            reached: &[],
        };
        check(Path::new("/nowhere"), owned, user, allowed)
            .map_err(|fault| [vec![fault.what], fault.hints].concat().join(" | "))
    }

    #[test]
    fn files_of_the_user_and_of_root_are_trusted() {
        for (uid, gid, mode) in [
            (1000, 1000, 0o644),
            (1000, 1000, 0o664),
            (1000, 7, 0o644),
            (0, 0, 0o664),
        ] {
            assert_eq!(
                judged(uid, gid, mode, ME, None),
                Ok(()),
                "{uid} {gid} {mode:o}"
            );
        }
        assert_eq!(
            judged(7, 7, 0o644, ME, Some(7)),
            Ok(()),
            "an owner that the user vouched for"
        );
    }

    #[test]
    fn files_of_somebody_else_are_not() {
        let words = "`/nowhere/a b.toml` can't be trusted: it belongs to user 7 | ";
        assert_eq!(
            judged(7, 1000, 0o644, ME, Some(8)),
            Err(format!("{words}it must belong to you or to root"))
        );
        let root = judged(7, 7, 0o644, User { uid: 0, gid: 0 }, None).unwrap_err();
        assert!(root.ends_with("devenv allow --owner 7"), "{root}");
    }

    #[test]
    fn files_that_others_may_write_are_not() {
        let words = |whom: &str| {
            Err(format!(
                "`/nowhere/a b.toml` can't be trusted: {whom} may write it | chmod go-w '/nowhere/a b.toml'"
            ))
        };
        assert_eq!(judged(1000, 1000, 0o646, ME, None), words("everyone"));
        assert_eq!(judged(1000, 7, 0o664, ME, None), words("another group"));
        assert_eq!(judged(7, 7, 0o664, ME, Some(7)), words("another group"));
    }
}
