//! `devenv cache …`: one file for each action.

mod area;
mod arm;
mod clear;
mod info;
mod verify;
mod warm;

use anyhow::Result;

use crate::cli::cache::CacheAction;
use crate::env::Snapshot;
use crate::report::Report;

/// Runs an action.
pub fn run(action: &CacheAction, snapshot: &Snapshot, report: &Report) -> Result<u8> {
    match action {
        CacheAction::Info(args) => info::run(args, snapshot, report),
        CacheAction::Verify(args) => verify::run(args, snapshot, report),
        CacheAction::Clear(args) => clear::run(args, snapshot, report),
        CacheAction::Warm(args) => warm::run(args, snapshot, report),
        CacheAction::Arm(args) => arm::run(args, snapshot, report),
    }
}
