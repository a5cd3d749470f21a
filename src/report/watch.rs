//! The words of `devenv run --watch`: why a command is started again, and how it ended.

use std::time::Duration;

use super::{Report, count};
use crate::host::job::End;
use crate::values::fault::Fault;
use crate::watch::look::{Change, View, What};

/// Says why the command is started again.
pub fn say_restart(report: &Report, changes: &[Change], view: &View) {
    report.say(&format!("restarting: {}", reason(report, changes, view)));
}

fn reason(report: &Report, changes: &[Change], view: &View) -> String {
    let of_project: Vec<&Change> = changes
        .iter()
        .filter(|change| !view.choices.contains(&change.path))
        .collect();
    let Some((first, others)) = of_project.split_first() else {
        return "your consent, or your choice of a profile, changed".to_owned();
    };
    let what = match first.what {
        What::Changed => "changed",
        What::New => "is new",
        What::Gone => "is gone",
    };
    let more = if others.is_empty() {
        String::new()
    } else {
        format!(" and {}", count(others.len(), "other"))
    };
    format!("{} {what}{more}", report.path(&first.path))
}

/// Says how the command ended.
pub fn say_end(report: &Report, end: End) {
    let how = match end {
        End::Exit(status) => format!("exited with {status}"),
        End::Killed(signal) => format!("was ended by {}", signal.as_str()),
        End::Unseen => "ended".to_owned(),
    };
    report.say(&format!("the command {how}; waiting for a change"));
}

/// Says that a group was killed.
pub fn say_killed(report: &Report, grace: u64) {
    report.say(&format!("the command did not end within {grace} s: killed"));
}

/// Says that changes are looked for, because nobody tells of them.
pub fn say_deaf(report: &Report, error: &std::io::Error, interval: Duration) {
    let fault = Fault::new(format!(
        "cannot be told of changes ({error}): looking every {} ms",
        interval.as_millis()
    ));
    let is_full =
        error.kind() == std::io::ErrorKind::StorageFull || error.raw_os_error() == Some(24);
    report.warn(&if is_full {
        fault.hint("sysctl fs.inotify.max_user_watches=1048576 fs.inotify.max_user_instances=1024")
    } else {
        fault
    });
}

/// Returns the fault of watching where there is nothing to watch.
pub fn nothing_to_watch() -> Fault {
    Fault::new("no project here to watch").hint("devenv init")
}
