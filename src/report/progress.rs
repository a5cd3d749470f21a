//! A line that shows how far work is: on stderr, only where that is a terminal, and only once the
//! work has taken half a second.

use std::sync::mpsc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Report;
use crate::host::{Tally, output};

/// Work that ends earlier shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// The line is drawn anew so often.
const STEP: Duration = Duration::from_millis(80);

impl Report {
    /// Does work and shows how far it is.
    pub fn watch<T>(&self, what: &str, tally: &Tally, work: impl FnOnce() -> T) -> T {
        if !output::err_is_terminal() {
            return work();
        }
        let (done, end) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || show(what, tally, &end));
            let result = work();
            drop(done);
            result
        })
    }
}

fn show(what: &str, tally: &Tally, end: &mpsc::Receiver<()>) {
    let ended = |span| !matches!(end.recv_timeout(span), Err(mpsc::RecvTimeoutError::Timeout));
    if ended(PATIENCE) {
        return;
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_message(what.to_owned());
    while !ended(STEP) {
        let (done, total) = tally.read();
        if total > 0 {
            bar.set_style(style("{msg} {wide_bar} {pos}/{len}"));
            bar.set_length(total as u64);
        } else {
            bar.set_style(style("{spinner} {msg} {pos}"));
        }
        bar.set_position(done as u64);
        bar.tick();
    }
    bar.finish_and_clear();
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
