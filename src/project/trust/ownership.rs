//! Whose files may be trusted at all: the user's own and root's, not such that others may write. What is in them does
//! not matter here.

use std::path::{Path, PathBuf};

use crate::alone::{Against, How, Walk, Whose};
use crate::env::User;
use crate::fault::Fault;
use crate::host::{Kind, Stamp, files, stamp};
use crate::project::files::Input;

const GROUP_WRITES: u32 = 0o020;
const EVERYONE_WRITES: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// The system follows no more links than this.
const MOST_LINKS: usize = 40;

/// Returns a fault where a file belongs to somebody else, or somebody else may write it or put another in its place: asked
/// of each name on the way, from the project's directory on, of what a link leads to, and of the directory of each. Of the
/// project's directory, and of those that programs and modules are taken from, it is asked up to the top.
pub(crate) fn check(root: &Path, owned: Owned<'_>, user: User, allowed_owner: Option<u32>) -> Result<(), Fault> {
    let asked = Asked { user, allowed: allowed_owner };
    for input in owned.inputs {
        let Some(file) = &input.stamp else { continue };
        asked.owner(&input.path, file)?;
        asked.mode(&input.path, file)?;
        asked.name(&input.path)?;
        let above = input.path.ancestors().skip(1);
        above.take_while(|path| *path != root && path.starts_with(root)).try_for_each(|name| asked.name(name))?;
    }
    let (mut walk, whose) = (Walk::default(), Whose { user, allowed: allowed_owner });
    for directory in std::iter::once(root).chain(owned.reached.iter().map(PathBuf::as_path)) {
        if let Some(Against { path, how }) = walk.against(directory, whose, |_| false) {
            return Err(asked.fault(&path, how));
        }
    }
    Ok(())
}

/// What must not be somebody else's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owned<'a> {
    pub(crate) inputs: &'a [&'a Input],
    /// The directories that programs and modules are taken from.
    pub(crate) reached: &'a [PathBuf],
}

/// Who asks, and whose files are accepted.
#[derive(Clone, Copy, Debug)]
struct Asked {
    user: User,
    allowed: Option<u32>,
}

impl Asked {
    /// Asks of a name, and where it is a link, of each that it leads on to: who owns a link decides where it leads.
    fn name(self, path: &Path) -> Result<(), Fault> {
        let mut name = path.to_owned();
        for _ in 0..MOST_LINKS {
            self.directory(&name)?;
            let Some(link) = stamp::of_link(&name).filter(|stamp| stamp.kind == Kind::Link) else { return Ok(()) };
            self.owner(&name, &link)?;
            let Some(target) = files::target_of(&name) else { return Ok(()) };
            // The links on the way to its directory have nothing to do with `..` by name.
            let next = name.parent().unwrap_or(Path::new("/")).join(target);
            let place = next.parent().and_then(files::canonical).zip(next.file_name());
            name = place.map_or(next.clone(), |(directory, last)| directory.join(last));
        }
        Ok(())
    }

    /// Asks of the directory that holds a name: who may write it can put another file in its place, in a sticky one only
    /// where it is theirs.
    fn directory(self, name: &Path) -> Result<(), Fault> {
        let Some((parent, stamp)) = name.parent().and_then(|parent| Some((parent, stamp::of(parent)?))) else {
            return Ok(());
        };
        self.owner(parent, &stamp)?;
        if stamp.mode & STICKY == 0 { self.mode(parent, &stamp) } else { Ok(()) }
    }

    fn mode(self, path: &Path, file: &Stamp) -> Result<(), Fault> {
        match opened_by(file, self.user).filter(|_| files::keeps_modes(path)) {
            Some(whom) => Err(self.fault(path, How::Written(whom))),
            None => Ok(()),
        }
    }

    fn owner(self, path: &Path, file: &Stamp) -> Result<(), Fault> {
        if file.uid == self.user.uid || file.uid == 0 || Some(file.uid) == self.allowed {
            return Ok(());
        }
        Err(self.fault(path, How::Owned(file.uid)))
    }

    fn fault(self, path: &Path, how: How) -> Fault {
        let hint = match how {
            How::Written(_) => {
                let quoted = path.display().to_string();
                format!("chmod go-w {}", shlex::try_quote(&quoted).unwrap_or_default())
            }
            How::Owned(uid) if self.user.uid == 0 => {
                format!("if that is the owner of this workspace: devenv allow --owner {uid}")
            }
            How::Owned(_) => "it must belong to you or to root".to_owned(),
        };
        Fault::new(format!("`{}` can't be trusted: {how}", path.display())).hint(hint)
    }
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

    const ME: User = User { uid: 1000, gid: 1000 };

    /// Judges a file of this owner, group and mode, in a directory that is not there.
    fn judged(uid: u32, gid: u32, mode: u32, user: User, allowed: Option<u32>) -> Result<(), String> {
        let times = (0, 0, 0);
        let (mtime, mtime_ns, ctime_ns) = times;
        let stamp = Stamp { kind: Kind::File, dev: 1, ino: 1, size: 1, mtime, mtime_ns, ctime_ns, mode, uid, gid };
        let input = Input { path: "/nowhere/a b.toml".into(), content: None, stamp: Some(stamp) };
        let owned = Owned { inputs: &[&input], reached: &[] };
        check(Path::new("/nowhere"), owned, user, allowed)
            .map_err(|fault| [vec![fault.what], fault.hints].concat().join(" | "))
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
