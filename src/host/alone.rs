//! Whether a path is the user's alone: whether nobody but them and root could put another thing in
//! its place. Asked of every name that the system goes through on the way, links and what they lead
//! to; a name that is not there ends it. Says what stands against it, and not what that means.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{Kind, Stamp, files, machine, stamp};
use crate::values::user::User;

const GROUP_WRITES: u32 = 0o020;
const EVERYONE_WRITES: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Groups whose members are administrators: root's, Debian's `staff` and macOS's `admin`, which own
/// what is installed below `/usr/local` there.
const ADMINISTRATORS: [u32; 3] = [0, 50, 80];

/// What the system shows in the place of an owner that a user namespace does not know.
const UNMAPPED: u32 = 65534;

/// Where development containers lay their workspaces: open to everyone there, and nobody else is in
/// it.
const WORKSPACES: &str = "/workspaces";

/// Below these a path leads elsewhere in every process.
const OF_PROCESSES: [&str; 2] = ["/proc", "/dev"];

/// The system follows no more links than this.
const MOST_LINKS: usize = 40;

/// Whose directories and links are accepted, beside root's.
#[derive(Clone, Copy, Debug)]
pub struct Whose {
    pub user: User,
    /// Another user that the user vouched for.
    pub allowed: Option<u32>,
}

/// What stands against a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Against {
    pub path: PathBuf,
    pub how: How,
}

/// How somebody else could put another thing in the place of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It belongs to this user.
    Owned(u32),
    /// They may write it.
    Written(&'static str),
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owned(uid) => write!(f, "it belongs to user {uid}"),
            Self::Written(whom) => write!(f, "{whom} may write it"),
        }
    }
}

/// Walks paths as the system does; what was seen on one is not asked again on the next.
#[derive(Debug, Default)]
pub struct Walk {
    /// By their bytes: to compare paths by their components takes longer than to ask again.
    seen: BTreeMap<OsString, Option<Stamp>>,
}

impl Walk {
    /// Returns every name on the way to what a path leads to, from the top, as far as it exists.
    pub fn names(&mut self, path: &Path) -> Vec<(PathBuf, Stamp)> {
        let (mut out, mut here, mut links) = (Vec::new(), PathBuf::from("/"), 0);
        let mut rest = Vec::new();
        push(&mut rest, path);
        out.extend(self.stamp(&here).map(|stamp| (here.clone(), stamp)));
        while let Some(part) = rest.pop() {
            if part == ".." {
                here.pop();
                continue;
            }
            let name = here.join(part);
            let Some(stamp) = self.stamp(&name) else {
                break;
            };
            out.push((name.clone(), stamp));
            if stamp.kind != Kind::Link {
                here = name;
                continue;
            }
            links += 1;
            let Some(target) = files::target_of(&name).filter(|_| links <= MOST_LINKS) else {
                break;
            };
            if target.is_absolute() {
                here = PathBuf::from("/");
            }
            push(&mut rest, &target);
        }
        out
    }

    /// Returns what stands first against a path.
    pub fn against(&mut self, path: &Path, whose: Whose) -> Option<Against> {
        whose.first_against(self.names(path))
    }

    fn stamp(&mut self, name: &Path) -> Option<Stamp> {
        if let Some(known) = self.seen.get(name.as_os_str()) {
            return *known;
        }
        let stamp = stamp::of_link(name);
        self.seen.insert(name.as_os_str().to_owned(), stamp);
        stamp
    }
}

/// Adds the parts of a path, the first on top.
fn push(rest: &mut Vec<OsString>, path: &Path) {
    let part = |component: Component<'_>| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    };
    let parts: Vec<OsString> = path.components().filter_map(part).collect();
    rest.extend(parts.into_iter().rev());
}

impl Whose {
    fn first_against(self, names: Vec<(PathBuf, Stamp)>) -> Option<Against> {
        names.into_iter().find_map(|(path, stamp)| {
            Some(Against {
                how: self.against(&path, &stamp)?,
                path,
            })
        })
    }

    /// Returns what stands against a file, a directory or a link. Whoever may write a directory can
    /// rename what is in it, in a sticky one only where it is theirs; nobody writes a link.
    pub fn against(self, path: &Path, stamp: &Stamp) -> Option<How> {
        if !self.accepts(stamp.uid) {
            return Some(How::Owned(stamp.uid));
        }
        let is_kept =
            stamp.kind == Kind::Link || (stamp.kind == Kind::Directory && stamp.mode & STICKY != 0);
        let whom = self
            .writers(stamp)
            .filter(|_| !is_kept && path != Path::new(WORKSPACES))?;
        files::keeps_modes(path).then_some(How::Written(whom))
    }

    fn accepts(self, uid: u32) -> bool {
        let is_known = uid == self.user.uid || uid == 0 || Some(uid) == self.allowed;
        is_known || (uid == UNMAPPED && machine::is_in_user_namespace())
    }

    fn writers(self, stamp: &Stamp) -> Option<&'static str> {
        if stamp.mode & EVERYONE_WRITES != 0 {
            return Some("everyone");
        }
        let is_administrators = stamp.uid == 0 && ADMINISTRATORS.contains(&stamp.gid);
        let is_others = stamp.gid != self.user.gid && stamp.gid != 0 && !is_administrators;
        (stamp.mode & GROUP_WRITES != 0 && is_others).then_some("another group")
    }
}

/// Returns what stands against a path being the user's alone, or that of somebody they vouched for.
pub fn against(path: &Path, whose: Whose) -> Option<Against> {
    Walk::default().against(path, whose)
}

/// Returns whether a path may be spelled so: where every link on it is the user's or root's, in a
/// directory where nobody else can replace it, and it means the same in every process.
pub fn is_spelling(path: &Path, user: User) -> bool {
    let whose = Whose {
        user,
        allowed: None,
    };
    let names = Walk::default().names(path);
    let is_sound = |name: &Path| {
        let around = names
            .iter()
            .filter(|(other, _)| other == name || Some(other.as_path()) == name.parent());
        around
            .into_iter()
            .all(|(name, stamp)| whose.against(name, stamp).is_none())
    };
    names.iter().all(|(name, stamp)| {
        let is_of_processes = OF_PROCESSES.iter().any(|top| name.starts_with(top));
        !is_of_processes && (stamp.kind != Kind::Link || is_sound(name))
    })
}

/// Returns what stands against a directory of ours, or one of these in it. Who owns the home
/// directory can do everything anyway, and so can who may write what lies above it: that is not
/// asked.
pub fn against_own(
    directory: &Path,
    below: &[&str],
    home: Option<&Path>,
    user: User,
) -> Option<Against> {
    let whose = Whose {
        user,
        allowed: home.and_then(stamp::of).map(|stamp| stamp.uid),
    };
    let plain = home.and_then(|home| plain(directory, below, home));
    whose.first_against(plain.unwrap_or_else(|| through_links(directory, below, home)))
}

/// Returns the names on the way from the home directory on, where none is a link. Every command
/// asks this: what lies above is not looked at for nothing.
fn plain(directory: &Path, below: &[&str], home: &Path) -> Option<Vec<(PathBuf, Stamp)>> {
    let (mut out, mut here) = (Vec::new(), home.to_owned());
    for part in directory.strip_prefix(home).ok()?.components() {
        here.push(part);
        let Some(stamp) = stamp::of_link(&here) else {
            break;
        };
        out.push((here.clone(), stamp));
    }
    let names = below.iter().map(|name| directory.join(name));
    out.extend(names.filter_map(|name| stamp::of_link(&name).map(|stamp| (name, stamp))));
    let is_plain =
        |(name, stamp): &(PathBuf, Stamp)| stamp.kind != Kind::Link && !name.ends_with("..");
    out.iter().all(is_plain).then_some(out)
}

fn through_links(directory: &Path, below: &[&str], home: Option<&Path>) -> Vec<(PathBuf, Stamp)> {
    let (mut walk, real) = (Walk::default(), home.and_then(files::canonical));
    let is_given = |name: &Path| {
        home.into_iter()
            .chain(real.as_deref())
            .any(|home| home.starts_with(name))
    };
    let all =
        std::iter::once(directory.to_owned()).chain(below.iter().map(|name| directory.join(name)));
    let names = all.flat_map(|path| walk.names(&path));
    names.filter(|(name, _)| !is_given(name)).collect()
}

/// Makes a directory that nobody else uses, under the system's place for temporary files, where
/// nobody else can put another in its place.
pub fn scratch_directory(user: User) -> io::Result<PathBuf> {
    match against(
        &machine::temporary(),
        Whose {
            user,
            allowed: None,
        },
    ) {
        Some(Against { path, how }) => Err(io::Error::other(format!(
            "`{}` is not safe: {how}",
            path.display()
        ))),
        None => files::scratch_directory(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: User = User {
        uid: 1000,
        gid: 1000,
    };

    #[test]
    fn a_directory_is_kept_by_its_owner_and_its_mode() {
        let whose = Whose {
            user: ME,
            allowed: Some(7),
        };
        let judged = |uid, gid, mode| {
            let (kind, mtime, mtime_ns, ctime_ns) = (Kind::Directory, 0, 0, 0);
            let stamp = Stamp {
                kind,
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
            whose.against(Path::new("/nowhere"), &stamp)
        };
        let sound = [
            (1000, 1000, 0o775),
            (1000, 0, 0o775),
            (0, 50, 0o2775),
            (0, 80, 0o775),
            (0, 0, 0o1777),
            (7, 7, 0o755),
        ];
        for (uid, gid, mode) in sound {
            assert_eq!(judged(uid, gid, mode), None, "{uid} {gid} {mode:o}");
        }
        assert_eq!(judged(0, 0, 0o777), Some(How::Written("everyone")));
        assert_eq!(judged(0, 1001, 0o775), Some(How::Written("another group")));
        assert_eq!(judged(1000, 50, 0o775), Some(How::Written("another group")));
        assert_eq!(judged(8, 8, 0o1777), Some(How::Owned(8)));
    }
}
