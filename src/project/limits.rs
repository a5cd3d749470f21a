//! How much one configuration may say. Far beyond what anybody writes, and little enough that
//! reading it, and following what it says, costs nobody anything: the file may be a stranger's.

use crate::values::document::Site;
use crate::values::fault::Fault;

/// So many profiles.
pub const PROFILES: usize = 200;

/// So many profiles extend each other in a row.
pub const DEPTH: usize = 16;

/// So many source roots.
pub const SOURCES: usize = 500;

/// So many paths in all its lists together.
pub const PATHS: usize = 2_000;

/// So many variables in all its tables together.
pub const VARIABLES: usize = 2_000;

/// So many aliases.
pub const ALIASES: usize = 1_000;

/// So many dotenv files.
pub const DOTENV: usize = 100;

/// So many bytes in all dotenv files together.
pub const DOTENV_BYTES: usize = 1024 * 1024;

/// So many members of a workspace, or projects on this machine that one depends on.
pub const MEMBERS: usize = 2_000;

/// So many patterns of members.
pub const PATTERNS: usize = 500;

/// So many directories are listed for the patterns of a workspace's members.
pub const LISTED: usize = 10_000;

/// So many things are looked at for the detection of source roots.
pub const LOOKS: usize = 200_000;

/// Fails where there is more of something than is read.
pub fn check(number: usize, most: usize, what: &str, site: &Site) -> Result<(), Fault> {
    if number <= most {
        Ok(())
    } else {
        Err(site.fault(beyond(most, what)))
    }
}

/// Words that there is more of something than is read.
pub fn beyond(most: usize, what: &str) -> String {
    format!("more than {} {what}", grouped(most))
}

/// Writes a number with its thousands apart.
fn grouped(number: usize) -> String {
    if number < 1_000 {
        number.to_string()
    } else {
        format!("{},{:03}", number / 1_000, number % 1_000)
    }
}
