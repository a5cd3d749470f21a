//! `devenv schema`: the JSON schema of a configuration, for editors and checkers.

use anyhow::Result;

use crate::project::schema;
use crate::report::Report;

/// Runs the command.
pub fn run(report: &Report) -> Result<u8> {
    report.json(&schema::schema())?;
    Ok(0)
}
