//! How far work is: counted by whoever does it, read by whoever shows it.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What is done, and of how much, where that is known.
#[derive(Debug, Default)]
pub struct Tally {
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Tally {
    /// Counts what was done.
    pub fn add(&self, number: usize) {
        self.done.fetch_add(number, Ordering::Relaxed);
    }

    /// Starts anew, with so much to do; zero: nobody knows.
    pub fn begin(&self, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Returns what is done, and of how much.
    pub fn read(&self) -> (usize, usize) {
        (
            self.done.load(Ordering::Relaxed),
            self.total.load(Ordering::Relaxed),
        )
    }
}
