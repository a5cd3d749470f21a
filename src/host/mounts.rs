//! Whether what lies at a path lies on another machine, by the kind of its file system. What
//! follows from it is decided elsewhere.

use std::path::Path;

#[cfg(target_os = "linux")]
pub use linux::is_remote;

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
pub fn is_remote(_path: &Path) -> bool {
    false
}

#[cfg(target_os = "linux")]
mod linux {
    use super::Path;
    use crate::host::{files, stamp};

    /// NFS, CIFS, SMB 2, 9P, AFS, Ceph, by the number of each.
    const REMOTE: [u64; 6] = [
        0x6969,
        0xff53_4d42,
        0xfe53_4d42,
        0x0102_1997,
        0x5346_414f,
        0x00c3_6400,
    ];

    /// The number of everything that a program serves, and the names under which some serve another
    /// machine's files.
    const SERVED: u64 = 0x6573_5546;
    const SERVED_FROM_AFAR: [&str; 1] = ["fuse.sshfs"];

    /// Returns whether a path lies on another machine, whose clock gives the times, and whose
    /// changes this kernel does not hear of.
    pub fn is_remote(path: &Path) -> bool {
        let number = rustix::fs::statfs(path).map(|stat| stat.f_type.cast_unsigned() & 0xffff_ffff);
        number.is_ok_and(|number| is_of_another_machine(number, || kind_at(path)))
    }

    fn is_of_another_machine(number: u64, kind: impl FnOnce() -> Option<String>) -> bool {
        let is_far = |kind: String| SERVED_FROM_AFAR.contains(&kind.as_str());
        REMOTE.contains(&number) || number == SERVED && kind().is_some_and(is_far)
    }

    /// Returns the name of the kind of file system that a path lies on.
    fn kind_at(path: &Path) -> Option<String> {
        let device = stamp::of(path)?.dev;
        let table = files::read(Path::new("/proc/self/mountinfo")).ok()??;
        let device = format!(
            "{}:{}",
            rustix::fs::major(device),
            rustix::fs::minor(device)
        );
        kind_of(&device, &String::from_utf8_lossy(&table))
    }

    /// Finds a device in the table: it is the third field of a line, and the kind follows a lone
    /// `-`.
    fn kind_of(device: &str, table: &str) -> Option<String> {
        let line = table
            .lines()
            .find(|line| line.split(' ').nth(2) == Some(device))?;
        Some(line.split_once(" - ")?.1.split(' ').next()?.to_owned())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_kind_is_that_of_the_device() {
            let table = "24 1 254:1 / / rw,relatime - ext4 /dev/root rw\n\
                     63 24 0:39 / /home/a/far\\040away rw,nosuid shared:7 - fuse.sshfs other:/srv rw,user_id=0\n";
            assert_eq!(kind_of("254:1", table).as_deref(), Some("ext4"));
            assert_eq!(kind_of("0:39", table).as_deref(), Some("fuse.sshfs"));
            assert_eq!((kind_of("0:3", table), kind_of("0:39", "")), (None, None));
        }

        #[test]
        fn what_is_served_from_another_machine_is_remote() {
            let kind = |kind: &'static str| move || Some(kind.to_owned());
            assert!(is_of_another_machine(0x6969, || panic!(
                "an NFS needs no table"
            )));
            assert!(is_of_another_machine(SERVED, kind("fuse.sshfs")));
            assert!(
                !is_of_another_machine(SERVED, kind("fuseblk"))
                    && !is_of_another_machine(SERVED, || None)
            );
            assert!(!is_of_another_machine(0xef53, kind("ext4")));
        }

        #[test]
        fn the_system_names_its_own() {
            assert_eq!(kind_at(Path::new("/proc/self")).as_deref(), Some("proc"));
            assert_eq!(kind_at(Path::new("/no/such/file")), None);
            assert!(!is_remote(Path::new("/proc/self")));
        }
    }
}
